//! Findings that count for nothing, in a few lines each: what, where, why, until when, and who says so.

use crate::diagnostic::{By, SetAside};
use crate::report::human::Page;
use crate::report::human::finding::{headline, note, subject};
use crate::report::outcome::Outcome;
use crate::report::style::Ink;
use crate::report::text::one_line;

/// A waiver that ends within so many days is worth a word.
pub(super) const SOON: i64 = 14;

/// One finding that was set aside.
pub(super) fn set_aside(page: &Page<'_>, one: &SetAside) -> String {
    let SetAside { finding, by } = one;
    let message = page.redactor.text_at(finding.span(), &finding.message);
    let mut out = headline(page, Ink::Related, by.participle(), &finding.policy, &subject(finding), &message);
    out.push_str(&note(page, "at", &page.place(finding.span())));
    out.push_str(&note(page, "because", &reason(by)));
    if let Some(span) = by.span() {
        out.push_str(&note(page, "by", &page.place(span)));
    }
    out
}

/// `rebuilt hourly (@platform), until 2026-12-01, in 9 days`.
pub(in crate::report) fn reason(by: &By) -> String {
    let mut text = by.reason();
    let By::Waiver(waiver) = by else { return text };
    if let Some(owner) = &waiver.owner {
        text.push_str(&format!(" ({owner})"));
    }
    if let Some(expires) = &waiver.expires {
        text.push_str(&format!(", until {expires}"));
        match waiver.days_left {
            Some(0) => text.push_str(", which is today"),
            Some(1) => text.push_str(", in 1 day"),
            Some(days @ 2..=SOON) => text.push_str(&format!(", in {days} days")),
            _ => {}
        }
    }
    text
}

/// That the run was bypassed, where, and why: said however little is said.
pub fn bypass(page: &Page<'_>, outcome: &Outcome) -> Option<String> {
    let bypass = outcome.bypass.as_ref()?;
    let set_aside = outcome.set_aside.iter().filter(|one| matches!(one.by, By::Bypass { .. })).count();
    let findings = if set_aside == 1 { "finding" } else { "findings" };
    let text = format!("bypassed {} ({set_aside} {findings} set aside): {}", bypass.names(), bypass.reason);
    let text = one_line(&page.redactor.text(&text), page.style.unicode);
    Some(format!("{}\n", page.style.paint(Ink::Warning, &text)))
}

/// Which row of `actions` decided what is done about which finding.
pub(super) fn decisions(page: &Page<'_>, outcome: &Outcome) -> String {
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
