//! Maps of the subject: from names to values.

use super::list::{Item, Items, Visit, item};
use super::session::Settled;
use super::{Outcome, Owned, Path, Pending, Session, convert, fault, text};
use crate::cel::object::{Datum, Field, Map};
use crate::value::Unknown;
use ::cel::ExecutionError;
use ::cel::common::traits::{self, Indexer, Iterable};
use ::cel::common::types::{CelString, MAP_TYPE, Type};
use ::cel::common::value::{CowVal, StaticVal, Val};
use std::any::Any;
use std::sync::{Arc, OnceLock};

/// A map of the subject. Iterating visits its keys in their order.
#[derive(Debug)]
pub(in crate::cel) struct MapVal {
    session: Arc<Session>,
    map: Map,
    path: Path,
    read: Option<usize>,
    items: OnceLock<Vec<Item>>,
}

impl Clone for MapVal {
    fn clone(&self) -> MapVal {
        MapVal::new(&self.session, &self.map, self.path.clone(), self.read)
    }
}

impl MapVal {
    /// A map that was come by at a path.
    pub(in crate::cel) fn new(session: &Arc<Session>, map: &Map, path: Path, read: Option<usize>) -> MapVal {
        MapVal { session: Arc::clone(session), map: map.clone(), path, read, items: OnceLock::new() }
    }

    /// The map again.
    pub(in crate::cel) fn datum(&self) -> Datum {
        Datum::Map(self.map.clone())
    }

    fn unlisted(&self, path: &Path, unknown: &Unknown) -> ExecutionError {
        self.session.read_unknown(path, unknown.clone(), super::session::place_of(unknown))
    }

    /// Whether there is an entry of a name; an open map that does not list it cannot say.
    pub(in crate::cel) fn has(&self, key: &dyn Val) -> Outcome<bool> {
        Pending::check(key)?;
        let Some(name) = text(key) else {
            return Ok(false);
        };
        self.session.pass_through(self.read);
        let path = self.path.field(name.to_owned());
        match (self.map.entries.get(name), &self.map.open) {
            (Some(field), None) => self.session.present(field, &path),
            (Some(field), Some(unknown)) => match self.session.present(field, &path)? {
                true => Ok(true),
                // Listed under a condition that does not hold here: another source may set it.
                false => Err(self.unlisted(&path, unknown)),
            },
            (None, Some(unknown)) => Err(self.unlisted(&path, unknown)),
            (None, None) => {
                self.session.note_absent(&path, self.map.anchor);
                Ok(false)
            }
        }
    }

    fn at(&self, key: &dyn Val) -> Outcome<Owned> {
        Pending::check(key)?;
        let name = text(key).ok_or_else(|| fault::mismatch("an entry is named by a text"))?;
        self.session.pass_through(self.read);
        let path = self.path.field(name.to_owned());
        match (self.map.entries.get(name), &self.map.open) {
            (Some(field), open) => {
                if let (Settled::Absent(_), Some(unknown)) = (self.session.settle(field), open) {
                    return Err(self.unlisted(&path, unknown));
                }
                let (datum, read) = self.session.read(field, &path)?;
                convert::value(&self.session, datum, path, Some(read))
            }
            (None, Some(unknown)) => Err(self.unlisted(&path, unknown)),
            (None, None) => Err(self.session.read_absent(&path, self.map.anchor)),
        }
    }

    /// How many entries there are; an open map cannot say.
    pub(in crate::cel) fn size(&self) -> Outcome<usize> {
        if let Some(unknown) = &self.map.open {
            return Err(self.unlisted(&self.path, unknown));
        }
        let mut count = 0;
        for (name, field) in self.map.entries.iter() {
            count += usize::from(self.session.present(field, &self.path.field(name.to_string()))?);
        }
        Ok(count)
    }

    /// How many keys iteration visits.
    pub(in crate::cel) fn visits(&self) -> usize {
        self.map.entries.len() + usize::from(self.map.open.is_some())
    }

    /// The key and the value of each entry, for loops over both.
    pub(in crate::cel) fn pairs(&self) -> Vec<(Owned, Owned)> {
        self.session.pass_through(self.read);
        let pair = |key: &Item| {
            let entry = text(key.value.as_ref()).and_then(|name| self.map.entries.get_key_value(name));
            let value = match entry {
                Some((name, field)) => item(&self.session, field, self.path.field(name.to_string())).value,
                // A key that is not known has a value that is not known.
                None => key.value.clone(),
            };
            (key.value.clone(), value)
        };
        self.items().iter().map(pair).collect()
    }

    fn items(&self) -> &[Item] {
        self.items.get_or_init(|| {
            let mut items = Vec::with_capacity(self.visits());
            for (name, field) in self.map.entries.iter() {
                let path = self.path.field(name.to_string());
                match self.session.settle(field) {
                    Settled::Absent(_) => {}
                    Settled::Undecided(choice)
                        if choice.iter().any(|(_, field)| matches!(field, Field::Absent(_))) =>
                    {
                        let key = Pending::undecided(&self.session, path, &choice);
                        items.push(Item { value: Box::new(key), visit: Visit::Nothing });
                    }
                    settled => {
                        let place = super::session::place(&settled);
                        let visit = match place {
                            Some(place) => Visit::Value(path, format!("{name:?}"), place),
                            None => Visit::Nothing,
                        };
                        items.push(Item { value: Box::new(CelString::from(name.to_string())), visit });
                    }
                }
            }
            if let Some(unknown) = &self.map.open {
                let place = super::session::place_of(unknown);
                let rest = Pending::unknown(&self.session, self.path.clone(), unknown.clone(), place);
                items.push(Item { value: Box::new(rest), visit: Visit::Nothing });
            }
            items
        })
    }
}

impl Val for MapVal {
    fn get_type(&self) -> &Type {
        &MAP_TYPE
    }

    fn cel_type() -> &'static Type {
        &MAP_TYPE
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

impl StaticVal for MapVal {}

impl Indexer for MapVal {
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

impl Iterable for MapVal {
    fn iter<'b, 'v>(&'b self) -> Box<dyn traits::Iterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        if self.visits() > 0 {
            self.session.pass_through(self.read);
        }
        Box::new(Items { session: &self.session, items: self.items().iter() })
    }
}
