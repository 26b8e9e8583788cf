//! Loops: unrolled over what is known, run once over what is not.

use super::Interpreter;
use super::flow::{Arm, Way};
use super::path::Side;
use super::store::Content;
use super::values::{Element, Item, Kind, Part, Val};
use crate::provenance::Step;
use crate::script::{Expression, ExpressionKind, Statement, Target};
use crate::source::Span;
use crate::value::{Atom, Condition, Operand, Operator, Reason, Unknown};
use std::rc::Rc;

/// A loop as it is written.
pub(super) struct While<'e> {
    pub before: &'e [Statement],
    pub condition: &'e Expression,
    pub body: &'e [Statement],
    pub after: &'e [Statement],
}

/// How often a loop without a condition is followed: more often than scripts try again.
const ENDLESS: usize = 16;

impl Interpreter<'_> {
    pub(super) fn for_loop(
        &mut self,
        target: &Target,
        iterable: &Expression,
        body: &[Statement],
        otherwise: &[Statement],
    ) {
        let source = self.eval(iterable);
        let items = self.items(&source, iterable.span);
        let items = self.bounded(items, iterable.span);
        self.catch(Way::Break, |this| {
            for item in items {
                if !this.live {
                    break;
                }
                match &item.value {
                    Element::One(value) => {
                        let value = value.clone();
                        this.under(&item.condition.clone(), |this| {
                            let value = this.with_step(value, item.span, Step::Element);
                            this.iteration(target, value, body);
                        });
                    }
                    Element::Rest(unknown) => {
                        let value = this.element_of_unknown(unknown, target);
                        let name = format!("for … in {}", this.describe(iterable));
                        this.maybe(&name, unknown, iterable.span, |this| this.iteration(target, value, body));
                    }
                }
            }
            if this.live {
                this.block(otherwise);
            }
            Val::unbound()
        });
    }

    fn iteration(&mut self, target: &Target, value: Val, body: &[Statement]) {
        self.catch(Way::Continue, |this| {
            this.assign(target, value, false);
            this.block(body);
            Val::unbound()
        });
    }

    /// Unrolled as long as what is known decides that it goes on; what is not decided runs once, as if any
    /// number of times.
    pub(super) fn while_loop(&mut self, written: &While<'_>) {
        let While { before, condition, body, after } = *written;
        let name = format!("while {}", self.describe(condition));
        let reason = Reason::NotFollowed;
        let unknown = Unknown { input: super::describe::shorten(&name).into(), reason, span: condition.span };
        let iteration = |this: &mut Self| {
            this.catch(Way::Continue, |this| {
                this.block(body);
                Val::unbound()
            });
            if this.live {
                this.block(after);
            }
            Val::unbound()
        };
        // `while true` says itself that it goes round any number of times; it is followed for as long as a
        // script may try again, and what it leaves is unknown, which is no limit.
        let endless = matches!(condition.kind, ExpressionKind::Literal(_));
        self.catch(Way::Break, |this| {
            for turn in 0.. {
                this.block(before);
                if !this.live {
                    break;
                }
                let test = this.test(condition);
                match test.outcome() {
                    Some(false) => break,
                    None => {
                        this.maybe(&name, &unknown, condition.span, |this| {
                            iteration(this);
                        });
                        break;
                    }
                    Some(true) => {
                        let left = this.ways_out();
                        let mut done = this.arm(Side::of(Condition::always()), false, iteration);
                        // Whoever may have left may as well have come round again.
                        let mut ends = done.live && this.ways_out() > left;
                        if endless && turn >= ENDLESS {
                            ends = true;
                        } else if turn >= this.limits.unroll {
                            this.meet_limit(condition.span, "a loop has too many iterations");
                            ends = true;
                        }
                        if ends {
                            this.weaken(&mut done, &unknown);
                        }
                        this.join(vec![done]);
                        if ends || !this.live {
                            break;
                        }
                    }
                }
            }
            Val::unbound()
        });
    }

    /// Runs something that happens any number of times. What it runs counts without a condition; what it
    /// changes may have changed more than once.
    fn maybe(&mut self, name: &str, unknown: &Unknown, span: Span, run: impl FnOnce(&mut Self)) {
        let input = self.event_name(name);
        let atom = Atom { input, operator: Operator::Holds, operand: Operand::None, span };
        let never = Side::of(Condition::of(atom.negated()));
        let mut done = self.arm(Side::of(Condition::of(atom)), false, |this| {
            run(this);
            Val::unbound()
        });
        self.weaken(&mut done, unknown);
        if !done.live {
            // A loop that always leaves does so only if it is entered.
            return;
        }
        let never = self.arm(never, false, |_| Val::unbound());
        self.join(vec![done, never]);
    }

    /// What grew may have grown further; what counts up has no known value.
    fn weaken(&mut self, arm: &mut Arm, unknown: &Unknown) {
        for (slot, content) in &mut arm.changes {
            let before = self.store.get(*slot);
            match (before, &mut *content) {
                (Content::List(old), Content::List(new)) if new.len() > old.len() => {
                    Rc::make_mut(new).push(Item::rest(unknown.clone()));
                }
                (Content::Map(old), Content::Map(new)) if !Rc::ptr_eq(old, new) => {
                    Rc::make_mut(new).open.get_or_insert_with(|| unknown.clone());
                }
                (Content::Variable(old), Content::Variable(new)) => match (&old.kind, &new.kind) {
                    (Kind::Number(_), Kind::Number(_)) if !old.same(new) => {
                        *new = Val::unknown(unknown.clone(), None);
                    }
                    (Kind::Text(old), Kind::Text(grown))
                        if !old.is_empty() && grown.len() > old.len() && starts_alike(grown, old) =>
                    {
                        let mut parts = (**grown).clone();
                        parts.push(Part::hole(unknown.clone(), None));
                        *new = Val { kind: Kind::Text(Rc::new(parts)), ..new.clone() };
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

fn starts_alike(whole: &[Part], start: &[Part]) -> bool {
    whole.iter().zip(start).all(|(a, b)| a.piece == b.piece)
}
