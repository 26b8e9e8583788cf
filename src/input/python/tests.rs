// The cases are files.
#![allow(clippy::disallowed_methods)]

mod print;

use crate::input::Limits;
use crate::input::python::lower;
use crate::provenance::{Arena, Provenance};
use crate::script::{Program, code_facts};
use crate::source::{Source, SourceId, Sources, Span};
use std::fmt::Write;
use std::path::Path;

fn lowered(text: &str) -> Program {
    let mut sources = Sources::new();
    let id = sources.add("script.py", text);
    lower(sources.get(id), SourceId::FIRST, &Limits::default())
}

/// Runs `shown` over each fixture of a folder and compares with the snapshot beside it.
fn fixtures(folder: &str, shown: impl Fn(&str, &str) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut seen = 0;
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "py")) {
        let text = std::fs::read_to_string(path).unwrap();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        settings.bind(|| insta::assert_snapshot!(stem, shown(&format!("{stem}.py"), &text)));
        seen += 1;
    }
    assert!(seen > 0, "no fixtures in {}", folder.display());
}

#[test]
fn python_becomes_the_script_form() {
    fixtures("python", |_, text| {
        let program = lowered(text);
        let mut out = String::new();
        print::block(&program.body, 0, &mut out);
        for diagnostic in &program.diagnostics {
            let range = diagnostic.primary.span.range();
            let _ = writeln!(out, "! {} {range:?}: {}", diagnostic.code.0, diagnostic.primary.label);
        }
        out
    });
}

#[test]
fn code_says_what_differs_by_environment() {
    fixtures("code", facts);
}

/// The code facts of a script, one a line: place, scope, name, environment, value, and how it came.
fn facts(path: &str, text: &str) -> String {
    let mut sources = Sources::new();
    let id = sources.add(path, text);
    let source = sources.get(id);
    let program = lower(source, id, &Limits::default());
    let mut arena = Arena::new(id);
    let facts = code_facts(&program, path, source, &mut arena);
    let mut provenance = Provenance::new();
    provenance.add(arena);
    let mut out = String::new();
    for setting in &facts.settings {
        let environment = setting.environment.as_ref().map_or("-", |environment| environment.as_str());
        let _ = write!(out, "{} {} {environment} {}", at(source, setting.span), setting.scope, setting.name);
        let _ = write!(out, " = {:?} `{}`", setting.value, source.slice(setting.span));
        if setting.derived {
            let trail = provenance.trail(setting.origin);
            let steps: Vec<String> =
                trail.iter().map(|hop| format!("{} {}", hop.step.as_str(), at(source, hop.span))).collect();
            let _ = write!(out, " ({})", steps.join(", "));
        }
        if !setting.condition.is_always() {
            let _ = write!(out, " when {}", setting.condition);
        }
        if let Some(budget) = setting.budget {
            let parts: Vec<String> = setting
                .parts
                .iter()
                .map(|(name, _, span)| format!("{name} {}", source.slice(*span)))
                .collect();
            let _ = write!(out, " {budget:?} of {}", parts.join(", "));
        }
        out.push('\n');
    }
    for bypass in &facts.bypasses {
        let environments = bypass
            .environments
            .as_ref()
            .map(|all| all.iter().map(|one| one.as_str().to_owned()).collect::<Vec<_>>().join(", "));
        let _ = write!(out, "{} {} bypass {}", at(source, bypass.span), bypass.scope, bypass.name);
        let _ =
            write!(out, " `{}` in {}", source.slice(bypass.span), environments.as_deref().unwrap_or("all"));
        if let Some((most, span)) = bypass.threshold {
            let _ = write!(out, " up to {most} at {}", at(source, span));
        }
        if !bypass.flag {
            out.push_str(" without a flag");
        }
        if !bypass.condition.is_always() {
            let _ = write!(out, " when {}", bypass.condition);
        }
        out.push('\n');
    }
    out.replace("Duration(Duration { nanos: ", "Duration(").replace(" })", "ns)")
}

fn at(source: &Source, span: Span) -> String {
    let position = source.position(span.start);
    format!("{}:{}", position.line, position.column)
}

#[test]
fn spans_count_a_byte_order_mark() {
    let text = "\u{feff}memory = '512Mi'\n";
    let program = lowered(text);
    let [crate::script::Statement { kind: crate::script::StatementKind::Assign { value, .. }, .. }] =
        program.body.as_slice()
    else {
        panic!("one assignment expected");
    };
    assert_eq!(&text[value.span.range()], "'512Mi'");
}

#[test]
fn nesting_without_end_is_told_and_not_followed() {
    let chains = [
        ("(", ")"),
        ("[", "]"),
        ("-", ""),
        ("not ", ""),
        ("lambda: ", ""),
        ("f(", ")"),
        ("1+", ""),
        ("a.", ""),
    ];
    for (open, close) in chains {
        let text = format!("before = 1\nx = {}1{}\n", open.repeat(100_000), close.repeat(100_000));
        let program = lowered(&text);
        assert_eq!(program.body.len(), 1, "what stands before is kept: {open}");
        assert!(program.diagnostics.iter().any(|diagnostic| diagnostic.code.0 == "input-limit"));
    }
    // Deeper than the form may be, yet not too deep for the parser: one expression is left out.
    let program = lowered(&format!("x = {}1{}\ny = 2\n", "[".repeat(400), "]".repeat(400)));
    assert_eq!(program.diagnostics.len(), 1);
    assert_eq!(program.body.len(), 2);
}

#[test]
fn a_file_that_is_cut_off_keeps_what_was_read() {
    let whole = "import subprocess\ncmd = [\n    'gcloud', 'run', 'deploy',\n    '--memory', '512Mi',\n]\nsubprocess.run(cmd)\n";
    for end in 0..whole.len() {
        let program = lowered(&whole[..end]);
        assert!(program.diagnostics.len() <= super::MOST_ERRORS);
    }
    let program = lowered(&whole[..whole.find("'512Mi'").unwrap()]);
    let mut out = String::new();
    print::block(&program.body, 0, &mut out);
    assert!(out.contains("cmd = [\"gcloud\", \"run\", \"deploy\", \"--memory\"]"), "{out}");
}
