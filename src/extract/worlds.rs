//! One command, several deployments: a command whose service's name hangs on a condition, or whose
//! values hang on the environment, is one deployment in each consistent world of the two.

use crate::diagnostic::Diagnostic;
use crate::extract::environment::{Environments, atoms};
use crate::model::Deployment;
use crate::platform::command::{Call, deployment};
use crate::platform::{Trace, negations, worlds_of};
use crate::value::{Atom, Condition, Value};

/// How many worlds of one command are told apart.
const MAX_WORLDS: usize = 64;

/// The deployments that a command makes.
pub fn deployments(
    call: &Call<'_>,
    environments: &Environments,
    trace: &mut Trace<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Deployment> {
    let conditions = call.conditions();
    let all = atoms(conditions.iter().chain([&call.invocation.condition]));
    let mut worlds = by_name(call);
    worlds = by_environment(worlds, &all, environments);
    for withheld in call.withheld() {
        let not = negations(withheld);
        worlds = worlds.iter().flat_map(|world| not.iter().filter_map(|not| world.and(not))).collect();
    }
    if worlds.len() > MAX_WORLDS {
        diagnostics.push(
            Diagnostic::warning(
                "script-limit",
                call.invocation.span,
                format!("this command deploys in more than {MAX_WORLDS} ways; the rest is not followed"),
            )
            .with_help("split the script by service or by environment"),
        );
        worlds.truncate(MAX_WORLDS);
    }
    worlds
        .iter()
        .filter_map(|world| {
            let narrowed = call.under(world)?;
            deployment(&narrowed, world, trace)
        })
        .collect()
}

/// One world for each name that the service may have.
fn by_name(call: &Call<'_>) -> Vec<Condition> {
    let always = &call.invocation.condition;
    let Some(name) = call.name() else { return vec![always.clone()] };
    let mut worlds = Vec::new();
    for (condition, value) in name.alternatives() {
        let Some(condition) = always.and(&condition) else { continue };
        let inner = match value {
            Value::Known(known) => worlds_of(&known.value).unwrap_or_default(),
            _ => Vec::new(),
        };
        if inner.is_empty() {
            worlds.push(condition);
        } else {
            worlds.extend(inner.iter().filter_map(|(inner, _)| condition.and(inner)));
        }
    }
    worlds
}

/// Each world once more for each environment that a test of a word names, and for the rest.
fn by_environment(worlds: Vec<Condition>, all: &[Atom], environments: &Environments) -> Vec<Condition> {
    let mut tests: Vec<Atom> = Vec::new();
    for atom in all {
        let positive = [atom.clone(), atom.negated()];
        let found = positive.into_iter().find(|atom| environments.of_atom(atom, all).is_some());
        if let Some(found) = found.filter(|found| !tests.contains(found)) {
            tests.push(found);
        }
    }
    let mut inputs: Vec<&str> = tests.iter().map(|test| &*test.input).collect();
    inputs.dedup();
    let mut worlds = worlds;
    for input in inputs {
        let of_input: Vec<&Atom> = tests.iter().filter(|test| &*test.input == input).collect();
        worlds = worlds.into_iter().flat_map(|world| split(&world, &of_input)).collect();
        if worlds.len() > MAX_WORLDS {
            break;
        }
    }
    worlds
}

/// A world under each of the tests, and under none of them; the world itself where it decides already.
fn split(world: &Condition, tests: &[&Atom]) -> Vec<Condition> {
    let decided = |test: &&&Atom| world.implies(&Condition::of((**test).clone()));
    if tests.iter().any(|test| decided(&test)) {
        return vec![world.clone()];
    }
    let mut parts: Vec<Condition> =
        tests.iter().filter_map(|test| world.and(&Condition::of((*test).clone()))).collect();
    let rest = tests.iter().try_fold(world.clone(), |rest, test| rest.and(&Condition::of(test.negated())));
    parts.extend(rest);
    parts
}
