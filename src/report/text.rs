//! Text of others on a terminal: widths, line breaks, and characters that must not act.

use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// Columns between tab stops.
const TAB: usize = 4;

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

/// One character of a file as it may be shown at a column: tabs become blanks, characters that would
/// steer the terminal or turn the direction of the text become visible symbols.
pub fn visible(c: char, column: usize, unicode: bool, out: &mut String) {
    match c {
        '\t' => out.extend(std::iter::repeat_n(' ', TAB - column % TAB)),
        '\u{7f}' if unicode => out.push('\u{2421}'),
        '\0'..='\u{1f}' if unicode => {
            out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'));
        }
        '\0'..='\u{1f}' => {
            out.push('^');
            out.push(char::from_u32(0x40 + u32::from(c)).unwrap_or('?'));
        }
        c if acts(c) => escape(c, out),
        c if !unicode && !c.is_ascii() => {
            // The excerpt keeps its columns: as many marks as the character is wide.
            out.extend(std::iter::repeat_n('?', c.width().unwrap_or(0)));
        }
        c => out.push(c),
    }
}

/// Whether a character steers a terminal, turns the direction of the text, stands there unseen, or is none
/// at all (XML takes no document with one). Line breaks and tabs act as well.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{feff}' | '\u{ad}' | '\u{61c}' | '\u{180e}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

fn escape(c: char, out: &mut String) {
    let _ = write!(out, "<U+{:04X}>", u32::from(c));
}

/// A text of others as one line: line breaks and runs of blanks become one blank, characters that
/// would act become visible.
pub fn one_line(text: &str, unicode: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split([' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        // Text is not cut down to ASCII: only lines are drawn.
        word.chars().for_each(|c| match c {
            c if !c.is_control() && !unicode => visible(c, 0, c != '\u{7f}', &mut out),
            c => visible(c, 0, unicode, &mut out),
        });
    }
    out
}

/// A path of others as one line: unlike in prose, every blank counts.
pub fn path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if acts(c) {
            visible(if c == '\t' { '\u{2409}' } else { c }, 0, true, &mut out);
        } else {
            out.push(c);
        }
    }
    without_commands(out, true)
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
    use super::{one_line, width, without_commands, wrap};

    #[test]
    fn what_would_act_is_shown() {
        assert_eq!(one_line("a\u{1b}[31m\nb\u{202e}c", true), "a\u{241b}[31m b<U+202E>c");
        assert_eq!(one_line("é\u{7}", false), "é^G");
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
