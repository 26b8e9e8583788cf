//! Points in time, from the year 1 to the year 9999, as the language has them.
//!
//! Kept as a civil date and time in UTC, whose range is the language's to the nanosecond. Names of time
//! zones are looked up in a database that is part of the program, so that a policy says the same
//! everywhere; it is opened at the first name.

use super::{Outcome, fault};
use crate::value::Duration;
use ::cel::ExecutionError;
use ::cel::common::traits::Comparer;
use ::cel::common::types::Type;
use ::cel::common::value::{StaticVal, Val};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use std::any::Any;
use std::cmp::Ordering;
use std::fmt;

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cel) struct Timestamp(DateTime);

static TIMESTAMP: Type = Type::new_unspecified_type("google.protobuf.Timestamp");

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const FIRST: DateTime = DateTime::constant(1, 1, 1, 0, 0, 0, 0);

fn outside() -> ExecutionError {
    fault::range("the time is outside of the years 1 to 9999")
}

fn within(civil: DateTime) -> Outcome<Timestamp> {
    if civil < FIRST { Err(outside()) } else { Ok(Timestamp(civil)) }
}

impl Timestamp {
    /// So many seconds and nanoseconds after the beginning of 1970 in UTC.
    pub(in crate::cel) fn from_unix(seconds: i64, nanos: i32) -> Outcome<Timestamp> {
        let since = SignedDuration::new(seconds, nanos);
        within(EPOCH.checked_add(since).map_err(|_| outside())?)
    }

    /// Whole seconds since the beginning of 1970 in UTC, rounded down.
    pub(in crate::cel) fn unix_seconds(self) -> i64 {
        let since = self.0.duration_since(EPOCH);
        since.as_secs() - i64::from(since.subsec_nanos() < 0)
    }

    /// Reads `2009-02-13T23:31:30.5Z` or one with an offset: RFC 3339, section 5.6.
    pub(in crate::cel) fn parse(text: &str) -> Outcome<Timestamp> {
        let unreadable =
            || fault::wrong(format!("{text:?} is no time: one is written `2026-01-31T23:59:59Z`"));
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 4 && text.as_bytes().get(digits) == Some(&b'-') {
            return Err(outside());
        }
        let (civil, offset) = read(text).ok_or_else(unreadable)?;
        let (Some(date), Some(time)) = (civil.date(), civil.time()) else {
            return Err(outside());
        };
        let local = DateTime::from_parts(date, time);
        within(local.checked_sub(SignedDuration::from_secs(offset)).map_err(|_| outside())?)
    }

    /// The time so much later (or earlier).
    pub(in crate::cel) fn plus(self, duration: Duration) -> Outcome<Timestamp> {
        let moved = self.0.checked_add(SignedDuration::from_nanos(duration.nanos()));
        within(moved.map_err(|_| outside())?)
    }

    /// The time so much earlier.
    pub(in crate::cel) fn minus(self, duration: Duration) -> Outcome<Timestamp> {
        let moved = self.0.checked_sub(SignedDuration::from_nanos(duration.nanos()));
        within(moved.map_err(|_| outside())?)
    }

    /// How long it is since another time.
    pub(in crate::cel) fn since(self, other: Timestamp) -> Outcome<Duration> {
        let nanos = i64::try_from(self.0.duration_since(other.0).as_nanos());
        nanos
            .map(Duration::from_nanos)
            .map_err(|_| fault::range("the two times are more than 292 years apart"))
    }

    /// The date and time of the clock in a zone: `Europe/Madrid`, `+02:00`, or UTC where none is given.
    pub(in crate::cel) fn clock(self, zone: Option<&str>) -> Outcome<Clock> {
        let Some(zone) = zone else {
            return Ok(Clock(self.0));
        };
        let seconds = match offset(zone) {
            Some(seconds) => seconds,
            None => {
                let named = TimeZone::get(zone);
                let named = named.map_err(|_| fault::wrong(format!("{zone:?} is no time zone")))?;
                i64::from(named.to_offset(self.instant()).seconds())
            }
        };
        let shifted = self.0.checked_add(SignedDuration::from_secs(seconds));
        Ok(Clock(shifted.map_err(|_| outside())?))
    }

