//! How a verdict came to be, for those who ask: every condition that was evaluated, with its operands and
//! their places, as a power assertion shows them.

use crate::diagnostic::{UnknownInput, Verdict};
use crate::source::Span;

/// One validation over one subject in one world.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub policy: String,
    /// The subject's name for people: `backend (staging)`.
    pub subject: String,
    /// With what it is compared, if it is.
    pub reference: Option<String>,
    pub verdict: Verdict,
    /// The world in words, where the subject itself is there under more circumstances; empty if always.
    pub condition: String,
    /// Where the subject stands.
    pub anchor: Span,
    /// The validation's characters in the policy file.
    pub validation: Span,
    /// The conditions that were evaluated, in their order. What came after the one that decided was not.
    pub conditions: Vec<ExplainedCondition>,
    /// What an open verdict hangs on.
    pub unknowns: Vec<UnknownInput>,
}

/// A condition with its operands.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedCondition {
    /// As written in the policy.
    pub expression: String,
    /// What it came to; `None` if that cannot be told.
    pub value: Option<bool>,
    pub operands: Vec<ExplainedOperand>,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedOperand {
    /// As written in the policy: `deployment.memory`.
    pub expression: String,
    /// As written in the project, masked where it is a secret's: `512Mi`, `absent`, `unknown`.
    pub value: String,
    /// The literal, or where its absence is reported; `None` for what was computed.
    pub place: Option<Span>,
    /// Whether the platform filled the value in.
    pub platform_default: bool,
}
