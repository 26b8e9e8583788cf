//! One example, read once and judged as often as it takes.

use super::{Load, PolicyFile};
use crate::check::{self, Facts, Settings};
use crate::diagnostic::{Diagnostic, Finding, Severity};
use crate::policy::{Actual, Compiled, Example, compare_example};
use crate::report::redact::Redactor;
use crate::source::{SourceId, Span};

/// An example with what was read from its files.
pub(super) struct Bench<'a> {
    pub(super) example: &'a Example,
    pub(super) facts: Facts,
    pub(super) settings: Settings,
}

/// What a policy says of an example, as far as the example can speak of it.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) findings: Vec<Actual>,
    pub(super) open: Vec<Actual>,
    /// At places in the policy file.
    pub(super) errors: Vec<Diagnostic>,
}

impl<'a> Bench<'a> {
    /// Reads an example's files.
    pub(super) fn new(file: &PolicyFile, policy: &str, example: &'a Example, load: Load<'_>) -> Bench<'a> {
        let (project, settings) = load(&example.files, file.sources(), policy);
        Bench { example, facts: check::read_single(project, &settings), settings }
    }

    /// Judges the example.
    pub(super) fn judge(&self, policy: &Compiled) -> Said {
        let single = check::judge_single(&self.facts, policy, &self.settings);
        let sources = &self.facts.sources;
        let spoken_of = single.findings.iter().chain(&single.undetermined).map(|one| one.span().source);
        let redactor = Redactor::new(
            sources,
            &self.facts.provenance,
            Some(&self.facts.model),
            spoken_of.collect::<Vec<_>>(),
        );
        let actual = |finding: &Finding| {
            let source = sources.get(finding.span().source);
            Actual {
                file: source.path().to_owned(),
                line: source.position(finding.span().start).line,
                message: redactor.text_at(finding.span(), &finding.message).into_owned(),
            }
        };
        let wrong = self.facts.diagnostics.iter().chain(&single.diagnostics);
        let wrong = wrong.filter(|told| told.severity == Severity::Error);
        Said {
            findings: single.findings.iter().map(actual).collect(),
            open: single.undetermined.iter().map(actual).collect(),
            errors: wrong.map(|told| self.in_policy_file(told, &redactor)).collect(),
        }
    }

    /// Whether the example fails with what was said.
    pub(super) fn notices(&self, said: &Said) -> bool {
        let open = self.example.undetermined.as_ref();
        !said.errors.is_empty()
            || !compare_example(&self.example.findings, &said.findings).is_empty()
            || open.is_some_and(|open| !compare_example(open, &said.open).is_empty())
    }

    /// The characters of the policy file that a place in an example's file was written as.
    pub(super) fn span(&self, span: Span) -> Span {
        if span.source == SourceId::FIRST {
            return span;
        }
        let path = self.facts.sources.get(span.source).path();
        let file = self.example.files.iter().find(|file| file.path == path);
        file.map_or(self.example.name_span, |file| file.map.span(span.range().start, span.range().end))
    }

    /// Where in the policy file a finding stands that nobody expected: its line in the example's file.
    pub(super) fn span_of(&self, found: &Actual) -> Span {
        let Some(file) = self.example.files.iter().find(|file| file.path == found.file) else {
            return self.example.name_span;
        };
        let before: usize =
            file.text.split_inclusive('\n').take(found.line.saturating_sub(1) as usize).map(str::len).sum();
        let line = file.text.get(before..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let indent = line.len() - line.trim_start().len();
        file.map.span(before + indent, before + line.trim_end().len())
    }

    fn in_policy_file(&self, told: &Diagnostic, redactor: &Redactor<'_>) -> Diagnostic {
        let mut told = told.clone();
        told.message = redactor.text_at(told.primary.span, &told.message).into_owned();
        told.primary.span = self.span(told.primary.span);
        for related in &mut told.related {
            related.span = self.span(related.span);
        }
        told
    }
}
