//! Runs the built program on files of a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run left behind.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Both outputs, for searching.
    pub fn all(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }

    /// The JSON on standard output.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}):\n{}\n{}", self.stdout, self.stderr))
    }
}

/// Runs the program in a folder. No run may take longer than two minutes in a debug build: that would
/// be a hang, which a test must turn into a failure.
pub fn celador(folder: &Path, arguments: &[&str]) -> Run {
    run(folder, arguments, &[], None)
}

/// The same with variables of the environment.
pub fn celador_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    run(folder, arguments, environment, None)
}

/// The same with a text on standard input.
pub fn celador_on(folder: &Path, arguments: &[&str], input: Option<&str>) -> Run {
    run(folder, arguments, &[], input)
}

fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)], input: Option<&str>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_celador"));
    // A test may itself be run by a hook, whose repository is not the test's.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GIT_")) {
        command.env_remove(name);
    }
    let mut child = command
        .args(arguments)
        .current_dir(folder)
        .env_remove("CELADOR_LOG")
        .env_remove("CLICOLOR_FORCE")
        .env("NO_COLOR", "1")
        .env("TERM", "xterm")
        .env("LC_ALL", "C.UTF-8")
        .env("COLUMNS", "100")
        .envs(environment.iter().copied())
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        let input = input.to_owned();
        std::thread::spawn(move || std::io::Write::write_all(&mut stdin, input.as_bytes()));
    }
    let read = |stream: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut stream) = stream {
                let _ = stream.read_to_end(&mut bytes);
            }
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let stdout = read(child.stdout.take().map(|out| Box::new(out) as _));
    let stderr = read(child.stderr.take().map(|out| Box::new(out) as _));
    let started = Instant::now();
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if started.elapsed() > Duration::from_secs(120) {
            let _ = child.kill();
            panic!("celador {arguments:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Run { code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

/// Says that a test was skipped, and why, where its runner shows what tests say.
pub fn skipped(why: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// A folder of its own that is gone when the test ends.
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    pub fn new(name: &str) -> Scratch {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        // A repository of its own, so that the project is this folder and not the one it lies in.
        fs::create_dir_all(path.join(".git")).unwrap();
        Scratch { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Scratch {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
