//! Changes of a policy that its examples should notice: one operator, one condition, one threshold at a
//! time.

use super::bench::Bench;
use crate::cel;
use crate::cel::object::{Datum, Field, List, Map};
use crate::policy::{self, Code, Policy, show};
use crate::report::testing::Change;
use crate::source::{Span, TextMap};
use crate::value::{Duration, Quantity};
use std::sync::Arc;

/// A policy with one change.
struct Mutant {
    what: String,
    /// What is changed.
    span: Span,
    policy: Policy,
}

/// Tries every change of a policy that still is a policy: one that the checker refuses can never be
/// written.
pub(super) fn try_all(policy: &Policy, benches: &[Bench<'_>]) -> Vec<Change> {
    let mut changes = Vec::new();
    for Mutant { what, span, policy } in mutants(policy) {
        let Ok(compiled) = policy::compile(Arc::new(policy)) else { continue };
        let noticed = benches.iter().any(|bench| bench.notices(&bench.judge(&compiled)));
        changes.push(Change { what, span, noticed });
    }
    changes
}

fn mutants(policy: &Policy) -> Vec<Mutant> {
    // The examples are kept apart: a change is judged by what they expect, and copies of them cost time.
    let policy = &Policy { examples: Vec::new(), ..policy.clone() };
    let mut all = Vec::new();
    let mut add = |what: String, span: Span, change: &dyn Fn(&mut Policy)| {
        let mut changed = policy.clone();
        change(&mut changed);
        all.push(Mutant { what, span, policy: changed });
    };
    for (index, condition) in policy.conditions.iter().enumerate() {
        let what = "the matchCondition left out".to_owned();
        add(what, condition.code.span, &|policy| drop(policy.conditions.remove(index)));
        for (what, span, code) in changed(&condition.code) {
            add(what, span, &|policy| put(policy.conditions.get_mut(index).map(|one| &mut one.code), &code));
        }
    }
    for (index, variable) in policy.variables.iter().enumerate() {
        for (what, span, code) in changed(&variable.code) {
            add(what, span, &|policy| put(policy.variables.get_mut(index).map(|one| &mut one.code), &code));
        }
    }
    for (index, validation) in policy.validations.iter().enumerate() {
        if policy.validations.len() > 1 {
            let what = "the validation left out".to_owned();
            add(what, validation.code.span, &|policy| drop(policy.validations.remove(index)));
        }
        for (what, span, code) in changed(&validation.code) {
            add(what, span, &|policy| put(policy.validations.get_mut(index).map(|one| &mut one.code), &code));
        }
    }
    for (index, param) in policy.params.iter().enumerate() {
        let Some(default) = &param.default else { continue };
        for value in moved(default).into_iter().filter(|value| show(value) != show(default)) {
            let what = format!("a default of {} for {}", show(&value), show(default));
            add(what, param.span, &|policy| {
                if let Some(param) = policy.params.get_mut(index) {
                    param.default = Some(value.clone());
                }
            });
        }
    }
    all
}

fn put(place: Option<&mut Code>, code: &Code) {
    if let Some(place) = place {
        *place = code.clone();
    }
}

/// The changes of one expression: what each is in words, where, and the changed expression.
fn changed(code: &Code) -> Vec<(String, Span, Code)> {
    let apply = |change: cel::Change| {
        let before = code.text.get(..change.range.start)?;
        let after = code.text.get(change.range.end..)?;
        let text = format!("{before}{}{after}", change.replacement);
        let span = code.map.span(change.shown.start, change.shown.end);
        let what = change.what;
        // The changed text stands in no file: whatever is said of it is said of the whole expression.
        Some((what, span, Code { text, map: TextMap::whole(code.span), span: code.span }))
    };
    cel::changes(&code.text).into_iter().filter_map(apply).collect()
}

/// Neighbours of a parameter's value: twice and half, one more and one less, one element fewer, the
/// other truth, another text.
fn moved(field: &Field) -> Vec<Field> {
    let Field::Known { datum, place } = field else { return Vec::new() };
    let with = |datum: Datum| Field::Known { datum, place: *place };
    match datum {
        Datum::Quantity { amount, .. } => {
            let quantity =
                |amount: Quantity| with(Datum::Quantity { amount, written: amount.canonical().into() });
            [Some(amount.plus(*amount)), amount.times(0.5)].into_iter().flatten().map(quantity).collect()
        }
        Datum::Duration { amount, .. } => {
            let duration =
                |amount: Duration| with(Datum::Duration { amount, written: amount.to_string().into() });
            [Some(amount.plus(*amount)), amount.times(0.5)].into_iter().flatten().map(duration).collect()
        }
        Datum::Int(int) => [int.checked_add(1), int.checked_sub(1)]
            .into_iter()
            .flatten()
            .map(|int| with(Datum::Int(int)))
            .collect(),
        Datum::Double(double) => {
            [double * 2.0, double / 2.0].map(|double| with(Datum::Double(double))).to_vec()
        }
        Datum::Bool(bool) => vec![with(Datum::Bool(!bool))],
        Datum::Text(text) => vec![with(Datum::Text(format!("{text}_").into()))],
        Datum::List(list) => (0..list.elements.len())
            .map(|index| {
                let mut elements = list.elements.to_vec();
                elements.remove(index);
                with(Datum::List(List { elements: Arc::new(elements), open: list.open.clone() }))
            })
            .collect(),
        Datum::Map(map) => map
            .entries
            .keys()
            .map(|key| {
                let mut entries = (*map.entries).clone();
                entries.remove(key);
                with(Datum::Map(Map { entries: Arc::new(entries), ..map.clone() }))
            })
            .collect(),
        Datum::Null | Datum::Object(_) => Vec::new(),
    }
}
