//! One evaluation: its world, what it can see, and the log of what it read.

use super::{Outcome, Path, convert, fault};
use crate::cel::object::{Datum, Field, Place};
use crate::cel::trace::Trace;
use crate::cel::world::{Read, ReadState};
use crate::cel::{Activation, limits};
use crate::value::{Condition, Reason, Unknown};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state of one evaluation in one world.
#[derive(Debug)]
pub(in crate::cel) struct Session {
    world: Condition,
    pub(in crate::cel) activation: Activation,
    /// Where outcomes are noted, if the expression is observed.
    pub(in crate::cel) trace: Option<Arc<Trace>>,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    reads: Vec<Entry>,
    /// The alternatives of each undecided read, in order.
    forks: Vec<Vec<Condition>>,
    steps: usize,
    /// How many definitions are being evaluated, one inside the other.
    definitions: usize,
}

/// A read before it is written out.
#[derive(Debug)]
struct Entry {
    path: Path,
    found: Found,
    place: Place,
    passed_through: bool,
}

#[derive(Debug)]
enum Found {
    Known(Datum),
    /// Only whether it is there was asked.
    Present(String),
    Absent,
    Unknown(Unknown),
}

/// A point in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cel) struct Mark {
    reads: usize,
    forks: usize,
}

/// What a field is in this world.
pub(in crate::cel) enum Settled<'a> {
    Known(&'a Datum, &'a Place),
    Absent(&'a Place),
    Unknown(&'a Unknown, &'a Place),
    /// The world allows alternatives of different values.
    Undecided(Vec<&'a (Condition, Field)>),
    /// The world allows none of the alternatives.
    Nothing(Unknown),
}

impl Session {
    /// An evaluation in a world.
    pub(in crate::cel) fn new(activation: Activation, world: Condition) -> Session {
        Session { world, activation, trace: None, log: Mutex::default() }
    }

    /// The same, with its outcomes noted.
    pub(in crate::cel) fn traced(self, trace: Option<Arc<Trace>>) -> Session {
        Session { trace, ..self }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a field is in this world. Alternatives that the world implies come before those that it
    /// merely allows, so that a world that was made for an alternative has it.
    pub(in crate::cel) fn settle<'a>(&self, field: &'a Field) -> Settled<'a> {
        match field {
            Field::Known { datum, place } => Settled::Known(datum, place),
            Field::Absent(place) => Settled::Absent(place),
            Field::Unknown { unknown, place } => Settled::Unknown(unknown, place),
            Field::Either(alternatives) => {
                if let Some((_, chosen)) =
                    alternatives.iter().find(|(condition, _)| self.world.implies(condition))
                {
                    return self.settle(chosen);
                }
                let allowed: Vec<&(Condition, Field)> =
                    alternatives.iter().filter(|(condition, _)| !self.world.contradicts(condition)).collect();
                match allowed.as_slice() {
                    [] => Settled::Nothing(impossible(alternatives)),
                    [first, rest @ ..] if rest.iter().all(|other| same(&first.1, &other.1)) => {
                        self.settle(&first.1)
                    }
                    _ => Settled::Undecided(allowed),
                }
            }
        }
    }

    /// Reads a field: its value, or the error of reading it.
    pub(in crate::cel) fn read<'a>(&self, field: &'a Field, path: &Path) -> Outcome<(&'a Datum, usize)> {
        match self.settle(field) {
            Settled::Known(datum, place) => Ok((datum, self.push(path, Found::Known(datum.clone()), *place))),
            Settled::Absent(place) => Err(self.read_absent(path, *place)),
            Settled::Unknown(unknown, place) => Err(self.read_unknown(path, unknown.clone(), *place)),
            Settled::Undecided(choice) => Err(self.fork(&choice)),
            Settled::Nothing(unknown) => {
                let place = place_of(&unknown);
                Err(self.read_unknown(path, unknown, place))
            }
        }
    }

    /// Whether a field is there. Alternatives that agree on that need no decision.
    pub(in crate::cel) fn present(&self, field: &Field, path: &Path) -> Outcome<bool> {
        match self.settle(field) {
            Settled::Known(datum, place) => {
                self.push(path, Found::Known(datum.clone()), *place);
                Ok(true)
            }
            Settled::Absent(place) => {
                self.push(path, Found::Absent, *place);
                Ok(false)
            }
            Settled::Undecided(choice) => {
                let known: Vec<(&Datum, &Place)> = choice
                    .iter()
                    .filter_map(|(_, field)| match field {
                        Field::Known { datum, place } => Some((datum, place)),
                        _ => None,
                    })
                    .collect();
                match known.first() {
                    Some((_, place)) if known.len() == choice.len() => {
                        let written: Vec<String> =
                            known.iter().map(|(datum, _)| convert::written(datum)).collect();
                        self.push(path, Found::Present(written.join(" or ")), **place);
                        Ok(true)
                    }
                    _ => Err(self.fork(&choice)),
                }
            }
            Settled::Unknown(..) | Settled::Nothing(_) => self.read(field, path).map(|_| true),
        }
    }

    /// Records that a field is not there, which is an error where its value was wanted.
    pub(in crate::cel) fn read_absent(&self, path: &Path, place: Place) -> ::cel::ExecutionError {
        self.push(path, Found::Absent, place);
        fault::absent(path.to_string())
    }

    /// Records that a field is not there.
    pub(in crate::cel) fn note_absent(&self, path: &Path, place: Place) {
        self.push(path, Found::Absent, place);
    }

    /// Records a value that was come by without a field: the key of a map.
    pub(in crate::cel) fn note_present(&self, path: &Path, written: String, place: Place) {
        self.push(path, Found::Present(written), place);
    }

    /// Records the read of a value that is not known.
    pub(in crate::cel) fn read_unknown(
        &self,
        path: &Path,
        unknown: Unknown,
        place: Place,
    ) -> ::cel::ExecutionError {
        self.push(path, Found::Unknown(unknown), place);
        fault::unknown()
    }

    /// Records a choice that the world does not make.
    pub(in crate::cel) fn fork(&self, choice: &[&(Condition, Field)]) -> ::cel::ExecutionError {
        self.log().forks.push(choice.iter().map(|(condition, _)| condition.clone()).collect());
        fault::undecided()
    }

    fn push(&self, path: &Path, found: Found, place: Place) -> usize {
        let mut log = self.log();
        log.reads.push(Entry { path: path.clone(), found, place, passed_through: false });
        log.reads.len() - 1
    }

    /// Says that the value of a read was looked into.
    pub(in crate::cel) fn pass_through(&self, read: Option<usize>) {
        let Some(read) = read else {
            return;
        };
        if let Some(entry) = self.log().reads.get_mut(read) {
            entry.passed_through = true;
        }
    }

    /// Counts the elements that a loop is about to visit.
    pub(in crate::cel) fn charge(&self, steps: usize) -> Outcome<()> {
        let mut log = self.log();
        log.steps = log.steps.saturating_add(steps).saturating_add(1);
        if log.steps > limits::STEPS {
            return Err(fault::limit(
                limits::code::STEPS,
                format!("the loops visit more than {} elements", limits::STEPS),
            ));
        }
        Ok(())
    }

    /// Enters a definition; fails if too many stand inside one another.
    pub(in crate::cel) fn enter(&self) -> Outcome<()> {
        let mut log = self.log();
        if log.definitions >= limits::DEFINITIONS {
            let message = format!("more than {} `variables` stand inside one another", limits::DEFINITIONS);
            return Err(fault::limit(limits::code::DEFINITIONS, message));
        }
        log.definitions += 1;
        Ok(())
    }

    /// Leaves a definition.
    pub(in crate::cel) fn leave(&self) {
        let mut log = self.log();
        log.definitions = log.definitions.saturating_sub(1);
    }

    /// Where the log stands.
    pub(in crate::cel) fn mark(&self) -> Mark {
        let log = self.log();
        Mark { reads: log.reads.len(), forks: log.forks.len() }
    }

    /// Forgets what was recorded since a mark: somebody only looked.
    pub(in crate::cel) fn rewind(&self, mark: Mark) {
        let mut log = self.log();
        log.reads.truncate(mark.reads);
        log.forks.truncate(mark.forks);
    }

    /// Where the log began.
    pub(in crate::cel) fn beginning(&self) -> Mark {
        Mark { reads: 0, forks: 0 }
    }

    /// The last read before a mark.
    pub(in crate::cel) fn read_before(&self, mark: Mark) -> Option<Read> {
        let log = self.log();
        mark.reads.checked_sub(1).and_then(|at| log.reads.get(at)).map(Entry::write)
    }

    /// The first choice that was not made since a mark.
    pub(in crate::cel) fn choice_since(&self, mark: Mark) -> Option<Vec<Condition>> {
        self.log().forks.get(mark.forks).cloned()
    }

    /// Whether anything unknown was read since a mark.
    pub(in crate::cel) fn unknown_since(&self, mark: Mark) -> bool {
        let log = self.log();
        log.reads.iter().skip(mark.reads).any(|entry| matches!(entry.found, Found::Unknown(_)))
    }

    /// The reads since a mark, written out.
    pub(in crate::cel) fn reads_since(&self, mark: Mark) -> Vec<Read> {
        self.log().reads.iter().skip(mark.reads).map(Entry::write).collect()
    }
}

