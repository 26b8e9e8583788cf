//! Reports of `celador facts`: what was read, without a judgement.

mod bypasses;
mod entries;
mod grid;
mod json;
mod table;
mod unresolved;
mod why;

use crate::report::human::Page;
use crate::report::outcome::Outcome;
use crate::report::redact::Redactor;
use crate::report::style::Style;
use crate::report::text::without_commands;
use crate::source::SourceId;
use std::collections::BTreeSet;

/// The JSON contract of `celador facts`.
pub fn json(outcome: &Outcome) -> String {
    json::facts(outcome, &redactor(outcome))
}

/// The tables for people.
pub fn table(outcome: &Outcome, style: Style) -> String {
    let redactor = redactor(outcome);
    without_commands(table::facts(&page(outcome, &redactor, style), outcome), style.unicode)
}

/// What could not be followed, for people.
pub fn unresolved(outcome: &Outcome, style: Style) -> String {
    let redactor = redactor(outcome);
    without_commands(unresolved::table(&page(outcome, &redactor, style), outcome), style.unicode)
}

/// What turns checks off, by environment, for people.
pub fn bypasses(outcome: &Outcome, style: Style) -> String {
    let redactor = redactor(outcome);
    without_commands(bypasses::table(&page(outcome, &redactor, style), outcome), style.unicode)
}

/// How one value came to be: `SERVICE.SETTING`, `SERVICE.env.NAME` or a code setting's name.
///
/// # Errors
/// One sentence for people if there is no such service or setting, with the nearest name.
pub fn why(outcome: &Outcome, wanted: &str, style: Style) -> Result<String, String> {
    let redactor = redactor(outcome);
    let text = why::why(&page(outcome, &redactor, style), outcome, wanted)?;
    Ok(without_commands(text, style.unicode))
}

fn page<'a>(outcome: &'a Outcome, redactor: &'a Redactor<'a>, style: Style) -> Page<'a> {
    Page { sources: &outcome.sources, provenance: &outcome.provenance, redactor, style }
}

/// Knows the secrets of all files that have something to report.
fn redactor(outcome: &Outcome) -> Redactor<'_> {
    let model = &outcome.model;
    let mut files: BTreeSet<SourceId> = model.deployments.iter().map(|one| one.source).collect();
    files.extend(model.artifacts.iter().map(|one| one.source));
    files.extend(model.settings.iter().map(|one| one.span.source));
    files.extend(model.bypasses.iter().map(|one| one.span.source));
    files.extend(model.unresolved.iter().map(|one| one.unknown.span.source));
    Redactor::new(&outcome.sources, &outcome.provenance, Some(model), files)
}

#[cfg(test)]
mod tests;
