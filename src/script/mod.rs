//! Scripts as data: the form that every script language is lowered to, and the interpreter that gives
//! it meaning.
//!
//! This room names no script language and no platform. Readers lower texts to a [`Program`]; the
//! interpreter runs it abstractly, over all inputs at once, and yields [`Invocation`]s. Nothing is
//! executed, and everything is bounded.

mod code;
pub mod interpret;
mod invocation;
mod program;
mod reason;
pub mod words;

pub use code::{CodeFacts, code_facts};
pub use interpret::{Interpretation, Limits, Modules, NoModules, interpret};
pub use invocation::{Ignored, Invocation, RunsIn, Word, WordValue};
pub use program::{
    Argument, BinaryOperator, Block, Class, Clause, Command, CompareOperator, Element, Expression,
    ExpressionKind, Field, Function, Ignoring, InputKind, Job, Literal, MapEntry, Parameter, ParameterKind,
    Program, Scoping, Statement, StatementKind, Target,
};
pub use reason::says_why;
