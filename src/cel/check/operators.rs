//! Operators and units.

use super::blame::Operand;
use super::members::with_article;
use super::{Checker, join};
use crate::cel::Type;
use crate::cel::functions::SORT;
use crate::diagnostic::Diagnostic;
use ::cel::common::ast::{Expr, IdedExpr, operators};

impl Checker<'_> {
    /// The type of an operator's call; `None` if the name is no operator's.
    pub(super) fn operator(&mut self, name: &str, args: &[IdedExpr]) -> Option<Type> {
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
                let (left, right) = (self.infer(a), self.infer(b));
                if !equatable(&left, &right) {
                    let (a, b) = (Operand { expr: a, kind: &left }, Operand { expr: b, kind: &right });
                    self.unlike_choices(a, b);
                }
                join(left, right)
            }
            (operators::INDEX, [a, b]) => self.index(a, b, false),
            (operators::OPT_INDEX, [a, b]) => self.index(a, b, true),
            (operators::OPT_SELECT, [a, b]) => self.index(a, b, true),
            (operators::EQUALS | operators::NOT_EQUALS, [a, b]) => {
                let (left, right) = (self.infer(a), self.infer(b));
                self.learn(a, &left, &right);
                self.learn(b, &right, &left);
                if !equatable(&left, &right) {
                    let (a, b) = (Operand { expr: a, kind: &left }, Operand { expr: b, kind: &right });
                    self.unlike(a, b, false);
                }
                Type::Bool
            }
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                [a, b],
            ) => {
                let (left, right) = (self.infer(a), self.infer(b));
                self.learn(a, &left, &right);
                self.learn(b, &right, &left);
                if !comparable(&left, &right) {
                    let (a, b) = (Operand { expr: a, kind: &left }, Operand { expr: b, kind: &right });
                    self.unlike(a, b, true);
                }
                Type::Bool
            }
            (operators::IN, [a, b]) => self.contained(a, b),
            // What `sortBy` becomes: the list, and the keys of its elements.
            (SORT, [list, keys]) => {
                self.infer(keys);
                self.infer(list)
            }
            (operators::NEGATE, [a]) => match self.infer(a) {
                found if found.is_number() || is_amount(&found) || found.is_dyn() => found,
                found => {
                    let message = format!("`-` does not take {}", with_article(&found));
                    self.report(Diagnostic::error("cel-type", self.span(a), message));
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
                        let (a, b) = (Operand { expr: a, kind: &left }, Operand { expr: b, kind: &right });
                        self.no_arithmetic(name, a, b);
                        Type::Dyn
                    }
                }
            }
            _ => return None,
        })
    }

    /// Remembers what the quantity of a param is compared with.
    fn learn(&mut self, operand: &IdedExpr, kind: &Type, other: &Type) {
        if *kind == Type::Quantity
            && matches!(other, Type::Memory | Type::Cpu)
            && let Some(name) = param(operand)
        {
            self.units.insert(name.to_owned(), other.clone());
        }
    }

    fn contained(&mut self, a: &IdedExpr, b: &IdedExpr) -> Type {
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
                let diagnostic = Diagnostic::error("cel-type", self.span(b), message);
                let texts = *other == Type::Text && value == Type::Text;
                let help = format!("`{}.contains({})`", self.written(b), self.written(a));
                self.report(if texts { diagnostic.with_help(help) } else { diagnostic });
            }
        }
        Type::Bool
    }
}

/// The param that an expression is.
pub(super) fn param(expr: &IdedExpr) -> Option<&str> {
    let Expr::Select(select) = &expr.expr else { return None };
    matches!(&select.operand.expr, Expr::Ident(root) if root == "params").then_some(&select.field)
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

/// Whether values of a type have an order.
pub(super) fn orderable(kind: &Type) -> bool {
    matches!(kind, Type::Dyn | Type::Bool | Type::Text | Type::Bytes | Type::Timestamp | Type::Version)
        || kind.is_number()
        || is_amount(kind)
}

/// Whether two types have an order between them.
fn comparable(a: &Type, b: &Type) -> bool {
    orderable(a) && orderable(b) && (a.accepts(b) || (a.is_number() && b.is_number()))
}

/// Whether a type has a unit.
fn is_amount(kind: &Type) -> bool {
    kind.is_quantity() || *kind == Type::Duration
}

/// The type of arithmetic; `None` where there is none.
fn arithmetic(name: &str, a: &Type, b: &Type) -> Option<Type> {
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
        (operators::MULTIPLY, a, b) if is_amount(a) && b.is_number() => Some(a.clone()),
        (operators::MULTIPLY, a, b) if a.is_number() && is_amount(b) => Some(b.clone()),
        (operators::DIVIDE, a, b) if is_amount(a) && b.is_number() => Some(a.clone()),
        (operators::DIVIDE, a, b) if is_amount(a) && is_amount(b) && a.accepts(b) => Some(Type::Ratio),
        (operators::ADD | operators::SUBSTRACT, a, b) if a.accepts(b) && (a.is_number() || is_amount(a)) => {
            Some(join(a.clone(), b.clone()))
        }
        (operators::MODULO, Type::Int | Type::Uint, _) if a == b => Some(a.clone()),
        (operators::ADD | operators::SUBSTRACT, Type::Timestamp, Type::Duration)
        | (operators::ADD, Type::Duration, Type::Timestamp) => Some(Type::Timestamp),
        (operators::SUBSTRACT, Type::Timestamp, Type::Timestamp) => Some(Type::Duration),
        _ => None,
    }
}
