//! Readers: one a format, from text to [`Document`] or [`Program`].
//!
//! Reading never fails: a broken file yields what could be read and diagnostics. `python` and `shell`
//! lower only; what a program means is the interpreter's business.

pub mod dockerfile;
pub mod dotenv;
pub mod embedded;
mod comments;
mod format;
pub mod hcl;
pub mod json;
pub mod justfile;
pub mod makefile;
mod problem;
pub mod python;
pub mod shell;
mod text_map;
pub mod toml;
pub mod yaml;

pub use comments::{of_dockerfile, of_document};
pub use format::Format;
pub use text_map::text_map;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::script::Program;
use crate::source::Comments;

/// What a structured file yields.
#[derive(Debug, Default)]
pub struct Read {
    /// In the order of the file; of a broken file what could be read.
    pub documents: Vec<Document>,
    pub diagnostics: Vec<Diagnostic>,
}

/// What is told of scripts beside what they run.
#[derive(Debug, Default)]
struct Told {
    diagnostics: Vec<Diagnostic>,
    comments: Comments,
}

impl Told {
    /// Takes what a program tells, where its statements become a part of another.
    fn take(&mut self, program: &mut Program) {
        self.diagnostics.append(&mut program.diagnostics);
        self.comments.append(&mut program.comments);
    }
}

/// Bounds for readers. What exceeds one is a diagnostic with the code `input-limit`, never a crash.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: usize,
    /// Nodes of one file after aliases are expanded.
    pub nodes: usize,
    /// How deeply collections may nest.
    pub depth: usize,
}

impl Default for Limits {
    /// 64 MiB, 4 million nodes, depth 200: far above real configs, far below trouble.
    fn default() -> Limits {
        Limits { bytes: 64 << 20, nodes: 4_000_000, depth: 200 }
    }
}
