//! `celador test --format json`: version 1 of the contract.

use super::{Difference, Share, Tested, TestedExample, TestedPolicy, Told};
use crate::report::json::{Span, print, span};
use crate::source::Sources;
use serde::Serialize;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    policies: Vec<Policy<'a>>,
    errors: Vec<Error<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Policy<'a> {
    name: &'a str,
    span: Span,
    examples: Vec<Example<'a>>,
    coverage: Rate,
    gaps: Vec<Gap<'a>>,
    /// `null` where no changes were tried.
    mutation: Option<Rate>,
    unnoticed: Vec<Unnoticed<'a>>,
}

#[derive(Serialize)]
struct Example<'a> {
    name: &'a str,
    status: &'static str,
    span: Span,
    differences: Vec<Differing<'a>>,
    errors: Vec<Error<'a>>,
}

#[derive(Serialize)]
struct Differing<'a> {
    /// `findings` or `undetermined`.
    list: &'static str,
    expected: Option<Finding<'a>>,
    found: Option<Finding<'a>>,
    span: Span,
}

#[derive(Serialize)]
struct Finding<'a> {
    file: Option<&'a str>,
    line: u32,
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct Gap<'a> {
    what: &'a str,
    expression: &'a str,
    seen_true: bool,
    seen_false: bool,
    span: Span,
}

#[derive(Serialize)]
struct Unnoticed<'a> {
    change: &'a str,
    span: Span,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'a str,
    severity: &'static str,
    message: &'a str,
    span: Span,
    help: Option<&'a str>,
}

/// So many of so many.
#[derive(Serialize)]
struct Rate {
    part: usize,
    whole: usize,
    percent: f64,
}

#[derive(Serialize)]
struct Summary {
    policies: usize,
    examples: usize,
    passed: usize,
    failed: usize,
    coverage: Rate,
    mutation: Option<Rate>,
    passes: bool,
}

fn rate(share: Share) -> Rate {
    Rate { part: share.part, whole: share.whole, percent: (share.percent() * 10.0).floor() / 10.0 }
}

/// The report.
pub fn json(tested: &Tested) -> String {
    let examples = tested.examples();
    print(&Report {
        version: 1,
        policies: tested.policies().map(|(file, one)| policy(&file.sources, one)).collect(),
        errors: tested.files.iter().flat_map(|file| errors(&file.sources, &file.diagnostics)).collect(),
        summary: Summary {
            policies: tested.policies().count(),
            examples: examples.whole,
            passed: examples.part,
            failed: examples.whole - examples.part,
            coverage: rate(tested.coverage()),
            mutation: tested.score().map(rate),
            passes: tested.passes() && !tested.is_wrong(),
        },
    })
}

fn policy<'a>(sources: &Sources, policy: &'a TestedPolicy) -> Policy<'a> {
    let gaps = policy.goals.iter().filter(|goal| !(goal.seen_true && goal.seen_false));
    let gap = |goal: &'a super::Goal| Gap {
        what: &goal.what,
        expression: &goal.text,
        seen_true: goal.seen_true,
        seen_false: goal.seen_false,
        span: span(sources, goal.span),
    };
    let missed = policy.changes.iter().flatten().filter(|change| !change.noticed);
    Policy {
        name: &policy.name,
        span: span(sources, policy.span),
        examples: policy.examples.iter().map(|one| example(sources, one)).collect(),
        coverage: rate(policy.coverage()),
        gaps: gaps.map(gap).collect(),
        mutation: policy.score().map(rate),
        unnoticed: missed
            .map(|change| Unnoticed { change: &change.what, span: span(sources, change.span) })
            .collect(),
    }
}

fn example<'a>(sources: &Sources, example: &'a TestedExample) -> Example<'a> {
    let differing = |difference: &'a Difference| Differing {
        list: if difference.undetermined { "undetermined" } else { "findings" },
        expected: difference.expected.as_ref().map(finding),
        found: difference.found.as_ref().map(finding),
        span: span(sources, difference.span),
    };
    Example {
        name: &example.name,
        status: if example.passes() { "passed" } else { "failed" },
        span: span(sources, example.span),
        differences: example.differences.iter().map(differing).collect(),
        errors: errors(sources, &example.errors),
    }
}

fn finding(told: &Told) -> Finding<'_> {
    Finding {
        file: Some(told.file.as_str()).filter(|file| !file.is_empty()),
        line: told.line,
        message: told.message.as_deref(),
    }
}

fn errors<'a>(sources: &Sources, all: &'a [crate::diagnostic::Diagnostic]) -> Vec<Error<'a>> {
    let error = |told: &'a crate::diagnostic::Diagnostic| Error {
        code: told.code.0,
        severity: told.severity.as_str(),
        message: &told.message,
        span: span(sources, told.primary.span),
        help: told.help.as_deref(),
    };
    all.iter().map(error).collect()
}
