//! What came of an evaluation: one outcome for each world that the values it read tell apart.

use super::values::Session;
use crate::cel::object::{Datum, Place};
use crate::diagnostic::{Because, OperandValue, UnknownInput};
use crate::source::Span;
use crate::value::{Condition, Unknown};
use std::sync::Arc;

/// One consistent choice among alternatives, and what the expression is there.
#[derive(Clone, Debug)]
pub struct World {
    /// The start condition and the conditions of the alternatives that were chosen.
    pub condition: Condition,
    pub outcome: Outcome,
    /// The evaluation, which remembers what it read.
    pub(super) session: Arc<Session>,
}

impl World {
    /// Every read, in the order of evaluation. Written out at this call: most worlds are never asked.
    pub fn reads(&self) -> Vec<Read> {
        self.session.reads_since(self.session.beginning())
    }
}

/// What an expression comes to in one world.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// For conditions and validations a `Datum::Bool`, for messages a `Datum::Text`.
    Value(Datum),
    /// An unknown value decides; the inputs it hangs on, each once, in the order they were read.
    Unknown(Vec<UnknownInput>),
    Error(EvaluationError),
    /// The outcome hangs on alternatives that the limit on worlds does not let be told apart.
    Limit,
}

impl Outcome {
    /// Whether the expression holds.
    pub fn is_true(&self) -> bool {
        matches!(self, Outcome::Value(Datum::Bool(true)))
    }

    /// Whether the expression does not hold, for certain.
    pub fn is_false(&self) -> bool {
        matches!(self, Outcome::Value(Datum::Bool(false)))
    }

    /// The text that a message expression came to.
    pub fn text(&self) -> Option<&str> {
        match self {
            Outcome::Value(Datum::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// The code of an error that no limit raised.
pub const POLICY_ERROR: &str = "policy-error";

/// An evaluation that could not be finished. Never a pass.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationError {
    /// What a diagnostic about it is called: [`POLICY_ERROR`], or the limit that was met.
    pub code: &'static str,
    /// One sentence without a full stop.
    pub message: String,
    /// The innermost sub-expression that failed, in the file that holds the expression.
    pub span: Span,
}

/// One read of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// As a person would write it: `deployment.memory`, `deployment.containers[0].image.tag`.
    pub path: String,
    pub state: ReadState,
    /// Where the value was written, or where its absence is reported.
    pub place: Place,
    /// The value for people, as written: `512Mi`, `absent`, `unknown`.
    pub written: String,
    /// Whether the value itself was looked into afterwards: `deployment.image` on the way to
    /// `deployment.image.tag`. Such a read is not what decided.
    pub passed_through: bool,
}

impl Read {
    /// The variable at the root of the path: `deployment`, `reference`, `params`.
    pub fn root(&self) -> &str {
        self.path.split(['.', '[']).next().unwrap_or_default()
    }
}

/// What a read found.
#[derive(Clone, Debug, PartialEq)]
pub enum ReadState {
    Known,
    Absent,
    Unknown(Unknown),
}

/// The part of an expression that decided: what a finding points at and explains.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// The comparison or call, as written in the policy.
    pub expression: String,
    /// Its characters in the file that holds the expression.
    pub span: Span,
    /// What it compares or is given, with values, each text once.
    pub operands: Vec<OperandValue>,
    /// How far apart the sides of an ordering are.
    pub gap: Option<String>,
    /// What it came to; under a negation that is `true`.
    pub value: bool,
    /// Whether an unknown value decides, so that it came to nothing.
    pub open: bool,
    /// Its reads: those of the subject first, in the order of evaluation, without those that were only
    /// passed through.
    pub reads: Vec<Read>,
}

impl Leaf {
    /// What stands behind `because` in a report.
    pub fn because(&self) -> Because {
        Because {
            expression: self.expression.clone(),
            operands: self.operands.clone(),
            value: self.value,
            gap: self.gap.clone(),
        }
    }
}
