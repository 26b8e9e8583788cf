//! Methods of lists and maps.

use super::Interpreter;
use super::calls::Arguments;
use super::store::{Content, Slot};
use super::values::{Element, Entry, Item, Kind, List, Val};
use crate::script::Expression;
use crate::value::{Condition, Number, Reason};
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
                let Some(item) = arguments.positional.get(1).cloned() else { return Val::null() };
                let at = match arguments.at(0).map(|at| (&at.kind, &at.input)) {
                    Some((Kind::Number(Number::Int(at)), None)) => Some(match usize::try_from(*at) {
                        Ok(at) => at.min(list.len()),
                        Err(_) => list
                            .len()
                            .saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX)),
                    }),
                    _ => None,
                };
                match at.filter(|&at| list.iter().take(at).all(|item| self.is_there(item))) {
                    Some(at) => {
                        let mut items = (*list).clone();
                        items.insert(at, item);
                        self.store.set(slot, Content::List(Rc::new(items)));
                    }
                    // It stands somewhere among the others.
                    None => self.forget_items(slot, 0, span),
                }
                Val::null()
            }
            "pop" => {
                let last = Val::int(-1, None);
                let key = arguments.at(0).unwrap_or(&last).clone();
                match (self.at(&list, &key), self.position(&key, list.len())) {
                    (Some(value), Some(at)) => {
                        let mut items = (*list).clone();
                        items.remove(at);
                        self.store.set(slot, Content::List(Rc::new(items)));
                        value
                    }
                    _ => {
                        self.forget_items(slot, 0, span);
                        self.event("an element", Reason::NotFollowed, span)
                    }
                }
            }
            "remove" | "discard" => {
                let place = arguments.at(0).map(|gone| self.place_of(&list, gone));
                match place {
                    Some(Some(Some(at))) => {
                        let mut items = (*list).clone();
                        items.remove(at);
                        self.store.set(slot, Content::List(Rc::new(items)));
                    }
                    Some(Some(None)) => {}
                    _ => self.forget_items(slot, 0, span),
                }
                Val::null()
            }
            "clear" => {
                self.store.set(slot, Content::List(Rc::new(Vec::new())));
                Val::null()
            }
            "reverse" => {
                let mut items = (*list).clone();
                items.reverse();
                self.store.set(slot, Content::List(Rc::new(items)));
                Val::null()
            }
            "sort" => {
                match self.in_order((*list).clone(), arguments, whole) {
                    Some(items) => self.store.set(slot, Content::List(Rc::new(items))),
                    None => self.forget_items(slot, 0, span),
                }
                Val::null()
            }
            "index" if arguments.positional.len() == 1 => {
                match arguments.at(0).and_then(|value| self.place_of(&list, value)).flatten() {
                    Some(at) => Val::int(i64::try_from(at).unwrap_or(i64::MAX), None),
                    None => self.event(name, Reason::NotFollowed, span),
                }
            }
            "count" => {
                let wanted = arguments.at(0).and_then(|value| self.key(value));
                let keys = list.iter().map(|item| match &item.value {
                    Element::One(value) if self.is_there(item) => self.key(value),
                    _ => None,
                });
                match (wanted, keys.collect::<Option<Vec<_>>>()) {
                    (Some(wanted), Some(keys)) => {
                        let count = keys.iter().filter(|key| **key == wanted).count();
                        Val::int(i64::try_from(count).unwrap_or(i64::MAX), None)
                    }
                    _ => self.event(name, Reason::NotFollowed, span),
                }
            }
            "copy" => self.new_list((*list).clone()),
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
                Some(entry) if self.path.implies(&entry.condition) => entry.value.clone(),
                Some(entry) => match (self.path.news(&entry.condition).atoms(), arguments.at(1)) {
                    ([atom], Some(default)) => {
                        let (there, absent) = (Condition::of(atom.clone()), Condition::of(atom.negated()));
                        self.either(vec![(there, entry.value.clone()), (absent, default.clone())])
                    }
                    _ => entry.value.clone(),
                },
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

    /// The first place of a value among items: `None` where that is not known, `Some(None)` if it is not
    /// among them.
    fn place_of(&self, list: &List, value: &Val) -> Option<Option<usize>> {
        let wanted = self.key(value)?;
        for (at, item) in list.iter().enumerate() {
            let Element::One(one) = &item.value else { return None };
            if self.key(one)? == wanted {
                return self.is_there(item).then_some(Some(at));
            }
        }
        Some(None)
    }

    /// A list of which from here on nothing is known but its first items.
    pub(super) fn forget_items(&mut self, slot: Slot, kept: usize, span: crate::source::Span) {
        let input = "a list that was changed".into();
        let unknown = crate::value::Unknown { input, reason: Reason::NotFollowed, span };
        let Content::List(list) = self.store.get(slot) else { return };
        let mut items: List = list.iter().take(kept).cloned().collect();
        items.push(Item::rest(unknown));
        self.store.set(slot, Content::List(Rc::new(items)));
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
