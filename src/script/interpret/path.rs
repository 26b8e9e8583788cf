//! Under which circumstances the interpreter stands where it stands, and what tests tell.

use super::compound::Behind;
use crate::value::{Atom, Condition, Operand, Operator};
use std::rc::Rc;

/// The tests that led here.
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    /// Those that a person is told.
    pub shown: Condition,
    /// All that is taken for granted, the guards passed on the way included.
    pub all: Condition,
    /// What follows from it where it names tests of several parts.
    pub behind: Rc<Behind>,
}

/// More cases than this make conditions that nobody reads.
pub(super) const MOST_CASES: usize = 8;

/// How many atoms a path remembers. Older ones are forgotten, which makes it less exact, never wrong.
const MEMORY: usize = 48;

impl Path {
    /// One step further, as far as the condition's own words tell (`Interpreter::enter` knows what they
    /// stand for); `None` if nothing can get there.
    pub(super) fn enter(&self, condition: &Condition, shown: bool) -> Option<Path> {
        let mut all = refined(self.all.and(condition)?)?;
        let visible = if shown { told(refined(self.shown.and(condition)?)?) } else { self.shown.clone() };
        if all.atoms().len() > MEMORY {
            let recent = all.atoms().iter().skip(all.atoms().len() - MEMORY / 2);
            let new = recent.filter(|atom| !visible.atoms().contains(atom));
            all = Condition::from_atoms(visible.atoms().iter().chain(new).cloned().collect());
        }
        Some(Path { shown: visible, all, behind: self.behind.clone() })
    }

    /// Whether nothing at all is known here.
    pub fn is_free(&self) -> bool {
        self.all.is_always() && *self.behind == Behind::default()
    }

    /// All atoms that hold here.
    pub fn certain(&self) -> impl Iterator<Item = &Atom> {
        self.all.atoms().iter().chain(self.behind.certain.atoms())
    }

    /// What this path and another one have in common.
    pub fn common(&self, other: &Path) -> Path {
        let behind = match Rc::ptr_eq(&self.behind, &other.behind) {
            true => self.behind.clone(),
            false => Rc::new(self.behind.common(&other.behind)),
        };
        Path { shown: common(&self.shown, &other.shown), all: common(&self.all, &other.all), behind }
    }

    /// The value that the path demands of an input.
    pub fn pinned(&self, input: &str) -> Option<&Atom> {
        self.certain().find(|atom| {
            *atom.input == *input
                && atom.operator == Operator::Equal
                && matches!(atom.operand, Operand::One(_))
        })
    }
}

/// What a test tells: disjoint conditions that cover everything, each with the outcome.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub cases: Vec<(Condition, bool)>,
}

/// One side of a test.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// What is known on this side, as one conjunction.
    pub path: Condition,
    /// The same exactly: the side is taken where any of them holds.
    pub cases: Vec<Condition>,
}

impl Side {
    pub fn of(condition: Condition) -> Side {
        Side { path: condition.clone(), cases: vec![condition] }
    }

    /// Where a condition does not hold.
    pub fn opposite(condition: &Condition) -> Side {
        let mut cases = Vec::with_capacity(condition.atoms().len());
        let mut before = Condition::always();
        for atom in condition.atoms() {
            cases.extend(before.and(&Condition::of(atom.negated())));
            before = before.and(&Condition::of(atom.clone())).unwrap_or(before);
        }
        let path = match cases.as_slice() {
            [one] => one.clone(),
            _ => Condition::always(),
        };
        Side { path, cases }
    }
}

impl Test {
    pub fn decided(outcome: bool) -> Test {
        Test { cases: vec![(Condition::always(), outcome)] }
    }

    pub fn atom(atom: Atom) -> Test {
        let negated = atom.negated();
        Test { cases: vec![(Condition::of(atom), true), (Condition::of(negated), false)] }
    }

    /// The outcome, if it is always the same.
    pub fn outcome(&self) -> Option<bool> {
        let first = self.cases.first()?.1;
        self.cases.iter().all(|(_, outcome)| *outcome == first).then_some(first)
    }

    pub fn negated(mut self) -> Test {
        for (_, outcome) in &mut self.cases {
            *outcome = !*outcome;
        }
        self
    }

    /// The cases in which this test is `continue_on`, split further by `next`; the others stay.
    pub fn and_then(&self, continue_on: bool, next: &Test) -> Test {
        let mut cases = Vec::new();
        for (condition, outcome) in &self.cases {
            if *outcome != continue_on {
                cases.push((condition.clone(), *outcome));
                continue;
            }
            for (further, result) in &next.cases {
                if let Some(both) = condition.and(further).and_then(refined) {
                    cases.push((both, *result));
                }
            }
        }
        Test { cases }
    }

