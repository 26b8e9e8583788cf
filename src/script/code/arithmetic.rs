//! Arithmetic on what targets hold: later values of the same setting, and sums of which a part is known.

use super::environments::{Environments, environment_test};
use super::values::Bound;
use super::visit;
use super::walk::{Computed, Numbers, Place, Walk, path_of};
use crate::model::Environment;
use crate::provenance::Step;
use crate::script::{Argument, BinaryOperator, Expression, ExpressionKind, Literal, Target};
use crate::source::Span;
use crate::value::Number;

/// How many computations one value is followed through, two steps each.
const LONGEST_TRAIL: usize = 32;

impl<'p> Walk<'p> {
    /// Arithmetic: a further value of a target that already has one, or a sum of which a part is known.
    pub(super) fn computed(
        &mut self,
        bound: &Bound,
        value: &'p Expression,
        place: &Place,
        numbers: &mut Numbers,
    ) {
        let name = bound.name();
        if name.is_empty() {
            return;
        }
        let mut mentioned = Vec::new();
        visit::all_within(value, &mut |inner| mentioned.extend(local_name(inner)));
        let in_question = match &place.environments {
            Environments::All => numbers
                .keys()
                .filter(|(target, _)| mentioned.iter().any(|one| **one == **target))
                .filter_map(|(_, environment)| environment.clone())
                .collect(),
            some => self.listed(some),
        };
        let is_plain = matches!(value.kind, ExpressionKind::Name(_));
        let is_further = bound.path.is_empty() && mentioned.contains(&name);
        let mut results = Vec::new();
        for environment in &in_question {
            if results.iter().any(|(one, ..): &(Environment, f64, Vec<(Span, Step)>)| one == environment) {
                continue;
            }
            let Some(number) = evaluate(value, environment, numbers, 0) else { continue };
            let source = mentioned.iter().find_map(|target| held(target, environment, numbers));
            let mut trail = source.map(|(_, trail)| trail.to_vec()).unwrap_or_default();
            if trail.len() > LONGEST_TRAIL {
                continue;
            }
            trail.push((value.span, if trail.is_empty() { Step::Literal } else { Step::Computed }));
            trail.push((bound.span, Step::Assigned));
            results.push((environment.clone(), number, trail));
        }
        if results.is_empty() {
            self.partial_sum(bound, value, place);
            return;
        }
        for (environment, number, trail) in results {
            if (is_further || mentioned.is_empty()) && !is_plain {
                let mut inner = place.clone();
                inner.environments = Environments::Only(vec![environment.clone()]);
                let literal = Literal::Number(Number::Float(number), String::new());
                let written = self.source.slice(value.span).to_owned();
                let before = self.found.len();
                self.record(bound, &inner, literal, written, value.span, trail.clone());
                if let Some(found) = self.found.get_mut(before) {
                    found.derived = is_further;
                }
            }
            numbers.insert((name.as_str().into(), Some(environment)), (number, trail.into()));
        }
    }

    /// `12 + int(buffer)`: the known part, for comparison with a sum of the same form.
    fn partial_sum(&mut self, bound: &Bound, value: &'p Expression, place: &Place) {
        if matches!(place.environments, Environments::All) {
            return;
        }
        let ExpressionKind::Binary { operator: BinaryOperator::Add | BinaryOperator::Subtract, left, right } =
            &value.kind
        else {
            return;
        };
        let (part, literal, rest) = match (&left.kind, &right.kind) {
            (ExpressionKind::Literal(Literal::Number(..)), ExpressionKind::Literal(_)) => return,
            (ExpressionKind::Literal(literal @ Literal::Number(..)), _) => (left, literal, right),
            (_, ExpressionKind::Literal(literal @ Literal::Number(..))) => (right, literal, left),
            _ => return,
        };
        let trail =
            vec![(part.span, Step::Literal), (value.span, Step::Computed), (bound.span, Step::Assigned)];
        let written = self.source.slice(part.span).to_owned();
        let before = self.found.len();
        self.record(bound, place, literal.clone(), written, part.span, trail);
        if let Some(found) = self.found.get_mut(before) {
            found.rest = Some(self.source.slice(rest.span).to_owned());
        }
    }

