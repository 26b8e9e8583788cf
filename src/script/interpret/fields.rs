//! Functions on texts for languages that have nothing but texts: fields, lines, patterns.
//!
//! Their names are words of the form's vocabulary that no program can define: they hold a blank.

use super::Interpreter;
use super::calls::Arguments;
use super::patterns::{removed, replaced};
use super::values::{Item, Kind, List, Part, Val};
use crate::script::Expression;
use crate::source::Span;
use crate::value::{Number, Reason};
use std::ops::Range;
use std::rc::Rc;

/// What separates fields where nothing else is said.
const BLANKS: &str = " \t\n";

impl Interpreter<'_> {
    /// Calls a function of this file; `None` if the name is none of them.
    pub(super) fn call_text_function(
        &mut self,
        name: &str,
        arguments: &Arguments,
        whole: &Expression,
    ) -> Option<Val> {
        let span = whole.span;
        let Some(first) = arguments.at(0).cloned() else {
            return (name == "format text").then(|| self.event("a format", Reason::NotFollowed, span));
        };
        Some(match name {
            "read fields" => self.read_fields(&first, arguments, span),
            "read lines" => self.read_lines(&first, span),
            "all fields" => match &first.kind {
                Kind::Text(parts) => {
                    let parts = parts.clone();
                    let fields = self.split_fields(&parts);
                    let items = fields.into_iter().map(|field| self.field_item(field, span)).collect();
                    self.new_list(items)
                }
                _ => self.unknown_list(&first, span),
            },
            "without pattern" => {
                let way = arguments.at(2).and_then(Val::plain).unwrap_or_default();
                let pattern = arguments.at(1).filter(|pattern| pattern.input.is_none()).and_then(Val::plain);
                self.by_pattern(&first, pattern, span, |text, pattern| {
                    let range = removed(text, pattern, &way)?;
                    Some(format!("{}{}", text.get(..range.start)?, text.get(range.end..)?))
                })
            }
            "with pattern replaced" => {
                let with = arguments.at(2).filter(|with| with.input.is_none()).and_then(Val::plain);
                let way = arguments.at(3).and_then(Val::plain).unwrap_or_default();
                let pattern = arguments.at(1).filter(|pattern| pattern.input.is_none()).and_then(Val::plain);
                let with = with.filter(|with| !with.contains('&'));
                self.by_pattern(&first, pattern.filter(|_| with.is_some()), span, |text, pattern| {
                    Some(replaced(text, pattern, with.as_deref().unwrap_or_default(), &way))
                })
            }
            "capitalized text" => self.each(&first, |this, value| {
                this.changed(value, span, |text| {
                    let mut chars = text.chars();
                    let first = chars.next().map(char::to_uppercase).into_iter().flatten();
                    Some(first.chain(chars).collect())
                })
            }),
            "stretch of text" => self.substring(&first, arguments, span),
            "format text" => self.format_text(&first, arguments, span),
            "variable called" => match first.plain().filter(|_| first.input.is_none()) {
                Some(name) => self.name(&name, span),
                None => self.computed_from(&[&first], span),
            },
            "environment variable called" => {
                let default = arguments.positional.get(1).map(|item| item.span).zip(arguments.at(1).cloned());
                self.each(&first, |this, name| this.variable_of_environment(name, default.clone(), span))
            }
            "is set" => match first.plain().map(|name| self.bound(&name).is_some()) {
                Some(true) => Val::bool(true),
                _ => {
                    let name = first.plain().unwrap_or_default();
                    let input = self.input(&name, Reason::Environment, span);
                    let test = self.test_of(&input, whole);
                    self.outcome(&test)
                }
            },
            "base name" | "directory name" => self.each(&first, |this, value| {
                this.changed(value, span, |text| Some(path_part(text, name == "base name")))
            }),
            "matches expression" => self.matches_expression(&first, arguments, whole),
            "with variables" => self.with_variables(&first, span),
            "next option" => self.next_option(&first, arguments, whole),
            _ => return None,
        })
    }

    /// The fields of a line, at most as many as are asked for; the last one takes the rest. Without a
    /// number all of them.
    fn read_fields(&mut self, text: &Val, arguments: &Arguments, span: Span) -> Val {
        let separators = arguments.at(1).and_then(Val::plain).unwrap_or_else(|| BLANKS.into());
        let count = match arguments.at(2).map(|count| &count.kind) {
            Some(Kind::Number(Number::Int(count))) => usize::try_from(*count).unwrap_or(0),
            _ => 0,
        };
        if text.is_either() {
            return self.each(text, |this, text| this.read_fields(text, arguments, span));
        }
        let whole = self.in_one_part(text);
        let (Some(plain), Kind::Text(parts)) = (whole.plain(), &whole.kind) else {
            if count == 1 {
                return self.new_list(vec![Item::one(text.clone(), span)]);
            }
            return self.unknown_list(text, span);
        };
        let line = plain.split('\n').next().unwrap_or_default();
        let ranges = field_ranges(line, &separators, count);
        let part = parts.first().cloned();
        let mut items: List = Vec::with_capacity(ranges.len());
        for range in ranges {
            items.push(self.stretch_item(text, part.as_ref(), range, span));
        }
        while items.len() < count {
            items.push(Item::one(Val::text(Vec::new(), None), span));
        }
        self.new_list(items)
    }

    fn stretch_item(&mut self, text: &Val, part: Option<&Part>, range: Range<usize>, span: Span) -> Rc<Item> {
        let piece = part.filter(|_| !range.is_empty()).and_then(|part| self.piece_of(part, range));
        let origin = piece.as_ref().and_then(|piece| piece.origin).or(text.origin);
        let value = Val { input: text.input.clone(), ..Val::text(piece.into_iter().collect(), origin) };
        Item::one(value, span)
    }

    /// The lines of a text. One that ends without a line break counts; nothing behind the last one does.
    fn read_lines(&mut self, text: &Val, span: Span) -> Val {
        let whole = self.in_one_part(text);
        let (Some(plain), Kind::Text(parts)) = (whole.plain(), &whole.kind) else {
            return self.unknown_list(text, span);
        };
        let part = parts.first().cloned();
        let mut items: List = Vec::new();
        let mut start = 0;
        for line in plain.split_terminator('\n') {
            items.push(self.stretch_item(text, part.as_ref(), start..start + line.len(), span));
            start += line.len() + 1;
        }
        self.new_list(items)
    }

    /// `${X:from:length}`: a negative `from` counts from the end, a negative length ends there.
    fn substring(&mut self, text: &Val, arguments: &Arguments, span: Span) -> Val {
        let number = |at: usize| match arguments.at(at).map(|value| (&value.kind, &value.input)) {
            None => Some(None),
            Some((Kind::Number(Number::Int(number)), None)) => Some(Some(*number)),
            Some(_) => None,
        };
        let (Some(Some(from)), Some(length)) = (number(1), number(2)) else {
            return self.computed_from(&[text], span);
        };
        self.each(text, |this, text| {
            let text = match &text.kind {
                Kind::Number(_) => this.as_text(text, span),
                Kind::Unbound => Val::text(Vec::new(), None),
                _ => text.clone(),
            };
            let Some(count) = text.plain().and_then(|text| i64::try_from(text.chars().count()).ok()) else {
                return this.computed_from(&[&text], span);
            };
            let start = if from < 0 { from + count } else { from };
            let end = match length {
                None => count,
                Some(length) if length < 0 => count + length,
                Some(length) => start.saturating_add(length).min(count),
            };
            if start < 0 || start > end {
                return Val { input: text.input.clone(), ..Val::text(Vec::new(), text.origin) };
            }
            let (start, end) = (Val::int(start, None), Val::int(end, None));
            this.slice(&text, Some(&start), Some(&end), span)
        })
    }

    /// A text in which `$NAME` and `${NAME}` stand for variables that were exported.
    fn with_variables(&mut self, text: &Val, span: Span) -> Val {
        let Some(plain) = text.plain() else { return self.computed_from(&[text], span) };
        let mut values: Vec<(Val, Option<Span>)> = Vec::new();
        let mut rest = &*plain;
        while let Some((before, behind)) = rest.split_once('$') {
            values.push((Val::literal(before, text.origin), None));
            let braced = behind.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let is_name = |name: &str| {
                name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                    && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            };
            let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(behind.len());
            let plain_name = behind.split_at(end);
            match braced
                .filter(|(name, _)| is_name(name))
                .or(Some(plain_name).filter(|(name, _)| is_name(name)))
            {
                Some((name, behind)) => {
                    let exported = self.exports.iter().any(|have| **have == *name);
                    let value = match self.bound(name).cloned() {
                        Some(_) if !exported => Val::text(Vec::new(), None),
                        _ => self.name(name, span),
                    };
                    values.push((value, Some(span)));
                    rest = behind;
                }
                None => {
                    values.push((Val::literal("$", text.origin), None));
                    rest = behind;
                }
            }
        }
        values.push((Val::literal(rest, text.origin), None));
        values.retain(|(value, _)| value.plain().is_none_or(|text| !text.is_empty()));
        self.concat(&values, span)
    }
}

