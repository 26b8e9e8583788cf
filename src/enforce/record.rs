//! The record of what policies were bound to, and of which files held deployments, in a file of its own.

use super::recorded::Reader;
use crate::diagnostic::Diagnostic;
use crate::document::ScalarType;
use crate::source::{Source, SourceId, Span};

/// How many subjects a policy was bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundPolicy {
    pub name: String,
    pub bound: usize,
    /// How many of these it failed.
    pub failed: usize,
    /// Its line in the file.
    pub span: Span,
}

/// A file that held deployments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldFile {
    pub path: String,
    /// `backend (staging)`, each once.
    pub deployments: Vec<String>,
    /// Its line in the file.
    pub span: Span,
}

/// What was checked when the record was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub policies: Vec<BoundPolicy>,
    pub files: Vec<HeldFile>,
}

impl Record {
    /// Reads a record's file.
    ///
    /// # Errors
    /// Where it is not what [`crate::report::recorded::record`] writes.
    pub fn read(source: &Source, id: SourceId) -> Result<Record, Vec<Diagnostic>> {
        let help = "mend the file, or write it anew with `celador record`";
        let mut reader = Reader::new("record-unreadable", help);
        let mut record = Record::default();
        let document = reader.open(source, id);
        if let Some(document) = &document
            && reader.keys(document.root(), &["version", "policies", "files"], &[])
        {
            for key in ["policies", "files"] {
                if let Some(node) = document.root().get(key).filter(|node| !node.is_mapping()) {
                    reader.wrong(node.span(), format!("`{key}` must be a mapping"));
                }
            }
            let entries = |key: &str| document.root().get(key).map(|node| node.entries()).unwrap_or_default();
            for entry in entries("policies") {
                let node = document.at(entry.value);
                if !reader.keys(node, &["bound", "failed"], &[]) {
                    continue;
                }
                let count = |key: &str| match node.get(key)?.scalar_type()? {
                    ScalarType::Int(count) => usize::try_from(count).ok(),
                    _ => None,
                };
                match (count("bound"), count("failed")) {
                    (Some(bound), Some(failed)) if failed <= bound && bound > 0 => {
                        let (name, span) = (entry.key.clone(), entry.key_span);
                        record.policies.push(BoundPolicy { name, bound, failed, span });
                    }
                    _ => {
                        reader.wrong(node.span(), "`bound` must be above zero, and `failed` no more than it")
                    }
                }
            }
            for entry in entries("files") {
                let deployments = reader.texts(document.at(entry.value)).unwrap_or_default();
                record.files.push(HeldFile { path: entry.key.clone(), deployments, span: entry.key_span });
            }
        }
        if reader.diagnostics.is_empty() { Ok(record) } else { Err(reader.diagnostics) }
    }
}
