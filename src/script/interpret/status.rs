//! Functions that stand for commands, and how they come out.

use super::Interpreter;
use super::calls::Arguments;
use super::commands::Circumstances;
use super::path::{Side, Test};
use super::truth::holds;
use super::values::{Kind, List, Val};
use crate::script::{Expression, ExpressionKind};
use crate::source::Span;
use crate::value::{Condition, Reason};

impl Interpreter<'_> {
    /// Calls one of the script's own functions; where it is not defined, or calls the program that it
    /// stands before, the program itself.
    pub(super) fn run_function(
        &mut self,
        function: &Val,
        words: List,
        around: Circumstances,
        name: &str,
        span: Span,
    ) -> Val {
        match &function.kind {
            Kind::Either(all) => {
                let mut arms = Vec::with_capacity(all.len());
                for (condition, one) in all.clone().iter() {
                    let side = Side::of(self.path.news(condition));
                    let (words, around) = (words.clone(), around.copy());
                    arms.push(self.arm(side, true, |this| this.run_function(one, words, around, name, span)));
                }
                self.join(arms)
            }
            Kind::Function(closure) if !self.is_running(closure) => {
                let whole = Expression { kind: ExpressionKind::Name(closure.function.name.clone()), span };
                let arguments =
                    Arguments { positional: words.into_iter().skip(1).collect(), ..Arguments::default() };
                for (name, value, place) in around.environment {
                    let value = self.with_step(value, place, crate::provenance::Step::Assigned);
                    self.bind(&name, value, false);
                }
                let value = self.as_function(|this| this.call(function, arguments, &whole));
                self.status(value, name, span)
            }
            _ => {
                self.emit(words, around, span);
                self.event(name, Reason::CommandOutput, span)
            }
        }
    }

    /// Whether a function succeeded, by what it returned. Where it just ends, its last command says so,
    /// which is not known. What hangs on more than a reader can follow is told as the call itself.
    fn status(&mut self, value: Val, name: &str, span: Span) -> Val {
        let mut cases: Vec<(Condition, bool)> = Vec::new();
        let mut last_command = None;
        for (condition, one) in value.alternatives() {
            let atom = match &one.kind {
                Kind::Bool(outcome) => {
                    cases.push((condition, *outcome));
                    continue;
                }
                Kind::Unknown(unknown, event) => {
                    let input = self.atom_name(&unknown.input, *event);
                    holds(input, span)
                }
                _ => {
                    let last = match last_command.take() {
                        Some(last) => last,
                        None if value.is_either() => self.event_name(&format!("the end of {name}")),
                        None => self.event_name(name),
                    };
                    last_command = Some(last.clone());
                    holds(last, span)
                }
            };
            let negated = Condition::of(atom.negated());
            cases.extend(condition.and(&Condition::of(atom)).map(|case| (case, true)));
            cases.extend(condition.and(&negated).map(|case| (case, false)));
        }
        let test = Test { cases }.on(&self.path);
        let is_plain = |case: &Condition| case.atoms().len() <= 1 && !self.hangs_on_events(case);
        let is_itself = !value.is_either() && !matches!(value.kind, Kind::Bool(_));
        if is_itself || test.cases.len() <= 2 && test.cases.iter().all(|(case, _)| is_plain(case)) {
            return self.outcome(&test);
        }
        let told = self.named_event(name, test.when(true), test.when(false), span);
        self.outcome(&Test::atom(told))
    }
}
