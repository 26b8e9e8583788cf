//! The JSON contract of `celador check`, version 1, and the span that every JSON output shares.
//!
//! The structs here are the contract, not a dump of what is inside: a field that is renamed inside
//! stays as it is here.

mod check;
mod lines;
mod span;

pub use check::check;
pub use lines::lines;
pub use span::{Span, span};

use crate::report::visible::acts;
use std::fmt::Write;

/// Any of the contract's structs as indented JSON with a line break at the end.
pub(in crate::report) fn print(value: &impl serde::Serialize) -> String {
    // Structs of strings and numbers with string keys always serialise.
    let mut text = inert(serde_json::to_string_pretty(value).unwrap_or_default());
    text.push('\n');
    text
}

/// The same in one line, without a line break.
pub(in crate::report) fn print_line(value: &impl serde::Serialize) -> String {
    inert(serde_json::to_string(value).unwrap_or_default())
}

/// Writes characters that act on a terminal, turn the direction of the text or stand there unseen as escapes,
/// and the second hash of `##`, with which commands of CI systems begin. The value stays the same: none of
/// them stands outside of a string.
fn inert(json: String) -> String {
    // What JSON escapes itself is not there any more; line breaks are those between the members.
    let acts = |c: char| c != '\n' && acts(c);
    if !json.contains("##") && !json.contains(acts) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 64);
    let mut before = ' ';
    for c in json.chars() {
        if acts(c) || (c == '#' && before == '#') {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests;
