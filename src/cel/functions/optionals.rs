//! Functions over values that may be absent.

use super::Kind::{Any, Bool, List, Optional};
use super::arguments::{Answer, Arguments, bool, elements, list, measure, mismatch, take};
use super::{Row, takes};
use crate::cel::values::{ListVal, MapVal, Outcome, Pending, fault};
use ::cel::common::types::{CelNull, CelOptional};
use ::cel::common::value::{CowVal, Val};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "orValue",
        member: true,
        signatures: &[takes(&[Optional(&Any), Any], Any)],
        doc: "the value, or another where it is absent",
        example: r#"{"a": 1}.?b.orValue(2) == 2"#,
        implementation: or_value,
    },
    Row {
        name: "or",
        member: true,
        signatures: &[takes(&[Optional(&Any), Optional(&Any)], Optional(&Any))],
        doc: "the first of two optionals that has a value",
        example: r#"{"a": 1}.?b.or(optional.of(3)).value() == 3"#,
        implementation: or,
    },
    Row {
        name: "value",
        member: true,
        signatures: &[takes(&[Optional(&Any)], Any)],
        doc: "the value; an error where it is absent",
        example: r#"{"a": 1}.?a.value() == 1"#,
        implementation: value,
    },
    Row {
        name: "hasValue",
        member: true,
        signatures: &[takes(&[Optional(&Any)], Bool)],
        doc: "whether there is a value",
        example: r#"!{"a": 1}.?b.hasValue()"#,
        implementation: has_value,
    },
    Row {
        name: "optional.of",
        member: false,
        signatures: &[takes(&[Any], Optional(&Any))],
        doc: "an optional that has a value",
        example: "optional.of(1).value() == 1",
        implementation: of,
    },
    Row {
        name: "optional.none",
        member: false,
        signatures: &[takes(&[], Optional(&Any))],
        doc: "an optional without a value",
        example: "!optional.none().hasValue()",
        implementation: none,
    },
    Row {
        name: "optional.ofNonZeroValue",
        member: false,
        signatures: &[takes(&[Any], Optional(&Any))],
        doc: "an optional that has a value unless it is empty, zero or false",
        example: r#"!optional.ofNonZeroValue("").hasValue()"#,
        implementation: of_non_zero,
    },
    Row {
        name: "optional.unwrap",
        member: false,
        signatures: &[takes(&[List(&Optional(&Any))], List(&Any))],
        doc: "the values of those optionals of a list that have one",
        example: "optional.unwrap([optional.of(1), optional.none()]) == [1]",
        implementation: unwrap,
    },
    Row {
        name: "unwrapOpt",
        member: true,
        signatures: &[takes(&[List(&Optional(&Any))], List(&Any))],
        doc: "the values of those optionals of a list that have one",
        example: "[optional.of(1), optional.none()].unwrapOpt() == [1]",
        implementation: unwrap,
    },
];

/// The value of an optional.
fn inner<'a, 'v>(value: &'a CowVal<'_, 'v>) -> Outcome<Option<&'a (dyn Val + 'v)>> {
    let optional = value.downcast_ref::<CelOptional<'v>>();
    optional.map(CelOptional::option).ok_or_else(|| mismatch("an optional", value.as_ref()))
}

fn or_value<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [optional, other] = take(args)?;
    Ok(match inner(&optional)? {
        Some(value) => CowVal::Owned(value.clone_as_boxed()),
        None => other,
    })
}

fn or<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [optional, other] = take(args)?;
    let has = inner(&optional)?.is_some();
    Ok(if has { optional } else { other })
}

fn value<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [optional] = take(args)?;
    match inner(&optional)? {
        Some(value) => Ok(CowVal::Owned(value.clone_as_boxed())),
        None => Err(fault::absent("the value of the optional".to_owned())),
    }
}

fn has_value<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [optional] = take(args)?;
    bool(inner(&optional)?.is_some())
}

fn of<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    Ok(CowVal::owned(CelOptional::of(value.into_owned())))
}

fn none<'b, 'v>(_: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    Ok(CowVal::owned(CelOptional::none()))
}

fn of_non_zero<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let zero = match args.first() {
        Some(value) => is_zero(value.as_ref())?,
        None => false,
    };
    if zero { none(args) } else { of(args) }
}

fn unwrap<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    let mut values = Vec::new();
    for element in elements(all.as_ref())? {
        let optional = element.downcast_ref::<CelOptional<'v>>();
        let optional = optional.ok_or_else(|| mismatch("an optional", element))?;
        values.extend(optional.option().map(Val::clone_as_boxed));
    }
    list(values)
}

fn is_zero(value: &dyn Val) -> Outcome<bool> {
    Pending::check(value)?;
    if let Some(measure) = measure(value) {
        return Ok(measure.as_f64() == 0.0);
    }
    if let Some(list) = value.downcast_ref::<ListVal>() {
        return Ok(list.size()? == 0);
    }
    if let Some(map) = value.downcast_ref::<MapVal>() {
        return Ok(map.size()? == 0);
    }
    Ok(value.downcast_ref::<CelNull>().is_some()
        || value.as_zeroer().is_some_and(|zeroer| zeroer.is_zero_value()))
}
