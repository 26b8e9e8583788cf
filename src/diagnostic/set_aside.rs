//! Findings that count for nothing in a run, and why. They stay visible in every output.

use crate::diagnostic::Finding;
use crate::source::Span;

/// A finding that was set aside. Its action is the one that it would have had.
#[derive(Clone, Debug)]
pub struct SetAside {
    pub finding: Finding,
    pub by: By,
}

/// What set a finding aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    Waiver(WaiverNote),
    /// The project's baseline holds it already.
    Baseline {
        /// Its entry in the baseline's file.
        span: Span,
        /// Why it was added, if that was said.
        reason: Option<String>,
    },
    /// The run gates one environment, and this is another's.
    Environment {
        gated: String,
    },
    /// The environment's gate tolerates so many.
    Budget {
        environment: String,
        /// How many the gate tolerates.
        tolerate: usize,
        reason: Option<String>,
        /// Where `celador.yaml` says so.
        span: Option<Span>,
    },
    /// The run was told to go on whatever it finds.
    Bypass {
        reason: String,
    },
    /// It stood in the commit that the run is compared with.
    Base {
        commit: String,
    },
}

/// A waiver, as reports show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverNote {
    pub reason: String,
    pub owner: Option<String>,
    /// As written: `2026-12-31`.
    pub expires: Option<String>,
    /// Days until then, counted from the day of the run.
    pub days_left: Option<i64>,
    /// Whether it is a comment beside what it sets aside, and no entry of `celador.yaml`.
    pub inline: bool,
    /// The waiver itself.
    pub span: Span,
}

impl By {
    /// The word used in every output.
    pub fn as_str(&self) -> &'static str {
        match self {
            By::Waiver(_) => "waiver",
            By::Baseline { .. } => "baseline",
            By::Environment { .. } => "environment",
            By::Budget { .. } => "budget",
            By::Bypass { .. } => "bypass",
            By::Base { .. } => "base",
        }
    }

    /// What it did to the finding, for people: `waived`, `tolerated`.
    pub fn participle(&self) -> &'static str {
        match self {
            By::Waiver(_) => "waived",
            By::Baseline { .. } => "baselined",
            By::Environment { .. } => "not gated",
            By::Budget { .. } => "tolerated",
            By::Bypass { .. } => "bypassed",
            By::Base { .. } => "not new",
        }
    }

    /// Where it is written, if a file of the project says it.
    pub fn span(&self) -> Option<Span> {
        match self {
            By::Waiver(waiver) => Some(waiver.span),
            By::Baseline { span, .. } => Some(*span),
            By::Budget { span, .. } => *span,
            By::Environment { .. } | By::Bypass { .. } | By::Base { .. } => None,
        }
    }

    /// The reason for people, in one line.
    pub fn reason(&self) -> String {
        match self {
            By::Waiver(waiver) => waiver.reason.clone(),
            By::Baseline { reason: None, .. } => "recorded in the baseline".to_owned(),
            By::Baseline { reason: Some(reason), .. } => format!("recorded in the baseline: {reason}"),
            By::Environment { gated } => format!("this run gates {gated}"),
            By::Budget { environment, tolerate, reason, .. } => {
                let why = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
                format!("{environment} tolerates {tolerate}{why}")
            }
            By::Bypass { reason } => reason.clone(),
            By::Base { commit } => format!("stood in {commit} already"),
        }
    }
}
