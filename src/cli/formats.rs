//! `--format NAME=FILE`: which reports a run writes, and where they go.

use crate::cli::args::{CheckFormat, Color};
use crate::cli::{output, terminal};
use crate::report::{self, Run, Style, View, concise, human};
use crate::workspace;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, ValueEnum};
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;

/// Columns of a report for people that goes to a file.
const COLUMNS: usize = 100;

/// One report that a run is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub format: CheckFormat,
    /// `None`: standard output.
    pub file: Option<PathBuf>,
}

/// Reads `sarif`, `sarif=FILE` and `sarif=-`.
#[derive(Clone, Debug)]
pub struct FormatParser;

impl TypedValueParser for FormatParser {
    type Value = Wanted;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Wanted, clap::Error> {
        let (name, file) = split(value);
        if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
            let name = name.to_string_lossy();
            let message =
                format!("`--format {name}=` names no file; `{name}` alone writes to standard output\n");
            return Err(clap::Error::raw(ErrorKind::InvalidValue, message).with_cmd(command));
        }
        let format = clap::builder::EnumValueParser::<CheckFormat>::new().parse_ref(command, arg, &name);
        let format = format.map_err(|mut error| {
            error
                .insert(ContextKind::InvalidValue, ContextValue::String(name.to_string_lossy().into_owned()));
            error
        })?;
        Ok(Wanted { format, file: file.filter(|file| file.as_os_str() != "-") })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(CheckFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value)))
    }
}

/// The name of a format, which is ASCII, and the file behind the first `=`.
fn split(value: &OsStr) -> (std::ffi::OsString, Option<PathBuf>) {
    let bytes = value.as_encoded_bytes();
    let Some(at) = bytes.iter().position(|&byte| byte == b'=') else { return (value.to_owned(), None) };
    // Text is taken apart only where both sides stay text: the bytes of the platform are not ours.
    match value.to_str() {
        Some(text) => {
            let (name, file) = text.split_at(at);
            (name.into(), Some(PathBuf::from(file.get(1..).unwrap_or_default())))
        }
        None => (value.to_owned(), None),
    }
}

/// Whether the reports do not get into each other's way.
///
/// # Errors
/// Where two go to standard output, or to one file.
pub fn consistent(wanted: &[Wanted]) -> io::Result<()> {
    for (at, one) in wanted.iter().enumerate() {
        let before = wanted.get(..at).unwrap_or_default();
        let place = |one: &Wanted| one.file.as_deref().map(workspace::clean);
        if before.iter().any(|other| place(other) == place(one)) {
            let place = match &one.file {
                Some(file) => format!("`{}`", file.display()),
                None => "standard output".to_owned(),
            };
            let message =
                format!("two reports go to {place}; give each a file of its own: --format json=report.json");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
    }
    Ok(())
}

/// Whether a report shows what policies say of themselves, which is read only for it.
pub fn wants_rules(wanted: &[Wanted]) -> bool {
    wanted.iter().any(|one| one.format == CheckFormat::Sarif)
}

/// Writes every report, the one on standard output last. One that cannot be written is told, and keeps no
/// other from being written. Returns whether all were.
pub fn write(wanted: &[Wanted], run: &Run<'_>, color: Color, view: View) -> bool {
    let mut all = true;
    let (files, standard): (Vec<&Wanted>, Vec<&Wanted>) = wanted.iter().partition(|one| one.file.is_some());
    for one in files.into_iter().chain(standard) {
        let written = match &one.file {
            Some(file) => {
                let style = Style::plain(COLUMNS);
                output::write_file(file, &render(one.format, run, style, view))
            }
            None => {
                let style = match one.format {
                    CheckFormat::Human | CheckFormat::Concise => terminal::style(color),
                    _ => Style::plain(COLUMNS),
                };
                output::write(&render(one.format, run, style, view), style.color)
            }
        };
        if let Err(error) = written {
            let place = one.file.as_ref().map_or("standard output".into(), |file| file.to_string_lossy());
            output::aside(&format!("error: the report could not be written to {place}: {error}\n"));
            all = false;
        }
    }
    all
}

fn render(format: CheckFormat, run: &Run<'_>, style: Style, view: View) -> String {
    match format {
        CheckFormat::Human => human::check(run.outcome, style, view),
        CheckFormat::Concise => concise::check(run.outcome, style, view),
        CheckFormat::Json => report::json::check(run.outcome),
        CheckFormat::JsonLines => report::json::lines(run.outcome),
        CheckFormat::Sarif => report::sarif(run),
        CheckFormat::Github => report::github(run),
        CheckFormat::Gitlab => report::gitlab(run),
        CheckFormat::Junit => report::junit(run),
        CheckFormat::Checkstyle => report::checkstyle(run),
        CheckFormat::Rdjson => report::rdjson(run),
        CheckFormat::Azure => report::azure(run),
        CheckFormat::Tap => report::tap(run),
        CheckFormat::Markdown => report::markdown(run),
    }
}
