//! Taking arguments apart.

use crate::cel::limits;
use crate::cel::values::{self, Measure, Opaque, Outcome, Pending, Timestamp, fault, work};
use ::cel::common::types::{CelBool, CelBytes, CelDouble, CelInt, CelList, CelOptional, CelString, CelUInt};
use ::cel::common::value::{CowVal, Val};

/// The arguments of a call, as the engine hands them over.
pub(super) type Arguments<'b, 'v> = Vec<CowVal<'b, 'v>>;

/// What a call comes to.
pub(super) type Answer<'b, 'v> = Outcome<CowVal<'b, 'v>>;

/// The arguments as an array. An unknown one is the outcome of the call.
pub(super) fn take<'b, 'v, const N: usize>(args: Arguments<'b, 'v>) -> Outcome<[CowVal<'b, 'v>; N]> {
    work::charge(0)?;
    for arg in &args {
        Pending::check(arg.as_ref())?;
    }
    args.try_into().map_err(|_| fault::mismatch("a function was called with too few or too many arguments"))
}

/// The text of an argument.
pub(super) fn text<'a>(value: &'a CowVal<'_, '_>) -> Outcome<&'a str> {
    values::text(value.as_ref()).ok_or_else(|| mismatch("string", value.as_ref()))
}

/// The texts of a list.
pub(super) fn texts<'a>(value: &'a CowVal<'_, '_>) -> Outcome<Vec<&'a str>> {
    let all = elements(value.as_ref())?.into_iter();
    all.map(|one| values::text(one).ok_or_else(|| mismatch("string", one))).collect()
}

/// The integer of an argument.
pub(super) fn int(value: &CowVal<'_, '_>) -> Outcome<i64> {
    values::int(value.as_ref()).ok_or_else(|| mismatch("int", value.as_ref()))
}

/// A number as a float.
#[allow(clippy::cast_precision_loss)]
pub(super) fn number(value: &dyn Val) -> Option<f64> {
    values::int(value)
        .map(|int| int as f64)
        .or_else(|| values::uint(value).map(|uint| uint as f64))
        .or_else(|| values::double(value))
}

/// An amount with a unit.
pub(super) fn measure<'a>(value: &'a (dyn Val + '_)) -> Option<&'a Measure> {
    value.downcast_ref::<Measure>()
}

/// The error of an argument of a wrong type.
pub(super) fn mismatch(wanted: &str, found: &dyn Val) -> ::cel::ExecutionError {
    fault::mismatch(format!("expected {wanted}, found {}", fault::kind(found)))
}

/// The elements of a list. An unknown one is an error.
pub(super) fn elements<'a, 'v>(value: &'a (dyn Val + 'v)) -> Outcome<Vec<&'a (dyn Val + 'v)>> {
    let iterable = value.as_iterable().ok_or_else(|| mismatch("list", value))?;
    let mut elements = Vec::new();
    let mut iterator = iterable.iter();
    while let Some(element) = iterator.next() {
        Pending::check(element)?;
        elements.push(element);
    }
    work::charge(elements.len())?;
    Ok(elements)
}

pub(super) fn bool<'b, 'v>(value: bool) -> Answer<'b, 'v> {
    Ok(CowVal::owned(CelBool::from(value)))
}

pub(super) fn integer<'b, 'v>(value: i64) -> Answer<'b, 'v> {
    Ok(CowVal::owned(CelInt::from(value)))
}

/// A count as an integer.
pub(super) fn count<'b, 'v>(value: usize) -> Answer<'b, 'v> {
    integer(i64::try_from(value).unwrap_or(i64::MAX))
}

pub(super) fn double<'b, 'v>(value: f64) -> Answer<'b, 'v> {
    Ok(CowVal::owned(CelDouble::from(value)))
}

pub(super) fn unsigned<'b, 'v>(value: u64) -> Answer<'b, 'v> {
    Ok(CowVal::owned(CelUInt::from(value)))
}

pub(super) fn bytes<'b, 'v>(value: Vec<u8>) -> Answer<'b, 'v> {
    Ok(CowVal::owned(CelBytes::from(value)))
}

/// A value that may be absent.
pub(super) fn optional<'b, 'v>(value: Option<Box<dyn Val + 'v>>) -> Answer<'b, 'v> {
    Ok(CowVal::owned(value.map_or_else(CelOptional::none, CelOptional::of)))
}

pub(super) fn opaque<'b, 'v>(value: Opaque) -> Answer<'b, 'v> {
    Ok(CowVal::owned(value))
}

pub(super) fn time<'b, 'v>(value: Timestamp) -> Answer<'b, 'v> {
    Ok(CowVal::owned(value))
}

/// A text as a value.
pub(super) fn boxed<'v>(text: &str) -> Box<dyn Val + 'v> {
    Box::new(CelString::from(text.to_owned()))
}

/// A text, unless it is too long to be of use.
pub(super) fn string<'b, 'v>(value: String) -> Answer<'b, 'v> {
    if value.len() > limits::TEXT {
        return Err(fault::limit(
            limits::code::TEXT,
            format!("a text is longer than {} KiB", limits::TEXT / 1024),
        ));
    }
    work::charge(value.len() / 16)?;
    Ok(CowVal::owned(CelString::from(value)))
}

/// A list, unless it is too long to be of use.
pub(super) fn list<'b, 'v>(elements: Vec<Box<dyn Val + 'v>>) -> Answer<'b, 'v> {
    if elements.len() > limits::STEPS {
        return Err(fault::limit(
            limits::code::STEPS,
            format!("a list has more than {} elements", limits::STEPS),
        ));
    }
    work::charge(elements.len())?;
    Ok(CowVal::owned(CelList::from(elements)))
}

pub(super) fn amount<'b, 'v>(value: Measure) -> Answer<'b, 'v> {
    Ok(CowVal::owned(value))
}
