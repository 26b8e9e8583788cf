//! Quantities as Kubernetes' library has them, beside the operators that ours take; and the comparisons
//! that versions share with them.
//!
//! <https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library>

use super::Kind::{Bool, Double, Int, Quantity as Amount, Text, Version as Semver};
use super::arguments::{
    Answer, Arguments, amount, bool, double, int, integer, measure, mismatch, take, text,
};
use super::{Row, amounts, takes, versions};
use crate::cel::values::{self, Measure, Opaque, Outcome, Unit, fault};
use crate::value::Quantity;
use ::cel::common::value::CowVal;
use std::cmp::Ordering;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "isQuantity",
        member: false,
        signatures: &[takes(&[Text], Bool)],
        doc: "whether a text is a quantity",
        example: r#"isQuantity("1.3Gi") && !isQuantity("1.3GB")"#,
        implementation: is_quantity,
    },
    Row {
        name: "sign",
        member: true,
        signatures: &[takes(&[Amount], Int)],
        doc: "-1, 0 or 1: which side of zero a quantity is on",
        example: r#"quantity("-1Gi").sign() == -1"#,
        implementation: sign,
    },
    Row {
        name: "add",
        member: true,
        signatures: &[takes(&[Amount, Amount], Amount), takes(&[Amount, Int], Amount)],
        doc: "the sum of a quantity and another, or a number of its units; `+` does the same",
        example: r#"quantity("1Gi").add(quantity("1Gi")) == quantity("2Gi")"#,
        implementation: add,
    },
    Row {
        name: "sub",
        member: true,
        signatures: &[takes(&[Amount, Amount], Amount), takes(&[Amount, Int], Amount)],
        doc: "the difference of a quantity and another, or a number of its units; `-` does the same",
        example: r#"quantity("50k").sub(20000) == quantity("30k")"#,
        implementation: subtract,
    },
    Row {
        name: "isInteger",
        member: true,
        signatures: &[takes(&[Amount], Bool)],
        doc: "whether a quantity is a whole number of units",
        example: r#"quantity("50000G").isInteger() && !quantity("500m").isInteger()"#,
        implementation: is_integer,
    },
    Row {
        name: "asInteger",
        member: true,
        signatures: &[takes(&[Amount], Int)],
        doc: "the units of a quantity: bytes or cores; an error if they are not whole",
        example: r#"quantity("1Ki").asInteger() == 1024"#,
        implementation: as_integer,
    },
    Row {
        name: "asApproximateFloat",
        member: true,
        signatures: &[takes(&[Amount], Double)],
        doc: "the units of a quantity as a float",
        example: r#"quantity("500m").asApproximateFloat() == 0.5"#,
        implementation: as_float,
    },
    Row {
        name: "compareTo",
        member: true,
        signatures: &[takes(&[Amount, Amount], Int), takes(&[Semver, Semver], Int)],
        doc: "-1, 0 or 1: whether a quantity or a version is smaller than another, equal, or larger",
        example: r#"quantity("1Gi").compareTo(quantity("1024Mi")) == 0 && semver("1.0.0").compareTo(semver("2.0.0")) == -1"#,
        implementation: compare_to,
    },
    Row {
        name: "isLessThan",
        member: true,
        signatures: &[takes(&[Amount, Amount], Bool), takes(&[Semver, Semver], Bool)],
        doc: "whether a quantity or a version is smaller than another; `<` does the same",
        example: r#"quantity("500M").isLessThan(quantity("1G"))"#,
        implementation: is_less,
    },
    Row {
        name: "isGreaterThan",
        member: true,
        signatures: &[takes(&[Amount, Amount], Bool), takes(&[Semver, Semver], Bool)],
        doc: "whether a quantity or a version is larger than another; `>` does the same",
        example: r#"semver("1.10.0").isGreaterThan(semver("1.9.0"))"#,
        implementation: is_greater,
    },
];

fn quantity(value: &CowVal<'_, '_>) -> Outcome<Quantity> {
    match measure(value.as_ref()).map(|measure| measure.unit) {
        Some(Unit::Quantity(quantity)) => Ok(quantity),
        _ => Err(mismatch("quantity", value.as_ref())),
    }
}

fn is_quantity<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    bool(amounts::parse_quantity(text(&value)?).is_ok())
}

fn sign<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    integer(i64::try_from(quantity(&value)?.nanos().signum()).unwrap_or_default())
}

/// A quantity, or a number of units.
fn addend(value: &CowVal<'_, '_>) -> Outcome<Measure> {
    match values::int(value.as_ref()) {
        Some(_) => Ok(Measure::quantity(Quantity::from_units(int(value)?))),
        None => Ok(Measure::quantity(quantity(value)?)),
    }
}

fn add<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    amount(Measure::quantity(quantity(&a)?).plus(&addend(&b)?)?)
}

fn subtract<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    amount(Measure::quantity(quantity(&a)?).minus(&addend(&b)?)?)
}

const NANOS: i128 = 1_000_000_000;

fn whole(value: &CowVal<'_, '_>) -> Outcome<Option<i64>> {
    let nanos = quantity(value)?.nanos();
    Ok(if nanos % NANOS == 0 { i64::try_from(nanos / NANOS).ok() } else { None })
}

fn is_integer<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    bool(whole(&value)?.is_some())
}

fn as_integer<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    integer(whole(&value)?.ok_or_else(|| fault::range("the quantity is no integer of 64 bits"))?)
}

fn as_float<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    double(quantity(&value)?.as_f64())
}

fn order<'b, 'v>(args: Arguments<'b, 'v>) -> Outcome<Ordering> {
    let [a, b] = take(args)?;
    match a.downcast_ref::<Opaque>() {
        Some(_) => versions::order(&a, &b),
        None => Ok(quantity(&a)?.cmp(&quantity(&b)?)),
    }
}

fn compare_to<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    integer(match order(args)? {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    })
}

fn is_less<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    bool(order(args)?.is_lt())
}

fn is_greater<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    bool(order(args)?.is_gt())
}
