//! Lists: `a && b || c`, and what is left of them when commands are assumed to succeed.

use super::command::Io;
use super::{Lowerer, children, named_children, negate};
use crate::script::{Block, Clause, Expression, ExpressionKind, Statement, StatementKind};
use tree_sitter::Node;

impl<'a> Lowerer<'a> {
    /// `a && b || c`. A command is assumed to succeed, so only tests decide what runs.
    pub(super) fn list_statement(&mut self, node: Node<'a>, out: &mut Block) {
        let (first, links) = self.list_links(node);
        let mut links = links.into_iter().peekable();
        // A failure in front of an operator ends nothing.
        let ends_on_failure = std::mem::replace(&mut self.ends_on_failure, false);
        let mut ands = vec![first];
        loop {
            while let Some((_, right)) = links.next_if(|(operator, _)| operator.kind() == "&&") {
                ands.push(right);
            }
            let (mut ors, mut first_or) = (Vec::new(), None);
            while let Some((operator, right)) = links.next_if(|(operator, _)| operator.kind() == "||") {
                first_or.get_or_insert(operator);
                ors.push(right);
            }
            match first_or.and_then(|operator| self.shrug(&ands, operator, &ors)) {
                Some(ignoring) => {
                    let mut inner = Vec::new();
                    self.and_chain(&ands, &ors, &mut inner);
                    out.push(super::ignoring::ignoring(ignoring, inner));
                }
                None => self.and_chain(&ands, &ors, out),
            }
            // Behind an alternative the list has succeeded one way or the other.
            match links.next() {
                Some((_, right)) => ands = vec![right],
                None => break,
            }
        }
        self.ends_on_failure = ends_on_failure;
    }

    /// The statements of a list, which the grammar nests to the left, in order, each behind its operator.
    pub(super) fn list_links(&self, node: Node<'a>) -> (Node<'a>, Vec<(Node<'a>, Node<'a>)>) {
        let mut links = Vec::new();
        let mut node = node;
        while node.kind() == "list" {
            let parts = named_children(node);
            let operator = children(node).into_iter().find(|child| matches!(child.kind(), "&&" | "||"));
            let (Some(&left), Some(&right), Some(operator)) = (parts.first(), parts.get(1), operator) else {
                break;
            };
            links.push((operator, right));
            node = left;
        }
        links.reverse();
        (node, links)
    }

    /// `ands` one after the other, those behind tests only where the tests hold; `ors` where not.
    fn and_chain(&mut self, ands: &[Node<'a>], ors: &[Node<'a>], out: &mut Block) {
        let mut ands = ands;
        while let [first, rest @ ..] = ands
            && !rest.is_empty()
            && !self.is_test(*first)
        {
            self.statement(*first, Io::default(), out);
            ands = rest;
        }
        let tests = ands.iter().take_while(|node| self.is_test(**node)).count();
        let (tests, rest) = ands.split_at(tests);
        let Some(test) = tests.first() else {
            let Some(first) = rest.first() else { return };
            let alternative = self.branch(ors);
            if alternative.is_empty() || self.only_ends(&alternative) {
                return self.statement(*first, Io::default(), out);
            }
            let (pre, status) = self.condition(*first);
            out.extend(pre);
            return self.where_it_fails(status, alternative, out);
        };
        let more =
            if rest.is_empty() { ors.iter().take_while(|node| self.is_test(**node)).count() } else { 0 };
        let (or_tests, ors) = ors.split_at(more);
        let all = self.conditions(tests, ExpressionKind::And, out);
        let condition = match or_tests.is_empty() {
            true => all,
            false => {
                let more = self.conditions(or_tests, ExpressionKind::Or, out);
                let span = all.span.cover(more.span);
                Expression { kind: ExpressionKind::Or(vec![all, more]), span }
            }
        };
        let mut body = Vec::new();
        self.deeper(*test, |this| this.and_chain(rest, &[], &mut body));
        let otherwise = self.branch(ors);
        let span = self.span(*test).cover(condition.span);
        let then = (body, self.fails(rest));
        let otherwise = (otherwise, self.fails(ors));
        self.push_if(span, condition, then, otherwise, out);
    }

    fn conditions(
        &mut self,
        nodes: &[Node<'a>],
        combine: fn(Vec<Expression>) -> ExpressionKind,
        out: &mut Block,
    ) -> Expression {
        let mut all = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (pre, condition) = self.condition(*node);
            out.extend(pre);
            all.push(condition);
        }
        super::condition::combined(all, combine, self.map.span(0, 0))
    }

    /// What runs where a command failed.
    pub(super) fn where_it_fails(&mut self, status: Expression, body: Block, out: &mut Block) {
        let span = status.span;
        let clauses = vec![Clause { condition: negate(status), body }];
        out.push(Statement { kind: StatementKind::If { clauses, otherwise: Vec::new() }, span });
    }

    /// A test with two branches, each with whether it ends the script with a failure. A guard leaves
    /// nothing but what its condition runs.
    pub(super) fn push_if(
        &mut self,
        span: crate::source::Span,
        condition: Expression,
        (body, body_fails): (Block, bool),
        (otherwise, otherwise_fails): (Block, bool),
        out: &mut Block,
    ) {
        if self.is_guard(&condition, &body, body_fails) {
            super::guard::keep_runs(condition, out);
            out.extend(otherwise);
        } else if self.is_guard(&condition, &otherwise, otherwise_fails) {
            super::guard::keep_runs(condition, out);
            out.extend(body);
        } else if body.is_empty() && otherwise.is_empty() {
            super::guard::keep_runs(condition, out);
        } else {
            let (condition, body, otherwise) = match body.is_empty() {
                true => (negate(condition), otherwise, Vec::new()),
                false => (condition, body, otherwise),
            };
            let clauses = vec![Clause { condition, body }];
            out.push(Statement { kind: StatementKind::If { clauses, otherwise }, span });
        }
    }
}