/// Where the fields of a line lie. Blanks among the separators may stand around one another and around
/// fields; any other separator ends exactly one field.
fn field_ranges(line: &str, separators: &str, count: usize) -> Vec<Range<usize>> {
    let is_blank = |c: char| BLANKS.contains(c) && separators.contains(c);
    let is_separator = |c: char| separators.contains(c);
    let skip = |mut at: usize| {
        while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()).filter(|&c| is_blank(c)) {
            at += c.len_utf8();
        }
        at
    };
    let end = line.trim_end_matches(is_blank).len();
    let mut fields = Vec::new();
    let mut at = skip(0);
    while at < end {
        if count > 0 && fields.len() + 1 == count {
            let mut rest = line.get(at..end).unwrap_or_default();
            // A single separator at the end of the last field belongs to no field.
            if let Some(cut) = rest.strip_suffix(|c| is_separator(c) && !is_blank(c))
                && !cut.contains(is_separator)
            {
                rest = cut;
            }
            fields.push(at..at + rest.len());
            return fields;
        }
        let stop = line.get(at..end).and_then(|rest| rest.find(is_separator)).map_or(end, |found| at + found);
        fields.push(at..stop);
        let behind = skip(stop);
        at = match line.get(behind..).and_then(|rest| rest.chars().next()) {
            Some(c) if is_separator(c) && !is_blank(c) => skip(behind + c.len_utf8()),
            _ => behind,
        };
    }
    fields
}

/// The last part of a path, or what stands before it.
fn path_part(path: &str, last: bool) -> String {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return if path.is_empty() && !last { "." } else { path.get(..1).unwrap_or_default() }.to_string();
    }
    match (trimmed.rsplit_once('/'), last) {
        (Some((_, name)), true) => name.to_string(),
        (None, true) => trimmed.to_string(),
        (Some((folder, _)), false) => match folder.trim_end_matches('/') {
            "" => "/".to_string(),
            folder => folder.to_string(),
        },
        (None, false) => ".".to_string(),
    }
}
