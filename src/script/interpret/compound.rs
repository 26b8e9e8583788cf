//! Tests of several parts that go by one name, and what follows where one of them came out.
//!
//! `if not setup(): return` is told as `setup()`, whatever `setup` asked on its way. That the answer was yes
//! still says which of its ways out was taken: what `setup` left behind on the others is not there.

use super::Interpreter;
use super::path::{Path, exclude_earlier};
use crate::source::Span;
use crate::value::{Atom, Condition, Operand, Operator};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// Conditions of which one holds.
type Cases = Rc<[Condition]>;

/// A test of more cases than this says nothing but its name.
const MOST_CASES: usize = 64;

/// So many lists of open cases are kept on a path, the newest. Forgetting one makes the path less exact,
/// never wrong.
const MOST_OPEN: usize = 12;

/// How deep names that stand for names are looked through.
const DEEPEST: usize = 6;

/// What a test that goes by one name stands for.
#[derive(Clone, Debug)]
struct Compound {
    holds: Cases,
    fails: Cases,
}

/// The tests that go by one name. Two tests of the same words that ask for different things leave nothing
/// that is known of the name.
#[derive(Debug, Default)]
pub(super) struct Compounds(HashMap<Arc<str>, Option<Compound>>);

impl Compounds {
    /// The cases that an atom stands for.
    fn cases(&self, atom: &Atom) -> Option<&Cases> {
        let compound = self.0.get(&atom.input)?.as_ref()?;
        match atom.operator {
            Operator::Holds => Some(&compound.holds),
            Operator::Fails => Some(&compound.fails),
            _ => None,
        }
    }
}

/// What follows from the named tests of a path.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Behind {
    pub certain: Condition,
    /// Of each list one condition holds.
    open: Vec<Cases>,
}

impl Behind {
    fn is_empty(&self) -> bool {
        self.certain.is_always() && self.open.is_empty()
    }

    /// What two paths have in common.
    pub fn common(&self, other: &Behind) -> Behind {
        let open = self.open.iter().filter(|cases| other.open.contains(cases));
        Behind { certain: super::path::common(&self.certain, &other.certain), open: open.cloned().collect() }
    }
}

impl Path {
    /// Whether nothing that meets the condition can get here. `false` means "not known to".
    pub fn rules_out(&self, condition: &Condition) -> bool {
        if self.all.contradicts(condition) {
            return true;
        }
        if self.behind.is_empty() {
            return false;
        }
        self.behind.certain.contradicts(condition)
            || self.behind.open.iter().any(|cases| cases.iter().all(|case| case.contradicts(condition)))
    }

    /// Whether the condition holds here.
    pub fn implies(&self, condition: &Condition) -> bool {
        let known = [&self.all, &self.behind.certain];
        let follows =
            |atom: &Atom| known.iter().any(|known| known.atoms().iter().any(|have| have.implies(atom)));
        condition.atoms().iter().all(follows)
    }

    /// What a condition adds to what is known here.
    pub fn news(&self, condition: &Condition) -> Condition {
        condition.without(&self.all).without(&self.behind.certain)
    }

    /// How much there is to be compared with.
    pub fn weight(&self) -> usize {
        let open: usize = self.behind.open.iter().map(|cases| cases.len()).sum();
        self.all.atoms().len() + self.behind.certain.atoms().len() + open
    }

    /// Takes in what follows from a condition that was entered; `None` if nothing can get there.
    fn learn(mut self, condition: &Condition, compounds: &Compounds) -> Option<Path> {
        if compounds.0.is_empty() {
            return Some(self);
        }
        let mut behind = (*self.behind).clone();
        let mut fresh: Vec<Atom> = condition.atoms().to_vec();
        for _ in 0..DEEPEST {
            let named = fresh.iter().filter_map(|atom| compounds.cases(atom));
            let new: Vec<Cases> = named.filter(|cases| !behind.open.contains(cases)).cloned().collect();
            behind.open.extend(new);
            fresh.clear();
            let mut open = Vec::with_capacity(behind.open.len());
            for cases in std::mem::take(&mut behind.open) {
                let possible =
                    |case: &&Condition| !self.all.contradicts(case) && !behind.certain.contradicts(case);
                let left: Vec<Condition> = cases.iter().filter(possible).cloned().collect();
                match left.as_slice() {
                    [] => return None,
                    [only] => {
                        let news = only.without(&behind.certain);
                        fresh.extend_from_slice(news.atoms());
                        behind.certain = behind.certain.and(only)?;
                    }
                    some if some.len() < cases.len() => open.push(left.into()),
                    _ => open.push(cases),
                }
            }
            behind.open = open;
            if fresh.is_empty() {
                break;
            }
        }
        let surplus = behind.open.len().saturating_sub(MOST_OPEN);
        behind.open.drain(..surplus);
        if behind != *self.behind {
            self.behind = Rc::new(behind);
        }
        Some(self)
    }
}

