//! `shlex.split` and `.split()` of a text that stands in the file.

use crate::input::python::Lowering;
use crate::input::python::texts::literal;
use crate::script::{Element, Expression, ExpressionKind, Literal};
use crate::source::Span;

impl Lowering<'_> {
    /// Splits a literal or joined text into a list of words at blanks. With `quotes` they group and are
    /// removed, as a POSIX shell does it; without, they are characters. What is put into the text stays
    /// whole. The text comes back as it was if it is not static or its quotes do not close.
    pub(super) fn split_words(&self, text: Expression, quotes: bool) -> Result<Expression, Expression> {
        let whole = text.span;
        let parts = match text.kind {
            ExpressionKind::Literal(Literal::Text(characters)) => vec![literal(characters, whole)],
            ExpressionKind::Join(parts) if closes(&parts, quotes) => parts,
            kind => return Err(Expression { kind, span: whole }),
        };
        if !closes(&parts, quotes) {
            return Err(Expression { kind: ExpressionKind::Join(parts), span: whole });
        }
        let mut words = Words::default();
        for part in parts {
            match part.kind {
                ExpressionKind::Literal(Literal::Text(characters)) => {
                    let content = self.content_start(&characters, part.span);
                    words.literal(&characters, quotes, part.span, content);
                }
                kind => words.piece(Expression { kind, span: part.span }),
            }
        }
        words.end_word();
        Ok(Expression { kind: ExpressionKind::List(words.done), span: whole })
    }

    /// The offset of a literal's first character in the file, if its characters stand there as they are:
    /// without escapes.
    fn content_start(&self, characters: &str, span: Span) -> Option<usize> {
        let start = (span.start as usize).checked_sub(self.offset)?;
        let end = (span.end as usize).checked_sub(self.offset)?;
        let written = self.text.get(start..end)?;
        let unquoted = written.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| unquoted.starts_with(quote));
        let is_whole = written == characters;
        let before = if is_whole { 0 } else { written.len() - unquoted.len() + quotes?.len() };
        let content = written.get(before..before + characters.len())?;
        (content == characters).then_some(span.start as usize + before)
    }
}

/// Whether every quote in the literal parts closes.
fn closes(parts: &[Expression], quotes: bool) -> bool {
    let mut quote = None;
    let mut escaped = false;
    for part in parts {
        let ExpressionKind::Literal(Literal::Text(characters)) = &part.kind else { continue };
        for c in characters.chars().filter(|_| quotes) {
            match (escaped, quote, c) {
                (true, _, _) => escaped = false,
                (_, None | Some('"'), '\\') => escaped = true,
                (_, None, '"' | '\'') => quote = Some(c),
                (_, Some(open), c) if c == open => quote = None,
                _ => {}
            }
        }
    }
    quote.is_none() && !escaped
}

/// The words so far, and the one being read.
#[derive(Default)]
struct Words {
    done: Vec<Element>,
    pieces: Vec<Expression>,
    /// Characters of the current piece, and the range of the file they take.
    characters: String,
    from: Option<(usize, usize)>,
    /// A word has begun: `""` is a word too.
    begun: bool,
    quote: Option<char>,
    escaped: bool,
}

impl Words {
    fn literal(&mut self, text: &str, quotes: bool, span: Span, content: Option<usize>) {
        for (at, c) in text.char_indices() {
            if self.escaped {
                self.escaped = false;
            } else if quotes && c == '\\' && self.quote != Some('\'') {
                (self.escaped, self.begun) = (true, true);
                continue;
            } else if quotes && self.quote == Some(c) {
                self.quote = None;
                continue;
            } else if quotes && self.quote.is_none() && matches!(c, '"' | '\'') {
                (self.quote, self.begun) = (Some(c), true);
                continue;
            } else if self.quote.is_none() && c.is_whitespace() {
                self.end_piece(span);
                self.end_word();
                continue;
            }
            self.begun = true;
            self.characters.push(c);
            if let Some(content) = content {
                let (start, _) = self.from.unwrap_or((content + at, 0));
                self.from = Some((start, content + at + c.len_utf8()));
            }
        }
        self.end_piece(span);
    }

    fn piece(&mut self, expression: Expression) {
        self.begun = true;
        self.pieces.push(expression);
    }

    fn end_piece(&mut self, span: Span) {
        let from = self.from.take();
        if self.characters.is_empty() {
            return;
        }
        let span = from.map_or(span, |(start, end)| Span::new(span.source, start, end));
        self.pieces.push(literal(std::mem::take(&mut self.characters), span));
    }

    fn end_word(&mut self) {
        if !std::mem::take(&mut self.begun) {
            return;
        }
        let mut pieces = std::mem::take(&mut self.pieces);
        let word = match pieces.len() {
            1 => pieces.remove(0),
            0 => match self.done.last() {
                // The empty word has no characters; it stands where the one before it does.
                Some(Element::One(before)) => literal(String::new(), before.span),
                _ => return,
            },
            _ => {
                let span = pieces.iter().map(|piece| piece.span).reduce(Span::cover);
                let Some(span) = span else { return };
                Expression { kind: ExpressionKind::Join(pieces), span }
            }
        };
        self.done.push(Element::One(word));
    }
}
