//! From a comment to the waivers that it holds.

use super::grammar::{self, Field, Wrong};
use super::{Named, Place, Waiver, characters};
use crate::source::{ADDRESSED, Remark, Span};
use std::ops::Range;

/// The waivers of a comment, and what is wrong in it with its characters in the file.
pub(super) fn read(remark: &Remark) -> Vec<Result<Waiver, (Span, Wrong)>> {
    let text = &remark.comment.text;
    let span = |range: &Range<usize>| remark.comment.map.span(range.start, range.end);
    let mut all = Vec::new();
    for range in addressed(text) {
        let read = grammar::parse(text, range).map_err(|wrong| (visible(span(&wrong.range), remark), wrong));
        all.push(read.map(|parsed| {
            let named = |field: Field| Named { span: span(&field.range), text: field.text };
            let one = |field: Option<Field>| field.into_iter().map(|field| field.text).collect();
            let environments = parsed.environment.iter();
            Waiver {
                place: match parsed.file {
                    true => Place::File(remark.span),
                    false => Place::Lines(remark.covers),
                },
                policies: parsed.policies.into_iter().map(named).collect(),
                services: one(parsed.service),
                environments: environments.map(|field| Waiver::environment_named(&field.text)).collect(),
                paths: Vec::new(),
                conditions: one(parsed.condition),
                reason: parsed.reason.map(|field| field.text),
                owner: parsed.owner.map(|field| field.text),
                expires: parsed.until.map(named),
                span: span(&parsed.range),
            }
        }));
    }
    all
}

/// What is missing at the end of a comment is shown at its last character.
fn visible(span: Span, remark: &Remark) -> Span {
    let last = remark.span.end.saturating_sub(1);
    if span.is_empty() && span.start >= remark.span.end && last >= remark.span.start {
        return Span { start: last, end: remark.span.end, ..span };
    }
    span
}

/// The stretches of a comment that are meant for the program: each begins with `celador:` behind a comment's
/// marker, and ends where the next one or the comment does. In the middle of a sentence it is a mere word.
fn addressed(text: &str) -> Vec<Range<usize>> {
    let starts: Vec<usize> =
        text.match_indices(ADDRESSED).map(|(at, _)| at).filter(|&at| begins(text, at)).collect();
    let trimmed = text.trim_end();
    let end = if text.starts_with("/*") { trimmed.trim_end_matches("*/").trim_end() } else { trimmed }.len();
    let ends = starts.iter().skip(1).copied().map(|next| before(text, next).len()).chain([end]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end.max(start + ADDRESSED.len())).collect()
}

fn begins(text: &str, at: usize) -> bool {
    let invisible = |c: char| c != '\n' && (c.is_whitespace() || characters::is_hidden(c));
    let lead = text.get(..at).unwrap_or_default().trim_end_matches(invisible);
    match lead.char_indices().next_back() {
        Some((hash, '#')) => {
            let earlier = lead.get(..hash).unwrap_or_default();
            earlier.is_empty() || earlier.ends_with(|c: char| c == '#' || c.is_whitespace())
        }
        Some((_, '/' | '*')) => lead.chars().all(|c| matches!(c, '/' | '*')) || lead.ends_with(" //"),
        // A line of a comment over several.
        Some((_, '\n')) => true,
        _ => false,
    }
}

/// What stands before a further waiver of one comment, without its marker.
fn before(text: &str, at: usize) -> &str {
    let lead = text.get(..at).unwrap_or_default().trim_end();
    lead.trim_end_matches(['#', '/', '*']).trim_end()
}
