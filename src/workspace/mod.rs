//! The files of a project: which there are, which are read, what could not be read.
//!
//! Only files that a reader wants are loaded. What is left out by default is counted; what cannot be
//! read is told; nothing is passed over in silence. The order is that of the reported paths, whatever
//! the file system's. This room reads files and judges nothing.

// A shell: files are read here.
#![allow(clippy::disallowed_methods)]

mod contents;
mod exclusions;
pub mod git;
mod given;
mod locate;
mod place;
mod problem;
mod text;
mod walk;

pub use contents::text_of;
pub use given::load_given;
pub use locate::{Located, clean, locate, reported};
pub use place::Place;

use crate::config::{Files, Kind};
use crate::diagnostic::Diagnostic;
use crate::input::{Format, Limits};
use crate::source::{SourceId, Sources, Span};
use contents::read_all;
use git::Entry;
use globset::{Glob, GlobSet, GlobSetBuilder};
use problem::{Problem, reason};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walk::{Candidate, Walk};

/// From so many files on, reading in parallel is worth starting threads.
const MANY: usize = 64;

/// Below so many files one thread is enough.
const FEW: usize = 8;

/// What is wanted.
pub struct Request<'a> {
    pub place: &'a Place,
    pub root: &'a Path,
    /// Given paths, absolute; what is below them is selected.
    pub paths: &'a [PathBuf],
    /// Whether the rest of the project is read too, for comparisons and references.
    pub whole_project: bool,
    /// Patterns relative to the root that are left out.
    pub exclude: &'a [&'a str],
    /// If not empty: of the project only what matches one of these is read. Named files always are.
    pub include: &'a [&'a str],
    /// Files that were read before: the project file.
    pub known: &'a [SourceId],
    pub limits: &'a Limits,
    /// Whether a file of this format and text may hold anything of interest, so that it is worth
    /// parsing. Cheap: called on every file.
    pub wants: &'a (dyn Fn(Format, &str) -> bool + Sync),
}

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub id: SourceId,
    pub format: Format,
    /// Whether findings in it are reported.
    pub selected: bool,
    /// Whether it was given by name.
    pub named: bool,
    /// Whether it is worth parsing.
    pub wanted: bool,
}

/// A file that could not be read as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub diagnostic: Diagnostic,
    pub named: bool,
    pub selected: bool,
}

/// What was loaded.
#[derive(Debug, Default)]
pub struct Loaded {
    /// In the order of their reported paths.
    pub files: Vec<File>,
    pub unreadable: Vec<Unreadable>,
    /// Paths that do not exist, patterns that are none: errors of the call.
    pub diagnostics: Vec<Diagnostic>,
    /// What was left out by default: the kind for people, and how many files or whole folders.
    pub excluded: Vec<(String, usize)>,
}

/// Finds and reads the files.
pub fn load(request: &Request<'_>, sources: &mut Sources) -> Loaded {
    let mut loaded = Loaded::default();
    let exclude = Arc::new(patterns(request.exclude, sources, &mut loaded.diagnostics));
    let include = patterns(request.include, sources, &mut loaded.diagnostics);
    let mut found = Found::default();
    for path in request.paths {
        given(path, request, &exclude, sources, &mut found, &mut loaded);
    }
    let selected = |path: &Path| request.paths.iter().any(|given| path.starts_with(given));
    if request.whole_project && found.concerns && !request.paths.iter().any(|path| path == request.root) {
        found.add(walk_any(request.root, request, &exclude));
    }
    let known: BTreeSet<String> = request.known.iter().map(|&id| sources.get(id).path().to_owned()).collect();
    found.candidates.retain(|(name, _), candidate| {
        !known.contains(name) && (candidate.named || include.is_empty() || include.is_match(name))
    });
    let candidates = found.without_twins();
    let contents = read_all(&candidates, request);
    for (candidate, content) in candidates.into_iter().zip(contents) {
        let Some(content) = content else { continue };
        let selected = selected(&candidate.path);
        let id = sources.add(candidate.name, content.text);
        if let Some(problem) = content.problem {
            let diagnostic = problem.diagnostic(sources, id);
            loaded.unreadable.push(Unreadable { diagnostic, named: candidate.named, selected });
        }
        if let Some(format) = content.format {
            let (named, wanted) = (candidate.named, content.wanted);
            loaded.files.push(File { id, format, selected, named, wanted });
        }
    }
    for (path, reason) in found.errors {
        let id = sources.add(reported(&path, request.root), "");
        let diagnostic = Problem::Forbidden(reason).diagnostic(sources, id);
        loaded.unreadable.push(Unreadable { diagnostic, named: false, selected: selected(&path) });
    }
    loaded.excluded = found.excluded.iter().map(|(kind, count)| (kind.as_str().to_owned(), *count)).collect();
    loaded
}

fn walk_any(folder: &Path, request: &Request<'_>, excluded: &Arc<GlobSet>) -> Walk {
    match request.place.as_tree() {
        Some(tree) => walk::walk_tree(tree, folder, request.root, excluded),
        None => walk::walk(folder, request.root, excluded, request.place.held()),
    }
}

/// Stack of a thread that reads and judges: files nest as deeply as the readers' limits allow.
const STACK: usize = 64 << 20;

/// Starts the threads that a run over so many files is worth: for a few files none, since starting
/// threads costs more than they save. Called once, by the thread that lives as long as the program;
/// later calls change nothing.
pub fn start_threads(files: usize) {
    let threads = rayon::ThreadPoolBuilder::new().stack_size(STACK);
    let threads = if files < FEW { threads.num_threads(1).use_current_thread() } else { threads };
    if let Err(error) = threads.build_global() {
        tracing::trace!(%error, "threads were started before");
    }
}

