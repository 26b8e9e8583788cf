//! The errors that evaluation raises, ours told apart from the engine's by a reserved function name
//! that no expression can call.

use super::Pending;
use crate::cel::limits;
use crate::cel::world::POLICY_ERROR;
use ::cel::ExecutionError;
use ::cel::common::value::Val;

const UNKNOWN: &str = "@unknown";
const UNDECIDED: &str = "@undecided";
const ABSENT: &str = "@absent";
const MISMATCH: &str = "@mismatch";
const RANGE: &str = "@range";
const INDEX: &str = "@index";
const ZERO: &str = "@zero";
/// Limits are named by their codes, which no expression can call either.
const LIMIT: &str = "cel-limit-";
const REPEATED: &str = "@repeated";
const WRONG: &str = "@wrong";

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cel) enum Class {
    /// A value that is not known, or one of several, was needed.
    Unknown,
    /// A field, a key or a value is not there.
    Absent,
    /// A value of a type that is not taken here.
    Mismatch,
    /// A number, an amount or a time beyond what its type holds.
    Range,
    /// A position outside of a text or a list.
    Index,
    /// A division by zero.
    Zero,
    /// A limit of this room.
    Limit,
    /// The same key twice.
    Repeated,
    /// A name or a function that does not exist.
    Undeclared,
    /// A text or a number that says nothing a function can use.
    Wrong,
}

fn reserved(function: &str, message: impl Into<String>) -> ExecutionError {
    ExecutionError::FunctionError { function: function.to_owned(), message: message.into() }
}

/// A value that is not known was read; the log says which.
pub(in crate::cel) fn unknown() -> ExecutionError {
    reserved(UNKNOWN, "")
}

/// A value that is one of several was read, and the world does not say which; the log has the choice.
pub(in crate::cel) fn undecided() -> ExecutionError {
    reserved(UNDECIDED, "")
}

/// A field that is certainly absent was read without a guard.
pub(in crate::cel) fn absent(path: String) -> ExecutionError {
    reserved(ABSENT, path)
}

/// A value of a wrong type, in a sentence for people.
pub(in crate::cel) fn mismatch(message: impl Into<String>) -> ExecutionError {
    reserved(MISMATCH, message)
}

/// A number, an amount or a time that its type cannot hold.
pub(in crate::cel) fn range(message: impl Into<String>) -> ExecutionError {
    reserved(RANGE, message)
}

/// A number beyond 64 bits.
pub(in crate::cel) fn overflow() -> ExecutionError {
    range("the number does not fit 64 bits")
}

/// A position outside of a text or a list.
pub(in crate::cel) fn index(message: impl Into<String>) -> ExecutionError {
    reserved(INDEX, message)
}

/// A division by zero.
pub(in crate::cel) fn zero() -> ExecutionError {
    reserved(ZERO, "division by zero")
}

/// A limit of this room was met, by the code of the limit.
pub(in crate::cel) fn limit(code: &'static str, message: impl Into<String>) -> ExecutionError {
    reserved(code, message)
}

/// What a diagnostic about the error is called.
pub(in crate::cel) fn code(error: &ExecutionError) -> &'static str {
    use limits::code;
    let met = |code: &&&'static str| is(error, code);
    let all = [code::STEPS, code::WORK, code::TEXT, code::REGEX, code::DEFINITIONS];
    all.iter().find(met).copied().unwrap_or(POLICY_ERROR)
}

/// A map would have the same key twice.
pub(in crate::cel) fn repeated() -> ExecutionError {
    reserved(REPEATED, "a map has the same key twice")
}

/// Anything else, in a sentence for people.
pub(in crate::cel) fn wrong(message: impl Into<String>) -> ExecutionError {
    reserved(WRONG, message)
}

/// What an error is about.
pub(in crate::cel) fn class(error: &ExecutionError) -> Class {
    if is_unknown(error) {
        return Class::Unknown;
    }
    match error {
        ExecutionError::FunctionError { function, .. } => match function.as_str() {
            UNDECIDED => Class::Unknown,
            ABSENT => Class::Absent,
            MISMATCH => Class::Mismatch,
            RANGE => Class::Range,
            INDEX => Class::Index,
            ZERO => Class::Zero,
            REPEATED => Class::Repeated,
            name if name.starts_with(LIMIT) => Class::Limit,
            _ => Class::Wrong,
        },
        ExecutionError::NoSuchKey(_) => Class::Absent,
        ExecutionError::IndexOutOfBounds(_) => Class::Index,
        ExecutionError::UndeclaredReference(_) => Class::Undeclared,
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => Class::Zero,
        ExecutionError::Overflow(..) => Class::Range,
        ExecutionError::DuplicateKey(_) => Class::Repeated,
        ExecutionError::NoSuchOverload(_)
        | ExecutionError::UnexpectedType { .. }
        | ExecutionError::UnsupportedBinaryOperator(..)
        | ExecutionError::UnsupportedKeyType(_)
        | ExecutionError::UnsupportedIndex(..)
        | ExecutionError::ValuesNotComparable(..) => Class::Mismatch,
        _ => Class::Wrong,
    }
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
    matches!(class(error), Class::Absent | Class::Index)
}

/// The type of a value, for people.
pub(in crate::cel) fn kind(value: &dyn Val) -> &str {
    kind_name(value.get_type().name())
}

/// A type for people, by the engine's name of it.
pub(in crate::cel) fn kind_name(name: &str) -> &str {
    match name {
        "optional_type" => "an optional",
        "null_type" => "null",
        "google.protobuf.Duration" => "duration",
        "google.protobuf.Timestamp" => "timestamp",
        other => other,
    }
}

/// The error in one sentence.
pub(in crate::cel) fn describe(error: &ExecutionError) -> String {
    match error {
        ExecutionError::FunctionError { function, message } => match function.as_str() {
            ABSENT => format!("`{message}` is not set"),
            UNKNOWN | UNDECIDED => "a value is not known".to_owned(),
            name if name.starts_with('@') || name.starts_with(LIMIT) => message.clone(),
            function => format!("`{function}`: {message}"),
        },
        ExecutionError::NoSuchKey(key) => format!("there is no `{key}`"),
        ExecutionError::IndexOutOfBounds(index) => match index {
            ::cel::Value::Int(index) => format!("there is no element at index {index}"),
            _ => "there is no such element".to_owned(),
        },
        ExecutionError::UndeclaredReference(name) => format!("`{name}` is not known"),
        ExecutionError::UnexpectedType { got, want } => {
            format!("expected {want}, found {}", kind_name(got))
        }
        ExecutionError::NoSuchOverload(error) => {
            let types: Vec<&str> = error.argument_types().iter().map(|kind| kind_name(kind)).collect();
            format!("`{}` does not take ({})", operator(error.function()), types.join(", "))
        }
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "division by zero".to_owned()
        }
        ExecutionError::Overflow(..) => "the number does not fit 64 bits".to_owned(),
        ExecutionError::UnsupportedKeyType(_) => "a key is a text, a number or a bool".to_owned(),
        ExecutionError::DuplicateKey(_) => "a map has the same key twice".to_owned(),
        other => other.to_string(),
    }
}

/// An operator as written: `_&&_` is `&&`.
pub(in crate::cel) fn operator(name: &str) -> &str {
    name.trim_matches(|c| c == '_' || c == '@')
}
