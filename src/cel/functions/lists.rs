//! Functions that make one value of a list or a map.

use super::Kind::{Any, Bytes, Double, Duration, Int, List, Map, Quantity, Text, Uint};
use super::arguments::{
    Answer, Arguments, amount, count, double, elements, integer, measure, mismatch, number, take, unsigned,
};
use super::operators::order;
use super::{Row, takes, texts};
use crate::cel::values::{self, ListVal, MapVal, Measure, Unit, fault};
use ::cel::common::types::CelBytes;
use ::cel::common::value::{CowVal, Val};
use std::cmp::Ordering;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "size",
        member: false,
        signatures: &[
            takes(&[List(&Any)], Int),
            takes(&[Map(&Any)], Int),
            takes(&[Text], Int),
            takes(&[Bytes], Int),
        ],
        doc: "how many elements, entries, characters or bytes there are",
        example: r#"size([1, 2]) == 2 && size("añb") == 3"#,
        implementation: size,
    },
    Row {
        name: "size",
        member: true,
        signatures: &[
            takes(&[List(&Any)], Int),
            takes(&[Map(&Any)], Int),
            takes(&[Text], Int),
            takes(&[Bytes], Int),
        ],
        doc: "how many elements, entries, characters or bytes there are",
        example: r#"{"a": 1}.size() == 1"#,
        implementation: size,
    },
    Row {
        name: "sum",
        member: true,
        signatures: &[
            takes(&[List(&Int)], Int),
            takes(&[List(&Uint)], Uint),
            takes(&[List(&Double)], Double),
            takes(&[List(&Duration)], Duration),
            takes(&[List(&Quantity)], Quantity),
        ],
        doc: "the sum of numbers or amounts; the sum of none is 0 in any unit",
        example: r#"[duration("1m"), duration("30s")].sum() == duration("90s")"#,
        implementation: sum,
    },
    Row {
        name: "min",
        member: true,
        signatures: &[takes(&[List(&Any)], Any)],
        doc: "the smallest element; an error if there is none",
        example: "[3, 1, 2].min() == 1",
        implementation: min,
    },
    Row {
        name: "max",
        member: true,
        signatures: &[takes(&[List(&Any)], Any)],
        doc: "the largest element; an error if there is none",
        example: r#"[quantity("1Gi"), quantity("512Mi")].max() == quantity("1Gi")"#,
        implementation: max,
    },
];

fn size<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if let Some(text) = values::text(value.as_ref()) {
        return texts::size(text);
    }
    if let Some(list) = value.downcast_ref::<ListVal>() {
        return count(list.size()?);
    }
    if let Some(map) = value.downcast_ref::<MapVal>() {
        return count(map.size()?);
    }
    if let Some(bytes) = value.downcast_ref::<CelBytes>() {
        return count(bytes.inner().len());
    }
    match value.as_sizer() {
        Some(sizer) => integer(*sizer.size().inner()),
        None => Err(mismatch("a list, a map or a text", value.as_ref())),
    }
}

fn sum<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [addends] = take(args)?;
    let (mut ints, mut uints, mut floats) = (0i64, 0u64, 0f64);
    let mut measures = Measure::of(Unit::Nothing);
    let (mut has_ints, mut has_uints, mut has_floats) = (false, false, false);
    let too_large = || fault::range("the sum does not fit 64 bits");
    for addend in elements(addends.as_ref())? {
        if let Some(int) = values::int(addend) {
            ints = ints.checked_add(int).ok_or_else(too_large)?;
            has_ints = true;
        } else if let Some(uint) = values::uint(addend) {
            uints = uints.checked_add(uint).ok_or_else(too_large)?;
            has_uints = true;
        } else if let Some(float) = number(addend) {
            floats += float;
            has_floats = true;
        } else if let Some(measure) = measure(addend) {
            measures = measures.plus(measure)?;
        } else {
            return Err(mismatch("numbers or amounts", addend));
        }
    }
    match (has_ints, has_uints, has_floats, measures.unit) {
        (_, false, true, Unit::Nothing) => double(floats + precise(ints)),
        (true, false, false, Unit::Nothing) => integer(ints),
        (false, true, false, Unit::Nothing) => unsigned(uints),
        (false, false, false, _) => amount(measures),
        _ => Err(fault::mismatch("only numbers of one type, or amounts, add up")),
    }
}

#[allow(clippy::cast_precision_loss)]
fn precise(int: i64) -> f64 {
    int as f64
}

fn extreme<'b, 'v>(args: Arguments<'b, 'v>, better: Ordering) -> Answer<'b, 'v> {
    let [candidates] = take(args)?;
    best(elements(candidates.as_ref())?, better)
}

/// The element that compares best with all others.
pub(super) fn best<'b, 'v>(candidates: Vec<&(dyn Val + 'v)>, better: Ordering) -> Answer<'b, 'v> {
    let mut all = candidates.into_iter();
    let mut chosen =
        all.next().ok_or_else(|| fault::wrong("an empty list has no smallest or largest element"))?;
    for candidate in all {
        if order(candidate, chosen)? == better {
            chosen = candidate;
        }
    }
    Ok(CowVal::Owned(chosen.clone_as_boxed()))
}

fn min<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    extreme(args, Ordering::Less)
}

fn max<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    extreme(args, Ordering::Greater)
}
