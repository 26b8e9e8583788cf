//! What a run lets pass on purpose: other environments than the gated one, the budget of a gate, the
//! bypass of an emergency.
//!
//! Nothing is let pass that is not of an environment: what concerns no environment, or concerns a second
//! one too, is nobody's to tolerate.

use super::action::matches;
use super::{Policies, Settings};
use crate::diagnostic::{Action, By, Diagnostic, Finding};
use crate::model::Environment;
use crate::source::Span;

/// How many denied findings of an environment a run tolerates.
#[derive(Clone, Debug)]
pub struct Gate {
    pub environment: Environment,
    pub tolerate: usize,
    pub reason: String,
    /// Where `celador.yaml` says so.
    pub span: Span,
}

/// The one environment whose findings count.
#[derive(Clone, Debug)]
pub struct Only {
    pub environment: Environment,
    /// Where the command line says so.
    pub span: Span,
}

/// An emergency: what is denied in some environments is let pass.
#[derive(Clone, Debug)]
pub struct Bypass {
    pub reason: String,
    /// Those for which `celador.yaml` allows it, and of these the one that the run gates, if it gates one.
    pub environments: Vec<Environment>,
    /// Where `celador.yaml` allows it.
    pub span: Span,
}

impl Bypass {
    /// `staging, preview`.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.environments.iter().map(Environment::as_str).collect();
        names.join(", ")
    }
}

/// A finding, with what sets it aside.
pub(super) type Weighed = (Finding, Option<By>);

/// Sets aside what the run lets pass, of what still counts.
pub(super) fn apply(all: &mut [Weighed], settings: &Settings, policies: &Policies) {
    if let Some(only) = &settings.only {
        elsewhere(all, &only.environment);
    }
    let guarded = |policy: &str| {
        policies.is_unbypassable(policy) || settings.unbypassable.iter().any(|one| matches(one, policy))
    };
    for gate in settings.gates.iter().filter(|gate| gate.tolerate > 0) {
        let is_of = |finding: &Finding| finding.environment.as_deref() == Some(gate.environment.as_str());
        let denied = |(finding, by): &Weighed| {
            denies(finding, by.as_ref()) && is_of(finding) && !guarded(&finding.policy)
        };
        // A budget is no discount: one more than it tolerates, and it tolerates none.
        if all.iter().filter(|one| denied(one)).count() > gate.tolerate {
            continue;
        }
        for one in all.iter_mut().filter(|one| denied(one)) {
            one.1 = Some(By::Budget {
                environment: gate.environment.to_string(),
                tolerate: gate.tolerate,
                reason: Some(gate.reason.clone()),
                span: Some(gate.span),
            });
        }
    }
    let Some(bypass) = &settings.bypass else { return };
    let allowed = |name: &str| bypass.environments.iter().any(|one| one.as_str() == name);
    for (finding, by) in all {
        let all_allowed = finding.environment.is_some() && finding.environments().all(allowed);
        if denies(finding, by.as_ref()) && all_allowed && !guarded(&finding.policy) {
            *by = Some(By::Bypass { reason: bypass.reason.clone() });
        }
    }
}

/// Sets aside what concerns only other environments than the one that the run gates. What concerns none
/// in particular concerns that one too.
fn elsewhere(all: &mut [Weighed], only: &Environment) {
    for (finding, by) in all {
        let here = finding.environment.is_none() || finding.environments().any(|name| name == only.as_str());
        if by.is_none() && !here {
            *by = Some(By::Environment { gated: only.to_string() });
        }
    }
}

fn denies(finding: &Finding, by: Option<&By>) -> bool {
    by.is_none() && finding.action == Action::Deny
}

/// That a run was bypassed is told whether or not it changed anything.
pub(super) fn tell(settings: &Settings, all: &[Weighed]) -> Option<Diagnostic> {
    let bypass = settings.bypass.as_ref()?;
    let count = all.iter().filter(|(_, by)| matches!(by, Some(By::Bypass { .. }))).count();
    let findings = if count == 1 { "1 finding" } else { &format!("{count} findings") };
    let message = format!("{} bypassed, {findings} set aside: {}", bypass.names(), bypass.reason);
    let told = Diagnostic::warning("bypass", bypass.span, message).with_label("allowed here");
    Some(told.with_help("what was set aside is still wrong; mend it before the next run without --bypass"))
}
