//! Findings set aside on purpose: by whom, why, until when.

use super::action::matches;
use super::{Date, Settings};
use crate::diagnostic::{Diagnostic, Finding, WaiverNote};
use crate::model::Environment;
use crate::source::{Sources, Span};

/// One row of `waivers` in `celador.yaml`. What it does not name, it does not narrow.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// A policy's name; `*` stands for any characters.
    pub policy: String,
    pub service: Option<String>,
    pub environment: Option<Environment>,
    /// The path of the file that the finding points at; `*` stands for any characters.
    pub path: Option<String>,
    pub reason: String,
    pub owner: String,
    /// The last day on which the waiver holds.
    pub expires: Option<Date>,
    pub span: Span,
    /// Where the day is written.
    pub expires_span: Option<Span>,
}

impl Waiver {
    /// Whether its last day is over.
    pub fn has_expired(&self, today: Option<Date>) -> bool {
        matches!((self.expires, today), (Some(last), Some(today)) if today > last)
    }

    /// What reports show of it.
    pub(super) fn note(&self, today: Option<Date>) -> WaiverNote {
        WaiverNote {
            reason: self.reason.clone(),
            owner: Some(self.owner.clone()).filter(|owner| !owner.is_empty()),
            expires: self.expires.map(|last| last.to_string()),
            days_left: today.zip(self.expires).map(|(today, last)| today.days_until(last)),
            inline: false,
            span: self.span,
        }
    }

    fn covers(&self, finding: &Finding, path: &str) -> bool {
        // A finding for several services is set aside only by a waiver that covers each of them.
        let service = self.service.as_ref().is_none_or(|service| {
            !finding.services.is_empty() && finding.services.iter().all(|one| one == service)
        });
        let environment = self
            .environment
            .as_ref()
            .is_none_or(|environment| finding.environment.as_deref() == Some(environment.as_str()));
        let path = self.path.as_ref().is_none_or(|pattern| matches(pattern, path));
        service && environment && path && matches(&self.policy, &finding.policy)
    }
}

/// The first waiver that covers a finding and has not expired.
pub(super) fn applies(finding: &Finding, settings: &Settings, sources: &Sources) -> Option<usize> {
    let path = sources.get(finding.span().source).path();
    settings
        .waivers
        .iter()
        .position(|waiver| !waiver.has_expired(settings.today) && waiver.covers(finding, path))
}

/// Tells the waivers that have expired, and those that set nothing aside.
pub(super) fn tell(settings: &Settings, used: &[bool]) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for (waiver, used) in settings.waivers.iter().zip(used) {
        if let (true, Some(last)) = (waiver.has_expired(settings.today), waiver.expires) {
            let message = format!("the waiver of `{}` expired on {last}", waiver.policy);
            all.push(
                Diagnostic::warning("waiver-expired", waiver.expires_span.unwrap_or(waiver.span), message)
                    .with_help(format!(
                        "mend what it set aside, or agree on a new day with {}",
                        waiver.owner
                    )),
            );
        } else if !used {
            let message = format!("the waiver of `{}` sets nothing aside", waiver.policy);
            all.push(
                Diagnostic::warning("waiver-unused", waiver.span, message)
                    .with_help("remove it if what it was for has been mended"),
            );
        }
    }
    all
}
