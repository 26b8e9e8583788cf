//! The engine for command lines: from an invocation to the deployment, or the build, that it is.
//!
//! What programs, flags and values mean stands in the platforms' tables; here stands how command lines
//! work: sub-commands, `--flag value` and `--flag=value`, switches, words that are there only sometimes.

mod deployment;
mod flags_file;
mod scan;
mod settle;
#[cfg(test)]
mod tests;
mod variables;
mod words;

pub use deployment::deployment;
pub use flags_file::include as include_flags;

use crate::platform::table::{Action, Command, Effect, Flag, Platform};
use crate::platform::text::narrowed;
use crate::platform::trace::Trace;
use crate::script::Invocation;
use crate::source::{SourceId, Span};
use crate::value::{Condition, Text, Unknown, Value};
use scan::{Token, name_of_program};
use std::sync::Arc;

/// One flag of a command line with its value.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its row; `None` for a flag that the table does not know.
    pub flag: Option<&'static Flag>,
    /// Whether it stands there in its `--no-` form.
    pub negated: bool,
    /// As written, with its dashes and without its value.
    pub written: Arc<str>,
    pub condition: Condition,
    /// `None` for switches.
    pub value: Option<Value<Text>>,
    /// The flag itself as a value, which is where a switch's value was written.
    pub word: Value<Text>,
    /// Where the flag stands in the command line.
    pub place: Span,
}

/// A command line that a table recognises.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    pub platform: &'static Platform,
    pub command: &'static Command,
    pub invocation: &'a Invocation,
    pub source: SourceId,
    pub arguments: Vec<Argument>,
    /// Words without a flag, behind the sub-command.
    pub positionals: Vec<(Condition, Value<Text>)>,
    /// Words of which nothing is known: any flag may be among them.
    pub open: Vec<(Condition, Unknown)>,
}

/// An image that a command builds.
#[derive(Clone, Debug)]
pub struct Build {
    pub source: SourceId,
    pub images: Vec<Value<Text>>,
    /// The Dockerfile, if the command names one.
    pub dockerfile: Option<Value<Text>>,
    /// The folder that is built; a Dockerfile of the usual name is looked for there.
    pub context: Option<Value<Text>>,
    pub condition: Condition,
    pub span: Span,
}

/// Recognises an invocation. The second command that would fit is never asked: tables do not overlap.
pub fn recognise<'a>(
    platforms: &[&'static Platform],
    source: SourceId,
    invocation: &'a Invocation,
    trace: &mut Trace<'_>,
) -> Option<Call<'a>> {
    let tokens = scan::tokens(invocation);
    let first = scan::behind_wrappers(&tokens)?;
    let program = tokens.get(first)?;
    for &platform in platforms {
        for command in platform.commands {
            if !name_of_program(program, command.programs) {
                continue;
            }
            if let Some(path) = sub_command(&tokens, first + 1, command) {
                let mut call = Call {
                    platform,
                    command,
                    invocation,
                    source,
                    arguments: Vec::new(),
                    positionals: Vec::new(),
                    open: Vec::new(),
                };
                scan::scan(&mut call, tokens, first + 1, &path, trace);
                return Some(call);
            }
        }
    }
    None
}

/// The positions of the sub-command's words; flags may stand between them.
fn sub_command(tokens: &[Token], start: usize, command: &Command) -> Option<Vec<usize>> {
    let mut used = Vec::new();
    let mut path = command.path.iter().peekable();
    let mut at = start;
    while let Some(&&expected) = path.peek() {
        let word = tokens.get(at)?.plain()?;
        if word.starts_with('-') {
            let takes = command.flag(&word).is_some_and(|(flag, _)| flag.action.takes_value());
            at += if takes { 2 } else { 1 };
            continue;
        }
        if word == expected {
            path.next();
        } else if path.len() < command.path.len() || !command.tracks.contains(&word.as_str()) {
            return None;
        }
        used.push(at);
        at += 1;
    }
    Some(used)
}

