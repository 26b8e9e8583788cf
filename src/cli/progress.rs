//! What a long run is doing, on standard error, for somebody who waits at a terminal.
//!
//! A thread sleeps beside the run and says nothing if the run is short. It draws on one line, which is gone
//! before the report is written.

use crate::cli::output;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Nobody minds waiting so long.
const PATIENCE: Duration = Duration::from_millis(500);

/// Between one look at the stage and the next.
const PACE: Duration = Duration::from_millis(250);

/// Takes the line away again.
const CLEAR: &str = "\r\u{1b}[2K";

/// The line of a run; gone when this is dropped.
pub struct Progress(Option<Running>);

struct Running {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

struct Shared {
    stage: Mutex<String>,
    done: AtomicBool,
}

impl Progress {
    /// Starts with a stage: `looking for files`.
    pub fn start(quiet: bool, stage: &str) -> Progress {
        let variable = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if quiet || !is_watched(std::io::stderr().is_terminal() && !dumb, &variable) {
            return Progress(None);
        }
        let shared = Arc::new(Shared { stage: Mutex::new(stage.to_owned()), done: AtomicBool::new(false) });
        let seen = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(move || draw(&seen));
        // Without a thread the run goes on in silence.
        Progress(thread.ok().map(|thread| Running { shared, thread }))
    }

    /// Says what is done from now on: `reading 408 files`.
    pub fn stage(&self, stage: &str) {
        if let Some(Ok(mut now)) = self.0.as_ref().map(|running| running.shared.stage.lock()) {
            stage.clone_into(&mut now);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(Running { shared, thread }) = self.0.take() {
            shared.done.store(true, Ordering::Release);
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

/// Whether a person waits. A hook's output is a terminal too (pre-commit gives it one), and a CI system's may
/// be: what redraws itself there is noise in a log.
fn is_watched(terminal: bool, is_set: &dyn Fn(&str) -> bool) -> bool {
    const UNWATCHED: [&str; 6] =
        ["CI", "PRE_COMMIT", "GIT_DIR", "GIT_INDEX_FILE", "GIT_EXEC_PATH", "CELADOR_LOG"];
    terminal && !UNWATCHED.into_iter().any(is_set)
}

fn draw(shared: &Shared) {
    let started = Instant::now();
    let mut drawn = false;
    while !shared.done.load(Ordering::Acquire) {
        let waited = started.elapsed();
        if waited >= PATIENCE
            && let Ok(stage) = shared.stage.lock()
        {
            output::aside(&format!("{CLEAR}celador: {stage} ({}s)", waited.as_secs()));
            drawn = true;
        }
        // It may wake early; then it only looks again.
        std::thread::park_timeout(if drawn { PACE } else { PATIENCE.saturating_sub(waited) });
    }
    if drawn {
        output::aside(CLEAR);
    }
}

#[cfg(test)]
mod tests {
    use super::is_watched;

    #[test]
    fn only_a_person_at_a_terminal_is_told() {
        assert!(is_watched(true, &|_| false));
        assert!(!is_watched(false, &|_| false));
        for variable in ["CI", "PRE_COMMIT", "GIT_INDEX_FILE"] {
            assert!(!is_watched(true, &|name| name == variable), "{variable}");
        }
    }
}
