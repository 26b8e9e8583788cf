//! What a package holds, and what it installs beside the program: completions work in a real shell, and
//! manual pages are pages that `man`'s formatter takes without a complaint.

use crate::run::{Scratch, celador, skipped};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs another program; `None`, said aloud, where this machine has none.
fn other(program: &str, arguments: &[&str], folder: &Path) -> Option<Output> {
    let run = Command::new(program).args(arguments).current_dir(folder).output();
    if run.is_err() {
        skipped(&format!("there is no `{program}` on this machine"));
    }
    run.ok()
}

fn printed(arguments: &[&str]) -> String {
    let run = celador(Path::new("."), arguments);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{arguments:?}");
    run.stdout
}

/// Asks the registered function what it offers for the last word, as the shell does when Tab is pressed.
const ASK: &str = r#"
set -eu
source ./celador.bash
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
registered=$(complete -p celador)
function=${registered#*-F }
"${function%% *}" celador "${@: -1}" "${@: -2:1}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

#[test]
fn bash_completes_commands_flags_values_and_policies() {
    let folder = Scratch::new("completions");
    folder.write("celador.bash", printed(&["completions", "bash"])).write("ask.sh", ASK);
    let cases: &[(&[&str], &[&str], &[&str])] = &[
        (&["celador", ""], &["check", "facts", "completions", "man"], &[]),
        (&["celador", "ch"], &["check"], &["facts"]),
        (&["celador", "check", "--f"], &["--format"], &["--policy"]),
        (&["celador", "check", "--format", ""], &["human", "json"], &["table"]),
        (&["celador", "check", "--color", "a"], &["auto", "always"], &["never"]),
        (
            &["celador", "explain", "alpine"],
            &["alpine-minimum-memory", "alpine-minimum-cpu"],
            &["port-agreement"],
        ),
        (&["celador", "completions", ""], &["bash", "zsh", "fish", "powershell", "elvish"], &[]),
    ];
    for (words, offered, withheld) in cases {
        let arguments: Vec<&str> = ["ask.sh"].iter().chain(*words).copied().collect();
        let Some(run) = other("bash", &arguments, folder.path()) else { return };
        let told = String::from_utf8_lossy(&run.stdout);
        let told: Vec<&str> = told.lines().collect();
        assert!(run.status.success(), "{words:?}: {}", String::from_utf8_lossy(&run.stderr));
        for word in *offered {
            assert!(told.contains(word), "{words:?} offers {told:?}, not {word}");
        }
        for word in *withheld {
            assert!(!told.contains(word), "{words:?} offers {word}");
        }
    }
}

#[test]
fn every_shell_has_a_script_that_knows_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(&["completions", shell]);
        for word in ["check", "facts", "explain", "--policy"] {
            // fish writes long options without their dashes.
            assert!(script.contains(word.trim_start_matches('-')), "{shell} does not know {word}");
        }
    }
}

/// The commands that `celador --help` lists.
fn commands() -> Vec<String> {
    let help = printed(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let first = list.lines().filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    first
        .filter_map(|line| line.split(' ').next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_has_a_manual_page_that_formats() {
    let folder = Scratch::new("man");
    printed(&["man", "--out", folder.path().join("pages").to_str().unwrap()]);
    let commands = commands();
    assert!(commands.len() >= 9, "{commands:?}");
    let mut wanted: Vec<String> = commands.iter().map(|name| format!("celador-{name}.1")).collect();
    wanted.push("celador.1".to_owned());
    let mut written: Vec<String> = fs::read_dir(folder.path().join("pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    wanted.sort();
    written.sort();
    assert_eq!(written, wanted);
    for name in &written {
        let page = format!("pages/{name}");
        let Some(run) = other("groff", &["-man", "-ww", "-Tutf8", "-P-cbou", &page], folder.path()) else {
            return;
        };
        assert_eq!(String::from_utf8_lossy(&run.stderr), "", "{name}");
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(text.contains("SYNOPSIS") && text.contains("OPTIONS"), "{name}:\n{text}");
        let title = name.trim_end_matches(".1");
        assert!(text.contains(&format!("{title}(1)")), "{name}:\n{text}");
        if title == "celador-check" {
            assert!(
                text.contains("\n       1  a finding denies\n"),
                "the exit codes are not a table:\n{text}"
            );
        }
    }
}

#[test]
fn one_page_is_printed_by_the_name_of_its_command() {
    let folder = Scratch::new("man-one");
    printed(&["man", "--out", folder.path().to_str().unwrap()]);
    let file = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(printed(&["man"]), file("celador.1"));
    assert_eq!(printed(&["man", "check"]), file("celador-check.1"));
    let wrong = celador(folder.path(), &["man", "chek"]);
    assert_eq!(
        (wrong.code, wrong.stderr.as_str()),
        (Some(2), "error: there is no command `chek`; did you mean `check`?\n")
    );
}

#[test]
fn the_package_holds_what_a_build_reads_and_no_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = ["package", "--list", "--allow-dirty", "--offline"];
    let run = Command::new(env!("CARGO")).args(list).current_dir(root).output().unwrap();
    let told = String::from_utf8_lossy(&run.stdout).replace('\\', "/");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let files: Vec<&str> = told.lines().collect();
    for file in [
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "src/main.rs",
        "policies/resources/alpine-minimum-memory.yaml",
        "schemas/formats/cloud-run-service.schema.json",
        "schemas/celador/celador.schema.json",
    ] {
        assert!(files.contains(&file), "the package lacks {file}");
    }
    for prefix in ["tests/", ".ci/", ".cargo/", ".github/", "target/"] {
        assert!(!files.iter().any(|file| file.starts_with(prefix)), "the package holds {prefix}");
    }
    assert!(!told.contains("/snapshots/"), "the package holds snapshots");
}
