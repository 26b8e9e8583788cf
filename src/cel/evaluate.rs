//! Evaluation in one world.
//!
//! Conjunctions, disjunctions, negations, choices and the loops `all` and `exists` are walked here, so
//! that each leaf has its own reads and unknown values are judged by three-valued logic; the leaves are
//! the engine's.

use super::expression::Inner;
use super::functions;
use super::lower::{SESSION, UNUSED};
use super::quick;
use super::values::fault::Class;
use super::values::{self, DefinitionsVal, Mark, Owned, Pending, Session, SessionVal, fault};
use crate::cel::world::ReadState;
use crate::diagnostic::UnknownInput;
use crate::value::Condition;
use ::cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, operators};
use ::cel::common::types::CelBool;
use ::cel::{Context, ExecutionError};
use std::sync::Arc;

/// The engine's scope: our values borrow nothing.
pub(super) type Scope<'p> = Context<'p, 'static>;

/// What an expression comes to in one world, before it is written out.
#[derive(Debug)]
pub(super) enum Verdict {
    True,
    False,
    /// A value that is neither true nor false.
    Value(Owned),
    /// A choice that the world does not make.
    Fork(Vec<Condition>),
    Unknown(Vec<UnknownInput>),
    /// What failed, and the id of the expression that did.
    Error(ExecutionError, u64),
}

/// The scope of an evaluation: the variables that the expression names.
pub(super) fn scope(inner: &Inner, session: &Arc<Session>) -> Scope<'static> {
    let mut scope = Context::with_env(functions::environment(inner.libraries()));
    let names = inner.names();
    for (name, field) in session.activation.variables.iter().rev() {
        if names.contains(*name) {
            scope.add_variable_as_val(*name, values::variable(session, name, field));
        }
    }
    if names.contains("variables") {
        let session = Arc::clone(session);
        scope.add_variable_as_val("variables", Box::new(DefinitionsVal { session }));
    }
    if names.contains(SESSION) {
        scope.add_variable_as_val(SESSION, Box::new(SessionVal(Arc::clone(session))));
    }
    scope
}

/// The value of an expression.
pub(super) fn resolve(expr: &IdedExpr, scope: &Scope<'_>) -> Result<Owned, ExecutionError> {
    quick::value(expr, scope).map(::cel::common::value::CowVal::into_owned)
}

