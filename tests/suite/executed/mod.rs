//! The interpreter held against reality: programs made of a grammar are really run, and what they ran is
//! compared with what the interpreter says.
//!
//! A known value that the run refutes is never right, and of all recorded arguments at least 95 % must be
//! known. The programs are the same in every run. Where bash or Python is not on the machine the test says
//! so and runs nothing. `EXECUTED=<count>` runs another number of programs, `EXECUTED_SHOW=<count>` prints
//! so many programs that have unknown arguments.

mod compare;
mod grammar;
mod sandbox;

use crate::in_memory::{Language, Scripts};
use celador::script::Limits;
use compare::Outcome;
use sandbox::Case;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// How many programs of a language are run.
const PROGRAMS: usize = 2_000;

/// The part of the recorded arguments that must be known.
const KNOWN: f64 = 0.95;

#[test]
fn shell_scripts_do_what_they_are_said_to_do() {
    run("bash", "sh");
}

#[test]
fn python_scripts_do_what_they_are_said_to_do() {
    run("python", "py");
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

// What was run depends on the machine, which a reader of the output should see.
#[allow(clippy::print_stdout)]
fn run(language: &str, extension: &str) {
    let needed = if language == "bash" { "bash" } else { "python3" };
    if sandbox::find(needed).is_none() || sandbox::find("sh").is_none() {
        println!("{needed} is not on this machine: no program was run");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join(format!("tests/fixtures/executed/{language}.grammar"));
    let grammar = grammar::Grammar::read(&std::fs::read_to_string(file).unwrap());
    let count = number("EXECUTED").unwrap_or(PROGRAMS);
    let cases: Vec<Case> = (0..count).map(|seed| Case::read(&grammar.program(seed as u64))).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("executed-{language}"));
    let (recorded, complaints) = sandbox::run_all(&cases, extension, &folder);
    let mut ran: BTreeMap<usize, Vec<Vec<String>>> = BTreeMap::new();
    for one in recorded {
        ran.entry(one.program).or_default().push(one.words);
    }
    let (mut arguments, mut known, mut wrong, mut shown) = (0, 0, 0, number("EXECUTED_SHOW").unwrap_or(0));
    let mut report = String::new();
    let none = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let outcome = judge(case, extension, ran.get(&at).unwrap_or(&none));
        arguments += outcome.arguments;
        known += outcome.known;
        wrong += usize::from(!outcome.wrong.is_empty());
        let show = shown > 0 && !outcome.unknown.is_empty();
        shown -= usize::from(show);
        if (!outcome.wrong.is_empty() && wrong <= number("EXECUTED_WRONG").unwrap_or(10)) || show {
            let _ = writeln!(report, "===== program {at}\n{}", case.main);
            for (name, text) in &case.files {
                let _ = writeln!(report, "--- {name}\n{text}");
            }
            for line in outcome.wrong.iter().map(|line| format!("WRONG {line}")) {
                let _ = writeln!(report, "{line}");
            }
            for line in outcome.unknown.iter().map(|line| format!("unknown {line}")) {
                let _ = writeln!(report, "{line}");
            }
            for words in ran.get(&at).unwrap_or(&none) {
                let _ = writeln!(report, "ran {}", words.join(" "));
            }
            if let Some(complaint) = complaints.get(&at) {
                let _ = writeln!(report, "complained: {complaint}");
            }
        }
    }
    let part = known as f64 / arguments.max(1) as f64;
    println!(
        "{language}: {count} programs ran {arguments} different arguments; {:.2} % known, {wrong} programs with \
         a wrong claim, {} with complaints",
        part * 100.0,
        complaints.len(),
    );
    assert_eq!(wrong, 0, "{report}");
    println!("{report}");
    assert!(part >= KNOWN, "only {:.2} % of the recorded arguments are known", part * 100.0);
}

fn judge(case: &Case, extension: &str, recorded: &[Vec<String>]) -> Outcome {
    let language = if extension == "py" { Language::Python } else { Language::Shell };
    let mut scripts = Scripts::default();
    for (name, text) in &case.files {
        let name = if extension == "py" { name.trim_end_matches(".py") } else { name };
        scripts.add(name, language, text);
    }
    let found = scripts.run(&format!("main.{extension}"), language, &case.main, &Limits::default());
    compare::compare(case, &found, recorded)
}
