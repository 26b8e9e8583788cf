//! Paths of files, as files name each other.

/// The folder of a path, without a slash at its end; empty for a file at the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path as seen from a folder, without `.` and `..`; `None` if it leaves the root.
pub fn within(folder: &str, path: &str) -> Option<String> {
    let mut kept: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                kept.pop()?;
            }
            part => kept.push(part),
        }
    }
    Some(kept.join("/"))
}
