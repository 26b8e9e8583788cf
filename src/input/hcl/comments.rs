//! Comments. The syntax tree keeps them, and hands no span of them out; but it says where the things are
//! between which they stand. Only there they are looked for, so that what stands in a text or in a
//! here-document is never one.

use hcl_edit::Span as _;
use hcl_edit::expr::{Array, Object, ObjectKey};
use hcl_edit::structure::{Block, BlockLabel, Body};
use hcl_edit::visit::{self, Visit};
use std::ops::Range;

/// The comments between structures of bodies, items of arrays and entries of objects, in the order of the
/// file.
pub(super) fn comments(body: &Body, text: &str) -> Vec<Range<usize>> {
    let mut gaps = Gaps { all: Vec::new() };
    gaps.body(body, 0..text.len());
    gaps.visit_body(body);
    let mut found: Vec<Range<usize>> = gaps.all.into_iter().flat_map(|gap| between(text, gap)).collect();
    found.sort_by_key(|range| range.start);
    found
}

/// Stretches that hold blanks, punctuation and comments.
struct Gaps {
    all: Vec<Range<usize>>,
}

impl Gaps {
    /// What a stretch holds besides the parts, which are in order. A part whose place is not known ends it:
    /// nothing behind is looked at.
    fn around(&mut self, whole: Range<usize>, parts: impl Iterator<Item = Option<Range<usize>>>) {
        let mut from = whole.start;
        for part in parts {
            let Some(part) = part.filter(|part| from <= part.start && part.end <= whole.end) else { return };
            self.all.push(from..part.start);
            from = part.end;
        }
        self.all.push(from..whole.end);
    }

    fn body(&mut self, body: &Body, whole: Range<usize>) {
        self.around(whole, body.iter().map(hcl_edit::Span::span));
    }
}

impl Visit for Gaps {
    fn visit_block(&mut self, block: &Block) {
        let head = match block.labels.last() {
            Some(BlockLabel::Ident(label)) => label.span(),
            Some(BlockLabel::String(label)) => label.span(),
            None => block.ident.span(),
        };
        if let (Some(head), Some(whole)) = (head, block.span()) {
            self.body(&block.body, head.end..whole.end);
        }
        visit::visit_block(self, block);
    }

    fn visit_array(&mut self, array: &Array) {
        if let Some(whole) = array.span() {
            self.around(whole, array.iter().map(hcl_edit::Span::span));
        }
        visit::visit_array(self, array);
    }

    fn visit_object(&mut self, object: &Object) {
        let entry = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
            Some(key.span()?.start..value.expr().span()?.end)
        };
        if let Some(whole) = object.span() {
            self.around(whole, object.iter().map(entry));
        }
        visit::visit_object(self, object);
    }
}

/// The comments of a gap. Anything but blanks and punctuation is none of ours, and ends the search.
fn between(text: &str, gap: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = gap.start;
    while let Some(rest) = text.get(at..gap.end).filter(|rest| !rest.is_empty()) {
        let line = rest.find('\n').unwrap_or(rest.len());
        let length = match rest {
            _ if rest.starts_with(['#']) || rest.starts_with("//") => line,
            _ if rest.starts_with("/*") => match rest.find("*/") {
                Some(end) => end + "*/".len(),
                None => break,
            },
            _ if rest.starts_with(|c: char| c.is_whitespace() || "{}[](),=:".contains(c)) => {
                at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            }
            _ => break,
        };
        let written = rest.get(..length).unwrap_or_default().trim_end();
        found.push(at..at + written.len());
        at += length;
    }
    found
}
