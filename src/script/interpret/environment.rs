//! Variables of the environment whose names are values: a helper that is given `"MEMORY"`.

use super::Interpreter;
use super::values::{Kind, Part, Piece, Val};
use crate::provenance::Step;
use crate::source::Span;
use crate::value::{Reason, Unknown};

impl Interpreter<'_> {
    /// A variable of the environment whose name is a value. Each name is an input of its own.
    pub(super) fn variable_of_environment(
        &mut self,
        name: &Val,
        default: Option<(Span, Val)>,
        span: Span,
    ) -> Val {
        if let Some(name) = name.plain().filter(|_| name.input.is_none()) {
            if let Some(value) = self.exported(&name) {
                return value;
            }
            let unknown = Unknown { input: (*name).into(), reason: Reason::Environment, span };
            return self.or_default_value(&unknown, default, span);
        }
        let is_input = |part: &Part| match &part.piece {
            Piece::Hole(unknown) => super::is_input(unknown.reason),
            Piece::Literal(_) => part.input.is_none(),
        };
        let (called, event) = match &name.kind {
            Kind::Unknown(unknown, event) => (unknown.input.to_string(), Some(*event)),
            Kind::Text(parts) => {
                let named = parts.iter().all(is_input).then_some(0);
                (super::texts::to_text(parts).to_string(), named)
            }
            _ => ("…".to_string(), None),
        };
        let called = super::describe::shorten(&format!("environment[{called}]"));
        let unknown = Unknown { input: called.as_str().into(), reason: Reason::Environment, span };
        match event {
            Some(0) => self.or_default_value(&unknown, default, span),
            Some(event) => {
                let origin = self.arena.start(span, Step::Input);
                Val::new(Kind::Unknown(unknown, event), Some(origin))
            }
            None => self.event(&called, Reason::Environment, span),
        }
    }

    fn or_default_value(&mut self, unknown: &Unknown, default: Option<(Span, Val)>, span: Span) -> Val {
        let value = match default {
            Some((place, default)) => self.defaulted_to(unknown, default, place, span),
            None => self.input(&unknown.input, unknown.reason, span),
        };
        self.narrow(value)
    }
}
