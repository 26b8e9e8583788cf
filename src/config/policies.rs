//! A project's own policy files.

use super::files::{Files, Kind};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Sources, Span};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How deeply folders of policies may nest.
const DEPTH: usize = 8;

/// Loads the policy files at some paths; of a folder all YAML files below it, in the order of their
/// names. `wanted` says of each path where it is named.
pub fn policy_files(
    place: &dyn Files,
    wanted: &[(PathBuf, Span)],
    root: &Path,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<SourceId> {
    let mut files: BTreeSet<PathBuf> = BTreeSet::new();
    for (path, span) in wanted {
        let before = files.len();
        let kind = place.kind(path);
        if kind == Some(Kind::Folder) {
            below(place, path, DEPTH, &mut files);
            if files.len() == before {
                let message = format!("`{}` holds no policy files", path.display());
                let told = Diagnostic::warning("policy-path", *span, message);
                diagnostics.push(told.with_help("policies are read from files that end in .yaml or .yml"));
            }
        } else if kind == Some(Kind::File) {
            files.insert(path.clone());
        } else {
            let message = format!("`{}` is neither a file nor a folder", path.display());
            let told = Diagnostic::error("policy-path", *span, message);
            diagnostics.push(told.with_help("name a policy file, or a folder of policy files"));
        }
    }
    let mut loaded = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        match place.read(&path) {
            Ok(bytes) => loaded.push(sources.add(name, String::from_utf8_lossy(&bytes))),
            Err(error) => {
                let id = sources.add(name, "");
                let message = format!("the policy file cannot be read: {error}");
                let told = Diagnostic::error("policy-path", Span::beginning(id), message);
                diagnostics.push(told.with_help("give yourself the right to read it"));
            }
        }
    }
    loaded
}

/// The YAML files below a folder.
fn below(place: &dyn Files, folder: &Path, depth: usize, files: &mut BTreeSet<PathBuf>) {
    for (path, kind) in place.list(folder) {
        if kind == Kind::Folder && depth > 0 {
            below(place, &path, depth - 1, files);
        } else if kind == Kind::File && path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            files.insert(path);
        }
    }
}
