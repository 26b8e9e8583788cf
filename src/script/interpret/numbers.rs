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
                let text = text.trim();
                text.parse().map(Number::Int).ok().or_else(|| text.parse().map(Number::Float).ok())
            }),
            Kind::Bool(value) => Some(Number::Int(i64::from(*value))),
            Kind::Unknown(..) => return value.clone(),
            _ => None,
        };
        #[allow(clippy::cast_possible_truncation)]
        let number = match number {
            Some(Number::Float(float)) if whole => Number::Int(float as i64),
            #[allow(clippy::cast_precision_loss)]
            Some(Number::Int(int)) if !whole => Number::Float(int as f64),
            Some(number) => number,
            None => return self.computed_from(&[value], span),
        };
        Val { input: value.input.clone(), ..Val::new(Kind::Number(number), value.origin) }
    }

    /// `abs`, `round`, `sum`, `min`, `max`.
    pub(super) fn numeric(&mut self, name: &str, arguments: &Arguments, span: Span) -> Val {
        let mut operands: Vec<Val> =
            (0..arguments.positional.len()).filter_map(|at| arguments.at(at).cloned()).collect();
        if let [single] = operands.as_slice()
            && self.is_list(single)
        {
            let items = self.items(single, span);
            let all: Option<Vec<Val>> = items
                .iter()
                .map(|item| match &item.value {
                    Element::One(value) if item.condition.is_always() => Some(value.clone()),
                    _ => None,
                })
                .collect();
            match all {
                Some(all) => operands = all,
                None => return self.computed_from(&[single], span),
            }
        }
        if name == "round" || name == "abs" {
            let digits = match arguments.at(1).map(|digits| &digits.kind) {
                Some(Kind::Number(Number::Int(digits))) => i32::try_from(*digits).unwrap_or(0),
                _ => 0,
            };
            let Some(value) = operands.first().cloned() else { return Val::unbound() };
            return self.each(&value, |this, value| match value.kind {
                Kind::Number(number) => {
                    let number = if name == "round" { rounded(number, digits) } else { absolute(number) };
                    let value = Val { kind: Kind::Number(number), ..value.clone() };
                    this.with_step(value, span, Step::Computed)
                }
                _ => this.computed_from(&[value], span),
            });
        }
        let mut operands = operands.into_iter();
        let Some(mut result) = operands.next() else { return Val::int(0, None) };
        for operand in operands {
            let before = result.clone();
            result = self.each(&before, |this, x| {
                this.each(&operand, |this, y| match (name, &x.kind, &y.kind) {
                    ("sum", ..) => this.binary(crate::script::BinaryOperator::Add, x, y, span),
                    (_, Kind::Number(a), Kind::Number(b)) => {
                        let first =
                            if name == "min" { a.as_f64() <= b.as_f64() } else { a.as_f64() >= b.as_f64() };
                        let chosen = if first { x.clone() } else { y.clone() };
                        this.with_step(chosen, span, Step::Computed)
                    }
                    _ => this.computed_from(&[x, y], span),
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

fn rounded(number: Number, digits: i32) -> Number {
    match number {
        Number::Float(float) => {
            let scale = 10f64.powi(digits);
            Number::Float((float * scale).round() / scale)
        }
        int => int,
    }
}

fn absolute(number: Number) -> Number {
    match number {
        Number::Int(int) => Number::Int(int.saturating_abs()),
        Number::Float(float) => Number::Float(float.abs()),
    }
}
