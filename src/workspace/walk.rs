//! Which files there are: .gitignore honoured, dot-folders read, links not followed in circles.

use crate::input::Format;
use crate::workspace::exclusions::{self, Kind};
use crate::workspace::locate::reported;
use globset::GlobSet;
use ignore::{DirEntry, WalkBuilder};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Folders of version control, never read and never counted.
const REPOSITORIES: &[&str] = &[".git", ".hg", ".svn", ".jj"];

/// A file to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub path: PathBuf,
    /// As it is reported.
    pub name: String,
    /// `None` where only the first line can tell.
    pub format: Option<Format>,
    /// Whether it was given by name.
    pub named: bool,
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Walk {
    pub candidates: Vec<Candidate>,
    /// What was left out by default.
    pub excluded: BTreeMap<Kind, usize>,
    /// Paths that could not be looked into, with the reason.
    pub errors: Vec<(PathBuf, String)>,
}

/// Walks a folder. `excluded` are the project's own patterns, relative to the root.
pub fn walk(folder: &Path, root: &Path, excluded: &Arc<GlobSet>) -> Walk {
    let counts: Arc<Mutex<BTreeMap<Kind, usize>>> = Arc::default();
    let mut builder = WalkBuilder::new(folder);
    builder.hidden(false).require_git(false).git_global(false).follow_links(false);
    let keep = Keep {
        folder: folder.to_owned(),
        root: root.to_owned(),
        excluded: Arc::clone(excluded),
        counts: Arc::clone(&counts),
    };
    builder.filter_entry(move |entry| keep.keeps(entry));
    let mut walk = Walk::default();
    for entry in builder.build() {
        match entry {
            Ok(entry) => walk.candidates.extend(candidate(&entry, root)),
            Err(error) => {
                let path = path_of(&error).unwrap_or_else(|| folder.to_owned());
                walk.errors.push((path, reason(&error)));
            }
        }
    }
    if let Ok(mut counts) = counts.lock() {
        walk.excluded = std::mem::take(&mut counts);
    }
    walk
}

/// A file that is read, unless its name says that it is of no format.
fn candidate(entry: &DirEntry, root: &Path) -> Option<Candidate> {
    let kind = entry.file_type()?;
    let path = entry.path();
    // A name that is not UTF-8 is told with its wrong bytes replaced.
    let file_name = entry.file_name().to_string_lossy();
    let format = Format::of_path(&file_name);
    // A link to a file outside the project is read under its own name; one to a file inside would be
    // read twice. A link to nowhere is kept, so that reading it says so.
    if kind.is_symlink() {
        let target = path.canonicalize();
        let inside = target.as_ref().is_ok_and(|target| target.starts_with(root));
        if inside || target.is_ok_and(|target| !target.is_file()) || format.is_none() {
            return None;
        }
    } else if !kind.is_file() {
        return None;
    }
    if format.is_none() && has_extension(&file_name) {
        return None;
    }
    Some(Candidate { path: path.to_owned(), name: reported(path, root), format, named: false })
}

fn has_extension(name: &str) -> bool {
    name.trim_start_matches('.').contains('.') || name.starts_with('.')
}

/// What a walk goes into.
struct Keep {
    folder: PathBuf,
    root: PathBuf,
    excluded: Arc<GlobSet>,
    counts: Arc<Mutex<BTreeMap<Kind, usize>>>,
}

impl Keep {
    fn keeps(&self, entry: &DirEntry) -> bool {
        // The folder itself was given by name.
        if entry.path() == self.folder {
            return true;
        }
        let Some(name) = entry.file_name().to_str() else { return true };
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        if is_folder && REPOSITORIES.contains(&name) {
            return false;
        }
        if !self.excluded.is_empty() && self.excluded.is_match(reported(entry.path(), &self.root)) {
            return false;
        }
        let kind = if is_folder { exclusions::of_folder(name) } else { exclusions::of_file(name) };
        let Some(kind) = kind else { return true };
        // A file that would not be read anyway is not worth a count.
        if (is_folder || Format::of_path(name).is_some())
            && let Ok(mut counts) = self.counts.lock()
        {
            *counts.entry(kind).or_default() += 1;
        }
        false
    }
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        _ => None,
    }
}

fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Io(error) => super::reason(error),
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => reason(err),
        other => other.to_string(),
    }
}
