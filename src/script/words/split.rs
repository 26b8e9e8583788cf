//! Splitting a text as a POSIX shell does.

use super::build::Building;
use super::{CommandLine, LineWord};
use crate::provenance::Origin;
use crate::source::Span;
use crate::value::{Piece, Text};
use std::ops::Range;

/// Told the origin of a literal part and a byte range of that part's text, gives the origin of just
/// these characters; a caller that cannot tell returns the origin unchanged.
pub type Narrow<'a> = &'a mut dyn FnMut(Origin, Range<usize>) -> Origin;

/// How deeply `bash -c "bash -c ..."` is followed.
pub(super) const MAX_NESTING: usize = 4;

/// The commands of a text in order. `&&`, `||`, `;`, `|`, `&`, parentheses and line breaks separate
/// them; each may run. `$X` outside single quotes is an unknown part; unknown parts of the text itself
/// are taken as characters of a word, never as separators. `at` is where unknown parts that are born
/// here are said to be read: the span of the call that hands the text to the shell.
pub fn split(line: &Text, at: Span, narrow: Narrow<'_>) -> Vec<CommandLine> {
    split_nested(line, at, narrow, 0)
}

pub(super) fn split_nested(line: &Text, at: Span, narrow: Narrow<'_>, nesting: usize) -> Vec<CommandLine> {
    let mut splitter = Splitter {
        line,
        at,
        narrow,
        nesting,
        items: items(line),
        position: 0,
        word: None,
        words: Vec::new(),
        redirects: false,
        heredocs: Vec::new(),
        commands: Vec::new(),
    };
    splitter.run();
    splitter.commands
}

/// One character of the text with the part it stands in and its offset there, or an unknown part.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) character: Option<char>,
    pub(super) part: usize,
    pub(super) offset: usize,
}

fn items(line: &Text) -> Vec<Item> {
    let mut items = Vec::new();
    for (part, piece) in line.parts.iter().enumerate() {
        match &piece.piece {
            Piece::Literal(text) => {
                items.extend(text.char_indices().map(|(offset, c)| Item { character: Some(c), part, offset }))
            }
            Piece::Hole(_) => items.push(Item { character: None, part, offset: 0 }),
        }
    }
    items
}

/// Whether quotes keep blanks and operators from acting.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Quote {
    None,
    Double,
}

/// The state of one split.
pub(super) struct Splitter<'a, 'n> {
    pub(super) line: &'a Text,
    pub(super) at: Span,
    pub(super) narrow: Narrow<'n>,
    pub(super) nesting: usize,
    pub(super) items: Vec<Item>,
    pub(super) position: usize,
    pub(super) word: Option<Building>,
    pub(super) words: Vec<LineWord>,
    /// The next word names a file, or the delimiter of a here-document.
    pub(super) redirects: bool,
    pub(super) heredocs: Vec<String>,
    pub(super) commands: Vec<CommandLine>,
}

impl Splitter<'_, '_> {
    fn run(&mut self) {
        while let Some(item) = self.items.get(self.position).copied() {
            self.position += 1;
            let Some(c) = item.character else {
                self.hole_of_text(item, Quote::None);
                continue;
            };
            match c {
                '\'' => self.single_quoted(item),
                '"' => self.double_quoted(item),
                '\\' => self.escaped(Quote::None),
                '$' | '`' => self.expansion(item, Quote::None),
                '#' if self.word.is_none() => self.skip_comment(),
                '\n' => {
                    self.end_command();
                    self.skip_heredocs();
                }
                ';' | '|' | '(' | ')' => self.end_command(),
                '&' if self.peek() == Some('>') => {}
                '&' => self.end_command(),
                '<' | '>' => self.redirection(c),
                _ if c.is_whitespace() => self.end_word(),
                _ => self.push(item, c),
            }
        }
        self.end_command();
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.items.get(self.position).and_then(|item| item.character)
    }

    pub(super) fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.position += usize::from(there);
        there
    }

    fn single_quoted(&mut self, open: Item) {
        self.note_quote(open);
        while let Some(item) = self.items.get(self.position).copied() {
            self.position += 1;
            match item.character {
                Some('\'') => return,
                Some(c) => self.push(item, c),
                None => self.hole_of_text(item, Quote::Double),
            }
        }
    }

    fn double_quoted(&mut self, open: Item) {
        self.note_quote(open);
        while let Some(item) = self.items.get(self.position).copied() {
            self.position += 1;
            match item.character {
                Some('"') => return,
                Some('\\') => self.escaped(Quote::Double),
                Some('$' | '`') => self.expansion(item, Quote::Double),
                Some(c) => self.push(item, c),
                None => self.hole_of_text(item, Quote::Double),
            }
        }
    }

    /// Behind a backslash. In double quotes only a few characters are escaped; a line break vanishes.
    fn escaped(&mut self, quote: Quote) {
        let Some(item) = self.items.get(self.position).copied() else { return };
        let Some(c) = item.character else { return };
        self.position += 1;
        if c == '\n' {
            return;
        }
        if quote == Quote::Double && !matches!(c, '"' | '\\' | '$' | '`') {
            self.push(item, '\\');
        }
        self.push(item, c);
    }

    fn skip_comment(&mut self) {
        while self.position < self.items.len() && self.peek() != Some('\n') {
            self.position += 1;
        }
    }

    /// `>`, `>>`, `2>&1`, `<<EOF`, `<(...)`: the operator and its operand are no words.
    fn redirection(&mut self, operator: char) {
        let number = self
            .word
            .as_ref()
            .and_then(Building::as_known)
            .is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        if number {
            self.word = None;
        } else {
            self.end_word();
        }
        if self.take('(') {
            self.skip_balanced('(', ')');
            return;
        }
        let here = operator == '<' && self.take('<');
        if here && !self.take('<') {
            self.take('-');
            let delimiter = self.delimiter();
            self.heredocs.push(delimiter);
            return;
        }
        while matches!(self.peek(), Some('>' | '&' | '|')) {
            self.position += 1;
        }
        self.redirects = true;
    }

    fn delimiter(&mut self) -> String {
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.position += 1;
        }
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| !c.is_whitespace() && !";|&<>()".contains(*c)) {
            self.position += 1;
            if !matches!(c, '\'' | '"' | '\\') {
                text.push(c);
            }
        }
        text
    }

    /// Passes over the bodies of the here-documents that the line before opened.
    fn skip_heredocs(&mut self) {
        for delimiter in std::mem::take(&mut self.heredocs) {
            while self.position < self.items.len() {
                let line = self.skip_until('\n');
                if line.trim_start_matches('\t') == delimiter {
                    break;
                }
            }
        }
    }
}
