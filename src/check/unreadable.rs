//! Files that could not be read, as findings of the policy `unreadable-file`.

use super::{PolicySettings, Selected, Unreadable};
use crate::diagnostic::{Action, Diagnostic, Finding, Severity, Tally, Verdict};
use crate::evaluate::Evaluation;
use std::collections::BTreeSet;

pub(super) const POLICY: &str = "unreadable-file";

/// Adds a finding for each. A file that was named on the command line is asked about, so that what
/// cannot be read in it denies; elsewhere it warns. `files` is how many were read.
pub(super) fn tell(
    evaluation: &mut Evaluation,
    unreadable: Vec<Unreadable>,
    files: usize,
    settings: &PolicySettings,
) {
    if !settings.asks_for(POLICY) {
        return;
    }
    let broken: BTreeSet<_> = unreadable.iter().map(|one| one.diagnostic.primary.span.source).collect();
    let mut tally = Tally { policy: POLICY.to_owned(), bound: files, ..Tally::default() };
    tally.failed = broken.len();
    tally.passed = tally.bound.saturating_sub(tally.failed);
    for Unreadable { diagnostic, selected } in unreadable {
        let denies = selected == Selected::Named && diagnostic.severity == Severity::Error;
        let (severity, action) =
            if denies { (Severity::Error, Action::Deny) } else { (Severity::Warning, Action::Warn) };
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
