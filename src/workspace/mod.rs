//! The files of a project: which there are, which are read, what could not be read.
//!
//! Only files that a reader wants are loaded. What is left out by default is counted; what cannot be
//! read is told; nothing is passed over in silence. The order is that of the reported paths, whatever
//! the file system's. This room reads files and judges nothing.

// A shell: files are read here.
#![allow(clippy::disallowed_methods)]

mod exclusions;
mod given;
mod locate;
mod text;
mod walk;

pub use given::load_given;
pub use locate::{Located, clean, locate, reported};

use crate::diagnostic::Diagnostic;
use crate::input::{Format, Limits};
use crate::source::{SourceId, Sources, Span};
use globset::{Glob, GlobSet, GlobSetBuilder};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use text::{Decoded, decode};
use walk::{Candidate, walk};

/// From so many files on, reading in parallel is worth starting threads.
const MANY: usize = 64;

/// Below so many files one thread is enough.
const FEW: usize = 8;

/// What is wanted.
pub struct Request<'a> {
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
    if request.whole_project && !request.paths.iter().any(|path| path == request.root) {
        found.add(walk(request.root, request.root, &exclude));
    }
    let known: BTreeSet<String> = request.known.iter().map(|&id| sources.get(id).path().to_owned()).collect();
    found.candidates.retain(|(name, _), candidate| {
        !known.contains(name) && (candidate.named || include.is_empty() || include.is_match(name))
    });
    let candidates: Vec<Candidate> = found.candidates.into_values().collect();
    let read = |candidate: &Candidate| read(candidate, request);
    let texts: Vec<Option<Content>> = if candidates.len() < MANY {
        candidates.iter().map(read).collect()
    } else {
        start_threads(candidates.len());
        candidates.par_iter().map(read).collect()
    };
    for (candidate, content) in candidates.into_iter().zip(texts) {
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
}

