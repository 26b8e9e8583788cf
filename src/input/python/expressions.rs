//! Expressions, except calls and texts.

use crate::input::python::Lowering;
use crate::input::python::statements::{binary_operator, is_simple};
use crate::script::{
    CompareOperator, Element, Expression, ExpressionKind, Literal, MapEntry, Statement, StatementKind, Target,
};
use crate::source::Span;
use crate::value::{Number, Reason};
use ruff_python_ast::{self as ast, Expr};

impl<'a> Lowering<'a> {
    pub(super) fn expression(&mut self, expression: &'a Expr) -> Expression {
        if !self.enter(expression) {
            return self.opaque(expression, Reason::Limit);
        }
        let lowered = self.expression_within(expression);
        self.leave();
        lowered
    }

    pub(super) fn boxed(&mut self, expression: &'a Expr) -> Box<Expression> {
        Box::new(self.expression(expression))
    }

    fn expression_within(&mut self, expression: &'a Expr) -> Expression {
        if let Some(input) = self.environment_read(expression) {
            return input;
        }
        let span = self.span(expression);
        if let Expr::If(choice) = expression
            && let Some(argument) = self.argument_or_default(choice)
        {
            return argument;
        }
        let kind = match expression {
            Expr::BoolOp(operation) => self.bool_operation(operation),
            Expr::Named(named) => return self.binding(named),
            Expr::BinOp(operation) => return self.binary(operation),
            Expr::UnaryOp(operation) => return self.unary(operation),
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::If(choice) => ExpressionKind::Choose {
                condition: self.boxed(&choice.test),
                then: Box::new(self.conditionally(|lowering| lowering.expression(&choice.body))),
                otherwise: Box::new(self.conditionally(|lowering| lowering.expression(&choice.orelse))),
            },
            Expr::Dict(dict) => self.dict(dict),
            Expr::Set(set) => ExpressionKind::List(self.elements(&set.elts)),
            Expr::List(list) => ExpressionKind::List(self.elements(&list.elts)),
            Expr::Tuple(tuple) => ExpressionKind::Tuple(self.elements(&tuple.elts)),
            Expr::ListComp(comprehension) => {
                return self.comprehension(None, &comprehension.elt, &comprehension.generators, span);
            }
            Expr::SetComp(comprehension) => {
                return self.comprehension(None, &comprehension.elt, &comprehension.generators, span);
            }
            Expr::Generator(comprehension) => {
                return self.comprehension(None, &comprehension.elt, &comprehension.generators, span);
            }
            Expr::DictComp(comprehension) => match &comprehension.key {
                Some(key) => {
                    return self.comprehension(
                        Some(key),
                        &comprehension.value,
                        &comprehension.generators,
                        span,
                    );
                }
                None => return self.opaque(expression, Reason::NotFollowed),
            },
            Expr::Await(awaited) => return self.expression(&awaited.value),
            Expr::Yield(_) | Expr::YieldFrom(_) => return self.yield_value(expression),
            Expr::Compare(comparison) => return self.comparison(comparison),
            Expr::Call(call) => return self.call(call),
            Expr::FString(text) => return self.formatted_text(text),
            Expr::StringLiteral(text) => return self.text_literal(text),
            Expr::BytesLiteral(bytes) => self.bytes(bytes),
            Expr::NumberLiteral(number) => return self.number(number, self.written(number), span),
            Expr::BooleanLiteral(literal) => ExpressionKind::Literal(Literal::Bool(literal.value)),
            Expr::NoneLiteral(_) => ExpressionKind::Literal(Literal::Null),
            Expr::Attribute(attribute) => {
                let value = self.boxed(&attribute.value);
                ExpressionKind::Attribute(value, attribute.attr.as_str().to_owned())
            }
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Starred(starred) => return self.expression(&starred.value),
            Expr::Name(name) => self.name(name),
            Expr::TString(_) | Expr::EllipsisLiteral(_) | Expr::Slice(_) | Expr::IpyEscapeCommand(_) => {
                return self.opaque(expression, Reason::NotFollowed);
            }
        };
        Expression { kind, span }
    }

