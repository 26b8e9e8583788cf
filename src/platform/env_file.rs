//! Environment files: the variables that they give to whatever loads them.

use crate::document::{Document, Entry, NodeKind, Style};
use crate::input::dockerfile::{Modifier, Piece, variable};
use crate::model::{Artifact, EnvKind, EnvVariable, EnvVariables, Kind, Settings};
use crate::platform::origin_of;
use crate::platform::trace::Trace;
use crate::provenance::Origin;
use crate::source::Span;
use crate::value::{Condition, Known, Reason, Text, Unknown, Value};
use std::sync::Arc;

/// The variables of an environment file. Which environment the file is for, the caller knows by its path.
pub fn artifact(document: &Document, trace: &mut Trace<'_>) -> Artifact {
    let root = document.root();
    let variables = root.entries().iter().filter_map(|entry| one(document, entry, trace));
    let all: Vec<EnvVariable> = variables.collect();
    let open = document.incomplete.map(|span| Unknown {
        input: trace.sources.get(document.source).path().into(),
        reason: Reason::Limit,
        span,
    });
    Artifact {
        kind: Kind::EnvFile,
        source: document.source,
        anchor: root.entries().first().map_or(root.span(), |entry| entry.key_span),
        environment: None,
        evidence: None,
        settings: Settings::default(),
        further_ports: Vec::new(),
        env: EnvVariables { all, open: open.into_iter().collect(), ..EnvVariables::default() },
        bound_ports: Vec::new(),
    }
}

fn one(document: &Document, entry: &Entry, trace: &mut Trace<'_>) -> Option<EnvVariable> {
    let node = document.at(entry.value);
    let NodeKind::Scalar { text, style, template, .. } = &node.node().kind else { return None };
    let span = node.span();
    let value = match template {
        // `NAME` alone is handed on from the caller's environment.
        Some(name) => unknown(name, span),
        None => {
            let origin = trace.written(span);
            // Single quotes expand nothing.
            let raw = *style == Style::Quoted && trace.sources.slice(span).starts_with('\'');
            let (value, overridable_by) = if raw {
                (Text::literal(text.clone(), Some(origin)), None)
            } else {
                expanded(text, span, origin)
            };
            match value.parts.as_slice() {
                [part] if value.is_wholly_unknown() => match &part.piece {
                    crate::value::Piece::Hole(hole) => Value::Unknown(hole.clone(), Some(origin)),
                    crate::value::Piece::Literal(_) => Value::known(value, origin),
                },
                _ => Value::Known(Known { value, origin, overridable_by }),
            }
        }
    };
    Some(EnvVariable {
        name: entry.key.as_str().into(),
        kind: EnvKind::Plain,
        origin: origin_of(&value),
        value,
        condition: Condition::always(),
        span: entry.key_span.cover(span),
    })
}

fn unknown(name: &str, span: Span) -> Value<Text> {
    Value::Unknown(Unknown { input: name.into(), reason: Reason::Environment, span }, None)
}

/// A value with its references told apart. What they refer to depends on who loads the file, so that
/// only a default is taken; the second part is who would override it.
fn expanded(text: &str, span: Span, origin: Origin) -> (Text, Option<Arc<str>>) {
    let origin = Some(origin);
    let mut overridable_by = None;
    let mut whole = Text::default();
    let mut literal = 0;
    let mut at = 0;
    while let Some(dollar) = text.get(at..).and_then(|rest| rest.find('$')) {
        at += dollar;
        let Some((Piece::Variable { name, modifier }, end)) = variable(text, at) else {
            at += 1;
            continue;
        };
        if literal < at {
            whole.append(Text::literal(text.get(literal..at).unwrap_or_default(), origin));
        }
        match modifier {
            Modifier::Default(default) if !default.contains('$') => {
                whole.append(Text::literal(default, origin));
                overridable_by.get_or_insert_with(|| name.as_str().into());
            }
            _ => {
                let hole = Unknown { input: name.as_str().into(), reason: Reason::Environment, span };
                whole.append(Text::hole(hole, origin));
            }
        }
        at = end;
        literal = end;
    }
    if literal < text.len() || whole.parts.is_empty() {
        whole.append(Text::literal(text.get(literal..).unwrap_or_default(), origin));
    }
    (whole, overridable_by)
}

#[cfg(test)]
mod tests {
    use super::artifact;
    use crate::input::{Limits, dotenv};
    use crate::platform::Trace;
    use crate::provenance::Provenance;
    use crate::source::Sources;

    #[test]
    fn variables_are_set_empty_or_unknown() {
        let text = "A=1\nB=\nC=${X}\nD=${X:-d}/$Y\nE='$raw'\nF\nexport G=\"a ${Z:-b}\"\n";
        let mut sources = Sources::new();
        let id = sources.add(".env.staging", text);
        let read = dotenv::read(sources.get(id), id, &Limits::default());
        let mut provenance = Provenance::new();
        let mut trace = Trace { sources: &sources, provenance: &mut provenance };
        let artifact = artifact(&read.documents[0], &mut trace);
        let shown: Vec<String> = artifact
            .env
            .all
            .iter()
            .map(|variable| {
                let value = variable.value.as_known();
                let text = value.map_or("unknown".to_owned(), |known| known.value.to_string());
                let by = value.and_then(|known| known.overridable_by.clone()).unwrap_or_default();
                let (span, state) = (sources.slice(variable.span), variable.state().as_str());
                format!("{} {state} {text:?} {by} at {span}", variable.name)
            })
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @r###"
A set "1"  at A=1
B empty ""  at B=
C unknown "unknown"  at C=${X}
D set "d/{Y}" X at D=${X:-d}/$Y
E set "$raw"  at E='$raw'
F unknown "unknown"  at F
G set "a b" Z at G="a ${Z:-b}"
"###);
        assert!(artifact.env.open.is_empty());
    }
}
