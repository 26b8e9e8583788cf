//! Commands that check, and flags and variables that turn checks off: tables, and what reads them.
//!
//! A command that is in no table is no check: to ignore the result of `rm` or `docker stop` is no bypass. Each
//! row of a flag has the page that says what the flag leaves out.

mod commands;
mod flags;
mod variables;

pub use variables::{is_switch, turns_off};

use commands::{CHECKS, Check, DEPLOYS, HEALTH_PATHS, NAMED, NO_CHECKS, OF_TESTS, RUNNERS, Runner};
use flags::SKIPS;

/// Flags of common programs that take the next word, wherever they stand.
const TAKES_VALUE: &[&str] = &[
    "-C",
    "-f",
    "--file",
    "-n",
    "--namespace",
    "--context",
    "--kube-context",
    "--kubeconfig",
    "--project",
    "--prefix",
    "--dir",
    "--cwd",
    "-w",
    "--workspace",
    "--filter",
    "-F",
    "-p",
    "--profile",
];

/// A check that a flag makes a command leave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The place of the flag among the words.
    pub word: usize,
    /// The flag without its value.
    pub flag: &'static str,
    pub turns_off: &'static str,
    /// The word that says why, for flags that ask for a reason.
    pub reason: Option<usize>,
}

/// What a command line checks, in a word or two; `None` if it is no check. Unknown parts of words stand in
/// braces.
pub fn check(words: &[&str]) -> Option<&'static str> {
    let words = behind_runners(words);
    let (first, rest) = words.split_first()?;
    let program = program(first);
    if matches!(program, "curl" | "wget") {
        return asks_for_health(program, rest).then_some("health");
    }
    if let Some(check) = CHECKS.iter().find(|check| applies(check, program, rest)) {
        return Some(check.what);
    }
    let named = match program {
        "make" | "gmake" | "just" | "task" | "rake" | "invoke" | "nox" | "tox" => {
            plain(rest).find_map(|word| of_name(word))
        }
        "npm" | "pnpm" | "yarn" | "bun" => {
            let mut words = plain(rest).skip_while(|word| matches!(**word, "run" | "run-script"));
            words.next().and_then(|word| of_name(word))
        }
        "bash" | "sh" | "zsh" | "python" | "python3" | "node" | "ruby" | "ts-node" | "tsx" | "deno" => {
            plain(rest).find(|word| **word != "run").and_then(|script| of_name(file(script)))
        }
        _ if first.contains('/') || is_script(first) => of_name(file(first)),
        _ => None,
    };
    named.filter(|_| !is_asked_about(rest))
}

/// Whether a command line deploys what stands in files, a chart or a stack. One that only tries does not.
pub fn deploys(words: &[&str]) -> bool {
    let words = behind_runners(words);
    let Some((first, rest)) = words.split_first() else { return false };
    let tries = rest.iter().any(|word| word.starts_with("--dry-run") && *word != "--dry-run=none");
    let named =
        DEPLOYS.iter().any(|(programs, path)| programs.contains(&program(first)) && begins(rest, path));
    named && !tries
}

/// The checks that flags of a command line leave out.
pub fn skips(words: &[&str]) -> Vec<Skip> {
    let Some((first, rest)) = words.split_first() else { return Vec::new() };
    let program = program(first);
    let mut rows = SKIPS.iter().filter(|row| row.programs.contains(&program)).peekable();
    if rows.peek().is_none() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for row in rows.filter(|row| begins(rest, row.path)) {
        for (at, word) in words.iter().enumerate().skip(1) {
            for spec in row.flags {
                let Some((flag, value)) = spec.split_once('=') else {
                    if word == spec || word.strip_prefix(spec) == Some("=true") {
                        all.push(Skip { word: at, flag: spec, turns_off: row.turns_off, reason: None });
                    }
                    continue;
                };
                let joint = word.strip_prefix(flag).and_then(|rest| rest.strip_prefix('='));
                let apart = words.get(at + 1).copied().filter(|_| word == &flag);
                let reason = if joint.is_some() { at } else { at + 1 };
                let Some(given) = joint.or(apart).filter(|given| value == "*" || value == *given) else {
                    continue;
                };
                let reason = (value == "*" && !given.is_empty()).then_some(reason);
                all.push(Skip { word: at, flag, turns_off: row.turns_off, reason });
            }
        }
    }
    all
}

/// Whether a command that begins with this word may deploy what stands in files, or have a flag that leaves a
/// check out. Cheap.
pub fn concerns(first: &str) -> bool {
    let program = program(first);
    DEPLOYS.iter().any(|(programs, _)| programs.contains(&program))
        || SKIPS.iter().any(|row| row.programs.contains(&program))
        || RUNNERS.iter().any(|runner| runner.program == program)
}

/// Whether a text may hold a check whose result is ignored, or a flag that leaves one out. Cheap.
pub fn may_hold(text: &str) -> bool {
    let flags = || SKIPS.iter().flat_map(|row| row.flags).map(|flag| flag.split('=').next().unwrap_or(flag));
    text.contains("||")
        || text.contains("set +e")
        || text.lines().any(|line| line.trim_start_matches([' ', '\t', '@']).starts_with('-'))
        || flags().any(|flag| text.contains(flag))
}