    fn name(&self, name: &ast::ExprName) -> ExpressionKind {
        match name.id.as_str() {
            "__file__" => {
                ExpressionKind::Opaque { reason: Reason::ReadAtRunTime, detail: "__file__".to_owned() }
            }
            // Deploy scripts are read as if they were started, not imported.
            "__name__" => ExpressionKind::Literal(Literal::Text("__main__".to_owned())),
            // After a syntax error the parser puts an empty name where an expression is missing.
            "" => ExpressionKind::Opaque {
                reason: Reason::NotFollowed,
                detail: "a missing expression".to_owned(),
            },
            id => ExpressionKind::Name(id.to_owned()),
        }
    }

    fn bool_operation(&mut self, operation: &'a ast::ExprBoolOp) -> ExpressionKind {
        let mut operands = operation.values.iter();
        let mut lowered: Vec<Expression> =
            operands.next().map(|first| self.expression(first)).into_iter().collect();
        for operand in operands {
            lowered.push(self.conditionally(|lowering| lowering.expression(operand)));
        }
        match operation.op {
            ast::BoolOp::And => ExpressionKind::And(lowered),
            // `os.environ.get("X") or "d"`: the input, or what stands in for it.
            ast::BoolOp::Or if is_bare_input(&lowered) => {
                let fallback = Box::new(lowered.remove(1));
                ExpressionKind::Default { value: Box::new(lowered.remove(0)), fallback, or_empty: true }
            }
            ast::BoolOp::Or => ExpressionKind::Or(lowered),
        }
    }

    /// `name := value`: the binding moves in front of the statement where that is the same.
    fn binding(&mut self, named: &'a ast::ExprNamed) -> Expression {
        let value = self.expression(&named.value);
        let Expr::Name(name) = &*named.target else { return value };
        let id = name.id.as_str().to_owned();
        let span = self.span(named);
        let target = Target::Name(id.clone(), self.span(name));
        let (bound, used) = if self.conditional == 0 {
            (value, Expression { kind: ExpressionKind::Name(id), span })
        } else {
            // Evaluated only sometimes: the expression keeps its value, the name is no longer known.
            (self.opaque(named, Reason::NotFollowed), value)
        };
        let kind = StatementKind::Assign { target, value: bound, local: false, export: false };
        self.before.push(Statement { kind, span });
        used
    }

    fn binary(&mut self, operation: &'a ast::ExprBinOp) -> Expression {
        let span = self.span(operation);
        if operation.op == ast::Operator::Add
            && let Some(parts) = text_sum(operation)
        {
            let parts = parts.into_iter().map(|part| self.expression(part)).collect();
            return Expression { kind: ExpressionKind::Join(parts), span };
        }
        // Only a path can be divided by a text, and what a path is divided by is put behind it.
        if operation.op == ast::Operator::Div && (is_text(&operation.right) || self.is_path(&operation.left))
        {
            let left = self.expression(&operation.left);
            let separator = Expression { kind: ExpressionKind::Literal(Literal::Text("/".to_owned())), span };
            let right = self.expression(&operation.right);
            return Expression { kind: ExpressionKind::Join(vec![left, separator, right]), span };
        }
        let Some(operator) = binary_operator(operation.op) else {
            return self.opaque(operation, Reason::NotFollowed);
        };
        let left = self.boxed(&operation.left);
        let right = self.boxed(&operation.right);
        Expression { kind: ExpressionKind::Binary { operator, left, right }, span }
    }

    /// Whether an expression is a path as far as its form tells.
    fn is_path(&self, expression: &Expr) -> bool {
        let mut expression = expression;
        loop {
            match expression {
                Expr::BinOp(operation) if operation.op == ast::Operator::Div => {
                    if is_text(&operation.right) {
                        return true;
                    }
                    expression = &operation.left;
                }
                Expr::Call(call) => {
                    return self.names.resolve(&call.func).is_some_and(|origin| origin == "pathlib.Path");
                }
                _ => return false,
            }
        }
    }

