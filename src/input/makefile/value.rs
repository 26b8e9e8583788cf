//! Values with references: `$(NAME)`, `${NAME}`, `$(or ...)`.

use super::Makefile;
use crate::input::shell::plain_literals;
use crate::script::{Expression, ExpressionKind, InputKind, Literal, Statement, StatementKind, Target};
use crate::source::{Span, TextMap};
use crate::value::Reason;
use std::collections::BTreeMap;
use std::ops::Range;

/// How deeply references may nest: `$(or $(A),$(B))`.
const MAX_DEPTH: usize = 16;

/// The variables that a program speaks of.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By name: where it is first spoken of; `None` once the file sets it.
    all: BTreeMap<String, Option<Span>>,
}

impl Names {
    pub fn define(&mut self, name: &str) {
        self.all.insert(name.to_string(), None);
    }

    pub fn is_defined(&self, name: &str) -> bool {
        self.all.get(name).is_some_and(Option::is_none)
    }

    /// Assignments for what the file does not set: the caller's variables.
    pub fn inputs(&self) -> Vec<Statement> {
        let mut body = Vec::new();
        for (name, span) in &self.all {
            let Some(span) = span else { continue };
            let target = Target::Name(internal(name), *span);
            let value = Expression {
                kind: ExpressionKind::Input {
                    name: name.clone(),
                    kind: InputKind::Environment,
                    default: None,
                    is_switch: false,
                },
                span: *span,
            };
            let kind = StatementKind::Assign { target, value, local: false, export: false };
            body.push(Statement { kind, span: *span });
        }
        body
    }
}

/// The name of make's variable in the program, which is none of the shell's.
pub(super) fn internal(name: &str) -> String {
    format!("$({name})")
}

/// The value of a variable.
pub(super) fn variable(name: &str, span: Span, names: &mut Names) -> Expression {
    names.all.entry(name.to_string()).or_insert(Some(span));
    Expression { kind: ExpressionKind::Name(internal(name)), span }
}

/// What `NAME != command` and `$(shell command)` yield.
pub(super) fn output(file: &Makefile<'_>, range: Range<usize>) -> Expression {
    let detail = shown(file.text.get(range.clone()).unwrap_or_default());
    let kind = ExpressionKind::Opaque { reason: Reason::CommandOutput, detail };
    Expression { kind, span: file.span(range) }
}

fn shown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(60).collect()
}

/// A stretch of the file as a value.
pub(super) fn lower(file: &Makefile<'_>, range: Range<usize>, names: &mut Names) -> Expression {
    nested(file, range, names, 0)
}

fn nested(file: &Makefile<'_>, range: Range<usize>, names: &mut Names, depth: usize) -> Expression {
    let whole = file.span(range.clone());
    let map = TextMap::identity(file.id, file.mark, file.text.len());
    let mut parts = Vec::new();
    let mut from = range.start;
    let mut at = range.start;
    while at < range.end {
        let Some(found) = reference(file.text, at, range.end) else {
            at += file.text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            continue;
        };
        parts.extend(plain_literals(file.text, from..at, &map, None));
        let span = file.span(at..found.end);
        match found.kind {
            Kind::Dollar => parts.push(literal("$", span)),
            Kind::Inner(inner) => parts.push(filled(file, inner, span, names, depth)),
        }
        at = found.end;
        from = found.end;
    }
    parts.extend(plain_literals(file.text, from..range.end, &map, None));
    join(parts, whole)
}

pub(super) fn join(mut parts: Vec<Expression>, span: Span) -> Expression {
    match parts.len() {
        0 => literal("", span),
        1 => parts.remove(0),
        _ => Expression { kind: ExpressionKind::Join(parts), span },
    }
}

pub(super) fn literal(text: &str, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Literal(Literal::Text(text.to_string())), span }
}

/// What stands inside a reference: a name, or a call of a function.
pub(super) fn filled(
    file: &Makefile<'_>,
    inner: Range<usize>,
    span: Span,
    names: &mut Names,
    depth: usize,
) -> Expression {
    let text = file.text.get(inner.clone()).unwrap_or_default();
    let opaque = |reason| Expression {
        kind: ExpressionKind::Opaque { reason, detail: format!("$({})", shown(text)) },
        span,
    };
    let Some(blank) = text.find(char::is_whitespace) else {
        // `$(SRC:.c=.o)` and `$(@D)` are computed.
        return match text.contains([':', '$', '@', '<', '^', '*']) {
            true => opaque(Reason::NotFollowed),
            false => variable(text, span, names),
        };
    };
    if depth >= MAX_DEPTH {
        return opaque(Reason::Limit);
    }
    let function = text.get(..blank).unwrap_or_default();
    let arguments = super::lines::trim(file.text, inner.start + blank..inner.end);
    match function {
        "strip" => nested(file, arguments, names, depth + 1),
        "shell" => opaque(Reason::CommandOutput),
        "or" => {
            let mut all: Vec<Expression> = commas(file.text, arguments)
                .into_iter()
                .map(|argument| nested(file, argument, names, depth + 1))
                .collect();
            let Some(last) = all.pop() else { return opaque(Reason::NotFollowed) };
            all.into_iter().rev().fold(last, |fallback, value| {
                let (value, fallback) = (Box::new(value), Box::new(fallback));
                Expression { kind: ExpressionKind::Default { value, fallback, or_empty: true }, span }
            })
        }
        _ => opaque(Reason::NotFollowed),
    }
}

/// The arguments of a function.
fn commas(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut start = range.start;
    let mut depth = 0usize;
    for (offset, c) in text.get(range.clone()).unwrap_or_default().char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                all.push(super::lines::trim(text, start..range.start + offset));
                start = range.start + offset + 1;
            }
            _ => {}
        }
    }
    all.push(super::lines::trim(text, start..range.end));
    all
}

/// A dollar with what it means.
pub(super) struct Reference {
    pub end: usize,
    pub kind: Kind,
}

pub(super) enum Kind {
    /// `$$`
    Dollar,
    /// The bytes between the brackets, or the one letter behind the dollar.
    Inner(Range<usize>),
}

/// The reference that begins at a byte.
pub(super) fn reference(text: &str, at: usize, end: usize) -> Option<Reference> {
    let rest = text.get(at..end)?;
    let behind = rest.strip_prefix('$')?;
    let next = behind.chars().next()?;
    let close = match next {
        '$' => return Some(Reference { end: at + 2, kind: Kind::Dollar }),
        '(' => ')',
        '{' => '}',
        c if c.is_whitespace() => return None,
        c => {
            let end = at + 1 + c.len_utf8();
            return Some(Reference { end, kind: Kind::Inner(at + 1..end) });
        }
    };
    let mut depth = 0usize;
    for (offset, c) in behind.char_indices() {
        if c == next {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                let end = at + 1 + offset + 1;
                return Some(Reference { end, kind: Kind::Inner(at + 2..end - 1) });
            }
        }
    }
    None
}
