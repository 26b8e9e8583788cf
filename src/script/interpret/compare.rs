//! Comparisons of values.

use super::Interpreter;
use super::path::Test;
use super::store::Content;
use super::truth::holds;
use super::values::{Element, Kind, Part, Piece, Val};
use crate::script::{CompareOperator, Expression, ExpressionKind};
use crate::source::Span;
use crate::value::{Atom, Number, Operand, Operator, Reason};
use std::rc::Rc;
use std::sync::Arc;

/// A value that is known for certain: no input can override it.
#[derive(Clone, Debug, PartialEq)]
enum Constant {
    Text(Rc<str>),
    Number(Number),
    Bool(bool),
    Null,
}

impl Interpreter<'_> {
    pub(super) fn compare(
        &mut self,
        operator: CompareOperator,
        a: &Val,
        b: &Val,
        left: &Expression,
        right: &Expression,
        whole: &Expression,
    ) -> Test {
        use CompareOperator as Compare;
        match operator {
            Compare::NotEqual => return self.compare(Compare::Equal, a, b, left, right, whole).negated(),
            Compare::IsNot => return self.compare(Compare::Is, a, b, left, right, whole).negated(),
            Compare::NotIn => return self.compare(Compare::In, a, b, left, right, whole).negated(),
            _ => {}
        }
        if a.is_either() || b.is_either() {
            let (first, second) = (a.alternatives(), b.alternatives());
            let mut cases = Vec::new();
            if first.len() * second.len() <= self.limits.alternatives {
                for (condition, x) in &first {
                    for (other, y) in &second {
                        let Some(both) = condition.and(other) else { continue };
                        let test = self.compare(operator, x, y, left, right, whole);
                        cases.extend(
                            test.cases
                                .into_iter()
                                .filter_map(|(inner, outcome)| Some((both.and(&inner)?, outcome))),
                        );
                    }
                }
                return Test { cases };
            }
            let name = super::describe::comparison(operator, left, right);
            return Test::atom(self.opaque(&name, 0, whole.span));
        }
        // A collection that equals an empty one is one that does not hold; whether it is, its entries tell.
        for (value, other, expression) in [(a, right, left), (b, left, right)] {
            if operator == Compare::Equal && self.is_alike_and_empty(value, other) {
                return self.truth(value, expression).negated();
            }
        }
        let test = match operator {
            Compare::In => self.membership(a, b, left, whole),
            Compare::Matches => self.pattern(a, b, left),
            Compare::Equal | Compare::Is => self.equality(a, b, left, right),
            _ => self.order(operator, a, b, left, right),
        };
        test.unwrap_or_else(|| {
            let event = [a, b].into_iter().map(event_of).max().unwrap_or(0);
            let name = super::describe::comparison(operator, left, right);
            Test::atom(self.opaque(&name, event, whole.span))
        })
    }

    /// Whether a value is a collection of the kind of which `other` is an empty literal.
    fn is_alike_and_empty(&self, value: &Val, other: &Expression) -> bool {
        let Kind::Object(slot) = &value.kind else { return false };
        match (self.store.get(*slot), &other.kind) {
            (Content::List(_), ExpressionKind::List(items)) => items.is_empty(),
            (Content::Map(_), ExpressionKind::Map(entries)) => entries.is_empty(),
            _ => false,
        }
    }

    fn equality(&mut self, a: &Val, b: &Val, left: &Expression, right: &Expression) -> Option<Test> {
        let (x, y) = (constant(a), constant(b));
        if let (Some(x), Some(y)) = (&x, &y) {
            return Some(Test::decided(same_constant(x, y)));
        }
        match (&a.kind, &b.kind) {
            (Kind::Member(one), Kind::Member(other)) => {
                return Some(Test::decided(Rc::ptr_eq(&one.class, &other.class) && one.name == other.name));
            }
            (Kind::Object(one), Kind::Object(other)) if one == other => return Some(Test::decided(true)),
            (Kind::Object(_) | Kind::Function(_) | Kind::Class(_), _) if y == Some(Constant::Null) => {
                return Some(Test::decided(false));
            }
            (Kind::Member(_), Kind::Unknown(..)) => {
                return self.input_equals(b, &member_constant(a)?, right, left.span);
            }
            (Kind::Unknown(..), Kind::Member(_)) => {
                return self.input_equals(a, &member_constant(b)?, left, right.span);
            }
            _ => {}
        }
        if let Some(y) = y {
            return self.input_equals(a, &y, left, right.span);
        }
        if let Some(x) = x {
            return self.input_equals(b, &x, right, left.span);
        }
        None
    }

    /// `input == constant`; `place` is where the constant stands.
    fn input_equals(
        &mut self,
        value: &Val,
        constant: &Constant,
        named: &Expression,
        place: Span,
    ) -> Option<Test> {
        if let (Kind::Member(member), false) = (&value.kind, matches!(constant, Constant::Null)) {
            let equal = constant_of_member(member).is_some_and(|own| same_constant(&own, constant));
            return Some(Test::decided(member.class.is_text && equal));
        }
        let input = self.name_of(value, named)?;
        let constant: Arc<str> = match constant {
            Constant::Null | Constant::Bool(false) => {
                return Some(Test::atom(holds(input, named.span).negated()));
            }
            Constant::Bool(true) => return Some(Test::atom(holds(input, named.span))),
            Constant::Text(text) if text.is_empty() => {
                return Some(Test::atom(holds(input, named.span).negated()));
            }
            Constant::Text(text) => (**text).into(),
            Constant::Number(number) => number.to_string().into(),
        };
        if let Kind::Text(parts) = &value.kind
            && impossible(parts, &constant)
        {
            return Some(Test::decided(false));
        }
        self.pins.entry((input.clone(), constant.clone())).or_insert(place);
        let operand = Operand::One(constant);
        Some(Test::atom(Atom { input, operator: Operator::Equal, operand, span: named.span.cover(place) }))
    }

    /// The name under which a test speaks of a value that is not certain.
    fn name_of(&mut self, value: &Val, named: &Expression) -> Option<Arc<str>> {
        match &value.kind {
            Kind::Unknown(unknown, event) => Some(self.input_name(unknown, *event, named)),
            Kind::Text(parts) => match parts.as_slice() {
                [Part { condition, piece: Piece::Hole(unknown), .. }] if condition.is_always() => {
                    Some(self.input_name(unknown, 0, named))
                }
                [Part { input: Some(input), .. }] => Some(input.clone()),
                parts if parts.iter().all(|part| part.condition.is_always()) => {
                    Some(self.atom_name(&super::texts::to_text(parts).to_string(), 0))
                }
                _ => None,
            },
            Kind::Number(_) | Kind::Bool(_) | Kind::Null => value.input.clone(),
            Kind::Free(name) => {
                let name = name.to_string();
                Some(self.atom_name(&name, 0))
            }
            _ => None,
        }
    }

    fn order(
        &mut self,
        operator: CompareOperator,
        a: &Val,
        b: &Val,
        left: &Expression,
        right: &Expression,
    ) -> Option<Test> {
        use CompareOperator as Compare;
        let (x, y) = (number(a), number(b));
        let (of, mirrored) = match operator {
            Compare::Less => (Operator::Less, Operator::Greater),
            Compare::LessEqual => (Operator::LessEqual, Operator::GreaterEqual),
            Compare::Greater => (Operator::Greater, Operator::Less),
            Compare::GreaterEqual => (Operator::GreaterEqual, Operator::LessEqual),
            _ => return None,
        };
        let atom = |input, operator, number: Number, span| {
            let operand = Operand::One(number.to_string().into());
            Test::atom(Atom { input, operator, operand, span })
        };
        match (x, y) {
            (Some(x), Some(y)) => {
                let (x, y) = (x.as_f64(), y.as_f64());
                Some(Test::decided(match operator {
                    Compare::Less => x < y,
                    Compare::LessEqual => x <= y,
                    Compare::Greater => x > y,
                    _ => x >= y,
                }))
            }
            (None, Some(y)) => Some(atom(self.name_of(a, left)?, of, y, left.span.cover(right.span))),
            (Some(x), None) => Some(atom(self.name_of(b, right)?, mirrored, x, left.span.cover(right.span))),
            _ => None,
        }
    }

    fn membership(&mut self, a: &Val, b: &Val, left: &Expression, whole: &Expression) -> Option<Test> {
        match self.content_of(b) {
            Content::List(list) => {
                let mut constants = Vec::with_capacity(list.len());
                let mut open = false;
                for item in list.iter() {
                    match &item.value {
                        Element::One(one) => match constant(one).or_else(|| member_constant(one)) {
                            Some(constant) => constants.push((item.condition.clone(), constant, item.span)),
                            None => open = true,
                        },
                        Element::Rest(_) => open = true,
                    }
                }
                if let Some(own) = constant(a).or_else(|| member_constant(a)) {
                    let found: Vec<_> =
                        constants.iter().filter(|(_, other, _)| same_constant(&own, other)).collect();
                    if found.iter().any(|(condition, ..)| self.path.implies(condition)) {
                        return Some(Test::decided(true));
                    }
                    return match (found.as_slice(), open) {
                        ([], false) => Some(Test::decided(false)),
                        ([(condition, ..)], false) if condition.atoms().len() == 1 => {
                            condition.atoms().first().map(|atom| Test::atom(atom.clone()))
                        }
                        _ => None,
                    };
                }
                if open
                    || constants.is_empty()
                    || constants.iter().any(|(condition, ..)| !condition.is_always())
                {
                    return None;
                }
                let input = self.name_of(a, left)?;
                let mut values: Vec<Arc<str>> = Vec::with_capacity(constants.len());
                for (_, constant, span) in constants {
                    let Constant::Text(text) = constant else { return None };
                    let value: Arc<str> = (*text).into();
                    self.pins.entry((input.clone(), value.clone())).or_insert(span);
                    values.push(value);
                }
                let (operator, operand) = match values.as_slice() {
                    [one] => (Operator::Equal, Operand::One(one.clone())),
                    _ => (Operator::In, Operand::Many(values)),
                };
                Some(Test::atom(Atom { input, operator, operand, span: whole.span }))
            }
            Content::Map(map) => {
                let key = self.key(a)?;
                match map.get(&key) {
                    Some(entry) if self.path.implies(&entry.condition) => Some(Test::decided(true)),
                    Some(entry) if entry.condition.atoms().len() == 1 => {
                        entry.condition.atoms().first().map(|atom| Test::atom(atom.clone()))
                    }
                    None if map.open.is_none() => Some(Test::decided(false)),
                    _ => None,
                }
            }
            _ => {
                let Some(Constant::Text(part)) = constant(a) else { return None };
                if let Some(Constant::Text(text)) = constant(b) {
                    return Some(Test::decided(text.contains(&*part)));
                }
                let ExpressionKind::Compare { right, .. } = &whole.kind else { return None };
                if let Kind::Unknown(unknown, _) = &b.kind {
                    // An option among the script's arguments.
                    if unknown.reason == Reason::Argument && part.starts_with('-') {
                        return Some(Test::atom(holds((*part).into(), whole.span)));
                    }
                    // A key of something, not a part of a text.
                    if unknown.input.contains(".keys")
                        || event_of(b) != 0 && unknown.reason != Reason::Argument
                    {
                        return None;
                    }
                }
                let input = self.name_of(b, right)?;
                let operand = Operand::One(format!("*{part}*").into());
                Some(Test::atom(Atom { input, operator: Operator::Matches, operand, span: whole.span }))
            }
        }
    }

    fn pattern(&mut self, a: &Val, b: &Val, left: &Expression) -> Option<Test> {
        let Some(Constant::Text(pattern)) = constant(b) else { return None };
        if let Some(text) = constant(a) {
            let text = match text {
                Constant::Text(text) => text,
                Constant::Number(number) => number.to_string().into(),
                _ => return None,
            };
            return Some(Test::decided(super::glob::matches(&pattern, &text)));
        }
        if &*pattern == "*" {
            return Some(Test::decided(true));
        }
        let input = self.name_of(a, left)?;
        let operand = Operand::One((*pattern).into());
        Some(Test::atom(Atom { input, operator: Operator::Matches, operand, span: left.span }))
    }
}

