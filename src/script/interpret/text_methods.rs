//! Methods of texts, and formats.

use super::Interpreter;
use super::calls::Arguments;
use super::values::{Element, Item, Kind, List, Part, Piece, Val};
use crate::provenance::Step;
use crate::script::Expression;
use crate::source::Span;
use crate::value::{Reason, Unknown};
use std::rc::Rc;

/// A stretch of a format: characters of the template, or a place for a value.
enum Stretch {
    Literal(std::ops::Range<usize>),
    /// A doubled sign that stands for itself.
    Sign(&'static str),
    Place(String),
}

impl Interpreter<'_> {
    pub(super) fn text_method(
        &mut self,
        text: &Val,
        name: &str,
        arguments: &Arguments,
        whole: &Expression,
    ) -> Val {
        let span = whole.span;
        let Kind::Text(parts) = &text.kind else { return self.computed_from(&[text], span) };
        let parts = parts.clone();
        match name {
            "join" => {
                let items = arguments.at(0).cloned().map(|list| self.items(&list, span)).unwrap_or_default();
                self.join_items(text, items, span)
            }
            "format" => self.brace_format(text, arguments, span),
            "split" | "rsplit" | "splitlines" => {
                let separator = match name {
                    "splitlines" => Some(Rc::from("\n")),
                    _ => arguments.at(0).or(arguments.named("sep")).and_then(Val::plain),
                };
                self.split_text(text, &parts, separator.as_deref(), span)
            }
            "strip" | "lstrip" | "rstrip" => {
                let set = arguments.at(0).and_then(Val::plain);
                let strips = |c: char| match &set {
                    Some(set) => set.contains(c),
                    None => c.is_whitespace(),
                };
                let mut parts = (*parts).clone();
                if name != "rstrip"
                    && let Some(first) = parts.first().cloned()
                    && let Piece::Literal(text) = &first.piece
                {
                    let start = text.len() - text.trim_start_matches(strips).len();
                    self.cut(&mut parts, 0, &first, start..text.len());
                }
                if name != "lstrip"
                    && let Some(last) = parts.last().cloned()
                    && let Piece::Literal(text) = &last.piece
                {
                    let end = text.trim_end_matches(strips).len();
                    let at = parts.len() - 1;
                    self.cut(&mut parts, at, &last, 0..end);
                }
                self.computed_text(text, parts, span)
            }
            "lower" | "casefold" => self.mapped(text, &parts, span, |text| text.to_lowercase()),
            "upper" => self.mapped(text, &parts, span, |text| text.to_uppercase()),
            "title" | "capitalize" => match text.plain() {
                Some(_) => self.mapped(text, &parts, span, |text| {
                    let mut chars = text.chars();
                    chars.next().map_or_else(String::new, |first| {
                        first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect()
                    })
                }),
                None => self.computed_from(&[text], span),
            },
            "replace" => {
                let (from, to) = (arguments.at(0).and_then(Val::plain), arguments.at(1).and_then(Val::plain));
                match (from, to) {
                    // A match across a hole cannot be seen.
                    (Some(from), Some(to)) if text.plain().is_some() => {
                        self.mapped(text, &parts, span, |text| text.replace(&*from, &to))
                    }
                    _ => self.computed_from(&[text], span),
                }
            }
            "removeprefix" | "removesuffix" => {
                let (Some(plain), Some(cut)) = (text.plain(), arguments.at(0).and_then(Val::plain)) else {
                    return self.computed_from(&[text], span);
                };
                let rest = if name == "removeprefix" {
                    plain.strip_prefix(&*cut)
                } else {
                    plain.strip_suffix(&*cut)
                };
                match rest {
                    Some(rest) => self.mapped(text, &parts, span, |_| rest.to_string()),
                    None => text.clone(),
                }
            }
            "startswith" | "endswith" => {
                let (Some(plain), Some(part)) = (text.plain(), arguments.at(0).and_then(Val::plain)) else {
                    let name = self.describe(whole);
                    return self.event(&name, Reason::NotFollowed, span);
                };
                if text.input.is_some() {
                    let name = self.describe(whole);
                    return self.event(&name, Reason::NotFollowed, span);
                }
                Val::bool(if name == "startswith" {
                    plain.starts_with(&*part)
                } else {
                    plain.ends_with(&*part)
                })
            }
            "encode" | "decode" | "expandtabs" | "__str__" | "as_posix" | "resolve" | "absolute"
            | "expanduser" => text.clone(),
            "joinpath" => {
                let mut pieces = vec![text.clone()];
                pieces.extend((0..arguments.positional.len()).filter_map(|at| arguments.at(at).cloned()));
                self.join_path(&pieces, span)
            }
            _ => {
                let name = self.describe(whole);
                self.event(&name, Reason::NotFollowed, span)
            }
        }
    }

