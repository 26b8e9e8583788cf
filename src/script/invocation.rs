//! What an interpreted script may run.

use crate::provenance::Origin;
use crate::source::Span;
use crate::value::{Condition, Text, Unknown, Value};
use std::sync::Arc;

/// One word of a command line.
#[derive(Clone, Debug)]
pub struct Word {
    /// The word is there only where this holds (besides the invocation's own condition).
    pub condition: Condition,
    pub value: WordValue,
}

/// What a word is.
#[derive(Clone, Debug)]
pub enum WordValue {
    /// Exactly one word.
    One(Value<Text>),
    /// Any number of words, none of them known: `$EXTRA_FLAGS`, a list that was not followed.
    Any(Unknown),
}

/// One command line that a script, a workflow step or a build step may run.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub words: Vec<Word>,
    /// Under which circumstances the script gets here.
    pub condition: Condition,
    /// The characters of the whole command, or of the call that runs it.
    pub span: Span,
    /// The first word's characters: where absence is reported.
    pub anchor: Span,
    /// Variables given to this command's own environment (`X=1 cmd`, `env=` of a call) or exported
    /// before it.
    pub environment: Vec<(Arc<str>, Value<Text>)>,
    /// The working directory, if the script sets one.
    pub directory: Option<Value<Text>>,
    /// The text handed to standard input, if it is known: a here-document.
    pub input: Option<Value<Text>>,
    /// Files that the script is known to have written before, each with its path and its text; of two
    /// with one path the later one counts.
    pub files: Vec<(Arc<Text>, Arc<Text>)>,
    /// The function or section it stands in, for people.
    pub scope: Option<Arc<str>>,
    /// Why its failure counts for nothing.
    pub ignored: Option<Arc<Ignored>>,
    /// What it runs in.
    pub job: Option<Arc<RunsIn>>,
}

/// What makes a command's failure count for nothing.
#[derive(Clone, Debug)]
pub struct Ignored {
    /// As it is written, for people: `|| true`, `continue-on-error`.
    pub name: Arc<str>,
    pub span: Span,
    /// When it does, where not always.
    pub condition: Condition,
    /// What the script says to that, with its characters.
    pub reason: Option<(Arc<str>, Span)>,
}

/// The job that runs a command, and those that wait for it: see [`Job`](crate::script::Job).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunsIn {
    pub job: Span,
    pub waited_for_by: Vec<Span>,
}

impl Invocation {
    /// The text of a file that the script is known to have written before.
    pub fn file(&self, path: &Text) -> Option<&Text> {
        self.files.iter().rev().find(|(have, _)| same_path(have, path)).map(|(_, text)| &**text)
    }

    /// The last steps of everything that the words are made of.
    pub fn origins(&self) -> Vec<Origin> {
        let mut all = Vec::new();
        for word in &self.words {
            let WordValue::One(value) = &word.value else { continue };
            for (_, value) in value.alternatives() {
                if let Value::Known(known) = value {
                    all.push(known.origin);
                    all.extend(known.value.parts.iter().filter_map(|part| part.origin));
                }
            }
        }
        all
    }
}

/// Whether two paths surely name one file.
pub fn same_path(a: &Text, b: &Text) -> bool {
    match (a.plain(), b.plain()) {
        (Some(a), Some(b)) => a.trim_start_matches("./") == b.trim_start_matches("./"),
        _ => a.is_same(b),
    }
}