    /// Without what the path rules out, and without repeating what it says.
    pub fn on(mut self, path: &Path) -> Test {
        if !path.all.is_always() {
            let possible = |(condition, _): &&(Condition, bool)| !path.rules_out(condition);
            // Nothing may be left where the path itself is not exact; then the test says nothing new.
            let left: Vec<_> = self.cases.iter().filter(possible).cloned().collect();
            if !left.is_empty() {
                self.cases = left;
            }
            for (condition, _) in &mut self.cases {
                *condition = path.news(condition);
                if condition.atoms().iter().any(|atom| atom.excluded().is_some()) {
                    let atoms = condition.atoms().iter().map(|atom| narrowed(atom, path.all.atoms()));
                    let mut atoms = atoms;
                    let told = atoms.try_fold(Condition::always(), |sum, atom| sum.and(&Condition::of(atom)));
                    *condition = told.unwrap_or_else(|| condition.clone());
                }
            }
        }
        simplify(&mut self.cases, |a, b| a == b);
        self
    }

    /// The conditions under which the outcome is this one.
    pub fn when(&self, outcome: bool) -> Vec<Condition> {
        self.cases
            .iter()
            .filter(|(_, result)| *result == outcome)
            .map(|(condition, _)| condition.clone())
            .collect()
    }

    /// One side; `whole` is the atom that stands for the test where one conjunction cannot.
    pub fn side(&self, outcome: bool, whole: impl FnOnce() -> Atom) -> Side {
        let cases = self.when(outcome);
        let path = match cases.as_slice() {
            [one] => one.clone(),
            _ => {
                let whole = whole();
                Condition::of(if outcome { whole } else { whole.negated() })
            }
        };
        Side { path, cases }
    }
}

/// Longer lists of values that an input has or does not have are cut short, or not made.
const MOST_VALUES: usize = 32;

/// At most so many atoms are told; of more, the first of those that only say what is not the case go.
const MOST_TOLD: usize = 12;

fn told(condition: Condition) -> Condition {
    let mut surplus = condition.atoms().len().saturating_sub(MOST_TOLD);
    if surplus == 0 {
        return condition;
    }
    let is_negative = |atom: &Atom| {
        matches!(atom.operator, Operator::Fails | Operator::NotEqual | Operator::NotIn | Operator::NotMatches)
    };
    let mut stays = |atom: &&Atom| {
        let goes = surplus > 0 && is_negative(atom);
        surplus -= usize::from(goes);
        !goes
    };
    Condition::from_atoms(condition.atoms().iter().filter(|atom| stays(atom)).cloned().collect())
}

/// `x in [a, b]` and `x != a` is `x == b`; `x != a` and `x != b` is `x not in [a, b]`.
pub(super) fn refined(condition: Condition) -> Option<Condition> {
    // `and` sees to contradictions, which leaves at least one value.
    let atoms = condition.atoms();
    let is_exclusion = |atom: &Atom| matches!(atom.operator, Operator::NotEqual | Operator::NotIn);
    let Some(last) = atoms.last() else { return Some(condition) };
    // Conditions grow at their end: only what the last atom speaks of can be told better.
    let same = |atom: &&Atom| atom.input == last.input;
    let others = atoms.iter().filter(same).count();
    if others < 2 || !atoms.iter().filter(same).any(is_exclusion) {
        return Some(condition);
    }
    let (about, mut rest): (Vec<&Atom>, Vec<&Atom>) = atoms.iter().partition(same);
    if let Some(allowing) = about.iter().find(|atom| atom.allowed().is_some()) {
        let values = about.iter().filter(|atom| is_exclusion(atom));
        let left = values.fold((*allowing).clone(), |left, exclusion| narrowed(exclusion, &[left]));
        rest.extend(about.iter().filter(|atom| !is_exclusion(atom) && atom.allowed().is_none()));
        let mut rest: Vec<Atom> = rest.into_iter().cloned().collect();
        rest.push(left);
        return Some(Condition::from_atoms(rest));
    }
    let mut excluded: Vec<std::sync::Arc<str>> = Vec::new();
    for atom in &about {
        let values = atom.excluded().unwrap_or_default();
        let new: Vec<_> =
            values.into_iter().filter(|value| !excluded.iter().any(|have| **have == **value)).collect();
        excluded.extend(new.into_iter().map(Into::into));
    }
    let surplus = excluded.len().saturating_sub(MOST_VALUES);
    excluded.drain(..surplus);
    rest.extend(about.iter().filter(|atom| !is_exclusion(atom)));
    let mut rest: Vec<Atom> = rest.into_iter().cloned().collect();
    rest.push(Atom { operator: Operator::NotIn, operand: Operand::Many(excluded), ..last.clone() });
    Some(Condition::from_atoms(rest))
}

