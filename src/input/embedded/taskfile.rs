//! Taskfiles: tasks with `cmds`, each of which runs in a shell of its own.
//!
//! `vars` are assignments that `{{.NAME}}` reads, `env` those that the shell sees. A task that others call
//! is read where it is called, under the variables that it is called with; its own variables win over
//! those. Template functions other than `default`, loops and included files are not followed.
//!
//! <https://taskfile.dev/reference/schema/>, <https://taskfile.dev/usage/#variables>

use super::text::{self, Found, scalar};
use super::{At, bound, change_directory, exported, input, literal};
use crate::diagnostic::Diagnostic;
use crate::document::{Entry, Ref};
use crate::input::shell::{Placeholder, lower_template};
use crate::input::{Told, text_map};
use crate::script::{Block, Expression, ExpressionKind, Job, Program, Statement, StatementKind};
use crate::source::Span;
use crate::value::Reason;
use std::collections::BTreeSet;

/// How far calls of tasks are followed.
const MAX_DEPTH: usize = 8;
/// How many commands one program may hold: calls multiply.
const MAX_COMMANDS: usize = 2_000;

pub(super) fn is_taskfile(root: Ref<'_>, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.starts_with("taskfile") && root.get("tasks").is_some_and(Ref::is_mapping)
}

pub(super) fn programs(root: Ref<'_>, at: At<'_>) -> Vec<Program> {
    let Some(tasks) = root.get("tasks") else { return Vec::new() };
    let mut called = BTreeSet::new();
    for entry in tasks.entries() {
        let task = tasks.document().at(entry.value);
        for key in ["cmds", "deps"] {
            let calls = task.get(key).into_iter().flat_map(Ref::items).filter_map(called_task);
            // A task that calls itself is no less a task.
            called.extend(calls.filter(|name| *name != entry.key));
        }
    }
    let is_root = |entry: &&Entry| !called.contains(entry.key.as_str());
    let mut roots: Vec<&Entry> = tasks.entries().iter().filter(is_root).collect();
    if roots.is_empty() {
        roots = tasks.entries().iter().collect();
    }
    roots.into_iter().filter_map(|entry| program(root, entry, at)).collect()
}

fn program(root: Ref<'_>, entry: &Entry, at: At<'_>) -> Option<Program> {
    let mut run =
        Run { root, at, known: BTreeSet::new(), commands: 0, told: Told::default(), path: Vec::new() };
    let mut body = Vec::new();
    run.declare(root, &mut body);
    run.task(&entry.key, &mut body);
    let span = root.get("tasks")?.get(&entry.key)?.span();
    let mut program = super::program(span, body, Vec::new(), Vec::new());
    program.job = Some(Job::alone(span));
    (program.diagnostics, program.comments) = (run.told.diagnostics, run.told.comments);
    (run.commands > 0).then_some(program)
}

/// The task that a command or a dependency calls.
fn called_task(item: Ref<'_>) -> Option<&str> {
    item.get("task").and_then(Ref::text)
}

struct Run<'a> {
    root: Ref<'a>,
    at: At<'a>,
    known: BTreeSet<String>,
    commands: usize,
    told: Told,
    /// The tasks that are being read, for calls in a circle.
    path: Vec<String>,
}

impl<'a> Run<'a> {
    fn task(&mut self, name: &str, body: &mut Block) {
        // A call in a circle is an error of the task runner's.
        if self.path.iter().any(|open| open == name) {
            return;
        }
        let Some(task) = self.root.path(&["tasks", name]) else { return };
        if self.path.len() >= MAX_DEPTH {
            let message = format!("calls of tasks nest more than {MAX_DEPTH} deep; this one is not read");
            let told = Diagnostic::error("input-limit", task.span(), message)
                .with_help("call the tasks in a flatter way, or exclude the file in celador.yaml");
            return self.told.diagnostics.push(told);
        }
        self.path.push(name.to_string());
        self.declare(task, body);
        if let Some(directory) = task.get("dir").filter(|directory| directory.text().is_some()) {
            body.push(change_directory(self.scalar(directory), directory.span()));
        }
        for dependency in task.get("deps").into_iter().flat_map(Ref::items) {
            match dependency.text() {
                Some(name) => self.call(name, None, dependency.span(), body),
                None => self.command(dependency, body),
            }
        }
        // A task may be a command, or a list of them, without more.
        let single = task.get("cmd").or(Some(task).filter(|task| task.text().is_some()));
        single.into_iter().for_each(|command| self.command(command, body));
        let list = task.get("cmds").or(Some(task).filter(|task| task.is_sequence()));
        for command in list.into_iter().flat_map(Ref::items) {
            self.command(command, body);
        }
        self.path.pop();
    }

    fn call(&mut self, name: &str, variables: Option<Ref<'a>>, span: Span, body: &mut Block) {
        let known = self.known.clone();
        let mut inner = Vec::new();
        for entry in variables.map(Ref::entries).unwrap_or_default() {
            self.variable(entry, &mut inner);
        }
        self.task(name, &mut inner);
        self.known = known;
        body.push(Statement { kind: StatementKind::Subshell(inner), span });
    }

