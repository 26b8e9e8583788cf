//! Variables of the environment in documents of a platform's own form.

use crate::document::Ref;
use crate::model::{EnvKind, EnvVariable, EnvVariables, Settings};
use crate::platform::convert::Conversion;
use crate::platform::manifest::expression;
use crate::platform::manifest::node::text_of;
use crate::platform::manifest::sheet::at;
use crate::platform::probe;
use crate::platform::table::{Placeholders, Shape, Variables};
use crate::platform::trace::Trace;
use crate::platform::variable::{is_name, origin_of};
use crate::source::Span;
use crate::value::{Condition, Reason, Text, Unknown, Value};

/// Takes in what stands at the place that a row names; `key` are the characters of its key.
pub(super) fn read(
    row: &Variables,
    place: Ref<'_>,
    key: Span,
    placeholders: Placeholders,
    env: &mut EnvVariables,
    settings: &mut Settings,
    trace: &mut Trace<'_>,
) {
    match row.shape {
        Shape::Map => {
            for entry in place.entries() {
                if !is_name(&entry.key) {
                    continue;
                }
                let node = place.document().at(entry.value);
                let value = text_of(node, placeholders, trace).unwrap_or_else(|| empty(node.span(), trace));
                push(env, &entry.key, row.kind, value, Condition::always(), entry.key_span);
            }
        }
        Shape::List(value_key, secret) => {
            for item in place.items() {
                self::item(row.kind, item, value_key, secret, placeholders, env, trace);
            }
        }
        Shape::Files(value_key) => {
            for item in place.items() {
                let Some(value) = item.get(value_key).and_then(|node| text_of(node, placeholders, trace))
                else {
                    continue;
                };
                let input = match &value {
                    Value::Known(known) => known.value.to_string(),
                    Value::Unknown(unknown, _) => unknown.input.to_string(),
                    Value::Either(_) => continue,
                };
                env.open.push(Unknown { input: input.into(), reason: Reason::NotFound, span: item.span() });
                if settings.get("env_file").is_none()
                    && let Some(file) = probe::setting(Conversion::Text, &value, key, trace)
                {
                    settings.insert("env_file", file);
                }
            }
        }
    }
}

fn item(
    kind: EnvKind,
    item: Ref<'_>,
    value_key: &str,
    secret: &[&str],
    placeholders: Placeholders,
    env: &mut EnvVariables,
    trace: &mut Trace<'_>,
) {
    let Some(name) = item.get("name") else { return };
    let span = name.span();
    let Some(Value::Known(known)) = text_of(name, placeholders, trace) else {
        let unknown =
            Unknown { input: "a variable whose name is filled in".into(), reason: Reason::Variable, span };
        env.open.push(unknown);
        return;
    };
    let Some(plain) = known.value.plain().filter(|name| is_name(name)) else { return };
    let condition = item.get("for_each").map_or_else(Condition::always, expression::condition_of);
    let reference = (!secret.is_empty()).then(|| at(item, secret)).flatten();
    let (kind, value) = match reference {
        Some(reference) => (EnvKind::Secret, secret_of(reference, placeholders, trace)),
        None => {
            let value = item.get(value_key).and_then(|value| text_of(value, placeholders, trace));
            (kind, value.unwrap_or_else(|| empty(span, trace)))
        }
    };
    push(env, &plain, kind, value, condition, span);
}

/// What a reference to a secret names: the text itself, or the first text below it.
fn secret_of(reference: Ref<'_>, placeholders: Placeholders, trace: &mut Trace<'_>) -> Value<Text> {
    let node = ["secret", "name"].iter().find_map(|key| at(reference, &[key])).unwrap_or(reference);
    text_of(node, placeholders, trace).unwrap_or_else(|| {
        let span = reference.span();
        Value::Unknown(Unknown { input: "a secret".into(), reason: Reason::Secret, span }, None)
    })
}

fn empty(span: Span, trace: &mut Trace<'_>) -> Value<Text> {
    let origin = trace.written(span);
    Value::known(Text::literal("", Some(origin)), origin)
}

fn push(
    env: &mut EnvVariables,
    name: &str,
    kind: EnvKind,
    value: Value<Text>,
    condition: Condition,
    span: Span,
) {
    let origin = origin_of(&value);
    env.all.push(EnvVariable { name: name.into(), kind, value, condition, span, origin });
}
