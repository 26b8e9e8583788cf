//! Environment files: `NAME=value` lines, read into a document whose root is a mapping.
//!
//! There is no standard; this follows what Compose reads
//! (<https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax>)
//! and what dotenv libraries agree on: `export`, `#` comments, quotes, quoted values over several lines.
//! `${X}` stays in the text; the style says whether whoever loads the file would expand it.

use crate::diagnostic::Diagnostic;
use crate::document::{Builder, Entry, NodeKind, ScalarType, Style};
use crate::input::problem::{self, Problems, shortened};
use crate::input::{Limits, Read};
use crate::source::{Source, SourceId, Span};

/// Reads the one document of an environment file; every file has one, if an empty one.
///
/// Values in double or single quotes have [`Style::Quoted`] (the slice of their span tells which quote;
/// single quotes expand nothing), others [`Style::Plain`].
///
/// Diagnostics: `dotenv-syntax`, `duplicate-key`, `input-limit`.
pub fn read(source: &Source, id: SourceId, limits: &Limits) -> Read {
    if let Some(diagnostic) = problem::too_large(source, id, limits.bytes) {
        return Read { documents: Vec::new(), diagnostics: vec![diagnostic] };
    }
    let (_, mark) = source.text_after_mark();
    let mut reader = Reader {
        text: source.text(),
        id,
        at: mark,
        builder: Builder::new(id),
        entries: Vec::new(),
        problems: Problems::default(),
    };
    let begin = mark;
    while reader.at < reader.text.len() {
        if reader.entries.len() >= limits.nodes {
            let span = Span::new(id, reader.at, reader.at);
            reader.problems.add(problem::too_many(span, limits.nodes));
            reader.builder.incomplete(span);
            break;
        }
        reader.line();
    }
    let Reader { mut builder, entries, mut problems, .. } = reader;
    problems.duplicate_keys(&entries);
    let start = entries.first().map_or(begin, |entry| entry.key_span.start as usize);
    let end = entries.last().map_or(start, |entry| builder.get(entry.value).span.end as usize);
    let root = builder.node(NodeKind::Mapping(entries), Span::new(id, start, end));
    Read { documents: vec![builder.finish(root)], diagnostics: problems.finish() }
}

