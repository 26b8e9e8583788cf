//! Functions and methods that the form's vocabulary knows.

use super::Interpreter;
use super::calls::Arguments;
use super::store::{Content, Slot};
use super::values::{Element, Entry, Item, Kind, List, Val};
use crate::provenance::Step;
use crate::script::Expression;
use crate::source::Span;
use crate::value::{Condition, Number, Reason, Unknown};
use std::rc::Rc;

/// Functions that do nothing that matters here and return nothing.
const SILENT: &[&str] =
    &["print", "time.sleep", "sleep", "os.chdir", "os.makedirs", "sys.stdout.write", "warnings.warn"];

/// Functions that give back their argument, as far as it matters here.
const TRANSPARENT: &[&str] = &[
    "pathlib.Path",
    "Path",
    "pathlib.PurePath",
    "os.path.abspath",
    "os.path.expanduser",
    "os.path.normpath",
    "os.path.realpath",
    "os.fspath",
    "shlex.quote",
    "pipes.quote",
    "copy.copy",
    "frozenset",
    "iter",
];

impl Interpreter<'_> {
    /// Calls a function that nothing in the files read defines.
    pub(super) fn call_builtin(&mut self, name: &str, arguments: Arguments, whole: &Expression) -> Val {
        let span = whole.span;
        if SILENT.contains(&name) {
            return Val::null();
        }
        let first = arguments.at(0).cloned();
        if TRANSPARENT.contains(&name)
            && let Some(first) = &first
            && arguments.positional.len() == 1
        {
            return first.clone();
        }
        match (name, &first) {
            ("sys.exit" | "exit" | "quit" | "os._exit", _) => {
                self.live = false;
                Val::unbound()
            }
            ("str", None) => Val::text(Vec::new(), None),
            ("str", Some(value)) => self.each(value, |this, value| this.as_text(value, span)),
            ("int" | "float", Some(value)) => {
                let whole = name == "int";
                self.each(value, |this, value| this.as_number(value, whole, span))
            }
            ("bool", Some(value)) => {
                let test = self.test_of(value, whole);
                self.outcome(&test)
            }
            ("len", Some(value)) => self.length(value, span),
            ("abs" | "round" | "sum" | "min" | "max", Some(_)) => self.numeric(name, &arguments, span),
            ("list" | "tuple" | "set", _) => {
                let items = first.map(|value| self.items(&value, span)).unwrap_or_default();
                self.new_list(items)
            }
            ("sorted" | "reversed", Some(value)) => {
                let mut items = self.items(value, span);
                let reverse =
                    arguments.named("reverse").is_some_and(|flag| matches!(flag.kind, Kind::Bool(true)));
                if name == "sorted" && arguments.named("key").is_none() {
                    sort(&mut items);
                }
                if name == "reversed" || reverse {
                    items.reverse();
                }
                self.new_list(items)
            }
            ("dict", _) => self.make_map(&arguments, span),
            ("range", Some(_)) => self.range(&arguments, span),
            ("enumerate", Some(value)) => {
                let start = match arguments.at(1).or(arguments.named("start")).map(|start| &start.kind) {
                    Some(Kind::Number(Number::Int(start))) => *start,
                    _ => 0,
                };
                let items = self.items(value, span);
                let mut pairs = Vec::with_capacity(items.len());
                for (number, item) in (start..).zip(items) {
                    pairs.push(match &item.value {
                        Element::One(value) => {
                            let number = Item::one(Val::int(number, None), item.span);
                            let pair = self.new_list(vec![number, Item::one(value.clone(), item.span)]);
                            Rc::new(Item { value: Element::One(pair), ..(*item).clone() })
                        }
                        Element::Rest(_) => item,
                    });
                }
                self.new_list(pairs)
            }
            ("zip", Some(_)) => self.zip(&arguments, span),
            ("any" | "all", Some(value)) => {
                let items = self.items(value, span);
                let known = items.iter().map(|item| match &item.value {
                    Element::One(Val { kind: Kind::Bool(value), input: None, .. })
                        if item.condition.is_always() =>
                    {
                        Some(*value)
                    }
                    _ => None,
                });
                let known: Option<Vec<bool>> = known.collect();
                match known {
                    Some(all) if name == "any" => Val::bool(all.contains(&true)),
                    Some(all) => Val::bool(!all.contains(&false)),
                    None => {
                        let name = self.describe(whole);
                        self.event(&name, Reason::NotFollowed, span)
                    }
                }
            }
            ("isinstance", Some(value)) => match self.is_instance(value, arguments.at(1)) {
                Some(outcome) => Val::bool(outcome),
                None => {
                    let name = self.describe(whole);
                    self.event(&name, Reason::NotFollowed, span)
                }
            },
            ("getattr", Some(value)) => match arguments.at(1).and_then(Val::plain) {
                Some(field) => {
                    let found = self.attribute(value, &field, span);
                    match (&found.kind, arguments.at(2)) {
                        (Kind::Unknown(unknown, _), Some(default))
                            if unknown.reason == Reason::NotFollowed =>
                        {
                            default.clone()
                        }
                        _ => found,
                    }
                }
                None => self.computed_from(&[value], span),
            },
            ("setattr", Some(object)) => {
                if let (Some(field), Some(value)) = (arguments.at(1).and_then(Val::plain), arguments.at(2)) {
                    self.set_attribute(object, &field, value.clone());
                }
                Val::null()
            }
            ("map", Some(function)) => {
                let items = arguments.at(1).cloned().map(|list| self.items(&list, span)).unwrap_or_default();
                let function = function.clone();
                let mut mapped = Vec::with_capacity(items.len());
                for item in self.bounded(items, span) {
                    mapped.push(match &item.value {
                        Element::One(value) => {
                            let positional = vec![Item::one(value.clone(), item.span)];
                            let arguments = Arguments { positional, ..Arguments::default() };
                            let value = self.call(&function, arguments, whole);
                            Rc::new(Item { value: Element::One(value), ..(*item).clone() })
                        }
                        Element::Rest(_) => item,
                    });
                }
                self.new_list(mapped)
            }
            ("os.path.join", Some(_)) | ("pathlib.Path" | "Path", Some(_)) => {
                let pieces: Vec<Val> =
                    (0..arguments.positional.len()).filter_map(|at| arguments.at(at).cloned()).collect();
                self.join_path(&pieces, span)
            }
            ("os.path.basename", Some(value)) => match value.plain() {
                Some(path) => {
                    let name = path.rsplit('/').next().unwrap_or_default().to_string();
                    let value = Val::literal(&name, value.origin);
                    self.with_step(value, span, Step::Computed)
                }
                None => self.computed_from(&[value], span),
            },
            ("shlex.split", Some(value)) => match &value.kind {
                Kind::Text(parts) => {
                    let parts = parts.clone();
                    let items = self.words_of_text(&parts, span);
                    self.new_list(items)
                }
                _ => {
                    let unknown = self.unknown_of(value, span);
                    self.new_list(vec![Item::rest(unknown)])
                }
            },
            ("shlex.join" | "subprocess.list2cmdline", Some(value)) => {
                let blank = Val::literal(" ", None);
                let arguments =
                    Arguments { positional: vec![Item::one(value.clone(), span)], ..Arguments::default() };
                self.text_method(&blank, "join", &arguments, whole)
            }
            ("typing.cast" | "cast", Some(_)) => arguments.at(1).cloned().unwrap_or_else(Val::null),
            ("copy.deepcopy" | "deepcopy", Some(value)) => self.copy(value),
            ("dataclasses.replace" | "replace", Some(value)) if self.class_of(value).is_some() => {
                let copy = self.copy(value);
                for (name, value, place) in arguments.named {
                    let value = self.with_step(value, place, Step::Argument);
                    self.set_attribute(&copy, &name, value);
                }
                copy
            }
            ("os.environ.copy" | "os.environ", _) => {
                let map = self.new_map();
                if let Kind::Object(slot) = map.kind {
                    let input = "the environment".into();
                    self.open_map(slot, Unknown { input, reason: Reason::Environment, span });
                }
                map
            }
            ("lower" | "upper" | "strip" | "replace" | "removeprefix" | "removesuffix", Some(value)) => {
                let value = value.clone();
                let rest = Arguments {
                    positional: arguments.positional.into_iter().skip(1).collect(),
                    ..Arguments::default()
                };
                self.call_method(&value, name, rest, whole)
            }
            _ => {
                let name = self.describe(whole);
                self.event(&name, Reason::ExternalCall, span)
            }
        }
    }

    /// Applies a function to every alternative.
    pub(super) fn each(&mut self, value: &Val, mut apply: impl FnMut(&mut Self, &Val) -> Val) -> Val {
        let Kind::Either(all) = &value.kind else { return apply(self, value) };
        let mut values = Vec::with_capacity(all.len());
        for (condition, one) in all.clone().iter() {
            let applied = apply(self, one);
            values.extend(
                applied
                    .alternatives()
                    .into_iter()
                    .filter_map(|(inner, one)| Some((condition.and(&inner)?, one))),
            );
        }
        self.either(values)
    }

    fn as_text(&mut self, value: &Val, span: Span) -> Val {
        match &value.kind {
            Kind::Text(_) | Kind::Unknown(..) => value.clone(),
            _ => {
                let parts = self.parts(value, span);
                Val { input: value.input.clone(), ..Val::text(parts, value.origin) }
            }
        }
    }

    fn as_number(&mut self, value: &Val, whole: bool, span: Span) -> Val {
        let number = match &value.kind {
            Kind::Number(number) => Some(*number),
            Kind::Text(_) => value.plain().and_then(|text| {
                let text = text.trim();
                text.parse().map(Number::Int).ok().or_else(|| text.parse().map(Number::Float).ok())
            }),
            Kind::Bool(value) => Some(Number::Int(i64::from(*value))),
            Kind::Unknown(..) => return value.clone(),
            _ => None,
        };
        #[allow(clippy::cast_possible_truncation)]
        let number = match number {
            Some(Number::Float(float)) if whole => Number::Int(float as i64),
            #[allow(clippy::cast_precision_loss)]
            Some(Number::Int(int)) if !whole => Number::Float(int as f64),
            Some(number) => number,
            None => return self.computed_from(&[value], span),
        };
        Val { input: value.input.clone(), ..Val::new(Kind::Number(number), value.origin) }
    }

    fn length(&mut self, value: &Val, span: Span) -> Val {
        let certain = |item: &Rc<Item>| item.condition.is_always() && matches!(item.value, Element::One(_));
        let length = match self.content_of(value) {
            Content::List(list) if list.iter().all(certain) => Some(list.len()),
            Content::Map(map)
                if map.open.is_none() && map.entries.iter().all(|entry| entry.condition.is_always()) =>
            {
                Some(map.entries.len())
            }
            _ => value.plain().map(|text| text.chars().count()),
        };
        match length.and_then(|length| i64::try_from(length).ok()) {
            Some(length) => Val::int(length, None),
            None => self.computed_from(&[value], span),
        }
    }

    fn numeric(&mut self, name: &str, arguments: &Arguments, span: Span) -> Val {
        let mut operands: Vec<Val> =
            (0..arguments.positional.len()).filter_map(|at| arguments.at(at).cloned()).collect();
        if let [single] = operands.as_slice()
            && self.is_list(single)
        {
            let items = self.items(single, span);
            let all: Option<Vec<Val>> = items
                .iter()
                .map(|item| match &item.value {
                    Element::One(value) if item.condition.is_always() => Some(value.clone()),
                    _ => None,
                })
                .collect();
            match all {
                Some(all) => operands = all,
                None => return self.computed_from(&[single], span),
            }
        }
        if name == "round" || name == "abs" {
            let digits = match arguments.at(1).map(|digits| &digits.kind) {
                Some(Kind::Number(Number::Int(digits))) => i32::try_from(*digits).unwrap_or(0),
                _ => 0,
            };
            let Some(value) = operands.first().cloned() else { return Val::unbound() };
            return self.each(&value, |this, value| match value.kind {
                Kind::Number(number) => {
                    let number = if name == "round" { rounded(number, digits) } else { absolute(number) };
                    let value = Val { kind: Kind::Number(number), ..value.clone() };
                    this.with_step(value, span, Step::Computed)
                }
                _ => this.computed_from(&[value], span),
            });
        }
        let mut operands = operands.into_iter();
        let Some(mut result) = operands.next() else { return Val::int(0, None) };
        for operand in operands {
            let before = result.clone();
            result = self.each(&before, |this, x| {
                this.each(&operand, |this, y| match (name, &x.kind, &y.kind) {
                    ("sum", ..) => this.binary(crate::script::BinaryOperator::Add, x, y, span),
                    (_, Kind::Number(a), Kind::Number(b)) => {
                        let first =
                            if name == "min" { a.as_f64() <= b.as_f64() } else { a.as_f64() >= b.as_f64() };
                        let chosen = if first { x.clone() } else { y.clone() };
                        this.with_step(chosen, span, Step::Computed)
                    }
                    _ => this.computed_from(&[x, y], span),
                })
            });
        }
        result
    }

    fn range(&mut self, arguments: &Arguments, span: Span) -> Val {
        let bound = |at: usize| match arguments.at(at).map(|value| (&value.kind, &value.input)) {
            Some((Kind::Number(Number::Int(bound)), None)) => Some(*bound),
            _ => None,
        };
        let (from, to, by) = match arguments.positional.len() {
            1 => (Some(0), bound(0), Some(1)),
            2 => (bound(0), bound(1), Some(1)),
            _ => (bound(0), bound(1), bound(2)),
        };
        let (Some(from), Some(to), Some(by)) = (from, to, by) else {
            let operands: Vec<Val> =
                (0..arguments.positional.len()).filter_map(|at| arguments.at(at).cloned()).collect();
            let unknown = self.computed_from(&operands.iter().collect::<Vec<_>>(), span);
            let unknown = self.unknown_of(&unknown, span);
            return self.new_list(vec![Item::rest(unknown)]);
        };
        let mut items = Vec::new();
        let mut next = from;
        while by != 0 && ((by > 0 && next < to) || (by < 0 && next > to)) && items.len() <= self.limits.unroll
        {
            items.push(Item::one(Val::int(next, None), span));
            next = next.saturating_add(by);
        }
        self.new_list(items)
    }

    fn zip(&mut self, arguments: &Arguments, span: Span) -> Val {
        let columns: Vec<List> = (0..arguments.positional.len())
            .filter_map(|at| arguments.at(at).cloned())
            .map(|value| self.items(&value, span))
            .collect();
        let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
        let mut items = Vec::with_capacity(rows);
        for row in 0..rows {
            let cells: List = columns.iter().filter_map(|column| column.get(row).cloned()).collect();
            let rest = cells.iter().find_map(|cell| match &cell.value {
                Element::Rest(unknown) => Some(unknown.clone()),
                Element::One(_) => None,
            });
            items.push(match rest {
                Some(unknown) => Item::rest(unknown),
                None => {
                    let tuple = self.new_list(cells);
                    Item::one(tuple, span)
                }
            });
        }
        self.new_list(items)
    }

    fn make_map(&mut self, arguments: &Arguments, span: Span) -> Val {
        let map = self.new_map();
        let Kind::Object(slot) = map.kind else { return map };
        if let Some(first) = arguments.at(0).cloned() {
            match self.content_of(&first) {
                Content::List(list) => {
                    for item in list.iter() {
                        match &item.value {
                            Element::One(pair) => {
                                let pair = pair.clone();
                                let key = self.item(&pair, &Val::int(0, None), span);
                                let value = self.item(&pair, &Val::int(1, None), span);
                                self.under(&item.condition.clone(), |this| {
                                    this.set_item(&map, &key, value, item.span)
                                });
                            }
                            Element::Rest(unknown) => self.open_map(slot, unknown.clone()),
                        }
                    }
                }
                _ => self.update_map(slot, &first, span),
            }
        }
        for (name, value, place) in arguments.named.clone() {
            let key = Val::literal(&name, None);
            self.set_item(&map, &key, value, place);
        }
        if let Some(unknown) = arguments.open.clone() {
            self.open_map(slot, unknown);
        }
        map
    }

    fn is_instance(&mut self, value: &Val, class: Option<&Val>) -> Option<bool> {
        let class = class?;
        match &class.kind {
            Kind::Free(name) => {
                let kind = match &value.kind {
                    Kind::Text(_) => "str",
                    Kind::Bool(_) => "bool",
                    Kind::Number(Number::Int(_)) => "int",
                    Kind::Number(Number::Float(_)) => "float",
                    Kind::Object(slot) => match self.store.get(*slot) {
                        Content::List(_) => "list",
                        Content::Map(_) => "dict",
                        _ => return None,
                    },
                    _ => return None,
                };
                Some(&**name == kind)
            }
            Kind::Class(class) => {
                self.class_of(value).map(|own| Rc::ptr_eq(&own, class)).filter(|same| *same)
            }
            _ => None,
        }
    }

    /// A shallow copy with an identity of its own.
    pub(super) fn copy(&mut self, value: &Val) -> Val {
        match value.kind {
            Kind::Object(slot) => {
                let content = self.store.get(slot).clone();
                Val::object(self.store.add(content))
            }
            _ => value.clone(),
        }
    }

    /// Calls a method of a builtin type.
    pub(super) fn call_method(
        &mut self,
        receiver: &Val,
        name: &str,
        arguments: Arguments,
        whole: &Expression,
    ) -> Val {
        match &receiver.kind {
            Kind::Either(_) => {
                self.each(receiver, |this, one| this.call_method(one, name, arguments.clone(), whole))
            }
            Kind::Object(slot) => match self.store.get(*slot) {
                Content::List(_) => self.list_method(*slot, name, &arguments, whole),
                Content::Map(_) => self.map_method(*slot, name, &arguments, whole),
                _ => self.event(name, Reason::NotFollowed, whole.span),
            },
            Kind::Text(_) => self.text_method(receiver, name, &arguments, whole),
            Kind::Number(_) | Kind::Bool(_) => {
                let value = self.as_text(receiver, whole.span);
                self.text_method(&value, name, &arguments, whole)
            }
            Kind::Unbound | Kind::Null => {
                let empty = Val::text(Vec::new(), None);
                self.text_method(&empty, name, &arguments, whole)
            }
            _ => self.computed_from(&[receiver], whole.span),
        }
    }

    fn list_method(&mut self, slot: Slot, name: &str, arguments: &Arguments, whole: &Expression) -> Val {
        let span = whole.span;
        let Content::List(list) = self.store.get(slot) else { return Val::unbound() };
        let list = list.clone();
        match name {
            "append" | "add" => {
                self.extend_list(slot, arguments.positional.iter().take(1).cloned().collect());
                Val::null()
            }
            "extend" | "update" => {
                if let Some(more) = arguments.at(0).cloned() {
                    let items = self.items(&more, span);
                    self.extend_list(slot, items);
                }
                Val::null()
            }
            "insert" => {
                let at = arguments.at(0).and_then(|at| self.position(at, list.len()));
                if let Some(item) = arguments.positional.get(1) {
                    let mut items = (*list).clone();
                    items.insert(at.unwrap_or(items.len()).min(items.len()), item.clone());
                    self.store.set(slot, Content::List(Rc::new(items)));
                }
                Val::null()
            }
            "pop" => {
                let at = match arguments.at(0) {
                    Some(at) => self.position(at, list.len()),
                    None => list.len().checked_sub(1),
                };
                let mut items = (*list).clone();
                match at {
                    Some(at) if at < items.len() => {
                        let item = items.remove(at);
                        self.store.set(slot, Content::List(Rc::new(items)));
                        match &item.value {
                            Element::One(value) => value.clone(),
                            Element::Rest(unknown) => Val::unknown(unknown.clone(), None),
                        }
                    }
                    _ => self.event("an element", Reason::NotFollowed, span),
                }
            }
            "remove" | "discard" => {
                let gone = arguments.at(0).and_then(Val::plain);
                let is_it = |item: &Rc<Item>| match &item.value {
                    Element::One(value) => gone.is_some() && value.plain() == gone,
                    Element::Rest(_) => false,
                };
                if let Some(at) = list.iter().position(is_it) {
                    let mut items = (*list).clone();
                    items.remove(at);
                    self.store.set(slot, Content::List(Rc::new(items)));
                }
                Val::null()
            }
            "clear" => {
                self.store.set(slot, Content::List(Rc::new(Vec::new())));
                Val::null()
            }
            "reverse" | "sort" => {
                let mut items = (*list).clone();
                if name == "sort" && arguments.named("key").is_none() {
                    sort(&mut items);
                } else {
                    items.reverse();
                }
                self.store.set(slot, Content::List(Rc::new(items)));
                Val::null()
            }
            "copy" => self.new_list((*list).clone()),
            "count" | "index" => self.event(name, Reason::NotFollowed, span),
            _ => {
                let name = self.describe(whole);
                self.event(&name, Reason::NotFollowed, span)
            }
        }
    }

    fn map_method(&mut self, slot: Slot, name: &str, arguments: &Arguments, whole: &Expression) -> Val {
        let span = whole.span;
        let Content::Map(map) = self.store.get(slot) else { return Val::unbound() };
        let map = map.clone();
        let object = Val::object(slot);
        let first = arguments.at(0).cloned();
        match (name, first) {
            ("get", Some(key)) => {
                let default = arguments.at(1).or(arguments.named("default")).cloned();
                let value = self.get_or(&map, &key, default, span);
                self.narrow(value)
            }
            ("items" | "keys" | "values", _) => {
                let mut items: List = Vec::with_capacity(map.entries.len());
                for entry in &map.entries {
                    let value = match name {
                        "keys" => entry.name.clone(),
                        "values" => entry.value.clone(),
                        _ => self.pair(entry),
                    };
                    let condition = entry.condition.clone();
                    items.push(Rc::new(Item { condition, value: Element::One(value), span: entry.span }));
                }
                items.extend(map.open.clone().map(Item::rest));
                self.new_list(items)
            }
            ("update", first) => {
                if let Some(first) = first {
                    self.update_map(slot, &first, span);
                }
                for (name, value, place) in arguments.named.clone() {
                    let key = Val::literal(&name, None);
                    self.set_item(&object, &key, value, place);
                }
                Val::null()
            }
            ("setdefault", Some(key)) => {
                let default = arguments.at(1).cloned().unwrap_or_else(Val::null);
                let place = arguments.positional.get(1).map_or(span, |item| item.span);
                match self.key(&key).and_then(|key| map.get(&key).cloned()) {
                    Some(entry) if entry.condition.is_always() => entry.value.clone(),
                    _ => {
                        self.set_item(&object, &key, default.clone(), place);
                        default
                    }
                }
            }
            ("pop", Some(key)) => match self.remove_key(&object, &key) {
                Some(entry) => entry.value.clone(),
                None => match arguments.at(1) {
                    Some(default) if map.open.is_none() => default.clone(),
                    _ => self.element_of(&object, &key, span),
                },
            },
            ("copy", _) => self.copy(&object),
            ("clear", _) => {
                self.store.set(slot, Content::Map(Rc::default()));
                Val::null()
            }
            _ => {
                let name = self.describe(whole);
                self.event(&name, Reason::NotFollowed, span)
            }
        }
    }

    fn pair(&mut self, entry: &Entry) -> Val {
        let always = Condition::always;
        let key_span =
            entry.name.origin.and_then(|origin| self.arena.hop(origin)).map_or(entry.span, |hop| hop.span);
        let items = vec![
            Rc::new(Item { condition: always(), value: Element::One(entry.name.clone()), span: key_span }),
            Rc::new(Item { condition: always(), value: Element::One(entry.value.clone()), span: entry.span }),
        ];
        self.new_list(items)
    }
}

