//! What is done about verdicts: actions, waivers, gates of a run, fingerprints, order, exit status.
//!
//! Findings come in as they were judged and go out as they are reported. This room must never know how
//! a value came to be or how a report looks, and it reads no clock: today is a parameter.

mod action;
mod fingerprint;
mod known;
mod order;
mod status;
mod waiver;
#[cfg(test)]
mod tests;

pub use action::{ActionRule, Date, InvalidDate};
pub use fingerprint::{assign as assign_fingerprints, content_print};
pub use known::{Known, Matches, Recorded};
pub use order::{sort, sort_set_aside};
pub use status::{Status, status};
pub use waiver::Waiver;

use crate::diagnostic::{Action, By, Diagnostic, Finding, SetAside, Verdict};
use crate::source::Sources;

/// How a project enforces.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// In the order of `celador.yaml`; the last that matches wins.
    pub actions: Vec<ActionRule>,
    pub waivers: Vec<Waiver>,
    /// What stood in the commit that the run is compared with.
    pub base: Known,
    /// Undetermined verdicts deny.
    pub strict: bool,
    /// The day of the run. Without one no rule that depends on a date holds, and no waiver has expired.
    pub today: Option<Date>,
}

/// What is reported.
#[derive(Debug, Default)]
pub struct Enforced {
    pub findings: Vec<Finding>,
    pub undetermined: Vec<Finding>,
    pub set_aside: Vec<SetAside>,
    /// Waivers that have expired, or that set nothing aside.
    pub diagnostics: Vec<Diagnostic>,
}

/// Applies actions, the order of reporting, fingerprints, and what sets findings aside: of several the
/// first of waiver, baseline and base, so that none of them hides that another is no longer needed.
pub fn enforce(
    findings: Vec<Finding>,
    undetermined: Vec<Finding>,
    settings: &Settings,
    sources: &Sources,
) -> Enforced {
    let mut enforced = Enforced::default();
    let mut all: Vec<Finding> = findings.into_iter().chain(undetermined).collect();
    for finding in &mut all {
        finding.action = action::decide(finding, settings);
        if settings.strict && finding.verdict == Verdict::Undetermined {
            finding.action = Action::Deny;
        }
    }
    sort(&mut all, sources);
    fingerprint::assign(&mut all, sources);

    let mut used = vec![false; settings.waivers.len()];
    let base = settings.base.matches(&all, sources);
    for (finding, base) in all.into_iter().zip(base.entries) {
        let waiver = waiver::applies(&finding, settings, sources).map(|index| {
            used[index] = true;
            By::Waiver(settings.waivers[index].note(settings.today))
        });
        match waiver.or_else(|| settings.base.by(base)) {
            Some(by) => enforced.set_aside.push(SetAside { finding, by }),
            None if finding.verdict == Verdict::Undetermined => enforced.undetermined.push(finding),
            None => enforced.findings.push(finding),
        }
    }
    enforced.diagnostics = waiver::tell(settings, &used);
    enforced
}
