//! Which policies find less, and which more, under the settings of a change: whether they were made laxer is
//! told by what they do.

use super::Side;
use super::is_about_waiver;
use super::merge::Key;
use crate::diagnostic::Action;
use crate::report::Outcome;
use crate::source::{SourceId, Sources};
use std::collections::{HashMap, HashSet};

/// What other settings did to the findings of one policy, before the change or after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Some are gone, or softer.
    pub laxer: bool,
    /// There are more, or graver ones.
    pub stricter: bool,
}

/// What the settings of a change did, by policy.
#[derive(Debug, Default)]
pub struct Effects {
    by_policy: HashMap<String, Effect>,
}

impl Effects {
    /// Compares what both trees come to under the new settings and under the old ones. `sources` has the
    /// texts of both outcomes after the change.
    pub fn of(new: &Side, old: &Side, sources: &Sources, old_settings: &HashSet<SourceId>) -> Effects {
        let mut effects = Effects::default();
        let all = |outcome: &Outcome, sources: &Sources| -> HashMap<Key, Action> {
            let findings = outcome.findings.iter().chain(&outcome.undetermined);
            let findings = findings.chain(outcome.set_aside.iter().map(|one| &one.finding));
            let judged = findings.filter(|finding| {
                !old_settings.contains(&finding.span().source) && !is_about_waiver(finding)
            });
            judged.map(|finding| (Key::of(finding, sources), finding.action)).collect()
        };
        for (new, old) in [
            (all(&new.after, sources), all(&old.after, sources)),
            (all(&new.before, &new.before.sources), all(&old.before, &old.before.sources)),
        ] {
            let softer = |one: &HashMap<Key, Action>, other: &HashMap<Key, Action>| -> Vec<String> {
                let softer =
                    one.iter().filter(|(key, action)| other.get(key).is_none_or(|there| there < action));
                softer.map(|(key, _)| key.policy.clone()).collect()
            };
            for policy in softer(&old, &new) {
                effects.by_policy.entry(policy).or_default().laxer = true;
            }
            for policy in softer(&new, &old) {
                effects.by_policy.entry(policy).or_default().stricter = true;
            }
        }
        effects
    }

    /// What was done to the findings of a policy.
    pub fn on(&self, policy: &str) -> Effect {
        self.by_policy.get(policy).copied().unwrap_or_default()
    }

    /// The policies of which findings are gone, or softer.
    pub fn laxer(&self) -> Vec<&str> {
        let laxer = self.by_policy.iter().filter(|(_, effect)| effect.laxer);
        let mut names: Vec<&str> = laxer.map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}
