//! A bound on what an expression can build out of itself.
//!
//! Loops are counted while they run, but a name that is bound to a list and written twice into another
//! list doubles it, and 30 such steps fill any memory before a loop visits anything.

use super::lower::UNUSED;
use ::cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, IdedExpr, operators};

/// Whether a value that the expression builds on its way may have more than so many elements, not
/// counting what it reads from the subject.
pub(super) fn exceeds(expr: &IdedExpr, limit: usize) -> bool {
    let mut growth = Growth { scope: Vec::new(), largest: 0 };
    growth.size(expr);
    growth.largest > limit as u64
}

struct Growth {
    /// The sizes of what names are bound to.
    scope: Vec<(String, u64)>,
    largest: u64,
}

impl Growth {
    fn size(&mut self, expr: &IdedExpr) -> u64 {
        let size = match &expr.expr {
            Expr::Ident(name) => {
                let bound = self.scope.iter().rev().find(|(known, _)| known == name);
                bound.map_or(1, |&(_, size)| size)
            }
            Expr::Select(select) => self.size(&select.operand),
            Expr::Call(call) => {
                let parts = call.target.iter().map(|target| &**target).chain(&call.args);
                parts.fold(0u64, |sum, part| sum.saturating_add(self.size(part))).max(1)
            }
            Expr::List(list) => {
                list.elements.iter().fold(1u64, |sum, element| sum.saturating_add(self.size(element)))
            }
            Expr::Map(map) => map.entries.iter().fold(1u64, |sum, entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => sum.saturating_add(self.size(&entry.value)),
                EntryExpr::StructField(field) => sum.saturating_add(self.size(&field.value)),
            }),
            Expr::Comprehension(parts) => self.comprehension(parts),
            Expr::Literal(_) | Expr::Struct(_) | Expr::Unspecified => 1,
        };
        self.largest = self.largest.max(size);
        size
    }

    fn comprehension(&mut self, parts: &ComprehensionExpr) -> u64 {
        let start = self.size(&parts.accu_init);
        let range = self.size(&parts.iter_range);
        let outside = self.scope.len();
        self.scope.push((parts.iter_var.clone(), range));
        self.scope.extend(parts.iter_var2.clone().map(|name| (name, range)));
        self.scope.push((parts.accu_var.clone(), start));
        let step = if parts.iter_var == UNUSED { 0 } else { self.size(&parts.loop_step) };
        let result = self.size(&parts.result);
        self.scope.truncate(outside);
        if parts.iter_var == UNUSED {
            result
        } else if collects(parts) {
            step.saturating_mul(range)
        } else {
            1
        }
    }
}

/// Whether a loop builds a list or a map, rather than a condition or a count.
fn collects(parts: &ComprehensionExpr) -> bool {
    let counts = matches!(&parts.result.expr, Expr::Call(_));
    let asks = matches!(&parts.loop_step.expr, Expr::Call(call)
        if call.func_name == operators::LOGICAL_AND || call.func_name == operators::LOGICAL_OR);
    !counts && !asks
}
