//! Why an expression is false: the comparison or call that decided, its operands, and what it read.

use super::evaluate::{Scope, Step, Verdict, judge, operands, resolve, step};
use super::expression::Inner;
use super::functions::{GREATER, GREATER_EQUAL, HAS, IN, INDEX, LESS, LESS_EQUAL, OPTIONAL, UNEQUAL, VISIT};
use super::lower::UNUSED;
use super::values::{Mark, Pending, Session, fault, written_value};
use super::world::{Leaf, Read};
use crate::diagnostic::OperandValue;
use ::cel::Value;
use ::cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, operators};
use std::sync::Arc;

/// Collects the leaves that made an expression what it is.
pub(super) struct Explainer<'e> {
    pub(super) inner: &'e Inner,
    pub(super) session: Arc<Session>,
    pub(super) leaves: Vec<Leaf>,
}

/// Elements that are explained one by one; more would fill the screen.
const ELEMENTS: usize = 64;

impl Explainer<'_> {
    /// Explains an expression that came to `value`.
    pub(super) fn explain(&mut self, expr: &IdedExpr, value: bool, scope: &Scope<'_>) {
        match step(expr) {
            Step::Not(operand) => self.explain(operand, !value, scope),
            // One false operand makes a conjunction false, one true operand a disjunction true: the first.
            Step::And(a, b) if !value => self.first(&[a, b], false, scope),
            Step::Or(a, b) if value => self.first(&[a, b], true, scope),
            // Here all operands had to agree; the one that says most is explained.
            Step::And(..) | Step::Or(..) => {
                let mut all = Vec::new();
                flatten(expr, &mut all);
                if let Some(telling) = most_telling(&all, value) {
                    self.explain(telling, value, scope);
                }
            }
            Step::Choice(condition, a, b) => {
                let (branch, chosen) = match judge(condition, scope, &self.session) {
                    Verdict::True => (a, true),
                    Verdict::False => (b, false),
                    _ => return self.leaf(expr, value, scope),
                };
                if matches!(branch.expr, Expr::Literal(_)) {
                    self.explain(condition, chosen, scope);
                } else {
                    self.explain(branch, value, scope);
                }
            }
            Step::Loop(all, parts, asked) if all != value => self.elements(parts, asked, value, scope),
            Step::Bind(parts) => {
                let mark = self.session.mark();
                if let Ok(bound) = resolve(&parts.accu_init, scope) {
                    let reads = self.reads_since(mark);
                    let mut inner = scope.new_inner_scope();
                    inner.add_variable_as_val(&parts.accu_var, bound);
                    let from = self.leaves.len();
                    self.explain(&parts.result, value, &inner);
                    self.add_reads(from, &reads);
                }
            }
            Step::Loop(..) | Step::Leaf => self.leaf(expr, value, scope),
        }
    }

    fn first(&mut self, all: &[&IdedExpr], value: bool, scope: &Scope<'_>) {
        let decided = all.iter().find(|one| is(&judge(one, scope, &self.session), value));
        if let Some(decided) = decided {
            self.explain(decided, value, scope);
        }
    }

    /// Every element that made a loop what it is.
    fn elements(&mut self, parts: &ComprehensionExpr, asked: &IdedExpr, value: bool, scope: &Scope<'_>) {
        let Ok(range) = Value::resolve_val(&parts.iter_range, scope) else {
            return;
        };
        let Some(iterable) = range.as_iterable() else {
            return;
        };
        let before = self.leaves.len();
        let mut elements = iterable.iter();
        while let Some(element) = elements.next() {
            if self.leaves.len() - before >= ELEMENTS {
                break;
            }
            let mark = self.session.mark();
            let mut inner = scope.new_inner_scope();
            inner.add_variable_as_val(&parts.iter_var, element.clone_as_boxed());
            if is(&judge(asked, &inner, &self.session), value) {
                // The element's own read happened when it was visited, before its mark.
                let own: Vec<Read> = self.session.read_before(mark).into_iter().collect();
                let from = self.leaves.len();
                self.explain(asked, value, &inner);
                self.add_reads(from, &own);
            }
        }
    }

    /// The reads since a mark: those of the subject first, each path once.
    fn reads_since(&self, mark: Mark) -> Vec<Read> {
        let mut reads: Vec<Read> = Vec::new();
        for read in self.session.reads_since(mark) {
            if !read.passed_through && !reads.iter().any(|seen| seen.path == read.path) {
                reads.push(read);
            }
        }
        reads.sort_by_key(distance);
        reads
    }

    /// Gives the leaves that read nothing themselves what the name they speak of was made from.
    fn add_reads(&mut self, from: usize, reads: &[Read]) {
        for leaf in self.leaves.iter_mut().skip(from).filter(|leaf| leaf.reads.is_empty()) {
            leaf.reads.extend(reads.iter().cloned());
        }
    }

    /// Explains all that was evaluated, whatever it came to: every operand of a chain up to the one that
    /// decided.
    pub(super) fn whole(&mut self, expr: &IdedExpr, scope: &Scope<'_>) {
        match step(expr) {
            Step::Not(operand) => self.whole(operand, scope),
            Step::And(..) | Step::Or(..) => {
                let decides = matches!(step(expr), Step::Or(..));
                let mut all = Vec::new();
                flatten(expr, &mut all);
                for operand in all {
                    self.whole(operand, scope);
                    if is(&judge(operand, scope, &self.session), decides) {
                        break;
                    }
                }
            }
            Step::Choice(condition, a, b) => {
                self.whole(condition, scope);
                match judge(condition, scope, &self.session) {
                    Verdict::True if !matches!(a.expr, Expr::Literal(_)) => self.whole(a, scope),
                    Verdict::False if !matches!(b.expr, Expr::Literal(_)) => self.whole(b, scope),
                    _ => {}
                }
            }
            Step::Loop(all, parts, asked) => match judge(expr, scope, &self.session) {
                verdict if is(&verdict, !all) => self.elements(parts, asked, !all, scope),
                verdict => self.judged_leaf(expr, &verdict, scope),
            },
            Step::Bind(parts) => {
                if let Ok(bound) = resolve(&parts.accu_init, scope) {
                    let mut inner = scope.new_inner_scope();
                    inner.add_variable_as_val(&parts.accu_var, bound);
                    self.whole(&parts.result, &inner);
                }
            }
            Step::Leaf => {
                let verdict = judge(expr, scope, &self.session);
                self.judged_leaf(expr, &verdict, scope);
            }
        }
    }

    fn judged_leaf(&mut self, expr: &IdedExpr, verdict: &Verdict, scope: &Scope<'_>) {
        self.leaf(expr, is(verdict, true), scope);
        if let Some(leaf) = self.leaves.last_mut() {
            leaf.open = !is(verdict, true) && !is(verdict, false);
        }
    }

    fn leaf(&mut self, expr: &IdedExpr, value: bool, scope: &Scope<'_>) {
        let mark = self.session.mark();
        let _ = resolve(expr, scope);
        let reads = self.reads_since(mark);
        let mut shown = Vec::new();
        self.operands(expr, true, scope, &mut shown);
        let expression = self.inner.text_of(expr.id).to_owned();
        self.leaves.push(Leaf {
            expression,
            span: self.inner.span_of(expr.id),
            operands: shown,
            gap: gap(expr, scope),
            value,
            open: false,
            reads,
        });
    }

    /// The operands of a leaf that are worth a value, outer ones first on each side.
    fn operands(&self, expr: &IdedExpr, root: bool, scope: &Scope<'_>, shown: &mut Vec<OperandValue>) {
        match &expr.expr {
            Expr::Literal(_) => return,
            Expr::Call(CallExpr { func_name, args, .. }) if func_name == VISIT => {
                if let [_, range] = args.as_slice() {
                    self.operands(range, false, scope, shown);
                }
                return;
            }
            Expr::Call(CallExpr { func_name, args, .. }) if func_name == HAS => {
                return self.tested(expr, args, scope, shown);
            }
            Expr::Comprehension(parts) if parts.iter_var == UNUSED && expr.id == 0 => return,
            Expr::Ident(name) if name.starts_with('@') => return,
            // A constant says itself what it is.
            _ if !names_something(expr) => return,
            _ => {}
        }
        let is_value = !root || is_path(expr);
        if is_value {
            self.show(expr, scope, shown);
        }
        if !is_path(expr) {
            for operand in operands(expr) {
                // The name before a function with dots (`math` of `math.least`) is no value.
                if !matches!(&operand.expr, Expr::Ident(_)) || resolve(operand, scope).is_ok() {
                    self.operands(operand, false, scope, shown);
                }
            }
        }
    }

    /// What `has` asked for, which is not there (or is).
    fn tested(&self, expr: &IdedExpr, args: &[IdedExpr], scope: &Scope<'_>, shown: &mut Vec<OperandValue>) {
        let text = self.inner.text_of(expr.id);
        let path = text.strip_prefix("has(").and_then(|text| text.strip_suffix(')')).unwrap_or(text).trim();
        let value = match (resolve(expr, scope), args) {
            (Ok(present), [operand, member]) if super::values::is_true(present.as_ref()) => {
                let found = resolve(operand, scope).ok().zip(resolve(member, scope).ok());
                let found = found
                    .and_then(|(operand, key)| super::values::member(operand.as_ref(), key.as_ref()).ok());
                found.map_or_else(|| "present".to_owned(), |value| written_value(value.as_ref()))
            }
            (Ok(_), _) => "absent".to_owned(),
            (Err(_), _) => "unknown".to_owned(),
        };
        push(shown, path, value);
    }

    fn show(&self, expr: &IdedExpr, scope: &Scope<'_>, shown: &mut Vec<OperandValue>) {
        let text = self.inner.text_of(expr.id);
        if expr.id == 0 || text.is_empty() {
            return;
        }
        let value = match resolve(expr, scope) {
            Ok(value) if value.downcast_ref::<Pending>().is_some() => "unknown".to_owned(),
            Ok(value) => written_value(value.as_ref()),
            Err(error) if fault::is_absent(&error) => "absent".to_owned(),
            Err(error) if fault::is_unknown(&error) => "unknown".to_owned(),
            Err(_) => return,
        };
        push(shown, text, value);
    }
}

