//! Probes: how long a platform waits for a container.
//!
//! Cloud Run took Kubernetes' fields with Kubernetes' defaults:
//! <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>,
//! <https://cloud.google.com/run/docs/configuring/healthchecks>.

use crate::model::{Container, Probe, Setting, Settings};
use crate::platform::convert::{Conversion, value_and_written};
use crate::platform::defaults::written_default;
use crate::platform::text::{entries, name_and_value, value_of};
use crate::platform::trace::Trace;
use crate::provenance::{Origin, Step};
use crate::source::Span;
use crate::value::{Duration, Number, Scalar, Text, Unknown, Value};

/// A probe's numbers: the platforms' key, ours, how it is read, the default.
pub const NUMBERS: [(&str, &str, Conversion, &str); 4] = [
    ("initialDelaySeconds", "initial_delay", Conversion::Seconds, "0"),
    ("timeoutSeconds", "timeout", Conversion::Seconds, "1"),
    ("periodSeconds", "period", Conversion::Seconds, "10"),
    ("failureThreshold", "failure_threshold", Conversion::Int, "3"),
];

/// The ways in which a probe asks; of all but the first the value shown is the word itself.
pub const HANDLERS: [(&str, &str); 4] =
    [("httpGet", "path"), ("exec", "exec"), ("tcpSocket", "tcp"), ("grpc", "grpc")];

/// A setting of one value that is there without condition.
pub fn setting(
    conversion: Conversion,
    value: &Value<Text>,
    place: Span,
    trace: &Trace<'_>,
) -> Option<Setting> {
    let (value, written) = value_and_written(conversion.choices(value, trace))?;
    Some(Setting { value, written, overridden: Vec::new(), platform_default: false, place })
}

/// A setting that is known to be this text, written at `span`.
pub fn worded(text: &str, span: Span, trace: &mut Trace<'_>) -> Setting {
    let origin = trace.written(span);
    Setting {
        value: Value::known(Scalar::Text(Text::literal(text, Some(origin))), origin),
        written: vec![text.to_owned()],
        overridden: Vec::new(),
        platform_default: false,
        place: span,
    }
}

/// Adds a probe to its container: its defaults (unless `partial`, where another document may say more),
/// its budget, and the settings that follow from it.
pub fn add(
    container: &mut Container,
    kind: &'static str,
    handler: Option<Setting>,
    mut fields: Settings,
    anchor: Span,
    partial: bool,
    trace: &mut Trace<'_>,
) {
    if kind == "liveness_probe"
        && let Some(delay) = fields.get("initial_delay")
    {
        container.settings.insert("liveness_initial_delay", delay.clone());
    }
    if !partial {
        for (_, field, conversion, written) in NUMBERS {
            if fields.get(field).is_none()
                && let Some(default) = written_default(written, conversion, anchor, trace)
            {
                fields.insert(field, default);
            }
        }
    }
    if let Some(budget) = budget(&fields, anchor, trace) {
        if kind == "startup_probe"
            && let Some(timeout) = startup_timeout(&fields, &budget, anchor, trace)
        {
            container.settings.insert("startup_timeout", timeout);
        }
        fields.insert("budget", budget);
    }
    if let Some(handler) = handler {
        container.settings.insert(kind, handler);
    }
    container.probes.insert(kind, Probe { fields, anchor });
}

/// Period times failure threshold.
fn budget(fields: &Settings, anchor: Span, trace: &mut Trace<'_>) -> Option<Setting> {
    let (period, threshold) = (fields.get("period")?, fields.get("failure_threshold")?);
    let origin = decisive(&[threshold, period], anchor, trace);
    let value = match (seconds(period), count(threshold)) {
        (Ok(period), Ok(threshold)) => {
            #[allow(clippy::cast_precision_loss)] // thresholds are small
            let product = period.times(threshold as f64)?;
            Value::known(Scalar::Duration(product), origin)
        }
        (Err(unknown), _) | (_, Err(unknown)) => Value::Unknown(unknown?, Some(origin)),
    };
    Some(derived(value, anchor))
}