    fn unary(&mut self, operation: &'a ast::ExprUnaryOp) -> Expression {
        let span = self.span(operation);
        let kind = match operation.op {
            ast::UnaryOp::Not => ExpressionKind::Not(self.boxed(&operation.operand)),
            ast::UnaryOp::USub => match &*operation.operand {
                Expr::NumberLiteral(number) => {
                    let number = self.number(number, self.written(operation), span);
                    return negative(number);
                }
                operand => ExpressionKind::Negate(self.boxed(operand)),
            },
            ast::UnaryOp::UAdd => return self.expression(&operation.operand),
            ast::UnaryOp::Invert => return self.opaque(operation, Reason::NotFollowed),
        };
        Expression { kind, span }
    }

    fn number(&self, number: &ast::ExprNumberLiteral, written: &str, span: Span) -> Expression {
        let value = match &number.value {
            ast::Number::Int(int) => match int.as_i64() {
                Some(int) => Number::Int(int),
                None => return self.opaque(number, Reason::NotFollowed),
            },
            ast::Number::Float(float) => Number::Float(*float),
            ast::Number::Complex { .. } => return self.opaque(number, Reason::NotFollowed),
        };
        Expression { kind: ExpressionKind::Literal(Literal::Number(value, written.to_owned())), span }
    }

    fn bytes(&mut self, bytes: &'a ast::ExprBytesLiteral) -> ExpressionKind {
        match String::from_utf8(bytes.value.bytes().collect()) {
            Ok(text) => ExpressionKind::Literal(Literal::Text(text)),
            Err(_) => ExpressionKind::Opaque { reason: Reason::NotFollowed, detail: self.brief(bytes) },
        }
    }

    fn comparison(&mut self, comparison: &'a ast::ExprCompare) -> Expression {
        let span = self.span(comparison);
        let mut left = &*comparison.left;
        let mut links = Vec::with_capacity(comparison.ops.len());
        for (index, (operator, right)) in comparison.ops.iter().zip(comparison.comparators.iter()).enumerate()
        {
            // `a < f() < c` would evaluate the middle twice.
            if index > 0 && !is_pure(left) {
                return self.opaque(comparison, Reason::NotFollowed);
            }
            let link = ExpressionKind::Compare {
                operator: compare_operator(*operator),
                left: self.boxed(left),
                right: self.boxed(right),
            };
            let link_span = self.span(left).cover(self.span(right));
            links.push(Expression { kind: link, span: link_span });
            left = right;
        }
        if links.len() == 1 {
            return links.remove(0);
        }
        Expression { kind: ExpressionKind::And(links), span }
    }

    fn subscript(&mut self, subscript: &'a ast::ExprSubscript) -> ExpressionKind {
        let value = self.boxed(&subscript.value);
        match &*subscript.slice {
            Expr::Slice(slice) => {
                if slice.step.is_some() {
                    let detail = self.brief(subscript);
                    return ExpressionKind::Opaque { reason: Reason::NotFollowed, detail };
                }
                let from = slice.lower.as_deref().map(|from| self.boxed(from));
                let to = slice.upper.as_deref().map(|to| self.boxed(to));
                ExpressionKind::Slice { value, from, to }
            }
            index => ExpressionKind::Index(value, self.boxed(index)),
        }
    }

    pub(super) fn elements(&mut self, elements: &'a [Expr]) -> Vec<Element> {
        let mut lowered = Vec::with_capacity(elements.len());
        for element in elements {
            lowered.push(match element {
                Expr::Starred(starred) => Element::Spread(self.expression(&starred.value)),
                one => Element::One(self.expression(one)),
            });
        }
        lowered
    }

    fn dict(&mut self, dict: &'a ast::ExprDict) -> ExpressionKind {
        let mut entries = Vec::with_capacity(dict.items.len());
        for item in &dict.items {
            entries.push(match &item.key {
                Some(key) => MapEntry::Pair(self.expression(key), self.expression(&item.value)),
                None => MapEntry::Spread(self.expression(&item.value)),
            });
        }
        ExpressionKind::Map(entries)
    }

