//! A bound on what an expression can build out of itself.
//!
//! Loops are counted while they run, but a name that is bound to a list and written twice into another
//! list doubles it, and 30 such steps fill any memory before a loop visits anything.

use super::lower::UNUSED;
use ::cel::common::ast::{EntryExpr, Expr, IdedExpr};

/// Whether a value that the expression builds may have more than so many elements, not counting what it
/// reads from the subject.
pub(super) fn exceeds(expr: &IdedExpr, limit: usize) -> bool {
    size(expr, &mut Vec::new()) > limit as u64
}

fn size(expr: &IdedExpr, scope: &mut Vec<(String, u64)>) -> u64 {
    match &expr.expr {
        Expr::Ident(name) => scope.iter().rev().find(|(known, _)| known == name).map_or(1, |&(_, size)| size),
        Expr::Select(select) => size(&select.operand, scope),
        Expr::Call(call) => {
            let parts = call.target.iter().map(|target| &**target).chain(&call.args);
            parts.fold(0u64, |sum, part| sum.saturating_add(size(part, scope))).max(1)
        }
        Expr::List(list) => {
            list.elements.iter().fold(1u64, |sum, element| sum.saturating_add(size(element, scope)))
        }
        Expr::Map(map) => map.entries.iter().fold(1u64, |sum, entry| match &entry.expr {
            EntryExpr::MapEntry(entry) => sum.saturating_add(size(&entry.value, scope)),
            EntryExpr::StructField(field) => sum.saturating_add(size(&field.value, scope)),
        }),
        Expr::Comprehension(parts) => {
            let start = size(&parts.accu_init, scope);
            let range = size(&parts.iter_range, scope);
            let outside = scope.len();
            scope.push((parts.iter_var.clone(), range));
            scope.extend(parts.iter_var2.clone().map(|name| (name, range)));
            scope.push((parts.accu_var.clone(), start));
            let grown = if parts.iter_var == UNUSED {
                0
            } else {
                size(&parts.loop_step, scope).saturating_mul(range)
            };
            let result = size(&parts.result, scope);
            scope.truncate(outside);
            start.max(grown).max(result)
        }
        Expr::Literal(_) | Expr::Struct(_) | Expr::Unspecified => 1,
    }
}