fn event_of(value: &Val) -> u32 {
    match value.kind {
        Kind::Unknown(_, event) => event,
        _ => 0,
    }
}

fn constant(value: &Val) -> Option<Constant> {
    if value.input.is_some() {
        return None;
    }
    match &value.kind {
        Kind::Text(parts) if parts.iter().all(|part| part.input.is_none()) => {
            value.plain().map(Constant::Text)
        }
        Kind::Number(number) => Some(Constant::Number(*number)),
        Kind::Bool(value) => Some(Constant::Bool(*value)),
        Kind::Null => Some(Constant::Null),
        _ => None,
    }
}

fn member_constant(value: &Val) -> Option<Constant> {
    match &value.kind {
        Kind::Member(member) => constant_of_member(member),
        _ => None,
    }
}

fn constant_of_member(member: &super::values::Member) -> Option<Constant> {
    constant(&member.value)
}

fn same_constant(a: &Constant, b: &Constant) -> bool {
    match (a, b) {
        (Constant::Number(x), Constant::Number(y)) => x.as_f64() == y.as_f64(),
        // Some languages have texts only: `[ "$N" -eq 1 ]`.
        (Constant::Number(number), Constant::Text(text))
        | (Constant::Text(text), Constant::Number(number)) => {
            text.parse::<f64>().is_ok_and(|value| value == number.as_f64())
        }
        (Constant::Bool(bool), Constant::Number(number))
        | (Constant::Number(number), Constant::Bool(bool)) => number.as_f64() == f64::from(u8::from(*bool)),
        _ => a == b,
    }
}

fn number(value: &Val) -> Option<Number> {
    match constant(value)? {
        Constant::Number(number) => Some(number),
        Constant::Text(text) => {
            text.trim().parse().map(Number::Int).ok().or_else(|| text.trim().parse().map(Number::Float).ok())
        }
        _ => None,
    }
}

/// Whether a text with holes cannot be this one, whatever the holes are.
fn impossible(parts: &[Part], constant: &str) -> bool {
    let fixed = |part: Option<&Part>| match part {
        Some(Part { condition, piece: Piece::Literal(text), input: None, .. }) if condition.is_always() => {
            Some(text.clone())
        }
        _ => None,
    };
    fixed(parts.first()).is_some_and(|start| !constant.starts_with(&*start))
        || fixed(parts.last()).is_some_and(|end| !constant.ends_with(&*end))
}
