//! The GitHub action's scripts, run as the runner runs them: inputs in variables, files for the summary and
//! the outputs.

use crate::run::{Scratch, skipped};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a step left behind.
struct Step {
    code: Option<i32>,
    log: String,
    summary: String,
    outputs: String,
}

/// Runs a script of the action in a folder; `None`, said aloud, where this machine has no bash.
fn step(script: &str, folder: &Scratch, inputs: &[(&str, &str)]) -> Option<Step> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = PathBuf::from(env!("CARGO_BIN_EXE_celador"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let file = |name: &str| folder.path().join(".git").join(name);
    for name in ["summary", "outputs", "path"] {
        fs::write(file(name), "").unwrap();
    }
    let run = Command::new("bash")
        .arg(root.join(".github/action").join(script))
        .current_dir(folder.path())
        .env("PATH", path)
        .env("RUNNER_TEMP", folder.path().join(".git"))
        .env("GITHUB_STEP_SUMMARY", file("summary"))
        .env("GITHUB_OUTPUT", file("outputs"))
        .env("GITHUB_PATH", file("path"))
        .env("GITHUB_ACTION_PATH", root)
        .env("NO_COLOR", "1")
        .envs(inputs.iter().copied())
        .output();
    let Ok(run) = run else {
        skipped("there is no `bash` on this machine");
        return None;
    };
    let read = |name: &str| fs::read_to_string(file(name)).unwrap();
    Some(Step {
        code: run.status.code(),
        log: format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr)),
        summary: read("summary"),
        outputs: read("outputs"),
    })
}

/// A project with something to find, and a line that is a command to whoever reads the log for commands.
fn project(name: &str) -> Scratch {
    let folder = Scratch::new(name);
    folder.write(
        "deploy/api.sh",
        "gcloud run deploy api-staging --image x.example.com/api:1-alpine --memory 512Mi # ::error::injected\n",
    );
    folder.write(
        "deploy/other.sh",
        "gcloud run deploy other-staging --image registry.example.com/o:1.4 --memory 1Gi\\n",
    );
    folder
}

#[test]
fn one_run_feeds_log_annotations_summary_and_sarif() {
    let folder = project("action");
    let inputs = [("CELADOR_PATHS", "deploy/api.sh\r\n\n"), ("CELADOR_SARIF", "celador.sarif")];
    let Some(step) = step("check.sh", &folder, &inputs) else { return };
    assert_eq!(step.code, Some(1), "{}", step.log);
    let (_, rest) = step.log.split_once("::stop-commands::").unwrap();
    let (token, rest) = rest.split_once('\n').unwrap();
    assert_eq!(token.len(), 32);
    let (report, annotations) = rest.split_once(&format!("\n::{token}::\n")).unwrap();
    assert!(report.contains("memory 512Mi is below the 2Gi"), "{report}");
    assert!(report.contains("::error::injected"), "what is shown is shown where no command is read");
    assert!(annotations.starts_with("::error file=deploy/api.sh,line=1,"), "{annotations}");
    assert!(annotations.lines().all(|line| line.starts_with("::")), "{annotations}");
    assert!(step.summary.contains("alpine-minimum-memory"), "{}", step.summary);
    assert_eq!(step.outputs, format!("sarif-file<<{token}\ncelador.sarif\n{token}\nexit-code=1\n"));
    let sarif = fs::read_to_string(folder.path().join("celador.sarif")).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
}

#[test]
fn inputs_are_words_and_never_scripts() {
    let folder = project("action-injection");
    let evil = "$(touch pwned)`touch pwned`;touch pwned;'\"*";
    for name in ["CELADOR_PATHS", "CELADOR_ARGS", "CELADOR_FORMAT", "CELADOR_SARIF", "CELADOR_FOLDER"] {
        let Some(step) = step("check.sh", &folder, &[(name, evil)]) else { return };
        assert!(!folder.path().join("pwned").exists(), "{name}: {}", step.log);
    }
    // A path that looks like a flag is a path; a file's name may hold spaces and stars.
    let Some(flag) = step("check.sh", &folder, &[("CELADOR_PATHS", "--no-such-flag")]) else { return };
    assert!(flag.log.contains("`--no-such-flag` cannot be read"), "{}", flag.log);
    folder.write("a * b.sh", "gcloud run deploy star --image registry.example.com/s:1 --memory 1Gi\n");
    let Some(star) = step("check.sh", &folder, &[("CELADOR_PATHS", "a * b.sh")]) else { return };
    assert_eq!(star.code, Some(0), "{}", star.log);
    // A second output cannot be smuggled in with a line of its own.
    let two = [("CELADOR_SARIF", "x.sarif\nexit-code=0")];
    let Some(two) = step("check.sh", &folder, &two) else { return };
    let last = two.outputs.lines().last().unwrap();
    assert_eq!(last, format!("exit-code={}", two.code.unwrap()), "{}", two.outputs);
}

#[test]
fn further_arguments_and_the_outcome_reach_the_program() {
    let folder = project("action-arguments");
    let inputs = [("CELADOR_ARGS", "--exclude\ndeploy/api.sh\n"), ("CELADOR_FORMAT", "tap")];
    let Some(step) = step("check.sh", &folder, &inputs) else { return };
    assert_eq!(step.code, Some(0), "{}", step.log);
    assert!(step.log.contains("TAP version 14"), "{}", step.log);
    assert!(step.outputs.ends_with("exit-code=0\n"), "{}", step.outputs);
}

#[test]
fn only_a_version_is_given_to_pip() {
    let folder = Scratch::new("action-version");
    for evil in ["--index-url=https://example.com", "0.1.0 other", "../x", "1;touch pwned", "$(touch pwned)"]
    {
        let Some(step) = step("install.sh", &folder, &[("CELADOR_VERSION", evil)]) else { return };
        assert_eq!(step.code, Some(2), "{evil}: {}", step.log);
        assert!(step.log.starts_with("::error title=Celador::version must be"), "{evil}: {}", step.log);
        assert!(!folder.path().join("pwned").exists(), "{evil}");
    }
    let Some(step) = step("install.sh", &folder, &[("CELADOR_VERSION", "installed")]) else { return };
    assert_eq!(step.code, Some(0), "{}", step.log);
}
