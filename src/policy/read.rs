//! From a policy file to validated policies.

use super::examples::read_examples;
use super::keys::Keys;
use super::param::read_params;
use super::target::{ComparedWith, Kind, Target};
use super::{Code, FailurePolicy, Findings, FixCode, NamedCode, Policy, Unknowns, Validation};
use crate::diagnostic::{Action, Diagnostic, Severity, nearest};
use crate::document::{Document, Ref};
use crate::input::{self, Limits};
use crate::model::{self, Environment};
use crate::platform;
use crate::source::{Source, SourceId};
use std::sync::Arc;

pub(super) const VERSION: &str = "celador/v1";

/// The kinds of artifacts, which stand where a deployment has its platform.
pub(super) const ARTIFACTS: [&str; 2] = [model::Kind::Dockerfile.as_str(), model::Kind::EnvFile.as_str()];

pub(super) const SPEC_KEYS: &[&str] = &[
    "severity",
    "rationale",
    "target",
    "params",
    "forEach",
    "matchConditions",
    "variables",
    "validations",
    "judgedBy",
    "failurePolicy",
    "unknowns",
    "findings",
    "action",
    "unbypassable",
    "examples",
];

pub(super) const VALIDATION_KEYS: &[&str] =
    &["expression", "message", "messageExpression", "at", "help", "fix"];

/// Reads the policies of a file, one a document. What is wrong is told; a policy that lacks what it
/// cannot do without is left out.
pub fn read(id: SourceId, source: &Source) -> (Vec<Policy>, Vec<Diagnostic>) {
    let read = input::yaml::read(source, id, &Limits::default());
    let (policies, mut diagnostics) = read_documents(source, &read.documents);
    diagnostics.splice(0..0, read.diagnostics);
    (policies, diagnostics)
}

/// The same for documents that are read already.
pub fn read_documents(source: &Source, documents: &[Document]) -> (Vec<Policy>, Vec<Diagnostic>) {
    let mut keys = Keys::default();
    let mut policies: Vec<Policy> = Vec::new();
    for document in documents {
        let root = document.root();
        if root.is_null() {
            continue;
        }
        if let Some(policy) = read_policy(&mut keys, source, root) {
            if let Some(first) = policies.iter().find(|first| first.name == policy.name) {
                let message = format!("the policy `{}` is defined twice", policy.name);
                let first = first.span;
                let told = keys.error("policy-duplicate-name", policy.span, message);
                told.related.push(crate::diagnostic::Annotation::new(first, "first defined here"));
                continue;
            }
            policies.push(policy);
        }
    }
    (policies, keys.diagnostics)
}

