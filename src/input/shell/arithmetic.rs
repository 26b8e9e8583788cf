//! `$((...))`, `((...))` and what they compute.

use super::expansion::{binary, literal_number};
use super::{Lowerer, Shape, children, function, name, named_children};
use crate::script::{
    BinaryOperator, Block, CompareOperator, Expression, ExpressionKind, Statement, StatementKind, Target,
};
use crate::value::Reason;
use tree_sitter::Node;

impl<'a> Lowerer<'a> {
    pub(super) fn arithmetic_expansion(&mut self, node: Node<'a>) -> Expression {
        match named_children(node).as_slice() {
            [only] => {
                let mut value = self.arithmetic(*only);
                value.span = self.span(node);
                value
            }
            _ => self.opaque(node, Reason::NotFollowed),
        }
    }

    /// The number that an arithmetic expression gives.
    pub(super) fn arithmetic(&mut self, node: Node<'a>) -> Expression {
        self.deeper(node, |this| this.arithmetic_here(node))
            .unwrap_or_else(|| self.opaque(node, Reason::Limit))
    }

    /// Whether an arithmetic expression is not zero.
    pub(super) fn arithmetic_test(&mut self, node: Node<'a>) -> Expression {
        is_not_zero(self.arithmetic(node))
    }

    fn arithmetic_here(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        match node.kind() {
            "number" | "word" if self.source(node).parse::<i64>().is_ok() => {
                literal_number(self.source(node).parse().unwrap_or(0), span)
            }
            "variable_name" | "word" => function("int", vec![name(self.source(node), span)], span),
            "simple_expansion"
            | "expansion"
            | "command_substitution"
            | "string"
            | "raw_string"
            | "subscript" => {
                let value = match node.kind() {
                    "subscript" => self.subscript(node),
                    _ => self.value(node),
                };
                function("int", vec![value], span)
            }
            "arithmetic_expansion" => self.arithmetic_expansion(node),
            "parenthesized_expression" => match named_children(node).as_slice() {
                [only] => self.arithmetic(*only),
                _ => self.opaque(node, Reason::NotFollowed),
            },
            "binary_expression" => self.arithmetic_binary(node),
            "unary_expression" => self.arithmetic_unary(node),
            "ternary_expression" => {
                let mut part = |field| {
                    let value = node.child_by_field_name(field).map(|child| self.arithmetic(child));
                    Box::new(value.unwrap_or_else(|| self.opaque(node, Reason::NotFollowed)))
                };
                let condition = Box::new(is_not_zero(*part("condition")));
                let (then, otherwise) = (part("consequence"), part("alternative"));
                Expression { kind: ExpressionKind::Choose { condition, then, otherwise }, span }
            }
            _ => self.opaque(node, Reason::NotFollowed),
        }
    }

    fn arithmetic_unary(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        let operator = node.child_by_field_name("operator").map(|operator| self.source(operator));
        let operand = named_children(node).last().copied();
        let (Some(operator), Some(operand)) = (operator, operand) else {
            return self.opaque(node, Reason::NotFollowed);
        };
        match operator {
            "!" => super::negate(self.arithmetic_test(operand)),
            "-" => {
                let inner = Box::new(self.arithmetic(operand));
                Expression { kind: ExpressionKind::Negate(inner), span }
            }
            "+" => self.arithmetic(operand),
            _ => self.opaque(node, Reason::NotFollowed),
        }
    }

    fn arithmetic_binary(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        let operator = node.child_by_field_name("operator").map(|operator| self.source(operator));
        let (Some(left), Some(operator), Some(right)) =
            (node.child_by_field_name("left"), operator, node.child_by_field_name("right"))
        else {
            return self.opaque(node, Reason::NotFollowed);
        };
        if let Some(operator) = binary_operator(operator) {
            return binary(operator, self.arithmetic(left), self.arithmetic(right), span);
        }
        if let Some(operator) = compare_operator(operator) {
            let (left, right) = (Box::new(self.arithmetic(left)), Box::new(self.arithmetic(right)));
            return Expression { kind: ExpressionKind::Compare { operator, left, right }, span };
        }
        let both = matches!(operator, "&&" | "||");
        if !both {
            return self.opaque(node, Reason::NotFollowed);
        }
        let operands = vec![self.arithmetic_test(left), self.arithmetic_test(right)];
        let kind = match operator {
            "&&" => ExpressionKind::And(operands),
            _ => ExpressionKind::Or(operands),
        };
        Expression { kind, span }
    }

