//! Budgets: a total against its parts, a group's bound against its members.
//!
//! Parts are named things that a class declares with a timeout each. Where a part's timeout depends on
//! something that the budget's environment does not decide, the smallest counts, so that a budget that
//! is told to be too small is so in every case.

use super::environments::{Environments, environment_test, words};
use super::kinds::{Kind, kind_of, typed_number};
use super::visit;
use super::walk::{Place, Walk, target_name};
use crate::model::{Budget, CodeValue, Environment};
use crate::script::{Argument, Class, Element, Expression, ExpressionKind, Literal, StatementKind, Target};
use crate::source::Span;
use crate::value::Number;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Name, timeout and its characters of each member.
pub(super) type Members = Vec<(Arc<str>, CodeValue, Span)>;

/// A named thing with its timeout.
#[derive(Clone, Debug)]
struct Part<'p> {
    name: String,
    /// The parameter or key that takes the timeout, which tells the unit.
    parameter: &'p str,
    timeout: &'p Expression,
}

/// A bound that is written as an argument, with what it bounds.
#[derive(Clone, Debug)]
pub(super) struct Bounded {
    pub(super) name: String,
    pub(super) scope: Rc<str>,
    pub(super) written: String,
    pub(super) value: CodeValue,
    pub(super) span: Span,
    pub(super) parts: Members,
    pub(super) budget: Budget,
}

/// What a class says about budgets.
#[derive(Clone, Debug)]
pub(super) struct ClassBudget {
    pub(super) scope: Rc<str>,
    pub(super) groups: Vec<Bounded>,
    /// The parts as they are in each environment in question; without one, at their smallest.
    parts: BTreeMap<Option<Environment>, Members>,
    class: String,
    /// Methods by which others ask the class to do all its work.
    entries: Vec<String>,
}

impl ClassBudget {
    /// The parts in an environment.
    pub(super) fn parts(&self, environment: Option<&Environment>) -> &[(Arc<str>, CodeValue, Span)] {
        self.parts.get(&environment.cloned()).or_else(|| self.parts.get(&None)).map_or(&[], Vec::as_slice)
    }
}

/// Whether a setting bounds everything that its class does.
pub(super) fn is_total(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    words.last().is_some_and(|last| matches!(last.as_str(), "budget"))
        || (has(&["total", "overall", "budget", "global"])
            && has(&["timeout", "budget", "deadline", "duration", "seconds", "ms"]))
}

impl<'p> Walk<'p> {
    /// Reads the parts and groups of a class.
    pub(super) fn class_budget(&mut self, class: &'p Class, place: &Place) {
        let (maker, parts) = parts_of(class);
        if parts.len() < 2 {
            return;
        }
        let flags = environment_flags(class);
        let asked: Vec<Option<Environment>> = std::iter::once(None)
            .chain(["production", "staging", "development", "test"].map(Environment::named).map(Some))
            .collect();
        let mut by_environment = BTreeMap::new();
        for environment in asked {
            let values: Vec<_> = parts
                .iter()
                .filter_map(|part| {
                    let (number, span) = smallest(part.timeout, environment.as_ref(), &flags, 0)?;
                    let value = typed_number(number, kind_of(part.parameter))?;
                    Some((Arc::from(part.name.as_str()), value, span))
                })
                .collect();
            by_environment.insert(environment, values);
        }
        let known = by_environment.get(&None).cloned().unwrap_or_default();
        let mut groups = Vec::new();
        for method in &class.methods {
            let scope: Rc<str> = format!("{}.{}", place.scope, method.name).into();
            visit::expressions_within(&method.body, &mut |expression| {
                groups.extend(self.group(expression, &known, maker, &scope));
            });
        }
        self.budgets.push(ClassBudget {
            scope: place.scope.clone(),
            groups,
            parts: by_environment,
            class: class.name.clone(),
            entries: class
                .methods
                .iter()
                .filter(|one| is_entry(&one.name))
                .map(|one| one.name.clone())
                .collect(),
        });
    }

