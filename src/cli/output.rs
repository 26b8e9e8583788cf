//! Writing reports: to standard output, quietly where nobody listens any more, and to files.

use std::fs;
use std::io::{self, Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes a report. A reader that has gone (`celador check | head`) is no error.
///
/// # Errors
/// Where the output cannot be written, for example because the disk is full.
pub fn write(text: &str, color: bool) -> io::Result<()> {
    let stdout = io::stdout().lock();
    // Consoles that do not know escape sequences are told by this stream what is meant.
    let written = if color {
        let mut stream = anstream::AutoStream::always(stdout);
        stream.write_all(text.as_bytes()).and_then(|()| stream.flush())
    } else {
        let mut stream = stdout;
        stream.write_all(text.as_bytes()).and_then(|()| stream.flush())
    };
    quiet(written)
}

fn quiet(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes a report to a file: all of it, or the file stays as it was. Pipes and devices are written to as
/// they are.
///
/// The name was given by who runs the program, the folder's contents may have been given by who is checked.
/// So a link is never written through: neither one of the file's name, nor one among the folders of a
/// relative path that leads out of the working directory.
///
/// # Errors
/// Where the file cannot be written, or a link stands where it should be.
pub fn write_file(path: &Path, text: &str) -> io::Result<()> {
    let there = fs::symlink_metadata(path);
    if let Ok(there) = &there {
        let behind = fs::metadata(path);
        let special = behind.is_ok_and(|behind| !behind.is_file() && !behind.is_dir());
        // `/dev/stdout` and the like are links, and nobody who is checked has put them there.
        if special && (!there.is_symlink() || path.is_absolute()) {
            return quiet(fs::OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes()));
        }
        if there.is_symlink() {
            return Err(Error::other("it is a link, which is not written through; name the file itself"));
        }
        if there.is_dir() {
            return Err(Error::new(ErrorKind::IsADirectory, "it is a folder"));
        }
    }
    let (folder, name) = match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) if folder.as_os_str().is_empty() => (Path::new("."), name),
        (Some(folder), Some(name)) => (folder, name),
        _ => return Err(Error::new(ErrorKind::InvalidInput, "it has no file's name")),
    };
    stays_inside(path, folder)?;
    let mut other = std::ffi::OsString::from(".");
    other.push(name);
    other.push(format!(".{}", std::process::id()));
    let other = folder.join(other);
    let written = create(&other, text, there.ok().as_ref()).and_then(|()| fs::rename(&other, path));
    if written.is_err() {
        let _ = fs::remove_file(&other);
    }
    written
}

/// Writes a file that must not be there yet, with the permissions of the one whose place it is going to take.
fn create(path: &Path, text: &str, old: Option<&fs::Metadata>) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    if let Some(old) = old {
        file.set_permissions(old.permissions())?;
    }
    Ok(())
}

/// Whether a relative path without `..` ends where its words say: below the working directory.
fn stays_inside(path: &Path, folder: &Path) -> io::Result<()> {
    let real: PathBuf = folder.canonicalize()?;
    let words = path.components().all(|part| !matches!(part, std::path::Component::ParentDir));
    if path.is_relative() && words {
        let working = std::env::current_dir()?.canonicalize()?;
        if !real.starts_with(&working) {
            let message =
                format!("a link among its folders leads to {}; name that folder itself", real.display());
            return Err(Error::other(message));
        }
    }
    Ok(())
}

/// Says something beside the report, on standard error. If that cannot be written, nobody can be told.
pub fn aside(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
