//! Writing what is found into the examples of a policy file: by spans, so that everything else stays as
//! its author wrote it.

use super::{Load, PolicyFile, Request};
use crate::policy::{self, Actual, Difference, Example, Expected, ListPlace};
use crate::report::yaml::scalar;
use crate::source::{SourceId, Span};
use crate::testing::bench::Bench;
use std::ops::Range;
use std::sync::Arc;

/// One replacement of bytes.
struct Edit {
    range: Range<usize>,
    text: String,
}

/// The file with the findings that its examples make now; `None` where it says so already. Policies
/// that are wrong, and examples whose files are, stay as they are.
pub fn update(file: &PolicyFile, request: &Request, load: Load<'_>) -> Option<String> {
    let sources = file.sources();
    let (policies, _) = policy::read(SourceId::FIRST, sources.get(SourceId::FIRST));
    let mut edits = Vec::new();
    for policy in policies.into_iter().filter(|policy| request.takes_policy(policy)) {
        let Ok(compiled) = policy::compile(Arc::new(policy)) else { continue };
        let policy = &compiled.policy;
        for example in policy.examples.iter().filter(|example| request.takes_example(example)) {
            let bench = Bench::new(file, &policy.name, example, load);
            let said = bench.judge(&compiled);
            if !said.errors.is_empty() {
                continue;
            }
            let writer = Writer { text: &file.text, example };
            edits.extend(writer.edits(&example.findings, example.findings_place, &said.findings));
            if let (Some(expected), Some(place)) = (&example.undetermined, example.undetermined_place) {
                edits.extend(writer.edits(expected, place, &said.open));
            }
        }
    }
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|edit| std::cmp::Reverse((edit.range.start, edit.range.end)));
    let mut text = file.text.clone();
    for Edit { range, text: new } in edits {
        text.get(range.clone())?;
        text.replace_range(range, &new);
    }
    still_reads(file, &text).then_some(text)
}

/// Whether the edited file holds the same examples as before: a file is never written that cannot be
/// read.
fn still_reads(file: &PolicyFile, text: &str) -> bool {
    let names = |text: &str| {
        let sources = PolicyFile { path: file.path.clone(), text: text.to_owned() }.sources();
        let (policies, told) = policy::read(SourceId::FIRST, sources.get(SourceId::FIRST));
        let names = policies.iter().flat_map(|policy| &policy.examples).map(|example| example.name.clone());
        (names.collect::<Vec<_>>(), told.len())
    };
    names(&file.text) == names(text)
}

struct Writer<'a> {
    text: &'a str,
    example: &'a Example,
}

impl Writer<'_> {
    /// The edits that make a list of expected findings say what was found.
    fn edits(&self, expected: &[Expected], place: ListPlace, found: &[Actual]) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut missing: Vec<&Expected> = Vec::new();
        let mut surplus: Vec<&Actual> = Vec::new();
        for difference in policy::compare_example(expected, found) {
            match difference {
                Difference::Message(want, have) => edits.extend(self.message(want, have)),
                Difference::Missing(want) => missing.push(want),
                Difference::Surplus(have) => surplus.push(have),
            }
        }
        // A finding that has merely moved keeps its place in the list, and its comments.
        missing.retain(|want| {
            let moved = surplus.iter().position(|have| {
                want.message.as_ref() == Some(&have.message)
                    && want.file.as_ref().is_none_or(|file| *file == have.file)
            });
            let Some(at) = moved else { return true };
            edits.push(Edit { range: want.line_span.range(), text: surplus.remove(at).line.to_string() });
            false
        });
        if missing.is_empty() && surplus.is_empty() {
            return edits;
        }
        surplus.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        let items: Vec<String> = surplus.iter().map(|have| self.item(have)).collect();
        edits.extend(self.list(expected, &missing, place, &items));
        edits
    }

    /// Another message in the place of one.
    fn message(&self, want: &Expected, have: &Actual) -> Option<Edit> {
        let span = want.message_span?;
        let text = self.text.get(span.range())?;
        // A block scalar's characters are its lines; what stands for it is one line.
        let block = text.contains('\n') && !text.starts_with(['"', '\'']);
        if block { None } else { Some(Edit { range: span.range(), text: scalar(&have.message) }) }
    }

    /// Takes items out of a list and puts others in.
    fn list(&self, expected: &[Expected], gone: &[&Expected], place: ListPlace, new: &[String]) -> Vec<Edit> {
        let is_gone = |one: &Expected| gone.iter().any(|gone| gone.span == one.span);
        let kept: Vec<&Expected> = expected.iter().filter(|one| !is_gone(one)).collect();
        let after_key = place.key.range().end + 1;
        let key = place.key.range().start;
        let indent = " ".repeat(key - self.line_start(key) + 2);
        let block =
            |items: &[String]| items.iter().map(|item| format!("{indent}- {item}\n")).collect::<String>();
        if self.text.get(place.list.range()).is_some_and(|text| text.starts_with('[')) {
            let kept = kept.iter().filter_map(|one| self.text.get(one.span.range())).map(str::to_owned);
            let items: Vec<String> = kept.chain(new.iter().cloned()).collect();
            let text = match items.as_slice() {
                [] => " []".to_owned(),
                items => format!("\n{}", block(items).trim_end_matches('\n')),
            };
            return vec![Edit { range: after_key..place.list.range().end, text }];
        }
        let mut edits: Vec<Edit> =
            gone.iter().map(|one| Edit { range: self.lines(one.span), text: String::new() }).collect();
        match kept.last() {
            None if new.is_empty() => {
                edits.push(Edit { range: after_key..after_key, text: " []".to_owned() })
            }
            None => {
                if let (Some(first), Some(edit)) = (gone.first(), edits.first_mut()) {
                    edit.range = self.lines(first.span);
                    edit.text = block(new);
                }
            }
            Some(last) if !new.is_empty() => {
                let lines = self.lines(last.span);
                let start = self.line_start(lines.start);
                let dash =
                    self.text.get(start..).map_or(0, |rest| rest.len() - rest.trim_start_matches(' ').len());
                let indent = " ".repeat(dash);
                let text: String = new.iter().map(|item| format!("{indent}- {item}\n")).collect();
                let ends = self.text.get(..lines.end).is_some_and(|before| before.ends_with('\n'));
                let text = if ends { text } else { format!("\n{}", text.trim_end_matches('\n')) };
                edits.push(Edit { range: lines.end..lines.end, text });
            }
            Some(_) => {}
        }
        edits
    }

    /// A finding as an item of a list.
    fn item(&self, have: &Actual) -> String {
        let file = match self.example.files.len() {
            1 => String::new(),
            _ => format!("file: {}, ", scalar(&have.file)),
        };
        format!("{{{file}line: {}, message: {}}}", have.line, scalar(&have.message))
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
    }

    /// The whole lines of a span, the last line's break included.
    fn lines(&self, span: Span) -> Range<usize> {
        let end = span.range().end;
        let rest = self.text.get(end..).unwrap_or_default();
        let end = rest.find('\n').map_or(self.text.len(), |at| end + at + 1);
        self.line_start(span.range().start)..end
    }
}
