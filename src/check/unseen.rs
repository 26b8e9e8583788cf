//! What was judged before a change and no longer is, though no setting says so: a deployment whose file
//! the change has renamed, moved or ignored, and verdicts that it leaves open.
//!
//! Unlike `vacuity` this asks no record: the files before the change are there to be compared with.

use super::change::Relaxed;
use crate::report::Outcome;
use crate::source::{SourceId, Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// By service the files that deploy it. The environment is no part of it: how one is told may change with
/// the words around it.
fn held(outcome: &Outcome, sources: &Sources) -> BTreeMap<String, BTreeSet<String>> {
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for deployment in &outcome.model.deployments {
        let path = sources.get(deployment.source).path();
        files.entry(deployment.family_name()).or_default().insert(path.to_owned());
    }
    files
}

/// The files that held a service and hold it no longer, unless others have taken it over. Both outcomes have
/// read the whole project with the same settings. `sources` holds the texts of `after`; a file that is gone is
/// told at the beginning of `place`. `asks` tells whether a path is asked about.
pub fn lost(
    before: &Outcome,
    after: &Outcome,
    sources: &Sources,
    place: SourceId,
    asks: &dyn Fn(&str) -> bool,
) -> Vec<Relaxed> {
    let now = held(after, sources);
    let nowhere = BTreeSet::new();
    let mut by_file: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (service, were) in held(before, &before.sources) {
        let are = now.get(&service).unwrap_or(&nowhere);
        // Each file that is new to the service has taken it over from one.
        let taken_over = are.difference(&were).count();
        for path in were.difference(are).skip(taken_over).filter(|path| asks(path)) {
            by_file.entry(path.clone()).or_default().push(service.clone());
        }
    }
    let told = |(path, services): (String, Vec<String>)| {
        let own = sources.iter().find(|(_, source)| *source.path() == *path).map(|(id, _)| id);
        let message = format!(
            "{path} deployed {} before this change, and nothing that is read has taken that over",
            services.join(", ")
        );
        Relaxed { span: Span::beginning(own.unwrap_or(place)), message }
    };
    by_file.into_iter().map(told).collect()
}

/// The policies that told of a subject what they cannot tell now. What a change adds may well be open. Both
/// outcomes have judged the whole project.
pub fn left_open(before: &Outcome, after: &Outcome, place: SourceId) -> Option<Relaxed> {
    let mut policies: BTreeSet<&str> = BTreeSet::new();
    for now in &after.tallies {
        let mut were = before.tallies.iter().filter(|tally| tally.policy == now.policy);
        let is_lost = were.any(|was| {
            now.undetermined > was.undetermined && now.passed + now.failed < was.passed + was.failed
        });
        if is_lost {
            policies.insert(&now.policy);
        }
    }
    if policies.is_empty() {
        return None;
    }
    let names: Vec<String> = policies.iter().map(|policy| format!("`{policy}`")).collect();
    let message = format!(
        "fewer verdicts are told than before this change, and more are left open, of {}",
        names.join(", ")
    );
    Some(Relaxed { span: Span::beginning(place), message })
}
