//! Which fields of a variable an expression reads: what is not read need not be made.

use super::functions::{HAS, INDEX, OPTIONAL};
use ::cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue};
use std::collections::BTreeSet;

/// Fields of an object, by name; perhaps all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    /// `None` stands for all.
    names: Option<BTreeSet<String>>,
}

impl Default for Members {
    fn default() -> Members {
        Members { names: Some(BTreeSet::new()) }
    }
}

impl Members {
    /// Every field.
    pub fn all() -> Members {
        Members { names: None }
    }

    /// Whether a field is one of them.
    pub fn contains(&self, name: &str) -> bool {
        self.names.as_ref().is_none_or(|names| names.contains(name))
    }

    /// Adds a field.
    pub fn add(&mut self, name: &str) {
        if let Some(names) = &mut self.names
            && !names.contains(name)
        {
            names.insert(name.to_owned());
        }
    }

    /// Adds all fields.
    pub fn add_all(&mut self) {
        self.names = None;
    }
}

/// Adds the fields of a variable that an expression, as it is evaluated, may read. One that uses the
/// variable as a whole reads all of them.
pub(super) fn collect(expr: &IdedExpr, variable: &str, into: &mut Members) {
    let is =
        |expr: &IdedExpr| matches!(&expr.expr, Expr::Ident(name) if name.trim_start_matches('.') == variable);
    let mut visit = |expr: &IdedExpr| collect(expr, variable, into);
    match &expr.expr {
        Expr::Ident(_) if is(expr) => into.add_all(),
        Expr::Select(select) if is(&select.operand) => into.add(&select.field),
        Expr::Select(select) => visit(&select.operand),
        Expr::Call(call) => {
            if let (HAS | INDEX | OPTIONAL, [operand, key]) = (call.func_name.as_str(), call.args.as_slice())
                && is(operand)
                && let Expr::Literal(LiteralValue::String(name)) = &key.expr
            {
                return into.add(name.inner());
            }
            call.target.iter().map(|target| &**target).chain(&call.args).for_each(visit);
        }
        Expr::List(list) => list.elements.iter().for_each(visit),
        Expr::Map(map) => {
            for entry in &map.entries {
                match &entry.expr {
                    EntryExpr::MapEntry(entry) => {
                        visit(&entry.key);
                        visit(&entry.value);
                    }
                    EntryExpr::StructField(field) => visit(&field.value),
                }
            }
        }
        Expr::Comprehension(parts) => {
            for part in
                [&parts.iter_range, &parts.accu_init, &parts.loop_cond, &parts.loop_step, &parts.result]
            {
                visit(part);
            }
        }
        Expr::Struct(_) => into.add_all(),
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
    }
}

#[cfg(test)]
mod tests {
    use super::Members;
    use crate::cel::compile_unchecked;
    use crate::source::{SourceId, TextMap};

    fn members(text: &str) -> Members {
        let map = TextMap::identity(SourceId::FIRST, 0, text.len());
        let mut members = Members::default();
        compile_unchecked(text, &map).unwrap().members("deployment", &mut members);
        members
    }

    #[test]
    fn fields_are_told_by_every_way_to_name_them() {
        for text in [
            "deployment.memory > params.minimum",
            "has(deployment.memory)",
            "deployment[\"memory\"] == 1",
            "[1].all(one, one < deployment.memory)",
            "{\"a\": deployment.?memory}",
            "deployment.memory.tag == \"x\"",
        ] {
            let members = members(text);
            assert!(members.contains("memory") && !members.contains("cpu"), "{text}: {members:?}");
        }
        for text in ["deployment == reference", "deployment[params.name] == 1", "string(deployment)"] {
            assert_eq!(members(text), Members::all(), "{text}");
        }
        assert_eq!(members("params.deployment > 1"), Members::default());
    }
}
