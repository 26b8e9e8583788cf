//! Variables that turn checks off: those of deployments, and those that commands are given.

use super::Found;
use crate::model::{Bypass, BypassKind, Deployment, EnvKind, EnvVariable, Recorded};
use crate::platform::checks;
use crate::script::Invocation;
use crate::value::{Condition, Text, Value};
use std::sync::Arc;

/// A value with the place where it is written.
type Set<'v> = (Condition, String, &'v Value<Text>);

impl Found<'_> {
    /// Variables of a deployment.
    pub(super) fn variables(&mut self, deployment: &Deployment) {
        let service: Arc<str> = deployment.display_name().into();
        let path = self.trace.sources.get(deployment.source).path();
        for container in &deployment.containers {
            let env = &container.env;
            let reason = env.all.iter().find(|one| is_reason(&one.name) && holds(&one.value));
            let is_switch = |one: &&EnvVariable| one.kind == EnvKind::Plain && checks::is_switch(&one.name);
            for variable in env.all.iter().filter(is_switch) {
                for (condition, value, from) in plain(&variable.value) {
                    let Some(turns_off) = checks::turns_off(&variable.name, &value, false) else { continue };
                    let place = from.as_known().and_then(|known| self.trace.literal(known.origin));
                    let condition = variable.condition.and(&condition);
                    let Some(condition) = condition.and_then(|one| deployment.condition.and(&one)) else {
                        continue;
                    };
                    self.add(Bypass {
                        kind: BypassKind::Variable,
                        name: Arc::clone(&variable.name),
                        span: place.unwrap_or(variable.span),
                        turns_off: turns_off.into(),
                        command: None,
                        scope: path.to_owned(),
                        service: Some(Arc::clone(&service)),
                        environments: deployment.environment.clone().map(|one| vec![one]),
                        environment_span: None,
                        threshold: None,
                        flag: !super::reach::is_only_environments(&condition, self.environments),
                        condition,
                        recorded: reason.map_or(Recorded::Nowhere, |one| Recorded::At(one.span)),
                        before_deployment: true,
                        origin: from.as_known().map(|known| known.origin).or(variable.origin),
                    });
                }
            }
        }
    }

    /// Where a command's own variables say why.
    pub(super) fn reason_for(&self, invocation: &Invocation) -> Recorded {
        let given = invocation.environment.iter().find(|(name, value)| is_reason(name) && holds(value));
        let place = |value: &Value<Text>| match value {
            Value::Known(known) => self.trace.literal(known.origin),
            Value::Unknown(unknown, _) => Some(unknown.span),
            Value::Either(_) => None,
        };
        given.map_or(Recorded::Nowhere, |(_, value)| place(value).map_or(Recorded::Untold, Recorded::At))
    }

    /// Variables that a command is given, or that were exported before it.
    ///
    /// What a check is given stays in it: tests that leave authentication out turn none off elsewhere.
    pub(super) fn exported(&mut self, invocation: &Invocation) {
        let mut switches =
            invocation.environment.iter().filter(|(name, _)| checks::is_switch(name)).peekable();
        if switches.peek().is_none() || super::checked_by(invocation).is_some() {
            return;
        }
        for (name, value) in switches {
            for (condition, value, from) in plain(value) {
                let Some(turns_off) = checks::turns_off(name, &value, true) else { continue };
                let Some(known) = from.as_known() else { continue };
                let Some(span) = self.trace.literal(known.origin) else { continue };
                let Some(condition) = invocation.condition.and(&condition) else { continue };
                let one = self.of_command(invocation, condition);
                self.add(Bypass {
                    kind: BypassKind::Variable,
                    name: Arc::clone(name),
                    span,
                    turns_off: turns_off.into(),
                    command: None,
                    recorded: self.reason_for(invocation),
                    origin: Some(known.origin),
                    ..one
                });
            }
        }
    }
}

/// `BYPASS_REASON`, `SKIP_CHECKS_REASON`, `VALIDATION_TICKET`.
fn is_reason(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let is_one = ["REASON", "JUSTIFICATION"].iter().any(|word| name.ends_with(word));
    is_one
        || (name.ends_with("_TICKET")
            && ["BYPASS", "SKIP", "DISABLE", "IGNORE"].iter().any(|verb| name.contains(verb)))
}

/// Whether a value is none that is surely empty.
fn holds(value: &Value<Text>) -> bool {
    value.as_known().and_then(|known| known.value.plain()).is_none_or(|text| !text.trim().is_empty())
}

/// The alternatives of a value that are wholly known.
fn plain(value: &Value<Text>) -> Vec<Set<'_>> {
    let alternatives = value.alternatives().into_iter();
    alternatives
        .filter_map(|(condition, value)| {
            let known = value.as_known()?;
            Some((condition, known.value.plain()?, value))
        })
        .collect()
}
