//! Functions that make lists of lists.

use super::Kind::{Any, Bool, Dyn, Int, List, Optional, Text};
use super::arguments::{Answer, Arguments, bool, elements, int, integer, list, optional, string, take};
use super::operators::{equals, order};
use super::{Row, takes};
use crate::cel::limits;
use crate::cel::values::{self, Outcome, fault, work};
use ::cel::common::types::CelInt;
use ::cel::common::value::{CowVal, Val};
use std::cmp::Ordering;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "first",
        member: true,
        signatures: &[takes(&[List(&Any)], Optional(&Any))],
        doc: "the first element, if there is one",
        example: "[1, 2].first().orValue(0) == 1 && [].first().orValue(0) == 0",
        implementation: first,
    },
    Row {
        name: "last",
        member: true,
        signatures: &[takes(&[List(&Any)], Optional(&Any))],
        doc: "the last element, if there is one",
        example: "[1, 2].last().orValue(0) == 2",
        implementation: last,
    },
    Row {
        name: "distinct",
        member: true,
        signatures: &[takes(&[List(&Any)], List(&Any))],
        doc: "the list without repetitions, in its order",
        example: "[1, 2, 1].distinct() == [1, 2]",
        implementation: distinct,
    },
    Row {
        name: "flatten",
        member: true,
        signatures: &[takes(&[List(&Dyn)], List(&Dyn)), takes(&[List(&Dyn), Int], List(&Dyn))],
        doc: "the elements of the lists of a list in one, one level deep or so many",
        example: "[[1], [2, 3]].flatten() == [1, 2, 3] && [1, [2, [3]]].flatten(2) == [1, 2, 3]",
        implementation: flatten,
    },
    Row {
        name: "slice",
        member: true,
        signatures: &[takes(&[List(&Any), Int, Int], List(&Any))],
        doc: "the elements from one index up to another",
        example: "[1, 2, 3].slice(0, 2) == [1, 2]",
        implementation: slice,
    },
    Row {
        name: "reverse",
        member: true,
        signatures: &[takes(&[List(&Any)], List(&Any)), takes(&[Text], Text)],
        doc: "the elements of a list, or the characters of a text, from the last to the first",
        example: r#"[1, 2].reverse() == [2, 1] && "abc".reverse() == "cba""#,
        implementation: reverse,
    },
    Row {
        name: "lists.range",
        member: false,
        signatures: &[takes(&[Int], List(&Int))],
        doc: "the integers from 0 up to a number, without it",
        example: "lists.range(3) == [0, 1, 2]",
        implementation: range,
    },
    Row {
        name: "sort",
        member: true,
        signatures: &[takes(&[List(&Any)], List(&Any))],
        doc: "the elements of one type in their order",
        example: "[3, 1, 2].sort() == [1, 2, 3]",
        implementation: sort,
    },
    Row {
        name: "isSorted",
        member: true,
        signatures: &[takes(&[List(&Any)], Bool)],
        doc: "whether no element is larger than the next",
        example: "[1, 2, 2].isSorted() && ![2, 1].isSorted()",
        implementation: is_sorted,
    },
];

fn first<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    optional(elements(all.as_ref())?.first().map(|element| element.clone_as_boxed()))
}

fn last<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    optional(elements(all.as_ref())?.last().map(|element| element.clone_as_boxed()))
}

fn distinct<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    let mut seen: Vec<&dyn Val> = Vec::new();
    let mut kept = Vec::new();
    for element in elements(all.as_ref())? {
        if !any_equal(&seen, element)? {
            seen.push(element);
            kept.push(element.clone_as_boxed());
        }
    }
    list(kept)
}

