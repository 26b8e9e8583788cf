//! Amounts with a unit: quantities and durations.

use super::{Outcome, fault, int};
use crate::value::{Duration, Quantity};
use ::cel::ExecutionError;
use ::cel::common::traits::Comparer;
use ::cel::common::types::{CelDouble, Type};
use ::cel::common::value::{StaticVal, Val};
use std::any::Any;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// What an amount counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::cel) enum Unit {
    Quantity(Quantity),
    Duration(Duration),
    /// The sum of no amounts: nothing, in any unit.
    Nothing,
}

/// An amount, with the text it was written as, if it was written.
#[derive(Clone, Debug)]
pub(in crate::cel) struct Measure {
    pub(in crate::cel) unit: Unit,
    pub(in crate::cel) written: Option<Arc<str>>,
}

static QUANTITY: Type = Type::new_unspecified_type("quantity");
static DURATION: Type = Type::new_unspecified_type("google.protobuf.Duration");
static NOTHING: Type = Type::new_unspecified_type("empty sum");

impl Measure {
    /// A computed amount.
    pub(in crate::cel) fn of(unit: Unit) -> Measure {
        Measure { unit, written: None }
    }

    /// A computed quantity.
    pub(in crate::cel) fn quantity(quantity: Quantity) -> Measure {
        Measure::of(Unit::Quantity(quantity))
    }

    /// A computed duration.
    pub(in crate::cel) fn duration(duration: Duration) -> Measure {
        Measure::of(Unit::Duration(duration))
    }

    /// The amount as a float: bytes, cores or seconds.
    pub(in crate::cel) fn as_f64(&self) -> f64 {
        match self.unit {
            Unit::Quantity(quantity) => quantity.as_f64(),
            Unit::Duration(duration) => duration.as_seconds(),
            Unit::Nothing => 0.0,
        }
    }

    /// How two amounts of one unit compare.
    pub(in crate::cel) fn order(&self, other: &Measure) -> Option<Ordering> {
        match (self.unit, other.unit) {
            (Unit::Quantity(a), Unit::Quantity(b)) => Some(a.cmp(&b)),
            (Unit::Duration(a), Unit::Duration(b)) => Some(a.cmp(&b)),
            (Unit::Nothing, Unit::Nothing) => Some(Ordering::Equal),
            (Unit::Nothing, _) => other.sign().map(Ordering::reverse),
            (_, Unit::Nothing) => self.sign(),
            _ => None,
        }
    }

    fn sign(&self) -> Option<Ordering> {
        match self.unit {
            Unit::Quantity(quantity) => Some(quantity.nanos().cmp(&0)),
            Unit::Duration(duration) => Some(duration.nanos().cmp(&0)),
            Unit::Nothing => Some(Ordering::Equal),
        }
    }

    /// The sum of two amounts of one unit.
    pub(in crate::cel) fn plus(&self, other: &Measure) -> Outcome<Measure> {
        let sum = match (self.unit, other.unit) {
            (Unit::Quantity(a), Unit::Quantity(b)) => {
                a.nanos().checked_add(b.nanos()).map(Quantity::from_nanos).map(Unit::Quantity)
            }
            (Unit::Duration(a), Unit::Duration(b)) => {
                a.nanos().checked_add(b.nanos()).map(Duration::from_nanos).map(Unit::Duration)
            }
            (Unit::Nothing, _) => return Ok(other.clone()),
            (_, Unit::Nothing) => return Ok(self.clone()),
            _ => return Err(unlike("+", self, other)),
        };
        sum.map(Measure::of).ok_or_else(too_large)
    }

    /// The difference of two amounts of one unit.
    pub(in crate::cel) fn minus(&self, other: &Measure) -> Outcome<Measure> {
        let difference = match (self.unit, other.unit) {
            (Unit::Quantity(a), Unit::Quantity(b)) => {
                a.nanos().checked_sub(b.nanos()).map(Quantity::from_nanos).map(Unit::Quantity)
            }
            (Unit::Duration(a), Unit::Duration(b)) => {
                a.nanos().checked_sub(b.nanos()).map(Duration::from_nanos).map(Unit::Duration)
            }
            (Unit::Nothing, _) => return other.times(-1.0),
            (_, Unit::Nothing) => return Ok(self.clone()),
            _ => return Err(unlike("-", self, other)),
        };
        difference.map(Measure::of).ok_or_else(too_large)
    }

