//! GitHub Actions: workflows and composite actions.
//!
//! Steps with `run` are scripts. `env` of workflow, job and step are assignments; `${{ env.X }}` reads
//! them, other contexts are inputs named as they are written. The `environment` of a job is the exported
//! variable `GITHUB_ENVIRONMENT`, so that whoever looks at an invocation learns it. Of the steps with `uses`
//! those are read whose action runs one command line (`actions`).
//!
//! Each run of a job's matrix is a script of its own, and what a step hands on through `$GITHUB_ENV` is a
//! variable of the steps behind it.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>

use super::actions;
use super::expression::{self, Names};
use super::text::{self, scalar};
use super::{At, bound, change_directory, exported, input};
use super::{matrix, step_env};
use crate::document::{Entry, Ref};
use crate::input::shell::{Placeholder, lower_template};
use crate::input::text_map;
use crate::script::{Block, CompareOperator, Expression, ExpressionKind, Job, Program};
use crate::source::Span;
use crate::value::Reason;
use std::collections::BTreeSet;

/// The variable that tells a job's `environment`.
const ENVIRONMENT: &str = "GITHUB_ENVIRONMENT";

/// What lets a step, or a job, fail.
const MAY_FAIL: &str = "continue-on-error";

pub(super) fn programs(root: Ref<'_>, at: At<'_>) -> Vec<Program> {
    let mut programs = Vec::new();
    let jobs = root.get("jobs").map(Ref::entries).unwrap_or_default();
    for entry in jobs {
        let job = root.document().at(entry.value);
        let as_job = Job { span: entry.key_span, waited_for_by: waiting(jobs, root, &entry.key).into() };
        let mut handed = Vec::new();
        for step in job.get("steps").into_iter().flat_map(Ref::items) {
            let speaks = |key: &str| matrix::speaks_of(job, key, 0) || matrix::speaks_of(step, key, 0);
            for run in matrix::runs(job, &speaks) {
                let program = step_program(&[root, job, step], run, &handed, at);
                programs.extend(program.map(|one| Program { job: Some(as_job.clone()), ..one }));
            }
            handed.extend(sets(step, at));
        }
    }
    let mut handed = Vec::new();
    for step in root.path(&["runs", "steps"]).into_iter().flat_map(Ref::items) {
        let program = step_program(&[root, step], matrix::Run::default(), &handed, at);
        programs.extend(program.map(|one| Program { job: Some(Job::alone(root.span())), ..one }));
        handed.extend(sets(step, at));
    }
    programs
}

/// The jobs that begin only once a job has succeeded: those that need it, and those that need them.
fn waiting(jobs: &[Entry], root: Ref<'_>, job: &str) -> Vec<Span> {
    let needs = |entry: &Entry, name: &str| {
        let needs = root.document().at(entry.value).get("needs");
        needs.is_some_and(|needs| {
            needs.text() == Some(name) || needs.items().any(|item| item.text() == Some(name))
        })
    };
    let mut names = vec![job];
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(&name) = names.get(at) {
        at += 1;
        for entry in jobs.iter().filter(|entry| needs(entry, name)) {
            if !names.contains(&entry.key.as_str()) {
                names.push(&entry.key);
                spans.push(entry.key_span);
            }
        }
    }
    spans
}

