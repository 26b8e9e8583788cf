//! Semantic versions, as Kubernetes has them.
//!
//! <https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-semver-library>

use super::Kind::{Bool, Int, Text, Version as Semver};
use super::arguments::{Answer, Arguments, bool, integer, mismatch, opaque, take, text};
use super::{Row, takes};
use crate::cel::values::{self, Opaque, Outcome, fault};
use ::cel::common::value::CowVal;
use semver::Version;
use std::cmp::Ordering;
use std::sync::Arc;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "semver",
        member: false,
        signatures: &[takes(&[Text], Semver), takes(&[Text, Bool], Semver)],
        doc: "a semantic version; with `true`, `v1.0` and `01.2` are taken too and completed",
        example: r#"semver("1.10.0") > semver("1.9.0") && semver("v1.2", true) == semver("1.2.0")"#,
        implementation: to_version,
    },
    Row {
        name: "isSemver",
        member: false,
        signatures: &[takes(&[Text], Bool), takes(&[Text, Bool], Bool)],
        doc: "whether a text is a semantic version",
        example: r#"isSemver("1.2.3") && !isSemver("1.2")"#,
        implementation: is_version,
    },
    Row {
        name: "major",
        member: true,
        signatures: &[takes(&[Semver], Int)],
        doc: "the first number of a version",
        example: r#"semver("1.2.3").major() == 1"#,
        implementation: |args| part(args, |version| version.major),
    },
    Row {
        name: "minor",
        member: true,
        signatures: &[takes(&[Semver], Int)],
        doc: "the second number of a version",
        example: r#"semver("1.2.3").minor() == 2"#,
        implementation: |args| part(args, |version| version.minor),
    },
    Row {
        name: "patch",
        member: true,
        signatures: &[takes(&[Semver], Int)],
        doc: "the third number of a version",
        example: r#"semver("1.2.3").patch() == 3"#,
        implementation: |args| part(args, |version| version.patch),
    },
];

/// Reads a version. `lenient` takes a `v` before it, leaves out leading zeros, and fills in numbers that
/// are missing.
fn parse(text: &str, lenient: bool) -> Outcome<Version> {
    let completed = if lenient { completed(text) } else { text.to_owned() };
    Version::parse(&completed).map_err(|error| fault::wrong(format!("{text:?} is no version: {error}")))
}

fn completed(text: &str) -> String {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let mut numbers: Vec<&str> = numbers.split('.').collect();
    numbers.resize(numbers.len().max(3), "0");
    let plain = numbers.iter().map(|number| match number.trim_start_matches('0') {
        "" if !number.is_empty() => "0",
        rest => rest,
    });
    format!("{}{rest}", plain.collect::<Vec<_>>().join("."))
}

/// The text and whether it may be completed.
fn given(args: Arguments<'_, '_>) -> Outcome<(String, bool)> {
    if args.len() == 2 {
        let [value, lenient] = take(args)?;
        return Ok((text(&value)?.to_owned(), values::is_true(lenient.as_ref())));
    }
    let [value] = take(args)?;
    Ok((text(&value)?.to_owned(), false))
}

fn to_version<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (text, lenient) = given(args)?;
    opaque(Opaque::Version(Arc::new(parse(&text, lenient)?)))
}

fn is_version<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (text, lenient) = given(args)?;
    bool(parse(&text, lenient).is_ok())
}

fn version(value: &CowVal<'_, '_>) -> Outcome<Arc<Version>> {
    match value.downcast_ref::<Opaque>() {
        Some(Opaque::Version(version)) => Ok(Arc::clone(version)),
        _ => Err(mismatch("a version", value.as_ref())),
    }
}

fn part<'b, 'v>(args: Arguments<'b, 'v>, which: fn(&Version) -> u64) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    integer(i64::try_from(which(&*version(&value)?)).map_err(|_| fault::overflow())?)
}

/// How two versions compare, for `compareTo` and its kin.
pub(super) fn order(a: &CowVal<'_, '_>, b: &CowVal<'_, '_>) -> Outcome<Ordering> {
    Ok(version(a)?.cmp_precedence(&*version(b)?))
}
