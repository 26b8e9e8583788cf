//! What is wrong with the values of params, and what of a policy is in order and yet cannot be meant.

use super::Compiled;
use super::compile::unit_of;
use crate::cel::object::{Datum, Field};
use crate::cel::{self, Expression, Type};
use crate::diagnostic::Diagnostic;
use std::sync::Arc;

/// Values of params, defaults or a project's, that the expressions cannot use: a regular expression that is
/// none, CPU where memory is wanted.
pub(super) fn values<'v>(
    compiled: &Compiled,
    given: impl IntoIterator<Item = (&'v Arc<str>, &'v Field)>,
) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for (name, value) in given {
        let Field::Known { datum, place } = value else { continue };
        let mut all = compiled.expressions().chain(compiled.variables.iter().map(|(_, one)| one));
        if let Datum::Text(text) = datum
            && all.by_ref().any(|one| one.patterns().any(|pattern| *pattern == **name))
            && let Err(error) = cel::check_pattern(text)
        {
            let message = format!("`{name}` is used as a regular expression, and is none: {error}");
            told.push(Diagnostic::error("policy-value", place.span, message));
        }
        let unit = unit_of(value);
        if unit == Type::Quantity {
            continue;
        }
        if let Some(wanted) = unit_wanted(compiled, name).filter(|wanted| *wanted != unit) {
            let (what, example) = if wanted == Type::Memory { ("memory", "512Mi") } else { ("CPU", "500m") };
            let message = format!("`{name}` is an amount of {what}, and this is none");
            let help = format!("{what} is written as in {example}");
            told.push(Diagnostic::error("policy-value", place.span, message).with_help(help));
        }
    }
    told
}

/// What a param of quantities is of: what its default says, else what it is compared with.
fn unit_wanted(compiled: &Compiled, name: &str) -> Option<Type> {
    let default = compiled.policy.param(name).and_then(|param| param.default.as_ref()).map(unit_of);
    let compared = || {
        let mut units = compiled.expressions().flat_map(Expression::units);
        units.find(|(param, _)| *param == name).map(|(_, kind)| kind.clone())
    };
    default.filter(|unit| *unit != Type::Quantity).or_else(compared)
}

/// Unused params and variables, conditions that always hold or never do, validations that cannot fail.
pub(super) fn warnings(compiled: &Compiled) -> Vec<Diagnostic> {
    let policy = &compiled.policy;
    let mut told = Vec::new();
    let variables = || compiled.variables.iter().map(|(_, expression)| expression);
    let all = || compiled.expressions().chain(variables());
    // A policy that the program judges itself has no expressions to use its params.
    if policy.judged_by.is_none() {
        for param in policy.params.iter().filter(|param| !all().any(|one| one.names_param(&param.name))) {
            let message = format!("no expression uses the param `{}`", param.name);
            told.push(
                Diagnostic::warning("policy-unused", param.span, message).with_help("remove it, or use it"),
            );
        }
        for named in &policy.variables {
            let others = compiled.variables.iter().filter(|(name, _)| *name != named.name);
            let mut users = compiled.expressions().chain(others.map(|(_, one)| one));
            if !users.any(|one| one.names_variable(&named.name)) {
                let message = format!("no expression uses the variable `{}`", named.name);
                let warning = Diagnostic::warning("policy-unused", named.span, message);
                told.push(warning.with_help("remove it, or use it"));
            }
        }
    }
    for condition in &compiled.conditions {
        let (message, help) = match condition.expression.always() {
            None => continue,
            Some(true) => ("the condition always holds", "remove it"),
            Some(false) => {
                ("the condition never holds: the policy judges nothing", "mend it, or remove the policy")
            }
        };
        let warning = Diagnostic::warning("policy-constant", condition.expression.span(), message);
        told.push(warning.with_help(help));
    }
    for validation in &compiled.validations {
        let expression = &validation.expression;
        let (message, help) = match (expression.always(), expression.is_implied()) {
            (Some(true), true) => ("the validation can never fail", "a matchCondition says so already"),
            (Some(true), false) => ("the validation can never fail", "it holds whatever is deployed"),
            // What the conditions select may well be what is forbidden, and so may everything be.
            (Some(false), false) if expression.text().trim() != "false" => {
                ("the validation always fails", "it fails whatever is deployed")
            }
            _ => continue,
        };
        let warning = Diagnostic::warning("policy-constant", expression.span(), message);
        told.push(match expression.constant_part() {
            Some(part) => {
                let help = part.help.clone().unwrap_or_else(|| help.to_owned());
                warning.with_related(part.primary.span, "this is always the same").with_help(help)
            }
            None => warning.with_help(help),
        });
    }
    told.extend(all().flat_map(Expression::warnings).cloned());
    told.sort_by_key(|one| (one.primary.span.start, one.primary.span.end));
    told.dedup();
    told
}
