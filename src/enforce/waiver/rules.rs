//! What a project asks of its waivers, by policy and environment.

use super::Waiver;
use crate::diagnostic::Finding;
use crate::enforce::Date;
use crate::enforce::action::matches;
use crate::model::Environment;
use crate::source::Span;

/// One row of `waiver_rules` in `celador.yaml`. What it does not say, rows above it or the defaults do: a
/// reason, an owner and a last day, of any length of life, by the names of policies.
#[derive(Clone, Debug)]
pub struct Rule {
    /// A policy's name; `*` stands for any characters.
    pub policy: String,
    /// Only for findings of this environment.
    pub environment: Option<Environment>,
    pub require: Option<Required>,
    /// The last day may be so many days from today.
    pub max_days: Option<i64>,
    /// A comment may name policies by a pattern.
    pub patterns: Option<bool>,
    pub span: Span,
}

/// What a waiver must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Required {
    pub reason: bool,
    pub owner: bool,
    pub expires: bool,
}

impl Required {
    /// What is asked where the project says nothing.
    pub const ALL: Required = Required { reason: true, owner: true, expires: true };
}

impl Rule {
    /// A finding that also concerns another environment is not held to what is asked in one.
    fn applies(&self, finding: &Finding) -> bool {
        let here = self.environment.as_ref().is_none_or(|environment| {
            let mut all = finding.environments().peekable();
            all.peek().is_some() && all.all(|one| one == environment.as_str())
        });
        here && matches(&self.policy, &finding.policy)
    }
}

/// What a waiver lacks of what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// Some of `reason`, `owner` and `until`.
    Parts(Vec<&'static str>),
    /// Its last day is so many days away, and so many are allowed.
    Longer { days: i64, allowed: i64 },
    /// It names policies by a pattern.
    Pattern,
}

/// The rules of a project.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a>(pub &'a [Rule]);

impl Rules<'_> {
    /// What a waiver lacks to set a finding aside; of each key the last row that says it counts.
    pub fn lacking(self, waiver: &Waiver, finding: &Finding, today: Option<Date>) -> Option<Lacking> {
        let rows = || self.0.iter().rev().filter(|rule| rule.applies(finding));
        let required = rows().find_map(|rule| rule.require).unwrap_or(Required::ALL);
        let allowed = rows().find_map(|rule| rule.max_days);
        let patterns = rows().find_map(|rule| rule.patterns).unwrap_or_default();
        lacks(waiver, required, patterns).or_else(|| {
            let (allowed, days) = (allowed?, today?.days_until(waiver.last_day()?));
            (days > allowed).then_some(Lacking::Longer { days, allowed })
        })
    }

    /// What a waiver lacks whatever it is for: no row asks for less.
    pub fn lacking_anywhere(self, waiver: &Waiver) -> Option<Lacking> {
        let asks = |part: fn(Required) -> bool| self.0.iter().all(|rule| rule.require.is_none_or(part));
        let required = Required {
            reason: asks(|required| required.reason),
            owner: asks(|required| required.owner),
            expires: asks(|required| required.expires),
        };
        let patterns = self.0.iter().any(|rule| rule.patterns == Some(true));
        lacks(waiver, required, patterns)
    }

    /// Whether waivers of a policy may name it by a pattern, in some environment.
    pub fn allow_patterns(self, policy: &str) -> bool {
        self.0.iter().any(|rule| rule.patterns == Some(true) && matches(&rule.policy, policy))
    }
}

fn lacks(waiver: &Waiver, required: Required, patterns: bool) -> Option<Lacking> {
    let pattern = waiver.place.is_inline() && waiver.policies.iter().any(|policy| policy.text.contains('*'));
    if pattern && !patterns {
        return Some(Lacking::Pattern);
    }
    let parts = [
        ("reason", required.reason && waiver.reason.is_none()),
        ("owner", required.owner && waiver.owner.is_none()),
        ("until", required.expires && waiver.expires.is_none()),
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|(_, lacks)| *lacks).map(|(part, _)| part).collect();
    (!parts.is_empty()).then_some(Lacking::Parts(parts))
}
