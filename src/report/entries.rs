//! What the formats for machines share: everything that a run tells as one list, each entry with its
//! place, its level and its text.
//!
//! Texts are one line each, their secrets masked and their characters that would act made visible, so that
//! a format has only its own syntax to escape. A format says how an entry is written, never what is in it.

use crate::diagnostic::{Action, By, Diagnostic, Finding, Fix, SetAside, Severity, UnknownInput};
use crate::enforce::Status;
use crate::report::json::{self, Span as Place};
use crate::report::outcome::Outcome;
use crate::report::redact::Redactor;
use crate::report::style::Style;
use crate::report::text::{one_line, path};
use crate::report::{Rule, human};
use crate::source::{SourceId, Sources, Span};

/// What formats for machines are made from.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub outcome: &'a Outcome,
    pub status: Status,
    /// What the policies that were asked say of themselves; only SARIF shows it.
    pub rules: &'a [Rule],
    /// The way from the repository's root to the project's, with `/` at its end; empty where they are one.
    /// Systems that show results beside the code know paths from the repository's root only.
    pub prefix: &'a str,
}

impl<'a> Run<'a> {
    /// Masks the secrets of everything that the run tells.
    pub(super) fn redactor(&self) -> Redactor<'a> {
        let outcome = self.outcome;
        Redactor::of(outcome)
    }
}

/// How loudly an entry is told: by what is done about it, so that what a system marks as an error is what
/// makes the run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// For the record: audited, open, set aside.
    Note,
    Warning,
    /// The run fails for it.
    Error,
}

impl Level {
    /// `note`, `warning`, `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }

    pub fn of_action(action: Action) -> Level {
        match action {
            Action::Deny => Level::Error,
            Action::Warn => Level::Warning,
            Action::Audit => Level::Note,
        }
    }

    pub fn of_severity(severity: Severity) -> Level {
        match severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Info => Level::Note,
        }
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standing<'a> {
    /// What is wrong with the run itself: a policy, `celador.yaml`, a path.
    OfTheRun,
    Found,
    /// It cannot be told whether the policy holds.
    Open,
    /// It counts for nothing in this run.
    SetAside(&'a By),
}

/// A line below the message: `because`, `fix`, `help`.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub word: &'static str,
    pub text: String,
}

/// One thing that a run tells.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    /// The policy's name, or the code of a diagnostic.
    pub rule: &'a str,
    pub standing: Standing<'a>,
    pub level: Level,
    /// Where it points; the path begins at the repository's root.
    pub place: Place,
    /// Whether that is a file: what was given on the command line, and the built-in policies, are none.
    pub in_file: bool,
    pub span: Span,
    /// Who it is about and what is wrong, in one line.
    pub message: String,
    pub notes: Vec<Note>,
    /// Names it over moved lines, and no other entry of the run. For what is wrong with the run itself it is
    /// its code and its place.
    pub fingerprint: String,
    /// What it was made from, unless it is of the run itself.
    pub finding: Option<&'a Finding>,
}

impl Entry<'_> {
    /// The message, and the way out below it, in lines.
    pub fn text(&self) -> String {
        let notes = self.notes.iter().map(|note| format!("\n{}: {}", note.word, note.text));
        std::iter::once(self.message.clone()).chain(notes).collect()
    }

    /// What the entry is, where it is no plain finding: `undetermined`, `set aside (waiver): rebuilt hourly`.
    pub fn remark(&self) -> Option<String> {
        match self.standing {
            Standing::OfTheRun | Standing::Found => None,
            Standing::Open => Some("undetermined".to_owned()),
            Standing::SetAside(by) => {
                let reason = self.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
                Some(format!("{SET_ASIDE} ({}){reason}", by.as_str()))
            }
        }
    }

    /// Why it is set aside, if it is.
    pub fn reason(&self) -> Option<&str> {
        self.notes.iter().find(|note| note.word == SET_ASIDE).map(|note| note.text.as_str())
    }

    /// The message, with what it is before it.
    pub fn headline(&self) -> String {
        match self.remark() {
            Some(remark) => format!("{remark}: {}", self.message),
            None => self.message.clone(),
        }
    }

    /// The lines below the headline, which has the reason of what is set aside already.
    pub fn below(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(|note| note.word != SET_ASIDE)
    }

    /// The headline, and the way out below it, in lines.
    pub fn whole(&self) -> String {
        let notes = self.below().map(|note| format!("\n{}: {}", note.word, note.text));
        std::iter::once(self.headline()).chain(notes).collect()
    }

    /// Whether the run fails for it.
    pub fn fails(&self) -> bool {
        self.level == Level::Error
    }

    /// The fix with its text, where it is certain, stands in the file that the entry points at and says no
    /// secret. What counts for nothing is not to be mended in passing.
    pub fn certain_fix(&self, redactor: &Redactor<'_>) -> Option<(&Fix, &str)> {
        let fix = self.finding?.fix.as_ref()?;
        let text = fix.replacement.as_deref()?;
        let counts = matches!(self.standing, Standing::Found | Standing::Open);
        (counts && fix.span.source == self.span.source && redactor.text(text) == text).then_some((fix, text))
    }

    /// `path:line:column`.
    pub fn position(&self) -> String {
        format!("{}:{}:{}", path(&self.place.file), self.place.line, self.place.column)
    }
}

const SET_ASIDE: &str = "set aside";

