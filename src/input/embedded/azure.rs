//! Azure Pipelines: steps with `script`, `bash`, or the inline script of a task.
//!
//! `variables` of pipeline, stage and job are assignments; `$(Name)` is filled in before the shell runs
//! where Name is such a variable or a predefined one with a dot in it, else it is the shell's own.
//! `${{ parameters.x }}` is an input. A deployment job's `environment` is the exported variable
//! `ENVIRONMENT_NAME`, as Azure Pipelines names it.
//!
//! <https://learn.microsoft.com/en-us/azure/devops/pipelines/yaml-schema/>

use super::text::{self, Found, scalar};
use super::{At, bound, change_directory, exported, input};
use crate::document::Ref;
use crate::input::shell::{Placeholder, lower_template};
use crate::input::text_map;
use crate::script::{Block, Expression, ExpressionKind, Job, Program};
use crate::source::Span;
use std::collections::BTreeSet;

/// Keys under which steps and jobs are nested, and how deeply they are followed: stages, jobs,
/// strategies, steps.
const NESTING: &[&str] = &[
    "stages",
    "jobs",
    "steps",
    "strategy",
    "runOnce",
    "rolling",
    "canary",
    "deploy",
    "preDeploy",
    "postRouteTraffic",
];

pub(super) fn is_pipeline(root: Ref<'_>) -> bool {
    let is_step = |step: Ref<'_>| ["script", "bash", "task"].iter().any(|key| step.get(key).is_some());
    root.get("steps").is_some_and(|steps| steps.items().any(is_step))
        || root.get("stages").is_some_and(|stages| stages.items().any(|stage| stage.get("jobs").is_some()))
        || root.get("jobs").is_some_and(|jobs| {
            jobs.items().any(|job| job.get("job").is_some() || job.get("deployment").is_some())
        })
}

pub(super) fn programs(root: Ref<'_>, at: At<'_>) -> Vec<Program> {
    let mut programs = Vec::new();
    follow(root, &mut vec![root], at, &mut programs);
    programs
}

/// No deeper than the document, which its reader bounds.
fn follow<'a>(node: Ref<'a>, levels: &mut Vec<Ref<'a>>, at: At<'a>, programs: &mut Vec<Program>) {
    for inner in NESTING.iter().filter_map(|key| node.get(key)) {
        let items: Vec<Ref<'a>> = if inner.is_sequence() { inner.items().collect() } else { vec![inner] };
        for item in items {
            levels.push(item);
            match step_script(item) {
                Some(script) => programs.extend(step(script, levels, at)),
                None => follow(item, levels, at, programs),
            }
            levels.pop();
        }
    }
}

/// The script of a step: `script`, `bash`, or a task's `inlineScript` for a shell.
fn step_script(step: Ref<'_>) -> Option<Ref<'_>> {
    let inline = || {
        let inputs = step.get("task").and_then(|_| step.get("inputs"))?;
        let kind = inputs.get("scriptType").and_then(Ref::text).unwrap_or("bash");
        inputs.get("inlineScript").or_else(|| inputs.get("script")).filter(|_| kind == "bash")
    };
    step.get("script").or_else(|| step.get("bash")).or_else(inline).filter(|script| script.text().is_some())
}

fn step(script: Ref<'_>, levels: &[Ref<'_>], at: At<'_>) -> Option<Program> {
    let mut names = Variables { at, known: BTreeSet::new() };
    let mut before = Vec::new();
    for level in levels {
        names.declare(*level, &mut before);
        if let Some(environment) = level.get("environment") {
            let name = environment.get("name").unwrap_or(environment);
            if name.text().is_some() {
                before.push(exported("ENVIRONMENT_NAME", name.span(), names.scalar(name)));
            }
        }
    }
    let step = *levels.last()?;
    for entry in step.get("env").map(Ref::entries).unwrap_or_default() {
        let value = names.scalar(step.document().at(entry.value));
        before.push(exported(&entry.key, entry.key_span, value));
    }
    if let Some(directory) = step.get("workingDirectory").filter(|directory| directory.text().is_some()) {
        before.push(change_directory(names.scalar(directory), directory.span()));
    }
    let program = names.script(script, &mut before);
    let program = super::program(script.span(), before, vec![program], Vec::new());
    // https://learn.microsoft.com/en-us/azure/devops/pipelines/process/tasks#task-control-options
    let tolerance = levels.iter().rev().find_map(|level| super::plain_tolerance(*level, "continueOnError"));
    let is_job = |level: &&Ref<'_>| level.get("job").or_else(|| level.get("deployment")).is_some();
    let job = levels.iter().rev().find(is_job).or(levels.first()).map(|level| Job::alone(level.span()));
    Some(Program { job, ..super::tolerated(tolerance, program) })
}

