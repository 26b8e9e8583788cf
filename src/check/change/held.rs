//! What was set aside before a change, and whether it is set aside still.

use super::{holds, is_comment};
use crate::diagnostic::{By, SetAside};
use crate::enforce::{Known, content_print, waiver};
use crate::report::Outcome;
use crate::source::Sources;
use std::collections::HashSet;

/// What was set aside before the change, each for one finding after it.
pub(super) struct Held<'a> {
    known: Known,
    before: &'a Outcome,
    /// Which findings it is, by position in `known`.
    findings: Vec<&'a SetAside>,
    used: HashSet<usize>,
}

impl<'a> Held<'a> {
    pub(super) fn of(before: &'a Outcome, gone: &dyn Fn(&str) -> bool) -> Held<'a> {
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
    pub(super) fn has(&mut self, one: &SetAside, sources: &Sources) -> bool {
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
