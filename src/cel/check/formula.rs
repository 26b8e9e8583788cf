//! From conditions to formulas.

use super::Checker;
use super::logic::{Constant, Formula, Relation};
use crate::cel::functions;
use crate::cel::{Type, types};
use ::cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};

const BILLION: i128 = 1_000_000_000;

/// Parts of a formula that may stand in several places of another. What is larger counts as a whole, or
/// choices in choices, and names in names, would double it time and again.
const REPEATED: usize = 64;

impl Checker<'_> {
    /// All texts that a field can be, if they are few.
    pub(super) fn words_of(&self, expr: &IdedExpr) -> Option<Vec<String>> {
        let Expr::Select(select) = &expr.expr else { return None };
        let Type::Object(owner) = self.type_of(&select.operand) else { return None };
        let words = self.declarations.words(owner, &select.field)?;
        Some(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// What a condition says. What cannot be taken apart holds or does not.
    pub(super) fn formula(&self, expr: &IdedExpr) -> Formula {
        if let Expr::Literal(LiteralValue::Boolean(value)) = &expr.expr {
            return Formula::Fixed(*value.inner());
        }
        if let Expr::Select(select) = &expr.expr
            && select.test
        {
            return match self.is_there(&select.operand, &select.field) {
                true => Formula::Fixed(true),
                false => Formula::Holds(format!("has({}.{})", self.key(&select.operand), select.field)),
            };
        }
        let definition = self.declarations.definition(expr).and_then(|one| one.formula.as_ref());
        if let Some(formula) = definition.filter(|formula| formula.size() <= REPEATED) {
            return formula.clone();
        }
        let opaque = || Formula::Holds(self.key(expr));
        let Some((name, args)) = operator(expr) else { return opaque() };
        let parts = |args: &[IdedExpr]| args.iter().map(|arg| self.formula(arg)).collect::<Vec<_>>();
        match (name, args) {
            (operators::LOGICAL_AND, _) => Formula::All(parts(args)),
            (operators::LOGICAL_OR, _) => Formula::Any(parts(args)),
            (operators::LOGICAL_NOT, [a]) => self.formula(a).negated(),
            (operators::CONDITIONAL, [condition, a, b]) if *self.type_of(a) == Type::Bool => {
                let (condition, a, b) = (self.formula(condition), self.formula(a), self.formula(b));
                if condition.size() > REPEATED {
                    return opaque();
                }
                let otherwise = Formula::All(vec![condition.clone().negated(), b]);
                Formula::Any(vec![Formula::All(vec![condition, a]), otherwise])
            }
            (operators::EQUALS, [a, b]) => self.relation(a, Relation::Equal, b),
            (operators::NOT_EQUALS, [a, b]) => self.relation(a, Relation::Equal, b).negated(),
            (operators::LESS, [a, b]) => self.relation(a, Relation::Less, b),
            (operators::LESS_EQUALS, [a, b]) => self.relation(a, Relation::LessOrEqual, b),
            (operators::GREATER, [a, b]) => self.relation(b, Relation::Less, a),
            (operators::GREATER_EQUALS, [a, b]) => self.relation(b, Relation::LessOrEqual, a),
            (operators::IN, [a, b]) => match &b.expr {
                Expr::List(list) if list.optional_indices.is_empty() => {
                    let equal = |element| self.relation(a, Relation::Equal, element);
                    Formula::Any(list.elements.iter().map(equal).collect())
                }
                _ if matches!(self.type_of(b), Type::Map(_)) => {
                    Formula::Holds(format!("has({}{})", self.key(b), self.member_key(a)))
                }
                _ => opaque(),
            },
            _ => opaque(),
        }
    }

    fn relation(&self, a: &IdedExpr, relation: Relation, b: &IdedExpr) -> Formula {
        let kinds = [self.type_of(a), self.type_of(b)];
        if kinds.iter().any(|kind| kind.is_dyn()) {
            return self.related(self.key(a), relation, self.key(b));
        }
        // What has a type is never null.
        if kinds.contains(&&Type::Null) {
            return Formula::Fixed(kinds[0] == kinds[1]);
        }
        match (constant(a), constant(b)) {
            (Some(a), Some(b)) => Formula::of_constants(&a, relation, &b),
            (None, Some(constant)) => self.compared(a, relation, constant),
            // `5 < x` is no `x <= 5`, `5 <= x` no `x < 5`.
            (Some(constant), None) => match relation {
                Relation::Equal => self.compared(b, relation, constant),
                Relation::Less => self.compared(b, Relation::LessOrEqual, constant).negated(),
                Relation::LessOrEqual => self.compared(b, Relation::Less, constant).negated(),
            },
            (None, None) => match (literal_bool(a), literal_bool(b)) {
                (Some(value), None) => same(self.formula(b), value),
                (None, Some(value)) => same(self.formula(a), value),
                _ => self.related(self.key(a), relation, self.key(b)),
            },
        }
    }

    fn compared(&self, value: &IdedExpr, relation: Relation, constant: Constant) -> Formula {
        let name = self.key(value);
        if let Some(mut words) = self.words_of(value) {
            words.sort();
            if !matches!(&constant, Constant::Text(text) if words.contains(text)) {
                return Formula::Fixed(false);
            }
            self.words.borrow_mut().insert(name.clone(), words);
        }
        Formula::Compare(name, relation, constant)
    }

    fn related(&self, a: String, relation: Relation, b: String) -> Formula {
        if a == b {
            return Formula::Fixed(relation != Relation::Less);
        }
        if a < b {
            return Formula::Relate(a, relation, b);
        }
        // `a < b` of the other order is `b > a`.
        match relation {
            Relation::Equal => Formula::Relate(b, relation, a),
            Relation::Less => Formula::Relate(b, Relation::LessOrEqual, a).negated(),
            Relation::LessOrEqual => Formula::Relate(b, Relation::Less, a).negated(),
        }
    }

    /// Whether a field is there whenever its owner is.
    fn is_there(&self, operand: &IdedExpr, field: &str) -> bool {
        match self.type_of(operand) {
            Type::Object(owner) => types::field(owner, field).is_some_and(|row| !row.optional),
            Type::Params => !self.declarations.may_lack(field),
            _ => false,
        }
    }

    /// The canonical text of a value; what is too long to have one is named by its node.
    fn key(&self, expr: &IdedExpr) -> String {
        match &expr.expr {
            Expr::Ident(name) => name.clone(),
            Expr::Select(select) if !select.test => format!("{}.{}", self.key(&select.operand), select.field),
            Expr::Literal(LiteralValue::String(text)) => format!("{:?}", text.inner()),
            Expr::Literal(_) => self.written(expr).to_owned(),
            Expr::Call(CallExpr { func_name, target: None, args }) if func_name == operators::INDEX => {
                match args.as_slice() {
                    [operand, key] => format!("{}{}", self.key(operand), self.member_key(key)),
                    _ => format!("#{}", expr.id),
                }
            }
            Expr::Call(call) => {
                let target = call.target.as_ref().map_or(String::new(), |target| self.key(target) + ".");
                let args: Vec<String> = call.args.iter().map(|arg| self.key(arg)).collect();
                format!("{target}{}({})", call.func_name, args.join(", "))
            }
            _ => format!("#{}", expr.id),
        }
    }

    fn member_key(&self, key: &IdedExpr) -> String {
        match &key.expr {
            Expr::Literal(LiteralValue::String(name)) => format!(".{}", name.inner()),
            _ => format!("[{}]", self.key(key)),
        }
    }
}

fn same(formula: Formula, value: bool) -> Formula {
    if value { formula } else { formula.negated() }
}

/// An operator's or a function's call without a receiver.
pub(super) fn operator(expr: &IdedExpr) -> Option<(&str, &[IdedExpr])> {
    match &expr.expr {
        Expr::Call(CallExpr { func_name, target: None, args }) => Some((func_name, args)),
        _ => None,
    }
}

pub(super) fn literal_bool(expr: &IdedExpr) -> Option<bool> {
    match &expr.expr {
        Expr::Literal(LiteralValue::Boolean(value)) => Some(*value.inner()),
        _ => None,
    }
}

/// The value of a literal, or of a literal amount.
fn constant(expr: &IdedExpr) -> Option<Constant> {
    match &expr.expr {
        Expr::Literal(LiteralValue::Int(int)) => Some(Constant::Number(i128::from(*int.inner()) * BILLION)),
        Expr::Literal(LiteralValue::Double(double)) => billionths(*double.inner()).map(Constant::Number),
        Expr::Literal(LiteralValue::String(text)) => Some(Constant::Text(text.inner().to_owned())),
        Expr::Call(CallExpr { func_name, target: None, args }) => match (func_name.as_str(), args.as_slice())
        {
            ("quantity", [arg]) => match constant(arg)? {
                Constant::Text(text) => {
                    functions::parse_quantity(&text).ok().map(|amount| Constant::Number(amount.nanos()))
                }
                number => Some(number),
            },
            ("duration", [arg]) => match constant(arg)? {
                Constant::Text(text) => {
                    let amount = functions::parse_duration(&text).ok()?;
                    Some(Constant::Number(i128::from(amount.nanos())))
                }
                Constant::Number(_) => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// A float in billionths, if that is exactly what it is.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::float_cmp)]
fn billionths(double: f64) -> Option<i128> {
    let scaled = (double * 1e9).round();
    (scaled.abs() < 1e18 && scaled / 1e9 == double).then_some(scaled as i128)
}
