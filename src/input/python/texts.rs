//! String literals and f-strings.

use crate::input::python::Lowering;
use crate::script::{Argument, Expression, ExpressionKind, Literal};
use crate::source::Span;
use ruff_python_ast::{self as ast, InterpolatedStringElement};

impl<'a> Lowering<'a> {
    /// A literal; several in a row are joined, each at its own place.
    pub(super) fn text_literal(&mut self, text: &'a ast::ExprStringLiteral) -> Expression {
        let span = self.span(text);
        let parts: Vec<&ast::StringLiteral> =
            text.value.iter().filter(|part| !part.as_str().is_empty()).collect();
        match parts.as_slice() {
            [] => literal(String::new(), span),
            [one] if text.value.as_slice().len() == 1 => literal(one.as_str().to_owned(), span),
            many => {
                let parts =
                    many.iter().map(|part| literal(part.as_str().to_owned(), self.span(*part))).collect();
                Expression { kind: ExpressionKind::Join(parts), span }
            }
        }
    }

    /// An f-string, and what is concatenated with it implicitly.
    pub(super) fn formatted_text(&mut self, text: &'a ast::ExprFString) -> Expression {
        let span = self.span(text);
        let mut parts = Vec::new();
        for part in text.value.as_slice() {
            match part {
                ast::FStringPart::Literal(part) if part.as_str().is_empty() => {}
                ast::FStringPart::Literal(part) => {
                    parts.push(literal(part.as_str().to_owned(), self.span(part)));
                }
                ast::FStringPart::FString(part) => {
                    // Without a placeholder it is a literal, and its quotes belong to it.
                    if let [InterpolatedStringElement::Literal(only)] = &*part.elements {
                        parts.push(literal(only.value.to_string(), self.span(part)));
                        continue;
                    }
                    for element in &part.elements {
                        self.text_element(element, &mut parts);
                    }
                }
            }
        }
        match parts.len() {
            0 => literal(String::new(), span),
            1 if matches!(parts.first(), Some(part) if is_literal(part)) => parts.remove(0),
            _ => Expression { kind: ExpressionKind::Join(parts), span },
        }
    }

    fn text_element(&mut self, element: &'a InterpolatedStringElement, parts: &mut Vec<Expression>) {
        match element {
            InterpolatedStringElement::Literal(text) => {
                parts.push(literal(text.value.to_string(), self.span(text)));
            }
            InterpolatedStringElement::Interpolation(element) => {
                let span = self.span(element);
                if let Some(debug) = &element.debug_text {
                    parts.push(literal(debug.as_str().to_owned(), span));
                }
                let mut value = self.expression(&element.expression);
                // `f"{x=}"` shows the representation, as `!r` does.
                let is_representation = element.conversion == ast::ConversionFlag::Repr
                    || (element.debug_text.is_some() && element.format_spec.is_none());
                if is_representation {
                    value = call_of("repr", vec![value], span);
                }
                if let Some(format) = &element.format_spec {
                    let mut pieces = Vec::new();
                    for piece in &format.elements {
                        self.text_element(piece, &mut pieces);
                    }
                    let spec = match pieces.len() {
                        1 => pieces.remove(0),
                        _ => Expression { kind: ExpressionKind::Join(pieces), span },
                    };
                    value = call_of("format", vec![value, spec], span);
                }
                parts.push(value);
            }
        }
    }
}

pub(super) fn literal(text: String, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Literal(Literal::Text(text)), span }
}

fn is_literal(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Literal(_))
}

/// A call of one of Python's own functions.
pub(super) fn call_of(name: &str, arguments: Vec<Expression>, span: Span) -> Expression {
    let callee = Box::new(Expression { kind: ExpressionKind::Name(name.to_owned()), span });
    let arguments = arguments.into_iter().map(Argument::Positional).collect();
    Expression { kind: ExpressionKind::Call { callee, arguments }, span }
}
