//! Reading the files that Celador writes about a project. People and merges edit them, so that every key
//! and type is checked: a file that says something else than it should is an error, and no part of it holds.

use crate::diagnostic::Diagnostic;
use crate::document::{Document, Ref, ScalarType};
use crate::input::{Limits, json};
use crate::source::{Source, SourceId, Span};

/// Collects what is wrong with such a file.
pub(super) struct Reader {
    code: &'static str,
    help: &'static str,
    pub diagnostics: Vec<Diagnostic>,
}

impl Reader {
    pub fn new(code: &'static str, help: &'static str) -> Reader {
        Reader { code, help, diagnostics: Vec::new() }
    }

    /// The tree of the file, if it is JSON of version 1.
    pub fn open(&mut self, source: &Source, id: SourceId) -> Option<Document> {
        let read = json::read(source, id, &Limits::default());
        for told in read.diagnostics {
            let label = told.primary.label.clone();
            self.wrong(told.primary.span, told.message);
            if let Some(last) = self.diagnostics.last_mut() {
                last.primary.label = label;
            }
        }
        if !self.diagnostics.is_empty() {
            return None;
        }
        let Some(document) = read.documents.into_iter().next() else {
            self.wrong(Span::beginning(id), "the file is empty");
            return None;
        };
        let root = document.root();
        match root.get("version").map(Ref::scalar_type) {
            Some(Some(ScalarType::Int(1))) => Some(document),
            Some(_) => {
                self.wrong(root.span(), "the file is of a version that is not known here");
                None
            }
            None => {
                self.wrong(root.span(), "the file says no version");
                None
            }
        }
    }

    pub fn wrong(&mut self, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(self.code, span, message).with_help(self.help));
    }

    /// Whether a mapping has these keys and no others but the optional ones.
    pub fn keys(&mut self, node: Ref<'_>, needed: &[&str], optional: &[&str]) -> bool {
        let before = self.diagnostics.len();
        if !node.is_mapping() {
            self.wrong(node.span(), "a mapping must stand here");
        } else if let Some(key) = needed.iter().find(|key| node.get(key).is_none()) {
            self.wrong(node.span(), format!("`{key}` is missing"));
        }
        for entry in node.entries() {
            if !needed.contains(&&*entry.key) && !optional.contains(&&*entry.key) {
                self.wrong(entry.key_span, format!("`{}` is no key of this file", entry.key));
            }
        }
        self.diagnostics.len() == before
    }

    pub fn text(&mut self, node: Ref<'_>) -> Option<String> {
        match (node.scalar_type(), node.text()) {
            (Some(ScalarType::Text), Some(text)) => Some(text.to_owned()),
            _ => {
                self.wrong(node.span(), "a text must stand here");
                None
            }
        }
    }

    pub fn texts(&mut self, node: Ref<'_>) -> Option<Vec<String>> {
        if node.is_sequence() {
            return node.items().map(|item| self.text(item)).collect();
        }
        self.wrong(node.span(), "a list of texts must stand here");
        None
    }
}
