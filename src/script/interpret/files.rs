//! Files that a script writes before it runs a command that reads them.

use crate::script::invocation::same_path;
use crate::script::{Invocation, WordValue};
use crate::value::{Condition, Part, Piece, Text, Value};
use std::sync::Arc;

/// So many files that were written are remembered, the last ones: of an older one nothing is known.
const MOST: usize = 256;

/// One file that was written.
struct Written {
    path: Arc<Text>,
    /// `None` where something was added to a file of which nothing is known.
    text: Option<Arc<Text>>,
    condition: Condition,
}

/// Gives each command the files that were certainly written before it. The lowering says "writes a file"
/// as `tee path` with the text as its input.
pub(super) fn attach(invocations: &mut [Invocation]) {
    let mut written: Vec<Written> = Vec::new();
    for invocation in invocations {
        if let Some(file) = write(invocation, &written) {
            remember(&mut written, file);
            continue;
        }
        invocation.files = before(&written, &invocation.condition);
    }
}

fn remember(written: &mut Vec<Written>, file: Written) {
    if written.len() >= MOST {
        written.remove(0);
    }
    written.push(file);
}

/// The text of a file that the commands so far have certainly written where `condition` holds.
pub(super) fn written(invocations: &[Invocation], path: &Text, condition: &Condition) -> Option<Text> {
    let mut written: Vec<Written> = Vec::new();
    for invocation in invocations {
        if let Some(file) = write(invocation, &written) {
            remember(&mut written, file);
        }
    }
    let files = before(&written, condition);
    files.iter().rev().find(|(have, _)| same_path(have, path)).map(|(_, text)| (**text).clone())
}

/// The files that are there where `condition` holds. A write that may or may not have happened leaves
/// nothing that is known of its file.
fn before(written: &[Written], condition: &Condition) -> Vec<(Arc<Text>, Arc<Text>)> {
    let mut files: Vec<(Arc<Text>, Arc<Text>)> = Vec::new();
    for file in written.iter().filter(|file| !file.condition.contradicts(condition)) {
        files.retain(|(path, _)| !same_path(path, &file.path));
        if let Some(text) = &file.text
            && condition.implies(&file.condition)
        {
            files.push((file.path.clone(), text.clone()));
        }
    }
    files
}

fn write(invocation: &Invocation, before: &[Written]) -> Option<Written> {
    let mut words = invocation.words.iter().map(|word| match &word.value {
        WordValue::One(value) if word.condition.is_always() => text_of(value),
        _ => None,
    });
    if words.next()??.plain()? != "tee" {
        return None;
    }
    let mut path = words.next()??;
    let appends = path.plain().as_deref() == Some("-a");
    if appends {
        path = words.next()??;
    }
    let more = text_of(invocation.input.as_ref()?);
    let condition = invocation.condition.clone();
    let text = if appends {
        let last = before.iter().rev().find(|file| {
            same_path(&file.path, &path)
                && condition.implies(&file.condition)
                && file.condition.implies(&condition)
        });
        last.and_then(|file| file.text.clone()).zip(more).map(|(start, more)| {
            let mut whole = (*start).clone();
            // What a command prints is known without its last line break.
            let ends = matches!(whole.parts.last(), Some(Part { piece: Piece::Literal(text), .. }) if text.ends_with('\n'));
            if !ends {
                whole.append(Text::literal("\n", None));
            }
            whole.append(more);
            whole
        })
    } else {
        more
    };
    Some(Written { path: path.into(), text: text.map(Arc::new), condition })
}

fn text_of(value: &Value<Text>) -> Option<Text> {
    match value {
        Value::Known(known) => Some(known.value.clone()),
        Value::Unknown(unknown, origin) => Some(Text::hole(unknown.clone(), *origin)),
        Value::Either(_) => None,
    }
}
