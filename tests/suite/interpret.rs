//! The interpreter on real languages: runs the cases of `tests/fixtures/script/*.md`, scripts and below
//! each what it may run.
//!
//! A case is a heading, prose, one or more fenced scripts (```` ```python ````, ```` ```sh ````; the last one
//! runs, the others are its modules, named behind the language) and a fenced `text` with the expected
//! output. `why=512Mi,4Gi` behind the language asks for the way of these values. With
//! `UPDATE_CASES=1` in the environment the expected output is written anew.

use celador::input;
use celador::provenance::{Arena, Origin};
use celador::script::{Interpretation, Limits, Modules, Program, Word, WordValue, interpret};
use celador::source::{SourceId, Sources, Span, TextMap};
use celador::value::{Condition, Known, Piece, Text, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;

#[test]
fn cases_run_what_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/script");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut failures = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let updated = run_page(&text);
        if updated != text {
            if update {
                std::fs::write(&file, &updated).unwrap();
            } else {
                for (line, (old, new)) in text.lines().zip(updated.lines()).enumerate() {
                    if old != new {
                        let name = file.file_name().unwrap().to_string_lossy();
                        let _ = write!(failures, "{name}:{}\n  expected {old}\n  got      {new}\n", line + 1);
                        break;
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}(UPDATE_CASES=1 writes them anew)");
}

/// The page with the expected outputs written anew.
fn run_page(page: &str) -> String {
    let mut out = String::new();
    let mut scripts: Vec<(String, String)> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line.starts_with("# ") || line.starts_with("## ") {
            scripts.clear();
        }
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let mut body = String::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            body.push_str(line);
            body.push('\n');
        }
        if info == "text" {
            out.push_str(&run_case(&scripts));
        } else {
            out.push_str(&body);
            scripts.push((info.to_string(), body));
        }
        out.push_str("```\n");
    }
    out
}

struct Files<'a> {
    sources: &'a Sources,
    programs: BTreeMap<String, Rc<Program>>,
}

impl Modules for Files<'_> {
    fn module(&self, _: SourceId, name: &str) -> Option<Rc<Program>> {
        self.programs.get(name.trim_start_matches("./")).cloned()
    }

    fn inline(&self, text: &str, map: &TextMap) -> Option<Rc<Program>> {
        Some(Rc::new(input::shell::lower(text, map, &input::Limits::default())))
    }

    fn characters(&self, span: Span) -> Option<&str> {
        Some(self.sources.slice(span))
    }
}

fn lower(sources: &Sources, id: SourceId, language: &str) -> Program {
    let limits = input::Limits::default();
    let source = sources.get(id);
    match language {
        "python" => input::python::lower(source, id, &limits),
        _ => input::shell::lower(source.text(), &TextMap::identity(id, 0, source.text().len()), &limits),
    }
}

fn run_case(scripts: &[(String, String)]) -> String {
    let mut sources = Sources::new();
    let mut programs = BTreeMap::new();
    let Some(((info, script), modules)) = scripts.split_last() else { return String::new() };
    for (info, body) in modules {
        let mut words = info.split(' ');
        let language = words.next().unwrap_or_default();
        let name = words.next().unwrap_or_default();
        let id = sources.add(name, body.as_str());
        programs.insert(name.to_string(), Rc::new(lower(&sources, id, language)));
    }
    let language = info.split(' ').next().unwrap_or_default();
    let path = if language == "python" { "deploy.py" } else { "deploy.sh" };
    let id = sources.add(path, script.as_str());
    let program = lower(&sources, id, language);
    let found =
        interpret(&program, path, &Files { sources: &sources, programs }, &Limits::default(), Arena::new(id));
    let mut out = show(&found);
    for asked in info.split(' ').filter_map(|word| word.strip_prefix("why=")).flat_map(|all| all.split(',')) {
        out.push_str(&why(&sources, &found, asked));
    }
    out
}

