//! From what was found to what is claimed: only what differs by environment, or bounds something, is a
//! setting.

use super::CodeFacts;
use super::budgets::{Bounded, ClassBudget, is_total};
use super::environments::Environments;
use super::kinds::{Kind, kind_of, typed};
use super::walk::{Found, Walk};
use crate::model::{Budget, CodeSetting, CodeValue, Environment};
use crate::provenance::{Arena, Origin, Step};
use crate::script::Literal;
use crate::source::Span;
use crate::value::Condition;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How many values one setting may have in one scope.
const MOST_VALUES: usize = 64;

/// How many computations a name's meaning is followed through.
const LONGEST_FLOW: usize = 4;

pub(super) fn finish(walk: Walk<'_>, arena: &mut Arena) -> CodeFacts {
    let mut settings = Vec::new();
    let mut groups: BTreeMap<(Rc<str>, String), Vec<&Found>> = BTreeMap::new();
    for found in &walk.found {
        groups.entry((found.scope.clone(), found.name.clone())).or_default().push(found);
    }
    for ((scope, name), group) in &groups {
        // Two dictionaries of one function may use the same keys.
        let tables: BTreeSet<Option<&String>> = group.iter().map(|found| found.table.as_ref()).collect();
        if tables.len() > 1 {
            for table in tables {
                let members: Vec<&Found> =
                    group.iter().copied().filter(|found| found.table.as_ref() == table).collect();
                let name = match table {
                    Some(table) if !table.is_empty() && table != name => format!("{table}.{name}"),
                    _ => name.clone(),
                };
                settings_of(&walk, scope, &name, &members, arena, &mut settings);
            }
        } else {
            settings_of(&walk, scope, name, group, arena, &mut settings);
        }
    }
    for setting in &mut settings {
        if !setting.derived && is_total(&setting.name) && matches!(setting.value, CodeValue::Duration(_)) {
            bound(setting, &walk.budgets);
        }
    }
    for budget in &walk.budgets {
        settings.extend(budget.groups.iter().map(|group| bounded(group, arena)));
    }
    settings.extend(walk.calls.iter().map(|call| bounded(call, arena)));
    for wait in &walk.waits {
        let Some(value) = typed(&wait.value, kind_of(&wait.name)) else { continue };
        settings.push(setting(wait, &wait.name, None, value, arena));
    }
    CodeFacts { settings, bypasses: walk.bypasses }
}

/// The settings of one name in one scope, if there are at least two environments with values of their
/// own.
fn settings_of(
    walk: &Walk<'_>,
    scope: &Rc<str>,
    name: &str,
    group: &[&Found],
    arena: &mut Arena,
    settings: &mut Vec<CodeSetting>,
) {
    // What is assigned over and over is a variable, not a setting.
    if group.len() > MOST_VALUES {
        return;
    }
    let mut claims: Vec<(Environment, &Found)> = Vec::new();
    let mut base: Option<&Found> = None;
    for found in group {
        if found.environments == Environments::All {
            // Only a value that stands before the branches is what they start from.
            if claims.is_empty() {
                base = Some(found);
            }
            continue;
        }
        claims.extend(walk.listed(&found.environments).into_iter().map(|environment| (environment, *found)));
    }
    if let (Some(base), false) = (base, claims.is_empty()) {
        for environment in &walk.known {
            if claims.iter().all(|(one, _)| one != environment) {
                claims.push((environment.clone(), base));
            }
        }
    }
    let kind = meaning(walk, scope, name);
    // Sums of which only a part is known are compared with sums of the same form, and nothing else.
    let forms: BTreeSet<Option<&String>> = claims.iter().map(|(_, found)| found.rest.as_ref()).collect();
    for form in forms {
        let members = claims.iter().filter(|(_, found)| found.rest.as_ref() == form).cloned().collect();
        of_one_form(members, name, kind, arena, settings);
    }
}