/// Everything that a run tells: what is wrong with the run itself, what was found, what stays open, what was
/// set aside.
pub(super) fn entries<'a>(run: &Run<'a>, redactor: &Redactor<'_>) -> Vec<Entry<'a>> {
    let outcome = run.outcome;
    let writer = Writer { run: *run, redactor };
    let mut all: Vec<Entry<'a>> = outcome.diagnostics.iter().map(|told| writer.diagnostic(told)).collect();
    tell_apart(&mut all);
    all.extend(outcome.findings.iter().map(|one| writer.finding(one, Standing::Found)));
    all.extend(outcome.undetermined.iter().map(|one| writer.finding(one, Standing::Open)));
    all.extend(
        outcome
            .set_aside
            .iter()
            .map(|SetAside { finding, by }| writer.finding(finding, Standing::SetAside(by))),
    );
    all
}

/// Gives every entry a fingerprint of its own.
fn tell_apart(all: &mut [Entry<'_>]) {
    let mut seen = std::collections::HashMap::<String, usize>::new();
    for entry in all {
        let count = seen.entry(entry.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            entry.fingerprint = format!("{}#{count}", entry.fingerprint);
        }
    }
}

/// A span with its path from the repository's root.
pub(super) fn place(run: &Run<'_>, span: Span) -> Place {
    let mut place = json::span(&run.outcome.sources, span);
    if is_file(&run.outcome.sources, span.source) {
        place.file = format!("{}{}", run.prefix, place.file);
    }
    place
}

/// Whether a source is a file of the project.
pub(super) fn is_file(sources: &Sources, id: SourceId) -> bool {
    let path = sources.get(id).path();
    !(path == "command line" || path.starts_with("celador:"))
}

/// Why something is set aside, who answers for it and how long: `rebuilt hourly (@platform, until 2026-12-31)`.
pub(super) fn why(by: &By) -> String {
    let By::Waiver(waiver) = by else { return by.reason() };
    let until = waiver.expires.as_ref().map(|day| format!("until {day}"));
    let beside: Vec<String> = waiver.owner.iter().cloned().chain(until).collect();
    if beside.is_empty() {
        waiver.reason.clone()
    } else {
        format!("{} ({})", waiver.reason, beside.join(", "))
    }
}

struct Writer<'r, 'a> {
    run: Run<'a>,
    redactor: &'r Redactor<'r>,
}

impl<'a> Writer<'_, 'a> {
    /// One line about a place, its secrets masked.
    fn line(&self, span: Span, text: &str) -> String {
        one_line(&self.redactor.text_at(span, text), true)
    }

    fn diagnostic(&self, told: &'a Diagnostic) -> Entry<'a> {
        let span = told.primary.span;
        let place = place(&self.run, span);
        let mut notes = Vec::new();
        if !told.primary.label.is_empty() {
            notes.push(Note { word: "at", text: self.line(span, &told.primary.label) });
        }
        notes.extend(told.help.iter().map(|help| Note { word: "help", text: self.line(span, help) }));
        Entry {
            rule: told.code.0,
            standing: Standing::OfTheRun,
            level: Level::of_severity(told.severity),
            fingerprint: format!("{}:{}:{}", told.code.0, place.file, place.line),
            place,
            in_file: is_file(&self.run.outcome.sources, span.source),
            span,
            message: self.line(span, &told.message),
            notes,
            finding: None,
        }
    }

    fn finding(&self, finding: &'a Finding, standing: Standing<'a>) -> Entry<'a> {
        let span = finding.span();
        let level = match standing {
            Standing::SetAside(_) => Level::Note,
            Standing::Open if finding.action != Action::Deny => Level::Note,
            _ => Level::of_action(finding.action),
        };
        let subject = one_line(&self.redactor.text(&human::subject(finding)), true);
        let message = self.line(span, &finding.message);
        Entry {
            rule: &finding.policy,
            standing,
            level,
            place: place(&self.run, span),
            in_file: is_file(&self.run.outcome.sources, span.source),
            span,
            message: if subject.is_empty() { message } else { format!("{subject}: {message}") },
            notes: self.notes(finding, standing),
            fingerprint: finding.fingerprint.clone(),
            finding: Some(finding),
        }
    }

    /// When it fails, why, what is not known, and the way out.
    fn notes(&self, finding: &Finding, standing: Standing<'_>) -> Vec<Note> {
        let span = finding.span();
        let outcome = self.run.outcome;
        let page = human::Page {
            sources: &outcome.sources,
            provenance: &outcome.provenance,
            redactor: self.redactor,
            style: Style::plain(usize::MAX),
        };
        let mut notes = Vec::new();
        let mut note = |word, text: &str| notes.push(Note { word, text: self.line(span, text) });
        if let Standing::SetAside(by) = standing {
            note(SET_ASIDE, &why(by));
        }
        if !finding.condition.is_empty() {
            note("when", &finding.condition);
        }
        let because = finding.because.iter().chain(&finding.further);
        because.for_each(|one| note("because", &human::because_text(&page, one, finding.verdict)));
        for UnknownInput { name, unknown } in &finding.unknowns {
            note("unknown", &format!("{name}: {} is {}", unknown.input, unknown.reason.as_str()));
        }
        for related in &finding.related {
            let at = place(&self.run, related.span);
            note("see", &format!("{}:{}:{} {}", path(&at.file), at.line, at.column, related.label));
        }
        finding.fix.iter().for_each(|fix| note("fix", &fix.message));
        finding.help.iter().for_each(|help| note("help", help));
        note("more", &format!("celador explain {}", finding.policy));
        notes
    }
}
