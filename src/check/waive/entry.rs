//! An entry of `celador.yaml`. What stands in the file stays as its author wrote it.

use super::{Change, ProjectFile, Trial, Verdict, Words, compare};
use crate::diagnostic::{By, Finding};
use crate::document::{NodeKind, Ref};
use crate::enforce::waiver::{Named, Place, Waiver};
use crate::input::{Limits, yaml};
use crate::report::Outcome;
use crate::report::yaml::scalar;
use crate::source::{Source, SourceId, Sources, Span};
use std::ops::Range;

/// The change of the project file.
///
/// # Errors
/// Why none can be made, for people.
pub(super) fn write(
    outcome: &Outcome,
    finding: &Finding,
    words: &Words,
    file: &ProjectFile,
    run: &dyn Fn(Trial) -> Outcome,
) -> Result<Change, String> {
    let (waiver, also) = match try_entry(outcome, finding, words, run) {
        (waiver, Verdict::Waived { also }) => (waiver, also),
        (_, Verdict::Wrong(message)) => return Err(message),
        (_, Verdict::Otherwise) => return Err("an entry would not set it aside".to_owned()),
    };
    let list = |all: &[String]| match all {
        [one] => scalar(one),
        all => format!("[{}]", all.iter().map(|one| scalar(one)).collect::<Vec<_>>().join(", ")),
    };
    let mut keys: Vec<(&str, String)> = vec![("policy", scalar(&finding.policy))];
    let lists = [
        ("service", &waiver.services),
        ("environment", &waiver.environments),
        ("path", &waiver.paths),
        ("condition", &waiver.conditions),
    ];
    keys.extend(lists.into_iter().filter(|(_, all)| !all.is_empty()).map(|(key, all)| (key, list(all))));
    keys.extend(words.owner.as_deref().map(|owner| ("owner", scalar(owner))));
    keys.extend(words.reason.as_deref().map(|reason| ("reason", scalar(reason))));
    keys.extend(words.until.map(|day| ("expires", day.to_string())));
    insert(file, &keys, also)
}

/// The entry that names the finding as closely as can be, and what comes of it.
pub(super) fn try_entry(
    outcome: &Outcome,
    finding: &Finding,
    words: &Words,
    run: &dyn Fn(Trial) -> Outcome,
) -> (Waiver, Verdict) {
    let nowhere = Span::beginning(SourceId::FIRST);
    let named = |text: String| Named { text, span: nowhere };
    let environments = finding.environments();
    let waiver = Waiver {
        policies: vec![named(finding.policy.clone())],
        services: finding.services.clone(),
        environments: environments.map(str::to_owned).collect(),
        paths: vec![outcome.sources.get(finding.span().source).path().to_owned()],
        conditions: Some(&finding.condition).filter(|all| !all.is_empty()).cloned().into_iter().collect(),
        reason: words.reason.clone(),
        owner: words.owner.clone(),
        expires: words.until.map(|day| named(day.to_string())),
        place: Place::Project,
        span: nowhere,
    };
    let after = run(Trial::Entry(Box::new(waiver.clone())));
    let is_it = |other: &Finding, by: &By| {
        other.fingerprint == finding.fingerprint && by.span() == Some(nowhere) && by.as_str() == "waiver"
    };
    (waiver, compare(outcome, &after, &finding.policy, is_it))
}

/// One replacement of bytes.
struct Edit {
    range: Range<usize>,
    text: String,
}

