//! What a change is judged by: it cannot exempt itself.
//!
//! The files as they are after the change are judged twice: with the settings of the commit that it is
//! compared with, and with its own. Settings are all that says how files are judged: `celador.yaml` and what
//! it extends, policies, schemas, the baseline, the record. Of each finding the stricter verdict holds:
//!
//! - It counts if it counts under either settings, with the graver of the two actions.
//! - A waiver or an entry of the baseline sets it aside only if it stood before the change: the same entry
//!   was there, or a comment set the same aside in the same file.
//! - What the files before the change would have been told as well, under the same settings, is not the
//!   change's doing and is set aside ([`By::Base`]), unless a waiver held it that the change has removed.
//!
//! So a policy that is added or made stricter does not deny what was there before, and nothing that is
//! made laxer lets pass what the change adds. Where the settings are the same, judging once is enough.

mod effects;
mod held;
mod merge;

pub use effects::{Effect, Effects};

use super::vacuity;
use crate::diagnostic::{Action, By, Diagnostic, Finding, RELAXED_BY_CHANGE, SetAside, Severity};
use crate::enforce::{self, Known, Matches, Status, waiver};
use crate::report::Outcome;
use crate::source::{SourceId, Sources, Span};
use held::Held;
use merge::{Key, add, merge};
use std::collections::HashSet;

/// The policies that look at what a project has recorded of itself: what they say under the settings
/// before the change is about the change, though it points into those.
const OF_RECORDS: &[&str] = &[vacuity::BOUND, vacuity::FILES];

/// What both trees come to under the settings of one.
#[derive(Debug)]
pub struct Side {
    /// The files before the change, with the waivers and the baseline that stood there.
    pub before: Outcome,
    /// The files after it.
    pub after: Outcome,
    pub status: Status,
    /// What stood before the change.
    pub known: Known,
}

/// What the change is.
pub struct Change<'a> {
    /// Tells of a path whether the change has removed it.
    pub gone: &'a dyn Fn(&str) -> bool,
    /// Whether an entry of `celador.yaml` or of the baseline stood there before the change.
    pub stood: &'a dyn Fn(&By, &Sources) -> bool,
}

/// Something that the change made laxer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relaxed {
    pub span: Span,
    pub message: String,
}

/// What stood in the files before a change.
pub fn known(before: &Outcome, gone: impl Fn(&str) -> bool, commit: &str) -> Known {
    let findings = before.findings.iter().chain(&before.undetermined);
    // What another run would have tolerated or let pass was there all the same.
    let passed = before.set_aside.iter().filter(|one| !holds(&one.by)).map(|one| &one.finding);
    let by = By::Base { commit: commit.to_owned() };
    Known::of_findings(findings.chain(passed), &before.sources, gone, &by)
}

/// Whether it was set aside on purpose, for itself.
fn holds(by: &By) -> bool {
    matches!(by, By::Waiver(_) | By::Baseline { .. })
}

/// The outcome of a change whose settings are those before it.
pub fn of_one(side: Side, change: &Change<'_>) -> (Outcome, Status, Vec<Relaxed>) {
    let Side { before, mut after, status, known } = side;
    let sources = std::mem::take(&mut after.sources);
    let granted = |by: &By, _: &Finding| (change.stood)(by, &sources);
    let relaxed = revoke(&mut after, &sources, &before, &known, change, &granted);
    after.sources = sources;
    let status = status_of(&after, status, &[]);
    (after, status, relaxed)
}

/// The outcome of a change with settings of its own: `new` under these, `old` under those before it.
/// `old_settings` are the texts that the latter were read from. The texts of both are those of `old`.
pub fn of_two(
    new: Side,
    old: Side,
    old_settings: &HashSet<SourceId>,
    change: &Change<'_>,
) -> (Outcome, Status, Vec<Relaxed>) {
    let Side { before: old_before, after: mut old_after, known: old_known, .. } = old;
    let Side { before, mut after, status, known } = new;
    let sources = std::mem::take(&mut old_after.sources);

    // What the settings before the change say of waivers stood there; a comment is a part of the files.
    let granted = |by: &By, _: &Finding| !is_comment(by);
    let mut theirs = revoke(&mut old_after, &sources, &old_before, &old_known, change, &granted);
    let held = old_after.set_aside.iter().filter(|one| holds(&one.by));
    let held: HashSet<Key> = held.map(|one| Key::of(&one.finding, &sources)).collect();
    let granted = |by: &By, finding: &Finding| {
        held.contains(&Key::of(finding, &sources)) || (change.stood)(by, &sources)
    };
    let mut relaxed = revoke(&mut after, &sources, &before, &known, change, &granted);
    // Both have read the same comments: of each the outcome under the new settings speaks.
    let place =
        |one: &Relaxed| (sources.get(one.span.source).path().to_owned(), one.span.start, one.span.end);
    let said: HashSet<_> = relaxed.iter().map(place).collect();
    theirs.retain(|one| !said.contains(&place(one)));
    relaxed.extend(theirs);

    let of_settings = |finding: &Finding| {
        let inside = old_settings.contains(&finding.span().source);
        is_about_waiver(finding) || inside && !OF_RECORDS.contains(&finding.policy.as_str())
    };
    let stood = errors(&old_before);
    let is_new = |told: &Diagnostic| {
        told.severity == Severity::Error
            && !old_settings.contains(&told.primary.span.source)
            && !stood.contains(&(told.code.0, told.message.clone()))
    };
    let new_errors: Vec<Diagnostic> =
        std::mem::take(&mut old_after.diagnostics).into_iter().filter(is_new).collect();
    merge(&mut after, old_after, &sources, &of_settings);
    after.diagnostics.extend(new_errors.iter().cloned());
    after.sources = sources;
    sort(&mut after);
    let status = status_of(&after, status, &new_errors);
    (after, status, relaxed)
}

