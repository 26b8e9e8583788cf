//! The operators, as functions of ours: operands may be unknown, may carry units, and may come in an
//! order that the engine's own operators do not know.

use super::arguments::{Answer, Arguments, bool, measure, take};
use super::{arithmetic, collections, slices};
use crate::cel::values::{self, MapVal, Outcome, Pending, fault, work};
use ::cel::common::functions::Function as Implementation;
use ::cel::common::types::{CelMap, CelOptional};
use ::cel::common::value::{CowVal, Val};
use std::cmp::Ordering;

pub(in crate::cel) const EQUAL: &str = "@==";
pub(in crate::cel) const UNEQUAL: &str = "@!=";
pub(in crate::cel) const LESS: &str = "@<";
pub(in crate::cel) const LESS_EQUAL: &str = "@<=";
pub(in crate::cel) const GREATER: &str = "@>";
pub(in crate::cel) const GREATER_EQUAL: &str = "@>=";
pub(in crate::cel) const IN: &str = "@contained";
pub(in crate::cel) const ADD: &str = "@+";
pub(in crate::cel) const SUBTRACT: &str = "@-";
pub(in crate::cel) const MULTIPLY: &str = "@*";
pub(in crate::cel) const DIVIDE: &str = "@/";
pub(in crate::cel) const MODULO: &str = "@%";
pub(in crate::cel) const NEGATE: &str = "@negate";
pub(in crate::cel) const INDEX: &str = "@index";
pub(in crate::cel) const HAS: &str = "@has";
pub(in crate::cel) const OPTIONAL: &str = "@optional";
pub(in crate::cel) const VISIT: &str = "@visit";
pub(in crate::cel) const PAIRS: &str = "@pairs";
pub(in crate::cel) const ENTRIES: &str = "@entries";
pub(in crate::cel) const MERGED: &str = "@merged";
pub(in crate::cel) const SORT: &str = "@sort";
pub(in crate::cel) const COPY: &str = "@copy";

/// What expressions are rewritten to; none of the names can be written.
pub(in crate::cel) const INTERNAL: &[(&str, usize, Implementation)] = &[
    (EQUAL, 2, equal),
    (UNEQUAL, 2, unequal),
    (LESS, 2, less),
    (LESS_EQUAL, 2, less_equal),
    (GREATER, 2, greater),
    (GREATER_EQUAL, 2, greater_equal),
    (IN, 2, contained),
    (INDEX, 2, index),
    (ADD, 2, arithmetic::add),
    (SUBTRACT, 2, arithmetic::subtract),
    (MULTIPLY, 2, arithmetic::multiply),
    (DIVIDE, 2, arithmetic::divide),
    (MODULO, 2, arithmetic::modulo),
    (NEGATE, 1, arithmetic::negate),
    (HAS, 2, has),
    (OPTIONAL, 2, optional),
    (VISIT, 2, collections::visit),
    (PAIRS, 2, collections::pairs),
    (ENTRIES, 1, collections::entries),
    (MERGED, 1, collections::merged),
    (SORT, 2, slices::sort_by_keys),
    (COPY, 1, collections::copied),
];

/// The function that an operator, or another part of the language, was rewritten to.
pub(in crate::cel) fn internal(name: &str, arguments: usize) -> Option<Implementation> {
    if !name.starts_with('@') {
        return None;
    }
    let row = INTERNAL.iter().find(|(known, count, _)| *known == name && *count == arguments);
    row.map(|(_, _, implementation)| *implementation)
}

/// Whether two values are equal: lists and maps of the subject and of the engine alike. An unknown part
/// is an error, unless another part tells the two apart.
pub(super) fn equals(a: &dyn Val, b: &dyn Val) -> Outcome<bool> {
    Pending::check(a)?;
    Pending::check(b)?;
    work::charge(1)?;
    if is_list(a) && is_list(b) {
        return same_elements(a, b);
    }
    if is_map(a) && is_map(b) {
        return same_entries(a, b);
    }
    if let (Some(a), Some(b)) = (a.downcast_ref::<CelOptional>(), b.downcast_ref::<CelOptional>()) {
        return match (a.option(), b.option()) {
            (Some(a), Some(b)) => equals(a, b),
            (a, b) => Ok(a.is_none() && b.is_none()),
        };
    }
    if let (Some(a), Some(b)) = (measure(a), measure(b)) {
        return Ok(a.order(b) == Some(Ordering::Equal));
    }
    // The engine asks the left side only, and numbers know nothing of amounts.
    Ok(a.equals(b) || (measure(b).is_some() && b.equals(a)))
}

pub(super) fn is_list(value: &dyn Val) -> bool {
    value.get_type().name() == "list"
}

fn is_map(value: &dyn Val) -> bool {
    value.get_type().name() == "map"
}

