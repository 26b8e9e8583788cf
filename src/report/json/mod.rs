//! The JSON contract of `celador check`, version 1, and the span that every JSON output shares.
//!
//! The structs here are the contract, not a dump of what is inside: a field that is renamed inside
//! stays as it is here.

mod check;
mod span;

pub use check::check;
pub use span::{Span, span};

/// Any of the contract's structs as indented JSON with a line break at the end.
pub(in crate::report) fn print(value: &impl serde::Serialize) -> String {
    // Structs of strings and numbers with string keys always serialise.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
