//! Policies: from a file to something that can judge.
//!
//! [`read`] turns a YAML file into validated [`Policy`] values with a diagnostic for every key, type
//! and name that is wrong; [`compile`] turns a policy into a [`Compiled`] one whose CEL is parsed and,
//! for a user's policies, checked. The built-in pack is embedded and read only when it can bind.
//!
//! This room must never know what a deployment looks like in a file, what a report looks like, or who
//! asks: it has no subject and judges nothing.

mod builtin;
mod compile;
mod configure;
mod examples;
mod keys;
mod lint;
mod param;
mod read;
mod shape;
mod target;

pub use builtin::{Builtin, PACK, Selection, find as find_builtin};
pub use compile::{COST_LIMIT, Compiled, CompiledValidation, Named, compile, compile_unchecked, steps};
pub use configure::{Configuration, Override, Scope, configure};
pub use examples::{Actual, Difference, Example, Expected, File, ListPlace, compare as compare_example};
pub use param::{Param, ParamType, parse_value, show};
pub use read::{read, read_documents};
pub use shape::{params as params_shape, schema};
pub use target::{ComparedWith, Kind, Target};

use crate::diagnostic::{Action, Severity};
use crate::source::{SourceId, Span, TextMap};
use std::sync::Arc;

/// A CEL text of a policy file, with the way back from its characters to the file's.
#[derive(Clone, Debug)]
pub struct Code {
    pub text: String,
    pub map: TextMap,
    /// The scalar in the file.
    pub span: Span,
}

/// A named expression: a matchCondition or a variable.
#[derive(Clone, Debug)]
pub struct NamedCode {
    pub name: Arc<str>,
    pub code: Code,
    /// The name's characters.
    pub span: Span,
}

/// What is written at a place to mend a finding.
#[derive(Clone, Debug)]
pub struct FixCode {
    /// Yields the text that stands in for the literal; quotes are kept as the literal has them.
    pub code: Code,
    /// Words behind the value: `or more`.
    pub note: String,
}

/// One validation: what must hold, and what is said where it does not.
#[derive(Clone, Debug)]
pub struct Validation {
    pub code: Code,
    pub message: Option<String>,
    pub message_code: Option<Code>,
    /// Where the finding points, instead of at the first read of the failing leaf.
    pub at: Option<Code>,
    pub help: Option<String>,
    pub fix: Option<FixCode>,
    /// The validation's characters in the policy file.
    pub span: Span,
}

/// What an undetermined verdict or an error of the policy does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailurePolicy {
    /// An undetermined verdict acts as a failure does.
    Fail,
    /// An undetermined verdict is told and denies nothing.
    Ignore,
}

/// Whether undetermined verdicts are listed, or only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unknowns {
    /// Listed one by one: the policy exists to make sure, as required variables do.
    Report,
    /// Counted in the policy's tally: the value is usually given elsewhere, as an image's tag is.
    Count,
}

/// How what fails of one subject is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Findings {
    /// One finding a validation and literal.
    Each,
    /// One finding for all validations that fail under the same condition, beside the same other file:
    /// their messages in a row, the first one's literal underlined, the others beside it.
    Together,
}

/// A validated policy.
#[derive(Clone, Debug)]
pub struct Policy {
    pub name: Arc<str>,
    pub title: String,
    pub group: String,
    pub severity: Severity,
    /// What is done about a failure, where the severity's own action is not wanted.
    pub action: Option<Action>,
    pub rationale: String,
    pub target: Target,
    pub params: Vec<Param>,
    /// A list or map of the subject, as a path: then each element is judged for itself, under the name
    /// `each`.
    pub for_each: Option<Code>,
    pub conditions: Vec<NamedCode>,
    pub variables: Vec<NamedCode>,
    pub validations: Vec<Validation>,
    /// The part of the program that judges it, where no expression can: then it has no validations.
    pub judged_by: Option<String>,
    pub failure_policy: FailurePolicy,
    pub unknowns: Unknowns,
    pub findings: Findings,
    /// Whether no budget tolerates what it denies, and no bypass lets it pass.
    pub unbypassable: bool,
    /// Empty for a built-in policy that was read to judge: see [`Builtin::text_to_judge`].
    pub examples: Vec<Example>,
    pub source: SourceId,
    /// The policy's name in its file.
    pub span: Span,
}

impl Policy {
    /// What is done about a failure: `action` if the policy has one, else what the severity means.
    pub fn default_action(&self) -> Action {
        self.action.unwrap_or(match self.severity {
            Severity::Error => Action::Deny,
            Severity::Warning => Action::Warn,
            Severity::Info => Action::Audit,
        })
    }

    /// Whether another policy judges as this one does, whatever they say about it.
    pub fn judges_like(&self, other: &Policy) -> bool {
        let codes = |policy: &Policy| -> Vec<(String, String)> {
            let named = policy.conditions.iter().map(|one| ("condition".to_owned(), one.code.text.clone()));
            let variables = policy.variables.iter().map(|one| (one.name.to_string(), one.code.text.clone()));
            let each = policy.for_each.iter().map(|code| ("each".to_owned(), code.text.clone()));
            let validations =
                policy.validations.iter().map(|one| ("validation".to_owned(), one.code.text.clone()));
            named.chain(variables).chain(each).chain(validations).collect()
        };
        let params = |policy: &Policy| -> Vec<(String, Option<String>)> {
            let shown = |param: &Param| (param.name.to_string(), param.default.as_ref().map(show));
            policy.params.iter().map(shown).collect()
        };
        let rest = |policy: &Policy| {
            (policy.severity, policy.action, policy.failure_policy, policy.unknowns, policy.findings)
        };
        rest(self) == rest(other)
            && self.target == other.target
            && codes(self) == codes(other)
            && params(self) == params(other)
    }

    /// A parameter by name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| &*param.name == name)
    }
}

#[cfg(test)]
mod tests;