fn rounded(number: Number, digits: i32) -> Number {
    match number {
        Number::Float(float) => {
            let scale = 10f64.powi(digits);
            Number::Float((float * scale).round() / scale)
        }
        int => int,
    }
}

fn absolute(number: Number) -> Number {
    match number {
        Number::Int(int) => Number::Int(int.saturating_abs()),
        Number::Float(float) => Number::Float(float.abs()),
    }
}

/// Sorts items that are all plain texts; anything else stays as it is.
fn sort(items: &mut List) {
    let key = |item: &Rc<Item>| match &item.value {
        Element::One(value) => value.plain(),
        Element::Rest(_) => None,
    };
    if items.iter().all(|item| key(item).is_some()) {
        items.sort_by_key(key);
    }
}

/// Whether a text matches a shell pattern: `*`, `?`, `[abc]`, `[!a-z]`.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match one(&pattern, p, text[t]) {
            Some(next) => (p, t) = (next, t + 1),
            None if pattern.get(p) == Some(&'*') => {
                retry = Some((p, t));
                p += 1;
            }
            None => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    (p, t) = (star + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|&c| c == '*')
}

/// Where the pattern goes on if its next element matches this character.
fn one(pattern: &[char], at: usize, c: char) -> Option<usize> {
    match *pattern.get(at)? {
        '*' => None,
        '?' => Some(at + 1),
        '[' => {
            let close = pattern.iter().skip(at + 2).position(|&end| end == ']').map(|end| at + 2 + end)?;
            let mut set = pattern.get(at + 1..close)?;
            let negated = matches!(set.first(), Some('!' | '^'));
            if negated {
                set = set.get(1..)?;
            }
            let mut found = false;
            let mut i = 0;
            while let Some(&low) = set.get(i) {
                if let (Some('-'), Some(&high)) = (set.get(i + 1), set.get(i + 2)) {
                    found |= low <= c && c <= high;
                    i += 3;
                } else {
                    found |= low == c;
                    i += 1;
                }
            }
            (found != negated).then_some(close + 1)
        }
        '\\' => (pattern.get(at + 1) == Some(&c)).then_some(at + 2),
        own => (own == c).then_some(at + 1),
    }
}
