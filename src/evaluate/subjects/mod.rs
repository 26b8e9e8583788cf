//! Subjects: what policies judge, as trees that expressions read, with what binding and reporting need
//! to know of them.

mod deployment;
mod document;
mod env;
mod fields;
mod image;
mod others;
#[cfg(test)]
mod tests;

use super::{Inputs, Required, Settings};
use crate::cel::object::{Datum, Field};
use crate::model::{Artifact, Bypass, CodeSetting, Deployment, Environment};
use crate::policy::Kind;
use crate::source::{SourceId, Span};
use crate::value::Condition;
use fields::{at, list, map, object, text};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// One subject.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub field: Field,
    /// What pairs are made by: the service's canonical name, a code setting's scope and name.
    pub key: Option<String>,
    /// The service's name for people.
    pub service: Option<String>,
    /// All names by which the service goes, for parameters by service.
    pub names: Vec<String>,
    pub environment: Option<Environment>,
    /// The platform, or the kind of artifact.
    pub platform: Option<&'static str>,
    pub condition: Condition,
    pub source: SourceId,
    pub anchor: Span,
    /// Its place in the model's list of its kind.
    pub index: usize,
    /// The tree as seen from another file, made when it is needed.
    pub foreign: OnceLock<Field>,
}

impl Subject {
    /// The tree as another subject's reference.
    pub fn as_reference_of(&self, subject: &Subject, inputs: &Inputs<'_>) -> Field {
        if self.source == subject.source {
            return self.field.clone();
        }
        let foreign = || fields::renamed(&self.field, inputs.sources.get(self.source).path());
        self.foreign.get_or_init(foreign).clone()
    }

    /// The subject's name for people: `backend (staging)`.
    pub fn label(&self, inputs: &Inputs<'_>) -> String {
        let name = match (&self.service, &self.key) {
            (Some(name), _) => name.clone(),
            (None, Some(key)) => key.clone(),
            (None, None) => inputs.sources.get(self.source).path().to_owned(),
        };
        match &self.environment {
            Some(environment) => format!("{name} ({environment})"),
            None => name,
        }
    }
}

/// All subjects of the kinds that somebody asks for.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    by_kind: BTreeMap<Kind, Vec<Subject>>,
    /// The tree `project`, if somebody reads it.
    pub project: Option<Field>,
    /// The trees `service` by canonical name, if somebody reads them.
    pub services: BTreeMap<String, Field>,
    /// Raw documents by file, if somebody reads them.
    pub documents: BTreeMap<SourceId, Field>,
}

impl Subjects {
    /// The subjects of a kind, in the order of the model.
    pub fn of(&self, kind: Kind) -> &[Subject] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Builds the subjects of `kinds`, and the trees of the `extra` variables: `project`, `service`,
    /// `object`.
    pub fn build(
        inputs: &Inputs<'_>,
        settings: &Settings,
        kinds: &BTreeSet<Kind>,
        extra: &BTreeSet<&str>,
    ) -> Subjects {
        let project = extra.contains("project") || kinds.contains(&Kind::Project);
        let services = project || extra.contains("service") || kinds.contains(&Kind::Service);
        let wants = |kind: Kind| kinds.contains(&kind) || project;
        let mut all = Subjects::default();
        let artifacts = if wants(Kind::Artifact) || wants(Kind::Deployment) || services {
            artifacts(inputs)
        } else {
            Vec::new()
        };
        if wants(Kind::Deployment) || services {
            all.by_kind.insert(Kind::Deployment, deployments(inputs, settings, &artifacts));
        }
        all.by_kind.insert(Kind::Artifact, artifacts);
        if wants(Kind::Setting) {
            all.by_kind.insert(Kind::Setting, code_settings(inputs));
        }
        if wants(Kind::Bypass) {
            all.by_kind.insert(Kind::Bypass, bypasses(inputs));
        }
        if kinds.contains(&Kind::Document) || extra.contains("object") || extra.contains("document") {
            let documents = documents(inputs);
            for subject in &documents {
                all.documents.entry(subject.source).or_insert_with(|| subject.field.clone());
            }
            all.by_kind.insert(Kind::Document, documents);
        }
        if services {
            let subjects = service_subjects(all.of(Kind::Deployment));
            for subject in &subjects {
                if let Some(key) = &subject.key {
                    all.services.insert(key.clone(), subject.field.clone());
                }
            }
            all.by_kind.insert(Kind::Service, subjects);
        }
        if project {
            let subject = project_subject(settings, &all);
            all.project = subject.as_ref().map(|subject| subject.field.clone());
            all.by_kind.insert(Kind::Project, subject.into_iter().collect());
        }
        all
    }

    /// The tree `file` of a subject.
    pub fn file(&self, inputs: &Inputs<'_>, source: SourceId) -> Field {
        others::file(inputs.sources, source, self.documents.get(&source).cloned())
    }
}

