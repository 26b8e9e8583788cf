//! Which of two operands that do not fit each other is the one to mend.
//!
//! What the platform fixes stands, what the policy declares comes next, and what was written on the spot
//! gives way: of `deployment.memory > 512` it is `512` that is wrong, on whichever side it stands.

use super::members::with_article;
use super::{Checker, operators::orderable};
use crate::cel::Type;
use crate::diagnostic::Diagnostic;
use ::cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

/// An operand with its type.
#[derive(Clone, Copy)]
pub(super) struct Operand<'e> {
    pub(super) expr: &'e IdedExpr,
    pub(super) kind: &'e Type,
}

/// How firmly a type is given: by what was written, by a declaration of the policy, by the subject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Firm {
    Written,
    Declared,
    Subject,
}

fn firmness(expr: &IdedExpr) -> Firm {
    match &expr.expr {
        Expr::Ident(_) => Firm::Subject,
        Expr::Select(select) => match &select.operand.expr {
            Expr::Ident(root) if root == "params" || root == "variables" => Firm::Declared,
            _ => firmness(&select.operand),
        },
        Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::INDEX | operators::OPT_INDEX | operators::OPT_SELECT, [operand, _]) => {
                firmness(operand)
            }
            (operators::CONDITIONAL, [_, a, b]) => firmness(a).max(firmness(b)),
            // Arithmetic has the unit of what it reckons with; a function makes a type of its own.
            (name, args) if call.target.is_none() && is_arithmetic(name) => {
                args.iter().map(firmness).max().unwrap_or(Firm::Written)
            }
            _ => Firm::Written,
        },
        Expr::Comprehension(parts) => firmness(&parts.iter_range),
        _ => Firm::Written,
    }
}

fn is_arithmetic(name: &str) -> bool {
    [
        operators::ADD,
        operators::SUBSTRACT,
        operators::MULTIPLY,
        operators::DIVIDE,
        operators::MODULO,
        operators::NEGATE,
    ]
    .contains(&name)
}

/// The operand at fault, and the other. Of two that are given as firmly it is the second.
fn at_fault<'e>(a: Operand<'e>, b: Operand<'e>, unfit: impl Fn(&Type) -> bool) -> (Operand<'e>, Operand<'e>) {
    let optional = |one: Operand<'_>| matches!(one.kind, Type::Optional(_));
    let first = if optional(a) != optional(b) {
        optional(a)
    } else if unfit(a.kind) != unfit(b.kind) {
        unfit(a.kind)
    } else {
        firmness(a.expr) < firmness(b.expr)
    };
    if first { (a, b) } else { (b, a) }
}

impl Checker<'_> {
    /// Reports two operands that cannot be compared; `ordered` where one is to be less than the other.
    pub(super) fn unlike(&mut self, a: Operand<'_>, b: Operand<'_>, ordered: bool) {
        let (wrong, other) = at_fault(a, b, |kind| ordered && !orderable(kind));
        let message = match ordered && !orderable(wrong.kind) && !matches!(wrong.kind, Type::Optional(_)) {
            true => format!("{} has no order", with_article(wrong.kind)),
            false => {
                format!("{} cannot be compared with {}", with_article(wrong.kind), with_article(other.kind))
            }
        };
        self.mismatch(message, wrong, other);
    }

    /// Reports the two values of a choice, which must be of one type.
    pub(super) fn unlike_choices(&mut self, a: Operand<'_>, b: Operand<'_>) {
        let (wrong, other) = at_fault(a, b, |_| false);
        let (this, that) = (with_article(wrong.kind), with_article(other.kind));
        self.mismatch(format!("the choice is between {this} and {that}"), wrong, other);
    }

    /// Reports two operands that one cannot reckon with.
    pub(super) fn no_arithmetic(&mut self, name: &str, a: Operand<'_>, b: Operand<'_>) {
        let symbol = name.trim_matches('_');
        let (left, right) = (a.kind, b.kind);
        let message = format!("`{symbol}` does not take {} and {}", with_article(left), with_article(right));
        let joins = name == operators::ADD && (*left == Type::Text || *right == Type::Text);
        // Texts are joined with texts; elsewhere a text is what does not belong.
        let unfit = |kind: &Type| match joins {
            true => *kind != Type::Text,
            false => !kind.is_number() && !kind.is_quantity() && *kind != Type::Duration,
        };
        let (wrong, other) = at_fault(a, b, unfit);
        let written = self.written(wrong.expr);
        let help = match (wrong.kind, other.kind) {
            (Type::Optional(_), _) => None,
            (_, Type::Text) if joins => Some(format!("`string({written})` makes a text of it")),
            (Type::Int, Type::Double | Type::Ratio) => {
                Some(format!("`double({written})` makes a float of it"))
            }
            (Type::Double | Type::Ratio, Type::Int) => {
                Some(format!("`double({})` makes a float of the other", self.written(other.expr)))
            }
            (left, right) if [operators::MULTIPLY, operators::DIVIDE].contains(&name) => {
                let amount = |kind: &Type| kind.is_quantity() || *kind == Type::Duration;
                (amount(left) || amount(right)).then(|| "an amount is multiplied by a number".to_owned())
            }
            _ => None,
        };
        match help {
            Some(help) => {
                let told = self.between(message, wrong, other).with_help(help);
                self.report(told);
            }
            None => self.mismatch(message, wrong, other),
        }
    }

    fn between(&self, message: String, wrong: Operand<'_>, other: Operand<'_>) -> Diagnostic {
        Diagnostic::error("cel-type", self.span(wrong.expr), message)
            .with_label(format!("this is {}", with_article(wrong.kind)))
            .with_related(self.span(other.expr), format!("this is {}", with_article(other.kind)))
    }

    /// Reports an operand that does not go with another, with the way to write it.
    pub(super) fn mismatch(&mut self, message: String, wrong: Operand<'_>, other: Operand<'_>) {
        let told = self.between(message, wrong, other);
        let written = self.written(wrong.expr);
        // Nobody writes a setting of the subject in another way.
        let unit = || (firmness(wrong.expr) < Firm::Subject).then(|| unit_help(other.kind, wrong, written));
        let help = optional_help(written, wrong.kind).or_else(|| unit().flatten());
        self.report(match help {
            Some(help) => told.with_help(help),
            None => told,
        });
    }
}

/// What to write where an amount is wanted and something else stands.
pub(super) fn unit_help(wanted: &Type, found: Operand<'_>, written: &str) -> Option<String> {
    let (name, function, example) = match wanted {
        Type::Quantity => ("a quantity", "quantity", "512Mi"),
        Type::Memory => ("memory", "quantity", "512Mi"),
        Type::Cpu => ("CPU", "quantity", "500m"),
        Type::Duration => ("a duration", "duration", "30s"),
        _ => return None,
    };
    // What was meant can be said where a number or a text without a unit stands there.
    let suffix = match wanted {
        Type::Cpu => "",
        Type::Duration => "s",
        _ => "Mi",
    };
    let meant = match &found.expr.expr {
        Expr::Literal(LiteralValue::Int(_) | LiteralValue::Double(_)) => format!("\"{written}{suffix}\""),
        _ if *found.kind == Type::Text => written.to_owned(),
        _ => format!("\"{example}\""),
    };
    Some(format!("{name} is written `{function}({meant})`"))
}

/// What to write where a value is wanted and an optional stands.
fn optional_help(written: &str, found: &Type) -> Option<String> {
    matches!(found, Type::Optional(_)).then(|| format!("`{written}.orValue(..)` gives the value, or another"))
}
