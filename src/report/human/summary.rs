//! The last lines of `celador check`: what was found, what was read, what was left out.

use crate::diagnostic::{Action, By, SetAside, Severity, Tally, Verdict};
use crate::report::human::selection::{Shown, is_listed};
use crate::report::human::set_aside::SOON;
use crate::report::human::{Page, Verbosity};
use crate::report::outcome::Outcome;
use crate::report::style::Ink;
use crate::report::text::{one_line, width, wrap};
use std::collections::BTreeSet;

/// One line if nothing was found, two if something was; more with `-v`.
pub fn summary(page: &Page<'_>, outcome: &Outcome, verbosity: Verbosity) -> String {
    let mut out = String::new();
    if verbosity == Verbosity::Verbose {
        out.push_str(&decisions(page, outcome));
        out.push_str(&policies(page, outcome));
    }
    let verdicts = verdicts(page, outcome, verbosity);
    let mut read = read(outcome, verbosity);
    if verdicts.is_empty() {
        if let Some(first) = read.first_mut() {
            *first = format!("{}: {first}", page.style.paint(Ink::Strong, "nothing to report"));
        }
    } else {
        out.push_str(&listed(&verdicts, page.style.width));
    }
    out.push_str(&bypass(page, outcome));
    if let Some(only) = &outcome.only {
        out.push_str(&format!("only findings of {} count\n", one_line(only.as_str(), page.style.unicode)));
    }
    out.push_str(&listed(&read, page.style.width));
    if let Some(excluded) = excluded(outcome) {
        out.push_str(&listed(&excluded, page.style.width));
    }
    out
}

/// The whole summary in one line, for reports of one line a finding.
pub(in crate::report) fn one_line_summary(
    page: &Page<'_>,
    outcome: &Outcome,
    verbosity: Verbosity,
) -> String {
    let mut verdicts = verdicts(page, outcome, verbosity).join(", ");
    if verdicts.is_empty() {
        verdicts = page.style.paint(Ink::Strong, "nothing to report");
    }
    let mut rest = read(outcome, verbosity);
    rest.extend(excluded(outcome).into_iter().flatten());
    format!("{verdicts}: {}\n", rest.join(", "))
}

