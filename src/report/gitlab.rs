//! `celador check --format gitlab`: a Code Quality report, which GitLab shows in merge requests.
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use crate::report::entries::{Entry, Level, Run, entries};
use crate::report::json::print;
use serde::Serialize;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// A list with an issue an entry; empty where nothing was found.
pub fn gitlab(run: &Run<'_>) -> String {
    let redactor = run.redactor();
    let issue = |entry: Entry<'_>| Issue {
        description: entry.headline(),
        check_name: entry.rule.to_owned(),
        severity: match entry.level {
            Level::Error => "critical",
            Level::Warning => "minor",
            Level::Note => "info",
        },
        location: Location {
            lines: Lines { begin: entry.place.line, end: entry.place.end_line },
            path: entry.place.file,
        },
        fingerprint: entry.fingerprint,
    };
    let all = entries(run, &redactor);
    print(&all.into_iter().map(issue).collect::<Vec<_>>())
}
