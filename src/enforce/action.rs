//! Which action a finding gets: the policy's own, unless the project says otherwise.

use super::{Policies, Settings};
use crate::diagnostic::{Action, Diagnostic, Finding, Severity, Verdict};
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

/// One row of `actions` in `celador.yaml`. What it does not name, it does not narrow.
#[derive(Clone, Debug)]
pub struct ActionRule {
    /// A policy's name; `*` stands for any characters.
    pub policy: String,
    pub group: Option<String>,
    pub severity: Option<Severity>,
    /// A service's name as reports show it; `*` stands for any characters.
    pub service: Option<String>,
    pub environment: Option<Environment>,
    pub action: Action,
    /// The last day on which the row holds.
    pub until: Option<Date>,
    /// The first day on which the row holds.
    pub from: Option<Date>,
    pub span: Span,
}

impl ActionRule {
    fn holds(&self, today: Option<Date>) -> bool {
        match today {
            Some(today) => {
                self.until.is_none_or(|last| today <= last) && self.from.is_none_or(|first| today >= first)
            }
            None => self.until.is_none() && self.from.is_none(),
        }
    }

    /// Whether the row speaks of a finding; `Some(false)` if only of some of its services or environments.
    fn covers(&self, finding: &Finding, policies: &Policies) -> Option<bool> {
        let is_of = matches(&self.policy, &finding.policy)
            && self.severity.is_none_or(|severity| severity == finding.severity)
            && self.group.as_deref().is_none_or(|group| policies.group(&finding.policy) == Some(group));
        if !is_of {
            return None;
        }
        let service = self.service.as_deref();
        let services = finding.services.iter().map(|name| service.is_none_or(|one| matches(one, name)));
        let environment = self.environment.as_ref();
        let environments =
            finding.environments().map(|name| environment.is_none_or(|one| one.as_str() == name));
        let services = share(services).unwrap_or(Share::of(service.is_none()));
        let environments = share(environments).unwrap_or(Share::of(environment.is_none()));
        match services.min(environments) {
            Share::None => None,
            Share::Some => Some(false),
            Share::All => Some(true),
        }
    }
}

/// How much of a finding a row speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Share {
    None,
    Some,
    All,
}

impl Share {
    fn of(all: bool) -> Share {
        if all { Share::All } else { Share::None }
    }
}

/// `None` of nothing.
fn share(parts: impl Iterator<Item = bool>) -> Option<Share> {
    parts.map(Share::of).reduce(|one, other| if one == other { one } else { Share::Some })
}

/// What is done about a finding, and which row of `actions` says so: the last that speaks of it. A row
/// that speaks only of some of its services or environments may make the action graver and never milder.
/// An undetermined verdict that denies nothing is never made to deny by a row.
pub(super) fn decide(finding: &Finding, settings: &Settings, policies: &Policies) -> (Action, Option<usize>) {
    let mut decided = (finding.action, None);
    for (index, rule) in settings.actions.iter().enumerate().filter(|(_, rule)| rule.holds(settings.today)) {
        let action = match finding.verdict {
            Verdict::Undetermined => rule.action.min(finding.action),
            _ => rule.action,
        };
        match rule.covers(finding, policies) {
            Some(whole) if whole || action > decided.0 => decided = (action, Some(index)),
            _ => {}
        }
    }
    decided
}

/// Tells the rows whose last day is over.
pub(super) fn tell(settings: &Settings) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for rule in &settings.actions {
        if let (Some(last), Some(today)) = (rule.until, settings.today)
            && today > last
        {
            let message = format!("this row of `actions` held until {last} and does nothing any more");
            let told = Diagnostic::warning("action-row-over", rule.span, message);
            all.push(told.with_help("remove it; what it was about has its own action again"));
        }
    }
    all
}

/// Whether a name fits a pattern in which `*` stands for any characters.
pub fn matches(pattern: &str, name: &str) -> bool {
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
