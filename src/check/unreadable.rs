//! Files that could not be read, as findings of the policy `unreadable-file`.

use super::{File, PolicySettings, Selected};
use crate::diagnostic::{Action, Diagnostic, Finding, Severity, Tally};
use crate::evaluate::Evaluation;
use crate::source::SourceId;
use std::collections::{BTreeMap, HashSet};

pub(super) const POLICY: &str = "unreadable-file";

/// How many further problems of one file are shown beside the first; the message says how many there are
/// in all.
const FURTHER_PLACES: usize = 4;

/// Why a file, or a part of it, could not be read.
#[derive(Clone, Debug)]
pub struct Unreadable {
    pub diagnostic: Diagnostic,
    /// Whether the file was given by name.
    pub named: bool,
}

/// What readers tell of files.
pub(super) fn of_files(diagnostics: Vec<Diagnostic>, files: &[File]) -> Vec<Unreadable> {
    let named: HashSet<SourceId> =
        files.iter().filter(|file| file.selected == Selected::Named).map(|file| file.source).collect();
    let of = |diagnostic: Diagnostic| {
        let named = named.contains(&diagnostic.primary.span.source);
        Unreadable { diagnostic, named }
    };
    diagnostics.into_iter().map(of).collect()
}

/// Adds a finding for each problem. A file that was named on the command line is asked about, so that
/// what cannot be read in it denies; elsewhere it warns. What a reader merely notes, such as the
/// placeholders of a template, is no failure to read.
pub(super) fn tell(
    evaluation: &mut Evaluation,
    mut unreadable: Vec<Unreadable>,
    files: &[File],
    settings: &PolicySettings,
) {
    if !settings.asks_for(POLICY) {
        return;
    }
    unreadable.retain(|problem| problem.diagnostic.severity != Severity::Info);
    // A file that could not be loaded at all is not among those that were read.
    let broken: HashSet<SourceId> =
        unreadable.iter().map(|problem| problem.diagnostic.primary.span.source).collect();
    let read: HashSet<SourceId> = files.iter().map(|file| file.source).collect();
    let bound = read.union(&broken).count();
    let tally = Tally::of(POLICY, bound, broken.len());
    for Unreadable { diagnostic, named } in said_once(unreadable) {
        let denies = named && diagnostic.severity == Severity::Error;
        let action = if denies { Action::Deny } else { Action::Warn };
        let severity = if action == Action::Deny { Severity::Error } else { Severity::Warning };
        evaluation.findings.push(Finding::of_diagnostic(POLICY, severity, action, diagnostic));
    }
    evaluation.tallies.push(tally);
}

/// One problem a file: what follows from a first syntax error is rarely news, and forty
/// lines about one broken file hide the line about the next.
fn said_once(unreadable: Vec<Unreadable>) -> Vec<Unreadable> {
    let mut groups: BTreeMap<SourceId, Vec<Unreadable>> = BTreeMap::new();
    for problem in unreadable {
        groups.entry(problem.diagnostic.primary.span.source).or_default().push(problem);
    }
    groups.into_values().filter_map(together).collect()
}

/// The first of the problems in its file, or the first grave one, with the others beside it.
fn together(mut group: Vec<Unreadable>) -> Option<Unreadable> {
    let grave = |problem: &Unreadable| problem.diagnostic.severity != Severity::Error;
    group.sort_by_key(|problem| (grave(problem), problem.diagnostic.primary.span.range().start));
    let mut group = group.into_iter();
    let mut first = group.next()?;
    let others = group.len();
    if others > 0 {
        let told = &mut first.diagnostic;
        told.message = format!("{}, and {others} more in this file", told.message);
        told.related.extend(group.take(FURTHER_PLACES).map(|problem| {
            let Diagnostic { message, mut primary, .. } = problem.diagnostic;
            if primary.label.is_empty() {
                primary.label = message;
            }
            primary
        }));
    }
    Some(first)
}
