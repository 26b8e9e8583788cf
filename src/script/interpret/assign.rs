//! Assignments.

use super::Interpreter;
use super::store::Content;
use super::values::{Entry, Instance, Item, Kind, Val};
use crate::script::{BinaryOperator, Expression, Target};
use crate::value::{Condition, Number, Reason};
use std::rc::Rc;

impl Interpreter<'_> {
    pub(super) fn assign(&mut self, target: &Target, value: Val, local: bool) {
        match target {
            Target::Name(name, span) => {
                let value = self.assigned(value, *span);
                self.bind(name, value, local);
            }
            Target::Attribute(object, name, span) => {
                let object = self.eval(object);
                let value = self.assigned(value, *span);
                self.set_attribute(&object, name, value);
            }
            Target::Index(object, key, _) => {
                let place = key.span;
                let (object, key) = (self.eval(object), self.eval(key));
                self.set_item(&object, &key, value, place);
            }
            Target::Tuple(targets, span) => {
                let values =
                    self.unpack(&value, targets.len(), targets.iter().position(|(_, rest)| *rest), *span);
                for ((target, _), value) in targets.iter().zip(values) {
                    self.assign(target, value, local);
                }
            }
            Target::Ignored(_) => {}
        }
    }

    pub(super) fn augment(&mut self, target: &Target, operator: BinaryOperator, value: &Expression) {
        let old = match target {
            Target::Name(name, span) => self.name(name, *span),
            Target::Attribute(object, name, span) => {
                let object = self.eval(object);
                self.attribute(&object, name, *span)
            }
            Target::Index(object, key, span) => {
                let (object, key) = (self.eval(object), self.eval(key));
                self.item(&object, &key, *span)
            }
            Target::Tuple(..) | Target::Ignored(_) => return,
        };
        let more = self.eval(value);
        if operator == BinaryOperator::Add
            && let Kind::Object(slot) = old.kind
            && matches!(self.store.get(slot), Content::List(_))
        {
            let items = self.items(&more, value.span);
            return self.extend_list(slot, items);
        }
        if operator == BinaryOperator::Union
            && let (Kind::Object(slot), Content::Map(_)) = (&old.kind, self.content_of(&old))
        {
            let slot = *slot;
            return self.update_map(slot, &more, value.span);
        }
        let is_text = self.rules.free_names_are_inputs && operator == BinaryOperator::Add;
        let value = if is_text && !self.is_number(&old) {
            // `X+=text` in a language in which every value is a text.
            let old = if old.is_unbound() { Val::text(Vec::new(), None) } else { old };
            self.concat(&[(old, None), (more, None)], value.span)
        } else {
            self.binary(operator, &old, &more, target.span().cover(value.span))
        };
        self.assign(target, value, false);
    }

    fn is_number(&self, value: &Val) -> bool {
        matches!(value.kind, Kind::Number(_))
    }

    /// The content that a value refers to, `Absent` if it refers to none.
    pub(super) fn content_of(&self, value: &Val) -> Content {
        match value.kind {
            Kind::Object(slot) => match self.store.get(slot) {
                Content::Instance(instance) => {
                    self.as_sequence(instance).unwrap_or_else(|| self.store.get(slot).clone())
                }
                content => content.clone(),
            },
            _ => Content::Absent,
        }
    }

    /// An instance that is read like a tuple, as the list of its fields.
    fn as_sequence(&self, instance: &Instance) -> Option<Content> {
        let class = instance.class.as_ref().filter(|class| class.class.is_sequence)?;
        let fields = class.class.fields.iter().map(|field| {
            instance.fields.get(field.name.as_str()).map(|value| Item::one(value.clone(), field.span))
        });
        fields.collect::<Option<Vec<_>>>().map(|items| Content::List(Rc::new(items)))
    }

    pub(super) fn set_attribute(&mut self, object: &Val, name: &str, value: Val) {
        match &object.kind {
            Kind::Object(slot) => self.set_field(*slot, name, value),
            Kind::Class(class) => self.set_field(class.slot, name, value),
            Kind::Module(scope) => self.bind_in(*scope, name, value),
            Kind::Either(all) => {
                for (condition, one) in all.clone().iter() {
                    let (one, value) = (one.clone(), value.clone());
                    self.under(condition, |this| this.set_attribute(&one, name, value));
                }
            }
            _ => {}
        }
    }

    fn set_field(&mut self, slot: super::store::Slot, name: &str, value: Val) {
        if let Content::Instance(instance) = self.store.get(slot) {
            let mut instance: Rc<Instance> = instance.clone();
            Rc::make_mut(&mut instance).fields.insert(name.into(), value);
            self.store.set(slot, Content::Instance(instance));
        }
    }

    /// Does something where a condition holds, and goes on as if it had been done under it.
    pub(super) fn under(&mut self, condition: &Condition, run: impl FnOnce(&mut Self)) {
        let condition = self.path.news(condition);
        if condition.is_always() {
            return run(self);
        }
        let done = self.arm(super::path::Side::of(condition.clone()), true, |this| {
            run(this);
            Val::unbound()
        });
        let other = super::path::Side::opposite(&condition);
        let nothing = self.arm(other, false, |_| Val::unbound());
        self.join(vec![done, nothing]);
    }

    pub(super) fn set_item(&mut self, object: &Val, key: &Val, value: Val, span: crate::source::Span) {
        if let Kind::Either(all) = &object.kind {
            for (condition, one) in all.clone().iter() {
                let (one, value) = (one.clone(), value.clone());
                self.under(condition, |this| this.set_item(&one, key, value, span));
            }
            return;
        }
        let Kind::Object(slot) = object.kind else { return };
        match self.store.get(slot).clone() {
            Content::Map(mut map) => {
                let changed = Rc::make_mut(&mut map);
                match self.key(key) {
                    Some(known) => {
                        let condition = Condition::always();
                        let entry = Entry { key: known, name: key.clone(), condition, value, span };
                        changed.insert(Rc::new(entry));
                    }
                    None => changed.open = Some(self.unknown_of(key, span)),
                }
                if map.entries.len() > self.limits.items {
                    self.meet_limit(span, "a map has too many entries");
                    return;
                }
                self.store.set(slot, Content::Map(map));
            }
            Content::List(mut list) => {
                let at = self.position(key, list.len()).filter(|_| self.at(&list, key).is_some());
                match at.and_then(|at| Rc::make_mut(&mut list).get_mut(at)) {
                    Some(place) => {
                        *place = Item::one(value, span);
                        self.store.set(slot, Content::List(list));
                    }
                    None => {
                        let certain = list.iter().take_while(|item| self.is_there(item)).count();
                        let kept = match key.kind {
                            // Counted from the end it lies at most so far before what may be missing.
                            Kind::Number(Number::Int(at)) if at < 0 => {
                                certain.saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(certain))
                            }
                            _ => 0,
                        };
                        self.forget_items(slot, kept, span);
                    }
                }
            }
            _ => {}
        }
    }

    /// The values for the targets of a destructuring.
    fn unpack(
        &mut self,
        value: &Val,
        count: usize,
        rest: Option<usize>,
        span: crate::source::Span,
    ) -> Vec<Val> {
        if let Kind::Either(all) = &value.kind {
            let all = all.clone();
            let mut columns: Vec<Vec<(Condition, Val)>> = vec![Vec::new(); count];
            for (condition, one) in all.iter() {
                let row = self.unpack(one, count, rest, span);
                for (column, value) in columns.iter_mut().zip(row) {
                    column.extend(
                        value
                            .alternatives()
                            .into_iter()
                            .filter_map(|(inner, value)| Some((condition.and(&inner)?, value))),
                    );
                }
            }
            return columns.into_iter().map(|column| self.either(column)).collect();
        }
        if matches!(value.kind, Kind::Unknown(..) | Kind::Free(_)) {
            return (0..count)
                .map(|at| {
                    let unknown = self.unknown_of(value, span);
                    let name = format!("{}[{at}]", unknown.input);
                    self.event(&name, unknown.reason, span)
                })
                .collect();
        }
        let items = self.items(value, span);
        let mut values: Vec<Val> = items
            .iter()
            .map(|item| match &item.value {
                super::values::Element::One(value) => value.clone(),
                super::values::Element::Rest(unknown) => Val::unknown(unknown.clone(), None),
            })
            .collect();
        if let Some(at) = rest {
            let behind = count - at - 1;
            let taken: Vec<Rc<Item>> =
                items.iter().skip(at).take(items.len().saturating_sub(at + behind)).cloned().collect();
            let end = (at + taken.len()).min(values.len());
            let list = self.new_list(taken);
            values.splice(at.min(end)..end, [list]);
        }
        while values.len() < count {
            values.push(self.event("a missing element", Reason::NotFollowed, span));
        }
        values
    }
}
