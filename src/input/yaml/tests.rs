use super::read;
use crate::document::{Document, NodeKind, Ref, ScalarType};
use crate::input::{Limits, Read, text_map};
use crate::source::{SourceId, Sources};
use proptest::prelude::*;
use std::fmt::Write as _;

fn parse(text: &str) -> (Sources, Read) {
    parse_within(text, Limits::default())
}

fn parse_within(text: &str, limits: Limits) -> (Sources, Read) {
    let mut sources = Sources::new();
    let id = sources.add("a.yaml", text);
    let read = read(sources.get(id), id, &limits);
    (sources, read)
}

/// One line a node: indentation, key, kind, the slice of its span.
fn show(sources: &Sources, document: &Document) -> String {
    fn walk(sources: &Sources, node: Ref<'_>, label: &str, depth: usize, out: &mut String) {
        let alias = node.node().alias.map(|span| format!(" via {}", sources.slice(span))).unwrap_or_default();
        let slice = sources.slice(node.span());
        let indent = "  ".repeat(depth);
        match &node.node().kind {
            NodeKind::Scalar { text, kind, template, .. } => {
                let template = template.as_ref().map(|t| format!(" template({t})")).unwrap_or_default();
                let _ = writeln!(out, "{indent}{label}{kind:?} {text:?} at {slice:?}{template}{alias}");
            }
            NodeKind::Mapping(entries) => {
                let _ = writeln!(out, "{indent}{label}mapping at {slice:?}{alias}");
                for entry in entries {
                    let merged =
                        entry.merged.map(|span| format!("<<{} ", sources.slice(span))).unwrap_or_default();
                    let label = format!("{merged}{}: ", entry.key);
                    walk(sources, node.document().at(entry.value), &label, depth + 1, out);
                }
            }
            NodeKind::Sequence(_) => {
                let _ = writeln!(out, "{indent}{label}sequence at {slice:?}{alias}");
                for item in node.items() {
                    walk(sources, item, "- ", depth + 1, out);
                }
            }
        }
    }
    let mut out = String::new();
    walk(sources, document.root(), "", 0, &mut out);
    for comment in &document.comments {
        let _ = writeln!(out, "# {:?} at {:?}", comment.text, sources.slice(comment.span));
    }
    out
}

fn shown(text: &str) -> String {
    let (sources, read) = parse(text);
    let mut out = String::new();
    for document in &read.documents {
        let _ = write!(out, "{}", show(&sources, document));
        if document.incomplete.is_some() {
            out.push_str("incomplete\n");
        }
        out.push_str("---\n");
    }
    for diagnostic in &read.diagnostics {
        let at = diagnostic.primary.span;
        let position = sources.get(at.source).position(at.start);
        let _ = writeln!(
            out,
            "{} {}:{} {:?}: {}",
            diagnostic.code.0,
            position.line,
            position.column,
            sources.slice(at),
            diagnostic.message
        );
    }
    out
}

