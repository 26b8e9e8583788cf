//! Branches, and ways out of them.

use super::Interpreter;
use super::path::{Path, Side, Test, exclude_earlier};
use super::store::Changes;
use super::values::Val;
use crate::script::Expression;
use crate::value::{Atom, Condition, Operator};

/// What one branch left.
pub(super) struct Arm {
    pub cases: Vec<Condition>,
    /// What the arm's own test says.
    pub entry: Condition,
    pub live: bool,
    pub changes: Changes,
    /// The path at the branch's end, with what it passed on the way.
    pub path: Path,
    /// Whether a command was run in it.
    pub ran: bool,
    pub value: Val,
}

/// What catches a way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Return,
    Break,
    Continue,
}

/// A function call, a loop or an iteration in progress.
pub(super) struct Catch {
    way: Way,
    /// How many frames the journal had before it.
    depth: usize,
    entry: Path,
    exits: Vec<Arm>,
}

impl Arm {
    /// How much merging it costs: its changes, each under every one of its cases.
    fn weight(&self) -> usize {
        let atoms: usize = self.cases.iter().map(|case| case.atoms().len() + 1).sum();
        atoms * (1 + self.changes.len()) + self.path.all.atoms().len()
    }
}

impl Interpreter<'_> {
    /// Runs one side of a test and takes its changes back. A side that is not `shown` is taken for
    /// granted: what it runs does not mention it.
    pub(super) fn arm(&mut self, side: Side, shown: bool, run: impl FnOnce(&mut Self) -> Val) -> Arm {
        let saved = self.path.clone();
        let ran = self.emitted.count();
        let entered = if self.live { self.enter(&saved, &side.path, shown) } else { None };
        self.store.push();
        let mut value = Val::unbound();
        let live = match entered {
            Some(path) => {
                self.path = path;
                value = run(self);
                std::mem::replace(&mut self.live, true)
            }
            None => false,
        };
        Arm {
            cases: side.cases,
            entry: side.path,
            live,
            changes: self.store.take_back(),
            path: std::mem::replace(&mut self.path, saved),
            ran: ran != self.emitted.count(),
            value,
        }
    }

    /// Goes on behind branches that exclude each other and cover everything.
    pub(super) fn join(&mut self, mut arms: Vec<Arm>) -> Val {
        self.charge(arms.iter().map(Arm::weight).sum::<usize>().saturating_mul(arms.len()));
        let any_dead_ran = arms.iter().any(|arm| !arm.live && arm.ran);
        let any_dead = arms.iter().any(|arm| !arm.live);
        arms.retain(|arm| arm.live);
        if arms.len() == 1 {
            let arm = arms.remove(0);
            self.apply(arm.changes);
            self.path = if any_dead && !any_dead_ran {
                // The others were guards that ran nothing.
                let telling = arm.entry.atoms().iter().filter(|atom| self.is_told_behind_guard(atom));
                let quiet = arm.path.shown.without(&arm.entry);
                let shown = telling.fold(quiet.clone(), |sum, atom| {
                    sum.and(&Condition::of(atom.clone())).unwrap_or_else(|| quiet.clone())
                });
                Path { shown, ..arm.path }
            } else {
                arm.path
            };
            return arm.value;
        }
        let Some(first) = arms.first() else {
            self.live = false;
            return Val::unbound();
        };
        let path = arms.iter().skip(1).fold(first.path.clone(), |path, arm| path.common(&arm.path));
        let value = self.merge_arms(arms);
        self.path = path;
        value
    }

    /// Whether passing a guard that only leaves is a circumstance worth telling: it is where it says which
    /// values an input has or lacks, and where the guard leaves because something is set. That something
    /// which the script needs is set, that a command it needs is there, and that it was not asked for its
    /// usage, is what every run has in common.
    fn is_told_behind_guard(&self, atom: &Atom) -> bool {
        if atom.allowed().is_some() {
            return true;
        }
        if self.volatile.contains(&atom.input) {
            return false;
        }
        match atom.operator {
            Operator::NotEqual | Operator::NotIn => atom.excluded().is_some_and(|values| {
                values.iter().any(|value| !value.is_empty() && !value.starts_with('-') && *value != "help")
            }),
            Operator::Fails => true,
            Operator::Holds => self.switches.contains(&atom.input),
            _ => false,
        }
    }

    fn apply(&mut self, changes: Changes) {
        for (slot, content) in changes {
            self.store.set(slot, content);
        }
    }

    /// Runs the side that a test decides, or both.
    pub(super) fn choose(
        &mut self,
        test: Test,
        whole: &Expression,
        then: impl FnOnce(&mut Self) -> Val,
        otherwise: impl FnOnce(&mut Self) -> Val,
    ) -> Val {
        match test.outcome() {
            Some(true) => then(self),
            Some(false) => otherwise(self),
            None => {
                let (yes, no) = self.sides(&test, whole);
                let first = self.arm(yes, true, then);
                let second = self.arm(no, true, otherwise);
                self.join(vec![first, second])
            }
        }
    }

    /// Both sides of an undecided test.
    pub(super) fn sides(&mut self, test: &Test, whole: &Expression) -> (Side, Side) {
        let mut atom = None;
        let mut make = |this: &mut Self| {
            atom.get_or_insert_with(|| {
                let name = this.describe(whole);
                // A compound test has no event of its own; the same words are the same test.
                this.named_test(&name, u32::MAX, test.when(true), test.when(false), whole.span)
            })
            .clone()
        };
        let yes = test.side(true, || make(self));
        let no = test.side(false, || make(self));
        (yes, no)
    }

    /// Runs something that ways out of kind `way` lead behind.
    pub(super) fn catch(&mut self, way: Way, run: impl FnOnce(&mut Self) -> Val) -> Val {
        self.catches.push(Catch {
            way,
            depth: self.store.depth(),
            entry: self.path.clone(),
            exits: Vec::new(),
        });
        self.store.push();
        let value = run(self);
        let Some(catch) = self.catches.pop() else { return value };
        if catch.exits.is_empty() {
            self.store.commit();
            return value;
        }
        let last = Arm {
            cases: vec![self.path.all.without(&catch.entry.all)],
            entry: Condition::always(),
            live: self.live,
            changes: self.store.take_back(),
            path: std::mem::replace(&mut self.path, catch.entry),
            // Leaving early is no guard: where a single way is left, its circumstances stay.
            ran: true,
            value,
        };
        self.live = true;
        let mut arms = catch.exits;
        arms.push(last);
        self.charge(arms.len() * arms.len() * 16);
        let mut cases: Vec<&mut Vec<Condition>> = arms.iter_mut().map(|arm| &mut arm.cases).collect();
        exclude_earlier(&mut cases, |a, b| self.contradict(a, b));
        self.join(arms)
    }

    /// How many paths have left the innermost loop, iteration or function so far.
    pub(super) fn ways_out(&self) -> usize {
        self.catches.last().map_or(0, |catch| catch.exits.len())
    }

    /// Takes an atom back that turned out to say nothing, also from the paths that left on the way.
    pub(super) fn forget_atom(&mut self, atom: &Atom) {
        let without = |condition: &Condition| {
            Condition::from_atoms(condition.atoms().iter().filter(|one| *one != atom).cloned().collect())
        };
        for exit in self.catches.iter_mut().flat_map(|catch| &mut catch.exits) {
            exit.cases.iter_mut().for_each(|case| *case = without(case));
            exit.path.all = without(&exit.path.all);
            exit.path.shown = without(&exit.path.shown);
        }
    }

    /// Leaves the innermost loop, iteration or function on this path.
    pub(super) fn leave(&mut self, way: Way, value: Val) {
        let found = self.catches.iter().rposition(|catch| catch.way == way || catch.way == Way::Return);
        if self.live
            && let Some(catch) = found.and_then(|at| self.catches.get(at))
            && catch.way == way
        {
            let exit = Arm {
                cases: vec![self.path.all.without(&catch.entry.all)],
                entry: Condition::always(),
                live: true,
                changes: self.store.changes_since(catch.depth),
                path: self.path.clone(),
                ran: true,
                value,
            };
            if let Some(catch) = found.and_then(|at| self.catches.get_mut(at)) {
                catch.exits.push(exit);
            }
        }
        self.live = false;
    }
}
