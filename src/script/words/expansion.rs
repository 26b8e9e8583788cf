//! `$X`, `${X}` and `$(...)` inside a text: unknown parts that are named by what they read.

use super::split::{Item, Quote, Splitter};
use crate::value::{Part, Piece, Reason, Unknown};

impl Splitter<'_, '_> {
    /// `$X`, `${X...}`, `$(...)` or a backtick: an unknown part named by what it reads.
    pub(super) fn expansion(&mut self, first: Item, quote: Quote) {
        let Some(next) = self.peek() else { return self.push(first, '$') };
        let (input, reason) = match (first.character, next) {
            (Some('`'), _) => {
                let text = self.skip_until('`');
                (format!("$({text})"), Reason::CommandOutput)
            }
            (_, '(') => {
                self.position += 1;
                let text = self.skip_balanced('(', ')');
                (format!("$({text})"), Reason::CommandOutput)
            }
            (_, '{') => {
                self.position += 1;
                let text = self.skip_balanced('{', '}');
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let name = text.trim_start_matches(['#', '!']);
                let end = name.find(|c| !is_name(c)).unwrap_or(name.len());
                variable(name.get(..end).filter(|name| !name.is_empty()).unwrap_or(&text))
            }
            (_, c) if c.is_ascii_alphabetic() || c == '_' => {
                let mut name = String::new();
                while let Some(c) = self.peek().filter(|&c| c.is_ascii_alphanumeric() || c == '_') {
                    name.push(c);
                    self.position += 1;
                }
                variable(&name)
            }
            (_, c) if c.is_ascii_digit() || matches!(c, '@' | '*' | '?' | '#' | '$' | '!') => {
                self.position += 1;
                variable(&c.to_string())
            }
            _ => return self.push(first, '$'),
        };
        let (condition, origin) = self.part(first);
        let unknown = Unknown { input: input.into(), reason, span: self.at };
        self.hole(Part { condition, piece: Piece::Hole(unknown), origin }, quote);
    }

    /// The characters up to the closing one, which is taken too; nested pairs count.
    pub(super) fn skip_balanced(&mut self, open: char, close: char) -> String {
        let mut depth = 1usize;
        let mut text = String::new();
        while let Some(item) = self.items.get(self.position).copied() {
            self.position += 1;
            let c = item.character.unwrap_or('?');
            depth = if c == open { depth + 1 } else { depth - usize::from(c == close) };
            if depth == 0 {
                break;
            }
            text.push(c);
        }
        text
    }

    pub(super) fn skip_until(&mut self, close: char) -> String {
        let mut text = String::new();
        while let Some(item) = self.items.get(self.position).copied() {
            self.position += 1;
            match item.character {
                Some(c) if c == close => break,
                c => text.push(c.unwrap_or('?')),
            }
        }
        text
    }
}

fn variable(name: &str) -> (String, Reason) {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    match is_name {
        true => (name.to_string(), Reason::Environment),
        false => (format!("${name}"), Reason::Argument),
    }
}
