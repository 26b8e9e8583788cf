//! Functions over numbers.

use super::Kind::{Any, Double, Int, List};
use super::arguments::{
    Answer, Arguments, amount, double, elements, integer, measure, mismatch, number, take,
};
use super::lists::best;
use super::{Row, takes};
use crate::cel::values::{self, Pending, fault};
use std::cmp::Ordering;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "math.least",
        member: false,
        signatures: &[
            takes(&[List(&Any)], Any),
            takes(&[Any, Any], Any),
            takes(&[Any, Any, Any], Any),
            takes(&[Any, Any, Any, Any], Any),
        ],
        doc: "the smallest of some numbers or amounts, or of a list of them",
        example: r#"math.least(3, 1, 2) == 1 && math.least([duration("1m"), duration("30s")]) == duration("30s")"#,
        implementation: least,
    },
    Row {
        name: "math.greatest",
        member: false,
        signatures: &[
            takes(&[List(&Any)], Any),
            takes(&[Any, Any], Any),
            takes(&[Any, Any, Any], Any),
            takes(&[Any, Any, Any, Any], Any),
        ],
        doc: "the largest of some numbers or amounts, or of a list of them",
        example: r#"math.greatest(quantity("1Gi"), quantity("512Mi")) == quantity("1Gi")"#,
        implementation: greatest,
    },
    Row {
        name: "math.abs",
        member: false,
        signatures: &[takes(&[Int], Int), takes(&[Double], Double)],
        doc: "the number without its sign",
        example: "math.abs(-2) == 2",
        implementation: absolute,
    },
    Row {
        name: "math.ceil",
        member: false,
        signatures: &[takes(&[Double], Double)],
        doc: "the next whole number that is not smaller",
        example: "math.ceil(1.2) == 2.0",
        implementation: ceil,
    },
    Row {
        name: "math.floor",
        member: false,
        signatures: &[takes(&[Double], Double)],
        doc: "the next whole number that is not larger",
        example: "math.floor(1.8) == 1.0",
        implementation: floor,
    },
    Row {
        name: "math.round",
        member: false,
        signatures: &[takes(&[Double], Double)],
        doc: "the nearest whole number",
        example: "math.round(1.5) == 2.0",
        implementation: round,
    },
];

fn extreme<'b, 'v>(args: Arguments<'b, 'v>, better: Ordering) -> Answer<'b, 'v> {
    for arg in &args {
        Pending::check(arg.as_ref())?;
    }
    match args.as_slice() {
        [one] if one.as_iterable().is_some() => best(elements(one.as_ref())?, better),
        several => best(several.iter().map(AsRef::as_ref).collect(), better),
    }
}

fn least<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    extreme(args, Ordering::Less)
}

fn greatest<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    extreme(args, Ordering::Greater)
}

fn absolute<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if let Some(int) = values::int(value.as_ref()) {
        return integer(int.checked_abs().ok_or_else(|| fault::wrong("the number does not fit 64 bits"))?);
    }
    if let Some(measure) = measure(value.as_ref()) {
        return amount(if measure.as_f64() < 0.0 { measure.times(-1.0)? } else { measure.clone() });
    }
    rounded(value.as_ref(), f64::abs)
}

fn rounded<'b, 'v>(value: &dyn ::cel::common::value::Val, how: fn(f64) -> f64) -> Answer<'b, 'v> {
    double(how(number(value).ok_or_else(|| mismatch("a number", value))?))
}

fn ceil<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    rounded(value.as_ref(), f64::ceil)
}

fn floor<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    rounded(value.as_ref(), f64::floor)
}

fn round<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    rounded(value.as_ref(), f64::round)
}
