//! Names for switches that are turned round on their way: what is tested as `use_alpine` and given as
//! `--no-alpine` is told as the author of the test says it.

use super::Interpreter;
use super::path::Test;
use crate::script::{Expression, ExpressionKind, Invocation, WordValue};
use crate::value::{Alternative, Atom, Condition, Known, Operator, Part, Text, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// By the input, the name of what holds exactly where the input does not.
pub(super) type Opposites = BTreeMap<Arc<str>, Arc<str>>;

impl Interpreter<'_> {
    /// Remembers the name under which a test asks for the opposite of a switch.
    pub(super) fn note_opposite(&mut self, expression: &Expression, test: &Test) {
        let (ExpressionKind::Name(name) | ExpressionKind::Attribute(_, name)) = &expression.kind else {
            return;
        };
        let [(first, holds), (second, fails)] = test.cases.as_slice() else { return };
        let ([atom], [other]) = (first.atoms(), second.atoms()) else { return };
        let opposite = match atom.operator {
            Operator::Holds => !holds,
            Operator::Fails => *holds,
            _ => return,
        };
        if opposite && holds != fails && atom.negated() == *other && !self.volatile.contains(&atom.input) {
            self.opposites.entry(atom.input.clone()).or_insert_with(|| name.as_str().into());
        }
    }
}

/// Tells the conditions of all invocations under the names that were noted. A name that another input
/// has is left out: two inputs of one name would be taken for one.
pub(super) fn rename(invocations: &mut [Invocation], mut opposites: Opposites) {
    let mut names: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut collect = |condition: &Condition| {
        names.extend(condition.atoms().iter().map(|atom| atom.input.clone()));
        condition.clone()
    };
    for invocation in invocations.iter_mut() {
        conditions(invocation, &mut collect);
    }
    let mut taken = names;
    opposites.retain(|_, name| taken.insert(name.clone()));
    if opposites.is_empty() {
        return;
    }
    let told = |atom: &Atom| match opposites.get(&atom.input) {
        Some(name) if matches!(atom.operator, Operator::Holds | Operator::Fails) => {
            Atom { input: name.clone(), ..atom.negated() }
        }
        _ => atom.clone(),
    };
    let mut change = |condition: &Condition| {
        let told = condition.atoms().iter().map(told);
        told.fold(Condition::always(), |sum, atom| sum.and(&Condition::of(atom)).unwrap_or(sum))
    };
    for invocation in invocations {
        conditions(invocation, &mut change);
    }
}

/// Replaces every condition of an invocation.
fn conditions(invocation: &mut Invocation, change: &mut impl FnMut(&Condition) -> Condition) {
    invocation.condition = change(&invocation.condition);
    for word in &mut invocation.words {
        word.condition = change(&word.condition);
        if let WordValue::One(one) = &mut word.value {
            value(one, change);
        }
    }
    let environment = invocation.environment.iter_mut().map(|(_, value)| value);
    for one in environment.chain(&mut invocation.directory).chain(&mut invocation.input) {
        value(one, change);
    }
}

fn value(one: &mut Value<Text>, change: &mut impl FnMut(&Condition) -> Condition) {
    match one {
        Value::Known(Known { value: text, .. }) => {
            for Part { condition, .. } in &mut text.parts {
                *condition = change(condition);
            }
        }
        Value::Either(all) => {
            for Alternative { condition, value: inner } in all {
                *condition = change(condition);
                value(inner, change);
            }
        }
        Value::Unknown(..) => {}
    }
}
