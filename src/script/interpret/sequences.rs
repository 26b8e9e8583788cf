//! Functions over lists: `len`, `zip`, `enumerate`, `any`, `map` and their like.

use super::Interpreter;
use super::calls::Arguments;
use super::path::Test;
use super::store::Content;
use super::values::{Element, Item, Kind, List, Val};
use crate::script::Expression;
use crate::source::Span;
use crate::value::{Number, Reason};
use std::rc::Rc;

/// More cases than this make a test that nobody reads.
const MOST_CASES: usize = 8;

impl Interpreter<'_> {
    pub(super) fn length(&mut self, value: &Val, span: Span) -> Val {
        self.each(value, |this, value| {
            let length = match this.content_of(value) {
                Content::List(list) if list.iter().all(is_certain) => Some(list.len()),
                Content::Map(map)
                    if map.open.is_none() && map.entries.iter().all(|entry| entry.condition.is_always()) =>
                {
                    Some(map.entries.len())
                }
                _ => value.plain().map(|text| text.chars().count()),
            };
            match length.and_then(|length| i64::try_from(length).ok()) {
                Some(length) => Val { input: value.input.clone(), ..Val::int(length, None) },
                None => this.computed_from(&[value], span),
            }
        })
    }

    pub(super) fn enumerate(&mut self, value: &Val, arguments: &Arguments, span: Span) -> Val {
        let mut next = match arguments.at(1).or(arguments.named("start")).map(|start| &start.kind) {
            None => Some(0),
            Some(Kind::Number(Number::Int(start))) => Some(*start),
            Some(_) => None,
        };
        let items = self.items(value, span);
        let mut pairs = Vec::with_capacity(items.len());
        for item in items {
            let number = match next {
                Some(number) => Val::int(number, None),
                None => self.event("a position", Reason::NotFollowed, span),
            };
            // Behind what may be missing nothing has a known place.
            next = next.filter(|_| is_certain(&item)).and_then(|number| number.checked_add(1));
            pairs.push(match &item.value {
                Element::One(value) => {
                    let number = Item::one(number, item.span);
                    let pair = self.new_list(vec![number, Item::one(value.clone(), item.span)]);
                    Rc::new(Item { value: Element::One(pair), ..(*item).clone() })
                }
                Element::Rest(_) => item,
            });
        }
        self.new_list(pairs)
    }

    pub(super) fn zip(&mut self, arguments: &Arguments, span: Span) -> Val {
        let mut columns: Vec<List> = Vec::with_capacity(arguments.positional.len());
        for at in 0..arguments.positional.len() {
            match arguments.at(at).cloned() {
                Some(value) => columns.push(self.items(&value, span)),
                None => return self.new_list(arguments.positional.clone()),
            }
        }
        let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
        let mut items = Vec::with_capacity(rows);
        for row in 0..rows {
            let cells: List = columns.iter().filter_map(|column| column.get(row).cloned()).collect();
            let uncertain = cells.iter().find(|cell| !is_certain(cell)).cloned();
            if let Some(cell) = uncertain {
                // From here on nobody knows what stands beside what.
                let unknown = match &cell.value {
                    Element::Rest(unknown) => unknown.clone(),
                    Element::One(value) => self.unknown_of(value, span),
                };
                items.push(Item::rest(unknown));
                break;
            }
            let tuple = self.new_list(cells);
            items.push(Item::one(tuple, span));
        }
        self.new_list(items)
    }

    /// `any(list)`, or with `any` false `all(list)`.
    pub(super) fn any_or_all(&mut self, value: &Val, any: bool, whole: &Expression) -> Val {
        let items = self.items(value, whole.span);
        let mut test = Test::decided(!any);
        for item in self.bounded(items, whole.span) {
            let next = match &item.value {
                Element::One(value) if item.condition.is_always() => self.test_of(value, whole),
                _ => {
                    let name = self.describe(whole);
                    Test::atom(self.opaque(&name, 0, whole.span))
                }
            };
            test = test.and_then(!any, &next).on(&self.path);
            if test.outcome() == Some(any) {
                break;
            }
            if test.cases.len() > MOST_CASES {
                let name = self.describe(whole);
                test = Test::atom(self.opaque(&name, 0, whole.span));
                break;
            }
        }
        self.outcome(&test)
    }

    /// `map(function, list)`, or `filter(function, list)`.
    pub(super) fn map_items(
        &mut self,
        function: &Val,
        items: List,
        filters: bool,
        whole: &Expression,
    ) -> Val {
        let mut mapped = Vec::with_capacity(items.len());
        for item in self.bounded(items, whole.span) {
            let Element::One(value) = &item.value else {
                mapped.push(item);
                continue;
            };
            let positional = vec![Item::one(value.clone(), item.span)];
            let result = match &function.kind {
                Kind::Null if filters => value.clone(),
                _ => self.call(function, Arguments { positional, ..Arguments::default() }, whole),
            };
            if !filters {
                mapped.push(Rc::new(Item { value: Element::One(result), ..(*item).clone() }));
                continue;
            }
            for case in self.test_of(&result, whole).when(true) {
                if let Some(condition) = case.and(&item.condition) {
                    mapped.push(Rc::new(Item { condition, ..(*item).clone() }));
                }
            }
        }
        self.new_list(mapped)
    }

    /// Of items that are alike the first.
    pub(super) fn each_once(&mut self, items: List) -> List {
        let mut seen = std::collections::HashSet::new();
        let mut kept = Vec::with_capacity(items.len());
        for item in items {
            let key = match &item.value {
                Element::One(value) if item.condition.is_always() => self.key(value),
                _ => None,
            };
            if key.is_none_or(|key| seen.insert(key)) {
                kept.push(item);
            }
        }
        kept
    }

    /// Whether a value is of a class, or of one of several.
    pub(super) fn is_instance(&mut self, value: &Val, class: Option<&Val>) -> Option<bool> {
        let class = class?.clone();
        if self.is_list(&class) {
            let mut outcome = Some(false);
            let named = |item: &Rc<Item>, wanted: &str| match &item.value {
                Element::One(Val { kind: Kind::Free(name), .. }) => **name == *wanted,
                _ => false,
            };
            let items = self.items(&class, Span::beginning(self.source));
            if ["list", "tuple"].iter().all(|name| items.iter().any(|item| named(item, name)))
                && self.is_list(value)
            {
                return Some(true);
            }
            for item in self.items(&class, Span::beginning(self.source)) {
                let Element::One(class) = &item.value else { return None };
                match self.is_instance(value, Some(class)) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => outcome = None,
                }
            }
            return outcome;
        }
        match &class.kind {
            Kind::Free(name) => {
                let kinds: &[&str] = match &value.kind {
                    Kind::Text(_) => &["str"],
                    Kind::Bool(_) => &["bool", "int"],
                    Kind::Number(Number::Int(_)) => &["int"],
                    Kind::Number(Number::Float(_)) => &["float"],
                    Kind::Null => &[],
                    Kind::Object(slot) => match self.store.get(*slot) {
                        // A list and a tuple look the same here.
                        Content::List(_) if matches!(&**name, "tuple" | "list" | "set") => return None,
                        Content::List(_) => &["list"],
                        Content::Map(_) => &["dict"],
                        Content::Instance(_) => &[],
                        _ => return None,
                    },
                    _ => return None,
                };
                let is_builtin = matches!(
                    &**name,
                    "str" | "bool" | "int" | "float" | "list" | "dict" | "tuple" | "set" | "bytes"
                );
                is_builtin.then(|| kinds.contains(&&**name))
            }
            Kind::Class(class) => {
                let own = self.class_of(value)?;
                let line = Self::lineage(&own);
                if line.iter().any(|one| Rc::ptr_eq(one, class)) {
                    return Some(true);
                }
                line.iter().all(|one| !one.open).then_some(false)
            }
            _ => None,
        }
    }
}

/// Whether an item is there in any case, as one.
fn is_certain(item: &Rc<Item>) -> bool {
    item.condition.is_always() && matches!(item.value, Element::One(_))
}
