//! The lists of subjects: what binding and reporting need to know of each, without its tree.

use super::fields::{self, at, list, map, object, text};
use super::{Subject, Subjects};
use crate::cel::Members;
use crate::cel::object::{Datum, Field};
use crate::evaluate::{Inputs, Settings};
use crate::model::{Artifact, Bypass, CodeSetting, Deployment, Environment};
use crate::policy::Kind;
use crate::source::{SourceId, Span};
use crate::value::{Condition, NameMap};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// A subject of which only the place is known.
fn subject(source: SourceId, anchor: Span, index: usize) -> Subject {
    Subject {
        key: None,
        service: None,
        names: Vec::new(),
        environment: None,
        platform: None,
        condition: Condition::always(),
        source,
        anchor,
        index,
        tree: OnceLock::new(),
        foreign: OnceLock::new(),
    }
}

pub(super) fn deployments(inputs: &Inputs<'_>) -> Vec<Subject> {
    let one = |(index, from): (usize, &Deployment)| {
        let display = from.display_name();
        let family = from.family.as_ref().map(ToString::to_string);
        let names: Vec<String> = family.iter().cloned().chain([display.clone()]).collect();
        Subject {
            key: family.or_else(|| from.service.as_ref().and_then(fields::holds_text)),
            service: Some(display),
            names,
            environment: from.environment.clone(),
            platform: Some(from.platform),
            condition: from.condition.clone(),
            ..subject(from.source, from.anchor, index)
        }
    };
    inputs.model.deployments.iter().enumerate().map(one).collect()
}

pub(super) fn artifacts(inputs: &Inputs<'_>) -> Vec<Subject> {
    let one = |(index, from): (usize, &Artifact)| Subject {
        key: Some(without_environment(inputs.sources.get(from.source).path())),
        environment: from.environment.clone(),
        platform: Some(from.kind.as_str()),
        ..subject(from.source, from.anchor, index)
    };
    inputs.model.artifacts.iter().enumerate().map(one).collect()
}

pub(super) fn code_settings(inputs: &Inputs<'_>) -> Vec<Subject> {
    let one = |(index, from): (usize, &CodeSetting)| Subject {
        key: Some(setting_key(from)),
        environment: from.environment.clone(),
        condition: from.condition.clone(),
        ..subject(from.span.source, from.span, index)
    };
    inputs.model.settings.iter().enumerate().map(one).collect()
}

/// Scope and name. Classes and functions by environment pair by their names without it; values that
/// arithmetic made pair where the same expression made them.
fn setting_key(from: &CodeSetting) -> String {
    let (path, inner) = from.scope.split_once("::").unwrap_or((&from.scope, ""));
    let scope = format!("{path}::{}", without_environment(inner));
    if from.derived {
        return format!("{scope}.{} at {}", from.name, from.span.start);
    }
    format!("{scope}.{}", from.name)
}

/// A name without the words that tell an environment: of `StagingConfig` the rest, of
/// `config/staging.env` the rest.
pub(super) fn without_environment(name: &str) -> String {
    let mut kept = String::new();
    for word in words(name) {
        if Environment::known(word).is_none() {
            kept.push_str(word);
        }
    }
    kept
}

/// Cuts a name at every change between letters and others, and before each capital after a small letter.
fn words(name: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut before: Option<char> = None;
    for (i, c) in name.char_indices() {
        if before.is_some_and(|before| {
            before.is_alphanumeric() != c.is_alphanumeric() || (before.is_lowercase() && c.is_uppercase())
        }) {
            cuts.push(i);
        }
        before = Some(c);
    }
    cuts.push(name.len());
    cuts.windows(2).filter_map(|pair| name.get(pair[0]..pair[1])).collect()
}

pub(super) fn bypasses(inputs: &Inputs<'_>) -> Vec<Subject> {
    let one = |(index, from): (usize, &Bypass)| Subject {
        key: Some(format!("{}.{}", from.scope, from.name)),
        environment: match from.environments.as_deref() {
            Some([only]) => Some(only.clone()),
            _ => None,
        },
        condition: from.condition.clone(),
        ..subject(from.span.source, from.span, index)
    };
    inputs.model.bypasses.iter().enumerate().map(one).collect()
}

pub(super) fn documents(inputs: &Inputs<'_>) -> Vec<Subject> {
    let one = |(index, from): (usize, &crate::document::Document)| {
        let root = from.root();
        let anchor = root.entries().first().map_or(root.span(), |entry| entry.key_span);
        subject(from.source, anchor, index)
    };
    inputs.documents.iter().enumerate().map(one).collect()
}

/// The services that deployments are of, each with its tree.
pub(super) fn services(all: &Subjects<'_>) -> Vec<Subject> {
    let mut by_key: BTreeMap<&str, Vec<&Subject>> = BTreeMap::new();
    for subject in all.of(Kind::Deployment) {
        if let Some(key) = &subject.key {
            by_key.entry(key).or_default().push(subject);
        }
    }
    let one = |(index, (key, members)): (usize, (&str, Vec<&Subject>))| {
        let first = *members.first()?;
        let anchor = at(first.anchor);
        let environments: BTreeSet<&str> = members
            .iter()
            .filter_map(|member| member.environment.as_ref())
            .map(Environment::as_str)
            .collect();
        let environments = environments.into_iter().map(|name| text(name, anchor)).collect();
        let deployments = members.iter().map(|one| all.kept_tree(Kind::Deployment, one).clone()).collect();
        let mut fields = NameMap::new();
        fields.insert("name", text(key, anchor));
        fields.insert("environments", list(environments, anchor));
        fields.insert("deployments", list(deployments, anchor));
        Some(Subject {
            key: Some(key.to_owned()),
            service: Some(key.to_owned()),
            names: vec![key.to_owned()],
            tree: OnceLock::from(object("service", fields, anchor)),
            ..subject(first.source, first.anchor, index)
        })
    };
    by_key.into_iter().enumerate().filter_map(one).collect()
}

/// The project, with those fields of its tree that somebody reads. It points at `celador.yaml`, else at the first thing that was read.
pub(super) fn project(settings: &Settings, all: &Subjects<'_>, reads: &Members) -> Option<Subject> {
    let first = Kind::ALL.iter().find_map(|kind| all.of(*kind).first()).map(|subject| subject.anchor);
    let span = settings.project.or(first)?;
    let anchor = at(span);
    let mut fields = NameMap::new();
    for (name, kind) in [
        ("services", Kind::Service),
        ("deployments", Kind::Deployment),
        ("artifacts", Kind::Artifact),
        ("settings", Kind::Setting),
        ("bypasses", Kind::Bypass),
    ] {
        if !reads.contains(name) {
            continue;
        }
        let elements = all.of(kind).iter().map(|subject| all.kept_tree(kind, subject).clone()).collect();
        fields.insert(name, list(elements, anchor));
    }
    let gates: BTreeMap<Arc<str>, Field> = settings
        .gates
        .iter()
        .map(|(environment, gate)| {
            let place = at(gate.span.unwrap_or(span));
            (environment.as_str().into(), Field::known(Datum::Int(gate.tolerate), place))
        })
        .collect();
    fields.insert("gates", map(gates, None, anchor));
    let names = settings.bypass_environments.iter().map(|name| text(name.as_str(), anchor)).collect();
    fields.insert("bypass_environments", list(names, anchor));
    let tree = OnceLock::from(object("project", fields, anchor));
    Some(Subject { tree, ..subject(span.source, span, 0) })
}