fn deployments(inputs: &Inputs<'_>, settings: &Settings, artifacts: &[Subject]) -> Vec<Subject> {
    let nothing = Required::default();
    let one = |(index, from): (usize, &Deployment)| {
        let display = from.display_name();
        let family = from.family.as_ref().map(ToString::to_string);
        let names: Vec<String> = family.iter().cloned().chain([display.clone()]).collect();
        let wanted = names.iter().find_map(|name| settings.required.get(name)).unwrap_or(&nothing);
        let path = inputs.sources.get(from.source).path();
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let built = artifacts.iter().filter(|artifact| {
            deployment::builds_from(from, directory, inputs.sources.get(artifact.source).path())
        });
        let built = built.map(|artifact| artifact.field.clone()).collect();
        Subject {
            field: deployment::deployment(inputs.sources, inputs.provenance, from, wanted, built),
            key: family.or_else(|| from.service.as_ref().and_then(fields::holds_text)),
            service: Some(display),
            names,
            environment: from.environment.clone(),
            platform: Some(from.platform),
            condition: from.condition.clone(),
            source: from.source,
            anchor: from.anchor,
            index,
            foreign: OnceLock::new(),
        }
    };
    inputs.model.deployments.iter().enumerate().map(one).collect()
}

fn artifacts(inputs: &Inputs<'_>) -> Vec<Subject> {
    let one = |(index, from): (usize, &Artifact)| Subject {
        field: others::artifact(inputs.sources, inputs.provenance, from),
        key: Some(without_environment(inputs.sources.get(from.source).path())),
        service: None,
        names: Vec::new(),
        environment: from.environment.clone(),
        platform: Some(from.kind.as_str()),
        condition: Condition::always(),
        source: from.source,
        anchor: from.anchor,
        index,
        foreign: OnceLock::new(),
    };
    inputs.model.artifacts.iter().enumerate().map(one).collect()
}

fn code_settings(inputs: &Inputs<'_>) -> Vec<Subject> {
    let one = |(index, from): (usize, &CodeSetting)| Subject {
        field: others::code_setting(inputs.sources, from),
        key: Some(setting_key(from)),
        service: None,
        names: Vec::new(),
        environment: from.environment.clone(),
        platform: None,
        condition: from.condition.clone(),
        source: from.span.source,
        anchor: from.span,
        index,
        foreign: OnceLock::new(),
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
fn without_environment(name: &str) -> String {
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

fn bypasses(inputs: &Inputs<'_>) -> Vec<Subject> {
    let one = |(index, from): (usize, &Bypass)| Subject {
        field: others::bypass(inputs.sources, from),
        key: Some(format!("{}.{}", from.scope, from.name)),
        service: None,
        names: Vec::new(),
        environment: match from.environments.as_deref() {
            Some([only]) => Some(only.clone()),
            _ => None,
        },
        platform: None,
        condition: from.condition.clone(),
        source: from.span.source,
        anchor: from.span,
        index,
        foreign: OnceLock::new(),
    };
    inputs.model.bypasses.iter().enumerate().map(one).collect()
}

fn documents(inputs: &Inputs<'_>) -> Vec<Subject> {
    let one = |(index, from): (usize, &crate::document::Document)| {
        let root = from.root();
        Subject {
            field: document::document(root),
            key: None,
            service: None,
            names: Vec::new(),
            environment: None,
            platform: None,
            condition: Condition::always(),
            source: from.source,
            anchor: root.entries().first().map_or(root.span(), |entry| entry.key_span),
            index,
            foreign: OnceLock::new(),
        }
    };
    inputs.documents.iter().enumerate().map(one).collect()
}

fn service_subjects(deployments: &[Subject]) -> Vec<Subject> {
    let mut by_key: BTreeMap<&str, Vec<&Subject>> = BTreeMap::new();
    for subject in deployments {
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
        let mut fields = BTreeMap::new();
        fields.insert("name", text(key, anchor));
        fields.insert("environments", list(environments, anchor));
        fields.insert("deployments", list(members.iter().map(|one| one.field.clone()).collect(), anchor));
        Some(Subject {
            field: object("service", fields, anchor),
            key: Some(key.to_owned()),
            service: Some(key.to_owned()),
            names: vec![key.to_owned()],
            environment: None,
            platform: None,
            condition: Condition::always(),
            source: first.source,
            anchor: first.anchor,
            index,
            foreign: OnceLock::new(),
        })
    };
    by_key.into_iter().enumerate().filter_map(one).collect()
}

/// The project points at `celador.yaml`, else at the first thing that was read.
fn project_subject(settings: &Settings, all: &Subjects) -> Option<Subject> {
    let first = Kind::ALL.iter().find_map(|kind| all.of(*kind).first()).map(|subject| subject.anchor);
    let span = settings.project.or(first)?;
    let anchor = at(span);
    let mut fields = BTreeMap::new();
    for (name, kind) in [
        ("services", Kind::Service),
        ("deployments", Kind::Deployment),
        ("artifacts", Kind::Artifact),
        ("settings", Kind::Setting),
        ("bypasses", Kind::Bypass),
    ] {
        let elements = all.of(kind).iter().map(|subject| subject.field.clone()).collect();
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
    Some(Subject {
        field: object("project", fields, anchor),
        key: None,
        service: None,
        names: Vec::new(),
        environment: None,
        platform: None,
        condition: Condition::always(),
        source: span.source,
        anchor: span,
        index: 0,
        foreign: OnceLock::new(),
    })
}
