//! From lines of the file to logical lines: continuations joined, comments set aside.

use crate::document::Comment;
use crate::input::dockerfile::{Dockerfile, Heredoc};
use crate::source::{Source, SourceId, Span, TextMap};
use std::collections::HashMap;

/// One instruction's text, with the way back to the file.
pub(super) struct Logical {
    pub text: String,
    pub map: TextMap,
    /// The character that continues lines and escapes others.
    pub escape: char,
}

impl Logical {
    /// The characters in the file for a byte range of the text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        self.map.span(start, end)
    }
}

pub(super) struct Lines<'t> {
    text: &'t str,
    id: SourceId,
    at: usize,
    pub escape: char,
    /// Parser directives may still come: nothing else has stood before.
    at_top: bool,
    /// Where each line that could end a here-document stands last, leading tabs aside: made when the first
    /// here-document is met, so that one without an end costs no search.
    ends: Option<HashMap<&'t str, usize>>,
}

/// A line of the file: its offset, and its characters without the line break.
struct Line<'t> {
    start: usize,
    text: &'t str,
}

impl<'t> Lines<'t> {
    pub fn new(source: &'t Source, id: SourceId) -> Lines<'t> {
        let (_, mark) = source.text_after_mark();
        Lines { text: source.text(), id, at: mark, escape: '\\', at_top: true, ends: None }
    }

    fn line(&mut self) -> Option<Line<'t>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length)?;
        let start = self.at;
        self.at += length;
        Some(Line { start, text: line.trim_end_matches(['\n', '\r']) })
    }

    fn comment(&self, line: &Line<'_>, file: &mut Dockerfile) {
        let indent = line.text.len() - line.text.trim_start().len();
        let text = line.text.trim_start_matches(['#', ' ', '\t']).trim_end().to_owned();
        let span = Span::new(self.id, line.start + indent, line.start + line.text.len());
        file.comments.push(Comment { text, span });
    }

    /// `# escape=` and its like, which count only above everything else
    /// (<https://docs.docker.com/reference/dockerfile/#parser-directives>).
    fn directive(&mut self, comment: &str) {
        if !self.at_top {
            return;
        }
        let Some((name, value)) = comment.trim_start_matches('#').split_once('=') else {
            self.at_top = false;
            return;
        };
        match (name.trim().to_ascii_lowercase().as_str(), value.trim()) {
            ("escape", "`") => self.escape = '`',
            ("escape" | "syntax" | "check", _) => {}
            _ => self.at_top = false,
        }
    }

    /// The next instruction's logical line.
    pub fn next_instruction(&mut self, file: &mut Dockerfile) -> Option<Logical> {
        let mut text = String::new();
        let mut anchors: Vec<(u32, u32)> = Vec::new();
        let mut whole: Option<Span> = None;
        while let Some(line) = self.line() {
            let trimmed = line.text.trim();
            if trimmed.starts_with('#') {
                // Also between the lines of one instruction.
                self.directive(trimmed);
                self.comment(&line, file);
                continue;
            }
            self.at_top = false;
            // Empty lines in a continued instruction are dropped, as the builder does.
            if trimmed.is_empty() {
                continue;
            }
            // Leading blanks are the instruction's only after its first line.
            let skipped = if whole.is_none() { line.text.len() - line.text.trim_start().len() } else { 0 };
            let content = line.text.get(skipped..).unwrap_or_default().trim_end();
            let start = line.start + skipped;
            let (content, goes_on) = self.continued(content);
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            if !content.is_empty() {
                anchors.push((number(text.len()), number(start)));
                text.push_str(content);
            }
            let span = Span::new(self.id, start, start + content.len());
            whole = Some(whole.map_or(span, |whole: Span| whole.cover(span)));
            if !goes_on {
                break;
            }
        }
        let whole = whole?;
        let map = TextMap::stretches(self.id, anchors, whole);
        Some(Logical { text, map, escape: self.escape })
    }

    /// A line without the character that continues it, and whether it is continued. A doubled escape
    /// character is one escaped, and continues nothing.
    fn continued<'l>(&self, content: &'l str) -> (&'l str, bool) {
        match content.strip_suffix(self.escape) {
            Some(before) if !before.ends_with(self.escape) => (before, true),
            _ => (content, false),
        }
    }

    /// Reads a here-document that was announced on the line before. `None` if its end never comes: then
    /// nothing is consumed.
    pub fn heredoc(&mut self, delimiter: &str, quoted: bool, strip_tabs: bool) -> Option<Heredoc> {
        let begin = self.at;
        let all = self.text;
        let ends = self.ends.get_or_insert_with(|| ends_of_heredocs(all));
        if ends.get(delimiter).is_none_or(|&last| last < begin) {
            return None;
        }
        let mut text = String::new();
        let mut anchors: Vec<(u32, u32)> = Vec::new();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        while let Some(line) = self.line() {
            let content = if strip_tabs { line.text.trim_start_matches('\t') } else { line.text };
            if content == delimiter {
                let span = Span::new(self.id, begin, line.start);
                let map = match anchors.is_empty() {
                    true => TextMap::whole(span),
                    false => TextMap::stretches(self.id, anchors, span),
                };
                return Some(Heredoc { delimiter: delimiter.to_owned(), quoted, text, map, span });
            }
            anchors.push((number(text.len()), number(line.start + line.text.len() - content.len())));
            text.push_str(content);
            text.push('\n');
        }
        self.at = begin;
        None
    }

    /// Where reading stands: the end of the last here-document.
    pub fn end_of_last_line(&self) -> Span {
        let read = self.text.get(..self.at).unwrap_or_default();
        let end = read.trim_end_matches(['\n', '\r']).len();
        Span::new(self.id, end, end)
    }
}

/// Whether a text can end a here-document.
pub(super) fn is_delimiter(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !text.is_empty() && text.chars().all(is_name)
}

fn ends_of_heredocs(text: &str) -> HashMap<&str, usize> {
    let mut ends = HashMap::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']).trim_start_matches('\t');
        if is_delimiter(content) {
            ends.insert(content, at);
        }
        at += line.len();
    }
    ends
}
