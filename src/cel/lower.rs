//! From the tree as written to the tree that is evaluated.
//!
//! Operators become calls of our functions, which know amounts and unknown values; loops count what they
//! visit; loops with two variables become loops over pairs. Node ids are kept, so that places stay
//! known. Nodes that are added have the id 0.

use super::functions;
use super::functions::{
    ADD, COPY, DIVIDE, ENTRIES, EQUAL, GREATER, GREATER_EQUAL, HAS, IN, INDEX, LESS, LESS_EQUAL, MERGED,
    MODULO, MULTIPLY, NEGATE, OPTIONAL, PAIRS, SUBTRACT, UNEQUAL, VISIT,
};
use super::parser::{INSERT, MERGE, RESULT};
use ::cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, SelectExpr, operators,
};
use std::collections::BTreeSet;

/// The variable that holds the session.
pub(super) const SESSION: &str = "@session";
/// The variable of a loop over pairs.
const PAIR: &str = "@pair";
/// The loop variable of a binding, which loops over nothing.
pub(super) const UNUSED: &str = "#unused";

/// The engine's operators that ours stand in for.
const RENAMED: [(&str, &str); 14] = [
    (operators::EQUALS, EQUAL),
    (operators::NOT_EQUALS, UNEQUAL),
    (operators::LESS, LESS),
    (operators::LESS_EQUALS, LESS_EQUAL),
    (operators::GREATER, GREATER),
    (operators::GREATER_EQUALS, GREATER_EQUAL),
    (operators::IN, IN),
    (operators::ADD, ADD),
    (operators::SUBSTRACT, SUBTRACT),
    (operators::MULTIPLY, MULTIPLY),
    (operators::DIVIDE, DIVIDE),
    (operators::MODULO, MODULO),
    (operators::INDEX, INDEX),
    (operators::NEGATE, NEGATE),
];

/// A tree to be evaluated, and the names that it may read.
#[derive(Debug)]
pub(super) struct Lowered {
    pub(super) root: IdedExpr,
    pub(super) names: BTreeSet<String>,
    /// Whether a function of a library is called.
    pub(super) libraries: bool,
}

/// Rewrites a tree.
pub(super) fn lower(root: IdedExpr) -> Lowered {
    let mut lowering = Lowering { names: BTreeSet::new(), libraries: false, local: Vec::new() };
    let root = lowering.expr(root);
    Lowered { root, names: lowering.names, libraries: lowering.libraries }
}

struct Lowering {
    names: BTreeSet<String>,
    libraries: bool,
    /// Variables of the loops and bindings around.
    local: Vec<String>,
}

fn node(expr: Expr) -> IdedExpr {
    IdedExpr { id: 0, expr }
}

fn ident(name: &str) -> IdedExpr {
    node(Expr::Ident(name.to_owned()))
}

fn call(name: &str, args: Vec<IdedExpr>) -> Expr {
    Expr::Call(CallExpr { func_name: name.to_owned(), target: None, args })
}

fn is_name(expr: &IdedExpr, wanted: &str) -> bool {
    matches!(&expr.expr, Expr::Ident(name) if name == wanted)
}

