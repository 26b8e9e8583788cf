//! What is done about verdicts: actions, waivers, gates of a run, fingerprints, order, exit status.
//!
//! Findings come in as they were judged and go out as they are reported. This room must never know how
//! a value came to be or how a report looks, and it reads no clock: today is a parameter.

mod action;
mod baseline;
mod fingerprint;
mod gate;
mod known;
mod order;
mod policies;
mod record;
mod recorded;
mod status;
pub mod waiver;
#[cfg(test)]
mod tests;

pub use action::{ActionRule, Date, InvalidDate, matches};
pub use baseline::{Baseline, Entry};
pub use fingerprint::{assign as assign_fingerprints, content_print, fingerprint_without};
pub use gate::{Bypass, Gate, Only};
pub use known::{Known, Matches, Recorded};
pub use order::{sort, sort_set_aside};
pub use policies::Policies;
pub use record::{BoundPolicy, HeldFile, Record};
pub use status::{Status, status};
pub use waiver::Waiver;

use crate::diagnostic::{Action, By, Diagnostic, Finding, SetAside, Verdict};
use crate::source::{Sources, Span};
use gate::Weighed;
use std::collections::HashMap;

/// How a project enforces.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// In the order of `celador.yaml`; the last that matches wins.
    pub actions: Vec<ActionRule>,
    /// Those of `celador.yaml`, in its order.
    pub waivers: Vec<Waiver>,
    /// What is asked of waivers; of each key the last row that applies counts.
    pub waiver_rules: Vec<waiver::Rule>,
    /// Findings are told as if there were no waivers.
    pub without_waivers: bool,
    /// What the run knows for its waivers.
    pub asked: waiver::Asked,
    /// What stood in the commit that the run is compared with.
    pub base: Known,
    /// What the project has known for longer.
    pub baseline: Baseline,
    pub gates: Vec<Gate>,
    /// The environment that this run gates; those of the others do not count.
    pub only: Option<Only>,
    pub bypass: Option<Bypass>,
    /// Patterns of policies that are never tolerated and never bypassed, besides those that say it of
    /// themselves.
    pub unbypassable: Vec<String>,
    /// Undetermined verdicts deny.
    pub strict: bool,
    /// The day of the run, in UTC. Without one no rule that depends on a date holds, and no waiver that has
    /// a last day.
    pub today: Option<Date>,
}

/// What judging came to.
#[derive(Debug, Default)]
pub struct Judged {
    pub findings: Vec<Finding>,
    pub undetermined: Vec<Finding>,
    pub policies: Policies,
}

/// Which entries of the baseline stand for nothing that was judged. Sorts the findings, and names them.
pub fn stale(
    findings: &mut [Finding],
    undetermined: &mut [Finding],
    baseline: &Baseline,
    sources: &Sources,
) -> Vec<usize> {
    let mut used = vec![false; baseline.entries.len()];
    for part in [findings, undetermined] {
        sort(part, sources);
        fingerprint::assign(part, sources);
        // An entry stands for what failed or for what could not be told, never for both: prints differ.
        let part = baseline.known.matches(part, sources).used;
        used.iter_mut().zip(part).for_each(|(used, here)| *used |= here);
    }
    (0..used.len()).filter(|&at| !used.get(at).copied().unwrap_or(true)).collect()
}

/// What is reported.
#[derive(Debug, Default)]
pub struct Enforced {
    pub findings: Vec<Finding>,
    pub undetermined: Vec<Finding>,
    pub set_aside: Vec<SetAside>,
    /// By fingerprint the row of `actions` that decided what is done about a finding.
    pub decisions: HashMap<String, Span>,
    /// Rows of `actions` that are over; a bypass.
    pub diagnostics: Vec<Diagnostic>,
    /// How many waivers there are.
    pub waivers: usize,
}

/// Applies actions, the order of reporting, fingerprints, and what sets findings aside: the first of
/// waiver, baseline, base, another environment, budget and bypass.
pub fn enforce(judged: Judged, settings: &Settings, sources: &Sources) -> Enforced {
    let Judged { findings, undetermined, policies } = judged;
    let mut enforced = Enforced::default();
    let mut all: Vec<Finding> = findings.into_iter().chain(undetermined).collect();
    let mut act = |finding: &mut Finding| {
        let (action, row) = action::decide(finding, settings, &policies);
        finding.action = action;
        if settings.strict && finding.verdict == Verdict::Undetermined {
            finding.action = Action::Deny;
        }
        let row = row.and_then(|row| settings.actions.get(row));
        enforced.decisions.extend(row.map(|row| (finding.fingerprint.clone(), row.span)));
    };
    sort(&mut all, sources);
    fingerprint::assign(&mut all, sources);
    all.iter_mut().for_each(&mut act);

    let mut waivers = waiver::Stage::new(settings, sources);
    enforced.waivers = waivers.len();
    let mut waived: Vec<Option<By>> =
        all.iter().map(|finding| waivers.apply(finding).map(By::Waiver)).collect();
    let mut problems = waivers.finish();
    sort(&mut problems, sources);
    fingerprint::assign(&mut problems, sources);
    problems.iter_mut().for_each(&mut act);
    let told_of_waivers = !problems.is_empty();
    all.append(&mut problems);
    waived.resize(all.len(), None);

    // Matched against all findings, so that what a waiver sets aside is not stale in the baseline.
    let mut set_aside = waived;
    for known in [&settings.baseline.known, &settings.base] {
        let entries = known.matches(&all, sources).entries;
        for (by, entry) in set_aside.iter_mut().zip(entries) {
            *by = by.take().or_else(|| known.by(entry));
        }
    }
    let mut all: Vec<Weighed> = all.into_iter().zip(set_aside).collect();
    gate::apply(&mut all, settings, &policies);

    enforced.diagnostics.extend(action::tell(settings));
    enforced.diagnostics.extend(gate::tell(settings, &all));
    for (finding, by) in all {
        match by {
            Some(by) => enforced.set_aside.push(SetAside { finding, by }),
            None if finding.verdict == Verdict::Undetermined => enforced.undetermined.push(finding),
            None => enforced.findings.push(finding),
        }
    }
    if told_of_waivers {
        sort(&mut enforced.findings, sources);
    }
    enforced
}
