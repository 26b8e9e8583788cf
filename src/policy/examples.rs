//! The examples of a policy: files in, findings out. Documentation and tests at once.

use super::keys::Keys;
use crate::document::{Ref, ScalarType};
use crate::input;
use crate::source::{Source, Span, TextMap};

/// A file of an example.
#[derive(Clone, Debug)]
pub struct File {
    pub path: String,
    pub text: String,
    /// From the text's characters to those of the policy file.
    pub map: TextMap,
}

/// A finding that an example expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// May be left out where the example has one file.
    pub file: Option<String>,
    pub line: u32,
    /// The whole message; left out, any message will do.
    pub message: Option<String>,
    pub span: Span,
    /// The number's characters.
    pub line_span: Span,
    /// The message's, if one is given, with its quotes.
    pub message_span: Option<Span>,
}

/// A finding that a run made, as far as an example can speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actual {
    pub file: String,
    pub line: u32,
    pub message: String,
}

/// Where an example lists what it expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPlace {
    pub key: Span,
    pub list: Span,
}

/// One example.
#[derive(Clone, Debug)]
pub struct Example {
    pub name: String,
    pub name_span: Span,
    pub files: Vec<File>,
    /// Empty for a passing example.
    pub findings: Vec<Expected>,
    pub findings_place: ListPlace,
    /// Verdicts that must stay open, if the example speaks of them, and where it does.
    pub undetermined: Option<Vec<Expected>>,
    pub undetermined_place: Option<ListPlace>,
    pub span: Span,
}

/// Reads the `examples` of a policy.
pub(super) fn read_examples(keys: &mut Keys, source: &Source, node: Ref<'_>) -> Vec<Example> {
    if !node.is_sequence() {
        keys.wrong(node, "`examples`", "a list");
        return Vec::new();
    }
    node.items().filter_map(|item| read_example(keys, source, item)).collect()
}

fn read_example(keys: &mut Keys, source: &Source, node: Ref<'_>) -> Option<Example> {
    const WHAT: &str = "an example";
    if !keys.check(node, WHAT, &["name", "files", "findings", "undetermined"]) {
        return None;
    }
    let (name, name_node) = keys.required_text(node, "name", WHAT)?;
    let Some(files) = node.get("files").filter(|files| files.is_mapping()) else {
        keys.missing(node, "files", "an example (a mapping from paths to texts)");
        return None;
    };
    let mut read = Vec::new();
    for entry in files.entries() {
        let body = files.document().at(entry.value);
        match body.text() {
            Some(text) => {
                let map = input::text_map(source, body);
                read.push(File { path: entry.key.clone(), text: text.to_owned(), map });
            }
            None => keys.wrong(body, &format!("the file `{}`", entry.key), "a text"),
        }
    }
    let Some(findings) = node.get("findings") else {
        keys.missing(node, "findings", "an example (an empty list where it passes)");
        return None;
    };
    let undetermined = node.get("undetermined");
    let place = |key: &str| {
        let entry = node.entry(key)?;
        Some(ListPlace { key: entry.key_span, list: node.document().at(entry.value).span() })
    };
    Some(Example {
        name: name.to_owned(),
        name_span: name_node.span(),
        files: read,
        findings_place: place("findings")?,
        findings: read_expected(keys, findings),
        undetermined_place: place("undetermined"),
        undetermined: undetermined.map(|list| read_expected(keys, list)),
        span: node.span(),
    })
}

fn read_expected(keys: &mut Keys, node: Ref<'_>) -> Vec<Expected> {
    const WHAT: &str = "an expected finding";
    if !node.is_sequence() {
        keys.wrong(node, "the expected findings", "a list");
        return Vec::new();
    }
    let mut all = Vec::new();
    for item in node.items() {
        if !keys.check(item, WHAT, &["file", "line", "message"]) {
            continue;
        }
        let number = item.get("line").and_then(|node| Some((node.scalar_type()?, node.span())));
        let (line, line_span) = match number {
            Some((ScalarType::Int(line), span)) => (u32::try_from(line).unwrap_or_default(), span),
            _ => {
                keys.missing(item, "line", "an expected finding (a number from 1)");
                continue;
            }
        };
        let file = keys.text(item, "file", WHAT).map(|(text, _)| text.to_owned());
        let message = keys.text(item, "message", WHAT);
        all.push(Expected {
            file,
            line,
            message: message.map(|(text, _)| text.to_owned()),
            span: item.span(),
            line_span,
            message_span: message.map(|(_, node)| node.span()),
        });
    }
    all
}

/// One way in which a run differs from what an example expects.
#[derive(Clone, Debug)]
pub enum Difference<'a> {
    /// Found where it was expected, with another message.
    Message(&'a Expected, &'a Actual),
    /// Expected and not found.
    Missing(&'a Expected),
    /// Found and not expected.
    Surplus(&'a Actual),
}

/// What differs between the findings that an example expects and those that a run made; nothing if they
/// agree. The order does not matter.
pub fn compare<'a>(expected: &'a [Expected], actual: &'a [Actual]) -> Vec<Difference<'a>> {
    let here = |want: &Expected, have: &Actual| {
        have.line == want.line && want.file.as_ref().is_none_or(|file| *file == have.file)
    };
    let same = |want: &Expected, have: &Actual| {
        here(want, have) && want.message.as_ref().is_none_or(|message| *message == have.message)
    };
    // What agrees is set aside first, so that a wrong message takes no finding from a right one.
    let mut left: Vec<&Actual> = actual.iter().collect();
    let mut unmet = Vec::new();
    for want in expected {
        match left.iter().position(|have| same(want, have)) {
            Some(at) => drop(left.remove(at)),
            None => unmet.push(want),
        }
    }
    let mut differences = Vec::new();
    for want in unmet {
        match left.iter().position(|have| here(want, have)) {
            Some(at) => differences.push(Difference::Message(want, left.remove(at))),
            None => differences.push(Difference::Missing(want)),
        }
    }
    differences.extend(left.into_iter().map(Difference::Surplus));
    differences
}
