//! Judging: compiled policies over the model.
//!
//! Subjects become trees of fields, targets select them and pair them, expressions are evaluated in
//! every world that the values they read tell apart, and what fails becomes findings that point at the
//! characters that decided. This room must never know a file format, a waiver, an exit code or a report,
//! and it does no I/O; everything is plain data, and [`Prepared`] may be shared by threads.

mod bind;
mod explanation;
mod finding;
mod judge;
mod merge;
mod related;
mod subjects;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod verdicts;

use crate::cel::object::Field;
use crate::diagnostic::{Diagnostic, Explanation, Finding, Tally};
use crate::document::Document;
use crate::model::{Environment, Model};
use crate::policy::{Compiled, Findings, Kind};
use crate::provenance::Provenance;
use crate::source::{Sources, Span};
use bind::{Bound, Selection};
use judge::Reads;
use merge::Draft;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use subjects::{Subject, Subjects, Wanted};

/// What is judged.
#[derive(Clone, Copy, Debug)]
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
    /// Whether every verdict is explained, those that pass too.
    pub explain: bool,
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
    /// How each verdict came to be, if that was asked for.
    pub explanations: Vec<Explanation>,
}

/// What one policy came to over some subjects.
#[derive(Debug, Default)]
struct Outcome {
    findings: Vec<Draft>,
    undetermined: Vec<Draft>,
    tally: Tally,
    diagnostics: Vec<Diagnostic>,
    explanations: Vec<Explanation>,
}

/// What all policies came to over one [`Stretch`].
#[derive(Debug)]
pub struct Judged {
    /// By policy, those that have something to tell.
    outcomes: Vec<(usize, Outcome)>,
}

/// Some neighbouring subjects of one kind: what one thread judges at a time.
#[derive(Clone, Debug)]
pub struct Stretch {
    kind: Kind,
    subjects: Range<usize>,
}

/// How many subjects one thread takes at a time: few enough to share, enough to be worth it.
const STRETCH: usize = 16;

/// A policy that is about to judge.
struct Asked<'a> {
    policy: &'a Compiled,
    selection: Selection<'a>,
    reads: Reads,
}

/// The policies and the subjects that they need, listed once and shared.
pub struct Prepared<'a> {
    inputs: Inputs<'a>,
    settings: &'a Settings,
    asked: Vec<Asked<'a>>,
    subjects: Subjects<'a>,
}

