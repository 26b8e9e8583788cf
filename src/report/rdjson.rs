//! `celador check --format rdjson`: reviewdog's diagnostic format.
//! <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>

use crate::report::entries::{Entry, Level, Run, entries};
use crate::report::json::{self, print};
use crate::source::Span;
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    source: Source,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

/// The end is after the last character.
#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    /// In bytes of UTF-8, from 1.
    column: u32,
}

#[derive(Serialize)]
struct Code {
    value: String,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

/// One diagnostic an entry.
pub fn rdjson(run: &Run<'_>) -> String {
    let redactor = run.redactor();
    let diagnostic = |entry: Entry<'_>| Diagnostic {
        suggestions: match entry.certain_fix(&redactor) {
            Some((fix, text)) => vec![Suggestion { range: range(run, fix.span), text: text.to_owned() }],
            None => Vec::new(),
        },
        message: entry.whole(),
        severity: match entry.level {
            Level::Error => "ERROR",
            Level::Warning => "WARNING",
            Level::Note => "INFO",
        },
        location: Location { range: range(run, entry.span), path: entry.place.file },
        code: Code { value: entry.rule.to_owned() },
    };
    let diagnostics = entries(run, &redactor).into_iter().map(diagnostic).collect();
    print(&Report { source: Source { name: "celador" }, diagnostics })
}

fn range(run: &Run<'_>, span: Span) -> Range {
    let place = json::span(&run.outcome.sources, span);
    let source = run.outcome.sources.get(span.source);
    let mark = source.text_after_mark().1;
    let position = |line: u32, offset: u32| {
        let range = source.lines().range(source.text(), (line as usize).saturating_sub(1));
        let start = if line == 1 { mark } else { range.start };
        let column = (offset as usize).min(range.end).saturating_sub(start) + 1;
        Position { line, column: u32::try_from(column).unwrap_or(u32::MAX) }
    };
    Range { start: position(place.line, place.start), end: position(place.end_line, place.end) }
}
