//! What a test tells, and under which conditions.

use super::Interpreter;
use super::path::Test;
use super::store::Content;
use super::values::{Element, Kind, Part, Piece, Val};
use crate::script::{CompareOperator, Expression, ExpressionKind};
use crate::source::Span;
use crate::value::{Atom, Number, Operand, Operator, Reason, Unknown};
use std::rc::Rc;
use std::sync::Arc;

/// More cases than this are told as one test with the words of the source.
const MOST_CASES: usize = 8;

/// A value that is known for certain: no input can override it.
#[derive(Clone, Debug, PartialEq)]
enum Constant {
    Text(Rc<str>),
    Number(Number),
    Bool(bool),
    Null,
}

impl Interpreter<'_> {
    /// Evaluates an expression as a test.
    pub(super) fn test(&mut self, expression: &Expression) -> Test {
        if !self.step(expression.span) {
            return Test::decided(false);
        }
        let test = match &expression.kind {
            ExpressionKind::Not(inner) => self.test(inner).negated(),
            ExpressionKind::And(operands) => self.connective(operands, true, expression),
            ExpressionKind::Or(operands) => self.connective(operands, false, expression),
            ExpressionKind::Compare { operator, left, right } => {
                let (a, b) = (self.eval(left), self.eval(right));
                self.compare(*operator, &a, &b, left, right, expression)
            }
            _ => {
                let value = self.eval(expression);
                self.truth(&value, expression)
            }
        };
        if test.cases.len() > MOST_CASES {
            let name = self.describe(expression);
            return Test::atom(self.opaque(&name, 0, expression.span)).on(&self.path);
        }
        test.on(&self.path)
    }

    fn connective(&mut self, operands: &[Expression], and: bool, whole: &Expression) -> Test {
        let mut test = Test::decided(and);
        for operand in operands {
            let going_on = test.when(and);
            let saved = self.path.clone();
            match going_on.as_slice() {
                [] => break,
                [one] => match self.path.enter(one, false) {
                    Some(path) => self.path = path,
                    None => break,
                },
                _ => {}
            }
            let next = self.test(operand);
            self.path = saved;
            test = test.and_then(and, &next).on(&self.path);
            if test.cases.len() > MOST_CASES {
                let name = self.describe(whole);
                return Test::atom(self.opaque(&name, 0, whole.span));
            }
        }
        test
    }

    /// Whether a value holds.
    pub(super) fn truth(&mut self, value: &Val, expression: &Expression) -> Test {
        if let Kind::Either(all) = &value.kind {
            let mut cases = Vec::new();
            for (condition, one) in all.clone().iter() {
                for (inner, outcome) in self.truth(one, expression).cases {
                    cases.extend(condition.and(&inner).map(|both| (both, outcome)));
                }
            }
            return Test { cases };
        }
        if let Some(input) = value.input.clone() {
            return Test::atom(holds(input, expression.span));
        }
        match &value.kind {
            Kind::Null | Kind::Unbound => Test::decided(false),
            Kind::Bool(value) => Test::decided(*value),
            Kind::Number(number) => Test::decided(number.as_f64() != 0.0),
            Kind::Text(parts) => {
                let parts = parts.clone();
                self.any_of(
                    parts.iter().map(|part| match &part.piece {
                        Piece::Literal(_) => (part.condition.clone(), None),
                        Piece::Hole(unknown) => (part.condition.clone(), Some(unknown.clone())),
                    }),
                    expression,
                )
            }
            Kind::Object(slot) => match self.store.get(*slot).clone() {
                Content::List(list) => {
                    let item = |item: &Rc<super::values::Item>| match &item.value {
                        Element::One(_) => (item.condition.clone(), None),
                        Element::Rest(unknown) => (item.condition.clone(), Some(unknown.clone())),
                    };
                    self.any_of(list.iter().map(item), expression)
                }
                Content::Map(map) => {
                    let open = map.open.clone().map(|unknown| (Default::default(), Some(unknown)));
                    let entries = map.entries.iter().map(|entry| (entry.condition.clone(), None));
                    self.any_of(entries.chain(open), expression)
                }
                _ => Test::decided(true),
            },
            Kind::Unknown(unknown, event) => {
                let input = self.input_name(unknown, *event, expression);
                Test::atom(holds(input, expression.span))
            }
            Kind::Free(name) => {
                let name = name.to_string();
                Test::atom(self.opaque(&name, 0, expression.span))
            }
            _ => Test::decided(true),
        }
    }

    /// Whether anything is there: parts, items, entries, each under its condition and, where it is not
    /// known itself, with its input.
    fn any_of(
        &mut self,
        all: impl Iterator<Item = (crate::value::Condition, Option<Unknown>)>,
        expression: &Expression,
    ) -> Test {
        let mut guards = Vec::new();
        let mut unknown = None;
        for (condition, hole) in all {
            match hole {
                Some(hole) => unknown = unknown.or(Some(hole)),
                None if self.path.all.implies(&condition) => return Test::decided(true),
                None if !guards.contains(&condition) => guards.push(condition),
                None => {}
            }
        }
        match (guards.as_slice(), unknown) {
            ([], None) => Test::decided(false),
            ([], Some(unknown)) => {
                let input = self.input_name(&unknown, 0, expression);
                Test::atom(holds(input, expression.span))
            }
            ([one], None) if one.atoms().len() == 1 => {
                one.atoms().first().map_or(Test::decided(true), |atom| Test::atom(atom.clone()))
            }
            _ => {
                let name = self.describe(expression);
                Test::atom(self.opaque(&name, 0, expression.span))
            }
        }
    }

    /// A test that is told in the words of the source.
    fn opaque(&mut self, name: &str, event: u32, span: Span) -> Atom {
        let input = self.atom_name(name, event);
        holds(input, span)
    }

    /// How a person calls an unknown value: an input by its name, anything else as the source says it.
    fn input_name(&mut self, unknown: &Unknown, event: u32, expression: &Expression) -> Arc<str> {
        if super::is_input(unknown.reason) || matches!(expression.kind, ExpressionKind::Run(_)) {
            return self.atom_name(&unknown.input, event);
        }
        let name = self.describe(expression);
        self.atom_name(&name, event)
    }

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
                    if found.iter().any(|(condition, ..)| self.path.all.implies(condition)) {
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
                    Some(entry) if self.path.all.implies(&entry.condition) => Some(Test::decided(true)),
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
                    if unknown.input.contains(".keys") || event_of(b) != 0 && unknown.reason != Reason::Argument {
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
            return Some(Test::decided(super::builtins::glob(&pattern, &text)));
        }
        if &*pattern == "*" {
            return Some(Test::decided(true));
        }
        let input = self.name_of(a, left)?;
        let operand = Operand::One((*pattern).into());
        Some(Test::atom(Atom { input, operator: Operator::Matches, operand, span: left.span }))
    }
}

fn holds(input: Arc<str>, span: Span) -> Atom {
    Atom { input, operator: Operator::Holds, operand: Operand::None, span }
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
