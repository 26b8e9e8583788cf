//! What a project says about one policy: parameters for all, by environment, by service.

use super::Policy;
use super::keys::Keys;
use super::param::parse_value;
use crate::cel::object::{Field, Place};
use crate::diagnostic::{Action, Diagnostic, nearest};
use crate::document::Ref;
use crate::model::Environment;
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// For which subjects a value is given. The narrower one wins: a service over an environment over all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    Environment(Environment),
    /// The service's canonical name, or the name on the platform.
    Service(String),
}

/// A parameter's value that a project gives.
#[derive(Clone, Debug)]
pub struct Override {
    pub scope: Scope,
    pub param: Arc<str>,
    pub value: Field,
    /// The parameter's key in `celador.yaml`.
    pub span: Span,
}

/// The block of one policy under `policies.configure`.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    pub overrides: Vec<Override>,
    pub action: Option<Action>,
    /// `false` takes the policy out, `true` takes it in.
    pub enabled: Option<bool>,
    /// What it denies is tolerated by no budget and let pass by no bypass.
    pub unbypassable: bool,
}

const KEYS: &[&str] = &["params", "environments", "services", "action", "enabled", "unbypassable"];

/// Reads and checks the block of one policy: `params`, `environments.<name>.params`,
/// `services.<name>.params`, `action`, `enabled`, `unbypassable`.
pub fn configure(policy: &Policy, node: Ref<'_>) -> (Configuration, Vec<Diagnostic>) {
    let mut keys = Keys::default();
    let mut found = Configuration::default();
    let what = format!("the configuration of `{}`", policy.name);
    if !keys.check(node, &what, KEYS) {
        return (found, keys.diagnostics);
    }
    let actions = [("deny", Action::Deny), ("warn", Action::Warn), ("audit", Action::Audit)];
    found.action = keys.word(node, "action", &what, &actions);
    found.enabled = keys.word(node, "enabled", &what, &[("true", true), ("false", false)]);
    // What a policy's own file guards, a project cannot lay open: only `true` means something.
    found.unbypassable = keys.word(node, "unbypassable", &what, &[("true", ())]).is_some();
    read_overrides(&mut keys, policy, node, &Scope::All, &mut found.overrides);
    for (key, scope) in [
        ("environments", (|name: &str| Scope::Environment(Environment::named(name))) as fn(&str) -> Scope),
        ("services", |name: &str| Scope::Service(name.to_owned())),
    ] {
        let Some(all) = node.get(key) else { continue };
        if !all.is_mapping() {
            keys.wrong(all, &format!("`{key}` of {what}"), "a mapping from names to params");
            continue;
        }
        for entry in all.entries() {
            let body = all.document().at(entry.value);
            if keys.check(body, &format!("`{}` of {what}", entry.key), &["params"]) {
                read_overrides(&mut keys, policy, body, &scope(&entry.key), &mut found.overrides);
            }
        }
    }
    (found, keys.diagnostics)
}

fn read_overrides(keys: &mut Keys, policy: &Policy, node: Ref<'_>, scope: &Scope, into: &mut Vec<Override>) {
    let Some(params) = node.get("params") else { return };
    if !params.is_mapping() {
        keys.wrong(params, "`params`", "a mapping from names to values");
        return;
    }
    for entry in params.entries() {
        let Some(param) = policy.param(&entry.key) else {
            let names = || policy.params.iter().map(|param| &*param.name);
            let help = match nearest(&entry.key, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if policy.params.is_empty() => "it has no parameters".to_owned(),
                None => format!("it has: {}", names().collect::<Vec<_>>().join(", ")),
            };
            let message = format!("the policy `{}` has no parameter `{}`", policy.name, entry.key);
            keys.error("unknown-key", entry.key_span, message).help = Some(help);
            continue;
        };
        match parse_value(&param.kind, params.document().at(entry.value)) {
            Ok(value) => into.push(Override {
                scope: scope.clone(),
                param: Arc::clone(&param.name),
                value,
                span: entry.key_span,
            }),
            Err((span, message)) => {
                keys.error("policy-value", span, format!("`{}` {message}", entry.key));
            }
        }
    }
}

/// The parameters in effect for one subject, by name. `services` are the names by which the subject
/// goes; the last of several values of the narrowest scope wins.
pub(super) fn effective(
    policy: &Policy,
    overrides: &[Override],
    environment: Option<&Environment>,
    services: &[&str],
) -> BTreeMap<Arc<str>, Field> {
    let rank = |scope: &Scope| match scope {
        Scope::All => Some(1),
        Scope::Environment(name) => (environment == Some(name)).then_some(2),
        Scope::Service(name) => services.contains(&name.as_str()).then_some(3),
    };
    let mut chosen = BTreeMap::new();
    for param in &policy.params {
        let mut best = param.default.as_ref().map(|field| (0, field));
        for given in overrides.iter().filter(|given| given.param == param.name) {
            match rank(&given.scope) {
                Some(rank) if best.is_none_or(|(have, _)| rank >= have) => best = Some((rank, &given.value)),
                _ => {}
            }
        }
        let field = best.map(|(_, field)| field.clone()).unwrap_or(Field::Absent(Place {
            span: param.span,
            origin: None,
            platform_default: false,
        }));
        chosen.insert(Arc::clone(&param.name), field);
    }
    chosen
}
