//! Points in time, and the parts of times and durations.

use super::Kind::{Duration, Int, Text, Timestamp as Time};
use super::arguments::{Answer, Arguments, integer, measure, mismatch, take, text, time};
use super::{Row, takes};
use crate::cel::values::{self, Clock, Outcome, Timestamp, Unit};
use ::cel::common::value::CowVal;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "timestamp",
        member: false,
        signatures: &[takes(&[Text], Time), takes(&[Int], Time), takes(&[Time], Time)],
        doc: "a point in time, from RFC 3339 or from seconds since 1970",
        example: r#"timestamp("2026-01-31T12:00:00Z") - timestamp("2026-01-31T11:00:00Z") == duration("1h")"#,
        implementation: to_timestamp,
    },
    Row {
        name: "getFullYear",
        member: true,
        signatures: &[takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the year, in UTC or in a time zone",
        example: r#"timestamp("2026-01-31T12:00:00Z").getFullYear() == 2026"#,
        implementation: |args| shown(args, Clock::year, None),
    },
    Row {
        name: "getMonth",
        member: true,
        signatures: &[takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the month from 0, in UTC or in a time zone",
        example: r#"timestamp("2026-01-31T12:00:00Z").getMonth() == 0"#,
        implementation: |args| shown(args, Clock::month, None),
    },
    Row {
        name: "getDate",
        member: true,
        signatures: &[takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the day of the month from 1, in UTC or in a time zone",
        example: r#"timestamp("2026-01-31T23:00:00Z").getDate("Europe/Madrid") == 1"#,
        implementation: |args| shown(args, Clock::day, None),
    },
    Row {
        name: "getDayOfMonth",
        member: true,
        signatures: &[takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the day of the month from 0, in UTC or in a time zone",
        example: r#"timestamp("2026-01-31T12:00:00Z").getDayOfMonth() == 30"#,
        implementation: |args| shown(args, |clock| clock.day() - 1, None),
    },
    Row {
        name: "getDayOfWeek",
        member: true,
        signatures: &[takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the day of the week from 0, Sunday, in UTC or in a time zone",
        example: r#"timestamp("2026-01-31T12:00:00Z").getDayOfWeek() == 6"#,
        implementation: |args| shown(args, Clock::weekday, None),
    },
    Row {
        name: "getDayOfYear",
        member: true,
        signatures: &[takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the day of the year from 0, in UTC or in a time zone",
        example: r#"timestamp("2026-02-01T12:00:00Z").getDayOfYear() == 31"#,
        implementation: |args| shown(args, Clock::day_of_year, None),
    },
    Row {
        name: "getHours",
        member: true,
        signatures: &[takes(&[Duration], Int), takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the whole hours of a duration; the hour of a time, in UTC or in a time zone",
        example: r#"duration("90m").getHours() == 1 && timestamp("2026-01-31T12:00:00Z").getHours("+02:00") == 14"#,
        implementation: |args| shown(args, Clock::hours, Some(&|nanos| nanos / 3_600_000_000_000)),
    },
    Row {
        name: "getMinutes",
        member: true,
        signatures: &[takes(&[Duration], Int), takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the whole minutes of a duration; the minute of a time, in UTC or in a time zone",
        example: r#"duration("90s").getMinutes() == 1"#,
        implementation: |args| shown(args, Clock::minutes, Some(&|nanos| nanos / 60_000_000_000)),
    },
    Row {
        name: "getSeconds",
        member: true,
        signatures: &[takes(&[Duration], Int), takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the whole seconds of a duration (`double(d)` keeps the fraction); the second of a time",
        example: r#"duration("1.5s").getSeconds() == 1"#,
        implementation: |args| shown(args, Clock::seconds, Some(&|nanos| nanos / 1_000_000_000)),
    },
    Row {
        name: "getMilliseconds",
        member: true,
        signatures: &[takes(&[Duration], Int), takes(&[Time], Int), takes(&[Time, Text], Int)],
        doc: "the milliseconds of a duration or of a time that are beyond its last whole second",
        example: r#"duration("1.5s").getMilliseconds() == 500"#,
        implementation: |args| shown(args, Clock::milliseconds, Some(&|nanos| nanos / 1_000_000 % 1_000)),
    },
];

fn to_timestamp<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    if let Some(text) = values::text(value.as_ref()) {
        return time(Timestamp::parse(text)?);
    }
    if let Some(seconds) = values::int(value.as_ref()) {
        return time(Timestamp::from_unix(seconds, 0)?);
    }
    match value.downcast_ref::<Timestamp>() {
        Some(_) => Ok(value),
        None => Err(mismatch("a text like \"2026-01-31T12:00:00Z\"", value.as_ref())),
    }
}

fn of(value: &CowVal<'_, '_>) -> Outcome<Timestamp> {
    value.downcast_ref::<Timestamp>().copied().ok_or_else(|| mismatch("timestamp", value.as_ref()))
}

/// What a clock shows of a time; or what is told of a duration's nanoseconds.
fn shown<'b, 'v>(
    args: Arguments<'b, 'v>,
    what: fn(Clock) -> i64,
    told: Option<&dyn Fn(i64) -> i64>,
) -> Answer<'b, 'v> {
    if args.len() == 2 {
        let [value, zone] = take(args)?;
        return integer(what(of(&value)?.clock(Some(text(&zone)?))?));
    }
    let [value] = take(args)?;
    match (measure(value.as_ref()).map(|measure| measure.unit), told) {
        (Some(Unit::Duration(duration)), Some(told)) => integer(told(duration.nanos())),
        (Some(Unit::Nothing), Some(_)) => integer(0),
        _ => integer(what(of(&value)?.clock(None)?)),
    }
}