    fn cut(&mut self, parts: &mut Vec<Part>, at: usize, part: &Part, range: std::ops::Range<usize>) {
        match self.piece_of(part, range).filter(|piece| piece.piece != Piece::Literal("".into())) {
            Some(piece) => parts[at] = piece,
            None => {
                parts.remove(at);
            }
        }
    }

    fn computed_text(&mut self, old: &Val, parts: Vec<Part>, span: Span) -> Val {
        let origin = match parts.as_slice() {
            [single] => single.origin.or(old.origin),
            _ => old.origin,
        };
        let value = Val { input: old.input.clone(), ..Val::text(parts, origin) };
        self.with_step(value, span, Step::Computed)
    }

    /// Each known part changed by itself.
    fn mapped(&mut self, old: &Val, parts: &[Part], span: Span, change: impl Fn(&str) -> String) -> Val {
        let mut changed = Vec::with_capacity(parts.len());
        for part in parts {
            let Piece::Literal(text) = &part.piece else { return self.computed_from(&[old], span) };
            let text = change(text);
            if !text.is_empty() {
                let piece = Piece::Literal(text.into());
                changed.push(Part { verbatim: None, piece, ..part.clone() });
            }
        }
        self.computed_text(old, changed, span)
    }

    /// `separator.join(items)`. The separator before an item is there where the item is.
    fn join_items(&mut self, separator: &Val, items: List, span: Span) -> Val {
        let between = self.parts(separator, span);
        let mut parts: Vec<Part> = Vec::with_capacity(items.len() * 2);
        let mut any = false;
        for item in items {
            if any {
                parts.extend(between.iter().filter_map(|part| {
                    Some(Part {
                        condition: item.condition.and(&part.condition)?,
                        verbatim: None,
                        ..part.clone()
                    })
                }));
            }
            any = true;
            match &item.value {
                Element::One(value) => {
                    let value = self.with_step(value.clone(), item.span, Step::Element);
                    let own = self.parts(&value, item.span);
                    parts.extend(own.into_iter().filter_map(|part| {
                        Some(Part { condition: item.condition.and(&part.condition)?, ..part })
                    }));
                }
                Element::Rest(unknown) => {
                    parts.push(Part {
                        condition: item.condition.clone(),
                        ..Part::hole(unknown.clone(), None)
                    });
                }
            }
            if parts.len() > self.limits.parts {
                return self.limit(span, "a text has too many parts");
            }
        }
        let origin = self.arena.literal(span);
        Val::text(parts, Some(origin))
    }

