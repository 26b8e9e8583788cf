//! Comments of the file itself. Those of a recipe are its shell's.

use crate::source::{Comments, Source, SourceId, Span};

/// What texts begin and end with, the longer first; the flag says whether a backslash escapes in them.
/// <https://just.systems/man/en/strings.html>
const QUOTES: [(&str, bool); 6] =
    [("\"\"\"", true), ("'''", false), ("```", false), ("\"", true), ("'", false), ("`", false)];

/// The comments of a file, and the lines that are continued. A line that is indented belongs to a recipe.
pub fn comments(source: &Source, id: SourceId) -> Comments {
    let (text, mark) = source.text_after_mark();
    let mut found = Comments::default();
    let mut at = 0;
    let mut line_starts = true;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        if line_starts && line.starts_with([' ', '\t']) {
            if line.trim_end().ends_with('\\') {
                let end = at + length;
                found.closed.push(Span::new(id, at + mark, (end + 2).min(text.len()) + mark));
            }
            at += length + 1;
            continue;
        }
        line_starts = false;
        if rest.starts_with('\n') {
            line_starts = true;
            at += 1;
        } else if rest.starts_with('#') {
            let end = at + line.trim_end().len();
            found.add(source, Span::new(id, at + mark, end + mark));
            at += length;
        } else if let Some((quote, escapes)) = QUOTES.iter().find(|(quote, _)| rest.starts_with(quote)) {
            let inside = rest.get(quote.len()..).unwrap_or_default();
            let end = at + quote.len() + closing(inside, quote, *escapes);
            if text.get(at..end).is_some_and(|text| text.contains('\n')) {
                found.closed.push(Span::new(id, at + mark, end + mark));
            }
            at = end;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// The length of a text with its closing quote; of one that nobody closes, all that is left.
fn closing(inside: &str, quote: &str, escapes: bool) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        if escaped {
            escaped = false;
        } else if escapes && c == '\\' {
            escaped = true;
        } else if inside.get(at..).is_some_and(|rest| rest.starts_with(quote)) {
            return at + quote.len();
        }
    }
    inside.len()
}
