//! The YAML test suite, `tests/conformance/yaml`, as a gate of the reader.
//!
//! A case passes if what the suite calls an error is told as one, and if the tree of anything else is the
//! suite's: collections, keys and texts as its events have them with aliases expanded, types as its JSON has
//! them. What does not pass is listed in `exceptions.txt` with its reason; a listed case that passes fails
//! the gate as well.

use celador::diagnostic::Severity;
use celador::document::{Document, NodeKind, Ref, ScalarType};
use celador::input::{Limits, yaml};
use celador::source::Sources;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

const CASES: &str = include_str!("../conformance/yaml/cases.json");
const EXCEPTIONS: &str = include_str!("../conformance/yaml/exceptions.txt");

/// A value without its types.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Mapping(Vec<(Tree, Tree)>),
    Sequence(Vec<Tree>),
    Text(String),
}

#[test]
// How many cases there are and how many pass is what the gate is for.
#[allow(clippy::print_stdout)]
fn the_yaml_test_suite_is_read_as_it_says() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    let mut exceptions: BTreeMap<&str, &str> =
        EXCEPTIONS.lines().filter_map(|line| line.split_once(": ")).collect();
    let (mut passed, mut listed, mut report) = (0, 0, String::new());
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let name = case["name"].as_str().unwrap_or_default();
        match (judge(case), exceptions.remove(id)) {
            (Ok(()), None) => passed += 1,
            (Err(_), Some(_)) => listed += 1,
            (Err(why), None) => {
                let _ = writeln!(report, "{id} ({name}): {why}\n{}", case["yaml"].as_str().unwrap());
            }
            (Ok(()), Some(_)) => {
                let _ = writeln!(report, "{id} ({name}) passes, and is listed as an exception");
            }
        }
    }
    for id in exceptions.keys() {
        let _ = writeln!(report, "{id} is listed as an exception, and there is no such case");
    }
    println!("YAML test suite: {passed} of {} cases pass, {listed} exceptions", cases.len());
    assert!(report.is_empty(), "{report}");
}

fn judge(case: &Value) -> Result<(), String> {
    let mut sources = Sources::new();
    let id = sources.add("case.yaml", case["yaml"].as_str().unwrap());
    let read = yaml::read(sources.get(id), id, &Limits::default());
    let errors: Vec<&str> = read
        .diagnostics
        .iter()
        .filter(|told| told.severity == Severity::Error)
        .map(|told| told.message.as_str())
        .collect();
    if case["fail"] == true {
        return if errors.is_empty() { Err("no error is told".to_owned()) } else { Ok(()) };
    }
    if let Some(error) = errors.first() {
        return Err(format!("an error is told: {error}"));
    }
    if let Some(events) = case["tree"].as_str() {
        let wanted = wanted(events);
        let got: Vec<Tree> = read.documents.iter().map(|document| tree(document.root())).collect();
        if got != wanted {
            return Err(format!("the tree is {got:?}, not {wanted:?}"));
        }
    }
    let Some(json) = case["json"].as_str() else { return Ok(()) };
    let values = serde_json::Deserializer::from_str(json).into_iter();
    let wanted: Vec<Value> = values.map(|value| numbers_alike(value.unwrap())).collect();
    let got: Vec<Value> = read.documents.iter().map(|document: &Document| typed(document.root())).collect();
    if got == wanted { Ok(()) } else { Err(format!("the value is {got:?}, not {wanted:?}")) }
}

/// Every number as a float: `450.00` is `450` in the suite's JSON.
fn numbers_alike(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap()),
        Value::Array(items) => items.into_iter().map(numbers_alike).collect(),
        Value::Object(entries) => {
            entries.into_iter().map(|(key, value)| (key, numbers_alike(value))).collect()
        }
        other => other,
    }
}

fn tree(node: Ref<'_>) -> Tree {
    match &node.node().kind {
        NodeKind::Mapping(entries) => {
            let entry = |entry: &celador::document::Entry| {
                (Tree::Text(entry.key.clone()), tree(node.document().at(entry.value)))
            };
            Tree::Mapping(entries.iter().map(entry).collect())
        }
        NodeKind::Sequence(_) => Tree::Sequence(node.items().map(tree).collect()),
        NodeKind::Scalar { text, .. } => Tree::Text(text.clone()),
    }
}

fn typed(node: Ref<'_>) -> Value {
    match &node.node().kind {
        NodeKind::Mapping(entries) => {
            let entry = |entry: &celador::document::Entry| {
                (entry.key.clone(), typed(node.document().at(entry.value)))
            };
            Value::Object(entries.iter().map(entry).collect())
        }
        NodeKind::Sequence(_) => Value::Array(node.items().map(typed).collect()),
        NodeKind::Scalar { text, kind, .. } => match kind {
            ScalarType::Null => Value::Null,
            ScalarType::Bool(value) => Value::Bool(*value),
            // JSON knows one kind of number.
            ScalarType::Int(value) => Value::from(*value as f64),
            ScalarType::Float(value) => Value::from(*value),
            ScalarType::Text => Value::String(text.clone()),
        },
    }
}

/// The documents of the suite's events, aliases expanded.
fn wanted(events: &str) -> Vec<Tree> {
    let mut reader =
        Events { lines: events.lines().map(str::trim_start).collect(), at: 0, anchors: HashMap::new() };
    let mut documents = Vec::new();
    while let Some(line) = reader.next() {
        if line.starts_with("+DOC") {
            reader.anchors.clear();
            documents.extend(reader.node());
        }
    }
    documents
}

struct Events<'a> {
    lines: Vec<&'a str>,
    at: usize,
    anchors: HashMap<&'a str, Tree>,
}

impl<'a> Events<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let line = self.lines.get(self.at).copied();
        self.at += 1;
        line
    }

    /// The next node; `None` at the end of a collection.
    fn node(&mut self) -> Option<Tree> {
        let line = self.next()?;
        let (event, rest) = line.split_at(4);
        let rest = rest.trim_start();
        let anchor = rest.strip_prefix('&').and_then(|rest| rest.split(' ').next());
        // `+SEQ [] &anchor <tag>` and `=VAL &anchor <tag> :text`: the style comes first.
        let anchor = anchor.or_else(|| {
            let rest = rest.strip_prefix("[]").or_else(|| rest.strip_prefix("{}"))?;
            rest.trim_start().strip_prefix('&').and_then(|rest| rest.split(' ').next())
        });
        let node = match event {
            "+MAP" => {
                let mut entries = Vec::new();
                while let Some(key) = self.node() {
                    entries.extend(self.node().map(|value| (key, value)));
                }
                Tree::Mapping(entries)
            }
            "+SEQ" => Tree::Sequence(std::iter::from_fn(|| self.node()).collect()),
            "=VAL" => Tree::Text(text(rest)),
            "=ALI" => return self.anchors.get(rest.trim_start_matches('*')).cloned(),
            _ => return None,
        };
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, node.clone());
        }
        Some(node)
    }
}

/// A scalar's text behind its properties and the mark of its style, unescaped.
fn text(mut rest: &str) -> String {
    while rest.starts_with(['&', '<']) {
        rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
    }
    let mut out = String::new();
    let mut characters = rest.chars().skip(1);
    while let Some(character) = characters.next() {
        out.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('b') => '\u{8}',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    out
}
