//! From values back to the characters that wrote them.

use crate::provenance::{Origin, Provenance, Step};
use crate::source::{Sources, Span};
use crate::value::{Known, Part, Piece, Text};
use std::ops::Range;

/// The texts of a run and the steps of its values: what an engine needs to narrow a literal's span or
/// to record that a value was handed on.
#[derive(Debug)]
pub struct Trace<'a> {
    pub sources: &'a Sources,
    pub provenance: &'a mut Provenance,
}

impl Trace<'_> {
    /// Where a value was written.
    pub fn literal(&self, origin: Origin) -> Option<Span> {
        self.provenance.literal(origin)
    }

    /// A value written at `span` of a document or a script.
    pub fn written(&mut self, span: Span) -> Origin {
        self.provenance.arena(span.source).literal(span)
    }

    /// One more step of a value, recorded with the file that the step stands in.
    pub fn step(&mut self, origin: Origin, span: Span, step: Step) -> Origin {
        self.provenance.arena(span.source).step(origin, span, step)
    }

    /// Records that a command took the value at `place`, unless the last step says so already.
    pub fn passed(&mut self, origin: Origin, place: Span) -> Origin {
        match self.provenance.hop(origin) {
            Some(hop) if hop.step == Step::Passed => origin,
            _ => self.step(origin, place, Step::Passed),
        }
    }

    /// The span of the last step: of a word, the word's place in the command line.
    pub fn place(&self, origin: Origin) -> Option<Span> {
        self.provenance.hop(origin).map(|hop| hop.span)
    }

    /// The characters of `range` of a literal whose value is `text`; the whole literal if its source
    /// text does not spell the value.
    pub fn span_of(&self, origin: Origin, text: &str, range: Range<usize>) -> Option<Span> {
        let whole = self.literal(origin)?;
        let Some((start, end)) = spelled(self.sources.slice(whole), text, &range) else { return Some(whole) };
        Some(Span::new(whole.source, whole.start as usize + start, whole.start as usize + end))
    }

    /// The origin of a stretch of a literal: the same way, but beginning at the stretch's characters.
    pub fn narrowed(&mut self, origin: Origin, text: &str, range: Range<usize>) -> Origin {
        match self.span_of(origin, text, range) {
            Some(span) => self.begun_at(origin, span),
            None => origin,
        }
    }

    /// The same way, but beginning at other characters.
    fn begun_at(&mut self, origin: Origin, span: Span) -> Origin {
        if self.literal(origin) == Some(span) {
            return origin;
        }
        let trail = self.provenance.trail(origin);
        let begin = trail.first().map_or(Step::Literal, |hop| hop.step);
        let first = self.provenance.arena(span.source).start(span, begin);
        trail.iter().skip(1).fold(first, |origin, hop| self.step(origin, hop.span, hop.step))
    }

    /// A part of a text cut down to a stretch of its characters, with the origin narrowed. Holes have
    /// no stretches and are kept whole.
    pub fn cut(&mut self, part: &Part, range: Range<usize>) -> Part {
        let Piece::Literal(text) = &part.piece else { return part.clone() };
        let stretch = text.get(range.clone()).unwrap_or_default().to_owned();
        let origin = match part.origin {
            Some(origin) if stretch.len() < text.len() && !stretch.is_empty() => {
                Some(self.narrowed(origin, text, range))
            }
            origin => origin,
        };
        Part { condition: part.condition.clone(), piece: Piece::Literal(stretch), origin }
    }

    /// The origin of what stands behind the first `count` bytes of a word that is put together from
    /// several parts: `$REPO:latest` of `--image=$REPO:latest`.
    pub fn origin_behind(&mut self, word: &Known<Text>, count: usize) -> Origin {
        match self.span_behind(word, count) {
            Some(span) => self.begun_at(word.origin, span),
            None => word.origin,
        }
    }

    fn span_behind(&self, word: &Known<Text>, count: usize) -> Option<Span> {
        let whole = self.literal(word.origin)?;
        let mut left = count;
        for part in &word.value.parts {
            let Piece::Literal(literal) = &part.piece else { return None };
            if left > literal.len() {
                left -= literal.len();
                continue;
            }
            let before = self.span_of(part.origin?, literal, 0..left)?;
            let source = self.sources.slice(whole);
            let quote = source.get(..1).filter(|quote| matches!(*quote, "\"" | "'"));
            let closing = u32::from(quote.is_some_and(|quote| source.len() > 1 && source.ends_with(quote)));
            let span = Span { start: before.end, end: whole.end - closing, ..whole };
            return (whole.contains(before) && before != whole && span.start < span.end).then_some(span);
        }
        None
    }

    /// The text behind its first `count` bytes, all of which must be known: `512Mi` of `--memory=512Mi`.
    pub fn behind(&mut self, text: &Text, count: usize) -> Text {
        let mut left = count;
        let mut parts = Vec::new();
        for part in &text.parts {
            match &part.piece {
                Piece::Literal(literal) if left > 0 => {
                    let taken = left.min(literal.len());
                    left -= taken;
                    if taken < literal.len() {
                        parts.push(self.cut(part, taken..literal.len()));
                    }
                }
                _ => parts.push(part.clone()),
            }
        }
        Text { parts }
    }

    /// The origin that tells best where a text comes from: that of its only part, else `whole`.
    pub fn origin_of(&self, text: &Text, whole: Origin) -> Origin {
        match text.parts.as_slice() {
            [part] => part.origin.unwrap_or(whole),
            _ => whole,
        }
    }
}