/// What kind of step an expression is for the walk.
pub(super) enum Step<'e> {
    And(&'e IdedExpr, &'e IdedExpr),
    Or(&'e IdedExpr, &'e IdedExpr),
    Not(&'e IdedExpr),
    Choice(&'e IdedExpr, &'e IdedExpr, &'e IdedExpr),
    /// `all` (true) or `exists` (false), with what is asked of each element.
    Loop(bool, &'e ComprehensionExpr, &'e IdedExpr),
    Bind(&'e ComprehensionExpr),
    Leaf,
}

/// Takes an expression apart.
pub(super) fn step(expr: &IdedExpr) -> Step<'_> {
    match &expr.expr {
        Expr::Call(CallExpr { func_name, target: None, args }) => match (func_name.as_str(), args.as_slice())
        {
            (operators::LOGICAL_AND, [a, b]) => Step::And(a, b),
            (operators::LOGICAL_OR, [a, b]) => Step::Or(a, b),
            (operators::LOGICAL_NOT, [a]) => Step::Not(a),
            (operators::CONDITIONAL, [condition, a, b]) => Step::Choice(condition, a, b),
            _ => Step::Leaf,
        },
        Expr::Comprehension(parts) if parts.iter_var == UNUSED => Step::Bind(parts),
        Expr::Comprehension(parts) => match step(&parts.loop_step) {
            Step::And(accumulator, asked) if is_result(accumulator, parts) => Step::Loop(true, parts, asked),
            Step::Or(accumulator, asked) if is_result(accumulator, parts) => Step::Loop(false, parts, asked),
            _ => Step::Leaf,
        },
        _ => Step::Leaf,
    }
}

fn is_result(expr: &IdedExpr, parts: &ComprehensionExpr) -> bool {
    matches!(&expr.expr, Expr::Ident(name) if *name == parts.accu_var)
}

/// Judges an expression.
pub(super) fn judge(expr: &IdedExpr, scope: &Scope<'_>, session: &Arc<Session>) -> Verdict {
    let verdict = judge_step(expr, scope, session);
    if let Some(trace) = &session.trace {
        trace.outcome(expr.id, &verdict);
    }
    verdict
}

fn judge_step(expr: &IdedExpr, scope: &Scope<'_>, session: &Arc<Session>) -> Verdict {
    match step(expr) {
        Step::And(a, b) => match judge(a, scope, session) {
            Verdict::False => Verdict::False,
            left => joined(left, judge(b, scope, session), expr.id, true),
        },
        Step::Or(a, b) => match judge(a, scope, session) {
            Verdict::True => Verdict::True,
            left => joined(left, judge(b, scope, session), expr.id, false),
        },
        Step::Not(a) => match judge(a, scope, session) {
            Verdict::True => Verdict::False,
            Verdict::False => Verdict::True,
            Verdict::Value(value) => no_bool(&value, expr.id),
            other => other,
        },
        Step::Choice(condition, a, b) => match judge(condition, scope, session) {
            Verdict::True => judge(a, scope, session),
            Verdict::False => judge(b, scope, session),
            Verdict::Value(value) => no_bool(&value, condition.id),
            // It may turn out to be an error, which no branch makes good.
            Verdict::Unknown(inputs) if may_fail(condition, scope, session) => Verdict::Unknown(inputs),
            // Whatever the condition is, both branches may agree.
            Verdict::Unknown(inputs) => match (judge(a, scope, session), judge(b, scope, session)) {
                (Verdict::True, Verdict::True) => Verdict::True,
                (Verdict::False, Verdict::False) => Verdict::False,
                (Verdict::Fork(choice), _) | (_, Verdict::Fork(choice)) => Verdict::Fork(choice),
                _ => Verdict::Unknown(inputs),
            },
            other => other,
        },
        Step::Loop(all, parts, asked) => {
            let identity = if all { Verdict::True } else { Verdict::False };
            each(parts, scope, session, expr.id, identity, |so_far, inner| {
                let found = judge(asked, inner, session);
                joined(so_far, found, expr.id, all)
            })
        }
        Step::Bind(parts) => {
            let mark = session.mark();
            match resolve(&parts.accu_init, scope) {
                Ok(value) => {
                    let mut inner = scope.new_inner_scope();
                    inner.add_variable_as_val(&parts.accu_var, value);
                    judge(&parts.result, &inner, session)
                }
                Err(error) => failed(error, &parts.accu_init, scope, session, mark),
            }
        }
        Step::Leaf => leaf(expr, scope, session),
    }
}

/// Whether a part of a condition that cannot be told is an error: one that an unknown value beside it
/// hides for now.
fn may_fail(expr: &IdedExpr, scope: &Scope<'_>, session: &Arc<Session>) -> bool {
    match step(expr) {
        Step::And(a, b) | Step::Or(a, b) => [a, b].into_iter().any(|one| may_fail(one, scope, session)),
        Step::Not(a) => may_fail(a, scope, session),
        Step::Choice(condition, a, b) => {
            [condition, a, b].into_iter().any(|one| may_fail(one, scope, session))
        }
        _ => {
            // It was judged before, and what it reads was recorded then.
            let before = session.mark();
            let fails = matches!(judge(expr, scope, session), Verdict::Error(..));
            session.rewind(before);
            fails
        }
    }
}

/// Goes over the elements of a loop until the outcome is certain.
fn each(
    parts: &ComprehensionExpr,
    scope: &Scope<'_>,
    session: &Arc<Session>,
    id: u64,
    start: Verdict,
    mut visit: impl FnMut(Verdict, &Scope<'_>) -> Verdict,
) -> Verdict {
    let mark = session.mark();
    let range = match quick::value(&parts.iter_range, scope) {
        Ok(range) => range,
        Err(error) => return failed(error, &parts.iter_range, scope, session, mark).at(id),
    };
    let Some(iterable) = range.as_iterable() else {
        return Verdict::Error(fault::mismatch("a loop goes over a list or a map"), id);
    };
    // The outcome that ends the loop is the opposite of the one it begins with.
    let ends = |verdict: &Verdict| match start {
        Verdict::True => matches!(verdict, Verdict::False),
        _ => matches!(verdict, Verdict::True),
    };
    let mut so_far = match start {
        Verdict::True => Verdict::True,
        _ => Verdict::False,
    };
    let mut elements = iterable.iter();
    while let Some(element) = elements.next() {
        let mut inner = scope.new_inner_scope();
        inner.add_variable_as_val(&parts.iter_var, element.clone_as_boxed());
        so_far = visit(so_far, &inner);
        // Beyond a limit every further element would meet it too.
        let met = matches!(&so_far, Verdict::Error(error, _) if fault::class(error) == Class::Limit);
        if met || ends(&so_far) {
            break;
        }
    }
    so_far
}

/// `a && b` (`and`) or `a || b`, where `a` does not decide alone.
fn joined(a: Verdict, b: Verdict, id: u64, and: bool) -> Verdict {
    let decides =
        |verdict: &Verdict| matches!((verdict, and), (Verdict::False, true) | (Verdict::True, false));
    if decides(&a) {
        return a;
    }
    if decides(&b) {
        return b;
    }
    match (a, b) {
        (Verdict::Value(value), _) | (_, Verdict::Value(value)) => no_bool(&value, id),
        (Verdict::Fork(choice), _) | (_, Verdict::Fork(choice)) => Verdict::Fork(choice),
        (Verdict::Unknown(mut a), Verdict::Unknown(b)) => {
            a.extend(b);
            Verdict::Unknown(a)
        }
        // Once it is known, an unknown value may decide before the error matters.
        (Verdict::Unknown(inputs), _) | (_, Verdict::Unknown(inputs)) => Verdict::Unknown(inputs),
        (error @ Verdict::Error(..), _) | (_, error @ Verdict::Error(..)) => error,
        (_, neither) => neither,
    }
}

fn no_bool(value: &Owned, id: u64) -> Verdict {
    Verdict::Error(fault::mismatch(format!("expected bool, found {}", fault::kind(value.as_ref()))), id)
}

fn leaf(expr: &IdedExpr, scope: &Scope<'_>, session: &Arc<Session>) -> Verdict {
    let mark = session.mark();
    let outcome = resolve(expr, scope).and_then(|value| Pending::check(value.as_ref()).map(|()| value));
    match outcome {
        Ok(value) => match value.downcast_ref::<CelBool>().map(|bool| *bool.inner()) {
            Some(true) => Verdict::True,
            Some(false) => Verdict::False,
            None => Verdict::Value(value),
        },
        Err(error) => failed(error, expr, scope, session, mark),
    }
}

/// What an error of the engine means: a choice to be made, an unknown value, or an error indeed.
fn failed(
    error: ExecutionError,
    expr: &IdedExpr,
    scope: &Scope<'_>,
    session: &Arc<Session>,
    mark: Mark,
) -> Verdict {
    if let Some(choice) = session.choice_since(mark) {
        return Verdict::Fork(choice);
    }
    if fault::is_unknown(&error) || session.unknown_since(mark) {
        return Verdict::Unknown(unknown_inputs(session, mark));
    }
    let before = session.mark();
    let id = culprit(expr, scope);
    session.rewind(before);
    Verdict::Error(error, id)
}

impl Verdict {
    /// The verdict, with an error placed where it has no place of its own.
    fn at(self, id: u64) -> Verdict {
        match self {
            Verdict::Error(error, 0) => Verdict::Error(error, id),
            other => other,
        }
    }
}

/// The unknown values read since a mark.
pub(super) fn unknown_inputs(session: &Session, mark: Mark) -> Vec<UnknownInput> {
    let mut inputs: Vec<UnknownInput> = Vec::new();
    for read in session.reads_since(mark) {
        if let ReadState::Unknown(unknown) = read.state
            && !inputs.iter().any(|input| input.name == read.path)
        {
            inputs.push(UnknownInput { name: read.path, unknown });
        }
    }
    inputs
}

/// The operands of an expression that are evaluated in its own scope.
pub(super) fn operands(expr: &IdedExpr) -> Vec<&IdedExpr> {
    match &expr.expr {
        Expr::Call(call) => call.target.iter().map(|target| &**target).chain(&call.args).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Comprehension(parts) => vec![&parts.accu_init, &parts.iter_range],
        _ => Vec::new(),
    }
}

/// The innermost expression that fails, by id.
fn culprit(expr: &IdedExpr, scope: &Scope<'_>) -> u64 {
    let failing = operands(expr).into_iter().find(|operand| {
        // The name before a function with dots (`math` of `math.least`) is no value.
        !matches!(operand.expr, Expr::Ident(_)) && resolve(operand, scope).is_err()
    });
    match failing.map(|operand| culprit(operand, scope)) {
        None | Some(0) => expr.id,
        Some(inner) => inner,
    }
}
