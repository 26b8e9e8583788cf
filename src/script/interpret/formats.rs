//! Texts made of a template and values: `format`, `%`, `repr`.

use super::Interpreter;
use super::calls::Arguments;
use super::store::Content;
use super::values::{Element, Item, Kind, Part, Piece, Val};
use crate::provenance::Step;
use crate::source::Span;
use crate::value::{Number, Reason, Unknown};
use std::rc::Rc;

/// A stretch of a template: characters of it, or a place for a value.
enum Stretch {
    Literal(std::ops::Range<usize>),
    /// A doubled sign that stands for itself.
    Sign(&'static str),
    Place {
        name: String,
        specification: String,
    },
}

/// How a value is laid out: `[[fill]align][sign][0][width][,][.precision][type]`.
#[derive(Default)]
struct Layout {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    width: usize,
    grouped: bool,
    precision: Option<usize>,
    kind: Option<char>,
}

/// The widest field and the most digits that are laid out; more is no argument of a command.
const WIDEST: usize = 256;

/// How deep `repr` goes into lists of lists.
const DEEPEST: usize = 8;

impl Interpreter<'_> {
    /// `"{} {name}".format(...)`.
    pub(super) fn brace_format(&mut self, text: &Val, arguments: &Arguments, span: Span) -> Val {
        let Some((part, characters)) = template(text) else { return self.computed_from(&[text], span) };
        let mut next = 0;
        let mut values = Vec::new();
        for stretch in braces(&characters) {
            match stretch {
                Stretch::Literal(range) => values.extend(self.literal_stretch(&part, range)),
                Stretch::Sign(sign) => values.push((Val::literal(sign, part.origin), None)),
                Stretch::Place { name, specification } => {
                    let value = if name.is_empty() {
                        next += 1;
                        arguments.at(next - 1).cloned()
                    } else if let Ok(at) = name.parse::<usize>() {
                        arguments.at(at).cloned()
                    } else {
                        arguments.named(&name).cloned()
                    };
                    let value = value.unwrap_or_else(|| self.hole(&name, span));
                    values.push((self.formatted(&value, &specification, span), Some(span)));
                }
            }
        }
        self.concat(&values, span)
    }

    /// `"%s" % value`.
    pub(super) fn percent_format(&mut self, text: &Val, value: &Val, span: Span) -> Val {
        let Some((part, characters)) = template(text) else {
            return self.computed_from(&[text, value], span);
        };
        let is_list = self.is_list(value);
        let items = if is_list { self.items(value, span) } else { vec![Item::one(value.clone(), span)] };
        let mut items = items.into_iter();
        let mut values = Vec::new();
        for stretch in percents(&characters) {
            match stretch {
                Stretch::Literal(range) => values.extend(self.literal_stretch(&part, range)),
                Stretch::Sign(sign) => values.push((Val::literal(sign, part.origin), None)),
                Stretch::Place { name, specification } => {
                    let value = if name.is_empty() {
                        match items.next().map(|item| item.value.clone()) {
                            Some(Element::One(value)) => value,
                            Some(Element::Rest(unknown)) => Val::unknown(unknown, None),
                            None => self.hole("a missing value", span),
                        }
                    } else {
                        let key = Val::literal(&name, None);
                        self.item(value, &key, span)
                    };
                    values.push((self.converted(&value, &specification, span), Some(span)));
                }
            }
        }
        self.concat(&values, span)
    }

    /// A value as a conversion of `%` shows it. `%s` is what putting it into a text does.
    fn converted(&mut self, value: &Val, specification: &str, span: Span) -> Val {
        match specification {
            "s" => value.clone(),
            "r" => self.representation(value, span),
            "d" | "i" => {
                let value = value.clone();
                self.each(&value, |this, value| match value.kind {
                    Kind::Number(Number::Float(_)) => this.as_number(value, true, span),
                    _ => value.clone(),
                })
            }
            // Unlike in a format, what has no alignment stands to the right.
            other => {
                let left = other.strip_prefix('-');
                let other = left.map_or_else(|| format!(">{other}"), |rest| format!("<{rest}"));
                let zeroes = other.strip_prefix(">0").map(str::to_string);
                let other = zeroes.map_or(other, |rest| format!("0{rest}"));
                self.formatted(value, other.trim_end_matches('i'), span)
            }
        }
    }

    /// `format(value, specification)`.
    pub(super) fn formatted(&mut self, value: &Val, specification: &str, span: Span) -> Val {
        if specification.is_empty() {
            return value.clone();
        }
        let layout = Layout::read(specification);
        self.each(value, |this, value| {
            let laid_out = layout.as_ref().and_then(|layout| match &value.kind {
                Kind::Text(_) => layout.text(&value.plain()?),
                Kind::Number(number) => layout.number(*number),
                _ => None,
            });
            match laid_out {
                Some(text) => this.computed_literal(&text, value, span),
                None => this.computed_from(&[value], span),
            }
        })
    }

