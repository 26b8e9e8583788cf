//! What is wrong with waivers, as findings of policies of their own.

use crate::diagnostic::{Action, Annotation, Diagnostic, Finding, Severity};

pub const MALFORMED: &str = "malformed-waiver";
pub const EXPIRED: &str = "expired-waiver";
pub const EXPIRING: &str = "expiring-waiver";
pub(super) const UNUSED: &str = "unused-waiver";
pub(super) const WIDE: &str = "wide-waiver";
pub const UNKNOWN: &str = "waiver-of-unknown-policy";

/// The policies about waivers. No waiver sets aside what they find.
pub const POLICIES: &[&str] = &[MALFORMED, EXPIRED, EXPIRING, UNUSED, WIDE, UNKNOWN];

/// How grave a finding of a policy about waivers is, as its file and the project say.
#[derive(Clone, Copy, Debug)]
pub struct Grade {
    pub severity: Severity,
    pub action: Action,
    /// Of the policy about waivers that end soon: so many days before.
    pub days: i64,
}

/// A problem as a finding of its policy.
pub(super) fn finding(policy: &str, grade: Grade, told: Diagnostic) -> Finding {
    Finding::of_diagnostic(policy, grade.severity, grade.action, told)
}

/// A problem at a span; its severity is the policy's.
pub(super) fn at(span: crate::source::Span, message: String, help: impl Into<String>) -> Diagnostic {
    Diagnostic::warning("waiver", span, message).with_help(help)
}

/// A place that belongs to a problem.
pub(super) fn beside(told: Diagnostic, annotation: &Annotation, label: &str) -> Diagnostic {
    told.with_related(annotation.span, label)
}

/// `1 day`, `3 services`.
pub(super) fn count(number: i64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
