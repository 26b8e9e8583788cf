//! Two hundred mistakes, made by a mutator over the built-in pack: each is refused when the policy is
//! loaded, at the characters that were changed, with one error and no more.
//!
//! `cargo test --test suite mistakes -- --nocapture` prints the counts by class and what escaped.

mod classes;
mod expression;
mod overrides;

use crate::mutations::Random;
use celador::diagnostic::{Diagnostic, Severity};
use celador::policy::{PACK, Policy, compile, read};
use celador::source::Sources;
use classes::Edit;
use expression::{Names, Site, codes};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Mistakes of each class.
const EACH: usize = 20;

/// A policy file, or a project file, with one mistake.
pub struct Mutant {
    policy: &'static str,
    /// The sub-expression that is wrong, as written.
    wrong: String,
    span: Range<usize>,
    text: String,
    told: Vec<Diagnostic>,
}

type Maker = fn(&Site, &Names<'_>) -> Vec<Edit>;

const CLASSES: [(&str, Maker); 9] = [
    ("misspelt field", classes::misspelt_field),
    ("misspelt variable or param", classes::misspelt_name),
    ("wrong unit", classes::wrong_unit),
    ("wrong type", classes::wrong_type),
    ("unguarded optional", classes::unguarded),
    ("wrong function or arity", classes::wrong_function),
    ("wrong receiver", classes::wrong_receiver),
    ("macro misuse", classes::macro_misuse),
    ("syntax", classes::syntax),
];

/// What is told about the policies of a file when it is loaded.
fn told(text: &str) -> (Vec<Policy>, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let id = sources.add("policy.yaml", text);
    let (policies, mut told) = read(id, sources.get(id));
    for policy in &policies {
        match compile(Arc::new(policy.clone())) {
            Ok(compiled) => told.extend(compiled.warnings),
            Err(errors) => told.extend(errors),
        }
    }
    (policies, told)
}

/// The changed file, if the change survives the scalar it stands in: quotes may not.
fn apply(policy: &'static str, text: &str, site: usize, old: &Site, edit: &Edit) -> Option<Mutant> {
    let span = old.map.span(edit.range.start, edit.range.end).range();
    let slice = text.get(span.clone())?;
    if slice != &old.text[edit.range.clone()] {
        return None;
    }
    let file = format!("{}{}{}", &text[..span.start], edit.new, &text[span.end..]);
    let expected = format!("{}{}{}", &old.text[..edit.range.start], edit.new, &old.text[edit.range.end..]);
    let mut sources = Sources::new();
    let id = sources.add("policy.yaml", file.as_str());
    let (policies, problems) = read(id, sources.get(id));
    let all = codes(policies.first()?);
    let (_, code) = all.get(site).filter(|(_, code)| problems.is_empty() && code.text == expected)?;
    let wrong = expected.get(edit.wrong.clone())?.to_owned();
    let span = code.map.span(edit.wrong.start, edit.wrong.end).range();
    (file.get(span.clone())? == wrong).then(|| Mutant {
        policy,
        wrong,
        span,
        told: told(&file).1,
        text: file,
    })
}

/// Something that can be made wrong, and is when it is asked for.
pub struct Place {
    policy: &'static str,
    make: Box<dyn Fn() -> Option<Mutant>>,
}

/// Every place of a class in the pack.
fn places(maker: Maker) -> Vec<Place> {
    let mut all = Vec::new();
    for builtin in PACK {
        let text = builtin.text_to_judge();
        let mut sources = Sources::new();
        let id = sources.add("policy.yaml", text);
        let (policies, _) = read(id, sources.get(id));
        let policy = policies.first().unwrap();
        let names = Names::of(policy);
        for (at, (role, code)) in codes(policy).into_iter().enumerate() {
            let site = Rc::new(Site::new(role, code));
            all.extend(maker(&site, &names).into_iter().map(|edit| {
                let site = Rc::clone(&site);
                let make = Box::new(move || apply(builtin.name, text, at, &site, &edit));
                Place { policy: builtin.name, make }
            }));
        }
    }
    all
}

/// A fixed choice, spread over the policies: one of each in turn. And what was not chosen.
fn chosen(places: Vec<Place>, seed: u64) -> (Vec<Mutant>, Vec<Place>) {
    let mut random = Random(seed);
    let mut piles: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    for place in places {
        piles.entry(place.policy).or_default().push(place);
    }
    let mut taken = Vec::new();
    while taken.len() < EACH && piles.values().any(|pile| !pile.is_empty()) {
        for pile in piles.values_mut().filter(|pile| !pile.is_empty()) {
            if taken.len() < EACH {
                let place = pile.swap_remove(random.below(pile.len()));
                taken.extend((place.make)());
            }
        }
    }
    (taken, piles.into_values().flatten().collect())
}

/// Why a mutant is not refused as it should be; `None` if it is.
fn escapes(mutant: &Mutant) -> Option<String> {
    let mut errors = mutant.told.iter().filter(|told| told.severity == Severity::Error);
    let Some(first) = errors.next() else { return Some("not refused".to_owned()) };
    let span = first.primary.span.range();
    let more = errors.count();
    if span != mutant.span {
        let shown = &mutant.text[span];
        return Some(format!("told at `{shown}`: {}", first.message));
    }
    (more > 0).then(|| format!("told with {more} more errors: {}", mutant.told.last().unwrap().message))
}

/// The line of a mutant's mistake.
fn line(mutant: &Mutant) -> &str {
    let before = mutant.text[..mutant.span.start].rfind('\n').map_or(0, |at| at + 1);
    mutant.text[before..].lines().next().unwrap_or_default().trim()
}

/// The places of all classes, by name.
fn all_places() -> Vec<(&'static str, Vec<Place>)> {
    let all = CLASSES.iter().map(|&(name, maker)| (name, places(maker)));
    all.chain([("param override of the wrong type", overrides::places())]).collect()
}

fn is_refused(mutant: &Mutant) -> bool {
    mutant.told.iter().any(|told| told.severity == Severity::Error)
}

fn escaped(name: &str, mutant: &Mutant) -> Option<String> {
    let why = escapes(mutant)?;
    Some(format!("{name}, {}: `{}` in `{}`\n    {why}\n", mutant.policy, mutant.wrong, line(mutant)))
}

#[test]
fn two_hundred_mistakes_are_refused_at_their_characters() {
    let (mut refused, mut exact) = (0, 0);
    let (mut table, mut list) = (String::new(), String::new());
    for (number, (name, places)) in all_places().into_iter().enumerate() {
        let (taken, _) = chosen(places, number as u64);
        assert_eq!(taken.len(), EACH, "{name}: the pack has too few places for it");
        let here = taken.iter().filter(|mutant| is_refused(mutant)).count();
        let exactly = taken.iter().filter(|mutant| escapes(mutant).is_none()).count();
        let _ = writeln!(table, "{name:32}{here:4} of {EACH} refused, {exactly:3} at their characters");
        (refused, exact) = (refused + here, exact + exactly);
        list.extend(taken.iter().filter_map(|mutant| escaped(name, mutant)));
    }
    println!("{table}{refused} refused, {exact} exactly, of {}\n{list}", 10 * EACH);
    assert!(refused == 10 * EACH && exact == 10 * EACH, "{table}{list}");
}

#[test]
#[ignore = "makes all mistakes that the pack has a place for: some thousands, in a minute"]
fn all_mistakes_are_refused_at_their_characters() {
    let (mut made, mut list) = (0, Vec::new());
    for (name, places) in all_places() {
        let mutants = places.iter().filter_map(|place| (place.make)());
        list.extend(mutants.inspect(|_| made += 1).filter_map(|mutant| escaped(name, &mutant)));
    }
    println!("{} of {made} escape\n{}", list.len(), list.concat());
    assert!(list.is_empty(), "{}", list.concat());
}

#[test]
fn the_pack_itself_is_refused_nowhere() {
    for builtin in PACK {
        let (policies, told) = told(builtin.text());
        assert_eq!(policies.len(), 1, "{}", builtin.name);
        assert!(told.is_empty(), "{}: {told:?}", builtin.name);
    }
}
