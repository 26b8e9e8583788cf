//! The steps that nearly every expression takes, without asking the engine for each: a field of the
//! subject is looked up, and a function of ours is called, as the engine would after finding out that
//! nothing else is meant. Everything else is the engine's.

use super::evaluate::Scope;
use super::functions;
use super::values;
use ::cel::common::ast::{Expr, IdedExpr};
use ::cel::common::types::CelString;
use ::cel::common::value::CowVal;
use ::cel::{ExecutionError, Value};

/// The value of an expression.
pub(super) fn value<'e>(
    expr: &'e IdedExpr,
    scope: &'e Scope<'_>,
) -> Result<CowVal<'e, 'static>, ExecutionError> {
    match &expr.expr {
        Expr::Ident(name) => {
            if let Some(value) = scope.get_variable(name) {
                return Ok(value);
            }
        }
        Expr::Select(select) if !select.test && is_path(&select.operand) => {
            let operand = value(&select.operand, scope)?;
            if let Some(indexer) = operand.as_ref().as_indexer().filter(|_| values::is_ours(operand.as_ref()))
            {
                let key: CelString<'_> = select.field.as_str().into();
                return indexer.get(&key).map(CowVal::into_owned).map(CowVal::Owned);
            }
        }
        Expr::Call(call) if call.target.is_none() => {
            if let Some(implementation) = functions::internal(&call.func_name, call.args.len()) {
                let args = call.args.iter().map(|arg| value(arg, scope));
                return implementation(args.collect::<Result<_, _>>()?);
            }
        }
        _ => {}
    }
    Value::resolve_val(expr, scope)
}

/// Whether an expression is a name, or a field of one.
fn is_path(expr: &IdedExpr) -> bool {
    match &expr.expr {
        Expr::Ident(_) => true,
        Expr::Select(select) => !select.test && is_path(&select.operand),
        _ => false,
    }
}
