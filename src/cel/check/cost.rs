//! How many steps an expression may take, before anything is known of what it will judge.
//!
//! A step is a field that is read, an operator or a call. Loops multiply: by the length of a list that is
//! written out, else by what a collection of its kind is taken to have ([`types::elements`]).

use super::loops::written;
use super::{Checker, Macro};
use crate::cel::Type;
use crate::cel::types::{self, ELEMENTS_OF_A_DOCUMENT, ELEMENTS_OF_A_PARAM};
use ::cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, operators};

/// The steps of a regular expression: more than those of a comparison, and bounded by the text's length.
const REGEX: u64 = 10;

/// What an expression costs at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cel) struct Cost {
    pub(in crate::cel) steps: u64,
    /// How many elements the outcome has, if it is a collection.
    pub(in crate::cel) elements: u64,
}

impl Cost {
    fn and(self, other: Cost) -> Cost {
        Cost { steps: self.steps.saturating_add(other.steps), elements: self.elements.max(other.elements) }
    }

    fn plus(self, steps: u64) -> Cost {
        Cost { steps: self.steps.saturating_add(steps), ..self }
    }
}

/// The cost of the whole of an expression that is sound.
pub(super) fn check(checker: &Checker<'_>) -> Cost {
    Costs { checker, scope: Vec::new() }.of(&checker.tree.root)
}

struct Costs<'c, 'a> {
    checker: &'c Checker<'a>,
    /// What the names of loops and bindings hold.
    scope: Vec<(String, u64)>,
}

impl Costs<'_, '_> {
    fn of(&mut self, expr: &IdedExpr) -> Cost {
        match &expr.expr {
            Expr::Ident(name) => {
                let local = self.scope.iter().rev().find(|(known, _)| known == name);
                Cost { steps: 0, elements: local.map_or_else(|| self.usual(expr), |(_, elements)| *elements) }
            }
            Expr::Select(select) => {
                let operand = self.of(&select.operand);
                // What the policy's own name stands for is evaluated where it is named.
                let definition = self.checker.declarations.definition(expr).map(|one| one.cost);
                let found = definition
                    .unwrap_or(Cost { steps: 0, elements: self.field(&select.operand, &select.field, expr) });
                Cost { steps: operand.steps.saturating_add(1).saturating_add(found.steps), ..found }
            }
            Expr::Call(call) => self.call(expr, call),
            Expr::List(list) => {
                let parts =
                    list.elements.iter().fold(0u64, |sum, part| sum.saturating_add(self.of(part).steps));
                Cost { steps: parts.saturating_add(1), elements: list.elements.len() as u64 }
            }
            Expr::Map(map) => {
                let mut steps = 1u64;
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        steps = self.of(&entry.key).and(self.of(&entry.value)).steps.saturating_add(steps);
                    }
                }
                Cost { steps, elements: map.entries.len() as u64 }
            }
            Expr::Comprehension(parts) => self.comprehension(expr, parts),
            Expr::Literal(_) | Expr::Struct(_) | Expr::Unspecified => Cost::default(),
        }
    }

    fn field(&self, operand: &IdedExpr, name: &str, expr: &IdedExpr) -> u64 {
        match self.checker.type_of(operand) {
            Type::Object(owner) if self.usual(expr) > 1 => types::elements(owner, name),
            _ => self.usual(expr),
        }
    }

    /// How many elements a value of its type is taken to have.
    fn usual(&self, expr: &IdedExpr) -> u64 {
        match self.checker.type_of(expr) {
            Type::Dyn => ELEMENTS_OF_A_DOCUMENT,
            Type::List(_) | Type::Map(_) | Type::Params => ELEMENTS_OF_A_PARAM,
            _ => 1,
        }
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Cost {
        let parts: Vec<&IdedExpr> = call.target.iter().map(|target| &**target).chain(&call.args).collect();
        if let (operators::CONDITIONAL, [condition, a, b]) = (call.func_name.as_str(), parts.as_slice()) {
            let (condition, a, b) = (self.of(condition), self.of(a), self.of(b));
            let steps = condition.steps.saturating_add(a.steps.max(b.steps)).saturating_add(1);
            return Cost { steps, elements: a.elements.max(b.elements) };
        }
        let costs: Vec<Cost> = parts.iter().map(|part| self.of(part)).collect();
        let steps = costs.iter().fold(0u64, |sum, cost| sum.saturating_add(cost.steps));
        // A function over collections looks at their elements: at each pair where it compares them.
        let collections = parts.iter().zip(&costs).filter(|(part, _)| self.usual(part) > 1);
        let sizes: Vec<u64> = collections.map(|(_, cost)| cost.elements.max(1)).collect();
        let product = || sizes.iter().fold(1u64, |all, size| all.saturating_mul(*size));
        let sum = || sizes.iter().fold(0u64, |all, size| all.saturating_add(*size));
        let own = match call.func_name.as_str() {
            "matches" => REGEX,
            "size" | "first" | "last" | operators::INDEX | operators::OPT_INDEX | operators::OPT_SELECT => 1,
            "distinct" => product().saturating_mul(product()),
            "contains" | "intersects" | "equivalent" => product(),
            _ => sum().saturating_add(1),
        };
        let elements = match (call.func_name.as_str(), self.usual(expr)) {
            (_, 1) => 1,
            (operators::INDEX | operators::OPT_INDEX | operators::OPT_SELECT, usual) => usual,
            ("flatten", usual) => product().saturating_mul(usual),
            (operators::ADD, _) => sum(),
            (_, usual) if sizes.is_empty() => usual,
            _ => costs.iter().map(|cost| cost.elements).max().unwrap_or(1),
        };
        Cost { steps, elements }.plus(own)
    }

    fn comprehension(&mut self, expr: &IdedExpr, parts: &ComprehensionExpr) -> Cost {
        let name = self.checker.tree.macros.get(&expr.id).copied().unwrap_or(Macro::Bind);
        let outside = self.scope.len();
        if name == Macro::Bind {
            let bound = self.of(&parts.accu_init);
            self.scope.push((parts.accu_var.clone(), bound.elements));
            let result = self.of(&parts.result);
            self.scope.truncate(outside);
            return result.plus(bound.steps);
        }
        let range = self.of(&parts.iter_range);
        let element = match self.checker.type_of(&parts.iter_range) {
            Type::List(kind) | Type::Map(kind) => match **kind {
                Type::List(_) | Type::Map(_) => ELEMENTS_OF_A_PARAM,
                Type::Dyn => ELEMENTS_OF_A_DOCUMENT,
                _ => 1,
            },
            _ => ELEMENTS_OF_A_DOCUMENT,
        };
        self.scope.push((parts.iter_var.clone(), element));
        self.scope.extend(parts.iter_var2.clone().map(|name| (name, element)));
        let written = written(name, parts);
        let condition = written.condition.map_or(Cost::default(), |condition| self.of(condition));
        let value = written.value.map_or(Cost::default(), |value| self.of(value));
        self.scope.truncate(outside);
        let each = condition.steps.saturating_add(value.steps).saturating_add(1);
        let steps = range.elements.saturating_mul(each).saturating_add(range.steps);
        let collects = !matches!(name, Macro::All | Macro::Exists | Macro::ExistsOne);
        Cost { steps, elements: if collects { range.elements } else { 1 } }
    }
}
