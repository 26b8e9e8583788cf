//! Entries of the baseline that stand for nothing any more, as findings of `stale-baseline-entry`.

use super::{PolicySettings, Unreadable};
use crate::diagnostic::{Action, Diagnostic, Finding, Severity, Tally};
use crate::enforce::{self, Baseline};
use crate::evaluate::Evaluation;
use crate::source::Sources;
use std::collections::HashSet;

pub(super) const POLICY: &str = "stale-baseline-entry";

/// Adds a finding for each stale entry. What a file that could not be read holds is not known, so that its
/// entries are not stale.
pub(super) fn tell(
    evaluation: &mut Evaluation,
    baseline: &Baseline,
    unreadable: &[Unreadable],
    sources: &Sources,
    settings: &PolicySettings,
) {
    if baseline.entries.is_empty() || !settings.asks_always(POLICY) {
        return;
    }
    let Evaluation { findings, undetermined, .. } = evaluation;
    let mut stale = enforce::stale(findings, undetermined, baseline, sources);
    let broken: HashSet<&str> =
        unreadable.iter().map(|one| sources.get(one.diagnostic.primary.span.source).path()).collect();
    stale.retain(|&at| baseline.entries.get(at).is_some_and(|entry| !broken.contains(entry.path.as_str())));
    evaluation.tallies.push(Tally::of(POLICY, baseline.entries.len(), stale.len()));
    for entry in stale.iter().filter_map(|&at| baseline.entries.get(at)) {
        let message = format!("`{}` finds no longer in {} what is recorded here", entry.policy, entry.path);
        let told = Diagnostic::warning(POLICY, entry.span, message)
            .with_help("`celador baseline` takes it out, so that it cannot come back unseen");
        evaluation.findings.push(Finding::of_diagnostic(POLICY, Severity::Warning, Action::Warn, told));
    }
}
