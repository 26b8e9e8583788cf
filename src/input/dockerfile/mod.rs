//! Dockerfiles: an own reader, tolerant and with spans for everything.
//!
//! The crates that read Dockerfiles give up on the whole file at the first line that they do not know,
//! and keep no comments. The grammar is line by line
//! (<https://docs.docker.com/reference/dockerfile/#format>), so a line that is wrong is reported and the
//! next one is read. Knows instructions, not what they mean for a deployment.

mod instruction;
mod lines;
mod resolve;
mod words;

pub use resolve::{Base, Scope};
pub use words::{Modifier, Piece, Word, variable};

use crate::diagnostic::Diagnostic;
use crate::document::Comment;
use crate::input::{Limits, problem};
use crate::source::{Source, SourceId, Span, TextMap};

/// A Dockerfile, as far as it could be read.
#[derive(Debug)]
pub struct Dockerfile {
    pub source: SourceId,
    /// `ARG`s before the first `FROM`: what the `FROM`s may refer to.
    pub globals: Vec<Pair>,
    pub stages: Vec<Stage>,
    pub comments: Vec<Comment>,
    /// `dockerfile-syntax` and `input-limit`.
    pub diagnostics: Vec<Diagnostic>,
}

/// One stage: a `FROM` with what follows it.
#[derive(Debug)]
pub struct Stage {
    /// The characters of the `FROM` instruction, keyword and all.
    pub span: Span,
    /// The image, or the stage, that it builds on.
    pub base: Word,
    /// Its own name: `AS builder`.
    pub name: Option<Word>,
    /// The value of `--platform=`.
    pub platform: Option<Word>,
    pub instructions: Vec<Instruction>,
}

/// One instruction.
#[derive(Debug)]
pub struct Instruction {
    /// In capitals, however it is written.
    pub keyword: String,
    pub keyword_span: Span,
    /// From the keyword to the last character, here-documents included.
    pub span: Span,
    /// `--mount=...`, `--from=...`, `--interval=...`.
    pub flags: Vec<Pair>,
    pub body: Body,
    pub heredocs: Vec<Heredoc>,
}

/// What an instruction holds.
#[derive(Debug)]
pub enum Body {
    /// `ENV`, `ARG`, `LABEL`.
    Pairs(Vec<Pair>),
    /// `RUN`, `CMD`, `ENTRYPOINT`, `SHELL`.
    Command(Command),
    /// `HEALTHCHECK`; `None` is `HEALTHCHECK NONE`. Options are among the flags.
    Healthcheck(Option<Command>),
    /// `EXPOSE`, `USER`, `WORKDIR`, `COPY`, `ADD`, `VOLUME`, `STOPSIGNAL`, `MAINTAINER`.
    Words(Vec<Word>),
    /// `ONBUILD`: runs when another image builds on this one.
    OnBuild(Box<Instruction>),
}

/// A name with its value.
#[derive(Clone, Debug)]
pub struct Pair {
    pub name: String,
    pub name_span: Span,
    /// `None` for `ARG NAME` and for flags without a value.
    pub value: Option<Word>,
    /// From the name to the end of the value.
    pub span: Span,
}

/// A command line.
#[derive(Debug)]
pub enum Command {
    /// Handed to a shell: the text with line continuations and comments taken out.
    Shell { text: String, map: TextMap, span: Span },
    /// `["program", "argument"]`: run as it is, without a shell.
    Exec { words: Vec<Word>, span: Span },
}

impl Command {
    /// The characters of the whole command.
    pub fn span(&self) -> Span {
        match self {
            Command::Shell { span, .. } | Command::Exec { span, .. } => *span,
        }
    }
}

/// The text of a here-document (<https://docs.docker.com/reference/dockerfile/#here-documents>).
#[derive(Debug)]
pub struct Heredoc {
    pub delimiter: String,
    /// `<<'EOF'`: nothing in it is expanded.
    pub quoted: bool,
    pub text: String,
    pub map: TextMap,
    pub span: Span,
}

impl Dockerfile {
    /// The stage of a name, among the first `before` ones. Names do not tell capitals.
    pub fn stage_named(&self, name: &str, before: usize) -> Option<usize> {
        let is = |stage: &Stage| stage.name.as_ref().is_some_and(|own| own.text.eq_ignore_ascii_case(name));
        self.stages.iter().take(before).rposition(is)
    }
}

/// Reads a Dockerfile. Whatever is wrong is among its diagnostics.
pub fn read(source: &Source, id: SourceId, limits: &Limits) -> Dockerfile {
    let mut file = Dockerfile {
        source: id,
        globals: Vec::new(),
        stages: Vec::new(),
        comments: Vec::new(),
        diagnostics: Vec::new(),
    };
    if let Some(diagnostic) = problem::too_large(source, id, limits.bytes) {
        file.diagnostics.push(diagnostic);
        return file;
    }
    let mut lines = lines::Lines::new(source, id);
    let mut read = 0;
    while let Some(line) = lines.next_instruction(&mut file) {
        read += 1;
        if read > limits.nodes {
            file.diagnostics.push(problem::too_many(line.map.span(0, 0), limits.nodes));
            break;
        }
        instruction::read(line, &mut lines, &mut file);
        // A file of something else is one problem, not a thousand.
        if file.diagnostics.len() >= problem::AT_MOST {
            let at = lines.end_of_last_line();
            file.diagnostics.push(problem::too_many_problems(at));
            break;
        }
    }
    if file.stages.is_empty() && read > 0 {
        file.diagnostics.push(
            Diagnostic::error("dockerfile-syntax", Span::beginning(id), "the Dockerfile has no `FROM`")
                .with_help("begin the first stage with `FROM <image>`"),
        );
    }
    file
}

#[cfg(test)]
mod tests;