fn same_elements(a: &dyn Val, b: &dyn Val) -> Outcome<bool> {
    let (Some(a), Some(b)) = (a.as_iterable(), b.as_iterable()) else {
        return Ok(false);
    };
    let (mut a, mut b) = (a.iter(), b.iter());
    let mut unknown = None;
    loop {
        match (a.next(), b.next()) {
            (None, None) => return unknown.map_or(Ok(true), Err),
            (Some(a), Some(b)) => match equals(a, b) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) => unknown = Some(error),
            },
            (Some(rest), None) | (None, Some(rest)) => {
                Pending::check(rest)?;
                return Ok(false);
            }
        }
    }
}

fn same_entries(a: &dyn Val, b: &dyn Val) -> Outcome<bool> {
    let (Some(keys), Some(others)) = (a.as_iterable(), b.as_iterable()) else {
        return Ok(false);
    };
    let (mut keys, mut others) = (keys.iter(), others.iter());
    let mut unknown = None;
    let mut count = 0usize;
    while let Some(key) = keys.next() {
        count += 1;
        let same = contains(b, key).and_then(|there| match there {
            true => equals(values::member(a, key)?.as_ref(), values::member(b, key)?.as_ref()),
            false => Ok(false),
        });
        match same {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(error) => unknown = Some(error),
        }
    }
    while let Some(key) = others.next() {
        match Pending::check(key) {
            Ok(()) => count = count.saturating_sub(1),
            Err(error) => unknown = Some(error),
        }
    }
    unknown.map_or(Ok(count == 0), Err)
}

fn equal<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    bool(equals(a.as_ref(), b.as_ref())?)
}

fn unequal<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    bool(!equals(a.as_ref(), b.as_ref())?)
}

/// How two values of one kind compare.
pub(super) fn order(a: &dyn Val, b: &dyn Val) -> Outcome<Ordering> {
    Pending::check(a)?;
    Pending::check(b)?;
    if measure(a).is_none() && measure(b).is_some() {
        return order(b, a).map(Ordering::reverse);
    }
    let unlike = || fault::mismatch(format!("{} cannot be compared with {}", fault::kind(a), fault::kind(b)));
    let comparer = a.as_comparer().ok_or_else(unlike)?;
    comparer.compare(b).map_err(|_| unlike())
}

fn compare<'b, 'v>(args: Arguments<'b, 'v>, holds: fn(Ordering) -> bool) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    bool(holds(order(a.as_ref(), b.as_ref())?))
}

fn less<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    compare(args, Ordering::is_lt)
}

fn less_equal<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    compare(args, Ordering::is_le)
}

fn greater<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    compare(args, Ordering::is_gt)
}

fn greater_equal<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    compare(args, Ordering::is_ge)
}

fn contained<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, container] = take(args)?;
    bool(contains(container.as_ref(), value.as_ref())?)
}

/// Whether a list has an element, or a map a key. An element that is not known decides only if no
/// other does.
pub(super) fn contains(container: &dyn Val, value: &dyn Val) -> Outcome<bool> {
    if let Some(map) = container.downcast_ref::<MapVal>() {
        return map.has(value);
    }
    if let Some(map) = container.downcast_ref::<CelMap>() {
        return map.as_container().map_or(Ok(false), |map| map.contains(value));
    }
    let Some(list) = container.as_iterable() else {
        return Err(fault::mismatch(format!(
            "`in` looks into a list or a map, not into {}",
            fault::kind(container)
        )));
    };
    let mut elements = list.iter();
    let mut unknown = None;
    while let Some(element) = elements.next() {
        match equals(value, element) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => unknown = Some(error),
        }
    }
    unknown.map_or(Ok(false), Err)
}

fn has<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [operand, member] = take(args)?;
    bool(values::has(operand.as_ref(), member.as_ref())?)
}

/// `a[b]`, and `a.b` where `a` may be an optional, which makes the outcome one.
fn index<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    if args.first().is_some_and(|operand| operand.downcast_ref::<CelOptional>().is_some()) {
        return optional(args);
    }
    let [operand, member] = take(args)?;
    let found = values::member(operand.as_ref(), member.as_ref())?;
    Pending::check(found.as_ref())?;
    Ok(CowVal::Owned(found))
}

/// `a.?b` and `a[?b]`: none where the member is absent. Unlike the engine's, an unknown member is not
/// none.
fn optional<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [operand, member] = take(args)?;
    let none = || Ok(CowVal::owned(CelOptional::none()));
    let found = match operand.downcast_ref::<CelOptional>() {
        None => values::member(operand.as_ref(), member.as_ref()),
        Some(optional) => match optional.option() {
            Some(inner) => values::member(inner, member.as_ref()),
            None => return none(),
        },
    };
    match found {
        Ok(value) => Ok(CowVal::owned(CelOptional::of(value))),
        Err(error) if fault::is_absent(&error) => none(),
        Err(error) => Err(error),
    }
}
