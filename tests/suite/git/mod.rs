//! The program in git repositories: what it reads there, and what hooks make of it. Git is needed, as it
//! is to have this code at all.

mod base;
mod hooks;
mod staged;
mod stdin;

use crate::run::{Run, celador};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository of its own that is gone when the test ends.
pub struct Repository {
    path: PathBuf,
}

/// Violates `floating-image-tag` at line 9, and nothing that denies else.
pub fn manifest(name: &str, image: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  selector: {{matchLabels: {{app: {name}}}}}\n  \
         template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      containers: [{{name: {name}, image: {image}}}]\n"
    )
}

/// Asks one policy, which denies.
pub const PROJECT: &str =
    "version: 1\npolicies: {builtin: none, configure: {floating-image-tag: {action: deny}}}\n";

impl Repository {
    /// An empty repository with a branch `main` and nothing committed.
    pub fn new(name: &str) -> Repository {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("git-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let repository = Repository { path };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// The same with a project file that asks one policy.
    pub fn project(name: &str) -> Repository {
        let repository = Repository::new(name);
        repository.write("celador.yaml", PROJECT);
        repository
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Repository {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Runs git, which must succeed; what it prints.
    pub fn git(&self, arguments: &[&str]) -> String {
        let (succeeded, told) = self.try_git(arguments);
        assert!(succeeded, "git {arguments:?}:\n{told}");
        told
    }

    /// Runs git with a user of its own and nobody's settings; whether it succeeded, and what it told.
    pub fn try_git(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.command("git").args(arguments).output().expect("git can be started");
        let told = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&told).into_owned())
    }

    /// A program in the repository, with git's settings as they are on no machine.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GIT_")) {
            command.env_remove(name);
        }
        command.current_dir(&self.path).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A Person");
            command.env(format!("GIT_{role}_EMAIL"), "person@example.com");
        }
        command
    }

    /// Adds all there is.
    pub fn add(&self) -> &Repository {
        self.git(&["add", "--all"]);
        self
    }

    /// Commits all there is, whatever hooks say.
    pub fn commit(&self, message: &str) -> &Repository {
        self.add();
        self.git(&["commit", "--quiet", "--no-verify", "--allow-empty", "--message", message]);
        self
    }

    pub fn celador(&self, arguments: &[&str]) -> Run {
        celador(&self.path, arguments)
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The findings of a JSON report, one line each: policy, path, line.
pub fn findings(run: &Run) -> Vec<String> {
    let report = run.json();
    let told = |finding: &serde_json::Value| {
        let primary = &finding["primary"];
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        format!("{} {}:{}", text(&finding["policy"]), text(&primary["file"]), primary["line"])
    };
    report["findings"].as_array().unwrap().iter().map(told).collect()
}
