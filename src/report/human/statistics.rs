//! `--statistics`: how many findings there are of each policy (or in each file, or of each service), what is
//! most frequent first.

use crate::diagnostic::{Finding, Severity};
use crate::report::human::selection::keys;
use crate::report::human::{GroupBy, Page};
use crate::report::outcome::Outcome;
use crate::report::style::Ink;
use crate::report::text::{name, width};
use crate::source::SourceId;
use std::collections::{BTreeMap, BTreeSet};

/// What is counted of one policy, file or service.
#[derive(Default)]
struct Row<'a> {
    errors: usize,
    warnings: usize,
    notes: usize,
    undetermined: usize,
    set_aside: usize,
    policies: BTreeSet<&'a str>,
    files: BTreeSet<SourceId>,
    services: BTreeSet<&'a str>,
}

impl<'a> Row<'a> {
    fn add(&mut self, finding: &'a Finding) {
        self.policies.insert(&finding.policy);
        self.files.insert(finding.span().source);
        self.services.extend(finding.services.iter().map(String::as_str));
    }

    fn found(&self) -> usize {
        self.errors + self.warnings + self.notes
    }
}

/// A column: its head, the words of one and of many, and what it counts.
type Column = (&'static str, [&'static str; 2], fn(&Row<'_>) -> usize);

const VERDICTS: [Column; 5] = [
    ("ERRORS", ["error", "errors"], |row| row.errors),
    ("WARNINGS", ["warning", "warnings"], |row| row.warnings),
    ("NOTES", ["note", "notes"], |row| row.notes),
    ("UNDETERMINED", ["undetermined", "undetermined"], |row| row.undetermined),
    ("SET ASIDE", ["set aside", "set aside"], |row| row.set_aside),
];

const POLICIES: Column = ("POLICIES", ["policy", "policies"], |row| row.policies.len());
const FILES: Column = ("FILES", ["file", "files"], |row| row.files.len());
const SERVICES: Column = ("SERVICES", ["service", "services"], |row| row.services.len());

/// The head of the names, and what else is counted of each.
fn others(by: GroupBy) -> (&'static str, [Column; 2]) {
    match by {
        GroupBy::Policy => ("POLICY", [FILES, SERVICES]),
        GroupBy::File => ("FILE", [POLICIES, SERVICES]),
        GroupBy::Service => ("SERVICE", [POLICIES, FILES]),
    }
}

fn counted<'a>(page: &Page<'_>, outcome: &'a Outcome, by: GroupBy) -> Vec<(String, Row<'a>)> {
    let mut rows: BTreeMap<&str, Row<'a>> = BTreeMap::new();
    let mut count = |finding: &'a Finding, what: fn(&mut Row<'a>)| {
        for key in keys(finding, by, &outcome.sources) {
            let row = rows.entry(key).or_default();
            row.add(finding);
            what(row);
        }
    };
    for finding in &outcome.findings {
        match finding.severity {
            Severity::Error => count(finding, |row| row.errors += 1),
            Severity::Warning => count(finding, |row| row.warnings += 1),
            Severity::Info => count(finding, |row| row.notes += 1),
        }
    }
    outcome.undetermined.iter().for_each(|open| count(open, |row| row.undetermined += 1));
    outcome.set_aside.iter().for_each(|one| count(&one.finding, |row| row.set_aside += 1));
    let mut rows: Vec<(&str, Row<'_>)> = rows.into_iter().collect();
    let count = |row: &Row<'_>| std::cmp::Reverse((row.found(), row.undetermined, row.set_aside));
    rows.sort_by_key(|(key, row)| (count(row), key.is_empty()));
    let shown = |key: &str| match key {
        "" => "no service".to_owned(),
        key => name(&page.redactor.text(key), page.style.unicode),
    };
    rows.into_iter().map(|(key, row)| (shown(key), row)).collect()
}

/// A table; nothing where nothing was found.
pub(super) fn table(page: &Page<'_>, outcome: &Outcome, by: GroupBy) -> Option<String> {
    let rows = counted(page, outcome, by);
    let (head, others) = others(by);
    let used = |column: &&Column| rows.iter().any(|(_, row)| column.2(row) > 0);
    let columns: Vec<&Column> = VERDICTS.iter().filter(used).chain(&others).collect();
    let style = page.style;
    let line = |cells: &mut dyn Iterator<Item = String>| -> String {
        let padded = cells.zip(&columns).map(|(cell, column)| format!("{cell:>0$}  ", column.0.len()));
        padded.collect()
    };
    let heads = line(&mut columns.iter().map(|column| column.0.to_owned()));
    let mut out = format!("{}\n", style.paint(Ink::Faint, &format!("{heads}{head}")));
    for (name, row) in &rows {
        let cells = line(&mut columns.iter().map(|column| column.2(row).to_string()));
        let name = style.paint(Ink::Strong, name);
        // Where a terminal is narrow, the name has a line of its own.
        if width(&cells) + width(&name) > style.width {
            out.push_str(&format!("{}\n  {name}\n", cells.trim_end()));
        } else {
            out.push_str(&format!("{cells}{name}\n"));
        }
    }
    (!rows.is_empty()).then_some(out)
}

/// One line each: `floating-image-tag: 5 warnings, 1 undetermined, 3 files, 4 services`.
pub(in crate::report) fn lines(page: &Page<'_>, outcome: &Outcome, by: GroupBy) -> String {
    let (_, others) = others(by);
    let line = |(name, row): (String, Row<'_>)| {
        let told = |&(_, words, count): &Column| match count(&row) {
            0 => None,
            1 => Some(format!("1 {}", words[0])),
            many => Some(format!("{many} {}", words[1])),
        };
        let parts: Vec<String> = VERDICTS.iter().chain(&others).filter_map(told).collect();
        format!("{}: {}\n", page.style.paint(Ink::Strong, &name), parts.join(", "))
    };
    counted(page, outcome, by).into_iter().map(line).collect()
}
