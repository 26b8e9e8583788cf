//! `celador baseline` and `celador record`: writing what a project keeps of itself.

// A shell: the files are written here.
#![allow(clippy::disallowed_methods)]

use crate::check;
use crate::cli::args::{Baseline, Color, Record};
use crate::cli::gates::{Keeping, Kept};
use crate::cli::project::{self, Asked, Ready};
use crate::cli::{output, terminal};
use crate::diagnostic::{Action, Diagnostic, Finding, Severity, Verdict};
use crate::enforce::{self, Entry, Status};
use crate::policy;
use crate::report::{Outcome, Style, human, recorded};
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::Path;

/// Groups whose findings are about files of ours: a baseline that held them would hold itself.
const OWN_GROUPS: &[&str] = &["baseline", "vacuity"];

/// A project, judged as a whole.
struct Judged {
    outcome: Outcome,
    kept: Kept,
    baseline: enforce::Baseline,
    record: Option<enforce::Record>,
}

/// Judges the whole project. With an error, or with nothing that was judged, there is nothing to record:
/// what was told is said, and the run ends with that status.
fn judge(config: Option<&Path>, keeping: Keeping) -> io::Result<Result<Judged, Status>> {
    let asked = Asked { keeping, ..Asked::default() };
    let (Ready { project, mut settings, root, kept, .. }, place) = project::ready_whole(config, &asked)?;
    // What a gate tolerates is there all the same.
    settings.enforce.gates.clear();
    let (baseline, record) = (settings.enforce.baseline.clone(), settings.record.clone());
    let mut facts = check::read(project, &settings);
    project::add_schemas(&mut facts, &mut settings, &place, &root);
    let (outcome, status) = check::judge(facts, &settings);
    match status {
        Status::Passed | Status::Denied => Ok(Ok(Judged { outcome, kept, baseline, record })),
        Status::Wrong => {
            let errors = outcome.diagnostics.iter().filter(|told| told.severity == Severity::Error);
            let errors: Vec<Diagnostic> = errors.cloned().collect();
            let style = Style { color: false, ..terminal::style(Color::Never) };
            output::aside(&human::diagnostics(&outcome.sources, &errors, style));
            output::aside("nothing was written\n");
            Ok(Err(status))
        }
        Status::NoSubject => {
            output::aside("error: nothing was found to judge, so nothing was written\n");
            Ok(Err(status))
        }
    }
}

/// `celador baseline`.
pub fn baseline(wanted: &Baseline) -> io::Result<Status> {
    if wanted.reason.as_ref().is_some_and(|reason| !reason.chars().any(char::is_alphanumeric)) {
        output::aside("error: --reason needs words: they are reported with each finding that is added\n");
        return Ok(Status::Wrong);
    }
    let judged = match judge(wanted.config.as_deref(), Keeping::WritesBaseline)? {
        Ok(judged) => judged,
        Err(status) => return Ok(status),
    };
    let Judged { outcome, kept, baseline, .. } = &judged;
    let is_there = kept.baseline.is_some();
    let set_aside = outcome.set_aside.iter().map(|one| &one.finding);
    let all: Vec<Finding> =
        outcome.findings.iter().chain(&outcome.undetermined).chain(set_aside).cloned().collect();
    let matches = baseline.known.matches(&all, &outcome.sources);
    let counted = outcome.findings.len() + outcome.undetermined.len();
    let new = all.iter().take(counted).zip(&matches.entries);
    let new =
        new.filter(|(finding, entry)| entry.is_none() && is_recorded(finding)).map(|(finding, _)| finding);
    let new = recorded::entries(new, outcome, wanted.reason.as_deref().map(str::trim));

    let (mut entries, stale) = remaining(&judged, &all, &matches);
    let refused = is_there && !wanted.accept_new;
    let added = if refused { 0 } else { new.len() };
    if !refused {
        entries.extend(new.iter().cloned());
    }
    let text = recorded::baseline(&entries);
    let before = kept.baseline.map(|id| outcome.sources.get(id).text());
    let path = &kept.baseline_file;
    let mut said = String::new();
    if before == Some(text.as_str()) {
        said.push_str(&format!("{} is as it should be: {}\n", path.display(), findings(entries.len())));
    } else {
        write(path, &text)?;
        let parts = [(added, "added"), (stale, "mended and taken out")];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
        let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
        said.push_str(&format!("wrote {}: {}{parts}\n", path.display(), findings(entries.len())));
    }
    if refused && !new.is_empty() {
        said.push_str(&format!("\nnot in the baseline, {}:\n", findings(new.len())));
        for entry in &new {
            let position = outcome.sources.get(entry.span.source).position(entry.span.start);
            let (line, column) = (position.line, position.column);
            said.push_str(&format!("  {}:{line}:{column} {}: {}\n", entry.path, entry.policy, entry.message));
        }
        said.push_str("\nmend them; or add them with --accept-new --reason \"why\"\n");
        output::write(&said, false)?;
        return Ok(Status::Denied);
    }
    output::write(&said, false)?;
    Ok(Status::Passed)
}

