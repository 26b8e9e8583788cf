//! Functions on texts for languages that have nothing but texts: fields, lines, patterns.
//!
//! Their names are words of the form's vocabulary that no program can define: they hold a blank.

use super::Interpreter;
use super::calls::Arguments;
use super::glob;
use super::values::{Element, Item, Kind, List, Part, Val};
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

    fn by_pattern(
        &mut self,
        value: &Val,
        pattern: Option<Rc<str>>,
        span: Span,
        change: impl Fn(&str, &str) -> Option<String>,
    ) -> Val {
        let Some(pattern) = pattern else { return self.computed_from(&[value], span) };
        self.each(value, |this, value| match &value.kind {
            Kind::Number(_) => {
                let value = this.as_text(value, span);
                this.changed(&value, span, |text| change(text, &pattern))
            }
            Kind::Unbound => value.clone(),
            _ => this.changed(value, span, |text| change(text, &pattern)),
        })
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

    /// Whether a text matches a regular expression; what its groups match is bound for the script.
    fn matches_expression(&mut self, text: &Val, arguments: &Arguments, whole: &Expression) -> Val {
        let text = match &text.kind {
            Kind::Number(_) => self.as_text(text, whole.span),
            _ => text.clone(),
        };
        let plain = text.plain().filter(|_| text.input.is_none());
        let expression = arguments.at(1).and_then(Val::plain).and_then(|expression| {
            // The classes of POSIX stand inside brackets in both; a script's other words are the same.
            regex::RegexBuilder::new(&expression).size_limit(1 << 20).build().ok()
        });
        let (Some(plain), Some(expression)) = (plain, expression) else {
            let name = self.describe(whole);
            return self.event(&name, Reason::NotFollowed, whole.span);
        };
        let Some(found) = expression.captures(&plain) else { return Val::bool(false) };
        let groups = found.iter().map(|group| {
            let group = group.map_or("", |group| group.as_str());
            Item::one(Val::literal(group, text.origin), whole.span)
        });
        let groups = groups.collect();
        let groups = self.new_list(groups);
        self.bind("BASH_REMATCH", groups, false);
        Val::bool(true)
    }

    /// `printf format arguments`: the format is used again as long as arguments are left.
    fn format_text(&mut self, format: &Val, arguments: &Arguments, span: Span) -> Val {
        let stretches = format.plain().filter(|_| format.input.is_none()).and_then(|text| printf(&text));
        let Some(stretches) = stretches else { return self.computed_from(&[format], span) };
        let mut items = arguments.positional.iter().skip(1).cloned().peekable();
        let takes = stretches.iter().any(|stretch| matches!(stretch, Printed::Value(_)));
        let mut parts: Vec<Part> = Vec::new();
        loop {
            // A round is there where its first argument is.
            let guard = items.peek().map(|item| item.condition.clone()).unwrap_or_default();
            for stretch in &stretches {
                let more = match stretch {
                    Printed::Literal(text) => vec![Part::literal(text.as_str().into(), format.origin)],
                    Printed::Value(specification) => {
                        let value = match items.next() {
                            Some(item) => match &item.value {
                                Element::One(value) if item.condition == guard => value.clone(),
                                Element::One(_) => return self.event("a text", Reason::NotFollowed, span),
                                Element::Rest(unknown) => Val::unknown(unknown.clone(), None),
                            },
                            None => Val::text(Vec::new(), None),
                        };
                        let value = self.print_value(&value, specification, span);
                        self.parts(&value, span)
                    }
                };
                parts.extend(
                    more.into_iter()
                        .filter_map(|part| Some(Part { condition: guard.and(&part.condition)?, ..part })),
                );
                if parts.len() > self.limits.parts {
                    return self.limit(span, "a text has too many parts");
                }
            }
            if !takes || items.peek().is_none() {
                break;
            }
        }
        let origin = match parts.as_slice() {
            [single] => single.origin,
            _ => Some(self.arena.literal(span)),
        };
        let input = parts.iter().find_map(|part| part.input.clone());
        Val { input, ..Val::text(parts, origin) }
    }

    fn print_value(&mut self, value: &Val, specification: &str, span: Span) -> Val {
        match specification {
            "s" => value.clone(),
            _ if specification.ends_with('d') => {
                let number = match value.plain().as_deref() {
                    Some("") => Val::int(0, None),
                    _ => self.as_number(value, true, span),
                };
                let layout = specification.trim_end_matches('d');
                if layout.is_empty() {
                    return number;
                }
                self.formatted(&number, &format!("{layout}d"), span)
            }
            _ => {
                let layout = specification.trim_end_matches('s');
                let layout = match layout.strip_prefix('-') {
                    Some(width) => format!("<{width}"),
                    None => format!(">{layout}"),
                };
                let value = self.as_text(value, span);
                self.formatted(&value, &layout, span)
            }
        }
    }

    /// `getopts specification variable`: binds the next option, and tells whether there was one. With a
    /// third argument and more these are read instead of the positional ones.
    fn next_option(&mut self, specification: &Val, arguments: &Arguments, whole: &Expression) -> Val {
        let span = whole.span;
        let unknown = |this: &mut Self| {
            let name = this.describe(whole);
            this.event(&name, Reason::NotFollowed, span)
        };
        let variable = arguments.at(1).and_then(Val::plain);
        let (Some(specification), Some(variable)) = (specification.plain(), variable) else {
            return unknown(self);
        };
        let position = |this: &Self, name: &str, first: usize| match this.bound(name) {
            None => Some(first),
            Some(value) => match &value.kind {
                Kind::Number(Number::Int(at)) => usize::try_from(*at).ok(),
                _ => value.plain().and_then(|text| text.parse().ok()),
            },
        };
        const INSIDE: &str = "OPTIND inside";
        let (Some(mut at), Some(mut inside)) = (position(self, "OPTIND", 1), position(self, INSIDE, 1))
        else {
            return unknown(self);
        };
        let words = self.current_arguments();
        if at <= 1 && inside > 1 && self.bound(INSIDE).is_none() {
            inside = 1;
        }
        let word_at = |this: &Self, at: usize| match words.get(at.checked_sub(1)?) {
            None => Some(None),
            Some(item) if !this.is_there(item) => None,
            Some(item) => match &item.value {
                Element::One(value) => Some(Some(value.clone())),
                Element::Rest(_) => None,
            },
        };
        let bind = |this: &mut Self, name: &str, value: Val| this.bind(name, value, false);
        let number = |at: usize| Val::int(i64::try_from(at).unwrap_or(i64::MAX), None);
        let Some(word) = word_at(self, at) else { return unknown(self) };
        let text = match &word {
            Some(value) => match value.plain() {
                Some(text) => Some(text),
                None => return unknown(self),
            },
            None => None,
        };
        let options = text.as_deref().filter(|text| text.starts_with('-') && text.len() > 1 && *text != "--");
        let Some(options) = options else {
            if text.as_deref() == Some("--") {
                at += 1;
            }
            bind(self, "OPTIND", number(at));
            bind(self, &variable, Val::literal("?", None));
            return Val::bool(false);
        };
        let Some(letter) = options.chars().nth(inside) else { return unknown(self) };
        let is_last = options.chars().count() == inside + 1;
        let place = specification.find(letter).filter(|_| letter != ':');
        let takes = place.is_some_and(|place| {
            specification.get(place + letter.len_utf8()..).is_some_and(|rest| rest.starts_with(':'))
        });
        let Some(_) = place else {
            // An option that is not there: told by a question mark.
            bind(self, &variable, Val::literal("?", None));
            self.step_over(&mut at, &mut inside, is_last);
            bind(self, "OPTIND", number(at));
            bind(self, INSIDE, number(inside));
            return Val::bool(true);
        };
        bind(self, &variable, Val::literal(&letter.to_string(), None));
        if takes && !is_last {
            let rest: String = options.chars().skip(inside + 1).collect();
            let origin = word.as_ref().and_then(|word| word.origin);
            bind(self, "OPTARG", Val::literal(&rest, origin));
            (at, inside) = (at + 1, 1);
        } else if takes {
            match word_at(self, at + 1) {
                Some(Some(value)) => bind(self, "OPTARG", value),
                _ => return unknown(self),
            }
            (at, inside) = (at + 2, 1);
        } else {
            self.step_over(&mut at, &mut inside, is_last);
        }
        bind(self, "OPTIND", number(at));
        bind(self, INSIDE, number(inside));
        Val::bool(true)
    }

    fn step_over(&self, at: &mut usize, inside: &mut usize, is_last: bool) {
        if is_last {
            (*at, *inside) = (*at + 1, 1);
        } else {
            *inside += 1;
        }
    }
}

