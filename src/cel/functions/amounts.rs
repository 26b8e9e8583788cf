//! Functions that make quantities and durations and take them apart.

use super::Kind::{Duration, Int, Quantity, Text};
use super::arguments::{Answer, Arguments, amount, double, measure, mismatch, take};
use super::{Row, takes};
use crate::cel::values::{self, Measure, Unit, fault};
use crate::value::{DurationError, QuantityError};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "quantity",
        member: false,
        signatures: &[takes(&[Text], Quantity), takes(&[Int], Quantity), takes(&[Quantity], Quantity)],
        doc: "bytes or cores, from Kubernetes' notation or a plain number",
        example: r#"quantity("2Gi") > quantity("512Mi") && quantity("500m") + quantity("0.5") == quantity(1)"#,
        implementation: quantity,
    },
    Row {
        name: "duration",
        member: false,
        signatures: &[takes(&[Text], Duration), takes(&[Duration], Duration)],
        doc: "a span of time: numbers with `ms s m h d`",
        example: r#"duration("1m30s") == duration("90s")"#,
        implementation: duration,
    },
];

/// Reads a quantity; the error says what is wrong with the text.
pub(in crate::cel) fn parse_quantity(text: &str) -> Result<crate::value::Quantity, String> {
    crate::value::Quantity::parse(text).map_err(|error| match error {
        QuantityError::NoNumber => format!("`{text}` is no quantity: it begins with no number"),
        QuantityError::UnknownSuffix => {
            format!("`{text}` is no quantity: the suffixes are n u m k M G T P E and Ki Mi Gi Ti Pi Ei")
        }
        QuantityError::TooLarge => format!("`{text}` is too large for a quantity"),
    })
}

/// Reads a duration; the error says what is wrong with the text.
pub(in crate::cel) fn parse_duration(text: &str) -> Result<crate::value::Duration, String> {
    crate::value::Duration::parse(text).map_err(|error| match error {
        DurationError::NoNumber => format!("`{text}` is no duration: a number is missing"),
        DurationError::UnknownUnit => format!("`{text}` is no duration: the units are ns us ms s m h d"),
        DurationError::TooLarge => format!("`{text}` is too large for a duration"),
    })
}

fn quantity<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if let Some(text) = values::text(value.as_ref()) {
        let quantity = parse_quantity(text).map_err(fault::wrong)?;
        return amount(Measure { unit: Unit::Quantity(quantity), written: Some(text.into()) });
    }
    if let Some(units) = values::int(value.as_ref()) {
        return amount(Measure::quantity(crate::value::Quantity::from_units(units)));
    }
    match measure(value.as_ref()) {
        Some(measure) if matches!(measure.unit, Unit::Quantity(_)) => Ok(value),
        _ => Err(mismatch("a text like \"2Gi\"", value.as_ref())),
    }
}

fn duration<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if let Some(text) = values::text(value.as_ref()) {
        let told = |error: String| match crate::value::Duration::parse(text) {
            Err(DurationError::TooLarge) => fault::range(error),
            _ => fault::wrong(error),
        };
        let duration = parse_duration(text).map_err(told)?;
        return amount(Measure { unit: Unit::Duration(duration), written: Some(text.into()) });
    }
    match measure(value.as_ref()) {
        Some(measure) if matches!(measure.unit, Unit::Duration(_)) => Ok(value),
        _ => Err(mismatch("a text like \"10m\"", value.as_ref())),
    }
}

/// An amount as a float: bytes, cores or seconds.
pub(super) fn as_double<'b, 'v>(measure: &Measure) -> Answer<'b, 'v> {
    double(measure.as_f64())
}