impl Call<'_> {
    /// The service's name with all its alternatives, if the command gives one.
    pub fn name(&self) -> Option<Value<Text>> {
        deployment::name(self)
    }

    /// Every condition that decides about a word, each once: from them the worlds are made.
    pub fn conditions(&self) -> Vec<Condition> {
        let mut all: Vec<Condition> = Vec::new();
        let mut add = |condition: &Condition| {
            if !condition.is_always() && !all.contains(condition) {
                all.push(condition.clone());
            }
        };
        let mut value = |value: &Value<Text>| {
            for (condition, value) in value.alternatives() {
                add(&condition);
                if let Value::Known(known) = value {
                    known.value.conditions().into_iter().for_each(&mut add);
                }
            }
        };
        for argument in &self.arguments {
            value(&argument.word);
            argument.value.iter().for_each(&mut value);
        }
        self.positionals.iter().for_each(|(_, positional)| value(positional));
        for condition in self.arguments.iter().map(|argument| &argument.condition) {
            add(condition);
        }
        for (condition, _) in &self.positionals {
            add(condition);
        }
        all
    }

    /// Whether the command deploys rather than builds.
    pub fn deploys(&self) -> bool {
        let given =
            |names: &[&str]| self.arguments.iter().any(|argument| names.contains(&&*argument.written));
        let one_off = !self.command.serves.is_empty() && !given(self.command.serves);
        self.command.effect != Effect::Builds && !one_off && !given(self.command.unless)
    }

    /// The call as it is where `world` holds; `None` if a word that is always there has no alternative
    /// then, so that the world cannot be.
    pub fn under(&self, world: &Condition) -> Option<Self> {
        let mut arguments = Vec::with_capacity(self.arguments.len());
        for argument in &self.arguments {
            if argument.condition.contradicts(world) {
                continue;
            }
            let value = match &argument.value {
                None => None,
                Some(value) => match narrowed(value, world) {
                    Some(value) => Some(value),
                    None if world.implies(&argument.condition) => return None,
                    None => continue,
                },
            };
            let condition = argument.condition.without(world);
            let word = narrowed(&argument.word, world).unwrap_or_else(|| argument.word.clone());
            arguments.push(Argument { condition, value, word, ..argument.clone() });
        }
        let mut positionals = Vec::with_capacity(self.positionals.len());
        for (condition, value) in &self.positionals {
            if condition.contradicts(world) {
                continue;
            }
            match narrowed(value, world) {
                Some(value) => positionals.push((condition.without(world), value)),
                None if world.implies(condition) => return None,
                None => {}
            }
        }
        let open = self.open.iter().filter(|(condition, _)| !condition.contradicts(world)).cloned().collect();
        Some(Call { arguments, positionals, open, ..self.clone() })
    }

    /// The flags that each name a service of their own.
    fn scaled(&self) -> impl Iterator<Item = &Argument> {
        let is_scale = |argument: &&Argument| {
            matches!(argument.flag.map(|flag| flag.action), Some(Action::Scale(..)))
                && argument.value.is_some()
        };
        self.arguments.iter().filter(is_scale)
    }

    /// The call once for each service that it names; most commands name one, or none.
    pub fn each(self) -> Vec<Self> {
        let places: Vec<Span> = self.scaled().map(|argument| argument.place).collect();
        if places.len() < 2 {
            return vec![self];
        }
        let others =
            |place: Span, argument: &Argument| argument.place == place || !places.contains(&argument.place);
        let one = |place: &Span| {
            let arguments = self.arguments.iter().filter(|argument| others(*place, argument));
            Call { arguments: arguments.cloned().collect(), ..self.clone() }
        };
        places.iter().map(one).collect()
    }

    /// What the command builds, if it builds.
    pub fn build(&self) -> Option<Build> {
        deployment::build(self)
    }
}
