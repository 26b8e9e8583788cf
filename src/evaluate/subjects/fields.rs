//! From what the model knows of a value to what an expression reads.

use crate::cel::object::{Datum, Field, List, Map, Object, Place};
use crate::model::catalogue::{Row, Type};
use crate::model::{Setting, Settings};
use crate::provenance::{Origin, Provenance};
use crate::source::Span;
use crate::value::{Condition, Known, NameMap, Number, Piece, Reason, Scalar, Text, Unknown, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most alternatives into which a text with conditional parts is split.
const MAX_ALTERNATIVES: usize = 16;

/// A place at a span, without history.
pub(super) fn at(span: Span) -> Place {
    Place { span, origin: None, platform_default: false }
}

/// The place of a value: the literal that it came from, else `fallback`. Where the fallback is a part of
/// that literal (one assignment of a list of them), the part is the better place.
pub(super) fn place_of(provenance: &Provenance, origin: Option<Origin>, fallback: Span) -> Place {
    let literal = origin.and_then(|origin| provenance.literal(origin));
    let span = match literal {
        Some(literal) if !literal.contains(fallback) || fallback.is_empty() => literal,
        _ => fallback,
    };
    Place { span, origin, platform_default: false }
}

/// A known text.
pub(super) fn text(text: impl Into<Arc<str>>, place: Place) -> Field {
    Field::known(Datum::Text(text.into()), place)
}

/// A known truth value.
pub(super) fn bool(value: bool, place: Place) -> Field {
    Field::known(Datum::Bool(value), place)
}

/// A closed list.
pub(super) fn list(elements: Vec<Field>, place: Place) -> Field {
    Field::known(Datum::List(List { elements: Arc::new(elements), open: None }), place)
}

/// A closed map.
pub(super) fn map(entries: BTreeMap<Arc<str>, Field>, open: Option<Unknown>, anchor: Place) -> Field {
    Field::known(Datum::Map(Map { entries: Arc::new(entries), open, anchor }), anchor)
}

/// An object whose fields that are not listed are absent at `anchor`.
pub(super) fn object(type_name: &'static str, fields: NameMap<Field>, anchor: Place) -> Field {
    Field::known(Datum::Object(Arc::new(Object { type_name, fields, anchor })), anchor)
}

/// Joins alternatives. None of them may be an `Either`; one alone under no condition stands for itself.
pub(super) fn either(mut alternatives: Vec<(Condition, Field)>) -> Field {
    match alternatives.as_slice() {
        [(condition, _)] if condition.is_always() => alternatives.remove(0).1,
        _ => Field::Either(alternatives),
    }
}

/// Flattens a field under a condition into alternatives, leaving out what contradicts it.
pub(super) fn under(condition: &Condition, field: Field) -> Vec<(Condition, Field)> {
    match field {
        Field::Either(all) => {
            all.into_iter().filter_map(|(inner, field)| Some((condition.and(&inner)?, field))).collect()
        }
        field => vec![(condition.clone(), field)],
    }
}

/// The conditions that together say that `condition` does not hold; they exclude each other.
pub(super) fn negations(condition: &Condition) -> Vec<Condition> {
    let mut all = Vec::new();
    let mut before = Condition::always();
    for atom in condition.atoms() {
        if let Some(negated) = before.and(&Condition::of(atom.negated())) {
            all.push(negated);
        }
        match before.and(&Condition::of(atom.clone())) {
            Some(more) => before = more,
            None => break,
        }
    }
    all
}

/// What is left of `from` where `condition` does not hold.
pub(super) fn outside(from: &[Condition], condition: &Condition) -> Vec<Condition> {
    let negated = negations(condition);
    from.iter().flat_map(|one| negated.iter().filter_map(|not| one.and(not))).collect()
}

/// A setting as its row types it.
pub(super) fn setting(provenance: &Provenance, row: &Row, setting: &Setting) -> Field {
    let mut written = setting.written.iter();
    if let Value::Known(known) = &setting.value {
        return known_setting(provenance, row, setting, known, written.next().map(String::as_str));
    }
    let alternatives = setting.value.alternatives();
    let fields = alternatives.into_iter().flat_map(|(condition, value)| {
        let field = match value {
            Value::Known(known) => {
                let text = written.next().map(String::as_str);
                known_setting(provenance, row, setting, known, text)
            }
            Value::Unknown(unknown, origin) => {
                let place = Place { span: unknown.span, origin: *origin, platform_default: false };
                Field::Unknown { unknown: unknown.clone(), place }
            }
            // Alternatives are flat: this cannot be, and is then nothing that anyone knows.
            Value::Either(_) => return Vec::new(),
        };
        under(&condition, field)
    });
    either(fields.collect())
}

fn known_setting(
    provenance: &Provenance,
    row: &Row,
    setting: &Setting,
    known: &Known<Scalar>,
    written: Option<&str>,
) -> Field {
    let place = Place {
        platform_default: setting.platform_default,
        ..place_of(provenance, Some(known.origin), setting.place)
    };
    if let (Type::Text | Type::Image | Type::Probe, Scalar::Text(text)) = (row.kind, &known.value) {
        return text_field(provenance, text, place);
    }
    let written: Arc<str> = written.map_or_else(|| known.value.to_string().into(), Arc::from);
    let not_followed = || Field::Unknown {
        unknown: Unknown { input: Arc::clone(&written), reason: Reason::NotFollowed, span: place.span },
        place,
    };
    let datum = match (row.kind, &known.value) {
        (Type::Memory | Type::Cpu, Scalar::Quantity(amount)) => {
            Datum::Quantity { amount: *amount, written: Arc::clone(&written) }
        }
        (Type::Duration, Scalar::Duration(amount)) => {
            // A bare number is told with its unit: `300` of a timeout as `300s`.
            let bare = written.parse::<f64>().is_ok();
            let written = if bare { amount.to_string().into() } else { Arc::clone(&written) };
            Datum::Duration { amount: *amount, written }
        }
        (Type::Int, Scalar::Number(Number::Int(int))) => Datum::Int(*int),
        (Type::Bool, Scalar::Bool(bool)) => Datum::Bool(*bool),
        (Type::Text | Type::Image | Type::Probe, other) => Datum::Text(other.to_string().into()),
        (_, Scalar::Text(text)) => {
            let unknown = text.first_hole().cloned();
            return unknown.map_or_else(not_followed, |unknown| Field::Unknown { unknown, place });
        }
        // A value of another type than the row's is one that nobody can judge.
        _ => return not_followed(),
    };
    Field::Known { datum, place }
}

/// A text: known, unknown because of its first unknown part, or several under the conditions of its
/// parts.
pub(super) fn text_field(provenance: &Provenance, text: &Text, place: Place) -> Field {
    if text.conditions().is_empty() {
        return whole_text(provenance, text, place);
    }
    let each = split(text).map(|all| {
        let known = |(condition, text): (Condition, Text)| (condition, whole_text(provenance, &text, place));
        either(all.into_iter().map(known).collect())
    });
    each.unwrap_or_else(|| Field::Unknown {
        unknown: Unknown { input: "this text".into(), reason: Reason::Limit, span: place.span },
        place,
    })
}

fn whole_text(provenance: &Provenance, text: &Text, place: Place) -> Field {
    match text.plain() {
        Some(plain) => {
            let origin = text.parts.first().and_then(|part| part.origin);
            let place = if place.origin.is_none() && origin.is_some() {
                place_of(provenance, origin, place.span)
            } else {
                place
            };
            Field::known(Datum::Text(plain.into()), place)
        }
        None => match text.first_hole() {
            Some(unknown) => Field::Unknown { unknown: unknown.clone(), place },
            None => Field::known(Datum::Text(text.to_string().into()), place),
        },
    }
}

/// A text as alternatives without conditional parts; `None` if there are too many.
pub(super) fn split(text: &Text) -> Option<Vec<(Condition, Text)>> {
    let mut all = vec![(Condition::always(), text.clone())];
    while let Some(at) = all.iter().position(|(_, text)| !text.conditions().is_empty()) {
        let (condition, text) = all.swap_remove(at);
        let Some(test) = text.conditions().first().map(|condition| (*condition).clone()) else { break };
        let branches = std::iter::once(test.clone()).chain(negations(&test));
        for branch in branches {
            if let Some(both) = condition.and(&branch) {
                all.push((both, text.under(&branch)));
            }
        }
        if all.len() > MAX_ALTERNATIVES {
            return None;
        }
    }
    Some(all)
}

/// A value of texts.
pub(super) fn text_value(provenance: &Provenance, value: &Value<Text>, fallback: Span) -> Field {
    if let Value::Known(known) = value {
        return text_field(provenance, &known.value, place_of(provenance, Some(known.origin), fallback));
    }
    let fields = value.alternatives().into_iter().flat_map(|(condition, value)| {
        let field = match value {
            Value::Known(known) => {
                let place = place_of(provenance, Some(known.origin), fallback);
                text_field(provenance, &known.value, place)
            }
            Value::Unknown(unknown, origin) => {
                let place = Place { span: unknown.span, origin: *origin, platform_default: false };
                Field::Unknown { unknown: unknown.clone(), place }
            }
            Value::Either(_) => return Vec::new(),
        };
        under(&condition, field)
    });
    either(fields.collect())
}

/// The rows' settings. A setting that is given under conditions only is, elsewhere, what stands in `into`
/// for it, or absent at `anchor`; `within` is the condition under which all of this holds.
pub(super) fn settings<'a>(
    provenance: &Provenance,
    rows: impl Iterator<Item = &'a Row>,
    from: &Settings,
    (within, anchor): (&Condition, Place),
    into: &mut NameMap<Field>,
) {
    for row in rows {
        if let Some(found) = from.get(row.name) {
            let elsewhere = into.remove(row.name).unwrap_or(Field::Absent(anchor));
            into.insert(row.name, completed(setting(provenance, row, found), within, &elsewhere, anchor));
        }
    }
}

