//! Files that could not be read, as findings of the policy `unreadable-file`.

use super::{File, PolicySettings, Selected};
use crate::diagnostic::{Action, Diagnostic, Finding, Severity, Tally, Verdict};
use crate::evaluate::Evaluation;

pub(super) const POLICY: &str = "unreadable-file";

/// Adds a finding for each diagnostic. A file that was named on the command line is asked about, so that
/// what cannot be read in it denies; elsewhere it warns.
pub(super) fn tell(
    evaluation: &mut Evaluation,
    diagnostics: Vec<Diagnostic>,
    files: &[File],
    settings: &PolicySettings,
) {
    if !settings.asks_for(POLICY) {
        return;
    }
    let mut tally = Tally { policy: POLICY.to_owned(), bound: files.len(), ..Tally::default() };
    let mut broken: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.primary.span.source).collect();
    broken.sort_unstable();
    broken.dedup();
    tally.failed = broken.len();
    tally.passed = tally.bound.saturating_sub(tally.failed);
    for diagnostic in diagnostics {
        let source = diagnostic.primary.span.source;
        let is_named = |file: &&File| file.source == source && file.selected == Selected::Named;
        let grave = diagnostic.severity == Severity::Error;
        let action = match files.iter().find(is_named) {
            Some(_) if grave => Action::Deny,
            _ => Action::Warn,
        };
        let severity = if action == Action::Deny { Severity::Error } else { Severity::Warning };
        evaluation.findings.push(of_diagnostic(POLICY, severity, action, diagnostic));
    }
    evaluation.tallies.push(tally);
}

/// A diagnostic about the input, told as a finding of a policy.
pub(super) fn of_diagnostic(policy: &str, severity: Severity, action: Action, told: Diagnostic) -> Finding {
    Finding {
        policy: policy.to_owned(),
        verdict: Verdict::Fail,
        severity,
        action,
        message: told.message,
        services: Vec::new(),
        environment: None,
        platform: None,
        condition: String::new(),
        primary: told.primary,
        origin: None,
        related: told.related,
        because: None,
        help: told.help,
        fix: None,
        unknowns: Vec::new(),
        fingerprint: String::new(),
    }
}
