//! One finding, or one diagnostic: headline, frame, and what to do.

use crate::diagnostic::{Action, Annotation, Diagnostic, Finding, Severity, Verdict};
use crate::provenance::{Hop, Step};
use crate::report::human::frame::{Mark, draw};
use crate::report::human::{Page, because};
use crate::report::style::Ink;
use crate::report::text::{one_line, width, wrap};
use crate::source::Span;

/// Services that a headline names; the others stand in a line of their own.
const NAMED: usize = 3;

/// Further elements of a loop that are told one by one.
const FURTHER: usize = 4;

/// Steps on the way from the literal to the command that a frame shows at most.
const STEPS: usize = 3;

/// A terminal with fewer columns has none to spare for a margin.
const NARROW: usize = 60;

/// A finding as people see it. What the next one says in the same words (why, help) is left to it.
pub fn finding(page: &Page<'_>, finding: &Finding, next: Option<&Finding>) -> String {
    let (ink, word) = action_word(finding);
    let message = page.redactor.text_at(finding.span(), &finding.message);
    let mut out = headline(page, ink, &word, &finding.policy, &subject(finding), &message);
    out.push_str(&draw(page, &marks(page, finding, ink)));
    out.push_str(&notes(page, finding, next.filter(|next| next.policy == finding.policy)));
    out
}

/// A finding that stands in full above: its first line, and where.
pub fn again(page: &Page<'_>, finding: &Finding) -> String {
    let (ink, word) = action_word(finding);
    let message = page.redactor.text_at(finding.span(), &finding.message);
    let mut out = headline(page, ink, &word, &finding.policy, &subject(finding), &message);
    out.push_str(&note(page, "above", &page.place(finding.span())));
    out
}

/// `error`, `warning`, `undetermined`; with the action where it is not the severity's own: `error (warn)`.
fn action_word(finding: &Finding) -> (Ink, String) {
    let (ink, word) = verdict_word(finding);
    match unusual_action(finding) {
        Some(action) => (ink, format!("{word} ({action})")),
        None => (ink, word.to_owned()),
    }
}

/// The severity, or that the verdict is open.
pub fn verdict_word(finding: &Finding) -> (Ink, &'static str) {
    match finding.verdict {
        Verdict::Undetermined => (Ink::Undetermined, "undetermined"),
        _ => (severity_ink(finding.severity), finding.severity.as_str()),
    }
}

/// What is done about a finding, where it is not what its severity means.
pub fn unusual_action(finding: &Finding) -> Option<&'static str> {
    let usual = match (finding.verdict, finding.severity) {
        (Verdict::Undetermined, _) if finding.action < Action::Deny => finding.action,
        (Verdict::Undetermined, _) => Action::Warn,
        (_, Severity::Error) => Action::Deny,
        (_, Severity::Warning) => Action::Warn,
        (_, Severity::Info) => Action::Audit,
    };
    (finding.action != usual).then_some(finding.action.as_str())
}

/// A diagnostic in the same look.
pub fn diagnostic(page: &Page<'_>, diagnostic: &Diagnostic) -> String {
    let ink = severity_ink(diagnostic.severity);
    let message = page.redactor.text_at(diagnostic.primary.span, &diagnostic.message);
    let mut out = headline(page, ink, diagnostic.severity.as_str(), diagnostic.code.0, "", &message);
    // What concerns a whole file or the command line has no characters to show.
    if diagnostic.primary.span.is_empty()
        && diagnostic.primary.label.is_empty()
        && diagnostic.related.is_empty()
    {
        out.push_str(&note(page, "in", page.sources.get(diagnostic.primary.span.source).path()));
    } else {
        let mut marks = vec![mark(&diagnostic.primary, ink)];
        marks.extend(diagnostic.related.iter().map(|related| mark(related, Ink::Related)));
        out.push_str(&draw(page, &marks));
    }
    if let Some(help) = &diagnostic.help {
        out.push_str(&note(page, "help", help));
    }
    out
}

fn mark(annotation: &Annotation, ink: Ink) -> Mark {
    Mark { span: annotation.span, label: annotation.label.clone(), ink }
}

