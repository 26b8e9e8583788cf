//! Two outcomes over the same files, under the settings before a change and under its own: of each finding
//! the stricter verdict holds.

use crate::diagnostic::{Finding, Verdict};
use crate::model::Deployment;
use crate::report::Outcome;
use crate::source::Sources;
use std::collections::{HashMap, HashSet};

/// What a finding is about, whichever settings it was judged under: both runs read the same texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) policy: String,
    path: String,
    start: u32,
    end: u32,
    services: Vec<String>,
    environment: Option<String>,
    condition: String,
}

impl Key {
    pub(super) fn of(finding: &Finding, sources: &Sources) -> Key {
        let span = finding.span();
        Key {
            policy: finding.policy.clone(),
            path: sources.get(span.source).path().to_owned(),
            start: span.start,
            end: span.end,
            services: finding.services.clone(),
            environment: finding.environment.clone(),
            condition: finding.condition.clone(),
        }
    }
}

/// Adds to the outcome under the new settings what is stricter under the old ones.
pub(super) fn merge(
    new: &mut Outcome,
    old: Outcome,
    sources: &Sources,
    of_settings: &dyn Fn(&Finding) -> bool,
) {
    let Outcome { provenance, model, findings, undetermined, set_aside, tallies, .. } = old;
    let mut counting = Shelf::default();
    for finding in findings.into_iter().chain(undetermined).filter(|finding| !of_settings(finding)) {
        counting.add(Key::of(&finding, sources), finding);
    }
    let mut aside = Shelf::default();
    for one in set_aside.into_iter().filter(|one| !of_settings(&one.finding)) {
        aside.add(Key::of(&one.finding, sources), one);
    }
    // Counts under both: the graver action.
    for finding in new.findings.iter_mut().chain(&mut new.undetermined) {
        let key = Key::of(finding, sources);
        match counting.take(&key) {
            Some(other) => stricter(finding, other),
            None => drop(aside.take(&key)),
        }
    }
    for one in std::mem::take(&mut new.set_aside) {
        let key = Key::of(&one.finding, sources);
        match counting.take(&key) {
            // Counts under the old settings only.
            Some(mut finding) => {
                finding.action = finding.action.max(one.finding.action);
                add(new, finding);
            }
            None => {
                aside.take(&key);
                new.set_aside.push(one);
            }
        }
    }
    // Not there at all under the new settings.
    counting.rest().for_each(|finding| add(new, finding));
    new.set_aside.extend(aside.rest());

    let known: HashSet<String> = new.tallies.iter().map(|tally| tally.policy.clone()).collect();
    new.tallies.extend(tallies.into_iter().filter(|tally| !known.contains(&tally.policy)));
    // A secret of a file that only the old settings have read is masked where the file is shown.
    let path = |one: &Deployment| sources.get(one.source).path().to_owned();
    let read: HashSet<String> = new.model.deployments.iter().map(path).collect();
    new.model.deployments.extend(model.deployments.into_iter().filter(|one| !read.contains(&path(one))));
    new.provenance.absorb(provenance);
}

/// Things by what they are about, in their order.
struct Shelf<T> {
    things: Vec<Option<T>>,
    by_key: HashMap<Key, Vec<usize>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { things: Vec::new(), by_key: HashMap::new() }
    }
}

impl<T> Shelf<T> {
    fn add(&mut self, key: Key, thing: T) {
        self.by_key.entry(key).or_default().push(self.things.len());
        self.things.push(Some(thing));
    }

    fn take(&mut self, key: &Key) -> Option<T> {
        let at = self.by_key.get_mut(key)?.pop()?;
        self.things.get_mut(at)?.take()
    }

    fn rest(self) -> impl Iterator<Item = T> {
        self.things.into_iter().flatten()
    }
}

/// Adds what counts after all.
pub(super) fn add(outcome: &mut Outcome, finding: Finding) {
    let list = if finding.verdict == Verdict::Undetermined {
        &mut outcome.undetermined
    } else {
        &mut outcome.findings
    };
    list.push(finding);
}

/// The stricter of one finding under two settings.
fn stricter(finding: &mut Finding, other: Finding) {
    let graver = (other.action, other.severity) > (finding.action, finding.severity);
    let action = finding.action.max(other.action);
    if graver {
        *finding = other;
    }
    finding.action = action;
}
