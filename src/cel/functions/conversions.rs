//! Functions that turn values of one type into another.

use super::Kind::{Any, Bool, Bytes, Double, Duration, Dyn, Int, Quantity, Text, Type};
use super::arguments::{Answer, Arguments, bool, double, integer, measure, mismatch, number, string, take};
use super::{Row, amounts, takes};
use crate::cel::values::{self, fault, written_value};
use ::cel::common::types::{CelBool, CelBytes, CelDouble, CelType};
use ::cel::common::value::CowVal;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "string",
        member: false,
        signatures: &[
            takes(&[Text], Text),
            takes(&[Int], Text),
            takes(&[Double], Text),
            takes(&[Bool], Text),
            takes(&[Quantity], Text),
            takes(&[Duration], Text),
            takes(&[Bytes], Text),
        ],
        doc: "the value as a text; quantities and durations as they were written",
        example: r#"string(quantity("2Gi")) == "2Gi" && string(duration("60s") * 2) == "120s""#,
        implementation: to_string,
    },
    Row {
        name: "int",
        member: false,
        signatures: &[takes(&[Int], Int), takes(&[Double], Int), takes(&[Text], Int), takes(&[Bool], Int)],
        doc: "the value as an integer; fractions are cut off",
        example: r#"int("8080") == 8080 && int(1.9) == 1"#,
        implementation: to_int,
    },
    Row {
        name: "double",
        member: false,
        signatures: &[
            takes(&[Double], Double),
            takes(&[Int], Double),
            takes(&[Text], Double),
            takes(&[Quantity], Double),
            takes(&[Duration], Double),
        ],
        doc: "the value as a float: quantities in bytes or cores, durations in seconds",
        example: r#"double(duration("1500ms")) == 1.5 && double(quantity("1Ki")) == 1024.0"#,
        implementation: to_double,
    },
    Row {
        name: "bool",
        member: false,
        signatures: &[takes(&[Bool], Bool), takes(&[Text], Bool)],
        doc: "the value of `true` or `false`",
        example: r#"bool("true")"#,
        implementation: to_bool,
    },
    Row {
        name: "type",
        member: false,
        signatures: &[takes(&[Dyn], Type)],
        doc: "the type of a value",
        example: r#"type(1) == int && type("a") == string"#,
        implementation: type_of,
    },
    Row {
        name: "dyn",
        member: false,
        signatures: &[takes(&[Any], Dyn)],
        doc: "the value itself, without static type checks",
        example: "dyn(1) == 1.0",
        implementation: to_dyn,
    },
];

fn to_string<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if values::text(value.as_ref()).is_some() {
        return Ok(value);
    }
    if let Some(bytes) = value.downcast_ref::<CelBytes>() {
        let text = std::str::from_utf8(bytes.inner()).map_err(|_| fault::wrong("the bytes are no text"))?;
        return string(text.to_owned());
    }
    let plain = number(value.as_ref()).is_some()
        || measure(value.as_ref()).is_some()
        || value.downcast_ref::<CelBool>().is_some();
    if plain { string(written_value(value.as_ref())) } else { Err(mismatch("a plain value", value.as_ref())) }
}

#[allow(clippy::cast_possible_truncation)]
fn to_int<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if values::int(value.as_ref()).is_some() {
        return Ok(value);
    }
    if let Some(float) = value.downcast_ref::<CelDouble>().map(|double| *double.inner()) {
        // Beyond this floats hold no fractions and casting would saturate.
        if float.is_finite() && float.abs() < 9.2e18 {
            return integer(float.trunc() as i64);
        }
        return Err(fault::wrong("the number does not fit 64 bits"));
    }
    if let Some(bool) = value.downcast_ref::<CelBool>() {
        return integer(i64::from(*bool.inner()));
    }
    let text = values::text(value.as_ref()).ok_or_else(|| mismatch("a number or a text", value.as_ref()))?;
    match text.trim().parse() {
        Ok(int) => integer(int),
        Err(_) => Err(fault::wrong(format!("{text:?} is no integer"))),
    }
}

fn to_double<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if let Some(number) = number(value.as_ref()) {
        return double(number);
    }
    if let Some(measure) = measure(value.as_ref()) {
        return amounts::as_double(measure);
    }
    let text = values::text(value.as_ref()).ok_or_else(|| mismatch("a number or a text", value.as_ref()))?;
    match text.trim().parse::<f64>() {
        Ok(number) => double(number),
        Err(_) => Err(fault::wrong(format!("{text:?} is no number"))),
    }
}

fn to_bool<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    match values::text(value.as_ref()) {
        Some("true" | "True" | "TRUE" | "t" | "1") => bool(true),
        Some("false" | "False" | "FALSE" | "f" | "0") => bool(false),
        Some(text) => Err(fault::wrong(format!("{text:?} is neither true nor false"))),
        None if value.downcast_ref::<CelBool>().is_some() => Ok(value),
        None => Err(mismatch("a text", value.as_ref())),
    }
}

fn type_of<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    let kind = CelType::from(value.get_type());
    Ok(CowVal::owned(kind))
}

fn to_dyn<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    Ok(value)
}
