//! Methods of texts.

use super::Interpreter;
use super::calls::Arguments;
use super::values::{Element, Item, Kind, List, Part, Piece, Val};
use crate::provenance::Step;
use crate::script::Expression;
use crate::source::Span;
use crate::value::{Number, Reason};
use std::rc::Rc;

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
            "split" | "rsplit" => {
                let separator = arguments.at(0).or(arguments.named("sep"));
                let most = match arguments.at(1).or(arguments.named("maxsplit")).map(|most| &most.kind) {
                    None => Some(None),
                    Some(Kind::Number(Number::Int(most))) => Some(usize::try_from(*most).ok()),
                    Some(_) => None,
                };
                let separator = match separator.map(|separator| (&separator.kind, separator.plain())) {
                    None | Some((Kind::Null, _)) => Some(None),
                    Some((_, Some(separator))) if !separator.is_empty() => Some(Some(separator)),
                    Some(_) => None,
                };
                match (separator, most) {
                    (Some(separator), Some(most)) => {
                        self.split_text(text, separator.as_deref(), most, name == "rsplit", span)
                    }
                    _ => self.unknown_list(text, span),
                }
            }
            "splitlines" => match text.plain() {
                Some(plain) => {
                    let text = match plain.strip_suffix('\n') {
                        Some(_) => {
                            self.changed(text, span, |text| Some(text.trim_end_matches('\n').to_string()))
                        }
                        None => text.clone(),
                    };
                    if plain.ends_with("\n\n") || plain.contains('\r') || plain.is_empty() {
                        return self.unknown_list(&text, span);
                    }
                    self.split_text(&text, Some("\n"), None, false, span)
                }
                None => self.split_text(text, Some("\n"), None, false, span),
            },
            "strip" | "lstrip" | "rstrip" => self.stripped(text, &parts, name, arguments, span),
            "lower" | "casefold" => self.mapped(text, &parts, span, |text| text.to_lowercase()),
            "upper" => self.mapped(text, &parts, span, |text| text.to_uppercase()),
            "title" => self.changed(text, span, |text| Some(title(text))),
            "capitalize" => self.changed(text, span, |text| {
                let mut chars = text.chars();
                let first = chars.next().map(char::to_uppercase).into_iter().flatten();
                Some(first.chain(chars.flat_map(char::to_lowercase)).collect())
            }),
            "swapcase" => self.changed(text, span, |text| {
                let swap = |c: char| {
                    if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }
                };
                text.is_ascii().then(|| text.chars().map(swap).collect())
            }),
            "replace" => {
                let (from, to) = (arguments.at(0).and_then(Val::plain), arguments.at(1).and_then(Val::plain));
                let count = match arguments.at(2).or(arguments.named("count")).map(|count| &count.kind) {
                    None => Some(usize::MAX),
                    Some(Kind::Number(Number::Int(count))) => {
                        Some(usize::try_from(*count).unwrap_or(usize::MAX))
                    }
                    Some(_) => None,
                };
                match (from, to, count) {
                    (Some(from), Some(to), Some(count)) => {
                        self.changed(text, span, |text| Some(text.replacen(&*from, &to, count)))
                    }
                    _ => self.computed_from(&[text], span),
                }
            }
            "removeprefix" | "removesuffix" => {
                let Some(cut) = arguments.at(0).and_then(Val::plain) else {
                    return self.computed_from(&[text], span);
                };
                self.changed(text, span, |text| {
                    let rest = match name {
                        "removeprefix" => text.strip_prefix(&*cut),
                        _ => text.strip_suffix(&*cut),
                    };
                    Some(rest.unwrap_or(text).to_string())
                })
            }
            "zfill" | "ljust" | "rjust" | "center" => {
                match (arguments.at(0).map(|width| &width.kind), arguments.at(1)) {
                    (Some(Kind::Number(Number::Int(width))), None) if (0..=256).contains(width) => {
                        let specification = match name {
                            "zfill" => format!("0>{width}"),
                            "ljust" => format!("<{width}"),
                            "rjust" => format!(">{width}"),
                            _ => format!("^{width}"),
                        };
                        match text.plain() {
                            // A sign stays in front of the zeros; an odd blank goes to a side of its own.
                            Some(plain) if !plain.starts_with(['+', '-']) && name != "center" => {
                                self.formatted(text, &specification, span)
                            }
                            _ => self.computed_from(&[text], span),
                        }
                    }
                    _ => self.computed_from(&[text], span),
                }
            }
            "partition" | "rpartition" => self.partition(text, name == "partition", arguments, span),
            "isdigit" | "isnumeric" | "isalpha" | "isalnum" | "isupper" | "islower" => {
                let (Some(plain), None) = (text.plain(), &text.input) else {
                    let name = self.describe(whole);
                    return self.event(&name, Reason::NotFollowed, span);
                };
                let has_case = plain.chars().any(char::is_alphabetic);
                let every = |test: fn(char) -> bool| !plain.is_empty() && plain.chars().all(test);
                Val::bool(match name {
                    "isdigit" | "isnumeric" => every(|c| c.is_ascii_digit()),
                    "isalpha" => every(char::is_alphabetic),
                    "isalnum" => every(char::is_alphanumeric),
                    "isupper" => has_case && !plain.chars().any(char::is_lowercase),
                    _ => has_case && !plain.chars().any(char::is_uppercase),
                })
            }
            "count" | "find" | "index" => match (text.plain(), arguments.at(0).and_then(Val::plain)) {
                (Some(plain), Some(part))
                    if text.input.is_none() && arguments.positional.len() == 1 && !part.is_empty() =>
                {
                    let found = match name {
                        "count" => Some(plain.matches(&*part).count()),
                        _ => plain.find(&*part).map(|at| {
                            plain.chars().count() - plain.get(at..).map_or(0, |rest| rest.chars().count())
                        }),
                    };
                    match (found.and_then(|at| i64::try_from(at).ok()), name) {
                        (Some(found), _) => Val::int(found, None),
                        (None, "find") => Val::int(-1, None),
                        _ => self.computed_from(&[text], span),
                    }
                }
                _ => self.computed_from(&[text], span),
            },
            "startswith" | "endswith" => match (text.plain(), self.prefixes(arguments.at(0))) {
                (Some(plain), Some(parts)) if text.input.is_none() && arguments.positional.len() == 1 => {
                    Val::bool(parts.iter().any(|part| match name {
                        "startswith" => plain.starts_with(&**part),
                        _ => plain.ends_with(&**part),
                    }))
                }
                _ => {
                    let name = self.describe(whole);
                    self.event(&name, Reason::NotFollowed, span)
                }
            },
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

    /// The text in one part, if it is wholly known: what is looked for may reach over the ends of parts.
    pub(super) fn in_one_part(&mut self, text: &Val) -> Val {
        match (&text.kind, text.plain()) {
            (Kind::Text(parts), Some(plain)) if parts.len() > 1 => {
                let part = Part { input: text.input.clone(), ..Part::literal(plain, text.origin) };
                Val { kind: Kind::Text(Rc::new(vec![part])), ..text.clone() }
            }
            _ => text.clone(),
        }
    }

    /// A wholly known text, changed as a whole; `None` is not known.
    pub(super) fn changed(&mut self, text: &Val, span: Span, change: impl Fn(&str) -> Option<String>) -> Val {
        let Some(plain) = text.plain() else { return self.computed_from(&[text], span) };
        match change(&plain) {
            Some(same) if *same == *plain => text.clone(),
            Some(changed) => self.computed_literal(&changed, text, span),
            None => self.computed_from(&[text], span),
        }
    }

    fn stripped(&mut self, text: &Val, parts: &[Part], name: &str, arguments: &Arguments, span: Span) -> Val {
        let set = match arguments.at(0).map(|set| (&set.kind, set.plain())) {
            None | Some((Kind::Null, _)) => None,
            Some((_, Some(set))) => Some(set),
            Some((_, None)) => return self.computed_from(&[text], span),
        };
        let strips = |c: char| match &set {
            Some(set) => set.contains(c),
            None => c.is_whitespace(),
        };
        let mut parts = parts.to_vec();
        if name != "rstrip" {
            while let Some(Part { piece: Piece::Literal(text), .. }) = parts.first() {
                let (start, end) = (text.len() - text.trim_start_matches(strips).len(), text.len());
                self.cut(&mut parts, 0, start..end);
                if start < end {
                    break;
                }
            }
        }
        if name != "lstrip" {
            while let Some(Part { piece: Piece::Literal(text), .. }) = parts.last() {
                let end = text.trim_end_matches(strips).len();
                let at = parts.len() - 1;
                self.cut(&mut parts, at, 0..end);
                if end > 0 {
                    break;
                }
            }
        }
        self.computed_text(text, parts, span)
    }

    /// Keeps a range of one part; nothing of it, and the part is gone.
    fn cut(&mut self, parts: &mut Vec<Part>, at: usize, range: std::ops::Range<usize>) {
        let Some(part) = parts.get(at).cloned() else { return };
        match self.piece_of(&part, range.clone()).filter(|_| !range.is_empty()) {
            Some(piece) => parts[at] = piece,
            None => {
                parts.remove(at);
            }
        }
    }

    /// The texts of `startswith("a")` and `startswith(("a", "b"))`.
    fn prefixes(&mut self, argument: Option<&Val>) -> Option<Vec<Rc<str>>> {
        let argument = argument?.clone();
        if !self.is_list(&argument) {
            return argument.plain().filter(|_| argument.input.is_none()).map(|one| vec![one]);
        }
        let items = self.items(&argument, Span::beginning(self.source));
        let one = |item: &Rc<Item>| match &item.value {
            Element::One(value) if item.condition.is_always() && value.input.is_none() => value.plain(),
            _ => None,
        };
        items.iter().map(one).collect()
    }
}

/// Each word with a capital, as `str.title` has it: a word is a run of letters.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    out
}