struct Reader<'t> {
    text: &'t str,
    id: SourceId,
    at: usize,
    builder: Builder,
    entries: Vec<Entry>,
    problems: Problems,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.id, start, end)
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// Moves behind the next line break.
    fn end_line(&mut self) {
        let rest = self.rest();
        self.at += rest.find('\n').map_or(rest.len(), |end| end + 1);
    }

    fn line(&mut self) {
        self.skip_blanks();
        let line = self.rest().lines().next().unwrap_or_default();
        if line.trim().is_empty() {
            self.end_line();
            return;
        }
        if line.starts_with('#') {
            self.comment(line);
            return;
        }
        if let Some(after) = line.strip_prefix("export").filter(|after| after.starts_with([' ', '\t'])) {
            self.at += line.len() - after.trim_start().len();
        }
        let line = self.rest().lines().next().unwrap_or_default();
        let start = self.at;
        let name_end = line.find(['=', ':']).unwrap_or(line.len());
        let name = line.get(..name_end).unwrap_or_default().trim_end();
        let span = self.span(start, start + name.len());
        let plausible = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        if name.is_empty() || !name.chars().all(plausible) {
            let message = format!("no variable's name stands here: `{}`", outline(line));
            self.broken(start, line, message);
            return;
        }
        if name_end == line.len() {
            // `NAME` alone hands on what the caller's environment has: its value is there and not known.
            self.at = start + name.len();
            let kind = NodeKind::Scalar {
                text: String::new(),
                style: Style::Plain,
                kind: ScalarType::Null,
                template: Some(name.to_owned()),
            };
            self.entry(name, span, kind, span);
            self.end_line();
            return;
        }
        self.at = start + name_end + 1;
        self.skip_blanks();
        self.value(name, span);
    }

    fn comment(&mut self, line: &str) {
        let span = self.span(self.at, self.at + line.len());
        self.builder.comment(line.trim_start_matches('#').trim(), span);
        self.end_line();
    }

    fn broken(&mut self, start: usize, line: &str, message: String) {
        let span = self.span(start, start + line.trim_end().len());
        self.problems.add(
            Diagnostic::error("dotenv-syntax", span, message)
                .with_label("this is skipped")
                .with_help("write `NAME=value`, or begin the line with `#` if it is a comment"),
        );
        self.end_line();
    }

    fn entry(&mut self, name: &str, name_span: Span, kind: NodeKind, span: Span) {
        let value = self.builder.node(kind, span);
        self.entries.push(Entry { key: name.to_owned(), key_span: name_span, value, merged: None });
    }

    fn value(&mut self, name: &str, name_span: Span) {
        let start = self.at;
        let quoted = match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => match quoted(self.rest(), quote) {
                Some(read) => Some(read),
                None => {
                    let line = self.rest().lines().next().unwrap_or_default();
                    self.problems.add(
                        Diagnostic::error(
                            "dotenv-syntax",
                            self.span(start, start + 1),
                            format!("the value of `{name}` has a quote that is never closed"),
                        )
                        .with_label("opened here")
                        .with_help("close the quote"),
                    );
                    self.plain(name, name_span, line);
                    return;
                }
            },
            _ => None,
        };
        let Some((text, length)) = quoted else {
            let line = self.rest().lines().next().unwrap_or_default();
            self.plain(name, name_span, line);
            return;
        };
        let kind = NodeKind::Scalar { text, style: Style::Quoted, kind: ScalarType::Text, template: None };
        let span = self.span(start, start + length);
        self.entry(name, name_span, kind, span);
        self.at = start + length;
        self.skip_blanks();
        let after = self.rest().lines().next().unwrap_or_default();
        match after.trim() {
            "" => self.end_line(),
            comment if comment.starts_with('#') => self.comment(after),
            _ => {
                let start = self.at;
                self.broken(start, after, "text stands after a closing quote".to_owned());
            }
        }
    }

    /// A value without quotes: up to a `#` after a blank, or the end of the line.
    fn plain(&mut self, name: &str, name_span: Span, line: &str) {
        let start = self.at;
        let blank_before = |at: usize| at == 0 || line.get(..at).is_some_and(|b| b.ends_with([' ', '\t']));
        let comment = line.match_indices('#').map(|(at, _)| at).find(|&at| blank_before(at));
        let text = line.get(..comment.unwrap_or(line.len())).unwrap_or_default().trim_end();
        let kind = NodeKind::Scalar {
            text: text.to_owned(),
            style: Style::Plain,
            kind: ScalarType::Text,
            template: None,
        };
        let span = self.span(start, start + text.len());
        self.entry(name, name_span, kind, span);
        match comment {
            Some(at) => {
                self.at = start + at;
                self.comment(line.get(at..).unwrap_or_default());
            }
            None => self.end_line(),
        }
    }
}

/// The text of a quoted value and its length with quotes. In double quotes a backslash escapes.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Some((text, at + 1)),
            '\\' if quote == '"' => match chars.next()?.1 {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                escaped @ ('"' | '\\' | '$') => text.push(escaped),
                other => text.extend(['\\', other]),
            },
            '\r' if rest.get(at + 1..).is_some_and(|next| next.starts_with('\n')) => {}
            c => text.push(c),
        }
    }
    None
}

/// A broken line for a message, without what may be a secret's value.
fn outline(line: &str) -> String {
    let name = line.split(['=', ':', ' ']).next().unwrap_or_default();
    if name.len() < line.trim_end().len() { format!("{}…", shortened(name)) } else { shortened(name) }
}

#[cfg(test)]
mod tests;
