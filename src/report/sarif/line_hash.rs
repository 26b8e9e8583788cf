//! `primaryLocationLineHash`: the fingerprint by which GitHub knows an alert again when lines move.
//!
//! Of each line a rolling hash over the first hundred characters from its beginning, blanks and tabs left
//! out, as GitHub's own uploader computes it where a file does not say it
//! (<https://github.com/github/codeql-action/blob/main/src/fingerprints.ts>): the same file must give the same
//! numbers, or every alert would be closed and opened again.

use std::collections::HashMap;

/// Characters that a hash covers.
const WINDOW: usize = 100;

const BASE: i64 = 37;

/// What stands after the last character.
const END: u16 = u16::MAX;

/// The hash of each line, with the number of lines so far that have it: `c129715d7a2bc9a3:1`. A line ends
/// with `\n`, `\r\n` or `\r`; characters are units of UTF-16.
pub fn line_hashes(text: &str) -> Vec<String> {
    let mut roll = Roll {
        window: [0; WINDOW],
        begins: [false; WINDOW],
        hash: 0,
        leaving: (0..WINDOW).fold(1_i64, |power, _| power.wrapping_mul(BASE)),
        at: 0,
        seen: HashMap::new(),
        hashes: Vec::new(),
    };
    let (mut line_begins, mut after_return) = (true, false);
    for unit in text.encode_utf16().chain([END]) {
        let skipped = unit == u16::from(b' ') || unit == u16::from(b'\t');
        if skipped || (after_return && unit == u16::from(b'\n')) {
            after_return = false;
            continue;
        }
        after_return = unit == u16::from(b'\r');
        let unit = if after_return { u16::from(b'\n') } else { unit };
        roll.push(unit, line_begins);
        line_begins = unit == u16::from(b'\n');
    }
    for _ in 0..WINDOW {
        roll.push(0, false);
    }
    roll.hashes
}

/// A window over the text. Lines leave it in their order.
struct Roll {
    window: [u16; WINDOW],
    /// Where in the window lines begin.
    begins: [bool; WINDOW],
    hash: i64,
    /// What a character that leaves the window is multiplied with.
    leaving: i64,
    at: usize,
    seen: HashMap<i64, usize>,
    hashes: Vec<String>,
}

impl Roll {
    fn push(&mut self, unit: u16, begins_line: bool) {
        let (Some(begins), Some(slot)) = (self.begins.get_mut(self.at), self.window.get_mut(self.at)) else {
            return;
        };
        if std::mem::replace(begins, begins_line) {
            let count = self.seen.entry(self.hash).or_default();
            *count += 1;
            self.hashes.push(format!("{:x}:{count}", self.hash));
        }
        let left = std::mem::replace(slot, unit);
        self.hash = BASE
            .wrapping_mul(self.hash)
            .wrapping_add(i64::from(unit))
            .wrapping_sub(self.leaving.wrapping_mul(i64::from(left)));
        self.at = (self.at + 1) % WINDOW;
    }
}
