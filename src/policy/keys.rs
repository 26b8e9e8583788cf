//! Reading a mapping whose keys are known: every other key is told, with the nearest name.

use crate::diagnostic::{Diagnostic, nearest};
use crate::document::Ref;
use crate::document::ScalarType;
use crate::source::Span;

/// Collects diagnostics while a policy or its configuration is read.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Keys {
    /// Tells that `node` is of the wrong kind.
    pub(super) fn wrong(&mut self, node: Ref<'_>, what: &str, wanted: &str) {
        let message = format!("{what} must be {wanted}, not {}", describe(node));
        self.diagnostics.push(Diagnostic::error("policy-type", node.span(), message));
    }

    /// Adds an error.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.diagnostics.push(Diagnostic::error(code, span, message));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// Checks that `node` is a mapping with none but the `known` keys, each once. Returns whether it is
    /// a mapping.
    pub(super) fn check(&mut self, node: Ref<'_>, what: &str, known: &[&str]) -> bool {
        if !node.is_mapping() {
            self.wrong(node, what, "a mapping");
            return false;
        }
        for entry in node.entries() {
            if known.contains(&entry.key.as_str()) {
                continue;
            }
            let help = match nearest(&entry.key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            let message = format!("{what} has no key `{}`", entry.key);
            self.error("unknown-key", entry.key_span, message).help = Some(help);
        }
        true
    }

    /// The text under a key, if there is one; anything but a scalar is told.
    pub(super) fn text<'a>(&mut self, node: Ref<'a>, key: &str, what: &str) -> Option<(&'a str, Ref<'a>)> {
        let value = node.get(key)?;
        match value.text() {
            Some(text) if !value.is_null() => Some((text, value)),
            _ => {
                self.wrong(value, &format!("`{key}` of {what}"), "a text");
                None
            }
        }
    }

    /// The text under a key that must be there.
    pub(super) fn required_text<'a>(
        &mut self,
        node: Ref<'a>,
        key: &str,
        what: &str,
    ) -> Option<(&'a str, Ref<'a>)> {
        if node.get(key).is_none() {
            self.missing(node, key, what);
            return None;
        }
        self.text(node, key, what)
    }

    /// Tells that a key is missing, at the first key of the mapping that lacks it.
    pub(super) fn missing(&mut self, node: Ref<'_>, key: &str, what: &str) {
        let span = node.entries().first().map_or(node.span(), |entry| entry.key_span);
        self.error("policy-missing-key", span, format!("{what} needs the key `{key}`"));
    }

    /// One of several words under a key.
    pub(super) fn word<T: Copy>(
        &mut self,
        node: Ref<'_>,
        key: &str,
        what: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let (text, value) = self.text(node, key, what)?;
        if let Some((_, found)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*found);
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let help = match nearest(text, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of: {}", known.join(", ")),
        };
        let message = format!("`{key}` of {what} cannot be `{text}`");
        self.error("policy-value", value.span(), message).help = Some(help);
        None
    }

    /// A text, or a list of texts, under a key.
    pub(super) fn texts<'a>(&mut self, node: Ref<'a>, key: &str, what: &str) -> Vec<(&'a str, Ref<'a>)> {
        let Some(value) = node.get(key) else { return Vec::new() };
        if let (Some(text), false) = (value.text(), value.is_null()) {
            return vec![(text, value)];
        }
        if !value.is_sequence() {
            self.wrong(value, &format!("`{key}` of {what}"), "a text or a list of texts");
            return Vec::new();
        }
        let mut all = Vec::new();
        for item in value.items() {
            match item.text() {
                Some(text) => all.push((text, item)),
                None => self.wrong(item, &format!("an item of `{key}`"), "a text"),
            }
        }
        all
    }
}

/// What a node is, in words.
pub(super) fn describe(node: Ref<'_>) -> &'static str {
    if node.is_mapping() {
        return "a mapping";
    }
    if node.is_sequence() {
        return "a list";
    }
    match node.scalar_type() {
        Some(ScalarType::Null) => "nothing",
        Some(ScalarType::Bool(_)) => "true or false",
        Some(ScalarType::Int(_) | ScalarType::Float(_)) => "a number",
        _ => "a text",
    }
}
