//! What decides: the status of a statement as the truth of an expression.

use super::command::Io;
use super::expansion::opaque;
use super::{Lowerer, literal, named_children, negate};
use crate::script::{Block, CompareOperator, Expression, ExpressionKind, Literal, Statement, StatementKind};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

/// Commands that only ask.
const QUERIES: &[&str] =
    &["command", "which", "type", "hash", "grep", "egrep", "fgrep", "pgrep", "diff", "cmp", "read"];

impl<'a> Lowerer<'a> {
    /// Whether a statement decides rather than does: `[ ... ]`, `! cmd`, `grep -q`, a predicate.
    pub(super) fn is_test(&self, node: Node<'a>) -> bool {
        match node.kind() {
            "test_command" | "negated_command" => true,
            "compound_statement" => self.source(node).starts_with("(("),
            "redirected_statement" => node.child_by_field_name("body").is_some_and(|body| self.asks(body)),
            "pipeline" => named_children(node).last().is_some_and(|last| self.asks(*last)),
            _ => self.asks(node),
        }
    }

    fn asks(&self, node: Node<'a>) -> bool {
        match node.kind() {
            "test_command" => true,
            "command" => {
                let Some(command) = node.child_by_field_name("name") else { return false };
                let text = self.source(command);
                let is_flag = text.starts_with('$')
                    && node.child_by_field_name("argument").is_none()
                    && command.named_child(0).is_some_and(|child| child.kind() != "command_substitution");
                is_flag
                    || matches!(text, "test" | "[" | "false")
                    || QUERIES.contains(&text)
                    || self.predicates.contains(text)
                    || self.asked.contains(text)
            }
            _ => false,
        }
    }

    /// The expression whose truth is the status of a statement, and what has to run before it.
    pub(super) fn condition(&mut self, node: Node<'a>) -> (Block, Expression) {
        let outer = std::mem::take(&mut self.pending);
        // A failure that is asked for ends nothing.
        let ends_on_failure = std::mem::replace(&mut self.ends_on_failure, false);
        let mut pre = Vec::new();
        let condition = self
            .deeper(node, |this| this.condition_here(node, &mut pre))
            .unwrap_or_else(|| self.opaque(node, Reason::Limit));
        self.ends_on_failure = ends_on_failure;
        let mut block = std::mem::replace(&mut self.pending, outer);
        block.append(&mut pre);
        (block, condition)
    }

    fn condition_here(&mut self, node: Node<'a>, pre: &mut Block) -> Expression {
        let span = self.span(node);
        match node.kind() {
            "test_command" => match named_children(node).as_slice() {
                // In single brackets `-a` and `-o` join whole tests, which the grammar takes for operands.
                [only] if !self.source(node).starts_with("[[") && joins(self.source(node)) => {
                    let mut words = Vec::new();
                    leaves(*only, &mut words);
                    self.flat_test(&words, span)
                }
                [only] => self.test(*only),
                _ => self.opaque(node, Reason::NotFollowed),
            },
            "negated_command" => match named_children(node).as_slice() {
                [only] => negate(self.condition_inside(*only, pre)),
                _ => self.opaque(node, Reason::NotFollowed),
            },
            "compound_statement" if self.source(node).starts_with("((") => {
                match named_children(node).as_slice() {
                    [only] => match self.arithmetic_status(*only) {
                        Some(status) => {
                            self.arithmetic_effects(node, pre);
                            super::arithmetic::is_not_zero(status)
                        }
                        None => self.arithmetic_test(*only),
                    },
                    _ => self.opaque(node, Reason::NotFollowed),
                }
            }
            "redirected_statement" => match node.child_by_field_name("body") {
                Some(body) => self.condition_inside(body, pre),
                None => self.opaque(node, Reason::NotFollowed),
            },
            "pipeline" => {
                let parts = named_children(node);
                let Some((_, before)) = parts.split_last() else {
                    return self.opaque(node, Reason::NotFollowed);
                };
                self.pipeline(before, Io::default(), pre);
                opaque(Reason::CommandOutput, &self.detail(node), span)
            }
            "list" => {
                let (first, links) = self.list_links(node);
                let mut whole = self.condition_inside(first, pre);
                for (operator, right) in links {
                    let right = self.condition_inside(right, pre);
                    let span = whole.span.cover(right.span);
                    let both = vec![whole, right];
                    let kind = match operator.kind() {
                        "&&" => ExpressionKind::And(both),
                        _ => ExpressionKind::Or(both),
                    };
                    whole = Expression { kind, span };
                }
                whole
            }
            "compound_statement" | "subshell" => {
                let statements = named_children(node);
                let Some((last, before)) = statements.split_last() else {
                    return self.opaque(node, Reason::NotFollowed);
                };
                pre.extend(self.statements(before));
                self.condition_inside(*last, pre)
            }
            "command" => self.command_condition(node, pre),
            _ => {
                self.statement(node, Io::default(), pre);
                opaque(Reason::CommandOutput, &self.detail(node), span)
            }
        }
    }

