//! Guards: tests that only end the script when something failed.
//!
//! `gcloud projects describe "$P" || exit 1`, `if [ ! -f .env ]; then usage; fi`: what follows runs when
//! all is well, and that is assumed of every command anyway. Such a test leaves no condition behind. A
//! test of the script's inputs does, even if it ends the script.

use super::{Lowerer, negate};
use crate::script::{Block, Clause, Command, Expression, ExpressionKind, Literal, Statement, StatementKind};
use crate::source::Span;
use std::collections::BTreeSet;
use tree_sitter::Node;

/// Whether a test speaks of nothing but the circumstances: the outcome of commands, files, what is
/// installed, what a person answers.
fn is_circumstance(condition: &Expression, script: &Lowerer<'_>) -> bool {
    let is_circumstance = |inner: &Expression| is_circumstance(inner, script);
    match &condition.kind {
        // A function of the script says by its status what it did.
        ExpressionKind::Run(run) => !script.is_answer(run),
        ExpressionKind::Opaque { .. } | ExpressionKind::Output(_) => true,
        ExpressionKind::Name(name) => script.answers.contains(name),
        ExpressionKind::Call { callee, arguments } if arguments.is_empty() => match &callee.kind {
            // `${answer,,}`
            ExpressionKind::Attribute(value, _) => is_circumstance(value),
            _ => false,
        },
        ExpressionKind::Not(inner) => is_circumstance(inner),
        ExpressionKind::And(all) | ExpressionKind::Or(all) => all.iter().all(is_circumstance),
        ExpressionKind::Compare { left, right, .. } => {
            let constant = |side: &Expression| matches!(side.kind, ExpressionKind::Literal(_));
            (is_circumstance(left) && (constant(right) || is_circumstance(right)))
                || (constant(left) && is_circumstance(right))
        }
        ExpressionKind::Call { callee, arguments } => match (&callee.kind, arguments.as_slice()) {
            (ExpressionKind::Name(name), [crate::script::Argument::Positional(inner)]) if name == "int" => {
                is_circumstance(inner)
            }
            _ => false,
        },
        _ => false,
    }
}

/// The commands of a condition that no longer decides anything.
pub(super) fn keep_runs(condition: Expression, out: &mut Block) {
    let span = condition.span;
    match condition.kind {
        ExpressionKind::Run(_) | ExpressionKind::Output(_) => {
            out.push(Statement { kind: StatementKind::Expression(condition), span });
        }
        ExpressionKind::Not(inner) => keep_runs(*inner, out),
        ExpressionKind::And(all) => keep_chain(all, true, span, out),
        ExpressionKind::Or(all) => keep_chain(all, false, span, out),
        ExpressionKind::Compare { left, right, .. } => {
            keep_runs(*left, out);
            keep_runs(*right, out);
        }
        _ => {}
    }
}

/// The commands of `a && b`, `a || b`: what stands behind a test of values hangs on it.
fn keep_chain(mut all: Vec<Expression>, and: bool, span: Span, out: &mut Block) {
    let Some(test) = all.iter().position(is_test_of_values) else {
        return all.into_iter().for_each(|one| keep_runs(one, out));
    };
    let rest = all.split_off(test + 1);
    let test = all.pop();
    all.into_iter().for_each(|one| keep_runs(one, out));
    let mut body = Vec::new();
    keep_chain(rest, and, span, &mut body);
    if let Some(test) = test.filter(|_| !body.is_empty()) {
        let condition = if and { test } else { negate(test) };
        let clauses = vec![Clause { condition, body }];
        out.push(Statement { kind: StatementKind::If { clauses, otherwise: Vec::new() }, span });
    }
}

/// Whether a test compares values and runs nothing.
fn is_test_of_values(test: &Expression) -> bool {
    let is_value = |side: &Expression| {
        matches!(
            side.kind,
            ExpressionKind::Name(_) | ExpressionKind::Positional(_) | ExpressionKind::Literal(_)
        )
    };
    match &test.kind {
        ExpressionKind::Compare { left, right, .. } => is_value(left) && is_value(right),
        ExpressionKind::Not(inner) => is_test_of_values(inner),
        _ => false,
    }
}

/// Whether a test asks for a person's answer and nothing else.
fn is_confirmation(condition: &Expression, answers: &BTreeSet<String>) -> bool {
    match &condition.kind {
        ExpressionKind::Name(name) => answers.contains(name),
        ExpressionKind::Not(inner) => is_confirmation(inner, answers),
        ExpressionKind::And(all) | ExpressionKind::Or(all) => {
            all.iter().all(|one| is_confirmation(one, answers))
        }
        ExpressionKind::Compare { left, .. } => is_confirmation(left, answers),
        ExpressionKind::Call { callee, .. } => match &callee.kind {
            ExpressionKind::Attribute(value, _) => is_confirmation(value, answers),
            _ => false,
        },
        _ => false,
    }
}

impl Lowerer<'_> {
    /// Whether a test with this branch is a guard: it ends the script, with a failure or because a person
    /// says no, and speaks of nothing that is known here.
    pub(super) fn is_guard(&self, condition: &Expression, body: &Block, fails: bool) -> bool {
        self.only_ends(body)
            && is_circumstance(condition, self)
            && (fails || is_confirmation(condition, &self.answers))
    }

    /// Whether the block does nothing but leave: the script, the function or the loop.
    pub(super) fn only_ends(&self, block: &Block) -> bool {
        !block.is_empty()
            && block.iter().all(|statement| match &statement.kind {
                StatementKind::Exit | StatementKind::Break | StatementKind::Continue => true,
                // Where somebody asks how the function came out, its ways out are told apart.
                StatementKind::Return(_) => !self.is_asked,
                StatementKind::Expression(run) => self.is_failing_call(run),
                _ => false,
            })
    }

    /// Whether a command calls a function of the script whose status says what it did.
    pub(super) fn is_answer(&self, run: &Command) -> bool {
        let Command::Words { words, .. } = run else { return false };
        match words.first().map(|word| &word.kind) {
            Some(ExpressionKind::Literal(Literal::Text(name))) => self.asked.contains(name),
            _ => false,
        }
    }

    fn is_failing_call(&self, run: &Expression) -> bool {
        let ExpressionKind::Run(Command::Words { words, .. }) = &run.kind else { return false };
        match words.first().map(|word| &word.kind) {
            Some(ExpressionKind::Literal(Literal::Text(name))) => self.failing.contains(name),
            _ => false,
        }
    }

    /// Whether the last of these statements ends the script, or the function, with a failure.
    pub(super) fn fails(&self, nodes: &[Node<'_>]) -> bool {
        let mut last = nodes.last().copied();
        // Blocks are followed to their last statement, without recursion.
        while let Some(node) = last {
            match node.kind() {
                "compound_statement" | "subshell" | "do_group" | "else_clause" | "list" => {
                    last = super::named_children(node).last().copied();
                }
                "redirected_statement" => last = node.child_by_field_name("body"),
                "command" => return self.is_failing_command(node),
                _ => return false,
            }
        }
        false
    }

    fn is_failing_command(&self, node: Node<'_>) -> bool {
        let name = node.child_by_field_name("name").map_or("", |name| self.source(name));
        let status = node.child_by_field_name("argument").map(|argument| self.source(argument));
        match name {
            "exit" | "return" => status != Some("0"),
            "false" => true,
            _ => self.failing.contains(name),
        }
    }
}
