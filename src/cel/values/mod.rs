//! Our own values inside the engine: fields that record their reads, quantities and durations, and
//! values that are not known.
//!
//! A value that is read is looked up in the subject only then; the [`Session`] of the evaluation keeps
//! the log. Everything here is owned and cheap to clone.

mod convert;
pub(super) mod fault;
mod list;
mod map;
mod measure;
mod object;
mod opaque;
mod path;
mod session;
mod timestamp;
mod unknown;
pub(super) mod work;

#[cfg(test)]
pub(super) use convert::written;
pub(super) use convert::{datum, written_value};
pub(super) use list::ListVal;
pub(super) use map::MapVal;
pub(super) use measure::{Measure, Unit, gap};
pub(super) use object::{DefinitionsVal, ObjectVal, SessionVal, variable};
pub(super) use opaque::{Format, Opaque};
pub(super) use path::Path;
pub(super) use session::{Mark, Session};
pub(super) use timestamp::{Clock, Timestamp};
pub(super) use unknown::Pending;

use ::cel::ExecutionError;
use ::cel::common::value::{CowVal, Val};

/// A value of the engine that borrows nothing.
pub(super) type Owned = Box<dyn Val>;

/// What an operation of the engine comes to.
pub(super) type Outcome<T> = Result<T, ExecutionError>;

/// Whether a member is there: the `has` of each of our collections.
pub(super) fn has(operand: &dyn Val, member: &dyn Val) -> Outcome<bool> {
    use ::cel::common::types::{CelMap, CelOptional, CelString};
    if let Some(object) = operand.downcast_ref::<ObjectVal>() {
        object.has(member)
    } else if let Some(map) = operand.downcast_ref::<MapVal>() {
        map.has(member)
    } else if let Some(list) = operand.downcast_ref::<ListVal>() {
        list.has_index(member)
    } else if let Some(definitions) = operand.downcast_ref::<DefinitionsVal>() {
        Ok(definitions.has(member))
    } else if let Some(pending) = operand.downcast_ref::<Pending>() {
        Err(pending.raise())
    } else if let Some(optional) = operand.downcast_ref::<CelOptional>() {
        optional.option().map_or(Ok(false), |inner| has(inner, member))
    } else if let (Some(map), Some(_)) =
        (operand.downcast_ref::<CelMap>(), member.downcast_ref::<CelString>())
    {
        map.as_container().map_or(Ok(false), |map| map.contains(member))
    } else {
        Err(fault::mismatch(format!("{} has no fields", fault::kind(operand))))
    }
}

/// A member of a collection; fails where there is none.
pub(super) fn member<'v>(operand: &(dyn Val + 'v), key: &dyn Val) -> Outcome<Box<dyn Val + 'v>> {
    if let Some(pending) = operand.downcast_ref::<Pending>() {
        return Err(pending.raise());
    }
    if operand.get_type().name() == "list" && int(key).is_none() && uint(key).is_none() {
        // A float that is whole names an element too.
        let whole = double(key).is_some_and(|index| index.fract() == 0.0);
        if !whole {
            return Err(fault::mismatch(format!(
                "an element is named by an int, not by {}",
                fault::kind(key)
            )));
        }
    }
    match operand.as_indexer() {
        Some(indexer) => indexer.get(key).map(CowVal::into_owned),
        None => Err(fault::mismatch(format!("{} has no fields", fault::kind(operand)))),
    }
}

/// Whether a value is an object or a map of the subject.
pub(super) fn is_ours(value: &dyn Val) -> bool {
    value.downcast_ref::<ObjectVal>().is_some() || value.downcast_ref::<MapVal>().is_some()
}

/// The text of a value, if it is one.
pub(super) fn text<'b>(value: &'b (dyn Val + '_)) -> Option<&'b str> {
    use ::cel::common::types::CelString;
    value.downcast_ref::<CelString>().map(CelString::inner)
}

/// Whether a value is `true`.
pub(super) fn is_true(value: &dyn Val) -> bool {
    use ::cel::common::types::CelBool;
    value.downcast_ref::<CelBool>().is_some_and(|bool| *bool.inner())
}

/// The integer of a value, if it is one.
pub(super) fn int(value: &dyn Val) -> Option<i64> {
    use ::cel::common::types::CelInt;
    value.downcast_ref::<CelInt>().map(|int| *int.inner())
}

/// The unsigned integer of a value, if it is one.
pub(super) fn uint(value: &dyn Val) -> Option<u64> {
    use ::cel::common::types::CelUInt;
    value.downcast_ref::<CelUInt>().map(|uint| *uint.inner())
}

/// The float of a value, if it is one.
pub(super) fn double(value: &dyn Val) -> Option<f64> {
    use ::cel::common::types::CelDouble;
    value.downcast_ref::<CelDouble>().map(|double| *double.inner())
}
