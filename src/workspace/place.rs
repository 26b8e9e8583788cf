//! Where the files of a run are: on the disk, in a commit, in the index, and one of them perhaps on
//! standard input.

use super::git::{Error, Repository, Tree};
use crate::config::{Disk, Files, Kind};
use crate::input::Limits;
use std::io;
use std::path::{Path, PathBuf};

/// Where files are read.
#[derive(Debug, Default)]
pub struct Place {
    /// A commit or the index; without one the disk.
    tree: Option<Tree>,
    /// A text that stands in for one file.
    instead: Option<Instead>,
    /// Files on the disk that are read though `.gitignore` names them.
    held: Vec<PathBuf>,
}

/// A text that stands in for the file at a path.
#[derive(Debug)]
pub struct Instead {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

impl Place {
    /// The disk as it is.
    pub fn disk() -> Place {
        Place::default()
    }

    /// The files of a commit or of the index.
    pub fn tree(tree: Tree) -> Place {
        Place { tree: Some(tree), ..Place::default() }
    }

    /// What the next commit in the repository around a folder will hold.
    ///
    /// # Errors
    /// Where there is no repository, or git fails.
    pub fn index(repository: &Repository) -> Result<Place, Error> {
        Ok(Place::tree(repository.index()?))
    }

    /// The same with a text in the place of one file, which need not be there.
    #[must_use]
    pub fn with(self, path: PathBuf, bytes: Vec<u8>) -> Place {
        Place { instead: Some(Instead { path, bytes }), ..self }
    }

    /// The same with files that git holds though they are ignored: what is ignored is not deployed, unless
    /// it was committed all the same.
    ///
    /// # Errors
    /// Where git fails.
    pub fn with_held(mut self, repository: &Repository) -> Result<Place, Error> {
        if self.tree.is_none() {
            self.held = repository.held_though_ignored()?;
        }
        Ok(self)
    }

    /// Files on the disk that are read though they are ignored.
    pub fn held(&self) -> &[PathBuf] {
        &self.held
    }

    /// The text that stands in for a path.
    pub fn instead_of(&self, path: &Path) -> Option<&[u8]> {
        self.instead.as_ref().filter(|instead| instead.path == path).map(|instead| instead.bytes.as_slice())
    }

    /// The file that a text stands in for.
    pub fn replaced(&self) -> Option<&Path> {
        self.instead.as_ref().map(|instead| instead.path.as_path())
    }

    /// The commit or the index, if this is none of the disk.
    pub fn as_tree(&self) -> Option<&Tree> {
        self.tree.as_ref()
    }

    /// Who is asked about a path. Of what lies outside of a repository none of its commits says anything:
    /// a project file named with its path, or a folder of policies that several repositories share.
    fn files(&self, path: &Path) -> &dyn Files {
        match &self.tree {
            Some(tree) if path.starts_with(tree.repository().top()) => tree,
            _ => &Disk,
        }
    }
}

impl Files for Place {
    fn kind(&self, path: &Path) -> Option<Kind> {
        self.instead_of(path).map(|_| Kind::File).or_else(|| self.files(path).kind(path))
    }

    fn has_file(&self, path: &Path) -> bool {
        self.instead_of(path).is_some() || self.files(path).has_file(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.instead_of(path) {
            Some(bytes) if bytes.len() > Limits::default().bytes => Err(io::Error::other("it is too large")),
            Some(bytes) => Ok(bytes.to_vec()),
            None => self.files(path).read(path),
        }
    }

    fn list(&self, folder: &Path) -> Vec<(PathBuf, Kind)> {
        let mut all = self.files(folder).list(folder);
        let added = self.replaced().filter(|path| path.parent() == Some(folder));
        if let Some(added) = added.filter(|added| all.iter().all(|(path, _)| path != added)) {
            all.push((added.to_owned(), Kind::File));
        }
        all
    }

    fn one_path(&self, path: PathBuf) -> PathBuf {
        match self.as_tree() {
            Some(_) => super::clean(&path),
            None => Disk.one_path(path),
        }
    }
}
