//! Words and commands put together from the characters that were read.

use super::split::{Item, MAX_NESTING, Quote, Splitter, split_nested};
use super::{CommandLine, Lead, LineWord, prefix};
use crate::provenance::Origin;
use crate::value::{Condition, Part, Piece, Text};
use std::ops::Range;

/// Words of the grammar that may stand before a command.
const LEADING_KEYWORDS: &[&str] = &["!", "{", "if", "then", "elif", "else", "while", "until", "do"];

/// Words of the grammar that stand alone or close a compound command.
const CLOSING_KEYWORDS: &[&str] = &["}", "fi", "done", "esac"];

/// A word that is being read.
#[derive(Default)]
pub(super) struct Building {
    parts: Vec<Part>,
    /// The characters that are being collected: their part, their range in it, and the text.
    run: Option<(usize, Range<usize>, String)>,
    /// The conditions of all characters, quotes included, while they are one and the same.
    shared: Option<Condition>,
    mixed: bool,
    may_split: bool,
    quoted: bool,
}

impl Splitter<'_, '_> {
    pub(super) fn part(&self, item: Item) -> (Condition, Option<Origin>) {
        self.line
            .parts
            .get(item.part)
            .map_or((Condition::always(), None), |part| (part.condition.clone(), part.origin))
    }

    pub(super) fn push(&mut self, item: Item, c: char) {
        let range = item.offset..item.offset + item.character.map_or(0, char::len_utf8);
        let mut word = self.word.take().unwrap_or_default();
        match &mut word.run {
            Some((part, have, text)) if *part == item.part => {
                have.end = range.end;
                text.push(c);
            }
            _ => {
                self.flush(&mut word);
                word.run = Some((item.part, range, c.to_string()));
                word.note(self.part(item).0);
            }
        }
        self.word = Some(word);
    }

    pub(super) fn note_quote(&mut self, item: Item) {
        let condition = self.part(item).0;
        let word = self.word.get_or_insert_default();
        word.quoted = true;
        word.note(condition);
    }

    pub(super) fn hole_of_text(&mut self, item: Item, quote: Quote) {
        if let Some(part) = self.line.parts.get(item.part) {
            self.hole(part.clone(), quote);
        }
    }

    pub(super) fn hole(&mut self, part: Part, quote: Quote) {
        let mut word = self.word.take().unwrap_or_default();
        self.flush(&mut word);
        word.note(part.condition.clone());
        word.may_split |= quote == Quote::None;
        word.parts.push(part);
        self.word = Some(word);
    }

    fn flush(&mut self, word: &mut Building) {
        let Some((part, range, text)) = word.run.take() else { return };
        let Some(from) = self.line.parts.get(part) else { return };
        let origin = from.origin.map(|origin| (self.narrow)(origin, range));
        word.parts.push(Part { condition: from.condition.clone(), piece: Piece::Literal(text), origin });
    }

    pub(super) fn end_word(&mut self) {
        let Some(mut word) = self.word.take() else { return };
        self.flush(&mut word);
        if std::mem::take(&mut self.redirects) {
            return;
        }
        let condition = word.shared.filter(|_| !word.mixed).unwrap_or_default();
        if !condition.is_always() {
            for part in &mut word.parts {
                part.condition = Condition::always();
            }
        }
        let text = Text { parts: word.parts };
        self.words.push(LineWord { condition, text, may_split: word.may_split });
    }

    pub(super) fn end_command(&mut self) {
        self.end_word();
        self.redirects = false;
        let mut words = std::mem::take(&mut self.words);
        let keywords = words.iter().take_while(|word| is_one_of(word, LEADING_KEYWORDS)).count();
        words.drain(..keywords);
        if words.first().is_none_or(|word| is_one_of(word, CLOSING_KEYWORDS)) {
            return;
        }
        let found = {
            let plain: Vec<String> = words.iter().map(|word| known_beginning(&word.text)).collect();
            let lead = |(word, text): (&LineWord, &String)| word.text.as_single() == Some(text);
            let complete: Vec<bool> = words.iter().zip(&plain).map(lead).collect();
            let leads: Vec<Lead<'_>> =
                plain.iter().zip(complete).map(|(text, complete)| Lead { text, complete }).collect();
            prefix(&leads)
        };
        let environment = found
            .assignments
            .iter()
            .filter_map(|&(word, name)| assignment(&words.get(word)?.text, name))
            .collect();
        words.drain(..found.len);
        if words.is_empty() {
            return;
        }
        match self.nested_script(&words) {
            Some(script) => {
                self.commands.extend(split_nested(&script, self.at, self.narrow, self.nesting + 1));
            }
            None => self.commands.push(CommandLine { words, environment }),
        }
    }

    /// The text behind `bash -c`.
    fn nested_script(&self, words: &[LineWord]) -> Option<Text> {
        let [shell, option, script, ..] = words else { return None };
        let shell = shell.text.as_single()?.rsplit('/').next()?;
        let option = option.text.as_single()?;
        let runs = matches!(shell, "sh" | "bash" | "dash" | "zsh")
            && option.starts_with('-')
            && !option.starts_with("--")
            && option.ends_with('c');
        (runs && self.nesting < MAX_NESTING).then(|| script.text.clone())
    }
}

impl Building {
    fn note(&mut self, condition: Condition) {
        match &self.shared {
            None => self.shared = Some(condition),
            Some(shared) => self.mixed |= *shared != condition,
        }
    }

    /// The characters of a word that is one unquoted literal so far.
    pub(super) fn as_known(&self) -> Option<&str> {
        let (_, _, text) = self.run.as_ref().filter(|_| self.parts.is_empty() && !self.quoted)?;
        Some(text)
    }
}

fn is_one_of(word: &LineWord, keywords: &[&str]) -> bool {
    word.text.as_single().is_some_and(|text| keywords.contains(&text))
}

/// The characters before the first unknown or guarded part.
fn known_beginning(text: &Text) -> String {
    let known = text.parts.iter().map_while(|part| match &part.piece {
        Piece::Literal(text) if part.condition.is_always() => Some(text.as_str()),
        _ => None,
    });
    known.collect()
}

/// Takes `NAME=` off a word; the name ends at byte `name`.
fn assignment(word: &Text, name: usize) -> Option<(String, Text)> {
    let mut text = word.clone();
    let mut skip = name + 1;
    let mut whole = known_beginning(word);
    if whole.get(name..)?.starts_with('+') {
        skip += 1;
    }
    for part in &mut text.parts {
        let Piece::Literal(literal) = &mut part.piece else { break };
        let here = skip.min(literal.len());
        *literal = literal.get(here..)?.to_string();
        skip -= here;
        if skip == 0 {
            break;
        }
    }
    text.parts.retain(|part| part.piece != Piece::Literal(String::new()));
    whole.truncate(name);
    Some((whole, text))
}