/// Whether a finding belongs into a baseline: what would be reported until it is mended.
fn is_recorded(finding: &Finding) -> bool {
    let own = policy::find_builtin(&finding.policy).is_some_and(|one| OWN_GROUPS.contains(&one.group));
    let least = if finding.verdict == Verdict::Undetermined { Action::Deny } else { Action::Warn };
    !own && finding.action >= least
}

/// The entries that stand for something still, those of renamed files under their new name, and how many
/// do not. What a file holds that cannot be read is not known.
fn remaining(judged: &Judged, all: &[Finding], matches: &enforce::Matches) -> (Vec<Entry>, usize) {
    let Judged { outcome, baseline, .. } = judged;
    let path = |finding: &Finding| outcome.sources.get(finding.span().source).path();
    let broken: HashSet<&str> =
        all.iter().filter(|finding| finding.policy == "unreadable-file").map(path).collect();
    let now: BTreeMap<usize, &Finding> =
        all.iter().zip(&matches.entries).filter_map(|(finding, entry)| Some(((*entry)?, finding))).collect();
    let (mut entries, mut stale) = (Vec::new(), 0);
    for (at, entry) in baseline.entries.iter().enumerate() {
        match now.get(&at) {
            Some(finding) if finding.fingerprint == entry.fingerprint => entries.push(entry.clone()),
            Some(finding) => {
                entries.extend(recorded::entries([*finding], outcome, entry.reason.as_deref()));
            }
            None if broken.contains(entry.path.as_str()) => entries.push(entry.clone()),
            None => stale += 1,
        }
    }
    (entries, stale)
}

/// `celador record`.
pub fn record(wanted: &Record) -> io::Result<Status> {
    let judged = match judge(wanted.config.as_deref(), Keeping::WritesRecord)? {
        Ok(judged) => judged,
        Err(status) => return Ok(status),
    };
    let Judged { outcome, kept, record, .. } = &judged;
    let now = check::record(outcome);
    let text = recorded::record(&now);
    let path = &kept.record_file;
    if kept.record.is_some_and(|id| outcome.sources.get(id).text() == text) {
        output::write(&format!("{} is as it should be\n", path.display()), false)?;
        return Ok(Status::Passed);
    }
    write(path, &text)?;
    let mut said = format!(
        "wrote {}: {} bound, deployments in {}\n",
        path.display(),
        counted(now.policies.len(), "policy", "policies"),
        counted(now.files.len(), "file", "files")
    );
    let before = record.clone().unwrap_or_default();
    for lost in before.policies.iter().filter(|old| now.policies.iter().all(|one| one.name != old.name)) {
        said.push_str(&format!("  {} was bound to {} and is to nothing now\n", lost.name, lost.bound));
    }
    for lost in before.files.iter().filter(|old| now.files.iter().all(|one| one.path != old.path)) {
        said.push_str(&format!("  {} deployed {} and nothing now\n", lost.path, lost.deployments.join(", ")));
    }
    output::write(&said, false)?;
    Ok(Status::Passed)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    std::fs::write(path, text)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn findings(count: usize) -> String {
    counted(count, "finding", "findings")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