    /// `check(["database", "cache"], timeout=1.5)`: one bound for members that have their own.
    fn group(
        &self,
        expression: &Expression,
        known: &[(Arc<str>, CodeValue, Span)],
        maker: &str,
        scope: &Rc<str>,
    ) -> Option<Bounded> {
        let ExpressionKind::Call { callee, arguments } = &expression.kind else { return None };
        // A part that lists what it depends on does not bound it.
        if visit::last_name(callee) == Some(maker) {
            return None;
        }
        let members = arguments.iter().find_map(|argument| match argument {
            Argument::Positional(value) | Argument::Named(_, value) => texts(value),
            _ => None,
        })?;
        let parts: Option<Vec<_>> = members
            .iter()
            .map(|member| known.iter().find(|(name, ..)| **name == **member).cloned())
            .collect();
        let parts = parts.filter(|parts| !parts.is_empty())?;
        self.bounded(arguments, scope, parts, Budget::Largest)
    }

    /// The literal timeout among a call's named arguments.
    fn bounded(
        &self,
        arguments: &[Argument],
        scope: &Rc<str>,
        parts: Members,
        budget: Budget,
    ) -> Option<Bounded> {
        arguments.iter().find_map(|argument| {
            let Argument::Named(name, value) = argument else { return None };
            let ExpressionKind::Literal(Literal::Number(number, written)) = &value.kind else { return None };
            is_timeout(name).then_some(())?;
            Some(Bounded {
                name: name.clone(),
                scope: scope.clone(),
                written: written.clone(),
                value: typed_number(*number, kind_of(name))?,
                span: value.span,
                parts: parts.clone(),
                budget,
            })
        })
    }

    /// Calls that give an instance of a class with parts one bound for all its work:
    /// `validator = Validator(...)`, then `validator.validate(timeout=5.0)`.
    pub(super) fn bounded_calls(&self, body: &[crate::script::Statement], scope: &Rc<str>) -> Vec<Bounded> {
        let mut instances: BTreeMap<String, &ClassBudget> = BTreeMap::new();
        let mut found = Vec::new();
        let mut look = |statement: &crate::script::Statement| {
            if let StatementKind::Assign { target, value, .. } = &statement.kind
                && let ExpressionKind::Call { callee, .. } = &value.kind
                && let Some(class) = visit::last_name(callee)
                && let Some(budget) = self.budgets.iter().find(|budget| budget.class == class)
                && let Some(name) = target_name(target)
            {
                instances.insert(name, budget);
            }
            visit::expressions_of(statement, &mut |expression| {
                visit::all_within(expression, &mut |inner| {
                    let ExpressionKind::Call { callee, arguments } = &inner.kind else { return };
                    let ExpressionKind::Attribute(owner, method) = &callee.kind else { return };
                    let Some(owner) = visit::last_name(owner) else { return };
                    let Some(budget) = instances.get(owner) else { return };
                    if budget.entries.contains(method) {
                        found.extend(self.bounded(
                            arguments,
                            scope,
                            budget.parts(None).to_vec(),
                            Budget::Sum,
                        ));
                    }
                });
            });
        };
        for statement in body {
            look(statement);
            visit::blocks_of(statement, &mut |inner| visit::statements_within(inner, &mut |one| look(one)));
        }
        found
    }
}

fn is_timeout(name: &str) -> bool {
    matches!(kind_of(name), Kind::Duration(_)) && words(name).iter().any(|word| word == "timeout")
}

fn is_entry(method: &str) -> bool {
    words(method).iter().any(|word| {
        matches!(
            word.as_str(),
            "validate" | "ready" | "readiness" | "wait" | "start" | "startup" | "initialize" | "check"
        )
    })
}

/// The texts of a list that holds nothing else.
fn texts(expression: &Expression) -> Option<Vec<&str>> {
    let (ExpressionKind::List(elements) | ExpressionKind::Tuple(elements)) = &expression.kind else {
        return None;
    };
    elements
        .iter()
        .map(|element| match element {
            Element::One(Expression { kind: ExpressionKind::Literal(Literal::Text(text)), .. }) => {
                Some(text.as_str())
            }
            _ => None,
        })
        .collect()
}

