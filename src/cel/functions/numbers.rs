//! Functions over numbers.

use super::Kind::{Any, Bool, Double, Duration, Int, List, Quantity, Uint};
use super::arguments::{
    Answer, Arguments, amount, bool, double, elements, integer, measure, mismatch, number, take, unsigned,
};
use super::lists::best;
use super::{Row, takes};
use crate::cel::values::{self, Outcome, Pending, fault};
use ::cel::common::value::Val;
use std::cmp::Ordering;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "math.least",
        member: false,
        signatures: &[
            takes(&[List(&Any)], Any),
            takes(&[Any], Any),
            takes(&[Any, Any], Any),
            takes(&[Any, Any, Any], Any),
            takes(&[Any, Any, Any, Any], Any),
            takes(&[Any, Any, Any, Any, Any], Any),
            takes(&[Any, Any, Any, Any, Any, Any], Any),
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
            takes(&[Any], Any),
            takes(&[Any, Any], Any),
            takes(&[Any, Any, Any], Any),
            takes(&[Any, Any, Any, Any], Any),
            takes(&[Any, Any, Any, Any, Any], Any),
            takes(&[Any, Any, Any, Any, Any, Any], Any),
        ],
        doc: "the largest of some numbers or amounts, or of a list of them",
        example: r#"math.greatest(quantity("1Gi"), quantity("512Mi")) == quantity("1Gi")"#,
        implementation: greatest,
    },
    Row {
        name: "math.abs",
        member: false,
        signatures: &[
            takes(&[Int], Int),
            takes(&[Uint], Uint),
            takes(&[Double], Double),
            takes(&[Quantity], Quantity),
            takes(&[Duration], Duration),
        ],
        doc: "the number or the amount without its sign",
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
    Row {
        name: "math.trunc",
        member: false,
        signatures: &[takes(&[Double], Double)],
        doc: "the number without its fraction",
        example: "math.trunc(-1.8) == -1.0",
        implementation: trunc,
    },
    Row {
        name: "math.sign",
        member: false,
        signatures: &[takes(&[Int], Int), takes(&[Uint], Uint), takes(&[Double], Double)],
        doc: "-1, 0 or 1: which side of zero a number is on",
        example: "math.sign(-42) == -1 && math.sign(0.0) == 0.0",
        implementation: sign,
    },
    Row {
        name: "math.sqrt",
        member: false,
        signatures: &[takes(&[Int], Double), takes(&[Uint], Double), takes(&[Double], Double)],
        doc: "the square root; NaN of a negative number",
        example: "math.sqrt(81) == 9.0",
        implementation: sqrt,
    },
    Row {
        name: "math.isNaN",
        member: false,
        signatures: &[takes(&[Double], Bool)],
        doc: "whether a float is not a number",
        example: "math.isNaN(0.0 / 0.0)",
        implementation: is_nan,
    },
    Row {
        name: "math.isInf",
        member: false,
        signatures: &[takes(&[Double], Bool)],
        doc: "whether a float is infinite",
        example: "math.isInf(1.0 / 0.0)",
        implementation: is_inf,
    },
    Row {
        name: "math.isFinite",
        member: false,
        signatures: &[takes(&[Double], Bool)],
        doc: "whether a float is neither infinite nor no number",
        example: "math.isFinite(1.2)",
        implementation: is_finite,
    },
];

fn extreme<'b, 'v>(args: Arguments<'b, 'v>, better: Ordering) -> Answer<'b, 'v> {
    for arg in &args {
        Pending::check(arg.as_ref())?;
    }
    let candidates: Vec<&(dyn Val + 'v)> = match args.as_slice() {
        [one] if one.as_iterable().is_some() => elements(one.as_ref())?,
        several => several.iter().map(AsRef::as_ref).collect(),
    };
    let has_size = |value: &&&(dyn Val + 'v)| number(**value).is_none() && measure(**value).is_none();
    if let Some(other) = candidates.iter().find(has_size) {
        return Err(mismatch("numbers or amounts", *other));
    }
    best(candidates, better)
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
        return integer(int.checked_abs().ok_or_else(fault::overflow)?);
    }
    if values::uint(value.as_ref()).is_some() {
        return Ok(value);
    }
    if let Some(measure) = measure(value.as_ref()) {
        return amount(if measure.as_f64() < 0.0 { measure.times(-1.0)? } else { measure.clone() });
    }
    rounded(value.as_ref(), f64::abs)
}

fn float(value: &dyn Val) -> Outcome<f64> {
    values::double(value).ok_or_else(|| mismatch("double", value))
}

fn rounded<'b, 'v>(value: &dyn Val, how: fn(f64) -> f64) -> Answer<'b, 'v> {
    double(how(float(value)?))
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

fn trunc<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    rounded(value.as_ref(), f64::trunc)
}

fn sign<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if let Some(int) = values::int(value.as_ref()) {
        return integer(int.signum());
    }
    if let Some(uint) = values::uint(value.as_ref()) {
        return unsigned(uint.min(1));
    }
    // The sign of a float is 1 for zero too, which is no number's side.
    rounded(value.as_ref(), |float| if float == 0.0 { 0.0 } else { float.signum() })
}

fn sqrt<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    double(number(value.as_ref()).ok_or_else(|| mismatch("a number", value.as_ref()))?.sqrt())
}

fn is_nan<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    bool(float(value.as_ref())?.is_nan())
}

fn is_inf<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    bool(float(value.as_ref())?.is_infinite())
}

fn is_finite<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    bool(float(value.as_ref())?.is_finite())
}
