//! Conditions as formulas over the few values that they tell apart.
//!
//! A setting that is compared with constants can only be below, at, between or above them; a test of
//! presence holds or does not. All combinations of these cells are few for what people write, and a formula
//! is the list of its truth values over them. Nothing relates one value to another, so more combinations are
//! looked at than can occur: what holds in all of them holds.

use std::collections::{BTreeMap, BTreeSet};

/// Combinations of cells that are looked at; a policy with more has its conditions judged by nobody.
const COMBINATIONS: usize = 1_024;

/// A literal that a value is compared with. Numbers and amounts are counted in billionths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cel) enum Constant {
    Number(i128),
    Text(String),
}

/// How two values compare. The other relations are denials of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cel) enum Relation {
    Less,
    LessOrEqual,
    Equal,
}

impl Relation {
    fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Relation::Less => ordering.is_lt(),
            Relation::LessOrEqual => ordering.is_le(),
            Relation::Equal => ordering.is_eq(),
        }
    }
}

/// A condition. Values are named by their canonical text.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cel) enum Formula {
    Fixed(bool),
    /// Something that holds or does not.
    Holds(String),
    Compare(String, Relation, Constant),
    /// Two values that are no constants, the first by name before the second.
    Relate(String, Relation, String),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    /// The comparison of two constants.
    pub(super) fn of_constants(a: &Constant, relation: Relation, b: &Constant) -> Formula {
        Formula::Fixed(relation.holds(a.cmp(b)))
    }

    /// The opposite.
    #[must_use]
    pub(in crate::cel) fn negated(self) -> Formula {
        match self {
            Formula::Fixed(value) => Formula::Fixed(!value),
            Formula::Not(inner) => *inner,
            other => Formula::Not(Box::new(other)),
        }
    }

    /// How many parts it has.
    pub(super) fn size(&self) -> usize {
        match self {
            Formula::Not(inner) => inner.size() + 1,
            Formula::All(parts) | Formula::Any(parts) => {
                parts.iter().fold(1, |sum, part| sum.saturating_add(part.size()))
            }
            _ => 1,
        }
    }

    fn visit(&self, seen: &mut impl FnMut(Term, Option<&Constant>)) {
        match self {
            Formula::Fixed(_) => {}
            Formula::Holds(name) => seen(Term::Holds(name.clone()), None),
            Formula::Compare(name, _, constant) => seen(Term::Value(name.clone()), Some(constant)),
            Formula::Relate(a, _, b) => seen(Term::Pair(a.clone(), b.clone()), None),
            Formula::Not(inner) => inner.visit(seen),
            Formula::All(parts) | Formula::Any(parts) => parts.iter().for_each(|part| part.visit(seen)),
        }
    }

    /// Whether two formulas speak of one thing.
    fn touches(&self, terms: &BTreeSet<Term>) -> bool {
        let mut touches = false;
        self.visit(&mut |term, _| touches |= terms.contains(&term));
        touches
    }
}

/// Something that may be one way or another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Term {
    Holds(String),
    Value(String),
    Pair(String, String),
}

/// The combinations in which a formula is true.
pub(super) type Truth = Vec<bool>;

/// All combinations of what some formulas speak of.
pub(super) struct Universe {
    /// How many cells each term has, how many combinations lie between two of them, and its constants.
    terms: BTreeMap<Term, (usize, usize, Vec<Constant>)>,
    size: usize,
}

