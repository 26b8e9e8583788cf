//! Switches that let a failed check pass.
//!
//! A flag counts by its name: a verb that turns off (`bypass`, `skip`) with a check (`validation`,
//! `auth`). An environment test without a flag counts only beside such a flag, or where the branch says
//! that it lets a failure pass.

use super::environments::{Environments, environment_test, words};
use super::switches::{is_switch_name, names_bypass, text_says_bypass, turned_off};
use super::visit;
use super::walk::{Place, Walk, target_name};
use crate::model::{Bypass, BypassKind, Environment, Recorded};
use crate::script::{
    Argument, Block, Clause, CompareOperator, Element, Expression, ExpressionKind, Literal, Program,
    StatementKind, Target, says_why,
};
use crate::source::Span;
use crate::value::{Atom, Condition, Number, Operand, Operator};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the flags of a file before the walk.
#[derive(Debug, Default)]
pub(super) struct Flags {
    /// Variable to the input that it is read from: `bypass_validation` to `BYPASS_VALIDATION`.
    inputs: BTreeMap<String, String>,
    /// Variables that are computed from more than the input; where they are computed is the decision.
    computed: BTreeSet<String>,
    /// Whether the program is a script of commands. Such a script logs in, it lets nobody in: to skip that
    /// is to skip a step.
    is_of_commands: bool,
}

impl Flags {
    pub(super) fn of(program: &Program) -> Flags {
        let is_of_commands = program.commands_call_functions;
        let mut flags = Flags { is_of_commands, ..Flags::default() };
        visit::statements_within(&program.body, &mut |statement| {
            let StatementKind::Assign { target, value, .. } = &statement.kind else { return };
            if let Target::Tuple(members, _) = target {
                flags.computed.extend(members.iter().filter_map(|(member, _)| target_name(member)));
                return;
            }
            let switch = |name: &String| is_switch_name(name, is_of_commands);
            let Some(name) = target_name(target).filter(switch) else { return };
            let mut tests = false;
            visit::all_within(value, &mut |inner| {
                tests |= environment_test(inner).is_some() || threshold(inner).is_some();
                let read = match &inner.kind {
                    ExpressionKind::Input { name, .. } => Some(name),
                    ExpressionKind::Literal(Literal::Text(text)) => Some(text),
                    _ => None,
                };
                if let Some(read) = read.filter(|read| switch(read) && !read.contains(' ')) {
                    flags.inputs.entry(name.clone()).or_insert_with(|| read.clone());
                }
            });
            if tests || (is_decided_elsewhere(value) && !flags.inputs.contains_key(&name)) {
                flags.computed.insert(name);
            }
        });
        flags
    }
}

/// Whether a value comes out of a function that may ask for anything.
fn is_decided_elsewhere(value: &Expression) -> bool {
    let mut calls = false;
    visit::all_within(value, &mut |inner| {
        if let ExpressionKind::Call { callee, .. } = &inner.kind {
            calls |= !matches!(
                visit::last_name(callee),
                Some("get" | "getenv" | "lower" | "upper" | "strip" | "bool" | "str" | "int" | "getattr")
            );
        }
    });
    calls
}

/// One disjunct of a condition, taken apart.
#[derive(Default)]
struct Decision {
    flag: Option<(String, Span)>,
    /// Whether the flag is asked to be set, not to be unset.
    is_set: bool,
    environments: Environments,
    /// The environment test's characters, and those of the value.
    test: Option<(Span, Span)>,
    threshold: Option<(f64, Span, String)>,
    others: Vec<(String, Span)>,
}

impl<'p> Walk<'p> {
    /// The switches in the condition of a branch. `refused` tells that one of the branches behind it ends
    /// the script or raises.
    pub(super) fn bypasses_of(&mut self, clause: &'p Clause, refused: bool, place: &Place) {
        let decisions = self.decisions(&clause.condition);
        let beside_flag = decisions.iter().any(|decision| decision.flag.is_some());
        let says = says_bypass(&clause.body) || place.function.as_deref().is_some_and(names_bypass);
        let refuses = fails(&clause.body);
        let passes = !refuses && (refused || succeeds(&clause.body));
        for decision in decisions {
            // What raises where the flag is set forbids the bypass. A shell may end well just there.
            if decision.flag.is_some() && decision.is_set && refuses && !self.flags.is_of_commands {
                continue;
            }
            let tolerates = decision.threshold.is_some();
            let is_environmental =
                decision.test.is_some() || (tolerates && place.environments != Environments::All && says);
            let counts = decision.flag.is_some()
                || (is_environmental && beside_flag)
                || (is_environmental && tolerates && passes && (says || refused))
                || (is_environmental && says_bypass(&clause.body) && refused && passes);
            if counts {
                self.bypass(decision, place);
            }
        }
    }

    /// A switch that is computed: `bypass = flag or environment == "staging"`.
    pub(super) fn computed_bypass(&mut self, name: &str, value: &'p Expression, place: &Place) {
        if !is_switch_name(name, self.flags.is_of_commands) {
            return;
        }
        for decision in self.decisions(value) {
            // A flag alone is read here, not decided upon.
            let is_joined = matches!(value.kind, ExpressionKind::Or(_)) && decision.flag.is_some();
            if is_joined || decision.test.is_some() || decision.threshold.is_some() {
                self.bypass(decision, place);
            }
        }
    }

