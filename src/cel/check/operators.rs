//! Operators and units.

use super::members::with_article;
use super::{Checker, join};
use crate::cel::Type;
use crate::cel::functions::SORT;
use crate::diagnostic::Diagnostic;
use ::cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

impl Checker<'_> {
    /// The type of an operator's call; `None` if the name is no operator's.
    pub(super) fn operator(&mut self, expr: &IdedExpr, name: &str, args: &[IdedExpr]) -> Option<Type> {
        Some(match (name, args) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [a, b]) => {
                for operand in [a, b] {
                    let found = self.infer(operand);
                    self.expect_bool(operand, &found);
                }
                Type::Bool
            }
            (operators::LOGICAL_NOT, [a]) => {
                let found = self.infer(a);
                self.expect_bool(a, &found);
                Type::Bool
            }
            (operators::CONDITIONAL, [condition, a, b]) => {
                let found = self.infer(condition);
                self.expect_bool(condition, &found);
                let (a, b) = (self.infer(a), self.infer(b));
                join(a, b)
            }
            (operators::INDEX, [a, b]) => self.index(expr, a, b, false),
            (operators::OPT_INDEX, [a, b]) => self.index(expr, a, b, true),
            (operators::OPT_SELECT, [a, b]) => self.index(expr, a, b, true),
            (operators::EQUALS | operators::NOT_EQUALS, [a, b]) => {
                let (left, right) = (self.infer(a), self.infer(b));
                if !equatable(&left, &right) {
                    self.unlike(expr, a, &left, b, &right);
                }
                Type::Bool
            }
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                [a, b],
            ) => {
                let (left, right) = (self.infer(a), self.infer(b));
                if !comparable(&left, &right) {
                    self.unlike(expr, a, &left, b, &right);
                }
                Type::Bool
            }
            (operators::IN, [a, b]) => self.contained(expr, a, b),
            // What `sortBy` becomes: the list, and the keys of its elements.
            (SORT, [list, keys]) => {
                self.infer(keys);
                self.infer(list)
            }
            (operators::NEGATE, [a]) => match self.infer(a) {
                found @ (Type::Int | Type::Double | Type::Quantity | Type::Duration | Type::Dyn) => found,
                found => {
                    let message = format!("`-` does not take {}", with_article(&found));
                    self.report(Diagnostic::error("cel-type", self.span(expr), message));
                    Type::Dyn
                }
            },
            (
                operators::ADD
                | operators::SUBSTRACT
                | operators::MULTIPLY
                | operators::DIVIDE
                | operators::MODULO,
                [a, b],
            ) => {
                let (left, right) = (self.infer(a), self.infer(b));
                match arithmetic(name, &left, &right) {
                    Some(found) => found,
                    None => {
                        self.no_arithmetic(expr, name, a, &left, b, &right);
                        Type::Dyn
                    }
                }
            }
            _ => return None,
        })
    }

    fn contained(&mut self, expr: &IdedExpr, a: &IdedExpr, b: &IdedExpr) -> Type {
        let (value, container) = (self.infer(a), self.infer(b));
        match &container {
            Type::Dyn => {}
            Type::List(element) if equatable(&value, element) => {}
            Type::Map(_) | Type::Params if Type::Text.accepts(&value) => {}
            Type::List(element) => {
                let message = format!(
                    "`{}` is {}; the list has elements of type {element}",
                    self.written(a),
                    with_article(&value)
                );
                self.report(Diagnostic::error("cel-type", self.span(a), message));
            }
            Type::Map(_) | Type::Params => {
                let message = format!("keys are texts; `{}` is {}", self.written(a), with_article(&value));
                self.report(Diagnostic::error("cel-type", self.span(a), message));
            }
            other => {
                let message = format!(
                    "`in` looks into a list or a map; `{}` is {}",
                    self.written(b),
                    with_article(other)
                );
                let diagnostic = Diagnostic::error("cel-type", self.anchor(expr), message);
                let texts = *other == Type::Text && value == Type::Text;
                let help = format!("`{}.contains({})`", self.written(b), self.written(a));
                self.report(if texts { diagnostic.with_help(help) } else { diagnostic });
            }
        }
        Type::Bool
    }

    /// Reports two operands that cannot be compared.
    fn unlike(&mut self, expr: &IdedExpr, a: &IdedExpr, left: &Type, b: &IdedExpr, right: &Type) {
        let message = format!("{left} cannot be compared with {right}");
        let diagnostic = Diagnostic::error("cel-type", self.span(expr), message)
            .with_related(self.span(a), with_article(left))
            .with_related(self.span(b), with_article(right));
        let help =
            unit_help(left, b, self.written(b), right).or_else(|| unit_help(right, a, self.written(a), left));
        let help = help
            .or_else(|| optional_help(self.written(a), left))
            .or_else(|| optional_help(self.written(b), right));
        self.report(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }

    fn no_arithmetic(
        &mut self,
        expr: &IdedExpr,
        name: &str,
        a: &IdedExpr,
        left: &Type,
        b: &IdedExpr,
        right: &Type,
    ) {
        let symbol = name.trim_matches('_');
        let message = format!("`{symbol}` does not take {} and {}", with_article(left), with_article(right));
        let diagnostic = Diagnostic::error("cel-type", self.span(expr), message);
        let help = match (left, right) {
            (Type::Text, other) if name == operators::ADD && !matches!(other, Type::Optional(_)) => {
                Some(format!("`string({})` makes a text of it", self.written(b)))
            }
            (other, Type::Text) if name == operators::ADD && !matches!(other, Type::Optional(_)) => {
                Some(format!("`string({})` makes a text of it", self.written(a)))
            }
            (Type::Int, Type::Double) => Some(format!("`double({})` makes a float of it", self.written(a))),
            (Type::Double, Type::Int) => Some(format!("`double({})` makes a float of it", self.written(b))),
            _ => unit_help(left, b, self.written(b), right)
                .or_else(|| unit_help(right, a, self.written(a), left))
                .or_else(|| optional_help(self.written(a), left))
                .or_else(|| optional_help(self.written(b), right)),
        };
        self.report(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }
}

/// Whether two types can be equal.
pub(super) fn equatable(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Null, _) | (_, Type::Null) => true,
        (a, b) if a.is_number() && b.is_number() => true,
        (Type::List(a), Type::List(b))
        | (Type::Map(a), Type::Map(b))
        | (Type::Optional(a), Type::Optional(b)) => equatable(a, b),
        (a, b) => a.accepts(b) || b.accepts(a),
    }
}

