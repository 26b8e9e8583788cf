//! YAML: granit-parser's events, built into [`Document`](crate::document::Document)s.
//!
//! What the parser leaves to its callers is done here: aliases and merge keys are expanded within the
//! node budget, types are given to plain scalars while their text is kept, duplicate keys are reported,
//! and of a broken file everything before the break (and every later document) is read. Knows no
//! platform: what a key means is not its business.

mod scalar;
mod template;
mod tree;
mod words;

use crate::diagnostic::{Diagnostic, Severity};
use crate::input::{Limits, Read, problem};
use crate::source::{Source, SourceId, Span};
use tree::Reader;

/// Reads all documents of a file.
///
/// Diagnostics: `yaml-syntax`, `yaml-alias`, `duplicate-key`, `input-limit`, and `template` (information)
/// where the file could be read only with its template expressions masked.
pub fn read(source: &Source, id: SourceId, limits: &Limits) -> Read {
    if let Some(diagnostic) = problem::too_large(source, id, limits.bytes) {
        return Read { documents: Vec::new(), diagnostics: vec![diagnostic] };
    }
    let text = source.text();
    let plain = Reader::new(text, text, &[], id, limits).read();
    if !(plain.broken || plain.braces_in_braces) || !(text.contains("{{") || text.contains("{%")) {
        return plain.read;
    }
    let Some((masked, masks)) = template::mask(text) else { return plain.read };
    let mut rendered = Reader::new(text, &masked, &masks, id, limits).read();
    if rendered.broken && !plain.broken {
        return plain.read;
    }
    if let Some(first) = masks.first() {
        rendered.read.diagnostics.insert(0, told(masks.len(), Span::new(id, first.start, first.end)));
    }
    rendered.read
}

/// Tells that the file is a template, so that nobody takes its unknowns for a fault of the reader.
fn told(count: usize, first: Span) -> Diagnostic {
    let (expressions, are) =
        if count == 1 { ("expression is", "it counts") } else { ("expressions are", "they count") };
    let message =
        format!("the file is a template: {count} {expressions} filled in by another tool; {are} as unknown");
    let diagnostic =
        Diagnostic { severity: Severity::Info, ..Diagnostic::warning("template", first, message) };
    diagnostic
        .with_label("the first expression")
        .with_help("check what it renders to as well, for instance the output of `helm template`")
}

#[cfg(test)]
mod tests;