fn read_policy(keys: &mut Keys, source: &Source, root: Ref<'_>) -> Option<Policy> {
    const WHAT: &str = "a policy";
    if !keys.check(root, WHAT, &["apiVersion", "kind", "metadata", "spec"]) {
        return None;
    }
    keys.word(root, "apiVersion", WHAT, &[(VERSION, ())]);
    keys.word(root, "kind", WHAT, &[("Policy", ())]);
    for key in ["apiVersion", "kind"] {
        if root.get(key).is_none() {
            keys.missing(root, key, WHAT);
        }
    }
    let metadata = part(keys, root, "metadata", &["name", "title", "group"])?;
    let spec = part(keys, root, "spec", SPEC_KEYS)?;
    let name = keys.required_text(metadata, "name", "`metadata`");
    if let Some((name, name_node)) = name.filter(|(name, _)| !is_name(name)) {
        let message = format!("`{name}` is no name of a policy");
        keys.error("policy-value", name_node.span(), message).help =
            Some("lower-case words with hyphens: `alpine-minimum-memory`".into());
    }
    let title = keys.required_text(metadata, "title", "`metadata`").map_or("", |(text, _)| text);
    let group = keys.text(metadata, "group", "`metadata`").map_or("custom", |(text, _)| text);
    let severities = [("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info)];
    let severity = keys.word(spec, "severity", "`spec`", &severities).unwrap_or(Severity::Error);
    let actions = [("deny", Action::Deny), ("warn", Action::Warn), ("audit", Action::Audit)];
    let action = keys.word(spec, "action", "`spec`", &actions);
    let failure = [("Fail", FailurePolicy::Fail), ("Ignore", FailurePolicy::Ignore)];
    let failure_policy =
        keys.word(spec, "failurePolicy", "`spec`", &failure).unwrap_or(FailurePolicy::Ignore);
    let unknowns = [("report", Unknowns::Report), ("count", Unknowns::Count)];
    let unknowns = keys.word(spec, "unknowns", "`spec`", &unknowns).unwrap_or(Unknowns::Report);
    let findings = [("each", Findings::Each), ("together", Findings::Together)];
    let findings = keys.word(spec, "findings", "`spec`", &findings).unwrap_or(Findings::Each);
    let marks = [("true", true), ("false", false)];
    let unbypassable = keys.word(spec, "unbypassable", "`spec`", &marks).unwrap_or(false);
    let rationale = keys.text(spec, "rationale", "`spec`").map_or("", |(text, _)| text.trim());
    let target = match spec.get("target") {
        Some(node) => read_target(keys, node),
        None => {
            keys.missing(spec, "target", "`spec`");
            None
        }
    };
    let params = spec.get("params").map(|node| read_params(keys, node)).unwrap_or_default();
    let for_each = read_code(keys, source, spec, "forEach", "`spec`");
    let conditions = read_named(keys, source, spec, "matchConditions");
    let variables = read_named(keys, source, spec, "variables");
    let judged_by = keys.text(spec, "judgedBy", "`spec`").map(|(text, _)| text.to_owned());
    let validations = if judged_by.is_some() { Vec::new() } else { read_validations(keys, source, spec) };
    let examples = spec.get("examples").map(|node| read_examples(keys, source, node)).unwrap_or_default();
    // Everything was looked at, so that everything that is wrong is told at once.
    let ((name, name_node), target) = (name?, target?);
    Some(Policy {
        name: name.into(),
        title: title.to_owned(),
        group: group.to_owned(),
        severity,
        action,
        rationale: rationale.to_owned(),
        target,
        params,
        for_each,
        conditions,
        variables,
        validations,
        judged_by,
        failure_policy,
        unknowns,
        findings,
        unbypassable,
        examples,
        source: name_node.span().source,
        span: name_node.span(),
    })
}

/// Lower-case letters, digits and hyphens, beginning with a letter.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// A mapping that must be there.
fn part<'a>(keys: &mut Keys, root: Ref<'a>, key: &str, known: &[&str]) -> Option<Ref<'a>> {
    let Some(node) = root.get(key) else {
        keys.missing(root, key, "a policy");
        return None;
    };
    keys.check(node, &format!("`{key}`"), known).then_some(node)
}

fn read_target(keys: &mut Keys, node: Ref<'_>) -> Option<Target> {
    const WHAT: &str = "`target`";
    if !keys.check(node, WHAT, &["kind", "environment", "comparedWith", "platforms"]) {
        return None;
    }
    let kinds = Kind::ALL.map(|kind| (kind.as_str(), kind));
    if node.get("kind").is_none() {
        keys.missing(node, "kind", WHAT);
    }
    let kind = keys.word(node, "kind", WHAT, &kinds)?;
    let environments = keys.texts(node, "environment", WHAT);
    let environments = environments.into_iter().map(|(name, _)| Environment::named(name)).collect();
    let platforms = keys.texts(node, "platforms", WHAT);
    for (name, place) in &platforms {
        let known = || platform::ALL.iter().map(|one| one.name).chain(ARTIFACTS);
        if known().all(|known| known != *name) {
            let help = match nearest(name, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known: {}", known().collect::<Vec<_>>().join(", ")),
            };
            let message = format!("there is no platform `{name}`");
            keys.error("policy-value", place.span(), message).help = Some(help);
        }
    }
    let platforms = platforms.into_iter().map(|(name, _)| name.to_owned()).collect();
    let compared = keys.text(node, "comparedWith", WHAT);
    let compared_with = compared.map(|(word, _)| match word {
        "peers" => ComparedWith::Peers,
        "siblings" => ComparedWith::Siblings,
        name => ComparedWith::Environment(Environment::named(name)),
    });
    if let (Some(with), Some((_, place))) = (&compared_with, compared) {
        let possible = match kind {
            Kind::Deployment => true,
            Kind::Setting | Kind::Artifact => matches!(with, ComparedWith::Environment(_)),
            _ => false,
        };
        if !possible {
            let message = format!("a {} cannot be compared with `{with}`", kind.as_str());
            keys.error("policy-value", place.span(), message).help = Some(
                "a Deployment compares with an environment, `peers` or `siblings`; a Setting or an Artifact with an environment"
                    .into(),
            );
        }
    }
    Some(Target { kind, environments, platforms, compared_with })
}

