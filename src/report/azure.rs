//! `celador check --format azure`: logging commands of Azure Pipelines.
//! <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>
//!
//! There are errors and warnings only: what is for the record is a plain line. What a command says is
//! escaped as the agent undoes it (<https://github.com/microsoft/azure-pipelines-agent>, `Command.cs`).

use crate::report::entries::{Entry, Level, Run, entries};
use crate::report::text::{path, without_commands};

/// One command or line an entry.
pub fn azure(run: &Run<'_>) -> String {
    let redactor = run.redactor();
    let all = entries(run, &redactor);
    if all.is_empty() {
        return "celador: nothing found\n".to_owned();
    }
    all.iter().map(line).collect()
}

fn line(entry: &Entry<'_>) -> String {
    let word = match entry.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => {
            let text = format!("{} {}: {}\n", entry.position(), entry.rule, entry.headline());
            return without_commands(text, true);
        }
    };
    let place = &entry.place;
    let place = match entry.in_file {
        true => format!(
            "sourcepath={};linenumber={};columnnumber={};",
            property(&path(&place.file)),
            place.line,
            place.column
        ),
        false => String::new(),
    };
    // The agent looks for commands anywhere in a line, and takes the first: what follows is text.
    let text = without_commands(entry.whole(), true);
    format!("##vso[task.logissue type={word};{place}code={};]{}\n", property(&path(entry.rule)), data(&text))
}

fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(']', "%5D").replace(';', "%3B")
}
