use super::{Body, Command, Dockerfile, Instruction, read};
use crate::input::Limits;
use crate::provenance::{Arena, Provenance};
use crate::source::{SourceId, Sources, Span};
use crate::value::Value;
use proptest::prelude::*;
use std::fmt::Write as _;

fn parse(text: &str) -> (Sources, Dockerfile) {
    let mut sources = Sources::new();
    let id = sources.add("Dockerfile", text);
    let file = read(sources.get(id), id, &Limits::default());
    (sources, file)
}

fn show_instruction(sources: &Sources, instruction: &Instruction, out: &mut String) {
    let slice = |span: Span| sources.slice(span);
    let _ = write!(out, "{}", instruction.keyword);
    for flag in &instruction.flags {
        let _ = write!(out, " [{}]", slice(flag.span));
    }
    let command = |command: &Command, out: &mut String| match command {
        Command::Shell { text, span, .. } => {
            let _ = write!(out, " shell {text:?} at {:?}", slice(*span));
        }
        Command::Exec { words, .. } => {
            let words: Vec<_> = words.iter().map(|word| (word.text.as_str(), slice(word.span))).collect();
            let _ = write!(out, " exec {words:?}");
        }
    };
    match &instruction.body {
        Body::Pairs(pairs) => {
            for pair in pairs {
                let value = pair.value.as_ref().map(|value| (value.text.as_str(), slice(value.span)));
                let _ = write!(out, " {}={value:?}", slice(pair.name_span));
            }
        }
        Body::Command(line) | Body::Healthcheck(Some(line)) => command(line, out),
        Body::Healthcheck(None) => out.push_str(" NONE"),
        Body::Words(words) => {
            let words: Vec<_> = words.iter().map(|word| slice(word.span)).collect();
            let _ = write!(out, " {words:?}");
        }
        Body::OnBuild(inner) => {
            out.push(' ');
            show_instruction(sources, inner, out);
            return;
        }
    }
    for heredoc in &instruction.heredocs {
        let _ = write!(out, " <<{} {:?}", heredoc.delimiter, heredoc.text);
    }
    out.push('\n');
}

fn shown(text: &str) -> String {
    let (sources, file) = parse(text);
    let mut out = String::new();
    for pair in &file.globals {
        let _ = writeln!(out, "global {}", sources.slice(pair.span));
    }
    for stage in &file.stages {
        let name = stage.name.as_ref().map(|name| sources.slice(name.span));
        let platform = stage.platform.as_ref().map(|word| sources.slice(word.span));
        let _ = writeln!(out, "FROM {:?} as {name:?} platform {platform:?}", sources.slice(stage.base.span));
        for instruction in &stage.instructions {
            out.push_str("  ");
            show_instruction(&sources, instruction, &mut out);
        }
    }
    for comment in &file.comments {
        let _ = writeln!(out, "# {:?} at {:?}", comment.text, sources.slice(comment.span));
    }
    for d in &file.diagnostics {
        let at = sources.get(d.primary.span.source).position(d.primary.span.start);
        let help = d.help.clone().unwrap_or_default();
        let _ = writeln!(out, "{} {}:{} {}; {help}", d.code.0, at.line, at.column, d.message);
    }
    out
}

