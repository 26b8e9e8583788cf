//! Scalars of documents as values: placeholders are holes, defaults of placeholders are overridable.

use crate::document::{Entry, NodeKind, Ref};
use crate::platform::convert::Conversion;
use crate::platform::manifest::expression;
use crate::platform::probe;
use crate::platform::table::Placeholders;
use crate::platform::trace::Trace;
use crate::provenance::{Origin, Step};
use crate::source::Span;
use crate::value::{Atom, Condition, Known, Operand, Operator, Part, Piece, Reason, Text, Unknown, Value};
use std::sync::Arc;

/// How deeply defaults of placeholders may nest: `${A:-${B:-c}}`.
const MAX_NESTING: usize = 8;

/// The origin of a node: where it was written, and the alias through which it was reached.
pub fn origin_of_node(node: Ref<'_>, trace: &mut Trace<'_>) -> Origin {
    let written = trace.written(node.span());
    match node.node().alias {
        Some(alias) => trace.step(written, alias, Step::Alias),
        None => written,
    }
}

/// The text of a scalar as a value; `None` for collections and nulls.
pub fn text_of(node: Ref<'_>, placeholders: Placeholders, trace: &mut Trace<'_>) -> Option<Value<Text>> {
    let NodeKind::Scalar { text, template, .. } = &node.node().kind else { return None };
    // A key without a value over a line `{{ toYaml .Values.x }}` has what that renders to.
    if node.is_null() && template.is_none() {
        return None;
    }
    let origin = origin_of_node(node, trace);
    let span = node.span();
    if let Some(expression) = template
        && !text.contains("{{")
        && placeholders != Placeholders::Expressions
    {
        let unknown = Unknown { input: expression.as_str().into(), reason: Reason::Template, span };
        return Some(Value::Unknown(unknown, Some(origin)));
    }
    let mut filler = Filler { placeholders, origin, span, overridable_by: None, trace };
    let value = filler.fill(text, origin, 0);
    let overridable_by = filler.overridable_by;
    Some(match value.first_hole() {
        Some(hole) if value.is_wholly_unknown() && value.conditions().is_empty() => {
            Value::Unknown(hole.clone(), Some(origin))
        }
        _ => Value::Known(Known { value, origin, overridable_by }),
    })
}

/// What another tool fills in where a path breaks off: below `resources: {{ .Values.resources }}` nothing
/// is known, and least of all that `limits` is absent.
pub(super) fn filled_in(node: Ref<'_>, path: &[&str]) -> Option<Unknown> {
    let mut at = node;
    let mut key_span = node.span();
    for key in path.iter().map(Some).chain([None]) {
        if let NodeKind::Scalar { template: Some(expression), .. } = &at.node().kind {
            let span = if at.span().is_empty() { key_span } else { at.span() };
            return Some(Unknown { input: expression.as_str().into(), reason: Reason::Template, span });
        }
        let entry = at.entry(key?)?;
        key_span = entry.key_span;
        at = at.document().at(entry.value);
    }
    None
}

/// A setting from an entry of a mapping: its value typed, its key as the place.
pub(super) fn setting_of(
    entry: &Entry,
    parent: Ref<'_>,
    conversion: Conversion,
    placeholders: Placeholders,
    trace: &mut Trace<'_>,
) -> Option<crate::model::Setting> {
    let mut value = text_of(parent.document().at(entry.value), placeholders, trace)?;
    if let (Some(merged), Value::Known(known)) = (entry.merged, &mut value) {
        known.origin = trace.step(known.origin, merged, Step::Merged);
    }
    probe::setting(conversion, &value, entry.key_span, trace)
}

struct Filler<'a, 'b> {
    placeholders: Placeholders,
    origin: Origin,
    span: Span,
    overridable_by: Option<Arc<str>>,
    trace: &'a mut Trace<'b>,
}

