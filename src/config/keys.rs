//! Walking a mapping whose keys are known. What is wrong is told at its place with a way out, and the
//! rest is read all the same.

use crate::diagnostic::{Diagnostic, nearest};
use crate::document::{Ref, ScalarType};
use crate::source::Span;

/// Collects what is wrong with a project file.
#[derive(Debug, Default)]
pub struct Keys {
    pub diagnostics: Vec<Diagnostic>,
}

impl Keys {
    /// Adds an error with its way out.
    pub fn error(&mut self, code: &'static str, span: Span, message: String, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, span, message).with_help(help));
    }

    /// Tells that a value is of the wrong kind.
    pub fn wrong(&mut self, node: Ref<'_>, what: &str, wanted: &str) {
        let message = format!("{what} must be {wanted}, not {}", describe(node));
        self.error("project-type", node.span(), message, format!("write {wanted}"));
    }

    /// The entries of a mapping, those with unknown keys told and left out.
    pub fn entries<'a>(
        &mut self,
        node: Ref<'a>,
        what: &str,
        known: &[&str],
    ) -> Vec<(&'a str, Span, Ref<'a>)> {
        let mut entries = self.named(node, what);
        entries.retain(|(key, span, _)| {
            if known.contains(key) {
                return true;
            }
            let help = match nearest(key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            self.error("unknown-key", *span, format!("{what} has no key `{key}`"), help);
            false
        });
        entries
    }

    /// The entries of a mapping whose keys are names of the user's.
    pub fn named<'a>(&mut self, node: Ref<'a>, what: &str) -> Vec<(&'a str, Span, Ref<'a>)> {
        if !node.is_mapping() {
            if !node.is_null() {
                self.wrong(node, what, "a mapping");
            }
            return Vec::new();
        }
        let value = |entry: &'a crate::document::Entry| {
            (entry.key.as_str(), entry.key_span, node.document().at(entry.value))
        };
        // Of a key that stands twice the reader has told; the last one wins.
        let last = |entry: &&'a crate::document::Entry| {
            node.entry(&entry.key).is_some_and(|last| last.value == entry.value)
        };
        node.entries().iter().filter(last).map(value).collect()
    }

    /// The items of a list; a single item may stand without one. Nothing is an empty list.
    pub fn items<'a>(&mut self, node: Ref<'a>) -> Vec<Ref<'a>> {
        if node.is_null() {
            Vec::new()
        } else if node.is_sequence() {
            node.items().collect()
        } else {
            vec![node]
        }
    }

    /// A text that is not empty.
    pub fn text<'a>(&mut self, node: Ref<'a>, what: &str) -> Option<&'a str> {
        match node.text() {
            Some(text) if !node.is_null() && !text.trim().is_empty() => Some(text),
            _ => {
                self.wrong(node, what, "a text");
                None
            }
        }
    }

    /// A text, or a list of texts.
    pub fn texts<'a>(&mut self, node: Ref<'a>, what: &str) -> Vec<(&'a str, Span)> {
        let items = self.items(node);
        items.into_iter().filter_map(|item| Some((self.text(item, what)?, item.span()))).collect()
    }

    /// One of several words.
    pub fn word<T: Copy>(&mut self, node: Ref<'_>, what: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, what)?;
        if let Some(&(_, found)) = words.iter().find(|(word, _)| *word == text) {
            return Some(found);
        }
        let known: Vec<&str> = words.iter().map(|&(word, _)| word).collect();
        let help = match nearest(text, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of: {}", known.join(", ")),
        };
        self.error("project-value", node.span(), format!("{what} cannot be `{text}`"), help);
        None
    }

    /// A whole number, zero or more.
    pub fn count(&mut self, node: Ref<'_>, what: &str) -> Option<i64> {
        match node.scalar_type() {
            Some(ScalarType::Int(number)) if number >= 0 => Some(number),
            _ => {
                self.wrong(node, what, "a whole number, zero or more");
                None
            }
        }
    }

    /// Tells that a key is missing, at the first key of the mapping that lacks it.
    pub fn missing(&mut self, node: Ref<'_>, what: &str, key: &str, help: &str) {
        let span = node.entries().first().map_or(node.span(), |entry| entry.key_span);
        self.error("project-missing-key", span, format!("{what} needs the key `{key}`"), help);
    }
}

/// What a node is, in words.
fn describe(node: Ref<'_>) -> String {
    if node.is_mapping() {
        return "a mapping".to_owned();
    }
    if node.is_sequence() {
        return "a list".to_owned();
    }
    match (node.scalar_type(), node.text()) {
        (Some(ScalarType::Null), _) => "nothing".to_owned(),
        (_, Some(text)) if text.chars().count() <= 40 => format!("`{text}`"),
        _ => "a text".to_owned(),
    }
}
