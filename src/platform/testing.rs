//! For tests: command lines from plain text, and deployments as a few lines to compare.

use crate::model::{Deployment, Settings};
use crate::provenance::{Arena, Provenance};
use crate::script::{Invocation, Word, WordValue};
use crate::source::{SourceId, Sources, Span};
use crate::value::{
    Alternative, Atom, Condition, Known, Operand, Operator, Part, Piece, Reason, Text, Unknown, Value,
};
use std::fmt::Write as _;

/// One command in one source, with its words' literals where they stand.
///
/// Words are separated by blanks; quotes are kept in spans and taken off values. `$NAME` is a hole.
/// `[x==1:word]` is a word that is there only then, `<x==1:a|x==2:b>` one of several.
pub struct Script {
    pub sources: Sources,
    pub provenance: Provenance,
    pub source: SourceId,
    pub invocation: Invocation,
}

impl Script {
    pub fn new(path: &str, text: &str) -> Script {
        let mut sources = Sources::new();
        let source = sources.add(path, text);
        let mut arena = Arena::new(source);
        let mut words = Vec::new();
        let mut at = 0;
        for word in blanks(text) {
            let start = at + text[at..].find(word).unwrap();
            at = start + word.len();
            words.push(parse(word, start, source, &mut arena));
        }
        let mut provenance = Provenance::new();
        provenance.add(arena);
        let anchor = Span::new(source, 0, text.find(' ').unwrap_or(text.len()));
        let invocation = Invocation {
            words,
            condition: Condition::always(),
            span: Span::new(source, 0, text.len()),
            anchor,
            environment: Vec::new(),
            directory: None,
            input: None,
            files: Vec::new(),
            scope: None,
            ignored: None,
            job: None,
        };
        Script { sources, provenance, source, invocation }
    }
}

/// Splits at blanks outside of quotes, brackets and angles.
fn blanks(text: &str) -> Vec<&str> {
    let (mut words, mut start, mut quote, mut depth) = (Vec::new(), None, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '<') => depth += 1,
            (None, ']' | '>') => depth -= 1,
            _ => {}
        }
        let blank = c.is_whitespace() && quote.is_none() && depth == 0;
        match (blank, start) {
            (false, None) => start = Some(at),
            (true, Some(begin)) => {
                words.push(&text[begin..at]);
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|begin| &text[begin..]));
    words
}

/// `x==1`, `x!=1`, `x`, `!x`.
pub fn condition(text: &str, span: Span) -> Condition {
    let atom = |input: &str, operator, operand| Atom { input: input.into(), operator, operand, span };
    Condition::of(if let Some((input, value)) = text.split_once("==") {
        atom(input, Operator::Equal, Operand::One(value.into()))
    } else if let Some((input, value)) = text.split_once("!=") {
        atom(input, Operator::NotEqual, Operand::One(value.into()))
    } else if let Some(input) = text.strip_prefix('!') {
        atom(input, Operator::Fails, Operand::None)
    } else {
        atom(text, Operator::Holds, Operand::None)
    })
}

fn parse(word: &str, start: usize, source: SourceId, arena: &mut Arena) -> Word {
    let span = Span::new(source, start, start + word.len());
    if let Some(inner) = word.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        let (test, rest) = inner.split_once(':').unwrap();
        let value = value(rest, start + 1 + test.len() + 1, source, arena);
        return Word { condition: condition(test, span), value: WordValue::One(value) };
    }
    if let Some(inner) = word.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')) {
        let mut at = start + 1;
        let alternatives = inner.split('|').map(|one| {
            let (test, rest) = one.split_once(':').unwrap();
            let value = value(rest, at + test.len() + 1, source, arena);
            at += one.len() + 1;
            Alternative { condition: condition(test, span), value }
        });
        let value = Value::Either(alternatives.collect());
        return Word { condition: Condition::always(), value: WordValue::One(value) };
    }
    if let Some(name) = word.strip_prefix("$*") {
        let unknown = Unknown { input: name.into(), reason: Reason::Environment, span };
        return Word { condition: Condition::always(), value: WordValue::Any(unknown) };
    }
    Word { condition: Condition::always(), value: WordValue::One(value(word, start, source, arena)) }
}

