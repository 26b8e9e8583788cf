use super::read;
use crate::document::{NodeKind, Ref};
use crate::input::{Limits, Read};
use crate::source::{SourceId, Sources};
use proptest::prelude::*;
use std::fmt::Write as _;

fn parse(text: &str) -> (Sources, Read) {
    let mut sources = Sources::new();
    let id = sources.add(".env", text);
    let read = read(sources.get(id), id, &Limits::default());
    (sources, read)
}

fn shown(text: &str) -> String {
    let (sources, read) = parse(text);
    let mut out = String::new();
    let document = &read.documents[0];
    for entry in document.root().entries() {
        let node = document.at(entry.value);
        let NodeKind::Scalar { text, style, template, .. } = &node.node().kind else { continue };
        let (key, slice) = (sources.slice(entry.key_span), sources.slice(node.span()));
        let _ = writeln!(
            out,
            "{key} = {text:?} {style:?} at {slice:?} {}",
            template.as_deref().unwrap_or_default()
        );
    }
    for comment in &document.comments {
        let _ = writeln!(out, "# {:?} at {:?}", comment.text, sources.slice(comment.span));
    }
    for d in &read.diagnostics {
        let at = sources.get(d.primary.span.source).position(d.primary.span.start);
        let help = d.help.clone().unwrap_or_default();
        let _ = writeln!(out, "{} {}:{} {}; {help}", d.code.0, at.line, at.column, d.message);
    }
    out
}

#[test]
fn lines_are_read_as_compose_reads_them() {
    insta::assert_snapshot!(shown("\u{feff}# head\r\nA=1\r\nexport B = two words # note\r\nC=\"x\\ny $Z\" # after\r\nD='$raw'\r\nE=\r\nF=a#b\r\nG=\"one\r\ntwo\"\r\nH=${A}/x\r\nI\r\nJ: colon\r\n"), @r###"
A = "1" Plain at "1" 
B = "two words" Plain at "two words" 
C = "x\ny $Z" Quoted at "\"x\\ny $Z\"" 
D = "$raw" Quoted at "'$raw'" 
E = "" Plain at "" 
F = "a#b" Plain at "a#b" 
G = "one\ntwo" Quoted at "\"one\r\ntwo\"" 
H = "${A}/x" Plain at "${A}/x" 
I = "" Plain at "I" I
J = "colon" Plain at "colon" 
# "head" at "# head"
# "note" at "# note"
# "after" at "# after"
"###);
}

#[test]
fn broken_lines_are_told_without_their_values_and_skipped() {
    insta::assert_snapshot!(shown("A=1\nnot a name=secret\n=x\nB=\"open\nC='x' y\nA=2\n"), @r###"
A = "1" Plain at "1" 
B = "\"open" Plain at "\"open" 
C = "x" Quoted at "'x'" 
A = "2" Plain at "2" 
dotenv-syntax 2:1 no variable's name stands here: `not…`; write `NAME=value`, or begin the line with `#` if it is a comment
dotenv-syntax 3:1 no variable's name stands here: `…`; write `NAME=value`, or begin the line with `#` if it is a comment
dotenv-syntax 4:3 the value of `B` has a quote that is never closed; close the quote
dotenv-syntax 5:7 text stands after a closing quote; write `NAME=value`, or begin the line with `#` if it is a comment
duplicate-key 6:1 `A` is given twice in one mapping; the last one wins; keep one `A` and remove the other
"###);
}

#[test]
fn limits_are_diagnostics() {
    let mut sources = Sources::new();
    let id = sources.add(".env", "A=1\nB=2\nC=3\n");
    let read_with = |limits: Limits| read(sources.get(id), id, &limits);
    let few = read_with(Limits { nodes: 2, ..Limits::default() });
    assert_eq!((few.diagnostics[0].code.0, few.documents[0].root().entries().len()), ("input-limit", 2));
    assert!(read_with(Limits { bytes: 3, ..Limits::default() }).documents.is_empty());
    assert!(parse("").1.documents[0].root().entries().is_empty());
    assert_eq!(parse("A=x").1.documents[0].root().get("A").and_then(Ref::text), Some("x"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_spans_fit(text in "(?s)(export |[=:\"'\\\\#$ \t\r\nA-Cé]){0,40}") {
        let (sources, read) = parse(&text);
        let source = sources.get(SourceId::FIRST);
        for document in &read.documents {
            for entry in document.root().entries() {
                prop_assert_eq!(source.slice(entry.key_span), &entry.key);
                let node = document.at(entry.value);
                let slice = source.text().get(node.span().range());
                prop_assert!(slice.is_some());
                if let NodeKind::Scalar { text, style: crate::document::Style::Plain, template: None, .. } = &node.node().kind {
                    prop_assert_eq!(Some(text.as_str()), slice);
                }
            }
        }
        prop_assert!(read.diagnostics.iter().all(|d| source.text().get(d.primary.span.range()).is_some()));
    }
}
