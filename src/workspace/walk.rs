//! Which files there are: .gitignore honoured, dot-folders read, links not followed in circles.

use crate::input::Format;
use crate::workspace::exclusions::{self, Kind};
use crate::workspace::git::Tree;
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
    /// For a link, the file that it leads to.
    pub target: Option<PathBuf>,
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

/// Walks a folder. `excluded` are the project's own patterns, relative to the root; `held` are files that
/// are read though they are ignored.
pub fn walk(folder: &Path, root: &Path, excluded: &Arc<GlobSet>, held: &[PathBuf]) -> Walk {
    let keep = Keep::new(folder, root, excluded);
    let mut walk = Walk::default();
    let mut folders: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for path in held.iter().filter(|path| path.starts_with(folder) && path.is_file()) {
        let above = path.parent().unwrap_or(folder);
        let name = path.file_name().and_then(|name| name.to_str());
        if goes_into(above, &keep, &mut folders) && name.is_none_or(|name| keep.takes(path, name, false)) {
            walk.candidates.extend(named(path, root));
        }
    }
    // What the walk meets is counted by the walk.
    keep.counted();
    let mut builder = WalkBuilder::new(folder);
    builder.hidden(false).require_git(false).git_global(false).follow_links(false);
    // `.ignore` is of other programs: git commits what it names.
    builder.ignore(false);
    let counts = Arc::clone(&keep.counts);
    builder.filter_entry(move |entry| keep.keeps(entry));
    for entry in builder.build() {
        match entry {
            Ok(entry) => walk.candidates.extend(candidate(&entry, root)),
            Err(error) => {
                let path = path_of(&error).unwrap_or_else(|| folder.to_owned());
                walk.errors.push((path, reason(&error)));
            }
        }
    }
    walk.excluded = taken(&counts);
    walk
}

/// A file that is read, unless its name says that it is of no format.
fn candidate(entry: &DirEntry, root: &Path) -> Option<Candidate> {
    let kind = entry.file_type()?;
    let path = entry.path();
    let mut found = named(path, root)?;
    // A link to nowhere is kept, so that reading it says so.
    if kind.is_symlink() {
        found.target = path.canonicalize().ok();
        if found.format.is_none() || found.target.as_ref().is_some_and(|target| !target.is_file()) {
            return None;
        }
    } else if !kind.is_file() {
        return None;
    }
    Some(found)
}

/// A path whose name does not say that it is of no format.
fn named(path: &Path, root: &Path) -> Option<Candidate> {
    // A name that is not UTF-8 is told with its wrong bytes replaced.
    let name = path.file_name()?.to_string_lossy();
    let format = Format::of_path(&name);
    if format.is_none() && has_extension(&name) {
        return None;
    }
    Some(Candidate { path: path.to_owned(), name: reported(path, root), format, named: false, target: None })
}

/// The same of a commit or the index. What git holds is not ignored, whatever `.gitignore` says.
pub fn walk_tree(tree: &Tree, folder: &Path, root: &Path, excluded: &Arc<GlobSet>) -> Walk {
    let keep = Keep::new(folder, root, excluded);
    let mut walk = Walk::default();
    // Whether a folder is gone into; its files stand together.
    let mut folders: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for entry in tree.entries(folder) {
        let path = tree.repository().top().join(entry.path());
        let above = path.parent().unwrap_or(folder);
        if !goes_into(above, &keep, &mut folders) {
            continue;
        }
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            walk.candidates.extend(named(&path, root));
            continue;
        };
        if entry.is_submodule() {
            *walk.excluded.entry(Kind::Submodules).or_default() += 1;
        } else if keep.takes(&path, name, false)
            && let Some(mut found) = named(&path, root)
        {
            if entry.is_link() {
                found.target = tree.target(entry).ok().map(|to| tree.repository().top().join(to.path()));
                if found.format.is_none() {
                    continue;
                }
            }
            walk.candidates.push(found);
        }
    }
    for (kind, count) in keep.counted() {
        *walk.excluded.entry(kind).or_default() += count;
    }
    walk
}

fn goes_into(folder: &Path, keep: &Keep, known: &mut BTreeMap<PathBuf, bool>) -> bool {
    if folder == keep.folder || !folder.starts_with(&keep.folder) {
        return true;
    }
    if let Some(&known) = known.get(folder) {
        return known;
    }
    let above = folder.parent().is_none_or(|above| goes_into(above, keep, known));
    let name = folder.file_name().and_then(|name| name.to_str());
    let taken = above && name.is_none_or(|name| keep.takes(folder, name, true));
    known.insert(folder.to_owned(), taken);
    taken
}

pub fn has_extension(name: &str) -> bool {
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
    fn new(folder: &Path, root: &Path, excluded: &Arc<GlobSet>) -> Keep {
        let excluded = Arc::clone(excluded);
        Keep { folder: folder.to_owned(), root: root.to_owned(), excluded, counts: Arc::default() }
    }

    fn keeps(&self, entry: &DirEntry) -> bool {
        // The folder itself was given by name.
        if entry.path() == self.folder {
            return true;
        }
        let Some(name) = entry.file_name().to_str() else { return true };
        self.takes(entry.path(), name, entry.file_type().is_some_and(|kind| kind.is_dir()))
    }

    fn takes(&self, path: &Path, name: &str, is_folder: bool) -> bool {
        if is_folder && REPOSITORIES.contains(&name) {
            return false;
        }
        if !self.excluded.is_empty() && self.excluded.is_match(reported(path, &self.root)) {
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

    /// What was left out so far.
    fn counted(&self) -> BTreeMap<Kind, usize> {
        taken(&self.counts)
    }
}

fn taken(counts: &Mutex<BTreeMap<Kind, usize>>) -> BTreeMap<Kind, usize> {
    counts.lock().map(|mut counts| std::mem::take(&mut *counts)).unwrap_or_default()
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
        ignore::Error::Io(error) => super::problem::reason(error),
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => reason(err),
        other => other.to_string(),
    }
}
