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

/// Every place of a class in the pack.
fn mutants(maker: Maker) -> Vec<Mutant> {
    let mut all = Vec::new();
    for builtin in PACK {
        let text = builtin.text_to_judge();
        let mut sources = Sources::new();
        let id = sources.add("policy.yaml", text);
        let (policies, _) = read(id, sources.get(id));
        let policy = policies.first().unwrap();
        let names = Names::of(policy);
        for (at, (role, code)) in codes(policy).into_iter().enumerate() {
            let site = Site::new(role, code);
            let edits = maker(&site, &names);
            all.extend(edits.iter().filter_map(|edit| apply(builtin.name, text, at, &site, edit)));
        }
    }
    all
}

/// A fixed choice, spread over the policies: one of each in turn.
fn chosen(mutants: Vec<Mutant>, seed: u64) -> (Vec<Mutant>, Vec<Mutant>) {
    let mut random = Random(seed);
    let mut piles: BTreeMap<&str, Vec<Mutant>> = BTreeMap::new();
    for mutant in mutants {
        piles.entry(mutant.policy).or_default().push(mutant);
    }
    let mut taken = Vec::new();
    while taken.len() < EACH && piles.values().any(|pile| !pile.is_empty()) {
        for pile in piles.values_mut().filter(|pile| !pile.is_empty()) {
            if taken.len() < EACH {
                taken.push(pile.swap_remove(random.below(pile.len())));
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

#[test]
fn two_hundred_mistakes_are_refused_at_their_characters() {
    let all = CLASSES.iter().map(|&(name, maker)| (name, mutants(maker)));
    let all = all.chain([("param override of the wrong type", overrides::mutants())]);
    let (mut refused, mut exact, mut escaped, mut places) = (0, 0, 0, 0);
    let (mut table, mut list) = (String::new(), String::new());
    for (number, (name, mutants)) in all.enumerate() {
        let possible = mutants.len();
        let (taken, rest) = chosen(mutants, number as u64);
        assert_eq!(taken.len(), EACH, "{name}: the pack has {possible} places for it");
        let is_refused = |mutant: &&Mutant| mutant.told.iter().any(|told| told.severity == Severity::Error);
        let here = taken.iter().filter(is_refused).count();
        let exactly = taken.iter().filter(|mutant| escapes(mutant).is_none()).count();
        let others = rest.iter().filter(|mutant| escapes(mutant).is_none()).count();
        let _ = writeln!(
            table,
            "{name:32}{here:4} of {EACH} refused, {exactly:3} at their characters; of the other {} possible {others}",
            rest.len()
        );
        refused += here;
        exact += exactly;
        places += rest.len();
        escaped += rest.len() - others;
        for mutant in taken.iter().chain(&rest) {
            if let Some(why) = escapes(mutant) {
                let _ = writeln!(
                    list,
                    "{name}, {}: `{}` in `{}`\n    {why}",
                    mutant.policy,
                    mutant.wrong,
                    line(mutant)
                );
            }
        }
    }
    println!("{table}{refused} refused, {exact} exactly, of {}\n{list}", 10 * EACH);
    assert!(refused == 10 * EACH && exact == 10 * EACH, "{table}{list}");
    // Of all places there are, and not only of those that were chosen, as good as none escapes.
    assert!(100 * escaped <= places, "{table}{list}");
}

#[test]
fn the_pack_itself_is_refused_nowhere() {
    for builtin in PACK {
        let (policies, told) = told(builtin.text());
        assert_eq!(policies.len(), 1, "{}", builtin.name);
        assert!(told.is_empty(), "{}: {told:?}", builtin.name);
    }
}
