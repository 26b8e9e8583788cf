//! Spans of time, exactly.

use std::fmt;

/// A span of time in nanoseconds, signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Duration {
    nanos: i64,
}

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// No number where one is needed.
    NoNumber,
    /// A number without a unit where one is needed, or a unit that is none of `ns us ms s m h d`.
    UnknownUnit,
    /// More than 292 years.
    TooLarge,
}

const SECOND: f64 = 1e9;

impl Duration {
    /// So many nanoseconds.
    pub fn from_nanos(nanos: i64) -> Duration {
        Duration { nanos }
    }

    /// So many whole seconds, saturating at 292 years.
    pub fn from_seconds(seconds: i64) -> Duration {
        Duration { nanos: seconds.saturating_mul(1_000_000_000) }
    }

    /// A number of seconds with a fraction; `None` if it does not fit.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub fn from_seconds_f64(seconds: f64) -> Option<Duration> {
        let nanos = (seconds * SECOND).round();
        (nanos.is_finite() && nanos.abs() < i64::MAX as f64).then_some(Duration { nanos: nanos as i64 })
    }

    /// Nanoseconds.
    pub fn nanos(self) -> i64 {
        self.nanos
    }

    /// Seconds as a float, for output.
    #[allow(clippy::cast_precision_loss)]
    pub fn as_seconds(self) -> f64 {
        self.nanos as f64 / SECOND
    }

    /// Reads `90s`, `1h30m`, `1.5h`, `250ms`, `2d`: numbers with units, largest first or not.
    pub fn parse(text: &str) -> Result<Duration, DurationError> {
        let text = text.trim();
        let (negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if rest.is_empty() {
            return Err(DurationError::NoNumber);
        }
        let mut total = 0i128;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
            let (word, after) = after.split_at(end);
            let part = scaled(number, unit(word));
            total = total.checked_add(part?).ok_or(DurationError::TooLarge)?;
            rest = after;
        }
        let nanos = i64::try_from(if negative { -total } else { total });
        nanos.map(Duration::from_nanos).map_err(|_| DurationError::TooLarge)
    }

    /// Reads a number of seconds, or a duration with units: what `--timeout` of most platforms takes.
    pub fn parse_seconds(text: &str) -> Result<Duration, DurationError> {
        match text.trim().parse::<f64>() {
            Ok(seconds) => Duration::from_seconds_f64(seconds).ok_or(DurationError::TooLarge),
            Err(_) => Duration::parse(text),
        }
    }

    /// Sum, saturating.
    #[must_use]
    pub fn plus(self, other: Duration) -> Duration {
        Duration { nanos: self.nanos.saturating_add(other.nanos) }
    }

    /// Difference, saturating.
    #[must_use]
    pub fn minus(self, other: Duration) -> Duration {
        Duration { nanos: self.nanos.saturating_sub(other.nanos) }
    }

    /// The duration times a ratio; `None` if the outcome does not fit.
    pub fn times(self, ratio: f64) -> Option<Duration> {
        Duration::from_seconds_f64(self.as_seconds() * ratio)
    }
}

/// A decimal number of units in nanoseconds, exactly; what is below a nanosecond is cut off.
fn scaled(number: &str, unit: Option<i128>) -> Result<i128, DurationError> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
        return Err(DurationError::NoNumber);
    }
    let unit = unit.ok_or(DurationError::UnknownUnit)?;
    let digits = |text: &str| match text {
        "" => Ok(0),
        text => text.parse::<i128>().map_err(|_| DurationError::TooLarge),
    };
    // No unit is as long as 10^18 nanoseconds: further digits are below one.
    let fraction = fraction.get(..18).unwrap_or(fraction);
    let power = 10i128.pow(u32::try_from(fraction.len()).unwrap_or(0));
    let whole = digits(whole)?.checked_mul(unit).ok_or(DurationError::TooLarge)?;
    whole.checked_add(digits(fraction)? * unit / power).ok_or(DurationError::TooLarge)
}

/// The nanoseconds of a unit.
fn unit(word: &str) -> Option<i128> {
    Some(match word.trim() {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000_000_000,
        "h" | "hour" | "hours" => 3_600_000_000_000,
        "d" | "day" | "days" => 86_400_000_000_000,
        _ => return None,
    })
}

/// Seconds, as people compare timeouts: `300s`, `1.5s`, `250ms` below a second.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nanos {
            0 => write!(f, "0s"),
            n if n.abs() < 1_000 => write!(f, "{n}ns"),
            n if n.abs() < 1_000_000 => write!(f, "{}us", trimmed(self.as_seconds() * 1e6)),
            n if n.abs() < 1_000_000_000 => write!(f, "{}ms", trimmed(self.as_seconds() * 1e3)),
            _ => write!(f, "{}s", trimmed(self.as_seconds())),
        }
    }
}

/// A float without the noise of binary fractions: three decimals at most, no trailing zeros.
fn trimmed(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