/// Whether two types have an order between them.
fn comparable(a: &Type, b: &Type) -> bool {
    let ordered = |kind: &Type| {
        matches!(kind, Type::Dyn | Type::Bool | Type::Text | Type::Bytes | Type::Quantity | Type::Duration)
            || matches!(kind, Type::Timestamp | Type::Version)
            || kind.is_number()
    };
    ordered(a) && ordered(b) && (a.is_dyn() || b.is_dyn() || a == b || (a.is_number() && b.is_number()))
}

/// The type of arithmetic; `None` where there is none.
fn arithmetic(name: &str, a: &Type, b: &Type) -> Option<Type> {
    let amount = |kind: &Type| matches!(kind, Type::Quantity | Type::Duration);
    match (name, a, b) {
        (_, Type::Dyn, _) | (_, _, Type::Dyn) => Some(Type::Dyn),
        (operators::ADD, Type::Text, Type::Text) => Some(Type::Text),
        (operators::ADD, Type::Bytes, Type::Bytes) => Some(Type::Bytes),
        (operators::ADD, Type::List(a), Type::List(b)) => {
            Some(Type::list(join((**a).clone(), (**b).clone())))
        }
        (operators::MULTIPLY | operators::DIVIDE, a, b) if a.is_number() && b.is_number() => {
            Some(if a == b { a.clone() } else { Type::Double })
        }
        (operators::MULTIPLY, a, b) if amount(a) && b.is_number() => Some(a.clone()),
        (operators::MULTIPLY, a, b) if a.is_number() && amount(b) => Some(b.clone()),
        (operators::DIVIDE, a, b) if amount(a) && b.is_number() => Some(a.clone()),
        (operators::DIVIDE, a, b) if amount(a) && a == b => Some(Type::Double),
        (operators::ADD | operators::SUBSTRACT, a, b) if a == b && (a.is_number() || amount(a)) => {
            Some(a.clone())
        }
        (operators::MODULO, Type::Int | Type::Uint, _) if a == b => Some(a.clone()),
        (operators::ADD | operators::SUBSTRACT, Type::Timestamp, Type::Duration)
        | (operators::ADD, Type::Duration, Type::Timestamp) => Some(Type::Timestamp),
        (operators::SUBSTRACT, Type::Timestamp, Type::Timestamp) => Some(Type::Duration),
        _ => None,
    }
}

/// What to write where an amount is wanted and something without a unit stands.
pub(super) fn unit_help(wanted: &Type, found: &IdedExpr, written: &str, found_type: &Type) -> Option<String> {
    let quoted = match &found.expr {
        Expr::Literal(LiteralValue::String(_)) => written.to_owned(),
        Expr::Literal(_) if *wanted == Type::Quantity => format!("\"{written}Mi\""),
        Expr::Literal(_) => format!("\"{written}s\""),
        _ if *found_type == Type::Text => written.to_owned(),
        _ => return None,
    };
    match wanted {
        Type::Quantity => Some(format!("a quantity is written `quantity({quoted})`")),
        Type::Duration => Some(format!("a duration is written `duration({quoted})`")),
        _ => None,
    }
}

/// What to write where a value is wanted and an optional stands.
fn optional_help(written: &str, found: &Type) -> Option<String> {
    matches!(found, Type::Optional(_)).then(|| format!("`{written}.orValue(..)` gives the value, or another"))
}
