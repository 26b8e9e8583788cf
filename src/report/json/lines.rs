//! `celador check --format json-lines`: the parts of the JSON report, one a line, each with its `type`.

use super::check::{self, Report};
use super::print_line;
use crate::report::outcome::Outcome;
use crate::report::redact::Redactor;
use serde::Serialize;

#[derive(Serialize)]
struct Line<T> {
    r#type: &'static str,
    #[serde(flatten)]
    part: T,
}

#[derive(Serialize)]
struct Head {
    version: u32,
}

/// First a `report` with the version, last the `summary`; between them whatever there is.
pub fn lines(outcome: &Outcome) -> String {
    let redactor = Redactor::of(outcome);
    let report = check::report(outcome, &redactor);
    let Report {
        version,
        findings,
        undetermined,
        waived,
        set_aside,
        policies,
        errors,
        explanations,
        summary,
    } = report;
    let mut out = String::new();
    add(&mut out, "report", [Head { version }]);
    add(&mut out, "finding", findings);
    add(&mut out, "undetermined", undetermined);
    add(&mut out, "waived", waived);
    add(&mut out, "set_aside", set_aside);
    add(&mut out, "policy", policies);
    add(&mut out, "error", errors);
    add(&mut out, "explanation", explanations);
    add(&mut out, "summary", [summary]);
    out
}

fn add<T: Serialize>(out: &mut String, r#type: &'static str, parts: impl IntoIterator<Item = T>) {
    for part in parts {
        out.push_str(&print_line(&Line { r#type, part }));
        out.push('\n');
    }
}
