//! Texts: putting together, narrowing to a path, handing over.

use super::Interpreter;
use super::tested::hangs_on;
use super::values::{Kind, Part, Piece, Val};
use super::verbatim;
use crate::provenance::{Hop, Origin, Step};
use crate::source::Span;
use crate::value::{self, Alternative, Condition, Known, Operand, Reason, Text, Unknown, Value};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// An input of which at most so many values are left is told by each of them.
const FEW: usize = 4;

impl Interpreter<'_> {
    /// A literal text. Where its characters stand verbatim in the file, pieces of it can be pointed at
    /// later; a text of several words is taken apart where escapes interrupt it.
    pub(super) fn literal_text(&mut self, text: &str, span: Span) -> Val {
        let origin = Some(self.arena.literal(span));
        let found = match self.modules.characters(span) {
            Some(written) => verbatim::stretches(written, text).unwrap_or_default(),
            // Of a text as long as its span every character has its place; nothing else is certain.
            None if span.len() == text.len() => vec![(0..text.len(), 0)],
            None => Vec::new(),
        };
        let start = span.start as usize;
        let place =
            |range: &Range<usize>, at: usize| Span::new(span.source, start + at, start + at + range.len());
        let several = found.len() > 1 && text.contains(char::is_whitespace);
        if !several {
            let verbatim = match found.as_slice() {
                [(range, at)] if range.len() == text.len() => Some(place(range, *at)),
                _ => None,
            };
            let part = Part { verbatim, ..Part::literal(text.into(), origin) };
            return Val::text(if text.is_empty() { Vec::new() } else { vec![part] }, origin);
        }
        let mut parts = Vec::with_capacity(found.len());
        let mut end = 0;
        for (range, at) in &found {
            // What an escape stands for has no place of its own.
            if let Some(escaped) = text.get(end..range.start).filter(|escaped| !escaped.is_empty()) {
                parts.push(Part::literal(escaped.into(), origin));
            }
            let Some(piece) = text.get(range.clone()) else { continue };
            // Each part gets a first step of its own, by which it is told from the others.
            let own = Some(self.arena.literal(span));
            parts.push(Part { verbatim: Some(place(range, *at)), ..Part::literal(piece.into(), own) });
            end = range.end;
        }
        if let Some(escaped) = text.get(end..).filter(|escaped| !escaped.is_empty()) {
            parts.push(Part::literal(escaped.into(), origin));
        }
        Val::text(parts, origin)
    }

    /// The parts of a value that is a text or consists of texts; alternatives become guarded parts.
    pub(super) fn parts_if_text(&self, value: &Val) -> Option<Vec<Part>> {
        match &value.kind {
            Kind::Text(parts) => Some((**parts).clone()),
            Kind::Either(all) => {
                let mut parts = Vec::new();
                for (condition, one) in all.iter() {
                    for part in self.parts_if_text(one)? {
                        if let Some(condition) = condition.and(&part.condition) {
                            parts.push(Part { condition, ..part });
                        }
                    }
                }
                Some(parts)
            }
            _ => None,
        }
    }

    /// The parts that a value has when it is put into a text.
    pub(super) fn parts(&mut self, value: &Val, span: Span) -> Vec<Part> {
        let one = |text: String| {
            let part = Part::literal(text.into(), value.origin);
            vec![Part { input: value.input.clone(), ..part }]
        };
        match &value.kind {
            Kind::Text(parts) => match parts.as_slice() {
                // Nothing by default, but the input would stand here.
                [] if value.input.is_some() => one(String::new()),
                [single] => vec![Part {
                    input: single.input.clone().or_else(|| value.input.clone()),
                    origin: value.origin.or(single.origin),
                    ..single.clone()
                }],
                several => several.to_vec(),
            },
            Kind::Number(number) => one(number.to_string()),
            Kind::Bool(true) => one("True".into()),
            Kind::Bool(false) => one("False".into()),
            Kind::Null => one("None".into()),
            Kind::Unbound => Vec::new(),
            Kind::Member(member) if member.class.is_text => {
                let inner = member.value.clone();
                self.parts(&inner, span)
            }
            Kind::Unknown(unknown, _) => vec![Part::hole(unknown.clone(), value.origin)],
            Kind::Either(all) => {
                let mut parts = Vec::new();
                for (condition, one) in all.iter() {
                    for part in self.parts(one, span) {
                        if let Some(condition) = condition.and(&part.condition) {
                            parts.push(Part { condition, ..part });
                        }
                    }
                }
                parts
            }
            other => {
                let (input, reason) = match other {
                    Kind::Free(name) => (name.to_string(), Reason::ExternalCall),
                    Kind::Member(member) => (member.name.clone(), Reason::NotFollowed),
                    _ => ("an object".to_string(), Reason::NotFollowed),
                };
                vec![Part::hole(Unknown { input: input.into(), reason, span }, value.origin)]
            }
        }
    }

    /// Puts values together to one text; each comes with its place in the text, unless it is a literal
    /// piece of it.
    pub(super) fn concat(&mut self, values: &[(Val, Option<Span>)], span: Span) -> Val {
        if let [(single, place)] = values
            && matches!(single.kind, Kind::Text(_) | Kind::Unknown(..) | Kind::Either(_))
        {
            return match place {
                Some(place) => self.with_step(single.clone(), *place, Step::Interpolated),
                None => single.clone(),
            };
        }
        let mut parts = Vec::new();
        for (value, place) in values {
            let mut more = self.parts(value, place.unwrap_or(span));
            // A long text that only grows would take a step for each of its parts each time.
            if let Some(place) = place
                && more.len() <= 4
            {
                for part in &mut more {
                    part.origin = self.step_of(part.origin, *place, Step::Interpolated);
                }
            }
            parts.extend(more);
        }
        if parts.len() > self.limits.parts {
            return self.limit(span, "a text has too many parts");
        }
        let origin = self.arena.literal(span);
        let input = parts.iter().find_map(|part| part.input.clone());
        Val { input, ..Val::text(parts, Some(origin)) }
    }

    /// The value, one step on. Only plain values have a way worth telling.
    pub(super) fn with_step(&mut self, value: Val, span: Span, step: Step) -> Val {
        // A literal that is itself the element or the argument took no step.
        let stays = matches!(step, Step::Element | Step::Argument | Step::Returned)
            && value.origin.and_then(|origin| self.arena.hop(origin)).is_some_and(|hop| hop.span == span);
        if stays {
            return value;
        }
        match &value.kind {
            Kind::Either(all) => {
                let all: Vec<_> = all
                    .iter()
                    .map(|(condition, one)| (condition.clone(), self.with_step(one.clone(), span, step)))
                    .collect();
                Val { kind: Kind::Either(Rc::new(all)), ..value }
            }
            Kind::Text(parts) => {
                let origin = self.step_of(value.origin, span, step);
                match parts.as_slice() {
                    [single] => {
                        let origin = origin.or(single.origin);
                        let part = Part { origin, ..single.clone() };
                        Val { kind: Kind::Text(Rc::new(vec![part])), origin, input: value.input }
                    }
                    _ => Val { origin, ..value },
                }
            }
            Kind::Number(_) | Kind::Bool(_) | Kind::Null | Kind::Unknown(..) | Kind::Member(_) => {
                Val { origin: self.step_of(value.origin, span, step), ..value }
            }
            _ => value,
        }
    }

    /// The test that leaves only a few values for an input that the value hangs on.
    fn named_values(&self, value: &Val) -> Option<value::Atom> {
        let few = |atom: &&value::Atom| {
            atom.operator == value::Operator::In && atom.allowed().is_some_and(|all| all.len() <= FEW)
        };
        self.path.certain().filter(few).find(|atom| hangs_on(value, &atom.input)).cloned()
    }

    /// The value for each of the values that an input may have.
    fn hand_over_each(&mut self, value: &Val, atom: &value::Atom, word: Span) -> Value<Text> {
        let saved = self.path.clone();
        let mut alternatives = Vec::new();
        for allowed in atom.allowed().unwrap_or_default() {
            let operand = Operand::One(allowed.into());
            let condition =
                Condition::of(value::Atom { operator: value::Operator::Equal, operand, ..atom.clone() });
            if let Some(path) = self.enter(&saved, &condition, false) {
                self.path = path;
                alternatives.push((condition, self.hand_over(value, word)));
            }
        }
        self.path = saved;
        Value::either(alternatives)
    }

    /// A piece of a literal part, pointed at exactly where that can be told.
    pub(super) fn piece_of(&mut self, part: &Part, range: Range<usize>) -> Option<Part> {
        let Piece::Literal(text) = &part.piece else { return None };
        let piece = text.get(range.clone())?;
        if piece.len() == text.len() {
            return Some(part.clone());
        }
        let verbatim = part.verbatim.map(|span| {
            Span::new(span.source, span.start as usize + range.start, span.start as usize + range.end)
        });
        let origin = match (part.origin, verbatim) {
            (Some(origin), Some(span)) => Some(self.rerooted(origin, span)),
            (origin, _) => origin,
        };
        Some(Part { piece: Piece::Literal(piece.into()), verbatim, origin, ..part.clone() })
    }

    /// The same way, from a literal of its own.
    pub(super) fn rerooted(&mut self, origin: Origin, literal: Span) -> Origin {
        let mut hops: Vec<Hop> = Vec::new();
        let mut next = Some(origin);
        while let Some(hop) = next.and_then(|origin| self.arena.hop(origin)) {
            hops.push(*hop);
            next = hop.parent;
        }
        let mut origin = self.arena.literal(literal);
        for hop in hops.iter().rev().skip(1) {
            origin = self.arena.step(origin, hop.span, hop.step);
        }
        origin
    }

    /// The value as the world outside sees it: a text, known, one of several, or unknown. `word` is the
    /// place where it is handed over.
    pub(super) fn hand_over(&mut self, value: &Val, word: Span) -> Value<Text> {
        let value = self.narrow(value.clone());
        if let Some(atom) = self.named_values(&value) {
            return self.hand_over_each(&value, &atom, word);
        }
        if let Some(each) = self.hand_over_tested(&value, word) {
            return each;
        }
        let (kind, input) = (value.kind.clone(), value.input.clone());
        match &kind {
            Kind::Either(all) => {
                let mut alternatives = Vec::with_capacity(all.len());
                for (condition, one) in all.iter() {
                    let condition = self.path.news(condition);
                    match self.hand_over(one, word) {
                        // A condition on one alternative's parts would be lost in an alternative of its own.
                        Value::Either(inner) => alternatives.extend(
                            inner
                                .into_iter()
                                .filter_map(|inner| Some((condition.and(&inner.condition)?, inner.value))),
                        ),
                        value => alternatives.push((condition, value)),
                    }
                }
                Value::either(alternatives)
            }
            Kind::Unknown(unknown, _) => {
                let origin = self.step_of(value.origin, word, Step::Passed);
                Value::Unknown(unknown.clone(), origin)
            }
            _ => {
                let parts = self.parts(&value, word);
                let mut parts = self.narrow_parts(&parts);
                for part in &mut parts {
                    part.origin = self.step_of(part.origin, word, Step::Passed);
                }
                let origin = match parts.as_slice() {
                    [single] if single.origin.is_some() => single.origin,
                    _ => self.step_of(value.origin, word, Step::Passed),
                };
                let origin = origin.unwrap_or_else(|| self.arena.start(word, Step::Passed));
                let input = input.or_else(|| parts.iter().find_map(|part| part.input.clone()));
                choices(&parts, origin, input.as_ref())
            }
        }
    }
}