fn read_named(keys: &mut Keys, source: &Source, spec: Ref<'_>, key: &str) -> Vec<NamedCode> {
    let Some(list) = spec.get(key) else { return Vec::new() };
    if !list.is_sequence() {
        keys.wrong(list, &format!("`{key}`"), "a list");
        return Vec::new();
    }
    let mut all: Vec<NamedCode> = Vec::new();
    for item in list.items() {
        let what = format!("an item of `{key}`");
        if !keys.check(item, &what, &["name", "expression"]) {
            continue;
        }
        let name = keys.required_text(item, "name", &what);
        let code = read_code(keys, source, item, "expression", &what);
        if code.is_none() && item.get("expression").is_none() {
            keys.missing(item, "expression", &what);
        }
        let (Some((name, place)), Some(code)) = (name, code) else { continue };
        if all.iter().any(|earlier| &*earlier.name == name) {
            let message = format!("`{key}` has two items of the name `{name}`");
            keys.error("policy-duplicate-name", place.span(), message);
            continue;
        }
        all.push(NamedCode { name: Arc::from(name), code, span: place.span() });
    }
    all
}

fn read_code(keys: &mut Keys, source: &Source, node: Ref<'_>, key: &str, what: &str) -> Option<Code> {
    let value = node.get(key)?;
    // A plain `true` or a number is a CEL text as well as any other.
    match value.text() {
        Some(text) if !value.is_null() && !text.trim().is_empty() => {
            Some(Code { text: text.to_owned(), map: input::text_map(source, value), span: value.span() })
        }
        _ => {
            keys.wrong(value, &format!("`{key}` of {what}"), "a CEL expression");
            None
        }
    }
}

fn read_validations(keys: &mut Keys, source: &Source, spec: Ref<'_>) -> Vec<Validation> {
    const WHAT: &str = "a validation";
    let Some(list) = spec.get("validations") else {
        keys.missing(spec, "validations", "`spec`");
        return Vec::new();
    };
    if !list.is_sequence() {
        keys.wrong(list, "`validations`", "a list");
        return Vec::new();
    }
    let mut all = Vec::new();
    for item in list.items() {
        if !keys.check(item, WHAT, VALIDATION_KEYS) {
            continue;
        }
        let Some(code) = read_code(keys, source, item, "expression", WHAT) else {
            if item.get("expression").is_none() {
                keys.missing(item, "expression", WHAT);
            }
            continue;
        };
        all.push(Validation {
            code,
            message: keys.text(item, "message", WHAT).map(|(text, _)| text.trim().to_owned()),
            message_code: read_code(keys, source, item, "messageExpression", WHAT),
            at: read_code(keys, source, item, "at", WHAT),
            help: keys.text(item, "help", WHAT).map(|(text, _)| text.trim().to_owned()),
            fix: item.get("fix").and_then(|fix| read_fix(keys, source, fix)),
            span: item.span(),
        });
    }
    all
}

/// `fix: {expression: ..., note: or more}`.
fn read_fix(keys: &mut Keys, source: &Source, node: Ref<'_>) -> Option<FixCode> {
    const WHAT: &str = "`fix`";
    if !keys.check(node, WHAT, &["expression", "note"]) {
        return None;
    }
    if node.get("expression").is_none() {
        keys.missing(node, "expression", WHAT);
    }
    let code = read_code(keys, source, node, "expression", WHAT)?;
    let note = keys.text(node, "note", WHAT).map_or(String::new(), |(text, _)| text.to_owned());
    Some(FixCode { code, note })
}