pub fn severity_ink(severity: Severity) -> Ink {
    match severity {
        Severity::Error => Ink::Error,
        Severity::Warning => Ink::Warning,
        Severity::Info => Ink::Info,
    }
}

/// `error policy-name   subject: message` if it fits; else the message in lines of its own.
pub fn headline(page: &Page<'_>, ink: Ink, word: &str, name: &str, subject: &str, message: &str) -> String {
    const INDENT: usize = 2;
    let style = page.style;
    let safe = |text: &str| one_line(&page.redactor.text(text), style.unicode);
    let (name, subject, message) = (one_line(name, style.unicode), safe(subject), safe(message));
    let mut out = format!("{} {}", style.paint(ink, word), style.paint(Ink::Strong, &name));
    let used = width(word) + 1 + width(&name) + 3;
    let room = style.width.saturating_sub(used);
    let below = style.width.saturating_sub(INDENT);
    let whole = if subject.is_empty() { message.clone() } else { format!("{subject}: {message}") };
    if width(&whole) <= room {
        out.push_str(&format!("   {whole}\n"));
        return out;
    }
    let lines = if subject.is_empty() {
        wrap(&message, below, below)
    } else if width(&subject) <= room {
        out.push_str(&format!("   {subject}"));
        wrap(&message, below, below)
    } else {
        wrap(&whole, below, below)
    };
    out.push('\n');
    for line in lines {
        out.push_str(&format!("{:INDENT$}{line}\n", ""));
    }
    out
}

/// Whom a finding is about: `backend (staging, Cloud Run)`; empty where the message says it itself.
pub fn subject(finding: &Finding) -> String {
    let Some(first) = finding.services.first() else { return String::new() };
    match finding.message.strip_prefix(first.as_str()) {
        Some(rest) if rest.starts_with([' ', ':', ',', '(']) => return String::new(),
        _ => {}
    }
    let subject = match finding.services.len() {
        1 => first.clone(),
        count if count <= NAMED => and(&finding.services),
        count => format!(
            "{} and {} more",
            finding.services.get(..NAMED - 1).unwrap_or_default().join(", "),
            count + 1 - NAMED
        ),
    };
    let place: Vec<&str> =
        [finding.environment.as_deref(), finding.platform.as_deref()].into_iter().flatten().collect();
    if place.is_empty() { subject } else { format!("{subject} ({})", place.join(", ")) }
}

fn and(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

/// What the frame shows: the literal with its condition, the way, the other side.
fn marks(page: &Page<'_>, finding: &Finding, ink: Ink) -> Vec<Mark> {
    let mut primary = mark(&finding.primary, ink);
    // A label that only repeats what is underlined says nothing.
    let written = page.sources.slice(finding.primary.span).trim_matches(['"', '\'']);
    if primary.label == written {
        primary.label.clear();
    }
    // `not --no-alpine` is told as `unless --no-alpine`.
    let condition = finding.condition.strip_prefix("not ").unwrap_or(&finding.condition);
    if !condition.is_empty() && !primary.label.contains(condition) {
        primary.label = format!("{} when {}", primary.label, finding.condition).trim_start().to_owned();
    }
    let mut marks = vec![primary];
    let trail = finding.origin.map(|origin| page.provenance.trail(origin)).unwrap_or_default();
    let line_of = |span: Span| (span.source, page.sources.get(span.source).position(span.start).line);
    let shown = |span: Span| {
        let related = finding.related.iter().any(|related| related.span == span);
        related || line_of(span) == line_of(finding.primary.span)
    };
    let mut steps: Vec<&Hop> =
        trail.iter().filter(|hop| !shown(hop.span) && worth_showing(hop.step)).collect();
    // Of a long way the beginning is forgotten first: the last step is the command itself.
    steps.dedup_by_key(|hop| line_of(hop.span));
    let skip = steps.len().saturating_sub(STEPS);
    marks.extend(steps.into_iter().skip(skip).map(|hop| Mark {
        span: hop.span,
        label: step_label(hop.step).to_owned(),
        ink: Ink::Related,
    }));
    marks.extend(finding.related.iter().map(|related| mark(related, Ink::Related)));
    marks
}

fn worth_showing(step: Step) -> bool {
    !matches!(
        step,
        Step::Literal | Step::Interpolated | Step::Element | Step::Computed | Step::PlatformDefault
    )
}

/// What a step of the way is called in a frame and in `--why`.
pub fn step_label(step: Step) -> &'static str {
    match step {
        Step::Literal => "written here",
        Step::Assigned => "bound to this name",
        Step::Argument => "passed on as an argument",
        Step::Default => "the default, where nothing else is given",
        Step::Interpolated => "put into this text",
        Step::Element => "put into a list or map",
        Step::Computed => "computed here",
        Step::Returned => "returned by this call",
        Step::Input => "read here from the caller",
        Step::Overridden => "given before, and overridden",
        Step::Passed => "passed to the command here",
        Step::PlatformDefault => "the platform's default",
        Step::Alias => "through this alias",
        Step::Merged => "merged in here",
        Step::BaseImage => "the base image",
        Step::ByName => "concluded from this name",
    }
}

