//! `celador check --format junit`: one test suite a policy, one test case a finding, for CI systems that read
//! JUnit's XML. <https://github.com/testmoapp/junitxml>
//!
//! What makes the run fail is a failure (an error, where it is wrong with the run itself). The form knows no
//! warnings: what is told and does not deny is skipped, with its reason, so that it is seen and fails nothing.

use crate::report::entries::{Entry, Run, Standing, entries};
use crate::report::text::{path, without_commands, without_commands_in_xml};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The report. A policy with nothing to tell is one case: passed, or skipped where it matched no subject.
pub fn junit(run: &Run<'_>) -> String {
    let redactor = run.redactor();
    let all = entries(run, &redactor);
    let mut report = Report::new("celador check");
    let mut own = TestSuite::new("celador");
    own.add_test_cases(all.iter().filter(|entry| is_own(entry)).map(case));
    if own.tests > 0 {
        report.add_test_suite(own);
    }
    let told =
        |name: &str| all.iter().filter(|entry| !is_own(entry) && entry.rule == name).collect::<Vec<_>>();
    let tallies = &run.outcome.tallies;
    for tally in tallies {
        let mut suite = TestSuite::new(tally.policy.as_str());
        let entries = told(&tally.policy);
        suite.add_test_cases(entries.iter().map(|entry| case(entry)));
        if entries.is_empty() {
            let mut case = match tally.bound {
                0 => TestCase::new("no subject", TestCaseStatus::skipped()),
                bound => {
                    let name = format!("{} of {bound} subjects pass", tally.passed);
                    TestCase::new(name, TestCaseStatus::success())
                }
            };
            if tally.bound == 0 {
                case.status.set_message("it matched no subject");
            }
            case.set_classname(tally.policy.as_str());
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    // What the pipeline judges itself has no count of subjects.
    let counted = |entry: &&Entry<'_>| !tallies.iter().any(|tally| tally.policy == entry.rule);
    let mut others: Vec<&str> =
        all.iter().filter(|entry| !is_own(entry)).filter(counted).map(|entry| entry.rule).collect();
    others.sort_unstable();
    others.dedup();
    for name in others {
        let mut suite = TestSuite::new(name);
        suite.add_test_cases(told(name).into_iter().map(case));
        report.add_test_suite(suite);
    }
    // Writing to a text fails for no report.
    without_commands_in_xml(report.to_string().unwrap_or_default())
}

fn is_own(entry: &Entry<'_>) -> bool {
    matches!(entry.standing, Standing::OfTheRun)
}

fn case(entry: &Entry<'_>) -> TestCase {
    let mut status = match (entry.fails(), is_own(entry)) {
        (true, true) => TestCaseStatus::non_success(NonSuccessKind::Error),
        (true, false) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        (false, _) => TestCaseStatus::skipped(),
    };
    let word = match entry.fails() {
        true => entry.message.clone(),
        false => format!(
            "{}: {}",
            entry.remark().unwrap_or_else(|| entry.level.as_str().to_owned()),
            entry.message
        ),
    };
    status.set_message(word);
    if entry.fails() {
        status.set_type(entry.rule);
        let text = format!("{}\n{}", entry.position(), entry.whole());
        status.set_description(without_commands(text, true));
    }
    let mut case = TestCase::new(format!("{} {}", entry.position(), entry.message), status);
    case.set_classname(entry.rule);
    // Systems that show annotations read these two.
    if entry.in_file {
        case.extra.insert("file".into(), path(&entry.place.file).into());
        case.extra.insert("line".into(), entry.place.line.to_string().into());
    }
    case
}
