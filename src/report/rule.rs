//! What a policy says of itself, as formats show it beside its findings. Plain data, so that this room
//! need not know how policies are kept.

use crate::diagnostic::{Action, Severity};

/// One policy that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub name: String,
    /// Empty where the policy has no file that says one.
    pub title: String,
    pub group: String,
    pub severity: Severity,
    /// What is done about a failure unless the project says otherwise.
    pub action: Action,
    /// Paragraphs, apart by an empty line.
    pub rationale: String,
    /// The ways out that its validations name, each once.
    pub help: Vec<String>,
    /// Its file from the project's root; `None` for a policy of the pack.
    pub file: Option<String>,
}

impl Rule {
    /// A rule of which only the name is known.
    pub fn named(name: &str) -> Rule {
        Rule {
            name: name.to_owned(),
            title: String::new(),
            group: String::new(),
            severity: Severity::Error,
            action: Action::Deny,
            rationale: String::new(),
            help: Vec::new(),
            file: None,
        }
    }
}
