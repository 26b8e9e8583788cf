//! `celador test`: what the examples of policies came to, how much of each policy they reach, and which
//! changes of it they notice.
//!
//! Plain data, and one file a format. Every place is one in a policy's file: what is said of a file of an
//! example points at its characters inside the policy.

mod human;
mod json;
mod junit;

pub use human::human;
pub use json::json;
pub use junit::junit;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Sources, Span};

/// Everything that a run of examples has to tell.
#[derive(Debug, Default)]
pub struct Tested {
    pub files: Vec<TestedFile>,
    /// The least share of outcomes that examples must see, in percent.
    pub min_coverage: Option<f64>,
    /// The least share of changes that examples must notice, in percent.
    pub min_score: Option<f64>,
}

/// One policy file.
#[derive(Debug, Default)]
pub struct TestedFile {
    /// The policy file is the first of them.
    pub sources: Sources,
    /// What is wrong with the policies themselves; those are not tested.
    pub diagnostics: Vec<Diagnostic>,
    pub policies: Vec<TestedPolicy>,
}

/// One policy.
#[derive(Clone, Debug)]
pub struct TestedPolicy {
    pub name: String,
    pub span: Span,
    pub examples: Vec<TestedExample>,
    /// What examples must see; empty for a policy that the program itself judges.
    pub goals: Vec<Goal>,
    /// The changes that were tried; `None` where none were: nobody asked, or an example fails.
    pub changes: Option<Vec<Change>>,
}

/// One example.
#[derive(Clone, Debug)]
pub struct TestedExample {
    pub name: String,
    pub span: Span,
    /// What differs; nothing where the example passes.
    pub differences: Vec<Difference>,
    /// What is wrong with the example's files, and errors that the policy raised.
    pub errors: Vec<Diagnostic>,
}

/// One finding that is not as expected.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Whether it is about verdicts that stay open.
    pub undetermined: bool,
    pub expected: Option<Told>,
    pub found: Option<Told>,
    /// Where it was expected; else where it was found.
    pub span: Span,
}

/// A finding as an example speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Empty where the example has one file and does not name it.
    pub file: String,
    pub line: u32,
    /// `None`: any.
    pub message: Option<String>,
}

/// A condition that examples should see both true and false.
#[derive(Clone, Debug)]
pub struct Goal {
    /// `validation 2`, `matchCondition alpine`, `condition`.
    pub what: String,
    /// As written.
    pub text: String,
    pub span: Span,
    pub seen_true: bool,
    pub seen_false: bool,
}

/// A small change of a policy or of the files of its examples.
#[derive(Clone, Debug)]
pub struct Change {
    /// `>` for `>=`, `deployment.memory left out`.
    pub what: String,
    /// What is changed.
    pub span: Span,
    /// Whether an example fails because of it.
    pub noticed: bool,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub part: usize,
    pub whole: usize,
}

impl Share {
    /// In percent; all of nothing is all.
    pub fn percent(self) -> f64 {
        if self.whole == 0 { 100.0 } else { 100.0 * self.part as f64 / self.whole as f64 }
    }

    fn plus(self, other: Share) -> Share {
        Share { part: self.part + other.part, whole: self.whole + other.whole }
    }
}

impl TestedExample {
    /// Whether everything is as expected.
    pub fn passes(&self) -> bool {
        self.differences.is_empty() && self.errors.is_empty()
    }
}

impl TestedPolicy {
    /// Outcomes that examples have seen: two for each goal.
    pub fn coverage(&self) -> Share {
        let seen = self.goals.iter().map(|goal| usize::from(goal.seen_true) + usize::from(goal.seen_false));
        Share { part: seen.sum(), whole: 2 * self.goals.len() }
    }

    /// Changes that examples have noticed, if any were tried.
    pub fn score(&self) -> Option<Share> {
        let changes = self.changes.as_ref()?;
        let part = changes.iter().filter(|change| change.noticed).count();
        Some(Share { part, whole: changes.len() })
    }
}

impl Tested {
    /// All policies with their files.
    pub fn policies(&self) -> impl Iterator<Item = (&TestedFile, &TestedPolicy)> {
        self.files.iter().flat_map(|file| file.policies.iter().map(move |policy| (file, policy)))
    }

    /// Examples that pass, of all.
    pub fn examples(&self) -> Share {
        let examples = || self.policies().flat_map(|(_, policy)| &policy.examples);
        Share { part: examples().filter(|example| example.passes()).count(), whole: examples().count() }
    }

    /// The coverage of all policies together.
    pub fn coverage(&self) -> Share {
        self.policies().map(|(_, policy)| policy.coverage()).fold(Share::default(), Share::plus)
    }

    /// The score of all policies together, if changes were tried.
    pub fn score(&self) -> Option<Share> {
        self.policies().filter_map(|(_, policy)| policy.score()).reduce(Share::plus)
    }

    /// Whether a policy is wrong, so that it could not be tested.
    pub fn is_wrong(&self) -> bool {
        let mut all = self.files.iter().flat_map(|file| &file.diagnostics);
        all.any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether the coverage is below what is asked for.
    pub fn covers_too_little(&self) -> bool {
        self.min_coverage.is_some_and(|least| self.coverage().percent() < least)
    }

    /// Whether fewer changes are noticed than is asked for. A policy whose examples fail has no score, and
    /// the run fails for them.
    pub fn notices_too_little(&self) -> bool {
        let score = self.score().unwrap_or_default();
        self.min_score.is_some_and(|least| score.percent() < least)
    }

    /// Whether every example passes and every minimum is met.
    pub fn passes(&self) -> bool {
        let examples = self.examples();
        examples.part == examples.whole && !self.covers_too_little() && !self.notices_too_little()
    }
}

impl Told {
    /// `deploy.sh:3: memory 512Mi is too little`.
    fn line(&self) -> String {
        let place = match self.file.as_str() {
            "" => format!("line {}", self.line),
            file => format!("{file}:{}", self.line),
        };
        format!("{place}: {}", self.message.as_deref().unwrap_or("(any message)"))
    }
}

impl Difference {
    /// What is wrong, in one sentence.
    fn sentence(&self) -> &'static str {
        match (&self.expected, &self.found, self.undetermined) {
            (Some(_), Some(_), false) => "the finding is another than expected",
            (Some(_), None, false) => "expected, and not found",
            (_, _, false) => "found, and not expected",
            (Some(_), Some(_), true) => "what stays undetermined is another than expected",
            (Some(_), None, true) => "expected to stay undetermined, and does not",
            (_, _, true) => "stays undetermined, which is not expected",
        }
    }
}
