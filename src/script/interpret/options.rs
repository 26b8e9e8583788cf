//! Options among the positional arguments, one after the other.

use super::Interpreter;
use super::calls::Arguments;
use super::values::{Element, Kind, Val};
use crate::script::Expression;
use crate::value::{Number, Reason};

impl Interpreter<'_> {
    /// `getopts specification variable`: binds the next option, and tells whether there was one. With a
    /// third argument and more these are read instead of the positional ones.
    pub(super) fn next_option(
        &mut self,
        specification: &Val,
        arguments: &Arguments,
        whole: &Expression,
    ) -> Val {
        let span = whole.span;
        let unknown = |this: &mut Self| {
            let name = this.describe(whole);
            this.event(&name, Reason::NotFollowed, span)
        };
        let variable = arguments.at(1).and_then(Val::plain);
        let (Some(specification), Some(variable)) = (specification.plain(), variable) else {
            return unknown(self);
        };
        let position = |this: &Self, name: &str, first: usize| match this.bound(name) {
            None => Some(first),
            Some(value) => match &value.kind {
                Kind::Number(Number::Int(at)) => usize::try_from(*at).ok(),
                _ => value.plain().and_then(|text| text.parse().ok()),
            },
        };
        const INSIDE: &str = "OPTIND inside";
        let (Some(mut at), Some(mut inside)) = (position(self, "OPTIND", 1), position(self, INSIDE, 1))
        else {
            return unknown(self);
        };
        let words = self.current_arguments();
        if at <= 1 && inside > 1 && self.bound(INSIDE).is_none() {
            inside = 1;
        }
        let word_at = |this: &Self, at: usize| match words.get(at.checked_sub(1)?) {
            None => Some(None),
            Some(item) if !this.is_there(item) => None,
            Some(item) => match &item.value {
                Element::One(value) => Some(Some(value.clone())),
                Element::Rest(_) => None,
            },
        };
        let bind = |this: &mut Self, name: &str, value: Val| this.bind(name, value, false);
        let number = |at: usize| Val::int(i64::try_from(at).unwrap_or(i64::MAX), None);
        let Some(word) = word_at(self, at) else { return unknown(self) };
        let text = match &word {
            Some(value) => match value.plain() {
                Some(text) => Some(text),
                None => return unknown(self),
            },
            None => None,
        };
        let options = text.as_deref().filter(|text| text.starts_with('-') && text.len() > 1 && *text != "--");
        let Some(options) = options else {
            if text.as_deref() == Some("--") {
                at += 1;
            }
            bind(self, "OPTIND", number(at));
            bind(self, &variable, Val::literal("?", None));
            return Val::bool(false);
        };
        let Some(letter) = options.chars().nth(inside) else { return unknown(self) };
        let is_last = options.chars().count() == inside + 1;
        let place = specification.find(letter).filter(|_| letter != ':');
        let takes = place.is_some_and(|place| {
            specification.get(place + letter.len_utf8()..).is_some_and(|rest| rest.starts_with(':'))
        });
        let Some(_) = place else {
            // An option that is not there: told by a question mark.
            bind(self, &variable, Val::literal("?", None));
            self.step_over(&mut at, &mut inside, is_last);
            bind(self, "OPTIND", number(at));
            bind(self, INSIDE, number(inside));
            return Val::bool(true);
        };
        bind(self, &variable, Val::literal(&letter.to_string(), None));
        if takes && !is_last {
            let rest: String = options.chars().skip(inside + 1).collect();
            let origin = word.as_ref().and_then(|word| word.origin);
            bind(self, "OPTARG", Val::literal(&rest, origin));
            (at, inside) = (at + 1, 1);
        } else if takes {
            match word_at(self, at + 1) {
                Some(Some(value)) => bind(self, "OPTARG", value),
                _ => return unknown(self),
            }
            (at, inside) = (at + 2, 1);
        } else {
            self.step_over(&mut at, &mut inside, is_last);
        }
        bind(self, "OPTIND", number(at));
        bind(self, INSIDE, number(inside));
        Val::bool(true)
    }

    pub(super) fn step_over(&self, at: &mut usize, inside: &mut usize, is_last: bool) {
        if is_last {
            (*at, *inside) = (*at + 1, 1);
        } else {
            *inside += 1;
        }
    }
}
