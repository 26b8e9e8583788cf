//! Which action a finding gets: the policy's own, unless the project says otherwise.

use super::Settings;
use crate::diagnostic::{Action, Finding};
use crate::model::Environment;
use crate::source::Span;
use std::fmt;

/// A day of the calendar, ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no day: `2026-12-31` is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDate;

impl Date {
    /// A day of the Gregorian calendar.
    ///
    /// # Errors
    /// Where there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Date, InvalidDate> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return Err(InvalidDate),
        };
        if day == 0 || day > days { Err(InvalidDate) } else { Ok(Date { year, month, day }) }
    }

    /// Reads `2026-12-31`.
    ///
    /// # Errors
    /// Where the text is no such day.
    pub fn parse(text: &str) -> Result<Date, InvalidDate> {
        let mut parts = text.trim().split('-');
        let (Some(year), Some(month), Some(day), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidDate);
        };
        let digits =
            |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
            return Err(InvalidDate);
        }
        let invalid = |_| InvalidDate;
        Date::new(
            year.parse().map_err(invalid)?,
            month.parse().map_err(invalid)?,
            day.parse().map_err(invalid)?,
        )
    }

    /// The day of so many seconds since the beginning of 1970, in UTC; `None` before that and after the
    /// year 9999.
    pub fn of_unix_seconds(seconds: i64) -> Option<Date> {
        Date::of_days(seconds.div_euclid(86_400))
    }

    /// Days from `self` to `later`; negative if that is earlier.
    pub fn days_until(self, later: Date) -> i64 {
        later.days() - self.days()
    }

    /// The day so many days later; `None` after the year 9999.
    pub fn plus(self, days: i64) -> Option<Date> {
        Date::of_days(self.days().checked_add(days)?)
    }

    /// Days since the beginning of 1970.
    fn days(self) -> i64 {
        // Years begin in March, so that the leap day is their last: then the days before a month are a
        // linear function. http://howardhinnant.github.io/date_algorithms.html
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        year * 365 + leaps + of_year - 719_468
    }

    fn of_days(days: i64) -> Option<Date> {
        if days < 0 {
            return None;
        }
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let of_era = shifted % 146_097;
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        let year = u16::try_from(year).ok().filter(|year| *year <= 9_999)?;
        Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?).ok()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// One row of `actions` in `celador.yaml`.
#[derive(Clone, Debug)]
pub struct ActionRule {
    /// A policy's name; `*` stands for any characters.
    pub policy: String,
    pub environment: Option<Environment>,
    pub action: Action,
    /// The last day on which the row holds.
    pub until: Option<Date>,
    /// The first day on which the row holds.
    pub from: Option<Date>,
    pub span: Span,
}

impl ActionRule {
    fn applies(&self, finding: &Finding, today: Option<Date>) -> bool {
        let dated = match today {
            Some(today) => {
                self.until.is_none_or(|last| today <= last) && self.from.is_none_or(|first| today >= first)
            }
            None => self.until.is_none() && self.from.is_none(),
        };
        // A finding that also concerns another environment is not softened by a row for one.
        let here = self
            .environment
            .as_ref()
            .is_none_or(|environment| finding.environment.as_deref() == Some(environment.as_str()));
        dated && here && matches(&self.policy, &finding.policy)
    }
}

/// The last row that applies, else the finding's own action. An undetermined verdict that denies nothing
/// is never made to deny by a row.
pub(super) fn decide(finding: &Finding, settings: &Settings) -> Action {
    let rule = settings.actions.iter().rev().find(|rule| rule.applies(finding, settings.today));
    match (rule, finding.verdict) {
        (None, _) => finding.action,
        (Some(rule), crate::diagnostic::Verdict::Undetermined) => rule.action.min(finding.action),
        (Some(rule), _) => rule.action,
    }
}

/// Whether a name fits a pattern in which `*` stands for any characters.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else { return rest.is_empty() };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
