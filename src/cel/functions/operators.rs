//! The operators, as functions of ours: operands may be unknown, may carry units, and may come in an
//! order that the engine's own operators do not know.

use super::arguments::{
    Answer, Arguments, amount, bool, double, elements, list, measure, number, string, take, time,
};
use super::slices;
use crate::cel::values::{
    self, ListVal, MapVal, Measure, Outcome, Pending, SessionVal, Timestamp, Unit, fault, work,
};
use crate::value::Duration;
use ::cel::common::functions::Function as Implementation;
use ::cel::common::types::{CelInt, CelList, CelMap, CelMapKey, CelOptional};
use ::cel::common::value::{CowVal, Val};
use std::cmp::Ordering;
use std::collections::HashMap;

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
    (ADD, 2, add),
    (SUBTRACT, 2, subtract),
    (MULTIPLY, 2, multiply),
    (DIVIDE, 2, divide),
    (MODULO, 2, modulo),
    (NEGATE, 1, negate),
    (HAS, 2, has),
    (OPTIONAL, 2, optional),
    (VISIT, 2, visit),
    (PAIRS, 2, pairs),
    (ENTRIES, 1, entries),
    (MERGED, 1, merged),
    (SORT, 2, slices::sort_by_keys),
    (COPY, 1, copied),
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

fn is_list(value: &dyn Val) -> bool {
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

fn unlike(symbol: &str, a: &dyn Val, b: &dyn Val) -> ::cel::ExecutionError {
    fault::mismatch(format!("`{symbol}` does not take {} and {}", fault::kind(a), fault::kind(b)))
}

fn add<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    if let (Some(a), Some(b)) = (values::text(a.as_ref()), values::text(b.as_ref())) {
        return string([a, b].concat());
    }
    if let (Some(x), Some(y)) = (measure(a.as_ref()), measure(b.as_ref())) {
        return amount(x.plus(y)?);
    }
    if let Some((time, duration)) =
        time_and_duration(a.as_ref(), b.as_ref()).or_else(|| time_and_duration(b.as_ref(), a.as_ref()))
    {
        return self::time(time.plus(duration)?);
    }
    let lists = is_list(a.as_ref()) && is_list(b.as_ref());
    if let (true, Some(x), Some(y)) = (lists, a.as_iterable(), b.as_iterable()) {
        let mut all = Vec::new();
        for part in [x, y] {
            let mut elements = part.iter();
            while let Some(element) = elements.next() {
                charge_copy(element)?;
                all.push(element.clone_as_boxed());
            }
        }
        return list(all);
    }
    if let Some(sum) = a.as_adder().and_then(|adder| adder.add(b.as_ref()).map(CowVal::into_owned).ok()) {
        return Ok(CowVal::Owned(sum));
    }
    Err(overflow_or_unlike("+", a.as_ref(), b.as_ref()))
}

fn time_and_duration(a: &dyn Val, b: &dyn Val) -> Option<(Timestamp, Duration)> {
    match (a.downcast_ref::<Timestamp>(), measure(b).map(|measure| measure.unit)) {
        (Some(time), Some(Unit::Duration(duration))) => Some((*time, duration)),
        _ => None,
    }
}

fn overflow_or_unlike(symbol: &str, a: &dyn Val, b: &dyn Val) -> ::cel::ExecutionError {
    let divides = symbol == "/" || symbol == "%";
    match (values::int(a), values::int(b), values::uint(a), values::uint(b)) {
        (Some(_), Some(0), ..) | (.., Some(_), Some(0)) if divides => fault::zero(),
        (Some(_), Some(_), ..) | (.., Some(_), Some(_)) => fault::overflow(),
        _ => unlike(symbol, a, b),
    }
}

fn subtract<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    if let (Some(x), Some(y)) = (measure(a.as_ref()), measure(b.as_ref())) {
        return amount(x.minus(y)?);
    }
    if let Some((time, duration)) = time_and_duration(a.as_ref(), b.as_ref()) {
        return self::time(time.minus(duration)?);
    }
    if let (Some(later), Some(earlier)) = (a.downcast_ref::<Timestamp>(), b.downcast_ref::<Timestamp>()) {
        return amount(Measure::duration(later.since(*earlier)?));
    }
    let difference = a.as_subtractor().and_then(|x| x.sub(b.as_ref()).map(CowVal::into_owned).ok());
    difference.map(CowVal::Owned).ok_or_else(|| overflow_or_unlike("-", a.as_ref(), b.as_ref()))
}