/// The invocations, one a line.
fn show(found: &Interpretation) -> String {
    let mut out = String::new();
    for invocation in &found.invocations {
        let words: Vec<String> = invocation.words.iter().map(show_word).collect();
        out.push_str(&words.join(" "));
        out.push('\n');
        if !invocation.condition.is_always() {
            let _ = writeln!(out, "    when {}", invocation.condition);
        }
        for (name, value) in &invocation.environment {
            let _ = writeln!(out, "    with {name}={}", show_value(value));
        }
        if let Some(directory) = &invocation.directory {
            let _ = writeln!(out, "    in {}", show_value(directory));
        }
    }
    for diagnostic in &found.diagnostics {
        let _ = writeln!(out, "{}: {}", diagnostic.code.0, diagnostic.message);
    }
    out
}

fn show_word(word: &Word) -> String {
    let value = match &word.value {
        WordValue::One(value) => show_value(value),
        WordValue::Any(unknown) => format!("{{{}...}}", unknown.input),
    };
    if word.condition.is_always() { value } else { format!("[{value} if {}]", word.condition) }
}

fn show_value(value: &Value<Text>) -> String {
    match value {
        Value::Known(Known { value, overridable_by, .. }) => {
            let mut shown = String::new();
            for part in &value.parts {
                let piece = match &part.piece {
                    Piece::Literal(text) => text.clone(),
                    Piece::Hole(unknown) => format!("{{{}}}", unknown.input),
                };
                let _ = match part.condition == Condition::always() {
                    true => write!(shown, "{piece}"),
                    false => write!(shown, "<{piece} if {}>", part.condition),
                };
            }
            if shown.is_empty() || shown.contains(' ') {
                shown = format!("'{shown}'");
            }
            match overridable_by {
                Some(input) => format!("{shown}~{input}"),
                None => shown,
            }
        }
        Value::Unknown(unknown, _) => format!("{{{}}}", unknown.input),
        Value::Either(all) => {
            let all: Vec<String> =
                all.iter().map(|one| format!("{} if {}", show_value(&one.value), one.condition)).collect();
            format!("({})", all.join(" | "))
        }
    }
}

