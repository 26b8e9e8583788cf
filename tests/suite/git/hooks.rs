//! Hooks: `git commit` with a script of three lines, and the real `pre-commit` where it is installed.

use super::{Repository, manifest};
use std::process::Command;

/// A commit, tried; whether it went through, and what was said.
fn commit(repository: &Repository, arguments: &[&str]) -> (bool, String) {
    let all: Vec<&str> =
        ["commit", "--quiet", "--message", "a change"].iter().chain(arguments).copied().collect();
    repository.try_git(&all)
}

/// The hook of docs/git.md.
#[cfg(unix)]
fn with_script(name: &str) -> Repository {
    use std::os::unix::fs::PermissionsExt;
    let repository = Repository::project(name);
    let script = format!(
        "#!/bin/sh\ngit diff --cached --name-only -z --diff-filter=d | xargs -0 -r \"{}\" check --staged --quiet --\n",
        env!("CARGO_BIN_EXE_celador")
    );
    let path = ".git/hooks/pre-commit";
    repository.write(path, script);
    std::fs::set_permissions(repository.path().join(path), std::fs::Permissions::from_mode(0o755)).unwrap();
    repository
}

#[cfg(unix)]
#[test]
fn a_script_of_two_lines_is_a_hook() {
    let repository = with_script("script");
    repository.write("a.yaml", manifest("a", "a:1.0")).write("with space.yaml", manifest("b", "b:1.0")).add();
    let (went, said) = commit(&repository, &[]);
    assert!(went, "{said}");
    // Blocked, and mended in the working tree only: still blocked.
    repository.write("with space.yaml", manifest("b", "b:latest")).add();
    let (went, said) = commit(&repository, &[]);
    assert!(!went && said.contains("with space.yaml:9"), "{said}");
    repository.write("with space.yaml", manifest("b", "b:2.0"));
    assert!(!commit(&repository, &[]).0);
    // `git commit -a` and `git commit FILE` use an index of their own.
    let (went, said) = commit(&repository, &["--all"]);
    assert!(went, "{said}");
    repository.write("a.yaml", manifest("a", "a:latest")).write("with space.yaml", manifest("b", "b:3.0"));
    let (went, said) = commit(&repository, &["--", "with space.yaml"]);
    assert!(went, "{said}");
    assert!(!commit(&repository, &["--", "a.yaml"]).0);
    // A commit that only deletes.
    repository.git(&["checkout", "--quiet", "--", "a.yaml"]);
    repository.git(&["rm", "--quiet", "a.yaml"]);
    let (went, said) = commit(&repository, &[]);
    assert!(went, "{said}");
}

#[cfg(unix)]
#[test]
fn a_hook_in_a_linked_working_tree_reads_that_trees_index() {
    let repository = with_script("worktree");
    repository.write("a.yaml", manifest("a", "a:1.0")).commit("first");
    repository.git(&["worktree", "add", "--quiet", "-b", "other", "linked"]);
    let linked = repository.path().join("linked");
    std::fs::write(linked.join("a.yaml"), manifest("a", "a:latest")).unwrap();
    let run =
        |arguments: &[&str]| repository.command("git").current_dir(&linked).args(arguments).output().unwrap();
    assert!(run(&["add", "--all"]).status.success());
    let output = run(&["commit", "--message", "wrong"]);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Whether the real program is there; tests that need it say so where they are skipped.
fn has_pre_commit() -> bool {
    let found =
        Command::new("pre-commit").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        crate::run::skipped("pre-commit is not installed, so the hooks were not run by it");
    }
    found
}

/// The hook as `.pre-commit-hooks.yaml` has it, with the built program in the place of an installed one.
fn local_hook() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let hooks = std::fs::read_to_string(path).unwrap();
    let (_, hook) = hooks.split_once("\n- ").unwrap();
    let (hook, _) = hook.split_once("\n- ").unwrap();
    let program = env!("CARGO_BIN_EXE_celador");
    let local = hook
        .replace(
            "entry: celador check --staged --quiet",
            &format!("entry: \"'{program}' check --staged --quiet\""),
        )
        .replace("language: rust", "language: system");
    assert!(local.contains(program) && local.contains("system"), "{local}");
    format!("repos:\n- repo: local\n  hooks:\n  - {}\n", local.replace('\n', "\n  "))
}

