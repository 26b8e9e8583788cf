//! What repeats is said once: one literal that fails in several worlds, or for many services, is one
//! finding.

use crate::diagnostic::{Annotation, Finding};
use crate::source::{SourceId, Span};
use crate::value::Condition;
use std::collections::HashMap;

/// A finding before it is merged with its like.
#[derive(Debug)]
pub(super) struct Draft {
    pub finding: Finding,
    pub validation: usize,
    /// Each world in which it was made.
    pub conditions: Vec<Condition>,
}

/// The most conditions that are told one by one.
const MAX_TOLD: usize = 3;

/// Merges drafts of one policy: of one subject those of one validation and literal (the first one's
/// message is kept, and what the others relate to is added), of several subjects those that also say the
/// same. Code repeats itself: what is no service's and says the same of several literals of one file is
/// told at the first of them.
pub(super) fn merge(drafts: Vec<Draft>) -> Vec<Finding> {
    let mut merged: Vec<Draft> = Vec::new();
    let mut places: HashMap<(usize, Span), Vec<usize>> = HashMap::new();
    let mut sayings: HashMap<(usize, SourceId, String), usize> = HashMap::new();
    for draft in drafts {
        if draft.finding.services.is_empty() {
            let file = draft.finding.primary.span.source;
            let said = sayings.entry((draft.validation, file, draft.finding.message.clone()));
            let index = *said.or_insert(merged.len());
            if let Some(have) = merged.get_mut(index) {
                also(have, draft);
            } else {
                merged.push(draft);
            }
            continue;
        }
        let here = places.entry((draft.validation, draft.finding.primary.span)).or_default();
        let same = |have: &Draft| {
            have.finding.message == draft.finding.message
                || (have.finding.services == draft.finding.services
                    && have.finding.environment == draft.finding.environment)
        };
        let known = here.iter().copied().find(|&index| merged.get(index).is_some_and(same));
        match known.and_then(|index| merged.get_mut(index)) {
            Some(have) => join(have, draft),
            None => {
                here.push(merged.len());
                merged.push(draft);
            }
        }
    }
    merged.into_iter().map(finish).collect()
}

/// Joins the drafts of one subject that fail under the same conditions and speak of the same other file.
pub(super) fn together(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut joined: Vec<Draft> = Vec::new();
    for draft in drafts {
        let beside = |draft: &Draft| draft.finding.related.first().map(|other| other.span.source);
        let like = |have: &&mut Draft| have.conditions == draft.conditions && beside(have) == beside(&draft);
        let Some(have) = joined.iter_mut().find(like) else {
            joined.push(draft);
            continue;
        };
        let Draft { finding, .. } = draft;
        have.finding.message = format!("{}; {}", have.finding.message, finding.message);
        for annotation in std::iter::once(finding.primary).chain(finding.related) {
            relate(&mut have.finding, annotation);
        }
    }
    joined
}

/// Adds a place, once.
fn relate(finding: &mut Finding, annotation: Annotation) {
    if !finding.related.iter().any(|known| known.span == annotation.span) {
        finding.related.push(annotation);
    }
}

/// The same said of another literal.
fn also(have: &mut Draft, mut more: Draft) {
    let elsewhere = more.finding.primary.clone();
    more.finding.related.insert(0, elsewhere);
    join(have, more);
}

fn join(have: &mut Draft, more: Draft) {
    let Draft { finding, conditions, .. } = more;
    for service in finding.services {
        if !have.finding.services.contains(&service) {
            have.finding.services.push(service);
        }
    }
    if let Some(environment) = finding.environment {
        match &mut have.finding.environment {
            Some(all) if !all.split(", ").any(|one| one == environment) => {
                all.push_str(", ");
                all.push_str(&environment);
            }
            Some(_) => {}
            none => *none = Some(environment),
        }
    }
    for annotation in finding.related {
        if annotation.span != have.finding.primary.span {
            relate(&mut have.finding, annotation);
        }
    }
    for unknown in finding.unknowns {
        if !have.finding.unknowns.contains(&unknown) {
            have.finding.unknowns.push(unknown);
        }
    }
    have.conditions.extend(conditions);
}

fn finish(draft: Draft) -> Finding {
    let conditions = simplify(draft.conditions);
    let always = conditions.is_empty() || conditions.iter().any(Condition::is_always);
    let condition = if always {
        String::new()
    } else {
        let told: Vec<String> = conditions.iter().take(MAX_TOLD).map(ToString::to_string).collect();
        let more = conditions.len().saturating_sub(MAX_TOLD);
        let rest = if more == 0 { String::new() } else { format!(", or {more} more") };
        format!("{}{rest}", told.join(", or "))
    };
    Finding { condition, ..draft.finding }
}

/// Fewer conditions that say the same: repeated ones once, and `a and b`, `a and not b` as `a`.
fn simplify(conditions: Vec<Condition>) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    for condition in conditions {
        if !all.contains(&condition) {
            all.push(condition);
        }
    }
    while let Some((first, second, joined)) = joinable(&all) {
        all.remove(second);
        all.remove(first);
        if !all.contains(&joined) {
            all.push(joined);
        }
    }
    all
}

/// Two conditions that differ in one test, which holds in one and fails in the other; and what is common
/// to them.
fn joinable(all: &[Condition]) -> Option<(usize, usize, Condition)> {
    for (first, one) in all.iter().enumerate() {
        for (second, other) in all.iter().enumerate().skip(first + 1) {
            let left = one.without(other);
            let right = other.without(one);
            if let ([a], [b]) = (left.atoms(), right.atoms())
                && *a == b.negated()
            {
                return Some((first, second, one.without(&left)));
            }
            if left.is_always() || right.is_always() {
                // One implies the other: the weaker one says it all.
                let weaker = if left.is_always() { one.clone() } else { other.clone() };
                return Some((first, second, weaker));
            }
        }
    }
    None
}
