//! Which characters of a file are secrets: values that stand beside a secret's name, in every way in
//! which configs and scripts write such a pair.
//!
//! One pass over the words of the text, no parser: an excerpt shows lines of any file, broken ones
//! too, and lines that no reader took an interest in. Too much is better masked than too little.

use crate::input::Format;
use crate::report::redact::names::is_secret_name;
use crate::report::redact::shapes;
use crate::report::redact::value::{self, is_reference};
use std::ops::Range;

/// The secret ranges of a text in ascending order, joined where they overlap. `format` is the file's,
/// if its name tells one.
pub fn secrets(text: &str, format: Option<Format>) -> Vec<Range<usize>> {
    let quoted_only = matches!(format, Some(Format::Python | Format::Json));
    let mut scan =
        Scan { text, bytes: text.as_bytes(), quoted_only, prose: false, found: shapes::find(text) };
    scan.words();
    if !quoted_only {
        scan.secret_objects();
    }
    joined(scan.found)
}

/// The secret ranges of a sentence. A colon after a name begins an explanation there, not a value.
pub fn secrets_of_prose(text: &str) -> Vec<Range<usize>> {
    let mut scan =
        Scan { text, bytes: text.as_bytes(), quoted_only: false, prose: true, found: shapes::find(text) };
    scan.words();
    joined(scan.found)
}

fn joined(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.retain(|range| !range.is_empty());
    found.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// Where in code the scan stands: between the tokens, in a comment, or in a string that began with
/// this quote.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Code,
    Comment,
    String { quote: u8, triple: bool },
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// In code and JSON a bare word after a name is an expression, not a value.
    quoted_only: bool,
    prose: bool,
    found: Vec<Range<usize>>,
}

