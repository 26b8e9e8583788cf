//! From written texts to typed values.

use crate::platform::text::{too_many, worlds_of};
use crate::platform::trace::Trace;
use crate::value::{Condition, Duration, Known, Number, Quantity, Reason, Scalar, Text, Unknown, Value};

/// How a platform writes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// Any text; parts of it may be unknown.
    Text,
    /// A whole number: `8080`. A port's protocol (`8080/tcp`) is cut off.
    Int,
    /// `true` or `false`, quoted or not.
    Bool,
    /// A Kubernetes quantity: `512Mi`, `1000m`.
    /// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>
    Quantity,
    /// A Kubernetes quantity, or `256MB` and `1GB`, which are binary there.
    Bytes,
    /// Docker's memory: a number with `b k m g`, all binary; bytes without one.
    /// <https://docs.docker.com/engine/containers/resource_constraints/>
    DockerBytes,
    /// Memory whose plain numbers count mebibytes; with a unit as Docker reads it: `1024`, `512mb`.
    Mebibytes,
    /// Memory whose plain numbers count gibibytes: `0.5`.
    Gibibytes,
    /// CPU in 1024ths of a core, or in cores when it says so: `256`, `.25 vCPU`.
    CpuUnits,
    /// A word for an amount: `shared-cpu-1x`.
    Preset(&'static [(&'static str, &'static str)]),
    /// Seconds, or a duration with units: `300`, `5m`, `1h30m`.
    /// <https://cloud.google.com/sdk/gcloud/reference/run/deploy#--timeout>
    Seconds,
}

/// One alternative of a typed value, with the text that wrote it.
#[derive(Clone, Debug)]
pub struct Choice {
    pub condition: Condition,
    pub value: Value,
    pub written: String,
}

impl Conversion {
    /// A plain text as a typed value; `None` if it is not one of this kind.
    pub fn scalar(self, text: &str) -> Option<Scalar> {
        let text = text.trim();
        Some(match self {
            Conversion::Text => Scalar::Text(Text::literal(text, None)),
            Conversion::Int => {
                let digits = text.split_once('/').map_or(text, |(digits, _)| digits);
                Scalar::Number(Number::Int(digits.parse().ok()?))
            }
            Conversion::Bool => Scalar::Bool(match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => true,
                "false" | "no" | "off" | "0" => false,
                _ => return None,
            }),
            Conversion::Quantity => Scalar::Quantity(Quantity::parse(text).ok()?),
            Conversion::Bytes => Scalar::Quantity(match Quantity::parse(text) {
                Ok(quantity) => quantity,
                Err(_) => docker_bytes(text)?,
            }),
            Conversion::DockerBytes => Scalar::Quantity(docker_bytes(text)?),
            Conversion::Mebibytes => Scalar::Quantity(match Quantity::parse_scaled(text, 1 << 20) {
                Ok(plain) => plain,
                Err(_) => docker_bytes(text)?,
            }),
            Conversion::Gibibytes => Scalar::Quantity(match Quantity::parse_scaled(text, 1 << 30) {
                Ok(plain) => plain,
                Err(_) => docker_bytes(text)?,
            }),
            Conversion::CpuUnits => Scalar::Quantity(cpu_units(text)?),
            Conversion::Preset(words) => {
                let (_, amount) = words.iter().find(|(word, _)| *word == text)?;
                Scalar::Quantity(Quantity::parse(amount).ok()?)
            }
            Conversion::Seconds => Scalar::Duration(Duration::parse_seconds(text).ok()?),
        })
    }

    /// A value with all its alternatives as typed ones. What is written in another way than the platform
    /// reads is unknown, with the text as its input.
    pub fn choices(self, value: &Value<Text>, trace: &Trace<'_>) -> Vec<Choice> {
        let mut choices = Vec::new();
        for (condition, value) in value.alternatives() {
            match value {
                Value::Known(known) => self.known(&condition, known, trace, &mut choices),
                Value::Unknown(unknown, origin) => choices.push(Choice {
                    condition,
                    value: Value::Unknown(unknown.clone(), *origin),
                    written: String::new(),
                }),
                Value::Either(_) => {}
            }
        }
        choices
    }

    fn known(self, under: &Condition, known: &Known<Text>, trace: &Trace<'_>, choices: &mut Vec<Choice>) {
        let Some(worlds) = worlds_of(&known.value) else {
            if let Some(unknown) = too_many(known, trace) {
                let value = Value::Unknown(unknown, Some(known.origin));
                choices.push(Choice { condition: under.clone(), value, written: String::new() });
            }
            return;
        };
        for (inner, text) in worlds {
            let Some(condition) = under.and(&inner) else { continue };
            let written = text.to_string();
            let value = self.one(text, known, trace);
            choices.push(Choice { condition, value, written });
        }
    }

    fn one(self, text: Text, known: &Known<Text>, trace: &Trace<'_>) -> Value {
        let origin = trace.origin_of(&text, known.origin);
        let as_known =
            |value| Value::Known(Known { value, origin, overridable_by: known.overridable_by.clone() });
        match (text.plain(), text.first_hole()) {
            (_, Some(hole)) if self != Conversion::Text || text.is_wholly_unknown() => {
                Value::Unknown(hole.clone(), Some(origin))
            }
            (Some(_), _) if self == Conversion::Text => as_known(Scalar::Text(text)),
            (Some(plain), _) => match self.scalar(&plain) {
                Some(scalar) => as_known(scalar),
                None => {
                    let span = trace.literal(origin).or_else(|| trace.literal(known.origin));
                    let input = plain.trim().into();
                    match span {
                        Some(span) => {
                            Value::Unknown(Unknown { input, reason: Reason::NotFollowed, span }, Some(origin))
                        }
                        None => as_known(Scalar::Text(text)),
                    }
                }
            },
            (None, _) => as_known(Scalar::Text(text)),
        }
    }
}