    /// The status of `((X++))` and its like, once they have had their effect; `None` for what has none.
    pub(super) fn arithmetic_status(&mut self, node: Node<'a>) -> Option<Expression> {
        let span = self.span(node);
        let operator = node.child_by_field_name("operator").map(|operator| self.source(operator))?;
        let left = node.child_by_field_name("left").or_else(|| node.named_child(0))?;
        let assigns = matches!(operator, "++" | "--" | "=")
            || operator.strip_suffix('=').is_some_and(|operator| binary_operator(operator).is_some());
        if !assigns || !matches!(left.kind(), "variable_name" | "word") {
            return None;
        }
        let value = function("int", vec![name(self.source(left), self.span(left))], span);
        let is_postfix = node.kind() == "postfix_expression"
            || self.source(node).trim_end().ends_with(operator)
                && node.child_by_field_name("right").is_none();
        Some(match operator {
            "++" if is_postfix => binary(BinaryOperator::Subtract, value, literal_number(1, span), span),
            "--" if is_postfix => binary(BinaryOperator::Add, value, literal_number(1, span), span),
            _ => value,
        })
    }

    /// `((X++))`, `((X += 2))`, `((X = 3))`: what they assign.
    pub(super) fn arithmetic_effects(&mut self, node: Node<'a>, out: &mut Block) {
        for child in children(node).into_iter().filter(Node::is_named) {
            self.arithmetic_effect(child, out);
        }
    }

    pub(super) fn arithmetic_effect(&mut self, node: Node<'a>, out: &mut Block) {
        let span = self.span(node);
        let (operator, left) = match node.kind() {
            "variable_assignment" => (Some("="), node.child_by_field_name("name")),
            _ => (
                node.child_by_field_name("operator").map(|operator| self.source(operator)),
                node.child_by_field_name("left").or_else(|| node.named_child(0)),
            ),
        };
        let (Some(operator), Some(left)) = (operator, left) else { return };
        if !matches!(left.kind(), "variable_name" | "word") {
            return;
        }
        let variable = self.source(left).to_string();
        let target = Target::Name(variable.clone(), self.span(left));
        let old = function("int", vec![name(variable.clone(), self.span(left))], span);
        let right = node.child_by_field_name("right").or_else(|| node.child_by_field_name("value"));
        let value = match (operator, right) {
            ("++", _) => binary(BinaryOperator::Add, old, literal_number(1, span), span),
            ("--", _) => binary(BinaryOperator::Subtract, old, literal_number(1, span), span),
            ("=", Some(right)) => self.arithmetic(right),
            (_, Some(right)) => {
                let Some(by) = operator.strip_suffix('=').and_then(binary_operator) else { return };
                let right = self.arithmetic(right);
                binary(by, old, right, span)
            }
            _ => return,
        };
        self.shapes.insert(variable, Shape::Text);
        let kind = StatementKind::Assign { target, value, local: false, export: false };
        out.push(Statement { kind, span });
    }
}

/// The test that a number is.
pub(super) fn is_not_zero(value: Expression) -> Expression {
    let is_test = matches!(
        value.kind,
        ExpressionKind::Compare { .. }
            | ExpressionKind::And(_)
            | ExpressionKind::Or(_)
            | ExpressionKind::Not(_)
            | ExpressionKind::Opaque { .. }
    );
    if is_test {
        return value;
    }
    let span = value.span;
    let zero = Box::new(literal_number(0, span));
    let kind =
        ExpressionKind::Compare { operator: CompareOperator::NotEqual, left: Box::new(value), right: zero };
    Expression { kind, span }
}

pub(super) fn binary_operator(operator: &str) -> Option<BinaryOperator> {
    Some(match operator {
        "+" => BinaryOperator::Add,
        "-" => BinaryOperator::Subtract,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Quotient,
        "%" => BinaryOperator::Remainder,
        "**" => BinaryOperator::Power,
        _ => return None,
    })
}

pub(super) fn compare_operator(operator: &str) -> Option<CompareOperator> {
    Some(match operator {
        "==" | "-eq" => CompareOperator::Equal,
        "!=" | "-ne" => CompareOperator::NotEqual,
        "<" | "-lt" => CompareOperator::Less,
        "<=" | "-le" => CompareOperator::LessEqual,
        ">" | "-gt" => CompareOperator::Greater,
        ">=" | "-ge" => CompareOperator::GreaterEqual,
        _ => return None,
    })
}
