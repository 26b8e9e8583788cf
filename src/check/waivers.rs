//! What a run knows for its waivers, and the tallies of the policies about them.

use super::policies::{Chosen, configuration};
use super::{File, PolicySettings, Selected, Settings};
use crate::cel::object::{Datum, Field};
use crate::diagnostic::{Diagnostic, Tally};
use crate::enforce::Enforced;
use crate::enforce::waiver::{Asked, Grade, POLICIES};
use crate::policy::{self, PACK};
use crate::source::{Remark, Sources};

/// Whether a run has waivers at all; what follows costs the others nothing.
pub(super) fn any(remarks: &[Remark], settings: &Settings) -> bool {
    !remarks.is_empty() || !settings.enforce.waivers.is_empty()
}

/// What the waivers are held against.
pub(super) fn asked(
    remarks: Vec<Remark>,
    chosen: &Chosen,
    tallies: &[Tally],
    files: &[File],
    settings: &Settings,
    diagnostics: &mut Vec<Diagnostic>,
) -> Asked {
    let policies = &settings.policies;
    let peers = files.iter().filter(|file| file.selected == Selected::Peer).map(|file| file.source);
    let own = chosen.own.iter().map(ToString::to_string);
    let mut asked = Asked {
        remarks,
        known: PACK.iter().map(|builtin| builtin.name.to_owned()).chain(own).collect(),
        asked: tallies.iter().map(|tally| tally.policy.clone()).collect(),
        peers: peers.collect(),
        ..Asked::default()
    };
    asked.whole = settings.whole_project && asked.peers.is_empty();
    for &name in POLICIES.iter().filter(|name| policies.asks_for(name)) {
        let (grade, told) = grade(name, policies);
        asked.grades.extend(grade.map(|grade| (name, grade)));
        diagnostics.extend(told);
    }
    asked
}

/// How grave a finding of a policy about waivers is; `None` if the project takes the policy out.
fn grade(name: &str, settings: &PolicySettings) -> (Option<Grade>, Vec<Diagnostic>) {
    let policy = policy::find_builtin(name).and_then(|builtin| builtin.load(&mut Sources::new(), false));
    let Some(policy) = policy else { return (None, Vec::new()) };
    let (configuration, told) = configuration(&policy, settings);
    if configuration.enabled == Some(false) {
        return (None, told);
    }
    let default = policy.param("days").and_then(|param| param.default.as_ref());
    let given = configuration.overrides.iter().rev().map(|given| &given.value).next();
    let days = match given.or(default) {
        Some(Field::Known { datum: Datum::Int(days), .. }) => *days,
        _ => 0,
    };
    let action = configuration.action.unwrap_or(policy.default_action());
    (Some(Grade { severity: policy.severity, action, days }), told)
}

/// How often each policy about waivers was asked, and how often it failed.
pub(super) fn tallies(enforced: &Enforced, settings: &PolicySettings) -> Vec<Tally> {
    if enforced.waivers == 0 {
        return Vec::new();
    }
    let findings = || enforced.findings.iter().chain(enforced.set_aside.iter().map(|one| &one.finding));
    let asked = POLICIES.iter().filter(|name| settings.asks_for(name));
    let tally = |name: &&str| {
        let failed = findings().filter(|finding| finding.policy == **name).count();
        Tally::of(name, enforced.waivers.max(failed), failed)
    };
    asked.map(tally).collect()
}

/// Leaves out what was judged only to see what waivers set aside.
pub(super) fn only(enforced: &mut Enforced, tallies: &mut Vec<Tally>) {
    let is_about_waivers = |name: &str| POLICIES.contains(&name);
    enforced.findings.retain(|finding| is_about_waivers(&finding.policy));
    enforced.undetermined.clear();
    enforced.set_aside.retain(|one| is_about_waivers(&one.finding.policy));
    tallies.retain(|tally| is_about_waivers(&tally.policy));
}
