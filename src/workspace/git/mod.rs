//! Commits and the index of a repository, read through the `git` program.
//!
//! Only plumbing is called, whose output is made for programs: no filter, no text conversion, no hook, no
//! pager and no file system monitor runs, and nothing is written. The environment is git's own affair:
//! a hook's `GIT_DIR` and `GIT_INDEX_FILE` hold here as they do for git, since `git commit -a` and
//! `git commit FILE` have an index of their own.

mod blobs;
mod tree;

pub use blobs::Blob;
pub use tree::{Entry, Tree};

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why git has no answer.
#[derive(Debug)]
pub enum Error {
    /// The program cannot be started.
    NoGit(io::Error),
    /// No repository around the folder; with git's own words.
    NoRepository { folder: PathBuf, said: String },
    /// No commit has this name; whether the clone is shallow.
    UnknownReference { reference: String, shallow: bool },
    /// A branch and a tag have this name.
    Ambiguous { reference: String },
    /// The history that leads to a common commit was not fetched.
    Shallow { reference: String },
    /// Anything else, with git's own words.
    Failed { command: String, said: String },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DEEPER: &str = "fetch the history: `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` for \
                              GitLab, `git fetch --unshallow` elsewhere";
        match self {
            Error::NoGit(error) => {
                write!(f, "the program `git` cannot be started: {error}; install it, or put it on PATH")
            }
            Error::NoRepository { folder, said } => {
                write!(f, "{} lies in no git repository that can be read", folder.display())?;
                if !said.is_empty() {
                    write!(f, " (git says: {said})")?;
                }
                f.write_str("; run this inside of one, or leave out --staged and --base")
            }
            Error::UnknownReference { reference, shallow } => {
                write!(f, "there is no commit `{reference}` in this repository; ")?;
                if *shallow {
                    write!(f, "it is a shallow clone, {DEEPER}")
                } else {
                    f.write_str(
                        "name a branch, a tag or a commit that was fetched, as in `--base origin/main`",
                    )
                }
            }
            Error::Ambiguous { reference } => write!(
                f,
                "`{reference}` names more than one commit of this repository, perhaps a branch and a tag; say \
                 which is meant, as in `--base refs/heads/{reference}`"
            ),
            Error::Shallow { reference } => write!(
                f,
                "it cannot be told where the change left `{reference}`: the repository is a shallow clone; {DEEPER}"
            ),
            Error::Failed { command, said } => write!(f, "`git {command}` has failed: {said}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        io::Error::other(error)
    }
}

/// A commit by its full name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    id: String,
}

impl Commit {
    /// The name for people: its first characters.
    pub fn short(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }
}

/// A repository with a working tree.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The root of the working tree, absolute.
    top: PathBuf,
    /// Where git is run.
    folder: PathBuf,
}

impl Repository {
    /// The repository around a folder, or the one that the environment names.
    ///
    /// # Errors
    /// Where there is none, or no git.
    pub fn around(folder: &Path, working: &Path) -> Result<Repository, Error> {
        // A relative GIT_DIR is relative to where the process was started.
        let folder = if std::env::var_os("GIT_DIR").is_some() { working } else { folder };
        let found = Repository { top: PathBuf::new(), folder: folder.to_owned() };
        // Told from the folder upward: the folder's own spelling stays, whatever links lead to it.
        let output = found.run(&["rev-parse", "--show-prefix"])?;
        if !output.success {
            return Err(Error::NoRepository { folder: folder.to_owned(), said: output.said });
        }
        let prefix = tree::path_of_bytes(without_line_end(&output.bytes));
        let mut top = folder.to_owned();
        for _ in prefix.components() {
            top.pop();
        }
        Ok(Repository { top, ..found })
    }

    /// The root of the working tree, absolute.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// What the next commit will hold.
    ///
    /// # Errors
    /// Where git fails.
    pub fn index(&self) -> Result<Tree, Error> {
        // `:/` is the whole tree wherever git is run.
        let listed = self.output(&["ls-files", "--stage", "-z", "--full-name", "--", ":/"])?;
        Ok(Tree::of_index(self, &listed))
    }

    /// The files that git holds though they are ignored, absolute.
    ///
    /// # Errors
    /// Where git fails.
    pub fn held_though_ignored(&self) -> Result<Vec<PathBuf>, Error> {
        let arguments =
            ["ls-files", "--cached", "--ignored", "--exclude-standard", "-z", "--full-name", "--", ":/"];
        let listed = self.output(&arguments)?;
        let paths = listed.split(|&byte| byte == 0).filter(|path| !path.is_empty());
        Ok(paths.map(|path| self.top.join(tree::path_of_bytes(path))).collect())
    }