#[test]
fn every_instruction_has_its_spans() {
    insta::assert_snapshot!(shown(concat!(
        "# syntax=docker/dockerfile:1\n",
        "ARG VERSION=3.11\n",
        "FROM --platform=linux/amd64 python:${VERSION}-slim AS base\n",
        "env PORT=8000 NAME=\"a b\" EMPTY= Q='$x'\n",
        "ENV OLD the rest of it\n",
        "ARG A B=1\n",
        "RUN --mount=type=cache,target=/x apt-get update \\\n",
        "    # a comment in between\n",
        "\n",
        "    && apt-get install -y curl\n",
        "EXPOSE 8000 9000/udp\n",
        "HEALTHCHECK --interval=30s CMD curl -f http://localhost:8000/ || exit 1\n",
        "ONBUILD RUN make\n",
        "USER app\n",
        "CMD [\"uvicorn\", \"--port\", \"80\\u0030\"]\n",
    )), @r###"
global VERSION=3.11
FROM "python:${VERSION}-slim" as Some("base") platform Some("linux/amd64")
  ENV PORT=Some(("8000", "8000")) NAME=Some(("a b", "\"a b\"")) EMPTY=Some(("", "")) Q=Some(("$x", "'$x'"))
  ENV OLD=Some(("the rest of it", "the rest of it"))
  ARG A=None B=Some(("1", "1"))
  RUN [--mount=type=cache,target=/x] shell "apt-get update     && apt-get install -y curl" at "apt-get update \\\n    # a comment in between\n\n    && apt-get install -y curl"
  EXPOSE ["8000", "9000/udp"]
  HEALTHCHECK [--interval=30s] shell "curl -f http://localhost:8000/ || exit 1" at "curl -f http://localhost:8000/ || exit 1"
  ONBUILD RUN shell "make" at "make"
  USER ["app"]
  CMD exec [("uvicorn", "\"uvicorn\""), ("--port", "\"--port\""), ("800", "\"80\\u0030\"")]
# "syntax=docker/dockerfile:1" at "# syntax=docker/dockerfile:1"
# "a comment in between" at "# a comment in between"
"###);
}

#[test]
fn heredocs_are_read_whole() {
    insta::assert_snapshot!(shown("FROM a\nRUN <<EOF\nset -e\nCMD no\nEOF\nCOPY <<-'X' /x\n\ttext\n\tX\nCMD y\nRUN cat <<GONE\nUSER z\n"), @r###"
FROM "a" as None platform None
  RUN shell "<<EOF" at "<<EOF" <<EOF "set -e\nCMD no\n"
  COPY ["<<-'X'", "/x"] <<X "text\n"
  CMD shell "y" at "y"
  RUN shell "cat <<GONE" at "cat <<GONE"
  USER ["z"]
dockerfile-syntax 10:9 the here-document `GONE` is never closed; end it with a line that holds only `GONE`
"###);
}

#[test]
fn a_broken_line_does_not_hide_the_rest() {
    insta::assert_snapshot!(shown("RUN early\nFROM\nFROM a b c\nENVV X=1\nENV X\nENV A=1 b c=2\nHEALTHCHECK maybe\nONBUILD ONBUILD RUN x\nUSER app\n    and this\nCMD [\"a\", 1]\n"), @r###"
FROM "a" as None platform None
  ENV A=Some(("1", "1")) c=Some(("2", "2"))
  USER ["app"]
  CMD shell "[\"a\", 1]" at "[\"a\", 1]"
dockerfile-syntax 1:1 `RUN` stands before the first `FROM`; move it below a `FROM`
dockerfile-syntax 2:1 `FROM` has no argument; give it one, or remove the line
dockerfile-syntax 3:8 `FROM` takes an image and `AS name`, not `b`; write `FROM image AS name`
dockerfile-syntax 4:1 unknown instruction `ENVV`; did you mean `ENV`?
dockerfile-syntax 5:5 `ENV` gives `X` no value; write `NAME=value`; an empty value is `NAME=`
dockerfile-syntax 6:9 a word of this `ENV` is no `NAME=value`; quote values that hold blanks
dockerfile-syntax 7:13 `HEALTHCHECK` takes CMD or NONE, not `maybe`; write `HEALTHCHECK CMD <command>` or `HEALTHCHECK NONE`
dockerfile-syntax 8:9 `ONBUILD` cannot hold another `ONBUILD`; remove one of them
dockerfile-syntax 10:5 unknown instruction `and`; did you mean `ADD`?
"###);
}

#[test]
fn marks_carriage_returns_and_another_escape_character() {
    insta::assert_snapshot!(shown("\u{feff}# escape=`\r\nFROM a`\r\n  AS b\r\nWORKDIR C:\\x\r\n"), @r###"
FROM "a" as Some("b") platform None
  WORKDIR ["C:\\x"]
# "escape=`" at "# escape=`"
"###);
}

#[test]
fn commands_map_back_through_continuations() {
    let (sources, file) = parse("FROM a\nCMD exec gunicorn \\\n  # note\n  --bind 0.0.0.0:8000\n");
    let Body::Command(Command::Shell { text, map, .. }) = &file.stages[0].instructions[0].body else {
        panic!()
    };
    let at = text.find("0.0.0.0").unwrap();
    assert_eq!(sources.slice(map.span(at, text.len())), "0.0.0.0:8000");
    assert_eq!(sources.slice(map.span(0, 4)), "exec");
}

#[test]
fn hostile_files_cost_little() {
    let doubled: String = (0..60).map(|_| "ARG A=x$A$A\n").collect();
    assert!(base(&format!("{doubled}FROM $A\n")).contains("a very long value"));
    let unclosed = "RUN <<E\n".repeat(5_000);
    let (_, file) = parse(&format!("FROM a\n{unclosed}"));
    assert_eq!(file.diagnostics.last().map(|d| d.code.0), Some("input-limit"));
    assert!(parse(&format!("FROM a\nENV {}", "A=${A:-".repeat(5_000))).1.diagnostics.is_empty());
}

/// The base of the last stage, the slice of its literal, and who may override it.
fn base(text: &str) -> String {
    let (sources, file) = parse(text);
    let mut arena = Arena::new(SourceId::FIRST);
    let Some(base) = file.base(&mut arena) else { return "none".to_owned() };
    let mut provenance = Provenance::new();
    provenance.add(arena);
    let place = sources.slice(base.place);
    match base.image {
        Value::Known(known) => {
            let steps: Vec<_> = provenance
                .trail(known.origin)
                .iter()
                .map(|hop| (hop.step.as_str(), sources.slice(hop.span)))
                .collect();
            format!(
                "{} by {:?} at {place} through {:?}: {steps:?}",
                known.value, known.overridable_by, base.chain
            )
        }
        Value::Unknown(unknown, _) => format!("unknown {} at {place}", unknown.input),
        Value::Either(_) => unreachable!(),
    }
}

#[test]
fn the_base_is_followed_through_arguments_and_stages() {
    let all = [
        "FROM a:1 AS x\nFROM b:2\nCOPY --from=x / /\n",
        "ARG V=3.11\nFROM python:${V}-alpine\n",
        "ARG B=node:18-alpine\nFROM $B\n",
        "ARG B\nFROM $B\n",
        "FROM node:${V}-alpine AS base\nFROM base AS build\nFROM BASE\n",
        "ARG V=1\nARG W=${V:-2}.0\nFROM a:${W}\n",
        "FROM a:${V:-7}\n",
        "ARG V\nFROM a:${V:-7}\n",
        "FROM x AS x\n",
        "# nothing\n",
    ];
    let shown: String = all.iter().map(|text| format!("{}\n", base(text))).collect();
    insta::assert_snapshot!(shown, @r###"
b:2 by None at b:2 through [1]: [("literal", "b:2")]
python:3.11-alpine by Some("V") at python:${V}-alpine through [0]: [("literal", "python:${V}-alpine")]
node:18-alpine by Some("B") at $B through [0]: [("literal", "node:18-alpine"), ("interpolated", "$B")]
unknown B at $B
node:{V}-alpine by None at node:${V}-alpine through [0, 2]: [("literal", "node:${V}-alpine"), ("base image", "BASE")]
a:1.0 by Some("W") at a:${W} through [0]: [("literal", "a:${W}")]
a:7 by None at a:${V:-7} through [0]: [("literal", "a:${V:-7}")]
a:7 by Some("V") at a:${V:-7} through [0]: [("literal", "a:${V:-7}")]
x by None at x through [0]: [("literal", "x")]
none
"###);
}

#[test]
fn an_empty_file_and_a_huge_one_are_told() {
    assert!(parse("").1.diagnostics.is_empty());
    let mut sources = Sources::new();
    let id = sources.add("Dockerfile", "FROM a\n".repeat(50));
    let limits = Limits { bytes: 100, ..Limits::default() };
    assert_eq!(read(sources.get(id), id, &limits).diagnostics[0].code.0, "input-limit");
    let limits = Limits { nodes: 10, ..Limits::default() };
    let file = read(sources.get(id), id, &limits);
    assert_eq!((file.stages.len(), file.diagnostics[0].code.0), (10, "input-limit"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_spans_fit(text in "(?s)(FROM |ENV |ARG |RUN |CMD |HEALTHCHECK |ONBUILD |EXPOSE |<<E|\nE\n|\\$\\{|:-|[-\"'\\\\\\[\\]{}$=#`, \t\r\nA-Ca-cé1]){0,60}") {
        let (sources, file) = parse(&text);
        let text = sources.get(SourceId::FIRST).text();
        let fits = |span: Span| text.get(span.range()).is_some();
        let mut arena = Arena::new(SourceId::FIRST);
        prop_assert!(file.base(&mut arena).is_none_or(|base| fits(base.place)));
        for instruction in file.stages.iter().flat_map(|stage| &stage.instructions) {
            prop_assert!(fits(instruction.span) && fits(instruction.keyword_span));
            match &instruction.body {
                Body::Pairs(pairs) => prop_assert!(pairs.iter().all(|p| fits(p.span) && fits(p.name_span) && p.value.as_ref().is_none_or(|v| fits(v.span)))),
                Body::Words(words) => prop_assert!(words.iter().all(|word| fits(word.span))),
                Body::Command(Command::Shell { text: command, map, .. }) => {
                    for (i, c) in command.char_indices() {
                        prop_assert_eq!(sources.slice(map.span(i, i + c.len_utf8())), c.to_string());
                    }
                }
                _ => {}
            }
        }
        prop_assert!(file.diagnostics.iter().all(|d| fits(d.primary.span)));
    }
}
