//! Compiled expressions: made once, shared by all threads.

use super::check::{self, Checked, Cost, Formula};
use super::evaluate::{Scope, Verdict, judge, resolve, scope, unknown_inputs};
use super::explain::Explainer;
use super::lower::{Lowered, lower};
use super::parser::{self, SyntaxError, Tree};
use super::trace::{self, Trace};
use super::values::{self, Owned, Session, fault, work};
use super::{Members, growth, limits, members};
use crate::cel::object::{Datum, Place};
use crate::cel::{Activation, Declarations, EvaluationError, Leaf, Outcome, Read, Type, World};
use crate::diagnostic::{Diagnostic, UnknownInput};
use crate::source::{Span, TextMap};
use crate::value;
use ::cel::ExecutionError;
use ::cel::common::ast::IdedExpr;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
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
    /// An expression that only says where to point. What it reads may be absent: absence has a place too.
    Place,
}

/// A compiled expression. Immutable, `Send`, `Sync`, cheap to clone.
#[derive(Clone, Debug)]
pub struct Expression {
    inner: Arc<Inner>,
    /// What evaluations have met, if anybody wants to know.
    trace: Option<Arc<Trace>>,
}

/// A condition that an observed expression is made of, and which of its outcomes were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// As written.
    pub text: String,
    /// Its characters in the file that holds the expression.
    pub span: Span,
    pub seen_true: bool,
    pub seen_false: bool,
}

/// What is behind an expression.
#[derive(Debug)]
pub(super) struct Inner {
    text: String,
    map: TextMap,
    /// Byte ranges of the nodes, by id from 1.
    ranges: Vec<(u32, u32)>,
    lowered: Lowered,
    checked: Checked,
}

/// Parses and checks an expression. `map` leads from its characters to the file it stands in; every
/// diagnostic points at the sub-expression there.
pub fn compile(
    text: &str,
    map: &TextMap,
    declarations: &Declarations,
    expected: Expected,
) -> Result<Expression, Vec<Diagnostic>> {
    let tree = parse(text, map)?;
    let checked = check::check(&tree, text, map, declarations, &expected)?;
    finish(text, map, tree, checked)
}

/// Parses an expression that was checked before: the built-in pack, whose check is a test.
pub fn compile_unchecked(text: &str, map: &TextMap) -> Result<Expression, Vec<Diagnostic>> {
    let unchecked = Checked::unknown();
    finish(text, map, parse(text, map)?, unchecked)
}

fn parse(text: &str, map: &TextMap) -> Result<Tree, Vec<Diagnostic>> {
    let told = |error: SyntaxError| {
        let code = error.limit.unwrap_or("cel-syntax");
        let diagnostic = Diagnostic::error(code, map.span(error.range.start, error.range.end), error.message);
        match error.help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        }
    };
    parser::parse(text).map_err(|errors| errors.into_iter().map(told).collect())
}

fn finish(text: &str, map: &TextMap, tree: Tree, checked: Checked) -> Result<Expression, Vec<Diagnostic>> {
    if growth::exceeds(&tree.root, limits::STEPS) {
        let message = format!("the expression builds more than {} elements", limits::STEPS);
        return Err(vec![Diagnostic::error(limits::code::ELEMENTS, map.span(0, text.len()), message)]);
    }
    let ranges = tree.ranges();
    let inner = Inner { text: text.to_owned(), map: map.clone(), ranges, lowered: lower(tree.root), checked };
    Ok(Expression { inner: Arc::new(inner), trace: None })
}

impl Inner {
    fn root(&self) -> &IdedExpr {
        &self.lowered.root
    }

    /// The variables that the expression may read.
    pub(super) fn names(&self) -> &BTreeSet<String> {
        &self.lowered.names
    }

    /// Whether it calls a function of a library.
    pub(super) fn libraries(&self) -> bool {
        self.lowered.libraries
    }

    fn range(&self, id: u64) -> (usize, usize) {
        let index = usize::try_from(id).unwrap_or(0).wrapping_sub(1);
        self.ranges.get(index).map_or((0, self.text.len()), |&(start, end)| (start as usize, end as usize))
    }

