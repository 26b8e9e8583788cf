//! Functions that turn values of one type into another.

use super::Kind::{
    Any, Bool, Bytes, Cidr, Double, Duration, Dyn, Format, Int, Ip, Quantity, Text, Timestamp, Type, Uint,
    Url, Version,
};
use super::arguments::{
    Answer, Arguments, bool, bytes, double, integer, measure, mismatch, number, string, take, unsigned,
};
use super::{Row, amounts, takes};
use crate::cel::values::{self, Opaque, Outcome, fault};
use ::cel::common::types::{CelBool, CelBytes, CelType};
use ::cel::common::value::CowVal;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "string",
        member: false,
        signatures: &[
            takes(&[Text], Text),
            takes(&[Int], Text),
            takes(&[Uint], Text),
            takes(&[Double], Text),
            takes(&[Bool], Text),
            takes(&[Quantity], Text),
            takes(&[Duration], Text),
            takes(&[Timestamp], Text),
            takes(&[Bytes], Text),
            takes(&[Ip], Text),
            takes(&[Cidr], Text),
            takes(&[Url], Text),
            takes(&[Version], Text),
            takes(&[Format], Text),
        ],
        doc: "the value as a text; quantities and durations as they were written",
        example: r#"string(quantity("2Gi")) == "2Gi" && string(duration("60s") * 2) == "120s""#,
        implementation: to_string,
    },
    Row {
        name: "int",
        member: false,
        signatures: &[
            takes(&[Int], Int),
            takes(&[Uint], Int),
            takes(&[Double], Int),
            takes(&[Text], Int),
            takes(&[Bool], Int),
            takes(&[Timestamp], Int),
        ],
        doc: "the value as an integer; fractions are cut off, times are seconds since 1970",
        example: r#"int("8080") == 8080 && int(1.9) == 1"#,
        implementation: to_int,
    },
    Row {
        name: "uint",
        member: false,
        signatures: &[
            takes(&[Uint], Uint),
            takes(&[Int], Uint),
            takes(&[Double], Uint),
            takes(&[Text], Uint),
        ],
        doc: "the value as an integer without a sign; an error if it is negative",
        example: r#"uint("8080") == 8080u && uint(1.9) == 1u"#,
        implementation: to_uint,
    },
    Row {
        name: "bytes",
        member: false,
        signatures: &[takes(&[Text], Bytes), takes(&[Bytes], Bytes)],
        doc: "a text as the bytes of its UTF-8",
        example: r#"bytes("añ").size() == 3"#,
        implementation: to_bytes,
    },
    Row {
        name: "double",
        member: false,
        signatures: &[
            takes(&[Double], Double),
            takes(&[Int], Double),
            takes(&[Uint], Double),
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
    if let Some(float) = values::double(value.as_ref()) {
        let text = float_text(float);
        // Whole floats keep their point: a multiplier of `1.0` is written so in code and settings.
        let whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        return string(if whole { format!("{text}.0") } else { text });
    }
    let value = value.as_ref();
    let format =
        value.downcast_ref::<Opaque>().is_some() || value.downcast_ref::<values::Timestamp>().is_some();
    let plain =
        number(value).is_some() || measure(value).is_some() || value.downcast_ref::<CelBool>().is_some();
    if plain || format { string(values::written_value(value)) } else { Err(mismatch("a plain value", value)) }
}

/// A float as the language writes it: whole ones without a point, large and small ones with an exponent.
pub(super) fn float_text(float: f64) -> String {
    let size = float.abs();
    if float.is_nan() {
        "NaN".to_owned()
    } else if float.is_infinite() {
        if float > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() }
    } else if size != 0.0 && !(1e-4..1e21).contains(&size) {
        let text = format!("{float:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, power) = exponent.strip_prefix('-').map_or(('+', exponent), |power| ('-', power));
        format!("{digits}e{sign}{power:0>2}")
    } else {
        format!("{float}")
    }
}

/// Floats below this, and above its negative, have an integer of 64 bits.
const INT_END: f64 = 9_223_372_036_854_775_808.0;
/// The same for integers without a sign.
const UINT_END: f64 = 18_446_744_073_709_551_616.0;

#[allow(clippy::cast_possible_truncation)]
fn to_int<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if values::int(value.as_ref()).is_some() {
        return Ok(value);
    }
    if let Some(uint) = values::uint(value.as_ref()) {
        return integer(i64::try_from(uint).map_err(|_| fault::overflow())?);
    }
    if let Some(float) = values::double(value.as_ref()) {
        return if float > -INT_END && float < INT_END {
            integer(float.trunc() as i64)
        } else {
            Err(fault::overflow())
        };
    }
    if let Some(bool) = value.downcast_ref::<CelBool>() {
        return integer(i64::from(*bool.inner()));
    }
    if let Some(time) = value.downcast_ref::<values::Timestamp>() {
        return integer(time.unix_seconds());
    }
    let text = values::text(value.as_ref()).ok_or_else(|| mismatch("a number or a text", value.as_ref()))?;
    integer(read(text, "no integer")?)
}

/// Reads a number; one that is too large is told apart from what is none.
fn read<T: std::str::FromStr<Err = std::num::ParseIntError>>(text: &str, otherwise: &str) -> Outcome<T> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    text.parse().map_err(|error: std::num::ParseIntError| match error.kind() {
        PosOverflow | NegOverflow => fault::overflow(),
        _ => fault::wrong(format!("{text:?} is {otherwise}")),
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn to_uint<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if values::uint(value.as_ref()).is_some() {
        return Ok(value);
    }
    if let Some(int) = values::int(value.as_ref()) {
        let negative = || fault::range(format!("{int} is negative, and no uint"));
        return unsigned(u64::try_from(int).map_err(|_| negative())?);
    }
    if let Some(float) = values::double(value.as_ref()) {
        return if (0.0..UINT_END).contains(&float) {
            unsigned(float.trunc() as u64)
        } else {
            Err(fault::range("the number does not fit 64 bits without a sign"))
        };
    }
    let text = values::text(value.as_ref()).ok_or_else(|| mismatch("a number or a text", value.as_ref()))?;
    unsigned(read(text, "no integer without a sign")?)
}

fn to_bytes<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    match values::text(value.as_ref()) {
        Some(text) => bytes(text.as_bytes().to_vec()),
        None if value.downcast_ref::<CelBytes>().is_some() => Ok(value),
        None => Err(mismatch("a text", value.as_ref())),
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
    match text.parse::<f64>() {
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
