//! Runs the cases of `tests/fixtures/waivers/*.md`: files, and below them what waivers do to their findings.
//!
//! A case is a heading, prose, fenced files (```` ```sh deploy.sh ````: language and path) and one of these:
//! a fenced `remarks` with the comments that are meant for the program and the lines they speak of; a fenced
//! `findings` with what `celador check` reports, `deny policy at file:line message`; what is set aside begins
//! with `waived`. Options behind the word are arguments: ```` ```findings --no-waivers ````. The day is
//! 2026-11-22 unless they give another.
//! With `UPDATE_CASES=1` in the environment what is expected is written anew.

use crate::run::{Run, Scratch, celador};
use celador::check::{self, File, Project, Selected, Settings};
use celador::input::Format;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const TODAY: &str = "2026-11-22";

#[test]
fn waivers_do_what_the_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/waivers");
    let mut pages: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut failures = String::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let updated = run_page(&text);
        if update {
            fs::write(&page, &updated).unwrap();
            continue;
        }
        for (line, (old, new)) in text.lines().zip(updated.lines().chain([""])).enumerate() {
            if old != new {
                let name = page.file_name().unwrap().to_string_lossy();
                let _ = write!(failures, "{name}:{}\n  expected {old}\n  got      {new}\n", line + 1);
                break;
            }
        }
    }
    assert!(failures.is_empty(), "{failures}(UPDATE_CASES=1 writes them anew)");
}

/// The page with what is expected written anew.
fn run_page(page: &str) -> String {
    let mut out = String::new();
    let mut files: Vec<(String, String)> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line.starts_with("# ") || line.starts_with("## ") {
            files.clear();
        }
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let body: String =
            lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        match info.split_once(' ').unwrap_or((info, "")) {
            ("remarks", _) => out.push_str(&remarks(&files)),
            ("findings", options) => out.push_str(&findings(&files, options)),
            (_, path) => {
                // What no editor shows is written as an escape.
                let text = body.replace("<TAB>", "\t").replace("<ZWSP>", "\u{200b}").replace("<CR>", "\r");
                files.push((path.to_owned(), text));
                out.push_str(&body);
            }
        }
        out.push_str("```\n");
    }
    out
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
