//! Subjects: what policies judge, as trees that expressions read, with what binding and reporting need
//! to know of them.
//!
//! A subject's tree is made where it is judged and dropped with the verdict, so that a project of ten
//! thousand deployments holds a handful of trees at a time. Trees that other subjects see (references,
//! the members of a service) are kept.

mod deployment;
mod document;
mod env;
mod fields;
mod image;
mod lists;
mod others;
#[cfg(test)]
mod tests;

use super::{Inputs, Required, Settings};
use crate::cel::Members;
use crate::cel::object::Field;
use crate::model::{Deployment, Environment};
use crate::policy::Kind;
use crate::source::{SourceId, Span};
use crate::value::{Condition, Reason, Unknown};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// One subject.
#[derive(Clone, Debug)]
pub(super) struct Subject {
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
    /// Its place in the model's list of its kind, and in the list of subjects of its kind.
    pub index: usize,
    /// The tree, where it is kept: see [`Subjects::kept_tree`].
    tree: OnceLock<Field>,
    /// The tree as seen from another file, made when it is needed.
    foreign: OnceLock<Field>,
}

impl Subject {
    /// The tree, if it is kept: references are.
    pub fn kept(&self) -> Option<&Field> {
        self.tree.get()
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

/// What a set of policies reads, beyond the subjects that they bind.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The fields of deployments.
    pub deployment: Members,
    /// The fields of the project, if it is read.
    pub project: Option<Members>,
    pub service: bool,
    /// Raw documents: as `object`, or as `file.document`.
    pub documents: bool,
}

/// All subjects of the kinds that somebody asks for.
#[derive(Debug)]
pub(super) struct Subjects<'a> {
    inputs: Inputs<'a>,
    settings: &'a Settings,
    /// The fields of deployments that somebody reads.
    reads: Members,
    by_kind: BTreeMap<Kind, Vec<Subject>>,
    /// Services by canonical name, if somebody reads them: places in the list of their kind.
    services: BTreeMap<String, usize>,
    /// The first document of each file, if somebody reads them: places in the list of their kind.
    documents: BTreeMap<SourceId, usize>,
}

