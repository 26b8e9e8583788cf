//! Macros, expanded as the engine's own parser expands them. The test oracle sees to it that the shapes
//! follow the engine.

mod extensions;

use super::tree::{Macro, Nodes, Place};
use ::cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, ListExpr, LiteralValue, operators};

/// The accumulator of a comprehension. No expression can name it.
pub(in crate::cel) const RESULT: &str = "@result";

/// What became of a call that may be a macro.
pub(super) enum Expansion {
    /// No macro: the call as written.
    Call(Option<IdedExpr>, Vec<IdedExpr>),
    Expanded(IdedExpr),
    /// A macro with an argument that it cannot take; the argument's id and what is wrong.
    Invalid(u64, &'static str),
}

/// What a comprehension does with its accumulator.
struct Accumulator {
    accu_init: IdedExpr,
    loop_cond: IdedExpr,
    loop_step: IdedExpr,
    result: IdedExpr,
}

const NAME_WANTED: &str = "a macro needs a plain name here";

/// Expands `function(args)` or `target.function(args)`.
pub(super) fn expand(
    nodes: &mut Nodes,
    place: Place,
    function: &str,
    target: Option<IdedExpr>,
    args: Vec<IdedExpr>,
) -> Expansion {
    let mut build = Build { nodes, place };
    match (target, function, args.len()) {
        (None, operators::HAS, 1) => build.has(args),
        (Some(target), "bind", 3) if is_name(&target, "cel") => build.cel_bind(args),
        (Some(target), "block", 2) if is_name(&target, "cel") => build.cel_block(args),
        (Some(target), "index", 1) if is_name(&target, "cel") => build.numbered("index", &args),
        (Some(target), "iterVar", 2) if is_name(&target, "cel") => build.numbered("it", &args),
        (Some(target), "accuVar", 2) if is_name(&target, "cel") => build.numbered("ac", &args),
        (Some(target), operators::ALL | operators::EXISTS, 2 | 3) => {
            build.fold(function == operators::ALL, target, args)
        }
        (Some(target), operators::EXISTS_ONE | "existsOne", 2 | 3) => build.exists_one(target, args),
        (Some(target), operators::MAP, 2 | 3) => build.collect(target, args, Shape::MAP),
        (Some(target), operators::FILTER, 2) => build.collect(target, args, Shape::FILTER),
        (Some(target), "transformList", 3 | 4) => build.collect(target, args, Shape::TRANSFORM_LIST),
        (Some(target), "transformMap", 3 | 4) => build.collect(target, args, Shape::TRANSFORM_MAP),
        (Some(target), "transformMapEntry", 3 | 4) => build.collect(target, args, Shape::TRANSFORM_MAP_ENTRY),
        (Some(target), "sortBy", 2) => build.sort_by(target, args),
        (Some(target), "optMap", 2) => build.optional_map(target, args, true),
        (Some(target), "optFlatMap", 2) => build.optional_map(target, args, false),
        (target, _, _) => Expansion::Call(target, args),
    }
}

/// How many levels an expansion adds to its deepest argument, of which the first is a list of so many
/// elements.
pub(super) fn added_depth(function: &str, args: usize, elements: usize) -> u16 {
    match (function, args) {
        // Each element is bound inside the one before it.
        ("block", 2) => u16::try_from(elements).unwrap_or(u16::MAX).saturating_add(1),
        ("sortBy", 2) => 7,
        (operators::ALL | operators::EXISTS | operators::EXISTS_ONE | "existsOne", 2 | 3) => 3,
        (
            operators::MAP | operators::FILTER | "transformList" | "transformMap" | "transformMapEntry",
            2..=4,
        ) => 4,
        ("optMap" | "optFlatMap", 2) => 5,
        _ => 1,
    }
}

/// The variables of a comprehension: one, or two.
type Variables = (String, Option<String>);

/// A macro that collects into a list or a map.
struct Shape {
    name: Macro,
    variables: usize,
    /// Whether the elements themselves are collected.
    elements: bool,
    /// The function that adds to a map, where none collects into a list.
    map: Option<&'static str>,
}

impl Shape {
    const MAP: Shape = Shape { name: Macro::Map, variables: 1, elements: false, map: None };
    const FILTER: Shape = Shape { name: Macro::Filter, variables: 1, elements: true, map: None };
    const TRANSFORM_LIST: Shape =
        Shape { name: Macro::TransformList, variables: 2, elements: false, map: None };
    const TRANSFORM_MAP: Shape =
        Shape { name: Macro::TransformMap, variables: 2, elements: false, map: Some(INSERT) };
    const TRANSFORM_MAP_ENTRY: Shape =
        Shape { name: Macro::TransformMapEntry, variables: 2, elements: false, map: Some(MERGE) };
}

/// What adds an entry to the map that `transformMap` builds; the tree that is evaluated has it no more.
pub(in crate::cel) const INSERT: &str = "@insert";
/// The same for `transformMapEntry` and the entries of a map.
pub(in crate::cel) const MERGE: &str = "@merge";

fn is_name(expr: &IdedExpr, wanted: &str) -> bool {
    matches!(&expr.expr, Expr::Ident(name) if name == wanted)
}

struct Build<'a> {
    nodes: &'a mut Nodes,
    place: Place,
}

