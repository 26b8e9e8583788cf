//! Runs that let everything pass because there is nothing to ask, or nothing of the environment that is
//! gated.

use super::Settings;
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::{Environment, Model};
use crate::source::Span;
use std::collections::BTreeSet;

/// Tells that the project turns every policy off.
pub(super) fn asks_nothing(project: Span) -> Diagnostic {
    Diagnostic::warning("no-policy", project, "no policy is asked, so that nothing is checked")
        .with_help("take policies in under `policies`: built-in ones, or `paths` of your own")
}

/// Tells that nothing is of the environment that the run gates: a gate that lets everything pass. A name
/// that no environment has is an error.
pub(super) fn absent(settings: &Settings, model: &Model) -> Option<Diagnostic> {
    let only = settings.enforce.only.as_ref()?;
    let name = only.environment.as_str();
    let deployed = model.deployments.iter().filter_map(|one| one.environment.as_ref());
    let set = model.settings.iter().filter_map(|one| one.environment.as_ref());
    let found: BTreeSet<&str> = deployed.chain(set).map(Environment::as_str).collect();
    if found.contains(name) {
        return None;
    }
    let configured = settings.extract.environments.iter().map(|rule| rule.name.as_str());
    let configured = configured.chain(settings.evaluate.gates.keys().map(Environment::as_str));
    let known: BTreeSet<&str> = found.iter().copied().chain(configured).collect();
    let told = if known.contains(name) || Environment::known(name).is_some() {
        let message = format!("nothing that was read is deployed to {name}");
        Diagnostic::warning("environment-empty", only.span, message)
            .with_help("see that its files are read, and that celador.yaml says how it is told")
    } else {
        let message = format!("there is no environment `{name}`");
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "none is known here: celador.yaml says how one is told".to_owned(),
            None => format!("there are: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
        };
        Diagnostic::error("unknown-environment", only.span, message).with_help(help)
    };
    Some(told)
}