/// The lines below the frame.
fn notes(page: &Page<'_>, finding: &Finding, next: Option<&Finding>) -> String {
    let mut out = String::new();
    if finding.services.len() > NAMED {
        out.push_str(&note(page, "services", &finding.services.join(", ")));
    }
    let same_cause = next.is_some_and(|next| {
        (next.verdict, &next.because, &next.further) == (finding.verdict, &finding.because, &finding.further)
    });
    if !same_cause {
        let causes = finding.because.iter().map(|one| ("because", one));
        let further = finding.further.iter().take(FURTHER).map(|one| ("and", one));
        for (word, cause) in causes.chain(further) {
            let text = because::text(page, cause, finding.verdict);
            out.push_str(&note(page, word, &page.redactor.text_at(finding.span(), &text)));
        }
        if finding.further.len() > FURTHER {
            out.push_str(&note(page, "and", &format!("{} more", finding.further.len() - FURTHER)));
        }
    }
    for unknown in &finding.unknowns {
        let text =
            format!("{}: {} is {}", unknown.name, unknown.unknown.input, unknown.unknown.reason.as_str());
        out.push_str(&note(page, "unknown", &text));
    }
    if let Some(fix) = &finding.fix {
        let position = page.sources.get(fix.span.source).position(fix.span.start);
        let place = if fix.span.source == finding.primary.span.source {
            format!("{}:{}", position.line, position.column)
        } else {
            page.place(fix.span)
        };
        out.push_str(&note(page, "fix", &format!("{} at {place}", fix.message)));
    }
    if next.is_some_and(|next| next.help == finding.help) {
        return out;
    }
    if let Some(help) = &finding.help {
        out.push_str(&note(page, "help", &page.redactor.text_at(finding.span(), help)));
    }
    out.push_str(&command(page, "more", &format!("celador explain {}", finding.policy)));
    out
}

/// `   fix      "2Gi" or more at 87:26`; where there are few columns, the word begins the text.
pub fn note(page: &Page<'_>, word: &str, text: &str) -> String {
    let style = page.style;
    let text = one_line(&page.redactor.text(text), style.unicode);
    let (margin, column) = margins(page, word);
    let room = style.width.saturating_sub(margin);
    let mut out = String::new();
    for (i, line) in wrap(&text, style.width.saturating_sub(column), room).into_iter().enumerate() {
        if i == 0 {
            let gap = " ".repeat(column.saturating_sub(3 + width(word)));
            out.push_str(&format!("   {}{gap}{line}\n", style.paint(Ink::Faint, word)));
        } else {
            out.push_str(&format!("{:margin$}{line}\n", ""));
        }
    }
    out
}

/// The same with a command to type: it stays in one line, so that it can be copied.
fn command(page: &Page<'_>, word: &str, command: &str) -> String {
    let (_, column) = margins(page, word);
    let gap = " ".repeat(column.saturating_sub(3 + width(word)));
    let command = one_line(command, page.style.unicode);
    format!("   {}{gap}{command}\n", page.style.paint(Ink::Faint, word))
}

/// Where the lines of a note begin, and where the first line's text does.
fn margins(page: &Page<'_>, word: &str) -> (usize, usize) {
    if page.style.width < NARROW { (5, 4 + width(word)) } else { (12, 12) }
}