    fn command(&mut self, command: Ref<'a>, body: &mut Block) {
        self.commands += 1;
        if self.commands > MAX_COMMANDS {
            if self.commands == MAX_COMMANDS + 1 {
                let message =
                    format!("calls of tasks lead to more than {MAX_COMMANDS} commands; the rest is not read");
                let told = Diagnostic::error("input-limit", command.span(), message)
                    .with_help("split the tasks, or exclude the file in celador.yaml");
                self.told.diagnostics.push(told);
            }
            return;
        }
        if let Some(name) = called_task(command) {
            return self.call(name, command.get("vars"), command.span(), body);
        }
        let script = command.get("cmd").or_else(|| command.get("defer")).unwrap_or(command);
        if script.text().is_none() {
            return;
        }
        let mut inner = Vec::new();
        let mut lowered = self.script(script, &mut inner);
        self.told.take(&mut lowered);
        inner.append(&mut lowered.body);
        // https://taskfile.dev/usage/#ignore-errors
        let level = self.path.last().and_then(|task| self.root.path(&["tasks", task]));
        let tolerance = [Some(command), level]
            .into_iter()
            .flatten()
            .find_map(|level| super::plain_tolerance(level, "ignore_error"));
        let run = Statement { kind: StatementKind::Subshell(inner), span: script.span() };
        match tolerance {
            Some(ignoring) => {
                let kind = StatementKind::Ignoring(Box::new(ignoring), vec![run]);
                body.push(Statement { kind, span: script.span() });
            }
            None => body.push(run),
        }
    }

    /// `env` and `vars` of the file or of a task.
    fn declare(&mut self, level: Ref<'a>, body: &mut Block) {
        for entry in level.get("env").map(Ref::entries).unwrap_or_default() {
            let node = self.root.document().at(entry.value);
            let value = self.value(node);
            body.push(exported(&entry.key, entry.key_span, value));
        }
        for entry in level.get("vars").map(Ref::entries).unwrap_or_default() {
            self.variable(entry, body);
        }
    }

    fn variable(&mut self, entry: &Entry, body: &mut Block) {
        let value = self.value(self.root.document().at(entry.value));
        body.push(bound(internal(&entry.key), entry.key_span, value));
        self.known.insert(entry.key.clone());
    }

    /// A text with its templates; the output of `sh` and anything else is unknown.
    fn value(&self, node: Ref<'a>) -> Expression {
        if node.text().is_some() {
            return self.scalar(node);
        }
        let command = node.get("sh").and_then(Ref::text).unwrap_or("a variable that is computed");
        let detail = command.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
        let kind = ExpressionKind::Opaque { reason: Reason::CommandOutput, detail };
        Expression { kind, span: node.span() }
    }

    fn scalar(&self, node: Ref<'a>) -> Expression {
        scalar(node, self.at, text::templates, &mut |inner, span, _, _| self.template(inner, span))
    }

    fn script(&self, node: Ref<'a>, before: &mut Block) -> Program {
        let text = node.text().unwrap_or_default();
        let map = text_map(self.at.source, node);
        let mut placeholders = Vec::new();
        for Found { range, inner } in text::templates(text) {
            let span = map.span(range.start, range.end);
            let value = self.template(text.get(inner).unwrap_or_default(), span);
            let name = match &value.kind {
                ExpressionKind::Name(name) => name.clone(),
                _ => {
                    let name = text.get(range.clone()).unwrap_or_default().to_string();
                    before.push(bound(name.clone(), span, value));
                    name
                }
            };
            placeholders.push(Placeholder { range, name });
        }
        lower_template(text, &map, self.at.limits, &placeholders)
    }

    /// `.NAME`, `.NAME | default "x"`, `default "x" .NAME`.
    fn template(&self, inner: &str, span: Span) -> Expression {
        let inner = inner.trim_matches('-').trim();
        let (name, default) = match inner.split_once('|') {
            Some((name, filter)) => match filter.trim().strip_prefix("default ").and_then(quoted) {
                Some((default, "")) => (name.trim(), Some(default)),
                _ => ("", None),
            },
            None => match inner.strip_prefix("default ").and_then(quoted) {
                Some((default, name)) => (name.trim(), Some(default)),
                None => (inner, None),
            },
        };
        let plain =
            name.strip_prefix('.').filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        let Some(plain) = plain.filter(|name| !name.is_empty()) else {
            let kind = ExpressionKind::Opaque { reason: Reason::Template, detail: inner.to_string() };
            return Expression { kind, span };
        };
        let default = default.map(|text| literal(text, span));
        if !self.known.contains(plain) {
            return input(plain, default, span);
        }
        let value = Expression { kind: ExpressionKind::Name(internal(plain)), span };
        match default {
            None => value,
            Some(fallback) => {
                let (value, fallback) = (Box::new(value), Box::new(fallback));
                Expression { kind: ExpressionKind::Default { value, fallback, or_empty: true }, span }
            }
        }
    }
}

/// A quoted text and what stands behind it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let (inner, rest) = text.get(1..)?.split_once(quote)?;
    Some((inner, rest.trim()))
}

/// The name of a task's variable in the program, which is none of the shell's.
fn internal(name: &str) -> String {
    format!("{{{{.{name}}}}}")
}