#[test]
fn spans_are_exact_with_a_mark_and_with_carriage_returns() {
    insta::assert_snapshot!(shown("\u{feff}name: \"añb\" # note\r\nlist:\r\n  - 1\r\n  - 'x''y'\r\nflow: {a: [1, 2]}\r\nnone:\r\n"), @r###"
mapping at "name: \"añb\" # note\r\nlist:\r\n  - 1\r\n  - 'x''y'\r\nflow: {a: [1, 2]}\r\nnone"
  name: Text "añb" at "\"añb\""
  list: sequence at "- 1\r\n  - 'x''y'"
    - Int(1) "1" at "1"
    - Text "x'y" at "'x''y'"
  flow: mapping at "{a: [1, 2]}"
    a: sequence at "[1, 2]"
      - Int(1) "1" at "1"
      - Int(2) "2" at "2"
  none: Null "" at ""
# "note" at "# note"
---
"###);
}

#[test]
fn plain_scalars_keep_their_text() {
    insta::assert_snapshot!(shown("a: 0755\nb: yes\nc: 1.10\nd: 0o17\ne: 0x1F\nf: ~\ng: 1e3\nh: .inf\ni: 99999999999999999999\nj: !!str 5\nk: 1.2.3\nl: 12:30\n"), @r###"
mapping at "a: 0755\nb: yes\nc: 1.10\nd: 0o17\ne: 0x1F\nf: ~\ng: 1e3\nh: .inf\ni: 99999999999999999999\nj: !!str 5\nk: 1.2.3\nl: 12:30"
  a: Int(755) "0755" at "0755"
  b: Text "yes" at "yes"
  c: Float(1.1) "1.10" at "1.10"
  d: Int(15) "0o17" at "0o17"
  e: Int(31) "0x1F" at "0x1F"
  f: Null "~" at "~"
  g: Float(1000.0) "1e3" at "1e3"
  h: Float(inf) ".inf" at ".inf"
  i: Float(1e20) "99999999999999999999" at "99999999999999999999"
  j: Text "5" at "5"
  k: Text "1.2.3" at "1.2.3"
  l: Text "12:30" at "12:30"
---
"###);
}

#[test]
fn aliases_and_merge_keys_are_expanded() {
    insta::assert_snapshot!(shown("base: &b {memory: 1Gi, cpu: 1}\nmore: &m\n  port: 80\n  cpu: 3\none:\n  <<: *b\n  cpu: 2\ntwo:\n  <<: [*b, *m]\nthree: *b\n"), @r###"
mapping at "base: &b {memory: 1Gi, cpu: 1}\nmore: &m\n  port: 80\n  cpu: 3\none:\n  <<: *b\n  cpu: 2\ntwo:\n  <<: [*b, *m]\nthree: *b"
  base: mapping at "{memory: 1Gi, cpu: 1}"
    memory: Text "1Gi" at "1Gi"
    cpu: Int(1) "1" at "1"
  more: mapping at "port: 80\n  cpu: 3"
    port: Int(80) "80" at "80"
    cpu: Int(3) "3" at "3"
  one: mapping at "<<: *b\n  cpu: 2"
    <<*b memory: Text "1Gi" at "1Gi"
    cpu: Int(2) "2" at "2"
  two: mapping at "<<: [*b, *m]"
    <<*b memory: Text "1Gi" at "1Gi"
    <<*b cpu: Int(1) "1" at "1"
    <<*m port: Int(80) "80" at "80"
  three: mapping at "{memory: 1Gi, cpu: 1}" via *b
    memory: Text "1Gi" at "1Gi"
    cpu: Int(1) "1" at "1"
---
"###);
}

#[test]
fn what_cannot_be_an_alias_is_reported_and_unknown() {
    insta::assert_snapshot!(shown("a: *nope\nb: &x [*x]\nc: 1\n<<: text\n"), @r###"
mapping at "a: *nope\nb: &x [*x]\nc: 1\n<<: text"
  a: Null "" at "*nope" template(*nope)
  b: sequence at "[*x]"
    - Null "" at "*x" template(*x)
  c: Int(1) "1" at "1"
  <<: Text "text" at "text"
---
yaml-alias 1:4 "*nope": no anchor `&nope` stands before this alias
yaml-alias 2:8 "*x": an alias stands inside the very node that it names
yaml-merge 4:5 "text": a merge key `<<` takes a mapping or a list of mappings
"###);
}

#[test]
fn duplicates_are_reported_with_both_places() {
    let (sources, read) = parse("a: 1\nb: 2\na: 3\n");
    let [only] = read.diagnostics.as_slice() else { panic!("{:?}", read.diagnostics) };
    assert_eq!(only.code.0, "duplicate-key");
    assert_eq!((only.primary.span.start, only.related[0].span.start), (10, 0));
    assert_eq!(read.documents[0].root().get("a").and_then(Ref::text), Some("3"));
    assert_eq!(sources.len(), 1);
    let many: String = (0..100).map(|i| format!("k{}: 1\n", i % 99)).collect();
    assert_eq!(parse(&many).1.diagnostics.len(), 1, "also in a large mapping");
}

#[test]
fn of_a_broken_file_the_rest_is_read() {
    insta::assert_snapshot!(shown("a: 1\n---\nb: 2\nc:\n  d: [1, 2\n---\ne: 3\n"), @r###"
mapping at "a: 1"
  a: Int(1) "1" at "1"
---
mapping at "b: 2\nc:\n  d: [1"
  b: Int(2) "2" at "2"
  c: mapping at "d: [1"
    d: sequence at "[1"
      - Int(1) "1" at "1"
incomplete
---
mapping at "e: 3"
  e: Int(3) "3" at "3"
---
yaml-syntax 5:6 "[": not valid YAML: a `[` is never closed
"###);
}

#[test]
fn errors_say_what_to_do() {
    let mut out = String::new();
    for text in [
        "a: [1, 2",
        "a:\n\tb: 1",
        "a: \"x",
        "a: b: c",
        "a: *",
        "a: @x",
        "a: 1\n- x\n",
        "x: {a: 1",
        "a:\n  - b\n c: 1\n",
    ] {
        let (sources, read) = parse(text);
        for d in &read.diagnostics {
            let at = sources.get(d.primary.span.source).position(d.primary.span.start);
            let help = d.help.clone().unwrap_or_default();
            let _ = writeln!(out, "{text:?} {}:{} {}; {help}", at.line, at.column, d.message);
        }
        assert!(!read.diagnostics.is_empty(), "{text}");
    }
    insta::assert_snapshot!(out, @r###"
"a: [1, 2" 1:4 not valid YAML: a `[` is never closed; add the missing `]`, or quote the value if the bracket is text
"a:\n\tb: 1" 2:2 not valid YAML: a tab stands where YAML takes only spaces; replace the tab with spaces
"a: \"x" 1:4 not valid YAML: a quoted text is never closed; close the quote on the line where the text ends
"a: b: c" 1:5 not valid YAML: a `: ` stands where no mapping can begin; put the key on a line of its own, or quote the text that holds the colon
"a: *" 1:4 not valid YAML: `*` and `&` begin an alias or an anchor, and its name is missing; quote the value if the character is text
"a: @x" 1:4 not valid YAML: `@` cannot begin a value; quote the value
"a: 1\n- x\n" 2:3 not valid YAML: this does not fit the mapping around it; indent the keys of one mapping alike, and write each as `key: value`
"x: {a: 1" 1:4 not valid YAML: a `{` is never closed; add the missing `}`, or quote the value if the brace is text
"a:\n  - b\n c: 1\n" 3:2 not valid YAML: this does not fit the mapping around it; indent the keys of one mapping alike, and write each as `key: value`
"###);
}

#[test]
fn templates_are_masked() {
    insta::assert_snapshot!(shown(concat!(
        "{{- if .Values.on }}\n",
        "kind: Deployment\n",
        "name: {{ include \"x\" . }}-web\n",
        "labels:\n",
        "  {{- include \"labels\" . | nindent 4 }}\n",
        "memory: \"{{ .Values.memory | default \"1Gi\" }}\"\n",
        "plain: 5\n",
        "run: |\n",
        "  {{- range .Values.x }}\n",
        "  echo {{ . }}\n",
        "  {{- end }}\n",
        "after: ${{ github.sha }}\n",
        "{{- end }}\n",
    )), @r###"
mapping at "kind: Deployment\nname: {{ include \"x\" . }}-web\nlabels:\n  {{- include \"labels\" . | nindent 4 }}\nmemory: \"{{ .Values.memory | default \"1Gi\" }}\"\nplain: 5\nrun: |\n  {{- range .Values.x }}\n  echo {{ . }}\n  {{- end }}\nafter: ${{ github.sha }}"
  kind: Text "Deployment" at "Deployment"
  name: Text "{{ include \"x\" . }}-web" at "{{ include \"x\" . }}-web" template(include "x" .)
  labels: Null "" at "" template(include "labels" . | nindent 4)
  memory: Text "{{ .Values.memory | default \"1Gi\" }}" at "\"{{ .Values.memory | default \"1Gi\" }}\"" template(.Values.memory | default "1Gi")
  plain: Int(5) "5" at "5"
  run: Text "echo {{ . }}\n  {{- end }}" at "echo {{ . }}\n  {{- end }}" template(.)
  after: Text "${{ github.sha }}" at "${{ github.sha }}"
---
template 1:1 "{{- if .Values.on }}": the file is a template: 8 expressions are filled in by another tool; they count as unknown
"###);
}

#[test]
fn braces_that_parse_as_a_mapping_are_a_template() {
    insta::assert_snapshot!(shown("a: {{ .x }}\nb: \"{{ .Values.y }}\"\nc: docker ps --format '{{.Names}}'\nd: {e: {f: 1}}\n"), @r###"
mapping at "a: {{ .x }}\nb: \"{{ .Values.y }}\"\nc: docker ps --format '{{.Names}}'\nd: {e: {f: 1}}"
  a: Text "{{ .x }}" at "{{ .x }}" template(.x)
  b: Text "{{ .Values.y }}" at "\"{{ .Values.y }}\"" template(.Values.y)
  c: Text "docker ps --format '{{.Names}}'" at "docker ps --format '{{.Names}}'" template(.Names)
  d: mapping at "{e: {f: 1}}"
    e: mapping at "{f: 1}"
      f: Int(1) "1" at "1"
---
template 1:4 "{{ .x }}": the file is a template: 3 expressions are filled in by another tool; they count as unknown
"###);
}

#[test]
fn duplicate_keys_of_two_branches_are_unknown() {
    insta::assert_snapshot!(shown("{{ if .a }}\nx: 1\n{{ else }}\nx: 2\n{{ end }}\n"), @r###"
mapping at "x: 1\n{{ else }}\nx: 2"
  x: Int(1) "1" at "1"
  x: Int(2) "2" at "2" template(else)
---
template 1:1 "{{ if .a }}": the file is a template: 3 expressions are filled in by another tool; they count as unknown
"###);
}

#[test]
fn other_tools_tags_are_unknown() {
    insta::assert_snapshot!(shown("a: !Ref Name\nb: !reset\nc: !!int \"5\"\nd: ! 12\n"), @r###"
mapping at "a: !Ref Name\nb: !reset\nc: !!int \"5\"\nd: ! 12"
  a: Text "Name" at "Name" template(!Ref Name)
  b: Text "" at "" template(!reset)
  c: Text "5" at "\"5\""
  d: Text "12" at "12"
---
"###);
}

fn codes(read: &Read) -> Vec<&'static str> {
    read.diagnostics.iter().map(|d| d.code.0).collect()
}

#[test]
fn limits_are_diagnostics() {
    let bomb: String = std::iter::once("a0: &a0 [x, x]\n".to_owned())
        .chain((1..60).map(|i| format!("a{i}: &a{i} [*a{0}, *a{0}, *a{0}]\n", i - 1)))
        .collect();
    assert_eq!(codes(&parse(&bomb).1), ["input-limit"]);
    assert_eq!(codes(&parse(&"[".repeat(100_000)).1), ["input-limit"]);
    assert_eq!(codes(&parse(&"- ".repeat(100_000)).1), ["input-limit"]);
    let nested: String = (0..1_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert_eq!(codes(&parse(&nested).1), ["input-limit"]);
    let limits = Limits { bytes: 10, nodes: 100, depth: 5 };
    assert_eq!(codes(&parse_within("a: 12345678901", limits).1), ["input-limit"]);
    let limits = Limits { bytes: 10_000, nodes: 100, depth: 5 };
    let (_, read) = parse_within(&"- 1\n".repeat(500), limits);
    assert_eq!(codes(&read), ["input-limit"]);
    assert_eq!(read.documents[0].root().items().count(), 100, "what was read before is there");
    assert!(read.documents[0].incomplete.is_some());
    // Depth through aliases counts as well.
    let chain: String = std::iter::once("a0: &a0 x\n".to_owned())
        .chain((1..20).map(|i| format!("a{i}: &a{i} [*a{}]\n", i - 1)))
        .collect();
    let (_, read) = parse_within(&chain, limits);
    assert_eq!(codes(&read), ["input-limit"]);
}

#[test]
fn an_empty_file_has_no_document() {
    for text in ["", "\u{feff}", "# only a comment\n", "\n\n"] {
        let (_, read) = parse(text);
        assert!(read.documents.is_empty() && read.diagnostics.is_empty(), "{text:?}");
    }
    assert!(parse("---\n").1.documents[0].root().is_null());
}

/// Every character of the decoded text must map to itself, escapes aside.
fn assert_mapped(text: &str, key: &str) {
    let (sources, read) = parse(text);
    let keys: Vec<&str> = key.split('.').collect();
    let scalar = read.documents[0].root().path(&keys).unwrap();
    let map = text_map(sources.get(SourceId::FIRST), scalar);
    let written = sources.slice(scalar.span());
    assert!(map.is_exact(), "{text:?}: {:?} is written {written:?}", scalar.text());
    let decoded = scalar.text().unwrap();
    for (i, c) in decoded.char_indices() {
        let slice = sources.slice(map.span(i, i + c.len_utf8()));
        // Lines of blanks at the end of a block lie outside of its span.
        let trailing = decoded[i..].trim().is_empty();
        let same = slice == c.to_string() || trailing;
        let escape = slice.starts_with('\\')
            || slice.starts_with('\'')
            || (c.is_whitespace() && slice.trim().is_empty());
        assert!(same || escape, "{c:?} of {decoded:?} is at {slice:?}");
    }
}

#[test]
fn texts_map_back_to_the_file() {
    assert_mapped("a: plain\n", "a");
    assert_mapped("a: two\n  lines\n\n  and more\n", "a");
    assert_mapped("a: \"x\\n\\u00e9y\\\"  z\"\n", "a");
    assert_mapped("a: \"one\n  two\\\n  three\"\n", "a");
    assert_mapped("a: 'it''s \n  so'\n", "a");
    assert_mapped("k:\n  a: |\n    set -e\n      deep\n\n    x\nb: 1\n", "k.a");
    assert_mapped("\u{feff}a: |\r\n  set -e\r\n\r\n    x \r\n  y\r\nb: 1\r\n", "a");
    assert_mapped("a: >-\n  folded\n  text\n\n    more\n  x\n", "a");
    assert_mapped("a: |2\n\n    x\n   y\n\nb: 1\n", "a");
    assert_mapped("a: |\n  no line break at the end", "a");
    assert_mapped("k:\n  a: |\n    x\n      \n  b: 1\n", "k.a");
    assert_mapped("k:\n  a: |\n    x\n      \n", "k.a");
    assert_mapped("k:\n  a: |\n    x\n  \n     \n  b: 1\n", "k.a");
    assert_mapped("k:\n  a: |\n    x\n          \n\n  b: 1\n", "k.a");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_spans_fit(text in "(?s)([-:#&*!|>'\"%@`{}\\[\\], \n\ta-c0-2é\r]|\\{\\{ x \\}\\}|\n  |<<: |- |: ){0,60}") {
        let (sources, read) = parse(&text);
        for document in &read.documents {
            check(&sources, document.root());
        }
        for diagnostic in &read.diagnostics {
            let span = diagnostic.primary.span;
            prop_assert!(sources.get(span.source).text().get(span.range()).is_some());
        }
    }
}

fn check(sources: &Sources, node: Ref<'_>) {
    let source = sources.get(SourceId::FIRST);
    let slice = source.text().get(node.span().range());
    assert!(slice.is_some(), "{:?}", node.span());
    if let NodeKind::Scalar { text, kind, template, .. } = &node.node().kind {
        let plain = matches!(node.node().kind, NodeKind::Scalar { style: crate::document::Style::Plain, .. });
        let one_line = !slice.unwrap_or_default().contains(['\n', '\r']);
        if plain && one_line && template.is_none() && *kind != ScalarType::Null {
            assert_eq!(slice, Some(text.as_str()));
        }
        let map = text_map(source, node);
        for (i, c) in text.char_indices() {
            let span = map.span(i, i + c.len_utf8());
            assert!(node.span().contains(span) && source.text().get(span.range()).is_some());
        }
    }
    for entry in node.entries() {
        assert!(source.text().get(entry.key_span.range()).is_some());
        check(sources, node.document().at(entry.value));
    }
    node.items().for_each(|item| check(sources, item));
}
