//! Functions and methods that the form's vocabulary knows.

use super::Interpreter;
use super::calls::Arguments;
use super::store::Content;
use super::values::{Element, Item, Kind, List, Val};
use crate::provenance::Step;
use crate::script::Expression;
use crate::source::Span;
use crate::value::{Number, Reason, Unknown};
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
    "textwrap.dedent",
    "inspect.cleandoc",
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
                    super::methods::sort(&mut items);
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

    pub(super) fn as_text(&mut self, value: &Val, span: Span) -> Val {
        match &value.kind {
            Kind::Text(_) | Kind::Unknown(..) => value.clone(),
            _ => {
                let parts = self.parts(value, span);
                Val { input: value.input.clone(), ..Val::text(parts, value.origin) }
            }
        }
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
}
