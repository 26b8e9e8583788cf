//! The examples of a policy: files in, findings out. Documentation and tests at once.

use super::keys::Keys;
use crate::document::{Ref, ScalarType};
use crate::source::Span;

/// A file of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub text: String,
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
}

/// A finding that a run made, as far as an example can speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actual {
    pub file: String,
    pub line: u32,
    pub message: String,
}

/// One example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub name: String,
    pub files: Vec<File>,
    /// Empty for a passing example.
    pub findings: Vec<Expected>,
    /// Verdicts that must stay open, if the example speaks of them.
    pub undetermined: Option<Vec<Expected>>,
    pub span: Span,
}

/// Reads the `examples` of a policy.
pub(super) fn read_examples(keys: &mut Keys, node: Ref<'_>) -> Vec<Example> {
    if !node.is_sequence() {
        keys.wrong(node, "`examples`", "a list");
        return Vec::new();
    }
    node.items().filter_map(|item| read_example(keys, item)).collect()
}

fn read_example(keys: &mut Keys, node: Ref<'_>) -> Option<Example> {
    const WHAT: &str = "an example";
    if !keys.check(node, WHAT, &["name", "files", "findings", "undetermined"]) {
        return None;
    }
    let name = keys.required_text(node, "name", WHAT)?.0.to_owned();
    let Some(files) = node.get("files").filter(|files| files.is_mapping()) else {
        keys.missing(node, "files", "an example (a mapping from paths to texts)");
        return None;
    };
    let mut read = Vec::new();
    for entry in files.entries() {
        let body = files.document().at(entry.value);
        match body.text() {
            Some(text) => read.push(File { path: entry.key.clone(), text: text.to_owned() }),
            None => keys.wrong(body, &format!("the file `{}`", entry.key), "a text"),
        }
    }
    let Some(findings) = node.get("findings") else {
        keys.missing(node, "findings", "an example (an empty list where it passes)");
        return None;
    };
    let findings = read_expected(keys, findings);
    let undetermined = node.get("undetermined").map(|list| read_expected(keys, list));
    Some(Example { name, files: read, findings, undetermined, span: node.span() })
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
        let line = match item.get("line").and_then(Ref::scalar_type) {
            Some(ScalarType::Int(line)) => u32::try_from(line).unwrap_or_default(),
            _ => {
                keys.missing(item, "line", "an expected finding (a number from 1)");
                continue;
            }
        };
        let file = keys.text(item, "file", WHAT).map(|(text, _)| text.to_owned());
        let message = keys.text(item, "message", WHAT).map(|(text, _)| text.to_owned());
        all.push(Expected { file, line, message, span: item.span() });
    }
    all
}

/// What differs between the findings that an example expects and those that a run made, one sentence
/// each; nothing if they agree. The order does not matter.
pub fn compare(expected: &[Expected], actual: &[Actual]) -> Vec<String> {
    let mut left: Vec<&Actual> = actual.iter().collect();
    let mut differences = Vec::new();
    for want in expected {
        let here = |have: &&Actual| {
            have.line == want.line && want.file.as_ref().is_none_or(|file| *file == have.file)
        };
        let same = |have: &&Actual| want.message.as_ref().is_none_or(|message| *message == have.message);
        if let Some(at) = left.iter().position(|have| here(have) && same(have)) {
            left.remove(at);
            continue;
        }
        let message = want.message.as_deref().unwrap_or("a finding");
        match left.iter().position(here) {
            Some(at) => {
                let have = left.remove(at);
                differences
                    .push(format!("line {}: expected `{message}`, found `{}`", want.line, have.message));
            }
            None => differences.push(format!("line {}: expected `{message}`, found nothing", want.line)),
        }
    }
    let surplus =
        left.iter().map(|have| format!("{}:{}: not expected: `{}`", have.file, have.line, have.message));
    differences.extend(surplus);
    differences
}