    /// `repr(value)`.
    pub(super) fn representation(&mut self, value: &Val, span: Span) -> Val {
        self.each(value, |this, value| match this.represented(value, 0) {
            Some(text) => this.computed_literal(&text, value, span),
            None => this.computed_from(&[value], span),
        })
    }

    fn represented(&self, value: &Val, depth: usize) -> Option<String> {
        if depth > DEEPEST || value.input.is_some() {
            return None;
        }
        match &value.kind {
            Kind::Text(_) => {
                let text = value.plain()?;
                let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
                let is_plain = |c: char| {
                    !c.is_control() && c != '\\' && c != quote && (c.is_ascii() || c.is_alphanumeric())
                };
                text.chars().all(is_plain).then(|| format!("{quote}{text}{quote}"))
            }
            Kind::Number(number) => Some(number.to_string()),
            Kind::Bool(true) => Some("True".to_string()),
            Kind::Bool(false) => Some("False".to_string()),
            Kind::Null => Some("None".to_string()),
            Kind::Object(slot) => match self.store.get(*slot) {
                Content::Map(map) if map.open.is_none() => {
                    let mut entries = Vec::with_capacity(map.entries.len());
                    for entry in map.entries.iter() {
                        if !entry.condition.is_always() {
                            return None;
                        }
                        let key = self.represented(&entry.name, depth + 1)?;
                        entries.push(format!("{key}: {}", self.represented(&entry.value, depth + 1)?));
                    }
                    Some(format!("{{{}}}", entries.join(", ")))
                }
                // A list and a tuple look the same here, and are written differently.
                _ => None,
            },
            _ => None,
        }
    }

    /// A text that was computed from another value.
    pub(super) fn computed_literal(&mut self, text: &str, from: &Val, span: Span) -> Val {
        let origin = from.origin.or_else(|| Some(self.arena.literal(span)));
        let value = if text.is_empty() { Val::text(Vec::new(), origin) } else { Val::literal(text, origin) };
        let value = match &from.input {
            Some(input) => value.overridable_by(input),
            None => value,
        };
        self.with_step(value, span, Step::Computed)
    }

    fn literal_stretch(&mut self, part: &Part, range: std::ops::Range<usize>) -> Option<(Val, Option<Span>)> {
        if range.is_empty() {
            return None;
        }
        let piece = self.piece_of(part, range)?;
        Some((Val::text(vec![piece.clone()], piece.origin), None))
    }

    fn hole(&mut self, name: &str, span: Span) -> Val {
        let unknown = Unknown { input: name.into(), reason: Reason::NotFollowed, span };
        Val::unknown(unknown, None)
    }
}

impl Layout {
    fn read(specification: &str) -> Option<Layout> {
        let mut layout = Layout::default();
        let mut rest: Vec<char> = specification.chars().rev().collect();
        let is_align = |c: Option<&char>| matches!(c, Some('<' | '>' | '^' | '='));
        if rest.len() > 1 && is_align(rest.get(rest.len() - 2)) {
            layout.fill = rest.pop();
        }
        if is_align(rest.last()) {
            layout.align = rest.pop();
        }
        if matches!(rest.last(), Some('+' | '-' | ' ')) {
            layout.sign = rest.pop();
        }
        if rest.last() == Some(&'0') {
            rest.pop();
            layout.fill.get_or_insert('0');
            layout.align.get_or_insert('=');
        }
        let digits = |rest: &mut Vec<char>| {
            let mut number = None;
            while let Some(digit) = rest.last().and_then(|c| c.to_digit(10)) {
                rest.pop();
                number = Some((number.unwrap_or(0) * 10 + digit as usize).min(WIDEST + 1));
            }
            number
        };
        layout.width = digits(&mut rest).unwrap_or(0);
        if rest.last() == Some(&',') {
            rest.pop();
            layout.grouped = true;
        }
        if rest.last() == Some(&'.') {
            rest.pop();
            layout.precision = Some(digits(&mut rest)?);
        }
        layout.kind = rest.pop();
        let fits = layout.width <= WIDEST && layout.precision.unwrap_or(0) <= WIDEST;
        (rest.is_empty() && fits).then_some(layout)
    }

    fn text(&self, text: &str) -> Option<String> {
        if !matches!(self.kind, None | Some('s')) || self.sign.is_some() || self.grouped {
            return None;
        }
        let cut: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        match self.align {
            Some('=') => None,
            align => Some(self.padded("", &cut, align.unwrap_or('<'))),
        }
    }

