//! Loops and bindings.

use super::members::with_article;
use super::{Checker, Macro};
use crate::cel::Type;
use crate::diagnostic::Diagnostic;
use ::cel::common::ast::{ComprehensionExpr, Expr, IdedExpr};

/// The parts of a loop that the policy wrote.
#[derive(Default)]
pub(super) struct Written<'e> {
    /// What is asked of each element.
    pub(super) condition: Option<&'e IdedExpr>,
    /// What is made of each element.
    pub(super) value: Option<&'e IdedExpr>,
}

/// Finds what the policy wrote in the step that a macro expanded to.
pub(super) fn written(name: Macro, parts: &ComprehensionExpr) -> Written<'_> {
    let step = call_args(&parts.loop_step);
    match name {
        Macro::All | Macro::Exists => Written { condition: step.get(1), value: None },
        Macro::ExistsOne | Macro::Filter => Written { condition: step.first(), value: None },
        Macro::Map | Macro::TransformList | Macro::TransformMap | Macro::TransformMapEntry => match step {
            // `condition ? step : accumulator`
            [condition, inner, last]
                if matches!(last.expr, Expr::Ident(_)) && matches!(inner.expr, Expr::Call(_)) =>
            {
                Written { condition: Some(condition), value: collected(call_args(inner)) }
            }
            step => Written { condition: None, value: collected(step) },
        },
        Macro::Bind => Written::default(),
    }
}

fn call_args(expr: &IdedExpr) -> &[IdedExpr] {
    match &expr.expr {
        Expr::Call(call) => &call.args,
        _ => &[],
    }
}

/// What a step adds to the accumulator: `[value]` to a list, a key and a value to a map.
fn collected(step: &[IdedExpr]) -> Option<&IdedExpr> {
    match step {
        [_, added] => match &added.expr {
            Expr::List(list) => list.elements.first(),
            // `transformMapEntry` adds a map of its own.
            _ => Some(added),
        },
        [_, _, value] => Some(value),
        _ => None,
    }
}

impl Checker<'_> {
    /// A macro that was expanded to a comprehension.
    pub(super) fn comprehension(&mut self, expr: &IdedExpr, parts: &ComprehensionExpr) -> Type {
        let name = self.tree.macros.get(&expr.id).copied().unwrap_or(Macro::Bind);
        let outside = self.scope.len();
        if name == Macro::Bind {
            let bound = self.infer(&parts.accu_init);
            self.scope.push((parts.accu_var.clone(), bound));
            let result = self.infer(&parts.result);
            self.scope.truncate(outside);
            return result;
        }
        let range = self.infer(&parts.iter_range);
        let element = self.element(parts, &range);
        let written = written(name, parts);
        if let Some(condition) = written.condition {
            let found = self.infer(condition);
            self.expect_bool(condition, &found);
        }
        let value = written.value.map_or(Type::Dyn, |value| self.infer(value));
        self.scope.truncate(outside);
        match name {
            Macro::All | Macro::Exists | Macro::ExistsOne => Type::Bool,
            Macro::Filter => Type::list(element),
            Macro::TransformMap => Type::map(value),
            Macro::TransformMapEntry if matches!(value, Type::Map(_)) => value,
            Macro::TransformMapEntry => Type::Dyn,
            Macro::Map | Macro::TransformList | Macro::Bind => Type::list(value),
        }
    }

    /// Declares the variables of a loop; the type of the first.
    fn element(&mut self, parts: &ComprehensionExpr, range: &Type) -> Type {
        let (key, value) = match range {
            Type::List(element) => (Type::Int, (**element).clone()),
            Type::Map(value) => (Type::Text, (**value).clone()),
            Type::Dyn | Type::Params => (Type::Dyn, Type::Dyn),
            other => {
                let range = &parts.iter_range;
                let message = format!(
                    "a loop goes over a list or a map; `{}` is {}",
                    self.written(range),
                    with_article(other)
                );
                self.report(Diagnostic::error("cel-type", self.span(range), message));
                (Type::Dyn, Type::Dyn)
            }
        };
        let first = match (&parts.iter_var2, range) {
            (Some(_), _) | (None, Type::Map(_)) => key,
            (None, _) => value.clone(),
        };
        self.scope.push((parts.iter_var.clone(), first.clone()));
        if let Some(second) = &parts.iter_var2 {
            self.scope.push((second.clone(), value));
        }
        first
    }
}
