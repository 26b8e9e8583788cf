//! The extent of a value beside a name, and which parts of it are literal.

use std::ops::Range;

/// The value that begins at `at`: inside its quotes if it has some; else, where `bare` values count, up
/// to the next character that ends a word, or with `to_line_end` (YAML, Dockerfile) up to the end of
/// the line or of the flow collection. A YAML block scalar is its lines.
pub fn at(text: &str, at: usize, bare: bool, to_line_end: bool) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    // Prefixes of strings: r"", f"", b''.
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let opens = |at: usize| rest.get(at..).is_some_and(|rest| rest.starts_with(['"', '\'', '`']));
    let escaped = rest.starts_with("\\\"");
    if escaped {
        let end = rest.get(2..)?.find("\\\"").map_or(rest.len(), |i| i + 2);
        return Some(at + 2..at + end);
    }
    if letters <= 2 && opens(letters) {
        return quoted(rest, letters).map(|range| at + range.start..at + range.end);
    }
    if !bare {
        return None;
    }
    if to_line_end && rest.starts_with(['|', '>']) {
        return Some(block(text, at));
    }
    let line = rest.get(..rest.find(['\n', '\r']).unwrap_or(rest.len()))?;
    let before = text.get(..at)?.rsplit('\n').next().unwrap_or_default();
    let in_flow = before.contains(['{', '[']) || before.matches(['"', '\'']).count() % 2 == 1;
    let mut end = 0;
    let mut depth = 0usize;
    let mut previous = ' ';
    for (i, c) in line.char_indices() {
        match c {
            '{' | '(' if previous == '$' || depth > 0 => depth += 1,
            '}' | ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            '#' if previous.is_whitespace() => break,
            '"' | '\'' => break,
            ',' | '}' | ']' if in_flow => break,
            c if !to_line_end
                && (c.is_whitespace() || matches!(c, ';' | '|' | '&' | ',' | '`' | '<' | '>' | ')')) =>
            {
                break;
            }
            _ => {}
        }
        previous = c;
        end = i + c.len_utf8();
    }
    let value = line.get(..end)?.trim_end().trim_end_matches('\\').trim_end();
    (!value.is_empty()).then_some(at..at + value.len())
}

/// The characters between quotes; `from` is where the quote stands.
fn quoted(rest: &str, from: usize) -> Option<Range<usize>> {
    let bytes = rest.as_bytes();
    let quote = *bytes.get(from)?;
    let triple = bytes.get(from + 1) == Some(&quote) && bytes.get(from + 2) == Some(&quote);
    let start = from + if triple { 3 } else { 1 };
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'\\' {
            at += 2;
            continue;
        }
        let ends = byte == quote
            && (!triple || (bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote)));
        if ends {
            break;
        }
        at += 1;
    }
    // A quote that is never closed: the line is enough.
    if at >= bytes.len() && !triple {
        at = start + rest.get(start..)?.find('\n').unwrap_or(rest.len() - start);
    }
    Some(start..at.min(bytes.len()))
}

/// The lines of a block scalar whose `|` stands at `at`.
fn block(text: &str, at: usize) -> Range<usize> {
    let line_start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |i| i + 1);
    let indent_of = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = indent_of(text.get(line_start..).unwrap_or_default());
    let start = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |i| at + i + 1);
    let mut end = start;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if !line.trim().is_empty() && indent <= own {
            break;
        }
        end += line.len();
    }
    start..end
}

/// Where the `}` stands that closes a brace opened before `from`.
pub fn closing_brace(text: &str, from: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (i, c) in text.get(from..)?.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(from + i),
            '}' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

/// Whether a value says where a secret is, or that there is none, rather than being one.
pub fn is_reference(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    let lower = value.to_ascii_lowercase();
    let versioned = value.rsplit_once(':').is_some_and(|(name, version)| {
        let plain =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '{' | '}' | '$' | '.');
        !name.is_empty()
            && name.chars().all(plain)
            && (version == "latest"
                || (!version.is_empty() && version.len() <= 3 && version.bytes().all(|b| b.is_ascii_digit())))
    });
    const SCHEMES: &[&str] = &[
        "projects/",
        "arn:",
        "secret://",
        "sm://",
        "vault:",
        "ref+",
        "op://",
        "ssm:",
        "file:",
        "env:",
        "/",
        "./",
        "<",
    ];
    matches!(
        lower.as_str(),
        "" | "true" | "false" | "null" | "none" | "yes" | "no" | "on" | "off" | "~" | "inherit"
    ) || versioned
        || SCHEMES.iter().any(|scheme| lower.starts_with(scheme))
        || value.chars().all(|c| matches!(c, '*' | '.' | 'x' | 'X' | '-'))
        || (value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The parts of a value that are written out: without `$X`, `${X}`, `$(...)`, `{{ x }}`, `{x}`, but with
/// the default of `${X:-default}`.
pub fn literal_stretches(value: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut chars = value.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let rest = value.get(i..).unwrap_or_default();
        let end = if rest.starts_with("$(") {
            i + rest.find(')').map_or(rest.len(), |end| end + 1)
        } else if rest.starts_with("${") || c == '{' {
            let open = i + if c == '$' { 2 } else { 1 };
            let close = closing_brace(value, open).unwrap_or(value.len());
            let inner = value.get(open..close).unwrap_or_default();
            if let Some(default) = inner.find(":-").or_else(|| inner.find(":=")).map(|at| open + at + 2) {
                let nested = literal_stretches(value.get(default..close).unwrap_or_default());
                parts.extend(nested.into_iter().map(|part| default + part.start..default + part.end));
            }
            (close + 1).min(value.len())
        } else if c == '$' {
            let name = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
            i + 1 + rest.get(1..).and_then(|rest| rest.find(name)).unwrap_or(rest.len() - 1)
        } else {
            continue;
        };
        parts.push(start..i);
        start = end;
        while chars.peek().is_some_and(|&(next, _)| next < end) {
            chars.next();
        }
    }
    parts.push(start..value.len());
    let wordy = |range: &Range<usize>| {
        value.get(range.clone()).is_some_and(|part| part.chars().filter(|c| c.is_alphanumeric()).count() >= 2)
    };
    parts.retain(|range| range.start < range.end && (wordy(range) || range.len() == value.len()));
    parts
}