/// Initial delay plus budget: how long a container may take to start.
fn startup_timeout(
    fields: &Settings,
    budget: &Setting,
    anchor: Span,
    trace: &mut Trace<'_>,
) -> Option<Setting> {
    let delay = fields.get("initial_delay")?;
    let given = [fields.get("failure_threshold")?, fields.get("period")?, delay];
    let origin = decisive(&given, anchor, trace);
    let value = match (seconds(delay), seconds(budget)) {
        (Ok(delay), Ok(budget)) => Value::known(Scalar::Duration(delay.plus(budget)), origin),
        (Err(unknown), _) | (_, Err(unknown)) => Value::Unknown(unknown?, Some(origin)),
    };
    Some(derived(value, anchor))
}

fn derived(value: Value, place: Span) -> Setting {
    let written = value.as_known().map(|known| known.value.to_string()).into_iter().collect();
    Setting { value, written, overridden: Vec::new(), platform_default: false, place }
}

/// The origin of a computed value: the first operand that somebody wrote.
fn decisive(operands: &[&Setting], anchor: Span, trace: &mut Trace<'_>) -> Origin {
    let written = operands
        .iter()
        .filter(|setting| !setting.platform_default)
        .find_map(|setting| crate::platform::variable::origin_of(&setting.value));
    let first = written.unwrap_or_else(|| trace.written(anchor));
    trace.step(first, anchor, Step::Computed)
}

fn seconds(setting: &Setting) -> Result<Duration, Option<Unknown>> {
    match &setting.value {
        Value::Known(known) => match known.value {
            Scalar::Duration(duration) => Ok(duration),
            _ => Err(None),
        },
        Value::Unknown(unknown, _) => Err(Some(unknown.clone())),
        Value::Either(_) => Err(None),
    }
}

fn count(setting: &Setting) -> Result<i64, Option<Unknown>> {
    match &setting.value {
        Value::Known(known) => match known.value {
            Scalar::Number(Number::Int(int)) => Ok(int),
            _ => Err(None),
        },
        Value::Unknown(unknown, _) => Err(Some(unknown.clone())),
        Value::Either(_) => Err(None),
    }
}

/// A probe given by a flag: `httpGet.path=/health,httpGet.port=8080,periodSeconds=10`.
/// <https://cloud.google.com/sdk/gcloud/reference/run/deploy#--startup-probe>
pub fn of_flag(
    container: &mut Container,
    kind: &'static str,
    value: Option<&Value<Text>>,
    place: Span,
    trace: &mut Trace<'_>,
) {
    let Some(Value::Known(whole)) = value else { return };
    let mut fields = Settings::default();
    let mut handler = None;
    for entry in entries(&whole.value, trace) {
        let Some((key, Some(text))) = name_and_value(&entry.text, '=', trace) else { continue };
        let value = value_of(text, whole, trace);
        if let Some((_, field, conversion, _)) = NUMBERS.iter().find(|(name, ..)| *name == key)
            && let Some(number) = setting(*conversion, &value, place, trace)
        {
            fields.insert(field, number);
        }
        let (way, what) = key.split_once('.').unwrap_or((&key, ""));
        let Some((_, word)) = HANDLERS.iter().find(|(name, _)| *name == way) else { continue };
        match what {
            "path" => handler = setting(Conversion::Text, &value, place, trace).or(handler),
            "port" => {
                if let Some(port) = setting(Conversion::Int, &value, place, trace) {
                    fields.insert("port", port);
                }
                if *word != "path" && handler.is_none() {
                    handler = Some(worded(word, place, trace));
                }
            }
            _ => {}
        }
    }
    if let Some(path) = &handler
        && way_is_http(path)
    {
        fields.insert("path", path.clone());
    }
    add(container, kind, handler, fields, place, false, trace);
}

fn way_is_http(handler: &Setting) -> bool {
    handler.written.first().is_some_and(|path| path.starts_with('/'))
}
