//! One policy by itself, over facts that are kept: what tests of policies ask again and again.

use super::policies::{OF_THE_PIPELINE, configured};
use super::{Facts, Project, Settings, judge, read, schemas, unreadable, without_records};
use crate::diagnostic::{Diagnostic, Finding};
use crate::enforce::waiver::POLICIES;
use crate::enforce::{self, Enforced};
use crate::evaluate;
use crate::policy::Compiled;

/// What one policy says of some facts.
#[derive(Debug, Default)]
pub struct Single {
    pub findings: Vec<Finding>,
    pub undetermined: Vec<Finding>,
    /// Errors that the policy raised, and what is wrong with its configuration.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads for [`judge_single`]: what [`read`] reads, without the records of what ran.
pub fn read_single(project: Project, settings: &Settings) -> Facts {
    let mut facts = read(project, settings);
    without_records(&mut facts.model, &facts.files);
    facts
}

/// Judges one policy. The facts' sources must hold the policy's file under the policy's id.
pub fn judge_single(facts: &Facts, policy: &Compiled, settings: &Settings) -> Single {
    let Facts { sources, documents, provenance, model, .. } = facts;
    let (policy, told) = configured(policy.clone(), &settings.policies);
    let inputs = evaluate::Inputs { model, documents, sources, provenance };
    let name = policy.policy.name.to_string();
    if POLICIES.contains(&name.as_str()) || settings.policies.watches() {
        return of_all(facts, &name, settings);
    }
    let mut evaluation = evaluate::evaluate(inputs, std::slice::from_ref(&policy), &settings.evaluate);
    if OF_THE_PIPELINE.contains(&name.as_str()) {
        let mut violations = schemas::validate(documents, sources, &settings.schemas, &settings.input);
        evaluation.diagnostics.append(&mut violations.diagnostics);
        schemas::tell(&mut evaluation, violations, &settings.policies);
        unreadable::tell(&mut evaluation, facts.unreadable.clone(), &facts.files, &settings.policies);
    }
    evaluation.findings.retain(|finding| finding.policy == name);
    let judged = enforce::Judged {
        findings: evaluation.findings,
        undetermined: evaluation.undetermined,
        policies: enforce::Policies::default(),
    };
    let Enforced { findings, undetermined, .. } = enforce::enforce(judged, &settings.enforce, sources);
    let diagnostics = told.into_iter().chain(evaluation.diagnostics).collect();
    Single { findings, undetermined, diagnostics }
}

/// What a policy about waivers, a baseline or a record says hangs on what all others find.
fn of_all(facts: &Facts, name: &str, settings: &Settings) -> Single {
    let project =
        Project { sources: facts.sources.again(None), files: facts.files.clone(), ..Project::default() };
    let (outcome, _) = judge(read(project, settings), settings);
    let mut findings = outcome.findings;
    findings.retain(|finding| finding.policy == name);
    Single { findings, undetermined: Vec::new(), diagnostics: outcome.diagnostics }
}