fn insert(file: &ProjectFile, keys: &[(&str, String)], also: usize) -> Result<Change, String> {
    let old = file.text.clone().unwrap_or_else(|| "version: 1\n".to_owned());
    let mut sources = Sources::new();
    let id = sources.add(file.path.as_str(), old.as_str());
    let source = sources.get(id);
    let read = yaml::read(source, id, &Limits::default());
    let root = read.documents.first().map(crate::document::Document::root);
    let edit = match root {
        Some(root) => edit(source, root, keys),
        None => Some(Edit {
            range: old.len()..old.len(),
            text: format!("version: 1\nwaivers:\n{}", block(keys, "  ")),
        }),
    };
    let refusal = || {
        format!("`waivers` of {} is written in a way that nothing can be added to; make it a list", file.path)
    };
    let Edit { range, text: mut written } = edit.ok_or_else(refusal)?;
    if old.contains("\r\n") {
        written = written.replace('\n', "\r\n");
    }
    let mut text = old.clone();
    text.replace_range(range.clone(), &written);
    if entries(&text) != Some(root.map_or(0, number) + 1) {
        return Err(refusal());
    }
    let shown = written.trim_start_matches([',', ':', ' ']).trim_matches(['\n', '\r']);
    let lead = written.find(shown).unwrap_or_default();
    let before = text.get(..range.start + lead).unwrap_or_default();
    let line = u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX);
    Ok(Change { path: file.path.clone(), line, written: shown.to_owned(), text, also, because: None })
}

/// How many waivers a root has.
fn number(root: Ref<'_>) -> usize {
    root.get("waivers").map_or(0, |waivers| waivers.items().count())
}

/// How many waivers a text has, if it can be read.
fn entries(text: &str) -> Option<usize> {
    let mut sources = Sources::new();
    let id = sources.add("", text);
    let read = yaml::read(sources.get(id), id, &Limits::default());
    let [document] = read.documents.as_slice() else { return None };
    read.diagnostics.is_empty().then(|| number(document.root()))
}

fn edit(source: &Source, root: Ref<'_>, keys: &[(&str, String)]) -> Option<Edit> {
    let text = source.text();
    let Some(entry) = root.entry("waivers") else {
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        return Some(Edit {
            range: text.len()..text.len(),
            text: format!("{end}waivers:\n{}", block(keys, "  ")),
        });
    };
    let waivers = root.document().at(entry.value);
    let span = waivers.span();
    let is_flow = source.slice(span).starts_with('[');
    let last = waivers.items().last();
    match (&waivers.node().kind, last) {
        // `waivers:` with nothing behind it.
        (NodeKind::Scalar { .. }, _) if waivers.is_null() && span.is_empty() => {
            let line = source.lines().index_of(entry.key_span.start as usize);
            let end = source.lines().range(text, line).end;
            Some(Edit { range: end..end, text: format!("\n{}", block(keys, "  ").trim_end_matches('\n')) })
        }
        (NodeKind::Sequence(_), None) if is_flow => Some(Edit {
            range: span.range(),
            text: format!("\n{}", block(keys, "  ").trim_end_matches('\n')),
        }),
        (NodeKind::Sequence(_), Some(last)) if is_flow => {
            let end = last.span().end as usize;
            let pairs: Vec<String> = keys.iter().map(|(key, value)| format!("{key}: {value}")).collect();
            Some(Edit { range: end..end, text: format!(", {{{}}}", pairs.join(", ")) })
        }
        (NodeKind::Sequence(_), Some(last)) => {
            let lines = source.lines();
            let first = lines.range(text, lines.index_of(last.span().start as usize));
            let lead = text.get(first.start..last.span().start as usize)?;
            let indentation = lead.get(..lead.len() - lead.trim_start().len())?;
            if lead.trim() != "-" {
                return None;
            }
            let end = lines.range(text, lines.index_of((last.span().end as usize).checked_sub(1)?)).end;
            Some(Edit {
                range: end..end,
                text: format!("\n{}", block(keys, indentation).trim_end_matches('\n')),
            })
        }
        _ => None,
    }
}

/// An item of a block sequence.
fn block(keys: &[(&str, String)], indentation: &str) -> String {
    let mut out = String::new();
    for (index, (key, value)) in keys.iter().enumerate() {
        let lead = if index == 0 { "- " } else { "  " };
        out.push_str(&format!("{indentation}{lead}{key}: {value}\n"));
    }
    out
}
