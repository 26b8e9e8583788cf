//! The interpreter on real languages: runs the cases of `tests/fixtures/script/*.md`, scripts and below
//! each what it may run.
//!
//! A case is a heading, prose, one or more fenced scripts (```` ```python ````, ```` ```sh ````; the last one
//! runs, the others are its modules, named behind the language) and a fenced `text` with the expected
//! output. `why=512Mi,4Gi` behind the language asks for the way of these values.

use crate::in_memory::{Language, Scripts};
use crate::pages::{self, Block};
use celador::provenance::{Arena, Origin};
use celador::script::{Interpretation, Limits, Word, WordValue};
use celador::source::Sources;
use celador::value::{Condition, Known, Piece, Text, Value};
use std::fmt::Write as _;

#[test]
fn cases_run_what_they_say() {
    pages::check("script", |info| info == "text", |_, scripts| run_case(scripts));
}

fn language(name: &str) -> Language {
    if name == "python" { Language::Python } else { Language::Shell }
}

fn run_case(blocks: &[Block]) -> String {
    let Some((script, modules)) = blocks.split_last() else { return String::new() };
    let mut scripts = Scripts::default();
    for module in modules {
        let mut words = module.info.split(' ');
        let language = language(words.next().unwrap_or_default());
        scripts.add(words.next().unwrap_or_default(), language, &module.body);
    }
    let language = language(script.info.split(' ').next().unwrap_or_default());
    let path = if language == Language::Python { "deploy.py" } else { "deploy.sh" };
    let found = scripts.run(path, language, &script.body, &Limits::default());
    let mut out = show(&found);
    let asked = script.info.split(' ').filter_map(|word| word.strip_prefix("why="));
    for asked in asked.flat_map(|all| all.split(',')) {
        out.push_str(&why(&scripts.sources, &found, asked));
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

fn run(name: &str, script: &str, limits: &Limits) -> Interpretation {
    Scripts::default().run("deploy", language(name), script, limits)
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
fn chains_that_each_add_to_a_text_stay_linear() {
    let mut script = String::from("FLAGS=--quiet\n");
    for n in 0..200 {
        script.push_str(&format!(
            "if [ \"$A{n}\" = x ]; then FLAGS=\"$FLAGS --x{n}\"; elif [ \"$A{n}\" = y ]; then FLAGS=\"$FLAGS --y{n}\"; fi\n"
        ));
    }
    script.push_str("gcloud run deploy s $FLAGS\n");
    let shown = on_small_stack("sh", script);
    assert!(!shown.contains("script-limit") && shown.contains("--y199"), "{shown}");
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
