//! Documents against JSON Schemas, as findings of the policy `schema-violation`.

use super::PolicySettings;
use super::unreadable::of_diagnostic;
use crate::diagnostic::{Action, Diagnostic, Severity, Tally};
use crate::document::Document;
use crate::evaluate::Evaluation;
use crate::schema::{Name, Schemas, wanted};
use crate::source::{SourceId, Sources, Span};
use globset::GlobSet;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const POLICY: &str = "schema-violation";

/// Which documents are held against which schemas.
#[derive(Debug, Default)]
pub struct SchemaSettings {
    /// The project's own schemas and the built-in ones.
    pub schemas: Schemas,
    /// In the order of `celador.yaml`; every rule that matches a file holds.
    pub rules: Vec<SchemaRule>,
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

/// Validates each document against the schemas that a rule or the document itself names. Costs nothing
/// where none does.
pub(super) fn validate(documents: &[Document], sources: &Sources, settings: &SchemaSettings) -> Violations {
    let mut all = Violations::default();
    let mut unusable: BTreeMap<Name, Span> = BTreeMap::new();
    let mut missing: BTreeSet<(SourceId, String)> = BTreeSet::new();
    for document in documents {
        let path = sources.get(document.source).path();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let rules = settings.rules.iter().filter(|rule| rule.files.is_match(path));
        let mut names: Vec<(Name, Span)> = Vec::new();
        for rule in rules {
            match settings.schemas.find(&rule.schema, "") {
                Some(name) => names.push((name, rule.span)),
                None if missing.insert((rule.span.source, rule.schema.clone())) => {
                    all.diagnostics.push(not_found(&rule.schema, rule.span));
                }
                None => {}
            }
        }
        if let Some(own) = wanted(document).filter(|own| !own.is_dialect()) {
            // A schema somewhere on the network is another tool's business.
            if let Some(name) = settings.schemas.find(&own.name, folder) {
                names.push((name, own.span));
            }
        }
        names.dedup_by(|later, first| later.0 == first.0);
        let before = all.findings.len();
        all.documents += usize::from(!names.is_empty());
        for (name, named_at) in names {
            match settings.schemas.validate(document, &name) {
                Ok(violations) => all.findings.extend(violations),
                Err(reason) => {
                    if unusable.insert(name, named_at).is_none() {
                        let at = reason.span.unwrap_or(named_at);
                        let told = Diagnostic::error("schema-unusable", at, reason.message);
                        all.diagnostics.push(told.with_help(reason.help));
                    }
                }
            }
        }
        all.violating += usize::from(all.findings.len() > before);
    }
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
    evaluation.tallies.push(Tally {
        policy: POLICY.to_owned(),
        bound: documents,
        passed: documents - violating,
        failed: violating,
        ..Tally::default()
    });
    let told = findings.into_iter().map(|told| of_diagnostic(POLICY, Severity::Error, Action::Deny, told));
    evaluation.findings.extend(told);
}
