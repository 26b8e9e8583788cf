//! Commands: their words, and calls of the script's own functions.

use super::Interpreter;
use super::narrow::{whole_commands, whole_lines};
use super::path::Side;
use super::store::Content;
use super::texts::to_text;
use super::values::{Element, Item, Kind, List, Part, Piece, Val};
use crate::provenance::Origin;
use crate::script::words::{self, Lead};
use crate::script::{Command, Expression};
use crate::source::Span;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// What comes with a command besides its words.
#[derive(Default)]
pub(super) struct Circumstances {
    pub environment: Vec<(Rc<str>, Val, Span)>,
    pub directory: Option<(Val, Span)>,
    pub input: Option<(Val, Span)>,
}

/// What running something came to.
#[derive(Default)]
pub(super) struct Ran {
    /// The words as a person would say them.
    pub name: String,
    /// Whether it succeeded, where a function of the script says so.
    pub status: Option<Val>,
}

impl Interpreter<'_> {
    /// Runs a command.
    pub(super) fn run_command(&mut self, command: &Command, span: Span) -> Ran {
        match command {
            Command::Words { words, environment, input } => {
                let mut around = Circumstances::default();
                for (name, value) in environment {
                    let place = value.span;
                    let value = self.eval(value);
                    around.environment.push((name.as_str().into(), value, place));
                }
                if let Some(input) = input {
                    around.input = Some((self.eval(input), input.span));
                }
                let mut evaluated: List = Vec::new();
                for word in words {
                    self.word(word, &mut evaluated);
                }
                self.run_words(evaluated, around, span)
            }
            Command::List { list, directory, environment } => {
                let around = self.circumstances(directory.as_deref(), environment.as_deref());
                let value = self.eval(list);
                self.run_value(&value, list.span, around, span)
            }
            Command::Line { line, directory, environment } => {
                let around = self.circumstances(directory.as_deref(), environment.as_deref());
                let value = self.eval(line);
                self.run_value(&value, line.span, around, span)
            }
        }
    }

    fn circumstances(
        &mut self,
        directory: Option<&Expression>,
        environment: Option<&Expression>,
    ) -> Circumstances {
        let mut around = Circumstances::default();
        if let Some(directory) = directory {
            around.directory = Some((self.eval(directory), directory.span));
        }
        if let Some(environment) = environment {
            let value = self.eval(environment);
            if let Content::Map(map) = self.content_of(&value) {
                let entry =
                    |entry: &Rc<super::values::Entry>| (entry.key.1.clone(), entry.value.clone(), entry.span);
                around.environment.extend(map.entries.iter().map(entry));
            }
        }
        around
    }

    /// Runs a text as a command line.
    pub(super) fn run_text(&mut self, value: &Val, place: Span, span: Span) {
        self.run_value(value, place, Circumstances::default(), span);
    }

    /// A list of words, or a text that a shell will read, whichever the value turns out to be.
    fn run_value(&mut self, value: &Val, place: Span, around: Circumstances, span: Span) -> Ran {
        let value = whole_lines(self.narrow(value.clone()));
        match &value.kind {
            Kind::Either(all) => {
                let mut arms = Vec::with_capacity(all.len());
                let mut name = String::new();
                let around = Rc::new(around);
                for (condition, one) in all.iter() {
                    let side = Side::of(self.path.news(condition));
                    let around = around.clone();
                    arms.push(self.arm(side, true, |this| {
                        name = this.run_value(one, place, around.copy(), span).name;
                        Val::unbound()
                    }));
                }
                self.join(arms);
                Ran { name, status: None }
            }
            Kind::Text(parts) => {
                let parts = parts.clone();
                self.run_line(&parts, around, span)
            }
            Kind::Object(slot) => match self.store.get(*slot).clone() {
                Content::List(list) => self.run_words((*list).clone(), around, span),
                _ => Ran::default(),
            },
            Kind::Unknown(unknown, _) => {
                let unknown = unknown.clone();
                let name = unknown.input.to_string();
                self.emitted.unresolved(place, unknown);
                Ran { name, status: None }
            }
            _ => Ran::default(),
        }
    }

    fn run_line(&mut self, parts: &[Part], around: Circumstances, span: Span) -> Ran {
        let mut ran = Ran::default();
        for (environment, words) in self.commands_of(parts, span) {
            let mut circumstances = around.copy();
            for (variable, value) in environment {
                circumstances.environment.push((variable.as_str().into(), value, span));
            }
            ran = self.run_words(words, circumstances, span);
        }
        ran
    }

    /// What a shell makes of a text: commands, each with its own environment and its words.
    fn commands_of(&mut self, parts: &[Part], span: Span) -> Vec<(Vec<(String, Val)>, List)> {
        let parts = self.narrow_parts(parts);
        let mut verbatim: HashMap<Origin, Option<Span>> = HashMap::new();
        let mut inputs: HashMap<Origin, Arc<str>> = HashMap::new();
        for part in &parts {
            if let Some(origin) = part.origin {
                inputs.extend(part.input.clone().map(|input| (origin, input)));
                verbatim.entry(origin).and_modify(|span| *span = None).or_insert(part.verbatim);
            }
        }
        let line = to_text(&parts);
        let commands = words::split(&line, span, &mut |origin, range: Range<usize>| {
            let Some(Some(whole)) = verbatim.get(&origin).copied() else { return origin };
            if range.start == 0 && range.end == whole.len() {
                return origin;
            }
            let start = whole.start as usize;
            let piece =
                self.rerooted(origin, Span::new(whole.source, start + range.start, start + range.end));
            if let Some(input) = inputs.get(&origin).cloned() {
                inputs.insert(piece, input);
            }
            piece
        });
        let from_text = |text| from_text(text, &inputs);
        let mut all = Vec::with_capacity(commands.len());
        for command in commands {
            let environment = command.environment.into_iter().map(|(name, value)| (name, from_text(value)));
            let environment: Vec<(String, Val)> = environment.collect();
            let mut evaluated: List = Vec::with_capacity(command.words.len());
            for word in command.words {
                let unknown =
                    word.text.is_wholly_unknown().then(|| word.text.first_hole().cloned()).flatten();
                let mut value = from_text(word.text);
                if let Some(whole) = self.place_in_line(&value) {
                    value.origin = Some(self.arena.literal(whole));
                }
                let place = match value.origin.and_then(|origin| self.literal_of(origin)) {
                    Some(place) => place,
                    None => span,
                };
                let value = match unknown {
                    Some(unknown) if word.may_split && self.may_be_several(&unknown, &evaluated) => {
                        Element::Rest(unknown)
                    }
                    _ => Element::One(value),
                };
                evaluated.push(Rc::new(Item { condition: word.condition, value, span: place }));
            }
            all.push((environment, evaluated));
        }
        all
    }

    /// Where a word of several parts was put together: the stretch from its first part to its last. What
    /// went into the line as a whole was put together before.
    fn place_in_line(&self, value: &Val) -> Option<Span> {
        let Kind::Text(parts) = &value.kind else { return None };
        let places: Vec<Vec<Span>> =
            parts.iter().map(|part| self.places_of(part.origin)).collect::<Option<_>>()?;
        let (first, rest) = places.split_first().filter(|(_, rest)| !rest.is_empty())?;
        let shared = (0..first.len())
            .take_while(|&at| rest.iter().all(|other| other.get(at) == first.get(at)))
            .count();
        let start = *first.get(shared)?;
        let mut whole = start;
        for other in rest {
            let place = other.get(shared).filter(|place| place.source == start.source)?;
            whole = whole.cover(*place);
        }
        Some(whole)
    }

    /// The texts into which a part was put, the last one first, and where it was written.
    fn places_of(&self, origin: Option<Origin>) -> Option<Vec<Span>> {
        let mut places = Vec::new();
        let mut hop = self.arena.hop(origin?);
        while let Some(at) = hop {
            if at.step == crate::provenance::Step::Interpolated || at.parent.is_none() {
                places.push(at.span);
            }
            hop = at.parent.and_then(|parent| self.arena.hop(parent));
        }
        Some(places)
    }

    pub(super) fn literal_of(&self, origin: Origin) -> Option<Span> {
        let mut hop = *self.arena.hop(origin)?;
        while let Some(parent) = hop.parent.and_then(|parent| self.arena.hop(parent)) {
            hop = *parent;
        }
        Some(hop.span)
    }

    /// Takes off what stands before the command proper: `sudo`, `env X=1`, and their like.
    fn without_wrappers(&mut self, words: List, around: &mut Circumstances) -> List {
        let texts: Vec<Option<Rc<str>>> = words.iter().map(plain_word).collect();
        let lead = |text: &Option<Rc<str>>| match text {
            Some(text) => (text.to_string(), true),
            None => (String::new(), false),
        };
        let leads: Vec<(String, bool)> = texts.iter().map(lead).collect();
        let leads: Vec<Lead<'_>> =
            leads.iter().map(|(text, complete)| Lead { text, complete: *complete }).collect();
        let found = words::prefix(&leads);
        for (at, name) in found.assignments {
            let (Some(item), Some(Some(text))) = (words.get(at), texts.get(at)) else { continue };
            let (name, value) = (text.get(..name), text.split_once('=').map(|(_, value)| value));
            let (Some(name), Some(value)) = (name, value) else { continue };
            let origin = match &item.value {
                Element::One(value) => value.origin,
                Element::Rest(_) => None,
            };
            around.environment.push((name.into(), Val::literal(value, origin), item.span));
        }
        words.into_iter().skip(found.len).collect()
    }

    /// The text of `sh -c text`.
    fn inline_script(words: &List) -> Option<(Val, Span)> {
        let program = plain_word(words.first()?)?;
        let option = plain_word(words.get(1)?)?;
        let is_shell = matches!(program.rsplit('/').next(), Some("sh" | "bash" | "zsh" | "dash"));
        let runs_text = option.starts_with('-') && !option.starts_with("--") && option.ends_with('c');
        let script = words.get(2).filter(|_| is_shell && runs_text)?;
        match &script.value {
            Element::One(value) => Some((value.clone(), script.span)),
            Element::Rest(_) => None,
        }
    }

    /// Runs evaluated words: one of the script's own functions, or a program.
    fn run_words(&mut self, words: List, mut around: Circumstances, span: Span) -> Ran {
        let name = self.spoken(&words);
        if let Some(commands) = whole_commands(&words) {
            let arms = commands.map(|(world, words)| {
                let around = around.copy();
                self.arm(Side::of(world), true, |this| {
                    this.run_words(words, around, span);
                    Val::unbound()
                })
            });
            self.join(arms.into());
            return Ran { name, status: None };
        }
        let words = self.without_wrappers(words, &mut around);
        if let Some((script, place)) = Self::inline_script(&words)
            && self.deeper(span)
        {
            self.run_value(&script, place, around, span);
            self.nesting -= 1;
            return Ran { name, status: None };
        }
        let function = match words.first().map(|first| &first.value) {
            Some(Element::One(first)) if self.rules.commands_call_functions => {
                first.plain().and_then(|program| self.bound(&format!("{program}()")).cloned())
            }
            _ => None,
        };
        let status = match function.map(|function| self.narrow(function)) {
            Some(function) => Some(self.run_function(&function, words, around, &name, span)),
            None => {
                self.emit(words, around, span);
                None
            }
        };
        Ran { name, status }
    }

    /// The words as a person would say them.
    fn spoken(&mut self, words: &List) -> String {
        let mut name = String::new();
        for item in words.iter().take(8) {
            if !name.is_empty() {
                name.push(' ');
            }
            match &item.value {
                Element::One(value) => {
                    let value = match &value.kind {
                        Kind::Either(all) => all.first().map_or_else(Val::null, |(_, first)| first.clone()),
                        _ => value.clone(),
                    };
                    let parts = self.parts(&value, item.span);
                    name.push_str(&to_text(&parts).to_string());
                }
                Element::Rest(unknown) => name.push_str(&format!("{{{}}}", unknown.input)),
            }
        }
        // Unknown parts of texts are shown in braces, which therefore cannot stand in their names.
        name.replace('{', "<").replace('}', ">")
    }

    /// The words of the first command of a text, as `shlex.split` gives them.
    pub(super) fn words_of_text(&mut self, parts: &[Part], span: Span) -> List {
        self.commands_of(parts, span).into_iter().flat_map(|(_, words)| words).collect()
    }
}

