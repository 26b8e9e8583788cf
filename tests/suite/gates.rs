//! What passes and what does not: the pages in `tests/fixtures/gates`, run on the built program.
//!
//! A block with a path is a file of the project. A block ```` ```console check --bypass "why"; baseline ````
//! holds what its steps come to: commands of the program, `then` (files below `then/` take their places),
//! `mv A B`, `rm A` and `cat A`. Of `check` the findings are shown in one line each; with `-v` or
//! `--quiet` it is the report for people.

use crate::pages::{self, Block};
use crate::run::{Scratch, celador};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn the_pages_say_what_passes() {
    pages::check("gates", |info| info.starts_with("console "), answer);
}

fn answer(info: &str, given: &[Block]) -> String {
    static CASES: AtomicUsize = AtomicUsize::new(0);
    let folder = Scratch::new(&format!("gates-{}", CASES.fetch_add(1, Ordering::Relaxed)));
    let files = || given.iter().filter_map(|block| Some((block.info.split_once(' ')?.1, &block.body)));
    for (path, body) in files().filter(|(path, _)| !path.starts_with("then/")) {
        folder.write(path, body);
    }
    let steps: Vec<&str> = info.trim_start_matches("console ").split("; ").collect();
    let mut out = String::new();
    for step in &steps {
        let words = words(step);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["then"] => {
                for (path, body) in files() {
                    if let Some(path) = path.strip_prefix("then/") {
                        folder.write(path, body);
                    }
                }
                continue;
            }
            ["mv", from, to] => {
                fs::rename(folder.path().join(from), folder.path().join(to)).unwrap();
                continue;
            }
            ["cat", path] => {
                let _ = write!(out, "$ {step}\n{}", fs::read_to_string(folder.path().join(path)).unwrap());
                continue;
            }
            ["rm", path] => {
                fs::remove_file(folder.path().join(path)).unwrap();
                continue;
            }
            _ => {}
        }
        if steps.len() > 1 {
            let _ = writeln!(out, "$ {step}");
        }
        let for_people = words.contains(&"-v") || words.contains(&"--quiet");
        let is_check = words.first() == Some(&"check") && !for_people;
        let arguments = [words.as_slice(), if is_check { &["--format", "json"] } else { &[] }].concat();
        let run = celador(folder.path(), &arguments);
        if is_check && !run.stdout.is_empty() {
            out.push_str(&lines(&run.json()));
        } else {
            let own = folder.path().to_string_lossy().into_owned() + "/";
            out.push_str(&run.stdout.replace(&own, ""));
            // Of errors the first lines: how their frames look is tested elsewhere.
            let first = |line: &&str| !line.starts_with(' ') && !line.is_empty() && !line.contains('│');
            let framed = run.stderr.contains("╭─");
            for line in run.stderr.replace(&own, "").lines().filter(|line| !framed || first(line)) {
                let _ = writeln!(out, "{line}");
            }
        }
        let _ = writeln!(out, "exit {}", run.code.unwrap_or(-1));
    }
    out
}

/// Words apart by spaces; what stands between `"` is one.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in text.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// A run in short: each finding with its action, or with what set it aside.
fn lines(json: &Value) -> String {
    let mut out = String::new();
    let all = |key: &str| json[key].as_array().cloned().unwrap_or_default();
    for finding in all("findings").iter().chain(&all("undetermined")) {
        let row = match finding["action_row"]["line"].as_u64() {
            Some(line) => format!(", by line {line} of {}", text(&finding["action_row"]["file"])),
            None => String::new(),
        };
        let _ = writeln!(out, "{} {}{row}", text(&finding["action"]), told(finding));
    }
    for finding in all("set_aside") {
        let by = &finding["set_aside"];
        let _ = writeln!(out, "{} {} ({})", text(&by["by"]), told(&finding), text(&by["reason"]));
    }
    for error in all("errors") {
        let place = format!("{}:{}", text(&error["span"]["file"]), error["span"]["line"]);
        let (severity, code) = (text(&error["severity"]), text(&error["code"]));
        let _ = writeln!(out, "{severity} {code} at {place}: {}", text(&error["message"]));
    }
    if !json["summary"]["bypass"].is_null() {
        let _ = writeln!(out, "summary.bypass {}", json["summary"]["bypass"]["reason"]);
    }
    out
}

fn told(finding: &Value) -> String {
    let primary = &finding["primary"];
    let (policy, message) = (text(&finding["policy"]), text(&finding["message"]));
    format!("{policy} at {}:{}: {message}", text(&primary["file"]), primary["line"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}
