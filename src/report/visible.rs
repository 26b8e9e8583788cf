//! Characters of others on a terminal: none may steer it, turn the direction of the text, or hide.
//!
//! Letters that are written from right to left stay as they are, in their order in the file: a terminal
//! that reorders them does so within their own run, and marks that would forbid it would be copied with
//! the text. What would turn the direction of anything else is shown as what it is.

use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// Columns between tab stops.
const TAB: usize = 4;

/// Marks above and below one letter: more than any script needs would cover the lines around.
const MARKS: usize = 6;

/// Shows characters one after the other: what one may look like depends on the one before.
#[derive(Debug)]
pub struct Visible {
    unicode: bool,
    previous: Option<char>,
    /// Characters without a width of their own since the last that had one.
    marks: usize,
}

impl Visible {
    /// At the beginning of a line. Without `unicode` all that is shown is ASCII.
    pub fn new(unicode: bool) -> Visible {
        Visible { unicode, previous: None, marks: 0 }
    }

    /// Adds a character that stands at a column and before `next` as it may be shown.
    pub fn push(&mut self, c: char, next: Option<char>, column: usize, out: &mut String) {
        let columns = c.width().unwrap_or(0);
        match c {
            '\t' => out.extend(std::iter::repeat_n(' ', TAB - column % TAB)),
            ' '..='~' => out.push(c),
            '\u{7f}' if self.unicode => out.push('\u{2421}'),
            '\0'..='\u{1f}' if self.unicode => {
                out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'));
            }
            '\0'..='\u{1f}' => {
                out.push('^');
                out.push(char::from_u32(0x40 + u32::from(c)).unwrap_or('?'));
            }
            _ if !self.unicode => escape(c, out),
            _ if self.is_joint_of_emoji(c, next) => {}
            _ if is_hidden(c) => escape(c, out),
            // A mark without a letter would settle on what stands before the text.
            _ if columns == 0 && (self.previous.is_none() || self.marks >= MARKS) => escape(c, out),
            _ => out.push(c),
        }
        self.marks = if columns == 0 { self.marks + 1 } else { 0 };
        if !is_selector(c) {
            self.previous = Some(c);
        }
    }

    /// What only says how an emoji is drawn. Terminals disagree about the columns that a sequence then takes;
    /// without the joints every one of them shows the same pictures in the same columns.
    fn is_joint_of_emoji(&self, c: char, next: Option<char>) -> bool {
        let keycap = next == Some('\u{20e3}');
        match self.previous {
            Some(previous) if is_pictograph(previous) => {
                is_selector(c)
                    || matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
                    || (c == '\u{200d}' && next.is_some_and(is_pictograph))
            }
            Some('0'..='9' | '#' | '*') => is_selector(c) && keycap,
            _ => false,
        }
    }
}

fn is_selector(c: char) -> bool {
    c == '\u{fe0f}'
}

fn is_pictograph(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{24c2}' | '\u{3030}'
        | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}'
        | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Whether a character steers a terminal, turns the direction of the text, stands there unseen, or is none
/// at all (XML takes no document with one). Line breaks and tabs act as well.
pub fn acts(c: char) -> bool {
    c.is_control() || is_hidden(c)
}

/// Characters that steer, that are drawn as nothing, or that look like a blank and are none: Unicode's
/// default ignorable code points, its bidirectional controls and its other spaces.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{1680}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}'
        | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}' | '\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn escape(c: char, out: &mut String) {
    let _ = write!(out, "<U+{:04X}>", u32::from(c));
}

#[cfg(test)]
mod tests {
    use crate::report::text::line;

    #[test]
    fn what_steers_or_hides_is_told_and_what_is_written_stays() {
        for (text, wanted) in [
            ("a\tb", "a   b"),
            ("\u{1b}[31m\u{7f}\u{85}", "\u{241b}[31m\u{2421}<U+0085>"),
            ("a\u{202e}b\u{2066}c\u{200f}", "a<U+202E>b<U+2066>c<U+200F>"),
            ("שלום عالم", "שלום عالم"),
            ("漢字 e\u{301}", "漢字 e\u{301}"),
            ("\u{301}x", "<U+0301>x"),
            ("prod\u{fe0f}uction\u{a0}\u{200b}", "prod<U+FE0F>uction<U+00A0><U+200B>"),
            ("a\u{e0101}b", "a<U+E0101>b"),
            ("⚠\u{fe0f} 1\u{fe0f}\u{20e3} 👍\u{1f3fd}", "⚠ 1\u{20e3} 👍"),
            ("👨\u{200d}👩\u{200d}x", "👨👩<U+200D>x"),
        ] {
            assert_eq!(line(text, true), wanted, "{text:?}");
        }
        let tower = format!("a{}", "\u{301}".repeat(8));
        assert_eq!(line(&tower, true), format!("a{}<U+0301><U+0301>", "\u{301}".repeat(6)));
        assert_eq!(line("é\u{7}漢", false), "<U+00E9>^G<U+6F22>");
    }
}
