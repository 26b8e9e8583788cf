//! `celador check --format markdown`: a summary for a pull request or for the summary of a CI job.
//!
//! Text of others stands in code only, in a fence longer than any in the text or as escaped HTML between
//! `<code>` and `</code>`: there no link, image, mention or tag means anything, wherever it is shown.

use crate::diagnostic::Action;
use crate::enforce::Status;
use crate::report::entries::{Entry, Level, Run, Standing, entries};
use crate::report::human;
use crate::report::redact::Redactor;
use crate::report::style::Style;
use crate::report::text::{one_line, without_commands};

/// What a comment on GitHub holds. <https://github.com/orgs/community/discussions/27190>
pub const MOST: usize = 65_536;

/// Kept free for the line that says what was left out.
const RESERVE: usize = 300;

/// Characters of a message that a summary line shows at most; all of it stands below.
const SUMMARY: usize = 400;

/// Columns of the excerpts.
const WIDTH: usize = 100;

/// A headline with counts, then a part for each entry, what denies first. Every entry has its line before any
/// has its excerpt: where not all fits, the last ones lose theirs, then their lines, and the last line of the
/// page says so.
pub fn markdown(run: &Run<'_>) -> String {
    let redactor = run.redactor();
    let all = entries(run, &redactor);
    let mut page = format!("{}\n", headline(run));
    let mut left = MOST.saturating_sub(RESERVE + length(&page));
    let mut lines: Vec<(&Entry<'_>, String)> = Vec::new();
    for (title, is_in) in SECTIONS {
        let entries: Vec<&Entry<'_>> = all.iter().filter(|entry| is_in(entry)).collect();
        let mut heading = format!("\n#### {title} ({})\n", entries.len());
        lines.extend(entries.into_iter().map(|entry| (entry, std::mem::take(&mut heading))));
    }
    let mut shown = 0;
    for (entry, heading) in &lines {
        let cost = length(heading) + length(&bare(&summary(entry)));
        if cost > left {
            break;
        }
        left -= cost;
        shown += 1;
    }
    let (mut without, mut open) = (0, true);
    for (entry, heading) in lines.iter().take(shown) {
        let summary = summary(entry);
        let bare = bare(&summary);
        page.push_str(heading);
        // The first that does not fit ends the excerpts: nobody looks for a pattern in gaps.
        let part = open.then(|| collapsed(&summary, &excerpt(run, &redactor, entry)));
        match part.filter(|part| length(part) <= left + length(&bare)) {
            Some(part) => {
                left = left + length(&bare) - length(&part);
                page.push_str(&part);
            }
            None => {
                open = false;
                without += 1;
                page.push_str(&bare);
            }
        }
    }
    let omitted = lines.get(shown..).unwrap_or_default();
    if without + omitted.len() > 0 {
        let denying = omitted.iter().filter(|(entry, _)| entry.fails()).count();
        page.push_str(&format!(
            "\n{} left out ({denying} of them deny) and {without} shown without their excerpt, so that this page \
             holds no more than {MOST} characters. `celador check` shows all.\n",
            omitted.len()
        ));
    }
    without_commands(page, true)
}

fn bare(summary: &str) -> String {
    format!("\n<p>{summary}</p>\n")
}

fn collapsed(summary: &str, excerpt: &str) -> String {
    format!("\n<details><summary>{summary}</summary>\n\n{}\n</details>\n", fenced(excerpt))
}

/// Whether an entry belongs to a part of the page.
type IsIn = fn(&Entry<'_>) -> bool;

/// The parts of the page in their order; every entry belongs to one.
const SECTIONS: [(&str, IsIn); 6] = [
    ("Wrong with the run", |entry| matches!(entry.standing, Standing::OfTheRun)),
    ("Denied", |entry| counts(entry) && entry.level == Level::Error),
    ("Warned", |entry| counts(entry) && entry.level == Level::Warning),
    ("Undetermined", |entry| matches!(entry.standing, Standing::Open) && entry.level == Level::Note),
    ("For the record", |entry| matches!(entry.standing, Standing::Found) && entry.level == Level::Note),
    ("Set aside", |entry| matches!(entry.standing, Standing::SetAside(_))),
];

fn counts(entry: &Entry<'_>) -> bool {
    matches!(entry.standing, Standing::Found | Standing::Open)
}

/// Counted as the systems do that count the most: in units of UTF-16.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn headline(run: &Run<'_>) -> String {
    let outcome = run.outcome;
    let verdict = match run.status {
        Status::Passed => "nothing denies",
        Status::Denied => "a finding denies",
        Status::Wrong => "something is wrong with the run itself",
        Status::NoSubject => "nothing to check was found",
    };
    let number = |action| outcome.findings.iter().filter(|finding| finding.action == action).count();
    let mut counts = vec![
        format!("{} denied", number(Action::Deny)),
        format!("{} warned", number(Action::Warn)),
        format!("{} undetermined", outcome.undetermined.len()),
        format!("{} set aside", outcome.set_aside.len()),
    ];
    if outcome.errors() > 0 {
        counts.push(format!("{} wrong with the run", outcome.errors()));
    }
    let (bound, nothing) = outcome.policies();
    format!(
        "### Celador: {verdict}\n\n{}.\n\n{} files read, {} deployments of {} services, {bound} policies bound, {nothing} \
         matched nothing.",
        counts.join(", "),
        outcome.coverage.files,
        outcome.model.deployments.len(),
        outcome.services(),
    )
}

/// One line of HTML: what it is, the policy, the place, the message.
fn summary(entry: &Entry<'_>) -> String {
    let mut parts = vec![code(entry.rule), code(&entry.position())];
    if let Standing::SetAside(by) = entry.standing {
        parts.push(format!("({})", by.as_str()));
        parts.extend(entry.reason().map(code));
    }
    parts.push(code(&entry.message));
    parts.join(" ")
}

fn code(text: &str) -> String {
    let text = one_line(text, true);
    let mut short: String = text.chars().take(SUMMARY).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("<code>{}</code>", html(&short))
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The finding as a terminal shows it.
fn excerpt(run: &Run<'_>, redactor: &Redactor<'_>, entry: &Entry<'_>) -> String {
    let outcome = run.outcome;
    let page = human::Page {
        sources: &outcome.sources,
        provenance: &outcome.provenance,
        redactor,
        style: Style::plain(WIDTH),
    };
    let text = match entry.finding {
        Some(finding) => human::one(&page, finding, None),
        None => format!("{}\n", entry.whole()),
    };
    match entry.standing {
        Standing::SetAside(_) => format!("{text}\n{}\n", entry.remark().unwrap_or_default()),
        _ => text,
    }
}

/// A text between fences that are longer than any in it.
fn fenced(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}