    fn condition_inside(&mut self, node: Node<'a>, pre: &mut Block) -> Expression {
        let (mut block, condition) = self.condition(node);
        pre.append(&mut block);
        condition
    }

    fn command_condition(&mut self, node: Node<'a>, pre: &mut Block) -> Expression {
        let span = self.span(node);
        let command = node.child_by_field_name("name").map_or("", |command| self.source(command));
        if matches!(command, "true" | ":") {
            return truth(true, span);
        }
        if command == "false" {
            return truth(false, span);
        }
        // `if $USE_ALPINE; then`: the variable holds `true` or `false`.
        let words = named_children(node);
        if let [only] = words.as_slice()
            && let Some(variable) = only.named_child(0)
            && matches!(variable.kind(), "simple_expansion" | "expansion" | "string")
        {
            let left = self.value(variable);
            return compare(CompareOperator::Equal, left, literal("true", span), span);
        }
        if command == "getopts" {
            let simple = self.simple(node, Io::default());
            if let [_, specification, variable] = simple.words.as_slice() {
                let specification = self.value(*specification);
                let variable = literal(self.source(*variable), self.span(*variable));
                return super::function("next option", vec![specification, variable], span);
            }
        }
        if matches!(command, "test" | "[") {
            let arguments: Vec<Node<'a>> = words.into_iter().skip(1).collect();
            return self.flat_test(&arguments, span);
        }
        let mut block = Vec::new();
        self.command(node, Io::default(), &mut block);
        match block.pop() {
            Some(Statement { kind: StatementKind::Expression(run), .. })
                if matches!(run.kind, ExpressionKind::Run(_)) && !QUERIES.contains(&command) =>
            {
                pre.append(&mut block);
                run
            }
            last => {
                pre.append(&mut block);
                let asks = QUERIES.contains(&command) && command != "read";
                pre.extend(last.filter(|_| !asks));
                opaque(Reason::CommandOutput, &self.detail(node), span)
            }
        }
    }
}

pub(super) fn compare(
    operator: CompareOperator,
    left: Expression,
    right: Expression,
    span: Span,
) -> Expression {
    let kind = ExpressionKind::Compare { operator, left: Box::new(left), right: Box::new(right) };
    Expression { kind, span }
}

/// Several conditions as one; a single one stands alone.
pub(super) fn combined(
    mut all: Vec<Expression>,
    combine: fn(Vec<Expression>) -> ExpressionKind,
    fallback: Span,
) -> Expression {
    if all.len() == 1 {
        return all.remove(0);
    }
    let span = match (all.first(), all.last()) {
        (Some(first), Some(last)) => first.span.cover(last.span),
        _ => fallback,
    };
    Expression { kind: combine(all), span }
}

fn joins(test: &str) -> bool {
    test.contains(" -o ") || test.contains(" -a ")
}

/// The words and operators of a test in order.
fn leaves<'t>(node: Node<'t>, out: &mut Vec<Node<'t>>) {
    let mut todo = vec![node];
    while let Some(node) = todo.pop() {
        match node.kind() {
            "unary_expression" | "binary_expression" | "parenthesized_expression" => {
                todo.extend(super::children(node).into_iter().rev());
            }
            _ => out.push(node),
        }
    }
}

pub(super) fn truth(value: bool, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Literal(Literal::Bool(value)), span }
}