    /// The instant for asking a zone's offset. The last hours of the year 9999 are beyond what the
    /// database knows; its last answer is theirs too.
    fn instant(self) -> jiff::Timestamp {
        let instant = Offset::UTC.to_timestamp(self.0);
        instant.unwrap_or(jiff::Timestamp::MAX)
    }
}

/// What a clock shows.
#[derive(Clone, Copy, Debug)]
pub(in crate::cel) struct Clock(DateTime);

impl Clock {
    pub(in crate::cel) fn year(self) -> i64 {
        self.0.year().into()
    }

    /// From 0.
    pub(in crate::cel) fn month(self) -> i64 {
        i64::from(self.0.month()) - 1
    }

    /// From 1.
    pub(in crate::cel) fn day(self) -> i64 {
        self.0.day().into()
    }

    /// From 0, Sunday.
    pub(in crate::cel) fn weekday(self) -> i64 {
        self.0.weekday().to_sunday_zero_offset().into()
    }

    /// From 0.
    pub(in crate::cel) fn day_of_year(self) -> i64 {
        i64::from(self.0.day_of_year()) - 1
    }

    pub(in crate::cel) fn hours(self) -> i64 {
        self.0.hour().into()
    }

    pub(in crate::cel) fn minutes(self) -> i64 {
        self.0.minute().into()
    }

    pub(in crate::cel) fn seconds(self) -> i64 {
        self.0.second().into()
    }

    pub(in crate::cel) fn milliseconds(self) -> i64 {
        i64::from(self.0.subsec_nanosecond()) / 1_000_000
    }
}

/// The numbers of a date and time as written, which may be none of a calendar.
struct Written {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    nanos: i32,
}

impl Written {
    fn date(&self) -> Option<Date> {
        Date::new(self.year, self.month, self.day).ok()
    }

    fn time(&self) -> Option<Time> {
        Time::new(self.hour, self.minute, self.second, self.nanos).ok()
    }
}

/// Reads a date and time with its offset in seconds; `None` if the text has another form.
fn read(text: &str) -> Option<(Written, i64)> {
    let (year, rest) = number::<i16>(text, 4)?;
    let (month, rest) = number(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = number(rest.strip_prefix('-')?, 2)?;
    let (hour, rest) = number(rest.strip_prefix(['T', 't'])?, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (second, mut rest) = number(rest.strip_prefix(':')?, 2)?;
    let mut nanos = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
        if digits == 0 || digits > 9 {
            return None;
        }
        let places = u32::try_from(9 - digits).ok()?;
        let (value, after) = number::<i32>(fraction, digits)?;
        (nanos, rest) = (value * 10i32.pow(places), after);
    }
    let offset = match rest {
        "Z" | "z" => 0,
        signed if signed.starts_with(['+', '-']) => offset(signed)?,
        _ => return None,
    };
    Some((Written { year, month, day, hour, minute, second, nanos }, offset))
}

/// A number of exactly so many digits, and what follows.
fn number<T: std::str::FromStr>(text: &str, digits: usize) -> Option<(T, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    let all = number.bytes().all(|byte| byte.is_ascii_digit());
    if all { Some((number.parse().ok()?, rest)) } else { None }
}

/// The seconds of an offset like `-07:30`; a sign may be missing.
fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, rest) = number::<i64>(rest, 2)?;
    let (minutes, rest) = number::<i64>(rest.strip_prefix(':')?, 2)?;
    (rest.is_empty() && hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// As RFC 3339 has it, in UTC, without needless zeros in the fraction.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.0)
    }
}

impl Val for Timestamp {
    fn get_type(&self) -> &Type {
        &TIMESTAMP
    }

    fn cel_type() -> &'static Type {
        &TIMESTAMP
    }

    fn as_comparer(&self) -> Option<&dyn Comparer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Timestamp>() == Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(*self)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Timestamp {}

impl Comparer for Timestamp {
    fn compare(&self, other: &dyn Val) -> Result<Ordering, ExecutionError> {
        match other.downcast_ref::<Timestamp>() {
            Some(other) => Ok(self.cmp(other)),
            None => Err(fault::mismatch(format!("a time cannot be compared with {}", fault::kind(other)))),
        }
    }
}
