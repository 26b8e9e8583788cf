//! Which subjects a target selects, and what each is compared with.

use super::Inputs;
use super::subjects::{Subject, Subjects};
use crate::cel::object::Field;
use crate::policy::{ComparedWith, Kind, Target};
use std::collections::{BTreeMap, HashMap};

/// The most references that one subject is compared with.
const MAX_REFERENCES: usize = 256;

/// A selected subject with its tree; one that is compared with nothing has no references.
pub(super) struct Bound<'a> {
    pub subject: &'a Subject,
    pub tree: Field,
    pub references: Vec<&'a Subject>,
}

/// Whom a target selects.
pub(super) struct Selection<'a> {
    target: &'a Target,
    pairs: Option<Pairs>,
}

/// Whom a target that compares compares with whom: places in the list of the target's kind.
#[derive(Default)]
struct Pairs {
    references: HashMap<usize, Vec<usize>>,
    unpaired: Vec<String>,
}

impl<'a> Selection<'a> {
    /// Applies the target: kind, environments, platforms, pairs.
    pub fn of(target: &'a Target, subjects: &Subjects<'_>, inputs: &Inputs<'_>) -> Selection<'a> {
        let pairs = target.compared_with.as_ref().map(|with| Pairs::of(target, with, subjects, inputs));
        Selection { target, pairs }
    }

    pub fn kind(&self) -> Kind {
        self.target.kind
    }

    /// Names of subjects that should be compared and have no reference.
    pub fn unpaired(&self) -> &[String] {
        self.pairs.as_ref().map_or(&[], |pairs| &pairs.unpaired)
    }

    /// What a subject is to be compared with, in that order; `None` if it is not selected.
    pub fn references_of(&self, subject: &Subject) -> Option<&[usize]> {
        match &self.pairs {
            Some(pairs) => pairs.references.get(&subject.index).map(Vec::as_slice),
            None => takes(self.target, subject).then_some(&[]),
        }
    }
}

/// Whether a target's platforms and environments are a subject's.
fn takes(target: &Target, subject: &Subject) -> bool {
    let known = |name: &String| subject.platform == Some(name.as_str());
    let named = |environment| subject.environment.as_ref() == Some(environment);
    (target.platforms.is_empty() || target.platforms.iter().any(known))
        && (target.environments.is_empty() || target.environments.iter().any(named))
}

impl Pairs {
    fn of(target: &Target, with: &ComparedWith, subjects: &Subjects<'_>, inputs: &Inputs<'_>) -> Pairs {
        let all = subjects.of(target.kind);
        let groups = Groups::of(all, with);
        let mut pairs = Pairs::default();
        for subject in all.iter().filter(|subject| takes(target, subject)) {
            if subject.environment.is_none() || subject.key.is_none() {
                continue;
            }
            if matches!(with, ComparedWith::Environment(environment) if subject.environment.as_ref() == Some(environment))
            {
                continue;
            }
            let references = groups.references(target.kind, subject, with);
            if !references.is_empty() {
                let places = references.iter().map(|reference| reference.index).collect();
                pairs.references.insert(subject.index, places);
            } else if matches!(with, ComparedWith::Environment(_)) {
                // A service that no other file deploys, or that stands alone, lacks nothing.
                pairs.unpaired.push(subject.label(inputs));
            }
        }
        pairs
    }
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