    fn bypass(&mut self, decision: Decision, place: &Place) {
        let environments = place.environments.and(&decision.environments);
        let environments = match &environments {
            Environments::All => None,
            Environments::Only(all) if all.is_empty() => return,
            Environments::Only(all) => Some(all.clone()),
            Environments::Except(not) => {
                let usual = ["production", "staging", "development"].map(Environment::named);
                Some(usual.into_iter().filter(|one| !not.contains(one)).collect())
            }
        };
        let mut condition = place.condition.clone();
        for (input, span) in &decision.others {
            let atom = Atom {
                input: input.as_str().into(),
                operator: Operator::Holds,
                operand: Operand::None,
                span: *span,
            };
            condition = condition.and(&Condition::of(atom)).unwrap_or(condition);
        }
        let flag = decision.flag.is_some();
        // Where a number of failures bounds it, the environment's name is what lets them pass; where
        // nothing does, the whole test is.
        let (name, span) = match (&decision.flag, &decision.threshold, decision.test) {
            (Some((name, span)), ..) => (name.clone(), *span),
            (None, Some((_, _, counter)), Some((_, value))) => (counter.clone(), value),
            (None, Some((_, span, counter)), None) => (counter.clone(), *span),
            (None, None, Some((test, _))) => ("environment".to_owned(), test),
            (None, None, None) => return,
        };
        self.bypasses.push(Bypass {
            kind: BypassKind::Condition,
            turns_off: turned_off(&name, place).into(),
            recorded: self.recorded(&name),
            name: name.into(),
            span,
            command: None,
            scope: place.scope.to_string(),
            service: None,
            environments,
            environment_span: decision.test.map(|(test, _)| test),
            threshold: decision.threshold.map(|(number, span, _)| (number, span)),
            flag,
            condition,
            before_deployment: false,
            origin: None,
        });
    }

    /// Whether the function that decides prints that the switch acts, or why. What a script of commands
    /// prints is not in its form.
    fn recorded(&self, name: &str) -> Recorded {
        if self.flags.is_of_commands {
            return Recorded::Untold;
        }
        let names: Vec<&str> = [name]
            .into_iter()
            .chain(self.flags.inputs.iter().filter(|(_, input)| *input == name).map(|(one, _)| one.as_str()))
            .collect();
        let mut told = None;
        if let Some(body) = self.bodies.last() {
            visit::expressions_within(body, &mut |expression| {
                let ExpressionKind::Call { arguments, .. } = &expression.kind else { return };
                for argument in arguments.iter().map(visit::value_of) {
                    visit::all_within(argument, &mut |inner| {
                        let ExpressionKind::Literal(Literal::Text(text)) = &inner.kind else { return };
                        // A name alone is read by it, and told to nobody.
                        let is_sentence = text.contains([' ', ':', '=']);
                        let is_named = names.iter().any(|name| text.contains(name));
                        if is_sentence && (is_named || text_says_bypass(text) || says_why(text)) {
                            told.get_or_insert(inner.span);
                        }
                    });
                }
            });
        }
        told.map_or(Recorded::Nowhere, Recorded::At)
    }

    fn decisions(&self, condition: &Expression) -> Vec<Decision> {
        let disjuncts = match &condition.kind {
            ExpressionKind::Or(all) => all.iter().collect(),
            _ => vec![condition],
        };
        disjuncts.into_iter().map(|disjunct| self.decision(disjunct)).collect()
    }

    fn decision(&self, disjunct: &Expression) -> Decision {
        let conjuncts = match &disjunct.kind {
            ExpressionKind::And(all) => all.iter().collect(),
            _ => vec![disjunct],
        };
        let mut decision = Decision::default();
        for conjunct in conjuncts {
            if let Some(test) = environment_test(conjunct) {
                decision.environments = decision.environments.and(&test.environments);
                decision.test.get_or_insert((test.span, test.value));
            } else if let Some(bound) = threshold(conjunct) {
                decision.threshold.get_or_insert(bound);
            } else if let Some(flag) = self.flag(conjunct) {
                decision.is_set = !matches!(conjunct.kind, ExpressionKind::Not(_));
                decision.flag.get_or_insert(flag);
            } else {
                decision.others.push((self.named(conjunct), conjunct.span));
            }
        }
        decision
    }

    /// The flag that an expression tests, if its name is a switch's.
    fn flag(&self, expression: &Expression) -> Option<(String, Span)> {
        let (name, span) = tested(expression, 0)?;
        let name = name.as_str();
        if !is_switch_name(name, self.flags.is_of_commands) || self.flags.computed.contains(name) {
            return None;
        }
        Some((self.flags.inputs.get(name).cloned().unwrap_or_else(|| name.to_owned()), span))
    }
}

