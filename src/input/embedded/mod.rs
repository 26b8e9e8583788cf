//! Scripts inside documents: workflow steps, pipeline jobs, build steps, tasks, package scripts.
//!
//! A document of a known kind becomes one [`Program`] for each shell that would be started: what the
//! document says about it (variables, conditions, placeholders) is lowered around the script, with the
//! document's own spans; an action that runs one known command line is that command line. What a program
//! means is not this room's business.

mod actions;
mod azure;
mod cloud_build;
mod expression;
mod github;
mod gitlab;
mod matrix;
mod npm;
mod step_env;
mod taskfile;
mod text;

use crate::document::{Document, Ref};
use crate::input::{Limits, Told};
use crate::script::{
    Block, Clause, Expression, ExpressionKind, Ignoring, InputKind, Literal, Program, Scoping, Statement,
    StatementKind, Target,
};
use crate::source::{Source, Span};

/// The scripts that a document holds, in its order; none if it is of no known kind. `path` is the one the
/// source is reported under.
pub fn programs(document: &Document, source: &Source, path: &str, limits: &Limits) -> Vec<Program> {
    let root = document.root();
    let at = At { source, limits };
    if root.get("jobs").is_some_and(Ref::is_mapping) || is_composite_action(root) {
        github::programs(root, at)
    } else if cloud_build::is_build(root) {
        cloud_build::programs(root, at)
    } else if azure::is_pipeline(root) {
        azure::programs(root, at)
    } else if gitlab::is_pipeline(root, path) {
        gitlab::programs(root, at)
    } else if npm::is_package(root, path) {
        npm::programs(root, at)
    } else if taskfile::is_taskfile(root, path) {
        taskfile::programs(root, at)
    } else {
        Vec::new()
    }
}

fn is_composite_action(root: Ref<'_>) -> bool {
    root.path(&["runs", "using"]).and_then(Ref::text) == Some("composite")
}

/// What every reader of this room is handed.
#[derive(Clone, Copy)]
struct At<'a> {
    source: &'a Source,
    limits: &'a Limits,
}

/// A program for one shell: the statements of the document before those of the script.
fn program(span: Span, before: Block, scripts: Vec<Program>, conditions: Vec<Expression>) -> Program {
    let mut body = before;
    let mut told = Told::default();
    for mut script in scripts {
        body.append(&mut script.body);
        told.take(&mut script);
    }
    for condition in conditions.into_iter().rev() {
        let span = condition.span;
        let clauses = vec![Clause { condition, body }];
        body = vec![Statement { kind: StatementKind::If { clauses, otherwise: Vec::new() }, span }];
    }
    Program {
        source: span.source,
        scoping: Scoping::Dynamic,
        free_names_are_inputs: true,
        commands_call_functions: true,
        job: None,
        body,
        diagnostics: told.diagnostics,
        comments: told.comments,
    }
}

/// Why all that stands in a node may fail: an entry such as `continue-on-error: true`, if it is there.
fn tolerance(node: Ref<'_>, key: &str, when: Option<Expression>) -> Option<Ignoring> {
    let entry = node.entry(key)?;
    let span = entry.key_span.cover(node.document().at(entry.value).span());
    Some(Ignoring { name: key.to_string(), span, when, is_whole: true, reason: None })
}

/// The same, where the entry can say nothing but `true` and `false`.
fn plain_tolerance(node: Ref<'_>, key: &str) -> Option<Ignoring> {
    let says = node.get(key).and_then(Ref::text).is_some_and(|text| text.eq_ignore_ascii_case("true"));
    tolerance(node, key, None).filter(|_| says)
}

/// A program of which a failure counts for nothing, if there is a reason for that.
fn tolerated(ignoring: Option<Ignoring>, program: Program) -> Program {
    let Some(ignoring) = ignoring else { return program };
    let span = ignoring.span;
    let body = vec![Statement { kind: StatementKind::Ignoring(Box::new(ignoring), program.body), span }];
    Program { body, ..program }
}

/// `name = value`, handed on to every command.
fn exported(name: &str, span: Span, value: Expression) -> Statement {
    let target = Target::Name(name.to_string(), span);
    let kind = StatementKind::Assign { target, value, local: false, export: true };
    Statement { kind, span }
}

/// `name = value` for a placeholder of the script.
fn bound(name: String, span: Span, value: Expression) -> Statement {
    let target = Target::Name(name, span);
    let kind = StatementKind::Assign { target, value, local: false, export: false };
    Statement { kind, span }
}

/// An input of the workflow or pipeline.
fn input(name: &str, default: Option<Expression>, span: Span) -> Expression {
    let kind = ExpressionKind::Input {
        name: name.to_string(),
        kind: InputKind::Variable,
        default: default.map(Box::new),
        is_switch: false,
    };
    Expression { kind, span }
}

fn literal(text: &str, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Literal(Literal::Text(text.to_string())), span }
}

/// Runs `cd` first, where a document sets the working directory.
fn change_directory(directory: Expression, span: Span) -> Statement {
    let words = vec![literal("cd", span), directory];
    let command = crate::script::Command::Words { words, environment: Vec::new(), input: None };
    let run = Expression { kind: ExpressionKind::Run(command), span };
    Statement { kind: StatementKind::Expression(run), span }
}

#[cfg(test)]
mod tests;
