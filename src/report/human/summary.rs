//! The last lines of `celador check`: what was found, what was read, what was left out.

use crate::diagnostic::{Action, By, SetAside, Severity, Tally};
use crate::report::human::{Page, Verbosity};
use crate::report::outcome::Outcome;
use crate::report::style::Ink;
use crate::report::text::{one_line, width, wrap};

/// A waiver that ends within so many days is worth a word.
const SOON: i64 = 14;

/// One line if nothing was found, two if something was; more with `-v`.
pub fn summary(page: &Page<'_>, outcome: &Outcome, verbosity: Verbosity) -> String {
    let mut out = String::new();
    out.push_str(&set_aside_one_by_one(page, outcome, verbosity));
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
        out.push_str(&format!("{}\n", verdicts.join(", ")));
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
    let mut part = |ink, count: usize, one: &str, many: &str| {
        if count > 0 {
            parts.push(style.paint(ink, &format!("{count} {}", if count == 1 { one } else { many })));
        }
    };
    part(Ink::Error, findings(Severity::Error) + told(Severity::Error), "error", "errors");
    part(Ink::Warning, findings(Severity::Warning) + told(Severity::Warning), "warning", "warnings");
    let (one, many) = match verbosity {
        Verbosity::Verbose => ("note", "notes"),
        _ if shown(Severity::Info, Action::Warn) > 0 => ("note (-v shows it)", "notes (-v shows them)"),
        _ => ("note", "notes"),
    };
    part(Ink::Info, findings(Severity::Info), one, many);
    part(Ink::Undetermined, outcome.undetermined.len(), "undetermined", "undetermined");
    if !outcome.set_aside.is_empty() {
        parts.push(set_aside(outcome));
    }
    parts
}

/// What counts for nothing, by what set it aside.
fn set_aside(outcome: &Outcome) -> String {
    let mut parts = Vec::new();
    if outcome.waived().next().is_some() {
        parts.push(waived(outcome));
    }
    for (kind, words) in [
        ("baseline", "in the baseline"),
        ("environment", "of other environments"),
        ("budget", "tolerated"),
        ("bypass", "bypassed"),
        ("base", "not new"),
    ] {
        let count = outcome.set_aside.iter().filter(|one| one.by.as_str() == kind).count();
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    }
    parts.join(", ")
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

/// `31 files read, 7 deployments of 4 services, 14 policies bound, 2 matched nothing: celador check -v`.
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
        let hint = if verbosity == Verbosity::Verbose { "" } else { " (celador check -v)" };
        parts.push(format!("{nothing} matched nothing{hint}"));
    }
    parts
}

/// `left out: 3 tests, 1 backups`: what the default exclusions passed over, by kind.
fn excluded(outcome: &Outcome) -> Option<Vec<String>> {
    let mut parts: Vec<String> =
        outcome.coverage.excluded.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let first = parts.first_mut()?;
    *first = format!("left out: {first}");
    Some(parts)
}

fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// That the run was bypassed, where, and why: said however little is said.
pub fn bypass(page: &Page<'_>, outcome: &Outcome) -> String {
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

/// What was set aside, with its reason. What the run itself let pass is listed always.
fn set_aside_one_by_one(page: &Page<'_>, outcome: &Outcome, verbosity: Verbosity) -> String {
    let mut out = String::new();
    let passed = |by: &By| matches!(by, By::Environment { .. } | By::Budget { .. } | By::Bypass { .. });
    let shown = |one: &&SetAside| verbosity == Verbosity::Verbose || passed(&one.by);
    for SetAside { finding, by } in outcome.set_aside.iter().filter(shown) {
        let mut text = format!("{} at {}: ", finding.policy, page.place(finding.span()));
        if passed(by) {
            text.push_str(&format!("{}; ", page.redactor.text_at(finding.span(), &finding.message)));
        }
        text.push_str(&by.reason());
        if let By::Waiver(waiver) = by {
            if let Some(owner) = &waiver.owner {
                text.push_str(&format!(" ({owner})"));
            }
            if let Some(expires) = &waiver.expires {
                text.push_str(&format!(", until {expires}"));
            }
        }
        let word = match by {
            By::Waiver(_) => "waived",
            By::Baseline { .. } => "in the baseline",
            By::Environment { .. } => "of another environment",
            By::Budget { .. } => "tolerated",
            By::Bypass { .. } => "bypassed",
            By::Base { .. } => "not new",
        };
        let text = one_line(&page.redactor.text(&text), page.style.unicode);
        out.push_str(&format!("{} {text}\n", page.style.paint(Ink::Faint, word)));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Each policy's count, and by name what had nothing to be compared with.
fn policies(page: &Page<'_>, outcome: &Outcome) -> String {
    if outcome.tallies.is_empty() {
        return String::new();
    }
    let name = |tally: &Tally| one_line(&tally.policy, page.style.unicode);
    let longest = outcome.tallies.iter().map(|tally| width(&name(tally))).max().unwrap_or(0).max(6);
    let head = format!(
        "{:longest$}  {:>5}  {:>6}  {:>6}  {:>12}",
        "POLICY", "BOUND", "PASSED", "FAILED", "UNDETERMINED"
    );
    let mut out = format!("{}\n", page.style.paint(Ink::Faint, &head));
    for tally in &outcome.tallies {
        let mut line = name(tally);
        line.push_str(&" ".repeat(longest.saturating_sub(width(&line))));
        if tally.bound == 0 {
            out.push_str(&format!("{line}  matched nothing\n"));
            continue;
        }
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
            let room = page.style.width.saturating_sub(4).max(30);
            for line in wrap(&one_line(&page.redactor.text(&names), page.style.unicode), room, room) {
                out.push_str(&format!("    {line}\n"));
            }
        }
    }
    out.push('\n');
    out
}