/// What is left of an atom where others hold as well: the values that they allow and it does not exclude.
fn narrowed(atom: &Atom, others: &[Atom]) -> Atom {
    let Some(excluded) = atom.excluded() else { return atom.clone() };
    let allowed = others.iter().filter(|other| other.input == atom.input).find_map(Atom::allowed);
    let Some(allowed) = allowed else { return atom.clone() };
    let mut left: Vec<std::sync::Arc<str>> =
        allowed.into_iter().filter(|value| !excluded.contains(value)).map(Into::into).collect();
    match (left.pop(), left.is_empty()) {
        (None, _) => atom.clone(),
        (Some(only), true) => Atom { operator: Operator::Equal, operand: Operand::One(only), ..atom.clone() },
        (Some(last), false) => {
            left.push(last);
            Atom { operator: Operator::In, operand: Operand::Many(left), ..atom.clone() }
        }
    }
}

/// Takes from each of several lists of conditions what an earlier one covers, so that they exclude each
/// other. Where that would take too many conditions, they are left as they are.
pub(super) fn exclude_earlier(
    lists: &mut [&mut Vec<Condition>],
    contradict: impl Fn(&Condition, &Condition) -> bool,
) {
    for at in 1..lists.len() {
        let (earlier, rest) = lists.split_at_mut(at);
        let Some(list) = rest.first_mut() else { return };
        let mut left = (**list).clone();
        for taken in earlier.iter().flat_map(|list| list.iter()) {
            // Each step may multiply the cases: past the bound the outcome is not used anyhow.
            if left.len() > MOST_CASES * MOST_CASES {
                break;
            }
            if left.iter().all(|case| contradict(case, taken)) {
                continue;
            }
            let opposite = Side::opposite(taken).cases;
            left = left
                .iter()
                .flat_map(|case| {
                    if contradict(case, taken) {
                        return vec![case.clone()];
                    }
                    opposite.iter().filter_map(|other| case.and(other)).collect()
                })
                .collect();
        }
        if left.len() <= MOST_CASES && !left.is_empty() {
            **list = left;
        }
    }
}

/// How many pairs of conditions are tried to be joined. Past it they are left as they are, which is
/// longer to read and as true.
const MOST_PAIRS: usize = 2_000;

/// Joins those that have the same value and whose conditions make one.
pub(super) fn simplify<T>(all: &mut Vec<(Condition, T)>, same: impl Fn(&T, &T) -> bool) {
    let mut pairs = 0;
    let mut first = 0;
    'next: while first < all.len() {
        for other in first + 1..all.len() {
            if !same(&all[first].1, &all[other].1) {
                continue;
            }
            pairs += 1;
            if pairs > MOST_PAIRS {
                return;
            }
            if let Some(union) = exact_union(&all[first].0, &all[other].0) {
                all[first].0 = union;
                all.remove(other);
                // The union may be joined with one that its parts could not be joined with.
                first = 0;
                continue 'next;
            }
        }
        first += 1;
    }
}

/// The condition that holds exactly where either does, if there is one.
pub(super) fn exact_union(a: &Condition, b: &Condition) -> Option<Condition> {
    if a.implies(b) {
        return Some(b.clone());
    }
    if b.implies(a) {
        return Some(a.clone());
    }
    let (ours, theirs) = (a.without(b), b.without(a));
    let ([our], [their]) = (ours.atoms(), theirs.atoms()) else { return None };
    let rest = a.without(&ours);
    if *our == their.negated() {
        return Some(rest);
    }
    rest.and(&Condition::of(any_of(our, their)?))
}

/// A condition that holds wherever either does: what both have in common.
pub(super) fn common(a: &Condition, b: &Condition) -> Condition {
    let same = a.atoms().iter().zip(b.atoms()).take_while(|(ours, theirs)| ours == theirs).count();
    let (ours, theirs) = (a.atoms().iter().skip(same), b.atoms().iter().skip(same));
    let shared: Vec<Atom> = a.atoms().iter().take(same).cloned().collect();
    let mut all = Condition::from_atoms(shared);
    let mut add = |atom: &Atom| {
        if let Some(more) = all.and(&Condition::of(atom.clone())) {
            all = more;
        }
    };
    for atom in ours {
        if theirs.clone().any(|other| other.implies(atom)) {
            add(atom);
        } else if let Some(union) = theirs.clone().find_map(|other| any_of(atom, other)) {
            add(&union);
        }
    }
    for atom in theirs {
        if a.atoms().iter().skip(same).any(|other| other.implies(atom)) {
            add(atom);
        }
    }
    all
}

/// `x in [a, b]` for `x == a` and `x == b`.
fn any_of(a: &Atom, b: &Atom) -> Option<Atom> {
    if a.input != b.input {
        return None;
    }
    let mut values: Vec<_> = a.allowed()?.into_iter().map(Into::into).collect();
    values.extend(b.allowed()?.into_iter().map(Into::into));
    let mut unique = Vec::with_capacity(values.len());
    for value in values {
        if !unique.contains(&value) {
            unique.push(value);
        }
    }
    if unique.len() > MOST_VALUES {
        return None;
    }
    Some(Atom { operator: Operator::In, operand: Operand::Many(unique), ..a.clone() })
}
