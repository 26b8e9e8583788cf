//! What is told to a user, as plain data.
//!
//! Stages add [`Diagnostic`]s to a list and go on; nobody prints here, and nobody renders. A
//! diagnostic says what is wrong, where, why, and what to do about it.

mod explanation;
mod finding;
mod set_aside;

pub use explanation::{ExplainedCondition, ExplainedOperand, Explanation};
pub use finding::{Action, Because, Finding, OperandValue, RELAXED_BY_CHANGE, Tally, UnknownInput, Verdict};
pub use set_aside::{By, SetAside, WaiverNote};

use crate::source::Span;

/// How grave a diagnostic or a finding is. Ordered: `Info < Warning < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    /// The word used in policies and in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// The stable name of a kind of diagnostic, in kebab case: `yaml-syntax`, `unknown-key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

/// Characters that are underlined, with a few words about them (which may be empty).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    pub span: Span,
    pub label: String,
}

impl Annotation {
    pub fn new(span: Span, label: impl Into<String>) -> Annotation {
        Annotation { span, label: label.into() }
    }
}

/// A change of text that would mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What to do, in words: `"2Gi" or more`.
    pub message: String,
    /// Where; the replacement stands in for exactly these characters.
    pub span: Span,
    /// The new text, if one is certain enough to write.
    pub replacement: Option<String>,
}

/// One thing that a user must be told about the input: a file that does not parse, a key that is not
/// known, a limit that was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// One sentence without a full stop: what is wrong.
    pub message: String,
    pub primary: Annotation,
    pub related: Vec<Annotation>,
    /// The way out.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a span; labels, related places and help are added with the `with_` methods.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code: Code(code),
            severity: Severity::Error,
            message: message.into(),
            primary: Annotation::new(span, ""),
            related: Vec::new(),
            help: None,
        }
    }

    /// The same as a warning.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, span, message) }
    }

    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Diagnostic {
        self.primary.label = label.into();
        self
    }

    #[must_use]
    pub fn with_related(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.related.push(Annotation::new(span, label));
        self
    }

    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }
}

/// The known name nearest to a misspelt one, if one is near enough to be worth suggesting: at most a
/// third of the characters may differ.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (edit_distance(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, candidate)| (distance, candidate))
        .map(|(_, candidate)| candidate)
}

/// Edits (insert, delete, replace, swap of neighbours) between two words. Words longer than 64
/// characters are not worth a suggestion and count as unrelated.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replace = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + replace);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_swap_is_near_and_another_word_is_not() {
        let known = ["memory", "memory_request", "cpu"];
        assert_eq!(nearest("memroy", known), Some("memory"));
        assert_eq!(nearest("Memory", known), Some("memory"));
        assert_eq!(nearest("timeout", known), None);
    }
}