    /// The amount times a number.
    pub(in crate::cel) fn times(&self, ratio: f64) -> Outcome<Measure> {
        let unit = match self.unit {
            // A whole factor is exact; only fractions go through floats.
            Unit::Quantity(quantity) => whole(ratio)
                .and_then(|factor| quantity.nanos().checked_mul(i128::from(factor)))
                .map(Quantity::from_nanos)
                .or_else(|| quantity.times(ratio))
                .map(Unit::Quantity),
            Unit::Duration(duration) => whole(ratio)
                .and_then(|factor| duration.nanos().checked_mul(factor))
                .map(Duration::from_nanos)
                .or_else(|| duration.times(ratio))
                .map(Unit::Duration),
            Unit::Nothing => Some(Unit::Nothing),
        };
        unit.map(Measure::of).ok_or_else(too_large)
    }
}

/// How far apart two amounts are, or two numbers: `1.5Gi`, `240s`, `0.3`. `None` if they are equal, or if
/// nothing lies between what they are.
pub(in crate::cel) fn gap(one: &dyn Val, other: &dyn Val) -> Option<String> {
    if let (Some(one), Some(other)) = (one.downcast_ref::<Measure>(), other.downcast_ref::<Measure>()) {
        let (high, low) = match one.order(other)? {
            Ordering::Less => (other, one),
            Ordering::Equal => return None,
            Ordering::Greater => (one, other),
        };
        return high.minus(low).ok().map(|apart| match apart.unit {
            Unit::Quantity(quantity) => quantity.rounded(),
            _ => apart.to_string(),
        });
    }
    if let (Some(one), Some(other)) = (int(one), int(other)) {
        return (one != other).then(|| one.abs_diff(other).to_string());
    }
    let apart = (super::double(one)? - super::double(other)?).abs();
    // Without the noise of binary fractions: 1.0 - 0.7 is 0.3.
    let text = format!("{apart:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    (apart.is_finite() && text != "0").then(|| text.to_owned())
}

fn too_large() -> ExecutionError {
    fault::range("the amount is too large")
}

fn unlike(symbol: &str, a: &Measure, b: &Measure) -> ExecutionError {
    fault::mismatch(format!("`{symbol}` does not take {} and {}", fault::kind(a), fault::kind(b)))
}

/// The integer that a float is, if it is one that floats hold exactly.
#[allow(clippy::cast_possible_truncation)]
fn whole(ratio: f64) -> Option<i64> {
    (ratio.fract() == 0.0 && ratio.abs() < 9_007_199_254_740_992.0).then_some(ratio as i64)
}

/// As written, else in the canonical form of its unit. A duration that was written without a unit is
/// shown with one.
impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.written, self.unit) {
            (Some(written), Unit::Duration(duration)) if !written.ends_with(char::is_alphabetic) => {
                write!(f, "{duration}")
            }
            (Some(written), _) => f.write_str(written),
            (None, Unit::Quantity(quantity)) => write!(f, "{quantity}"),
            (None, Unit::Duration(duration)) => write!(f, "{duration}"),
            (None, Unit::Nothing) => f.write_str("0"),
        }
    }
}

impl Val for Measure {
    fn get_type(&self) -> &Type {
        match self.unit {
            Unit::Quantity(_) => &QUANTITY,
            Unit::Duration(_) => &DURATION,
            Unit::Nothing => &NOTHING,
        }
    }

    fn cel_type() -> &'static Type {
        &QUANTITY
    }

    fn as_comparer(&self) -> Option<&dyn Comparer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        self.compare(other) == Ok(Ordering::Equal)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Measure {}

impl Comparer for Measure {
    fn compare(&self, other: &dyn Val) -> Result<Ordering, ExecutionError> {
        let unlike = || {
            fault::mismatch(format!("{} cannot be compared with {}", fault::kind(self), fault::kind(other)))
        };
        if let Some(other) = other.downcast_ref::<Measure>() {
            return self.order(other).ok_or_else(unlike);
        }
        let number = int(other).map(|int| int.cmp(&0).reverse());
        let number = number.or_else(|| {
            other.downcast_ref::<CelDouble>().and_then(|double| 0.0f64.partial_cmp(double.inner()))
        });
        match (self.unit, number) {
            (Unit::Nothing, Some(ordering)) => Ok(ordering),
            _ => Err(unlike()),
        }
    }
}
