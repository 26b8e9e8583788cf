//! Objects of the table, the named expressions of a policy, and the session itself as a value.

use super::{Outcome, Owned, Path, Pending, Session, convert, fault, text};
use crate::cel::object::{Datum, Field, Object};
use ::cel::ExecutionError;
use ::cel::common::traits::Indexer;
use ::cel::common::types::Type;
use ::cel::common::value::{CowVal, StaticVal, Val};
use std::any::Any;
use std::sync::Arc;

static OBJECT: Type = Type::new_unspecified_type("object");
static DEFINITIONS: Type = Type::new_unspecified_type("variables");
static SESSION: Type = Type::new_unspecified_type("session");

/// The value of a variable. One that is not settled raises its error when it is used.
pub(in crate::cel) fn variable(session: &Arc<Session>, name: &'static str, field: &Field) -> Owned {
    use super::session::Settled;
    let path = Path::root(name);
    match session.settle(field) {
        Settled::Known(datum, _) => match convert::value(session, datum, path.clone(), None) {
            Ok(value) => value,
            Err(_) => Box::new(Pending::nested(session, path, datum.clone())),
        },
        Settled::Absent(place) => Box::new(Pending::absent(session, path, *place)),
        Settled::Unknown(unknown, place) => {
            Box::new(Pending::unknown(session, path, unknown.clone(), *place))
        }
        Settled::Nothing(unknown) => {
            let place = super::session::place_of(&unknown);
            Box::new(Pending::unknown(session, path, unknown, place))
        }
        Settled::Undecided(choice) => Box::new(Pending::undecided(session, path, &choice)),
    }
}

/// An object of the subject.
#[derive(Clone, Debug)]
pub(in crate::cel) struct ObjectVal {
    session: Arc<Session>,
    object: Arc<Object>,
    path: Path,
    read: Option<usize>,
}

impl ObjectVal {
    /// An object that was come by at a path.
    pub(in crate::cel) fn new(
        session: &Arc<Session>,
        object: &Arc<Object>,
        path: Path,
        read: Option<usize>,
    ) -> ObjectVal {
        ObjectVal { session: Arc::clone(session), object: Arc::clone(object), path, read }
    }

    /// The object again.
    pub(in crate::cel) fn datum(&self) -> Datum {
        Datum::Object(Arc::clone(&self.object))
    }

    fn field(&self, key: &dyn Val) -> Outcome<(Path, Option<&Field>)> {
        let name = text(key).ok_or_else(|| fault::mismatch("a field is named by a text"))?;
        self.session.pass_through(self.read);
        Ok(match self.object.fields.get_key_value(name) {
            Some((known, field)) => (self.path.field(known), Some(field)),
            None => (self.path.field(name.to_owned()), None),
        })
    }

    /// Whether a field is there.
    pub(in crate::cel) fn has(&self, key: &dyn Val) -> Outcome<bool> {
        match self.field(key)? {
            (path, Some(field)) => self.session.present(field, &path),
            (path, None) => {
                self.session.note_absent(&path, self.object.anchor);
                Ok(false)
            }
        }
    }

    fn read(&self, key: &dyn Val) -> Outcome<Owned> {
        match self.field(key)? {
            (path, Some(field)) => {
                let (datum, read) = self.session.read(field, &path)?;
                convert::value(&self.session, datum, path, Some(read))
            }
            (path, None) => Err(self.session.read_absent(&path, self.object.anchor)),
        }
    }
}

impl Val for ObjectVal {
    fn get_type(&self) -> &Type {
        &OBJECT
    }

    fn cel_type() -> &'static Type {
        &OBJECT
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<ObjectVal>().is_some_and(|other| self.object == other.object)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for ObjectVal {}

impl Indexer for ObjectVal {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.read(key).map(CowVal::Owned)
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.read(key).map(|value| value as Box<dyn Val + 'v>)
    }
}

/// `variables`: each of its fields is evaluated where it is read.
#[derive(Clone, Debug)]
pub(in crate::cel) struct DefinitionsVal {
    pub(in crate::cel) session: Arc<Session>,
}

impl DefinitionsVal {
    /// Whether a definition of a name is there.
    pub(in crate::cel) fn has(&self, key: &dyn Val) -> bool {
        text(key)
            .is_some_and(|name| self.session.activation.definitions.iter().any(|(known, _)| **known == *name))
    }

    fn read(&self, key: &dyn Val) -> Outcome<Owned> {
        let name = text(key).ok_or_else(|| fault::mismatch("a variable is named by a text"))?;
        let definitions = Arc::clone(&self.session.activation.definitions);
        let Some((_, expression)) = definitions.iter().find(|(known, _)| **known == *name) else {
            return Err(fault::wrong(format!("there is no `variables.{name}`")));
        };
        self.session.enter()?;
        let value = expression.value_in(&self.session);
        self.session.leave();
        value
    }
}

impl Val for DefinitionsVal {
    fn get_type(&self) -> &Type {
        &DEFINITIONS
    }

    fn cel_type() -> &'static Type {
        &DEFINITIONS
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

impl StaticVal for DefinitionsVal {}

impl Indexer for DefinitionsVal {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.read(key).map(CowVal::Owned)
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.read(key).map(|value| value as Box<dyn Val + 'v>)
    }
}

/// The session, for functions that count steps.
#[derive(Clone, Debug)]
pub(in crate::cel) struct SessionVal(pub(in crate::cel) Arc<Session>);

impl Val for SessionVal {
    fn get_type(&self) -> &Type {
        &SESSION
    }

    fn cel_type() -> &'static Type {
        &SESSION
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for SessionVal {}
