//! Expressions: texts, names, concatenation, conditionals, the environment.

use super::{Justfile, is_name};
use crate::input::shell::plain_literals;
use crate::script::{CompareOperator, Expression, ExpressionKind, InputKind, Literal};
use crate::source::{Span, TextMap};
use crate::value::Reason;
use std::collections::BTreeMap;
use std::ops::Range;

/// How deeply an expression may nest.
const MAX_DEPTH: usize = 32;

pub(super) fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

/// A stretch of the file as an expression; what cannot be followed is opaque, named by its characters.
pub(super) fn lower(
    file: &Justfile<'_>,
    range: Range<usize>,
    names: &BTreeMap<String, String>,
) -> Expression {
    let mut parser = Parser { file, names, at: range.start, end: range.end, depth: 0 };
    let lowered = parser.whole();
    parser.blanks();
    // A comment may follow on the same line.
    let done = parser.at >= range.end || parser.rest().starts_with('#');
    match lowered {
        Some(expression) if done => expression,
        _ => opaque(file, range, Reason::NotFollowed),
    }
}

fn opaque(file: &Justfile<'_>, range: Range<usize>, reason: Reason) -> Expression {
    let text = file.text.get(range.clone()).unwrap_or_default();
    let detail = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
    Expression { kind: ExpressionKind::Opaque { reason, detail }, span: file.span(range) }
}

/// The expression with which a stretch begins, and where it ends: for arguments and defaults, which blanks
/// separate.
pub(super) fn one_value(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let rest = text.get(range.clone())?;
    let length = match rest.chars().next()? {
        quote @ ('"' | '\'' | '`') => quoted(rest, quote)?.end,
        '(' => closing(rest)?,
        _ => rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')))
            .unwrap_or(rest.len()),
    };
    (length > 0).then(|| range.start..range.start + length)
}

/// The end of a bracketed stretch, quotes respected.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(c) = text.get(at..)?.chars().next() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            '"' | '\'' | '`' => at += quoted(text.get(at..)?, c)?.end - c.len_utf8(),
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

/// The inside of a quoted text that begins here, and where it ends.
struct Quoted {
    inner: Range<usize>,
    end: usize,
}

fn quoted(text: &str, quote: char) -> Option<Quoted> {
    let mark = match text.get(..3) {
        Some(three) if three.chars().all(|c| c == quote) => 3,
        _ => 1,
    };
    let close = text.get(..mark)?;
    let mut at = mark;
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with(close) {
            return Some(Quoted { inner: mark..at, end: at + mark });
        }
        let mut letters = rest.chars();
        let c = letters.next()?;
        at += c.len_utf8();
        if c == '\\' && quote == '"' {
            at += letters.next()?.len_utf8();
        }
    }
}