    fn number(&self, number: Number) -> Option<String> {
        let negative = number.as_f64() < 0.0;
        let places = self.precision.unwrap_or(6);
        let digits = match (self.kind, number) {
            (None | Some('d'), Number::Int(int)) if self.precision.is_none() => {
                int.unsigned_abs().to_string()
            }
            (None, Number::Float(float)) if self.precision.is_none() => {
                Number::Float(float.abs()).to_string()
            }
            (Some('f' | 'F'), number) => format!("{:.places$}", number.as_f64().abs()),
            (Some('%'), number) => format!("{:.places$}%", (number.as_f64() * 100.0).abs()),
            (Some('x'), Number::Int(int)) => format!("{:x}", int.unsigned_abs()),
            (Some('X'), Number::Int(int)) => format!("{:X}", int.unsigned_abs()),
            (Some('o'), Number::Int(int)) => format!("{:o}", int.unsigned_abs()),
            (Some('b'), Number::Int(int)) => format!("{:b}", int.unsigned_abs()),
            _ => return None,
        };
        let digits = if self.grouped { grouped(&digits)? } else { digits };
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        };
        Some(self.padded(sign, &digits, self.align.unwrap_or('>')))
    }

    fn padded(&self, sign: &str, text: &str, align: char) -> String {
        let fill = self.fill.unwrap_or(' ').to_string();
        let missing = self.width.saturating_sub(sign.chars().count() + text.chars().count());
        match align {
            '<' => format!("{sign}{text}{}", fill.repeat(missing)),
            '^' => format!("{}{sign}{text}{}", fill.repeat(missing / 2), fill.repeat(missing - missing / 2)),
            '=' => format!("{sign}{}{text}", fill.repeat(missing)),
            _ => format!("{}{sign}{text}", fill.repeat(missing)),
        }
    }
}

/// `1234567.5` as `1,234,567.5`.
fn grouped(digits: &str) -> Option<String> {
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    if !whole.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    Some(fraction.map_or(out.clone(), |fraction| format!("{out}.{fraction}")))
}

/// A text that is one literal.
fn template(text: &Val) -> Option<(Part, Rc<str>)> {
    let Kind::Text(parts) = &text.kind else { return None };
    match parts.as_slice() {
        [single] => match &single.piece {
            Piece::Literal(characters) if single.condition.is_always() => {
                Some((single.clone(), characters.clone()))
            }
            _ => None,
        },
        _ => {
            let plain = text.plain()?;
            Some((Part::literal(plain.clone(), text.origin), plain))
        }
    }
}

fn braces(text: &str) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['{', '}'])) {
        let sign = at + found;
        stretches.push(Stretch::Literal(start..sign));
        let rest = text.get(sign..).unwrap_or_default();
        if rest.starts_with("{{") || rest.starts_with("}}") {
            stretches.push(Stretch::Sign(if rest.starts_with('{') { "{" } else { "}" }));
            at = sign + 2;
        } else if let (true, Some(end)) = (rest.starts_with('{'), rest.find('}')) {
            let field = rest.get(1..end).unwrap_or_default();
            let (name, specification) = field.split_once(':').unwrap_or((field, ""));
            let name = name.strip_suffix("!s").unwrap_or(name).to_string();
            stretches.push(Stretch::Place { name, specification: specification.to_string() });
            at = sign + end + 1;
        } else {
            at = sign + 1;
        }
        start = at;
    }
    stretches.push(Stretch::Literal(start..text.len()));
    stretches
}

fn percents(text: &str) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('%')) {
        let sign = at + found;
        stretches.push(Stretch::Literal(start..sign));
        let rest = text.get(sign + 1..).unwrap_or_default();
        let mut name = String::new();
        let mut used = 0;
        if rest.starts_with('%') {
            stretches.push(Stretch::Sign("%"));
            at = sign + 2;
            start = at;
            continue;
        }
        if let (true, Some(end)) = (rest.starts_with('('), rest.find(')')) {
            name = rest.get(1..end).unwrap_or_default().to_string();
            used = end + 1;
        }
        let behind = rest.get(used..).unwrap_or_default();
        let length = behind.find(|c: char| c.is_ascii_alphabetic()).map_or(behind.len(), |end| end + 1);
        let specification = behind.get(..length).unwrap_or_default().to_string();
        used += length;
        stretches.push(Stretch::Place { name, specification });
        at = sign + 1 + used;
        start = at;
    }
    stretches.push(Stretch::Literal(start..text.len()));
    stretches
}
