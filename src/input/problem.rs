//! Diagnostics that several readers raise, worded once.

use crate::diagnostic::Diagnostic;
use crate::document::Entry;
use crate::source::{Source, SourceId, Span};
use std::collections::HashMap;

/// How many diagnostics of one kind a file may raise; a generated file with a million duplicates is one
/// problem, not a million.
pub(super) const AT_MOST: usize = 100;

/// Collects the diagnostics of one file.
#[derive(Debug, Default)]
pub(super) struct Problems {
    all: Vec<Diagnostic>,
    /// Duplicates found, told or not.
    duplicates: usize,
}

impl Problems {
    /// Adds a diagnostic. Of very many the last one says that the others are not told.
    pub(super) fn add(&mut self, mut diagnostic: Diagnostic) {
        if self.all.len() < AT_MOST * 2 {
            if self.all.len() + 1 == AT_MOST * 2 {
                diagnostic.message.push_str("; further problems of this file are not listed");
            }
            self.all.push(diagnostic);
        }
    }

    /// Reports each key that stands twice in a mapping. The last wins, as with every reader of these
    /// formats that accepts duplicates at all.
    pub(super) fn duplicate_keys(&mut self, entries: &[Entry]) {
        // Small mappings are the rule, and comparing a few keys is cheaper than hashing them.
        if entries.len() <= 16 {
            for (i, entry) in entries.iter().enumerate() {
                let earlier = entries.iter().take(i).rev().find(|earlier| same(earlier, entry));
                if let Some(earlier) = earlier {
                    self.duplicate(entry, earlier);
                }
            }
            return;
        }
        let mut seen: HashMap<&str, &Entry> = HashMap::with_capacity(entries.len());
        for entry in entries.iter().filter(|entry| entry.merged.is_none()) {
            if let Some(earlier) = seen.insert(&entry.key, entry) {
                self.duplicate(entry, earlier);
            }
        }
    }

    fn duplicate(&mut self, entry: &Entry, earlier: &Entry) {
        self.duplicates += 1;
        if self.duplicates > AT_MOST {
            return;
        }
        let key = shortened(&entry.key);
        let mut diagnostic = Diagnostic::warning(
            "duplicate-key",
            entry.key_span,
            format!("`{key}` is given twice in one mapping; the last one wins"),
        )
        .with_label("this one wins")
        .with_related(earlier.key_span, "given here first, and ignored")
        .with_help(format!("keep one `{key}` and remove the other"));
        if self.duplicates == AT_MOST {
            diagnostic.message.push_str("; further duplicates in this file are not listed");
        }
        self.all.push(diagnostic);
    }

    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.all
    }
}

fn same(one: &Entry, other: &Entry) -> bool {
    one.merged.is_none() && other.merged.is_none() && one.key == other.key
}

/// A key or value that is quoted in a message: at most 60 characters of it, on one line.
pub(super) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A file that is larger than the readers accept.
pub(super) fn too_large(source: &Source, id: SourceId, limit: usize) -> Option<Diagnostic> {
    let size = source.text().len();
    (size > limit).then(|| {
        Diagnostic::error(
            "input-limit",
            Span::beginning(id),
            format!("the file has {size} bytes; files of more than {limit} bytes are not read"),
        )
        .with_help("exclude it in celador.yaml if it is no config, or split it")
    })
}

/// Collections nested more deeply than the readers follow.
pub(super) fn too_deep(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(
        "input-limit",
        span,
        format!("collections are nested more than {limit} levels deep; what follows is not read"),
    )
    .with_label("the level that is one too many")
    .with_help("no config needs this depth: exclude the file in celador.yaml, or flatten it")
}

/// More nodes than the readers hold.
pub(super) fn too_many(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(
        "input-limit",
        span,
        format!("the file has more than {limit} nodes once aliases are expanded; the rest is not read"),
    )
    .with_label("reading stopped here")
    .with_help("exclude the file in celador.yaml, or split it; aliases of aliases multiply")
}

/// A file in which so much is wrong that it is hardly of the format.
pub(super) fn too_many_problems(span: Span) -> Diagnostic {
    Diagnostic::error(
        "input-limit",
        span,
        format!("more than {AT_MOST} problems; the rest of the file is not read"),
    )
    .with_label("reading stopped here")
    .with_help("exclude the file in celador.yaml if it is of another format")
}