impl Lowering {
    fn expr(&mut self, expr: IdedExpr) -> IdedExpr {
        let IdedExpr { id, expr } = expr;
        let expr = match expr {
            Expr::Call(call) => self.call(call),
            Expr::Select(select) => self.select(select),
            Expr::Comprehension(comprehension) => self.comprehension(*comprehension),
            Expr::List(list) => {
                let elements = list.elements.into_iter().map(|element| self.copied(element)).collect();
                Expr::List(ListExpr::new_with_optionals(elements, list.optional_indices))
            }
            Expr::Map(mut map) => {
                for entry in &mut map.entries {
                    if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                        entry.key = self.expr(std::mem::take(&mut entry.key));
                        entry.value = self.copied(std::mem::take(&mut entry.value));
                    }
                }
                Expr::Map(map)
            }
            Expr::Ident(name) => {
                if !self.local.contains(&name) {
                    self.names.insert(name.trim_start_matches('.').to_owned());
                }
                Expr::Ident(name)
            }
            other => other,
        };
        IdedExpr { id, expr }
    }

    /// What becomes an element or an entry: copies are counted, as they can double in each step.
    fn copied(&mut self, expr: IdedExpr) -> IdedExpr {
        let literal = matches!(expr.expr, Expr::Literal(_));
        let expr = self.expr(expr);
        if literal { expr } else { node(call(COPY, vec![expr])) }
    }

    fn call(&mut self, parts: CallExpr) -> Expr {
        let CallExpr { func_name, target, args } = parts;
        self.libraries |= match target.as_ref().map(|target| &target.expr) {
            Some(Expr::Ident(namespace)) => {
                functions::is_library(&format!("{namespace}.{func_name}"))
                    || functions::is_library(&func_name)
            }
            _ => functions::is_library(func_name.trim_start_matches('.')),
        };
        // What macros count and collect with stays the engine's, which is quick at it.
        let accumulates = args.first().is_some_and(|first| is_name(first, RESULT));
        let target = target.map(|target| Box::new(self.expr(*target)));
        let mut args: Vec<IdedExpr> = args.into_iter().map(|arg| self.expr(arg)).collect();
        let name = match func_name.as_str() {
            operators::OPT_SELECT | operators::OPT_INDEX => OPTIONAL.to_owned(),
            operators::ADD | operators::EQUALS if accumulates => func_name,
            other => {
                let renamed = RENAMED.iter().find(|(engine, _)| *engine == other);
                renamed.map_or(func_name.clone(), |(_, ours)| (*ours).to_owned())
            }
        };
        // Functions that are called on a name with dots are found by the engine itself.
        args.shrink_to_fit();
        Expr::Call(CallExpr { func_name: name, target, args })
    }

    fn select(&mut self, select: SelectExpr) -> Expr {
        let SelectExpr { operand, field, test } = select;
        let plain = self.is_subject(&operand);
        let operand = self.expr(*operand);
        let name = || node(Expr::Literal(LiteralValue::String(field.clone().into())));
        if test {
            call(HAS, vec![operand, name()])
        } else if plain {
            Expr::Select(SelectExpr { operand: Box::new(operand), field, test })
        } else {
            // What is no part of the subject may be an optional.
            call(INDEX, vec![operand, name()])
        }
    }

    /// Whether an expression is a path into the subject, where no optional is.
    fn is_subject(&self, expr: &IdedExpr) -> bool {
        match &expr.expr {
            Expr::Ident(name) => name != "variables" && !self.local.contains(name),
            Expr::Select(select) => !select.test && self.is_subject(&select.operand),
            _ => false,
        }
    }

    fn comprehension(&mut self, mut parts: ComprehensionExpr) -> Expr {
        let assembles = collects_entries(&mut parts);
        let expr = self.plain_comprehension(parts);
        match assembles {
            Some(function) => call(function, vec![node(expr)]),
            None => expr,
        }
    }

    fn plain_comprehension(&mut self, parts: ComprehensionExpr) -> Expr {
        let accu_init = self.expr(parts.accu_init);
        let binds = parts.iter_var == UNUSED;
        let range = self.expr(parts.iter_range);
        let two = parts.iter_var2.clone();
        if !binds {
            self.names.insert(SESSION.to_owned());
        }
        let iter_range = match (&two, binds) {
            (_, true) => range,
            (None, false) => node(call(VISIT, vec![ident(SESSION), range])),
            (Some(_), false) => node(call(PAIRS, vec![ident(SESSION), range])),
        };
        let names = [Some(parts.iter_var.clone()), two.clone(), Some(parts.accu_var.clone())];
        let outside = self.local.len();
        self.local.extend(names.into_iter().flatten());
        let loop_step = self.expr(parts.loop_step);
        let loop_cond = self.expr(parts.loop_cond);
        let result = self.expr(parts.result);
        self.local.truncate(outside);
        let (iter_var, loop_step) = match two {
            None => (parts.iter_var, loop_step),
            Some(second) => (PAIR.to_owned(), split_pairs(loop_step, &parts.iter_var, &second)),
        };
        Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range,
            iter_var,
            iter_var2: None,
            accu_var: parts.accu_var,
            accu_init,
            loop_cond,
            loop_step,
            result,
        }))
    }
}

