//! Branches, loops and functions.

use super::condition::{combined, compare};
use super::expansion::opaque;
use super::{Lowerer, Shape, Shift, children, field_children, literal, named_children, negate};
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

    /// `{1..3}`, `{a,b}` and `*.yaml`: words that stand for several.
    fn several(&mut self, node: Node<'a>) -> Option<Vec<Element>> {
        let text = self.source(node);
        let span = self.span(node);
        if matches!(node.kind(), "string" | "raw_string") || text.contains(['$', '`', '"', '\'']) {
            return None;
        }
        if let Some(range) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'))
            && let Some((from, to)) = range.split_once("..")
            && let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>())
            && (0..64).contains(&to.saturating_sub(from))
        {
            return Some((from..=to).map(|i| Element::One(literal(i.to_string(), span))).collect());
        }
        if let Some((before, rest)) = text.split_once('{')
            && let Some((inner, after)) = rest.split_once('}')
            && inner.contains(',')
            && !after.contains('{')
        {
            let word = |one: &str| Element::One(literal(format!("{before}{one}{after}"), span));
            return Some(inner.split(',').map(word).collect());
        }
        if self.pattern(node).is_some() {
            let files = opaque(Reason::ReadAtRunTime, text, span);
            let files = Expression { kind: ExpressionKind::Fields(Box::new(files)), span };
            return Some(vec![Element::Spread(files)]);
        }
        None
    }

    /// `for ((i = 0; i < n; i++))`: once, with an unknown counter.
    pub(super) fn counting_for(&mut self, node: Node<'a>, out: &mut Block) {
        let Some(body) = node.child_by_field_name("body") else { return };
        let condition = match node.child_by_field_name("condition") {
            Some(condition) => self.opaque(condition, Reason::NotFollowed),
            None => self.opaque(body, Reason::NotFollowed),
        };
        for initializer in field_children(node, "initializer") {
            if let Some(variable) = initializer.child_by_field_name("name") {
                let value = self.opaque(variable, Reason::NotFollowed);
                let target = Target::Name(self.source(variable).to_string(), self.span(variable));
                let kind = StatementKind::Assign { target, value, local: false, export: false };
                out.push(Statement { kind, span: self.span(initializer) });
            }
        }
        let body = self.branch(&named_children(body));
        out.push(Statement { kind: StatementKind::While { condition, body }, span: self.span(node) });
    }

    pub(super) fn while_statement(&mut self, node: Node<'a>, out: &mut Block) {
        if self.option_while(node, out) {
            return;
        }
        let Some(group) = node.child_by_field_name("body") else { return };
        let tests: Vec<Node<'a>> =
            field_children(node, "condition").into_iter().filter(Node::is_named).collect();
        let Some((test, before)) = tests.split_last() else { return };
        let mut body = self.statements(before);
        let (pre, condition) = self.condition(*test);
        body.extend(pre);
        body.extend(self.branch(&named_children(group)));
        let until = children(node).first().is_some_and(|keyword| keyword.kind() == "until");
        let condition = if until { negate(condition) } else { condition };
        out.push(Statement { kind: StatementKind::While { condition, body }, span: self.span(node) });
    }

    pub(super) fn function_definition(&mut self, node: Node<'a>, out: &mut Block) {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body"))
        else {
            return;
        };
        let outer = (self.shift, self.branches, self.in_function, self.option.take());
        (self.shift, self.branches, self.in_function) = (Shift::By(0), 0, true);
        let statements = match body.kind() {
            "compound_statement" | "subshell" => named_children(body),
            _ => vec![body],
        };
        let mut block = self.statements(&statements);
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
        }
        (self.shift, self.branches, self.in_function, self.option) = outer;
        let function = Function {
            name: text,
            name_span: self.span(name),
            parameters: Vec::new(),
            body: block,
            is_static: false,
            is_class_method: false,
            is_property: false,
            is_command: false,
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
