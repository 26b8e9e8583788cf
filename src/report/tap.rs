//! `celador check --format tap`: the Test Anything Protocol, version 14.
//! <https://testanything.org/tap-version-14-specification.html>
//!
//! What makes the run fail is `not ok`. What is told and does not deny is `not ok` with the directive `TODO`,
//! which fails nothing; what counts for nothing is `ok` with `SKIP`. A directive comes from here only: hashes
//! in texts are escaped.

use crate::report::entries::{Entry, Run, Standing, entries};
use crate::report::json::print_line;
use crate::report::text::without_commands;
use std::fmt::Write;

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

/// The block of YAML below a test point. Its texts are JSON's, which YAML takes as they are; its lines are of
/// the simple kind that small readers know.
fn below(entry: &Entry<'_>) -> String {
    let (line, column) = (entry.place.line, entry.place.column);
    let members = [
        ("message", print_line(&entry.message)),
        ("severity", print_line(&entry.level.as_str())),
        ("policy", print_line(&entry.rule)),
        ("file", print_line(&entry.place.file)),
        ("line", line.to_string()),
        ("column", column.to_string()),
    ];
    let mut out = String::from("  ---\n");
    for (name, value) in members {
        let _ = writeln!(out, "  {name}: {value}");
    }
    let mut notes = entry.below().peekable();
    if notes.peek().is_some() {
        out.push_str("  notes:\n");
    }
    for note in notes {
        let _ = writeln!(out, "    - {}", print_line(&format!("{}: {}", note.word, note.text)));
    }
    out.push_str("  ...\n");
    out
}

/// A text in which no hash begins a directive, and in which no other system sees a command.
fn escaped(text: &str) -> String {
    without_commands(text.to_owned(), true).replace('\\', "\\\\").replace('#', "\\#")
}
