//! Macros of the libraries: bindings, blocks, optionals, sorting.

use super::{Build, Expansion, NAME_WANTED, Shape};
use crate::cel::functions::SORT;
use crate::cel::parser::tree::Macro;
use ::cel::common::ast::{ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};

/// What `optMap` binds a target to that is no plain name.
const TARGET: &str = "@target";
/// What `sortBy` binds the list to.
const SORTED: &str = "@sorted";

impl Build<'_> {
    /// `cel.bind(name, value, body)`: a comprehension over no elements whose accumulator is the name.
    pub(super) fn cel_bind(&mut self, args: Vec<IdedExpr>) -> Expansion {
        let mut args = args.into_iter();
        match (args.next(), args.next(), args.next()) {
            (Some(IdedExpr { expr: Expr::Ident(name), .. }), Some(value), Some(body)) => {
                Expansion::Expanded(self.bind(&name, value, body))
            }
            (Some(first), _, _) => Expansion::Invalid(first.id, NAME_WANTED),
            (None, _, _) => Expansion::Call(None, Vec::new()),
        }
    }

    fn bind(&mut self, name: &str, accu_init: IdedExpr, result: IdedExpr) -> IdedExpr {
        let iter_range = self.list(Vec::new());
        let loop_cond = self.bool(false);
        let loop_step = self.node(Expr::Ident(name.to_owned()));
        let parts = ComprehensionExpr {
            iter_range,
            iter_var: "#unused".to_owned(),
            iter_var2: None,
            accu_var: name.to_owned(),
            accu_init,
            loop_cond,
            loop_step,
            result,
        };
        let expr = self.node(Expr::Comprehension(Box::new(parts)));
        self.nodes.expanded(expr.id, Macro::Bind);
        expr
    }

    /// `t.optMap(v, e)` is `t.hasValue() ? optional.of(e with v = t.value()) : optional.none()`;
    /// `optFlatMap` the same without `optional.of`. A target that is no name is bound first, so that it
    /// is evaluated once.
    pub(super) fn optional_map(&mut self, target: IdedExpr, args: Vec<IdedExpr>, wrap: bool) -> Expansion {
        let mut args = args.into_iter();
        let (variable, mapping) = match (args.next(), args.next()) {
            (Some(IdedExpr { expr: Expr::Ident(name), .. }), Some(mapping)) => (name, mapping),
            (Some(first), _) => return Expansion::Invalid(first.id, NAME_WANTED),
            (None, _) => return Expansion::Call(Some(target), Vec::new()),
        };
        let (name, bound) = match &target.expr {
            Expr::Ident(name) => (name.clone(), None),
            _ => (TARGET.to_owned(), Some(target)),
        };
        let receiver = self.node(Expr::Ident(name.clone()));
        let has_value = self.member_call(receiver, "hasValue", Vec::new());
        let receiver = self.node(Expr::Ident(name));
        let value = self.member_call(receiver, "value", Vec::new());
        let mapped = self.bind(&variable, value, mapping);
        let some = if wrap { self.optional("of", vec![mapped]) } else { mapped };
        let none = self.optional("none", Vec::new());
        let chosen = self.call(operators::CONDITIONAL, vec![has_value, some, none]);
        Expansion::Expanded(match bound {
            Some(target) => self.bind(TARGET, target, chosen),
            None => chosen,
        })
    }

    fn optional(&mut self, name: &str, args: Vec<IdedExpr>) -> IdedExpr {
        let namespace = self.node(Expr::Ident("optional".to_owned()));
        self.member_call(namespace, name, args)
    }

    /// `cel.block([a, b], e)`: `e`, and each element, may name the elements before as `cel.index(0)`.
    pub(super) fn cel_block(&mut self, args: Vec<IdedExpr>) -> Expansion {
        let mut args = args.into_iter();
        match (args.next(), args.next()) {
            (Some(IdedExpr { expr: Expr::List(slots), .. }), Some(result)) => {
                let slots = slots.elements.into_iter().enumerate().rev();
                Expansion::Expanded(
                    slots.fold(result, |body, (i, slot)| self.bind(&format!("@index:{i}"), slot, body)),
                )
            }
            (first, _) => {
                let id = first.map_or(0, |first| first.id);
                Expansion::Invalid(id, "`cel.block` takes a list of values, and an expression over them")
            }
        }
    }

    /// `cel.index(0)`, `cel.iterVar(0, 1)`: names that no expression can write otherwise.
    pub(super) fn numbered(&mut self, kind: &str, args: &[IdedExpr]) -> Expansion {
        let mut name = format!("@{kind}");
        for arg in args {
            match &arg.expr {
                Expr::Literal(LiteralValue::Int(number)) if *number.inner() >= 0 => {
                    name.push_str(&format!(":{}", number.inner()));
                }
                _ => return Expansion::Invalid(arg.id, "a number from 0 on stands here"),
            }
        }
        Expansion::Expanded(self.node(Expr::Ident(name)))
    }

    /// `l.sortBy(v, e)` is `l` in the order of `l.map(v, e)`.
    pub(super) fn sort_by(&mut self, range: IdedExpr, args: Vec<IdedExpr>) -> Expansion {
        let list = self.node(Expr::Ident(SORTED.to_owned()));
        let keys = match self.collect(list, args, Shape::MAP) {
            Expansion::Expanded(keys) => keys,
            invalid => return invalid,
        };
        let list = self.node(Expr::Ident(SORTED.to_owned()));
        let sorted = self.call(SORT, vec![list, keys]);
        Expansion::Expanded(self.bind(SORTED, range, sorted))
    }
}
