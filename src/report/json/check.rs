//! `celador check --format json`.

use crate::diagnostic::{self, Annotation, Diagnostic};
use crate::report::json::{Span, print, span};
use crate::report::outcome::Outcome;
use crate::report::redact::Redactor;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Report<'a> {
    pub version: u32,
    pub findings: Vec<Finding<'a>>,
    pub undetermined: Vec<Finding<'a>>,
    pub waived: Vec<Finding<'a>>,
    /// What something else than a waiver made count for nothing.
    pub set_aside: Vec<Finding<'a>>,
    pub policies: Vec<Policy<'a>>,
    pub errors: Vec<Error<'a>>,
    /// Only where explanations were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explanations: Vec<Explanation<'a>>,
    pub summary: Summary,
}

#[derive(Serialize)]
pub(super) struct Explanation<'a> {
    policy: &'a str,
    subject: String,
    reference: Option<String>,
    verdict: &'static str,
    condition: Option<String>,
    validation: Span,
    conditions: Vec<Explained>,
    unknowns: Vec<Unknown>,
}

#[derive(Serialize)]
struct Explained {
    expression: String,
    /// `null` if it cannot be told.
    value: Option<bool>,
    operands: Vec<Placed>,
}

#[derive(Serialize)]
struct Placed {
    expression: String,
    value: String,
    platform_default: bool,
    span: Option<Span>,
}

#[derive(Serialize)]
struct Labelled {
    #[serde(flatten)]
    span: Span,
    label: String,
}

#[derive(Serialize)]
pub(super) struct Finding<'a> {
    policy: &'a str,
    severity: &'static str,
    action: &'static str,
    message: String,
    /// The first of `services`, for programs that know one only.
    service: Option<String>,
    services: Vec<String>,
    environment: Option<&'a str>,
    platform: Option<&'a str>,
    condition: Option<String>,
    primary: Labelled,
    related: Vec<Labelled>,
    because: Option<Because>,
    /// The same of further elements, where a loop fails for several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    further: Vec<Because>,
    help: Option<String>,
    fix: Option<Fix>,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknowns: Option<Vec<Unknown>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiver: Option<Waiver<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    set_aside: Option<SetAside>,
    /// The row of `actions` that decided the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    action_row: Option<Span>,
}

#[derive(Serialize)]
struct Because {
    expression: String,
    operands: Vec<Operand>,
}

#[derive(Serialize)]
struct Operand {
    expression: String,
    value: String,
}

#[derive(Serialize)]
struct Fix {
    message: String,
    span: Span,
    replacement: Option<String>,
}

#[derive(Serialize)]
struct Unknown {
    name: String,
    input: String,
    reason: &'static str,
    span: Span,
}

#[derive(Serialize)]
struct Waiver<'a> {
    reason: String,
    owner: Option<&'a str>,
    expires: Option<&'a str>,
    /// Whether it is a comment beside what it sets aside.
    inline: bool,
    span: Span,
}

#[derive(Serialize)]
struct SetAside {
    by: &'static str,
    reason: String,
    span: Option<Span>,
}

#[derive(Serialize)]
pub(super) struct Policy<'a> {
    name: &'a str,
    bound: usize,
    passed: usize,
    failed: usize,
    undetermined: usize,
    unpaired: Vec<String>,
    errors: usize,
}

#[derive(Serialize)]
pub(super) struct Error<'a> {
    code: &'a str,
    severity: &'static str,
    message: String,
    span: Span,
    label: String,
    help: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Summary {
    files: usize,
    deployments: usize,
    services: usize,
    artifacts: usize,
    settings: usize,
    policies_bound: usize,
    policies_matched_nothing: usize,
    deny: usize,
    warn: usize,
    audit: usize,
    undetermined: usize,
    waived: usize,
    set_aside: usize,
    errors: usize,
    excluded: Vec<Excluded>,
    /// The environment whose findings count, if the run gates one.
    environment: Option<String>,
    bypass: Option<Bypass>,
    gates: Vec<Gate>,
}

/// Told whether or not anything was set aside.
#[derive(Serialize)]
struct Bypass {
    reason: String,
    environments: Vec<String>,
    set_aside: usize,
    span: Span,
}