    pub(super) fn augment(
        &mut self,
        name: &str,
        target: &'p Target,
        operator: BinaryOperator,
        value: &'p Expression,
        place: &Place,
        numbers: &mut Numbers,
    ) {
        let bound = Bound { target: name.to_owned(), path: Vec::new(), span: target.span(), in_table: false };
        let in_question = match &place.environments {
            Environments::All => numbers
                .keys()
                .filter(|(target, _)| **target == *name)
                .filter_map(|(_, environment)| environment.clone())
                .collect(),
            some => self.listed(some),
        };
        for environment in in_question {
            let Some((before, trail)) = held(name, &environment, numbers).cloned() else { continue };
            let Some(operand) = evaluate(value, &environment, numbers, 0) else { continue };
            let Some(number) = apply(operator, before, operand) else { continue };
            if trail.len() > LONGEST_TRAIL {
                continue;
            }
            let mut trail = trail.to_vec();
            trail.push((value.span, Step::Computed));
            trail.push((bound.span, Step::Assigned));
            let mut inner = place.clone();
            inner.environments = Environments::Only(vec![environment.clone()]);
            let literal = Literal::Number(Number::Float(number), String::new());
            let written = self.source.slice(target.span().cover(value.span)).to_owned();
            let index = self.found.len();
            self.record(&bound, &inner, literal, written, value.span, trail.clone());
            if let Some(found) = self.found.get_mut(index) {
                found.derived = true;
            }
            numbers.insert((name.into(), Some(environment)), (number, trail.into()));
        }
    }
}

fn local_name(expression: &Expression) -> Option<String> {
    let path = path_of(expression)?;
    Some(path.strip_prefix("self.").map_or(path.clone(), ToOwned::to_owned))
}

/// What a target holds in an environment.
fn held<'n>(target: &str, environment: &Environment, numbers: &'n Numbers) -> Option<&'n Computed> {
    numbers.get(&(target.into(), Some(environment.clone()))).or_else(|| numbers.get(&(target.into(), None)))
}

fn apply(operator: BinaryOperator, left: f64, right: f64) -> Option<f64> {
    let result = match operator {
        BinaryOperator::Add => left + right,
        BinaryOperator::Subtract => left - right,
        BinaryOperator::Multiply => left * right,
        BinaryOperator::Divide => left / right,
        BinaryOperator::FloorDivide => (left / right).floor(),
        BinaryOperator::Power => left.powf(right),
        BinaryOperator::Quotient => (left / right).trunc(),
        BinaryOperator::Modulo | BinaryOperator::Remainder | BinaryOperator::Union => return None,
    };
    // A person computes 1.05 where binary fractions come to 1.0499999999999998.
    let rounded = (result * 1e9).round() / 1e9;
    rounded.is_finite().then_some(rounded)
}

/// The number that an expression comes to in one environment, if it follows from literals.
fn evaluate(
    expression: &Expression,
    environment: &Environment,
    numbers: &Numbers,
    depth: usize,
) -> Option<f64> {
    if depth > 32 {
        return None;
    }
    let of = |inner: &Expression| evaluate(inner, environment, numbers, depth + 1);
    match &expression.kind {
        ExpressionKind::Literal(Literal::Number(number, _)) => Some(number.as_f64()),
        ExpressionKind::Negate(inner) => of(inner).map(|number| -number),
        ExpressionKind::Binary { operator, left, right } => apply(*operator, of(left)?, of(right)?),
        ExpressionKind::Name(_) | ExpressionKind::Attribute(..) => {
            held(&local_name(expression)?, environment, numbers).map(|(number, _)| *number)
        }
        ExpressionKind::Choose { condition, then, otherwise } => {
            let test = environment_test(condition)?;
            if test.environments.holds_in(environment) { of(then) } else { of(otherwise) }
        }
        ExpressionKind::Call { callee, arguments } => {
            let ExpressionKind::Name(name) = &callee.kind else { return None };
            let values: Option<Vec<f64>> = arguments
                .iter()
                .map(|argument| match argument {
                    Argument::Positional(value) => of(value),
                    _ => None,
                })
                .collect();
            let values = values?;
            match (name.as_str(), values.as_slice()) {
                ("min", [_, ..]) => values.into_iter().reduce(f64::min),
                ("max", [_, ..]) => values.into_iter().reduce(f64::max),
                ("float", [one]) => Some(*one),
                ("int", [one]) => Some(one.trunc()),
                ("abs", [one]) => Some(one.abs()),
                _ => None,
            }
        }
        _ => None,
    }
}
