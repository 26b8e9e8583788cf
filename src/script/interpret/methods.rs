//! Methods of lists and maps.

use super::Interpreter;
use super::calls::Arguments;
use super::store::{Content, Slot};
use super::values::{Element, Entry, Item, Kind, List, Val};
use crate::script::Expression;
use crate::value::{Condition, Reason};
use std::rc::Rc;

impl Interpreter<'_> {
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

/// Sorts items that are all plain texts; anything else stays as it is.
pub(super) fn sort(items: &mut List) {
    let key = |item: &Rc<Item>| match &item.value {
        Element::One(value) => value.plain(),
        Element::Rest(_) => None,
    };
    if items.iter().all(|item| key(item).is_some()) {
        items.sort_by_key(key);
    }
}
