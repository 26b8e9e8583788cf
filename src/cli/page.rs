//! Policies as pages and as a list.

use crate::check;
use crate::diagnostic::Finding;
use crate::policy::{self, ComparedWith, PACK, Policy};
use crate::report::explain::{self, ExampleText, Here, ListedPolicy, ParamLine, PolicyPage, ValidationLine};
use crate::report::redact::Redactor;
use crate::report::{Outcome, Style};
use crate::source::Sources;
use std::sync::Arc;

/// The page of a policy, with what the project says of its parameters and what it came to there.
pub fn of(
    policy: &Policy,
    overrides: &[policy::Override],
    sources: &Sources,
    here: Option<Here>,
) -> PolicyPage {
    let given = |given: &policy::Override| {
        let scope = match &given.scope {
            policy::Scope::All => "everywhere".to_owned(),
            policy::Scope::Environment(environment) => format!("in {environment}"),
            policy::Scope::Service(service) => format!("for the service {service}"),
        };
        let source = sources.get(given.span.source);
        let line = source.position(given.span.start).line;
        format!("{} {scope} ({}:{line})", policy::show(&given.value), source.path())
    };
    let param = |param: &policy::Param| ParamLine {
        overrides: overrides.iter().filter(|given| given.param == param.name).map(given).collect(),
        name: param.name.to_string(),
        kind: param.kind.to_string(),
        default: param.default.as_ref().map(policy::show),
        description: param.description.clone(),
    };
    let validation = |validation: &policy::Validation| ValidationLine {
        expression: validation.code.text.clone(),
        help: validation.help.clone(),
    };
    let example = |example: &policy::Example| ExampleText {
        name: example.name.clone(),
        files: example.files.iter().map(|file| (file.path.clone(), file.text.clone())).collect(),
        findings: example.findings.iter().map(expected).collect(),
    };
    let path = sources.get(policy.source).path();
    let compiled = policy::compile(Arc::new(policy.clone()));
    let cost = compiled.ok().map(|compiled| compiled.cost()).filter(|cost| *cost > 0);
    PolicyPage {
        name: policy.name.to_string(),
        title: policy.title.clone(),
        group: policy.group.clone(),
        severity: policy.severity.as_str().to_owned(),
        action: policy.default_action().as_str().to_owned(),
        rationale: policy.rationale.clone(),
        target: target(policy),
        cost: cost.map(|cost| format!("at most {} steps for one of them", policy::steps(cost))),
        params: policy.params.iter().map(param).collect(),
        validations: policy.validations.iter().map(validation).collect(),
        conditions: policy
            .conditions
            .iter()
            .map(|one| (one.name.to_string(), one.code.text.clone()))
            .collect(),
        here,
        examples: policy.examples.iter().map(example).collect(),
        source: if path.starts_with("celador:") { "built in".to_owned() } else { path.to_owned() },
    }
}

/// What one policy came to in a project.
pub fn here(outcome: &Outcome, policy: &str) -> Option<Here> {
    let tally = outcome.tallies.iter().find(|tally| tally.policy == policy)?.clone();
    let redactor =
        Redactor::new(&outcome.sources, &outcome.provenance, Some(&outcome.model), outcome.spoken_of());
    let line = |finding: &Finding| {
        let source = outcome.sources.get(finding.span().source);
        let position = source.position(finding.span().start);
        let services = match finding.services.as_slice() {
            [] => String::new(),
            services => format!("{}: ", redactor.text(&services.join(", "))),
        };
        let message = redactor.text_at(finding.span(), &finding.message);
        format!("{}:{}:{}: {services}{message}", source.path(), position.line, position.column)
    };
    let findings = outcome.findings.iter().chain(&outcome.undetermined);
    let findings = findings.filter(|finding| finding.policy == policy).map(line).collect();
    Some(Here { tally, findings })
}

fn expected(finding: &policy::Expected) -> String {
    let file = finding.file.as_ref().map_or(String::new(), |file| format!("{file}, "));
    match &finding.message {
        Some(message) => format!("{file}line {}: {message}", finding.line),
        None => format!("{file}line {}", finding.line),
    }
}

/// `each deployment in staging on cloud-run, compared with production`.
fn target(policy: &Policy) -> String {
    let target = &policy.target;
    let mut text = format!("each {}", target.kind.as_str().to_lowercase());
    if !target.environments.is_empty() {
        let names: Vec<&str> = target.environments.iter().map(|one| one.as_str()).collect();
        text.push_str(&format!(" in {}", names.join(" or ")));
    }
    if !target.platforms.is_empty() {
        let names: Vec<String> = target.platforms.iter().map(ToString::to_string).collect();
        text.push_str(&format!(" on {}", names.join(", ")));
    }
    match &target.compared_with {
        Some(ComparedWith::Environment(other)) => text.push_str(&format!(", compared with {other}")),
        Some(ComparedWith::Peers) => text.push_str(", compared with what other files say of it"),
        Some(ComparedWith::Siblings) => text.push_str(", compared with the environment's other services"),
        None => {}
    }
    text
}

/// The project's own policies by name.
pub fn own_names(sources: &Sources, settings: &check::Settings) -> Vec<String> {
    own(sources, settings).iter().map(|policy| policy.name.to_string()).collect()
}

fn own(sources: &Sources, settings: &check::Settings) -> Vec<Policy> {
    settings.policies.files.iter().flat_map(|&id| policy::read(id, sources.get(id)).0).collect()
}

/// All policies, the project's own first.
pub fn list(sources: &Sources, settings: &check::Settings, style: Style) -> String {
    let mut all: Vec<ListedPolicy> = own(sources, settings)
        .iter()
        .map(|policy| ListedPolicy {
            group: policy.group.clone(),
            name: policy.name.to_string(),
            title: policy.title.clone(),
            asked: true,
        })
        .collect();
    for builtin in PACK {
        let mut sources = Sources::new();
        let title = builtin.load(&mut sources, false).map_or(String::new(), |policy| policy.title);
        all.push(ListedPolicy {
            group: builtin.group.to_owned(),
            name: builtin.name.to_owned(),
            title,
            asked: settings.policies.pack.takes(builtin),
        });
    }
    explain::list(&all, style)
}
