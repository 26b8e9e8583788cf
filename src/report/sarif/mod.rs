//! `celador check --format sarif`: SARIF 2.1.0, as code scanning on GitHub and many other systems read it.
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
//!
//! What it cannot be told of is a result of the kind `open`, whose level the standard makes `none`; where it
//! denies, it is a failure like any other. What counts for nothing carries its suppression. What is wrong with
//! the run itself is a notification.

mod line_hash;
mod log;
mod rules;
#[cfg(test)]
mod tests;

use crate::diagnostic::{Action, By, Finding, Verdict};
use crate::enforce::Status;
use crate::report::entries::{self, Entry, Level, Note, Run, Standing, entries, is_file};
use crate::report::human;
use crate::report::json::{Span as Place, print};
use crate::report::redact::Redactor;
use crate::report::text::one_line;
use crate::report::visible::Visible;
use crate::source::{SourceId, Span};
use line_hash::line_hashes;
use log::{ArtifactLocation, Location, PhysicalLocation, Region, Text};
use rules::Rules;
use std::collections::{BTreeMap, HashMap};

/// The base of all paths; GitHub and CodeQL call it so.
const BASE: &str = "%SRCROOT%";

/// Bytes of lines that are shown beside a place at most.
const LONGEST_SNIPPET: usize = 2_000;

/// The log with its one run.
pub fn sarif(run: &Run<'_>) -> String {
    let redactor = run.redactor();
    let entries = entries(run, &redactor);
    let rules = Rules::new(run, &entries);
    let mut writer = Writer { run: *run, redactor: &redactor, hashes: HashMap::new() };
    let own = entries.iter().filter(|entry| matches!(entry.standing, Standing::OfTheRun));
    let notifications = own.map(|entry| writer.notification(entry)).collect();
    let results = entries
        .iter()
        .filter_map(|entry| Some(writer.result(entry, entry.finding?, rules.index(entry.rule))))
        .collect();
    let invocation = log::Invocation {
        execution_successful: run.status != Status::Wrong,
        exit_code: run.status.code(),
        exit_code_description: match run.status {
            Status::Passed => "nothing denies",
            Status::Denied => "a finding denies",
            Status::Wrong => "the project file, a policy, a path or the output is wrong",
            Status::NoSubject => "folders were searched and nothing was checked",
        },
        tool_execution_notifications: notifications,
    };
    let base = log::UriBase { description: text("The root of the repository.") };
    print(&log::Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [log::Run {
            tool: log::Tool {
                driver: log::Driver {
                    name: "Celador",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: Some(env!("CARGO_PKG_REPOSITORY")).filter(|page| !page.is_empty()),
                    short_description: text("Judges what will be deployed, before it is."),
                    rules: rules.descriptors,
                },
            },
            automation_details: log::AutomationDetails { id: "celador/" },
            invocations: [invocation],
            original_uri_base_ids: BTreeMap::from([(BASE, base)]),
            column_kind: "unicodeCodePoints",
            results,
        }],
    })
}

fn text(text: &str) -> Text {
    Text { text: text.to_owned() }
}

/// Lines of a file, with what acts or stands there unseen made visible.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut visible = Visible::new(true);
    let mut rest = text.chars().filter(|&c| c != '\r').peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => {
                out.push(c);
                visible = Visible::new(true);
            }
            '\t' => out.push(c),
            c => visible.push(c, rest.peek().copied(), 0, &mut out),
        }
    }
    out
}

/// A message of which no part is a link: `[a](b)` is one in SARIF.
fn message(text: &str) -> Text {
    Text { text: text.replace("](", "\\](") }
}

struct Writer<'r, 'a> {
    run: Run<'a>,
    redactor: &'r Redactor<'r>,
    /// The hashes of the lines of files that results point at.
    hashes: HashMap<SourceId, Vec<String>>,
}

impl Writer<'_, '_> {
    fn notification(&self, entry: &Entry<'_>) -> log::Notification {
        log::Notification {
            descriptor: log::Reference { id: entry.rule.to_owned() },
            level: entry.level.as_str(),
            message: message(&entry.text()),
            locations: if entry.in_file { vec![location(&entry.place, None)] } else { Vec::new() },
        }
    }

    fn result(&mut self, entry: &Entry<'_>, finding: &Finding, rule_index: usize) -> log::Finding {
        let open = finding.verdict == Verdict::Undetermined && finding.action != Action::Deny;
        let shown = |note: &&Note| note.word != "see" && note.word != "more";
        let notes = entry.below().filter(shown).map(|note| format!("\n{}: {}", note.word, note.text));
        let suppressions = match entry.standing {
            Standing::SetAside(by) => vec![self.suppression(by)],
            _ => Vec::new(),
        };
        let masked = |text: &str| one_line(&self.redactor.text(text), true);
        let properties = log::Properties {
            action: finding.action.as_str(),
            severity: finding.severity.as_str(),
            services: finding.services.iter().map(|name| masked(name)).collect(),
            environment: finding.environment.as_deref().map(masked),
            platform: finding.platform.clone(),
            condition: (!finding.condition.is_empty()).then(|| masked(&finding.condition)),
        };
        log::Finding {
            rule_id: entry.rule.to_owned(),
            rule_index,
            kind: if open { "open" } else { "fail" },
            level: if open { "none" } else { Level::of_action(finding.action).as_str() },
            message: message(&std::iter::once(entry.message.clone()).chain(notes).collect::<String>()),
            locations: vec![self.primary(entry, finding)],
            related_locations: self.related(finding),
            code_flows: self.flow(finding),
            partial_fingerprints: self.fingerprints(entry),
            suppressions,
            fixes: self.fixes(entry),
            properties,
        }
    }