impl Entry {
    fn write(&self) -> Read {
        let (state, written) = match &self.found {
            Found::Known(datum) => (ReadState::Known, convert::written(datum)),
            Found::Present(written) => (ReadState::Known, written.clone()),
            Found::Absent => (ReadState::Absent, "absent".to_owned()),
            Found::Unknown(unknown) => (ReadState::Unknown(unknown.clone()), "unknown".to_owned()),
        };
        let passed_through = self.passed_through;
        Read { path: self.path.to_string(), state, place: self.place, written, passed_through }
    }
}

/// The place of a value that is known to be unknown and nothing else.
pub(super) fn place_of(unknown: &Unknown) -> Place {
    Place { span: unknown.span, origin: None, platform_default: false }
}

/// The place of a field, or of the first of its alternatives.
pub(super) fn place(settled: &Settled<'_>) -> Option<Place> {
    match settled {
        Settled::Known(_, place) | Settled::Absent(place) | Settled::Unknown(_, place) => Some(**place),
        Settled::Nothing(unknown) => Some(place_of(unknown)),
        Settled::Undecided(choice) => choice.iter().find_map(|(_, field)| match field {
            Field::Known { place, .. } | Field::Absent(place) | Field::Unknown { place, .. } => Some(*place),
            Field::Either(_) => None,
        }),
    }
}

/// Whether it makes no difference which of two alternatives is taken.
fn same(a: &Field, b: &Field) -> bool {
    match (a, b) {
        (Field::Known { datum: a, .. }, Field::Known { datum: b, .. }) => a == b,
        (Field::Absent(_), Field::Absent(_)) => true,
        (Field::Unknown { unknown: a, .. }, Field::Unknown { unknown: b, .. }) => {
            (&a.input, a.reason) == (&b.input, b.reason)
        }
        _ => false,
    }
}

/// Where no alternative is possible the value was chosen by a test that this world says nothing of.
fn impossible(alternatives: &[(Condition, Field)]) -> Unknown {
    let atom = alternatives.iter().find_map(|(condition, _)| condition.atoms().first());
    let span =
        atom.map_or_else(|| crate::source::Span::beginning(crate::source::SourceId::FIRST), |atom| atom.span);
    let input = atom.map_or_else(|| "condition".into(), |atom| atom.input.clone());
    Unknown { input, reason: Reason::NotFollowed, span }
}
