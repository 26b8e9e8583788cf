//! Flags from files: `--flags-file=flags.yaml` stands for the flags that the file holds.
//!
//! <https://cloud.google.com/sdk/gcloud/reference/topic/flags-file>

use super::scan::may_be_repeated;
use super::{Argument, Call};
use crate::document::{Entry, NodeKind, Ref};
use crate::platform::table::Action;
use crate::platform::trace::Trace;
use crate::value::{Condition, Known, Part, Piece, Reason, Text, Unknown, Value};

/// How deeply such files may name each other.
const DEEPEST: usize = 8;

/// Between entries where a value holds a comma: the first of these that no value holds.
const DELIMITERS: [&str; 4] = ["|", ";", "~", "@"];

/// Finds the tree of a project's file by the path that a command gives.
pub type Find<'a, 'd> = &'a dyn Fn(&str) -> Option<Ref<'d>>;

/// Puts the flags of files in the place of the flags that name the files. Of a file that cannot be read any
/// flag may come.
pub fn include<'a>(mut call: Call<'a>, find: Find<'_, '_>, trace: &mut Trace<'_>) -> Call<'a> {
    for argument in std::mem::take(&mut call.arguments) {
        if argument.flag.is_none_or(|flag| !matches!(flag.action, Action::FlagsFile)) {
            call.arguments.push(argument);
            continue;
        }
        let Some(value) = &argument.value else { continue };
        for (condition, value) in value.alternatives() {
            let Some(condition) = argument.condition.and(&condition) else { continue };
            let argument = Argument { condition, ..argument.clone() };
            match value {
                Value::Known(known) => named(&mut call, &argument, known, find, trace),
                Value::Unknown(unknown, _) => open(&mut call, &argument.condition, unknown.clone()),
                Value::Either(_) => {}
            }
        }
    }
    call
}

fn named(
    call: &mut Call<'_>,
    argument: &Argument,
    known: &Known<Text>,
    find: Find<'_, '_>,
    trace: &mut Trace<'_>,
) {
    let span = trace.literal(known.origin).unwrap_or(argument.place);
    let unknown = |reason| Unknown { input: known.value.to_string().into(), reason, span };
    if call.invocation.file(&known.value).is_some() {
        // The script wrote the file itself: its text is known, and is not read as a document.
        return open(call, &argument.condition, unknown(Reason::NotFollowed));
    }
    match known.value.plain().and_then(|path| find(&path)) {
        Some(root) => flags(call, argument, root, find, trace, 0),
        None => open(call, &argument.condition, unknown(Reason::NotFound)),
    }
    if let Some(input) = &known.overridable_by {
        open(call, &argument.condition, Unknown { input: input.clone(), reason: Reason::Argument, span });
    }
}

/// Any flag may stand here.
fn open(call: &mut Call<'_>, condition: &Condition, unknown: Unknown) {
    may_be_repeated(call, condition, &unknown);
    call.open.push((condition.clone(), unknown));
}

/// The flags of a mapping, or of several in a list.
fn flags(
    call: &mut Call<'_>,
    argument: &Argument,
    node: Ref<'_>,
    find: Find<'_, '_>,
    trace: &mut Trace<'_>,
    depth: usize,
) {
    if depth >= DEEPEST {
        return open(call, &argument.condition, unknown(node, Reason::Limit, trace));
    }
    match &node.node().kind {
        NodeKind::Mapping(entries) => {
            for entry in entries {
                let value = node.document().at(entry.value);
                if entry.key != "--flags-file" {
                    flag(call, argument, entry, value, trace);
                    continue;
                }
                match value.text().and_then(find) {
                    Some(root) => flags(call, argument, root, find, trace, depth + 1),
                    None => open(call, &argument.condition, unknown(value, Reason::NotFound, trace)),
                }
            }
        }
        NodeKind::Sequence(_) => {
            for item in node.items() {
                flags(call, argument, item, find, trace, depth + 1);
            }
        }
        NodeKind::Scalar { .. } => open(call, &argument.condition, unknown(node, Reason::NotFollowed, trace)),
    }
}

fn flag(call: &mut Call<'_>, argument: &Argument, entry: &Entry, value: Ref<'_>, trace: &mut Trace<'_>) {
    let (flag, negated) =
        call.command.flag(&entry.key).map_or((None, false), |(flag, negated)| (Some(flag), negated));
    let origin = trace.written(entry.key_span);
    let origin = trace.passed(origin, argument.place);
    let value = match value.is_null() {
        true => None,
        false => {
            let origin = trace.written(value.span());
            let origin = trace.passed(origin, argument.place);
            Some(match text_of(value, trace) {
                Ok(text) => Value::Known(Known { value: text, origin, overridable_by: None }),
                Err(unknown) => Value::Unknown(unknown, Some(origin)),
            })
        }
    };
    call.arguments.push(Argument {
        flag,
        negated,
        written: entry.key.as_str().into(),
        condition: argument.condition.clone(),
        value,
        word: Value::known(Text::literal(entry.key.as_str(), Some(origin)), origin),
        place: argument.place,
    });
}

/// A value as a command line would give it: a list's items and a map's entries behind each other.
fn text_of(node: Ref<'_>, trace: &mut Trace<'_>) -> Result<Text, Unknown> {
    let mut rows: Vec<Vec<Part>> = Vec::new();
    match &node.node().kind {
        NodeKind::Scalar { .. } => return Ok(Text { parts: vec![scalar(node, trace)?] }),
        NodeKind::Sequence(_) => {
            for item in node.items() {
                rows.push(vec![scalar(item, trace)?]);
            }
        }
        NodeKind::Mapping(entries) => {
            for entry in entries {
                let key = trace.written(entry.key_span);
                let value = scalar(node.document().at(entry.value), trace)?;
                rows.push(vec![literal(&entry.key, Some(key)), literal("=", None), value]);
            }
        }
    }
    let holds = |delimiter: &str| {
        rows.iter()
            .flatten()
            .any(|part| matches!(&part.piece, Piece::Literal(text) if text.contains(delimiter)))
    };
    let mut parts = Vec::new();
    let delimiter = if holds(",") {
        let free = DELIMITERS.into_iter().find(|delimiter| !holds(delimiter));
        let delimiter = free.ok_or_else(|| unknown(node, Reason::NotFollowed, trace))?;
        parts.push(literal(&format!("^{delimiter}^"), None));
        delimiter
    } else {
        ","
    };
    for (at, row) in rows.into_iter().enumerate() {
        if at > 0 {
            parts.push(literal(delimiter, None));
        }
        parts.extend(row);
    }
    Ok(Text { parts })
}

fn scalar(node: Ref<'_>, trace: &mut Trace<'_>) -> Result<Part, Unknown> {
    match &node.node().kind {
        NodeKind::Scalar { text, template: None, .. } => Ok(literal(text, Some(trace.written(node.span())))),
        NodeKind::Scalar { template: Some(template), .. } => {
            Err(Unknown { input: template.as_str().into(), reason: Reason::Template, span: node.span() })
        }
        _ => Err(unknown(node, Reason::NotFollowed, trace)),
    }
}

fn unknown(node: Ref<'_>, reason: Reason, trace: &Trace<'_>) -> Unknown {
    let path = trace.sources.get(node.document().source).path();
    Unknown { input: path.into(), reason, span: node.span() }
}

fn literal(text: &str, origin: Option<crate::provenance::Origin>) -> Part {
    Part { piece: Piece::Literal(text.to_owned()), origin, condition: Condition::always() }
}
