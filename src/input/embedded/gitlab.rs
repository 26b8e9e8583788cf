//! GitLab CI: jobs with `script`.
//!
//! `before_script` and `script` of a job run in one shell, each list item a line. `variables` of the file
//! and of the job are assignments. The `environment` of a job is the exported variable
//! `CI_ENVIRONMENT_NAME`, as GitLab itself names it.
//!
//! <https://docs.gitlab.com/ci/yaml/>

use super::text::{self, scalar};
use super::{At, exported};
use crate::document::{Entry, Ref};
use crate::input::{shell, text_map};
use crate::script::{
    Block, CompareOperator, Element, Expression, ExpressionKind, Ignoring, InputKind, Job, Program,
};
use crate::source::Span;

/// Keys of the file that are no jobs.
const NO_JOBS: &[&str] =
    &["default", "include", "image", "services", "stages", "variables", "workflow", "cache"];

pub(super) fn is_pipeline(root: Ref<'_>, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_job = |value: Ref<'_>| {
        value.get("script").is_some() && (value.get("stage").is_some() || value.get("image").is_some())
    };
    name.contains("gitlab-ci") || root.entries().iter().any(|entry| is_job(root.document().at(entry.value)))
}

pub(super) fn programs(root: Ref<'_>, at: At<'_>) -> Vec<Program> {
    let jobs = root.entries().iter().filter(|entry| !NO_JOBS.contains(&entry.key.as_str()));
    jobs.filter_map(|entry| {
        let program = job(root, root.document().at(entry.value), at)?;
        let waited_for_by = waiting(root, entry).into();
        Some(Program { job: Some(Job { span: entry.key_span, waited_for_by }), ..program })
    })
    .collect()
}

/// The jobs of later stages, and those that name the job in `needs`.
///
/// <https://docs.gitlab.com/ci/yaml/#stages>, <https://docs.gitlab.com/ci/yaml/#needs>
fn waiting(root: Ref<'_>, job: &Entry) -> Vec<Span> {
    let stages: Vec<&str> = match root.get("stages") {
        Some(stages) => stages.items().filter_map(Ref::text).collect(),
        None => vec!["build", "test", "deploy"],
    };
    let stage = |entry: &Entry| {
        let stage = root.document().at(entry.value).get("stage").and_then(Ref::text).unwrap_or("test");
        stages.iter().position(|one| *one == stage)
    };
    let waits = |entry: &&Entry| {
        let needs = root.document().at(entry.value).get("needs");
        let names = |item: Ref<'_>| item.get("job").unwrap_or(item).text() == Some(&job.key);
        match needs {
            Some(needs) => needs.items().any(names),
            None => stage(job).zip(stage(entry)).is_some_and(|(own, other)| other > own),
        }
    };
    root.entries().iter().filter(waits).map(|entry| entry.key_span).collect()
}

/// Why a job may fail. A manual job may anyway: nobody need start it.
///
/// <https://docs.gitlab.com/ci/yaml/#allow_failure>
fn tolerance(job: Ref<'_>) -> Option<Ignoring> {
    let is_manual = job.get("when").and_then(Ref::text) == Some("manual");
    super::plain_tolerance(job, "allow_failure").filter(|_| !is_manual)
}

fn job(root: Ref<'_>, job: Ref<'_>, at: At<'_>) -> Option<Program> {
    let script = job.get("script")?;
    let mut before = Vec::new();
    variables(root, at, &mut before);
    variables(job, at, &mut before);
    if let Some(environment) = job.get("environment") {
        let name = environment.get("name").unwrap_or(environment);
        if name.text().is_some() {
            before.push(exported("CI_ENVIRONMENT_NAME", name.span(), value(name, at)));
        }
    }
    let inherited = || root.get("before_script").or_else(|| root.path(&["default", "before_script"]));
    let first = job.get("before_script").or_else(inherited);
    let mut scripts = Vec::new();
    for part in [first, Some(script)].into_iter().flatten() {
        lines(part, at, &mut scripts, 0);
    }
    let conditions = only(job).into_iter().collect();
    let program = super::program(script.span(), before, scripts, conditions);
    Some(super::tolerated(tolerance(job), program))
}

/// A script is a text, a list of texts, or (through references) a list of lists.
fn lines(node: Ref<'_>, at: At<'_>, scripts: &mut Vec<Program>, depth: usize) {
    if let Some(text) = node.text() {
        scripts.push(shell::lower(text, &text_map(at.source, node), at.limits));
    } else if depth < 4 {
        for item in node.items() {
            lines(item, at, scripts, depth + 1);
        }
    }
}

fn variables(node: Ref<'_>, at: At<'_>, before: &mut Block) {
    for entry in node.get("variables").map(Ref::entries).unwrap_or_default() {
        let declared = node.document().at(entry.value);
        let declared = declared.get("value").unwrap_or(declared);
        if declared.text().is_some() {
            before.push(exported(&entry.key, entry.key_span, value(declared, at)));
        }
    }
}

/// A scalar in which `$NAME` reads a variable.
fn value(node: Ref<'_>, at: At<'_>) -> Expression {
    scalar(node, at, text::dollars, &mut |name, span, _, _| Expression {
        kind: ExpressionKind::Name(name.to_string()),
        span,
    })
}

/// `only: [main]`: the branches that the job runs for.
fn only(job: Ref<'_>) -> Option<Expression> {
    let only = job.get("only")?;
    let refs = only.get("refs").unwrap_or(only);
    let branches: Vec<Ref<'_>> = match refs.text() {
        Some(_) => vec![refs],
        None => refs.items().collect(),
    };
    // Words such as `tags` and patterns are no branch names.
    let is_branch =
        |branch: &Ref<'_>| branch.text().is_some_and(|text| !text.starts_with('/') && !text.ends_with('s'));
    if branches.is_empty() || !branches.iter().all(is_branch) {
        return None;
    }
    let elements = branches
        .iter()
        .filter_map(|branch| Some(Element::One(super::literal(branch.text()?, branch.span()))))
        .collect();
    let span = refs.span();
    let right = Box::new(Expression { kind: ExpressionKind::List(elements), span });
    let left = Box::new(Expression {
        kind: ExpressionKind::Input {
            name: "CI_COMMIT_BRANCH".to_string(),
            kind: InputKind::Variable,
            default: None,
            is_switch: false,
        },
        span,
    });
    Some(Expression { kind: ExpressionKind::Compare { operator: CompareOperator::In, left, right }, span })
}
