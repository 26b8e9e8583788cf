//! Reports for people: findings, diagnostics and the summary of `celador check`.
//!
//! The first line of a finding is enough for somebody who has seen the policy before; the frame shows
//! the literal, its condition, the way to the command and the other side; the lines below it say why
//! and what to do. Nothing here knows a terminal: a [`Style`] says what may be drawn.

mod because;
mod explanation;
mod finding;
mod frame;
mod line;
pub(in crate::report) mod selection;
mod set_aside;
pub(in crate::report) mod statistics;
mod summary;

pub(in crate::report) use because::text as because_text;
pub(in crate::report) use finding::{
    finding as one, severity_ink, step_label, subject, unusual_action, verdict_word,
};
pub(in crate::report) use frame::{Mark, draw};
pub(in crate::report) use selection::{Shown, grouped};
pub(in crate::report) use set_aside::reason;
pub(in crate::report) use summary::{bypass, one_line_summary};

use crate::diagnostic::Diagnostic;
use crate::provenance::Provenance;
use crate::report::outcome::Outcome;
use crate::report::redact::Redactor;
use crate::report::style::{Ink, Style};
use crate::report::text::{name, width, without_commands};
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

/// How findings are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    Policy,
    File,
    Service,
}

/// What a report for people tells of a run, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    pub verbosity: Verbosity,
    /// Counts stand in the place of findings.
    pub statistics: bool,
    pub group_by: Option<GroupBy>,
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
        let path = name(source.path(), self.style.unicode);
        format!("{path}:{}:{}", position.line, position.column)
    }
}

/// The report of `celador check`.
pub fn check(outcome: &Outcome, style: Style, view: View) -> String {
    let redactor = Redactor::of(outcome);
    let page =
        Page { sources: &outcome.sources, provenance: &outcome.provenance, redactor: &redactor, style };
    let told = selection::diagnostics(outcome, view.verbosity);
    let mut parts: Vec<String> = told.map(|told| finding::diagnostic(&page, told)).collect();
    let all = selection::findings(outcome, view.verbosity);
    match view.group_by {
        _ if view.statistics => {
            parts.extend(statistics::table(&page, outcome, view.group_by.unwrap_or(GroupBy::Policy)));
        }
        Some(by) => {
            for group in grouped(&all, by, &outcome.sources) {
                parts.push(heading(&page, group.name, &group.shown));
                parts.extend(findings(&page, &group.shown));
            }
        }
        None => parts.extend(findings(&page, &all)),
    }
    parts.extend(explanation::explanations(&page, &outcome.explanations));
    if view.verbosity > Verbosity::Quiet {
        parts.push(summary::summary(&page, outcome, view.verbosity));
    } else {
        parts.extend(Some(bypass(&page, outcome)).filter(|line| !line.is_empty()));
    }
    without_commands(parts.join("\n"), style.unicode)
}

fn findings(page: &Page<'_>, all: &[Shown<'_>]) -> Vec<String> {
    let one = |(at, &shown): (usize, &Shown<'_>)| match shown {
        Shown::Finding(one) => match all.get(at + 1) {
            Some(&Shown::Finding(next)) => finding::finding(page, one, Some(next)),
            _ => finding::finding(page, one, None),
        },
        Shown::SetAside(one) => set_aside::set_aside(page, one),
        Shown::Again(one) => finding::again(page, one),
    };
    all.iter().enumerate().map(one).collect()
}

/// `── scripts/deploy.sh ── 2 errors, 1 warning ──────`.
fn heading(page: &Page<'_>, group: &str, all: &[Shown<'_>]) -> String {
    let style = page.style;
    let group = match group {
        "" => "no service".to_owned(),
        group => name(&page.redactor.text(group), style.unicode),
    };
    let counts = summary::counts(page, all).join(", ");
    let rule = |columns| style.paint(Ink::Faint, &style.glyphs().rule.repeat(columns));
    let rest = style.width.saturating_sub(width(&group) + width(&counts) + 8).max(2);
    format!("{} {} {} {counts} {}\n", rule(2), style.paint(Ink::Strong, &group), rule(2), rule(rest))
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
