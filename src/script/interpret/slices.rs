//! Items and stretches of lists and texts, by position.

use super::Interpreter;
use super::store::Content;
use super::values::{Element, Item, Kind, List, Piece, Val};
use crate::provenance::Step;
use crate::source::Span;
use crate::value::Number;
use std::rc::Rc;

impl Interpreter<'_> {
    /// The index that a value means in a list of so many items.
    pub(super) fn position(&self, key: &Val, len: usize) -> Option<usize> {
        match key.kind {
            Kind::Number(Number::Int(at)) if key.input.is_none() => match usize::try_from(at) {
                Ok(at) => Some(at),
                Err(_) => len.checked_sub(usize::try_from(at.unsigned_abs()).ok()?),
            },
            _ => None,
        }
    }

    /// The item at an index, if what stands between it and the end that it is counted from is sure to be
    /// there.
    pub(super) fn at(&self, list: &List, key: &Val) -> Option<Val> {
        let at = self.position(key, list.len())?;
        let item = list.get(at)?;
        let counted_from_end = matches!(key.kind, Kind::Number(Number::Int(at)) if at < 0);
        let passed = if counted_from_end { list.get(at..)? } else { list.get(..=at)? };
        match &item.value {
            Element::One(value) if passed.iter().all(|item| self.is_there(item)) => Some(value.clone()),
            _ => None,
        }
    }

    /// Whether an item is there on the current path, as one.
    pub(super) fn is_there(&self, item: &Rc<Item>) -> bool {
        matches!(item.value, Element::One(_)) && self.path.implies(&item.condition)
    }

    /// One character of a text.
    pub(super) fn character(&mut self, text: &Val, key: &Val, span: Span) -> Option<Val> {
        let count = text.plain()?.chars().count();
        let at = self.position(key, count).filter(|&at| at < count)?;
        self.stretch(text, at, at + 1, span)
    }

    /// The characters of a wholly known text from one position to another.
    fn stretch(&mut self, text: &Val, from: usize, to: usize, span: Span) -> Option<Val> {
        let text = self.in_one_part(text);
        let Kind::Text(parts) = &text.kind else { return None };
        let Some(single) = parts.first().cloned() else { return Some(text) };
        let Piece::Literal(characters) = &single.piece else { return None };
        let offset =
            |at: usize| characters.char_indices().nth(at).map_or(characters.len(), |(offset, _)| offset);
        let range = offset(from)..offset(to.max(from));
        if range.is_empty() {
            return Some(Val { input: text.input.clone(), ..Val::text(Vec::new(), text.origin) });
        }
        let part = self.piece_of(&single, range)?;
        let origin = part.origin;
        let value = Val { input: text.input.clone(), ..Val::text(vec![part], origin) };
        Some(self.with_step(value, span, Step::Computed))
    }

    /// `value[from:to]`.
    pub(super) fn slice(&mut self, value: &Val, from: Option<&Val>, to: Option<&Val>, span: Span) -> Val {
        if let Kind::Either(_) = &value.kind {
            return self.each(value, |this, value| this.slice(value, from, to, span));
        }
        let bound = |bound: Option<&Val>, len: usize, open: usize| match bound
            .map(|bound| (&bound.kind, &bound.input))
        {
            None | Some((Kind::Null, _)) => Some(open),
            Some((Kind::Number(Number::Int(at)), None)) => Some(match usize::try_from(*at) {
                Ok(at) => at.min(len),
                Err(_) => len.saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX)),
            }),
            Some(_) => None,
        };
        if let Content::List(list) = self.content_of(value) {
            let (from, to) = (bound(from, list.len(), 0), bound(to, list.len(), list.len()));
            if let (Some(from), Some(to)) = (from, to)
                && self.bounds_are_certain(&list, from, to)
            {
                let items = list.iter().take(to).skip(from).cloned().collect();
                return self.new_list(items);
            }
            return self.unknown_list(value, span);
        }
        if let Some(plain) = value.plain() {
            let count = plain.chars().count();
            if let (Some(from), Some(to)) = (bound(from, count, 0), bound(to, count, count))
                && let Some(value) = self.stretch(value, from, to, span)
            {
                return value;
            }
        }
        match &value.kind {
            Kind::Unknown(..) => {
                let unknown = self.unknown_of(value, span);
                let name = format!("{}[…]", unknown.input);
                self.event(&name, unknown.reason, span)
            }
            _ => self.event("a slice", crate::value::Reason::NotFollowed, span),
        }
    }

    /// Whether it is certain between which items two bounds lie: each has only certain items between it
    /// and one end of the list.
    fn bounds_are_certain(&self, list: &List, from: usize, to: usize) -> bool {
        let first_doubt = list.iter().position(|item| !self.is_there(item)).unwrap_or(usize::MAX);
        (from <= first_doubt && (to <= first_doubt || to == list.len())) || first_doubt == usize::MAX
    }
}
