//! Findings that are known already: recorded in a baseline, or made by an earlier commit.
//!
//! Each recorded finding stands for one finding of the run and no more, so that a second copy of an old
//! violation is new.

use super::fingerprint::content_print;
use crate::diagnostic::{By, Finding};
use crate::source::Sources;
use std::collections::HashMap;

/// A finding that was recorded.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub fingerprint: String,
    /// See [`content_print`]: by it the finding is known again in a file that was renamed.
    pub content: String,
    /// Whether its own file is no longer there. Only then may it stand for a finding of another file:
    /// beside a file that is there, merely unread or left out, the same words are a copy.
    pub gone: bool,
    /// What a finding that it stands for is set aside by.
    pub by: By,
}

/// Recorded findings, as a multiset.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub entries: Vec<Recorded>,
}

/// Which entries stand for which findings.
#[derive(Debug, Default)]
pub struct Matches {
    /// By finding, the index of its entry.
    pub entries: Vec<Option<usize>>,
    /// By entry, whether it stands for a finding.
    pub used: Vec<bool>,
}

impl Known {
    /// What an earlier run has found. `gone` tells of a path whether nothing is there any more; `sources`
    /// are those of the earlier run.
    pub fn of_findings<'a>(
        findings: impl IntoIterator<Item = &'a Finding>,
        sources: &Sources,
        gone: impl Fn(&str) -> bool,
        by: &By,
    ) -> Known {
        let entry = |finding: &Finding| Recorded {
            fingerprint: finding.fingerprint.clone(),
            content: content_print(finding, sources),
            gone: gone(sources.get(finding.span().source).path()),
            by: by.clone(),
        };
        Known { entries: findings.into_iter().map(entry).collect() }
    }

    /// What a finding with this entry is set aside by.
    pub(super) fn by(&self, entry: Option<usize>) -> Option<By> {
        Some(self.entries.get(entry?)?.by.clone())
    }

    /// Finds the entries that stand for some findings: first by fingerprint; then, of the entries whose
    /// file is gone, by content.
    pub fn matches(&self, findings: &[Finding], sources: &Sources) -> Matches {
        let mut matches =
            Matches { entries: vec![None; findings.len()], used: vec![false; self.entries.len()] };
        if self.entries.is_empty() {
            return matches;
        }
        let all = || self.entries.iter().enumerate();
        let exact = Shelf::new(all().map(|(at, entry)| (entry.fingerprint.as_str(), at)));
        matches.take(findings, exact, |finding| finding.fingerprint.clone());
        let moved =
            all().filter(|(at, entry)| entry.gone && !matches.used.get(*at).is_some_and(|used| *used));
        let moved = Shelf::new(moved.map(|(at, entry)| (entry.content.as_str(), at)));
        if !moved.entries.is_empty() {
            matches.take(findings, moved, |finding| content_print(finding, sources));
        }
        matches
    }
}

/// Entries by a print, the first of equal ones last.
struct Shelf<'a> {
    entries: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Shelf<'a> {
    fn new(all: impl Iterator<Item = (&'a str, usize)>) -> Shelf<'a> {
        let mut entries: HashMap<&str, Vec<usize>> = HashMap::new();
        for (print, at) in all {
            entries.entry(print).or_default().push(at);
        }
        entries.values_mut().for_each(|equal| equal.reverse());
        Shelf { entries }
    }
}

impl Matches {
    /// Gives each finding that has no entry yet one with its print.
    fn take(&mut self, findings: &[Finding], mut shelf: Shelf<'_>, print: impl Fn(&Finding) -> String) {
        for (finding, slot) in findings.iter().zip(&mut self.entries) {
            if slot.is_some() {
                continue;
            }
            let Some(at) = shelf.entries.get_mut(print(finding).as_str()).and_then(Vec::pop) else {
                continue;
            };
            *slot = Some(at);
            if let Some(used) = self.used.get_mut(at) {
                *used = true;
            }
        }
    }
}
