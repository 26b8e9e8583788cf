//! Texts taken apart: guards, delimiters, names and values.

use crate::platform::trace::Trace;
use crate::value::{Alternative, Condition, Known, Part, Piece, Reason, Text, Unknown, Value};

/// How many alternatives one value may have before it counts as unknown.
pub const MAX_ALTERNATIVES: usize = 64;

/// The conditions, excluding each other, under one of which a conjunction does not hold: `not a`,
/// `a and not b`.
pub fn negations(condition: &Condition) -> Vec<Condition> {
    let mut before = Condition::always();
    let mut all = Vec::new();
    for atom in condition.atoms() {
        all.extend(before.and(&Condition::of(atom.negated())));
        match before.and(&Condition::of(atom.clone())) {
            Some(next) => before = next,
            None => break,
        }
    }
    all
}

/// The texts that a text with conditional parts may be, each free of conditions, under conditions that
/// exclude each other. `None` if there are more than `MAX_ALTERNATIVES`.
pub fn worlds_of(text: &Text) -> Option<Vec<(Condition, Text)>> {
    let mut open = vec![(Condition::always(), text.clone())];
    let mut done = Vec::new();
    while let Some((under, text)) = open.pop() {
        let atom = text.conditions().first().and_then(|condition| condition.atoms().first()).cloned();
        match atom {
            None => done.push((under, text)),
            Some(atom) => {
                for atom in [atom.negated(), atom] {
                    let test = Condition::of(atom);
                    if let Some(under) = under.and(&test) {
                        open.push((under, text.under(&test)));
                    }
                }
            }
        }
        if open.len() + done.len() > MAX_ALTERNATIVES {
            return None;
        }
    }
    Some(done)
}

/// The value where `world` holds; `None` if it has no alternative there, so that the world cannot be.
pub fn narrowed(value: &Value<Text>, world: &Condition) -> Option<Value<Text>> {
    match value {
        Value::Known(known) => Some(Value::Known(Known { value: known.value.under(world), ..known.clone() })),
        Value::Unknown(..) => Some(value.clone()),
        Value::Either(all) => {
            let kept: Vec<(Condition, Value<Text>)> = all
                .iter()
                .filter(|one| !one.condition.contradicts(world))
                .filter_map(|one| Some((one.condition.without(world), narrowed(&one.value, world)?)))
                .collect();
            // What remains alone holds: the others cannot be where this world is.
            match kept.len() {
                0 => None,
                1 => kept.into_iter().next().map(|(_, value)| value),
                _ => Some(Value::either(kept)),
            }
        }
    }
}

/// A value of several that the caller collected, or the only one.
pub fn joined(mut all: Vec<(Condition, Value<Text>)>) -> Option<Value<Text>> {
    match all.len() {
        0 => None,
        1 => all.pop().map(|(condition, value)| match condition.is_always() {
            true => value,
            false => Value::Either(
                value
                    .alternatives()
                    .into_iter()
                    .filter_map(|(inner, value)| {
                        Some(Alternative { condition: condition.and(&inner)?, value: value.clone() })
                    })
                    .collect(),
            ),
        }),
        _ => Some(Value::either(all)),
    }
}

/// The known characters with which a value begins, over all of its leading unconditional parts.
pub fn leading(text: &Text) -> String {
    let mut known = String::new();
    for part in &text.parts {
        match &part.piece {
            Piece::Literal(literal) if part.condition.is_always() => known.push_str(literal),
            _ => break,
        }
    }
    known
}

/// A value for a text: unknown where nothing of it is known.
pub fn value_of(text: Text, whole: &Known<Text>, trace: &Trace<'_>) -> Value<Text> {
    let origin = trace.origin_of(&text, whole.origin);
    match text.first_hole() {
        Some(unknown) if text.is_wholly_unknown() && text.conditions().is_empty() => {
            Value::Unknown(unknown.clone(), Some(origin))
        }
        _ => Value::Known(Known { value: text, origin, overridable_by: whole.overridable_by.clone() }),
    }
}

/// The reason for a value with too many alternatives.
pub fn too_many(whole: &Known<Text>, trace: &Trace<'_>) -> Option<Unknown> {
    let span = trace.literal(whole.origin)?;
    Some(Unknown { input: "too many alternatives".into(), reason: Reason::Limit, span })
}

/// One entry of a delimited text, with the condition under which it is there.
#[derive(Clone, Debug)]
pub struct Entry {
    pub condition: Condition,
    pub text: Text,
}

/// Splits at a delimiter in the known parts. Each entry keeps its parts' own origins, narrowed to its
/// characters; unknown parts belong to the entry that they stand in. Empty entries are left out.
pub fn split(text: &Text, delimiter: &str, trace: &mut Trace<'_>) -> Vec<Entry> {
    let mut entries: Vec<Vec<Part>> = vec![Vec::new()];
    for part in &text.parts {
        let Piece::Literal(literal) = &part.piece else {
            push(&mut entries, part.clone());
            continue;
        };
        let mut start = 0;
        for (at, _) in literal.match_indices(delimiter) {
            push(&mut entries, trace.cut(part, start..at));
            entries.push(Vec::new());
            start = at + delimiter.len();
        }
        push(&mut entries, trace.cut(part, start..literal.len()));
    }
    entries.into_iter().filter_map(entry).collect()
}

fn push(entries: &mut [Vec<Part>], part: Part) {
    let empty = matches!(&part.piece, Piece::Literal(text) if text.is_empty());
    if let (Some(last), false) = (entries.last_mut(), empty) {
        last.push(part);
    }
}

/// An entry is there where its first part is; what its other parts need beyond that stays with them.
fn entry(parts: Vec<Part>) -> Option<Entry> {
    let condition = parts.first()?.condition.clone();
    let text = Text { parts }.under(&condition);
    let blank = text.plain().is_some_and(|plain| plain.trim().is_empty());
    (!blank).then_some(Entry { condition, text })
}

/// The entries of a list or map that a flag takes. `^@^A=1@B=2` chooses another delimiter than the comma:
/// <https://cloud.google.com/sdk/gcloud/reference/topic/escaping>
pub fn entries(text: &Text, trace: &mut Trace<'_>) -> Vec<Entry> {
    let known = leading(text);
    let chosen = known.strip_prefix('^').and_then(|rest| rest.split_once('^'));
    match chosen {
        Some((delimiter, _)) if !delimiter.is_empty() && !delimiter.contains('=') => {
            let rest = trace.behind(text, delimiter.len() + 2);
            split(&rest, delimiter, trace)
        }
        _ => split(text, ",", trace),
    }
}

/// Cuts `NAME=value` at the first `separator`. The name must be wholly known; `None` for the value if
/// there is no separator.
pub fn name_and_value(text: &Text, separator: char, trace: &mut Trace<'_>) -> Option<(String, Option<Text>)> {
    let known = leading(text);
    match known.find(separator) {
        Some(at) => {
            let rest = trace.behind(text, at + separator.len_utf8());
            Some((known[..at].trim().to_owned(), Some(rest)))
        }
        None => Some((text.plain()?.trim().to_owned(), None)),
    }
}
