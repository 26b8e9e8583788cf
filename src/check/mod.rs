//! The pipeline, on one screen: read, interpret, extract, evaluate, enforce.
//!
//! Input is plain data that a shell has loaded; output is plain data that a report renders. Every stage
//! adds its diagnostics and goes on. This room must never touch a file, the clock or the terminal.

mod called;
pub mod change;
mod gated;
mod known;
mod policies;
mod read;
mod rules;
mod schemas;
mod single;
mod unreadable;
pub mod unseen;
mod vacuity;
pub mod waive;
mod waivers;

pub use policies::{Block, PolicySettings, explain, overrides};
pub use rules::rules;
pub use schemas::{SchemaRule, SchemaSettings, missing_schemas, schema_paths};
pub use single::{Single, judge_single, read_single};
pub use unreadable::Unreadable;

use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Document;
use crate::enforce::{Enforced, Record, Status};
use crate::evaluate;
use crate::extract;
use crate::input::Format;
use crate::model::Model;
use crate::provenance::Provenance;
use crate::report::{Coverage, Outcome};
use crate::source::{Remark, SourceId, Sources};
use crate::{enforce, input, platform, script};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashSet;

/// Why a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selected {
    /// Only because others are compared with it, or refer to it: nothing in it is reported.
    Peer,
    /// It lies below a path that was asked for.
    Found,
    /// Its path was given.
    Named,
}

/// One file to be read.
#[derive(Clone, Copy, Debug)]
pub struct File {
    pub source: SourceId,
    pub format: Format,
    pub selected: Selected,
}

/// What a shell has loaded.
#[derive(Debug, Default)]
pub struct Project {
    pub sources: Sources,
    pub files: Vec<File>,
    /// Files that could not be loaded, or not as text: each becomes a finding of `unreadable-file`.
    pub unreadable: Vec<Unreadable>,
    /// What is wrong with the run itself: `celador.yaml`, a path that does not exist.
    pub diagnostics: Vec<Diagnostic>,
    pub coverage: Coverage,
}

/// How everything is done.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub input: input::Limits,
    pub script: script::Limits,
    pub extract: extract::Settings,
    pub schemas: SchemaSettings,

    pub policies: PolicySettings,
    pub evaluate: evaluate::Settings,
    pub enforce: enforce::Settings,
    /// The whole project is read and reported on: only then does it mean something that a finding, or a
    /// subject, is not there, or that a waiver sets nothing aside.
    pub whole_project: bool,
    /// What was checked when a record was made.
    pub record: Option<Record>,
}

/// What was read: the input of judging, and all that `celador facts` prints.
#[derive(Debug, Default)]
pub struct Facts {
    pub sources: Sources,
    /// Those that are still to be judged as documents; of the others only the model is kept.
    pub documents: Vec<Document>,
    pub provenance: Provenance,
    pub model: Model,
    /// Why files, or parts of files, could not be read.
    pub unreadable: Vec<Unreadable>,
    pub files: Vec<File>,
    pub diagnostics: Vec<Diagnostic>,
    /// Comments that are meant for the program: inline waivers.
    pub remarks: Vec<Remark>,
    pub coverage: Coverage,
}

/// Reads: texts to facts.
pub fn read(project: Project, settings: &Settings) -> Facts {
    let Project { sources, files, mut unreadable, mut diagnostics, coverage } = project;
    let texts = read::Texts::new(&sources, &files, settings);
    let all = read::all(&texts, &files);
    let read::All {
        mut documents,
        deployments,
        mut invocations,
        artifacts,
        settings: code,
        bypasses,
        unresolved,
        mut provenance,
        ..
    } = all;
    unreadable.extend(unreadable::of_files(all.diagnostics, &files));
    let remarks = all.remarks;
    called::follow(&read::Reader::new(&texts), &mut invocations, &mut provenance, &mut diagnostics);
    let mut trace = platform::Trace { sources: &sources, provenance: &mut provenance };
    let runs = platform::terraform_runs(&invocations, &mut trace, &mut diagnostics);
    input::hcl::module::resolve(&mut documents, &sources, &runs);
    let deployments = read::deployments(deployments, &documents, &sources, &mut provenance);
    let inputs = extract::Inputs {
        sources: &sources,
        deployments,
        documents: &documents,
        invocations: &invocations,
        artifacts,
        settings: code,
        bypasses,
        unresolved,
    };
    let (model, told) = extract::extract(inputs, &settings.extract, &mut provenance);
    diagnostics.extend(told);
    Facts { sources, documents, provenance, model, unreadable, files, diagnostics, remarks, coverage }
}