/// The byte range, in the source text of a literal, of a range of its value: `None` unless the source
/// spells exactly that value. Quotes, Python's string prefixes, escaped punctuation and line
/// continuations are understood; any other escape makes the answer `None`.
fn spelled(source: &str, value: &str, range: &Range<usize>) -> Option<(usize, usize)> {
    // A stretch of a here-document may begin with a quote of its own.
    if source == value {
        return Some((range.start, range.end));
    }
    let opening = opening(source);
    let quote = &source[opening.clone()];
    let inner_end = if quote.is_empty() { source.len() } else { source.len().checked_sub(quote.len())? };
    if inner_end < opening.end || &source[inner_end..] != quote {
        return None;
    }
    let inner = &source[opening.end..inner_end];
    if inner == value {
        return Some((opening.end + range.start, opening.end + range.end));
    }
    let (mut at, mut start, mut end) = (0, None, None);
    let mut chars = inner.char_indices().peekable();
    while let Some((offset, char)) = chars.next() {
        let mut char = char;
        if char == '\\' {
            match chars.peek() {
                Some(&(_, '\n')) => {
                    chars.next();
                    continue;
                }
                Some(&(_, '\r')) => {
                    chars.next();
                    chars.next_if(|&(_, next)| next == '\n');
                    continue;
                }
                Some(&(_, next)) if "\"'\\$`".contains(next) && value[at..].starts_with(next) => {
                    chars.next();
                    char = next;
                }
                _ => {}
            }
        }
        if !value[at..].starts_with(char) {
            return None;
        }
        if at == range.start {
            start = Some(opening.end + offset);
        }
        at += char.len_utf8();
        if at == range.end {
            end = Some(opening.end + chars.peek().map_or(inner.len(), |&(next, _)| next));
        }
    }
    if at != value.len() {
        return None;
    }
    Some((start?, end?)).filter(|(start, end)| start <= end)
}

/// Where the opening quote of a literal's source text stands; an empty range at 0 if it has none.
fn opening(source: &str) -> Range<usize> {
    let prefix = source
        .find(|c: char| !matches!(c, 'r' | 'R' | 'b' | 'B' | 'f' | 'F' | 'u' | 'U' | '$'))
        .filter(|&prefix| prefix <= 2)
        .unwrap_or(0);
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        let after = &source[prefix..];
        if after.starts_with(quote) && after.len() >= 2 * quote.len() {
            return prefix..prefix + quote.len();
        }
    }
    0..0
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn a_stretch_is_found_where_the_source_spells_the_value() {
        let stretch = |source: &str, value: &str, part: &str| {
            let at = value.find(part).unwrap();
            spelled(source, value, &(at..at + part.len())).map(|(start, end)| source[start..end].to_owned())
        };
        assert_eq!(stretch("A=1,B=2", "A=1,B=2", "B=2").as_deref(), Some("B=2"));
        assert_eq!(stretch("\"\nB=2", "\"\nB=2", "B=2").as_deref(), Some("B=2"));
        assert_eq!(stretch("\"A=1,B=2\"", "A=1,B=2", "B=2").as_deref(), Some("B=2"));
        assert_eq!(stretch("f'A=1'", "A=1", "1").as_deref(), Some("1"));
        assert_eq!(stretch("\"A=1,\\\nB=2\"", "A=1,B=2", "B=2").as_deref(), Some("B=2"));
        assert_eq!(stretch(r#""A=\"x\"""#, "A=\"x\"", "\"x\"").as_deref(), Some(r#"\"x\""#));
        assert_eq!(stretch(r#""A\tB""#, "A\tB", "B"), None, "an escape that is not understood");
        assert_eq!(stretch("$NAME", "512Mi", "512Mi"), None);
    }
}