struct Variables<'a> {
    at: At<'a>,
    known: BTreeSet<String>,
}

impl Variables<'_> {
    /// `variables` as a mapping or as a list of `name` and `value`.
    fn declare(&mut self, level: Ref<'_>, before: &mut Block) {
        let Some(variables) = level.get("variables") else { return };
        for entry in variables.entries() {
            let value = variables.document().at(entry.value);
            if value.text().is_some() {
                before.push(exported(&entry.key, entry.key_span, self.scalar(value)));
                self.known.insert(entry.key.clone());
            }
        }
        for item in variables.items() {
            let (Some(name), Some(value)) = (item.get("name"), item.get("value")) else { continue };
            if let (Some(text), Some(_)) = (name.text(), value.text()) {
                before.push(exported(text, name.span(), self.scalar(value)));
                self.known.insert(text.to_string());
            }
        }
    }

    fn value(&self, name: &str, span: Span) -> Expression {
        let name = name.trim();
        match self.known.contains(name) {
            true => Expression { kind: ExpressionKind::Name(name.to_string()), span },
            false => input(name, None, span),
        }
    }

    fn scalar(&self, node: Ref<'_>) -> Expression {
        scalar(node, self.at, placeholders, &mut |name, span, _, _| self.value(name, span))
    }

    fn script(&self, node: Ref<'_>, before: &mut Block) -> Program {
        let text = node.text().unwrap_or_default();
        let map = text_map(self.at.source, node);
        let mut all = Vec::new();
        for found in placeholders(text) {
            let inner = text.get(found.inner.clone()).unwrap_or_default().trim();
            let is_template = text.get(found.range.start..).is_some_and(|rest| rest.starts_with("${{"));
            if !(is_template || inner.contains('.') || self.known.contains(inner)) {
                continue;
            }
            let span = map.span(found.range.start, found.range.end);
            let value = self.value(inner, span);
            let name = match &value.kind {
                ExpressionKind::Name(name) => name.clone(),
                _ => {
                    let name = text.get(found.range.clone()).unwrap_or_default().to_string();
                    before.push(bound(name.clone(), span, value));
                    name
                }
            };
            all.push(Placeholder { range: found.range, name });
        }
        lower_template(text, &map, self.at.limits, &all)
    }
}

/// `${{ name }}` and `$(Name)`, in order.
fn placeholders(text: &str) -> Vec<Found> {
    let mut all = text::expressions(text);
    for (start, _) in text.match_indices("$(") {
        let rest = text.get(start + 2..).unwrap_or_default();
        let length = rest.find(|c: char| !c.is_alphanumeric() && !"_.-".contains(c)).unwrap_or(rest.len());
        if length > 0 && rest.get(length..).is_some_and(|rest| rest.starts_with(')')) {
            all.push(Found { range: start..start + length + 3, inner: start + 2..start + 2 + length });
        }
    }
    all.sort_by_key(|found| found.range.start);
    all.dedup_by(|next, before| next.range.start < before.range.end);
    all
}
