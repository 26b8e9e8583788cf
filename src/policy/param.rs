//! The parameters of a policy: typed, with defaults, and checked wherever they are given.

use super::keys::{Keys, describe};
use crate::cel::object::{Datum, Field, List, Map, Place};
use crate::document::{Ref, ScalarType};
use crate::source::Span;
use crate::value::{Duration, DurationError, Quantity, QuantityError};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The type of a parameter: `quantity duration ratio int bool string list<T> map<string, T>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ParamType {
    Quantity,
    Duration,
    Ratio,
    Int,
    Bool,
    Text,
    List(Box<ParamType>),
    /// From texts to values.
    Map(Box<ParamType>),
}

/// How deeply `list<...>` and `map<...>` may nest in a type.
const MAX_NESTING: usize = 4;

impl ParamType {
    /// Reads a type as a policy file writes it.
    pub fn parse(text: &str) -> Option<ParamType> {
        ParamType::parse_nested(text.trim(), MAX_NESTING)
    }

    fn parse_nested(text: &str, depth: usize) -> Option<ParamType> {
        Some(match text {
            "quantity" => ParamType::Quantity,
            "duration" => ParamType::Duration,
            "ratio" => ParamType::Ratio,
            "int" => ParamType::Int,
            "bool" => ParamType::Bool,
            "string" => ParamType::Text,
            _ => {
                let (outer, inner) = text.strip_suffix('>')?.split_once('<')?;
                let depth = depth.checked_sub(1)?;
                match outer.trim() {
                    "list" => ParamType::List(Box::new(ParamType::parse_nested(inner.trim(), depth)?)),
                    "map" => {
                        let (key, value) = inner.split_once(',')?;
                        if key.trim() != "string" {
                            return None;
                        }
                        ParamType::Map(Box::new(ParamType::parse_nested(value.trim(), depth)?))
                    }
                    _ => return None,
                }
            }
        })
    }
}

impl fmt::Display for ParamType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParamType::Quantity => f.write_str("quantity"),
            ParamType::Duration => f.write_str("duration"),
            ParamType::Ratio => f.write_str("ratio"),
            ParamType::Int => f.write_str("int"),
            ParamType::Bool => f.write_str("bool"),
            ParamType::Text => f.write_str("string"),
            ParamType::List(inner) => write!(f, "list<{inner}>"),
            ParamType::Map(inner) => write!(f, "map<string, {inner}>"),
        }
    }
}

/// One parameter as its policy declares it.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: Arc<str>,
    pub kind: ParamType,
    /// The value where nobody gives one. A parameter without a default reads as absent.
    pub default: Option<Field>,
    pub description: String,
    /// The name's characters.
    pub span: Span,
}

/// Reads a value of a type from a document, with its place.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that begins with the parameter's name, and where.
pub fn parse_value(kind: &ParamType, node: Ref<'_>) -> Result<Field, (Span, String)> {
    let fail = |wanted: &str| {
        let found = node.text().map_or_else(|| describe(node).to_owned(), |text| format!("`{text}`"));
        Err((node.span(), format!("must be {wanted}, not {found}")))
    };
    let place = Place { span: node.span(), origin: None, platform_default: false };
    let scalar = node.text().filter(|_| !node.is_null());
    let number = match node.scalar_type() {
        Some(ScalarType::Int(int)) => Some(int as f64),
        Some(ScalarType::Float(float)) => Some(float),
        _ => None,
    };
    let datum = match kind {
        ParamType::Quantity => match scalar.map(|text| (text, Quantity::parse(text))) {
            Some((text, Ok(amount))) => Datum::Quantity { amount, written: text.trim().into() },
            Some((_, Err(QuantityError::UnknownSuffix))) => {
                return fail("a quantity such as 512Mi, 2Gi or 500m (suffixes n u m k M G T, Ki Mi Gi Ti)");
            }
            Some((_, Err(QuantityError::TooLarge))) => return fail("a quantity below 8Ei"),
            _ => return fail("a quantity such as 512Mi or 2Gi"),
        },
        ParamType::Duration => match scalar.map(|text| (text, Duration::parse(text))) {
            Some((text, Ok(amount))) => Datum::Duration { amount, written: text.trim().into() },
            Some((_, Err(DurationError::UnknownUnit))) if number.is_some() => {
                return fail("a duration with a unit such as 30s or 10m");
            }
            _ => return fail("a duration such as 30s, 10m or 1h30m"),
        },
        ParamType::Ratio => match number {
            Some(ratio) if ratio.is_finite() => Datum::Double(ratio),
            _ => return fail("a number such as 1.5"),
        },
        ParamType::Int => match node.scalar_type() {
            Some(ScalarType::Int(int)) => Datum::Int(int),
            _ => return fail("a whole number"),
        },
        ParamType::Bool => match node.scalar_type() {
            Some(ScalarType::Bool(bool)) => Datum::Bool(bool),
            _ => return fail("true or false"),
        },
        ParamType::Text => match scalar {
            Some(text) => Datum::Text(text.into()),
            None => return fail("a text"),
        },
        ParamType::List(inner) => {
            if !node.is_sequence() {
                return fail("a list");
            }
            let elements =
                node.items().map(|item| parse_value(inner, item)).collect::<Result<Vec<_>, _>>()?;
            Datum::List(List { elements: Arc::new(elements), open: None })
        }
        ParamType::Map(inner) => {
            if !node.is_mapping() {
                return fail("a mapping");
            }
            let mut entries = BTreeMap::new();
            for entry in node.entries() {
                let value = parse_value(inner, node.document().at(entry.value))?;
                entries.insert(entry.key.as_str().into(), value);
            }
            Datum::Map(Map { entries: Arc::new(entries), open: None, anchor: place })
        }
    };
    Ok(Field::Known { datum, place })
}

/// Reads the `params` of a policy.
pub(super) fn read_params(keys: &mut Keys, node: Ref<'_>) -> Vec<Param> {
    if !node.is_mapping() {
        keys.wrong(node, "`params`", "a mapping from names to types");
        return Vec::new();
    }
    let mut params: Vec<Param> = Vec::new();
    for entry in node.entries() {
        let body = node.document().at(entry.value);
        let what = format!("the parameter `{}`", entry.key);
        if !keys.check(body, &what, &["type", "default", "description"]) {
            continue;
        }
        let Some((text, place)) = keys.required_text(body, "type", &what) else { continue };
        let Some(kind) = ParamType::parse(text) else {
            let message = format!("`{text}` is no type of a parameter");
            keys.error("policy-value", place.span(), message).help =
                Some("one of: quantity, duration, ratio, int, bool, string, list<T>, map<string, T>".into());
            continue;
        };
        let default = body.get("default").and_then(|value| match parse_value(&kind, value) {
            Ok(field) => Some(field),
            Err((span, message)) => {
                keys.error("policy-value", span, format!("the default of `{}` {message}", entry.key));
                None
            }
        });
        let description =
            keys.text(body, "description", &what).map_or(String::new(), |(text, _)| text.to_owned());
        params.push(Param {
            name: entry.key.as_str().into(),
            kind,
            default,
            description,
            span: entry.key_span,
        });
    }
    params
}

/// A parameter's value as a person would write it, for documentation.
pub fn show(field: &Field) -> String {
    let Field::Known { datum, .. } = field else { return String::new() };
    match datum {
        Datum::Null => "null".to_owned(),
        Datum::Bool(bool) => bool.to_string(),
        Datum::Int(int) => int.to_string(),
        Datum::Double(double) => double.to_string(),
        Datum::Text(text) => text.to_string(),
        Datum::Quantity { written, .. } | Datum::Duration { written, .. } => written.to_string(),
        Datum::List(list) => {
            format!("[{}]", list.elements.iter().map(show).collect::<Vec<_>>().join(", "))
        }
        Datum::Map(map) => {
            let entries = map.entries.iter().map(|(key, value)| format!("{key}: {}", show(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Datum::Object(_) => String::new(),
    }
}