    /// Where it points, with the characters and their lines, for those who have not got the file.
    fn primary(&self, entry: &Entry<'_>, finding: &Finding) -> Location {
        let mut location = location(&entry.place, self.label(finding.span(), &finding.primary.label));
        let physical = &mut location.physical_location;
        let source = self.run.outcome.sources.get(entry.span.source);
        let lines = source.lines();
        let line = |number: u32| lines.range(source.text(), (number as usize).saturating_sub(1));
        let whole = line(entry.place.line).start..line(entry.place.end_line).end;
        // Of a file in one line, or of a place that is a whole file, nobody reads the lines here.
        if entry.in_file && whole.len() <= LONGEST_SNIPPET {
            let snippet = |start: usize, end: usize| {
                let span = Span::new(entry.span.source, start, end);
                Text { text: shown(&self.redactor.slice(span)) }
            };
            physical.region.snippet = Some(snippet(entry.place.start as usize, entry.place.end as usize));
            physical.context_region = Some(log::Context {
                start_line: entry.place.line,
                end_line: entry.place.end_line,
                snippet: snippet(whole.start, whole.end),
            });
        }
        location
    }

    fn label(&self, span: Span, label: &str) -> Option<Text> {
        (!label.is_empty()).then(|| message(&one_line(&self.redactor.text_at(span, label), true)))
    }

    fn related(&self, finding: &Finding) -> Vec<Location> {
        let known = finding.related.iter().filter(|one| is_file(&self.run.outcome.sources, one.span.source));
        let related = known.enumerate().map(|(at, one)| {
            let place = entries::place(&self.run, one.span);
            Location { id: Some(at + 1), ..location(&place, self.label(one.span, &one.label)) }
        });
        related.collect()
    }

    /// The way of the value from its literal to the command.
    fn flow(&self, finding: &Finding) -> Vec<log::CodeFlow> {
        let outcome = self.run.outcome;
        let trail = finding.origin.map(|origin| outcome.provenance.trail(origin)).unwrap_or_default();
        let known = || trail.iter().filter(|hop| is_file(&outcome.sources, hop.span.source));
        // One place is no way.
        if known().all(|hop| Some(hop.span) == known().next().map(|first| first.span)) {
            return Vec::new();
        }
        let locations: Vec<log::FlowLocation> = known()
            .map(|hop| {
                let place = entries::place(&self.run, hop.span);
                log::FlowLocation { location: location(&place, Some(text(human::step_label(hop.step)))) }
            })
            .collect();
        vec![log::CodeFlow { thread_flows: [log::ThreadFlow { locations }] }]
    }

    fn fingerprints(&mut self, entry: &Entry<'_>) -> BTreeMap<&'static str, String> {
        let mut prints = BTreeMap::from([("celador/v1", entry.fingerprint.clone())]);
        if entry.in_file {
            let source = self.run.outcome.sources.get(entry.span.source);
            let hashes = self.hashes.entry(entry.span.source).or_insert_with(|| line_hashes(source.text()));
            let line = (entry.place.line as usize).checked_sub(1);
            if let Some(hash) = line.and_then(|line| hashes.get(line)) {
                prints.insert("primaryLocationLineHash", hash.clone());
            }
        }
        prints
    }

    fn suppression(&self, by: &By) -> log::Suppression {
        let in_source = matches!(by, By::Waiver(waiver) if waiver.inline);
        log::Suppression {
            kind: if in_source { "inSource" } else { "external" },
            status: "accepted",
            justification: one_line(&self.redactor.text(&entries::why(by)), true),
            location: by
                .span()
                .filter(|span| is_file(&self.run.outcome.sources, span.source))
                .map(|span| location(&entries::place(&self.run, span), None)),
            properties: log::SuppressionProperties { by: by.as_str() },
        }
    }

    fn fixes(&self, entry: &Entry<'_>) -> Vec<log::Fix> {
        let Some((fix, replacement)) = entry.certain_fix(self.redactor) else { return Vec::new() };
        let place = entries::place(&self.run, fix.span);
        vec![log::Fix {
            description: message(&one_line(&self.redactor.text(&fix.message), true)),
            artifact_changes: [log::ArtifactChange {
                artifact_location: artifact(&place),
                replacements: [log::Replacement {
                    deleted_region: region(&place),
                    inserted_content: text(replacement),
                }],
            }],
        }]
    }
}

fn location(place: &Place, message: Option<Text>) -> Location {
    let physical_location =
        PhysicalLocation { artifact_location: artifact(place), region: region(place), context_region: None };
    Location { id: None, physical_location, message }
}

fn artifact(place: &Place) -> ArtifactLocation {
    ArtifactLocation { uri: uri(&place.file), uri_base_id: BASE }
}

fn region(place: &Place) -> Region {
    Region {
        start_line: place.line,
        start_column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        snippet: None,
    }
}

/// A path as a relative reference of RFC 3986: whatever is not unreserved is percent-encoded, so that no
/// part of it is a scheme, a query or a fragment.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in path.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into())
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
