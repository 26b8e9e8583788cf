//! Where a project's own files come from: the disk, a commit or the index of git, the texts of an example.

use crate::input::Limits;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    /// A pipe, a device, a socket.
    Other,
}

/// Files by their absolute paths.
pub trait Files {
    /// What is at a path, links followed; `None` if nothing is.
    fn kind(&self, path: &Path) -> Option<Kind>;

    /// Whether a name is taken by a file, be it a link to nowhere.
    fn has_file(&self, path: &Path) -> bool;

    /// The bytes of a file.
    ///
    /// # Errors
    /// Where there is none, or none that a person has written: a pipe, a device, a file that is too large.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// What lies in a folder, each with its whole path. Links are left out, so that no circle is walked.
    fn list(&self, folder: &Path) -> Vec<(PathBuf, Kind)>;

    /// One path for each file, however it is named.
    fn one_path(&self, path: PathBuf) -> PathBuf {
        path
    }
}

/// The files of the file system.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Files for Disk {
    fn kind(&self, path: &Path) -> Option<Kind> {
        path.metadata().ok().map(|data| of(data.file_type()))
    }

    fn has_file(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok_and(|data| !data.is_dir())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        read_whole(path)
    }

    fn list(&self, folder: &Path) -> Vec<(PathBuf, Kind)> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let of = |entry: std::fs::DirEntry| Some((entry.path(), of(entry.file_type().ok()?)));
        entries.flatten().filter_map(of).collect()
    }

    fn one_path(&self, path: PathBuf) -> PathBuf {
        path.canonicalize().unwrap_or(path)
    }
}

fn of(kind: std::fs::FileType) -> Kind {
    if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Folder
    } else {
        Kind::Other
    }
}

/// The bytes of a file that a project names. A pipe may never end and a device never does, so both are
/// refused, as is what no person has written.
fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let limit = Limits::default().bytes as u64;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it has more than {} MiB", limit >> 20)));
    }
    Ok(bytes)
}

/// Files that are given as paths from the root `/`, and texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a>(pub &'a [(&'a str, &'a str)]);

impl Given<'_> {
    fn find(&self, path: &Path) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| Path::new("/").join(name) == path);
        found.map(|(_, text)| *text)
    }
}

impl Files for Given<'_> {
    fn kind(&self, path: &Path) -> Option<Kind> {
        self.find(path).map(|_| Kind::File)
    }

    fn has_file(&self, path: &Path) -> bool {
        self.find(path).is_some()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.find(path).map(|text| text.as_bytes().to_vec()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> Vec<(PathBuf, Kind)> {
        Vec::new()
    }
}
