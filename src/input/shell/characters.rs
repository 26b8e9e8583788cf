//! Characters of a word with their places, and the literals they are cut into.
//!
//! One word may hold many settings: `--memory=512Mi`, `--set-env-vars "A=1,B=2"`. It is cut at these
//! seams, so that each value has literal and span of its own.

use super::{Lowerer, literal};
use crate::script::Expression;
use crate::source::{Span, TextMap};

/// A character after quotes and escapes, with the bytes of the text that it was written as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub character: char,
    pub start: usize,
    pub end: usize,
}

/// How a stretch of text is quoted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Quoting {
    /// A backslash keeps the next character; before a line break both vanish.
    None,
    /// The same only before `$`, a backtick, `"`, `\` and a line break.
    Double,
    /// As in double quotes, but `"` needs no backslash.
    Heredoc,
    /// Nothing is special.
    Raw,
}

/// The characters of `text`, which begins at byte `base`.
pub(super) fn marks(text: &str, base: usize, quoting: Quoting) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(text.len());
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let start = base + at;
        let plain = Mark { character, start, end: start + character.len_utf8() };
        if character != '\\' || quoting == Quoting::Raw {
            marks.push(plain);
            continue;
        }
        let Some(&(next_at, next)) = rest.peek() else {
            marks.push(plain);
            continue;
        };
        let escapes = match quoting {
            Quoting::None | Quoting::Raw => true,
            Quoting::Double => matches!(next, '$' | '`' | '"' | '\\' | '\n' | '\r'),
            Quoting::Heredoc => matches!(next, '$' | '`' | '\\' | '\n' | '\r'),
        };
        if !escapes {
            marks.push(plain);
            continue;
        }
        rest.next();
        match next {
            '\n' => {}
            '\r' if rest.next_if(|&(_, c)| c == '\n').is_some() => {}
            _ => marks.push(Mark { character: next, start, end: base + next_at + next.len_utf8() }),
        }
    }
    marks
}

/// The characters of `$'...'` between its quotes.
pub(super) fn ansi_c_marks(text: &str, base: usize) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(text.len());
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let start = base + at;
        let mut mark = Mark { character, start, end: start + character.len_utf8() };
        if character == '\\'
            && let Some((escape_at, escape)) = rest.next()
        {
            mark.end = base + escape_at + escape.len_utf8();
            let mut digits = |radix: u32, most: usize, first: Option<char>| {
                let mut value = first.and_then(|c| c.to_digit(radix)).unwrap_or(0);
                let mut end = 0;
                for _ in 0..most {
                    let Some((at, c)) = rest.next_if(|(_, c)| c.is_digit(radix)) else { break };
                    value = value * radix + c.to_digit(radix).unwrap_or(0);
                    end = base + at + 1;
                }
                (char::from_u32(value).unwrap_or('\u{fffd}'), end)
            };
            let (character, end) = match escape {
                'n' => ('\n', 0),
                't' => ('\t', 0),
                'r' => ('\r', 0),
                'a' => ('\u{7}', 0),
                'b' => ('\u{8}', 0),
                'e' | 'E' => ('\u{1b}', 0),
                'f' => ('\u{c}', 0),
                'v' => ('\u{b}', 0),
                'x' => digits(16, 2, None),
                'u' => digits(16, 4, None),
                'U' => digits(16, 8, None),
                '0'..='7' => digits(8, 2, Some(escape)),
                other => (other, 0),
            };
            mark.character = character;
            mark.end = mark.end.max(end);
        }
        marks.push(mark);
    }
    marks
}

impl Lowerer<'_> {
    /// Literals for characters that stand together in one word, and the placeholders among them. `whole`
    /// is the span of the word with its quotes if these are all its characters: a single literal gets it.
    pub(super) fn literals(&self, marks: &[Mark], whole: Option<Span>) -> Vec<Expression> {
        let mut parts = Vec::new();
        let mut rest = marks;
        while let Some(first) = rest.first() {
            let here = rest.iter().position(|mark| self.placeholder_at(mark.start).is_some());
            let Some(here) = here.filter(|_| !self.placeholders.is_empty()) else {
                let whole = whole.filter(|_| first.start == marks.first().map_or(0, |mark| mark.start));
                parts.extend(literals(rest, self.map, whole));
                break;
            };
            let (before, from) = rest.split_at(here);
            parts.extend(literals(before, self.map, None));
            let Some(placeholder) = from.first().and_then(|mark| self.placeholder_at(mark.start)) else {
                break;
            };
            let span = self.map.span(placeholder.range.start, placeholder.range.end);
            parts.push(super::name(&placeholder.name, span));
            let end = from.iter().position(|mark| mark.start >= placeholder.range.end).unwrap_or(from.len());
            rest = from.get(end..).unwrap_or_default();
        }
        parts
    }
}

/// Literals for the characters of a text in which no quote or escape means anything.
pub(in crate::input) fn plain_literals(
    text: &str,
    range: std::ops::Range<usize>,
    map: &TextMap,
    whole: Option<Span>,
) -> Vec<Expression> {
    let marks = marks(text.get(range.clone()).unwrap_or_default(), range.start, Quoting::Raw);
    literals(&marks, map, whole)
}

fn literals(marks: &[Mark], map: &TextMap, whole: Option<Span>) -> Vec<Expression> {
    let cuts = cuts(marks);
    let mut pieces = Vec::with_capacity(cuts.len() + 1);
    let mut from = 0;
    for to in cuts.into_iter().chain([marks.len()]) {
        if let Some(piece) = marks.get(from..to)
            && let (Some(first), Some(last)) = (piece.first(), piece.last())
        {
            let text: String = piece.iter().map(|mark| mark.character).collect();
            pieces.push(literal(text, map.span(first.start, last.end)));
        }
        from = to;
    }
    if let (Some(whole), [single]) = (whole, pieces.as_mut_slice()) {
        single.span = whole;
    }
    pieces
}

/// Where a stretch of characters is cut: behind `--flag=`, around a comma before `NAME=`, behind that
/// `NAME=`, and where a continuation line was taken out.
fn cuts(marks: &[Mark]) -> Vec<usize> {
    let mut cuts = Vec::new();
    let at = |index: usize| marks.get(index).map(|mark: &Mark| mark.character);
    let mut first = 0;
    if at(0) == Some('-') && at(1) == Some('-') {
        let end = (0..marks.len()).find(|&i| at(i).is_none_or(|c| !is_flag(c))).unwrap_or(marks.len());
        if at(end) == Some('=') {
            cuts.push(end + 1);
            first = end + 1;
        }
    }
    cuts.extend(name_end(marks, first));
    for i in first..marks.len() {
        if at(i) == Some(',') {
            let name = (i + 1..marks.len()).find(|&j| at(j).is_some_and(|c| !c.is_whitespace()));
            if let Some(end) = name.and_then(|name| name_end(marks, name)) {
                cuts.extend([i, i + 1, end]);
            }
        }
        if let (Some(one), Some(next)) = (marks.get(i), marks.get(i + 1))
            && one.end != next.start
        {
            cuts.push(i + 1);
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts.retain(|&cut| cut > 0 && cut < marks.len());
    cuts
}

/// The index behind `NAME=` at `from`.
fn name_end(marks: &[Mark], from: usize) -> Option<usize> {
    let mut index = from;
    while let Some(mark) = marks.get(index) {
        let c = mark.character;
        let letter = c.is_ascii_alphabetic() || c == '_';
        match c {
            '=' if index > from => return Some(index + 1),
            _ if letter || (index > from && c.is_ascii_digit()) => index += 1,
            _ => return None,
        }
    }
    None
}

fn is_flag(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}