/// What a group of findings holds: `2 errors`, `1 warning`.
pub(super) fn counts(page: &Page<'_>, all: &[Shown<'_>]) -> Vec<String> {
    let of = |wanted: fn(Shown<'_>) -> bool| all.iter().filter(|&&shown| wanted(shown)).count();
    [
        (Ink::Error, of(|one| counts_as(one, Severity::Error)), "error", "errors"),
        (Ink::Warning, of(|one| counts_as(one, Severity::Warning)), "warning", "warnings"),
        (Ink::Info, of(|one| counts_as(one, Severity::Info)), "note", "notes"),
        (Ink::Undetermined, of(is_open), "undetermined", "undetermined"),
        (Ink::Related, of(|one| matches!(one, Shown::SetAside(_))), "set aside", "set aside"),
    ]
    .into_iter()
    .filter(|&(_, count, ..)| count > 0)
    .map(|(ink, number, one, many)| page.style.paint(ink, &count(number, one, many)))
    .collect()
}

fn is_open(shown: Shown<'_>) -> bool {
    !matches!(shown, Shown::SetAside(_)) && shown.finding().verdict == Verdict::Undetermined
}

fn counts_as(shown: Shown<'_>, severity: Severity) -> bool {
    !matches!(shown, Shown::SetAside(_)) && !is_open(shown) && shown.finding().severity == severity
}

/// Parts with commas between them, broken only between parts.
fn listed(parts: &[String], room: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if width(line) + 2 + width(part) < room => {
                line.push_str(", ");
                line.push_str(part);
            }
            Some(line) => {
                line.push(',');
                lines.push(part.clone());
            }
            None => lines.push(part.clone()),
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// `2 errors`, `1 undetermined`, `3 waived (1 expires in 9 days)`.
fn verdicts(page: &Page<'_>, outcome: &Outcome, verbosity: Verbosity) -> Vec<String> {
    let style = page.style;
    let findings =
        |severity| outcome.findings.iter().filter(move |finding| finding.severity == severity).count();
    let shown = |severity, action| {
        let hidden = outcome.findings.iter().filter(|finding| finding.severity == severity);
        hidden.filter(|finding| finding.action < action).count()
    };
    let told = |severity| outcome.diagnostics.iter().filter(|told| told.severity == severity).count();
    let mut parts = Vec::new();
    let mut part = |ink, number: usize, one: &str, many: &str, aside: String| {
        if number > 0 {
            parts.push(format!("{}{aside}", style.paint(ink, &count(number, one, many))));
        }
    };
    // What decides the exit code, where it is not what the severity says.
    let with_action = |severity, action| {
        let all = outcome.findings.iter().filter(move |one| one.severity == severity);
        all.filter(move |one| one.action == action).count()
    };
    let lenient = with_action(Severity::Error, Action::Warn) + with_action(Severity::Error, Action::Audit);
    let lenient = in_brackets(lenient, "does not deny", "do not deny");
    part(Ink::Error, findings(Severity::Error) + told(Severity::Error), "error", "errors", lenient);
    let denied = in_brackets(with_action(Severity::Warning, Action::Deny), "denies", "deny");
    part(Ink::Warning, findings(Severity::Warning) + told(Severity::Warning), "warning", "warnings", denied);
    let hidden = if verbosity == Verbosity::Verbose { 0 } else { shown(Severity::Info, Action::Warn) };
    let hint = match hidden {
        0 => in_brackets(with_action(Severity::Info, Action::Deny), "denies", "deny"),
        1 => " (-v shows it)".to_owned(),
        _ => " (-v shows them)".to_owned(),
    };
    part(Ink::Info, findings(Severity::Info), "note", "notes", hint);
    let strict = outcome.undetermined.iter().filter(|one| one.action == Action::Deny).count();
    let strict = in_brackets(strict, "denies", "deny");
    part(Ink::Undetermined, outcome.undetermined.len(), "undetermined", "undetermined", strict);
    parts.extend(set_aside(outcome, verbosity));
    parts
}

/// ` (2 deny)`; nothing for none.
fn in_brackets(number: usize, one: &str, many: &str) -> String {
    if number == 0 { String::new() } else { format!(" ({})", count(number, one, many)) }
}

/// What counts for nothing, by what set it aside; a word on how to see what is only counted.
fn set_aside(outcome: &Outcome, verbosity: Verbosity) -> Vec<String> {
    let mut parts = Vec::new();
    if outcome.waived().next().is_some() {
        parts.push(waived(outcome));
    }
    for word in ["baselined", "not gated", "tolerated", "bypassed", "not new"] {
        let count = outcome.set_aside.iter().filter(|one| one.by.participle() == word).count();
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let is_hidden = |one: &&SetAside| !is_listed(one, verbosity);
    if let (Some(last), true) = (parts.last_mut(), outcome.set_aside.iter().any(|one| is_hidden(&one))) {
        last.push_str(" (-v lists them)");
    }
    parts
}

fn waived(outcome: &Outcome) -> String {
    let mut text = format!("{} waived", outcome.waived().count());
    let soon: Vec<i64> =
        outcome.waived().filter_map(|(_, waiver)| waiver.days_left).filter(|&days| days <= SOON).collect();
    if let Some(&first) = soon.iter().min() {
        let days = if first == 1 { "day" } else { "days" };
        let expire = if soon.len() == 1 { "expires" } else { "expire" };
        text.push_str(&match first {
            ..0 => format!(" ({} expired)", soon.iter().filter(|&&days| days < 0).count()),
            0 => format!(" ({} {expire} today)", soon.len()),
            _ => format!(" ({} {expire} in {first} {days})", soon.len()),
        });
    }
    text
}

/// `31 files read, 7 deployments of 4 services, 14 policies bound, 2 matched nothing (celador check -v)`.
fn read(outcome: &Outcome, verbosity: Verbosity) -> Vec<String> {
    let model = &outcome.model;
    let mut parts = vec![format!("{} read", count(outcome.coverage.files, "file", "files"))];
    if !model.deployments.is_empty() {
        let deployments = count(model.deployments.len(), "deployment", "deployments");
        parts.push(format!("{deployments} of {}", count(outcome.services(), "service", "services")));
    }
    if !model.artifacts.is_empty() {
        parts.push(count(model.artifacts.len(), "artifact", "artifacts"));
    }
    if !model.settings.is_empty() {
        parts.push(count(model.settings.len(), "code setting", "code settings"));
    }
    let (bound, nothing) = outcome.policies();
    parts.push(format!("{} bound", count(bound, "policy", "policies")));
    if nothing > 0 {
        parts.push(format!("{nothing} matched nothing"));
    }
    let open = only_counted(outcome);
    if open > 0 {
        parts.push(format!("{} left open", count(open, "verdict", "verdicts")));
    }
    if let Some(last) = parts.last_mut().filter(|_| nothing + open > 0 && verbosity < Verbosity::Verbose) {
        last.push_str(" (celador check -v)");
    }
    parts
}

/// Undetermined verdicts of policies that count them without a word on each.
fn only_counted(outcome: &Outcome) -> usize {
    let set_aside = outcome.set_aside.iter().map(|one| &one.finding);
    let told: BTreeSet<&str> = outcome
        .undetermined
        .iter()
        .chain(set_aside.filter(|finding| finding.verdict == Verdict::Undetermined))
        .map(|finding| finding.policy.as_str())
        .collect();
    let silent = outcome.tallies.iter().filter(|tally| !told.contains(tally.policy.as_str()));
    silent.map(|tally| tally.undetermined).sum()
}

/// `left out: tests (3), backups (1)`: what the default exclusions passed over, by kind.
fn excluded(outcome: &Outcome) -> Option<Vec<String>> {
    let mut parts: Vec<String> =
        outcome.coverage.excluded.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
    let first = parts.first_mut()?;
    *first = format!("left out: {first}");
    Some(parts)
}

fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// That the run was bypassed, where, and why: said however little is said.
pub(in crate::report) fn bypass(page: &Page<'_>, outcome: &Outcome) -> String {
    let Some(bypass) = &outcome.bypass else { return String::new() };
    let set_aside = outcome.set_aside.iter().filter(|one| matches!(one.by, By::Bypass { .. })).count();
    let findings = count(set_aside, "finding", "findings");
    let text = format!("bypassed {} ({findings} set aside): {}", bypass.names(), bypass.reason);
    let text = one_line(&page.redactor.text(&text), page.style.unicode);
    format!("{}\n", page.style.paint(Ink::Warning, &text))
}

/// Which row of `actions` decided what is done about which finding.
fn decisions(page: &Page<'_>, outcome: &Outcome) -> String {
    let mut out = String::new();
    let findings = outcome.findings.iter().chain(&outcome.undetermined);
    for finding in findings.chain(outcome.set_aside.iter().map(|one| &one.finding)) {
        let Some(row) = outcome.decisions.get(&finding.fingerprint) else { continue };
        let (word, policy) = (finding.action.as_str(), one_line(&finding.policy, page.style.unicode));
        let (at, row) = (page.place(finding.span()), page.place(*row));
        out.push_str(&format!("{} {policy} at {at}: by {row}\n", page.style.paint(Ink::Faint, word)));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Each policy's count, and by name what had nothing to be compared with; then what matched nothing.
fn policies(page: &Page<'_>, outcome: &Outcome) -> String {
    let name = |tally: &Tally| one_line(&tally.policy, page.style.unicode);
    let (bound, idle): (Vec<&Tally>, Vec<&Tally>) = outcome.tallies.iter().partition(|tally| tally.bound > 0);
    let mut out = String::new();
    let longest = bound.iter().map(|tally| width(&name(tally))).max().unwrap_or(0).max(6);
    if !bound.is_empty() {
        let head = format!(
            "{:longest$}  {:>5}  {:>6}  {:>6}  {:>12}",
            "POLICY", "BOUND", "PASSED", "FAILED", "UNDETERMINED"
        );
        out.push_str(&format!("{}\n", page.style.paint(Ink::Faint, &head)));
    }
    for tally in bound {
        let mut line = name(tally);
        line.push_str(&" ".repeat(longest.saturating_sub(width(&line))));
        line.push_str(&format!(
            "  {:>5}  {:>6}  {:>6}  {:>12}",
            tally.bound, tally.passed, tally.failed, tally.undetermined
        ));
        if tally.errors > 0 {
            line.push_str(&format!("  {}", count(tally.errors, "error", "errors")));
        }
        out.push_str(&format!("{line}\n"));
        if !tally.unpaired.is_empty() {
            let names = format!("nothing to compare with: {}", tally.unpaired.join(", "));
            out.push_str(&wrapped(page, &names));
        }
    }
    if !idle.is_empty() {
        let names: Vec<String> = idle.iter().map(|tally| name(tally)).collect();
        out.push_str(&format!("{}\n", page.style.paint(Ink::Faint, "MATCHED NOTHING")));
        out.push_str(&wrapped(page, &names.join(", ")));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn wrapped(page: &Page<'_>, text: &str) -> String {
    let room = page.style.width.saturating_sub(4).max(30);
    let text = one_line(&page.redactor.text(text), page.style.unicode);
    wrap(&text, room, room).into_iter().map(|line| format!("    {line}\n")).collect()
}