impl Universe {
    /// The combinations of a formula and of those assumptions that have to do with it, with the
    /// assumptions. `None` if there are too many. `words` are all the texts that a value can be.
    pub(super) fn of<'f>(
        formula: &Formula,
        assumed: impl IntoIterator<Item = &'f Formula>,
        words: &dyn Fn(&str) -> Option<Vec<String>>,
    ) -> Option<(Universe, Vec<&'f Formula>)> {
        let mut constants: BTreeMap<Term, BTreeSet<Constant>> = BTreeMap::new();
        let mut names = BTreeSet::new();
        let mut add = |formula: &Formula, names: &mut BTreeSet<Term>| {
            formula.visit(&mut |term, constant| {
                names.insert(term.clone());
                constants.entry(term).or_default().extend(constant.cloned());
            });
        };
        add(formula, &mut names);
        let mut relevant = Vec::new();
        for one in assumed {
            if one.touches(&names) {
                add(one, &mut names);
                relevant.push(one);
            }
        }
        let (mut terms, mut size) = (BTreeMap::new(), 1usize);
        for (term, constants) in constants {
            let mut constants: Vec<Constant> = constants.into_iter().collect();
            let cells = match &term {
                Term::Holds(_) => 2,
                Term::Pair(..) => 3,
                Term::Value(name) => match words(name) {
                    Some(words) => {
                        constants = words.into_iter().map(Constant::Text).collect();
                        constants.len()
                    }
                    None => 2 * constants.len() + 1,
                },
            };
            terms.insert(term, (cells, size, constants));
            size = size.checked_mul(cells).filter(|size| *size <= COMBINATIONS)?;
        }
        Some((Universe { terms, size }, relevant))
    }

    /// The work of looking a formula through.
    pub(super) fn work(&self, formula: &Formula) -> usize {
        self.size.saturating_mul(formula.size())
    }

    /// Every combination.
    pub(super) fn everything(&self) -> Truth {
        vec![true; self.size]
    }

    /// Where a formula is true.
    pub(super) fn truth(&self, formula: &Formula) -> Truth {
        match formula {
            Formula::Fixed(value) => vec![*value; self.size],
            Formula::Holds(name) => self.cells(&Term::Holds(name.clone()), |cell, _| cell == 1),
            Formula::Relate(a, relation, b) => {
                self.cells(&Term::Pair(a.clone(), b.clone()), |cell, _| relation.holds(cell.cmp(&1)))
            }
            Formula::Compare(name, relation, constant) => {
                self.cells(&Term::Value(name.clone()), |cell, constants| {
                    let at = constants.binary_search(constant);
                    match at {
                        // As many cells as constants: each is one of the words.
                        Ok(at) if self.is_closed(name) => relation.holds(cell.cmp(&at)),
                        // Every second cell is a constant, the others lie between them.
                        Ok(at) => relation.holds(cell.cmp(&(2 * at + 1))),
                        Err(_) => false,
                    }
                })
            }
            Formula::Not(inner) => self.truth(inner).into_iter().map(|holds| !holds).collect(),
            Formula::All(parts) => self.joined(parts, true),
            Formula::Any(parts) => self.joined(parts, false),
        }
    }

    fn is_closed(&self, name: &str) -> bool {
        let found = self.terms.get(&Term::Value(name.to_owned()));
        found.is_some_and(|(cells, _, constants)| *cells == constants.len())
    }

    fn joined(&self, parts: &[Formula], all: bool) -> Truth {
        let mut so_far = vec![all; self.size];
        for part in parts {
            for (so_far, here) in so_far.iter_mut().zip(self.truth(part)) {
                *so_far = if all { *so_far && here } else { *so_far || here };
            }
        }
        so_far
    }

    fn cells(&self, term: &Term, holds: impl Fn(usize, &[Constant]) -> bool) -> Truth {
        // Every formula that is asked about is a part of the one that the universe was made of.
        let Some((cells, stride, constants)) = self.terms.get(term) else { return self.everything() };
        (0..self.size).map(|at| holds(at / stride % cells, constants)).collect()
    }
}

/// The combinations in which both are true.
pub(super) fn both(a: &Truth, b: &Truth) -> Truth {
    a.iter().zip(b).map(|(a, b)| *a && *b).collect()
}

/// The combinations in which the first is true and the second is not.
pub(super) fn without(a: &Truth, b: &Truth) -> Truth {
    a.iter().zip(b).map(|(a, b)| *a && !*b).collect()
}

/// What something always is within some combinations; `None` if it may be either, or if there are none.
pub(super) fn fixed(truth: &Truth, within: &Truth) -> Option<bool> {
    let mut seen = truth.iter().zip(within).filter(|(_, within)| **within).map(|(truth, _)| *truth);
    let first = seen.next()?;
    seen.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::{Constant, Formula, Relation, Universe, fixed};

    #[test]
    fn more_combinations_than_can_be_looked_at_are_not_looked_at() {
        let names = |count: usize| Formula::All((0..count).map(|n| Formula::Holds(n.to_string())).collect());
        assert!(Universe::of(&names(10), [], &|_| None).is_some());
        assert!(Universe::of(&names(11), [], &|_| None).is_none());
    }

    #[test]
    fn a_value_lies_below_at_between_or_above_constants() {
        let compare = |relation, number| Formula::Compare("x".to_owned(), relation, Constant::Number(number));
        let (low, high) = (compare(Relation::Less, 5), compare(Relation::LessOrEqual, 3));
        let either = Formula::Any(vec![low.clone(), high.clone().negated()]);
        let both = Formula::All(vec![low.negated(), high]);
        for (formula, expected) in [(either, true), (both, false)] {
            let (universe, _) = Universe::of(&formula, [], &|_| None).unwrap();
            assert_eq!(fixed(&universe.truth(&formula), &universe.everything()), Some(expected));
        }
    }
}