fn multiply<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    match (measure(a.as_ref()), number(b.as_ref()), measure(b.as_ref()), number(a.as_ref())) {
        (Some(measure), Some(ratio), ..) | (_, _, Some(measure), Some(ratio)) => {
            return amount(measure.times(ratio)?);
        }
        _ => {}
    }
    if let Some((x, y)) = mixed(a.as_ref(), b.as_ref()) {
        return double(x * y);
    }
    let product = a.as_multiplier().and_then(|x| x.mul(b.as_ref()).map(CowVal::into_owned).ok());
    product.map(CowVal::Owned).ok_or_else(|| overflow_or_unlike("*", a.as_ref(), b.as_ref()))
}

/// An integer and a float, as floats: a ratio that is written `1` is a ratio all the same.
fn mixed(a: &dyn Val, b: &dyn Val) -> Option<(f64, f64)> {
    match (values::int(a), values::double(b), values::double(a), values::int(b)) {
        (Some(_), Some(_), ..) | (.., Some(_), Some(_)) => number(a).zip(number(b)),
        _ => None,
    }
}

fn divide<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    if let (Some(x), Some(y)) = (measure(a.as_ref()), measure(b.as_ref())) {
        let alike = matches!(
            (x.unit, y.unit),
            (Unit::Quantity(_), Unit::Quantity(_)) | (Unit::Duration(_), Unit::Duration(_))
        );
        if !alike {
            return Err(unlike("/", a.as_ref(), b.as_ref()));
        }
        return match y.as_f64() {
            0.0 => Err(fault::zero()),
            divisor => double(x.as_f64() / divisor),
        };
    }
    if let (Some(x), Some(divisor)) = (measure(a.as_ref()), number(b.as_ref())) {
        return match divisor {
            0.0 => Err(fault::zero()),
            divisor => amount(x.times(1.0 / divisor)?),
        };
    }
    if let Some((x, y)) = mixed(a.as_ref(), b.as_ref()) {
        return double(x / y);
    }
    let quotient = a.as_divider().and_then(|x| x.div(b.as_ref()).map(CowVal::into_owned).ok());
    quotient.map(CowVal::Owned).ok_or_else(|| overflow_or_unlike("/", a.as_ref(), b.as_ref()))
}

fn modulo<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    let rest = a.as_modder().and_then(|x| x.modulo(b.as_ref()).map(CowVal::into_owned).ok());
    rest.map(CowVal::Owned).ok_or_else(|| overflow_or_unlike("%", a.as_ref(), b.as_ref()))
}

fn negate<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [a] = take(args)?;
    if let Some(measure) = measure(a.as_ref()) {
        return amount(measure.times(-1.0)?);
    }
    let negated = a.as_negator().and_then(|x| x.negate().ok());
    negated.map(CowVal::Owned).ok_or_else(|| match values::int(a.as_ref()) {
        Some(_) => fault::overflow(),
        None => fault::mismatch(format!("`-` does not take {}", fault::kind(a.as_ref()))),
    })
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

/// Hands a value through to a list or a map, into which it is copied, and counts what that takes.
fn copied<'b, 'v>(mut args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let value = args.pop().ok_or_else(|| fault::mismatch("nothing is copied"))?;
    charge_copy(value.as_ref())?;
    Ok(value)
}

/// Counts the elements of a value to the innermost. Collections of the subject are shared, not copied.
fn charge_copy(value: &dyn Val) -> Outcome<()> {
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
fn sorted<'m, 'v>(map: &'m CelMap<'v>) -> Vec<(&'m CelMapKey<'v>, &'m Box<dyn Val + 'v>)> {
    let mut entries: Vec<_> = map.inner().iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}

/// Hands a range through to a loop; of a map, its keys.
fn visit<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [session, range] = take(args)?;
    charge_visits(session.as_ref(), range.as_ref())?;
    match range.downcast_ref::<CelMap<'v>>() {
        Some(map) => list(sorted(map).into_iter().map(|(key, _)| key.inner().clone_as_boxed()).collect()),
        None => Ok(range),
    }
}

/// What a loop with two variables goes over: lists `[key, value]` of a map, `[index, element]` of a
/// list.
fn pairs<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
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
        return list(entries.map(|(key, value)| pair(key.inner().clone_as_boxed(), value.clone())).collect());
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
fn entries<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
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
fn merged<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
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