/// How far apart the two sides of an ordering are, with their unit: `1.5Gi`, `240s`.
fn gap(expr: &IdedExpr, scope: &Scope<'_>) -> Option<String> {
    let Expr::Call(CallExpr { func_name, args, .. }) = &expr.expr else { return None };
    let [one, other] = args.as_slice() else { return None };
    if !matches!(func_name.as_str(), LESS | LESS_EQUAL | GREATER | GREATER_EQUAL) {
        return None;
    }
    let (one, other) = (resolve(one, scope).ok()?, resolve(other, scope).ok()?);
    super::values::gap(one.as_ref(), other.as_ref())
}

fn push(shown: &mut Vec<OperandValue>, text: &str, value: String) {
    if !shown.iter().any(|operand| operand.expression == text) {
        shown.push(OperandValue { expression: text.to_owned(), value });
    }
}

fn is(verdict: &Verdict, value: bool) -> bool {
    matches!((verdict, value), (Verdict::True, true) | (Verdict::False, false))
}

/// Whether an expression speaks of any variable; the name before a function with dots is none.
fn names_something(expr: &IdedExpr) -> bool {
    match &expr.expr {
        Expr::Ident(name) => !super::functions::is_namespace(name),
        Expr::Comprehension(_) => true,
        _ => operands(expr).into_iter().any(names_something),
    }
}

