//! A comment above what it is for.

use super::{Change, Trial, Verdict, Words, compare};
use crate::diagnostic::{By, Finding};
use crate::input::Format;
use crate::report::Outcome;
use crate::source::Source;

/// So many lines above the finding are tried: a statement of more lines has room for a comment of its own.
const MAX_LINES: usize = 60;

/// The change of the finding's file, or why no comment can stand there.
///
/// # Errors
/// Where the waiver itself is at fault.
pub(super) fn write(
    outcome: &Outcome,
    finding: &Finding,
    words: &Words,
    run: &dyn Fn(Trial) -> Outcome,
) -> Result<Result<Change, &'static str>, String> {
    let span = finding.span();
    let source = outcome.sources.get(span.source);
    let Some(format) = Format::of_path(source.path())
        .or_else(|| Format::of_first_line(source.text().lines().next().unwrap_or_default()))
    else {
        return Ok(Err("it points into no file of the project"));
    };
    let marker = match format {
        Format::Json if source.path().ends_with(".jsonc") => "//",
        Format::Json => return Ok(Err("JSON has no comments")),
        _ => "#",
    };
    let written = text(&finding.policy, words)?;
    let last = source.lines().index_of(span.start as usize);
    for line in (last.saturating_sub(MAX_LINES)..=last).rev() {
        let Some((at, inserted)) = insertion(source, line, format, marker, &written) else { continue };
        let mut changed = source.text().to_owned();
        changed.insert_str(at, &inserted);
        let moved = span.start as usize + inserted.len();
        let after = run(Trial::Text(span.source, changed.clone()));
        let is_it = |other: &Finding, by: &By| {
            let here = other.span().source == span.source && other.span().start as usize == moved;
            let ours = by.span().is_some_and(|waiver| {
                waiver.source == span.source && (at..at + inserted.len()).contains(&(waiver.start as usize))
            });
            other.policy == finding.policy && here && ours
        };
        match compare(outcome, &after, &finding.policy, is_it) {
            Verdict::Waived { also } => {
                return Ok(Ok(Change {
                    path: source.path().to_owned(),
                    text: changed,
                    line: u32::try_from(line + 1).unwrap_or(u32::MAX),
                    written: inserted.trim().to_owned(),
                    also,
                    because: None,
                }));
            }
            // What is wrong only here: a folded text makes one comment of it and of what follows.
            Verdict::Wrong(_) | Verdict::Otherwise => {}
        }
    }
    Ok(Err("no comment can stand above it"))
}

/// Where the comment is inserted and what, with the indentation and line end of the line below it.
fn insertion(
    source: &Source,
    line: usize,
    format: Format,
    marker: &str,
    written: &str,
) -> Option<(usize, String)> {
    let text = source.text();
    let range = source.lines().range(text, line);
    let below = text.get(range.clone())?;
    // What only counts on the first line stays there.
    if below.starts_with("#!") || below.trim().is_empty() {
        return None;
    }
    let mark = if line == 0 && below.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let below = below.get(mark..)?;
    // Make reads a comment at the beginning of a line, also between those of a recipe.
    let indentation = match format {
        Format::Makefile => "",
        _ => below.get(..below.len() - below.trim_start().len())?,
    };
    let end = if text.get(range.end..)?.starts_with("\r\n") { "\r\n" } else { "\n" };
    Some((range.start + mark, format!("{indentation}{marker} {written}{end}")))
}

/// `celador: allow(POLICY) until=... owner=... reason="..."`.
///
/// # Errors
/// Where a part holds what cannot stand in a comment.
fn text(policy: &str, words: &Words) -> Result<String, String> {
    let mut text = format!("celador: allow({policy})");
    if let Some(until) = words.until {
        text.push_str(&format!(" until={until}"));
    }
    let parts = [("owner", &words.owner, false), ("reason", &words.reason, true)];
    for (key, value, quoted) in parts {
        let Some(value) = value.as_deref() else { continue };
        let plain = |c: char| c.is_ascii_alphanumeric() || "@-_./+:".contains(c);
        let value = match !quoted && !value.is_empty() && value.chars().all(plain) {
            true => value.to_owned(),
            false => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        };
        text.push_str(&format!(" {key}={value}"));
    }
    let whole = 0..text.len();
    crate::enforce::waiver::parse(&text, whole)
        .map_err(|wrong| format!("{}; {}", wrong.message, wrong.help))?;
    Ok(text)
}
