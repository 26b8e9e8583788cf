//! One state out of several.

use super::Interpreter;
use super::flow::Arm;
use super::path::{common, exact_union, simplify};
use super::store::{Content, Slot};
use super::values::{Entry, Instance, Item, Kind, List, Map, Part, Val};
use crate::value::Condition;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

/// More alternatives than this that hang on what happens at run time are told as unknown.
const MOST_OF_EVENTS: usize = 8;

/// One version of a value: the exact conditions under which it stands, and one condition that tells it
/// from the others.
struct Version<T> {
    cases: Vec<Condition>,
    guard: Condition,
    content: T,
}

impl<T> Version<T> {
    fn with<U>(&self, content: U) -> Version<U> {
        Version { cases: self.cases.clone(), guard: self.guard.clone(), content }
    }
}

impl Interpreter<'_> {
    /// Merges what the arms left into the store, and gives their merged value.
    pub(super) fn merge_arms(&mut self, mut arms: Vec<Arm>) -> Val {
        let slots: BTreeSet<Slot> = arms.iter().flat_map(|arm| arm.changes.keys().copied()).collect();
        let values: Vec<Version<Val>> = arms
            .iter_mut()
            .map(|arm| {
                let guard = match arm.cases.as_slice() {
                    [one] => one.clone(),
                    _ => arm.entry.clone(),
                };
                let content = std::mem::replace(&mut arm.value, Val::unbound());
                Version { cases: arm.cases.clone(), guard, content }
            })
            .collect();
        for slot in slots {
            let mut versions = Vec::with_capacity(arms.len());
            for (arm, value) in arms.iter_mut().zip(&values) {
                let content = arm.changes.remove(&slot).unwrap_or_else(|| self.store.get(slot).clone());
                if !matches!(content, Content::Absent) {
                    versions.push(value.with(content));
                }
            }
            if let Some(merged) = self.merge_contents(slot, versions) {
                self.store.set(slot, merged);
            }
        }
        self.merge_values(None, values)
    }

    fn merge_contents(&mut self, slot: Slot, mut versions: Vec<Version<Content>>) -> Option<Content> {
        let first = versions.first()?;
        if versions.iter().all(|version| same_content(&first.content, &version.content)) {
            return Some(versions.remove(0).content);
        }
        match &first.content {
            Content::Absent => None,
            Content::Variable(_) => {
                let base = self.variable(slot).cloned();
                let values = pick(&versions, |content| match content {
                    Content::Variable(value) => Some(value.clone()),
                    _ => None,
                });
                Some(Content::Variable(self.merge_values(base.as_ref(), values)))
            }
            Content::List(_) => {
                let lists = pick(&versions, |content| match content {
                    Content::List(list) => Some(list.clone()),
                    _ => None,
                });
                Some(Content::List(Rc::new(merge_lists(lists))))
            }
            Content::Map(_) => {
                let maps = pick(&versions, |content| match content {
                    Content::Map(map) => Some(map.clone()),
                    _ => None,
                });
                Some(Content::Map(Rc::new(self.merge_maps(&maps))))
            }
            Content::Instance(instance) => {
                let class = instance.class.clone();
                let all = pick(&versions, |content| match content {
                    Content::Instance(instance) => Some(instance.clone()),
                    _ => None,
                });
                let names: BTreeSet<Rc<str>> =
                    all.iter().flat_map(|one| one.content.fields.keys().cloned()).collect();
                let mut fields = std::collections::HashMap::with_capacity(names.len());
                for name in names {
                    // Where an instance has no value of its own, its class's is read.
                    let is_missing = all.iter().any(|one| !one.content.fields.contains_key(&name));
                    let shared = class.as_ref().filter(|_| is_missing);
                    let shared = shared.and_then(|class| self.class_field(class, &name));
                    let values: Vec<Version<Val>> = all
                        .iter()
                        .filter_map(|one| {
                            Some(one.with(one.content.fields.get(&name).or(shared.as_ref())?.clone()))
                        })
                        .collect();
                    fields.insert(name, self.merge_values(None, values));
                }
                Some(Content::Instance(Rc::new(Instance { class, fields })))
            }
        }
    }

    /// One value out of several that exclude each other. `base` is what stood there before the branches.
    fn merge_values(&mut self, base: Option<&Val>, mut versions: Vec<Version<Val>>) -> Val {
        let Some(first) = versions.first() else { return Val::unbound() };
        if versions.iter().all(|version| first.content.same(&version.content)) {
            return versions.remove(0).content;
        }
        if let Some(grown) = self.grown_text(base, &versions) {
            return grown;
        }
        let mut all = Vec::with_capacity(versions.len());
        for version in &versions {
            for (inner, value) in version.content.alternatives() {
                all.extend(version.cases.iter().filter_map(|case| Some((case.and(&inner)?, value.clone()))));
            }
        }
        self.either(all)
    }

    /// A value of alternatives; they must exclude each other.
    pub(super) fn either(&mut self, mut all: Vec<(Condition, Val)>) -> Val {
        if let Some(value) = self.default_at_run_time(&all).or_else(|| self.hanging_on_events(&all)) {
            return value;
        }
        if all.len() > 4 * self.limits.alternatives {
            let span = crate::source::Span::beginning(self.source);
            return Val::bounded(span, "a value has too many alternatives");
        }
        self.charge(
            all.iter().map(|(condition, _)| condition.atoms().len() + 1).sum::<usize>() * all.len() / 16,
        );
        simplify(&mut all, Val::same);
        if all.len() > 2 {
            self.tell_events_as_one(&mut all);
        }
        if all.len() == 1
            && all.first().is_some_and(|(condition, _)| condition.is_always())
            && let Some((_, value)) = all.pop()
        {
            return value;
        }
        if all.len() > self.limits.alternatives {
            let span = crate::source::Span::beginning(self.source);
            return Val::bounded(span, "a value has too many alternatives");
        }
        Val::new(Kind::Either(Rc::new(all)), None)
    }

    /// A constant that something read at run time may take the place of is a default.
    fn default_at_run_time(&self, all: &[(Condition, Val)]) -> Option<Val> {
        let is_constant = |value: &Val| match &value.kind {
            Kind::Text(parts) => super::values::plain(parts).is_some(),
            Kind::Number(_) | Kind::Bool(_) => true,
            _ => false,
        };
        let constant = all.iter().map(|(_, value)| value).find(|value| is_constant(value))?;
        let mut replaced_by = None;
        for (condition, value) in all {
            match &value.kind {
                _ if !self.hangs_on_events(condition) => return None,
                Kind::Unknown(unknown, event) if *event != 0 => replaced_by = Some(unknown.input.clone()),
                _ if value.same(constant) => {}
                _ => return None,
            }
        }
        Some(constant.clone().overridable_by(&replaced_by?))
    }

    /// Alternatives that hang on what happens at run time and say nothing, or that are so many that
    /// nobody could follow them (a variable that each iteration may set anew), are one unknown value.
    fn hanging_on_events(&mut self, all: &[(Condition, Val)]) -> Option<Val> {
        if all.len() < 2 || !all.iter().all(|(condition, _)| self.hangs_on_events(condition)) {
            return None;
        }
        let unknown = |(_, value): &(Condition, Val)| match &value.kind {
            Kind::Unknown(unknown, _) => Some(unknown.clone()),
            _ => None,
        };
        if let Some(first) = all.first().and_then(unknown)
            && all.iter().all(|one| unknown(one).is_some())
        {
            return Some(self.event(&first.input, first.reason, first.span));
        }
        if all.len() <= MOST_OF_EVENTS {
            return None;
        }
        if let Some(two) = self.two_of_events(all) {
            return Some(two);
        }
        if all.iter().any(|(_, value)| matches!(value.kind, Kind::Object(_))) {
            return None;
        }
        let span = crate::source::Span::beginning(self.source);
        Some(self.event("what happens before", crate::value::Reason::NotFollowed, span))
    }

    /// Two values under many cases of what happens at run time: one or the other, by a test of one name.
    fn two_of_events(&mut self, all: &[(Condition, Val)]) -> Option<Val> {
        let (_, one) = all.first()?;
        let (_, other) = all.iter().find(|(_, value)| !value.same(one))?;
        if !all.iter().all(|(_, value)| value.same(one) || value.same(other)) {
            return None;
        }
        let cases = |wanted: bool| -> Vec<Condition> {
            all.iter().filter(|(_, value)| value.same(one) == wanted).map(|(case, _)| case.clone()).collect()
        };
        let place = all.iter().flat_map(|(case, _)| case.atoms()).next()?.span;
        let atom = self.named_event("what happens before", cases(true), cases(false), place);
        let negated = Condition::of(atom.negated());
        Some(Val::new(
            Kind::Either(Rc::new(vec![(Condition::of(atom), one.clone()), (negated, other.clone())])),
            None,
        ))
    }

    pub(super) fn hangs_on_events(&self, condition: &Condition) -> bool {
        condition.atoms().iter().any(|atom| self.volatile.contains(&atom.input))
    }

    /// Where one value stands under several tests of what happens at run time and another everywhere
    /// else, the tests are told as one.
    fn tell_events_as_one(&mut self, all: &mut Vec<(Condition, Val)>) {
        let Some(special) = (0..all.len()).find(|&at| {
            let others = || all.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, one)| one);
            let same = others().zip(others().skip(1)).all(|(a, b)| a.1.same(&b.1));
            same && all[at].0.atoms().len() > 1
        }) else {
            return;
        };
        let condition = all[special].0.clone();
        let is_event = |atom: &&crate::value::Atom| self.volatile.contains(&atom.input);
        let events: Vec<_> = condition.atoms().iter().filter(is_event).cloned().collect();
        let (true, Some(first)) = (events.len() > 1, events.first()) else { return };
        let words: Vec<String> = events.iter().map(ToString::to_string).collect();
        let words = format!("({})", super::describe::shorten(&words.join(" and ")));
        self.next_event += 1;
        let together = Condition::from_atoms(events.clone());
        let fails = super::path::Side::opposite(&together).cases;
        let told = self.named_test(&words, self.next_event, vec![together], fails, first.span);
        let inputs = condition.atoms().iter().filter(|atom| !self.volatile.contains(&atom.input));
        let together = inputs
            .chain(std::iter::once(&told))
            .fold(Condition::always(), |sum, atom| sum.and(&Condition::of(atom.clone())).unwrap_or(sum));
        let value = all[special].1.clone();
        let other = (0..all.len()).find(|&at| at != special).map(|at| all[at].1.clone());
        if let Some(other) = other {
            let cases = super::path::Side::opposite(&together).cases;
            *all = cases.into_iter().map(|case| (case, other.clone())).collect();
            all.insert(0, (together, value));
        }
    }

    /// Texts of which one goes on where the other ends: the rest is guarded.
    fn grown_text(&mut self, base: Option<&Val>, versions: &[Version<Val>]) -> Option<Val> {
        let texts: Vec<Vec<Part>> =
            versions.iter().map(|version| self.parts_if_text(&version.content)).collect::<Option<_>>()?;
        let base = match base {
            Some(base) => self.parts_if_text(base)?,
            None => texts.iter().min_by_key(|text| text.len())?.clone(),
        };
        if base.is_empty() || !texts.iter().all(|text| begins_with(text, &base)) {
            return None;
        }
        // Texts of the same parts may still differ in what would take their place.
        let longer = texts.iter().position(|text| text.len() > base.len());
        let longer = longer.or_else(|| versions.iter().position(|version| version.content.input.is_some()));
        let longer = &versions.get(longer.unwrap_or_default())?.content;
        let (origin, input) = (longer.origin, longer.input.clone());
        // Where all that is added excludes each other, it could be taken for a choice without a rest.
        let size = base.len();
        let guarded = || base.iter().filter(|part| !part.condition.is_always());
        let grows = |at: usize| texts.get(at).is_some_and(|text| text.len() > size);
        let grown = versions.iter().enumerate().filter(|(at, _)| grows(*at));
        let is_choice = (versions.len() > 2 || guarded().next().is_some())
            && grown
                .clone()
                .all(|(_, version)| guarded().all(|part| part.condition.contradicts(&version.guard)));
        let rest = versions.iter().enumerate().filter(|(at, _)| is_choice && !grows(*at));
        let rest: Vec<Condition> = rest.map(|(_, version)| version.guard.clone()).collect();
        let mut parts = base;
        parts
            .extend(rest.into_iter().map(|condition| Part { condition, ..Part::literal("".into(), origin) }));
        for (version, grown) in versions.iter().zip(texts) {
            let more = grown.into_iter().skip(size);
            parts.extend(
                more.filter_map(|part| Some(Part { condition: version.guard.and(&part.condition)?, ..part })),
            );
        }
        if parts.len() > self.limits.parts {
            let span = crate::source::Span::beginning(self.source);
            return Some(self.limit(span, "a text has too many parts"));
        }
        Some(Val { input, ..Val::text(parts, origin) })
    }

    fn merge_maps(&mut self, versions: &[Version<Rc<Map>>]) -> Map {
        let mut merged = Map::default();
        let mut seen = HashSet::new();
        for version in versions {
            for entry in &version.content.entries {
                if !seen.insert(entry.key.clone()) {
                    continue;
                }
                let having: Vec<(&Version<Rc<Map>>, &Rc<Entry>)> = versions
                    .iter()
                    .filter_map(|version| Some((version, version.content.get(&entry.key)?)))
                    .collect();
                if having.len() == versions.len() && having.iter().all(|(_, one)| Rc::ptr_eq(one, entry)) {
                    merged.insert(entry.clone());
                    continue;
                }
                let presence = having
                    .iter()
                    .filter_map(|(version, one)| version.guard.and(&one.condition))
                    .reduce(|a, b| exact_union(&a, &b).unwrap_or_else(|| common(&a, &b)))
                    .unwrap_or_default();
                let value = match having.as_slice() {
                    [(_, only)] => only.value.clone(),
                    several => {
                        let values =
                            several.iter().map(|(version, one)| version.with(one.value.clone())).collect();
                        self.merge_values(None, values)
                    }
                };
                merged.insert(Rc::new(Entry { condition: presence, value, ..(**entry).clone() }));
            }
        }
        merged.open = versions.iter().find_map(|version| version.content.open.clone());
        merged
    }
}

