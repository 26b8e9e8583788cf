//! Which folder is the project, and what the given paths mean in it.

use super::Place;
use crate::config::{self, Files, Kind};
use std::path::{Component, Path, PathBuf};

/// Where a run takes place.
#[derive(Debug, PartialEq, Eq)]
pub struct Located {
    /// The project's folder, absolute.
    pub root: PathBuf,
    /// The project file, if one was found upward.
    pub file: Option<PathBuf>,
    /// Whether the folder is known to be a project (a project file, a repository, a folder that was
    /// given), so that all of it may be read. Otherwise only what was named is.
    pub is_project: bool,
    /// Whether a project file or a repository says that it is one.
    pub is_marked: bool,
    /// The given paths, absolute and without `.` and `..`.
    pub paths: Vec<PathBuf>,
}

/// Finds the project of the given paths; without paths, that of the working directory: the folder of
/// the nearest project file upward, else the root of the repository, else the folder given.
/// `with_file` is `false` where a project file was named on the command line.
pub fn locate(place: &Place, working: &Path, paths: &[PathBuf], with_file: bool) -> Located {
    let mut absolute: Vec<PathBuf> = paths.iter().map(|path| clean(&working.join(path))).collect();
    if absolute.is_empty() {
        absolute.push(clean(working));
    }
    let first = absolute.first().cloned().unwrap_or_else(|| working.to_owned());
    let is_folder = place.kind(&first) == Some(Kind::Folder);
    let start = if is_folder { first.as_path() } else { first.parent().unwrap_or(&first) };
    let file = if with_file { config::nearest_file(place, start) } else { None };
    let repository = || match place.as_tree() {
        Some(tree) => Some(tree.repository().top().to_owned()),
        None => start.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned),
    };
    let known = file.as_ref().and_then(|file| file.parent()).map(Path::to_owned).or_else(repository);
    let is_marked = known.is_some();
    let is_project = is_marked || is_folder;
    let root = known.unwrap_or_else(|| {
        // A file by itself: paths are told as they were given, if they can be.
        if !is_folder && start.starts_with(working) { working.to_owned() } else { start.to_owned() }
    });
    Located { root, file, is_project, is_marked, paths: absolute }
}

/// A path without `.` and `..`, by its words alone: links are not followed, so that a path is reported
/// as it was given.
pub fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}

/// A path as it is reported: relative to the root, with `/`; upward with `..` where it lies outside.
pub fn reported(path: &Path, root: &Path) -> String {
    let mut up = String::new();
    for folder in root.ancestors() {
        if let Ok(below) = path.strip_prefix(folder) {
            let below: Vec<String> =
                below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            return format!("{up}{}", below.join("/"));
        }
        up.push_str("../");
    }
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::{clean, reported};
    use std::path::{Path, PathBuf};

    #[test]
    fn paths_are_told_relative_to_the_root() {
        assert_eq!(clean(Path::new("/a/./b/../c")), PathBuf::from("/a/c"));
        assert_eq!(reported(Path::new("/p/k8s/a.yaml"), Path::new("/p")), "k8s/a.yaml");
        assert_eq!(reported(Path::new("/q/a.yaml"), Path::new("/p/x")), "../../q/a.yaml");
    }
}
