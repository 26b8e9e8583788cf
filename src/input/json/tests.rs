use super::read;
use crate::document::{NodeKind, Ref, ScalarType};
use crate::input::{Limits, Read, text_map};
use crate::source::{SourceId, Sources};
use proptest::prelude::*;

fn parse(text: &str) -> (Sources, Read) {
    let mut sources = Sources::new();
    let id = sources.add("a.json", text);
    let read = read(sources.get(id), id, &Limits::default());
    (sources, read)
}

fn codes(read: &Read) -> Vec<&'static str> {
    read.diagnostics.iter().map(|d| d.code.0).collect()
}

#[test]
fn spans_hold_quotes_and_brackets() {
    let (sources, read) =
        parse("\u{feff}{ // note\r\n \"a\\u0062\": [1, -2.5e1, \"x\\ny\", null], \"b\": {\"c\": true}}\r\n");
    let document = &read.documents[0];
    assert!(read.diagnostics.is_empty());
    let slice = |node: Ref<'_>| sources.slice(node.span());
    let ab = document.root().get("ab").unwrap();
    assert_eq!(slice(ab), "[1, -2.5e1, \"x\\ny\", null]");
    let kinds: Vec<_> = ab.items().map(|item| item.scalar_type().unwrap()).collect();
    assert_eq!(kinds, [ScalarType::Int(1), ScalarType::Float(-25.0), ScalarType::Text, ScalarType::Null]);
    let text = ab.items().nth(2).unwrap();
    assert_eq!((text.text(), slice(text)), (Some("x\ny"), "\"x\\ny\""));
    let map = text_map(sources.get(SourceId::FIRST), text);
    assert_eq!((sources.slice(map.span(1, 2)), sources.slice(map.span(2, 3))), ("\\", "y"));
    assert_eq!(slice(document.root().path(&["b", "c"]).unwrap()), "true");
    assert_eq!(sources.slice(document.root().entry("ab").unwrap().key_span), "\"a\\u0062\"");
    assert_eq!(
        (document.comments[0].text.as_str(), sources.slice(document.comments[0].span)),
        ("note", "// note")
    );
}

#[test]
fn a_trailing_comma_is_a_warning_and_a_missing_one_an_error() {
    let (sources, read) = parse("{\"a\": [1, 2,], \"b\": 3,}");
    assert_eq!(codes(&read), ["json-syntax"]);
    assert_eq!(read.diagnostics[0].primary.span.start, 11);
    assert_eq!(sources.slice(read.diagnostics[0].primary.span), ",");
    let (_, read) = parse("{\"a\": 1 \"b\": [1 2]}");
    assert_eq!(codes(&read), ["json-syntax", "json-syntax"]);
    assert_eq!(read.documents[0].root().get("b").unwrap().items().count(), 2);
    assert!(read.documents[0].incomplete.is_none());
}

#[test]
fn of_a_broken_file_the_rest_is_read() {
    for (text, at) in [
        ("{\"a\": 1, \"b\": {\"c\": [1, 2", 20),
        ("{\"a\": 1, \"b\": ", 14),
        ("{\"a\": 1, 'b': 2}", 9),
        ("{\"a\": 1, b: 2}", 9),
        ("{\"a\": 1, \"b\" 2}", 13),
        ("{\"a\": 1] }", 7),
        ("{\"a\": 1, \"x", 9),
    ] {
        let (_, read) = parse(text);
        assert_eq!(codes(&read), ["json-syntax"], "{text}");
        assert!(read.diagnostics[0].help.is_some());
        assert!(read.diagnostics[0].primary.span.start <= at + 6, "{text}");
        let document = &read.documents[0];
        assert_eq!(document.root().get("a").and_then(Ref::text), Some("1"), "{text}");
        assert!(document.incomplete.is_some(), "{text}");
    }
    let (_, read) = parse("{\"a\": 1, \"b\": ");
    let b = read.documents[0].root().get("b").unwrap();
    assert!(matches!(&b.node().kind, NodeKind::Scalar { template: Some(_), .. }), "there, and not known");
    let (_, read) = parse("{} {}");
    assert_eq!(codes(&read), ["json-syntax"]);
}

#[test]
fn duplicates_and_limits_are_diagnostics() {
    let (_, read) = parse("{\"a\": 1, \"a\": 2}");
    assert_eq!(codes(&read), ["duplicate-key"]);
    assert_eq!(read.documents[0].root().get("a").and_then(Ref::text), Some("2"));
    assert_eq!(codes(&parse(&"[".repeat(100_000)).1), ["input-limit"]);
    assert_eq!(codes(&parse(&"{\"a\":".repeat(100_000)).1), ["input-limit"]);
    let limits = Limits { bytes: 100, nodes: 3, depth: 3 };
    let mut sources = Sources::new();
    let id = sources.add("a.json", "[1,2,3,4,5]");
    let read = super::read(sources.get(id), id, &limits);
    assert_eq!(codes(&read), ["input-limit"]);
    assert!(read.documents[0].incomplete.is_some());
    for empty in ["", " // nothing\n"] {
        let (_, read) = parse(empty);
        assert_eq!((read.documents.len(), codes(&read)), (0, vec!["json-syntax"]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_spans_fit(text in "(?s)([-{}\\[\\],: \n\"\\\\/*a-c0-2é\u{feff}]|\"a\":|\"é\\\\u00e9\"|\\\\ud83d|true){0,60}") {
        let (sources, read) = parse(&text);
        let text = sources.get(SourceId::FIRST).text();
        for document in &read.documents {
            let mut todo = vec![document.root()];
            while let Some(node) = todo.pop() {
                let slice = text.get(node.span().range());
                prop_assert!(slice.is_some());
                if let (NodeKind::Scalar { text, style: crate::document::Style::Plain, template: None, .. }, Some(slice)) = (&node.node().kind, slice) {
                    prop_assert_eq!(text, slice);
                }
                todo.extend(node.entries().iter().map(|entry| document.at(entry.value)));
                todo.extend(node.items());
            }
        }
        for diagnostic in &read.diagnostics {
            prop_assert!(text.get(diagnostic.primary.span.range()).is_some());
        }
    }
}
