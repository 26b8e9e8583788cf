//! Values and the targets that they are bound to.

use super::environments::{Environments, named_by, words};
use super::visit;
use super::walk::{Found, Numbers, Place, Walk};
use crate::model::Environment;
use crate::provenance::Step;
use crate::script::{Argument, Expression, ExpressionKind, Literal, MapEntry};
use crate::source::Span;
use crate::value::{Atom, Condition, Operand, Operator};

/// Words of calls that tell something to people.
const TELLING: [&str; 10] =
    ["log", "logger", "print", "warn", "warning", "error", "info", "debug", "exception", "echo"];

/// Last words of names that hold the outcome of something, not a setting of it.
const OUTCOMES: [&str; 8] = ["status", "state", "message", "error", "reason", "result", "success", "valid"];

/// How many numbers of one function are kept in mind; each branch copies them.
const MOST_NUMBERS: usize = 128;

/// What a value is bound to.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    /// The variable or attribute; empty for what a function returns.
    pub(super) target: String,
    /// Keys and parameters that lead to the value.
    pub(super) path: Vec<String>,
    /// The characters of the target, or of the innermost key.
    pub(super) span: Span,
    /// The value stands in a dictionary keyed by environment: its path alone names it.
    pub(super) in_table: bool,
}

impl Bound {
    pub(super) fn name(&self) -> String {
        match (self.path.is_empty(), self.in_table || self.target.is_empty()) {
            (true, _) => self.target.clone(),
            (false, true) => self.path.join("."),
            (false, false) => format!("{}.{}", self.target, self.path.join(".")),
        }
    }

    fn at(&self, key: &str, span: Span) -> Bound {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        Bound { path, span, ..self.clone() }
    }
}

impl<'p> Walk<'p> {
    pub(super) fn bind_target(
        &mut self,
        name: &str,
        span: Span,
        value: &'p Expression,
        place: &Place,
        numbers: &mut Numbers,
    ) {
        let bound = Bound { target: name.to_owned(), path: Vec::new(), span, in_table: false };
        self.flow(name, value, place);
        self.bind(&bound, value, place, numbers);
    }

    /// What a function returns bears the function's name, unless it has keys.
    pub(super) fn bind_returned(&mut self, value: &'p Expression, place: &Place, numbers: &mut Numbers) {
        // True and false are answers more often than settings.
        if matches!(value.kind, ExpressionKind::Literal(Literal::Bool(_))) {
            return;
        }
        let is_keyed = matches!(value.kind, ExpressionKind::Map(_) | ExpressionKind::Call { .. });
        let target = match &place.function {
            Some(function) if !is_keyed || is_lookup(value) => function.to_string(),
            _ => String::new(),
        };
        let bound = Bound { target, path: Vec::new(), span: value.span, in_table: false };
        self.bind(&bound, value, place, numbers);
    }

    /// A call for its effect: `server.run(workers=4)`.
    pub(super) fn bind_effect(&mut self, value: &'p Expression, place: &Place, numbers: &mut Numbers) {
        let ExpressionKind::Call { callee, .. } = &value.kind else { return };
        let target = visit::last_name(callee).unwrap_or_default().to_owned();
        // What is logged or printed configures nothing.
        let tells = words(&target).iter().any(|word| TELLING.contains(&word.as_str()));
        if tells {
            return;
        }
        let bound = Bound { target, path: Vec::new(), span: callee.span, in_table: false };
        self.bind(&bound, value, place, numbers);
    }

