//! What is left of values on the current path.

use super::Interpreter;
use super::values::{Item, Kind, List, Part, Piece, Val};
use crate::provenance::Origin;
use crate::value::{self, Atom, Condition, Operand, Reason, Unknown};
use std::rc::Rc;
use std::sync::Arc;

impl Interpreter<'_> {
    /// What is left of a value on the current path: alternatives that can still be, inputs that the path
    /// demands a value of.
    pub(super) fn narrow(&mut self, value: Val) -> Val {
        if self.path.is_free() {
            return value;
        }
        match &value.kind {
            Kind::Either(all) => {
                let possible: Vec<_> =
                    all.iter().filter(|(condition, _)| !self.rules_out(condition)).collect();
                match possible.as_slice() {
                    [(_, only)] => {
                        let only = only.clone();
                        self.narrow(only)
                    }
                    some if some.is_empty() || some.len() == all.len() => value,
                    some => {
                        let some = some.iter().map(|(condition, one)| (condition.clone(), one.clone()));
                        Val { kind: Kind::Either(Rc::new(some.collect())), ..value }
                    }
                }
            }
            Kind::Unknown(unknown, 0) => match self.pinned(&unknown.input) {
                Some(part) => Val::text(vec![part.clone()], part.origin),
                None => value,
            },
            Kind::Text(parts) if parts.is_empty() && value.input.is_some() => {
                let input = value.input.clone().unwrap_or_default();
                match self.pinned(&input) {
                    Some(part) => Val::text(vec![part.clone()], part.origin),
                    None => match self.given(&input, "", value.origin) {
                        Some(unknown) => Val::unknown(unknown, value.origin),
                        None => value,
                    },
                }
            }
            Kind::Text(parts) if parts.iter().any(depends_on_input) => {
                let parts = self.narrow_parts(parts);
                let input = if parts.iter().any(|part| part.input.is_some()) { value.input } else { None };
                let origin = match parts.as_slice() {
                    [single] => single.origin,
                    _ => value.origin,
                };
                Val { input, ..Val::text(parts, origin) }
            }
            Kind::Text(_) | Kind::Number(_) | Kind::Bool(_) => {
                match value.input.as_deref().and_then(|input| self.pinned(input)) {
                    Some(part) => Val::text(vec![part.clone()], part.origin),
                    None => value,
                }
            }
            _ => value,
        }
    }

    /// An input on a path on which it is not its default: it was given.
    pub(super) fn given(&self, input: &Arc<str>, default: &str, origin: Option<Origin>) -> Option<Unknown> {
        let rules_out = |atom: &Atom| match atom.operator {
            value::Operator::Holds => default.is_empty(),
            _ => atom.excluded().is_some_and(|values| values.contains(&default)),
        };
        if !self.path.certain().any(|atom| atom.input == *input && rules_out(atom)) {
            return None;
        }
        let span = origin.and_then(|origin| self.arena.hop(origin)).map(|hop| hop.span)?;
        let reason = if input.starts_with(['$', '-']) { Reason::Argument } else { Reason::Environment };
        Some(Unknown { input: input.clone(), reason, span })
    }

    pub(super) fn pinned(&mut self, input: &str) -> Option<Part> {
        let atom = self.path.pinned(input)?;
        let Operand::One(constant) = &atom.operand else { return None };
        let key = (atom.input.clone(), constant.clone());
        let span = self.pins.get(&key).copied().unwrap_or(atom.span);
        let origin = self.arena.literal(span);
        Some(Part::literal((*key.1).into(), Some(origin)))
    }

    /// The parts that are there on the current path, free of what it says.
    pub(super) fn narrow_parts(&mut self, parts: &[Part]) -> Vec<Part> {
        let mut narrowed = Vec::with_capacity(parts.len());
        for part in parts {
            if self.rules_out(&part.condition) {
                continue;
            }
            let condition = self.path.news(&part.condition);
            let input = match (&part.piece, &part.input) {
                (Piece::Hole(unknown), _) => Some(&unknown.input),
                (_, input) => input.as_ref(),
            };
            let given = match &part.piece {
                Piece::Literal(text) => input.and_then(|input| self.given(input, text, part.origin)),
                Piece::Hole(_) => None,
            };
            match (input.and_then(|input| self.pinned(input)), given) {
                (Some(pinned), _) => narrowed.push(Part { condition, ..pinned }),
                (None, Some(unknown)) => {
                    narrowed.push(Part { condition, ..Part::hole(unknown, part.origin) })
                }
                (None, None) => narrowed.push(Part { condition, ..part.clone() }),
            }
        }
        narrowed
    }
}

fn depends_on_input(part: &Part) -> bool {
    part.input.is_some() || matches!(part.piece, Piece::Hole(_))
}

/// A command line whose beginning hangs on a condition that another part contradicts is two lines, of
/// which each has its own words: taken for one, the words of both would stand behind each other.
pub(super) fn whole_lines(line: Val) -> Val {
    let Kind::Text(parts) = &line.kind else { return line };
    let Some(atom) = deciding(parts.iter().map(|part| &part.condition)) else { return line };
    let lines = [atom.clone(), atom.negated()].map(|atom| {
        let world = Condition::of(atom);
        let there = parts.iter().filter(|part| !part.condition.contradicts(&world));
        let own = there.map(|part| Part { condition: part.condition.without(&world), ..part.clone() });
        let own = Val { input: line.input.clone(), ..Val::text(own.collect(), line.origin) };
        (world, own)
    });
    Val::new(Kind::Either(Rc::new(lines.into())), line.origin)
}

/// The same of words that a text outside quotes yielded.
pub(super) fn whole_commands(words: &List) -> Option<[(Condition, List); 2]> {
    let atom = deciding(words.iter().map(|word| &word.condition))?;
    let commands = [atom.clone(), atom.negated()].map(|atom| {
        let world = Condition::of(atom);
        let there = words.iter().filter(|word| !word.condition.contradicts(&world));
        let own =
            |word: &Rc<Item>| Rc::new(Item { condition: word.condition.without(&world), ..(**word).clone() });
        let own = there.map(own).collect();
        (world, own)
    });
    Some(commands)
}

/// What the first of several conditions asks and another one excludes.
fn deciding<'a>(mut conditions: impl Iterator<Item = &'a Condition> + Clone) -> Option<&'a Atom> {
    let first = conditions.next()?;
    let excluded = |atom: &&Atom| {
        let world = Condition::of((*atom).clone());
        conditions.clone().any(|condition| condition.contradicts(&world))
    };
    first.atoms().iter().find(excluded)
}