/// What walks found, each file once, in the order of the reported paths.
#[derive(Default)]
struct Found {
    candidates: BTreeMap<(String, PathBuf), Candidate>,
    excluded: BTreeMap<exclusions::Kind, usize>,
    errors: BTreeMap<PathBuf, String>,
    /// Whether anything that was given may be of interest. A commit hook that names a page of text costs
    /// no look at the rest of the project.
    concerns: bool,
}

impl Found {
    fn add(&mut self, walk: Walk) {
        for candidate in walk.candidates {
            self.candidates.entry((candidate.name.clone(), candidate.path.clone())).or_insert(candidate);
        }
        for (kind, count) in walk.excluded {
            // Two walks may meet the same folder: the larger count is the one that saw all.
            let have = self.excluded.entry(kind).or_default();
            *have = (*have).max(count);
        }
        self.errors.extend(walk.errors);
    }

    /// The files, each once: a link to one that is read under its own name would be read twice. A link to
    /// one that is left out, for its name or its folder, is how that is deployed all the same.
    fn without_twins(&mut self) -> Vec<Candidate> {
        let all: Vec<Candidate> = std::mem::take(&mut self.candidates).into_values().collect();
        if all.iter().all(|one| one.target.is_none()) {
            return all;
        }
        let own = |one: &&Candidate| one.target.is_none() && one.format.is_some();
        let mut read: BTreeSet<PathBuf> = BTreeSet::new();
        for one in all.iter().filter(own) {
            // Links are followed to paths that hold no link, which the project's own may.
            read.extend(one.path.canonicalize().ok());
            read.insert(one.path.clone());
        }
        let twin = |one: &Candidate| !one.named && one.target.as_ref().is_some_and(|to| read.contains(to));
        all.into_iter().filter(|one| !twin(one)).collect()
    }
}

/// A path of the command line: a file is read whatever it is, a folder is walked.
fn given(
    path: &Path,
    request: &Request<'_>,
    exclude: &Arc<GlobSet>,
    sources: &mut Sources,
    found: &mut Found,
    loaded: &mut Loaded,
) {
    let name = reported(path, request.root);
    let tree = request.place.as_tree();
    let entry = tree.and_then(|tree| tree.entry(path));
    if entry.is_some_and(Entry::is_submodule) {
        *found.excluded.entry(exclusions::Kind::Submodules).or_default() += 1;
        return;
    }
    match request.place.kind(path) {
        Some(Kind::Folder) => {
            found.concerns = true;
            found.add(walk_any(path, request, exclude));
        }
        // What an entry that cannot be read is, is told where it is read.
        None if entry.is_none() => not_there(path, &name, request, sources, loaded),
        _ => {
            // The project's own patterns hold for named files too: a commit hook names all that changed.
            if exclude.is_match(&name) {
                return;
            }
            let file = path.file_name().map(|file| file.to_string_lossy()).unwrap_or_default();
            let format = Format::of_path(&file);
            found.concerns |= format.is_some() || !walk::has_extension(&file);
            let candidate =
                Candidate { path: path.to_owned(), name: name.clone(), format, named: true, target: None };
            found.candidates.insert((name, path.to_owned()), candidate);
        }
    }
}

/// Tells that nothing is at a path of the command line; where git is asked, only of what it never had.
fn not_there(path: &Path, name: &str, request: &Request<'_>, sources: &mut Sources, loaded: &mut Loaded) {
    let (code, reason, help) = match request.place.as_tree() {
        // A hook names what was deleted, and a commit does not have what came later.
        Some(tree) if !tree.is_index() || tree.repository().was_committed(path) => return,
        Some(tree) if !path.starts_with(tree.repository().top()) => (
            "path-not-found",
            "it lies outside of the repository".to_owned(),
            "leave it out, or leave out --staged",
        ),
        Some(_) => {
            ("path-not-found", "it is not in the index".to_owned(), "`git add` it, or leave out --staged")
        }
        None => match path.metadata() {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                ("path-unreadable", reason(&error), "give yourself the right to read it, or leave it out")
            }
            Err(error) => ("path-not-found", reason(&error), "name a file or folder that is there"),
            Ok(_) => return,
        },
    };
    let id = sources.add(name, "");
    let message = format!("`{name}` cannot be read: {reason}");
    loaded.diagnostics.push(Diagnostic::error(code, Span::beginning(id), message).with_help(help));
}

/// Compiled patterns; what is none is told.
fn patterns(globs: &[&str], sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        // `legacy/` means all below it, as in .gitignore.
        let whole =
            glob.strip_suffix('/').map_or_else(|| (*glob).to_owned(), |folder| format!("{folder}/**"));
        match Glob::new(&whole) {
            Ok(glob) => {
                builder.add(glob);
            }
            Err(error) => {
                let id = sources.add("command line", *glob);
                let span = Span::new(id, 0, glob.len());
                let message = format!("`{glob}` is no pattern of paths: {}", error.kind());
                let told = Diagnostic::error("bad-pattern", span, message);
                diagnostics.push(told.with_help("`*`, `**`, `?`, `[ab]` and `{a,b}` have a meaning"));
            }
        }
    }
    builder.build().unwrap_or_else(|_| GlobSet::empty())
}

/// Whether a text contains one of some words: the prefilter of a [`Request`].
pub fn contains_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests;
