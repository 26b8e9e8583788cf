//! Documents against JSON Schemas, as findings of the policy `schema-violation`.

use super::{Facts, PolicySettings};
use crate::diagnostic::{Action, Diagnostic, Finding, Severity, Tally};
use crate::document::Document;
use crate::evaluate::Evaluation;
use crate::input::{Format, Limits, json, yaml};
use crate::schema::{Name, Schemas, paths, wanted};
use crate::source::{SourceId, Sources, Span};
use globset::GlobSet;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const POLICY: &str = "schema-violation";

/// Which documents are held against which schemas.
#[derive(Clone, Debug, Default)]
pub struct SchemaSettings {
    /// In the order of `celador.yaml`; every rule that matches a file holds.
    pub rules: Vec<SchemaRule>,
    /// Schema files beyond those that are read anyway: see [`missing_schemas`].
    pub files: Vec<SourceId>,
}

/// A schema for files that match a pattern.
#[derive(Clone, Debug)]
pub struct SchemaRule {
    pub files: GlobSet,
    /// A path from the project's root, or a built-in schema's name.
    pub schema: String,
    pub span: Span,
}

/// What documents have violated.
#[derive(Debug, Default)]
pub(super) struct Violations {
    pub findings: Vec<Diagnostic>,
    /// Schemas that cannot be used, or are not there.
    pub diagnostics: Vec<Diagnostic>,
    /// How many documents a schema was for.
    pub documents: usize,
    violating: usize,
}

/// A schema that a document is to be held against.
struct Want<'a> {
    /// As it was written.
    name: String,
    /// The folder that the name is relative to, before the root.
    folder: &'a str,
    span: Span,
    /// Whether a rule of the project says so: then a schema that is not there is an error. One that only
    /// the document names may be another tool's business.
    by_rule: bool,
}

/// The schemas that a document is to be held against.
fn wants<'a>(document: &Document, sources: &'a Sources, settings: &SchemaSettings) -> Vec<Want<'a>> {
    let path = sources.get(document.source).path();
    let matching = settings.rules.iter().filter(|rule| rule.files.is_match(path));
    let of_rule =
        |rule: &SchemaRule| Want { name: rule.schema.clone(), folder: "", span: rule.span, by_rule: true };
    let mut all: Vec<Want<'a>> = matching.map(of_rule).collect();
    if let Some(own) = wanted(document).filter(|own| !own.is_dialect()) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        all.push(Want { name: own.name, folder, span: own.span, by_rule: false });
    }
    all
}

/// Whether a schema is for a document, or a document may be a schema.
pub(super) fn concern(document: &Document, sources: &Sources, settings: &SchemaSettings) -> bool {
    may_be_schema(document) || !wants(document, sources, settings).is_empty()
}

/// Whether a document says that it is a schema.
fn may_be_schema(document: &Document) -> bool {
    document.root().get("$id").is_some() || wanted(document).is_some_and(|own| own.is_dialect())
}

/// Paths from the project's root of schemas that rules or documents name and that were not read: a shell
/// loads those that are there into [`SchemaSettings::files`].
pub fn missing_schemas(facts: &Facts, settings: &SchemaSettings) -> Vec<String> {
    let all = facts.documents.iter().flat_map(|document| wants(document, &facts.sources, settings));
    let named: BTreeSet<String> = all.flat_map(|want| paths(&want.name, want.folder)).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let read: BTreeSet<&str> =
        facts.documents.iter().map(|document| facts.sources.get(document.source).path()).collect();
    named.into_iter().filter(|path| !read.contains(path.as_str())).collect()
}

/// Paths from the project's root of all that serves as a schema: what rules and documents name, read or not,
/// and what says that it is one.
pub fn schema_paths(facts: &Facts, settings: &SchemaSettings) -> BTreeSet<String> {
    let named = facts.documents.iter().flat_map(|document| wants(document, &facts.sources, settings));
    let named = named.flat_map(|want| paths(&want.name, want.folder));
    let own = facts.documents.iter().filter(|document| may_be_schema(document));
    named.chain(own.map(|document| facts.sources.get(document.source).path().to_owned())).collect()
}

