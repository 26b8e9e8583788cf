//! Reports for people: findings, diagnostics and the summary of `celador check`.
//!
//! The first line of a finding is enough for somebody who has seen the policy before; the frame shows
//! the literal, its condition, the way to the command and the other side; the lines below it say why
//! and what to do. Nothing here knows a terminal: a [`Style`] says what may be drawn.

mod explanation;
mod finding;
mod frame;
mod line;
mod summary;

pub(in crate::report) use finding::{because_text, finding as one, step_label, subject};
pub(in crate::report) use frame::{Mark, draw};

use crate::diagnostic::{Action, Diagnostic, Finding};
use crate::provenance::Provenance;
use crate::report::outcome::Outcome;
use crate::report::redact::Redactor;
use crate::report::style::Style;
use crate::report::text::without_commands;
use crate::source::{Sources, Span};

/// How much is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Only what denies, and errors.
    Quiet,
    /// Findings and one summary.
    #[default]
    Normal,
    /// Also what is for the record, what was waived, and each policy's count.
    Verbose,
}

/// What every part of a report needs.
pub struct Page<'a> {
    pub sources: &'a Sources,
    pub provenance: &'a Provenance,
    pub redactor: &'a Redactor<'a>,
    pub style: Style,
}

impl Page<'_> {
    /// `path:line:column`.
    pub fn place(&self, span: Span) -> String {
        let source = self.sources.get(span.source);
        let position = source.position(span.start);
        let path = crate::report::text::one_line(source.path(), self.style.unicode);
        format!("{path}:{}:{}", position.line, position.column)
    }
}

/// The report of `celador check`.
pub fn check(outcome: &Outcome, style: Style, verbosity: Verbosity) -> String {
    let redactor =
        Redactor::new(&outcome.sources, &outcome.provenance, Some(&outcome.model), outcome.spoken_of());
    let page =
        Page { sources: &outcome.sources, provenance: &outcome.provenance, redactor: &redactor, style };
    let mut parts: Vec<String> = Vec::new();
    for diagnostic in &outcome.diagnostics {
        if verbosity > Verbosity::Quiet || diagnostic.severity == crate::diagnostic::Severity::Error {
            parts.push(finding::diagnostic(&page, diagnostic));
        }
    }
    let least = match verbosity {
        Verbosity::Quiet => Action::Deny,
        Verbosity::Normal => Action::Warn,
        Verbosity::Verbose => Action::Audit,
    };
    let least_open = if verbosity > Verbosity::Quiet { Action::Audit } else { Action::Deny };
    let told = outcome.findings.iter().filter(|finding| finding.action >= least);
    let open = outcome.undetermined.iter().filter(|open| open.action >= least_open);
    let all: Vec<&Finding> = told.chain(open).collect();
    for (at, one) in all.iter().enumerate() {
        let continued =
            all.get(at + 1).is_some_and(|next| next.policy == one.policy && next.help == one.help);
        parts.push(finding::finding(&page, one, continued));
    }
    parts.extend(explanation::explanations(&page, &outcome.explanations));
    if verbosity > Verbosity::Quiet {
        parts.push(summary::summary(&page, outcome, verbosity));
    }
    without_commands(parts.join("\n"), style.unicode)
}

/// Diagnostics by themselves, for commands that judge nothing.
pub fn diagnostics(sources: &Sources, all: &[Diagnostic], style: Style) -> String {
    let provenance = Provenance::new();
    let spoken_of = all.iter().map(|diagnostic| diagnostic.primary.span.source);
    let redactor = Redactor::new(sources, &provenance, None, spoken_of);
    let page = Page { sources, provenance: &provenance, redactor: &redactor, style };
    let parts: Vec<String> = all.iter().map(|told| finding::diagnostic(&page, told)).collect();
    without_commands(parts.join("\n"), style.unicode)
}

#[cfg(test)]
mod tests;