/// `512m`, `1.5g`, `64MiB`, `1048576`: Docker's units are binary whatever their spelling.
fn docker_bytes(text: &str) -> Option<Quantity> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let unit = lower[digits.len()..].trim();
    let units: i64 = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        "t" => 1 << 40,
        _ => return None,
    };
    Quantity::parse_scaled(digits, units).ok()
}

/// `256` is a quarter of a core, and so is `.25 vCPU`. Thousandths of units are exact enough: a unit is
/// 1/1024 of a core.
fn cpu_units(text: &str) -> Option<Quantity> {
    let lower = text.to_ascii_lowercase();
    match lower.strip_suffix("vcpu") {
        Some(cores) => {
            let cores = cores.trim();
            let cores = if cores.starts_with('.') { format!("0{cores}") } else { cores.to_owned() };
            Quantity::parse(&cores).ok()
        }
        None => Quantity::parse_scaled(&lower, 1).ok()?.times(1.0 / 1024.0),
    }
}

/// The value and the texts of a setting that has exactly these alternatives.
pub fn value_and_written(choices: Vec<Choice>) -> Option<(Value, Vec<String>)> {
    if choices.is_empty() {
        return None;
    }
    let written = choices
        .iter()
        .filter(|choice| matches!(choice.value, Value::Known(_)))
        .map(|choice| choice.written.clone())
        .collect();
    let value = Value::either(choices.into_iter().map(|choice| (choice.condition, choice.value)).collect());
    Some((value, written))
}

#[cfg(test)]
mod tests {
    use super::Conversion;

    #[test]
    fn each_platform_reads_its_own_units() {
        let read =
            |conversion: Conversion, text: &str| conversion.scalar(text).map(|scalar| scalar.to_string());
        assert_eq!(read(Conversion::DockerBytes, "512m").as_deref(), Some("512Mi"));
        assert_eq!(read(Conversion::DockerBytes, "1.5GB").as_deref(), Some("1536Mi"));
        assert_eq!(read(Conversion::DockerBytes, "64MiB").as_deref(), Some("64Mi"));
        assert_eq!(read(Conversion::DockerBytes, "lots"), None);
        assert_eq!(read(Conversion::Quantity, "1000m").as_deref(), Some("1"));
        assert_eq!(read(Conversion::Mebibytes, "1024").as_deref(), Some("1Gi"));
        assert_eq!(read(Conversion::Mebibytes, "256mb").as_deref(), Some("256Mi"));
        assert_eq!(read(Conversion::Mebibytes, "2 GB").as_deref(), Some("2Gi"));
        assert_eq!(read(Conversion::Gibibytes, "0.5").as_deref(), Some("512Mi"));
        assert_eq!(read(Conversion::CpuUnits, "256").as_deref(), Some("250m"));
        assert_eq!(read(Conversion::CpuUnits, ".25 vCPU").as_deref(), Some("250m"));
        assert_eq!(read(Conversion::Seconds, "1h30m").as_deref(), Some("5400s"));
        assert_eq!(read(Conversion::Seconds, "300").as_deref(), Some("300s"));
        assert_eq!(read(Conversion::Int, "53/udp").as_deref(), Some("53"));
        assert_eq!(read(Conversion::Bool, "\"false\""), None);
        assert_eq!(read(Conversion::Bool, "False").as_deref(), Some("false"));
    }
}
