//! Words without a flag: names of resources, and the settings and variables behind them.

use crate::platform::command::deployment::{place_of, positional};
use crate::platform::command::{Argument, Call};
use crate::platform::convert::{Choice, Conversion};
use crate::platform::table::{Positional, Words};
use crate::platform::text::{entries, leading, name_and_value, split, value_of};
use crate::platform::trace::Trace;
use crate::value::{Condition, Known, Piece, Text, Value};

/// The name in `kind/name` or `kind name`, and how many words say it.
pub(super) fn resource(call: &Call<'_>) -> (Option<Value<Text>>, usize) {
    let Some(first) = positional(call) else { return (None, 0) };
    let is_bare_kind =
        first.as_known().and_then(|known| known.value.plain()).is_some_and(|text| !text.contains('/'));
    if is_bare_kind {
        let name = call.positionals.get(1).map(|(_, value)| value.clone());
        return (name, 2);
    }
    (Some(first.map(&mut |known: &Known<Text>| Value::Known(behind_slash(known)))), 1)
}

/// `api` of `deployment/api`, with its own characters.
fn behind_slash(known: &Known<Text>) -> Known<Text> {
    let mut value = known.value.clone();
    if let Some(first) = value.parts.first_mut()
        && let Piece::Literal(text) = &mut first.piece
        && let Some((_, name)) = text.split_once('/')
    {
        *text = name.to_owned();
    }
    value.parts.retain(|part| part.piece != Piece::Literal(String::new()));
    Known { value, ..known.clone() }
}

/// `api` of `api=3`, with its own characters.
pub(super) fn before_equals(known: &Known<Text>) -> Known<Text> {
    let mut value = Text::default();
    for part in &known.value.parts {
        let mut part = part.clone();
        let ends = match &mut part.piece {
            Piece::Literal(text) => text.find('=').inspect(|at| text.truncate(*at)).is_some(),
            Piece::Hole(_) => false,
        };
        value.parts.push(part);
        if ends {
            break;
        }
    }
    value.parts.retain(|part| part.piece != Piece::Literal(String::new()));
    Known { value, ..known.clone() }
}

/// The words behind the name, with what they are.
fn further<'a>(call: &'a Call<'_>) -> (Words, &'a [(Condition, Value<Text>)]) {
    let (words, from) = match call.command.positional {
        Positional::Resource(words) => (words, resource(call).1),
        Positional::Named(words) => (words, 1),
        Positional::Plain(words) => (words, 0),
        _ => (Words::Ignored, 0),
    };
    (words, call.positionals.get(from..).unwrap_or_default())
}

/// The words behind the name as arguments without a flag.
pub(super) fn words(call: &Call<'_>, trace: &Trace<'_>) -> Vec<(Words, Argument)> {
    let (kind, all) = further(call);
    if kind == Words::Ignored {
        return Vec::new();
    }
    let argument = |(condition, value): &(Condition, Value<Text>)| Argument {
        flag: None,
        negated: false,
        written: "".into(),
        condition: condition.clone(),
        value: Some(value.clone()),
        word: value.clone(),
        place: place_of(value, call, trace),
    };
    all.iter().map(|word| (kind, argument(word))).collect()
}

/// What stands behind the first `=` of a word, up to `end`.
pub(super) fn behind_name(value: &Value<Text>, end: Option<char>, trace: &mut Trace<'_>) -> Value<Text> {
    value.map(&mut |known: &Known<Text>| {
        let Some(at) = leading(&known.value).find('=') else { return Value::Known(known.clone()) };
        let text = trace.behind(&known.value, at + 1);
        let text = match end {
            Some(end) => {
                split(&text, &end.to_string(), trace).into_iter().next().map_or(text, |one| one.text)
            }
            None => text,
        };
        value_of(text, known, trace)
    })
}

/// Settings by key: `memory=512Mi,cpu=1`.
pub(super) fn pairs(
    value: &Value<Text>,
    rows: &[(&str, &'static str, Conversion)],
    trace: &mut Trace<'_>,
) -> Vec<(&'static str, Vec<Choice>)> {
    let mut found = Vec::new();
    for (condition, value) in value.alternatives() {
        let Value::Known(known) = value else { continue };
        for entry in entries(&known.value, trace) {
            let Some(condition) = condition.and(&entry.condition) else { continue };
            let Some((key, Some(text))) = name_and_value(&entry.text, '=', trace) else { continue };
            let Some((_, setting, conversion)) = rows.iter().find(|(name, ..)| *name == key) else {
                continue;
            };
            let value = value_of(text, known, trace);
            let choices = conversion.choices(&value, trace);
            let choices = choices
                .into_iter()
                .filter_map(|choice| Some(Choice { condition: condition.and(&choice.condition)?, ..choice }));
            found.push((*setting, choices.collect()));
        }
    }
    found
}
