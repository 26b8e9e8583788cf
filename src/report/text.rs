//! Text of others on a terminal: widths, line breaks, and characters that must not act.

use crate::report::visible::Visible;
use unicode_width::UnicodeWidthChar;

/// How many columns a text takes, ANSI colours not counted.
pub fn width(text: &str) -> usize {
    let mut columns = 0;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(|&c| c == 'm');
        } else {
            columns += c.width().unwrap_or(0);
        }
    }
    columns
}

/// A text of others as one line: line breaks and runs of blanks become one blank, characters that
/// would act become visible.
pub fn one_line(text: &str, unicode: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split([' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        push_visible(word, unicode, &mut out);
    }
    out
}

/// A path, or another name that somebody may copy: every blank stays.
pub fn name(text: &str, unicode: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // No name is spread to a tab stop.
    for (i, part) in text.split('\t').enumerate() {
        out.push_str(if i > 0 && unicode { "\u{2409}" } else { "" });
        out.push_str(if i > 0 && !unicode { "^I" } else { "" });
        push_visible(part, unicode, &mut out);
    }
    out
}

/// A path of others as one line of a format that a CI system reads.
pub fn path(path: &str) -> String {
    without_commands(name(path, true), true)
}

/// A line whose blanks are its author's: tabs are spread.
pub fn line(text: &str, unicode: bool) -> String {
    let (mut visible, mut out, mut column) = (Visible::new(unicode), String::with_capacity(text.len()), 0);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let from = out.len();
        visible.push(c, rest.peek().copied(), column, &mut out);
        column += out.get(from..).map_or(0, width);
    }
    out
}

fn push_visible(text: &str, unicode: bool, out: &mut String) {
    let mut visible = Visible::new(unicode);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        visible.push(c, rest.peek().copied(), 0, out);
    }
}

/// Breaks a text at blanks into lines of at most `first` columns, then `rest` columns. A word that is
/// longer stands on a line of its own, uncut: it may be a path that somebody wants to copy.
pub fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let columns = width(word);
        let room = if lines.len() == 1 { first } else { rest };
        if used > 0 && used + 1 + columns > room {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
        }
        used += columns;
    }
    lines
}

/// Takes the power from text that a CI system would read as a command: `::error` at the beginning of a
/// line, `##[` anywhere. What stands there instead looks alike and is as wide.
pub fn without_commands(output: String, unicode: bool) -> String {
    if !output.contains("::") && !output.contains("##") {
        return output;
    }
    let (colons, hash) = if unicode { ("∶∶", '♯') } else { (":.", '+') };
    let mut safe = String::with_capacity(output.len());
    for line in output.split_inclusive('\n') {
        let start = command_start(line);
        let (before, rest) = line.split_at(start);
        safe.push_str(before);
        let rest = match rest.strip_prefix("::") {
            Some(rest) => {
                safe.push_str(colons);
                rest
            }
            None => rest,
        };
        let mut rest = rest;
        while let Some(at) = ["##[", "##vso[", "##teamcity["].iter().filter_map(|mark| rest.find(mark)).min()
        {
            let (before, after) = rest.split_at(at + 1);
            safe.push_str(before);
            safe.push(hash);
            rest = after.get(1..).unwrap_or_default();
        }
        safe.push_str(rest);
    }
    safe
}

/// The same for XML, without a change of what it says: the second of two hashes is written as a reference.
/// Text of others at the beginning of a line is for the caller to keep harmless.
pub fn without_commands_in_xml(output: String) -> String {
    if output.contains("##") { output.replace("##", "#&#35;") } else { output }
}

/// Where a line begins after blanks and colours.
fn command_start(line: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start().len();
        at += blanks;
        match line.get(at..).and_then(|rest| rest.strip_prefix('\u{1b}')).and_then(|rest| rest.find('m')) {
            Some(end) => at += end + 2,
            None => return at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{name, one_line, width, without_commands, wrap};

    #[test]
    fn what_would_act_is_shown() {
        assert_eq!(one_line("a\u{1b}[31m\nb\u{202e}c", true), "a\u{241b}[31m b<U+202E>c");
        assert_eq!(one_line("é\u{7}", false), "<U+00E9>^G");
        assert_eq!(name("a  b\t\n.yaml", true), "a  b\u{2409}\u{240a}.yaml");
        assert_eq!(width("\u{1b}[1m漢字\u{1b}[0m"), 4);
        let harmless =
            without_commands("  ::error::x ##[group]\na ::b\n\u{1b}[1m::warning\n".to_owned(), true);
        assert_eq!(harmless, "  ∶∶error::x #♯[group]\na ::b\n\u{1b}[1m∶∶warning\n");
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_stay_whole() {
        assert_eq!(wrap("one two three", 7, 5), ["one two", "three"]);
        assert_eq!(wrap("scripts/a/b/c.py x", 5, 5), ["scripts/a/b/c.py", "x"]);
    }
}
