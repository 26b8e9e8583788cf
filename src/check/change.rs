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

use crate::diagnostic::{Action, By, Diagnostic, Finding, RELAXED_BY_CHANGE, SetAside, Severity, Verdict};
use crate::enforce::{self, Known, Matches, Status, content_print, waiver};
use crate::model::Deployment;
use crate::report::Outcome;
use crate::source::{SourceId, Sources, Span};
use std::collections::{HashMap, HashSet};

/// The policies that look at what a project has recorded of itself: what they say under the settings
/// before the change is about the change, though it points into those.
const OF_RECORDS: &[&str] = &["policy-bound-nothing", "file-lost-its-deployments"];

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

/// What was set aside before the change, each for one finding after it.
struct Held<'a> {
    known: Known,
    before: &'a Outcome,
    /// Which findings it is, by position in `known`.
    findings: Vec<&'a SetAside>,
    used: HashSet<usize>,
}

impl<'a> Held<'a> {
    fn of(before: &'a Outcome, gone: &dyn Fn(&str) -> bool) -> Held<'a> {
        let findings: Vec<&SetAside> = before.set_aside.iter().filter(|one| holds(&one.by)).collect();
        let all = findings.iter().map(|one| &one.finding);
        // What sets aside is asked of the entries themselves.
        let by = By::Base { commit: String::new() };
        let known = Known::of_findings(all, &before.sources, gone, &by);
        Held { known, before, findings, used: HashSet::new() }
    }

    /// Whether the same was set aside: the same finding; else one of the same policy about the same
    /// services in the same file, whose line the change has touched; for a waiver of a whole file any of
    /// its policy.
    fn has(&mut self, one: &SetAside, sources: &Sources) -> bool {
        let finding = &one.finding;
        let path = sources.get(finding.span().source).path();
        let exact = |at: &usize| {
            self.known.entries.get(*at).is_some_and(|entry| {
                entry.fingerprint == finding.fingerprint
                    || (entry.gone && entry.content == content_print(finding, sources))
            })
        };
        let same_file = |other: &SetAside| {
            let there = self.before.sources.get(other.finding.span().source).path();
            there == path && other.finding.policy == finding.policy
        };
        let near = |at: &usize| {
            self.findings.get(*at).is_some_and(|other| {
                same_file(other)
                    && other.finding.services == finding.services
                    && other.finding.environment == finding.environment
            })
        };
        if is_of_file(&one.by, sources)
            && self
                .findings
                .iter()
                .any(|other| same_file(other) && is_of_file(&other.by, &self.before.sources))
        {
            return true;
        }
        let free = || (0..self.findings.len()).filter(|at| !self.used.contains(at));
        let Some(at) = free().find(exact).or_else(|| free().find(near)) else { return false };
        self.used.insert(at)
    }
}

/// Whether it is a comment that holds for its whole file.
fn is_of_file(by: &By, sources: &Sources) -> bool {
    let Some(span) = by.span().filter(|_| is_comment(by)) else { return false };
    let text = sources.slice(span);
    waiver::parse(text, 0..text.len()).is_ok_and(|parsed| parsed.file)
}

/// Whether a finding is about a waiver, whose words are the change's own: what it sets aside is asked, not
/// whether the settings before the change would have liked it.
fn is_about_waiver(finding: &Finding) -> bool {
    waiver::POLICIES.contains(&finding.policy.as_str())
}

/// What a finding is about, whichever settings it was judged under: both runs read the same texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    policy: String,
    path: String,
    start: u32,
    end: u32,
    services: Vec<String>,
    environment: Option<String>,
    condition: String,
}

impl Key {
    fn of(finding: &Finding, sources: &Sources) -> Key {
        let span = finding.span();
        Key {
            policy: finding.policy.clone(),
            path: sources.get(span.source).path().to_owned(),
            start: span.start,
            end: span.end,
            services: finding.services.clone(),
            environment: finding.environment.clone(),
            condition: finding.condition.clone(),
        }
    }
}

