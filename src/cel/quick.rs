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
        Expr::Ident(_) | Expr::Select(_) => {
            if let Some(found) = path(expr, scope) {
                return found;
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

/// The value at a path into the subject; `None` if it is no such path. What else a name may mean (a type,
/// a variable with dots in its name) is the engine's to find out.
fn path<'e>(expr: &'e IdedExpr, scope: &'e Scope<'_>) -> Option<Result<CowVal<'e, 'static>, ExecutionError>> {
    match &expr.expr {
        Expr::Ident(name) => scope.get_variable(name).filter(|value| values::is_ours(value.as_ref())).map(Ok),
        Expr::Select(select) if !select.test => {
            let operand = match path(&select.operand, scope)? {
                Ok(operand) => operand,
                Err(error) => return Some(Err(error)),
            };
            let indexer = operand.as_ref().as_indexer().filter(|_| values::is_ours(operand.as_ref()))?;
            let key: CelString<'_> = select.field.as_str().into();
            Some(indexer.get(&key).map(CowVal::into_owned).map(CowVal::Owned))
        }
        _ => None,
    }
}
