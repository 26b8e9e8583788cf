//! Lists: making, reading, growing.

use super::Interpreter;
use super::store::{Content, Slot};
use super::values::{Element, Item, Kind, List, Val};
use crate::provenance::Step;
use crate::script::{Element as Written, Expression, ExpressionKind, Target};
use crate::source::Span;
use crate::value::{Condition, Unknown};
use std::rc::Rc;

/// What a comprehension yields for each element.
pub(super) struct Yields<'e> {
    pub flatten: bool,
    pub key: Option<&'e Expression>,
    pub value: &'e Expression,
    pub conditions: &'e [Expression],
}

impl Yields<'_> {
    /// Whether it makes a map.
    fn entries(&self) -> bool {
        let (mut flatten, mut key, mut value) = (self.flatten, self.key.is_some(), self.value);
        while flatten
            && let ExpressionKind::Comprehension { flatten: inner, key: own, value: next, .. } = &value.kind
        {
            (flatten, key, value) = (*inner, own.is_some(), next);
        }
        key
    }
}

impl Interpreter<'_> {
    pub(super) fn new_list(&mut self, items: List) -> Val {
        Val::object(self.store.add(Content::List(Rc::new(items))))
    }

    /// The items of a list as written.
    pub(super) fn elements(&mut self, elements: &[Written]) -> List {
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            match element {
                Written::One(one) => {
                    let value = self.eval(one);
                    items.push(Item::one(value, one.span));
                }
                Written::Spread(one) => {
                    let value = self.eval(one);
                    items.extend(self.items(&value, one.span));
                }
            }
        }
        items
    }

    /// What a value yields when it is iterated over.
    pub(super) fn items(&mut self, value: &Val, span: Span) -> List {
        match &value.kind {
            Kind::Either(all) => {
                let mut merged: List = Vec::new();
                for (condition, one) in all.clone().iter() {
                    for item in self.items(one, span) {
                        let Some(condition) = condition.and(&item.condition) else { continue };
                        // The same element of several alternatives is one, under either condition.
                        let same = |have: &&mut Rc<Item>| match (&have.value, &item.value) {
                            (Element::One(a), Element::One(b)) => {
                                matches!(a.kind, Kind::Object(_)) && a.same(b)
                            }
                            _ => false,
                        };
                        match merged.iter_mut().find(same) {
                            Some(have) => {
                                let condition = super::path::exact_union(&have.condition, &condition)
                                    .unwrap_or_else(|| super::path::common(&have.condition, &condition));
                                *have = Rc::new(Item { condition, ..(**have).clone() });
                            }
                            None => merged.push(Rc::new(Item { condition, ..(*item).clone() })),
                        }
                    }
                }
                merged
            }
            Kind::Object(_) => match self.content_of(value) {
                Content::List(list) => (*list).clone(),
                Content::Map(map) => {
                    let key = |entry: &Rc<super::values::Entry>| {
                        Rc::new(Item {
                            condition: entry.condition.clone(),
                            value: Element::One(entry.name.clone()),
                            span: entry.span,
                        })
                    };
                    let open = map.open.clone().map(Item::rest);
                    map.entries.iter().map(key).chain(open).collect()
                }
                _ => vec![Item::rest(self.unknown_of(value, span))],
            },
            Kind::Class(class) if class.class.is_enum => {
                let class = class.clone();
                let members = class.class.attributes.iter().map(|(name, span, _)| {
                    let member = self.class_member(&class, name);
                    Item::one(member.unwrap_or_else(Val::null), *span)
                });
                members.collect()
            }
            Kind::Text(parts) if self.rules.free_names_are_inputs => {
                let parts = parts.clone();
                self.fields_of_parts(&parts, span)
            }
            Kind::Unbound | Kind::Null => Vec::new(),
            _ => vec![Item::rest(self.unknown_of(value, span))],
        }
    }

    /// The words of a text that is split at blanks, as items.
    fn fields_of_parts(&mut self, parts: &[super::values::Part], span: Span) -> List {
        let fields = self.split_fields(parts);
        fields
            .into_iter()
            .map(|field| {
                let origin = field.parts.first().and_then(|part| part.origin);
                let value = Element::One(Val::text(field.parts, origin));
                Rc::new(Item { condition: field.condition, value, span })
            })
            .collect()
    }

    /// Appends items to a list in place. A list that has met the limit ends in what is not known, so that
    /// nothing counts as absent from it.
    pub(super) fn extend_list(&mut self, slot: Slot, items: List) {
        let Content::List(list) = self.store.get(slot) else { return };
        let mut list = list.clone();
        if list.len() + items.len() > self.limits.items {
            let span = items.first().map_or_else(|| Span::beginning(self.source), |item| item.span);
            let met = self.limit(span, "a list has too many items");
            if list.len() <= self.limits.items {
                let unknown = self.unknown_of(&met, span);
                Rc::make_mut(&mut list).push(Item::rest(unknown));
                self.store.set(slot, Content::List(list));
            }
            return;
        }
        Rc::make_mut(&mut list).extend(items);
        self.store.set(slot, Content::List(list));
    }

    /// `object[key]`.
    pub(super) fn item(&mut self, object: &Val, key: &Val, span: Span) -> Val {
        if let Kind::Either(all) = &object.kind {
            let mut values = Vec::new();
            for (condition, one) in all.clone().iter() {
                let value = self.item(one, key, span);
                values.extend(
                    value
                        .alternatives()
                        .into_iter()
                        .filter_map(|(inner, value)| Some((condition.and(&inner)?, value))),
                );
            }
            return self.either(values);
        }
        if let Kind::Either(all) = &key.kind {
            let mut values = Vec::new();
            for (condition, one) in all.clone().iter() {
                let value = self.item(object, one, span);
                values.extend(
                    value
                        .alternatives()
                        .into_iter()
                        .filter_map(|(inner, value)| Some((condition.and(&inner)?, value))),
                );
            }
            return self.either(values);
        }
        match self.content_of(object) {
            Content::List(list) => match self.at(&list, key) {
                Some(value) => self.with_step(value, span, Step::Element),
                None => self.element_of(object, key, span),
            },
            Content::Map(map) => self.lookup(&map, key, span),
            Content::Instance(_) => self.element_of(object, key, span),
            _ => match &object.kind {
                Kind::Class(class) if class.class.is_enum => {
                    let class = class.clone();
                    let member = key.plain().and_then(|name| self.class_member(&class, &name));
                    member.unwrap_or_else(|| self.element_of(object, key, span))
                }
                Kind::Text(_) => match self.character(object, key, span) {
                    Some(value) => value,
                    None => self.element_of(object, key, span),
                },
                _ => self.element_of(object, key, span),
            },
        }
    }

    /// An element that is not known: named by its object and key.
    pub(super) fn element_of(&mut self, object: &Val, key: &Val, span: Span) -> Val {
        let unknown = self.unknown_of(object, span);
        let key = match key.plain() {
            Some(key) => key.to_string(),
            None => match &key.kind {
                Kind::Number(number) => number.to_string(),
                Kind::Unknown(unknown, _) => unknown.input.to_string(),
                _ => "…".to_string(),
            },
        };
        let input = super::describe::shorten(&format!("{}[{key}]", unknown.input));
        let event = match object.kind {
            Kind::Unknown(_, event) => event,
            _ => 0,
        };
        let unknown = Unknown { input: input.into(), span, ..unknown };
        Val::new(Kind::Unknown(unknown, event), object.origin)
    }

    /// `[value for target in iterable if conditions]`.
    pub(super) fn comprehension(
        &mut self,
        yields: &Yields<'_>,
        target: &Target,
        iterable: &Expression,
        span: Span,
    ) -> Val {
        let source = self.eval(iterable);
        let items = self.items(&source, iterable.span);
        let outer = self.scope;
        self.scope = self.open_scope(Some(outer));
        let result = if yields.entries() { self.new_map() } else { self.new_list(Vec::new()) };
        for item in self.bounded(items, span) {
            let (element, rest) = match &item.value {
                Element::One(element) => (element.clone(), None),
                Element::Rest(unknown) => (self.element_of_unknown(unknown, target), Some(unknown.clone())),
            };
            let condition = item.condition.clone();
            let result = result.clone();
            self.under(&condition, |this| {
                let element = this.with_step(element, item.span, Step::Element);
                this.assign(target, element, true);
                this.comprehend(yields, yields.conditions, &result, rest);
            });
        }
        let inner = self.scope;
        self.scope = outer;
        self.close_scope(inner);
        result
    }

    fn comprehend(
        &mut self,
        yields: &Yields<'_>,
        conditions: &[Expression],
        result: &Val,
        rest: Option<Unknown>,
    ) {
        if let Some((condition, others)) = conditions.split_first() {
            let test = self.test(condition);
            self.choose(
                test,
                condition,
                |this| {
                    this.comprehend(yields, others, result, rest);
                    Val::unbound()
                },
                |_| Val::unbound(),
            );
            return;
        }
        let Kind::Object(slot) = result.kind else { return };
        let element = self.eval(yields.value);
        let place = yields.value.span;
        match (yields.key, rest) {
            // Over something unknown: any number of what the body makes.
            (_, Some(unknown)) if yields.entries() => self.open_map(slot, unknown),
            (_, Some(unknown)) => self.extend_list(slot, vec![Item::rest(unknown)]),
            (Some(key), None) => {
                let key = self.eval(key);
                self.set_item(result, &key, element, place);
            }
            (None, None) if yields.entries() => self.update_map(slot, &element, place),
            (None, None) if yields.flatten => {
                let items = self.items(&element, place);
                self.extend_list(slot, items);
            }
            (None, None) => self.extend_list(slot, vec![Item::one(element, place)]),
        }
    }

    /// At most as many items as a loop may unroll.
    pub(super) fn bounded(&mut self, mut items: List, span: Span) -> List {
        if items.len() > self.limits.unroll {
            self.meet_limit(span, "a loop has too many iterations");
            items.truncate(self.limits.unroll);
            let reason = crate::value::Reason::Limit;
            items.push(Item::rest(Unknown { input: "further iterations".into(), reason, span }));
        }
        items
    }

    /// One item's value under the name that a loop gives it.
    pub(super) fn element_of_unknown(&mut self, unknown: &Unknown, target: &Target) -> Val {
        let named = |name: &str| Unknown { input: name.into(), ..unknown.clone() };
        match target {
            Target::Name(name, _) if !super::is_input(unknown.reason) => {
                self.event(name, unknown.reason, unknown.span)
            }
            Target::Name(name, _) => {
                let origin = self.arena.start(unknown.span, Step::Input);
                Val::unknown(named(name), Some(origin))
            }
            Target::Tuple(targets, _) => {
                let values = targets.iter().map(|(target, _)| {
                    let value = self.element_of_unknown(unknown, target);
                    Item::one(value, target.span())
                });
                let values: List = values.collect();
                self.new_list(values)
            }
            _ => Val::unknown(unknown.clone(), None),
        }
    }

    /// The whole list under a condition, as items.
    pub(super) fn guarded(items: List, condition: &Condition) -> List {
        if condition.is_always() {
            return items;
        }
        items
            .into_iter()
            .filter_map(|item| {
                let condition = condition.and(&item.condition)?;
                Some(Rc::new(Item { condition, ..(*item).clone() }))
            })
            .collect()
    }
}
