//! What loops go over and collect. All of it is counted: loops and copies multiply each other.

use super::arguments::{Answer, Arguments, elements, list, take};
use crate::cel::values::{self, ListVal, MapVal, Outcome, Pending, SessionVal, fault, work};
use ::cel::common::types::{CelInt, CelList, CelMap, CelMapKey};
use ::cel::common::value::{CowVal, Val};
use std::collections::HashMap;

/// Hands a value through to a list or a map, into which it is copied, and counts what that takes.
pub(super) fn copied<'b, 'v>(mut args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let value = args.pop().ok_or_else(|| fault::mismatch("nothing is copied"))?;
    charge_copy(value.as_ref())?;
    Ok(value)
}

/// Counts the elements of a value to the innermost. Collections of the subject are shared, not copied.
pub(super) fn charge_copy(value: &dyn Val) -> Outcome<()> {
    if let Some(list) = value.downcast_ref::<CelList>() {
        work::charge(list.inner().len())?;
        list.inner().iter().try_for_each(|element| charge_copy(element.as_ref()))
    } else if let Some(map) = value.downcast_ref::<CelMap>() {
        work::charge(map.inner().len())?;
        map.inner().values().try_for_each(|element| charge_copy(element.as_ref()))
    } else if let Some(text) = values::text(value) {
        work::charge(text.len() / 64)
    } else {
        Ok(())
    }
}

/// Counts what a loop will visit, and what copying its elements takes.
fn charge_visits(session: &dyn Val, range: &dyn Val) -> Outcome<()> {
    let visits = match (range.downcast_ref::<ListVal>(), range.downcast_ref::<MapVal>()) {
        (Some(list), _) => list.visits(),
        (_, Some(map)) => map.visits(),
        _ => range.as_sizer().map_or(0, |sizer| usize::try_from(*sizer.size().inner()).unwrap_or(0)),
    };
    if let Some(session) = session.downcast_ref::<SessionVal>() {
        session.0.charge(visits)?;
    }
    charge_copy(range)?;
    if range.as_iterable().is_none() {
        return Err(fault::mismatch(format!(
            "a loop goes over a list or a map, not over {}",
            fault::kind(range)
        )));
    }
    Ok(())
}

/// The keys of a map in their order: the engine's own is another one in every run.
fn sorted<'m, 'v>(map: &'m CelMap<'v>) -> Vec<(&'m CelMapKey<'v>, &'m (dyn Val + 'v))> {
    let mut entries: Vec<_> = map.inner().iter().map(|(key, value)| (key, value.as_ref())).collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}

/// Hands a range through to a loop; of a map, its keys.
pub(super) fn visit<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [session, range] = take(args)?;
    charge_visits(session.as_ref(), range.as_ref())?;
    match range.downcast_ref::<CelMap<'v>>() {
        Some(map) => list(sorted(map).into_iter().map(|(key, _)| key.inner().clone_as_boxed()).collect()),
        None => Ok(range),
    }
}

/// What a loop with two variables goes over: lists `[key, value]` of a map, `[index, element]` of a
/// list.
pub(super) fn pairs<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [session, range] = take(args)?;
    charge_visits(session.as_ref(), range.as_ref())?;
    let pair = |key: Box<dyn Val + 'v>, value: Box<dyn Val + 'v>| -> Box<dyn Val + 'v> {
        Box::new(CelList::from(vec![key, value]))
    };
    if let Some(map) = range.downcast_ref::<MapVal>() {
        return list(map.pairs().into_iter().map(|(key, value)| pair(key, value)).collect());
    }
    if let Some(map) = range.downcast_ref::<CelMap>() {
        let entries = sorted(map).into_iter();
        return list(
            entries.map(|(key, value)| pair(key.inner().clone_as_boxed(), value.clone_as_boxed())).collect(),
        );
    }
    let mut all = Vec::new();
    if let Some(iterable) = range.as_iterable() {
        let mut elements = iterable.iter();
        while let Some(element) = elements.next() {
            let index = i64::try_from(all.len()).unwrap_or(i64::MAX);
            all.push(pair(Box::new(CelInt::from(index)), element.clone_as_boxed()));
        }
    }
    list(all)
}

/// The map of a list of pairs, whose keys are different: what `transformMap` collects.
pub(super) fn entries<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [pairs] = take(args)?;
    let mut entries = HashMap::new();
    for pair in elements(pairs.as_ref())? {
        let pair = pair.downcast_ref::<CelList<'v>>();
        let pair = pair.ok_or_else(|| fault::mismatch("`transformMap` collects pairs"))?;
        if let [key, value] = pair.inner() {
            Pending::check(key.as_ref())?;
            let key: CelMapKey<'v> = CowVal::Owned(key.clone()).try_into()?;
            entries.insert(key, value.clone());
        }
    }
    Ok(CowVal::owned(CelMap::from(entries)))
}

/// One map of the entries of many, in which no key may come twice: what `transformMapEntry` collects.
pub(super) fn merged<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [maps] = take(args)?;
    // By the key as written, since `1` and `1u` are one key.
    let mut all = HashMap::new();
    for map in elements(maps.as_ref())? {
        let Some(map) = map.downcast_ref::<CelMap<'v>>() else {
            return Err(fault::mismatch("`transformMapEntry` makes a map of each entry"));
        };
        work::charge(map.inner().len())?;
        for (key, value) in map.inner() {
            let written = values::written_value(key.inner());
            if all.insert(written, (key.clone(), value.clone())).is_some() {
                return Err(fault::repeated());
            }
        }
    }
    Ok(CowVal::owned(CelMap::from(all.into_values().collect::<HashMap<_, _>>())))
}