/// A path: names, fields and keys only.
fn is_path(expr: &IdedExpr) -> bool {
    match &expr.expr {
        Expr::Ident(_) => true,
        Expr::Select(select) => is_path(&select.operand),
        Expr::Call(CallExpr { func_name, args, .. }) if func_name == INDEX || func_name == OPTIONAL => {
            args.first().is_some_and(is_path)
                && args.get(1).is_some_and(|key| matches!(key.expr, Expr::Literal(_)) || is_path(key))
        }
        _ => false,
    }
}

/// How far a read is from the subject: what it is compared with comes after it.
fn distance(read: &Read) -> u8 {
    match read.root() {
        "reference" => 1,
        "project" => 2,
        "params" => 3,
        _ => 0,
    }
}

/// The operands of a chain of one connective.
fn flatten<'e>(expr: &'e IdedExpr, all: &mut Vec<&'e IdedExpr>) {
    let same = |a: &Step<'_>| {
        matches!((step(expr), a), (Step::And(..), Step::And(..)) | (Step::Or(..), Step::Or(..)))
    };
    match step(expr) {
        Step::And(a, b) | Step::Or(a, b) => {
            for operand in [a, b] {
                if same(&step(operand)) { flatten(operand, all) } else { all.push(operand) }
            }
        }
        _ => all.push(expr),
    }
}

/// Of operands that all came to `value`, the one to explain: the first that is no guard. In `!has(x) ||
/// x >= y` the first operand says only when the second matters.
fn most_telling<'e>(all: &[&'e IdedExpr], value: bool) -> Option<&'e IdedExpr> {
    let telling = all.iter().find(|one| !is_guard(one, value));
    telling.or(all.last()).copied()
}

fn is_guard(expr: &IdedExpr, value: bool) -> bool {
    match &expr.expr {
        Expr::Call(call) => match call.func_name.as_str() {
            HAS => true,
            // `x != "a" || ..` and `!x || ..` are implications; `x == "a" && ..` under a negation is one.
            operators::LOGICAL_NOT | UNEQUAL => !value,
            super::functions::EQUAL | IN => value,
            _ => false,
        },
        _ => false,
    }
}