/// Judges: facts to findings, with the status that the process ends with.
pub fn judge(facts: Facts, settings: &Settings) -> (Outcome, Status) {
    let Facts {
        mut sources,
        documents,
        provenance,
        mut model,
        unreadable,
        files,
        mut diagnostics,
        remarks,
        mut coverage,
    } = facts;
    let records = without_records(&mut model, &files);
    if records > 0 {
        coverage.excluded.push(("records of what ran".to_owned(), records));
    }
    let mut chosen = policies::select(&mut sources, &model, &documents, &settings.policies);
    diagnostics.extend(std::mem::take(&mut chosen.diagnostics).into_iter().map(|told| {
        match settings.enforce.strict {
            true => Diagnostic { severity: told.severity.max(Severity::Error), ..told },
            false => told,
        }
    }));

    let inputs =
        evaluate::Inputs { model: &model, documents: &documents, sources: &sources, provenance: &provenance };
    let prepared = evaluate::Prepared::new(inputs, &chosen.compiled, &settings.evaluate);
    let judged = prepared.stretches().par_iter().map(|stretch| prepared.judge(stretch)).collect::<Vec<_>>();
    let mut evaluation = prepared.collect(judged);
    drop(prepared);
    diagnostics.append(&mut evaluation.diagnostics);
    evaluation.tallies.extend(std::mem::take(&mut chosen.idle));
    // A file that was merely read is no subject: what `unreadable-file` counts is left out.
    let bound = evaluation.tallies.iter().any(|tally| tally.bound > 0);
    let asks_nothing = evaluation.tallies.is_empty() && settings.policies.only.is_empty();

    let mut violations = schemas::validate(&documents, &sources, &settings.schemas, &settings.input);
    diagnostics.append(&mut violations.diagnostics);
    let validated = violations.documents > 0;
    schemas::tell(&mut evaluation, violations, &settings.policies);
    if settings.whole_project && settings.policies.asks_all() {
        known::tell(&mut evaluation, &settings.enforce.baseline, &unreadable, &sources, &settings.policies);
        if let Some(record) = &settings.record {
            vacuity::tell(&mut evaluation, record, &model, &sources, &settings.policies);
        }
    }
    unreadable::tell(&mut evaluation, unreadable, &files, &settings.policies);
    policies::configure_pipeline(&mut evaluation, &mut sources, &settings.policies, &mut chosen.about);
    policies::only_asked(&mut evaluation, &settings.policies);
    diagnostics.append(&mut evaluation.diagnostics);
    only_selected(&mut evaluation, &files, &sources);

    let mut enforcing = Cow::Borrowed(&settings.enforce);
    if waivers::any(&remarks, settings) {
        let tallies = &evaluation.tallies;
        enforcing.to_mut().asked =
            waivers::asked(remarks, &chosen, tallies, &files, settings, &mut diagnostics);
    }
    let judged = enforce::Judged {
        findings: evaluation.findings,
        undetermined: evaluation.undetermined,
        policies: chosen.about,
    };
    let mut enforced = enforce::enforce(judged, &enforcing, &sources);
    evaluation.tallies.extend(waivers::tallies(&enforced, &settings.policies));
    if settings.policies.asks_about_waivers() {
        waivers::only(&mut enforced, &mut evaluation.tallies);
    }
    if let (true, false, Some(place)) = (asks_nothing, validated, settings.evaluate.project) {
        diagnostics.push(gated::asks_nothing(place));
    }
    let absent = gated::absent(settings, &model);
    let gated_nothing = absent.is_some();
    diagnostics.extend(absent);
    let errors = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let named = files.iter().any(|file| file.selected == Selected::Named);
    let subjects =
        model.deployments.len() + model.artifacts.len() + model.settings.len() + model.bypasses.len();
    let nothing_judged = !validated && (asks_nothing || (subjects == 0 && !bound && !named));
    let status = enforce::status(&enforced, errors, gated_nothing || nothing_judged);
    let Enforced { findings, undetermined, set_aside, decisions, diagnostics: told, .. } = enforced;
    diagnostics.extend(told);
    let outcome = Outcome {
        sources,
        provenance,
        model,
        findings,
        undetermined,
        set_aside,
        decisions,
        bypass: settings.enforce.bypass.clone(),
        only: settings.enforce.only.as_ref().map(|only| only.environment.clone()),
        tallies: evaluation.tallies,
        explanations: evaluation.explanations,
        diagnostics,
        coverage,
    };
    (outcome, status)
}

/// Leaves out what a platform wrote about what ran, which nobody is going to deploy, unless it was asked
/// about by name. Returns the number of files.
fn without_records(model: &mut Model, files: &[File]) -> usize {
    let named: HashSet<SourceId> =
        files.iter().filter(|file| file.selected == Selected::Named).map(|file| file.source).collect();
    let mut left_out = HashSet::new();
    model.deployments.retain(|deployment| {
        let keep = !deployment.recorded || named.contains(&deployment.source);
        if !keep {
            left_out.insert(deployment.source);
        }
        keep
    });
    left_out.len()
}

/// What a run has checked, to be recorded.
pub fn record(outcome: &Outcome) -> Record {
    vacuity::record(&outcome.tallies, &outcome.model, &outcome.sources)
}

/// What `celador facts` prints.
pub fn facts_only(facts: Facts) -> Outcome {
    let Facts { sources, provenance, model, mut diagnostics, unreadable, coverage, .. } = facts;
    diagnostics.extend(unreadable.into_iter().map(|unreadable| unreadable.diagnostic));
    Outcome { sources, provenance, model, diagnostics, coverage, ..Outcome::default() }
}

/// Keeps findings that point into a selected file, or that have something to do with one: a pair whose
/// other side was changed is reported although its own side was not.
fn only_selected(evaluation: &mut evaluate::Evaluation, files: &[File], sources: &Sources) {
    if files.iter().all(|file| file.selected != Selected::Peer) {
        return;
    }
    let mut peer = vec![false; sources.len()];
    for file in files.iter().filter(|file| file.selected == Selected::Peer) {
        peer[file.source.index()] = true;
    }
    let is_peer = |id: SourceId| peer.get(id.index()).copied().unwrap_or(false);
    let concerned = |finding: &crate::diagnostic::Finding| {
        let related = finding.related.iter().map(|related| related.span.source);
        !related.chain([finding.primary.span.source]).all(is_peer)
    };
    evaluation.findings.retain(concerned);
    evaluation.undetermined.retain(concerned);
    evaluation.explanations.retain(|one| !is_peer(one.anchor.source));
}
