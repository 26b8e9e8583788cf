//! Spans as the contract has them.

use crate::source::{Sources, Span as Inside};
use serde::Serialize;

/// Characters of a file. Lines and columns count from 1, columns in Unicode code points; the end is
/// after the last character, on its line; offsets count bytes of the file, a byte order mark is 3.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Span {
    /// Relative to the project's root, with `/`.
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub start: u32,
    pub end: u32,
}

/// A span of a file as the contract has it. A line break at the end of a span is left out, so that the
/// end is never on the line after.
pub fn span(sources: &Sources, inside: Inside) -> Span {
    let source = sources.get(inside.source);
    let length = u32::try_from(source.text().len()).unwrap_or(u32::MAX);
    let (start, end) = (inside.start.min(length), inside.end.min(length));
    let text = source.text().get(start as usize..end as usize).unwrap_or_default();
    let breaks = text.len() - text.trim_end_matches(['\n', '\r']).len();
    // A span of nothing but a line break keeps it in its offsets, and ends where it begins.
    let last = if breaks == text.len() { start } else { end - u32::try_from(breaks).unwrap_or(0) };
    let end = if breaks == text.len() { end } else { last };
    let (from, to) = (source.position(start), source.position(last));
    Span {
        file: source.path().to_owned(),
        line: from.line,
        column: from.column,
        end_line: to.line,
        end_column: to.column,
        start,
        end,
    }
}
