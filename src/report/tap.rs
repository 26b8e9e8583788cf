//! `celador check --format tap`: the Test Anything Protocol, version 14.
//! <https://testanything.org/tap-version-14-specification.html>
//!
//! What makes the run fail is `not ok`. What is told and does not deny is `not ok` with the directive `TODO`,
//! which fails nothing; what counts for nothing is `ok` with `SKIP`. A directive comes from here only: hashes
//! in texts are escaped.

use crate::report::entries::{Entry, Run, Standing, entries};
use crate::report::json::print_line;
use crate::report::text::without_commands;
use serde::Serialize;
use std::fmt::Write;

/// What stands below a test point. JSON is YAML.
#[derive(Serialize)]
struct Diagnostic<'a> {
    message: &'a str,
    severity: &'static str,
    policy: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// A test point an entry, and one for each policy that has nothing to tell.
pub fn tap(run: &Run<'_>) -> String {
    let redactor = run.redactor();
    let all = entries(run, &redactor);
    let tallies = &run.outcome.tallies;
    let silent = tallies.iter().filter(|tally| !all.iter().any(|entry| is_about(entry, &tally.policy)));
    let mut points: Vec<String> = Vec::new();
    for tally in silent {
        let name = escaped(&tally.policy);
        points.push(match tally.bound {
            0 => format!("{name} # SKIP it matched no subject"),
            bound => format!("{name}: {} of {bound} subjects pass", tally.passed),
        });
    }
    let mut out = format!("TAP version 14\n1..{}\n", points.len() + all.len());
    for (at, point) in points.iter().enumerate() {
        let _ = writeln!(out, "ok {} - {point}", at + 1);
    }
    for (at, entry) in all.iter().enumerate() {
        let number = points.len() + at + 1;
        let (word, directive) = match (entry.standing, entry.fails()) {
            (Standing::SetAside(_), _) => ("ok", " # SKIP"),
            (_, true) => ("not ok", ""),
            (_, false) => ("not ok", " # TODO"),
        };
        let reason = match directive {
            "" => String::new(),
            _ => format!(" {}", escaped(&entry.remark().unwrap_or_else(|| entry.level.as_str().to_owned()))),
        };
        let text = escaped(&format!("{}: {}", entry.rule, entry.message));
        let _ = writeln!(out, "{word} {number} - {text}{directive}{reason}");
        out.push_str(&below(entry));
    }
    out
}

fn is_about(entry: &Entry<'_>, policy: &str) -> bool {
    entry.rule == policy && !matches!(entry.standing, Standing::OfTheRun)
}

/// The block of YAML below a test point: one flow mapping.
fn below(entry: &Entry<'_>) -> String {
    let diagnostic = Diagnostic {
        message: &entry.message,
        severity: entry.level.as_str(),
        policy: entry.rule,
        file: &entry.place.file,
        line: entry.place.line,
        column: entry.place.column,
        notes: entry.below().map(|note| format!("{}: {}", note.word, note.text)).collect(),
    };
    format!("  ---\n  {}\n  ...\n", print_line(&diagnostic))
}

/// A text in which no hash begins a directive, and in which no other system sees a command.
fn escaped(text: &str) -> String {
    without_commands(text.to_owned(), true).replace('\\', "\\\\").replace('#', "\\#")
}
