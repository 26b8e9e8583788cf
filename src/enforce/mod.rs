//! What is done about verdicts: actions, waivers, gates of a run, fingerprints, order, exit status.
//!
//! Findings come in as they were judged and go out as they are reported. This room must never know how
//! a value came to be or how a report looks, and it reads no clock: today is a parameter.

mod action;
mod fingerprint;
mod known;
mod order;
mod status;
pub mod waiver;
#[cfg(test)]
mod tests;

pub use action::{ActionRule, Date, InvalidDate};
pub use fingerprint::content_print;
pub use known::{Known, Matches, Recorded};
pub use status::{Status, status};
pub use waiver::Waiver;

use crate::diagnostic::{Action, By, Finding, SetAside, Verdict};
use crate::source::Sources;

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
    /// Undetermined verdicts deny.
    pub strict: bool,
    /// The day of the run, in UTC. Without one no rule that depends on a date holds, and no waiver that has
    /// a last day.
    pub today: Option<Date>,
}

/// What is reported.
#[derive(Debug, Default)]
pub struct Enforced {
    pub findings: Vec<Finding>,
    pub undetermined: Vec<Finding>,
    pub set_aside: Vec<SetAside>,
    /// How many waivers there are.
    pub waivers: usize,
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
    let act = |finding: &mut Finding| {
        finding.action = action::decide(finding, settings);
        if settings.strict && finding.verdict == Verdict::Undetermined {
            finding.action = Action::Deny;
        }
    };
    all.iter_mut().for_each(act);
    order::sort(&mut all, sources);
    fingerprint::assign(&mut all, sources);

    let mut waivers = waiver::Stage::new(settings, sources);
    enforced.waivers = waivers.len();
    let mut waived: Vec<Option<By>> =
        all.iter().map(|finding| waivers.apply(finding).map(By::Waiver)).collect();
    let mut problems = waivers.finish();
    problems.iter_mut().for_each(act);
    order::sort(&mut problems, sources);
    fingerprint::assign(&mut problems, sources);
    let told_of_waivers = !problems.is_empty();
    all.append(&mut problems);
    waived.resize(all.len(), None);

    let base = settings.base.matches(&all, sources);
    for ((finding, base), waiver) in all.into_iter().zip(base.entries).zip(waived) {
        match waiver.or_else(|| settings.base.by(base)) {
            Some(by) => enforced.set_aside.push(SetAside { finding, by }),
            None if finding.verdict == Verdict::Undetermined => enforced.undetermined.push(finding),
            None => enforced.findings.push(finding),
        }
    }
    if told_of_waivers {
        order::sort(&mut enforced.findings, sources);
    }
    enforced
}