/// A word that is there in any case and wholly known.
fn plain_word(item: &Rc<Item>) -> Option<Rc<str>> {
    match &item.value {
        Element::One(value) if item.condition.is_always() => value.plain(),
        _ => None,
    }
}

impl Circumstances {
    pub(super) fn copy(&self) -> Circumstances {
        Circumstances {
            environment: self.environment.clone(),
            directory: self.directory.clone(),
            input: self.input.clone(),
        }
    }
}

/// A text of the outside as a value; `inputs` are those that would take the place of parts.
fn from_text(text: crate::value::Text, inputs: &HashMap<Origin, Arc<str>>) -> Val {
    let part = |part: crate::value::Part| Part {
        condition: part.condition,
        piece: match part.piece {
            crate::value::Piece::Literal(text) => Piece::Literal(text.into()),
            crate::value::Piece::Hole(unknown) => Piece::Hole(unknown),
        },
        origin: part.origin,
        verbatim: None,
        input: part.origin.and_then(|origin| inputs.get(&origin).cloned()),
    };
    let parts: Vec<Part> = text.parts.into_iter().map(part).collect();
    let origin = parts.iter().find_map(|part| part.origin);
    let input = parts.iter().find_map(|part| part.input.clone());
    Val { input, ..Val::text(parts, origin) }
}
