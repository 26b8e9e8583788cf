//! Names for findings that stay the same when lines move.
//!
//! Two prints: the *fingerprint*, by which a finding is known in its own file, and the *content print*,
//! which leaves the path out and so finds it again in a file that was renamed. Both are of a
//! cryptographic hash: a line that was made up to look like a known one must not be possible.

use crate::diagnostic::{Finding, Verdict};
use crate::source::{Sources, Span};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::Range;

/// So many bytes before and after the characters a finding points at are part of what it says: a line
/// of code is, a file that was written as one line is not.
const AROUND: usize = 200;

/// So many bytes of the characters themselves; more is a whole block, and not what is wrong with it.
const WITHIN: usize = 400;

/// Gives every finding its fingerprint: of its content and the path. Findings that agree in both are told
/// apart by their order, which must be that of reporting.
pub fn assign(findings: &mut [Finding], sources: &Sources) {
    let mut seen: HashMap<String, u64> = HashMap::new();
    for finding in findings {
        let path = sources.get(finding.span().source).path();
        let words = words(finding, sources);
        let print = of(finding, path, words, 0);
        let count = seen.entry(print.clone()).or_default();
        finding.fingerprint = if *count == 0 { print } else { of(finding, path, words, *count) };
        *count += 1;
    }
}

/// The print of a finding without its path: sixteen hexadecimal digits. Findings that say the same of
/// the same words have the same, in whichever files they are.
pub fn content_print(finding: &Finding, sources: &Sources) -> String {
    of(finding, "", words(finding, sources), 0)
}

/// The fingerprint that a finding would have if a waiver did not stand on its line: the one it had before
/// the waiver was written there.
pub fn fingerprint_without(finding: &Finding, sources: &Sources, waiver: Span) -> String {
    let path = sources.get(finding.span().source).path();
    let line = range(finding, sources);
    let text = |range: Range<usize>| sources.get(finding.span().source).text().get(range).unwrap_or_default();
    let waiver = waiver.range();
    let (before, after) = (
        line.start..waiver.start.clamp(line.start, line.end),
        waiver.end.clamp(line.start, line.end)..line.end,
    );
    // What begins a comment is left without one.
    let before = text(before).trim_end().trim_end_matches(['#', '/', '*', '-', ';', '!', '<']);
    of(finding, path, &format!("{before}{}", text(after)), 0)
}

/// The hash of the policy, the path, the services and environment, the words around the characters that
/// the finding points at, and the values that decided.
fn of(finding: &Finding, path: &str, words: &str, count: u64) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    part(&finding.policy);
    part(path);
    part(finding.environment.as_deref().unwrap_or_default());
    // What could not be told is another thing than what failed.
    part(if finding.verdict == Verdict::Undetermined { "undetermined" } else { "" });
    let mut services: Vec<&str> = finding.services.iter().map(String::as_str).collect();
    services.sort_unstable();
    part(&services.join("\n"));
    // Indentation and spacing change when code moves; words do not.
    let words: Vec<&str> = words.split_whitespace().collect();
    part(&words.join(" "));
    // A value may be put together elsewhere. A parameter is the policy's, and no part of what is judged.
    let operands = finding.because.iter().flat_map(|because| &because.operands);
    for operand in operands.filter(|operand| !operand.expression.starts_with("params.")) {
        part(&operand.expression);
        part(&operand.value);
    }
    if count > 0 {
        part(&count.to_string());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The lines that the characters stand on, as far as they are near.
fn words<'a>(finding: &Finding, sources: &'a Sources) -> &'a str {
    sources.get(finding.span().source).text().get(range(finding, sources)).unwrap_or_default()
}

fn range(finding: &Finding, sources: &Sources) -> Range<usize> {
    let span = finding.span();
    let source = sources.get(span.source);
    let (text, lines) = (source.text(), source.lines());
    let (start, end) = (span.start as usize, (span.end as usize).min(span.start as usize + WITHIN));
    let line = |at: usize| lines.range(text, lines.index_of(at));
    let mut from = line(start).start.max(start.saturating_sub(AROUND)).min(text.len());
    let mut to = line(end).end.min(end + AROUND).min(text.len());
    while !text.is_char_boundary(from) {
        from += 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    from..to
}
