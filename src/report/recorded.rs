//! The files that record a project's findings and what was checked: JSON with one entry a line, so that
//! a change of them can be read. Entries are in an order of their own, whatever the run's.

use crate::diagnostic::Finding;
use crate::enforce::{Entry, Record, content_print};
use crate::report::outcome::Outcome;
use crate::report::redact::Redactor;
use crate::report::text::one_line;
use serde::Serialize;
use serde_json::ser::Formatter;
use std::io;

/// An entry as it is written; keys in the order in which people read them.
#[derive(Serialize)]
struct Line<'a> {
    policy: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    services: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    fingerprint: &'a str,
    content: &'a str,
}

#[derive(Serialize)]
struct Counts {
    bound: usize,
    failed: usize,
}

/// Findings as entries of a baseline, secrets masked.
pub fn entries<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    outcome: &Outcome,
    reason: Option<&str>,
) -> Vec<Entry> {
    let redactor =
        Redactor::new(&outcome.sources, &outcome.provenance, Some(&outcome.model), outcome.spoken_of());
    let entry = |finding: &Finding| Entry {
        policy: finding.policy.clone(),
        path: outcome.sources.get(finding.span().source).path().to_owned(),
        services: finding.services.iter().map(|name| redactor.text(name).into_owned()).collect(),
        environment: finding.environment.clone(),
        message: one_line(&redactor.text_at(finding.span(), &finding.message), true),
        reason: reason.map(str::to_owned),
        fingerprint: finding.fingerprint.clone(),
        content: content_print(finding, &outcome.sources),
        span: finding.span(),
    };
    findings.into_iter().map(entry).collect()
}

/// A baseline's file.
pub fn baseline(entries: &[Entry]) -> String {
    let mut entries: Vec<&Entry> = entries.iter().collect();
    let key = |entry: &'_ Entry| (entry.path.clone(), entry.policy.clone(), entry.fingerprint.clone());
    entries.sort_by_key(|entry| key(entry));
    let line = |entry: &&Entry| {
        json(&Line {
            policy: &entry.policy,
            path: &entry.path,
            services: &entry.services,
            environment: entry.environment.as_deref(),
            message: &entry.message,
            reason: entry.reason.as_deref(),
            fingerprint: &entry.fingerprint,
            content: &entry.content,
        })
    };
    let lines: Vec<String> = entries.iter().map(line).collect();
    format!("{{\n  \"version\": 1,\n  \"findings\": [{}]\n}}\n", list(&lines, "  "))
}

/// A record's file.
pub fn record(record: &Record) -> String {
    let policies = record.policies.iter().map(|one| {
        let counts = Counts { bound: one.bound, failed: one.failed };
        format!("{}: {}", json(&one.name), json(&counts))
    });
    let files = record.files.iter().map(|one| format!("{}: {}", json(&one.path), json(&one.deployments)));
    let (policies, files): (Vec<String>, Vec<String>) = (policies.collect(), files.collect());
    format!(
        "{{\n  \"version\": 1,\n  \"policies\": {{{}}},\n  \"files\": {{{}}}\n}}\n",
        list(&policies, "  "),
        list(&files, "  ")
    )
}

/// One line each, indented below a bracket.
fn list(lines: &[String], indent: &str) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("\n{indent}  {line}")).collect();
    format!("{}\n{indent}", lines.join(","))
}

/// JSON in one line, with spaces where people put them. What is written here are texts and lists of texts,
/// which always serialise.
fn json(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Spaced);
    let written = value.serialize(&mut serializer).is_ok();
    if written { String::from_utf8(out).unwrap_or_default() } else { String::new() }
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
