//! Kubernetes resource quantities, exactly.
//!
//! Grammar and suffixes: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>

use std::cmp::Ordering;
use std::fmt;

/// An exact amount: nanounits in 128 bits, which holds every quantity that Kubernetes allows
/// (2^63 - 1 with nano precision). Bytes for memory, cores for CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quantity {
    nanos: i128,
}

/// Why a text is no quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityError {
    /// No number at the beginning.
    NoNumber,
    /// A suffix that Kubernetes does not know; `mb`, `GB` and `g` are the usual ones.
    UnknownSuffix,
    /// More than a signed 64-bit number of units.
    TooLarge,
}

const NANO: i128 = 1_000_000_000;

/// The binary suffixes with their powers of two, the largest first.
const BINARY: [(&str, u32); 6] = [("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];

impl Quantity {
    /// So many whole units (bytes, cores).
    pub fn from_units(units: i64) -> Quantity {
        Quantity { nanos: i128::from(units) * NANO }
    }

    /// So many billionths of a unit.
    pub fn from_nanos(nanos: i128) -> Quantity {
        Quantity { nanos }
    }

    /// Billionths of a unit.
    pub fn nanos(self) -> i128 {
        self.nanos
    }

    /// The amount in units, rounded to the nearest float: for output only, never for comparing.
    #[allow(clippy::cast_precision_loss)]
    pub fn as_f64(self) -> f64 {
        self.nanos as f64 / NANO as f64
    }

    /// Reads a Kubernetes quantity: a decimal number with a suffix `n u m "" k M G T P E`, a binary one
    /// `Ki Mi Gi Ti Pi Ei`, or an exponent `e3`.
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        let (digits, suffix) = split_number(text)?;
        let multiplier = match suffix {
            "n" => 1,
            "u" => 1_000,
            "m" => 1_000_000,
            "" => NANO,
            "k" => NANO * 1_000,
            "M" => NANO * 1_000_000,
            "G" => NANO * 1_000_000_000,
            "T" => NANO * 1_000_000_000_000,
            "P" => NANO * 1_000_000_000_000_000,
            "E" => NANO * 1_000_000_000_000_000_000,
            "Ki" => NANO << 10,
            "Mi" => NANO << 20,
            "Gi" => NANO << 30,
            "Ti" => NANO << 40,
            "Pi" => NANO << 50,
            "Ei" => NANO << 60,
            exponent => {
                let power = exponent.strip_prefix(['e', 'E']).ok_or(QuantityError::UnknownSuffix)?;
                let power: i32 = power.parse().map_err(|_| QuantityError::UnknownSuffix)?;
                return scale(
                    digits,
                    10i128
                        .checked_pow(
                            u32::try_from(power.saturating_add(9)).map_err(|_| QuantityError::TooLarge)?,
                        )
                        .ok_or(QuantityError::TooLarge)?,
                );
            }
        };
        scale(digits, multiplier)
    }

    /// Reads a decimal number times a factor that the caller's platform defines: `512m` of Docker is
    /// `Quantity::parse_scaled("512", 1 << 20)`.
    pub fn parse_scaled(number: &str, units: i64) -> Result<Quantity, QuantityError> {
        scale(number.trim(), i128::from(units) * NANO)
    }

    /// Sum, saturating at the largest amount.
    #[must_use]
    pub fn plus(self, other: Quantity) -> Quantity {
        Quantity { nanos: self.nanos.saturating_add(other.nanos) }
    }

    /// Difference, saturating.
    #[must_use]
    pub fn minus(self, other: Quantity) -> Quantity {
        Quantity { nanos: self.nanos.saturating_sub(other.nanos) }
    }

    /// The amount times a ratio, rounded to a billionth. `None` if the outcome does not fit.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub fn times(self, ratio: f64) -> Option<Quantity> {
        let nanos = (self.nanos as f64 * ratio).round();
        (nanos.is_finite() && nanos.abs() < i128::MAX as f64).then_some(Quantity { nanos: nanos as i128 })
    }

    /// The amount for people, exactly: in the largest binary unit in which it is at least one and takes at most
    /// two decimals (`1.5Gi` for `1536Mi`), else as [`Quantity::canonical`].
    pub fn rounded(self) -> String {
        for (suffix, bits) in BINARY {
            let unit = NANO << bits;
            let hundredths = self.nanos.checked_mul(100).filter(|all| all % unit == 0).map(|all| all / unit);
            if let Some(hundredths) = hundredths.filter(|_| self.nanos >= unit) {
                let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
                return format!("{}{suffix}", text.trim_end_matches('0').trim_end_matches('.'));
            }
        }
        self.canonical()
    }

    /// The amount in the largest unit that keeps it whole: `2Gi`, `512Mi`, `1500m`, `300`.
    pub fn canonical(self) -> String {
        if self.nanos % NANO != 0 {
            return match self.nanos {
                n if n % 1_000_000 == 0 => format!("{}m", n / 1_000_000),
                n if n % 1_000 == 0 => format!("{}u", n / 1_000),
                n => format!("{n}n"),
            };
        }
        let units = self.nanos / NANO;
        for (suffix, bits) in BINARY {
            if units != 0 && units % (1i128 << bits) == 0 {
                return format!("{}{suffix}", units >> bits);
            }
        }
        units.to_string()
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical())
    }
}

/// Cuts `"1.5Gi"` into `"1.5"` and `"Gi"`. An `E` that is followed by digits belongs to the suffix.
fn split_number(text: &str) -> Result<(&str, &str), QuantityError> {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|&(i, c)| !(c.is_ascii_digit() || c == '.' || (i == 0 && (c == '-' || c == '+'))))
        .map_or(text.len(), |(i, _)| i);
    let (digits, suffix) = text.split_at(end);
    if !digits.contains(|c: char| c.is_ascii_digit()) {
        return Err(QuantityError::NoNumber);
    }
    Ok((digits, suffix))
}

/// A decimal number times a multiplier in nanounits; fractions below one nanounit are rounded up, as
/// Kubernetes does.
fn scale(digits: &str, multiplier: i128) -> Result<Quantity, QuantityError> {
    let negative = digits.starts_with('-');
    let digits = digits.trim_start_matches(['-', '+']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err(QuantityError::NoNumber);
    }
    let parse = |part: &str| -> Result<i128, QuantityError> {
        if part.is_empty() { Ok(0) } else { part.parse().map_err(|_| QuantityError::TooLarge) }
    };
    let mut nanos = parse(whole)?.checked_mul(multiplier).ok_or(QuantityError::TooLarge)?;
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        let power = u32::try_from(fraction.len())
            .ok()
            .and_then(|n| 10i128.checked_pow(n))
            .ok_or(QuantityError::TooLarge)?;
        let scaled = parse(fraction)?.checked_mul(multiplier).ok_or(QuantityError::TooLarge)?;
        let rounded_up = scaled / power + i128::from(scaled % power != 0);
        nanos = nanos.checked_add(rounded_up).ok_or(QuantityError::TooLarge)?;
    }
    if nanos.cmp(&(i128::from(i64::MAX) * NANO)) == Ordering::Greater {
        return Err(QuantityError::TooLarge);
    }
    Ok(Quantity { nanos: if negative { -nanos } else { nanos } })
}
