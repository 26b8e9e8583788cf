//! `celador functions`, `celador fields` and `celador platforms`.

use crate::cli::args::Global;
use crate::cli::{output, terminal};
use crate::enforce::Status;
use crate::report::{Style, language, platforms as pages_of_platforms};
use std::io;

/// Prints a page of the language, or the part of it that has a name.
fn print(
    page: fn(Option<&str>, Style) -> Result<String, String>,
    name: Option<&str>,
    global: &Global,
) -> io::Result<Status> {
    let style = terminal::style(global.color);
    match page(name, style) {
        Ok(text) => {
            output::write(&text, style.color)?;
            Ok(Status::Passed)
        }
        Err(message) => {
            output::aside(&format!("error: {message}\n"));
            Ok(Status::Wrong)
        }
    }
}

/// `celador functions`.
pub fn functions(name: Option<&str>, global: &Global) -> io::Result<Status> {
    print(language::functions, name, global)
}

/// `celador fields`.
pub fn fields(kind: Option<&str>, global: &Global) -> io::Result<Status> {
    print(language::fields, kind, global)
}

/// `celador platforms`.
pub fn platforms(name: Option<&str>, global: &Global) -> io::Result<Status> {
    print(pages_of_platforms::platforms, name, global)
}
