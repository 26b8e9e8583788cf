//! What an expression reads: the subject as a tree of fields, each known, absent, unknown, or one of
//! several under conditions.
//!
//! Whoever judges builds these trees; the evaluation walks them, records every read and picks the
//! alternatives that the current world allows.

use crate::provenance::Origin;
use crate::source::Span;
use crate::value::{Condition, Duration, NameMap, Quantity, Unknown};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A value that CEL can compute with.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Arc<str>),
    /// `string(q)` prints `written`.
    Quantity {
        amount: Quantity,
        written: Arc<str>,
    },
    Duration {
        amount: Duration,
        written: Arc<str>,
    },
    List(List),
    /// A map with open or closed keys: `deployment.env`.
    Map(Map),
    /// An object with the fields of a declared type: `deployment`, `deployment.image`.
    Object(Arc<Object>),
}

/// Where a field's value was written, for findings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The literal's characters (or the key's, where absence is reported).
    pub span: Span,
    /// The way it came, if it was written anywhere.
    pub origin: Option<Origin>,
    /// Whether the platform filled the value in.
    pub platform_default: bool,
}

/// What a subject holds under a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Known {
        datum: Datum,
        place: Place,
    },
    /// Certainly not there; the place is where that is reported.
    Absent(Place),
    Unknown {
        unknown: Unknown,
        place: Place,
    },
    /// One of several. Conditions exclude each other; none of the fields is itself `Either`.
    Either(Vec<(Condition, Field)>),
}

/// A list; `open` where unknown elements may follow.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// Elements may be conditional: such an element is `Field::Either` with one `Absent` alternative,
    /// and an absent element is no element.
    pub elements: Arc<Vec<Field>>,
    pub open: Option<Unknown>,
}

/// A map from names to fields; `open` where a name that is not listed may be there all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    pub entries: Arc<BTreeMap<Arc<str>, Field>>,
    pub open: Option<Unknown>,
    /// Where the absence of an entry is reported.
    pub anchor: Place,
}

/// An object of a declared type.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// The declared type's name: see `types`.
    pub type_name: &'static str,
    /// Fields that are not listed are absent at `anchor`.
    pub fields: NameMap<Field>,
    pub anchor: Place,
}

impl Field {
    /// A known field.
    pub fn known(datum: Datum, place: Place) -> Field {
        Field::Known { datum, place }
    }
}