/// The ways of all words and parts with a text, each once.
fn why(sources: &Sources, found: &Interpretation, asked: &str) -> String {
    let mut ways: Vec<String> = Vec::new();
    let mut add = |origin: Option<Origin>| {
        if let Some(origin) = origin {
            let way = trail(sources, &found.arena, origin);
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    };
    for word in found.invocations.iter().flat_map(|invocation| &invocation.words) {
        let WordValue::One(value) = &word.value else { continue };
        for (_, value) in value.alternatives() {
            match value {
                Value::Known(known) if known.value.plain().as_deref() == Some(asked) => {
                    add(Some(known.origin))
                }
                Value::Known(known) => {
                    let is_it = |piece: &Piece| matches!(piece, Piece::Literal(text) if text == asked);
                    known
                        .value
                        .parts
                        .iter()
                        .filter(|part| is_it(&part.piece))
                        .for_each(|part| add(part.origin));
                }
                Value::Unknown(unknown, origin) if &*unknown.input == asked => add(*origin),
                _ => {}
            }
        }
    }
    let mut out = String::new();
    for way in ways {
        let _ = writeln!(out, "{asked}: {way}");
    }
    out
}

fn trail(sources: &Sources, arena: &Arena, origin: Origin) -> String {
    let mut hops = Vec::new();
    let mut next = Some(origin);
    while let Some(hop) = next.and_then(|origin| arena.hop(origin)) {
        let position = sources.get(hop.span.source).position(hop.span.start);
        let text = sources.slice(hop.span);
        let text = text.lines().next().unwrap_or_default();
        hops.push(format!("{} {}:{} `{text}`", hop.step.as_str(), position.line, position.column));
        next = hop.parent;
    }
    hops.reverse();
    hops.join(", ")
}

fn run(language: &str, script: &str, limits: &Limits) -> Interpretation {
    let mut sources = Sources::new();
    let id = sources.add("deploy", script);
    let program = lower(&sources, id, language);
    interpret(
        &program,
        "deploy",
        &Files { sources: &sources, programs: BTreeMap::new() },
        limits,
        Arena::new(id),
    )
}

/// Runs on the stack that a plain thread of a debug build has.
fn on_small_stack(language: &'static str, script: String) -> String {
    let run = move || show(&run(language, &script, &Limits::default()));
    std::thread::Builder::new().stack_size(8 << 20).spawn(run).unwrap().join().unwrap()
}

#[test]
fn steps_are_bounded() {
    let limits = Limits { steps: 50, ..Limits::default() };
    let script = "gcloud run deploy a\n".repeat(100);
    let shown = show(&run("sh", &script, &limits));
    assert!(shown.contains("script-limit: this script is not followed to its end: it takes too many steps"));
    assert!(shown.starts_with("gcloud run deploy a\n"));
}

#[test]
fn iterations_are_bounded() {
    let script = "import os\nfor i in range(1000000000):\n    os.system(f'gcloud run deploy s{i}')\n";
    let found = run("python", script, &Limits::default());
    assert!(found.invocations.len() <= Limits::default().unroll + 1);
    assert_eq!(found.diagnostics.len(), 1);
}

#[test]
fn calls_that_double_end() {
    let mut script = String::from("import os\ndef f0():\n    os.system('gcloud run deploy s')\n");
    for n in 1..40 {
        script.push_str(&format!("def f{n}():\n    f{}()\n    f{}()\n", n - 1, n - 1));
    }
    script.push_str("f39()\n");
    let shown = on_small_stack("python", script);
    assert!(shown.contains("script-limit"), "{shown}");
}

#[test]
fn recursion_ends() {
    let script = "import os\ndef f(n):\n    os.system('gcloud run deploy s')\n    return f(n + 1)\nf(0)\n";
    assert_eq!(on_small_stack("python", script.into()), "gcloud run deploy s\n");
}

#[test]
fn deep_calls_and_deep_nesting_fit_the_stack() {
    let mut script = String::from("import os\ndef f0(x):\n    os.system('gcloud run deploy s')\n");
    for n in 1..100 {
        let mut indent = String::from("    ");
        script.push_str(&format!("def f{n}(x):\n"));
        for level in 0..8 {
            script.push_str(&format!("{indent}if x.a{level}:\n"));
            indent.push_str("    ");
        }
        script.push_str(&format!("{indent}return g(g(g(f{}(x))))\n", n - 1));
    }
    script.push_str("f99(input())\n");
    on_small_stack("python", script);
    let mut chain = String::from("import os, sys\nx = sys.argv[1]\nif x == 'a':\n    pass\n");
    for n in 0..2000 {
        chain.push_str(&format!("elif x.y{n}:\n    os.system('gcloud run deploy s{n}')\n"));
    }
    on_small_stack("python", chain.clone());
    on_small_stack("python", format!("import sys\nx = {}\n", vec!["sys.argv[1]"; 5000].join(" or ")));
    on_small_stack(
        "sh",
        format!("case $1 in\n{}esac\n", (0..2000).map(|n| format!("a{n}) X=$Y ;;\n")).collect::<String>()),
    );
    let calls = format!("f = lambda x: x\nx = {}1{}\n", "f(".repeat(180), ")".repeat(180));
    on_small_stack("python", calls);
    let brackets = format!("x = {}1{}\n", "[".repeat(150), "]".repeat(150));
    on_small_stack("python", brackets);
    let sum = format!("x = {}\nimport os\nos.system('gcloud run deploy s')\n", vec!["1"; 5000].join(" + "));
    on_small_stack("python", sum);
}

#[test]
fn many_independent_tests_stay_linear() {
    let mut script = String::from("import subprocess, sys\ncmd = ['gcloud', 'run', 'deploy', 's']\n");
    for n in 0..1000 {
        script.push_str(&format!("if sys.argv[1] == 'v{n}':\n    cmd.append('--f{n}')\n"));
    }
    script.push_str("subprocess.run(cmd)\n");
    let started = std::time::Instant::now();
    let found = run("python", &script, &Limits::default());
    assert_eq!(found.invocations.first().map(|one| one.words.len()), Some(1004));
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn parts_of_texts_are_bounded() {
    let script = format!("X=a\n{}gcloud run deploy $X\n", "X=\"$X,$Y\"\n".repeat(5000));
    let found = run("sh", &script, &Limits::default());
    assert_eq!(found.diagnostics.len(), 1);
    assert_eq!(found.invocations.len(), 1);
}
