//! Settings as rows: what the JSON, the table and `--why` have in common.

use crate::model::{Artifact, Container, Deployment, Setting, Settings};
use crate::provenance::{Origin, Provenance, Step};
use crate::source::{SourceId, Span};
use crate::value::{Condition, Known, Number, Piece, Reason, Scalar, Text, Unknown, Value};
use std::fmt;

/// Settings that no flag and no key gives.
const CONCLUDED: &[&str] = &["alpine"];

/// How sure a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Known,
    /// A text with unknown parts.
    Partial,
    Unknown,
    PlatformDefault,
    /// Given, and overridden by a later value.
    Overridden,
}

impl State {
    /// The word used in the JSON contract.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Known => "known",
            State::Partial => "partial",
            State::Unknown => "unknown",
            State::PlatformDefault => "platform_default",
            State::Overridden => "overridden",
        }
    }
}

/// One value that a setting may have.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub name: &'static str,
    pub container: Option<&'a str>,
    /// As written; `unknown:<input>` if it is not known.
    pub written: String,
    pub value: Option<&'a Scalar>,
    pub state: State,
    pub condition: Condition,
    pub overridable_by: Option<&'a str>,
    /// The literal, or the nearest place there is: where an unknown is read, the flag, the key.
    pub span: Span,
    pub origin: Option<Origin>,
    /// Why it is not known.
    pub unknown: Option<&'a Unknown>,
}

/// All settings of a deployment, those of the whole first.
pub fn of_deployment<'a>(deployment: &'a Deployment, provenance: &Provenance) -> Vec<Entry<'a>> {
    let mut entries = of_settings(&deployment.settings, None, provenance);
    for container in &deployment.containers {
        entries.extend(of_container(container, provenance));
    }
    entries
}

/// All settings of one container.
pub fn of_container<'a>(container: &'a Container, provenance: &Provenance) -> Vec<Entry<'a>> {
    of_settings(&container.settings, container.name.as_deref(), provenance)
}

/// All settings of an artifact.
pub fn of_artifact<'a>(artifact: &'a Artifact, provenance: &Provenance) -> Vec<Entry<'a>> {
    of_settings(&artifact.settings, None, provenance)
}

fn of_settings<'a>(
    settings: &'a Settings,
    container: Option<&'a str>,
    provenance: &Provenance,
) -> Vec<Entry<'a>> {
    settings.iter().flat_map(|(name, setting)| of_setting(name, setting, container, provenance)).collect()
}

/// The alternatives of a setting, then the values that lost.
pub fn of_setting<'a>(
    name: &'static str,
    setting: &'a Setting,
    container: Option<&'a str>,
    provenance: &Provenance,
) -> Vec<Entry<'a>> {
    let mut written = setting.written.iter();
    let mut entries = Vec::new();
    for (condition, value) in setting.value.alternatives() {
        match value {
            Value::Known(known) => {
                let text = written.next().cloned();
                let mut entry = of_known(name, known, text, condition, container, setting.place, provenance);
                let filled =
                    provenance.hop(known.origin).is_some_and(|hop| hop.step == Step::PlatformDefault);
                if setting.platform_default || filled {
                    entry.state = State::PlatformDefault;
                }
                entries.push(entry);
            }
            // What is concluded and never written is no fact where nothing can be concluded.
            Value::Unknown(..) if CONCLUDED.contains(&name) => {}
            // That a command leaves a setting alone is no fact about the setting.
            Value::Unknown(unknown, _) if unknown.reason == Reason::KeptFromRunning => {}
            Value::Unknown(unknown, origin) => {
                let span = place_of_use(*origin, provenance).unwrap_or(match unknown.span.is_empty() {
                    true => setting.place,
                    false => unknown.span,
                });
                entries.push(of_unknown(name, unknown, *origin, condition, container, span));
            }
            Value::Either(_) => {}
        }
    }
    for (condition, known, text) in &setting.overridden {
        let text = Some(text.clone());
        let entry = of_known(name, known, text, condition.clone(), container, setting.place, provenance);
        entries.push(Entry { state: State::Overridden, ..entry });
    }
    entries
}

