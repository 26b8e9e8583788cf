//! From the characters of a scalar's text back to the file: for scripts inside YAML and JSON.

use crate::document::{Ref, Style};
use crate::source::{Source, Span, TextMap};

/// Maps the decoded text of a YAML or JSON scalar to its characters in the file. Plain, quoted, literal
/// (`|`) and folded (`>`) scalars are followed byte by byte; where a text cannot be matched with what
/// stands in the file, every span is the whole scalar.
pub fn text_map(source: &Source, scalar: Ref<'_>) -> TextMap {
    let span = scalar.span();
    let (Some(text), written) = (scalar.text(), source.slice(span)) else { return TextMap::whole(span) };
    let base = span.start as usize;
    if text == written {
        return TextMap::identity(span.source, base, text.len());
    }
    let block = matches!(scalar.node().kind, crate::document::NodeKind::Scalar { style: Style::Block, .. });
    let walk = Walk { text, written, base, at: 0, anchors: Vec::new() };
    let anchors = match written.as_bytes().first() {
        _ if block => walk.block(indentation(source, span)),
        Some(b'"') => walk.inside_quotes('"').and_then(|walk| walk.flow(Quote::Double)),
        Some(b'\'') => walk.inside_quotes('\'').and_then(|walk| walk.flow(Quote::Single)),
        _ => walk.flow(Quote::None),
    };
    match anchors {
        Some(anchors) if !anchors.is_empty() => TextMap::stretches(span.source, anchors, span),
        _ => TextMap::whole(span),
    }
}

/// How many bytes of indentation stand before a block scalar's content: those before its first line.
fn indentation(source: &Source, span: Span) -> usize {
    let before = source.text().get(..span.start as usize).unwrap_or_default();
    before.len() - before.trim_end_matches(' ').len()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
}

/// Walks the written and the decoded text side by side.
struct Walk<'a> {
    text: &'a str,
    written: &'a str,
    /// Byte offset of `written` in the file.
    base: usize,
    /// Position in `text`.
    at: usize,
    /// See [`TextMap::stretches`].
    anchors: Vec<(u32, u32)>,
}

