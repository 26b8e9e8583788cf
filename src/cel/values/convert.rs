//! Between the subject's data and the engine's values.

use super::{
    DefinitionsVal, ListVal, MapVal, Measure, ObjectVal, Opaque, Outcome, Owned, Path, Session, Timestamp,
    Unit, fault,
};
use crate::cel::limits;
use crate::cel::object::{Datum, Field, List, Map, Object, Place};
use crate::value::Number;
use ::cel::common::types::{
    CelBool, CelBytes, CelDouble, CelInt, CelList, CelMap, CelNull, CelOptional, CelString, CelType,
};
use ::cel::common::value::Val;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The engine's value of a datum. `read` is the read that it came by, if it was recorded. Fails where a
/// list's elements hang on a choice that the world does not make.
pub(in crate::cel) fn value(
    session: &Arc<Session>,
    datum: &Datum,
    path: Path,
    read: Option<usize>,
) -> Outcome<Owned> {
    Ok(match datum {
        Datum::Null => Box::new(CelNull),
        Datum::Bool(bool) => Box::new(CelBool::from(*bool)),
        Datum::Int(int) => Box::new(CelInt::from(*int)),
        Datum::Double(double) => Box::new(CelDouble::from(*double)),
        Datum::Text(text) => Box::new(CelString::from(text.to_string())),
        Datum::Quantity { amount, written } => {
            Box::new(Measure { unit: Unit::Quantity(*amount), written: Some(Arc::clone(written)) })
        }
        Datum::Duration { amount, written } => {
            Box::new(Measure { unit: Unit::Duration(*amount), written: Some(Arc::clone(written)) })
        }
        Datum::List(list) => Box::new(ListVal::settle(session, list, path, read)?),
        Datum::Map(map) => Box::new(MapVal::new(session, map, path, read)),
        Datum::Object(object) => Box::new(ObjectVal::new(session, object, path, read)),
    })
}

/// The datum of an engine's value. Elements of lists and maps get the given place.
pub(in crate::cel) fn datum(value: &dyn Val, place: Place) -> Outcome<Datum> {
    let mut budget = limits::STEPS;
    build(value, place, &mut budget)
}

fn build(value: &dyn Val, place: Place, budget: &mut usize) -> Outcome<Datum> {
    *budget = budget.checked_sub(1).ok_or_else(|| {
        fault::limit(limits::code::STEPS, format!("the outcome has more than {} elements", limits::STEPS))
    })?;
    super::Pending::check(value)?;
    let mut element = |value: &dyn Val| build(value, place, budget).map(|datum| Field::known(datum, place));
    if let Some(bool) = value.downcast_ref::<CelBool>() {
        Ok(Datum::Bool(*bool.inner()))
    } else if let Some(int) = super::int(value) {
        Ok(Datum::Int(int))
    } else if let Some(uint) = super::uint(value) {
        Ok(i64::try_from(uint).map_or_else(|_| Datum::Text(uint.to_string().into()), Datum::Int))
    } else if let Some(double) = super::double(value) {
        Ok(Datum::Double(double))
    } else if let Some(text) = super::text(value) {
        Ok(Datum::Text(text.into()))
    } else if let Some(measure) = value.downcast_ref::<Measure>() {
        let written: Arc<str> = measure.to_string().into();
        Ok(match measure.unit {
            Unit::Quantity(amount) => Datum::Quantity { amount, written },
            Unit::Duration(amount) => Datum::Duration { amount, written },
            Unit::Nothing => Datum::Int(0),
        })
    } else if value.downcast_ref::<CelNull>().is_some() {
        Ok(Datum::Null)
    } else if let Some(list) = value.downcast_ref::<CelList>() {
        let elements = list.inner().iter().map(|value| element(value.as_ref())).collect::<Outcome<_>>()?;
        Ok(Datum::List(List { elements: Arc::new(elements), open: None }))
    } else if let Some(map) = value.downcast_ref::<CelMap>() {
        let mut entries = BTreeMap::new();
        for (key, value) in map.inner() {
            let key = written_value(key.inner());
            entries.insert(key.into(), element(value.as_ref())?);
        }
        Ok(Datum::Map(Map { entries: Arc::new(entries), open: None, anchor: place }))
    } else if let Some(optional) = value.downcast_ref::<CelOptional>() {
        optional.option().map_or(Ok(Datum::Null), |inner| build(inner, place, budget))
    } else if let Some(object) = value.downcast_ref::<ObjectVal>() {
        Ok(object.datum())
    } else if let Some(list) = value.downcast_ref::<ListVal>() {
        Ok(list.datum())
    } else if let Some(map) = value.downcast_ref::<MapVal>() {
        Ok(map.datum())
    } else {
        Ok(Datum::Text(plain(value).into()))
    }
}

