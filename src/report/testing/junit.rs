//! `celador test --format junit`: one test suite a policy, one test case an example, for CI systems that
//! read JUnit's XML.

use super::{Difference, Tested, TestedExample, TestedFile};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The report. A policy that is wrong is a test case with an error; a minimum that is not met is a
/// failure of the suite `celador`.
pub fn junit(tested: &Tested) -> String {
    let mut report = Report::new("celador test");
    for file in &tested.files {
        if !file.diagnostics.is_empty() {
            let path = file.sources.iter().next().map_or("policies", |(_, source)| source.path());
            let mut suite = TestSuite::new(path);
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message("the policy is wrong");
            status.set_description(lines(file.diagnostics.iter().map(|told| error(file, told))));
            suite.add_test_case(TestCase::new("the policies of the file", status));
            report.add_test_suite(suite);
        }
        for policy in &file.policies {
            let mut suite = TestSuite::new(policy.name.as_str());
            suite.add_test_cases(policy.examples.iter().map(|example| case(file, &policy.name, example)));
            report.add_test_suite(suite);
        }
    }
    let minimums = [
        ("coverage", tested.min_coverage, tested.covers_too_little(), Some(tested.coverage())),
        ("changes noticed", tested.min_score, tested.notices_too_little(), tested.score()),
    ];
    let mut suite = TestSuite::new("celador");
    for (name, least, below, share) in minimums {
        let Some(least) = least else { continue };
        let mut status = TestCaseStatus::success();
        if below {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let percent = share.unwrap_or_default().percent();
            status.set_message(format!("{percent:.1}% is below the minimum of {least}%"));
        }
        suite.add_test_case(TestCase::new(name, status));
    }
    if suite.tests > 0 {
        report.add_test_suite(suite);
    }
    // Writing to a text fails for no report.
    report.to_string().unwrap_or_default()
}

fn case(file: &TestedFile, policy: &str, example: &TestedExample) -> TestCase {
    let mut status = TestCaseStatus::success();
    if !example.errors.is_empty() {
        status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message("the example cannot be judged");
        status.set_description(lines(example.errors.iter().map(|told| error(file, told))));
    } else if let Some(first) = example.differences.first() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(first.sentence());
        status.set_description(lines(example.differences.iter().flat_map(|one| difference(file, one))));
    }
    let mut case = TestCase::new(example.name.as_str(), status);
    case.set_classname(policy);
    let (path, line) = place(file, example.span);
    // Systems that show annotations read these two.
    case.extra.insert("file".into(), path.into());
    case.extra.insert("line".into(), line.to_string().into());
    case
}

fn lines(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join("\n")
}

fn difference(file: &TestedFile, difference: &Difference) -> Vec<String> {
    let (path, line) = place(file, difference.span);
    let mut all = vec![format!("{path}:{line}: {}", difference.sentence())];
    all.extend(difference.expected.iter().map(|told| format!("- {}", told.line())));
    all.extend(difference.found.iter().map(|told| format!("+ {}", told.line())));
    all
}

fn error(file: &TestedFile, told: &Diagnostic) -> String {
    let (path, line) = place(file, told.primary.span);
    format!("{path}:{line}: {} {}", told.code.0, told.message)
}

fn place(file: &TestedFile, span: Span) -> (&str, u32) {
    let source = file.sources.get(span.source);
    (source.path(), source.position(span.start).line)
}
