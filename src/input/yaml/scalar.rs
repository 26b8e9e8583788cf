//! The type of a plain scalar.

use crate::document::ScalarType;

/// The type that the core schema of YAML 1.2 gives a plain scalar
/// (<https://yaml.org/spec/1.2.2/#103-core-schema>). `yes` and `0o7` are not what YAML 1.1 made of them;
/// the text is kept beside the type for those who must know.
pub(super) fn core_type(text: &str) -> ScalarType {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return ScalarType::Null,
        "true" | "True" | "TRUE" => return ScalarType::Bool(true),
        "false" | "False" | "FALSE" => return ScalarType::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return ScalarType::Float(f64::NAN),
        _ => {}
    }
    let first = text.as_bytes().first().copied().unwrap_or_default();
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return ScalarType::Text;
    }
    number(text).unwrap_or(ScalarType::Text)
}

fn number(text: &str) -> Option<ScalarType> {
    if let Some(octal) = text.strip_prefix("0o") {
        return radix(octal, 8);
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return radix(hex, 16);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
        return Some(ScalarType::Float(sign * f64::INFINITY));
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) && !digits.is_empty() {
        // A whole number beyond 64 bits is still a number; only its last digits are lost.
        return text.parse().map(ScalarType::Int).or_else(|_| text.parse().map(ScalarType::Float)).ok();
    }
    let float = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
        && digits.bytes().any(|b| b.is_ascii_digit());
    // The grammar of Rust's floats is the schema's: digits, a point, an exponent.
    if float { text.parse().map(ScalarType::Float).ok() } else { None }
}

fn radix(digits: &str, radix: u32) -> Option<ScalarType> {
    let valid = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    valid.then(|| i64::from_str_radix(digits, radix).ok().map(ScalarType::Int)).flatten()
}
