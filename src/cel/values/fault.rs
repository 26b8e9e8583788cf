//! The errors that evaluation raises, ours told apart from the engine's by a reserved function name
//! that no expression can call.

use super::Pending;
use ::cel::ExecutionError;
use ::cel::common::value::Val;

const UNKNOWN: &str = "@unknown";
const UNDECIDED: &str = "@undecided";
const ABSENT: &str = "@absent";
const WRONG: &str = "@wrong";

fn reserved(function: &str, message: String) -> ExecutionError {
    ExecutionError::FunctionError { function: function.to_owned(), message }
}

/// A value that is not known was read; the log says which.
pub(in crate::cel) fn unknown() -> ExecutionError {
    reserved(UNKNOWN, String::new())
}

/// A value that is one of several was read, and the world does not say which; the log has the choice.
pub(in crate::cel) fn undecided() -> ExecutionError {
    reserved(UNDECIDED, String::new())
}

/// A field that is certainly absent was read without a guard.
pub(in crate::cel) fn absent(path: String) -> ExecutionError {
    reserved(ABSENT, path)
}

/// Anything else, in a sentence for people.
pub(in crate::cel) fn wrong(message: impl Into<String>) -> ExecutionError {
    reserved(WRONG, message.into())
}

fn is(error: &ExecutionError, name: &str) -> bool {
    matches!(error, ExecutionError::FunctionError { function, .. } if function == name)
}

/// Whether the error is an unknown value, or comes of handing one to what cannot take it.
pub(in crate::cel) fn is_unknown(error: &ExecutionError) -> bool {
    let named = |kind: &str| kind == Pending::KIND;
    match error {
        ExecutionError::NoSuchOverload(error) => error.argument_types().iter().any(|kind| named(kind)),
        ExecutionError::UnexpectedType { got, .. } => named(got),
        error => is(error, UNKNOWN),
    }
}

/// Whether an absent field, key or element is the error.
pub(in crate::cel) fn is_absent(error: &ExecutionError) -> bool {
    matches!(error, ExecutionError::NoSuchKey(_) | ExecutionError::IndexOutOfBounds(_)) || is(error, ABSENT)
}

/// The type of a value, for people.
pub(in crate::cel) fn kind(value: &dyn Val) -> &str {
    match value.get_type().name() {
        "optional_type" => "an optional",
        "null_type" => "null",
        other => other,
    }
}

/// The error in one sentence.
pub(in crate::cel) fn describe(error: &ExecutionError) -> String {
    match error {
        ExecutionError::FunctionError { function, message } => match function.as_str() {
            ABSENT => format!("`{message}` is not set"),
            WRONG => message.clone(),
            UNKNOWN | UNDECIDED => "a value is not known".to_owned(),
            function => format!("`{function}`: {message}"),
        },
        ExecutionError::NoSuchKey(key) => format!("there is no `{key}`"),
        ExecutionError::IndexOutOfBounds(index) => match index {
            ::cel::Value::Int(index) => format!("there is no element at index {index}"),
            _ => "there is no such element".to_owned(),
        },
        ExecutionError::UndeclaredReference(name) => format!("`{name}` is not known"),
        ExecutionError::UnexpectedType { got, want } => format!("expected {want}, found {got}"),
        ExecutionError::NoSuchOverload(error) => {
            let types = error.argument_types().join(", ");
            format!("`{}` does not take ({types})", operator(error.function()))
        }
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "division by zero".to_owned()
        }
        ExecutionError::Overflow(..) => "the number does not fit 64 bits".to_owned(),
        ExecutionError::DuplicateKey(_) => "a map has the same key twice".to_owned(),
        other => other.to_string(),
    }
}

/// An operator as written: `_&&_` is `&&`.
pub(in crate::cel) fn operator(name: &str) -> &str {
    name.trim_matches(|c| c == '_' || c == '@')
}
