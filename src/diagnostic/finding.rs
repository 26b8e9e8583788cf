//! Findings: verdicts that a person must see.

use crate::diagnostic::{Annotation, Diagnostic, Fix, Severity};
use crate::provenance::Origin;
use crate::source::Span;
use crate::value::Unknown;

/// What came of judging one subject by one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    Pass,
    Fail,
    /// An unknown value decides.
    Undetermined,
    /// The policy raised an error. Never a pass.
    Error,
}

/// The policy whose findings say what a change makes laxer. They are shown however little is said: nothing
/// else would tell of what the change took out of sight.
pub const RELAXED_BY_CHANGE: &str = "check-relaxed-by-change";

/// What is done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Reported for the record; changes nothing.
    Audit,
    /// Reported; the exit code stays.
    Warn,
    /// Reported, and the run exits with 1.
    Deny,
}

impl Action {
    /// The word used in `celador.yaml` and in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Audit => "audit",
            Action::Warn => "warn",
            Action::Deny => "deny",
        }
    }
}

/// One operand of a failed comparison, as a power assertion shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct OperandValue {
    /// The sub-expression's text: `deployment.memory`.
    pub expression: String,
    /// Its value as written, masked where it is a secret's: `512Mi`, `absent`, `unknown`.
    pub value: String,
}

/// The failing leaf of a validation with its operands: what stands behind `because`.
#[derive(Clone, Debug, PartialEq)]
pub struct Because {
    /// `deployment.memory >= params.minimum`.
    pub expression: String,
    pub operands: Vec<OperandValue>,
    /// What the expression came to: `true` where the validation denies it, as in `!each.conflict`.
    pub value: bool,
    /// Of two amounts that are compared, how far they are apart, with the unit: `1.5Gi`, `240s`.
    pub gap: Option<String>,
}

/// An unknown on which an undetermined verdict hangs.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownInput {
    /// The subject's field: `deployment.env.SECRET_KEY`.
    pub name: String,
    pub unknown: Unknown,
}

/// A verdict on one subject that a person must see.
#[derive(Clone, Debug)]
pub struct Finding {
    pub policy: String,
    pub verdict: Verdict,
    pub severity: Severity,
    pub action: Action,
    /// One line: what is wrong and by how much.
    pub message: String,
    /// The services concerned, by their names for people. What repeats (one literal, many services) is
    /// one finding.
    pub services: Vec<String>,
    pub environment: Option<String>,
    /// The platform's name for people: `Cloud Run`.
    pub platform: Option<String>,
    /// When it fails: `use_alpine`; empty if always.
    pub condition: String,
    /// The characters that caused it.
    pub primary: Annotation,
    /// How the value came to the command that uses it; `None` where nothing was written (absence).
    pub origin: Option<Origin>,
    /// Other places: the reference's side, the losing value, the place of use.
    pub related: Vec<Annotation>,
    pub because: Option<Because>,
    /// The same of further elements, where a loop fails for several.
    pub further: Vec<Because>,
    pub help: Option<String>,
    pub fix: Option<Fix>,
    /// For undetermined verdicts: what they hang on.
    pub unknowns: Vec<UnknownInput>,
    /// Stable over moved lines: see `enforce`. Sixteen hexadecimal digits.
    pub fingerprint: String,
}

impl Finding {
    /// A diagnostic, told as a finding of a policy.
    pub fn of_diagnostic(policy: &str, severity: Severity, action: Action, told: Diagnostic) -> Finding {
        Finding {
            policy: policy.to_owned(),
            verdict: Verdict::Fail,
            severity,
            action,
            message: told.message,
            services: Vec::new(),
            environment: None,
            platform: None,
            condition: String::new(),
            primary: told.primary,
            origin: None,
            related: told.related,
            because: None,
            further: Vec::new(),
            help: told.help,
            fix: None,
            unknowns: Vec::new(),
            fingerprint: String::new(),
        }
    }

    /// The environments that it is of: of what several subjects share, those of all of them.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        self.environment.iter().flat_map(|all| all.split(", "))
    }

    /// Where it points.
    pub fn span(&self) -> Span {
        self.primary.span
    }
}

/// How often a policy was asked, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub policy: String,
    /// Subjects that the target and the matchConditions selected.
    pub bound: usize,
    pub passed: usize,
    pub failed: usize,
    pub undetermined: usize,
    /// Names of subjects without a reference to be compared with.
    pub unpaired: Vec<String>,
    pub errors: usize,
}

impl Tally {
    /// How often one of the pipeline's own policies was asked, and how often it failed.
    pub fn of(policy: &str, bound: usize, failed: usize) -> Tally {
        let passed = bound.saturating_sub(failed);
        Tally { policy: policy.to_owned(), bound, passed, failed, ..Tally::default() }
    }
}
