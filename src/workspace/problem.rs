//! Why a file was not read, or not as it should be: the words for people.

use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Sources, Span};

/// Why a file was not read, or not as it should be.
pub(super) enum Problem {
    Forbidden(String),
    /// Git knows the path and does not hold the content.
    NotHeld(String),
    /// A pipe, a socket, a device.
    Special,
    TooLarge {
        size: u64,
        limit: usize,
    },
    /// The offset of the first byte that is none.
    NotUtf8(usize),
    Utf16,
    Binary,
    /// Given by name, and of no format that is read.
    Unknown,
}

impl Problem {
    pub fn diagnostic(&self, sources: &Sources, id: SourceId) -> Diagnostic {
        let source = sources.get(id);
        let at = |offset: usize| {
            // The replaced character takes three bytes where the file has one.
            let end =
                source.text().get(offset..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            Span::new(id, offset, offset + end)
        };
        let start = Span::beginning(id);
        let told =
            |code, span, message: String, help: &str| Diagnostic::error(code, span, message).with_help(help);
        match self {
            Problem::Forbidden(reason) => told(
                "file-unreadable",
                start,
                format!("the file cannot be read: {reason}"),
                "give yourself the right to read it, or exclude it in celador.yaml",
            ),
            Problem::NotHeld(reason) => told(
                "file-unreadable",
                start,
                format!("the file cannot be read: {reason}"),
                "commit what is to be judged, or exclude it in celador.yaml",
            ),
            Problem::Special => told(
                "file-unreadable",
                start,
                "it is no regular file, but a pipe, a socket or a device".to_owned(),
                "write the content to a file and name that",
            ),
            Problem::TooLarge { size, limit } => told(
                "file-too-large",
                start,
                format!("the file has {}; at most {} are read", size_text(*size), size_text(*limit as u64)),
                "split it, or exclude it in celador.yaml",
            ),
            Problem::NotUtf8(offset) => told(
                "not-utf8",
                at(*offset),
                format!("the file is not UTF-8: byte {offset} begins no character"),
                "save the file as UTF-8; what could be read is judged all the same",
            )
            .with_label("not UTF-8 from here"),
            Problem::Utf16 => {
                told("not-utf8", start, "the file is UTF-16, not UTF-8".to_owned(), "save the file as UTF-8")
            }
            Problem::Binary => told(
                "binary-file",
                start,
                "the file is binary, whatever its name says".to_owned(),
                "exclude it in celador.yaml, or give it another name",
            ),
            Problem::Unknown => {
                Diagnostic::warning("unknown-format", start, "the file is of no format that is read")
                    .with_help("read are YAML, JSON, Dockerfiles, .env files, Python and shell scripts")
            }
        }
    }
}

/// An error of the operating system without its number.
pub(super) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

fn size_text(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} bytes"),
        10_240..10_485_760 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}
