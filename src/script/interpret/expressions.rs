//! Expressions.

use super::Interpreter;
use super::collections::Yields;
use super::path::{Side, Test};
use super::store::Content;
use super::values::{Kind, Val};
use crate::provenance::Step;
use crate::script::{Expression, ExpressionKind, InputKind, Literal};
use crate::source::Span;
use crate::value::{Atom, Condition, Operand, Operator, Reason, Unknown};
use std::rc::Rc;

impl Interpreter<'_> {
    /// The value of an expression on the current path.
    pub(super) fn eval(&mut self, expression: &Expression) -> Val {
        if !self.step(expression.span) {
            return self.limit(expression.span, "it takes too many steps");
        }
        if !self.deeper(expression.span) {
            return self.limit(expression.span, "it nests too deeply");
        }
        let value = self.eval_kind(expression);
        self.nesting -= 1;
        value
    }

    fn eval_kind(&mut self, expression: &Expression) -> Val {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Literal(literal) => self.literal(literal, span),
            ExpressionKind::Join(parts) => self.join_parts(parts, span),
            ExpressionKind::Name(name) => self.name(name, span),
            ExpressionKind::Positional(at) => self.positional(*at, span),
            ExpressionKind::Positionals(from) => {
                let items = self.positionals(*from, span);
                self.new_list(items)
            }
            ExpressionKind::Attribute(object, name) => {
                let object = self.eval(object);
                let value = self.attribute(&object, name, span);
                self.narrow(value)
            }
            ExpressionKind::Index(object, key) => {
                let (object, key) = (self.eval(object), self.eval(key));
                let value = self.item(&object, &key, span);
                self.narrow(value)
            }
            ExpressionKind::Slice { value, from, to } => {
                let value = self.eval(value);
                let from = from.as_ref().map(|from| self.eval(from));
                let to = to.as_ref().map(|to| self.eval(to));
                self.slice(&value, from.as_ref(), to.as_ref(), span)
            }
            ExpressionKind::List(elements) | ExpressionKind::Tuple(elements) => {
                let items = self.elements(elements);
                self.new_list(items)
            }
            ExpressionKind::Map(entries) => self.map(entries, span),
            ExpressionKind::Choose { condition, then, otherwise } => {
                let test = self.test(condition);
                self.choose(test, condition, |this| this.eval(then), |this| this.eval(otherwise))
            }
            ExpressionKind::Not(_) | ExpressionKind::Compare { .. } => {
                let test = self.test(expression);
                self.outcome(&test)
            }
            ExpressionKind::And(operands) => self.connected(operands, true, span),
            ExpressionKind::Or(operands) => self.connected(operands, false, span),
            ExpressionKind::Binary { operator, left, right } => {
                let (a, b) = (self.eval(left), self.eval(right));
                self.binary(*operator, &a, &b, span)
            }
            ExpressionKind::Negate(inner) => {
                let zero = Val::int(0, None);
                let value = self.eval(inner);
                self.binary(crate::script::BinaryOperator::Subtract, &zero, &value, span)
            }
            ExpressionKind::Call { callee, arguments } => self.call_expression(callee, arguments, expression),
            ExpressionKind::Comprehension { flatten, key, value, target, iterable, conditions } => {
                let yields = Yields { flatten: *flatten, key: key.as_deref(), value, conditions };
                self.comprehension(&yields, target, iterable, span)
            }
            ExpressionKind::Input { name, kind, default, is_switch } => {
                self.read_input(name, *kind, default.as_deref(), *is_switch, span)
            }
            ExpressionKind::Default { value, fallback, or_empty } => {
                let value = self.eval(value);
                self.or_default(&value, fallback, *or_empty, span)
            }
            ExpressionKind::Alternate { value, then } => {
                let value_at_hand = self.eval(value);
                let test = self.test_of(&value_at_hand, value);
                let empty = Val::text(Vec::new(), None);
                self.choose(test, value, |this| this.eval(then), |_| empty)
            }
            ExpressionKind::Fields(inner) => self.eval(inner),
            ExpressionKind::Run(command) => {
                let ran = self.run_command(command, span);
                match ran.status {
                    Some(status) => status,
                    None => self.event(&ran.name, Reason::CommandOutput, span),
                }
            }
            ExpressionKind::Output(block) => self.output(block, expression),
            ExpressionKind::Lambda(function) => self.closure(function, None),
            ExpressionKind::Opaque { reason, detail } => self.opaque_value(*reason, detail, span),
        }
    }

    fn literal(&mut self, literal: &Literal, span: Span) -> Val {
        match literal {
            Literal::Text(text) => self.literal_text(text, span),
            Literal::Number(number, _) => Val::new(Kind::Number(*number), Some(self.arena.literal(span))),
            Literal::Bool(value) => Val::new(Kind::Bool(*value), Some(self.arena.literal(span))),
            Literal::Null => Val::new(Kind::Null, Some(self.arena.literal(span))),
        }
    }

    fn join_parts(&mut self, parts: &[Expression], span: Span) -> Val {
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            let value = self.eval(part);
            let is_literal = matches!(part.kind, ExpressionKind::Literal(_));
            values.push((value, (!is_literal).then_some(part.span)));
        }
        self.concat(&values, span)
    }

    /// An outcome as a value: true or false under the conditions of the test.
    pub(super) fn outcome(&mut self, test: &Test) -> Val {
        let all = test.cases.iter().map(|(condition, outcome)| (condition.clone(), Val::bool(*outcome)));
        self.either(all.collect())
    }

    /// `a and b`, `a or b` as values.
    fn connected(&mut self, operands: &[Expression], and: bool, span: Span) -> Val {
        let Some((first, rest)) = operands.split_first() else { return Val::null() };
        let value = self.eval(first);
        if rest.is_empty() {
            return value;
        }
        // `input or "default"` gives the input a default.
        if !and
            && let Kind::Unknown(unknown, event) = &value.kind
            && (*event == 0 || unknown.reason == Reason::ReadAtRunTime)
            && let [fallback] = rest
            && matches!(
                fallback.kind,
                ExpressionKind::Literal(_) | ExpressionKind::Name(_) | ExpressionKind::Join(_)
            )
        {
            let unknown = unknown.clone();
            return self.defaulted(&unknown, fallback, span);
        }
        if !self.deeper(first.span) {
            return self.limit(span, "it nests too deeply");
        }
        let test = self.test_of(&value, first);
        let stays = value.clone();
        let go_on = |this: &mut Self| this.connected(rest, and, span);
        let stay = |this: &mut Self| this.narrow(stays);
        if and { self.choose(test, first, go_on, stay) } else { self.choose(test, first, stay, go_on) }
    }

    fn read_input(
        &mut self,
        name: &str,
        kind: InputKind,
        default: Option<&Expression>,
        is_switch: bool,
        span: Span,
    ) -> Val {
        let reason = match kind {
            InputKind::Environment => Reason::Environment,
            InputKind::Argument => Reason::Argument,
            InputKind::Variable => Reason::Variable,
        };
        if is_switch {
            self.switches.insert(name.into());
            let set = Atom { input: name.into(), operator: Operator::Holds, operand: Operand::None, span };
            let test = Test::atom(set).on(&self.path);
            return self.outcome(&test);
        }
        // What the script itself put into its environment is known.
        if kind == InputKind::Environment
            && let Some(value) = self.exported(name)
        {
            return value;
        }
        let unknown = Unknown { input: name.into(), reason, span };
        let value = match default {
            Some(default) if !matches!(default.kind, ExpressionKind::Literal(Literal::Null)) => {
                self.defaulted(&unknown, default, span)
            }
            _ => self.input(name, reason, span),
        };
        self.narrow(value)
    }

    /// What the script itself put into its environment.
    pub(super) fn exported(&mut self, name: &str) -> Option<Val> {
        let value = self.exports.iter().any(|have| **have == *name).then(|| self.bound(name).cloned())??;
        Some(self.narrow(value))
    }

    /// The default of an input: known, but the input would override it.
    pub(super) fn defaulted(&mut self, unknown: &Unknown, fallback: &Expression, span: Span) -> Val {
        let default = self.eval(fallback);
        self.defaulted_to(unknown, default, fallback.span, span)
    }

    pub(super) fn defaulted_to(&mut self, unknown: &Unknown, default: Val, place: Span, span: Span) -> Val {
        let name = unknown.input.clone();
        let mut mark = |value: Val| match &value.kind {
            Kind::Text(_) | Kind::Number(_) | Kind::Bool(_) => {
                let value = self.with_step(value, place, Step::Default);
                let value = self.with_step(value, span, Step::Input);
                value.overridable_by(&name)
            }
            _ => value,
        };
        match &default.kind {
            Kind::Either(all) => {
                let all: Vec<_> =
                    all.iter().map(|(condition, one)| (condition.clone(), mark(one.clone()))).collect();
                Val { kind: Kind::Either(Rc::new(all)), ..default }
            }
            Kind::Text(_) | Kind::Number(_) | Kind::Bool(_) => mark(default),
            Kind::Null | Kind::Unknown(..) | Kind::Free(_) | Kind::Unbound => {
                let origin = self.arena.start(span, Step::Input);
                let value = Val::unknown(unknown.clone(), Some(origin));
                self.narrow(value)
            }
            _ => default,
        }
    }

    /// `${X:-d}`.
    fn or_default(&mut self, value: &Val, fallback: &Expression, or_empty: bool, span: Span) -> Val {
        match &value.kind {
            Kind::Either(all) => {
                let mut merged = Vec::with_capacity(all.len());
                for (condition, one) in all.clone().iter() {
                    let one = self.or_default(one, fallback, or_empty, span);
                    merged.extend(
                        one.alternatives()
                            .into_iter()
                            .filter_map(|(inner, one)| Some((condition.and(&inner)?, one))),
                    );
                }
                self.either(merged)
            }
            Kind::Unknown(unknown, _) => {
                let value = self.defaulted(&unknown.clone(), fallback, span);
                self.narrow(value)
            }
            Kind::Unbound | Kind::Null => self.eval(fallback),
            Kind::Text(parts) if or_empty && value.input.is_none() => {
                if parts.is_empty() {
                    return self.eval(fallback);
                }
                let parts = self.narrow_parts(parts);
                let always = parts.iter().any(|part| part.condition.is_always());
                match parts.as_slice() {
                    // There under one condition only: the fallback stands in everywhere else.
                    [first, ..] if !always && parts.iter().all(|part| part.condition == first.condition) => {
                        let condition = first.condition.clone();
                        let given = Side::of(condition.clone());
                        let [atom] = condition.atoms() else { return value.clone() };
                        let absent = Side::of(Condition::of(atom.negated()));
                        let given = self.arm(given, false, |this| this.narrow(value.clone()));
                        let absent = self.arm(absent, false, |this| this.eval(fallback));
                        self.join(vec![given, absent])
                    }
                    _ => value.clone(),
                }
            }
            _ => value.clone(),
        }
    }

    fn opaque_value(&mut self, reason: Reason, detail: &str, span: Span) -> Val {
        match reason {
            Reason::Environment
            | Reason::Argument
            | Reason::Parameter
            | Reason::Variable
            | Reason::Template => self.input(detail, reason, span),
            _ => self.event(detail, reason, span),
        }
    }

    /// A field, a method, a member of a module.
    pub(super) fn attribute(&mut self, object: &Val, name: &str, span: Span) -> Val {
        match &object.kind {
            Kind::Either(all) => {
                let mut values = Vec::with_capacity(all.len());
                for (condition, one) in all.clone().iter() {
                    let value = self.attribute(one, name, span);
                    values.extend(
                        value
                            .alternatives()
                            .into_iter()
                            .filter_map(|(inner, value)| Some((condition.and(&inner)?, value))),
                    );
                }
                self.either(values)
            }
            Kind::Object(slot) => match self.store.get(*slot) {
                Content::Instance(_) => self.instance_attribute(object, name, span),
                _ => Val::new(Kind::Method(Rc::new((object.clone(), name.to_string()))), None),
            },
            Kind::Class(class) => self.class_attribute(&class.clone(), object, name, span),
            Kind::Super(pair) => {
                let (receiver, class) = (**pair).clone();
                self.super_attribute(&receiver, &class, name, span)
            }
            Kind::Member(member) => self.member_attribute(&member.clone(), object, name, span),
            Kind::Module(scope) => match self.name_in(*scope, name) {
                Some(value) => value.clone(),
                None => Val::new(Kind::Free(name.into()), None),
            },
            Kind::Free(path) => Val::new(Kind::Free(format!("{path}.{name}").into()), None),
            Kind::Unknown(unknown, event) => {
                let input = format!("{}.{name}", unknown.input);
                let unknown =
                    Unknown { input: super::describe::shorten(&input).into(), span, ..unknown.clone() };
                let value = Val::new(Kind::Unknown(unknown, *event), object.origin);
                self.narrow(value)
            }
            Kind::Text(_) | Kind::Number(_) => {
                Val::new(Kind::Method(Rc::new((object.clone(), name.to_string()))), None)
            }
            _ => self.event(name, Reason::NotFollowed, span),
        }
    }

    /// What is unknown about a value that is not one of the plain ones.
    pub(super) fn unknown_of(&mut self, value: &Val, span: Span) -> Unknown {
        match &value.kind {
            Kind::Unknown(unknown, _) => unknown.clone(),
            Kind::Free(name) => Unknown { input: (**name).into(), reason: Reason::ExternalCall, span },
            Kind::Text(parts) => match super::texts::to_text(parts).first_hole() {
                Some(unknown) => unknown.clone(),
                None => Unknown { input: "a text".into(), reason: Reason::NotFollowed, span },
            },
            Kind::Either(all) => {
                let hole = all.iter().find_map(|(_, one)| match &one.kind {
                    Kind::Unknown(unknown, _) => Some(unknown.clone()),
                    _ => None,
                });
                hole.unwrap_or_else(|| Unknown {
                    input: "a choice".into(),
                    reason: Reason::NotFollowed,
                    span,
                })
            }
            _ => Unknown { input: "an expression".into(), reason: Reason::NotFollowed, span },
        }
    }
}
