//! `celador test` for people: what fails with its place, then one line a policy, then the sums.

use super::{Difference, Goal, Share, Tested, TestedExample, TestedFile, TestedPolicy};
use crate::provenance::Provenance;
use crate::report::Verbosity;
use crate::report::human::{Mark, Page, diagnostics, draw};
use crate::report::redact::Redactor;
use crate::report::style::{Ink, Style};
use crate::report::text::{one_line, width, without_commands};

/// Gaps and unnoticed changes that are shown of one policy unless more is asked for.
const SHOWN: usize = 8;

/// The report. `verbosity` decides whether policies that pass are listed, and how many gaps are shown.
pub fn human(tested: &Tested, style: Style, verbosity: Verbosity) -> String {
    let mut parts = Vec::new();
    for file in &tested.files {
        if !file.diagnostics.is_empty() {
            parts.push(diagnostics(&file.sources, &file.diagnostics, style));
        }
        let provenance = Provenance::new();
        let redactor = Redactor::new(&file.sources, &provenance, None, []);
        let page = Page { sources: &file.sources, provenance: &provenance, redactor: &redactor, style };
        for policy in &file.policies {
            parts.extend(
                policy
                    .examples
                    .iter()
                    .filter(|one| !one.passes())
                    .map(|example| failure(&page, file, policy, example)),
            );
        }
        if verbosity > Verbosity::Quiet {
            let shown = if verbosity == Verbosity::Verbose { usize::MAX } else { SHOWN };
            for policy in &file.policies {
                // Gaps are for those who ask: for all of them, for a minimum, or for a score.
                if tested.min_coverage.is_some() || verbosity == Verbosity::Verbose {
                    parts.extend(gaps(&page, policy, shown));
                }
                parts.extend(unnoticed(&page, policy, shown));
            }
        }
    }
    if verbosity > Verbosity::Quiet {
        parts.push(table(tested, style));
    }
    parts.push(sums(tested, style));
    without_commands(parts.join("\n"), style.unicode)
}

fn failure(page: &Page<'_>, file: &TestedFile, policy: &TestedPolicy, example: &TestedExample) -> String {
    let style = page.style;
    let title = format!("{}: {}", policy.name, one_line(&example.name, style.unicode));
    let mut out = format!("{} {}\n", style.paint(Ink::Error, "failed"), style.paint(Ink::Strong, &title));
    let mark = |difference: &Difference| Mark {
        span: difference.span,
        label: difference.sentence().to_owned(),
        ink: Ink::Error,
    };
    let marks: Vec<Mark> = example.differences.iter().map(mark).collect();
    if !marks.is_empty() {
        out.push_str(&draw(page, &marks));
    }
    for difference in &example.differences {
        for (sign, ink, told) in
            [('-', Ink::Error, &difference.expected), ('+', Ink::Info, &difference.found)]
        {
            if let Some(told) = told {
                let line = format!("{sign} {}", one_line(&told.line(), style.unicode));
                out.push_str(&format!("   {}\n", style.paint(ink, &line)));
            }
        }
    }
    if !example.errors.is_empty() {
        out.push_str(&diagnostics(&file.sources, &example.errors, style));
    }
    out
}

/// Outcomes that no example sees.
fn gaps(page: &Page<'_>, policy: &TestedPolicy, shown: usize) -> Option<String> {
    let missing: Vec<&Goal> =
        policy.goals.iter().filter(|goal| !(goal.seen_true && goal.seen_false)).collect();
    let label = |goal: &Goal| match (goal.seen_true, goal.seen_false) {
        (false, false) => format!("{} is never asked", goal.what),
        (true, false) => format!("{} is never false", goal.what),
        _ => format!("{} is never true", goal.what),
    };
    let mark = |goal: &&Goal| Mark { span: goal.span, label: label(goal), ink: Ink::Warning };
    let marks: Vec<Mark> = missing.iter().take(shown).map(mark).collect();
    listed(page, &format!("{}: not covered", policy.name), &marks, missing.len())
}

/// Changes that no example notices.
fn unnoticed(page: &Page<'_>, policy: &TestedPolicy, shown: usize) -> Option<String> {
    let missed: Vec<_> = policy.changes.iter().flatten().filter(|change| !change.noticed).collect();
    let mark =
        |change: &&super::Change| Mark { span: change.span, label: change.what.clone(), ink: Ink::Warning };
    let marks: Vec<Mark> = missed.iter().take(shown).map(mark).collect();
    listed(page, &format!("{}: changes that no example notices", policy.name), &marks, missed.len())
}

fn listed(page: &Page<'_>, title: &str, marks: &[Mark], all: usize) -> Option<String> {
    if marks.is_empty() {
        return None;
    }
    let mut out = format!("{}\n{}", page.style.paint(Ink::Strong, title), draw(page, marks));
    if all > marks.len() {
        out.push_str(&format!("   and {} more: -v shows all\n", all - marks.len()));
    }
    Some(out)
}

/// One line a policy.
fn table(tested: &Tested, style: Style) -> String {
    let longest = tested.policies().map(|(_, policy)| width(&policy.name)).max().unwrap_or(0);
    let mut out = String::new();
    for (_, policy) in tested.policies() {
        let failed = policy.examples.iter().filter(|example| !example.passes()).count();
        let count = policy.examples.len();
        let examples = match (count, failed) {
            (0, _) => style.paint(Ink::Warning, "no examples"),
            (1, 0) => "1 example".to_owned(),
            (_, 0) => format!("{count} examples"),
            _ => style.paint(Ink::Error, &format!("{failed} of {count} failed")),
        };
        let pad = " ".repeat(longest.saturating_sub(width(&policy.name)));
        let room = " ".repeat(14usize.saturating_sub(width(&examples)));
        let mut line = format!("{}{pad}  {examples}{room}", policy.name);
        if !policy.goals.is_empty() {
            line.push_str(&format!("  coverage {}", share(policy.coverage())));
        }
        if let Some(score) = policy.score() {
            line.push_str(&format!("  changes noticed {}", share(score)));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn sums(tested: &Tested, style: Style) -> String {
    let examples = tested.examples();
    let failed = examples.whole - examples.part;
    let mut out = format!("{} of {} examples pass", examples.part, examples.whole);
    if failed > 0 {
        out = style.paint(Ink::Error, &out);
    }
    let minimum = |least: Option<f64>, below: bool| match least {
        Some(least) if below => style.paint(Ink::Error, &format!(", below the minimum of {least}%")),
        _ => String::new(),
    };
    let below = minimum(tested.min_coverage, tested.covers_too_little());
    out.push_str(&format!("\ncoverage {}{below}\n", share(tested.coverage())));
    if let Some(score) = tested.score() {
        let below = minimum(tested.min_score, tested.notices_too_little());
        out.push_str(&format!("changes noticed {}{below}\n", share(score)));
    }
    out
}

/// `83% (10 of 12)`. Rounded down, so that 100% is all.
fn share(share: Share) -> String {
    format!("{:.0}% ({} of {})", share.percent().floor(), share.part, share.whole)
}