impl Scan<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    fn words(&mut self) {
        let mut inside = Inside::Code;
        let mut at = 0;
        while at < self.bytes.len() {
            let byte = self.byte(at);
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                let start = at;
                while is_name_byte(self.byte(at)) {
                    at += 1;
                }
                if self.slice(0..start).ends_with("${") {
                    // `${NAME-default}`: a shell's names have no dash.
                    let rest = self.slice(start..at);
                    at = start + rest.find(['-', '.']).unwrap_or(rest.len());
                }
                // A full stop or a dash at the end belongs to the sentence.
                let mut end = at;
                while end > start && matches!(self.byte(end - 1), b'.' | b'-') {
                    end -= 1;
                }
                self.word(start..end, inside);
                continue;
            }
            if self.quoted_only {
                at = self.quote(at, &mut inside);
            }
            at += 1;
        }
    }

    /// Follows the strings and comments of code, so that `NAME=value` inside a string is read as in a
    /// command line. Returns the last byte that was taken.
    fn quote(&self, at: usize, inside: &mut Inside) -> usize {
        let byte = self.byte(at);
        match *inside {
            Inside::Code if byte == b'#' => *inside = Inside::Comment,
            Inside::Code if matches!(byte, b'"' | b'\'') => {
                let triple = self.byte(at + 1) == byte && self.byte(at + 2) == byte;
                *inside = Inside::String { quote: byte, triple };
                return if triple { at + 2 } else { at };
            }
            Inside::Comment if byte == b'\n' => *inside = Inside::Code,
            Inside::String { .. } if byte == b'\\' => return at + 1,
            Inside::String { quote, triple: false } if byte == quote || byte == b'\n' => {
                *inside = Inside::Code
            }
            Inside::String { quote, triple: true }
                if byte == quote && self.byte(at + 1) == quote && self.byte(at + 2) == quote =>
            {
                *inside = Inside::Code;
                return at + 2;
            }
            _ => {}
        }
        at
    }

    fn word(&mut self, name: Range<usize>, inside: Inside) {
        let text = self.slice(name.clone());
        let bare = !self.quoted_only || inside != Inside::Code;
        if is_secret_name(text) {
            if let Some(value) = self.value_of(&name, bare) {
                self.mask(value);
            }
        } else if matches!(text, "name" | "Name" | "key" | "Key") {
            self.named_pair(&name, bare);
        } else if matches!(text, "sshpass" | "login" | "curl") {
            self.login_option(&name);
        }
    }

    /// `name: DB_PASSWORD` with `value: x` beside it, as Kubernetes, ECS and others write variables.
    fn named_pair(&mut self, name: &Range<usize>, bare: bool) {
        let Some(holder) = self.value_of(name, true) else { return };
        if !is_secret_name(self.slice(holder.clone())) {
            return;
        }
        let (before, after) = (item_start(self.text, name.start), item_end(self.text, holder.end));
        let mut at = before;
        while at < after {
            let start = at;
            while at < after && is_name_byte(self.byte(at)) {
                at += 1;
            }
            if matches!(self.slice(start..at), "value" | "Value" | "default" | "defaultValue")
                && let Some(value) = self.value_of(&(start..at), bare)
            {
                self.mask(value);
            }
            at += 1;
        }
    }

    /// `docker login -p x`, `sshpass -p x`, `curl -u user:x`.
    fn login_option(&mut self, program: &Range<usize>) {
        let rest = self.slice(program.end..self.bytes.len());
        let line = rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or_default();
        let is_curl = self.slice(program.clone()) == "curl";
        let mut offset = program.end;
        let mut option = false;
        let mut found = Vec::new();
        for word in line.split_inclusive([' ', '\t']) {
            let text = word.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ','));
            let start = offset + word.find(text).unwrap_or(0);
            if option && is_curl {
                if let Some((user, password)) = text.split_once(':') {
                    let from = start + user.len() + 1;
                    found.push(from..from + password.len());
                }
            } else if option {
                found.push(start..start + text.len());
            }
            option = text == if is_curl { "-u" } else { "-p" } || (is_curl && text == "--user");
            offset += word.len();
        }
        for range in found {
            self.mask(range);
        }
    }

    /// The value that stands beside a name, without its quotes.
    fn value_of(&self, name: &Range<usize>, bare: bool) -> Option<Range<usize>> {
        let before = self.byte(name.start.wrapping_sub(1));
        let line_before = self.slice(0..name.start).rsplit('\n').next().unwrap_or_default();
        let is_option = line_before.ends_with("--");
        let mut at = name.end;
        let expansion = matches!(before, b'{' | b'!') && line_before.trim_end_matches('!').ends_with("${");
        if expansion {
            // `${NAME:-default}`: only the default is a value.
            let operator = self.slice(at..self.bytes.len());
            let skip = [":-", ":=", "-", "="].iter().find(|mark| operator.starts_with(**mark))?.len();
            let end = value::closing_brace(self.text, at + skip)?;
            return Some(at + skip..end);
        }
        let quoted =
            matches!(before, b'"' | b'\'' | b'`') || (is_option && matches!(self.byte(at), b'"' | b'\''));
        if matches!(self.byte(at), b'"' | b'\'' | b'`') && (quoted || self.byte(at) == b'"') {
            at += 1;
        }
        while self.byte(at) == b']' || (self.byte(at) == b'\\' && self.byte(at + 1) == b'"') {
            at += if self.byte(at) == b'\\' { 2 } else { 1 };
        }
        let gap = at;
        at = self.skip_blanks(at);
        let list_line = matches!(line_before.split_whitespace().next(), Some("ENV" | "ARG" | "env" | "arg"));
        match self.byte(at) {
            b'=' => {
                at += 1;
                while matches!(self.byte(at), b'=' | b'>') {
                    at += 1;
                }
                let spaced = at < self.bytes.len() && matches!(self.byte(at), b' ' | b'\t');
                if line_before.contains("-secrets") && !line_before.contains("env-vars") {
                    return None;
                }
                let tight = gap + 1 == at && !spaced;
                self.value_at(at, bare && (tight || !self.quoted_only), false)
            }
            b':' if self.byte(at + 1) == b'=' => self.value_at(at + 2, bare, false),
            b':' if self.byte(at + 1) == b':' => None,
            b':' if self.prose => self.value_at(at + 1, false, true),
            // The annotation of `password: str = "x"` is passed over; the value follows the sign.
            b':' if self.quoted_only && self.byte(self.skip_blanks(at + 1)).is_ascii_alphabetic() => {
                let rest = self.slice(at + 1..self.bytes.len());
                let line = rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or_default();
                match line.find('=') {
                    Some(sign) if !line.get(..sign).unwrap_or_default().contains(['"', '\'', ',']) => {
                        self.value_at(at + 1 + sign + 1, false, false)
                    }
                    _ => self.value_at(at + 1, bare, true),
                }
            }
            // Without a blank it is no mapping: `jwt-secret:latest`, `user:group`.
            b':' if !matches!(self.byte(at + 1), b' ' | b'\t' | b'"' | b'\'' | b'\\') => None,
            b':' => self.value_at(at + 1, bare, true),
            b'+' if self.byte(at + 1) == b'=' => self.value_at(at + 2, bare, false),
            // `getenv("NAME", "default")` and `["--password", "x"]`.
            b',' if quoted && (is_call(line_before) || is_option_in_list(line_before)) => {
                self.value_at(at + 1, false, false)
            }
            _ if at > gap && is_option && !self.prose => self.value_at(at, true, false),
            _ if at > gap && list_line && line_before.split_whitespace().count() == 1 => {
                self.value_at(at, true, true)
            }
            _ => None,
        }
    }

    fn skip_blanks(&self, mut at: usize) -> usize {
        while at < self.bytes.len() && matches!(self.byte(at), b' ' | b'\t') {
            at += 1;
        }
        at
    }

    fn value_at(&self, at: usize, bare: bool, to_line_end: bool) -> Option<Range<usize>> {
        value::at(self.text, self.skip_blanks(at), bare, to_line_end)
    }

    /// Masks the literal stretches of a value.
    fn mask(&mut self, range: Range<usize>) {
        let text = self.slice(range.clone());
        if is_reference(text) {
            return;
        }
        let literals = value::literal_stretches(text);
        self.found.extend(literals.into_iter().map(|part| range.start + part.start..range.start + part.end));
    }

    /// Everything below `data` and `stringData` of a Kubernetes Secret.
    fn secret_objects(&mut self) {
        let mut offset = 0;
        for document in self.text.split_inclusive("\n---") {
            let is_secret = document.lines().any(|line| line.trim_end() == "kind: Secret");
            let mut line_start = offset;
            let mut depth: Option<usize> = None;
            for line in document.split_inclusive('\n') {
                if !is_secret {
                    break;
                }
                let content = line.trim();
                let indent = line.len() - line.trim_start().len();
                if depth.is_some_and(|depth| indent > depth) && !content.starts_with('#') {
                    let value = content.split_once(": ").map_or(content, |(_, value)| value.trim());
                    if !content.ends_with(':') && !matches!(value, "|" | ">" | "|-" | ">-" | "") {
                        let start = line_start + line.rfind(value).unwrap_or(0);
                        self.mask(start..start + value.len());
                    }
                } else if !content.is_empty() {
                    depth = matches!(content, "data:" | "stringData:").then_some(indent);
                }
                line_start += line.len();
            }
            offset += document.len();
        }
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Whether a name stands as the first argument of a call: `getenv("`.
fn is_call(line_before: &str) -> bool {
    let before = line_before.trim_end_matches(['"', '\'']);
    before.strip_suffix('(').is_some_and(|callee| callee.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Whether a name stands as an option in a list of words: `"--`.
fn is_option_in_list(line_before: &str) -> bool {
    line_before.ends_with("\"--") || line_before.ends_with("'--")
}

/// Where the list item or object that holds `at` begins.
fn item_start(text: &str, at: usize) -> usize {
    let mut start = at;
    for _ in 0..4 {
        let before = text.get(..start).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |i| i + 1);
        let content = before.get(line..).unwrap_or_default();
        if let Some(brace) = content.rfind('{') {
            return line + brace;
        }
        if content.trim_start().starts_with('-') || line == 0 {
            return line;
        }
        start = line - 1;
    }
    start
}

/// Where the list item or object that holds `at` ends.
fn item_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let mut end = 0;
    for (number, line) in rest.split_inclusive('\n').enumerate() {
        if number > 6 || (number > 0 && line.trim_start().starts_with('-')) {
            break;
        }
        if let Some(brace) = line.find('}') {
            // A brace may belong to the value: `${X:-x}`.
            if !line.contains("${") {
                return at + end + brace;
            }
        }
        end += line.len();
    }
    at + end
}
