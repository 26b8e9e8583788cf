//! The positional arguments of a function or of the script, and what blocks print.

use super::Interpreter;
use super::store::{Content, Slot};
use super::values::{Element, Item, Kind, List, Piece, Val};
use crate::script::{Expression, Statement};
use crate::source::Span;
use crate::value::{Number, Reason, Unknown};
use std::rc::Rc;

/// The arguments that a caller gives, all of them.
pub(super) const ALL: &str = "$@";

/// What stands before the number of the first of them, where some were taken off the front.
const FROM: &str = "$@ from $";

impl Interpreter<'_> {
    /// Where the positional arguments at hand are kept: a function's own, else the script's.
    fn arguments_slot(&self) -> Slot {
        self.calls.iter().rev().find_map(|frame| frame.positional).unwrap_or(self.script_arguments)
    }

    pub(super) fn current_arguments(&self) -> Rc<List> {
        match self.store.get(self.arguments_slot()) {
            Content::List(list) => list.clone(),
            _ => Rc::default(),
        }
    }

    pub(super) fn set_arguments(&mut self, items: List) {
        self.store.set(self.arguments_slot(), Content::List(Rc::new(items)));
    }

    /// Whether each argument is there for certain, and the first is a plain word.
    pub(super) fn arguments_are_known(&self) -> bool {
        let arguments = self.current_arguments();
        let is_word = |item: &Rc<Item>| matches!(&item.value, Element::One(value) if value.plain().is_some());
        arguments.first().is_none_or(is_word) && arguments.iter().all(|item| self.is_there(item))
    }

    /// `$n`.
    pub(super) fn positional(&mut self, at: usize, span: Span) -> Val {
        let Some(index) = at.checked_sub(1) else { return Val::literal(self.source_path, None) };
        let arguments = self.current_arguments();
        for (here, item) in arguments.iter().enumerate().take(index + 1) {
            match &item.value {
                Element::Rest(unknown) if item.condition.is_always() => {
                    return match first_of(unknown) {
                        Some(first) => {
                            let name = format!("${}", first + index - here);
                            let value = self.input(&name, unknown.reason, span);
                            self.narrow(value)
                        }
                        None => Val::unknown(unknown.clone(), None),
                    };
                }
                Element::One(value) if self.is_there(item) => {
                    if here == index {
                        return self.narrow(value.clone());
                    }
                }
                // Whether something stands before it is not known.
                _ => return self.event(&format!("${at}"), Reason::NotFollowed, span),
            }
        }
        Val::unbound()
    }

    /// All arguments from the `from`th on.
    pub(super) fn positionals(&mut self, from: usize, span: Span) -> Vec<Rc<Item>> {
        let arguments = self.current_arguments();
        self.behind(&arguments, from.saturating_sub(1), span)
    }

    pub(super) fn shift(&mut self, count: &Expression) {
        let by = match self.eval(count).kind {
            Kind::Number(Number::Int(by)) => usize::try_from(by).ok(),
            _ => None,
        };
        let arguments = self.current_arguments();
        let items = match by {
            // More than there are leaves them as they are.
            Some(by) if by > arguments.len() && arguments.iter().all(|item| self.is_there(item)) => return,
            Some(by) => self.behind(&arguments, by, count.span),
            None => {
                let unknown =
                    Unknown { input: "$@ after shift".into(), reason: Reason::NotFollowed, span: count.span };
                vec![Item::rest(unknown)]
            }
        };
        self.set_arguments(items);
    }

    /// The arguments without the first ones.
    fn behind(&mut self, arguments: &List, count: usize, span: Span) -> List {
        for (here, item) in arguments.iter().enumerate().take(count) {
            if self.is_there(item) {
                continue;
            }
            let mut rest = match &item.value {
                Element::Rest(unknown) => unknown.clone(),
                Element::One(value) => self.unknown_of(value, span),
            };
            if let Some(first) = first_of(&rest) {
                rest.input = format!("{FROM}{}", first + count - here).into();
            }
            return vec![Item::rest(rest)];
        }
        arguments.iter().skip(count).cloned().collect()
    }

    /// Runs something and gives what it prints.
    pub(super) fn capture_output(&mut self, run: impl FnOnce(&mut Self)) -> Val {
        let slot = self.store.add(Content::Variable(Val::text(Vec::new(), None)));
        self.captures.push(slot);
        run(self);
        self.captures.pop();
        let printed = self.variable(slot).cloned().unwrap_or_else(|| Val::text(Vec::new(), None));
        self.store.forget(std::iter::once(slot));
        printed
    }

    pub(super) fn print(&mut self, text: Val, span: Span) {
        let Some(&slot) = self.captures.last() else { return };
        let before = self.variable(slot).cloned().unwrap_or_else(|| Val::text(Vec::new(), None));
        let value = match &before.kind {
            Kind::Text(parts) if parts.is_empty() => text,
            _ => self.concat(&[(before, None), (text, None)], span),
        };
        self.store.set(slot, Content::Variable(value));
    }

    /// The text that a block prints, without the line breaks at its end: known where no command runs in
    /// it. Commands run all the same.
    pub(super) fn output(&mut self, block: &[Statement], whole: &Expression) -> Val {
        let ran = self.emitted.count();
        let printed = self.capture_output(|this| this.subshell(block));
        let is_known = |value: &Val| match &value.kind {
            Kind::Text(parts) => parts.iter().all(|part| match &part.piece {
                Piece::Hole(unknown) => super::is_input(unknown.reason),
                Piece::Literal(_) => true,
            }),
            Kind::Unknown(unknown, _) => super::is_input(unknown.reason),
            Kind::Number(_) => true,
            _ => false,
        };
        if !self.quiet
            && ran == self.emitted.count()
            && printed.alternatives().iter().all(|(_, value)| is_known(value))
        {
            return self.each(&printed, |this, printed| this.without_breaks(printed));
        }
        let name = self.describe(whole);
        let name =
            name.strip_prefix("$(").and_then(|name| name.strip_suffix(')')).unwrap_or(&name).to_string();
        self.event(&name, Reason::CommandOutput, whole.span)
    }

    /// A text without the line breaks at its end.
    fn without_breaks(&mut self, text: &Val) -> Val {
        let Kind::Text(parts) = &text.kind else { return text.clone() };
        let mut parts = (**parts).clone();
        while let Some(last) = parts.last().cloned()
            && let Piece::Literal(characters) = &last.piece
        {
            let end = characters.trim_end_matches('\n').len();
            if end == characters.len() {
                break;
            }
            parts.pop();
            if end > 0 {
                parts.extend(self.piece_of(&last, 0..end));
                break;
            }
        }
        match parts.as_slice() {
            [single] => {
                Val { origin: single.origin, ..Val { kind: Kind::Text(Rc::new(parts)), ..text.clone() } }
            }
            _ => Val { kind: Kind::Text(Rc::new(parts)), ..text.clone() },
        }
    }
}

/// Which argument is the first of those that a caller gives.
fn first_of(unknown: &Unknown) -> Option<usize> {
    match &*unknown.input {
        ALL => Some(1),
        name => name.strip_prefix(FROM)?.parse().ok(),
    }
}
