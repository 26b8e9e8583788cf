//! Functions and methods that the form's vocabulary knows.

use super::Interpreter;
use super::calls::Arguments;
use super::store::Content;
use super::values::{Element, Item, Kind, Val};
use crate::provenance::Step;
use crate::script::Expression;
use crate::source::Span;
use crate::value::{Reason, Unknown};

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
    "textwrap.dedent",
    "inspect.cleandoc",
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
        if name.contains(' ')
            && let Some(value) = self.call_text_function(name, &arguments, whole)
        {
            return value;
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
            ("list" | "tuple", _) => {
                let items = first.map(|value| self.items(&value, span)).unwrap_or_default();
                self.new_list(items)
            }
            ("set" | "frozenset", _) => {
                let items = first.map(|value| self.items(&value, span)).unwrap_or_default();
                let items = self.each_once(items);
                self.new_list(items)
            }
            ("sorted", Some(value)) => {
                let items = self.items(value, span);
                match self.in_order(items, &arguments, whole) {
                    Some(items) => self.new_list(items),
                    None => self.unknown_list(value, span),
                }
            }
            ("reversed", Some(value)) => {
                let mut items = self.items(value, span);
                items.reverse();
                self.new_list(items)
            }
            ("dict", _) => self.make_map(&arguments, span),
            ("range", Some(_)) => self.range(&arguments, span),
            ("enumerate", Some(value)) => self.enumerate(value, &arguments, span),
            ("zip", Some(_)) => self.zip(&arguments, span),
            ("any" | "all", Some(value)) => self.any_or_all(value, name == "any", whole),
            ("repr", Some(value)) => self.representation(value, span),
            ("format", Some(value)) => match arguments.at(1).map_or(Some("".into()), Val::plain) {
                Some(specification) => self.formatted(value, &specification, span),
                None => self.computed_from(&[value], span),
            },
            ("next", Some(value)) => {
                let items = self.items(value, span);
                match items.first().map(|item| (&item.value, item.condition.is_always())) {
                    Some((Element::One(value), true)) => value.clone(),
                    None if arguments.positional.len() == 2 => {
                        arguments.at(1).cloned().unwrap_or_else(Val::null)
                    }
                    _ => {
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
            ("map" | "filter", Some(function)) if arguments.positional.len() == 2 => {
                let items = arguments.at(1).cloned().map(|list| self.items(&list, span)).unwrap_or_default();
                self.map_items(&function.clone(), items, name == "filter", whole)
            }
            ("shlex.quote" | "pipes.quote", Some(value)) => {
                let value = value.clone();
                self.each(&value, |this, value| match &value.kind {
                    Kind::Text(_) if value.plain().is_some() => {
                        this.changed(value, span, |text| Some(crate::script::words::quoted(text)))
                    }
                    // What is not known is one word of a line in any case.
                    _ => value.clone(),
                })
            }
            ("copy.copy", Some(value)) => self.copy(value),
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
}