    fn bind(&mut self, bound: &Bound, value: &'p Expression, place: &Place, numbers: &mut Numbers) {
        match &value.kind {
            ExpressionKind::Literal(literal) => self.literal(bound, value, literal, place, numbers),
            ExpressionKind::Choose { condition, then, otherwise } => {
                self.choice(bound, condition, then, otherwise, place, numbers);
            }
            ExpressionKind::Map(entries) => self.map(bound, entries, place, numbers),
            // `{"staging": 3.0}.get(environment, 5.0)` and `{...}[environment]`.
            ExpressionKind::Index(table, _) if is_map(table) => self.bind(bound, table, place, numbers),
            ExpressionKind::Call { callee, arguments } => match &callee.kind {
                ExpressionKind::Attribute(table, method) if method == "get" && is_map(table) => {
                    self.bind(bound, table, place, numbers);
                }
                ExpressionKind::Name(name) if is_conversion(name) => {
                    if let [Argument::Positional(inner)] = arguments.as_slice() {
                        self.bind(bound, inner, place, numbers);
                    }
                }
                ExpressionKind::Name(name) if matches!(name.as_str(), "min" | "max") => {
                    self.computed(bound, value, place, numbers);
                }
                _ => {
                    for argument in arguments {
                        if let Argument::Named(name, inner) = argument {
                            self.flow(name, inner, place);
                            self.bind(&bound.at(name, inner.span), inner, place, numbers);
                        }
                    }
                }
            },
            ExpressionKind::Binary { .. } | ExpressionKind::Negate(_) | ExpressionKind::Name(_) => {
                self.computed(bound, value, place, numbers);
            }
            _ => {}
        }
    }

    fn literal(
        &mut self,
        bound: &Bound,
        value: &'p Expression,
        literal: &'p Literal,
        place: &Place,
        numbers: &mut Numbers,
    ) {
        let name = bound.name();
        if name.is_empty() || matches!(literal, Literal::Null) {
            return;
        }
        let trail = vec![(value.span, Step::Literal), (bound.span, Step::Assigned)];
        if let Literal::Number(number, _) = literal
            && bound.path.is_empty()
        {
            self.remember(&name, number.as_f64(), &trail, &place.environments, numbers);
        }
        // A value for all environments only matters as what the others differ from.
        if place.environments == Environments::All && !bound.path.is_empty() {
            return;
        }
        let written = match literal {
            Literal::Number(_, written) => written.clone(),
            _ => self.source.slice(value.span).to_owned(),
        };
        self.record(bound, place, literal.clone(), written, value.span, trail);
    }

    pub(super) fn record(
        &mut self,
        bound: &Bound,
        place: &Place,
        value: Literal,
        written: String,
        span: Span,
        trail: Vec<(Span, Step)>,
    ) {
        let is_outcome = words(&bound.name()).last().is_some_and(|last| OUTCOMES.contains(&last.as_str()));
        if !place.records || is_outcome {
            return;
        }
        self.found.push(Found {
            name: bound.name(),
            table: bound.in_table.then(|| bound.target.clone()),
            scope: place.scope.clone(),
            environments: place.environments.clone(),
            value,
            written,
            span,
            trail,
            condition: place.condition.clone(),
            derived: false,
            rest: None,
        });
    }

    /// Keeps the number that a target holds from here on.
    fn remember(
        &self,
        name: &str,
        number: f64,
        trail: &[(Span, Step)],
        environments: &Environments,
        numbers: &mut Numbers,
    ) {
        if numbers.len() >= MOST_NUMBERS {
            return;
        }
        if *environments == Environments::All {
            numbers.retain(|(target, _), _| **target != *name);
            numbers.insert((name.into(), None), (number, trail.into()));
        }
        for environment in self.listed(environments) {
            numbers.insert((name.into(), Some(environment)), (number, trail.into()));
        }
    }