fn of_known<'a>(
    name: &'static str,
    known: &'a Known<Scalar>,
    written: Option<String>,
    condition: Condition,
    container: Option<&'a str>,
    place: Span,
    provenance: &Provenance,
) -> Entry<'a> {
    let mut unknown = None;
    let mut state = State::Known;
    let mut written = written.unwrap_or_else(|| known.value.to_string());
    if let Scalar::Text(text) = &known.value {
        unknown = text.first_hole();
        if text.is_wholly_unknown() {
            state = State::Unknown;
            written = format!("unknown:{}", unknown.map_or("?", |unknown| &*unknown.input));
        } else if text.plain().is_none() {
            state = State::Partial;
            written = text.to_string();
        }
    }
    Entry {
        name,
        container,
        written,
        value: Some(&known.value),
        state,
        condition,
        overridable_by: known.overridable_by.as_deref(),
        span: literal(known.origin, place, provenance),
        origin: Some(known.origin),
        unknown,
    }
}

fn of_unknown<'a>(
    name: &'static str,
    unknown: &'a Unknown,
    origin: Option<Origin>,
    condition: Condition,
    container: Option<&'a str>,
    span: Span,
) -> Entry<'a> {
    Entry {
        name,
        container,
        written: format!("unknown:{}", unknown.input),
        value: None,
        state: State::Unknown,
        condition,
        overridable_by: None,
        span,
        origin,
        unknown: Some(unknown),
    }
}

/// The literal a value was written as; where none was written, the place that was given.
fn literal(origin: Origin, place: Span, provenance: &Provenance) -> Span {
    provenance.literal(origin).filter(|span| !span.is_empty()).unwrap_or(place)
}

/// Where a value that nobody wrote down is handed over: the word of the command, or its part of the word.
/// `None` if the value took no step at all.
fn place_of_use(origin: Option<Origin>, provenance: &Provenance) -> Option<Span> {
    let trail = provenance.trail(origin?);
    let (last, before) = trail.split_last()?;
    let inner = before.last().filter(|hop| hop.step == Step::Interpolated && last.span.contains(hop.span));
    let used = inner.unwrap_or(last);
    let took_a_step = !before.is_empty() || last.step == Step::Passed;
    (took_a_step && !used.span.is_empty()).then_some(used.span)
}

/// Where a deployment's name is written, or handed over if nobody wrote it down, if that is in its file;
/// else its anchor.
pub fn name_span(deployment: &Deployment, provenance: &Provenance) -> Span {
    let name = deployment.service.as_ref();
    let unknown = name.is_some_and(Text::is_wholly_unknown);
    let parts = name.into_iter().flat_map(|name| &name.parts);
    let written = parts.filter_map(|part| match &part.piece {
        Piece::Hole(_) if unknown => {
            place_of_use(part.origin, provenance).or_else(|| provenance.literal(part.origin?))
        }
        _ => provenance.literal(part.origin?),
    });
    let here = |span: &Span| in_file(*span, deployment.source);
    written.into_iter().find(here).unwrap_or(deployment.anchor)
}

fn in_file(span: Span, file: SourceId) -> bool {
    span.source == file && !span.is_empty()
}

/// A deployment's name as the contract has it: unknown parts as `{X}`, a wholly unknown one as
/// `unknown:X`.
pub fn service_name(deployment: &Deployment) -> Option<String> {
    let name = deployment.service.as_ref()?;
    match name.first_hole() {
        Some(unknown) if name.is_wholly_unknown() => Some(format!("unknown:{}", unknown.input)),
        _ => Some(name.to_string()),
    }
}

/// The value in the unit that programs compare: bytes, cores, seconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Normal {
    Number(Number),
    Bool(bool),
    Text(String),
}

/// The normalised value; whole numbers stay whole.
pub fn normalized(value: &Scalar) -> Normal {
    match value {
        Scalar::Quantity(quantity) => number(quantity.as_f64()),
        Scalar::Duration(duration) => number(duration.as_seconds()),
        Scalar::Number(Number::Float(float)) => number(*float),
        Scalar::Number(number) => Normal::Number(*number),
        Scalar::Bool(bool) => Normal::Bool(*bool),
        Scalar::Text(text) => Normal::Text(text.to_string()),
    }
}

/// A float as a number of the contract.
#[allow(clippy::cast_possible_truncation)]
pub fn number(float: f64) -> Normal {
    // Beyond 2^53 a float is no longer the integer that it looks like.
    let whole = float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0;
    Normal::Number(if whole { Number::Int(float as i64) } else { Number::Float(float) })
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
