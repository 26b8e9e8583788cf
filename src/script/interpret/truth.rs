//! What a test tells, and under which conditions.

use super::Interpreter;
use super::path::Test;
use super::store::Content;
use super::values::{Element, Kind, Piece, Val};
use crate::script::{Expression, ExpressionKind};
use crate::source::Span;
use crate::value::{Atom, Operand, Operator, Unknown};
use std::rc::Rc;
use std::sync::Arc;

/// More cases than this are told as one test with the words of the source.
const MOST_CASES: usize = 8;

impl Interpreter<'_> {
    /// Evaluates an expression as a test.
    pub(super) fn test(&mut self, expression: &Expression) -> Test {
        if !self.step(expression.span) || !self.deeper(expression.span) {
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
                let test = self.truth(&value, expression);
                self.note_opposite(expression, &test);
                test
            }
        };
        self.nesting -= 1;
        self.readable(test, expression).on(&self.path)
    }

    fn connective(&mut self, operands: &[Expression], and: bool, whole: &Expression) -> Test {
        let mut test = Test::decided(and);
        for operand in operands {
            let going_on = test.when(and);
            let saved = self.path.clone();
            match going_on.as_slice() {
                [] => break,
                [one] => match self.enter(&self.path, one, true) {
                    Some(path) => self.path = path,
                    None => break,
                },
                _ => {}
            }
            let next = self.test(operand);
            self.path = saved;
            test = test.and_then(and, &next).on(&self.path);
            if test.cases.len() > MOST_CASES {
                // What is left of the operands is in the name.
                let name = self.describe(whole);
                return Test::atom(self.opaque(&name, 0, whole.span));
            }
        }
        test
    }

    /// A test of so many cases that nobody reads them is told with the words of the source.
    fn readable(&mut self, test: Test, whole: &Expression) -> Test {
        if test.cases.len() <= MOST_CASES {
            return test;
        }
        let name = self.describe(whole);
        Test::atom(self.named_test(&name, 0, test.when(true), test.when(false), whole.span))
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
            // Where every value is a text, a number is one that is not empty.
            Kind::Number(number) => Test::decided(self.rules.free_names_are_inputs || number.as_f64() != 0.0),
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
                None if self.path.implies(&condition) => return Test::decided(true),
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
            (several, None) => {
                let name = self.describe(expression);
                Test::atom(self.any_of_conditions(&name, several, expression.span))
            }
            _ => {
                let name = self.describe(expression);
                Test::atom(self.opaque(&name, 0, expression.span))
            }
        }
    }

    /// A test that is told in the words of the source.
    pub(super) fn opaque(&mut self, name: &str, event: u32, span: Span) -> Atom {
        let input = self.atom_name(name, event);
        holds(input, span)
    }

    /// How a person calls an unknown value: an input by its name, anything else as the source says it.
    pub(super) fn input_name(&mut self, unknown: &Unknown, event: u32, expression: &Expression) -> Arc<str> {
        if super::is_input(unknown.reason) || matches!(expression.kind, ExpressionKind::Run(_)) {
            return self.atom_name(&unknown.input, event);
        }
        let name = self.describe(expression);
        self.atom_name(&name, event)
    }
}

pub(super) fn holds(input: Arc<str>, span: Span) -> Atom {
    Atom { input, operator: Operator::Holds, operand: Operand::None, span }
}
