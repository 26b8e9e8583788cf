//! Comments, from the parser's tokens.

use crate::source::{Comments, Source, SourceId, Span};
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

/// The comments of a file, and where none can stand: in texts over several lines, and behind a backslash.
pub(super) fn comments(tokens: &Tokens, source: &Source, id: SourceId, offset: usize) -> Comments {
    let mut found = Comments::default();
    let text = source.text();
    let has_break = |from: usize, to: usize| text.get(from..to).is_some_and(|text| text.contains('\n'));
    // Where the token before ended, and where the outermost open format string began.
    let (mut end, mut open) = (offset, Vec::new());
    for token in tokens {
        let (start, next) = (offset + token.start().to_usize(), offset + token.end().to_usize());
        // Every line break is a token of its own, unless a backslash takes it away.
        let mut closed = has_break(end, start).then_some(end);
        match token.kind() {
            TokenKind::Comment => found.add(source, Span::new(id, start, next)),
            TokenKind::FStringStart | TokenKind::TStringStart => open.push(start),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                closed = open.pop().filter(|begin| has_break(*begin, next)).or(closed);
            }
            TokenKind::String if has_break(start, next) => closed = Some(start),
            _ => {}
        }
        found.closed.extend(closed.map(|begin| Span::new(id, begin, next.max(begin + 1))));
        end = next;
    }
    found
}
