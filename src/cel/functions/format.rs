//! `"...%s...".format([...])`.
//!
//! <https://github.com/google/cel-go/blob/master/ext/README.md>: the clauses `%s %d %f %e %x %X %o %b`,
//! with a precision for `%f` and `%e`.

use super::Kind::{Dyn, List, Text};
use super::arguments::{Answer, Arguments, elements, measure, mismatch, number, string, take, text};
use super::conversions::float_text;
use super::{Row, takes};
use crate::cel::limits;
use crate::cel::values::{self, Outcome, Unit, fault, work};
use crate::value::Duration;
use ::cel::common::types::{CelBool, CelBytes};
use ::cel::common::value::Val;

pub(super) const ROWS: &[Row] = &[Row {
    name: "format",
    member: true,
    signatures: &[takes(&[Text, List(&Dyn)], Text)],
    doc: "the text with `%s`, `%d`, `%.2f`, `%e`, `%x`, `%o` or `%b` replaced by the values of a list",
    example: r#""%s takes %d MiB, %.1f%%".format(["app", 512, 12.34]) == "app takes 512 MiB, 12.3%""#,
    implementation: format,
}];

/// Digits behind the point that anybody can want; more would be a way to fill memory.
const PRECISION: usize = 64;

fn format<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [pattern, given] = take(args)?;
    let (pattern, given) = (text(&pattern)?, elements(given.as_ref())?);
    let mut given = given.into_iter().enumerate();
    let mut count = 0;
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, clause)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(after) = clause.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let (precision, clause) = precision(clause)?;
        let mut letters = clause.chars();
        let letter = letters.next().ok_or_else(|| fault::wrong("a `%` stands at the end of the format"))?;
        rest = letters.as_str();
        if !"sdfexXob".contains(letter) {
            return Err(fault::wrong(format!("`%{letter}` is no clause of a format")));
        }
        let Some((index, value)) = given.next() else {
            return Err(fault::index(format!("the format takes more than the {count} values given")));
        };
        count = index + 1;
        write(&mut out, letter, precision, value)?;
        if out.len() > limits::TEXT {
            return string(out);
        }
    }
    out.push_str(rest);
    string(out)
}

/// The precision before a clause's letter: `.3` of `%.3f`.
fn precision(clause: &str) -> Outcome<(Option<usize>, &str)> {
    let Some(rest) = clause.strip_prefix('.') else {
        return Ok((None, clause));
    };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    match digits.parse() {
        Ok(precision) if precision <= PRECISION => Ok((Some(precision), rest)),
        _ => Err(fault::wrong(format!("a precision is a number from 0 to {PRECISION}"))),
    }
}

fn write(out: &mut String, letter: char, precision: Option<usize>, value: &dyn Val) -> Outcome<()> {
    let written = match letter {
        's' => {
            let mut depth = limits::DEPTH;
            return plain(out, value, &mut depth);
        }
        'd' => decimal(value)?,
        'f' => float(value, |float| format!("{float:.*}", precision.unwrap_or(6)))?,
        'e' => float(value, |float| scientific(float, precision.unwrap_or(6)))?,
        'b' => match value.downcast_ref::<CelBool>() {
            Some(bool) => u8::from(*bool.inner()).to_string(),
            None => based(value, "integers and bools", |size| format!("{size:b}"))?,
        },
        'o' => based(value, "integers", |size| format!("{size:o}"))?,
        hexadecimal => {
            let lower = match (values::text(value), value.downcast_ref::<CelBytes>()) {
                (Some(text), _) => digits(text.as_bytes()),
                (None, Some(bytes)) => digits(bytes.inner()),
                (None, None) => based(value, "integers, texts and bytes", |size| format!("{size:x}"))?,
            };
            if hexadecimal == 'X' { lower.to_uppercase() } else { lower }
        }
    };
    out.push_str(&written);
    Ok(())
}

fn digits(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a text cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// A float that is no number, as the language writes it in formats.
fn special(float: f64) -> Option<&'static str> {
    match float {
        float if float.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

fn decimal(value: &dyn Val) -> Outcome<String> {
    if let Some(special) = values::double(value).and_then(special) {
        return Ok(special.to_owned());
    }
    let int = values::int(value).map(|int| int.to_string());
    int.or_else(|| values::uint(value).map(|uint| uint.to_string()))
        .ok_or_else(|| mismatch("an integer", value))
}

fn float(value: &dyn Val, how: impl Fn(f64) -> String) -> Outcome<String> {
    let float = number(value).ok_or_else(|| mismatch("a number", value))?;
    Ok(special(float).map_or_else(|| how(float), str::to_owned))
}

fn scientific(float: f64, precision: usize) -> String {
    let text = format!("{float:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = exponent.strip_prefix('-').map_or(('+', exponent), |power| ('-', power));
    format!("{digits}e{sign}{power:0>2}")
}

/// An integer in another base, its sign before it.
fn based(value: &dyn Val, wanted: &str, how: impl Fn(u64) -> String) -> Outcome<String> {
    match (values::int(value), values::uint(value)) {
        (Some(int), _) => {
            let sign = if int < 0 { "-" } else { "" };
            Ok(format!("{sign}{}", how(int.unsigned_abs())))
        }
        (_, Some(uint)) => Ok(how(uint)),
        _ => Err(mismatch(wanted, value)),
    }
}

/// A duration in seconds, exactly.
fn seconds(duration: Duration) -> String {
    let (sign, nanos) = (if duration.nanos() < 0 { "-" } else { "" }, duration.nanos().unsigned_abs());
    let (whole, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let text = format!("{sign}{whole}.{fraction:09}");
    format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
}

/// `%s`: any value, texts without quotes, the entries of a map in the order of their keys as written.
fn plain(out: &mut String, value: &dyn Val, depth: &mut usize) -> Outcome<()> {
    values::Pending::check(value)?;
    work::charge(1)?;
    *depth = depth
        .checked_sub(1)
        .ok_or_else(|| fault::limit(limits::code::WORK, "the value is nested too deeply"))?;
    if let Some(text) = values::text(value) {
        out.push_str(text);
    } else if let Some(float) = values::double(value) {
        out.push_str(&special(float).map_or_else(|| float_text(float), str::to_owned));
    } else if let Some(bytes) = value.downcast_ref::<CelBytes>() {
        out.push_str(&String::from_utf8_lossy(bytes.inner()));
    } else if let Some(Unit::Duration(duration)) = measure(value).map(|measure| measure.unit) {
        out.push_str(&seconds(duration));
    } else if value.get_type().name() == "list" {
        out.push('[');
        for (i, element) in elements(value)?.into_iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { "" });
            plain(out, element, depth)?;
        }
        out.push(']');
    } else if value.get_type().name() == "map" {
        entries(out, value, depth)?;
    } else {
        out.push_str(&values::written_value(value));
    }
    *depth += 1;
    Ok(())
}

fn entries(out: &mut String, map: &dyn Val, depth: &mut usize) -> Outcome<()> {
    let mut written = Vec::new();
    for key in elements(map)? {
        let (mut name, mut entry) = (String::new(), String::new());
        plain(&mut name, key, depth)?;
        plain(&mut entry, values::member(map, key)?.as_ref(), depth)?;
        written.push((name, entry));
    }
    written.sort_unstable();
    let all: Vec<String> = written.iter().map(|(name, entry)| format!("{name}: {entry}")).collect();
    out.push('{');
    out.push_str(&all.join(", "));
    out.push('}');
    Ok(())
}