/// The name of what is tested for truth: `flag`, `not flag`, `flag == "true"`, `get("FLAG").lower() in (...)`.
fn tested(expression: &Expression, depth: usize) -> Option<(String, Span)> {
    if depth > 8 {
        return None;
    }
    match &expression.kind {
        ExpressionKind::Name(name)
        | ExpressionKind::Attribute(_, name)
        | ExpressionKind::Input { name, .. } => Some((name.clone(), expression.span)),
        ExpressionKind::Not(inner) => tested(inner, depth + 1),
        ExpressionKind::Default { value, .. } => tested(value, depth + 1),
        ExpressionKind::Index(_, index) => match &index.kind {
            ExpressionKind::Literal(Literal::Text(key)) => Some((key.clone(), expression.span)),
            _ => None,
        },
        ExpressionKind::Compare { operator, left, right } => {
            let is_truth = match operator {
                CompareOperator::Equal | CompareOperator::Is => names_truth(right),
                CompareOperator::In => match &right.kind {
                    ExpressionKind::List(all) | ExpressionKind::Tuple(all) => {
                        all.iter().all(|one| matches!(one, Element::One(value) if names_truth(value)))
                    }
                    _ => false,
                },
                _ => false,
            };
            if is_truth { tested(left, depth + 1) } else { None }
        }
        ExpressionKind::Call { callee, arguments } => {
            if let ExpressionKind::Attribute(inner, method) = &callee.kind
                && matches!(method.as_str(), "lower" | "strip" | "upper" | "casefold")
            {
                return tested(inner, depth + 1);
            }
            // A read by name: `get_env("SKIP_VALIDATION", "")`.
            match arguments.first() {
                Some(Argument::Positional(Expression {
                    kind: ExpressionKind::Literal(Literal::Text(name)),
                    ..
                })) => Some((name.clone(), expression.span)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn names_truth(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Literal(Literal::Bool(bool)) => *bool,
        ExpressionKind::Literal(Literal::Text(text)) => {
            matches!(text.to_lowercase().as_str(), "true" | "1" | "yes" | "on" | "y")
        }
        _ => false,
    }
}

/// A bound on a number of failures: `critical_failures <= 2`.
fn threshold(expression: &Expression) -> Option<(f64, Span, String)> {
    let ExpressionKind::Compare { operator, left, right } = &expression.kind else { return None };
    let (counter, bound, operator) = match (&left.kind, &right.kind) {
        (_, ExpressionKind::Literal(Literal::Number(number, _))) => (left, (number, right.span), *operator),
        (ExpressionKind::Literal(Literal::Number(number, _)), _) => {
            let mirrored = match operator {
                CompareOperator::GreaterEqual => CompareOperator::LessEqual,
                CompareOperator::Greater => CompareOperator::Less,
                _ => return None,
            };
            (right, (number, left.span), mirrored)
        }
        _ => return None,
    };
    let counter = match &counter.kind {
        // `len(failures) <= 2`.
        ExpressionKind::Call { callee, arguments } if visit::last_name(callee) == Some("len") => {
            arguments.first().map(visit::value_of)?
        }
        _ => counter,
    };
    let name = visit::last_name(counter)?;
    let counts_failures = words(name).iter().any(|word| {
        matches!(
            word.as_str(),
            "failure"
                | "failures"
                | "failed"
                | "error"
                | "errors"
                | "critical"
                | "issues"
                | "violations"
                | "breaking"
        )
    });
    if !counts_failures {
        return None;
    }
    let (number, span) = bound;
    let most = match (operator, number) {
        (CompareOperator::LessEqual, number) => number.as_f64(),
        (CompareOperator::Less, Number::Int(int)) => Number::Int(int.saturating_sub(1)).as_f64(),
        _ => return None,
    };
    // Up to no failure is no tolerance.
    (most > 0.0).then(|| (most, span, name.to_owned()))
}

/// Whether a block ends the script or raises.
pub(super) fn fails(block: &Block) -> bool {
    block.iter().any(|statement| match &statement.kind {
        StatementKind::Exit => true,
        StatementKind::Block(inner) => fails(inner),
        StatementKind::If { clauses, otherwise } => {
            !otherwise.is_empty() && fails(otherwise) && clauses.iter().all(|clause| fails(&clause.body))
        }
        _ => false,
    })
}

/// Whether a block returns success: true, or a list of which the first is true.
fn succeeds(block: &Block) -> bool {
    block.iter().any(|statement| {
        let StatementKind::Return(Some(value)) = &statement.kind else { return false };
        let value = match &value.kind {
            ExpressionKind::Tuple(elements) => match elements.first() {
                Some(Element::One(first)) => first,
                _ => return false,
            },
            _ => value,
        };
        matches!(value.kind, ExpressionKind::Literal(Literal::Bool(true)))
    })
}

/// Whether a text in a block says that a check is passed over.
fn says_bypass(block: &Block) -> bool {
    let mut says = false;
    visit::expressions_within(block, &mut |expression| {
        let ExpressionKind::Literal(Literal::Text(text)) = &expression.kind else { return };
        says |= text_says_bypass(text);
    });
    says
}
