//! One line a finding, for editors, `grep` and short logs:
//! `path:line:column: error[policy] message (service, environment)`.
//!
//! The lines stand in the order of the full report. What does not count is told by its first word:
//! `undetermined`, `waived`, `baselined`, `tolerated`, `bypassed`, `not new`. An action that is not the
//! severity's own stands before the message: `warning[policy] (deny) message`. The last line is the summary.

use crate::diagnostic::{Diagnostic, Finding, Severity};
use crate::report::human::{
    GroupBy, Page, Shown, Verbosity, View, bypass, grouped, one_line_summary, reason, selection,
    severity_ink, statistics, unusual_action, verdict_word,
};
use crate::report::outcome::Outcome;
use crate::report::redact::Redactor;
use crate::report::style::{Ink, Style};
use crate::report::text::{name, one_line, without_commands};

/// The report of `celador check` in lines.
pub fn check(outcome: &Outcome, style: Style, view: View) -> String {
    let redactor = Redactor::of(outcome);
    let page =
        Page { sources: &outcome.sources, provenance: &outcome.provenance, redactor: &redactor, style };
    let told = selection::diagnostics(outcome, view.verbosity);
    let mut out: String = told.map(|told| diagnostic(&page, told)).collect();
    if view.statistics {
        out.push_str(&statistics::lines(&page, outcome, view.group_by.unwrap_or(GroupBy::Policy)));
    } else {
        let all = selection::findings(outcome, view.verbosity);
        let all = match view.group_by {
            // A line says itself what it belongs to: groups are an order, and every finding stands once.
            Some(by) => grouped(&all, by, &outcome.sources).into_iter().flat_map(|one| one.shown).collect(),
            None => all,
        };
        out.extend(all.into_iter().filter_map(|shown| line(&page, shown)));
    }
    out.push_str(&bypass(&page, outcome));
    if view.verbosity > Verbosity::Quiet {
        out.push_str(&one_line_summary(&page, outcome, view.verbosity));
    }
    without_commands(out, style.unicode)
}

fn line(page: &Page<'_>, shown: Shown<'_>) -> Option<String> {
    let finding = shown.finding();
    let message = page.redactor.text_at(finding.span(), &finding.message);
    let text = format!("{message}{}", subject(finding));
    let (word, text) = match shown {
        Shown::Again(_) => return None,
        Shown::Finding(finding) => {
            let (ink, word) = verdict_word(finding);
            let action = unusual_action(finding).map_or(String::new(), |action| format!("({action}) "));
            ((ink, word), format!("{action}{text}"))
        }
        Shown::SetAside(one) => ((Ink::Related, one.by.participle()), format!("{text}; {}", reason(&one.by))),
    };
    Some(place_and_text(page, &page.place(finding.span()), word, &finding.policy, &text))
}

/// ` (api, worker, staging) when use_alpine`: whom it concerns, where and when.
fn subject(finding: &Finding) -> String {
    let mut parts: Vec<&str> = finding.services.iter().map(String::as_str).collect();
    parts.extend(finding.environment.as_deref());
    let mut text = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    if let Some(condition) = finding.condition.strip_prefix("not ") {
        text.push_str(&format!(" unless {condition}"));
    } else if !finding.condition.is_empty() {
        text.push_str(&format!(" when {}", finding.condition));
    }
    text
}

fn diagnostic(page: &Page<'_>, told: &Diagnostic) -> String {
    let ink = severity_ink(told.severity);
    let span = told.primary.span;
    let mut text = page.redactor.text_at(span, &told.message).into_owned();
    if let Some(help) = told.help.as_ref().filter(|_| told.severity >= Severity::Warning) {
        text.push_str(&format!("; {help}"));
    }
    place_and_text(page, &page.place(span), (ink, told.severity.as_str()), told.code.0, &text)
}

fn place_and_text(
    page: &Page<'_>,
    place: &str,
    (ink, word): (Ink, &str),
    policy: &str,
    text: &str,
) -> String {
    let style = page.style;
    let policy = style.paint(Ink::Strong, &name(policy, style.unicode));
    let text = one_line(&page.redactor.text(text), style.unicode);
    format!("{}: {}[{policy}] {text}\n", style.paint(Ink::Path, place), style.paint(ink, word))
}
