//! What is known of a value before anything runs.
//!
//! A [`Value`] is `Known`, one of several (`Either`, each under a [`Condition`]), or `Unknown` with its
//! reason. Nothing here knows where values come from.

mod condition;
mod duration;
mod names;
mod quantity;
mod scalar;
mod text;

pub use condition::{Atom, Condition, Operand, Operator};
pub use duration::{Duration, DurationError};
pub use names::NameMap;
pub use quantity::{Quantity, QuantityError};
pub use scalar::{Number, Scalar};
pub use text::{Part, Piece, Text};

use crate::provenance::Origin;
use crate::source::Span;
use std::sync::Arc;

/// Why a value is not known, and which input it hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The input's name, as a person would say it: `SECRET_KEY`, `$1`, `--project`, `service.name`.
    pub input: Arc<str>,
    /// Why it cannot be known here.
    pub reason: Reason,
    /// Where the input is read.
    pub span: Span,
}

/// The reasons for which a value is not known. Each has one sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A variable of the caller's environment.
    Environment,
    /// An argument or option of the script.
    Argument,
    /// The output of a command, which is not run.
    CommandOutput,
    /// Read from a file, the network or a secret store while the script runs.
    ReadAtRunTime,
    /// The parameter of a function whose callers are not in the files read.
    Parameter,
    /// A call into a library or a module that was not read.
    ExternalCall,
    /// An expression outside what the interpreter follows.
    NotFollowed,
    /// A bound on steps, depth or alternatives was met.
    Limit,
    /// A template's placeholder, filled in by another tool.
    Template,
    /// A variable of the workflow, pipeline or module.
    Variable,
    /// The command leaves a setting as it is on the running revision.
    KeptFromRunning,
    /// A file or object that the deployment names and that was not found.
    NotFound,
    /// A secret's value, known to the platform only.
    Secret,
    /// What is written is a name; the tool that builds or deploys puts its own in that place.
    Replaced,
}

impl Reason {
    /// The reason in words, to stand after "not known here: ".
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Environment => "read from the caller's environment",
            Reason::Argument => "given when the script is called",
            Reason::CommandOutput => "the output of a command, which is not run",
            Reason::ReadAtRunTime => "read while the script runs",
            Reason::Parameter => "a parameter whose callers were not found",
            Reason::ExternalCall => "returned by code that was not read",
            Reason::NotFollowed => "an expression that is not followed",
            Reason::Limit => "a limit of the interpreter was met",
            Reason::Template => "filled in by a template engine",
            Reason::Variable => "a variable of the pipeline or module",
            Reason::KeptFromRunning => "kept from the running revision",
            Reason::NotFound => "the file it comes from was not found",
            Reason::Secret => "a secret",
            Reason::Replaced => "put in by the tool that deploys it",
        }
    }
}

/// A value that is known, with the way it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Known<T> {
    pub value: T,
    pub origin: Origin,
    /// The input that would take its place if it were given: X of `${X:-d}`, an option with a default.
    pub overridable_by: Option<Arc<str>>,
}

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<T = Scalar> {
    Known(Known<T>),
    /// At least two alternatives. Their conditions exclude each other; each holds a `Known` or an
    /// `Unknown`, never another `Either`.
    Either(Vec<Alternative<T>>),
    /// Not known; the origin, where there is one, tells the way the input took.
    Unknown(Unknown, Option<Origin>),
}

/// One of the values of an `Either`.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative<T = Scalar> {
    pub condition: Condition,
    pub value: Value<T>,
}

impl<T> Value<T> {
    /// A known value that nothing can override.
    pub fn known(value: T, origin: Origin) -> Value<T> {
        Value::Known(Known { value, origin, overridable_by: None })
    }

    /// The value if there is exactly one.
    pub fn as_known(&self) -> Option<&Known<T>> {
        match self {
            Value::Known(known) => Some(known),
            _ => None,
        }
    }

    /// All alternatives with their conditions; one under the empty condition unless this is an `Either`.
    /// None of the values is itself an `Either`.
    pub fn alternatives(&self) -> Vec<(Condition, &Value<T>)> {
        match self {
            Value::Either(all) => all.iter().map(|one| (one.condition.clone(), &one.value)).collect(),
            one => vec![(Condition::always(), one)],
        }
    }

    /// Turns each known value into another, keeping conditions and origins. A conversion may fail into
    /// an `Unknown`.
    pub fn map<U>(&self, convert: &mut impl FnMut(&Known<T>) -> Value<U>) -> Value<U> {
        match self {
            Value::Known(known) => convert(known),
            Value::Unknown(unknown, origin) => Value::Unknown(unknown.clone(), *origin),
            Value::Either(all) => {
                Value::either(all.iter().map(|one| (one.condition.clone(), one.value.map(convert))).collect())
            }
        }
    }

    /// Joins alternatives: nested ones are flattened, impossible ones dropped, a single one stands alone
    /// if its condition is empty.
    ///
    /// An empty list is an error of the caller; it must have at least one alternative.
    pub fn either(alternatives: Vec<(Condition, Value<T>)>) -> Value<T> {
        let mut flat = Vec::with_capacity(alternatives.len());
        for (condition, value) in alternatives {
            match value {
                Value::Either(inner) => flat.extend(inner.into_iter().filter_map(|one| {
                    Some(Alternative { condition: condition.and(&one.condition)?, value: one.value })
                })),
                value => flat.push(Alternative { condition, value }),
            }
        }
        if flat.len() == 1 && flat[0].condition.is_always() {
            return flat.remove(0).value;
        }
        Value::Either(flat)
    }
}

#[cfg(test)]
mod tests;