fn value(word: &str, start: usize, source: SourceId, arena: &mut Arena) -> Value<Text> {
    let span = Span::new(source, start, start + word.len());
    let origin = arena.literal(span);
    let bare = word.trim_matches(['"', '\'']);
    // Like the interpreter's, each piece of a mixed text has its own literal.
    let mixed = bare.contains('$');
    let mut at = start + word.find(bare).unwrap_or(0);
    let mut text = Text::default();
    let mut rest = bare;
    while !rest.is_empty() {
        let named = |name: &str| {
            1 + name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len())
        };
        let hole = rest.strip_prefix('$').map(named);
        let end = hole.unwrap_or_else(|| rest.find('$').unwrap_or(rest.len()));
        let own = Span::new(source, at, at + end);
        let piece = match hole {
            None => Piece::Literal(rest[..end].to_owned()),
            Some(_) => {
                let input = rest[1..end].into();
                Piece::Hole(Unknown { input, reason: Reason::Environment, span: own })
            }
        };
        let origin = if mixed { arena.literal(own) } else { origin };
        text.parts.push(Part { condition: Condition::always(), piece, origin: Some(origin) });
        at += end;
        rest = &rest[end..];
    }
    match text.parts.as_slice() {
        [Part { piece: Piece::Hole(unknown), .. }] => Value::Unknown(unknown.clone(), Some(origin)),
        _ => Value::Known(Known { value: text, origin, overridable_by: None }),
    }
}

/// A deployment in a few lines: what is known, with the characters that wrote it.
pub fn shown(deployment: &Deployment, sources: &Sources, provenance: &Provenance) -> String {
    let mut out = String::new();
    let environment = deployment.environment.as_ref().map_or("?", |environment| environment.as_str());
    let head = format!(
        "{} {} {} [{environment}] {}",
        deployment.platform,
        deployment.workload,
        deployment.display_name(),
        deployment.condition
    );
    let _ = writeln!(out, "{}", head.trim_end());
    settings(&mut out, "  ", &deployment.settings, sources, provenance);
    for container in &deployment.containers {
        let name = container.name.as_deref().unwrap_or("-");
        let _ = writeln!(out, "  {} {name}", container.role.as_str());
        settings(&mut out, "    ", &container.settings, sources, provenance);
        for variable in &container.env.all {
            let _ = writeln!(
                out,
                "    {} {} {}{}{} `{}`",
                variable.kind.as_str(),
                variable.name,
                variable.state().as_str(),
                if variable.condition.is_always() { "" } else { " if " },
                variable.condition,
                sources.slice(variable.span)
            );
        }
        for unknown in &container.env.open {
            let _ = writeln!(out, "    open: {}", unknown.input);
        }
    }
    if let Some(open) = &deployment.open {
        let _ = writeln!(out, "  open: {}", open.input);
    }
    for repeated in &deployment.repeated {
        let values: Vec<&str> = repeated.values.iter().map(|(value, ..)| value.as_str()).collect();
        let _ = writeln!(out, "  repeated {}: {}", repeated.flag, values.join(", "));
    }
    out
}

fn settings(out: &mut String, indent: &str, settings: &Settings, sources: &Sources, provenance: &Provenance) {
    for (name, setting) in settings.iter() {
        let mut written = setting.written.iter();
        for (condition, value) in setting.value.alternatives() {
            let (text, origin) = match value {
                Value::Known(known) => (written.next().cloned().unwrap_or_default(), Some(known.origin)),
                Value::Unknown(unknown, origin) => (format!("?{}", unknown.input), *origin),
                Value::Either(_) => continue,
            };
            let default = if setting.platform_default { " (default)" } else { "" };
            let under = if condition.is_always() { String::new() } else { format!(" if {condition}") };
            let literal = origin.and_then(|origin| provenance.literal(origin));
            let literal = literal.map_or(String::new(), |span| format!(" `{}`", sources.slice(span)));
            let literal = if setting.platform_default { String::new() } else { literal };
            let _ = writeln!(out, "{indent}{name}={text}{default}{under}{literal}");
        }
        for (condition, known, written) in &setting.overridden {
            let under = if condition.is_always() { String::new() } else { format!(" if {condition}") };
            let literal = provenance.literal(known.origin).map_or("", |span| sources.slice(span));
            let _ = writeln!(out, "{indent}{name} was {written}{under} `{literal}`");
        }
    }
}
