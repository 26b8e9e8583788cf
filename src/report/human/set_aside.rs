//! Findings that count for nothing, in a few lines each: what, where, why, until when, and who says so.

use crate::diagnostic::{By, SetAside};
use crate::report::human::Page;
use crate::report::human::finding::{headline, note, subject};
use crate::report::style::Ink;

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