/// Whether a text begins with another; the ways their parts came do not matter.
fn begins_with(whole: &[Part], start: &[Part]) -> bool {
    let alike = |a: &Part, b: &Part| a.piece == b.piece && a.condition == b.condition;
    whole.len() >= start.len() && whole.iter().zip(start).all(|(a, b)| alike(a, b))
}

fn pick<T>(versions: &[Version<Content>], choose: impl Fn(&Content) -> Option<T>) -> Vec<Version<T>> {
    versions.iter().filter_map(|version| Some(version.with(choose(&version.content)?))).collect()
}

fn same_content(a: &Content, b: &Content) -> bool {
    match (a, b) {
        (Content::Variable(a), Content::Variable(b)) => a.same(b),
        (Content::List(a), Content::List(b)) => Rc::ptr_eq(a, b) || same_items(a, b),
        (Content::Map(a), Content::Map(b)) => Rc::ptr_eq(a, b),
        (Content::Instance(a), Content::Instance(b)) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

fn same_items(a: &List, b: &List) -> bool {
    a.len() == b.len() && a.iter().zip(b.iter()).all(|(x, y)| Rc::ptr_eq(x, y))
}

/// What the lists have in common at both ends stays; what lies between is there under its own guard.
fn merge_lists(versions: Vec<Version<Rc<List>>>) -> List {
    let mut distinct: Vec<Version<Rc<List>>> = Vec::new();
    for version in versions {
        match distinct.iter_mut().find(|have| same_items(&have.content, &version.content)) {
            Some(have) => {
                have.guard = exact_union(&have.guard, &version.guard)
                    .unwrap_or_else(|| common(&have.guard, &version.guard));
            }
            None => distinct.push(version),
        }
    }
    let Some(first) = distinct.first().map(|version| version.content.clone()) else { return List::new() };
    let shortest = distinct.iter().map(|version| version.content.len()).min().unwrap_or(0);
    let shared = |from_end: bool, at: usize| {
        let item = |list: &List| {
            let index = if from_end { list.len().checked_sub(at + 1)? } else { at };
            list.get(index).cloned()
        };
        let reference = item(&first);
        distinct.iter().all(|version| match (&reference, item(&version.content)) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, &b),
            _ => false,
        })
    };
    let prefix = (0..shortest).take_while(|&at| shared(false, at)).count();
    let suffix = (0..shortest - prefix).take_while(|&at| shared(true, at)).count();
    let mut merged: List = first.iter().take(prefix).cloned().collect();
    for version in &distinct {
        let middle = version.content.len() - prefix - suffix;
        for item in version.content.iter().skip(prefix).take(middle) {
            if let Some(condition) = version.guard.and(&item.condition) {
                merged.push(Rc::new(Item { condition, ..(**item).clone() }));
            }
        }
    }
    merged.extend(first.iter().skip(first.len() - suffix).cloned());
    merged
}
