//! Lists of the subject.

use super::session::Settled;
use super::{Outcome, Owned, Path, Pending, Session, convert, fault, int};
use crate::cel::object::{Datum, Field, List, Place};
use crate::value::Unknown;
use ::cel::ExecutionError;
use ::cel::common::traits::{self, Indexer, Iterable};
use ::cel::common::types::{LIST_TYPE, Type};
use ::cel::common::value::{CowVal, StaticVal, Val};
use std::any::Any;
use std::sync::{Arc, OnceLock};

/// A list of the subject, in one world: elements that are not there are left out.
#[derive(Debug)]
pub(in crate::cel) struct ListVal {
    session: Arc<Session>,
    list: List,
    /// The indices of the elements that are there.
    here: Arc<[usize]>,
    path: Path,
    read: Option<usize>,
    /// The elements as values, made when somebody iterates.
    items: OnceLock<Vec<Item>>,
}

/// An element, and what is recorded when it is visited.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) value: Owned,
    pub(super) visit: Visit,
}

/// What visiting an element records.
#[derive(Debug)]
pub(super) enum Visit {
    /// Nothing: what is read of it is recorded then.
    Nothing,
    /// A value: the path, the value as written, where it stands.
    Value(Path, String, Place),
}

impl Clone for ListVal {
    fn clone(&self) -> ListVal {
        ListVal {
            session: Arc::clone(&self.session),
            list: self.list.clone(),
            here: Arc::clone(&self.here),
            path: self.path.clone(),
            read: self.read,
            items: OnceLock::new(),
        }
    }
}

impl ListVal {
    /// The list in the session's world; fails where the world does not say which elements are there.
    pub(in crate::cel) fn settle(
        session: &Arc<Session>,
        list: &List,
        path: Path,
        read: Option<usize>,
    ) -> Outcome<ListVal> {
        let mut here = Vec::with_capacity(list.elements.len());
        for (index, field) in list.elements.iter().enumerate() {
            match session.settle(field) {
                Settled::Absent(_) => {}
                Settled::Undecided(choice) => return Err(session.fork(&choice)),
                Settled::Known(..) | Settled::Unknown(..) | Settled::Nothing(_) => here.push(index),
            }
        }
        let session = Arc::clone(session);
        Ok(ListVal { session, list: list.clone(), here: here.into(), path, read, items: OnceLock::new() })
    }

    /// The list again.
    pub(in crate::cel) fn datum(&self) -> Datum {
        Datum::List(self.list.clone())
    }

    /// How many elements there are; an open list cannot say.
    pub(in crate::cel) fn size(&self) -> Outcome<usize> {
        match &self.list.open {
            None => Ok(self.here.len()),
            Some(unknown) => Err(self.unlisted(unknown)),
        }
    }

    /// How many elements iteration visits.
    pub(in crate::cel) fn visits(&self) -> usize {
        self.here.len() + usize::from(self.list.open.is_some())
    }

    fn unlisted(&self, unknown: &Unknown) -> ExecutionError {
        let place = super::session::place_of(unknown);
        self.session.read_unknown(&self.path, unknown.clone(), place)
    }

    fn element(&self, at: usize) -> Option<Item> {
        let index = *self.here.get(at)?;
        let field = self.list.elements.get(index)?;
        let path = self.path.index(at);
        Some(item(&self.session, field, path))
    }

    fn items(&self) -> &[Item] {
        self.items.get_or_init(|| {
            let mut items: Vec<Item> = (0..self.here.len()).filter_map(|at| self.element(at)).collect();
            if let Some(unknown) = &self.list.open {
                let place = super::session::place_of(unknown);
                let rest = Pending::unknown(&self.session, self.path.clone(), unknown.clone(), place);
                items.push(Item { value: Box::new(rest), visit: Visit::Nothing });
            }
            items
        })
    }

    /// Whether there is an element at an index.
    pub(in crate::cel) fn has_index(&self, key: &dyn Val) -> Outcome<bool> {
        let index = int(key).ok_or_else(|| fault::mismatch("an element is named by an int"))?;
        let there = usize::try_from(index).is_ok_and(|index| index < self.here.len());
        match &self.list.open {
            Some(unknown) if !there && index >= 0 => Err(self.unlisted(unknown)),
            _ => Ok(there),
        }
    }

    fn at(&self, key: &dyn Val) -> Outcome<Owned> {
        self.session.pass_through(self.read);
        if !self.has_index(key)? {
            let count = self.here.len();
            let index = int(key).unwrap_or_default();
            let message = format!("`{}` has {count} elements, none at index {index}", self.path);
            return Err(fault::index(message));
        }
        let index = int(key).and_then(|index| usize::try_from(index).ok()).unwrap_or_default();
        let item = self.element(index).ok_or_else(|| fault::index("no such element"))?;
        item.record(&self.session);
        Pending::check(item.value.as_ref())?;
        Ok(item.value)
    }
}

/// The value of an element or entry. One that cannot be had raises its error when it is used.
pub(super) fn item(session: &Arc<Session>, field: &Field, path: Path) -> Item {
    let pending = |pending: Pending| Item { value: Box::new(pending), visit: Visit::Nothing };
    match session.settle(field) {
        Settled::Known(datum, place) => match convert::value(session, datum, path.clone(), None) {
            Ok(value) => {
                let visit = match datum {
                    Datum::List(_) | Datum::Map(_) | Datum::Object(_) => Visit::Nothing,
                    datum => Visit::Value(path, convert::written(datum), *place),
                };
                Item { value, visit }
            }
            Err(_) => pending(Pending::nested(session, path, datum.clone())),
        },
        Settled::Absent(place) => pending(Pending::absent(session, path, *place)),
        Settled::Unknown(unknown, place) => pending(Pending::unknown(session, path, unknown.clone(), *place)),
        Settled::Undecided(choice) => pending(Pending::undecided(session, path, &choice)),
        Settled::Nothing(unknown) => {
            let place = super::session::place_of(&unknown);
            pending(Pending::unknown(session, path, unknown, place))
        }
    }
}

impl Item {
    /// Records the visit.
    pub(super) fn record(&self, session: &Session) {
        if let Visit::Value(path, written, place) = &self.visit {
            session.note_present(path, written.clone(), *place);
        }
    }
}

impl Val for ListVal {
    fn get_type(&self) -> &Type {
        &LIST_TYPE
    }

    fn cel_type() -> &'static Type {
        &LIST_TYPE
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
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

impl StaticVal for ListVal {}

impl Indexer for ListVal {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.at(key).map(CowVal::Owned)
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.at(key).map(|value| value as Box<dyn Val + 'v>)
    }
}

impl Iterable for ListVal {
    fn iter<'b, 'v>(&'b self) -> Box<dyn traits::Iterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        if !self.here.is_empty() || self.list.open.is_some() {
            self.session.pass_through(self.read);
        }
        Box::new(Items { session: &self.session, items: self.items().iter() })
    }
}

/// Visits items, recording each.
pub(super) struct Items<'b> {
    pub(super) session: &'b Session,
    pub(super) items: std::slice::Iter<'b, Item>,
}

impl<'b, 'v> traits::Iterator<'b, 'v> for Items<'b> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        let item = self.items.next()?;
        item.record(self.session);
        Some(item.value.as_ref())
    }
}