/// A stretch of what `printf` prints.
enum Printed {
    Literal(String),
    /// The conversion without its sign: `s`, `d`, `03d`, `-10s`.
    Value(String),
}

/// The stretches of a format; `None` where one is not followed.
fn printf(format: &str) -> Option<Vec<Printed>> {
    let mut stretches = Vec::new();
    let mut literal = String::new();
    let mut characters = format.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next()? {
                'n' => literal.push('\n'),
                't' => literal.push('\t'),
                '\\' => literal.push('\\'),
                '"' => literal.push('"'),
                _ => return None,
            },
            '%' if characters.next_if_eq(&'%').is_some() => literal.push('%'),
            '%' => {
                let mut specification = String::new();
                loop {
                    let c = characters.next()?;
                    specification.push(c);
                    match c {
                        's' | 'd' => break,
                        '-' | '0'..='9' => {}
                        _ => return None,
                    }
                }
                if !literal.is_empty() {
                    stretches.push(Printed::Literal(std::mem::take(&mut literal)));
                }
                stretches.push(Printed::Value(specification));
            }
            c => literal.push(c),
        }
    }
    if !literal.is_empty() {
        stretches.push(Printed::Literal(literal));
    }
    Some(stretches)
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

/// The stretch at one end of a text that a pattern matches: the shortest, or the longest.
fn removed(text: &str, pattern: &str, way: &str) -> Option<Range<usize>> {
    let mut ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    // From the front the shortest ends first, from the back it begins last.
    if matches!(way, "##" | "%") {
        ends.reverse();
    }
    let front = way.starts_with('#');
    let found = ends.into_iter().find(|&at| {
        let stretch = if front { text.get(..at) } else { text.get(at..) };
        stretch.is_some_and(|stretch| glob::matches(pattern, stretch))
    });
    Some(match found {
        Some(at) if front => 0..at,
        Some(at) => at..text.len(),
        None => 0..0,
    })
}

/// A text with the longest matches of a pattern replaced: the first (`/`), all (`//`), one at the
/// beginning (`/#`) or at the end (`/%`).
fn replaced(text: &str, pattern: &str, with: &str, way: &str) -> String {
    if way == "/#" || way == "/%" {
        let side = if way == "/#" { "##" } else { "%%" };
        let range = removed(text, pattern, side).unwrap_or(0..0);
        let matched = text.get(range.clone()).is_some_and(|stretch| glob::matches(pattern, stretch));
        if !matched {
            return text.to_string();
        }
        let (before, behind) = (text.get(..range.start), text.get(range.end..));
        return format!("{}{with}{}", before.unwrap_or_default(), behind.unwrap_or_default());
    }
    let mut out = String::new();
    let mut at = 0;
    let mut done = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest
            .char_indices()
            .map(|(end, c)| end + c.len_utf8())
            .rev()
            .find(|&end| rest.get(..end).is_some_and(|stretch| glob::matches(pattern, stretch)))
            .filter(|_| !done);
        match length {
            Some(length) => {
                out.push_str(with);
                at += length;
                done = way == "/";
            }
            None => {
                let c = rest.chars().next().unwrap_or_default();
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    out
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
