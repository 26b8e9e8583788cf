//! `celador facts --format json`: the contract, version 1.

use crate::model::{CodeSetting, CodeValue, EnvVariable, Recorded};
use crate::provenance::Origin;
use crate::report::facts::entries::{self, Entry, Normal, State};
use crate::report::facts::unresolved::groups;
use crate::report::json::{Span, print, span};
use crate::report::outcome::Outcome;
use crate::report::redact::Redactor;
use crate::value::{Condition, Number};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    version: u32,
    deployments: Vec<Subject>,
    artifacts: Vec<Subject>,
    settings: Vec<Code>,
    bypasses: Vec<Bypass>,
    unresolved: Vec<Unresolved>,
}

#[derive(Serialize)]
struct Subject {
    service: Option<String>,
    environment: Option<String>,
    environment_evidence: Option<&'static str>,
    platform: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    workload: Option<&'static str>,
    file: String,
    line: u32,
    condition: Option<String>,
    settings: Vec<Setting>,
    env: Vec<Env>,
}

#[derive(Serialize)]
struct Setting {
    name: &'static str,
    container: Option<String>,
    value: String,
    normalized: Option<Plain>,
    state: &'static str,
    condition: Option<String>,
    overridable_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    span: Span,
    provenance: Vec<Step>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Plain {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(String),
}

#[derive(Serialize)]
struct Env {
    name: String,
    container: Option<String>,
    kind: &'static str,
    state: &'static str,
    condition: Option<String>,
    span: Span,
    provenance: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    step: &'static str,
    span: Span,
    detail: String,
}

#[derive(Serialize)]
struct Code {
    name: String,
    scope: String,
    environment: Option<String>,
    kind: &'static str,
    value: String,
    normalized: Plain,
    condition: Option<String>,
    derived: bool,
    span: Span,
    provenance: Vec<Step>,
}

#[derive(Serialize)]
struct Bypass {
    kind: &'static str,
    name: String,
    turns_off: String,
    command: Option<String>,
    service: Option<String>,
    scope: String,
    /// `null`: all.
    environments: Option<Vec<String>>,
    condition: Option<String>,
    threshold: Option<f64>,
    unconditional: bool,
    /// `null`: not told.
    recorded: Option<bool>,
    reason: Option<Reason>,
    before_deployment: bool,
    span: Span,
    provenance: Vec<Step>,
}

#[derive(Serialize)]
struct Reason {
    text: String,
    span: Span,
}

#[derive(Serialize)]
struct Unresolved {
    input: String,
    reason: &'static str,
    count: usize,
    subjects: Vec<String>,
    span: Span,
}

/// The whole report.
pub fn facts(outcome: &Outcome, redactor: &Redactor<'_>) -> String {
    let writer = Writer { outcome, redactor };
    let model = &outcome.model;
    print(&Report {
        version: 1,
        deployments: model.deployments.iter().map(|one| writer.deployment(one)).collect(),
        artifacts: model.artifacts.iter().map(|one| writer.artifact(one)).collect(),
        settings: model.settings.iter().map(|one| writer.code(one)).collect(),
        bypasses: model.bypasses.iter().map(|one| writer.bypass(one)).collect(),
        unresolved: groups(outcome)
            .iter()
            .map(|group| Unresolved {
                input: writer.text(group.input),
                reason: group.reason.as_str(),
                count: group.count,
                subjects: group.subjects.iter().map(|subject| writer.text(subject)).collect(),
                span: span(&outcome.sources, group.span),
            })
            .collect(),
    })
}

struct Writer<'a> {
    outcome: &'a Outcome,
    redactor: &'a Redactor<'a>,
}