/// A gate that tolerated something.
#[derive(Serialize)]
struct Gate {
    environment: String,
    tolerate: usize,
    tolerated: usize,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Excluded {
    kind: String,
    count: usize,
}

/// The whole report, printed in every case but a usage error.
pub fn check(outcome: &Outcome) -> String {
    let redactor = Redactor::of(outcome);
    print(&report(outcome, &redactor))
}

/// The report before it is printed.
pub(super) fn report<'a>(outcome: &'a Outcome, redactor: &'a Redactor<'a>) -> Report<'a> {
    let writer = Writer { outcome, redactor };
    let waived = outcome.waived().map(|(finding, waiver)| Finding {
        waiver: Some(Waiver {
            reason: writer.text(&waiver.reason),
            owner: waiver.owner.as_deref(),
            expires: waiver.expires.as_deref(),
            inline: waiver.inline,
            span: span(&outcome.sources, waiver.span),
        }),
        ..writer.finding(finding)
    });
    let others = outcome.set_aside.iter().filter(|one| !matches!(one.by, diagnostic::By::Waiver(_)));
    let others = others.map(|one| Finding {
        set_aside: Some(SetAside {
            by: one.by.as_str(),
            reason: writer.text(&one.by.reason()),
            span: one.by.span().map(|place| span(&outcome.sources, place)),
        }),
        ..writer.finding(&one.finding)
    });
    Report {
        version: 1,
        findings: outcome.findings.iter().map(|finding| writer.finding(finding)).collect(),
        undetermined: outcome
            .undetermined
            .iter()
            .map(|open| Finding { unknowns: Some(writer.unknowns(open)), ..writer.finding(open) })
            .collect(),
        waived: waived.collect(),
        set_aside: others.collect(),
        policies: outcome.tallies.iter().map(|tally| writer.policy(tally)).collect(),
        errors: outcome.diagnostics.iter().map(|told| writer.error(told)).collect(),
        explanations: outcome.explanations.iter().map(|one| writer.explanation(one)).collect(),
        summary: summary(&writer),
    }
}

struct Writer<'a> {
    outcome: &'a Outcome,
    redactor: &'a Redactor<'a>,
}

impl<'a> Writer<'a> {
    fn text(&self, text: &str) -> String {
        self.redactor.text(text).into_owned()
    }

    fn labelled(&self, annotation: &Annotation) -> Labelled {
        Labelled {
            span: span(&self.outcome.sources, annotation.span),
            label: self.redactor.text_at(annotation.span, &annotation.label).into_owned(),
        }
    }

    fn finding(&self, finding: &'a diagnostic::Finding) -> Finding<'a> {
        let operand = |operand: &diagnostic::OperandValue| Operand {
            value: {
                let value = self.redactor.value_of(&operand.expression, &operand.value);
                self.redactor.text_at(finding.primary.span, &value).into_owned()
            },
            expression: self.text(&operand.expression),
        };
        let because = |because: &diagnostic::Because| Because {
            expression: self.text(&because.expression),
            operands: because.operands.iter().map(operand).collect(),
        };
        Finding {
            policy: &finding.policy,
            severity: finding.severity.as_str(),
            action: finding.action.as_str(),
            message: self.redactor.text_at(finding.primary.span, &finding.message).into_owned(),
            service: finding.services.first().map(|name| self.text(name)),
            services: finding.services.iter().map(|name| self.text(name)).collect(),
            environment: finding.environment.as_deref(),
            platform: finding.platform.as_deref(),
            condition: (!finding.condition.is_empty()).then(|| self.text(&finding.condition)),
            primary: self.labelled(&finding.primary),
            related: finding.related.iter().map(|related| self.labelled(related)).collect(),
            because: finding.because.as_ref().map(because),
            further: finding.further.iter().map(because).collect(),
            help: finding
                .help
                .as_deref()
                .map(|help| self.redactor.text_at(finding.primary.span, help).into_owned()),
            fix: finding.fix.as_ref().map(|fix| Fix {
                message: self.text(&fix.message),
                span: span(&self.outcome.sources, fix.span),
                replacement: fix.replacement.as_deref().map(|text| self.text(text)),
            }),
            fingerprint: &finding.fingerprint,
            unknowns: None,
            waiver: None,
            set_aside: None,
            action_row: self.action_row(finding),
        }
    }

    fn action_row(&self, finding: &diagnostic::Finding) -> Option<Span> {
        let row = self.outcome.decisions.get(&finding.fingerprint)?;
        Some(span(&self.outcome.sources, *row))
    }

    fn explanation<'t>(&self, one: &'t diagnostic::Explanation) -> Explanation<'t> {
        let operand = |operand: &diagnostic::ExplainedOperand| Placed {
            expression: self.text(&operand.expression),
            value: {
                let value = self.redactor.value_of(&operand.expression, &operand.value);
                match operand.place {
                    Some(place) => self.redactor.text_at(place, &value).into_owned(),
                    None => value.into_owned(),
                }
            },
            platform_default: operand.platform_default,
            span: operand.place.map(|place| span(&self.outcome.sources, place)),
        };
        let condition = |one: &diagnostic::ExplainedCondition| Explained {
            expression: self.text(&one.expression),
            value: one.value,
            operands: one.operands.iter().map(operand).collect(),
        };
        Explanation {
            policy: &one.policy,
            subject: self.text(&one.subject),
            reference: one.reference.as_ref().map(|reference| self.text(reference)),
            verdict: match one.verdict {
                diagnostic::Verdict::Pass => "pass",
                diagnostic::Verdict::Fail => "fail",
                diagnostic::Verdict::Undetermined => "undetermined",
                diagnostic::Verdict::Error => "error",
            },
            condition: (!one.condition.is_empty()).then(|| self.text(&one.condition)),
            validation: span(&self.outcome.sources, one.validation),
            conditions: one.conditions.iter().map(condition).collect(),
            unknowns: self.inputs(&one.unknowns),
        }
    }

    fn unknowns(&self, finding: &diagnostic::Finding) -> Vec<Unknown> {
        self.inputs(&finding.unknowns)
    }

    fn inputs(&self, all: &[diagnostic::UnknownInput]) -> Vec<Unknown> {
        let unknown = |unknown: &diagnostic::UnknownInput| Unknown {
            name: unknown.name.clone(),
            input: self.text(&unknown.unknown.input),
            reason: unknown.unknown.reason.as_str(),
            span: span(&self.outcome.sources, unknown.unknown.span),
        };
        all.iter().map(unknown).collect()
    }

    fn policy<'t>(&self, tally: &'t diagnostic::Tally) -> Policy<'t> {
        Policy {
            name: &tally.policy,
            bound: tally.bound,
            passed: tally.passed,
            failed: tally.failed,
            undetermined: tally.undetermined,
            unpaired: tally.unpaired.iter().map(|name| self.text(name)).collect(),
            errors: tally.errors,
        }
    }

    fn error(&self, told: &Diagnostic) -> Error<'a> {
        Error {
            code: told.code.0,
            severity: told.severity.as_str(),
            message: self.redactor.text_at(told.primary.span, &told.message).into_owned(),
            span: span(&self.outcome.sources, told.primary.span),
            label: self.redactor.text_at(told.primary.span, &told.primary.label).into_owned(),
            help: told.help.as_deref().map(|help| self.text(help)),
        }
    }
}