/// The named parts that a class declares: `self.checks["database"] = Check(timeout=3.0)`, or several
/// `Check(name="database", timeout=3.0)`; with the name of what makes them.
fn parts_of(class: &Class) -> (&str, Vec<Part<'_>>) {
    let mut parts: Vec<(&str, Part<'_>)> = Vec::new();
    for method in &class.methods {
        visit::statements_within(&method.body, &mut |statement| {
            if let StatementKind::Assign { target: Target::Index(_, key, _), value, .. } = &statement.kind
                && let ExpressionKind::Literal(Literal::Text(name)) = &key.kind
            {
                parts.extend(part(value, Some(name)));
            }
            visit::expressions_of(statement, &mut |expression| {
                visit::all_within(expression, &mut |inner| parts.extend(part(inner, None)));
            });
        });
    }
    // All parts are made by one constructor; the one with most parts is meant.
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (maker, _) in &parts {
        *counts.entry(*maker).or_default() += 1;
    }
    let Some((&maker, _)) = counts.iter().max_by_key(|&(_, count)| *count) else { return ("", Vec::new()) };
    let mut distinct: Vec<Part<'_>> = Vec::new();
    for (_, part) in parts.into_iter().filter(|(one, _)| *one == maker) {
        let is_new =
            distinct.iter().all(|one| one.name != part.name && one.timeout.span != part.timeout.span);
        if is_new {
            distinct.push(part);
        }
    }
    (maker, distinct)
}

fn part<'p>(expression: &'p Expression, key: Option<&str>) -> Option<(&'p str, Part<'p>)> {
    let ExpressionKind::Call { callee, arguments } = &expression.kind else { return None };
    let named = arguments.iter().find_map(|argument| match argument {
        Argument::Named(name, value) if name == "name" => match &value.kind {
            ExpressionKind::Literal(Literal::Text(text)) => Some(text.as_str()),
            _ => None,
        },
        _ => None,
    });
    let (parameter, timeout) = arguments.iter().find_map(|argument| match argument {
        Argument::Named(name, value) if is_timeout(name) => Some((name.as_str(), value)),
        _ => None,
    })?;
    let name = key.or(named)?.to_owned();
    Some((visit::last_name(callee)?, Part { name, parameter, timeout }))
}

/// Attributes of a class that are environment tests by their definition.
fn environment_flags(class: &Class) -> BTreeMap<String, Environments> {
    let mut flags = BTreeMap::new();
    for method in &class.methods {
        visit::statements_within(&method.body, &mut |statement| {
            if let StatementKind::Assign { target, value, .. } = &statement.kind
                && let Some(name) = target_name(target)
                && let Some(test) = environment_test(value)
            {
                flags.entry(name).or_insert(test.environments);
            }
        });
    }
    flags
}

/// The number that an expression comes to in an environment; of several, the smallest.
fn smallest(
    expression: &Expression,
    environment: Option<&Environment>,
    flags: &BTreeMap<String, Environments>,
    depth: usize,
) -> Option<(Number, Span)> {
    if depth > 16 {
        return None;
    }
    match &expression.kind {
        ExpressionKind::Literal(Literal::Number(number, _)) => Some((*number, expression.span)),
        ExpressionKind::Choose { condition, then, otherwise } => {
            let of = |inner: &Expression| smallest(inner, environment, flags, depth + 1);
            match environment.and_then(|environment| decided(condition, environment, flags)) {
                Some(true) => of(then),
                Some(false) => of(otherwise),
                None => {
                    let (then, otherwise) = (of(then)?, of(otherwise)?);
                    Some(if otherwise.0.as_f64() < then.0.as_f64() { otherwise } else { then })
                }
            }
        }
        _ => None,
    }
}

/// Whether a test holds in an environment, if that decides it.
fn decided(
    condition: &Expression,
    environment: &Environment,
    flags: &BTreeMap<String, Environments>,
) -> Option<bool> {
    if let Some(test) = environment_test(condition) {
        return Some(test.environments.holds_in(environment));
    }
    if let ExpressionKind::Not(inner) = &condition.kind {
        return decided(inner, environment, flags).map(|holds| !holds);
    }
    let name = visit::last_name(condition)?;
    if let Some(environments) = flags.get(name) {
        return Some(environments.holds_in(environment));
    }
    // What is deployed runs in the cloud; what else does is not known.
    let is_cloud = words(name).iter().any(|word| matches!(word.as_str(), "cloud" | "gcp" | "aws" | "azure"));
    let is_deployed = matches!(environment.as_str(), "production" | "staging");
    (is_cloud && is_deployed).then_some(true)
}
