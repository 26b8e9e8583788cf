//! Variables of the environment, as several platforms give them.

use crate::model::{EnvKind, EnvVariable};
use crate::platform::text::{leading, name_and_value, split, value_of};
use crate::platform::trace::Trace;
use crate::source::Span;
use crate::value::{Known, Piece, Text, Value};

/// Whether a text can name a variable.
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// The characters of an assignment: of all its parts if they stand on one line of one file, else of the
/// part that holds the name.
pub fn assignment_span(text: &Text, trace: &Trace<'_>) -> Option<Span> {
    let written = |piece: &Piece| matches!(piece, Piece::Literal(text) if !text.is_empty());
    let mut spans = text
        .parts
        .iter()
        .filter(|part| written(&part.piece))
        .filter_map(|part| part.origin.and_then(|origin| trace.literal(origin)));
    let first = spans.next()?;
    let lines = trace.sources.get(first.source).lines();
    let line = lines.index_of(first.start as usize);
    Some(spans.fold(first, |covered, span| {
        let near = span.source == first.source
            && lines.index_of(span.start as usize) == line
            && span.start >= covered.start;
        if near { covered.cover(span) } else { covered }
    }))
}

/// The variables of a file whose text is known: `NAME: value` or `NAME=value`, one a line.
pub fn file_entries(text: &Text, trace: &mut Trace<'_>) -> Vec<EnvVariable> {
    let mut variables = Vec::new();
    for line in split(text, "\n", trace) {
        let start = leading(&line.text);
        let separator = match (start.find('='), start.find(':')) {
            (Some(equals), Some(colon)) if colon < equals => ':',
            (Some(_), _) => '=',
            (None, Some(_)) => ':',
            (None, None) => continue,
        };
        let Some((name, Some(value))) = name_and_value(&line.text, separator, trace) else { continue };
        let name = name.trim_start_matches("export ").trim();
        let Some(span) = assignment_span(&line.text, trace).filter(|_| is_name(name)) else { continue };
        let Some(origin) = line.text.parts.iter().find_map(|part| part.origin) else { continue };
        let whole = Known { value: line.text.clone(), origin, overridable_by: None };
        let value = value_of(trimmed(value), &whole, trace);
        let origin = value.as_known().map(|known| known.origin).or(Some(origin));
        let condition = line.condition.clone();
        let name = name.into();
        variables.push(EnvVariable { name, kind: EnvKind::FromFile, value, condition, span, origin });
    }
    variables
}

/// A value without the blanks and quotes around it.
fn trimmed(mut text: Text) -> Text {
    let blank = |c: char| c.is_whitespace() || c == '"' || c == '\'';
    if let Some(Piece::Literal(first)) = text.parts.first_mut().map(|part| &mut part.piece) {
        *first = first.trim_start_matches(blank).to_owned();
    }
    if let Some(Piece::Literal(last)) = text.parts.last_mut().map(|part| &mut part.piece) {
        *last = last.trim_end_matches(blank).to_owned();
    }
    text.parts.retain(|part| !matches!(&part.piece, Piece::Literal(text) if text.is_empty()));
    text
}

/// The first step of a value, if it has one.
pub fn origin_of<T>(value: &Value<T>) -> Option<crate::provenance::Origin> {
    match value {
        Value::Known(known) => Some(known.origin),
        Value::Unknown(_, origin) => *origin,
        Value::Either(all) => all.first().and_then(|one| origin_of(&one.value)),
    }
}
