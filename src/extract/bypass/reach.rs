//! In which environments a command's bypass acts.

use super::DeployedBy;
use crate::extract::environment::Environments;
use crate::extract::name::is_environment_input;
use crate::model::Environment;
use crate::script::Invocation;
use crate::source::Span;
use crate::value::{Atom, Condition};

/// How far a bypass reaches.
pub(super) struct Reached {
    /// `None`: nothing tells.
    pub environments: Option<Vec<Environment>>,
    /// The test that tells.
    pub span: Option<Span>,
    pub before_deployment: bool,
}

/// Where a command acts: by the tests that lead to it, else by its variables and its path, else by what its
/// job deploys, or what waits for its job.
pub(super) fn of(
    invocation: &Invocation,
    condition: &Condition,
    path: &str,
    environments: &Environments,
    deployed_by: &DeployedBy,
) -> Reached {
    let jobs = invocation.job.iter().flat_map(|run| run.waited_for_by.iter().chain([&run.job]));
    let deployed: Vec<&Option<Environment>> = jobs.filter_map(|job| deployed_by.get(job)).flatten().collect();
    let before_deployment = !deployed.is_empty();
    // A command that deploys acts where it deploys to, whatever else its job does.
    let deployed = match deployed_by.get(&invocation.span) {
        Some(own) => own.iter().collect(),
        None => deployed,
    };
    if let Some((environments, span)) = tested(condition, environments) {
        return Reached { environments: Some(environments), span: Some(span), before_deployment };
    }
    let environments = match environments.of_circumstances(path, &invocation.environment) {
        Some(one) => Some(vec![one]),
        None => {
            let known: Option<Vec<Environment>> = deployed.into_iter().cloned().collect();
            known.filter(|known| !known.is_empty()).map(|mut known| {
                known.sort();
                known.dedup();
                known
            })
        }
    };
    Reached { environments, span: None, before_deployment }
}

/// The environments for which the tests of a condition ask, with the first of these tests.
fn tested(condition: &Condition, environments: &Environments) -> Option<(Vec<Environment>, Span)> {
    let atoms = condition.atoms();
    let mut named: Option<Vec<Environment>> = None;
    let mut excluded: Vec<Environment> = Vec::new();
    let mut span = None;
    for atom in atoms {
        match asked(atom, atoms, environments) {
            Some(Asked::For(these)) => {
                let before = named.take();
                named = Some(match before {
                    Some(before) => before.into_iter().filter(|one| these.contains(one)).collect(),
                    None => these,
                });
            }
            Some(Asked::NotFor(these)) => excluded.extend(these),
            None => continue,
        }
        span.get_or_insert(atom.span);
    }
    let usual = || ["production", "staging", "development"].map(Environment::named).to_vec();
    let mut left = named.unwrap_or_else(usual);
    left.retain(|one| !excluded.contains(one));
    Some((left, span?))
}

enum Asked {
    For(Vec<Environment>),
    NotFor(Vec<Environment>),
}

fn asked(atom: &Atom, all: &[Atom], environments: &Environments) -> Option<Asked> {
    if let Some(one) = environments.of_atom(atom, all) {
        return Some(Asked::For(vec![one]));
    }
    if let Some(one) = environments.of_atom(&atom.negated(), all) {
        return Some(Asked::NotFor(vec![one]));
    }
    let each = |values: Vec<&str>| {
        values.into_iter().map(|value| environments.known(value)).collect::<Option<Vec<_>>>()
    };
    if !is_environment_input(&atom.input) {
        return None;
    }
    match (atom.allowed(), atom.excluded()) {
        (Some(values), _) => Some(Asked::For(each(values)?)),
        (None, Some(values)) => Some(Asked::NotFor(each(values)?)),
        (None, None) => None,
    }
}

/// Whether a condition asks for nothing but environments.
pub(super) fn is_only_environments(condition: &Condition, environments: &Environments) -> bool {
    let atoms = condition.atoms();
    atoms.iter().all(|atom| asked(atom, atoms, environments).is_some())
}
