//! What used to be checked and no longer is: findings of `policy-bound-nothing` and
//! `file-lost-its-deployments`.
//!
//! A policy that finds nothing is worth something only if it was asked about something. A record says
//! what it was asked about, so that a change that takes the subjects away is seen.

use super::PolicySettings;
use crate::diagnostic::{Action, Diagnostic, Finding, Severity, Tally};
use crate::enforce::{BoundPolicy, HeldFile, Record};
use crate::evaluate::Evaluation;
use crate::model::{Deployment, Model};
use crate::source::{SourceId, Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const BOUND: &str = "policy-bound-nothing";
pub(super) const FILES: &str = "file-lost-its-deployments";

/// Policies whose subjects are files of ours, or whatever was read: their counts say nothing about what
/// is deployed.
const UNCOUNTED: &[&str] = &[super::unreadable::POLICY, super::known::POLICY, BOUND, FILES];

/// By file its deployments, by names that last: `backend (staging)`.
fn held(model: &Model, sources: &Sources) -> BTreeMap<String, BTreeSet<String>> {
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for deployment in &model.deployments {
        let path = sources.get(deployment.source).path();
        files.entry(path.to_owned()).or_default().insert(label(deployment));
    }
    files
}

fn label(deployment: &Deployment) -> String {
    let service = deployment.family_name();
    match &deployment.environment {
        Some(environment) => format!("{service} ({environment})"),
        None => service,
    }
}

/// What a run has checked, to be recorded.
pub(super) fn record(tallies: &[Tally], model: &Model, sources: &Sources) -> Record {
    let nowhere = Span::beginning(SourceId::FIRST);
    let counted = tallies.iter().filter(|tally| tally.bound > 0 && !UNCOUNTED.contains(&&*tally.policy));
    let bound = |tally: &Tally| BoundPolicy {
        name: tally.policy.clone(),
        bound: tally.bound,
        failed: tally.failed.min(tally.bound),
        span: nowhere,
    };
    let mut policies: Vec<BoundPolicy> = counted.map(bound).collect();
    policies.sort_by(|one, other| one.name.cmp(&other.name));
    let file = |(path, all): (String, BTreeSet<String>)| HeldFile {
        path,
        deployments: all.into_iter().collect(),
        span: nowhere,
    };
    Record { policies, files: held(model, sources).into_iter().map(file).collect() }
}

/// Adds a finding for each policy that lost all of its subjects, and for each file that lost all of its
/// deployments.
pub(super) fn tell(
    evaluation: &mut Evaluation,
    record: &Record,
    model: &Model,
    sources: &Sources,
    settings: &PolicySettings,
) {
    if settings.asks_always(BOUND) {
        let lost = record.policies.iter().filter_map(|policy| unbound(policy, &evaluation.tallies));
        let lost: Vec<Diagnostic> = lost.collect();
        add(evaluation, BOUND, record.policies.len(), lost);
    }
    if settings.asks_always(FILES) {
        let held = held(model, sources);
        let lost: Vec<Diagnostic> =
            record.files.iter().filter_map(|file| emptied(file, record, &held, sources)).collect();
        add(evaluation, FILES, record.files.len(), lost);
    }
}

fn add(evaluation: &mut Evaluation, policy: &str, bound: usize, lost: Vec<Diagnostic>) {
    evaluation.tallies.push(Tally::of(policy, bound, lost.len()));
    for told in lost {
        let severity = told.severity;
        let action = if severity == Severity::Error { Action::Deny } else { Action::Warn };
        evaluation.findings.push(Finding::of_diagnostic(policy, severity, action, told));
    }
}

/// That a policy lost all of its subjects. Where it failed them all, they may have been mended: what it
/// looks for is then gone, as it should be.
fn unbound(policy: &BoundPolicy, tallies: &[Tally]) -> Option<Diagnostic> {
    let (now, is_asked) = match tallies.iter().find(|tally| tally.policy == policy.name) {
        Some(tally) if tally.bound > 0 => return None,
        Some(_) => ("is bound to none now", true),
        None => ("is not asked now", false),
    };
    let subjects = if policy.bound == 1 { "1 subject" } else { &format!("{} subjects", policy.bound) };
    let message = format!("`{}` was bound to {subjects} and {now}", policy.name);
    let told = if is_asked && policy.failed == policy.bound {
        Diagnostic::warning(BOUND, policy.span, message)
            .with_help("it failed all of them; if they were mended, `celador record` says so")
    } else {
        Diagnostic::error(BOUND, policy.span, message).with_help(
            "find out where its subjects went; if they are gone for good, `celador record` says so",
        )
    };
    Some(told.with_label("as it was recorded"))
}

fn emptied(
    file: &HeldFile,
    record: &Record,
    held: &BTreeMap<String, BTreeSet<String>>,
    sources: &Sources,
) -> Option<Diagnostic> {
    if held.contains_key(&file.path) {
        return None;
    }
    // Where each of its deployments is now, in files that did not hold it before.
    let before = |path: &str, deployment: &String| {
        record.files.iter().any(|one| one.path == path && one.deployments.contains(deployment))
    };
    let moved = |deployment: &String| {
        let mut now = held.iter().filter(|(_, all)| all.contains(deployment));
        now.find(|(path, _)| !before(path, deployment)).map(|(path, _)| path.as_str())
    };
    let places: Vec<Option<&str>> = file.deployments.iter().map(moved).collect();
    let own = sources.iter().find(|(_, source)| source.path() == file.path);
    let one_place =
        places.first().copied().flatten().filter(|first| places.iter().all(|one| *one == Some(first)));
    if own.is_none() && one_place.is_some() {
        // The file was renamed.
        return None;
    }
    let lost: Vec<&str> = file
        .deployments
        .iter()
        .zip(&places)
        .filter(|(_, place)| place.is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    let what = file.deployments.join(", ");
    let message = match (one_place, lost.as_slice()) {
        (Some(place), _) => format!("{} deployed {what} and deploys nothing now; {place} does", file.path),
        (None, []) => format!("{} deployed {what} and deploys nothing now; other files do", file.path),
        (None, lost) => {
            let lost = lost.join(", ");
            format!(
                "{} deployed {what} and deploys nothing now; nothing that was read took over {lost}",
                file.path
            )
        }
    };
    let told = Diagnostic::error(FILES, file.span, message).with_label("as it was recorded").with_help(
        "see that what deploys it now is read and judged; then `celador record` says that it is as it should be",
    );
    Some(match own {
        Some((id, _)) => told.with_related(Span::beginning(id), "holds no deployment now"),
        None => told,
    })
}