impl Found {
    fn add(&mut self, walk: walk::Walk) {
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
    match path.metadata() {
        Ok(data) if data.is_dir() => found.add(walk(path, request.root, exclude)),
        Ok(_) => {
            // The project's own patterns hold for named files too: a commit hook names all that changed.
            if exclude.is_match(&name) {
                return;
            }
            let format = path.file_name().and_then(|name| Format::of_path(&name.to_string_lossy()));
            let candidate = Candidate { path: path.to_owned(), name: name.clone(), format, named: true };
            found.candidates.insert((name, path.to_owned()), candidate);
        }
        Err(error) => {
            let id = sources.add(name.clone(), "");
            let (code, help) = match error.kind() {
                std::io::ErrorKind::NotFound => ("path-not-found", "name a file or folder that is there"),
                _ => ("path-unreadable", "give yourself the right to read it, or leave it out"),
            };
            let message = format!("`{name}` cannot be read: {}", reason(&error));
            loaded.diagnostics.push(Diagnostic::error(code, Span::beginning(id), message).with_help(help));
        }
    }
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

/// What reading a file gave.
struct Content {
    text: String,
    format: Option<Format>,
    wanted: bool,
    problem: Option<Problem>,
}

/// Reads a file; `None` if its first line shows that it is none to be read.
fn read(candidate: &Candidate, request: &Request<'_>) -> Option<Content> {
    let problem =
        |problem| Some(Content { text: String::new(), format: None, wanted: false, problem: Some(problem) });
    // Opening a pipe waits for its other end, and reading a device has no end.
    if candidate.path.metadata().is_ok_and(|data| !data.is_file()) {
        return problem(Problem::Special);
    }
    let mut file = match std::fs::File::open(&candidate.path) {
        Ok(file) => file,
        Err(_) if candidate.format.is_none() && !candidate.named => return None,
        Err(error) => return problem(Problem::Forbidden(reason(&error))),
    };
    let size = file.metadata().map_or(0, |data| data.len());
    if candidate.format.is_none() {
        let format = first_line(&mut file).and_then(|line| Format::of_first_line(&line));
        return match format {
            Some(format) => match file.rewind() {
                Ok(()) => whole(file, size, format, request),
                Err(error) => problem(Problem::Forbidden(reason(&error))),
            },
            None if candidate.named => problem(Problem::Unknown),
            None => None,
        };
    }
    if size > request.limits.bytes as u64 {
        return problem(Problem::TooLarge { size, limit: request.limits.bytes });
    }
    whole(file, size, candidate.format?, request)
}

/// Reads a file from where it stands to its end. `size` is what it should have, for the room that is made.
fn whole(file: std::fs::File, size: u64, format: Format, request: &Request<'_>) -> Option<Content> {
    // The limit holds for what is read, not for what the file system says: a pipe has no size.
    let limit = request.limits.bytes as u64;
    // One byte more, so that the end is met without growing.
    let room = usize::try_from(size.min(limit)).unwrap_or_default() + 1;
    let mut bytes = Vec::with_capacity(room);
    let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    let (text, problem) = match read {
        Err(error) => (String::new(), Some(Problem::Forbidden(reason(&error)))),
        Ok(size) if size as u64 > limit => {
            (String::new(), Some(Problem::TooLarge { size: limit + 1, limit: request.limits.bytes }))
        }
        Ok(_) => match decode(bytes) {
            Decoded::Text(text) => (text, None),
            Decoded::Damaged(text, offset) => (text, Some(Problem::NotUtf8(offset))),
            Decoded::Utf16 => (String::new(), Some(Problem::Utf16)),
            Decoded::Binary => (String::new(), Some(Problem::Binary)),
        },
    };
    let readable = !matches!(
        problem,
        Some(
            Problem::Forbidden(_)
                | Problem::Special
                | Problem::TooLarge { .. }
                | Problem::Utf16
                | Problem::Binary
        )
    );
    let wanted = readable && (request.wants)(format, &text);
    Some(Content { text, format: readable.then_some(format), wanted, problem })
}

/// The text of one more file of the project, by its path from the root; `None` where there is none, or no
/// text, or where it lies among others' code.
pub fn text_of(root: &Path, name: &str, limits: &Limits) -> Option<String> {
    let vendored = |folder: &str| exclusions::of_folder(folder) == Some(exclusions::Kind::Vendored);
    if name.split('/').any(vendored) {
        return None;
    }
    let file = std::fs::File::open(root.join(name)).ok()?;
    let mut bytes = Vec::new();
    let limit = limits.bytes as u64;
    let size = file.take(limit.saturating_add(1)).read_to_end(&mut bytes).ok()?;
    match decode(bytes) {
        Decoded::Text(text) if size as u64 <= limit => Some(text),
        _ => None,
    }
}

/// The first line of a file, if it names an interpreter.
fn first_line(file: &mut std::fs::File) -> Option<String> {
    let mut head = [0u8; 128];
    let count = file.read(&mut head).ok()?;
    let head = head.get(..count)?;
    if !head.starts_with(b"#!") {
        return None;
    }
    let line = head.split(|&byte| byte == b'\n').next()?;
    Some(String::from_utf8_lossy(line).into_owned())
}

/// Why a file was not read, or not as it should be.
enum Problem {
    Forbidden(String),
    /// A pipe, a socket, a device.
    Special,
    TooLarge {
        size: u64,
        limit: usize,
    },
    /// The offset of the first byte that is none.
    NotUtf8(usize),
    Utf16,
    Binary,
    /// Given by name, and of no format that is read.
    Unknown,
}

impl Problem {
    fn diagnostic(&self, sources: &Sources, id: SourceId) -> Diagnostic {
        let source = sources.get(id);
        let at = |offset: usize| {
            // The replaced character takes three bytes where the file has one.
            let end =
                source.text().get(offset..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            Span::new(id, offset, offset + end)
        };
        let start = Span::beginning(id);
        let told =
            |code, span, message: String, help: &str| Diagnostic::error(code, span, message).with_help(help);
        match self {
            Problem::Forbidden(reason) => told(
                "file-unreadable",
                start,
                format!("the file cannot be read: {reason}"),
                "give yourself the right to read it, or exclude it in celador.yaml",
            ),
            Problem::Special => told(
                "file-unreadable",
                start,
                "it is no regular file, but a pipe, a socket or a device".to_owned(),
                "write the content to a file and name that",
            ),
            Problem::TooLarge { size, limit } => told(
                "file-too-large",
                start,
                format!("the file has {}; at most {} are read", size_text(*size), size_text(*limit as u64)),
                "split it, or exclude it in celador.yaml",
            ),
            Problem::NotUtf8(offset) => told(
                "not-utf8",
                at(*offset),
                format!("the file is not UTF-8: byte {offset} begins no character"),
                "save the file as UTF-8; what could be read is judged all the same",
            )
            .with_label("not UTF-8 from here"),
            Problem::Utf16 => {
                told("not-utf8", start, "the file is UTF-16, not UTF-8".to_owned(), "save the file as UTF-8")
            }
            Problem::Binary => told(
                "binary-file",
                start,
                "the file is binary, whatever its name says".to_owned(),
                "exclude it in celador.yaml, or give it another name",
            ),
            Problem::Unknown => {
                Diagnostic::warning("unknown-format", start, "the file is of no format that is read")
                    .with_help("read are YAML, JSON, Dockerfiles, .env files, Python and shell scripts")
            }
        }
    }
}

/// An error of the operating system without its number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

fn size_text(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} bytes"),
        10_240..10_485_760 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// Whether a text contains one of some words: the prefilter of a [`Request`].
pub fn contains_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests;
