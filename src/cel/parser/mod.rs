//! Text to the engine's syntax tree, with the place of every node.
//!
//! The engine has a parser of its own, which is slow to start and keeps one token of each node; this
//! one builds the very same trees (a test compares them), knows the characters of every node, and
//! reports several errors at once.

mod aggregate;
mod grammar;
mod literal;
mod macros;
mod recover;
mod token;
mod tree;

pub(super) use grammar::parse;
pub(super) use macros::{INSERT, MERGE, RESULT};
pub(super) use tree::{Macro, Tree};

use std::ops::Range;

/// What is wrong with a text, with the bytes that are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) range: Range<usize>,
    /// One sentence without a full stop.
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// The code of the limit of this room that was met, where no rule of the language was broken.
    pub(super) limit: Option<&'static str>,
}

#[cfg(test)]
mod tests;
