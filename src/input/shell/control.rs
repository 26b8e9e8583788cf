//! Branches, loops and functions.

use super::command::Io;
use super::condition::{combined, compare};
use super::expansion::opaque;
use super::{Lowerer, Shape, children, field_children, named_children, negate};
use crate::script::{
    Block, Clause, CompareOperator, Element, Expression, ExpressionKind, Function, Statement, StatementKind,
    Target,
};
use crate::value::Reason;
use std::rc::Rc;
use tree_sitter::Node;

/// One branch of an `if` before it is lowered: the statements of its test, and its own.
#[derive(Default)]
struct Branch<'t> {
    tests: Vec<Node<'t>>,
    body: Vec<Node<'t>>,
}

impl<'a> Lowerer<'a> {
    pub(super) fn if_statement(&mut self, node: Node<'a>, out: &mut Block) {
        let mut branches = vec![branch(&children(node))];
        let mut otherwise = Vec::new();
        for child in named_children(node) {
            match child.kind() {
                "elif_clause" => branches.push(branch(&children(child))),
                "else_clause" => otherwise = named_children(child),
                _ => {}
            }
        }
        let mut lowered = Vec::with_capacity(branches.len());
        for branch in &branches {
            let Some((test, before)) = branch.tests.split_last() else { continue };
            out.extend(self.statements(before));
            let (pre, condition) = self.condition(*test);
            out.extend(pre);
            let body = self.branch(&branch.body);
            lowered.push((condition, body, self.fails(&branch.body)));
        }
        let otherwise = (self.branch(&otherwise), self.fails(&otherwise));
        self.push_branches(self.span(node), lowered, otherwise, out);
    }

    fn push_branches(
        &mut self,
        span: crate::source::Span,
        branches: Vec<(Expression, Block, bool)>,
        (otherwise, otherwise_fails): (Block, bool),
        out: &mut Block,
    ) {
        let mut branches = branches.into_iter().peekable();
        // Leading guards leave nothing; what stands behind them is no longer "else".
        while let Some((condition, ..)) =
            branches.next_if(|(condition, body, fails)| self.is_guard(condition, body, *fails))
        {
            super::guard::keep_runs(condition, out);
        }
        let mut clauses: Vec<(Expression, Block, bool)> = branches.collect();
        match clauses.len() {
            0 => out.extend(otherwise),
            1 => {
                let (condition, body, fails) = clauses.remove(0);
                self.push_if(span, condition, (body, fails), (otherwise, otherwise_fails), out);
            }
            _ => {
                if clauses.iter().all(|(_, body, _)| body.is_empty()) && otherwise.is_empty() {
                    for (condition, ..) in clauses {
                        super::guard::keep_runs(condition, out);
                    }
                    return;
                }
                let clauses =
                    clauses.into_iter().map(|(condition, body, _)| Clause { condition, body }).collect();
                out.push(Statement { kind: StatementKind::If { clauses, otherwise }, span });
            }
        }
    }

    pub(super) fn case_statement(&mut self, node: Node<'a>, out: &mut Block) {
        let Some(value) = node.child_by_field_name("value") else { return };
        let mut clauses = Vec::new();
        let mut otherwise = Vec::new();
        for item in named_children(node).into_iter().filter(|child| child.kind() == "case_item") {
            let patterns = field_children(item, "value");
            let body: Vec<Node<'a>> =
                named_children(item).into_iter().filter(|child| !patterns.contains(child)).collect();
            if patterns.iter().any(|pattern| self.source(*pattern) == "*") {
                otherwise = self.branch(&body);
                break;
            }
            let condition = self.case_condition(value, &patterns);
            clauses.push(Clause { condition, body: self.branch(&body) });
        }
        if clauses.is_empty() {
            out.extend(otherwise);
        } else if !(otherwise.is_empty() && clauses.iter().all(|clause| clause.body.is_empty())) {
            let kind = StatementKind::If { clauses, otherwise };
            out.push(Statement { kind, span: self.span(node) });
        }
    }

