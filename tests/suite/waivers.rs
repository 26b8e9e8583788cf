//! Runs the cases of `tests/fixtures/waivers/*.md`: files, and below them what waivers do to their findings.
//!
//! A case is a heading, prose, fenced files (```` ```sh deploy.sh ````: language and path) and one of these:
//! a fenced `remarks` with the comments that are meant for the program and the lines they speak of; a fenced
//! `findings` with what `celador check` reports, `deny policy at file:line message`; what is set aside begins
//! with `waived`; a fenced `waive` with the arguments of `celador waive`, what it says, each file that it
//! changed, line by line, and what is then found. Options behind the word are arguments: ```` ```findings --no-waivers ````. The day is
//! 2026-11-22 unless they give another.

use crate::pages::{self, Block};
use crate::run::{Run, Scratch, celador};
use celador::check::{self, File, Project, Selected, Settings};
use celador::input::Format;
use serde_json::Value;
use std::fmt::Write as _;

const TODAY: &str = "2026-11-22";

#[test]
fn waivers_do_what_the_cases_say() {
    let is_expected = |info: &str| matches!(info.split(' ').next(), Some("remarks" | "findings" | "waive"));
    pages::check("waivers", is_expected, |info, files| {
        let files = files.iter().map(file).collect::<Vec<_>>();
        match info.split_once(' ').unwrap_or((info, "")) {
            ("remarks", _) => remarks(&files),
            ("waive", arguments) => waive(&files, arguments),
            (_, options) => findings(&files, options),
        }
    });
}

#[cfg(unix)]
#[test]
fn a_waiver_is_never_written_outside_of_the_project() {
    let scratch = Scratch::new("waivers-outside");
    let text = "gcloud run deploy docs --image registry.example.com/docs:latest\n";
    scratch.write("outside/deploy.sh", text).write("project/celador.yaml", "version: 1\n");
    let (outside, project) = (scratch.path().join("outside/deploy.sh"), scratch.path().join("project"));
    std::os::unix::fs::symlink(&outside, project.join("deploy.sh")).unwrap();
    let words = ["--reason", "x", "--owner", "@docs", "--until", "2026-12-31", "--today", TODAY, "--inline"];
    let run = celador(&project, &[&["waive", "floating-image-tag"], &words[..]].concat());
    assert_eq!(run.code, Some(2), "{}", run.all());
    assert_eq!(std::fs::read_to_string(outside).unwrap(), text);
}

/// A file's path and text. What no editor shows is written as a word.
fn file(block: &Block) -> (String, String) {
    let (_, path) = block.info.split_once(' ').unwrap();
    let text = block.body.replace("<TAB>", "\t").replace("<ZWSP>", "\u{200b}").replace("<CR>", "\r");
    (path.to_owned(), text)
}

/// The comments that are meant for the program, and the lines they speak of.
fn remarks(files: &[(String, String)]) -> String {
    let mut project = Project::default();
    for (path, text) in files {
        let source = project.sources.add(path.as_str(), text.as_str());
        let format = Format::of_path(path).unwrap();
        project.files.push(File { source, format, selected: Selected::Found });
    }
    let facts = check::read(project, &Settings::default());
    let mut out = String::new();
    for remark in &facts.remarks {
        let source = facts.sources.get(remark.span.source);
        let line = source.position(remark.span.start).line;
        let covered = remark.covers.map_or("nothing".to_owned(), |span| {
            let lines: Vec<&str> = source.slice(span).lines().map(str::trim).collect();
            format!("`{}`", lines.join(" ⏎ "))
        });
        let text = remark.comment.text.replace('\n', " ⏎ ");
        let _ = writeln!(out, "{}:{line} {text} -> {covered}", source.path());
    }
    out
}

fn project(files: &[(String, String)]) -> Scratch {
    let scratch = Scratch::new("waivers");
    for (path, text) in files {
        scratch.write(path, text);
    }
    scratch
}

fn findings(files: &[(String, String)], options: &str) -> String {
    let scratch = project(files);
    let mut arguments = vec!["check", "--format", "json"];
    if !options.contains("--today") {
        arguments.extend(["--today", TODAY]);
    }
    arguments.extend(options.split_whitespace());
    told(&celador(scratch.path(), &arguments))
}

/// What `celador waive` says, the lines that it adds, and what is then found.
fn waive(files: &[(String, String)], arguments: &str) -> String {
    let scratch = project(files);
    let given = arguments.replace("<OK>", "--owner @docs --until 2026-12-31 --reason rebuilt");
    let mut all = vec!["waive", "--today", TODAY];
    all.extend(given.split_whitespace());
    let run = celador(scratch.path(), &all);
    let mut out = format!("exit {}\n{}{}", run.code.unwrap_or(-1), run.stdout, run.stderr);
    if !files.iter().any(|(path, _)| path == "celador.yaml")
        && let Ok(new) = std::fs::read_to_string(scratch.path().join("celador.yaml"))
    {
        let _ = writeln!(out, "--- celador.yaml is new");
        out.extend(new.lines().map(|line| format!("+{line}\n")));
    }
    for (path, old) in files {
        let new = std::fs::read_to_string(scratch.path().join(path)).unwrap();
        if new == *old {
            continue;
        }
        let _ = writeln!(out, "--- {path}");
        let mut rest = old.lines().peekable();
        for line in new.lines() {
            let same = rest.next_if_eq(&line).is_some();
            let shown = line.replace('\t', "<TAB>");
            let _ = writeln!(out, "{}{shown}", if same { ' ' } else { '+' });
        }
        for gone in rest {
            let _ = writeln!(out, "-{gone}");
        }
        let ends = |text: &str| text.matches("\r\n").count() == text.matches('\n').count();
        assert_eq!(ends(old), ends(&new), "{path} keeps its line ends");
    }
    let check = celador(scratch.path(), &["check", "--format", "json", "--today", TODAY]);
    out + "---\n" + &told(&check)
}

fn told(run: &Run) -> String {
    let json = run.json();
    let mut out = String::new();
    for error in list(&json, "errors") {
        let _ =
            writeln!(out, "{} {}: {}", text(error, "severity"), text(error, "code"), text(error, "message"));
    }
    for finding in list(&json, "findings").chain(list(&json, "undetermined")) {
        let _ = writeln!(out, "{} {}", text(finding, "action"), told_finding(finding));
    }
    for finding in list(&json, "waived") {
        let waiver = &finding["waiver"];
        let place = place(&waiver["span"]);
        let _ = writeln!(out, "waived {} by {place}: {}", told_finding(finding), text(waiver, "reason"));
    }
    if out.is_empty() { "nothing\n".to_owned() } else { out }
}

fn told_finding(finding: &Value) -> String {
    format!("{} at {} {}", text(finding, "policy"), place(&finding["primary"]), text(finding, "message"))
}

fn place(span: &Value) -> String {
    format!("{}:{}", text(span, "file"), span["line"])
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
