//! The plain values that settings have.

use crate::value::{Duration, Quantity, Text};
use std::fmt;

/// A number as a script or a document has it. Integers stay integers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    /// The number as a float.
    #[allow(clippy::cast_precision_loss)]
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Int(int) => int as f64,
            Number::Float(float) => float,
        }
    }
}

/// As Python prints them: floats that are whole keep their point (`5.0`), very large and very small ones
/// have an exponent of at least two digits (`1e-05`).
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(int) => write!(f, "{int}"),
            Number::Float(float) if *float != 0.0 && !(1e-4..1e16).contains(&float.abs()) => {
                let text = format!("{float:e}");
                match text.split_once('e') {
                    Some((digits, exponent)) => {
                        let (sign, exponent) = match exponent.strip_prefix('-') {
                            Some(exponent) => ('-', exponent),
                            None => ('+', exponent),
                        };
                        write!(f, "{digits}e{sign}{exponent:0>2}")
                    }
                    None => f.write_str(&text),
                }
            }
            Number::Float(float) => write!(f, "{float:?}"),
        }
    }
}

/// One typed value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A text; parts of it may be unknown (`gcr.io/{PROJECT}/app`).
    Text(Text),
    Number(Number),
    Bool(bool),
    /// Bytes or cores.
    Quantity(Quantity),
    Duration(Duration),
}

impl Scalar {
    /// The value as a plain text where it is fully known.
    pub fn plain(&self) -> Option<String> {
        match self {
            Scalar::Text(text) => text.plain(),
            other => Some(other.to_string()),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(text) => write!(f, "{text}"),
            Scalar::Number(number) => write!(f, "{number}"),
            Scalar::Bool(bool) => write!(f, "{bool}"),
            Scalar::Quantity(quantity) => write!(f, "{quantity}"),
            Scalar::Duration(duration) => write!(f, "{duration}"),
        }
    }
}