    /// `a|b)` is a choice among texts; wildcards make it a choice among patterns.
    fn case_condition(&mut self, value: Node<'a>, patterns: &[Node<'a>]) -> Expression {
        let span = match (patterns.first(), patterns.last()) {
            (Some(first), Some(last)) => self.map.span(self.start(*first), self.end(*last)),
            _ => self.span(value),
        };
        let plain = patterns.iter().all(|pattern| self.pattern(*pattern).is_none());
        if let ([_, _, ..], true) = (patterns, plain) {
            let elements = patterns.iter().map(|pattern| Element::One(self.value(*pattern))).collect();
            let list = Expression { kind: ExpressionKind::List(elements), span };
            return compare(CompareOperator::In, self.value(value), list, span);
        }
        let mut all = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let left = self.value(value);
            all.push(self.matches(left, *pattern, self.span(*pattern)));
        }
        combined(all, ExpressionKind::Or, span)
    }

    pub(super) fn for_statement(&mut self, node: Node<'a>, out: &mut Block) {
        if self.option_for(node, out) {
            return;
        }
        let (Some(variable), Some(body)) =
            (node.child_by_field_name("variable"), node.child_by_field_name("body"))
        else {
            return;
        };
        let span = self.span(node);
        let values = field_children(node, "value");
        let mut elements = Vec::with_capacity(values.len());
        for value in &values {
            match self.several(*value) {
                Some(mut several) => elements.append(&mut several),
                None => elements.push(self.element(*value)),
            }
        }
        if values.is_empty() {
            elements.push(Element::Spread(self.positionals(self.span(variable))));
        }
        let iterable = match (values.first(), values.last()) {
            (Some(first), Some(last)) => self.map.span(self.start(*first), self.end(*last)),
            _ => self.span(variable),
        };
        let iterable = Expression { kind: ExpressionKind::List(elements), span: iterable };
        let variable_name = self.source(variable).to_string();
        self.shapes.insert(variable_name.clone(), Shape::Text);
        let target = Target::Name(variable_name, self.span(variable));
        let body = self.branch(&named_children(body));
        let kind = StatementKind::For { target, iterable, body, otherwise: Vec::new() };
        out.push(Statement { kind, span });
    }

    /// `*.yaml`: a word that stands for several.
    fn several(&mut self, node: Node<'a>) -> Option<Vec<Element>> {
        let text = self.source(node);
        let span = self.span(node);
        if matches!(node.kind(), "string" | "raw_string") || text.contains(['$', '`', '"', '\'']) {
            return None;
        }
        if self.braces(node).is_none() && self.pattern(node).is_some() {
            let files = opaque(Reason::ReadAtRunTime, text, span);
            let files = Expression { kind: ExpressionKind::Fields(Box::new(files)), span };
            return Some(vec![Element::Spread(files)]);
        }
        None
    }

    /// `for ((i = 0; i < n; i++))`.
    pub(super) fn counting_for(&mut self, node: Node<'a>, out: &mut Block) {
        let Some(body) = node.child_by_field_name("body") else { return };
        for initializer in field_children(node, "initializer") {
            self.arithmetic_effect(initializer, out);
        }
        let condition = match node.child_by_field_name("condition") {
            Some(condition) => self.arithmetic_test(condition),
            None => super::condition::truth(true, self.span(node)),
        };
        let mut after = Vec::new();
        for update in field_children(node, "update") {
            self.arithmetic_effect(update, &mut after);
        }
        let body = self.branch(&named_children(body));
        let kind = StatementKind::While { before: Vec::new(), condition, body, after };
        out.push(Statement { kind, span: self.span(node) });
    }

    pub(super) fn while_statement(&mut self, node: Node<'a>, io: Io<'a>, out: &mut Block) {
        let mut io = io;
        if let Some(text) = io.input.take()
            && self.line_loop(node, text, out).is_none()
        {
            return;
        }
        let shapes = self.shapes.clone();
        let mut otherwise = Vec::new();
        if self.option_while(node, &mut otherwise) {
            // Called with words that are known, it is a loop like any other.
            let inputs = std::mem::replace(&mut self.shapes, shapes);
            let mut known = Vec::new();
            self.plain_while(node, &mut known);
            self.shapes.extend(inputs);
            let kind = StatementKind::ByArguments { known, otherwise };
            return out.push(Statement { kind, span: self.span(node) });
        }
        self.plain_while(node, out);
    }

    fn plain_while(&mut self, node: Node<'a>, out: &mut Block) {
        let Some(group) = node.child_by_field_name("body") else { return };
        let tests: Vec<Node<'a>> =
            field_children(node, "condition").into_iter().filter(Node::is_named).collect();
        let Some((test, first)) = tests.split_last() else { return };
        let mut before = self.statements(first);
        let (pre, condition) = self.condition(*test);
        before.extend(pre);
        let body = self.branch(&named_children(group));
        let until = children(node).first().is_some_and(|keyword| keyword.kind() == "until");
        let condition = if until { negate(condition) } else { condition };
        let kind = StatementKind::While { before, condition, body, after: Vec::new() };
        out.push(Statement { kind, span: self.span(node) });
    }

    pub(super) fn function_definition(&mut self, node: Node<'a>, out: &mut Block) {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body"))
        else {
            return;
        };
        let outer = (self.in_function, self.prints, self.is_asked, self.option.take());
        let prints = self.printing.contains(self.source(name));
        (self.in_function, self.prints, self.is_asked) =
            (true, prints, self.asked.contains(self.source(name)));
        let statements = match body.kind() {
            "compound_statement" | "subshell" => named_children(body),
            _ => vec![body],
        };
        let mut block = self.statements(&statements);
        if body.kind() == "subshell" {
            block = vec![Statement { kind: StatementKind::Subshell(block), span: self.span(body) }];
        }
        let text = self.source(name).to_string();
        if self.fails(&statements) {
            self.failing.insert(text.clone());
        }
        if let Some(last) = statements.last().filter(|last| self.is_test(**last)) {
            self.predicates.insert(text.clone());
            // A function's status is that of its last command.
            let (pre, status) = self.condition(*last);
            let span = status.span;
            block.extend(pre);
            block.push(Statement { kind: StatementKind::Return(Some(status)), span });
        } else if self.is_asked && self.succeeds(&statements) {
            let span = self.span(body);
            let status = super::condition::truth(true, span);
            block.push(Statement { kind: StatementKind::Return(Some(status)), span });
        }
        (self.in_function, self.prints, self.is_asked, self.option) = outer;
        let function = Function {
            name: text,
            name_span: self.span(name),
            parameters: Vec::new(),
            body: block,
            is_static: false,
            is_class_method: false,
            is_property: false,
            is_command: false,
            prints,
            span: self.span(node),
        };
        out.push(Statement { kind: StatementKind::Function(Rc::new(function)), span: self.span(node) });
    }
}

/// Tests and body of an `if` or `elif`.
fn branch<'t>(parts: &[Node<'t>]) -> Branch<'t> {
    let mut branch = Branch::default();
    let mut in_body = false;
    for part in parts {
        match part.kind() {
            "then" => in_body = true,
            "elif_clause" | "else_clause" | "comment" => {}
            _ if !part.is_named() => {}
            _ if in_body => branch.body.push(*part),
            _ => branch.tests.push(*part),
        }
    }
    branch
}
