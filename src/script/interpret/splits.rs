//! Texts taken apart at separators.

use super::Interpreter;
use super::calls::Arguments;
use super::values::{Element, Item, Kind, List, Part, Piece, Val};
use crate::provenance::Step;
use crate::source::Span;
use std::ops::Range;
use std::rc::Rc;

impl Interpreter<'_> {
    /// A list of which nothing is known but what it comes from.
    pub(super) fn unknown_list(&mut self, from: &Val, span: Span) -> Val {
        let unknown = self.unknown_of(from, span);
        self.new_list(vec![Item::rest(unknown)])
    }

    /// The pieces of a text between separators, or between blanks. A part that is not known may hold any
    /// number of separators: what stands between two known ones around it is any number of pieces.
    pub(super) fn split_text(
        &mut self,
        text: &Val,
        separator: Option<&str>,
        most: Option<usize>,
        from_end: bool,
        span: Span,
    ) -> Val {
        let whole = self.in_one_part(text);
        let Kind::Text(parts) = &whole.kind else { return self.unknown_list(text, span) };
        let parts = parts.clone();
        match (parts.as_slice(), separator, most) {
            ([], Some(_), _) => {
                let empty = Item::one(text.clone(), span);
                self.new_list(vec![empty])
            }
            ([], None, _) => self.new_list(Vec::new()),
            ([Part { piece: Piece::Literal(characters), condition, .. }], separator, most)
                if condition.is_always() =>
            {
                let ranges = ranges(characters, separator, most, from_end);
                let part = parts.first().cloned();
                let mut items: List = Vec::with_capacity(ranges.len());
                for range in ranges {
                    let piece = part
                        .as_ref()
                        .filter(|_| !range.is_empty())
                        .and_then(|part| self.piece_of(part, range));
                    let origin = piece.as_ref().and_then(|piece| piece.origin).or(text.origin);
                    let value =
                        Val { input: text.input.clone(), ..Val::text(piece.into_iter().collect(), origin) };
                    let value = self.with_step(value, span, Step::Computed);
                    items.push(Item::one(value, span));
                }
                self.new_list(items)
            }
            (_, None, None) => {
                let fields = self.split_fields(&parts);
                let items = fields
                    .into_iter()
                    .map(|field| {
                        let origin = field.parts.first().and_then(|part| part.origin);
                        let value = Element::One(Val::text(field.parts, origin));
                        Rc::new(Item { condition: field.condition, value, span })
                    })
                    .collect();
                self.new_list(items)
            }
            (parts, Some(separator), None) if parts.iter().all(|part| part.condition.is_always()) => {
                let items = self.split_around_holes(text, parts, separator, span);
                self.new_list(items)
            }
            _ => self.unknown_list(text, span),
        }
    }

    fn split_around_holes(&mut self, text: &Val, parts: &[Part], separator: &str, span: Span) -> List {
        let mut items: List = Vec::new();
        let mut current: Vec<Part> = Vec::new();
        let mut flush = |this: &mut Self, current: &mut Vec<Part>| {
            let parts = std::mem::take(current);
            let hole = parts.iter().find_map(|part| match &part.piece {
                Piece::Hole(unknown) => Some(unknown.clone()),
                Piece::Literal(_) => None,
            });
            if let Some(unknown) = hole {
                return items.push(Item::rest(unknown));
            }
            let origin = match parts.as_slice() {
                [single] => single.origin,
                _ => text.origin,
            };
            let value = Val { input: text.input.clone(), ..Val::text(parts, origin) };
            let value = this.with_step(value, span, Step::Computed);
            items.push(Item::one(value, span));
        };
        for part in parts {
            let Piece::Literal(characters) = &part.piece else {
                current.push(part.clone());
                continue;
            };
            let mut start = 0;
            for (at, _) in characters.match_indices(separator) {
                current.extend(self.piece_of(part, start..at).filter(|_| at > start));
                flush(self, &mut current);
                start = at + separator.len();
            }
            if start < characters.len() {
                current.extend(self.piece_of(part, start..characters.len()));
            }
        }
        flush(self, &mut current);
        items
    }

    /// `text.partition(separator)`: what stands before the first, the separator, the rest.
    pub(super) fn partition(&mut self, text: &Val, first: bool, arguments: &Arguments, span: Span) -> Val {
        let whole = self.in_one_part(text);
        let separator = arguments.at(0).and_then(Val::plain).filter(|separator| !separator.is_empty());
        let (Some(plain), Some(separator)) = (whole.plain(), separator) else {
            return self.unknown_list(text, span);
        };
        let at = if first { plain.find(&*separator) } else { plain.rfind(&*separator) };
        let end = at.map(|at| at + separator.len());
        let ranges = match (at, end) {
            (Some(at), Some(end)) => [0..at, at..end, end..plain.len()],
            _ if first => [0..plain.len(), 0..0, 0..0],
            _ => [0..0, 0..0, 0..plain.len()],
        };
        let part = match &whole.kind {
            Kind::Text(parts) => parts.first().cloned(),
            _ => None,
        };
        let mut items: List = Vec::with_capacity(3);
        for range in ranges {
            let piece =
                part.as_ref().filter(|_| !range.is_empty()).and_then(|part| self.piece_of(part, range));
            let value =
                Val { input: text.input.clone(), ..Val::text(piece.into_iter().collect(), text.origin) };
            items.push(Item::one(value, span));
        }
        self.new_list(items)
    }
}

/// Where the pieces of a text lie: at most one more than `most`, counted from either end.
fn ranges(text: &str, separator: Option<&str>, most: Option<usize>, from_end: bool) -> Vec<Range<usize>> {
    let most = most.unwrap_or(usize::MAX);
    let Some(separator) = separator else { return between_blanks(text, most, from_end) };
    let mut places: Vec<usize> = match from_end {
        true => text.rmatch_indices(separator).take(most).map(|(at, _)| at).collect(),
        false => text.match_indices(separator).take(most).map(|(at, _)| at).collect(),
    };
    places.sort_unstable();
    let mut start = 0;
    let mut all = Vec::with_capacity(places.len() + 1);
    for at in places {
        all.push(start..at);
        start = at + separator.len();
    }
    all.push(start..text.len());
    all
}

fn between_blanks(text: &str, most: usize, from_end: bool) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut inside = false;
    for (at, c) in text.char_indices() {
        match (c.is_whitespace(), inside) {
            (true, _) => inside = false,
            (false, false) => {
                inside = true;
                words.push(at..at + c.len_utf8());
            }
            (false, true) => {
                if let Some(word) = words.last_mut() {
                    word.end = at + c.len_utf8();
                }
            }
        }
    }
    // What is not split any more stays one piece, with the blanks inside it.
    let surplus = words.len().saturating_sub(most.saturating_add(1));
    if surplus > 0 {
        let joined = if from_end { 0..surplus + 1 } else { most..words.len() };
        let (start, end) = (words.get(joined.start), words.get(joined.end - 1));
        if let (Some(start), Some(end)) = (start, end) {
            let whole = start.start..end.end;
            words.splice(joined, [whole]);
        }
    }
    words
}