impl Interpreter<'_> {
    /// One step further on a path; `None` if nothing can get there.
    pub(super) fn enter(&self, path: &Path, condition: &Condition, shown: bool) -> Option<Path> {
        path.enter(condition, shown)?.learn(condition, &self.compounds)
    }

    /// Whether nothing that meets the condition can get where the interpreter stands, or anywhere.
    pub(super) fn rules_out(&self, condition: &Condition) -> bool {
        self.path.rules_out(condition) || self.is_impossible(condition)
    }

    /// Whether a name in the condition stands for cases of which the rest of it, or the path, leaves none.
    fn is_impossible(&self, condition: &Condition) -> bool {
        !self.compounds.0.is_empty()
            && condition.atoms().iter().filter_map(|atom| self.compounds.cases(atom)).any(|cases| {
                cases.iter().all(|case| case.contradicts(condition) || self.path.rules_out(case))
            })
    }

    /// Whether two conditions cannot hold at once, with what their names stand for.
    pub(super) fn contradict(&self, a: &Condition, b: &Condition) -> bool {
        let one_way = |named: &Condition, other: &Condition| {
            let cases = named.atoms().iter().filter_map(|atom| self.compounds.cases(atom));
            cases.into_iter().any(|cases| cases.iter().all(|case| case.contradicts(other)))
        };
        a.contradicts(b) || (!self.compounds.0.is_empty() && (one_way(a, b) || one_way(b, a)))
    }

    /// The name of a test of several cases. The same words stand for the same test, unless they speak of
    /// other inputs.
    pub(super) fn named_test(
        &mut self,
        description: &str,
        event: u32,
        holds: Vec<Condition>,
        fails: Vec<Condition>,
        span: Span,
    ) -> Atom {
        let mut input = self.atom_name(description, event);
        let known = holds.len() <= MOST_CASES && fails.len() <= MOST_CASES;
        let compound = known.then(|| Compound { holds: holds.into(), fails: fails.into() });
        match (self.compounds.0.get(&input), &compound) {
            (None, _) => {
                self.compounds.0.insert(input.clone(), compound);
            }
            (Some(Some(have)), Some(new)) if have.holds == new.holds && have.fails == new.fails => {}
            (Some(Some(have)), Some(new)) if speak_of_others(have, new) => {
                input = self.event_name(description);
                self.compounds.0.insert(input.clone(), compound);
            }
            _ => {
                self.compounds.0.insert(input.clone(), None);
            }
        }
        Atom { input, operator: Operator::Holds, operand: Operand::None, span }
    }

    /// The same of something that happens once: whatever else has these words is another test.
    pub(super) fn named_event(
        &mut self,
        description: &str,
        holds: Vec<Condition>,
        fails: Vec<Condition>,
        span: Span,
    ) -> Atom {
        self.next_event += 1;
        self.named_test(description, self.next_event, holds, fails, span)
    }

    /// A test that holds where any of the conditions does.
    pub(super) fn any_of_conditions(&mut self, description: &str, all: &[Condition], span: Span) -> Atom {
        let (mut holds, mut fails) = (all.to_vec(), vec![Condition::always()]);
        exclude_earlier(&mut [&mut holds, &mut fails], Condition::contradicts);
        // Where the opposite would take too many conditions nothing is said of it.
        if fails.iter().any(Condition::is_always) {
            fails = vec![Condition::always(); MOST_CASES + 1];
        }
        self.named_test(description, 0, holds, fails, span)
    }
}

/// Whether each of two tests speaks of something that the other one does not.
fn speak_of_others(a: &Compound, b: &Compound) -> bool {
    let inputs = |compound: &Compound| -> BTreeSet<Arc<str>> {
        let cases = compound.holds.iter().chain(compound.fails.iter());
        cases.flat_map(|case| case.atoms()).map(|atom| atom.input.clone()).collect()
    };
    let (a, b) = (inputs(a), inputs(b));
    !a.is_subset(&b) && !b.is_subset(&a)
}
