//! What is done about verdicts: actions, waivers, gates of a run, fingerprints, order, exit status.
//!
//! Findings come in as they were judged and go out as they are reported. This room must never know how
//! a value came to be or how a report looks, and it reads no clock: today is a parameter.

mod action;
mod fingerprint;
mod order;
mod status;
mod waiver;
#[cfg(test)]
mod tests;

pub use action::{ActionRule, Date, InvalidDate};
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

/// Applies actions, fingerprints, waivers and the order of reporting.
pub fn enforce(
    findings: Vec<Finding>,
    undetermined: Vec<Finding>,
    settings: &Settings,
    sources: &Sources,
) -> Enforced {
    let mut enforced = Enforced::default();
    let mut used = vec![false; settings.waivers.len()];
    for mut finding in findings.into_iter().chain(undetermined) {
        finding.action = action::decide(&finding, settings);
        if settings.strict && finding.verdict == Verdict::Undetermined {
            finding.action = Action::Deny;
        }
        match waiver::applies(&finding, settings, sources) {
            Some(index) => {
                used[index] = true;
                let by = By::Waiver(settings.waivers[index].note(settings.today));
                enforced.set_aside.push(SetAside { finding, by });
            }
            None if finding.verdict == Verdict::Undetermined => enforced.undetermined.push(finding),
            None => enforced.findings.push(finding),
        }
    }
    order::sort(&mut enforced, sources);
    fingerprint::assign(&mut enforced, sources);
    enforced.diagnostics = waiver::tell(settings, &used);
    enforced
}
