//! Maps: making, reading, growing.

use super::Interpreter;
use super::store::{Content, Slot};
use super::values::{Entry, Key, Kind, Map, Val};
use crate::provenance::Step;
use crate::script::MapEntry;
use crate::source::Span;
use crate::value::{Condition, Unknown};
use std::rc::Rc;

impl Interpreter<'_> {
    pub(super) fn new_map(&mut self) -> Val {
        Val::object(self.store.add(Content::Map(Rc::new(Map::default()))))
    }

    pub(super) fn map(&mut self, entries: &[MapEntry], span: Span) -> Val {
        let map = self.new_map();
        let Kind::Object(slot) = map.kind else { return map };
        for entry in entries {
            match entry {
                MapEntry::Pair(key, value) => {
                    let place = value.span;
                    let (key, value) = (self.eval(key), self.eval(value));
                    self.set_item(&map, &key, value, place);
                }
                MapEntry::Spread(other) => {
                    let other = self.eval(other);
                    self.update_map(slot, &other, span);
                }
            }
        }
        map
    }

    /// The key that a value makes, if it is known for certain.
    pub(super) fn key(&self, value: &Val) -> Option<Key> {
        match &value.kind {
            Kind::Text(_) if value.input.is_none() => value.plain().map(|text| ('t', text)),
            Kind::Number(number) if value.input.is_none() => Some(('n', number.to_string().into())),
            Kind::Bool(value) => Some(('b', value.to_string().into())),
            Kind::Null => Some(('0', "".into())),
            Kind::Member(member) if member.class.is_text => self.key(&member.value),
            Kind::Member(member) => {
                Some(('m', format!("{}.{}", member.class.class.name, member.name).into()))
            }
            Kind::Object(slot) => match self.store.get(*slot) {
                Content::List(list) => {
                    let mut text = String::new();
                    for item in list.iter() {
                        let super::values::Element::One(value) = &item.value else { return None };
                        let (kind, part) = self.key(value)?;
                        text.push(kind);
                        text.push_str(&part);
                        text.push('\0');
                    }
                    Some(('l', text.into()))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `map[key]`. An input as the key makes a value of each entry, under the key's name.
    pub(super) fn lookup(&mut self, map: &Map, key: &Val, span: Span) -> Val {
        if let Some(known) = self.key(key) {
            return match map.get(&known) {
                Some(entry) => {
                    let value = entry.value.clone();
                    let place = entry.span;
                    self.with_step(value, place, Step::Element)
                }
                None => {
                    let unknown = map.open.clone();
                    match unknown {
                        Some(unknown) => {
                            let object = Val::unknown(unknown, None);
                            self.element_of(&object, key, span)
                        }
                        None => self.event("a missing key", crate::value::Reason::NotFollowed, span),
                    }
                }
            };
        }
        let input = match (&key.kind, &key.input) {
            (_, Some(input)) => Some(input.clone()),
            (Kind::Unknown(unknown, 0), None) => Some(unknown.input.clone()),
            _ => None,
        };
        let is_text = map.entries.iter().all(|entry| entry.key.0 == 't' && entry.condition.is_always());
        match input {
            Some(input) if is_text && map.open.is_none() && !map.entries.is_empty() => {
                self.entry_by_input(map, &input, span)
            }
            _ => {
                let unknown = map.open.clone().unwrap_or_else(|| self.unknown_of(key, span));
                let object = Val::unknown(unknown, None);
                self.element_of(&object, key, span)
            }
        }
    }

    /// `table[$ENV]`: each entry where the input is its key; another key would be an error.
    fn entry_by_input(&mut self, map: &Map, input: &std::sync::Arc<str>, span: Span) -> Val {
        let mut values = Vec::with_capacity(map.entries.len());
        for entry in &map.entries {
            let constant: std::sync::Arc<str> = (*entry.key.1).into();
            let place = entry
                .name
                .origin
                .and_then(|origin| self.arena.hop(origin))
                .map_or(entry.span, |hop| hop.span);
            self.pins.entry((input.clone(), constant.clone())).or_insert(place);
            let condition = Condition::of(crate::value::Atom {
                input: input.clone(),
                operator: crate::value::Operator::Equal,
                operand: crate::value::Operand::One(constant),
                span,
            });
            if self.rules_out(&condition) {
                continue;
            }
            let value = self.with_step(entry.value.clone(), entry.span, Step::Element);
            values.extend(
                value
                    .alternatives()
                    .into_iter()
                    .filter_map(|(inner, value)| Some((condition.and(&inner)?, value))),
            );
        }
        if values.is_empty() {
            return self.event("a missing key", crate::value::Reason::NotFollowed, span);
        }
        self.either(values)
    }

    /// `map.update(other)`, `{**other}`.
    pub(super) fn update_map(&mut self, slot: Slot, other: &Val, span: Span) {
        if let Kind::Either(all) = &other.kind {
            for (condition, one) in all.clone().iter() {
                let one = one.clone();
                self.under(condition, |this| this.update_map(slot, &one, span));
            }
            return;
        }
        match self.content_of(other) {
            Content::Map(more) => {
                let Content::Map(map) = self.store.get(slot) else { return };
                let mut map = map.clone();
                let merged = Rc::make_mut(&mut map);
                let mut guarded = Vec::new();
                for entry in &more.entries {
                    if entry.condition.is_always() || merged.get(&entry.key).is_none() {
                        merged.insert(entry.clone());
                    } else {
                        guarded.push(entry.clone());
                    }
                }
                if merged.open.is_none() {
                    merged.open = more.open.clone();
                }
                if merged.entries.len() > self.limits.items {
                    return self.meet_limit(span, "a map has too many entries");
                }
                self.store.set(slot, Content::Map(map));
                for entry in guarded {
                    let map = Val::object(slot);
                    self.under(&entry.condition.clone(), |this| {
                        this.set_item(&map, &entry.name, entry.value.clone(), entry.span);
                    });
                }
            }
            _ => {
                let unknown = self.unknown_of(other, span);
                self.open_map(slot, unknown);
            }
        }
    }

    /// Entries may be there that are not known.
    pub(super) fn open_map(&mut self, slot: Slot, unknown: Unknown) {
        if let Content::Map(map) = self.store.get(slot) {
            let mut map = map.clone();
            Rc::make_mut(&mut map).open.get_or_insert(unknown);
            self.store.set(slot, Content::Map(map));
        }
    }

    pub(super) fn remove_key(&mut self, object: &Val, key: &Val) -> Option<Rc<Entry>> {
        let Kind::Object(slot) = object.kind else { return None };
        match self.store.get(slot).clone() {
            Content::Map(mut map) => {
                let removed = self.key(key).and_then(|key| Rc::make_mut(&mut map).remove(&key));
                self.store.set(slot, Content::Map(map));
                removed
            }
            Content::List(mut list) => {
                if let Some(at) = self.position(key, list.len())
                    && at < list.len()
                {
                    Rc::make_mut(&mut list).remove(at);
                    self.store.set(slot, Content::List(list));
                }
                None
            }
            _ => None,
        }
    }

    /// `map.get(key, default)`.
    pub(super) fn get_or(&mut self, map: &Map, key: &Val, default: Option<Val>, span: Span) -> Val {
        let default = default.unwrap_or_else(Val::null);
        let Some(known) = self.key(key) else { return self.lookup(map, key, span) };
        match map.get(&known).cloned() {
            Some(entry) => {
                let value = self.with_step(entry.value.clone(), entry.span, Step::Element);
                match self.path.news(&entry.condition).atoms() {
                    [] => value,
                    [atom] => {
                        let (there, absent) = (Condition::of(atom.clone()), Condition::of(atom.negated()));
                        self.either(vec![(there, value), (absent, default)])
                    }
                    _ => value,
                }
            }
            None => match map.open.clone() {
                // Whoever opened the map may have put it there.
                Some(unknown) => {
                    let object = Val::unknown(unknown, None);
                    let value = self.element_of(&object, key, span);
                    match (&value.kind, &default.kind) {
                        (Kind::Unknown(unknown, _), Kind::Text(_) | Kind::Number(_) | Kind::Bool(_)) => {
                            let input = Some(unknown.input.clone());
                            let default = self.with_step(default, span, Step::Input);
                            Val { input, ..default }
                        }
                        _ => value,
                    }
                }
                None => default,
            },
        }
    }
}