impl<'a> Prepared<'a> {
    /// Lists what the policies' targets and expressions need, and nothing else.
    pub fn new(inputs: Inputs<'a>, policies: &'a [Compiled], settings: &'a Settings) -> Prepared<'a> {
        let kinds: BTreeSet<Kind> = policies.iter().map(|one| one.policy.target.kind).collect();
        let mut wanted = Wanted::default();
        let reads: Vec<Reads> = policies.iter().map(Reads::of).collect();
        for (policy, reads) in policies.iter().zip(&reads) {
            reads.want(policy, &mut wanted);
        }
        let subjects = Subjects::new(inputs, settings, &kinds, wanted);
        let ask = |(policy, reads): (&'a Compiled, Reads)| {
            let selection = Selection::of(&policy.policy.target, &subjects, &inputs);
            Asked { policy, selection, reads }
        };
        let asked = policies.iter().zip(reads).map(ask).collect();
        Prepared { inputs, settings, asked, subjects }
    }

    /// All subjects, cut into stretches that may be judged in any order, and by any thread.
    pub fn stretches(&self) -> Vec<Stretch> {
        let kinds: BTreeSet<Kind> = self.asked.iter().map(|asked| asked.selection.kind()).collect();
        let of_kind = |kind: Kind| {
            let count = self.subjects.of(kind).len();
            let stretch = move |start| Stretch { kind, subjects: start..count.min(start + STRETCH) };
            (0..count).step_by(STRETCH).map(stretch)
        };
        kinds.into_iter().flat_map(of_kind).collect()
    }

    /// Judges each subject of a stretch by every policy that selects it. A subject's tree lives no longer
    /// than that.
    pub fn judge(&self, stretch: &Stretch) -> Judged {
        let mut outcomes: Vec<Outcome> = Vec::new();
        outcomes.resize_with(self.asked.len(), Outcome::default);
        let subjects = self.subjects.of(stretch.kind).get(stretch.subjects.clone()).unwrap_or_default();
        for subject in subjects {
            let mut tree = None;
            for (asked, outcome) in self.asked.iter().zip(&mut outcomes) {
                if asked.selection.kind() != stretch.kind {
                    continue;
                }
                if let Some(references) = asked.selection.references_of(subject) {
                    let tree = tree.get_or_insert_with(|| self.subjects.tree(stretch.kind, subject));
                    self.judge_one(asked, subject, tree, references, outcome);
                }
            }
        }
        let told = outcomes.into_iter().enumerate().filter(|(_, outcome)| outcome.tally.bound > 0);
        Judged { outcomes: told.collect() }
    }

    fn judge_one(
        &self,
        asked: &Asked<'_>,
        subject: &Subject,
        tree: &Field,
        references: &[usize],
        outcome: &mut Outcome,
    ) {
        let policy = asked.policy;
        let others = self.subjects.of(asked.selection.kind());
        let references = references.iter().filter_map(|&index| others.get(index)).collect();
        let bound = Bound { subject, tree: tree.clone(), references };
        let explains =
            self.settings.explain.then_some(explanation::Explains { subject, inputs: &self.inputs });
        let judgement = judge::judge(policy, &bound, &self.subjects, asked.reads, explains);
        judgement.count(&mut outcome.tally);
        let told = judgement.errors.iter().map(|error| finding::error(policy, subject, error));
        outcome.diagnostics.extend(told);
        let told = finding::Told { policy, bound: &bound, inputs: &self.inputs, settings: self.settings };
        let failures = told.findings(&judgement);
        outcome.findings.extend(match policy.policy.findings {
            Findings::Each => failures,
            Findings::Together => merge::together(failures),
        });
        outcome.explanations.extend(judgement.explanations.iter().cloned());
        outcome.undetermined.extend(told.undetermined(&judgement));
    }

    /// Puts what came of all stretches together, in their order.
    pub fn collect(&self, parts: impl IntoIterator<Item = Judged>) -> Evaluation {
        let start = |asked: &Asked<'_>| {
            let policy = asked.policy.policy.name.to_string();
            let unpaired = asked.selection.unpaired().to_vec();
            Outcome { tally: Tally { policy, unpaired, ..Tally::default() }, ..Outcome::default() }
        };
        let mut outcomes: Vec<Outcome> = self.asked.iter().map(start).collect();
        for (index, part) in parts.into_iter().flat_map(|part| part.outcomes) {
            if let Some(outcome) = outcomes.get_mut(index) {
                outcome.add(part);
            }
        }
        let mut all = Evaluation::default();
        for mut outcome in outcomes {
            outcome.diagnostics.dedup_by(|later, first| {
                later.primary.span == first.primary.span && later.message == first.message
            });
            all.findings.extend(merge::merge(outcome.findings));
            all.undetermined.extend(merge::merge(outcome.undetermined));
            all.tallies.push(outcome.tally);
            all.diagnostics.extend(outcome.diagnostics);
            all.explanations.extend(outcome.explanations);
        }
        all
    }
}

impl Outcome {
    fn add(&mut self, part: Outcome) {
        self.findings.extend(part.findings);
        self.undetermined.extend(part.undetermined);
        self.diagnostics.extend(part.diagnostics);
        let (tally, more) = (&mut self.tally, part.tally);
        tally.bound += more.bound;
        tally.passed += more.passed;
        tally.failed += more.failed;
        tally.undetermined += more.undetermined;
        tally.errors += more.errors;
        self.explanations.extend(part.explanations);
    }
}

/// Judges all policies, one subject after the other. Who has threads judges each stretch by itself.
pub fn evaluate(inputs: Inputs<'_>, policies: &[Compiled], settings: &Settings) -> Evaluation {
    let prepared = Prepared::new(inputs, policies, settings);
    prepared.collect(prepared.stretches().iter().map(|stretch| prepared.judge(stretch)))
}