impl Build<'_> {
    fn node(&mut self, expr: Expr) -> IdedExpr {
        self.nodes.node(expr, self.place)
    }

    fn result(&mut self) -> IdedExpr {
        self.node(Expr::Ident(RESULT.to_owned()))
    }

    fn bool(&mut self, value: bool) -> IdedExpr {
        self.node(Expr::Literal(LiteralValue::Boolean(value.into())))
    }

    fn int(&mut self, value: i64) -> IdedExpr {
        self.node(Expr::Literal(LiteralValue::Int(value.into())))
    }

    fn list(&mut self, elements: Vec<IdedExpr>) -> IdedExpr {
        self.node(Expr::List(ListExpr::new(elements)))
    }

    fn call(&mut self, name: &str, args: Vec<IdedExpr>) -> IdedExpr {
        self.node(Expr::Call(CallExpr { func_name: name.to_owned(), target: None, args }))
    }

    fn member_call(&mut self, target: IdedExpr, name: &str, args: Vec<IdedExpr>) -> IdedExpr {
        self.node(Expr::Call(CallExpr { func_name: name.to_owned(), target: Some(Box::new(target)), args }))
    }

    fn comprehension(
        &mut self,
        name: Macro,
        iter_range: IdedExpr,
        (iter_var, iter_var2): Variables,
        accumulator: Accumulator,
    ) -> Expansion {
        let Accumulator { accu_init, loop_cond, loop_step, result } = accumulator;
        let accu_var = RESULT.to_owned();
        let expr = self.node(Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range,
            iter_var,
            iter_var2,
            accu_var,
            accu_init,
            loop_cond,
            loop_step,
            result,
        })));
        self.nodes.expanded(expr.id, name);
        Expansion::Expanded(expr)
    }

    fn has(&mut self, mut args: Vec<IdedExpr>) -> Expansion {
        let Some(argument) = args.pop() else {
            return Expansion::Call(None, args);
        };
        match argument.expr {
            Expr::Select(mut select) => {
                select.test = true;
                // Whoever points at the test points at the path that is tested.
                let inner = self.nodes.place(argument.id);
                let place = Place { anchor: inner.anchor, ..self.place };
                Expansion::Expanded(self.nodes.node(Expr::Select(select), place))
            }
            _ => Expansion::Invalid(argument.id, "`has` tests a field: `has(deployment.memory)`"),
        }
    }

    fn fold(&mut self, all: bool, range: IdedExpr, args: Vec<IdedExpr>) -> Expansion {
        let count = args.len() - 1;
        let (names, mut rest) = match variables(args, count) {
            Ok(split) => split,
            Err(invalid) => return invalid,
        };
        let accu_init = self.bool(all);
        let condition = self.result();
        let condition = if all { condition } else { self.call(operators::LOGICAL_NOT, vec![condition]) };
        let loop_cond = self.call(operators::NOT_STRICTLY_FALSE, vec![condition]);
        let mut operands = vec![self.result()];
        operands.append(&mut rest);
        let operator = if all { operators::LOGICAL_AND } else { operators::LOGICAL_OR };
        let loop_step = self.call(operator, operands);
        let result = self.result();
        let accumulator = Accumulator { accu_init, loop_cond, loop_step, result };
        self.comprehension(if all { Macro::All } else { Macro::Exists }, range, names, accumulator)
    }

    fn exists_one(&mut self, range: IdedExpr, args: Vec<IdedExpr>) -> Expansion {
        let count = args.len() - 1;
        let (names, mut operands) = match variables(args, count) {
            Ok(split) => split,
            Err(invalid) => return invalid,
        };
        let accu_init = self.int(0);
        let loop_cond = self.bool(true);
        let sum = vec![self.result(), self.int(1)];
        operands.push(self.call(operators::ADD, sum));
        operands.push(self.result());
        let loop_step = self.call(operators::CONDITIONAL, operands);
        let count = vec![self.result(), self.int(1)];
        let result = self.call(operators::EQUALS, count);
        let accumulator = Accumulator { accu_init, loop_cond, loop_step, result };
        self.comprehension(Macro::ExistsOne, range, names, accumulator)
    }

    /// `map`, `filter` and their two-variable kin: an accumulator that grows by each element that
    /// passes.
    fn collect(&mut self, range: IdedExpr, args: Vec<IdedExpr>, shape: Shape) -> Expansion {
        let variable = args.first().cloned();
        let (names, mut rest) = match variables(args, shape.variables) {
            Ok(split) => split,
            Err(invalid) => return invalid,
        };
        let filter = if shape.elements || rest.len() == 2 { Some(rest.remove(0)) } else { None };
        let value = if shape.elements { variable } else { rest.pop() };
        let accu_init = if shape.map.is_some() {
            self.node(Expr::Map(::cel::common::ast::MapExpr::default()))
        } else {
            self.list(Vec::new())
        };
        let loop_cond = self.bool(true);
        let accumulator = self.result();
        let added: Vec<IdedExpr> = value.into_iter().collect();
        let step = match shape.map {
            Some(INSERT) => {
                let key = self.node(Expr::Ident(names.0.clone()));
                let operands = [accumulator, key].into_iter().chain(added).collect();
                self.call(INSERT, operands)
            }
            Some(merge) => self.call(merge, [accumulator].into_iter().chain(added).collect()),
            None => {
                let added = self.list(added);
                self.call(operators::ADD, vec![accumulator, added])
            }
        };
        let loop_step = match filter {
            Some(filter) => {
                let otherwise = self.result();
                self.call(operators::CONDITIONAL, vec![filter, step, otherwise])
            }
            None => step,
        };
        let result = self.result();
        let accumulator = Accumulator { accu_init, loop_cond, loop_step, result };
        self.comprehension(shape.name, range, names, accumulator)
    }
}

/// Takes the variables, one or two, off the arguments.
fn variables(args: Vec<IdedExpr>, count: usize) -> Result<(Variables, Vec<IdedExpr>), Expansion> {
    let mut args = args.into_iter();
    let mut name = || match args.next() {
        Some(IdedExpr { expr: Expr::Ident(name), .. }) => Ok(name),
        Some(other) => Err(Expansion::Invalid(other.id, NAME_WANTED)),
        None => Err(Expansion::Invalid(0, NAME_WANTED)),
    };
    let first = name()?;
    let second = if count == 2 { Some(name()?) } else { None };
    Ok(((first, second), args.collect()))
}
