//! Command lines inside texts: what a shell makes of a text that it is handed at run time, as in
//! `os.system(f"gcloud run deploy {name} --memory 1Gi && ...")`.
//!
//! The text may have unknown and guarded parts. They are kept: a part never changes its condition, and a
//! word knows the condition that all its parts share. This room knows no host language and no platform.

mod build;
mod expansion;
mod prefix;
mod split;

pub use prefix::{Lead, Prefix, prefix};
pub use split::{Narrow, split};

use crate::value::{Condition, Text};

/// One command of a text, without its redirections and without wrappers (`sudo`, `env`, `nohup`).
#[derive(Clone, Debug, PartialEq)]
pub struct CommandLine {
    /// At least one, the command's name first.
    pub words: Vec<LineWord>,
    /// Variables set for this command alone: `X=1 cmd`, `env X=1 cmd`.
    pub environment: Vec<(String, Text)>,
}

/// One word of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct LineWord {
    /// The word is there only where this holds: what all its parts had in common. The parts of `text`
    /// no longer say it.
    pub condition: Condition,
    /// The word without its quotes.
    pub text: Text,
    /// It holds an unknown part outside quotes, so that it may turn out to be several words or none.
    pub may_split: bool,
}

/// A word as it must be written in a line so that it stays one word, as `shlex.quote` has it.
pub fn quoted(word: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./-_".contains(c);
    if !word.is_empty() && word.chars().all(is_safe) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', "'\"'\"'"))
}

#[cfg(test)]
mod tests;