    /// What a commit holds.
    ///
    /// # Errors
    /// Where git fails.
    pub fn commit(&self, commit: &Commit) -> Result<Tree, Error> {
        let listed = self.output(&["ls-tree", "-r", "-z", "--full-tree", &commit.id])?;
        Ok(Tree::of_commit(self, commit, &listed))
    }

    /// The commit that a change is compared with: where its history left that of `reference`; `reference`
    /// itself where they have nothing in common, or where nothing was committed yet.
    ///
    /// # Errors
    /// Where there is no such commit, or a shallow clone does not tell.
    pub fn base(&self, reference: &str) -> Result<Commit, Error> {
        // No reference begins with a dash; what does is an option in disguise.
        let commit = if reference.starts_with('-') { None } else { self.resolve(reference)? };
        let Some(commit) = commit else {
            return Err(Error::UnknownReference {
                reference: reference.to_owned(),
                shallow: self.is_shallow()?,
            });
        };
        let Some(head) = self.resolve("HEAD")? else { return Ok(commit) };
        let common = self.run(&["merge-base", &commit.id, &head.id])?;
        match first_line(&common.bytes) {
            Some(id) if common.success => Ok(Commit { id }),
            _ if self.is_shallow()? => Err(Error::Shallow { reference: reference.to_owned() }),
            _ => Ok(commit),
        }
    }

    /// Whether the last commit has a file: what a hook names may just have been deleted.
    pub fn was_committed(&self, path: &Path) -> bool {
        let Some(below) = tree::below(path, &self.top) else { return false };
        let mut name = std::ffi::OsString::from("HEAD:");
        name.push(tree::path_of_bytes(&below).as_os_str());
        let arguments: [&OsStr; 3] = ["cat-file".as_ref(), "-e".as_ref(), &name];
        self.run(&arguments).is_ok_and(|output| output.success)
    }

    /// The full name of a commit, if there is one.
    fn resolve(&self, reference: &str) -> Result<Option<Commit>, Error> {
        let commit = format!("{reference}^{{commit}}");
        let output = self.run(&["rev-parse", "--verify", "--end-of-options", &commit])?;
        // Git takes the tag, which whoever may push one can put before a branch.
        if output.said.contains("is ambiguous") {
            return Err(Error::Ambiguous { reference: reference.to_owned() });
        }
        let id = first_line(&output.bytes).filter(|_| output.success);
        Ok(id.map(|id| Commit { id }))
    }

    fn is_shallow(&self) -> Result<bool, Error> {
        let output = self.run(&["rev-parse", "--is-shallow-repository"])?;
        Ok(first_line(&output.bytes).as_deref() == Some("true"))
    }

    /// What a command prints.
    fn output(&self, arguments: &[&str]) -> Result<Vec<u8>, Error> {
        let output = self.run(arguments)?;
        if output.success {
            return Ok(output.bytes);
        }
        Err(Error::Failed { command: arguments.join(" "), said: output.said })
    }

    fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Output, Error> {
        let output = self.command().args(arguments).output().map_err(Error::NoGit)?;
        let said = first_line(&output.stderr).unwrap_or_default();
        let said = said.strip_prefix("fatal: ").unwrap_or(&said).to_owned();
        Ok(Output { success: output.status.success(), bytes: output.stdout, said })
    }

    /// The program, before its arguments.
    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.folder).stdin(Stdio::null());
        command.args(["--no-pager", "--no-optional-locks", "--no-replace-objects"]);
        command.args(["-c", "core.fsmonitor=false", "-c", "core.warnAmbiguousRefs=true"]);
        // Messages are told as they come; and `:/` must not be taken for a file's name.
        command.env("LC_ALL", "C");
        for variable in
            ["GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"]
        {
            command.env_remove(variable);
        }
        command
    }
}

/// What a command came to.
struct Output {
    success: bool,
    bytes: Vec<u8>,
    /// The first line of what it complained about.
    said: String,
}

fn first_line(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|&byte| byte == b'\n').find(|line| !line.is_empty())?;
    Some(String::from_utf8_lossy(line).into_owned())
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\n").unwrap_or(bytes)
}