    fn split_text(&mut self, text: &Val, parts: &[Part], separator: Option<&str>, span: Span) -> Val {
        let Some(separator) = separator.filter(|separator| !separator.is_empty()) else {
            let fields = self.split_fields(parts);
            let items = fields
                .into_iter()
                .map(|field| {
                    let origin = field.parts.first().and_then(|part| part.origin);
                    let value = Element::One(Val::text(field.parts, origin));
                    Rc::new(Item { condition: field.condition, value, span })
                })
                .collect();
            return self.new_list(items);
        };
        if parts.iter().any(|part| !part.condition.is_always()) {
            let unknown = self.unknown_of(text, span);
            return self.new_list(vec![Item::rest(unknown)]);
        }
        let mut items: List = Vec::new();
        let mut current: Vec<Part> = Vec::new();
        let mut flush = |this: &mut Self, current: &mut Vec<Part>| {
            let parts = std::mem::take(current);
            let origin = match parts.as_slice() {
                [single] => single.origin,
                _ => text.origin,
            };
            let value = Val { input: text.input.clone(), ..Val::text(parts, origin) };
            let value = this.with_step(value, span, Step::Computed);
            items.push(Item::one(value, span));
        };
        for part in parts {
            let Piece::Literal(characters) = &part.piece else {
                current.push(part.clone());
                continue;
            };
            let mut start = 0;
            for (at, _) in characters.match_indices(separator) {
                current.extend(self.piece_of(part, start..at).filter(|_| at > start));
                flush(self, &mut current);
                start = at + separator.len();
            }
            if start < characters.len() {
                current.extend(self.piece_of(part, start..characters.len()));
            }
        }
        flush(self, &mut current);
        self.new_list(items)
    }

    fn template(text: &Val) -> Option<(Part, Rc<str>)> {
        let Kind::Text(parts) = &text.kind else { return None };
        let [single] = parts.as_slice() else { return None };
        match &single.piece {
            Piece::Literal(characters) if single.condition.is_always() => {
                Some((single.clone(), characters.clone()))
            }
            _ => None,
        }
    }

    /// `"{} {name}".format(...)`.
    fn brace_format(&mut self, text: &Val, arguments: &Arguments, span: Span) -> Val {
        let Some((part, characters)) = Self::template(text) else { return self.computed_from(&[text], span) };
        let mut next = 0;
        let mut values = Vec::new();
        for stretch in braces(&characters) {
            match stretch {
                Stretch::Literal(range) => values.extend(self.literal_stretch(&part, range)),
                Stretch::Sign(sign) => values.push((Val::literal(sign, part.origin), None)),
                Stretch::Place(field) => {
                    let name = field.split(['!', ':']).next().unwrap_or_default();
                    let value = if name.is_empty() {
                        next += 1;
                        arguments.at(next - 1).cloned()
                    } else if let Ok(at) = name.parse::<usize>() {
                        arguments.at(at).cloned()
                    } else {
                        arguments.named(name).cloned()
                    };
                    values.push((value.unwrap_or_else(|| self.hole(name, span)), Some(span)));
                }
            }
        }
        self.concat(&values, span)
    }

    /// `"%s" % value`.
    pub(super) fn percent_format(&mut self, text: &Val, value: &Val, span: Span) -> Val {
        let Some((part, characters)) = Self::template(text) else {
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
                Stretch::Place(name) if name.is_empty() => {
                    let value = match items.next().map(|item| item.value.clone()) {
                        Some(Element::One(value)) => value,
                        Some(Element::Rest(unknown)) => Val::unknown(unknown, None),
                        None => self.hole("a missing value", span),
                    };
                    values.push((value, Some(span)));
                }
                Stretch::Place(name) => {
                    let key = Val::literal(&name, None);
                    let value = self.item(value, &key, span);
                    values.push((value, Some(span)));
                }
            }
        }
        self.concat(&values, span)
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
            stretches.push(Stretch::Place(rest.get(1..end).unwrap_or_default().to_string()));
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
        let specification = rest.get(used..).unwrap_or_default();
        used +=
            specification.find(|c: char| c.is_ascii_alphabetic()).map_or(specification.len(), |end| end + 1);
        stretches.push(Stretch::Place(name));
        at = sign + 1 + used;
        start = at;
    }
    stretches.push(Stretch::Literal(start..text.len()));
    stretches
}