struct Parser<'a> {
    file: &'a Justfile<'a>,
    names: &'a BTreeMap<String, String>,
    at: usize,
    end: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.file.text.get(self.at..self.end).unwrap_or_default()
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.blanks();
        let there = self.rest().starts_with(token);
        self.at += if there { token.len() } else { 0 };
        there
    }

    fn span(&self, from: usize) -> Span {
        self.file.span(from..self.at)
    }

    /// `if a == b { c } else { d }`, or a sum.
    fn whole(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.blanks();
        let from = self.at;
        let is_if = self.rest().strip_prefix("if").is_some_and(|rest| rest.starts_with(char::is_whitespace));
        let outcome = if is_if {
            self.at += 2;
            let condition = self.comparison()?;
            let then = self.braced()?;
            if !self.take("else") {
                return None;
            }
            self.blanks();
            let otherwise = if self.rest().starts_with("if") { self.whole()? } else { self.braced()? };
            let (condition, then, otherwise) = (Box::new(condition), Box::new(then), Box::new(otherwise));
            Expression { kind: ExpressionKind::Choose { condition, then, otherwise }, span: self.span(from) }
        } else {
            self.sum()?
        };
        self.depth -= 1;
        Some(outcome)
    }

    fn braced(&mut self) -> Option<Expression> {
        let inner = if self.take("{") { self.whole()? } else { return None };
        self.take("}").then_some(inner)
    }

    fn comparison(&mut self) -> Option<Expression> {
        let left = self.sum()?;
        let operator = if self.take("==") {
            CompareOperator::Equal
        } else if self.take("!=") {
            CompareOperator::NotEqual
        } else {
            return None;
        };
        let right = self.sum()?;
        let span = left.span.cover(right.span);
        let kind = ExpressionKind::Compare { operator, left: Box::new(left), right: Box::new(right) };
        Some(Expression { kind, span })
    }

    /// `a + b` and `a / b`: texts put together, the second with a slash between them.
    fn sum(&mut self) -> Option<Expression> {
        let mut parts = vec![self.primary()?];
        loop {
            self.blanks();
            let from = self.at;
            if self.take("+") {
                parts.push(self.primary()?);
            } else if self.take("/") {
                let span = self.span(from);
                parts.push(literal("/", span));
                parts.push(self.primary()?);
            } else {
                break;
            }
        }
        if parts.len() == 1 {
            return parts.pop();
        }
        let span = parts.first()?.span.cover(parts.last()?.span);
        Some(Expression { kind: ExpressionKind::Join(parts), span })
    }

    fn primary(&mut self) -> Option<Expression> {
        self.blanks();
        let from = self.at;
        let rest = self.rest();
        match rest.chars().next()? {
            '(' => {
                self.at += 1;
                let inner = self.whole()?;
                self.take(")").then_some(inner)
            }
            '`' => {
                self.at += quoted(rest, '`')?.end;
                Some(opaque(self.file, from..self.at, Reason::CommandOutput))
            }
            quote @ ('"' | '\'') => {
                let Quoted { inner, end } = quoted(rest, quote)?;
                self.at += end;
                Some(self.text(from + inner.start..from + inner.end, quote == '"', self.span(from)))
            }
            _ => self.name(from),
        }
    }

    /// A literal, cut at the seams of settings where its characters are the file's own.
    fn text(&self, inner: Range<usize>, escapes: bool, whole: Span) -> Expression {
        let text = self.file.text.get(inner.clone()).unwrap_or_default();
        if escapes && text.contains('\\') {
            let plain = text
                .replace("\\\n", "")
                .replace("\\\"", "\"")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\\\", "\\");
            return literal(&plain, whole);
        }
        let map = TextMap::identity(self.file.id, self.file.mark, self.file.text.len());
        let mut parts = plain_literals(self.file.text, inner, &map, Some(whole));
        match parts.len() {
            0 => literal("", whole),
            1 => parts.remove(0),
            _ => Expression { kind: ExpressionKind::Join(parts), span: whole },
        }
    }

    fn name(&mut self, from: usize) -> Option<Expression> {
        let rest = self.rest();
        let length =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
        let name = rest.get(..length).filter(|name| is_name(name))?;
        self.at += length;
        if self.take("(") {
            return self.call(name, from);
        }
        self.at = from + length;
        let span = self.span(from);
        match self.names.get(name) {
            Some(internal) => Some(Expression { kind: ExpressionKind::Name(internal.clone()), span }),
            None => Some(opaque(self.file, from..self.at, Reason::NotFollowed)),
        }
    }

    fn call(&mut self, function: &str, from: usize) -> Option<Expression> {
        let mut arguments = Vec::new();
        while !self.take(")") {
            arguments.push(self.whole()?);
            self.take(",");
            if self.at >= self.end && !self.rest().starts_with(')') {
                return None;
            }
        }
        let span = self.span(from);
        let mut arguments = arguments.into_iter();
        let name = arguments.next().and_then(|argument| match argument.kind {
            ExpressionKind::Literal(Literal::Text(text)) => Some(text),
            _ => None,
        });
        let default = arguments.next().map(Box::new);
        match (function, name) {
            ("env" | "env_var" | "env_var_or_default", Some(name)) => {
                let kind =
                    ExpressionKind::Input { name, kind: InputKind::Environment, default, is_switch: false };
                Some(Expression { kind, span })
            }
            _ => Some(opaque(self.file, from..self.at, Reason::ExternalCall)),
        }
    }
}

fn literal(text: &str, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Literal(Literal::Text(text.to_string())), span }
}
