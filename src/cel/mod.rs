//! The language of policies: text to checked expressions, and expressions to outcomes.
//!
//! The only room that knows the CEL engine. It takes expressions with the place they stand at, checks
//! them against the declared types, and evaluates them over [trees of fields](object) in which values
//! may be known, absent, unknown, or one of several. It records every read, so that whoever judges can
//! point at the characters that decided. It must never know a file format, a platform, a policy file or
//! a report; no type of the engine leaves it.

mod activation;
mod check;
mod declarations;
mod evaluate;
mod explain;
mod expression;
mod functions;
mod growth;
mod limits;
mod lower;
mod members;
mod mutate;
mod parser;
mod quick;
pub mod reference;
pub mod object;
mod trace;
pub mod types;
mod values;
mod world;

pub use activation::Activation;
pub use declarations::{Declarations, Target};
pub use expression::{Condition as ObservedCondition, Expected, Expression, compile, compile_unchecked};
pub use functions::{Documentation, check_pattern, documentation};
pub use limits::WORLDS as WORLD_LIMIT;
pub use members::Members;
pub use mutate::{Change, changes};
pub use types::Type;
pub use world::{EvaluationError, Leaf, Outcome, POLICY_ERROR, Read, ReadState, World};

#[cfg(test)]
mod tests;
