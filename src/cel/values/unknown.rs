//! A value that may be handed around but raises an error at any use: an unknown element of a list, a
//! variable that is one of several.

use super::{Path, Session, convert, fault};
use crate::cel::object::{Datum, Field, Place};
use crate::value::{Condition, Unknown};
use ::cel::ExecutionError;
use ::cel::common::traits::{Comparer, Container, Indexer};
use ::cel::common::types::Type;
use ::cel::common::value::{CowVal, StaticVal, Val};
use std::any::Any;
use std::cmp::Ordering;
use std::sync::Arc;

/// A value whose use raises an error.
#[derive(Clone, Debug)]
pub(in crate::cel) struct Pending {
    session: Arc<Session>,
    path: Path,
    why: Why,
}

#[derive(Clone, Debug)]
enum Why {
    Unknown(Unknown, Place),
    Undecided(Vec<(Condition, Field)>),
    Absent(Place),
    /// A list whose elements hang on a choice.
    Nested(Datum),
}

static KIND: Type = Type::new_unspecified_type(Pending::KIND);

impl Pending {
    /// The name of its type, by which errors of the engine tell that it was at fault.
    pub(in crate::cel) const KIND: &'static str = "unknown";

    /// An unknown value.
    pub(in crate::cel) fn unknown(
        session: &Arc<Session>,
        path: Path,
        unknown: Unknown,
        place: Place,
    ) -> Pending {
        Pending { session: Arc::clone(session), path, why: Why::Unknown(unknown, place) }
    }

    /// One of several values, of which the world does not say which.
    pub(in crate::cel) fn undecided(
        session: &Arc<Session>,
        path: Path,
        choice: &[&(Condition, Field)],
    ) -> Pending {
        let choice = choice.iter().map(|&one| one.clone()).collect();
        Pending { session: Arc::clone(session), path, why: Why::Undecided(choice) }
    }

    /// A variable that is not there.
    pub(in crate::cel) fn absent(session: &Arc<Session>, path: Path, place: Place) -> Pending {
        Pending { session: Arc::clone(session), path, why: Why::Absent(place) }
    }

    /// A list of which the world does not say which elements are there.
    pub(in crate::cel) fn nested(session: &Arc<Session>, path: Path, list: Datum) -> Pending {
        Pending { session: Arc::clone(session), path, why: Why::Nested(list) }
    }

    /// Records the use and gives its error.
    pub(in crate::cel) fn raise(&self) -> ExecutionError {
        match &self.why {
            Why::Unknown(unknown, place) => self.session.read_unknown(&self.path, unknown.clone(), *place),
            Why::Undecided(choice) => self.session.fork(&choice.iter().collect::<Vec<_>>()),
            Why::Absent(place) => self.session.read_absent(&self.path, *place),
            Why::Nested(list) => convert::value(&self.session, list, self.path.clone(), None)
                .err()
                .unwrap_or_else(fault::undecided),
        }
    }

    /// The error of an argument that is such a value.
    pub(in crate::cel) fn check(value: &dyn Val) -> Result<(), ExecutionError> {
        value.downcast_ref::<Pending>().map_or(Ok(()), |pending| Err(pending.raise()))
    }
}

impl Val for Pending {
    fn get_type(&self) -> &Type {
        &KIND
    }

    fn cel_type() -> &'static Type {
        &KIND
    }

    fn as_comparer(&self) -> Option<&dyn Comparer> {
        Some(self)
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Pending {}

impl Comparer for Pending {
    fn compare(&self, _other: &dyn Val) -> Result<Ordering, ExecutionError> {
        Err(self.raise())
    }
}

impl Container for Pending {
    fn contains(&self, _value: &dyn Val) -> Result<bool, ExecutionError> {
        Err(self.raise())
    }
}

impl Indexer for Pending {
    fn get<'b, 'v>(&'b self, _key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        Err(self.raise())
    }

    fn steal<'v>(self: Box<Self>, _key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        Err(self.raise())
    }
}