/// The built-in schemas, and of the project's documents those that may be schemas: what a rule or a
/// document names, and what says so itself, since schemas refer to each other.
fn shelf(
    documents: &[Document],
    sources: &Sources,
    named: &BTreeSet<String>,
    settings: &SchemaSettings,
    limits: &Limits,
    told: &mut Vec<Diagnostic>,
) -> Schemas {
    let mut all = Vec::new();
    for document in documents {
        let path = sources.get(document.source).path();
        if named.contains(path) || may_be_schema(document) {
            all.push((path.to_owned(), document.clone()));
        }
    }
    for &id in &settings.files {
        let source = sources.get(id);
        let read = match Format::of_path(source.path()) {
            Some(Format::Yaml) => yaml::read(source, id, limits),
            _ => json::read(source, id, limits),
        };
        told.extend(read.diagnostics);
        all.extend(read.documents.into_iter().next().map(|document| (source.path().to_owned(), document)));
    }
    Schemas::new(all)
}

/// Validates each document against the schemas that a rule or the document itself names. Where none does,
/// nothing is built and nothing compiled.
pub(super) fn validate(
    documents: &[Document],
    sources: &Sources,
    settings: &SchemaSettings,
    limits: &Limits,
) -> Violations {
    let mut all = Violations::default();
    let wanting: Vec<(&Document, Vec<Want<'_>>)> = documents
        .iter()
        .map(|document| (document, wants(document, sources, settings)))
        .filter(|(_, wants)| !wants.is_empty())
        .collect();
    if wanting.is_empty() {
        return all;
    }
    let named = wanting.iter().flat_map(|(_, wants)| wants).flat_map(|want| paths(&want.name, want.folder));
    let named: BTreeSet<String> = named.collect();
    let schemas = shelf(documents, sources, &named, settings, limits, &mut all.diagnostics);
    let mut unusable: BTreeSet<Name> = BTreeSet::new();
    let mut missing: BTreeMap<(SourceId, String), Span> = BTreeMap::new();
    for (document, wants) in wanting {
        let mut names: Vec<(Name, Span)> = Vec::new();
        for want in wants {
            match schemas.find(&want.name, want.folder) {
                Some(name) if names.iter().all(|(other, _)| *other != name) => names.push((name, want.span)),
                None if want.by_rule => {
                    missing.insert((want.span.source, want.name), want.span);
                }
                _ => {}
            }
        }
        let before = all.findings.len();
        all.documents += usize::from(!names.is_empty());
        for (name, named_at) in names {
            match schemas.validate(document, &name) {
                Ok(violations) => all.findings.extend(violations),
                Err(reason) if unusable.insert(name) => {
                    let at = reason.span.unwrap_or(named_at);
                    let told = Diagnostic::error("schema-unusable", at, reason.message);
                    all.diagnostics.push(told.with_help(reason.help));
                }
                Err(_) => {}
            }
        }
        all.violating += usize::from(all.findings.len() > before);
    }
    all.diagnostics.extend(missing.into_iter().map(|((_, name), span)| not_found(&name, span)));
    all
}

fn not_found(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("schema-not-found", span, format!("there is no schema `{name}`"))
        .with_help("name a file of the project, or a built-in schema")
}

/// Adds a finding for each violation.
pub(super) fn tell(evaluation: &mut Evaluation, violations: Violations, settings: &PolicySettings) {
    if violations.documents == 0 || !settings.asks_for(POLICY) {
        return;
    }
    let Violations { findings, documents, violating, .. } = violations;
    evaluation.tallies.push(Tally::of(POLICY, documents, violating));
    let told =
        findings.into_iter().map(|told| Finding::of_diagnostic(POLICY, Severity::Error, Action::Deny, told));
    evaluation.findings.extend(told);
}