/// Makes a loop that builds a map collect the entries in a list, which the engine does in place, where it
/// would copy the map for each entry. The function that makes the map of the list, if it is such a loop.
fn collects_entries(parts: &mut ComprehensionExpr) -> Option<&'static str> {
    let Expr::Call(outer) = &mut parts.loop_step.expr else {
        return None;
    };
    let chooses = outer.func_name == operators::CONDITIONAL;
    let step = if chooses {
        match outer.args.get_mut(1).map(|step| &mut step.expr) {
            Some(Expr::Call(inner)) => inner,
            _ => return None,
        }
    } else {
        outer
    };
    let (added, function) = match (step.func_name.as_str(), step.args.as_mut_slice()) {
        (INSERT, [_, key, value]) => {
            let pair = vec![std::mem::take(key), std::mem::take(value)];
            (node(Expr::List(ListExpr::new(pair))), ENTRIES)
        }
        (MERGE, [_, map]) => (std::mem::take(map), MERGED),
        _ => return None,
    };
    step.args.truncate(1);
    step.args.push(node(Expr::List(ListExpr::new(vec![added]))));
    operators::ADD.clone_into(&mut step.func_name);
    parts.accu_init.expr = Expr::List(ListExpr::new(Vec::new()));
    Some(function)
}

/// The step of a loop over pairs: what the policy wrote sees both variables. The accumulator's part of
/// the step keeps its shape, by which the engine knows what the loop is.
fn split_pairs(step: IdedExpr, first: &str, second: &str) -> IdedExpr {
    let IdedExpr { id, expr } = step;
    let Expr::Call(mut parts) = expr else {
        return IdedExpr { id, expr };
    };
    let accumulates = parts.args.first().is_some_and(|arg| is_name(arg, RESULT));
    for (i, arg) in parts.args.iter_mut().enumerate() {
        let taken = std::mem::take(arg);
        let inner_step = matches!(&taken.expr, Expr::Call(inner)
            if inner.args.first().is_some_and(|arg| is_name(arg, RESULT)));
        *arg = if is_name(&taken, RESULT) {
            taken
        } else if !accumulates && i > 0 && inner_step {
            split_pairs(taken, first, second)
        } else if let (Expr::List(list), true) = (&taken.expr, parts.func_name == operators::ADD) {
            let elements = list.elements.iter().map(|one| bound(one.clone(), first, second)).collect();
            IdedExpr { id: taken.id, expr: Expr::List(ListExpr::new(elements)) }
        } else if matches!(taken.expr, Expr::Literal(_)) {
            taken
        } else {
            bound(taken, first, second)
        };
    }
    IdedExpr { id, expr: Expr::Call(parts) }
}

/// An expression that sees the two halves of a pair.
fn bound(expr: IdedExpr, first: &str, second: &str) -> IdedExpr {
    let half = |index: i64| {
        let index = node(Expr::Literal(LiteralValue::Int(index.into())));
        node(call(INDEX, vec![ident(PAIR), index]))
    };
    let bind = |name: &str, value: IdedExpr, result: IdedExpr| {
        node(Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range: node(Expr::List(ListExpr::new(Vec::new()))),
            iter_var: UNUSED.to_owned(),
            iter_var2: None,
            accu_var: name.to_owned(),
            accu_init: value,
            loop_cond: node(Expr::Literal(LiteralValue::Boolean(false.into()))),
            loop_step: ident(name),
            result,
        })))
    };
    bind(first, half(0), bind(second, half(1), expr))
}
