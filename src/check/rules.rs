//! What the policies of a run say of themselves, for formats that show it.

use super::PolicySettings;
use crate::policy::{self, PACK, Policy};
use crate::report::{Outcome, Rule};
use crate::source::Sources;
use std::collections::BTreeSet;

/// The policies that were asked, and those that a finding names, by name. They are read anew: a run that
/// shows nothing of them has not kept them.
pub fn rules(outcome: &Outcome, settings: &PolicySettings) -> Vec<Rule> {
    let findings = outcome.findings.iter().chain(&outcome.undetermined);
    let findings = findings.chain(outcome.set_aside.iter().map(|one| &one.finding));
    let asked = outcome.tallies.iter().map(|tally| tally.policy.as_str());
    let names: BTreeSet<&str> = findings.map(|finding| finding.policy.as_str()).chain(asked).collect();
    let mut rules: Vec<Rule> = Vec::new();
    for &id in &settings.files {
        let source = outcome.sources.get(id);
        let own = policy::read(id, source).0;
        // Of a policy that a change has rewritten, the first is the new one.
        let new: Vec<Rule> = own.iter().map(|policy| rule(policy, Some(source.path()))).collect();
        let is_new = |one: &Rule| rules.iter().all(|known| known.name != one.name);
        let new: Vec<Rule> = new.into_iter().filter(is_new).collect();
        rules.extend(new);
    }
    // A project's policy replaces one of the pack that has its name.
    let of_the_pack = PACK.iter().filter(|builtin| !rules.iter().any(|rule| rule.name == builtin.name));
    let of_the_pack = of_the_pack.filter(|builtin| names.contains(builtin.name));
    let of_the_pack: Vec<Rule> = of_the_pack
        .filter_map(|builtin| Some(rule(&builtin.load(&mut Sources::new(), false)?, None)))
        .collect();
    rules.extend(of_the_pack);
    rules.retain(|rule| names.contains(rule.name.as_str()));
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    rules
}

fn rule(policy: &Policy, file: Option<&str>) -> Rule {
    let mut help: Vec<String> = Vec::new();
    for way in policy.validations.iter().filter_map(|validation| validation.help.as_ref()) {
        if !help.contains(way) {
            help.push(way.clone());
        }
    }
    Rule {
        name: policy.name.to_string(),
        title: policy.title.clone(),
        group: policy.group.clone(),
        severity: policy.severity,
        action: policy.default_action(),
        rationale: policy.rationale.clone(),
        help,
        file: file.map(str::to_owned),
    }
}
