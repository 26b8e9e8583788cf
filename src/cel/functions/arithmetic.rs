//! Arithmetic, as functions of ours: operands may carry units, and an integer and a float may meet.

use super::arguments::{Answer, Arguments, amount, double, list, measure, number, string, take, time};
use super::collections::charge_copy;
use super::operators::is_list;
use crate::cel::values::{self, Measure, Timestamp, Unit, fault};
use crate::value::Duration;
use ::cel::common::value::{CowVal, Val};

fn unlike(symbol: &str, a: &dyn Val, b: &dyn Val) -> ::cel::ExecutionError {
    fault::mismatch(format!("`{symbol}` does not take {} and {}", fault::kind(a), fault::kind(b)))
}

pub(super) fn add<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    if let (Some(a), Some(b)) = (values::text(a.as_ref()), values::text(b.as_ref())) {
        return string([a, b].concat());
    }
    if let (Some(x), Some(y)) = (measure(a.as_ref()), measure(b.as_ref())) {
        return amount(x.plus(y)?);
    }
    if let Some((time, duration)) =
        time_and_duration(a.as_ref(), b.as_ref()).or_else(|| time_and_duration(b.as_ref(), a.as_ref()))
    {
        return self::time(time.plus(duration)?);
    }
    let lists = is_list(a.as_ref()) && is_list(b.as_ref());
    if let (true, Some(x), Some(y)) = (lists, a.as_iterable(), b.as_iterable()) {
        let mut all = Vec::new();
        for part in [x, y] {
            let mut elements = part.iter();
            while let Some(element) = elements.next() {
                charge_copy(element)?;
                all.push(element.clone_as_boxed());
            }
        }
        return list(all);
    }
    if let Some(sum) = a.as_adder().and_then(|adder| adder.add(b.as_ref()).map(CowVal::into_owned).ok()) {
        return Ok(CowVal::Owned(sum));
    }
    Err(overflow_or_unlike("+", a.as_ref(), b.as_ref()))
}

fn time_and_duration(a: &dyn Val, b: &dyn Val) -> Option<(Timestamp, Duration)> {
    match (a.downcast_ref::<Timestamp>(), measure(b).map(|measure| measure.unit)) {
        (Some(time), Some(Unit::Duration(duration))) => Some((*time, duration)),
        _ => None,
    }
}

fn overflow_or_unlike(symbol: &str, a: &dyn Val, b: &dyn Val) -> ::cel::ExecutionError {
    let divides = symbol == "/" || symbol == "%";
    match (values::int(a), values::int(b), values::uint(a), values::uint(b)) {
        (Some(_), Some(0), ..) | (.., Some(_), Some(0)) if divides => fault::zero(),
        (Some(_), Some(_), ..) | (.., Some(_), Some(_)) => fault::overflow(),
        _ => unlike(symbol, a, b),
    }
}

pub(super) fn subtract<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    if let (Some(x), Some(y)) = (measure(a.as_ref()), measure(b.as_ref())) {
        return amount(x.minus(y)?);
    }
    if let Some((time, duration)) = time_and_duration(a.as_ref(), b.as_ref()) {
        return self::time(time.minus(duration)?);
    }
    if let (Some(later), Some(earlier)) = (a.downcast_ref::<Timestamp>(), b.downcast_ref::<Timestamp>()) {
        return amount(Measure::duration(later.since(*earlier)?));
    }
    let difference = a.as_subtractor().and_then(|x| x.sub(b.as_ref()).map(CowVal::into_owned).ok());
    difference.map(CowVal::Owned).ok_or_else(|| overflow_or_unlike("-", a.as_ref(), b.as_ref()))
}

pub(super) fn multiply<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    match (measure(a.as_ref()), number(b.as_ref()), measure(b.as_ref()), number(a.as_ref())) {
        (Some(measure), Some(ratio), ..) | (_, _, Some(measure), Some(ratio)) => {
            return amount(measure.times(ratio)?);
        }
        _ => {}
    }
    if let Some((x, y)) = mixed(a.as_ref(), b.as_ref()) {
        return double(x * y);
    }
    let product = a.as_multiplier().and_then(|x| x.mul(b.as_ref()).map(CowVal::into_owned).ok());
    product.map(CowVal::Owned).ok_or_else(|| overflow_or_unlike("*", a.as_ref(), b.as_ref()))
}

/// An integer and a float, as floats: a ratio that is written `1` is a ratio all the same.
fn mixed(a: &dyn Val, b: &dyn Val) -> Option<(f64, f64)> {
    match (values::int(a), values::double(b), values::double(a), values::int(b)) {
        (Some(_), Some(_), ..) | (.., Some(_), Some(_)) => number(a).zip(number(b)),
        _ => None,
    }
}

pub(super) fn divide<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    if let (Some(x), Some(y)) = (measure(a.as_ref()), measure(b.as_ref())) {
        let alike = matches!(
            (x.unit, y.unit),
            (Unit::Quantity(_), Unit::Quantity(_)) | (Unit::Duration(_), Unit::Duration(_))
        );
        if !alike {
            return Err(unlike("/", a.as_ref(), b.as_ref()));
        }
        return match y.as_f64() {
            0.0 => Err(fault::zero()),
            divisor => double(x.as_f64() / divisor),
        };
    }
    if let (Some(x), Some(divisor)) = (measure(a.as_ref()), number(b.as_ref())) {
        return match divisor {
            0.0 => Err(fault::zero()),
            divisor => amount(x.times(1.0 / divisor)?),
        };
    }
    if let Some((x, y)) = mixed(a.as_ref(), b.as_ref()) {
        return double(x / y);
    }
    let quotient = a.as_divider().and_then(|x| x.div(b.as_ref()).map(CowVal::into_owned).ok());
    quotient.map(CowVal::Owned).ok_or_else(|| overflow_or_unlike("/", a.as_ref(), b.as_ref()))
}

pub(super) fn modulo<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    let rest = a.as_modder().and_then(|x| x.modulo(b.as_ref()).map(CowVal::into_owned).ok());
    rest.map(CowVal::Owned).ok_or_else(|| overflow_or_unlike("%", a.as_ref(), b.as_ref()))
}

pub(super) fn negate<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a] = take(args)?;
    if let Some(measure) = measure(a.as_ref()) {
        return amount(measure.times(-1.0)?);
    }
    let negated = a.as_negator().and_then(|x| x.negate().ok());
    negated.map(CowVal::Owned).ok_or_else(|| match values::int(a.as_ref()) {
        Some(_) => fault::overflow(),
        None => fault::mismatch(format!("`-` does not take {}", fault::kind(a.as_ref()))),
    })
}