    /// The characters of a node, as written.
    pub(super) fn text_of(&self, id: u64) -> &str {
        let (start, end) = self.range(id);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The characters of a node in the file.
    pub(super) fn span_of(&self, id: u64) -> Span {
        let (start, end) = self.range(id);
        self.map.span(start, end)
    }

    fn error(&self, error: &ExecutionError, id: u64) -> Outcome {
        Outcome::Error(EvaluationError {
            code: fault::code(error),
            message: fault::describe(error),
            span: self.span_of(id),
        })
    }

    /// The outcome of a value that is neither true nor false. Parts of it may turn out to be unknown, or
    /// to hang on a choice.
    fn datum(&self, value: &Owned, session: &Session) -> Result<Outcome, Vec<value::Condition>> {
        let place = Place { span: self.span_of(0), origin: None, platform_default: false };
        let mark = session.mark();
        match values::datum(value.as_ref(), place) {
            Ok(datum) => Ok(Outcome::Value(datum)),
            Err(error) => match session.choice_since(mark) {
                Some(choice) => Err(choice),
                None if fault::is_unknown(&error) => Ok(Outcome::Unknown(unknown_inputs(session, mark))),
                None => Ok(self.error(&error, 0)),
            },
        }
    }

    /// Evaluates in one world: the outcome, or the choice that has to be made first.
    fn outcome(&self, session: &Arc<Session>) -> Result<Outcome, Vec<value::Condition>> {
        work::begin();
        let judged = catch_unwind(AssertUnwindSafe(|| {
            let scope = scope(self, session);
            judge(self.root(), &scope, session)
        }));
        match judged {
            Ok(Verdict::Fork(choice)) => Err(choice),
            Ok(Verdict::True) => Ok(Outcome::Value(Datum::Bool(true))),
            Ok(Verdict::False) => Ok(Outcome::Value(Datum::Bool(false))),
            Ok(Verdict::Value(value)) => self.datum(&value, session),
            Ok(Verdict::Unknown(inputs)) => Ok(Outcome::Unknown(distinct(inputs))),
            Ok(Verdict::Error(error, id)) => Ok(self.error(&error, id)),
            Err(_) => Ok(self.error(&fault::wrong("the evaluation broke off"), 0)),
        }
    }
}

fn distinct(inputs: Vec<UnknownInput>) -> Vec<UnknownInput> {
    let mut all: Vec<UnknownInput> = Vec::with_capacity(inputs.len());
    for input in inputs {
        if !all.iter().any(|seen| seen.name == input.name) {
            all.push(input);
        }
    }
    all
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

    /// Whether the expression names this variable. One that it does not name it cannot see.
    pub fn names(&self, variable: &str) -> bool {
        self.inner.names().contains(variable)
    }

    /// Adds the fields of a variable that it may read.
    pub fn members(&self, variable: &str, into: &mut Members) {
        if self.names(variable) {
            members::collect(self.inner.root(), variable, into);
        }
    }

    /// The type of what it comes to; `dyn` if it was not checked.
    pub fn result(&self) -> &Type {
        &self.inner.checked.result
    }

    /// The paths that are there for certain where the expression holds.
    pub fn guarantees(&self) -> &BTreeSet<String> {
        &self.inner.checked.holds
    }

    /// The paths that are there for certain where the expression does not hold: what a message about its
    /// failure may speak of.
    pub fn guarantees_otherwise(&self) -> &BTreeSet<String> {
        &self.inner.checked.fails
    }

    /// What it says, if it is a condition that was checked.
    pub(super) fn formula(&self) -> Option<&Formula> {
        self.inner.checked.formula.as_ref()
    }

    /// What it always is: `None` for a condition that tells something.
    pub fn always(&self) -> Option<bool> {
        self.inner.checked.always.as_ref().map(|always| always.value)
    }

    /// Whether earlier expressions make it always the same, and not it itself.
    pub fn is_implied(&self) -> bool {
        self.inner.checked.always.as_ref().is_some_and(|always| always.assumed)
    }

    /// The part by which it is always the same, with what may be meant instead.
    pub fn constant_part(&self) -> Option<&Diagnostic> {
        self.inner.checked.always.as_ref()?.because.as_ref()
    }

    /// What is in order and yet cannot be meant: parts that are always the same.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.inner.checked.warnings
    }

    /// Whether it names a param; what is named by a value may be any.
    pub fn names_param(&self, name: &str) -> bool {
        self.inner.checked.names("param", name)
    }

    /// Whether it names a variable of the policy.
    pub fn names_variable(&self, name: &str) -> bool {
        self.inner.checked.names("variable", name)
    }

