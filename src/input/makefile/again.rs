//! Recipes that run make again: `$(MAKE) target NAME=value`.

use std::ops::Range;

/// One such line: what it makes, and the variables that it hands on, as ranges of names and values.
#[derive(Debug)]
pub(super) struct Again {
    pub targets: Vec<String>,
    pub variables: Vec<(Range<usize>, Range<usize>)>,
}

/// Reads a line of a recipe that runs make in the same folder.
pub(super) fn call(text: &str, line: Range<usize>) -> Option<Again> {
    let written = text.get(line.clone())?;
    let from = written.len() - written.trim_start_matches(['@', '-', '+', ' ']).len();
    let rest = written.get(from..)?;
    let program = ["$(MAKE)", "${MAKE}", "make"].iter().find(|program| {
        rest.strip_prefix(**program).is_some_and(|behind| behind.starts_with(char::is_whitespace))
    })?;
    let mut again = Again { targets: Vec::new(), variables: Vec::new() };
    for word in words(text, line.start + from + program.len()..line.end) {
        let written = text.get(word.clone())?;
        // Another command follows, or another folder's makefile is meant.
        if matches!(written, "&&" | "||" | ";" | "|") {
            break;
        }
        if written == "-C" || written == "-f" {
            return None;
        }
        match written.find('=') {
            Some(at) if !written.starts_with(['-', '$']) => {
                let name = word.start..word.start + at;
                let is_plain = text.get(name.clone())?.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                let value = unquoted(text, word.start + at + 1..word.end);
                again.variables.extend(is_plain.then_some((name, value)));
            }
            Some(_) => {}
            None if written.starts_with('-') => {}
            None => again.targets.push(written.to_string()),
        }
    }
    Some(again)
}

/// Words between blanks; quotes and references hold theirs together.
fn words(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let (mut start, mut depth, mut quote) = (None, 0usize, None);
    for (offset, c) in text.get(range.clone()).unwrap_or_default().char_indices() {
        let at = range.start + offset;
        match c {
            _ if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let separates = (c.is_whitespace() || c == '\\') && depth == 0 && quote.is_none();
        match (start, separates) {
            (None, false) => start = Some(at),
            (Some(from), true) => {
                all.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    all.extend(start.map(|from| from..range.end));
    all
}

fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let written = text.get(range.clone()).unwrap_or_default();
    for quote in ['"', '\''] {
        if written.len() >= 2 && written.starts_with(quote) && written.ends_with(quote) {
            return range.start + 1..range.end - 1;
        }
    }
    range
}
