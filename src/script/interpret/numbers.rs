//! Functions on numbers.

use super::Interpreter;
use super::calls::Arguments;
use super::values::{Element, Item, Kind, Val};
use crate::provenance::Step;
use crate::source::Span;
use crate::value::Number;

impl Interpreter<'_> {
    /// `int(value)`, or with `whole` false `float(value)`.
    pub(super) fn as_number(&mut self, value: &Val, whole: bool, span: Span) -> Val {
        let number = match &value.kind {
            Kind::Number(number) => Some(*number),
            Kind::Text(_) => value.plain().and_then(|text| {
                let whole_number = text.trim().parse().map(Number::Int).ok();
                whole_number.or_else(|| text.trim().parse().ok().filter(|_| !whole).map(Number::Float))
            }),
            Kind::Bool(value) => Some(Number::Int(i64::from(*value))),
            Kind::Unknown(..) => return value.clone(),
            _ => None,
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let number = match number {
            // What does not fit has no end of digits that would be right.
            Some(Number::Float(float)) if whole => {
                (float.abs() < 2f64.powi(53)).then_some(Number::Int(float as i64))
            }
            Some(Number::Int(int)) if !whole => Some(Number::Float(int as f64)),
            number => number,
        };
        match number {
            Some(number) => {
                Val { input: value.input.clone(), ..Val::new(Kind::Number(number), value.origin) }
            }
            None => self.computed_from(&[value], span),
        }
    }

    /// `abs`, `round`, `sum`, `min`, `max`.
    pub(super) fn numeric(&mut self, name: &str, arguments: &Arguments, span: Span) -> Val {
        let Some(first) = arguments.at(0).cloned() else { return Val::unbound() };
        if name == "round" || name == "abs" {
            let digits = match arguments.at(1).or(arguments.named("ndigits")).map(|digits| &digits.kind) {
                None | Some(Kind::Null) => Some(None),
                Some(Kind::Number(Number::Int(digits))) => Some(usize::try_from(*digits).ok()),
                Some(_) => None,
            };
            return self.each(&first, |this, value| {
                let number = match (&value.kind, digits) {
                    (Kind::Number(number), _) if name == "abs" => absolute(*number),
                    (Kind::Number(number), Some(digits)) => rounded(*number, digits),
                    _ => None,
                };
                match number {
                    Some(number) => {
                        let value = Val { kind: Kind::Number(number), ..value.clone() };
                        this.with_step(value, span, Step::Computed)
                    }
                    None => this.computed_from(&[value], span),
                }
            });
        }
        let mut operands: Vec<Val> = Vec::new();
        let items = match name {
            _ if self.is_list(&first) => self.items(&first, span),
            "sum" => return self.computed_from(&[&first], span),
            _ => arguments.positional.clone(),
        };
        for item in &items {
            match &item.value {
                Element::One(value) if item.condition.is_always() => operands.push(value.clone()),
                _ => return self.computed_from(&[&first], span),
            }
        }
        let start = arguments.at(1).or(arguments.named("start")).filter(|_| name == "sum").cloned();
        operands.splice(0..0, start);
        let known = |(name, ..): &(std::rc::Rc<str>, Val, Span)| matches!(&**name, "start");
        if !arguments.named.iter().all(known) {
            // Another measure than the value itself.
            return self.computed_from(&[&first], span);
        }
        let mut operands = operands.into_iter();
        let Some(mut result) = operands.next() else {
            return if name == "sum" { Val::int(0, None) } else { self.computed_from(&[&first], span) };
        };
        for operand in operands {
            let before = result.clone();
            result = self.each(&before, |this, x| {
                this.each(&operand, |this, y| {
                    if name == "sum" {
                        return this.binary(crate::script::BinaryOperator::Add, x, y, span);
                    }
                    // Of two that are alike the first one counts.
                    let stays = this
                        .ordering(x, y)
                        .map(|order| if name == "min" { order.is_le() } else { order.is_ge() });
                    match stays {
                        Some(stays) => {
                            let chosen = if stays { x.clone() } else { y.clone() };
                            this.with_step(chosen, span, Step::Computed)
                        }
                        None => this.computed_from(&[x, y], span),
                    }
                })
            });
        }
        result
    }

    pub(super) fn range(&mut self, arguments: &Arguments, span: Span) -> Val {
        let bound = |at: usize| match arguments.at(at).map(|value| (&value.kind, &value.input)) {
            Some((Kind::Number(Number::Int(bound)), None)) => Some(*bound),
            _ => None,
        };
        let (from, to, by) = match arguments.positional.len() {
            1 => (Some(0), bound(0), Some(1)),
            2 => (bound(0), bound(1), Some(1)),
            _ => (bound(0), bound(1), bound(2)),
        };
        let (Some(from), Some(to), Some(by)) = (from, to, by) else {
            let operands: Vec<Val> =
                (0..arguments.positional.len()).filter_map(|at| arguments.at(at).cloned()).collect();
            let unknown = self.computed_from(&operands.iter().collect::<Vec<_>>(), span);
            let unknown = self.unknown_of(&unknown, span);
            return self.new_list(vec![Item::rest(unknown)]);
        };
        let mut items = Vec::new();
        let mut next = from;
        while by != 0 && ((by > 0 && next < to) || (by < 0 && next > to)) && items.len() <= self.limits.unroll
        {
            items.push(Item::one(Val::int(next, None), span));
            next = next.saturating_add(by);
        }
        self.new_list(items)
    }
}

/// As Python rounds: what lies exactly in the middle goes to the even side, and without `digits` the
/// outcome is whole.
fn rounded(number: Number, digits: Option<usize>) -> Option<Number> {
    match (number, digits) {
        (Number::Int(int), _) => Some(Number::Int(int)),
        #[allow(clippy::cast_possible_truncation)]
        (Number::Float(float), None) => {
            (float.abs() < 2f64.powi(53)).then(|| Number::Int(float.round_ties_even() as i64))
        }
        (Number::Float(float), Some(digits)) if digits <= 32 => {
            format!("{float:.digits$}").parse().ok().map(Number::Float)
        }
        _ => None,
    }
}

fn absolute(number: Number) -> Option<Number> {
    match number {
        Number::Int(int) => int.checked_abs().map(Number::Int),
        Number::Float(float) => Some(Number::Float(float.abs())),
    }
}