/// The words behind `npx`, `poetry run`, `python -m` and their like.
fn behind_runners<'w, 'a>(mut words: &'w [&'a str]) -> &'w [&'a str] {
    // Each runner takes at least one word away.
    while let Some((first, rest)) = words.split_first() {
        let runs = |runner: &&Runner| runner.program == program(first) && rest.starts_with(runner.words);
        let Some(runner) = RUNNERS.iter().find(runs) else { break };
        let behind = rest.get(runner.words.len()..).unwrap_or_default();
        let flags = behind.iter().take_while(|word| word.starts_with('-')).count();
        let inner = behind.get(flags..).unwrap_or_default();
        if inner.is_empty() {
            break;
        }
        words = inner;
    }
    words
}

fn applies(check: &Check, program: &str, rest: &[&str]) -> bool {
    check.programs.contains(&program)
        && begins(rest, check.path)
        && (check.flags.is_empty() || rest.iter().any(|word| check.flags.contains(word)))
        && !is_asked_about(rest)
        && !rest.iter().any(|word| awaits_an_end(word))
}

/// `kubectl wait --for=delete`, `--for=condition=Ready=false`: what is to go away is not to be well.
fn awaits_an_end(word: &str) -> bool {
    word.starts_with("--for=") && (word.ends_with("=delete") || word.ends_with("=false"))
}

/// Whether a program is asked about itself, or installed, rather than run.
fn is_asked_about(rest: &[&str]) -> bool {
    rest.iter().any(|word| matches!(*word, "--version" | "--help" | "-h" | "-V" | "version" | "install"))
}

/// Whether the words without flags begin with these.
fn begins(rest: &[&str], path: &[&str]) -> bool {
    let mut words = plain(rest);
    path.iter().all(|expected| words.next().is_some_and(|word| word == expected))
}

/// The words that are neither flags nor their values.
fn plain<'w, 'a>(words: &'w [&'a str]) -> impl Iterator<Item = &'w &'a str> {
    let is_value = |at: usize| {
        at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| TAKES_VALUE.contains(word))
    };
    let plain = words.iter().enumerate().filter(move |(at, word)| !word.starts_with('-') && !is_value(*at));
    plain.map(|(_, word)| word)
}

/// A program's name without its folder and its version.
fn program(word: &str) -> &str {
    let name = file(word);
    match name.find('@') {
        Some(at) if at > 0 => name.get(..at).unwrap_or(name),
        _ => name,
    }
}

fn file(word: &str) -> &str {
    word.rsplit(['/', '\\']).next().unwrap_or(word)
}

fn is_script(word: &str) -> bool {
    [".sh", ".bash", ".py", ".js", ".mjs", ".ts", ".rb"].iter().any(|extension| word.ends_with(extension))
}

/// What a script or a target checks, by its name: one whose first or last word is a check's, and of which no
/// word tells that it does something else (`install-test-deps`, `create-test-db`).
fn of_name(name: &str) -> Option<&'static str> {
    let stem = match is_script(name) {
        true => name.rsplit_once('.').map_or(name, |(stem, _)| stem),
        false => name,
    };
    let words = lower_words(stem);
    if words.iter().any(|word| NO_CHECKS.contains(&word.as_str())) {
        return None;
    }
    let what =
        |word: &String| NAMED.iter().find(|(names, _)| names.contains(&word.as_str())).map(|row| row.1);
    let found = words.first().and_then(what).or_else(|| words.last().and_then(what))?;
    let is_about_tests = words.iter().any(|word| OF_TESTS.contains(&word.as_str()));
    (found != "tests" || !is_about_tests).then_some(found)
}

/// The words of a name in small letters: `runTests`, `run_tests`, `run-tests`.
fn lower_words(name: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![String::new()];
    let mut was_small = false;
    for c in name.chars() {
        let begins = !c.is_alphanumeric() || (c.is_uppercase() && was_small);
        if begins && all.last().is_some_and(|last| !last.is_empty()) {
            all.push(String::new());
        }
        if let Some(last) = all.last_mut().filter(|_| c.is_alphanumeric()) {
            last.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase() || c.is_ascii_digit();
    }
    all.retain(|word| !word.is_empty());
    all
}

/// Whether a request fails where the service is not healthy: curl does so only with `--fail`.
///
/// <https://curl.se/docs/manpage.html#-f>, <https://www.gnu.org/software/wget/manual/wget.html#Exit-Status>
fn asks_for_health(program: &str, rest: &[&str]) -> bool {
    let short = |word: &&&str| word.starts_with('-') && !word.starts_with("--") && word.contains('f');
    let fails = program == "wget"
        || rest.iter().any(|word| matches!(*word, "--fail" | "--fail-with-body"))
        || rest.iter().find(short).is_some();
    let asks = |word: &&str| {
        let path = word.split(['?', '#']).next().unwrap_or(word);
        path.split('/').skip(1).any(|part| HEALTH_PATHS.contains(&part))
    };
    fails && rest.iter().any(asks)
}

#[cfg(test)]
mod tests;