/// Whether a later step asks how a step came out, so that its failure is put off rather than ignored.
///
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#steps-context>
fn is_asked_for(levels: &[Ref<'_>], at: At<'_>) -> bool {
    let [.., job, step] = levels else { return false };
    let id = step.get("id").and_then(Ref::text).filter(|id| !id.is_empty());
    let asks = |id: &str| at.source.slice(job.span()).contains(&format!("steps.{id}.outcome"));
    id.is_some_and(asks)
}

/// What a step sets for the steps behind it.
fn sets<'a>(step: Ref<'a>, at: At<'a>) -> Vec<step_env::Set<'a>> {
    step.get("run").map(|run| step_env::sets(run, at.source)).unwrap_or_default()
}

/// One step's script, or the command line that its action runs. `levels` are workflow, job and step: the
/// later ones win.
fn step_program<'a>(
    levels: &[Ref<'a>],
    run: matrix::Run<'a>,
    handed: &[step_env::Set<'a>],
    at: At<'a>,
) -> Option<Program> {
    let (root, step) = (*levels.first()?, *levels.last()?);
    let own = step.get("run").filter(|run| run.text().is_some() && runs_shell(levels));
    let script = own.or_else(|| actions::script_of(step));
    if script.is_none() && step.get("uses").is_none() {
        return None;
    }
    let mut conditions: Vec<Expression> =
        run.tests().into_iter().map(|(name, node)| is(&name, node)).collect();
    let mut names = Context { root, at, known: BTreeSet::new(), run };
    let mut before = Vec::new();
    for (depth, level) in levels.iter().enumerate() {
        // What earlier steps set stands over the job's own variables and under the step's.
        if depth + 1 == levels.len() {
            handed.iter().for_each(|set| names.handed(set, &mut before));
        }
        for entry in level.get("env").map(Ref::entries).unwrap_or_default() {
            let value = names.scalar(root.document().at(entry.value));
            before.push(exported(&entry.key, entry.key_span, value));
            names.known.insert(entry.key.clone());
        }
        if let Some(environment) = level.get("environment") {
            let name = environment.get("name").unwrap_or(environment);
            if name.text().is_some() {
                before.push(exported(ENVIRONMENT, name.span(), names.scalar(name)));
            }
        }
    }
    let directory = levels.iter().rev().find_map(|level| {
        level.get("working-directory").or_else(|| level.path(&["defaults", "run", "working-directory"]))
    });
    if let Some(directory) = directory.filter(|directory| directory.text().is_some()) {
        before.push(change_directory(names.scalar(directory), directory.span()));
    }
    let tests = levels.iter().filter_map(|level| level.get("if"));
    conditions.extend(tests.filter_map(|test| names.condition(test)).collect::<Vec<_>>());
    let may_fail = levels.iter().rev().find(|level| level.get(MAY_FAIL).is_some());
    let tolerance = may_fail.filter(|_| !is_asked_for(levels, at)).and_then(|level| {
        let when = level.get(MAY_FAIL).and_then(|value| names.condition(value));
        super::tolerance(*level, MAY_FAIL, when)
    });
    let program = match script {
        Some(script) => {
            let program = names.script(script, &mut before);
            super::program(script.span(), before, vec![program], conditions)
        }
        None => {
            before.push(actions::command_of(step, at, &mut names)?);
            super::program(step.span(), before, Vec::new(), conditions)
        }
    };
    Some(super::tolerated(tolerance, program))
}

/// `name == 'text'`: the run of a matrix in which the name has this value.
fn is(name: &str, node: Ref<'_>) -> Expression {
    let span = node.span();
    let right = Box::new(super::literal(node.text().unwrap_or_default(), span));
    let left = Box::new(input(name, None, span));
    let operator = CompareOperator::Equal;
    Expression { kind: ExpressionKind::Compare { operator, left, right }, span }
}

/// Whether the step's shell is one that this room can read: the default is.
fn runs_shell(levels: &[Ref<'_>]) -> bool {
    let shell = levels
        .iter()
        .rev()
        .find_map(|level| level.get("shell").or_else(|| level.path(&["defaults", "run", "shell"])));
    let shell = shell.and_then(Ref::text).unwrap_or("bash");
    matches!(shell.split_whitespace().next(), Some("bash" | "sh"))
}

/// What names stand for in one step.
struct Context<'a> {
    root: Ref<'a>,
    at: At<'a>,
    /// Variables that an `env` sets.
    known: BTreeSet<String>,
    /// What the names of the matrix stand for.
    run: matrix::Run<'a>,
}

impl<'a> Context<'a> {
    fn scalar(&mut self, node: Ref<'a>) -> Expression {
        let at = self.at;
        scalar(node, at, text::expressions, &mut |inner, _, map, base| {
            expression::lower(inner, base, map, self)
        })
    }

    /// `if: github.ref == 'refs/heads/main'`, with or without `${{ }}`. `None` if it always holds.
    fn condition(&mut self, node: Ref<'a>) -> Option<Expression> {
        let text = node.text()?;
        let map = text_map(self.at.source, node);
        let whole = text::expressions(text);
        let inner = match whole.as_slice() {
            [one] if text.trim().len() == one.range.len() => one.inner.clone(),
            _ => 0..text.len(),
        };
        let condition = expression::lower(text.get(inner.clone())?, inner.start, &map, self);
        let always = matches!(condition.kind, ExpressionKind::Literal(crate::script::Literal::Bool(true)));
        (!always).then_some(condition)
    }

    /// The script, with the values of its placeholders assigned before it.
    fn script(&mut self, node: Ref<'a>, before: &mut Block) -> Program {
        let text = node.text().unwrap_or_default();
        let map = text_map(self.at.source, node);
        let mut placeholders = Vec::new();
        for found in text::expressions(text) {
            let inner = text.get(found.inner.clone()).unwrap_or_default();
            let value = expression::lower(inner, found.inner.start, &map, self);
            let name = match &value.kind {
                // A variable needs no second name.
                ExpressionKind::Name(name) => name.clone(),
                _ => {
                    let name = text.get(found.range.clone()).unwrap_or_default().to_string();
                    let span = map.span(found.range.start, found.range.end);
                    before.push(bound(name.clone(), span, value));
                    name
                }
            };
            placeholders.push(Placeholder { range: found.range, name });
        }
        lower_template(text, &map, self.at.limits, &placeholders)
    }

    /// A variable that an earlier step set for this one.
    fn handed(&mut self, set: &step_env::Set<'a>, before: &mut Block) {
        match &set.script {
            Some((script, map)) => {
                let text = set.node.text().unwrap_or_default();
                let whole = text_map(self.at.source, set.node);
                let mut placeholders = Vec::new();
                for found in step_env::placeholders(set) {
                    let inner = text.get(found.inner.clone()).unwrap_or_default();
                    let value = expression::lower(inner, found.inner.start, &whole, self);
                    let name =
                        format!("{} of an earlier step", script.get(found.range.clone()).unwrap_or_default());
                    before.push(bound(name.clone(), map.span(found.range.start, found.range.end), value));
                    placeholders.push(Placeholder { range: found.range, name });
                }
                let mut lowered = lower_template(script, map, self.at.limits, &placeholders);
                before.append(&mut lowered.body);
            }
            None => {
                let detail = format!("{} of an earlier step", set.name);
                let kind = ExpressionKind::Opaque { reason: Reason::Variable, detail };
                before.push(exported(&set.name, set.span, Expression { kind, span: set.span }));
            }
        }
        self.known.insert(set.name.clone());
    }

    /// The default that a workflow or an action declares for an input.
    fn default_of(&mut self, name: &str) -> Option<Expression> {
        let places: [&[&str]; 3] = [
            &["inputs", name],
            &["on", "workflow_dispatch", "inputs", name],
            &["on", "workflow_call", "inputs", name],
        ];
        let declared = places.iter().find_map(|place| self.root.path(place))?;
        let default =
            declared.get("default").filter(|default| default.text().is_some_and(|text| !text.is_empty()))?;
        Some(scalar(default, self.at, |_| Vec::new(), &mut |_, span, _, _| input("", None, span)))
    }
}

impl Names for Context<'_> {
    fn value(&mut self, name: &str, span: Span) -> Expression {
        let plain =
            name.strip_prefix("github.event.").filter(|rest| rest.starts_with("inputs.")).unwrap_or(name);
        if let Some(variable) = plain.strip_prefix("env.")
            && self.known.contains(variable)
        {
            return Expression { kind: ExpressionKind::Name(variable.to_string()), span };
        }
        if let Some(node) = plain.strip_prefix("matrix.").and_then(|path| self.run.value(path))
            && node.text().is_some_and(|text| !text.contains("${{"))
        {
            return self.scalar(node);
        }
        let default = plain.strip_prefix("inputs.").and_then(|input| self.default_of(input));
        input(plain, default, span)
    }
}
