//! Scalars with placeholders as expressions.

use super::At;
use crate::document::Ref;
use crate::input::shell::plain_literals;
use crate::input::text_map;
use crate::script::{Expression, ExpressionKind, Literal};
use crate::source::{Span, TextMap};
use std::ops::Range;

/// A placeholder in a text: its bytes, and those of the name or expression in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub range: Range<usize>,
    pub inner: Range<usize>,
}

/// `${{ expression }}`, in order. One that is not closed is none.
pub(super) fn expressions(text: &str) -> Vec<Found> {
    delimited(text, "${{", "}}")
}

/// `{{ template }}`, in order.
pub(super) fn templates(text: &str) -> Vec<Found> {
    delimited(text, "{{", "}}")
}

/// Stretches between two delimiters, in order.
fn delimited(text: &str, open: &str, close: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(open)).map(|at| from + at) {
        let inner = start + open.len();
        let Some(length) = text.get(inner..).and_then(|rest| rest.find(close)) else { break };
        let end = inner + length + close.len();
        found.push(Found { range: start..end, inner: inner..inner + length });
        from = end;
    }
    found
}

/// `$NAME` and `${NAME}`, but not `$$NAME`, in order.
pub(super) fn dollars(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        if byte != b'$' {
            continue;
        }
        match bytes.get(at) {
            Some(b'$') => at += 1,
            Some(b'{') => {
                let inner = at + 1..name_end(bytes, at + 1);
                if bytes.get(inner.end) == Some(&b'}') && !inner.is_empty() {
                    at = inner.end + 1;
                    found.push(Found { range: start..at, inner });
                }
            }
            _ => {
                let inner = at..name_end(bytes, at);
                if !inner.is_empty() {
                    at = inner.end;
                    found.push(Found { range: start..at, inner });
                }
            }
        }
    }
    found
}

fn name_end(bytes: &[u8], from: usize) -> usize {
    let digit_first = bytes.get(from).is_some_and(u8::is_ascii_digit);
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if digit_first { from } else { from + length }
}

/// A scalar's value: literals with exact spans, cut at the seams of settings, and what `value` makes of
/// the placeholders.
pub(super) fn scalar(
    node: Ref<'_>,
    at: At<'_>,
    find: fn(&str) -> Vec<Found>,
    value: &mut dyn FnMut(&str, Span, &TextMap, usize) -> Expression,
) -> Expression {
    let (text, map, whole) = (node.text().unwrap_or_default(), text_map(at.source, node), node.span());
    let found = find(text);
    let literal = found.is_empty().then_some(whole);
    let parts = pieces(text, 0..text.len(), &found, &map, literal, value);
    join(parts, whole)
}

/// The same for a stretch of a scalar's text that cuts no placeholder.
pub(super) fn scalar_in(
    node: Ref<'_>,
    range: Range<usize>,
    at: At<'_>,
    find: fn(&str) -> Vec<Found>,
    value: &mut dyn FnMut(&str, Span, &TextMap, usize) -> Expression,
) -> Expression {
    let (text, map) = (node.text().unwrap_or_default(), text_map(at.source, node));
    let mut found = find(text);
    found.retain(|one| range.start <= one.range.start && one.range.end <= range.end);
    let span = map.span(range.start, range.end);
    let parts = pieces(text, range, &found, &map, None, value);
    join(parts, span)
}

fn pieces(
    text: &str,
    range: Range<usize>,
    found: &[Found],
    map: &TextMap,
    whole: Option<Span>,
    value: &mut dyn FnMut(&str, Span, &TextMap, usize) -> Expression,
) -> Vec<Expression> {
    let mut parts = Vec::new();
    let mut from = range.start;
    for one in found {
        parts.extend(plain_literals(text, from..one.range.start, map, None));
        let inner = text.get(one.inner.clone()).unwrap_or_default();
        parts.push(value(inner, map.span(one.range.start, one.range.end), map, one.inner.start));
        from = one.range.end;
    }
    parts.extend(plain_literals(text, from..range.end, map, whole));
    parts
}

pub(super) fn join(mut parts: Vec<Expression>, span: Span) -> Expression {
    match parts.len() {
        0 => Expression { kind: ExpressionKind::Literal(Literal::Text(String::new())), span },
        1 => parts.remove(0),
        _ => Expression { kind: ExpressionKind::Join(parts), span },
    }
}
