//! Functions over lists, maps and sets.

use super::Kind::{Any, Bool, Bytes, Double, Duration, Int, List, Map, Optional, Quantity, Text};
use super::arguments::{
    Answer, Arguments, amount, bool, count, double, elements, int, integer, list, measure, mismatch, number,
    take,
};
use super::operators::{contains, equals, order};
use super::{Row, takes, texts};
use crate::cel::values::{self, ListVal, MapVal, Measure, Outcome, Unit, fault};
use ::cel::common::types::{CelBytes, CelOptional};
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
    Row {
        name: "first",
        member: true,
        signatures: &[takes(&[List(&Any)], Optional(&Any))],
        doc: "the first element, if there is one",
        example: "[1, 2].first().orValue(0) == 1 && [].first().orValue(0) == 0",
        implementation: first,
    },
    Row {
        name: "last",
        member: true,
        signatures: &[takes(&[List(&Any)], Optional(&Any))],
        doc: "the last element, if there is one",
        example: "[1, 2].last().orValue(0) == 2",
        implementation: last,
    },
    Row {
        name: "distinct",
        member: true,
        signatures: &[takes(&[List(&Any)], List(&Any))],
        doc: "the list without repetitions, in its order",
        example: "[1, 2, 1].distinct() == [1, 2]",
        implementation: distinct,
    },
    Row {
        name: "flatten",
        member: true,
        signatures: &[takes(&[List(&List(&Any))], List(&Any))],
        doc: "the elements of the lists of a list, in one",
        example: "[[1], [2, 3]].flatten() == [1, 2, 3]",
        implementation: flatten,
    },
    Row {
        name: "slice",
        member: true,
        signatures: &[takes(&[List(&Any), Int, Int], List(&Any))],
        doc: "the elements from one index up to another",
        example: "[1, 2, 3].slice(0, 2) == [1, 2]",
        implementation: slice,
    },
    Row {
        name: "sets.contains",
        member: false,
        signatures: &[takes(&[List(&Any), List(&Any)], Bool)],
        doc: "whether the first list has every element of the second",
        example: "sets.contains([1, 2, 3], [3, 1])",
        implementation: set_contains,
    },
    Row {
        name: "sets.intersects",
        member: false,
        signatures: &[takes(&[List(&Any), List(&Any)], Bool)],
        doc: "whether two lists have an element in common",
        example: "sets.intersects([1, 2], [2, 3])",
        implementation: set_intersects,
    },
    Row {
        name: "sets.equivalent",
        member: false,
        signatures: &[takes(&[List(&Any), List(&Any)], Bool)],
        doc: "whether two lists have the same elements, in any order and number",
        example: "sets.equivalent([1, 2, 2], [2, 1])",
        implementation: set_equivalent,
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
    let (mut ints, mut floats, mut measures) = (0i64, 0f64, Measure::of(Unit::Nothing));
    let (mut has_floats, mut has_ints) = (false, false);
    for addend in elements(addends.as_ref())? {
        if let Some(int) = values::int(addend) {
            ints = ints.checked_add(int).ok_or_else(|| fault::wrong("the sum does not fit 64 bits"))?;
            has_ints = true;
        } else if let Some(float) = number(addend) {
            floats += float;
            has_floats = true;
        } else if let Some(measure) = measure(addend) {
            measures = measures.plus(measure).ok_or_else(|| mismatch("amounts of one unit", addend))?;
        } else {
            return Err(mismatch("numbers or amounts", addend));
        }
    }
    match (has_ints, has_floats, measures.unit) {
        (_, true, Unit::Nothing) => double(floats + precise(ints)),
        (true, false, Unit::Nothing) => integer(ints),
        (false, false, _) => amount(measures),
        _ => Err(fault::wrong("numbers and amounts do not add up")),
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

fn optional<'b, 'v>(value: Option<&(dyn Val + 'v)>) -> Answer<'b, 'v> {
    Ok(CowVal::owned(value.map_or_else(CelOptional::none, |value| CelOptional::of(value.clone_as_boxed()))))
}

fn first<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    optional(elements(all.as_ref())?.first().copied())
}

fn last<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    optional(elements(all.as_ref())?.last().copied())
}

fn distinct<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    let mut seen: Vec<&dyn Val> = Vec::new();
    let mut kept = Vec::new();
    for element in elements(all.as_ref())? {
        if !any_equal(&seen, element)? {
            seen.push(element);
            kept.push(element.clone_as_boxed());
        }
    }
    list(kept)
}

fn any_equal(all: &[&dyn Val], wanted: &dyn Val) -> Outcome<bool> {
    for one in all {
        if equals(*one, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn flatten<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    let mut flat = Vec::new();
    for inner in elements(all.as_ref())? {
        flat.extend(elements(inner)?.into_iter().map(Val::clone_as_boxed));
    }
    list(flat)
}

fn slice<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all, from, to] = take(args)?;
    let all = elements(all.as_ref())?;
    let outside = || fault::wrong(format!("a slice reaches outside of a list of {} elements", all.len()));
    let index = |value: &CowVal<'_, '_>| usize::try_from(int(value)?).map_err(|_| outside());
    let part = all.get(index(&from)?..index(&to)?).ok_or_else(outside)?;
    list(part.iter().map(|element| element.clone_as_boxed()).collect())
}

fn every_in(all: &dyn Val, wanted: &dyn Val) -> Outcome<bool> {
    for element in elements(wanted)? {
        if !contains(all, element)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn set_contains<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all, wanted] = take(args)?;
    bool(every_in(all.as_ref(), wanted.as_ref())?)
}

fn set_intersects<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    for element in elements(a.as_ref())? {
        if contains(b.as_ref(), element)? {
            return bool(true);
        }
    }
    bool(false)
}

fn set_equivalent<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    bool(every_in(a.as_ref(), b.as_ref())? && every_in(b.as_ref(), a.as_ref())?)
}