/// The gates that tolerated something, in the order of their environments.
fn gates(writer: &Writer<'_>) -> Vec<Gate> {
    let mut all: Vec<Gate> = Vec::new();
    for one in &writer.outcome.set_aside {
        let diagnostic::By::Budget { environment, tolerate, reason, .. } = &one.by else { continue };
        match all.iter_mut().find(|gate| gate.environment == *environment) {
            Some(gate) => gate.tolerated += 1,
            None => all.push(Gate {
                environment: environment.clone(),
                tolerate: *tolerate,
                tolerated: 1,
                reason: reason.as_ref().map(|reason| writer.text(reason)),
            }),
        }
    }
    all.sort_by(|one, other| one.environment.cmp(&other.environment));
    all
}

fn summary(writer: &Writer<'_>) -> Summary {
    let outcome = writer.outcome;
    let bypassed = outcome.set_aside.iter().filter(|one| matches!(one.by, diagnostic::By::Bypass { .. }));
    let bypass = |bypass: &crate::enforce::Bypass| Bypass {
        reason: writer.text(&bypass.reason),
        environments: bypass.environments.iter().map(ToString::to_string).collect(),
        set_aside: bypassed.count(),
        span: span(&outcome.sources, bypass.span),
    };
    let with = |action| outcome.findings.iter().filter(|finding| finding.action == action).count();
    let (bound, nothing) = outcome.policies();
    Summary {
        files: outcome.coverage.files,
        deployments: outcome.model.deployments.len(),
        services: outcome.services(),
        artifacts: outcome.model.artifacts.len(),
        settings: outcome.model.settings.len(),
        policies_bound: bound,
        policies_matched_nothing: nothing,
        deny: with(diagnostic::Action::Deny),
        warn: with(diagnostic::Action::Warn),
        audit: with(diagnostic::Action::Audit),
        undetermined: outcome.undetermined.len(),
        waived: outcome.waived().count(),
        set_aside: outcome.set_aside.len() - outcome.waived().count(),
        errors: outcome.errors(),
        excluded: outcome
            .coverage
            .excluded
            .iter()
            .map(|(kind, count)| Excluded { kind: kind.clone(), count: *count })
            .collect(),
        environment: outcome.only.as_ref().map(ToString::to_string),
        bypass: outcome.bypass.as_ref().map(bypass),
        gates: gates(writer),
    }
}
