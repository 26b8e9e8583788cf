//! The contents of a repository's objects: one `git cat-file --batch` for all of a run.

use super::{Error, Repository};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, PoisonError};

/// An object as it was asked for.
#[derive(Debug)]
pub enum Blob {
    Bytes(Vec<u8>),
    /// Its size, which is above the limit.
    TooLarge(u64),
}

/// The program that is asked, started at the first question.
#[derive(Debug)]
pub struct Blobs {
    repository: Repository,
    running: Mutex<Option<Running>>,
}

impl Blobs {
    pub fn new(repository: Repository) -> Blobs {
        Blobs { repository, running: Mutex::new(None) }
    }

    /// The objects of these names, in their order. What has more than `limit` bytes is not kept.
    pub fn read(&self, ids: &[&str], limit: u64) -> Vec<io::Result<Blob>> {
        if ids.is_empty() {
            return Vec::new();
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_none() {
            match Running::start(&self.repository) {
                Ok(started) => *running = Some(started),
                Err(error) => return failed(ids.len(), &error.to_string()),
            }
        }
        let Some(program) = running.as_mut() else { return Vec::new() };
        let all = program.read(ids, limit);
        // After an answer that is none, later ones belong to nobody knows which question.
        if all.len() < ids.len() {
            *running = None;
            let missing = failed(ids.len() - all.len(), "git has stopped answering");
            return all.into_iter().map(Ok).chain(missing).collect();
        }
        all.into_iter().map(Ok).collect()
    }
}

fn failed(count: usize, reason: &str) -> Vec<io::Result<Blob>> {
    (0..count).map(|_| Err(io::Error::other(reason.to_owned()))).collect()
}

#[derive(Debug)]
struct Running {
    child: Child,
    /// `None` once the program was told that no more questions come.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Running {
    fn start(repository: &Repository) -> Result<Running, Error> {
        let mut child = repository
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::NoGit)?;
        let questions = child.stdin.take();
        let Some(answers) = child.stdout.take() else {
            return Err(Error::NoGit(io::ErrorKind::BrokenPipe.into()));
        };
        Ok(Running { child, questions, answers: BufReader::with_capacity(1 << 16, answers) })
    }

    /// As many answers as could be read.
    fn read(&mut self, ids: &[&str], limit: u64) -> Vec<Blob> {
        let Running { questions: Some(questions), answers, .. } = self else { return Vec::new() };
        let mut all = Vec::with_capacity(ids.len());
        // Questions are asked while answers are read: both pipes hold only so much.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let text: String = ids.iter().flat_map(|id| [*id, "\n"]).collect();
                let _ = questions.write_all(text.as_bytes()).and_then(|()| questions.flush());
            });
            for _ in ids {
                match answer(answers, limit) {
                    Ok(blob) => all.push(blob),
                    Err(error) => {
                        tracing::debug!(%error, "git cat-file");
                        return;
                    }
                }
            }
        });
        all
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.questions = None;
        // It may be in the middle of an answer that nobody reads.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads one answer: `<id> blob <size>`, the bytes, a line's end.
/// <https://git-scm.com/docs/git-cat-file#_batch_output>
fn answer(answers: &mut impl BufRead, limit: u64) -> io::Result<Blob> {
    let mut head = String::new();
    answers.by_ref().take(256).read_line(&mut head)?;
    let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
    let Some(size) = size.filter(|_| head.contains(" blob ")) else {
        return Err(io::Error::other(format!("git answers `{}`", head.trim_end())));
    };
    let blob = if size > limit {
        io::copy(&mut answers.by_ref().take(size), &mut io::sink())?;
        Blob::TooLarge(size)
    } else {
        let mut bytes = vec![0; usize::try_from(size).unwrap_or_default()];
        answers.read_exact(&mut bytes)?;
        Blob::Bytes(bytes)
    };
    answers.read_exact(&mut [0])?;
    Ok(blob)
}