#[test]
fn pre_commit_blocks_and_lets_pass() {
    if !has_pre_commit() {
        return;
    }
    let repository = Repository::project("pre-commit");
    repository.write(".pre-commit-config.yaml", local_hook()).write("a.yaml", manifest("a", "a:1.0"));
    repository
        .write("with space.yaml", manifest("b", "b:1.0"))
        .write("main.c", "int main;\n")
        .commit("first");
    let install = repository.command("pre-commit").arg("install").output().unwrap();
    assert!(install.status.success(), "{}", String::from_utf8_lossy(&install.stderr));

    repository.write("with space.yaml", manifest("b", "b:2.0")).add();
    let (went, said) = commit(&repository, &[]);
    assert!(went && said.contains("Passed"), "a clean commit: {said}");
    repository.write("with space.yaml", manifest("b", "b:latest")).add();
    let (went, said) = commit(&repository, &[]);
    assert!(!went && said.contains("with space.yaml:9"), "a blocked commit: {said}");
    // Partial staging: wrong in the index, mended on the disk; then the other way round.
    repository.write("with space.yaml", manifest("b", "b:3.0"));
    assert!(!commit(&repository, &[]).0);
    repository.add().write("a.yaml", manifest("a", "a:latest"));
    let (went, said) = commit(&repository, &[]);
    assert!(went, "what is not staged is nobody's business: {said}");
    repository.git(&["checkout", "--quiet", "--", "a.yaml"]);
    repository.git(&["rm", "--quiet", "a.yaml"]);
    let (went, said) = commit(&repository, &[]);
    assert!(went, "a commit that only deletes: {said}");
    #[cfg(unix)]
    {
        repository.write("plain.txt", manifest("c", "c:latest"));
        std::os::unix::fs::symlink("plain.txt", repository.path().join("c.yaml")).unwrap();
        repository.add();
        let (went, said) = commit(&repository, &[]);
        assert!(!went && said.contains("c.yaml:9"), "a link is a file, too: {said}");
        repository.git(&["rm", "--quiet", "--force", "c.yaml"]);
    }
    repository.write("main.c", "int main = 1;\n").add();
    let (went, said) = commit(&repository, &[]);
    assert!(went && said.contains("no files to check"), "of no interest: {said}");
}

#[test]
fn the_hooks_see_every_file_that_is_read() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let hooks = std::fs::read_to_string(path).unwrap();
    let (_, pattern) = hooks.split_once("files: &files >-\n").unwrap();
    let (pattern, _) = pattern.split_once("\n  require_serial").unwrap();
    // Folded as YAML folds it; the pattern itself is one that both kinds of expressions know.
    let pattern = regex::Regex::new(&pattern.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap();
    for name in [
        "a.yaml",
        "k8s/a.yml",
        "a.json",
        "a.jsonc",
        "fly.toml",
        "main.tf",
        "prod.tfvars",
        "deploy.py",
        "run.sh",
        "lib.bash",
        "Dockerfile",
        "api/Dockerfile.prod",
        "web.Dockerfile",
        "Containerfile",
        ".env",
        ".env.staging",
        "config/prod.env",
        "old.env.backup",
        "Makefile",
        "Makefile.inc",
        "GNUmakefile",
        "common.mk",
        "justfile",
        ".justfile",
        "tasks.just",
        "SERVICE.YAML",
    ] {
        assert!(celador::input::Format::of_path(name).is_some(), "{name} is read");
        assert!(pattern.is_match(name), "{name} is passed");
    }
    assert!(pattern.is_match("bin/deploy"), "only its first line tells");
    for name in ["main.c", "README.md", "src/app.ts", "logo.png", "a.yaml.md"] {
        assert!(!pattern.is_match(name), "{name} is of no interest");
    }
}
