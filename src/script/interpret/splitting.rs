//! Words that expressions yield: what stands outside quotes is split at blanks.

use super::Interpreter;
use super::store::Content;
use super::values::{Element, Item, Kind, List, Part, Piece, Val};
use crate::script::{Expression, ExpressionKind};
use crate::source::Span;
use crate::value::{Condition, Unknown};
use std::rc::Rc;

/// One word that a split text yields.
pub(super) struct Field {
    /// What all its parts have in common; they no longer say it.
    pub condition: Condition,
    pub parts: Vec<Part>,
}

/// Parts of variables' names that speak of several words.
const SEVERAL: &[&str] = &["ARG", "FLAG", "OPT", "EXTRA", "PARAM", "CMD", "COMMAND", "LIST", "@", "*"];

impl Interpreter<'_> {
    /// Whether an unknown text outside quotes may be any number of words: not where a flag waits for its
    /// value, and not where the name speaks of one thing.
    pub(super) fn may_be_several(&self, unknown: &Unknown, before: &[Rc<Item>]) -> bool {
        let follows_flag = before.last().is_some_and(|item| match &item.value {
            Element::One(value) => {
                value.plain().is_some_and(|word| word.starts_with("--") && !word.contains('='))
            }
            Element::Rest(_) => false,
        });
        let name = unknown.input.to_uppercase();
        !follows_flag && SEVERAL.iter().any(|part| name.contains(part))
    }

    /// The words that one expression yields.
    pub(super) fn word(&mut self, word: &Expression, words: &mut List) {
        match &word.kind {
            ExpressionKind::Fields(inner) => {
                let value = self.eval(inner);
                self.fields(&value, word.span, words);
            }
            ExpressionKind::Join(parts)
                if parts.iter().any(|part| matches!(part.kind, ExpressionKind::Fields(_))) =>
            {
                let mut all = Vec::new();
                for part in parts {
                    let value = self.eval(part);
                    let splits = matches!(part.kind, ExpressionKind::Fields(_));
                    let is_literal = matches!(part.kind, ExpressionKind::Literal(_));
                    let value = if is_literal {
                        value
                    } else {
                        self.with_step(value, part.span, crate::provenance::Step::Interpolated)
                    };
                    all.extend(self.parts(&value, part.span).into_iter().map(|part| (part, splits)));
                }
                for field in self.split_marked(&all) {
                    words.push(self.field_item(field, word.span));
                }
            }
            _ => {
                let value = self.eval(word);
                match self.content_of(&value) {
                    Content::List(list) => words.extend(list.iter().cloned()),
                    _ => words.push(Item::one(value, word.span)),
                }
            }
        }
    }

    pub(super) fn field_item(&mut self, field: Field, span: Span) -> Rc<Item> {
        let origin = match field.parts.as_slice() {
            [single] => single.origin,
            _ => Some(self.arena.literal(span)),
        };
        let input = field.parts.iter().find_map(|part| part.input.clone());
        let value = Val { input, ..Val::text(field.parts, origin) };
        Rc::new(Item { condition: field.condition, value: Element::One(value), span })
    }

    /// An unquoted expansion.
    pub(super) fn fields(&mut self, value: &Val, span: Span, words: &mut List) {
        let value = self.narrow(value.clone());
        match &value.kind {
            Kind::Unknown(unknown, _) => {
                let element = if self.may_be_several(unknown, words) {
                    Element::Rest(unknown.clone())
                } else {
                    Element::One(value.clone())
                };
                words.push(Rc::new(Item { condition: Condition::always(), value: element, span }));
            }
            Kind::Object(slot) => {
                if let Content::List(list) = self.store.get(*slot) {
                    words.extend(list.iter().cloned());
                }
            }
            Kind::Either(all) => {
                let single = |this: &mut Self, one: &Val| match &one.kind {
                    Kind::Text(parts) => {
                        let fields = this.split_fields(parts);
                        matches!(fields.as_slice(), [field] if field.condition.is_always())
                    }
                    Kind::Number(_) | Kind::Unknown(..) => true,
                    _ => false,
                };
                if all.iter().all(|(_, one)| single(self, one)) {
                    words.push(Item::one(value.clone(), span));
                    return;
                }
                for (condition, one) in all.clone().iter() {
                    let mut own: List = words.last().cloned().into_iter().collect();
                    let before = own.len();
                    self.fields(one, span, &mut own);
                    words.extend(Self::guarded(own.split_off(before), condition));
                }
            }
            Kind::Unbound => {}
            _ => {
                let parts = self.parts(&value, span);
                let fields = self.split_fields(&parts);
                match fields.as_slice() {
                    [only] if only.condition.is_always() && only.parts == parts => {
                        words.push(Item::one(value.clone(), span));
                    }
                    _ => {
                        for field in fields {
                            words.push(self.field_item(field, span));
                        }
                    }
                }
            }
        }
    }

    /// A text split at blanks.
    pub(super) fn split_fields(&mut self, parts: &[Part]) -> Vec<Field> {
        let marked: Vec<(Part, bool)> = parts.iter().map(|part| (part.clone(), true)).collect();
        self.split_marked(&marked)
    }

    /// A text split at the blanks of those parts that are marked.
    pub(super) fn split_marked(&mut self, parts: &[(Part, bool)]) -> Vec<Field> {
        let mut fields = Vec::new();
        let mut current: Vec<Part> = Vec::new();
        let mut quoted = false;
        let mut flush = |current: &mut Vec<Part>, quoted: &mut bool| {
            if !current.is_empty() || *quoted {
                fields.push(field(std::mem::take(current)));
            }
            *quoted = false;
        };
        for (part, splits) in parts {
            let Piece::Literal(text) = &part.piece else {
                current.push(part.clone());
                continue;
            };
            if !splits {
                quoted = true;
                current.push(part.clone());
                continue;
            }
            let mut start = 0;
            for (at, c) in text.char_indices() {
                if c.is_ascii_whitespace() {
                    current.extend(self.piece_of(part, start..at).filter(|_| at > start));
                    flush(&mut current, &mut quoted);
                    start = at + c.len_utf8();
                }
            }
            if start < text.len() {
                current.extend(self.piece_of(part, start..text.len()));
            }
        }
        flush(&mut current, &mut quoted);
        fields
    }
}

/// A word of parts; a condition that all of them share is the word's.
fn field(mut parts: Vec<Part>) -> Field {
    let shared = match parts.first() {
        Some(first) if parts.iter().all(|part| part.condition == first.condition) => first.condition.clone(),
        _ => Condition::always(),
    };
    if !shared.is_always() {
        for part in &mut parts {
            part.condition = Condition::always();
        }
    }
    Field { condition: shared, parts }
}