    fn choice(
        &mut self,
        bound: &Bound,
        condition: &'p Expression,
        then: &'p Expression,
        otherwise: &'p Expression,
        place: &Place,
        numbers: &mut Numbers,
    ) {
        let asked = self.asked(condition);
        let mut holds = place.clone();
        holds.environments = holds.environments.and(&asked.environments);
        let mut fails = place.clone();
        if asked.others.is_empty() {
            fails.environments = fails.environments.and(&asked.environments.negated());
        }
        for (input, span) in &asked.others {
            let atom = |operator| {
                Condition::of(Atom {
                    input: input.as_str().into(),
                    operator,
                    operand: Operand::None,
                    span: *span,
                })
            };
            holds.condition = holds.condition.and(&atom(Operator::Holds)).unwrap_or(holds.condition);
            // Where one of several conjuncts fails, none of them is known to.
            if asked.others.len() == 1 && asked.environments == Environments::All {
                fails.condition = fails.condition.and(&atom(Operator::Fails)).unwrap_or(fails.condition);
            }
        }
        // Numbers are not remembered: which of the two it is depends on more than the environment.
        let mut forgotten = numbers.clone();
        self.bind(bound, then, &holds, &mut forgotten);
        self.bind(bound, otherwise, &fails, &mut forgotten);
        if asked.others.is_empty() {
            *numbers = forgotten;
        }
    }

    fn map(&mut self, bound: &Bound, entries: &'p [MapEntry], place: &Place, numbers: &mut Numbers) {
        let is_table = is_table(entries);
        for entry in entries {
            let MapEntry::Pair(key, value) = entry else { continue };
            if is_table {
                let Some(environment) = named_by(key) else { continue };
                let mut inner = place.clone();
                inner.environments = inner.environments.and(&Environments::Only(vec![environment]));
                let bound = Bound { in_table: true, ..bound.clone() };
                self.bind(&bound, value, &inner, &mut numbers.clone());
            } else if let ExpressionKind::Literal(Literal::Text(text)) = &key.kind {
                self.flow(text, value, place);
                self.bind(&bound.at(text, key.span), value, place, numbers);
            }
        }
    }

    /// Notes which names a value is computed from: what a name means may be said by where it goes.
    fn flow(&mut self, into: &str, value: &'p Expression, place: &Place) {
        if matches!(place.environments, Environments::All) || into.is_empty() {
            return;
        }
        let is_arithmetic = matches!(
            value.kind,
            ExpressionKind::Binary { .. } | ExpressionKind::Name(_) | ExpressionKind::Call { .. }
        );
        if !is_arithmetic {
            return;
        }
        let flows = self.flows.entry(place.scope.clone()).or_default();
        visit::all_within(value, &mut |inner| {
            if let ExpressionKind::Name(name) = &inner.kind {
                flows.push((name.clone(), into.to_owned()));
            }
        });
    }
}

/// A dictionary with at least two environments for keys, one of which is deployed to.
pub(super) fn is_table(entries: &[MapEntry]) -> bool {
    let mut environments = Vec::new();
    let mut others = 0;
    for entry in entries {
        let MapEntry::Pair(key, _) = entry else { continue };
        match named_by_whole(key) {
            Some(environment) if !environments.contains(&environment) => environments.push(environment),
            Some(_) => {}
            None => others += 1,
        }
    }
    let is_deployed = environments.iter().any(|one| matches!(one.as_str(), "production" | "staging"));
    is_deployed && environments.len() >= 2 && others <= environments.len()
}

/// The environment of a key. A text must be the environment's name and nothing more.
fn named_by_whole(key: &Expression) -> Option<Environment> {
    match &key.kind {
        ExpressionKind::Literal(Literal::Text(text)) => Environment::known(text),
        _ => named_by(key),
    }
}

fn is_map(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Map(_))
}

/// Whether a value is taken out of a dictionary that is written in the same place.
fn is_lookup(value: &Expression) -> bool {
    match &value.kind {
        ExpressionKind::Index(table, _) => is_map(table),
        ExpressionKind::Call { callee, .. } => {
            matches!(&callee.kind, ExpressionKind::Attribute(table, method) if method == "get" && is_map(table))
        }
        _ => false,
    }
}

/// Functions that give back the number they get, as far as a setting is concerned.
fn is_conversion(name: &str) -> bool {
    matches!(name, "int" | "float" | "str" | "bool" | "round" | "abs" | "Decimal")
}
