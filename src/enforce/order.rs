//! The order of reporting: by path, place and policy, which no thread and no hash changes.

use crate::diagnostic::{Finding, SetAside};
use crate::source::Sources;

/// Sorts findings as they are reported.
pub fn sort(findings: &mut [Finding], sources: &Sources) {
    findings.sort_by(|one, other| key(one, sources).cmp(&key(other, sources)));
}

/// The same of findings that were set aside.
pub fn sort_set_aside(all: &mut [SetAside], sources: &Sources) {
    all.sort_by(|one, other| key(&one.finding, sources).cmp(&key(&other.finding, sources)));
}

type Key<'a> = (&'a str, u32, u32, &'a str, &'a [String], Option<&'a str>, &'a str);

fn key<'a>(finding: &'a Finding, sources: &'a Sources) -> Key<'a> {
    let span = finding.span();
    (
        sources.get(span.source).path(),
        span.start,
        span.end,
        &finding.policy,
        &finding.services,
        finding.environment.as_deref(),
        &finding.message,
    )
}
