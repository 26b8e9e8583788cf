//! The variables of a container, and those that a project requires.

use super::fields::{at, bool, either, list, map, object, outside, place_of, text, text_value, under};
use crate::cel::object::{Datum, Field, Place};
use crate::evaluate::Required;
use crate::model::{EnvKind, EnvState, EnvVariable, EnvVariables};
use crate::provenance::Provenance;
use crate::source::Span;
use crate::value::{Condition, NameMap, Reason, Unknown, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most assignments of one name that are told apart by their conditions; where of more none of the last
/// applies, the value is not known.
const MAX_ASSIGNMENTS: usize = 16;

/// The map `env`: of one name the last assignment wins where it applies.
pub(super) fn env(provenance: &Provenance, variables: &EnvVariables, anchor: Span) -> Field {
    let names: BTreeSet<&Arc<str>> = variables.all.iter().map(|variable| &variable.name).collect();
    let mut entries = BTreeMap::new();
    for name in names {
        let alternatives = winners(variables, name).into_iter().map(|(condition, winner)| {
            let field = match winner {
                Winner::One(variable) => variable_object(provenance, variable, &kinds(variables, variable)),
                Winner::None => missing(variables, at(anchor)),
                Winner::Untold(first) => {
                    let place = place_of(provenance, first.origin, first.span);
                    Field::Unknown { unknown: untold(first), place }
                }
            };
            (condition, field)
        });
        entries.insert(Arc::clone(name), either(alternatives.collect()));
    }
    map(entries, variables.may_be_set().cloned(), at(anchor))
}

/// What gives a variable its value.
#[derive(Clone, Copy)]
enum Winner<'a> {
    One(&'a EnvVariable),
    /// Nothing does.
    None,
    /// One of too many assignments, of which this is the last that is not told apart.
    Untold(&'a EnvVariable),
}

/// Which assignment of a name is in effect under which condition.
fn winners<'a>(variables: &'a EnvVariables, name: &'a str) -> Vec<(Condition, Winner<'a>)> {
    let assignments: Vec<&EnvVariable> = variables.named(name).collect();
    let mut left = vec![Condition::always()];
    let mut chosen = Vec::new();
    for variable in assignments.iter().rev().take(MAX_ASSIGNMENTS) {
        for condition in &left {
            if let Some(both) = condition.and(&variable.condition) {
                chosen.push((both, Winner::One(variable)));
            }
        }
        left = outside(&left, &variable.condition);
        if left.is_empty() {
            return chosen;
        }
    }
    let rest = assignments.iter().rev().nth(MAX_ASSIGNMENTS).map_or(Winner::None, |one| Winner::Untold(one));
    chosen.extend(left.into_iter().map(|condition| (condition, rest)));
    chosen
}

/// Why the value of a variable with too many assignments is not known.
fn untold(first: &EnvVariable) -> Unknown {
    Unknown { input: Arc::clone(&first.name), reason: Reason::Limit, span: first.span }
}

fn missing(variables: &EnvVariables, place: Place) -> Field {
    match variables.may_be_set() {
        Some(unknown) => Field::Unknown { unknown: unknown.clone(), place },
        None => Field::Absent(place),
    }
}

/// Every kind in which a variable's name is given where this assignment is in effect.
fn kinds(variables: &EnvVariables, winner: &EnvVariable) -> Vec<(EnvKind, Span)> {
    let mut kinds: Vec<(EnvKind, Span)> = Vec::new();
    let beside = |one: &&EnvVariable| !one.condition.contradicts(&winner.condition);
    for variable in variables.named(&winner.name).filter(beside) {
        if !kinds.iter().any(|(kind, _)| *kind == variable.kind) {
            kinds.push((variable.kind, variable.span));
        }
    }
    kinds
}

fn variable_object(provenance: &Provenance, variable: &EnvVariable, kinds: &[(EnvKind, Span)]) -> Field {
    let key = place_of(provenance, variable.origin, variable.span);
    let key = Place { span: variable.span, ..key };
    let value = text_value(provenance, &variable.value, variable.span);
    let mut fields: NameMap<Field> = NameMap::new();
    fields.insert("name", text(Arc::clone(&variable.name), key));
    fields.insert("kind", text(variable.kind.as_str(), key));
    fields.insert("set", set(provenance, variable, key));
    let kinds = kinds.iter().map(|(kind, span)| text(kind.as_str(), at(*span)));
    fields.insert("kinds", list(kinds.collect(), key));
    match variable.kind {
        EnvKind::Plain => drop(fields.insert("value", value)),
        EnvKind::Secret => drop(fields.insert("secret", secret_name(value))),
        EnvKind::FromFile => {
            let unknown =
                Unknown { input: Arc::clone(&variable.name), reason: Reason::NotFound, span: variable.span };
            fields.insert("value", Field::Unknown { unknown, place: key });
        }
    }
    object("env_variable", fields, key)
}

/// A secret's reference without its version: of `jwt-secret:latest` the name.
fn secret_name(reference: Field) -> Field {
    match reference {
        Field::Known { datum: Datum::Text(whole), place } => {
            let name = whole.split(':').next().unwrap_or_default();
            text(name, place)
        }
        Field::Either(all) => {
            Field::Either(all.into_iter().map(|(condition, field)| (condition, secret_name(field))).collect())
        }
        other => other,
    }
}

/// Whether a variable has a value that is not empty, for each of its alternatives.
fn set(provenance: &Provenance, variable: &EnvVariable, key: Place) -> Field {
    let fields = variable.value.alternatives().into_iter().flat_map(|(condition, value)| {
        let one = EnvVariable { value: value.clone(), ..variable.clone() };
        let field = match one.state() {
            EnvState::Set => bool(true, key),
            // `${X:-}` is empty only where the caller does not give X.
            EnvState::Empty if input_of(value).is_some() => {
                Field::Unknown { unknown: reason(variable, value), place: key }
            }
            EnvState::Empty => bool(false, value_place(provenance, value, variable.span)),
            EnvState::Unknown => Field::Unknown { unknown: reason(variable, value), place: key },
        };
        under(&condition, field)
    });
    either(fields.collect())
}

/// The input that would take a known value's place if it were given.
fn input_of<T>(value: &Value<T>) -> Option<&Arc<str>> {
    match value {
        Value::Known(known) => known.overridable_by.as_ref(),
        _ => None,
    }
}

fn value_place<T>(provenance: &Provenance, value: &Value<T>, fallback: Span) -> Place {
    match value {
        Value::Known(known) => place_of(provenance, Some(known.origin), fallback),
        _ => at(fallback),
    }
}

fn reason(variable: &EnvVariable, value: &Value<crate::value::Text>) -> Unknown {
    let hole = match value {
        Value::Known(known) => known.value.first_hole().cloned().or_else(|| {
            let input = known.overridable_by.clone()?;
            Some(Unknown { input, reason: Reason::Environment, span: variable.span })
        }),
        Value::Unknown(unknown, _) => Some(unknown.clone()),
        Value::Either(_) => None,
    };
    hole.unwrap_or_else(|| Unknown {
        input: Arc::clone(&variable.name),
        reason: Reason::NotFollowed,
        span: variable.span,
    })
}

/// The list `required`: each variable that the project requires of the service, with its state. A name
/// that is required as a secret counts as `PLAIN` where its value stands in the file.
pub(super) fn required(
    provenance: &Provenance,
    variables: &EnvVariables,
    wanted: &Required,
    anchor: Span,
) -> Field {
    let each = |name: &Arc<str>, kind: EnvKind| {
        let place = absent_place(variables, kind, anchor);
        let open = match kind {
            EnvKind::Secret => variables.may_be_set(),
            _ => variables.open.first(),
        };
        let alternatives: Vec<(Condition, State)> = winners(variables, name)
            .into_iter()
            .flat_map(|(condition, winner)| match winner {
                Winner::One(variable) if kind == EnvKind::Secret && is_written_out(variable) => {
                    vec![(condition, State::Plain(at(variable.span)))]
                }
                Winner::One(variable) => states(provenance, variable)
                    .into_iter()
                    .filter_map(|(inner, state)| Some((condition.and(&inner)?, state)))
                    .collect(),
                Winner::Untold(first) => {
                    vec![(condition, State::Unknown(untold(first), at(first.span)))]
                }
                Winner::None => match open {
                    Some(unknown) => vec![(condition, State::Unknown(unknown.clone(), place))],
                    None => vec![(condition, State::Missing(place))],
                },
            })
            .collect();
        let field = |show: fn(&State) -> Field| {
            either(alternatives.iter().map(|(condition, state)| (condition.clone(), show(state))).collect())
        };
        let mut fields: NameMap<Field> = NameMap::new();
        fields.insert("name", text(Arc::clone(name), place));
        fields.insert("kind", text(if kind == EnvKind::Secret { "secret" } else { "env" }, place));
        fields.insert("state", field(State::judged));
        fields.insert("status", field(State::told));
        object("required_variable", fields, place)
    };
    let plain = wanted.env.iter().map(|name| each(name, EnvKind::Plain));
    let secret = wanted.secrets.iter().map(|name| each(name, EnvKind::Secret));
    list(plain.chain(secret).collect(), at(anchor))
}

/// Whether the file itself holds the value: plain text that no input can replace.
fn is_written_out(variable: &EnvVariable) -> bool {
    let written = |value: &Value<crate::value::Text>| match value {
        Value::Known(known) => {
            known.overridable_by.is_none() && known.value.plain().is_some_and(|text| !text.is_empty())
        }
        _ => false,
    };
    variable.kind == EnvKind::Plain
        && variable.value.alternatives().into_iter().any(|(_, value)| written(value))
}

/// What is found where a variable is required.
enum State {
    Set(Place),
    Empty(Place),
    Missing(Place),
    /// Plain text where a secret is required.
    Plain(Place),
    Unknown(Unknown, Place),
}

impl State {
    fn word(&self) -> (&'static str, Place) {
        match self {
            State::Set(place) => ("SET", *place),
            State::Empty(place) => ("EMPTY", *place),
            State::Missing(place) => ("MISSING", *place),
            State::Plain(place) => ("PLAIN", *place),
            State::Unknown(_, place) => ("UNKNOWN", *place),
        }
    }

    /// For judging: what is not known is unknown.
    fn judged(&self) -> Field {
        match self {
            State::Unknown(unknown, place) => Field::Unknown { unknown: unknown.clone(), place: *place },
            known => known.told(),
        }
    }

    /// For messages: `UNKNOWN` is a word like the others.
    fn told(&self) -> Field {
        let (word, place) = self.word();
        text(word, place)
    }
}

fn states(provenance: &Provenance, variable: &EnvVariable) -> Vec<(Condition, State)> {
    let key = at(variable.span);
    let one = |field: Field| match field {
        Field::Known { datum: Datum::Bool(true), .. } => State::Set(key),
        Field::Known { place, .. } | Field::Absent(place) => State::Empty(place),
        Field::Unknown { unknown, place } => State::Unknown(unknown, place),
        Field::Either(_) => State::Missing(key),
    };
    match set(provenance, variable, key) {
        Field::Either(all) => all.into_iter().map(|(condition, field)| (condition, one(field))).collect(),
        field => vec![(Condition::always(), one(field))],
    }
}

/// Where a missing variable is reported: beside its like, where a reader would add it; where a command
/// has none or several lists of the kind, at the deployment's anchor.
fn absent_place(variables: &EnvVariables, kind: EnvKind, anchor: Span) -> Place {
    if variables.lists.iter().filter(|(listed, _)| *listed == kind).count() > 1 {
        return at(anchor);
    }
    at(variables.all.iter().find(|variable| variable.kind == kind).map_or(anchor, |variable| variable.span))
}
