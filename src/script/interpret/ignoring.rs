//! Blocks of which a failure counts for nothing.

use super::Interpreter;
use crate::script::{Ignored, Ignoring, Statement};
use crate::value::Condition;
use std::sync::Arc;

impl Interpreter<'_> {
    /// Runs a block whose commands may fail, where the script says so.
    pub(super) fn ignoring(&mut self, ignoring: &Ignoring, block: &[Statement]) {
        let outer = self.ignored.clone();
        if let Some(condition) = self.when(ignoring) {
            let ignored = Ignored {
                name: ignoring.name.as_str().into(),
                span: ignoring.span,
                condition,
                reason: ignoring.reason.as_ref().map(|(text, span)| (text.as_str().into(), *span)),
            };
            self.ignored = Some((Arc::new(ignored), ignoring.is_whole));
        }
        self.block(block);
        self.ignored = outer;
    }

    /// When failures are ignored; `None` if they never are.
    fn when(&mut self, ignoring: &Ignoring) -> Option<Condition> {
        let Some(when) = &ignoring.when else { return Some(Condition::always()) };
        let test = self.test(when);
        match test.outcome() {
            Some(true) => Some(Condition::always()),
            Some(false) => None,
            None => Some(self.sides(&test, when).0.path),
        }
    }

    /// Runs a function of the script. What it does with its commands' failures is its own business, unless
    /// all that happens in it is ignored.
    pub(super) fn as_function<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.ignored.take_if(|(_, is_whole)| !*is_whole);
        let outcome = run(self);
        if outer.is_some() {
            self.ignored = outer;
        }
        outcome
    }
}
