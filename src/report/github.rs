//! `celador check --format github`: workflow commands, which GitHub Actions shows as annotations beside the
//! code. <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
//!
//! A command is one line; what it says is escaped as the runner undoes it
//! (<https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>).

use crate::report::entries::{Entry, Level, Run, entries};
use crate::report::text::{path, without_commands};
use std::fmt::Write;

/// One command an entry. A clean run is told in one line that is no command.
pub fn github(run: &Run<'_>) -> String {
    let redactor = run.redactor();
    let all = entries(run, &redactor);
    if all.is_empty() {
        return "celador: nothing found\n".to_owned();
    }
    all.iter().map(command).collect()
}

fn command(entry: &Entry<'_>) -> String {
    let word = match entry.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = String::new();
    if entry.in_file {
        let place = &entry.place;
        let _ = write!(
            properties,
            "file={},line={},endLine={}",
            property(&path(&place.file)),
            place.line,
            place.end_line
        );
        // Columns of a place with several lines are not taken.
        if place.line == place.end_line {
            let _ = write!(properties, ",col={},endColumn={}", place.column, place.end_column);
        }
        properties.push(',');
    }
    // What reads the line as text, and not as a command, must find no other command in it.
    let text = without_commands(entry.whole(), true);
    format!("::{word} {properties}title={}::{}\n", property(&path(entry.rule)), data(&text))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