impl Filler<'_, '_> {
    /// The text with its placeholders as holes, or as their defaults.
    fn fill(&mut self, text: &str, origin: Origin, depth: usize) -> Text {
        if self.placeholders == Placeholders::Literal {
            return Text::literal(text, Some(origin));
        }
        let mut parts = Text::default();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['$', '{']) {
            literal.push_str(&rest[..at]);
            rest = &rest[at..];
            match self.placeholder(rest, depth) {
                Some((length, found)) => {
                    self.flush(&mut literal, &mut parts, origin);
                    parts.append(found);
                    rest = &rest[length..];
                }
                None if rest.starts_with("$$") && self.placeholders == Placeholders::Interpolated => {
                    literal.push('$');
                    rest = &rest[2..];
                }
                // HCL writes `${` itself as `$${`.
                None if rest.starts_with("$${") && self.placeholders == Placeholders::Expressions => {
                    literal.push_str("${");
                    rest = &rest[3..];
                }
                None => {
                    literal.push_str(&rest[..1]);
                    rest = &rest[1..];
                }
            }
        }
        literal.push_str(rest);
        self.flush(&mut literal, &mut parts, origin);
        if parts.parts.is_empty() {
            return Text::literal("", Some(origin));
        }
        parts
    }

    fn flush(&self, literal: &mut String, into: &mut Text, origin: Origin) {
        if !literal.is_empty() {
            into.append(Text::literal(std::mem::take(literal), Some(origin)));
        }
    }

    fn hole(&self, input: &str, reason: Reason) -> Text {
        Text::hole(Unknown { input: input.into(), reason, span: self.span }, Some(self.origin))
    }

    /// The placeholder with which `text` begins: its length and what stands in its place.
    fn placeholder(&mut self, text: &str, depth: usize) -> Option<(usize, Text)> {
        if self.placeholders == Placeholders::Expressions {
            let inner = text.strip_prefix("${")?;
            let end = closing(inner)?;
            return Some((2 + end + 1, self.expression(&inner[..end], depth)));
        }
        if let Some(inner) = text.strip_prefix("${{") {
            let end = inner.find("}}")?;
            return Some((3 + end + 2, self.hole(inner[..end].trim(), Reason::Variable)));
        }
        if let Some(inner) = text.strip_prefix("{{") {
            let end = inner.find("}}")?;
            let expression = inner[..end].trim_matches(|c: char| c == '-' || c.is_whitespace());
            return Some((2 + end + 2, self.hole(expression, Reason::Template)));
        }
        if let Some(inner) = text.strip_prefix("${") {
            let end = closing(inner)?;
            let name_end = inner[..end].find(|c: char| !is_name_char(c)).unwrap_or(end);
            let name = &inner[..name_end];
            if name.is_empty() {
                return None;
            }
            let found = self.named(name, &inner[name_end..end], depth)?;
            return Some((2 + end + 1, found));
        }
        let bare = text.strip_prefix('$').filter(|_| self.placeholders == Placeholders::Interpolated)?;
        let end = bare.find(|c: char| !is_name_char(c)).unwrap_or(bare.len());
        let begins = bare.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        begins.then(|| (1 + end, self.hole(&bare[..end], self.reason())))
    }

    fn reason(&self) -> Reason {
        match self.placeholders {
            Placeholders::Interpolated => Reason::Environment,
            _ => Reason::Variable,
        }
    }

    /// `var.x`, `var.x:-default`, `test ? "a" : "b"`; every other expression is unknown by its name.
    fn expression(&mut self, text: &str, depth: usize) -> Text {
        if let Some((name, default)) = text.split_once(":-")
            && depth < MAX_NESTING
        {
            let step = self.trace.step(self.origin, self.span, Step::Default);
            self.overridable_by.get_or_insert_with(|| name.into());
            return self.fill(default, step, depth + 1);
        }
        let chosen = expression::chosen(text).and_then(|(test, then, otherwise)| {
            Some((test, expression::literal(then)?, expression::literal(otherwise)?))
        });
        if let Some((test, then, otherwise)) = chosen
            && let [atom] = expression::parse(test, self.span).atoms()
        {
            let guarded = |condition: Atom, text: &str| Part {
                condition: Condition::of(condition),
                piece: Piece::Literal(text.to_owned()),
                origin: Some(self.origin),
            };
            return Text { parts: vec![guarded(atom.clone(), then), guarded(atom.negated(), otherwise)] };
        }
        self.hole(text, Reason::Variable)
    }

    /// `${NAME}` with its operator: `:-default`, `:+alternative`, `:?message`.
    fn named(&mut self, name: &str, operator: &str, depth: usize) -> Option<Text> {
        let operator = operator.strip_prefix(':').unwrap_or(operator);
        let Some(kind) = operator.chars().next() else { return Some(self.hole(name, self.reason())) };
        let argument = &operator[kind.len_utf8()..];
        match kind {
            '-' | '=' if depth < MAX_NESTING => {
                let default = self.trace.step(self.origin, self.span, Step::Default);
                self.overridable_by.get_or_insert_with(|| name.into());
                Some(self.fill(argument, default, depth + 1))
            }
            '+' => {
                let atom = Atom {
                    input: name.into(),
                    operator: Operator::Holds,
                    operand: Operand::None,
                    span: self.span,
                };
                let piece = Piece::Literal(argument.to_owned());
                let part = Part { condition: Condition::of(atom), piece, origin: Some(self.origin) };
                Some(Text { parts: vec![part] })
            }
            '?' => Some(self.hole(name, self.reason())),
            _ => None,
        }
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Where the brace closes that was opened just before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}