impl<'a> Walk<'a> {
    fn inside_quotes(mut self, quote: char) -> Option<Walk<'a>> {
        self.written = self.written.strip_prefix(quote)?.strip_suffix(quote)?;
        self.base += quote.len_utf8();
        Some(self)
    }

    /// From here on the text stands at `offset` of `written`.
    fn anchor(&mut self, offset: usize) {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let anchor = (number(self.at), number(self.base + offset));
        match self.anchors.last_mut() {
            // Nothing came between: the later place is the place.
            Some(last) if last.0 == anchor.0 => *last = anchor,
            _ => self.anchors.push(anchor),
        }
    }

    /// Takes `expected` from the text, if it is what comes next.
    fn take(&mut self, expected: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(expected).then(|| self.at += expected.len())
    }

    /// Plain and quoted scalars: lines are folded, single quotes doubled, escapes resolved.
    fn flow(mut self, quote: Quote) -> Option<Vec<(u32, u32)>> {
        let written = self.written;
        let mut offset = 0;
        self.anchor(0);
        while let Some(c) = written.get(offset..)?.chars().next() {
            match c {
                '\n' | '\r' => offset = self.fold(offset, false)?,
                ' ' | '\t' => {
                    // Blanks before a line break belong to the fold.
                    let blanks = run(written, offset, |c| matches!(c, ' ' | '\t'));
                    if matches!(written.as_bytes().get(blanks), Some(b'\n' | b'\r')) {
                        offset = self.fold(blanks, false)?;
                    } else {
                        self.take(written.get(offset..blanks)?)?;
                        offset = blanks;
                    }
                }
                '\'' if quote == Quote::Single => {
                    self.take("'")?;
                    offset += 2;
                    self.anchor(offset);
                }
                '\\' if quote == Quote::Double => offset = self.escape(offset)?,
                c => {
                    self.take(written.get(offset..offset + c.len_utf8())?)?;
                    offset += c.len_utf8();
                }
            }
        }
        (self.at == self.text.len()).then_some(self.anchors)
    }

    /// One line break is a space, each further one a break; indentation is nothing. An escaped break is
    /// nothing at all.
    fn fold(&mut self, offset: usize, escaped: bool) -> Option<usize> {
        let end = run(self.written, offset, |c| matches!(c, ' ' | '\t' | '\n' | '\r'));
        let breaks = line_breaks(self.written.get(offset..end)?);
        match breaks {
            0 | 1 if escaped => {}
            1 => self.take(" ")?,
            more => {
                for _ in 1..more {
                    self.take("\n")?;
                }
            }
        }
        self.anchor(end);
        Some(end)
    }

    fn escape(&mut self, offset: usize) -> Option<usize> {
        let rest = self.written.get(offset + 1..)?;
        let code = rest.chars().next()?;
        let hex = |digits: usize| u32::from_str_radix(rest.get(1..=digits)?, 16).ok();
        let (decoded, length) = match code {
            '\n' | '\r' => return self.fold(offset + 1, true),
            '0' => ('\0', 2),
            'a' => ('\u{7}', 2),
            'b' => ('\u{8}', 2),
            't' | '\t' => ('\t', 2),
            'n' => ('\n', 2),
            'v' => ('\u{b}', 2),
            'f' => ('\u{c}', 2),
            'r' => ('\r', 2),
            'e' => ('\u{1b}', 2),
            ' ' | '"' | '/' | '\\' => (code, 2),
            'x' => (char::from_u32(hex(2)?)?, 4),
            'u' => match char::from_u32(hex(4)?) {
                Some(decoded) => (decoded, 6),
                None => (surrogates(rest)?, 12),
            },
            'U' => (char::from_u32(hex(8)?)?, 10),
            // `\N`, `\_`, `\L` and `\P` are shorter than what they stand for: no byte of theirs is its byte.
            _ => return None,
        };
        self.anchor(offset);
        self.take(decoded.encode_utf8(&mut [0; 4]))?;
        self.anchor(offset + length);
        Some(offset + length)
    }

    /// Literal and folded block scalars, line by line.
    fn block(mut self, indentation: usize) -> Option<Vec<(u32, u32)>> {
        // Empty lines before the first line with content are line breaks of the text.
        self.skip_breaks();
        let mut offset = 0;
        for (number, line) in self.written.split_inclusive('\n').enumerate() {
            let content = line.trim_end_matches(['\n', '\r']);
            let blank = content.trim_start_matches(' ').is_empty();
            let skipped = if number == 0 { 0 } else { content.len().min(indentation) };
            let content = content.get(skipped..)?;
            if !(blank && content.is_empty()) {
                if number > 0 {
                    self.separator(content);
                }
                self.anchor(offset + skipped);
                self.take(content)?;
            }
            offset += line.len();
        }
        // What chomping left, and lines of nothing but blanks: the scalar's span ends before them.
        self.text.get(self.at..)?.trim().is_empty().then_some(self.anchors)
    }

    fn skip_breaks(&mut self) {
        self.at = run(self.text, self.at, |c| c == '\n');
    }

    /// What stands between two lines: one space where they were folded, else line breaks.
    fn separator(&mut self, next: &str) {
        let folded = self.text.as_bytes().get(self.at) == Some(&b' ') && !next.starts_with([' ', '\t']);
        if folded {
            self.at += 1;
        } else {
            self.skip_breaks();
        }
    }
}

fn surrogates(rest: &str) -> Option<char> {
    let unit = |from: usize| u16::from_str_radix(rest.get(from..from + 4)?, 16).ok();
    let pair = [unit(1)?, if rest.get(5..7)? == "\\u" { unit(7)? } else { return None }];
    char::decode_utf16(pair).next()?.ok()
}

/// The offset after the characters from `offset` on that satisfy `of`.
fn run(text: &str, offset: usize, of: impl Fn(char) -> bool) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    offset + rest.find(|c| !of(c)).unwrap_or(rest.len())
}

fn line_breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = |i: usize| bytes[i] == b'\n' || (bytes[i] == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
    (0..bytes.len()).filter(|&i| ends(i)).count()
}
