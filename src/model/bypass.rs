//! Switches that turn checks off.

use super::Environment;
use crate::provenance::Origin;
use crate::source::Span;
use crate::value::Condition;
use std::sync::Arc;

/// In which way a check is turned off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BypassKind {
    /// A condition in code lets pass what failed.
    Condition,
    /// A variable is set that turns a check off in whatever reads it.
    Variable,
    /// A flag makes a command leave a check out.
    Flag,
    /// A check runs, and its result counts for nothing.
    Ignored,
}

impl BypassKind {
    /// The word used in policies and in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            BypassKind::Condition => "condition",
            BypassKind::Variable => "variable",
            BypassKind::Flag => "flag",
            BypassKind::Ignored => "ignored",
        }
    }
}

/// Whether a reason is on record: given as a value or printed where the switch acts. A comment is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    At(Span),
    Nowhere,
    /// What would tell is not read.
    Untold,
}

/// A switch that turns a check off: where, and under which tests it acts.
#[derive(Clone, Debug)]
pub struct Bypass {
    pub kind: BypassKind,
    /// The switch's name: `BYPASS_STARTUP_VALIDATION`, `--no-verify`, `|| true`.
    pub name: Arc<str>,
    /// The characters at which the switch decides, or is set.
    pub span: Span,
    /// What the check is that it turns off, in words: `tests`, `startup validation`.
    pub turns_off: Arc<str>,
    /// The command that leaves the check out, or whose result is ignored, as far as its words are known.
    pub command: Option<Arc<str>>,
    /// The file, and in code the function, it stands in: `path::Class.function`.
    pub scope: String,
    /// The service for which a variable is set.
    pub service: Option<Arc<str>>,
    /// The environments in which the switch can act; `None` where no environment is told, so that it can
    /// act in all.
    pub environments: Option<Vec<Environment>>,
    /// The environment test's characters.
    pub environment_span: Option<Span>,
    /// Whether a number of failures bounds it (`critical_failures <= 2`), and at which span.
    pub threshold: Option<(f64, Span)>,
    /// Whether a flag (variable, option) must be set for it; without one the environment alone decides.
    pub flag: bool,
    pub condition: Condition,
    pub recorded: Recorded,
    /// Whether the job it stands in deploys, or one that waits for that job.
    pub before_deployment: bool,
    /// The way of the value that sets it.
    pub origin: Option<Origin>,
}

impl Bypass {
    /// Whether it acts wherever what it stands in runs.
    pub fn is_unconditional(&self) -> bool {
        self.environments.is_none() && self.threshold.is_none() && !self.flag && self.condition.is_always()
    }
}
