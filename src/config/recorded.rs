//! The files in which a project keeps what is known of it: the baseline and the record.

use super::Files;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Sources, Span};
use std::path::{Path, PathBuf};

/// Their names, below the project's root, where `celador.yaml` names no others.
pub const BASELINE: &str = "celador-baseline.json";
pub const RECORD: &str = "celador-record.json";

/// Where such a file is.
pub fn recorded_path(usual: &str, named: Option<&(PathBuf, Span)>, root: &Path) -> PathBuf {
    named.map_or_else(|| root.join(usual), |(path, _)| path.clone())
}

/// Loads such a file. `named` is where `celador.yaml` names one: that must be there, unless it `may_lack`.
/// What is there and cannot be read is told, since a run without it would say something else.
pub fn recorded(
    files: &dyn Files,
    usual: &str,
    named: Option<&(PathBuf, Span)>,
    may_lack: bool,
    root: &Path,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<SourceId> {
    let path = recorded_path(usual, named, root);
    if (named.is_none() || may_lack) && !files.has_file(&path) {
        return None;
    }
    let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    match files.read(&path) {
        Ok(bytes) => Some(sources.add(name, String::from_utf8_lossy(&bytes))),
        Err(error) => {
            let span =
                named.map_or_else(|| Span::beginning(sources.add(name.as_str(), "")), |(_, span)| *span);
            let message = format!("{name} cannot be read: {error}");
            let command = if usual == BASELINE { "baseline" } else { "record" };
            let told = Diagnostic::error("project-unreadable", span, message);
            diagnostics.push(told.with_help(format!("`celador {command}` writes one")));
            None
        }
    }
}