    /// The params that it uses as regular expressions.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.inner.checked.patterns.iter().map(String::as_str)
    }

    /// The params of quantities that it compares with memory or with CPU.
    pub fn units(&self) -> impl Iterator<Item = (&str, &Type)> {
        self.inner.checked.units.iter().map(|(name, kind)| (name.as_str(), kind))
    }

    /// The steps that an evaluation takes at most, collections taken to be as large as `types::elements`
    /// says. Zero if it was not checked.
    pub fn cost(&self) -> u64 {
        self.inner.checked.cost.steps
    }

    pub(super) fn bound(&self) -> Cost {
        self.inner.checked.cost
    }

    /// Evaluates in every world that the values it reads tell apart, beginning with `start`.
    /// Alternatives are told apart only where the outcome hangs on them. There are at most `limit` worlds;
    /// one that would have to be told apart further has the outcome [`Outcome::Limit`].
    pub fn worlds(&self, activation: &Activation, start: &value::Condition, limit: usize) -> Vec<World> {
        let mut judged = Vec::new();
        let mut open = vec![(start.clone(), 0)];
        while let Some((condition, choices)) = open.pop() {
            let session = Session::new(activation.clone(), condition.clone());
            let session = Arc::new(session.traced(self.trace.clone()));
            let outcome = match self.inner.outcome(&session) {
                Ok(outcome) => outcome,
                // Each choice narrows the world; one that does not would be met for ever.
                Err(choice) if choices < limit && judged.len() + open.len() + choice.len() <= limit => {
                    let narrowed = choice.iter().rev().filter_map(|one| condition.and(one));
                    open.extend(narrowed.map(|world| (world, choices + 1)));
                    continue;
                }
                Err(_) => Outcome::Limit,
            };
            if let Some(trace) = &self.trace {
                trace.read(session.reads_since(session.beginning()));
            }
            judged.push(World { condition, outcome, session });
        }
        judged
    }

    /// Why the expression is false in a world: the comparisons or calls that decided. One, except where
    /// `all` or a negated `exists` fails for several elements: then one for each. Empty if it is not
    /// false there.
    pub fn failing_leaves(&self, activation: &Activation, world: &value::Condition) -> Vec<Leaf> {
        let session = Arc::new(Session::new(activation.clone(), world.clone()));
        if !self.inner.outcome(&session).is_ok_and(|outcome| outcome.is_false()) {
            return Vec::new();
        }
        self.explained(activation, world, |explainer, scope| {
            explainer.explain(self.inner.root(), false, scope);
        })
    }

    /// Every comparison and call that was evaluated in a world, in order, whatever it came to.
    pub fn leaves(&self, activation: &Activation, world: &value::Condition) -> Vec<Leaf> {
        self.explained(activation, world, |explainer, scope| explainer.whole(self.inner.root(), scope))
    }

    fn explained(
        &self,
        activation: &Activation,
        world: &value::Condition,
        explain: impl FnOnce(&mut Explainer<'_>, &Scope<'_>),
    ) -> Vec<Leaf> {
        work::begin();
        let explained = catch_unwind(AssertUnwindSafe(|| {
            let session = Arc::new(Session::new(activation.clone(), world.clone()));
            let scope = scope(&self.inner, &session);
            let mut explainer = Explainer { inner: &self.inner, session, leaves: Vec::new() };
            explain(&mut explainer, &scope);
            explainer.leaves
        }));
        explained.unwrap_or_default()
    }

    /// The same expression, which from now on remembers what its evaluations meet.
    #[must_use]
    pub fn observed(&self) -> Expression {
        let trace = Trace::new(self.inner.ranges.len());
        Expression { inner: Arc::clone(&self.inner), trace: Some(Arc::new(trace)) }
    }

    /// Whether an observed expression was seen true, and seen false.
    pub fn seen(&self) -> (bool, bool) {
        self.trace.as_ref().map_or((false, false), |trace| trace.seen(self.inner.root().id))
    }

    /// The conditions that an observed expression is made of; none if it is one condition as a whole.
    pub fn conditions(&self) -> Vec<Condition> {
        let Some(trace) = &self.trace else { return Vec::new() };
        let condition = |id| {
            let (seen_true, seen_false) = trace.seen(id);
            let text = self.inner.text_of(id).to_owned();
            Condition { text, span: self.inner.span_of(id), seen_true, seen_false }
        };
        trace::conditions(self.inner.root()).into_iter().map(condition).collect()
    }

    /// What the evaluations of an observed expression have read, each path at each place once.
    pub fn reads(&self) -> Vec<Read> {
        self.trace.as_ref().map(|trace| trace.reads()).unwrap_or_default()
    }

    /// The engine's value in an evaluation that is under way: what a definition comes to.
    pub(super) fn value_in(&self, session: &Arc<Session>) -> Result<Owned, ExecutionError> {
        let scope = scope(&self.inner, session);
        resolve(self.inner.root(), &scope)
    }
}