fn of_one_form(
    mut claims: Vec<(Environment, &Found)>,
    name: &str,
    kind: Kind,
    arena: &mut Arena,
    settings: &mut Vec<CodeSetting>,
) {
    // That staging is called "staging" is no setting.
    claims.retain(|(environment, found)| {
        !matches!(&found.value, Literal::Text(text) if Environment::known(text).as_ref() == Some(environment))
    });
    let comparable: Vec<bool> = claims.iter().map(|(_, found)| is_comparable(found, &claims)).collect();
    let mut keep = comparable.into_iter();
    claims.retain(|_| keep.next().unwrap_or(false));
    let environments: BTreeSet<&Environment> = claims.iter().map(|(environment, _)| environment).collect();
    let places: BTreeSet<u32> = claims.iter().map(|(_, found)| found.span.start).collect();
    if environments.len() < 2 || places.len() < 2 {
        return;
    }
    for (environment, found) in claims {
        if let Some(value) = typed(&found.value, kind) {
            settings.push(setting(found, name, Some(environment), value, arena));
        }
    }
}

/// Whether another environment has a value under the same further condition: one that is chosen by
/// different tests in different environments is not one setting. A later computation is compared with
/// what it started from.
fn is_comparable(found: &Found, claims: &[(Environment, &Found)]) -> bool {
    let environments: BTreeSet<&Environment> = claims
        .iter()
        .filter(|(_, other)| found.derived || (other.condition == found.condition && !other.derived))
        .map(|(environment, _)| environment)
        .collect();
    environments.len() >= 2
}

fn setting(
    found: &Found,
    name: &str,
    environment: Option<Environment>,
    value: CodeValue,
    arena: &mut Arena,
) -> CodeSetting {
    CodeSetting {
        name: name.into(),
        scope: (&*found.scope).into(),
        environment,
        value,
        written: found.written.clone(),
        span: found.span,
        origin: origin(&found.trail, found.span, arena),
        condition: found.condition.clone(),
        derived: found.derived,
        parts: Vec::new(),
        budget: None,
    }
}

fn origin(trail: &[(Span, Step)], span: Span, arena: &mut Arena) -> Origin {
    let mut steps = trail.iter();
    let mut origin = match steps.next() {
        Some((span, step)) => arena.start(*span, *step),
        None => arena.literal(span),
    };
    for (span, step) in steps {
        origin = arena.step(origin, *span, *step);
    }
    origin
}

fn bounded(bounded: &Bounded, arena: &mut Arena) -> CodeSetting {
    CodeSetting {
        name: bounded.name.as_str().into(),
        scope: (&*bounded.scope).into(),
        environment: None,
        value: bounded.value.clone(),
        written: bounded.written.clone(),
        span: bounded.span,
        origin: arena.literal(bounded.span),
        condition: Condition::always(),
        derived: false,
        parts: bounded.parts.clone(),
        budget: Some(bounded.budget),
    }
}

/// Gives a total the parts of its class.
fn bound(setting: &mut CodeSetting, budgets: &[ClassBudget]) {
    let of_class = |budget: &&ClassBudget| {
        setting
            .scope
            .strip_prefix(&*budget.scope)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if let Some(budget) = budgets.iter().find(of_class) {
        setting.parts = budget.parts(setting.environment.as_ref()).to_vec();
        setting.budget = (!setting.parts.is_empty()).then_some(Budget::Sum);
    }
}

/// The kind that a name promises, or that the names promise into which it is computed.
fn meaning(walk: &Walk<'_>, scope: &Rc<str>, name: &str) -> Kind {
    let kind = kind_of(name);
    let Some(flows) = walk.flows.get(scope).filter(|_| kind == Kind::Plain) else { return kind };
    let mut names = vec![name];
    for _ in 0..LONGEST_FLOW {
        let next: Vec<&str> = flows
            .iter()
            .filter(|(from, _)| names.contains(&from.as_str()))
            .map(|(_, into)| into.as_str())
            .collect();
        if let Some(kind) = next.iter().map(|into| kind_of(into)).find(|kind| *kind != Kind::Plain) {
            return kind;
        }
        names = next;
    }
    kind
}