impl Writer<'_> {
    fn text(&self, text: &str) -> String {
        self.redactor.text(text).into_owned()
    }

    fn deployment(&self, deployment: &crate::model::Deployment) -> Subject {
        let provenance = &self.outcome.provenance;
        let source = self.outcome.sources.get(deployment.source);
        let name = entries::name_span(deployment, provenance);
        let env = deployment.containers.iter().flat_map(|container| {
            container.env.all.iter().map(|variable| self.env(variable, container.name.as_deref()))
        });
        Subject {
            service: entries::service_name(deployment).map(|name| self.text(&name)),
            environment: deployment.environment.as_ref().map(ToString::to_string),
            environment_evidence: deployment.evidence.as_ref().map(crate::model::Evidence::as_str),
            platform: deployment.platform,
            workload: Some(deployment.workload),
            file: source.path().to_owned(),
            line: source.position(name.start).line,
            condition: self.condition(&deployment.condition),
            settings: self.settings(entries::of_deployment(deployment, provenance)),
            env: env.collect(),
        }
    }

    fn artifact(&self, artifact: &crate::model::Artifact) -> Subject {
        let source = self.outcome.sources.get(artifact.source);
        Subject {
            service: None,
            environment: artifact.environment.as_ref().map(ToString::to_string),
            environment_evidence: artifact.evidence.as_ref().map(crate::model::Evidence::as_str),
            platform: artifact.kind.as_str(),
            workload: None,
            file: source.path().to_owned(),
            line: source.position(artifact.anchor.start).line,
            condition: None,
            settings: self.settings(entries::of_artifact(artifact, &self.outcome.provenance)),
            env: artifact.env.all.iter().map(|variable| self.env(variable, None)).collect(),
        }
    }

    fn settings(&self, entries: Vec<Entry<'_>>) -> Vec<Setting> {
        entries.into_iter().map(|entry| self.setting(&entry)).collect()
    }

    fn setting(&self, entry: &Entry<'_>) -> Setting {
        let known = entry.value.filter(|_| entry.state != State::Unknown);
        Setting {
            name: entry.name,
            container: entry.container.map(str::to_owned),
            value: self.text(&entry.written),
            normalized: known.map(|value| self.plain(entries::normalized(value))),
            state: entry.state.as_str(),
            condition: self.condition(&entry.condition),
            overridable_by: entry.overridable_by.map(str::to_owned),
            reason: entry.unknown.map(|unknown| unknown.reason.as_str()),
            span: span(&self.outcome.sources, entry.span),
            provenance: self.trail(entry.origin),
        }
    }

    fn plain(&self, normal: Normal) -> Plain {
        match normal {
            Normal::Number(Number::Int(int)) => Plain::Int(int),
            Normal::Number(Number::Float(float)) => Plain::Float(float),
            Normal::Bool(bool) => Plain::Bool(bool),
            Normal::Text(text) => Plain::Text(self.text(&text)),
        }
    }

    fn env(&self, variable: &EnvVariable, container: Option<&str>) -> Env {
        Env {
            name: variable.name.to_string(),
            container: container.map(str::to_owned),
            kind: variable.kind.as_str(),
            state: variable.state().as_str(),
            condition: self.condition(&variable.condition),
            span: span(&self.outcome.sources, variable.span),
            provenance: self.trail(variable.origin),
        }
    }

    fn code(&self, setting: &CodeSetting) -> Code {
        let normalized = match &setting.value {
            CodeValue::Duration(duration) => entries::number(duration.as_seconds()),
            CodeValue::Ratio(number) | CodeValue::Number(number) => entries::number(*number),
            CodeValue::Count(count) => Normal::Number(Number::Int(*count)),
            CodeValue::Flag(flag) => Normal::Bool(*flag),
            CodeValue::Text(text) => Normal::Text(self.redactor.value_of(&setting.name, text).into_owned()),
        };
        Code {
            name: setting.name.to_string(),
            scope: setting.scope.to_string(),
            environment: setting.environment.as_ref().map(ToString::to_string),
            kind: setting.value.kind(),
            value: self.redactor.value_of(&setting.name, &setting.written).into_owned(),
            normalized: self.plain(normalized),
            condition: self.condition(&setting.condition),
            derived: setting.derived,
            span: span(&self.outcome.sources, setting.span),
            provenance: self.trail(Some(setting.origin)),
        }
    }

    fn bypass(&self, bypass: &crate::model::Bypass) -> Bypass {
        let (recorded, reason) = match bypass.recorded {
            Recorded::At(at) => {
                let text = detail(&self.redactor.slice(at));
                (Some(true), Some(Reason { text, span: span(&self.outcome.sources, at) }))
            }
            Recorded::Nowhere => (Some(false), None),
            Recorded::Untold => (None, None),
        };
        Bypass {
            kind: bypass.kind.as_str(),
            name: self.text(&bypass.name),
            turns_off: self.text(&bypass.turns_off),
            command: bypass.command.as_deref().map(|command| self.text(command)),
            service: bypass.service.as_deref().map(|service| self.text(service)),
            scope: bypass.scope.clone(),
            environments: bypass
                .environments
                .as_ref()
                .map(|all| all.iter().map(ToString::to_string).collect()),
            condition: self.condition(&bypass.condition),
            threshold: bypass.threshold.map(|(number, _)| number),
            unconditional: bypass.is_unconditional(),
            recorded,
            reason,
            before_deployment: bypass.before_deployment,
            span: span(&self.outcome.sources, bypass.span),
            provenance: self.trail(bypass.origin),
        }
    }

    fn condition(&self, condition: &Condition) -> Option<String> {
        (!condition.is_always()).then(|| self.text(&condition.to_string()))
    }

    fn trail(&self, origin: Option<Origin>) -> Vec<Step> {
        let hops = origin.map(|origin| self.outcome.provenance.trail(origin)).unwrap_or_default();
        hops.into_iter()
            .map(|hop| Step {
                step: hop.step.as_str(),
                span: span(&self.outcome.sources, hop.span),
                detail: detail(&self.redactor.slice(hop.span)),
            })
            .collect()
    }
}

/// The characters of a step, on one line and not longer than a reader wants.
fn detail(text: &str) -> String {
    const LONGEST: usize = 120;
    let line: String = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}
