//! Artifacts, code settings, bypasses: the smaller objects.

use super::env::env;
use super::fields::{at, bool, list, object, setting, settings, text};
use crate::cel::object::{Datum, Field, Place};
use crate::model::catalogue::{self, Level, Row, Type};
use crate::model::{Artifact, Bypass, CodeSetting, CodeValue, Recorded, Setting};
use crate::provenance::Provenance;
use crate::source::{SourceId, Sources, Span};
use crate::value::{Condition, NameMap};
use std::sync::Arc;

/// The object `file`.
pub(super) fn file(sources: &Sources, source: SourceId, document: Option<Field>) -> Field {
    let place = at(Span::beginning(source));
    let path = sources.get(source).path();
    let mut fields: NameMap<Field> = NameMap::new();
    fields.insert("path", text(path, place));
    fields.insert("name", text(path.rsplit('/').next().unwrap_or(path), place));
    if let Some(document) = document {
        fields.insert("document", document);
    }
    object("file", fields, place)
}

/// The object `artifact`.
pub(super) fn artifact(sources: &Sources, provenance: &Provenance, from: &Artifact) -> Field {
    const PORT: Row = Row { name: "port", kind: Type::Int, level: Level::Container, description: "" };
    let anchor = at(from.anchor);
    let mut fields: NameMap<Field> = NameMap::new();
    let rows = catalogue::ROWS.iter().filter(|row| !matches!(row.kind, Type::Probe | Type::Image));
    settings(provenance, rows, &from.settings, (&Condition::always(), anchor), &mut fields);
    fields.insert("kind", text(from.kind.as_str(), anchor));
    fields.insert("file", text(sources.get(from.source).path(), anchor));
    if let Some(environment) = &from.environment {
        fields.insert("environment", text(environment.as_str(), anchor));
    }
    fields.insert("env", env(provenance, &from.env, from.anchor));
    let further = from.further_ports.iter().map(|found| setting(provenance, &PORT, found));
    fields.insert("further_ports", list(further.collect(), anchor));
    let ports = from.bound_ports.iter().map(|bound| {
        let place = at(bound.span);
        let fixed = Setting {
            value: bound.value.clone(),
            written: Vec::new(),
            overridden: Vec::new(),
            platform_default: false,
            place: bound.span,
        };
        let mut fields: NameMap<Field> = NameMap::new();
        fields.insert("port", setting(provenance, &PORT, &fixed));
        fields.insert("honours_variable", bool(bound.honours_variable, place));
        fields.insert("asked", bool(bound.asked, place));
        object("bound_port", fields, place)
    });
    fields.insert("bound_ports", list(ports.collect(), anchor));
    object("artifact", fields, anchor)
}

/// The field of a code setting's own kind.
fn code_value(value: &CodeValue, written: &str, place: Place) -> (&'static str, Field) {
    let datum = match value {
        CodeValue::Duration(amount) => {
            let written = if written.is_empty() || is_number(written) {
                amount.to_string()
            } else {
                written.to_owned()
            };
            Datum::Duration { amount: *amount, written: written.into() }
        }
        CodeValue::Ratio(ratio) | CodeValue::Number(ratio) => Datum::Double(*ratio),
        CodeValue::Count(count) => Datum::Int(*count),
        CodeValue::Flag(flag) => Datum::Bool(*flag),
        CodeValue::Text(value) => Datum::Text(value.as_str().into()),
    };
    (value.kind(), Field::known(datum, place))
}

/// A bare number of a duration is told with its unit: `8.0` as `8s`.
fn is_number(written: &str) -> bool {
    written.parse::<f64>().is_ok()
}

/// The object `setting`.
pub(super) fn code_setting(sources: &Sources, from: &CodeSetting) -> Field {
    let place = Place { span: from.span, origin: Some(from.origin), platform_default: false };
    let mut fields: NameMap<Field> = NameMap::new();
    fields.insert("name", text(Arc::clone(&from.name), place));
    fields.insert("scope", text(Arc::clone(&from.scope), place));
    fields.insert("file", text(sources.get(from.span.source).path(), place));
    if let Some(environment) = &from.environment {
        fields.insert("environment", text(environment.as_str(), place));
    }
    let (kind, value) = code_value(&from.value, if from.derived { "" } else { &from.written }, place);
    fields.insert("kind", text(kind, place));
    fields.insert(kind, value);
    fields.insert("written", text(from.written.as_str(), place));
    fields.insert("derived", bool(from.derived, place));
    if !from.condition.is_always() {
        fields.insert("condition", text(from.condition.to_string(), place));
    }
    let parts = from.parts.iter().map(|(name, value, span)| {
        let place = at(*span);
        let mut fields: NameMap<Field> = NameMap::new();
        fields.insert("name", text(Arc::clone(name), place));
        let (kind, value) = code_value(value, "", place);
        fields.insert(kind, value);
        object("part", fields, place)
    });
    fields.insert("parts", list(parts.collect(), place));
    if let Some(budget) = from.budget {
        let word = match budget {
            crate::model::Budget::Sum => "sum",
            crate::model::Budget::Largest => "largest",
        };
        fields.insert("budget", text(word, place));
    }
    object("setting", fields, place)
}

/// The object `bypass`.
pub(super) fn bypass(sources: &Sources, from: &Bypass) -> Field {
    let place = Place { span: from.span, origin: from.origin, platform_default: false };
    let mut fields: NameMap<Field> = NameMap::new();
    fields.insert("kind", text(from.kind.as_str(), place));
    fields.insert("name", text(Arc::clone(&from.name), place));
    fields.insert("turns_off", text(Arc::clone(&from.turns_off), place));
    for (name, value) in [("command", &from.command), ("service", &from.service)] {
        if let Some(value) = value {
            fields.insert(name, text(Arc::clone(value), place));
        }
    }
    fields.insert("scope", text(from.scope.as_str(), place));
    fields.insert("file", text(sources.get(from.span.source).path(), place));
    fields.insert("unconditional", bool(from.is_unconditional(), place));
    fields.insert("before_deployment", bool(from.before_deployment, place));
    match from.recorded {
        Recorded::At(span) => drop(fields.insert("recorded", bool(true, at(span)))),
        Recorded::Nowhere => drop(fields.insert("recorded", bool(false, place))),
        Recorded::Untold => {}
    }
    if let Some(environments) = &from.environments {
        let place = at(from.environment_span.unwrap_or(from.span));
        let names = environments.iter().map(|environment| text(environment.as_str(), place));
        fields.insert("environments", list(names.collect(), place));
    }
    if let Some((threshold, span)) = from.threshold {
        fields.insert("threshold", Field::known(Datum::Double(threshold), at(span)));
    }
    fields.insert("flag", bool(from.flag, place));
    if !from.condition.is_always() {
        fields.insert("condition", text(from.condition.to_string(), place));
    }
    object("bypass", fields, place)
}
