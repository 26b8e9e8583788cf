//! Reading files: from the disk, or out of a commit or the index, with the same limits and the same words.

use super::git::{Blob, Entry};
use super::problem::{Problem, reason};
use super::text::{Decoded, decode};
use super::walk::Candidate;
use super::{MANY, Place, Request, exclusions, start_threads};
use crate::config::Files;
use crate::input::{Format, Limits};
use rayon::prelude::*;
use std::io::{self, Read, Seek};
use std::path::Path;

/// Bytes that are looked at where only the first line can tell what a file is.
const HEAD: usize = 128;

/// What reading a file gave.
pub(super) struct Content {
    pub text: String,
    pub format: Option<Format>,
    pub wanted: bool,
    pub problem: Option<Problem>,
}

impl Content {
    /// What is told of a file that was not read.
    fn none(problem: Problem) -> Content {
        Content { text: String::new(), format: None, wanted: false, problem: Some(problem) }
    }
}

/// Reads files, in their order: from the disk on all threads if they are many, from a commit or the index
/// in one stream. `None` for each whose first line shows that it is none to be read.
pub(super) fn read_all(candidates: &[Candidate], request: &Request<'_>) -> Vec<Option<Content>> {
    let many = candidates.len() >= MANY;
    if many {
        start_threads(candidates.len());
    }
    let Some(tree) = request.place.as_tree() else {
        let read = |candidate: &Candidate| read(candidate, request);
        return if many {
            candidates.par_iter().map(read).collect()
        } else {
            candidates.iter().map(read).collect()
        };
    };
    let entries: Vec<Option<&Entry>> =
        candidates.iter().map(|candidate| tree.entry(&candidate.path)).collect();
    let known: Vec<&Entry> = entries.iter().copied().flatten().collect();
    let mut blobs = tree.read_all(&known, request.limits.bytes as u64).into_iter();
    let mut blob = |entry: &Option<&Entry>| entry.and_then(|_| blobs.next());
    let read: Vec<_> = candidates.iter().zip(entries.iter().map(&mut blob)).collect();
    let content = |(candidate, blob): (&Candidate, Option<io::Result<Blob>>)| match blob {
        _ if request.place.instead_of(&candidate.path).is_some() => self::read(candidate, request),
        Some(Ok(Blob::Bytes(bytes))) => of_bytes(bytes, candidate, request),
        Some(Ok(Blob::TooLarge(_))) if candidate.format.is_none() && !candidate.named => None,
        Some(Ok(Blob::TooLarge(size))) => {
            Some(Content::none(Problem::TooLarge { size, limit: request.limits.bytes }))
        }
        Some(Err(_)) if candidate.format.is_none() && !candidate.named => None,
        Some(Err(error)) => Some(Content::none(Problem::NotHeld(error.to_string()))),
        None => None,
    };
    if many { read.into_par_iter().map(content).collect() } else { read.into_iter().map(content).collect() }
}

/// What the bytes of a file are, where they are there already.
fn of_bytes(bytes: Vec<u8>, candidate: &Candidate, request: &Request<'_>) -> Option<Content> {
    let by_first_line = || {
        let head = bytes.get(..HEAD.min(bytes.len()))?;
        Format::of_first_line(&first_line(head)?)
    };
    match candidate.format.or_else(by_first_line) {
        Some(_) if bytes.len() > request.limits.bytes => {
            let (size, limit) = (bytes.len() as u64, request.limits.bytes);
            Some(Content::none(Problem::TooLarge { size, limit }))
        }
        Some(format) => Some(decoded(bytes, format, request)),
        None => candidate.named.then(|| Content::none(Problem::Unknown)),
    }
}

/// Reads a file of the disk; `None` if its first line shows that it is none to be read.
fn read(candidate: &Candidate, request: &Request<'_>) -> Option<Content> {
    let problem = |problem| Some(Content::none(problem));
    if let Some(bytes) = request.place.instead_of(&candidate.path) {
        return of_bytes(bytes.to_vec(), candidate, request);
    }
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
        let mut head = [0u8; HEAD];
        let line = file.read(&mut head).ok().and_then(|count| first_line(head.get(..count)?));
        let format = line.and_then(|line| Format::of_first_line(&line));
        return match format {
            Some(format) => match file.rewind() {
                Ok(()) => Some(whole(file, size, format, request)),
                Err(error) => problem(Problem::Forbidden(reason(&error))),
            },
            None if candidate.named => problem(Problem::Unknown),
            None => None,
        };
    }
    if size > request.limits.bytes as u64 {
        return problem(Problem::TooLarge { size, limit: request.limits.bytes });
    }
    Some(whole(file, size, candidate.format?, request))
}

/// Reads a file from where it stands to its end. `size` is what it should have, for the room that is made.
fn whole(file: std::fs::File, size: u64, format: Format, request: &Request<'_>) -> Content {
    // The limit holds for what is read, not for what the file system says: a pipe has no size.
    let limit = request.limits.bytes as u64;
    // One byte more, so that the end is met without growing.
    let room = usize::try_from(size.min(limit)).unwrap_or_default() + 1;
    let mut bytes = Vec::with_capacity(room);
    match file.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
        Err(error) => Content::none(Problem::Forbidden(reason(&error))),
        Ok(size) if size as u64 > limit => {
            Content::none(Problem::TooLarge { size: limit + 1, limit: request.limits.bytes })
        }
        Ok(_) => decoded(bytes, format, request),
    }
}

/// The text that bytes are.
fn decoded(bytes: Vec<u8>, format: Format, request: &Request<'_>) -> Content {
    let (text, problem) = match decode(bytes) {
        Decoded::Text(text) => (text, None),
        Decoded::Damaged(text, offset) => (text, Some(Problem::NotUtf8(offset))),
        Decoded::Utf16 => return Content::none(Problem::Utf16),
        Decoded::Binary => return Content::none(Problem::Binary),
    };
    let wanted = (request.wants)(format, &text);
    Content { text, format: Some(format), wanted, problem }
}

/// The text of one more file of the project, by its path from the root; `None` where there is none, or no
/// text, or where it lies among others' code.
pub fn text_of(place: &Place, root: &Path, name: &str, limits: &Limits) -> Option<String> {
    let vendored = |folder: &str| exclusions::of_folder(folder) == Some(exclusions::Kind::Vendored);
    if name.split('/').any(vendored) {
        return None;
    }
    match decode(place.read(&super::clean(&root.join(name))).ok()?) {
        Decoded::Text(text) if text.len() <= limits.bytes => Some(text),
        _ => None,
    }
}

/// The first line of a file, if it names an interpreter.
fn first_line(head: &[u8]) -> Option<String> {
    if !head.starts_with(b"#!") {
        return None;
    }
    let line = head.split(|&byte| byte == b'\n').next()?;
    Some(String::from_utf8_lossy(line).into_owned())
}
