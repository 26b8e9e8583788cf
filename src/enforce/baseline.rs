//! The baseline: findings that a project has known for longer, in a file of its own.

use super::known::{Known, Recorded};
use super::recorded::Reader;
use crate::diagnostic::By;
use crate::document::Ref;
use crate::source::{Source, SourceId, Span};
use std::collections::HashMap;

/// One finding of the baseline, for people and for writing it anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub policy: String,
    pub path: String,
    pub services: Vec<String>,
    pub environment: Option<String>,
    /// What it said when it was recorded.
    pub message: String,
    /// Why it was added to a baseline that was there.
    pub reason: Option<String>,
    pub fingerprint: String,
    pub content: String,
    /// The entry in the file.
    pub span: Span,
}

/// The findings of a baseline; `known` has one for each of `entries`.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    pub entries: Vec<Entry>,
    pub known: Known,
}

impl Baseline {
    /// Reads a baseline's file. `gone` tells of a path whether nothing is there any more. With an error,
    /// nothing in the file is known.
    ///
    /// # Errors
    /// Where it is not what [`crate::report::recorded::baseline`] writes.
    pub fn read(
        source: &Source,
        id: SourceId,
        gone: impl Fn(&str) -> bool,
    ) -> Result<Baseline, Vec<crate::diagnostic::Diagnostic>> {
        let help = "mend the file, or take it from the commit before; a conflict of two branches is mended by \
                    keeping the entries that both of them have";
        let mut reader = Reader::new("baseline-unreadable", help);
        let document = reader.open(source, id);
        let mut baseline = Baseline::default();
        if let Some(document) = &document
            && reader.keys(document.root(), &["version", "findings"], &[])
        {
            let findings = document.root().get("findings");
            match findings.filter(|findings| findings.is_sequence()) {
                Some(findings) => {
                    baseline.entries = findings.items().filter_map(|item| entry(&mut reader, item)).collect();
                }
                None => reader.wrong(document.root().span(), "`findings` must be a list"),
            }
        }
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for entry in &baseline.entries {
            // Two entries of one finding would stand for a second one.
            if seen.insert(&entry.fingerprint, entry.span).is_some() {
                reader.wrong(entry.span, "the same finding is recorded twice");
            }
        }
        if !reader.diagnostics.is_empty() {
            return Err(reader.diagnostics);
        }
        let mut there: HashMap<&str, bool> = HashMap::new();
        let recorded = |entry: &Entry| Recorded {
            fingerprint: entry.fingerprint.clone(),
            content: entry.content.clone(),
            gone: false,
            by: By::Baseline { span: entry.span, reason: entry.reason.clone() },
        };
        baseline.known.entries = baseline.entries.iter().map(recorded).collect();
        for (entry, known) in baseline.entries.iter().zip(&mut baseline.known.entries) {
            known.gone = *there.entry(&entry.path).or_insert_with(|| gone(&entry.path));
        }
        Ok(baseline)
    }
}

fn entry(reader: &mut Reader, node: Ref<'_>) -> Option<Entry> {
    const NEEDED: &[&str] = &["policy", "path", "message", "fingerprint", "content"];
    if !reader.keys(node, NEEDED, &["services", "environment", "reason"]) {
        return None;
    }
    let mut text = |key: &str| reader.text(node.get(key)?);
    let (policy, path, message) = (text("policy")?, text("path")?, text("message")?);
    let (reason, environment) = (text("reason"), text("environment"));
    let (fingerprint, content) = (text("fingerprint")?, text("content")?);
    let services = match node.get("services") {
        Some(services) => reader.texts(services)?,
        None => Vec::new(),
    };
    for (print, key) in [(&fingerprint, "fingerprint"), (&content, "content")] {
        if print.len() != 16
            || !print.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        {
            let span = node.get(key).map_or(node.span(), Ref::span);
            reader.wrong(span, format!("`{key}` is not sixteen hexadecimal digits"));
        }
    }
    let span = node.span();
    Some(Entry { policy, path, services, environment, message, reason, fingerprint, content, span })
}