impl<'a> Subjects<'a> {
    /// Lists the subjects of `kinds`, and those that the further trees are made of.
    pub fn new(
        inputs: Inputs<'a>,
        settings: &'a Settings,
        kinds: &BTreeSet<Kind>,
        wanted: Wanted,
    ) -> Subjects<'a> {
        let Wanted { mut deployment, project, service, documents } = wanted;
        let of_project = |name: &str| project.as_ref().is_some_and(|members| members.contains(name));
        let services = of_project("services") || service || kinds.contains(&Kind::Service);
        let wants = |kind: Kind| kinds.contains(&kind) || project.is_some();
        // Whoever sees deployments inside something else may read any of their fields.
        if services || of_project("deployments") {
            deployment.add_all();
        }
        let mut all = Subjects {
            inputs,
            settings,
            reads: deployment,
            by_kind: BTreeMap::new(),
            services: BTreeMap::new(),
            documents: BTreeMap::new(),
        };
        let deployments = wants(Kind::Deployment) || services;
        if wants(Kind::Artifact) || deployments {
            all.by_kind.insert(Kind::Artifact, lists::artifacts(&inputs));
        }
        if deployments {
            all.by_kind.insert(Kind::Deployment, lists::deployments(&inputs));
        }
        if wants(Kind::Setting) {
            all.by_kind.insert(Kind::Setting, lists::code_settings(&inputs));
        }
        if wants(Kind::Bypass) {
            all.by_kind.insert(Kind::Bypass, lists::bypasses(&inputs));
        }
        if kinds.contains(&Kind::Document) || documents {
            let documents = lists::documents(&inputs);
            for subject in &documents {
                all.documents.entry(subject.source).or_insert(subject.index);
            }
            all.by_kind.insert(Kind::Document, documents);
        }
        if services {
            let subjects = lists::services(&all);
            let keys = subjects.iter().filter_map(|subject| Some((subject.key.clone()?, subject.index)));
            all.services = keys.collect();
            all.by_kind.insert(Kind::Service, subjects);
        }
        if let Some(members) = &project {
            let subject = lists::project(settings, &all, members);
            all.by_kind.insert(Kind::Project, subject.into_iter().collect());
        }
        all
    }

    /// The subjects of a kind, in the order of the model.
    pub fn of(&self, kind: Kind) -> &[Subject] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The tree of a subject that is about to be judged.
    pub fn tree(&self, kind: Kind, subject: &Subject) -> Field {
        subject.tree.get().cloned().unwrap_or_else(|| self.build(kind, subject))
    }

    /// The tree of a subject that others see: made once, and kept.
    pub fn kept_tree<'s>(&self, kind: Kind, subject: &'s Subject) -> &'s Field {
        subject.tree.get_or_init(|| self.build(kind, subject))
    }

    /// The tree of a subject as the reference of another one. Conditions of another file speak of other
    /// inputs, and say so.
    pub fn reference_tree(&self, kind: Kind, reference: &Subject, of: &Subject) -> Field {
        let own = self.kept_tree(kind, reference);
        if reference.source == of.source {
            return own.clone();
        }
        let foreign = || fields::renamed(own, self.inputs.sources.get(reference.source).path());
        reference.foreign.get_or_init(foreign).clone()
    }

    fn build(&self, kind: Kind, subject: &Subject) -> Field {
        self.build_known(kind, subject).unwrap_or_else(|| {
            // A list of subjects has one for each element of the model: this cannot be.
            let unknown =
                Unknown { input: kind.variable().into(), reason: Reason::NotFound, span: subject.anchor };
            Field::Unknown { unknown, place: fields::at(subject.anchor) }
        })
    }

    fn build_known(&self, kind: Kind, subject: &Subject) -> Option<Field> {
        let Inputs { model, documents, sources, provenance } = self.inputs;
        let index = subject.index;
        Some(match kind {
            Kind::Deployment => self.deployment(model.deployments.get(index)?, subject),
            Kind::Artifact => others::artifact(sources, provenance, model.artifacts.get(index)?),
            Kind::Setting => others::code_setting(sources, model.settings.get(index)?),
            Kind::Bypass => others::bypass(sources, model.bypasses.get(index)?),
            Kind::Document => document::document(documents.get(index)?.root()),
            // Made with the list.
            Kind::Service | Kind::Project => return None,
        })
    }

    fn deployment(&self, from: &Deployment, subject: &Subject) -> Field {
        let nothing = Required::default();
        let wanted = subject.names.iter().find_map(|name| self.settings.required.get(name));
        let mut built = Vec::new();
        if from.dockerfile.is_some() {
            let path = |source| self.inputs.sources.get(source).path();
            let directory = path(from.source).rsplit_once('/').map_or("", |(directory, _)| directory);
            let artifacts = self.of(Kind::Artifact).iter();
            let builds =
                artifacts.filter(|artifact| deployment::builds_from(from, directory, path(artifact.source)));
            built.extend(builds.map(|artifact| self.kept_tree(Kind::Artifact, artifact).clone()));
        }
        let Inputs { sources, provenance, .. } = self.inputs;
        let wanted = wanted.unwrap_or(&nothing);
        deployment::deployment(sources, provenance, from, wanted, built, &self.reads)
    }

    /// The tree `project`, if somebody reads it.
    pub fn project(&self) -> Option<&Field> {
        self.of(Kind::Project).first().and_then(Subject::kept)
    }

    /// The tree `service` of a canonical name, if somebody reads it.
    pub fn service(&self, key: &str) -> Option<&Field> {
        self.of(Kind::Service).get(*self.services.get(key)?)?.kept()
    }

    /// The tree of a file's first document, if somebody reads documents.
    pub fn document(&self, source: SourceId) -> Option<&Field> {
        let subject = self.of(Kind::Document).get(*self.documents.get(&source)?)?;
        Some(self.kept_tree(Kind::Document, subject))
    }

    /// The tree `file` of a subject.
    pub fn file(&self, source: SourceId) -> Field {
        others::file(self.inputs.sources, source, self.document(source).cloned())
    }
}
