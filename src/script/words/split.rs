//! Splitting a text as a POSIX shell does.

use super::{CommandLine, Lead, LineWord, prefix};
use crate::provenance::Origin;
use crate::source::Span;
use crate::value::{Condition, Part, Piece, Reason, Text, Unknown};
use std::ops::Range;

/// Told the origin of a literal part and a byte range of that part's text, gives the origin of just
/// these characters; a caller that cannot tell returns the origin unchanged.
pub type Narrow<'a> = &'a mut dyn FnMut(Origin, Range<usize>) -> Origin;

/// How deeply `bash -c "bash -c ..."` is followed.
const MAX_NESTING: usize = 4;

/// Words of the grammar that may stand before a command.
const LEADING_KEYWORDS: &[&str] = &["!", "{", "if", "then", "elif", "else", "while", "until", "do"];

/// Words of the grammar that stand alone or close a compound command.
const CLOSING_KEYWORDS: &[&str] = &["}", "fi", "done", "esac"];

/// The commands of a text in order. `&&`, `||`, `;`, `|`, `&`, parentheses and line breaks separate
/// them; each may run. `$X` outside single quotes is an unknown part; unknown parts of the text itself
/// are taken as characters of a word, never as separators. `at` is where unknown parts that are born
/// here are said to be read: the span of the call that hands the text to the shell.
pub fn split(line: &Text, at: Span, narrow: Narrow<'_>) -> Vec<CommandLine> {
    split_nested(line, at, narrow, 0)
}

fn split_nested(line: &Text, at: Span, narrow: Narrow<'_>, nesting: usize) -> Vec<CommandLine> {
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
struct Item {
    character: Option<char>,
    part: usize,
    offset: usize,
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
enum Quote {
    None,
    Double,
}

/// A word that is being read.
#[derive(Default)]
struct Building {
    parts: Vec<Part>,
    /// The characters that are being collected: their part, their range in it, and the text.
    run: Option<(usize, Range<usize>, String)>,
    /// The conditions of all characters, quotes included, while they are one and the same.
    shared: Option<Condition>,
    mixed: bool,
    may_split: bool,
    quoted: bool,
}

struct Splitter<'a, 'n> {
    line: &'a Text,
    at: Span,
    narrow: Narrow<'n>,
    nesting: usize,
    items: Vec<Item>,
    position: usize,
    word: Option<Building>,
    words: Vec<LineWord>,
    /// The next word names a file, or the delimiter of a here-document.
    redirects: bool,
    heredocs: Vec<String>,
    commands: Vec<CommandLine>,
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

    fn peek(&self) -> Option<char> {
        self.items.get(self.position).and_then(|item| item.character)
    }

    fn take(&mut self, wanted: char) -> bool {
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

    /// `$X`, `${X...}`, `$(...)` or a backtick: an unknown part named by what it reads.
    fn expansion(&mut self, first: Item, quote: Quote) {
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
    fn skip_balanced(&mut self, open: char, close: char) -> String {
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

    fn skip_until(&mut self, close: char) -> String {
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

    fn part(&self, item: Item) -> (Condition, Option<Origin>) {
        self.line
            .parts
            .get(item.part)
            .map_or((Condition::always(), None), |part| (part.condition.clone(), part.origin))
    }

    fn push(&mut self, item: Item, c: char) {
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

    fn note_quote(&mut self, item: Item) {
        let condition = self.part(item).0;
        let word = self.word.get_or_insert_default();
        word.quoted = true;
        word.note(condition);
    }

    fn hole_of_text(&mut self, item: Item, quote: Quote) {
        if let Some(part) = self.line.parts.get(item.part) {
            self.hole(part.clone(), quote);
        }
    }

    fn hole(&mut self, part: Part, quote: Quote) {
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

    fn end_word(&mut self) {
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

    fn end_command(&mut self) {
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
    fn as_known(&self) -> Option<&str> {
        let (_, _, text) = self.run.as_ref().filter(|_| self.parts.is_empty() && !self.quoted)?;
        Some(text)
    }
}

fn variable(name: &str) -> (String, Reason) {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    match is_name {
        true => (name.to_string(), Reason::Environment),
        false => (format!("${name}"), Reason::Argument),
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
