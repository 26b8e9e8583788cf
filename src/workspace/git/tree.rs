//! The files of one commit, or of the index.

use super::blobs::{Blob, Blobs};
use super::{Commit, Repository};
use crate::config::{Files, Kind};
use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

/// So many links are followed one after the other.
const LINKS: usize = 8;

/// No link's target is longer.
const LONGEST_LINK: u64 = 4 << 10;

/// What begins a file whose content git does not hold.
/// <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v1";

/// What a path names. <https://git-scm.com/docs/git-ls-tree#_output_format>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    File,
    Link,
    /// Another repository's commit.
    Submodule,
    /// Both sides of a merge changed it, and nobody has decided yet.
    Unmerged,
}

/// One path of a tree.
#[derive(Debug)]
pub struct Entry {
    /// From the root of the repository, with `/`.
    path: Vec<u8>,
    mode: Mode,
    id: String,
}

impl Entry {
    pub fn is_link(&self) -> bool {
        self.mode == Mode::Link
    }

    pub fn is_submodule(&self) -> bool {
        self.mode == Mode::Submodule
    }

    /// From the root of the repository.
    pub fn path(&self) -> Cow<'_, Path> {
        path_of_bytes(&self.path)
    }
}

/// The files of a commit or of the index, read only.
#[derive(Debug)]
pub struct Tree {
    repository: Repository,
    /// What people call it.
    name: String,
    is_index: bool,
    /// Sorted by path, bytewise: what lies in a folder stands together.
    entries: Vec<Entry>,
    blobs: Blobs,
}

impl Tree {
    pub(super) fn of_commit(repository: &Repository, commit: &Commit, listed: &[u8]) -> Tree {
        // `<mode> <type> <id>\t<path>`
        let of = |head: &str, path: &[u8]| {
            let mut words = head.split(' ');
            let mode = mode(words.next()?)?;
            Some(Entry { path: path.to_vec(), mode, id: words.nth(1)?.to_owned() })
        };
        Tree::new(repository, format!("commit {}", commit.short()), false, listed, of)
    }

    pub(super) fn of_index(repository: &Repository, listed: &[u8]) -> Tree {
        // `<mode> <id> <stage>\t<path>`; of an unmerged path there are up to three lines.
        let of = |head: &str, path: &[u8]| {
            let mut words = head.split(' ');
            let mode = mode(words.next()?)?;
            let id = words.next()?.to_owned();
            let mode = if words.next() == Some("0") { mode } else { Mode::Unmerged };
            Some(Entry { path: path.to_vec(), mode, id })
        };
        Tree::new(repository, "the index".to_owned(), true, listed, of)
    }

    fn new(
        repository: &Repository,
        name: String,
        is_index: bool,
        listed: &[u8],
        of: impl Fn(&str, &[u8]) -> Option<Entry>,
    ) -> Tree {
        let entry = |line: &[u8]| {
            let tab = line.iter().position(|&byte| byte == b'\t')?;
            of(std::str::from_utf8(line.get(..tab)?).ok()?, line.get(tab + 1..)?)
        };
        let mut entries: Vec<Entry> = listed.split(|&byte| byte == 0).filter_map(entry).collect();
        entries.sort_by(|one, other| one.path.cmp(&other.path));
        entries.dedup_by(|later, first| later.path == first.path);
        let repository = repository.clone();
        Tree { blobs: Blobs::new(repository.clone()), repository, name, is_index, entries }
    }

    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Whether it is the index: what is going to be committed.
    pub fn is_index(&self) -> bool {
        self.is_index
    }

    /// What people call it: `the index`, `commit 1234abcd5678`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The entries below a folder, in the order of their paths; of a path that is no folder none.
    pub fn entries(&self, folder: &Path) -> &[Entry] {
        let Some(mut prefix) = below(folder, self.repository.top()) else { return &[] };
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        let start = self.entries.partition_point(|entry| entry.path < prefix);
        let rest = self.entries.get(start..).unwrap_or_default();
        let count = rest.partition_point(|entry| entry.path.starts_with(&prefix));
        rest.get(..count).unwrap_or_default()
    }

    /// An entry by its absolute path.
    pub fn entry(&self, path: &Path) -> Option<&Entry> {
        let path = below(path, self.repository.top())?;
        self.at(&path)
    }

    fn at(&self, path: &[u8]) -> Option<&Entry> {
        let found = self.entries.binary_search_by(|entry| entry.path.as_slice().cmp(path));
        self.entries.get(found.ok()?)
    }