/// Adds to the outcome under the new settings what is stricter under the old ones.
fn merge(new: &mut Outcome, old: Outcome, sources: &Sources, of_settings: &dyn Fn(&Finding) -> bool) {
    let Outcome { provenance, model, findings, undetermined, set_aside, tallies, .. } = old;
    let mut counting = Shelf::default();
    for finding in findings.into_iter().chain(undetermined).filter(|finding| !of_settings(finding)) {
        counting.add(Key::of(&finding, sources), finding);
    }
    let mut aside = Shelf::default();
    for one in set_aside.into_iter().filter(|one| !of_settings(&one.finding)) {
        aside.add(Key::of(&one.finding, sources), one);
    }
    // Counts under both: the graver action.
    for finding in new.findings.iter_mut().chain(&mut new.undetermined) {
        let key = Key::of(finding, sources);
        match counting.take(&key) {
            Some(other) => stricter(finding, other),
            None => drop(aside.take(&key)),
        }
    }
    for one in std::mem::take(&mut new.set_aside) {
        let key = Key::of(&one.finding, sources);
        match counting.take(&key) {
            // Counts under the old settings only.
            Some(mut finding) => {
                finding.action = finding.action.max(one.finding.action);
                add(new, finding);
            }
            None => {
                aside.take(&key);
                new.set_aside.push(one);
            }
        }
    }
    // Not there at all under the new settings.
    counting.rest().for_each(|finding| add(new, finding));
    new.set_aside.extend(aside.rest());

    let known: HashSet<String> = new.tallies.iter().map(|tally| tally.policy.clone()).collect();
    new.tallies.extend(tallies.into_iter().filter(|tally| !known.contains(&tally.policy)));
    // A secret of a file that only the old settings have read is masked where the file is shown.
    let path = |one: &Deployment| sources.get(one.source).path().to_owned();
    let read: HashSet<String> = new.model.deployments.iter().map(path).collect();
    new.model.deployments.extend(model.deployments.into_iter().filter(|one| !read.contains(&path(one))));
    new.provenance.absorb(provenance);
}

/// Things by what they are about, in their order.
struct Shelf<T> {
    things: Vec<Option<T>>,
    by_key: HashMap<Key, Vec<usize>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { things: Vec::new(), by_key: HashMap::new() }
    }
}

impl<T> Shelf<T> {
    fn add(&mut self, key: Key, thing: T) {
        self.by_key.entry(key).or_default().push(self.things.len());
        self.things.push(Some(thing));
    }

    fn take(&mut self, key: &Key) -> Option<T> {
        let at = self.by_key.get_mut(key)?.pop()?;
        self.things.get_mut(at)?.take()
    }

    fn rest(self) -> impl Iterator<Item = T> {
        self.things.into_iter().flatten()
    }
}

fn sort(outcome: &mut Outcome) {
    enforce::sort(&mut outcome.findings, &outcome.sources);
    enforce::sort(&mut outcome.undetermined, &outcome.sources);
    enforce::sort_set_aside(&mut outcome.set_aside, &outcome.sources);
}

fn add(outcome: &mut Outcome, finding: Finding) {
    let list = if finding.verdict == Verdict::Undetermined {
        &mut outcome.undetermined
    } else {
        &mut outcome.findings
    };
    list.push(finding);
}

/// The stricter of one finding under two settings.
fn stricter(finding: &mut Finding, other: Finding) {
    let graver = (other.action, other.severity) > (finding.action, finding.severity);
    let action = finding.action.max(other.action);
    if graver {
        *finding = other;
    }
    finding.action = action;
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

/// What other settings did to the findings of one policy, before the change or after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Some are gone, or softer.
    pub laxer: bool,
    /// There are more, or graver ones.
    pub stricter: bool,
}

/// What the settings of a change did, by policy.
#[derive(Debug, Default)]
pub struct Effects {
    by_policy: HashMap<String, Effect>,
}

impl Effects {
    /// Compares what both trees come to under the new settings and under the old ones. `sources` has the
    /// texts of both outcomes after the change.
    pub fn of(new: &Side, old: &Side, sources: &Sources, old_settings: &HashSet<SourceId>) -> Effects {
        let mut effects = Effects::default();
        let all = |outcome: &Outcome, sources: &Sources| -> HashMap<Key, Action> {
            let findings = outcome.findings.iter().chain(&outcome.undetermined);
            let findings = findings.chain(outcome.set_aside.iter().map(|one| &one.finding));
            let judged = findings.filter(|finding| {
                !old_settings.contains(&finding.span().source) && !is_about_waiver(finding)
            });
            judged.map(|finding| (Key::of(finding, sources), finding.action)).collect()
        };
        for (new, old) in [
            (all(&new.after, sources), all(&old.after, sources)),
            (all(&new.before, &new.before.sources), all(&old.before, &old.before.sources)),
        ] {
            let softer = |one: &HashMap<Key, Action>, other: &HashMap<Key, Action>| -> Vec<String> {
                let softer =
                    one.iter().filter(|(key, action)| other.get(key).is_none_or(|there| there < action));
                softer.map(|(key, _)| key.policy.clone()).collect()
            };
            for policy in softer(&old, &new) {
                effects.by_policy.entry(policy).or_default().laxer = true;
            }
            for policy in softer(&new, &old) {
                effects.by_policy.entry(policy).or_default().stricter = true;
            }
        }
        effects
    }

    /// What was done to the findings of a policy.
    pub fn on(&self, policy: &str) -> Effect {
        self.by_policy.get(policy).copied().unwrap_or_default()
    }

    /// The policies of which findings are gone, or softer.
    pub fn laxer(&self) -> Vec<&str> {
        let laxer = self.by_policy.iter().filter(|(_, effect)| effect.laxer);
        let mut names: Vec<&str> = laxer.map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}