fn any_equal(all: &[&dyn Val], wanted: &dyn Val) -> Outcome<bool> {
    for one in all {
        if equals(*one, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn flatten<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (all, depth) = if args.len() == 2 {
        let [all, depth] = take(args)?;
        let depth = usize::try_from(int(&depth)?)
            .map_err(|_| fault::wrong("a list is flattened a number of levels from 0 on"))?;
        (all, depth)
    } else {
        let [all] = take(args)?;
        (all, 1)
    };
    let mut flat = Vec::new();
    // Values are no deeper than the expressions that make them, or the documents that were read.
    flatten_into(elements(all.as_ref())?, depth.min(limits::DEPTH), &mut flat)?;
    list(flat)
}

fn flatten_into<'v>(
    elements_here: Vec<&(dyn Val + 'v)>,
    depth: usize,
    flat: &mut Vec<Box<dyn Val + 'v>>,
) -> Outcome<()> {
    for element in elements_here {
        if depth > 0 && element.get_type().name() == "list" {
            flatten_into(elements(element)?, depth - 1, flat)?;
        } else {
            flat.push(element.clone_as_boxed());
        }
    }
    Ok(())
}

fn slice<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all, from, to] = take(args)?;
    let all = elements(all.as_ref())?;
    let outside = || fault::index(format!("a slice reaches outside of a list of {} elements", all.len()));
    let index = |value: &CowVal<'_, '_>| usize::try_from(int(value)?).map_err(|_| outside());
    let part = all.get(index(&from)?..index(&to)?).ok_or_else(outside)?;
    list(part.iter().map(|element| element.clone_as_boxed()).collect())
}

fn reverse<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if let Some(text) = values::text(value.as_ref()) {
        return string(text.chars().rev().collect());
    }
    list(elements(value.as_ref())?.into_iter().rev().map(Val::clone_as_boxed).collect())
}

fn range<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [end] = take(args)?;
    let end = int(&end)?;
    // One more than a list may have is enough to tell that it is too long.
    let end = end.min(i64::try_from(limits::STEPS + 1).unwrap_or(i64::MAX));
    work::charge(usize::try_from(end).unwrap_or(0))?;
    list((0..end).map(|int| -> Box<dyn Val + 'v> { Box::new(CelInt::from(int)) }).collect())
}

/// Puts things in the order of their keys, which must be of one type; things with equal keys stay as
/// they stood.
fn by_key<'v, T>(mut all: Vec<(&(dyn Val + 'v), T)>) -> Outcome<Vec<T>> {
    if let Some((first, _)) = all.first() {
        let kind = first.get_type().name();
        if let Some((other, _)) = all.iter().find(|(key, _)| key.get_type().name() != kind) {
            return Err(fault::mismatch(format!(
                "elements of one type are sorted, not {} and {}",
                fault::kind(*first),
                fault::kind(*other)
            )));
        }
        // A single element must have an order too.
        order(*first, *first)?;
    }
    let mut unordered = None;
    all.sort_by(|(a, _), (b, _)| match order(*a, *b) {
        Ok(ordering) => ordering,
        Err(error) => {
            unordered.get_or_insert(error);
            Ordering::Equal
        }
    });
    match unordered {
        Some(error) => Err(error),
        None => Ok(all.into_iter().map(|(_, thing)| thing).collect()),
    }
}

fn sort<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    let keyed = elements(all.as_ref())?.into_iter().map(|element| (element, element)).collect();
    list(by_key(keyed)?.into_iter().map(Val::clone_as_boxed).collect())
}

/// What `sortBy` becomes: the list, and a list of the keys of its elements.
pub(super) fn sort_by_keys<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all, keys] = take(args)?;
    let (all, keys) = (elements(all.as_ref())?, elements(keys.as_ref())?);
    list(by_key(keys.into_iter().zip(all).collect())?.into_iter().map(Val::clone_as_boxed).collect())
}

fn is_sorted<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all] = take(args)?;
    let all = elements(all.as_ref())?;
    for pair in all.windows(2) {
        if let [a, b] = pair
            && order(*a, *b)? == Ordering::Greater
        {
            return bool(false);
        }
    }
    bool(true)
}

/// Where an element stands; an element that is not known decides unless the one that is wanted stands
/// before it.
fn position<'a, 'v>(all: impl Iterator<Item = (usize, &'a (dyn Val + 'v))>, wanted: &dyn Val) -> Outcome<i64>
where
    'v: 'a,
{
    for (index, element) in all {
        if equals(element, wanted)? {
            return Ok(i64::try_from(index).unwrap_or(i64::MAX));
        }
    }
    Ok(-1)
}

/// `list.indexOf(element)`.
pub(super) fn index_of<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all, wanted] = take(args)?;
    integer(position(elements(all.as_ref())?.into_iter().enumerate(), wanted.as_ref())?)
}

/// `list.lastIndexOf(element)`.
pub(super) fn last_index_of<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [all, wanted] = take(args)?;
    integer(position(elements(all.as_ref())?.into_iter().enumerate().rev(), wanted.as_ref())?)
}