/// The parts as a text that the world outside understands.
pub(super) fn to_text(parts: &[Part]) -> Text {
    let piece = |part: &Part| match &part.piece {
        Piece::Literal(text) => value::Piece::Literal(text.to_string()),
        Piece::Hole(unknown) => value::Piece::Hole(unknown.clone()),
    };
    let part = |part: &Part| value::Part {
        condition: part.condition.clone(),
        piece: piece(part),
        origin: part.origin,
    };
    Text { parts: parts.iter().map(part).collect() }
}

/// A text one stretch of which is chosen among alternatives is one of several texts. One that only
/// grows under conditions stays one text with guarded parts.
fn choices(parts: &[Part], origin: Origin, input: Option<&Arc<str>>) -> Value<Text> {
    let mut conditions: Vec<&Condition> = Vec::new();
    for part in parts {
        if !part.condition.is_always() && !conditions.contains(&&part.condition) {
            conditions.push(&part.condition);
        }
    }
    let exclusive = |at: usize| {
        let (Some(one), Some(rest)) = (conditions.get(at), conditions.get(at + 1..)) else { return true };
        rest.iter().all(|other| one.contradicts(other))
    };
    let is_choice = conditions.len() > 1 && (0..conditions.len()).all(exclusive);
    if !is_choice {
        return known(parts, origin, input);
    }
    let chosen = |condition: &Condition| {
        let here = |part: &&Part| part.condition.is_always() || part.condition == *condition;
        let plain = |part: &Part| Part { condition: Condition::always(), ..part.clone() };
        let parts: Vec<Part> = parts.iter().filter(here).map(plain).collect();
        let origin = match parts.as_slice() {
            [single] => single.origin.unwrap_or(origin),
            _ => origin,
        };
        Alternative { condition: condition.clone(), value: known(&parts, origin, input) }
    };
    Value::Either(conditions.iter().map(|condition| chosen(condition)).collect())
}

fn known(parts: &[Part], origin: Origin, input: Option<&Arc<str>>) -> Value<Text> {
    if let [Part { condition, piece: Piece::Hole(unknown), .. }] = parts
        && condition.is_always()
    {
        return Value::Unknown(unknown.clone(), Some(origin));
    }
    Value::Known(Known { value: to_text(parts), origin, overridable_by: input.cloned() })
}
