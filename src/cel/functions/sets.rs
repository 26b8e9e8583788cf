//! Lists as sets: order and number do not count.

use super::Kind::{Any, Bool, List};
use super::arguments::{Answer, Arguments, bool, elements, take};
use super::operators::contains;
use super::{Row, takes};
use crate::cel::values::Outcome;
use ::cel::common::value::Val;

pub(super) const ROWS: &[Row] = &[
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
