//! Operators on values.

use super::Interpreter;
use super::store::Content;
use super::values::{Kind, Val};
use crate::provenance::Step;
use crate::script::BinaryOperator;
use crate::source::Span;
use crate::value::{Number, Reason};

/// The longest text that repetition makes.
const LONGEST: usize = 4096;

impl Interpreter<'_> {
    pub(super) fn binary(&mut self, operator: BinaryOperator, a: &Val, b: &Val, span: Span) -> Val {
        let is_sum_of_texts = operator == BinaryOperator::Add && (is_text(a) || is_text(b));
        if is_sum_of_texts {
            return self.concat(&[(a.clone(), None), (b.clone(), None)], span);
        }
        if a.is_either() || b.is_either() {
            let (first, second) = (a.alternatives(), b.alternatives());
            if first.len() * second.len() > self.limits.alternatives {
                return Val::bounded(span, "a value has too many alternatives");
            }
            let mut values = Vec::new();
            for (condition, x) in &first {
                for (other, y) in &second {
                    if let Some(both) = condition.and(other) {
                        values.push((both, self.binary(operator, x, y, span)));
                    }
                }
            }
            return self.either(values);
        }
        match (operator, &a.kind, &b.kind) {
            (BinaryOperator::Modulo, Kind::Text(_), _) => self.percent_format(a, b, span),
            (BinaryOperator::Divide, Kind::Text(_), _) | (BinaryOperator::Divide, _, Kind::Text(_)) => {
                self.join_path(&[a.clone(), b.clone()], span)
            }
            (BinaryOperator::Multiply, Kind::Text(_), Kind::Number(Number::Int(times))) => {
                let times = usize::try_from(*times).unwrap_or(0);
                match a.plain() {
                    Some(text) if text.len().saturating_mul(times) <= LONGEST => {
                        let origin = self.arena.literal(span);
                        Val::literal(&text.repeat(times), Some(origin))
                    }
                    _ => self.event("a repeated text", Reason::NotFollowed, span),
                }
            }
            (BinaryOperator::Add, Kind::Object(_), _) => {
                let mut items = self.items(a, span);
                items.extend(self.items(b, span));
                // Lists that are added to themselves double with every line.
                if items.len() > self.limits.items {
                    return self.limit(span, "a list has too many items");
                }
                self.new_list(items)
            }
            (BinaryOperator::Union, Kind::Object(_), _) => {
                let map = self.new_map();
                if let Kind::Object(slot) = map.kind {
                    self.update_map(slot, a, span);
                    self.update_map(slot, b, span);
                }
                map
            }
            (_, Kind::Number(x), Kind::Number(y)) => match calculate(operator, *x, *y) {
                Some(number) => {
                    // The way leads on from the operand that was written by hand last.
                    let origin = a.origin.or(b.origin);
                    let input = a.input.clone().or_else(|| b.input.clone());
                    let value = Val { input, ..Val::new(Kind::Number(number), origin) };
                    self.with_step(value, span, Step::Computed)
                }
                None => self.event("arithmetic", Reason::NotFollowed, span),
            },
            _ => self.computed_from(&[a, b], span),
        }
    }

    /// What comes out of something unknown: unknown for the same reason, but not the same.
    pub(super) fn computed_from(&mut self, operands: &[&Val], span: Span) -> Val {
        let unknown = operands.iter().find_map(|value| match &value.kind {
            Kind::Unknown(unknown, _) => Some(unknown.clone()),
            Kind::Text(parts) => super::texts::to_text(parts).first_hole().cloned(),
            _ => None,
        });
        match unknown {
            Some(unknown) => {
                self.next_event += 1;
                Val::new(Kind::Unknown(unknown, self.next_event), None)
            }
            None => {
                let free = operands.iter().find_map(|value| match &value.kind {
                    Kind::Free(name) => Some(name.to_string()),
                    _ => None,
                });
                match free {
                    Some(name) => self.event(&name, Reason::ExternalCall, span),
                    None => self.event("an expression", Reason::NotFollowed, span),
                }
            }
        }
    }

    /// Pieces of a path, with one slash between them.
    pub(super) fn join_path(&mut self, pieces: &[Val], span: Span) -> Val {
        let mut values: Vec<(Val, Option<Span>)> = Vec::with_capacity(pieces.len() * 2);
        for piece in pieces {
            let piece = match piece.plain() {
                // An absolute piece starts afresh.
                Some(text) if text.starts_with('/') => {
                    values.clear();
                    piece.clone()
                }
                _ => piece.clone(),
            };
            let ends =
                values.last().and_then(|(last, _)| last.plain()).is_some_and(|last| last.ends_with('/'));
            if !values.is_empty() && !ends {
                values.push((Val::literal("/", None), None));
            }
            values.push((piece, None));
        }
        self.concat(&values, span)
    }

    pub(super) fn is_list(&self, value: &Val) -> bool {
        matches!(self.content_of(value), Content::List(_))
    }
}

fn is_text(value: &Val) -> bool {
    match &value.kind {
        Kind::Text(_) => true,
        Kind::Either(all) => all.iter().all(|(_, one)| is_text(one)),
        _ => false,
    }
}

#[allow(clippy::cast_possible_truncation)]
fn calculate(operator: BinaryOperator, x: Number, y: Number) -> Option<Number> {
    use BinaryOperator as Op;
    if let (Number::Int(x), Number::Int(y)) = (x, y) {
        let exact = match operator {
            Op::Add => x.checked_add(y),
            Op::Subtract => x.checked_sub(y),
            Op::Multiply => x.checked_mul(y),
            Op::FloorDivide => floor_division(x, y).map(|(quotient, _)| quotient),
            Op::Modulo => floor_division(x, y).map(|(_, rest)| rest),
            Op::Quotient => x.checked_div(y),
            Op::Remainder => x.checked_rem(y),
            Op::Power if y >= 0 => u32::try_from(y).ok().and_then(|y| x.checked_pow(y)),
            Op::Divide | Op::Power => return Some(Number::Float(fraction(operator, x, y)?)),
            Op::Union => None,
        };
        // Whole numbers that do not fit are longer, not less exact.
        return exact.map(Number::Int);
    }
    let (x, y) = (x.as_f64(), y.as_f64());
    let result = match operator {
        Op::Add => x + y,
        Op::Subtract => x - y,
        Op::Multiply => x * y,
        Op::Divide => x / y,
        Op::FloorDivide => (x / y).floor(),
        Op::Modulo => x - y * (x / y).floor(),
        Op::Quotient => (x / y).trunc(),
        Op::Remainder => x % y,
        Op::Power => x.powf(y),
        Op::Union => return None,
    };
    result.is_finite().then_some(Number::Float(result))
}

/// Quotient and rest as Python has them: rounded down, and the rest has the divisor's sign.
fn floor_division(x: i64, y: i64) -> Option<(i64, i64)> {
    let (quotient, rest) = (x.checked_div(y)?, x.checked_rem(y)?);
    let crosses = rest != 0 && (rest < 0) != (y < 0);
    Some(if crosses { (quotient - 1, rest + y) } else { (quotient, rest) })
}

#[allow(clippy::cast_precision_loss)]
fn fraction(operator: BinaryOperator, x: i64, y: i64) -> Option<f64> {
    let result = match operator {
        BinaryOperator::Divide => x as f64 / y as f64,
        _ => (x as f64).powf(y as f64),
    };
    result.is_finite().then_some(result)
}