/// Whether it is a comment in the files themselves.
pub fn is_comment(by: &By) -> bool {
    matches!(by, By::Waiver(waiver) if waiver.inline)
}

/// Takes back what the change itself has set aside. Returns what was taken back, with its place.
fn revoke(
    after: &mut Outcome,
    sources: &Sources,
    before: &Outcome,
    known: &Known,
    change: &Change<'_>,
    granted: &dyn Fn(&By, &Finding) -> bool,
) -> Vec<Relaxed> {
    if !after.set_aside.iter().any(|one| holds(&one.by)) {
        return Vec::new();
    }
    let mut held = Held::of(before, change.gone);
    let (mut kept, mut taken) = (Vec::new(), Vec::new());
    for one in std::mem::take(&mut after.set_aside) {
        let is_granted = !holds(&one.by) || granted(&one.by, &one.finding) || held.has(&one, sources);
        if is_granted { kept.push(one) } else { taken.push(one) }
    }
    after.set_aside = kept;
    // Each finding that stood stands for one: those that others have used up are used up here, too.
    let counted = after.findings.iter().chain(&after.undetermined);
    let others = counted.chain(after.set_aside.iter().map(|one| &one.finding));
    let all: Vec<Finding> = others.chain(taken.iter().map(|one| &one.finding)).cloned().collect();
    let mut matches: Matches = known.matches(&all, sources);
    let first = all.len() - taken.len();
    let mut relaxed = Vec::new();
    for (index, SetAside { finding, by }) in taken.into_iter().enumerate() {
        if let Some(span) = by.span() {
            let what =
                if matches!(by, By::Baseline { .. }) { "an entry of the baseline" } else { "a waiver" };
            let message =
                format!("{what} of this change sets `{}` aside, and does not count for it", finding.policy);
            relaxed.push(Relaxed { span, message });
        }
        let entry = matches.entries.get(first + index).copied().flatten();
        let entry = entry.or_else(|| without_comment(&finding, &by, known, &mut matches, sources));
        match entry.and_then(|entry| known.entries.get(entry)) {
            Some(entry) => after.set_aside.push(SetAside { finding, by: entry.by.clone() }),
            None => add(after, finding),
        }
    }
    relaxed
}

/// The entry of a finding that stood before the change wrote a waiver on its line.
fn without_comment(
    finding: &Finding,
    by: &By,
    known: &Known,
    matches: &mut Matches,
    sources: &Sources,
) -> Option<usize> {
    let comment = by.span().filter(|span| is_comment(by) && span.source == finding.span().source)?;
    let print = enforce::fingerprint_without(finding, sources, comment);
    let mut entries = known.entries.iter().zip(&mut matches.used).enumerate();
    let (at, (_, used)) = entries.find(|(_, (entry, used))| !**used && entry.fingerprint == print)?;
    *used = true;
    Some(at)
}

/// Whether a finding is about a waiver, whose words are the change's own: what it sets aside is asked, not
/// whether the settings before the change would have liked it.
fn is_about_waiver(finding: &Finding) -> bool {
    waiver::POLICIES.contains(&finding.policy.as_str())
}

fn sort(outcome: &mut Outcome) {
    enforce::sort(&mut outcome.findings, &outcome.sources);
    enforce::sort(&mut outcome.undetermined, &outcome.sources);
    enforce::sort_set_aside(&mut outcome.set_aside, &outcome.sources);
}

fn errors(outcome: &Outcome) -> HashSet<(&'static str, String)> {
    let errors = outcome.diagnostics.iter().filter(|told| told.severity == Severity::Error);
    errors.map(|told| (told.code.0, told.message.clone())).collect()
}

/// What the run comes to, after more may count than judging has seen.
fn status_of(outcome: &Outcome, status: Status, errors: &[Diagnostic]) -> Status {
    let denies = outcome.findings.iter().chain(&outcome.undetermined).any(|one| one.action == Action::Deny);
    match status {
        _ if !errors.is_empty() => Status::Wrong,
        Status::Wrong => Status::Wrong,
        _ if denies => Status::Denied,
        // Something was checked under the settings before the change.
        Status::NoSubject if outcome.tallies.iter().any(|tally| tally.bound > 0) => Status::Passed,
        Status::Denied => Status::Passed,
        other => other,
    }
}

/// Tells a reviewer what the change made laxer, and what is no longer judged.
pub fn tell(outcome: &mut Outcome, mut relaxed: Vec<Relaxed>, unseen: Vec<Relaxed>) {
    // The same place of the same text may have been read more than once. What was taken away has no place
    // of its own.
    let mut said = HashSet::new();
    relaxed.retain(|one| {
        let path = outcome.sources.get(one.span.source).path();
        let message = if one.span.is_empty() { one.message.clone() } else { String::new() };
        said.insert((path.to_owned(), one.span.start, one.span.end, message))
    });
    let finding = |one: Relaxed, help: &str| {
        let told = Diagnostic::warning("relaxed", one.span, one.message).with_help(help);
        Finding::of_diagnostic(RELAXED_BY_CHANGE, Severity::Warning, Action::Warn, told)
    };
    let help = "nothing of it counts for this change; approve it with the change, or take it back";
    let mut told: Vec<Finding> = relaxed.into_iter().map(|one| finding(one, help)).collect();
    let help = "see that it is meant: what cannot be read is not judged, and denies nothing";
    told.extend(unseen.into_iter().map(|one| finding(one, help)));
    enforce::sort(&mut told, &outcome.sources);
    enforce::assign_fingerprints(&mut told, &outcome.sources);
    outcome.findings.append(&mut told);
    sort(outcome);
}
