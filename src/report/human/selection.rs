//! What a report for people shows of a run, in which order, and in which groups.

use crate::diagnostic::{Action, By, Diagnostic, Finding, RELAXED_BY_CHANGE, SetAside, Severity};
use crate::report::human::{GroupBy, Verbosity};
use crate::report::outcome::Outcome;
use crate::source::Sources;
use std::collections::BTreeMap;

/// One thing that is shown.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) enum Shown<'a> {
    Finding(&'a Finding),
    SetAside(&'a SetAside),
    /// A finding that stands in full in an earlier group.
    Again(&'a Finding),
}

impl<'a> Shown<'a> {
    pub(in crate::report) fn finding(self) -> &'a Finding {
        match self {
            Shown::Finding(finding) | Shown::Again(finding) => finding,
            Shown::SetAside(one) => &one.finding,
        }
    }
}

/// What is wrong with the run itself.
pub(in crate::report) fn diagnostics(
    outcome: &Outcome,
    verbosity: Verbosity,
) -> impl Iterator<Item = &Diagnostic> {
    outcome
        .diagnostics
        .iter()
        .filter(move |told| verbosity > Verbosity::Quiet || told.severity == Severity::Error)
}

/// Findings, then what cannot be told, then what was set aside.
pub(in crate::report) fn findings(outcome: &Outcome, verbosity: Verbosity) -> Vec<Shown<'_>> {
    let least = match verbosity {
        Verbosity::Quiet => Action::Deny,
        Verbosity::Normal => Action::Warn,
        Verbosity::Verbose => Action::Audit,
    };
    let least_open = if verbosity > Verbosity::Quiet { Action::Audit } else { Action::Deny };
    let told = outcome
        .findings
        .iter()
        .filter(|finding| finding.action >= least || finding.policy == RELAXED_BY_CHANGE);
    let open = outcome.undetermined.iter().filter(|open| open.action >= least_open);
    let aside = outcome.set_aside.iter().filter(|one| is_listed(one, verbosity));
    told.chain(open).map(Shown::Finding).chain(aside.map(Shown::SetAside)).collect()
}

/// Whether what was set aside is told one by one, and not only counted: what was bypassed always leaves its
/// trace, what a gate tolerates is told unless a run shall be quiet, and what the project has written down
/// with a reason of its own only to those who ask.
pub(in crate::report) fn is_listed(one: &SetAside, verbosity: Verbosity) -> bool {
    match one.by {
        By::Bypass { .. } => verbosity > Verbosity::Quiet || one.finding.action == Action::Deny,
        By::Environment { .. } | By::Budget { .. } => verbosity > Verbosity::Quiet,
        By::Waiver(_) | By::Baseline { .. } | By::Base { .. } => verbosity == Verbosity::Verbose,
    }
}

/// Findings under one heading.
#[derive(Debug)]
pub(in crate::report) struct Group<'a> {
    /// The policy, path or service; empty for what belongs to no service.
    pub name: &'a str,
    pub shown: Vec<Shown<'a>>,
}

/// The groups by name, what has none last. Within a group the order stays. What concerns several services
/// stands in the group of the first, and again in those of the others.
pub(in crate::report) fn grouped<'a>(all: &[Shown<'a>], by: GroupBy, sources: &'a Sources) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<(bool, &str), Vec<Shown<'a>>> = BTreeMap::new();
    for &shown in all {
        let mut names = keys(shown.finding(), by, sources);
        names.sort_unstable();
        for (number, name) in names.into_iter().enumerate() {
            let shown = if number == 0 { shown } else { Shown::Again(shown.finding()) };
            groups.entry((name.is_empty(), name)).or_default().push(shown);
        }
    }
    groups.into_iter().map(|((_, name), shown)| Group { name, shown }).collect()
}

/// The groups that a finding belongs to, each once.
pub(in crate::report) fn keys<'a>(finding: &'a Finding, by: GroupBy, sources: &'a Sources) -> Vec<&'a str> {
    match by {
        GroupBy::Policy => vec![&finding.policy],
        GroupBy::File => vec![sources.get(finding.span().source).path()],
        GroupBy::Service if finding.services.is_empty() => vec![""],
        GroupBy::Service => {
            let mut names: Vec<&str> = finding.services.iter().map(String::as_str).collect();
            names.dedup();
            names
        }
    }
}