/// A value that is no datum, for people.
fn plain(value: &dyn Val) -> String {
    if let Some(kind) = value.downcast_ref::<CelType>() {
        fault::kind_name(kind.name()).to_owned()
    } else if let Some(time) = value.downcast_ref::<Timestamp>() {
        time.to_string()
    } else if let Some(opaque) = value.downcast_ref::<Opaque>() {
        opaque.to_string()
    } else if let Some(bytes) = value.downcast_ref::<CelBytes>() {
        format!("{} bytes", bytes.inner().len())
    } else {
        fault::kind(value).to_owned()
    }
}

/// How much of a collection is written out.
const SHOWN: usize = 8;

/// A datum for people: as written, texts in quotes.
pub(in crate::cel) fn written(datum: &Datum) -> String {
    match datum {
        Datum::Null => "null".to_owned(),
        Datum::Bool(bool) => bool.to_string(),
        Datum::Int(int) => int.to_string(),
        Datum::Double(double) => Number::Float(*double).to_string(),
        Datum::Text(text) => format!("{text:?}"),
        Datum::Quantity { amount, written } => {
            Measure { unit: Unit::Quantity(*amount), written: Some(Arc::clone(written)) }.to_string()
        }
        Datum::Duration { amount, written } => {
            Measure { unit: Unit::Duration(*amount), written: Some(Arc::clone(written)) }.to_string()
        }
        Datum::List(list) => {
            let shown = list.elements.iter().take(SHOWN).map(written_field);
            joined(shown, list.elements.len(), list.open.is_some(), '[', ']')
        }
        Datum::Map(map) => {
            let shown =
                map.entries.iter().take(SHOWN).map(|(key, field)| format!("{key}: {}", written_field(field)));
            joined(shown, map.entries.len(), map.open.is_some(), '{', '}')
        }
        Datum::Object(object) => name_of(object),
    }
}

/// What an object is recognised by. Never a variable's value, which may be a secret.
fn name_of(object: &Object) -> String {
    let named = ["reference", "name", "path"].iter().find_map(|name| match object.fields.get(name) {
        Some(Field::Known { datum: Datum::Text(text), .. }) => Some(format!("{text:?}")),
        _ => None,
    });
    named.unwrap_or_else(|| "present".to_owned())
}

fn written_field(field: &Field) -> String {
    match field {
        // One level is enough to recognise a value; more would fill the screen.
        Field::Known { datum: Datum::List(_), .. } => "[..]".to_owned(),
        Field::Known { datum: Datum::Map(_), .. } => "{..}".to_owned(),
        Field::Known { datum, .. } => written(datum),
        Field::Absent(_) => "absent".to_owned(),
        Field::Unknown { .. } => "unknown".to_owned(),
        Field::Either(alternatives) => {
            let all: Vec<String> = alternatives.iter().map(|(_, field)| written_field(field)).collect();
            all.join(" or ")
        }
    }
}

fn joined(
    shown: impl Iterator<Item = String>,
    count: usize,
    open: bool,
    before: char,
    after: char,
) -> String {
    let mut all: Vec<String> = shown.collect();
    if count > SHOWN || open {
        all.push("..".to_owned());
    }
    format!("{before}{}{after}", all.join(", "))
}

/// An engine's value for people.
pub(in crate::cel) fn written_value(value: &dyn Val) -> String {
    if let Some(measure) = value.downcast_ref::<Measure>() {
        return measure.to_string();
    }
    if value.downcast_ref::<super::Pending>().is_some() {
        return "unknown".to_owned();
    }
    if let Some(optional) = value.downcast_ref::<CelOptional>() {
        return optional.option().map_or_else(|| "absent".to_owned(), written_value);
    }
    if value.downcast_ref::<DefinitionsVal>().is_some() {
        return "variables".to_owned();
    }
    if let Some(uint) = super::uint(value) {
        return uint.to_string();
    }
    let texts = value.downcast_ref::<CelType>().is_some() || value.downcast_ref::<CelBytes>().is_some();
    if texts || value.downcast_ref::<Timestamp>().is_some() || value.downcast_ref::<Opaque>().is_some() {
        return plain(value);
    }
    let span = crate::source::Span::beginning(crate::source::SourceId::FIRST);
    let place = Place { span, origin: None, platform_default: false };
    datum(value, place).map_or_else(|_| "unknown".to_owned(), |datum| written(&datum))
}