/// The most worlds in which a setting is told to be missing; of more it is not known where it is.
const MAX_ELSEWHERE: usize = 16;

/// Alternatives that leave some worlds out, with `elsewhere` for those.
fn completed(field: Field, within: &Condition, elsewhere: &Field, anchor: Place) -> Field {
    let Field::Either(mut all) = field else { return field };
    let mut left = vec![within.clone()];
    for (condition, _) in &all {
        left = outside(&left, condition);
        if left.len() > MAX_ELSEWHERE {
            let unknown = Unknown {
                input: "one of many alternatives".into(),
                reason: Reason::Limit,
                span: anchor.span,
            };
            return Field::Unknown { unknown, place: anchor };
        }
    }
    all.extend(left.into_iter().map(|condition| (condition.without(within), elsewhere.clone())));
    Field::Either(all)
}

/// The text of a field if it is known for certain.
pub(super) fn holds_text(text: &Text) -> Option<String> {
    let mut whole = String::new();
    for part in &text.parts {
        match &part.piece {
            Piece::Literal(literal) => whole.push_str(literal),
            Piece::Hole(_) => return None,
        }
    }
    Some(whole)
}

/// A tree whose conditions speak of another file's inputs: `$1` of one script is not `$1` of another.
pub(super) fn renamed(field: &Field, file: &str) -> Field {
    match field {
        Field::Known { datum, place } => Field::Known { datum: renamed_datum(datum, file), place: *place },
        Field::Either(all) => {
            let one =
                |(condition, field): &(Condition, Field)| (foreign(condition, file), renamed(field, file));
            Field::Either(all.iter().map(one).collect())
        }
        other => other.clone(),
    }
}

fn renamed_datum(datum: &Datum, file: &str) -> Datum {
    match datum {
        Datum::List(list) => Datum::List(List {
            elements: Arc::new(list.elements.iter().map(|element| renamed(element, file)).collect()),
            open: list.open.clone(),
        }),
        Datum::Map(map) => {
            let entries = map.entries.iter().map(|(name, field)| (Arc::clone(name), renamed(field, file)));
            Datum::Map(Map { entries: Arc::new(entries.collect()), ..map.clone() })
        }
        Datum::Object(object) => {
            let fields = object.fields.iter().map(|(name, field)| (name, renamed(field, file)));
            Datum::Object(Arc::new(Object { fields: fields.collect(), ..(**object).clone() }))
        }
        plain => plain.clone(),
    }
}

fn foreign(condition: &Condition, file: &str) -> Condition {
    let mut all = Condition::always();
    for atom in condition.atoms() {
        let input: Arc<str> = format!("{} of {file}", atom.input).into();
        let renamed = Condition::of(crate::value::Atom { input, ..atom.clone() });
        // Renaming keeps atoms apart or together as they were, so that nothing can contradict here.
        all = all.and(&renamed).unwrap_or(all);
    }
    all
}