    fn comprehension(
        &mut self,
        key: Option<&'a Expr>,
        value: &'a Expr,
        generators: &'a [ast::Comprehension],
        span: Span,
    ) -> Expression {
        let Some((generator, inner)) = generators.split_first().filter(|_| self.enter_span(span)) else {
            let detail = "a comprehension over very many collections".to_owned();
            return Expression { kind: ExpressionKind::Opaque { reason: Reason::Limit, detail }, span };
        };
        let iterable = self.boxed(&generator.iter);
        let kind = self.conditionally(|lowering| ExpressionKind::Comprehension {
            flatten: !inner.is_empty(),
            key: key.filter(|_| inner.is_empty()).map(|key| lowering.boxed(key)),
            // `for a in x for b in a` is a list of lists, flattened.
            value: match inner {
                [] => lowering.boxed(value),
                inner => Box::new(lowering.comprehension(key, value, inner, span)),
            },
            target: Box::new(lowering.target(&generator.target)),
            iterable,
            conditions: generator.ifs.iter().map(|test| lowering.expression(test)).collect(),
        });
        self.leave();
        Expression { kind, span }
    }
}

/// Whether evaluating an expression twice is the same as evaluating it once.
fn is_pure(expression: &Expr) -> bool {
    let mut open = vec![expression];
    while let Some(expression) = open.pop() {
        match expression {
            Expr::BinOp(operation) => open.extend([&*operation.left, &*operation.right]),
            Expr::UnaryOp(operation) => open.push(&operation.operand),
            Expr::Subscript(subscript) => open.extend([&*subscript.value, &*subscript.slice]),
            Expr::If(choice) => open.extend([&*choice.test, &*choice.body, &*choice.orelse]),
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if matches!(name.id.as_str(), "len" | "int" | "float" | "min" | "max" | "abs" | "round" | "sum" | "range" | "str")) =>
            {
                open.extend(&call.arguments.args);
            }
            Expr::List(list) => open.extend(&list.elts),
            Expr::Tuple(tuple) => open.extend(&tuple.elts),
            simple if is_simple(simple) => {}
            _ => return false,
        }
    }
    true
}

/// The operands of a sum that must be texts, because one of them is: `"--memory=" + memory`.
fn text_sum(operation: &ast::ExprBinOp) -> Option<Vec<&Expr>> {
    let mut parts = vec![&*operation.right];
    let mut left = &*operation.left;
    while let Expr::BinOp(inner) = left
        && inner.op == ast::Operator::Add
    {
        parts.push(&inner.right);
        left = &inner.left;
    }
    parts.push(left);
    parts.reverse();
    parts.iter().any(|part| is_text(part)).then_some(parts)
}

fn is_text(expression: &Expr) -> bool {
    matches!(expression, Expr::StringLiteral(_) | Expr::FString(_))
}

/// Whether an `or` is between an input without default and one other value.
fn is_bare_input(operands: &[Expression]) -> bool {
    matches!(operands, [Expression { kind: ExpressionKind::Input { default: None, .. }, .. }, _])
}

fn negative(number: Expression) -> Expression {
    let Expression { kind: ExpressionKind::Literal(Literal::Number(value, written)), span } = number else {
        return number;
    };
    let value = match value {
        Number::Int(int) => Number::Int(int.saturating_neg()),
        Number::Float(float) => Number::Float(-float),
    };
    Expression { kind: ExpressionKind::Literal(Literal::Number(value, written)), span }
}

fn compare_operator(operator: ast::CmpOp) -> CompareOperator {
    match operator {
        ast::CmpOp::Eq => CompareOperator::Equal,
        ast::CmpOp::NotEq => CompareOperator::NotEqual,
        ast::CmpOp::Lt => CompareOperator::Less,
        ast::CmpOp::LtE => CompareOperator::LessEqual,
        ast::CmpOp::Gt => CompareOperator::Greater,
        ast::CmpOp::GtE => CompareOperator::GreaterEqual,
        ast::CmpOp::In => CompareOperator::In,
        ast::CmpOp::NotIn => CompareOperator::NotIn,
        ast::CmpOp::Is => CompareOperator::Is,
        ast::CmpOp::IsNot => CompareOperator::IsNot,
    }
}
