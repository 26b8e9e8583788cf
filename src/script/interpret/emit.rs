//! Invocations as they are handed over.

use super::Interpreter;
use super::commands::Circumstances;
use super::path::{common, exact_union};
use super::values::{Element, Kind, List};
use crate::script::{Invocation, Word, WordValue};
use crate::source::Span;
use crate::value::{Atom, Condition, Piece, Text, Unknown, Value};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// So many invocations of one place are told apart by their conditions alone.
const MOST_ALIKE: usize = 8;

/// The invocations so far.
#[derive(Default)]
pub(super) struct Emitted {
    all: Vec<Invocation>,
    by_span: HashMap<Span, Vec<usize>>,
    met: usize,
    unresolved: Vec<(Span, Unknown)>,
    known: HashSet<(Span, Arc<str>)>,
}

impl Emitted {
    /// How many were met, repeats included.
    pub fn count(&self) -> usize {
        self.met
    }

    pub fn into_parts(self) -> (Vec<Invocation>, Vec<(Span, Unknown)>) {
        (self.all, self.unresolved)
    }

    /// The text of a file that was certainly written where `condition` holds.
    pub fn written(&self, path: &str, condition: &Condition) -> Option<Text> {
        let path = Text::literal(path, None);
        super::files::written(&self.all, &path, condition)
    }

    pub fn unresolved(&mut self, span: Span, unknown: Unknown) {
        if self.known.insert((span, unknown.input.clone())) {
            self.unresolved.push((span, unknown));
        }
    }

    /// Adds an invocation. One with the same words at the same place is the same; then it runs where
    /// either runs.
    fn add(&mut self, invocation: Invocation) {
        let same = self.by_span.entry(invocation.span).or_default();
        let count = same.len();
        for &at in same.iter() {
            if let Some(have) = self.all.get_mut(at)
                && same_invocation(have, &invocation)
            {
                if follows_but_for_events(&invocation.condition, &have.condition) {
                    return;
                }
                if follows_but_for_events(&have.condition, &invocation.condition) {
                    have.condition = invocation.condition;
                    return;
                }
                let union = exact_union(&have.condition, &invocation.condition)
                    .unwrap_or_else(|| common(&have.condition, &invocation.condition));
                // Where they have nothing in common, one condition for both would say that it always runs.
                let is_lost = union.is_always() && !have.condition.is_always();
                if is_lost && count < MOST_ALIKE {
                    continue;
                }
                have.condition = union;
                return;
            }
        }
        same.push(self.all.len());
        for word in &invocation.words {
            let unknown = match &word.value {
                WordValue::Any(unknown) | WordValue::One(Value::Unknown(unknown, _)) => unknown,
                WordValue::One(_) => continue,
            };
            if self.known.insert((invocation.span, unknown.input.clone())) {
                self.unresolved.push((invocation.span, unknown.clone()));
            }
        }
        self.all.push(invocation);
    }
}

impl Interpreter<'_> {
    /// Hands a command over, on the current path.
    pub(super) fn emit(&mut self, words: List, around: Circumstances, span: Span) {
        if !self.live || self.quiet {
            return;
        }
        self.emitted.met += 1;
        if self.emitted.all.len() >= self.limits.invocations {
            return self.meet_limit(span, "it runs too many commands");
        }
        let anchor = words.first().map_or(span, |item| item.span);
        self.tested = self.tested_in(&words);
        let mut handed = Vec::with_capacity(words.len());
        for item in words {
            if self.rules_out(&item.condition) {
                continue;
            }
            let condition = self.path.news(&item.condition);
            let value = match &item.value {
                Element::One(value) => WordValue::One(self.hand_over(value, item.span)),
                Element::Rest(unknown) => WordValue::Any(unknown.clone()),
            };
            handed.push(Word { condition, value });
        }
        if handed.is_empty() {
            return;
        }
        let mut environment: Vec<(Arc<str>, Value<Text>)> = Vec::new();
        for name in self.exports.clone() {
            if let Some(value) = self.bound(&name).cloned()
                && !matches!(value.kind, Kind::Object(_))
            {
                let place =
                    value.origin.and_then(|origin| self.arena.hop(origin)).map_or(span, |hop| hop.span);
                environment.push(((*name).into(), self.hand_over(&value, place)));
            }
        }
        for (name, value, place) in around.environment {
            let value = self.hand_over(&value, place);
            environment.retain(|(have, _)| **have != *name);
            environment.push(((*name).into(), value));
        }
        let directory = around.directory.map(|(value, place)| self.hand_over(&value, place));
        let input = around.input.map(|(value, place)| self.hand_over(&value, place));
        self.emitted.add(Invocation {
            words: handed,
            condition: self.path.shown.clone(),
            span,
            anchor,
            environment,
            directory,
            input,
            files: Vec::new(),
            scope: self.scope_name(),
            ignored: self.ignored.as_ref().map(|(ignored, _)| Arc::clone(ignored)),
            job: self.job.clone(),
        });
    }
}

/// Whether one condition says all that another says, though they speak of what happens at different times:
/// in two iterations of a loop. Their union then has no other words than the weaker one's.
fn follows_but_for_events(strong: &Condition, weak: &Condition) -> bool {
    let base = |name: &str| match name.rsplit_once(" (") {
        Some((base, number)) if number.trim_end_matches(')').parse::<usize>().is_ok() => base.to_string(),
        _ => name.to_string(),
    };
    let same = |a: &Atom, b: &Atom| {
        a.operator == b.operator && a.operand == b.operand && base(&a.input) == base(&b.input)
    };
    weak.atoms().iter().all(|weak| strong.atoms().iter().any(|strong| same(strong, weak)))
}

/// Whether two invocations run the same words; the ways these came do not matter.
fn same_invocation(a: &Invocation, b: &Invocation) -> bool {
    let same_word = |a: &Word, b: &Word| {
        a.condition == b.condition
            && match (&a.value, &b.value) {
                (WordValue::One(a), WordValue::One(b)) => same_value(a, b),
                (WordValue::Any(a), WordValue::Any(b)) => a.input == b.input,
                _ => false,
            }
    };
    a.words.len() == b.words.len()
        && a.words.iter().zip(&b.words).all(|(a, b)| same_word(a, b))
        && a.environment.len() == b.environment.len()
        && a.environment.iter().zip(&b.environment).all(|(a, b)| a.0 == b.0 && same_value(&a.1, &b.1))
}

fn same_value(a: &Value<Text>, b: &Value<Text>) -> bool {
    match (a, b) {
        (Value::Known(a), Value::Known(b)) => {
            a.overridable_by == b.overridable_by && same_text(&a.value, &b.value)
        }
        (Value::Unknown(a, _), Value::Unknown(b, _)) => a.input == b.input,
        (Value::Either(a), Value::Either(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| a.condition == b.condition && same_value(&a.value, &b.value))
        }
        _ => false,
    }
}

fn same_text(a: &Text, b: &Text) -> bool {
    a.parts.len() == b.parts.len()
        && a.parts.iter().zip(&b.parts).all(|(a, b)| {
            a.condition == b.condition
                && match (&a.piece, &b.piece) {
                    (Piece::Literal(a), Piece::Literal(b)) => a == b,
                    (Piece::Hole(a), Piece::Hole(b)) => a.input == b.input,
                    _ => false,
                }
        })
}
