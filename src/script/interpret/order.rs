//! Which of two values comes first.

use super::Interpreter;
use super::calls::Arguments;
use super::store::Content;
use super::values::{Element, Item, Kind, List, Val};
use crate::script::Expression;
use crate::value::Number;
use std::cmp::Ordering;
use std::rc::Rc;

/// How deep lists of lists are compared.
const DEEPEST: usize = 16;

impl Interpreter<'_> {
    /// How two known values compare; `None` where that is not known, or would be an error.
    pub(super) fn ordering(&self, a: &Val, b: &Val) -> Option<Ordering> {
        self.ordering_within(a, b, 0)
    }

    fn ordering_within(&self, a: &Val, b: &Val, depth: usize) -> Option<Ordering> {
        let number = |value: &Val| match value.kind {
            Kind::Number(number) => Some(number),
            Kind::Bool(value) => Some(Number::Int(i64::from(value))),
            _ => None,
        };
        if let (Some(a), Some(b)) = (number(a), number(b)) {
            return match (a, b) {
                (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
                _ => a.as_f64().partial_cmp(&b.as_f64()),
            };
        }
        if let (Some(a), Some(b)) = (a.plain(), b.plain()) {
            return Some(a.cmp(&b));
        }
        let (Content::List(a), Content::List(b)) = (self.content_of(a), self.content_of(b)) else {
            return None;
        };
        if depth > DEEPEST {
            return None;
        }
        for (a, b) in a.iter().zip(b.iter()) {
            let (Element::One(x), Element::One(y)) = (&a.value, &b.value) else { return None };
            if !a.condition.is_always() || !b.condition.is_always() {
                return None;
            }
            match self.ordering_within(x, y, depth + 1)? {
                Ordering::Equal => {}
                decided => return Some(decided),
            }
        }
        Some(a.len().cmp(&b.len()))
    }

    /// The items in order, by the `key` and `reverse` that the arguments give; `None` where their order is
    /// not known.
    pub(super) fn in_order(
        &mut self,
        items: List,
        arguments: &Arguments,
        whole: &Expression,
    ) -> Option<List> {
        let reverse = match arguments.named("reverse").map(|reverse| &reverse.kind) {
            None | Some(Kind::Bool(false)) => false,
            Some(Kind::Bool(true)) => true,
            Some(_) => return None,
        };
        let key = arguments.named("key").filter(|key| !matches!(key.kind, Kind::Null)).cloned();
        let mut keyed: Vec<(Val, Rc<Item>)> = Vec::with_capacity(items.len());
        for item in items {
            let Element::One(value) = &item.value else { return None };
            let measure = match &key {
                Some(key) => {
                    let positional = vec![Item::one(value.clone(), item.span)];
                    self.call(key, Arguments { positional, ..Arguments::default() }, whole)
                }
                None => value.clone(),
            };
            keyed.push((measure, item));
        }
        let mut certain = true;
        keyed.sort_by(|(a, _), (b, _)| {
            let order = self.ordering(a, b);
            certain &= order.is_some();
            let order = order.unwrap_or(Ordering::Equal);
            if reverse { order.reverse() } else { order }
        });
        certain.then(|| keyed.into_iter().map(|(_, item)| item).collect())
    }
}
