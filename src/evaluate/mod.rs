//! Judging: compiled policies over the model.
//!
//! Subjects become trees of fields, targets select them and pair them, expressions are evaluated in
//! every world that the values they read tell apart, and what fails becomes findings that point at the
//! characters that decided. This room must never know a file format, a waiver, an exit code or a report,
//! and it does no I/O; everything is plain data, and [`Prepared`] may be shared by threads.

mod bind;
mod finding;
mod judge;
mod merge;
mod related;
mod subjects;
#[cfg(test)]
mod tests;

use crate::diagnostic::{Diagnostic, Finding, Tally};
use crate::document::Document;
use crate::model::{Environment, Model};
use crate::policy::{Compiled, Findings, Kind};
use crate::provenance::Provenance;
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use subjects::Subjects;

/// What is judged.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub model: &'a Model,
    /// For policies about raw documents; may be empty.
    pub documents: &'a [Document],
    pub sources: &'a Sources,
    pub provenance: &'a Provenance,
}

/// The variables that a project requires of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Required {
    pub env: Vec<Arc<str>>,
    pub secrets: Vec<Arc<str>>,
}

/// How many failures a start-up gate of an environment may tolerate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    pub tolerate: i64,
    /// Where the project file says so.
    pub span: Option<Span>,
}

/// What a project says that expressions can read, and how verdicts are told.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// By the service's canonical name or its name on the platform.
    pub required: BTreeMap<String, Required>,
    pub gates: BTreeMap<Environment, Gate>,
    /// The environments in which checks may be bypassed.
    pub bypass_environments: Vec<Environment>,
    /// Undetermined verdicts are all listed.
    pub strict: bool,
    /// Where findings about the project as a whole point: the beginning of `celador.yaml`.
    pub project: Option<Span>,
}

/// What came of judging.
#[derive(Debug, Default)]
pub struct Evaluation {
    pub findings: Vec<Finding>,
    pub undetermined: Vec<Finding>,
    /// One for each policy, in the order given.
    pub tallies: Vec<Tally>,
    /// Errors that policies raised.
    pub diagnostics: Vec<Diagnostic>,
}

/// What one policy came to.
#[derive(Debug, Default)]
pub struct Outcome {
    findings: Vec<Finding>,
    undetermined: Vec<Finding>,
    tally: Tally,
    diagnostics: Vec<Diagnostic>,
}

/// The subjects that a set of policies needs, built once and shared.
pub struct Prepared<'a> {
    inputs: Inputs<'a>,
    settings: &'a Settings,
    subjects: Subjects,
}

impl<'a> Prepared<'a> {
    /// Builds what the policies' targets and expressions need, and nothing else.
    pub fn new(inputs: Inputs<'a>, policies: &[Compiled], settings: &'a Settings) -> Prepared<'a> {
        let kinds: BTreeSet<Kind> = policies.iter().map(|one| one.policy.target.kind).collect();
        let mentioned = |name: &&str| policies.iter().any(|one| one.mentions(name));
        let extra: BTreeSet<&str> =
            ["project", "service", "object", "document"].into_iter().filter(mentioned).collect();
        let subjects = Subjects::build(&inputs, settings, &kinds, &extra);
        Prepared { inputs, settings, subjects }
    }

    /// Judges every subject that one policy selects.
    pub fn judge(&self, policy: &Compiled) -> Outcome {
        let selected = bind::select(&policy.policy.target, &self.subjects, &self.inputs);
        let mut tally =
            Tally { policy: policy.policy.name.to_string(), unpaired: selected.unpaired, ..Tally::default() };
        let mut findings = Vec::new();
        let mut undetermined = Vec::new();
        let mut diagnostics = Vec::new();
        for bound in &selected.bound {
            let judgement = judge::judge(policy, bound, &self.subjects, &self.inputs);
            judgement.count(&mut tally);
            diagnostics
                .extend(judgement.errors.iter().map(|error| finding::error(policy, bound.subject, error)));
            let told = finding::Told { policy, bound, inputs: &self.inputs, settings: self.settings };
            let failures = told.findings(&judgement);
            findings.extend(match policy.policy.findings {
                Findings::Each => failures,
                Findings::Together => merge::together(failures),
            });
            undetermined.extend(told.undetermined(&judgement));
        }
        diagnostics.dedup_by(|later, first| {
            later.primary.span == first.primary.span && later.message == first.message
        });
        Outcome {
            findings: merge::merge(findings),
            undetermined: merge::merge(undetermined),
            tally,
            diagnostics,
        }
    }
}

/// Puts the outcomes of several policies together.
pub fn collect(outcomes: impl IntoIterator<Item = Outcome>) -> Evaluation {
    let mut all = Evaluation::default();
    for outcome in outcomes {
        all.findings.extend(outcome.findings);
        all.undetermined.extend(outcome.undetermined);
        all.tallies.push(outcome.tally);
        all.diagnostics.extend(outcome.diagnostics);
    }
    all
}

/// Judges all policies, one after the other. Who has threads calls [`Prepared::judge`] on each.
pub fn evaluate(inputs: Inputs<'_>, policies: &[Compiled], settings: &Settings) -> Evaluation {
    let prepared = Prepared::new(inputs, policies, settings);
    collect(policies.iter().map(|policy| prepared.judge(policy)))
}
