//! Inputs that decide over some words of a command and are spelt in others.
//!
//! `deploy "shop-$ENVIRONMENT" --memory "$MEMORY"`, where `MEMORY` was chosen by a test of `ENVIRONMENT`,
//! is one command for each value that the test names, and one for all others: `shop-production` with the
//! memory of production, never with that of staging.

use super::Interpreter;
use super::values::{Element, Kind, List, Part, Piece, Val};
use crate::source::Span;
use crate::value::{Atom, Condition, Operand, Operator, Text, Value};
use std::sync::Arc;

/// An input that is compared with more values than this is told as it is.
const FEW: usize = 6;

/// An input with the values that conditions of the words compare it with.
#[derive(Debug)]
pub(super) struct Tested {
    input: Arc<str>,
    values: Vec<Arc<str>>,
    /// Where the first of the tests stands.
    span: Span,
    /// Some word has no value for any other value of the input: a key that a dictionary lacks.
    closed: bool,
}

impl Tested {
    fn equal(&self, value: &Arc<str>) -> Condition {
        self.condition(Operator::Equal, Operand::One(value.clone()))
    }

    fn none(&self) -> Condition {
        match self.values.as_slice() {
            [one] => self.condition(Operator::NotEqual, Operand::One(one.clone())),
            many => self.condition(Operator::NotIn, Operand::Many(many.to_vec())),
        }
    }

    fn condition(&self, operator: Operator, operand: Operand) -> Condition {
        Condition::of(Atom { input: self.input.clone(), operator, operand, span: self.span })
    }
}

impl Interpreter<'_> {
    /// The inputs that conditions of these words compare with a few values.
    pub(super) fn tested_in(&self, words: &List) -> Vec<Tested> {
        let mut all: Vec<Tested> = Vec::new();
        let mut take = |condition: &Condition| {
            for atom in condition.atoms().iter().filter(|atom| !self.volatile.contains(&atom.input)) {
                let Some(values) = atom.allowed().or_else(|| atom.excluded()) else { continue };
                let at = all.iter().position(|have| have.input == atom.input).unwrap_or_else(|| {
                    all.push(Tested {
                        input: atom.input.clone(),
                        values: Vec::new(),
                        span: atom.span,
                        closed: false,
                    });
                    all.len() - 1
                });
                let Some(tested) = all.get_mut(at) else { continue };
                for value in values {
                    if !tested.values.iter().any(|have| **have == *value) {
                        tested.values.push(value.into());
                    }
                }
            }
        };
        for item in words {
            take(&item.condition);
            let Element::One(value) = &item.value else { continue };
            for (condition, one) in value.alternatives() {
                take(&condition);
                if let Kind::Text(parts) = &one.kind {
                    parts.iter().for_each(|part| take(&part.condition));
                }
            }
        }
        all.retain(|tested| tested.values.len() <= FEW);
        for tested in &mut all {
            let none = tested.none();
            tested.closed = words.iter().any(|item| match &item.value {
                Element::One(value) if item.condition.is_always() => {
                    value.alternatives().iter().all(|(condition, _)| condition.contradicts(&none))
                }
                _ => false,
            });
        }
        all
    }

    /// The value for each of the values that a tested input may have, if it spells one that the path
    /// leaves open.
    pub(super) fn hand_over_tested(&mut self, value: &Val, word: Span) -> Option<Value<Text>> {
        let open = |tested: &&Tested| {
            hangs_on(value, &tested.input)
                && self.path.pinned(&tested.input).is_none()
                && !self.path.implies(&tested.none())
        };
        let tested = self.tested.iter().find(open)?;
        let others = (!tested.closed).then(|| tested.none());
        let conditions: Vec<Condition> =
            tested.values.iter().map(|value| tested.equal(value)).chain(others).collect();
        let saved = self.path.clone();
        let mut alternatives = Vec::with_capacity(conditions.len());
        for condition in conditions {
            if let Some(path) = self.enter(&saved, &condition, false) {
                self.path = path;
                alternatives.push((condition, self.hand_over(value, word)));
            }
        }
        self.path = saved;
        (!alternatives.is_empty()).then(|| Value::either(alternatives))
    }
}

/// Whether a value spells an input.
pub(super) fn hangs_on(value: &Val, input: &str) -> bool {
    let part = |part: &Part| match &part.piece {
        Piece::Hole(unknown) => *unknown.input == *input,
        Piece::Literal(_) => part.input.as_deref() == Some(input),
    };
    match &value.kind {
        Kind::Unknown(unknown, 0) => *unknown.input == *input,
        Kind::Text(parts) => parts.iter().any(part),
        Kind::Either(all) => all.iter().any(|(_, one)| hangs_on(one, input)),
        _ => value.input.as_deref() == Some(input),
    }
}
