//! A command that is reached twice with the same values is one deployment; so is one that deploys the
//! same to several regions.

use crate::model::{Deployment, Settings};
use crate::source::Span;
use crate::value::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// The deployments without repetitions: of two that say the same in the same place, the one with the
/// wider condition stays, with the flags of both.
pub fn merged(deployments: Vec<Deployment>) -> Vec<Deployment> {
    let mut kept: Vec<Deployment> = Vec::with_capacity(deployments.len());
    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    // Only what stands in one place can be the same.
    let mut at: HashMap<Span, usize> = HashMap::with_capacity(deployments.len());
    for deployment in &deployments {
        *at.entry(deployment.anchor).or_default() += 1;
    }
    for mut deployment in deployments {
        if at.get(&deployment.anchor) == Some(&1) {
            kept.push(deployment);
            continue;
        }
        let same = seen.entry(signature(&deployment)).or_default();
        let related = |other: &Deployment| {
            deployment.condition.implies(&other.condition) || other.condition.implies(&deployment.condition)
        };
        let found = same.iter().copied().find(|&index| kept.get(index).is_some_and(related));
        let Some(other) = found.and_then(|index| kept.get_mut(index)) else {
            same.push(kept.len());
            kept.push(deployment);
            continue;
        };
        if !deployment.condition.implies(&other.condition) {
            std::mem::swap(other, &mut deployment);
        }
        for flag in deployment.flags {
            if !other.flags.contains(&flag) {
                other.flags.push(flag);
            }
        }
    }
    kept
}

/// All that a deployment says, but for its condition and for the flags that are no settings.
fn signature(deployment: &Deployment) -> String {
    let mut text = format!(
        "{}|{:?}|{}|{:?}|{}|{}",
        deployment.source.index(),
        deployment.anchor,
        deployment.display_name(),
        deployment.environment,
        deployment.platform,
        deployment.workload
    );
    settings(&deployment.settings, &mut text);
    for container in &deployment.containers {
        let _ = write!(text, "|{:?}|{:?}", container.name, container.role);
        settings(&container.settings, &mut text);
        for variable in &container.env.all {
            let shown = match &variable.value {
                Value::Known(known) => known.value.to_string(),
                Value::Unknown(unknown, _) => format!("?{}", unknown.input),
                Value::Either(all) => format!("{} alternatives", all.len()),
            };
            let (name, kind, condition) = (&variable.name, variable.kind.as_str(), &variable.condition);
            let _ = write!(text, "|{name}={shown} {kind} {:?} {condition}", variable.span);
        }
    }
    text
}

fn settings(settings: &Settings, text: &mut String) {
    for (name, setting) in settings.iter() {
        let _ = write!(text, "|{name} {:?}", setting.place);
        for (condition, value) in setting.value.alternatives() {
            match value {
                Value::Known(known) => {
                    let _ = write!(text, " {condition}:{}", known.value);
                }
                Value::Unknown(unknown, _) => {
                    let _ = write!(text, " {condition}:?{}", unknown.input);
                }
                Value::Either(_) => {}
            }
        }
    }
}
