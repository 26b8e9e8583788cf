//! Findings set aside on purpose: by whom, why, until when, and no further than is written.
//!
//! A waiver is an entry of `celador.yaml` or a comment beside what it is for. One that is malformed, that
//! lacks what the project asks for or whose day is over sets nothing aside; what is wrong with waivers are
//! findings of the policies in the group `waivers`, which nothing sets aside.

mod characters;
mod comment;
mod grammar;
mod problem;
mod rules;
mod stage;

pub use grammar::{Field, Parsed, Wrong, parse};
pub use problem::{EXPIRED, EXPIRING, Grade, MALFORMED, POLICIES, UNKNOWN};
pub use rules::{Lacking, Required, Rule};
pub use stage::{Asked, Stage};

use super::Date;
use super::action::matches;
use crate::diagnostic::{Finding, WaiverNote};
use crate::model::Environment;
use crate::source::{Remark, Span};

/// A text with its characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub text: String,
    pub span: Span,
}

/// One waiver. What it does not name, it does not narrow; of several names any one will do.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// Names of policies; `*` stands for any characters.
    pub policies: Vec<Named>,
    /// Names of services; `*` stands for any characters.
    pub services: Vec<String>,
    /// Canonical names of environments; `*` stands for any characters.
    pub environments: Vec<String>,
    /// Paths of the files that findings point at; `*` stands for any characters.
    pub paths: Vec<String>,
    /// Conditions, as findings print them.
    pub conditions: Vec<String>,
    pub reason: Option<String>,
    pub owner: Option<String>,
    /// The last day on which it holds, in UTC.
    pub expires: Option<Named>,
    pub place: Place,
    /// Where it is told: the waiver of a comment, the policy of an entry.
    pub span: Span,
}

/// Where a waiver is written, which limits what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In `celador.yaml`.
    Project,
    /// In a comment, for what points into these lines; `None` if there are none.
    Lines(Option<Span>),
    /// In a comment, for what points into its file.
    File(Span),
}

impl Place {
    /// Whether it is a comment.
    pub fn is_inline(self) -> bool {
        self != Place::Project
    }

    /// A finding stands where its literal begins, also one over several lines.
    fn holds(self, span: Span) -> bool {
        let beginning = |within: Span| within.source == span.source && within.start <= span.start;
        match self {
            Place::Project => true,
            Place::Lines(lines) => lines.is_some_and(|lines| beginning(lines) && span.start <= lines.end),
            Place::File(comment) => comment.source == span.source,
        }
    }
}

/// The waivers that a comment holds, and why others in it cannot be read.
pub fn of_comment(remark: &Remark) -> Vec<Result<Waiver, Wrong>> {
    comment::read(remark).into_iter().map(|read| read.map_err(|(_, wrong)| wrong)).collect()
}

/// Whether each of the names of a finding fits one of a waiver's. A waiver without names narrows nothing; one
/// with names is for no finding without.
fn covers_all<'a>(patterns: &[String], names: impl Iterator<Item = &'a str>) -> bool {
    if patterns.is_empty() || patterns.iter().any(|pattern| pattern == "*") {
        return true;
    }
    let mut names = names.peekable();
    names.peek().is_some() && names.all(|name| patterns.iter().any(|pattern| matches(pattern, name)))
}

impl Waiver {
    /// The canonical name of an environment, or a pattern as it is.
    pub fn environment_named(name: &str) -> String {
        if name.contains('*') { name.to_owned() } else { Environment::named(name).to_string() }
    }

    /// The last day, which was read before.
    pub fn last_day(&self) -> Option<Date> {
        self.expires.as_ref().and_then(|day| Date::parse(&day.text).ok())
    }

    /// Whether its last day is over. Where nobody knows the day, every day is over.
    pub fn has_expired(&self, today: Option<Date>) -> bool {
        match (&self.expires, self.last_day(), today) {
            (None, ..) => false,
            (_, Some(last), Some(today)) => today > last,
            _ => true,
        }
    }

    /// What reports show of it.
    fn note(&self, today: Option<Date>) -> WaiverNote {
        WaiverNote {
            reason: self.reason.clone().unwrap_or_else(|| "no reason is given".to_owned()),
            owner: self.owner.clone(),
            expires: self.expires.as_ref().map(|day| day.text.clone()),
            days_left: today.zip(self.last_day()).map(|(today, last)| today.days_until(last)),
            inline: self.place.is_inline(),
            span: self.span,
        }
    }

    /// Which of its policies a finding is of, if all that it names covers the finding.
    fn covers(&self, finding: &Finding, path: &str) -> Option<usize> {
        let policy = self.policies.iter().position(|policy| matches(&policy.text, &finding.policy))?;
        let covers = self.place.holds(finding.span())
            && covers_all(&self.services, finding.services.iter().map(String::as_str))
            && covers_all(&self.environments, finding.environments())
            && covers_all(&self.paths, std::iter::once(path))
            && (self.conditions.is_empty()
                || self.conditions.iter().any(|condition| same_words(condition, &finding.condition)));
        covers.then_some(policy)
    }

    /// Its policies for people: `a`, `b`.
    fn names(&self) -> String {
        let names: Vec<String> = self.policies.iter().map(|policy| format!("`{}`", policy.text)).collect();
        names.join(", ")
    }
}

/// Whether two texts say the same, blanks aside.
fn same_words(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

#[cfg(test)]
mod tests;