    /// The file that an entry is or leads to.
    ///
    /// # Errors
    /// Where the way leads out of the tree, to a folder, or in a circle, with the reason for people.
    pub fn target<'a>(&'a self, entry: &'a Entry) -> io::Result<&'a Entry> {
        let mut entry = entry;
        for _ in 0..=LINKS {
            match entry.mode {
                Mode::File => return Ok(entry),
                Mode::Submodule => return Err(io::Error::other("it is another repository")),
                Mode::Unmerged => {
                    return Err(io::Error::other("its merge is not decided; `git add` it when it is"));
                }
                Mode::Link => {}
            }
            let blob = self.blobs.read(&[&entry.id], LONGEST_LINK).pop();
            let Some(Ok(Blob::Bytes(to))) = blob else {
                return Err(io::Error::other("where the link leads cannot be read"));
            };
            let next = within(&entry.path, &to).and_then(|path| self.at(&path));
            let shown = String::from_utf8_lossy(&to).into_owned();
            entry = next.ok_or_else(|| {
                io::Error::other(format!("it is a link to `{shown}`, which is no file of {}", self.name))
            })?;
        }
        Err(io::Error::other(format!("more than {LINKS} links lead from one to the next")))
    }

    /// The bytes of files, in their order. What has more than `limit` bytes is not kept.
    pub fn read_all(&self, entries: &[&Entry], limit: u64) -> Vec<io::Result<Blob>> {
        let targets: Vec<io::Result<&Entry>> = entries.iter().map(|entry| self.target(entry)).collect();
        let ids: Vec<&str> = targets.iter().flatten().map(|entry| entry.id.as_str()).collect();
        let mut blobs = self.blobs.read(&ids, limit).into_iter();
        let blob = |target: io::Result<&Entry>| {
            target.and_then(|_| blobs.next().unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into())))
        };
        targets.into_iter().map(blob).map(|blob| blob.and_then(not_elsewhere)).collect()
    }
}

/// A file that git does not hold itself must not be taken for one that deploys nothing.
fn not_elsewhere(blob: Blob) -> io::Result<Blob> {
    match &blob {
        Blob::Bytes(bytes) if bytes.starts_with(LFS) => {
            Err(io::Error::other("its content is in Git LFS, of which a commit holds the name only"))
        }
        _ => Ok(blob),
    }
}

impl Files for Tree {
    fn kind(&self, path: &Path) -> Option<Kind> {
        match self.entry(path) {
            Some(entry) => self.target(entry).ok().map(|_| Kind::File),
            None => (!self.entries(path).is_empty()).then_some(Kind::Folder),
        }
    }

    fn has_file(&self, path: &Path) -> bool {
        self.entry(path).is_some_and(|entry| !entry.is_submodule())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let Some(entry) = self.entry(path) else {
            return Err(io::Error::other(format!("it is no file of {}", self.name)));
        };
        let limit = crate::input::Limits::default().bytes as u64;
        match self.read_all(&[entry], limit).pop() {
            Some(Ok(Blob::Bytes(bytes))) => Ok(bytes),
            Some(Ok(Blob::TooLarge(_))) => {
                Err(io::Error::other(format!("it has more than {} MiB", limit >> 20)))
            }
            Some(Err(error)) => Err(error),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn list(&self, folder: &Path) -> Vec<(PathBuf, Kind)> {
        let mut all: Vec<(PathBuf, Kind)> = Vec::new();
        for entry in self.entries(folder) {
            let path = self.repository.top().join(entry.path());
            let Ok(rest) = path.strip_prefix(folder) else { continue };
            let mut parts = rest.components();
            let Some(first) = parts.next() else { continue };
            let first = folder.join(first);
            let kind = match (parts.next(), entry.mode) {
                (Some(_), _) => Kind::Folder,
                (None, Mode::File) => Kind::File,
                (None, _) => Kind::Other,
            };
            if all.last().is_none_or(|(last, _)| *last != first) {
                all.push((first, kind));
            }
        }
        all
    }
}

fn mode(text: &str) -> Option<Mode> {
    match text {
        "120000" => Some(Mode::Link),
        "160000" => Some(Mode::Submodule),
        _ if text.starts_with("100") => Some(Mode::File),
        _ => None,
    }
}

/// A path from the root of the repository, as git writes it; `None` where it lies outside.
pub(super) fn below(path: &Path, top: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in path.strip_prefix(top).ok()?.components() {
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(part.as_os_str().as_encoded_bytes());
    }
    Some(bytes)
}

/// Where a link leads, from the root of the repository; `None` where it leaves that.
fn within(link: &[u8], to: &[u8]) -> Option<Vec<u8>> {
    if to.starts_with(b"/") {
        return None;
    }
    let folder = link.iter().rposition(|&byte| byte == b'/').map_or(&[][..], |end| &link[..end]);
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in folder.split(|&byte| byte == b'/').chain(to.split(|&byte| byte == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join(&b'/'))
}

/// A path of git's as one of this system.
#[cfg(unix)]
pub(super) fn path_of_bytes(bytes: &[u8]) -> Cow<'_, Path> {
    use std::os::unix::ffi::OsStrExt;
    Cow::Borrowed(Path::new(std::ffi::OsStr::from_bytes(bytes)))
}

/// A path of git's as one of this system: git writes UTF-8 there.
#[cfg(not(unix))]
pub(super) fn path_of_bytes(bytes: &[u8]) -> Cow<'_, Path> {
    Cow::Owned(PathBuf::from(String::from_utf8_lossy(bytes).into_owned()))
}
