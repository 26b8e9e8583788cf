//! Words of an instruction: quotes, escapes and variables.

use crate::input::dockerfile::lines::Logical;
use crate::source::Span;

/// One word.
#[derive(Clone, Debug)]
pub struct Word {
    /// Without quotes and escapes; variables stand as written.
    pub text: String,
    /// The same with its variables told apart.
    pub pieces: Vec<Piece>,
    /// The characters, with quotes.
    pub span: Span,
}

/// A part of a word (<https://docs.docker.com/reference/dockerfile/#environment-replacement>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Literal(String),
    /// `$NAME` or `${NAME}`.
    Variable {
        name: String,
        modifier: Modifier,
    },
}

/// What follows a variable's name in braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifier {
    None,
    /// `:-word` (or `-word`): the word if the variable is not set.
    Default(String),
    /// `:+word` (or `+word`): the word if it is set.
    Alternative(String),
    /// Patterns and replacements, which are not followed.
    Other,
}

impl Word {
    /// The text, if it holds no variable.
    pub fn plain(&self) -> Option<&str> {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Literal(_))).then_some(&*self.text)
    }

    /// A word that stands in a byte range of a logical line, quotes and all.
    pub(super) fn of(line: &Logical, start: usize, end: usize) -> Word {
        let raw = line.text.get(start..end).unwrap_or_default();
        let (text, pieces) = unquote(raw, line.escape);
        Word { text, pieces, span: line.span(start, end) }
    }

    /// A text that is taken as it is: an element of an exec form.
    pub(super) fn literal(text: String, span: Span) -> Word {
        Word { pieces: vec![Piece::Literal(text.clone())], text, span }
    }
}

/// The byte ranges of the words of a logical line from `from` on. Blanks separate words unless quoted or
/// escaped; a quote that is never closed reaches to the end.
pub(super) fn split(line: &Logical, from: usize) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, c) in line.text.char_indices().skip_while(|&(at, _)| at < from) {
        if escaped {
            escaped = false;
            continue;
        }
        match quote {
            None if matches!(c, ' ' | '\t') => {
                if let Some(start) = start.take() {
                    words.push((start, at));
                }
                continue;
            }
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ if c == line.escape && quote != Some('\'') => escaped = true,
            _ => {}
        }
        start.get_or_insert(at);
    }
    if let Some(start) = start {
        words.push((start, line.text.len()));
    }
    words
}

/// Takes quotes and escapes away and tells variables apart. Single quotes keep everything as it is.
fn unquote(raw: &str, escape: char) -> (String, Vec<Piece>) {
    let mut text = String::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut literal = String::new();
    let mut quote: Option<char> = None;
    let mut at = 0;
    while let Some(c) = raw.get(at..).and_then(|rest| rest.chars().next()) {
        let next = at + c.len_utf8();
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (Some('\''), c) => {
                text.push(c);
                literal.push(c);
            }
            (_, c) if c == escape => {
                let Some(escaped) = raw.get(next..).and_then(|rest| rest.chars().next()) else { break };
                // In double quotes an escape character before an ordinary character is one itself.
                if quote == Some('"') && !matches!(escaped, '"' | '$') && escaped != escape {
                    text.push(c);
                    literal.push(c);
                }
                text.push(escaped);
                literal.push(escaped);
                at = next + escaped.len_utf8();
                continue;
            }
            (_, '$') => {
                if let Some((piece, end)) = variable(raw, at) {
                    text.push_str(raw.get(at..end).unwrap_or_default());
                    if !literal.is_empty() {
                        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    }
                    pieces.push(piece);
                    at = end;
                    continue;
                }
                text.push(c);
                literal.push(c);
            }
            (_, c) => {
                text.push(c);
                literal.push(c);
            }
        }
        at = next;
    }
    if !literal.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    (text, pieces)
}

/// The variable whose `$` stands at byte `at` of a text, and the byte after it.
pub fn variable(raw: &str, at: usize) -> Option<(Piece, usize)> {
    let rest = raw.get(at + 1..)?;
    let name_of = |text: &str| {
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
        text.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
    };
    let Some(braced) = rest.strip_prefix('{') else {
        let name = name_of(rest).filter(|name| !name.starts_with(|c: char| c.is_ascii_digit()))?;
        let end = at + 1 + name.len();
        return Some((Piece::Variable { name, modifier: Modifier::None }, end));
    };
    let close = closing_brace(braced)?;
    let inner = braced.get(..close)?;
    let name = name_of(inner)?;
    let tail = inner.get(name.len()..)?;
    let modifier = match tail {
        "" => Modifier::None,
        tail => match (
            tail.strip_prefix(":-").or(tail.strip_prefix('-')),
            tail.strip_prefix(":+").or(tail.strip_prefix('+')),
        ) {
            (Some(default), _) => Modifier::Default(default.to_owned()),
            (_, Some(alternative)) => Modifier::Alternative(alternative.to_owned()),
            _ => Modifier::Other,
        },
    };
    Some((Piece::Variable { name, modifier }, at + 2 + close + 1))
}

/// How far away a variable's closing brace is looked for.
const LONGEST: usize = 512;

fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices().take(LONGEST) {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The pieces of a default or an alternative, which may hold variables again.
pub(super) fn pieces(raw: &str) -> Vec<Piece> {
    unquote(raw, '\\').1
}

/// The JSON text that a string begins with, and its length with quotes.
pub(super) fn json_text(raw: &str) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut chars = raw.strip_prefix('"')?.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, at + 2)),
            '\\' => match chars.next()?.1 {
                'b' => text.push('\u{8}'),
                'f' => text.push('\u{c}'),
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                escaped @ ('"' | '\\' | '/') => text.push(escaped),
                'u' => {
                    let code: String = chars.by_ref().take(4).map(|(_, digit)| digit).collect();
                    let code = u32::from_str_radix(&code, 16).ok().filter(|_| code.len() == 4)?;
                    // Half of a surrogate pair names no character of its own.
                    text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                _ => return None,
            },
            c if c.is_control() => return None,
            c => text.push(c),
        }
    }
    None
}
