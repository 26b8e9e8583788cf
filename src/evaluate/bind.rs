//! Which subjects a target selects, and what each is compared with.

use super::Inputs;
use super::subjects::{Subject, Subjects};
use crate::policy::{ComparedWith, Kind, Target};
use std::collections::BTreeMap;

/// The most references that one subject is compared with.
const MAX_REFERENCES: usize = 256;

/// A selected subject; one that is compared with nothing has no references.
pub(super) struct Bound<'a> {
    pub subject: &'a Subject,
    pub references: Vec<&'a Subject>,
}

/// What a target selects.
#[derive(Default)]
pub(super) struct Selected<'a> {
    pub bound: Vec<Bound<'a>>,
    /// Names of subjects that should be compared and have no reference.
    pub unpaired: Vec<String>,
}

/// Applies the target: kind, environments, platforms, pairs.
pub(super) fn select<'a>(target: &Target, subjects: &'a Subjects, inputs: &Inputs<'_>) -> Selected<'a> {
    let all = subjects.of(target.kind);
    let on_platform = |subject: &&Subject| {
        let known = |name: &String| subject.platform == Some(name.as_str());
        target.platforms.is_empty() || target.platforms.iter().any(known)
    };
    let in_environment = |subject: &&Subject| {
        let named = |environment| subject.environment.as_ref() == Some(environment);
        target.environments.is_empty() || target.environments.iter().any(named)
    };
    let chosen = all.iter().filter(on_platform).filter(in_environment);
    let Some(with) = &target.compared_with else {
        let bound = chosen.map(|subject| Bound { subject, references: Vec::new() }).collect();
        return Selected { bound, unpaired: Vec::new() };
    };
    let groups = Groups::of(all, with);
    let mut selected = Selected::default();
    for subject in chosen {
        if subject.environment.is_none() || subject.key.is_none() {
            continue;
        }
        if matches!(with, ComparedWith::Environment(environment) if subject.environment.as_ref() == Some(environment))
        {
            continue;
        }
        let references = groups.references(target.kind, subject, with);
        if references.is_empty() {
            // A service that no other file deploys, or that stands alone, lacks nothing.
            if matches!(with, ComparedWith::Environment(_)) {
                selected.unpaired.push(subject.label(inputs));
            }
            continue;
        }
        selected.bound.push(Bound { subject, references });
    }
    selected
}

/// Possible references by what pairs are made by.
struct Groups<'a> {
    by_key: BTreeMap<&'a str, Vec<&'a Subject>>,
}

impl<'a> Groups<'a> {
    fn of(all: &'a [Subject], with: &ComparedWith) -> Groups<'a> {
        let mut by_key: BTreeMap<&str, Vec<&Subject>> = BTreeMap::new();
        for subject in all {
            let key = match with {
                ComparedWith::Siblings => {
                    subject.environment.as_ref().map(|environment| environment.as_str())
                }
                _ => subject.key.as_deref(),
            };
            if let Some(key) = key {
                by_key.entry(key).or_default().push(subject);
            }
        }
        Groups { by_key }
    }

    fn references(&self, kind: Kind, subject: &Subject, with: &ComparedWith) -> Vec<&'a Subject> {
        let key = match with {
            ComparedWith::Siblings => subject.environment.as_ref().map(|environment| environment.as_str()),
            _ => subject.key.as_deref(),
        };
        let group = key.and_then(|key| self.by_key.get(key)).map_or(&[][..], Vec::as_slice);
        let fits = |other: &&&Subject| match with {
            ComparedWith::Environment(environment) => other.environment.as_ref() == Some(environment),
            ComparedWith::Peers => {
                other.environment == subject.environment
                    && other.platform == subject.platform
                    && other.source != subject.source
            }
            ComparedWith::Siblings => other.key.is_some() && other.key != subject.key,
        };
        let mut found: Vec<&Subject> = group.iter().filter(fits).copied().take(MAX_REFERENCES).collect();
        if matches!(with, ComparedWith::Environment(_)) {
            narrow(&mut found, |other| other.platform == subject.platform);
            if kind == Kind::Setting {
                found.retain(|other| !other.condition.contradicts(&subject.condition));
                narrow(&mut found, |other| other.condition == subject.condition);
            }
        }
        found
    }
}

/// Keeps those that fit better, if there are any.
fn narrow(found: &mut Vec<&Subject>, better: impl Fn(&Subject) -> bool) {
    if found.iter().any(|one| better(one)) {
        found.retain(|one| better(one));
    }
}
