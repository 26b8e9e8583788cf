//! Runs the cases of `tests/fixtures/facts/*.md`: files, and below them the facts of their project.
//!
//! A case is a heading, prose, fenced files (```` ```sh deploy.sh ````: language and path) and a fenced
//! `text` with the expected facts, one a line, or a fenced `unresolved` with what could not be followed.
//! With `UPDATE_CASES=1` in the environment what is expected is written anew.

use crate::run::{Scratch, celador};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[test]
fn the_facts_of_a_project_are_what_a_person_reads_in_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/facts");
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

/// The page with the expected facts written anew.
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
        match info.split_once(' ') {
            Some((_, path)) => {
                out.push_str(&body);
                files.push((path.to_owned(), body));
            }
            None if info == "unresolved" => out.push_str(&unresolved(&files)),
            None => out.push_str(&facts(&files)),
        }
        out.push_str("```\n");
    }
    out
}

fn project(files: &[(String, String)]) -> Scratch {
    let scratch = Scratch::new("facts");
    for (path, text) in files {
        scratch.write(path, text);
    }
    scratch
}

/// What `--unresolved` prints, and the inputs that the JSON lists.
fn unresolved(files: &[(String, String)]) -> String {
    let scratch = project(files);
    let mut out = celador(scratch.path(), &["facts", "--unresolved"]).stdout;
    let report = celador(scratch.path(), &["facts", "--format", "json"]).json();
    for one in list(&report, "unresolved") {
        let subjects: Vec<&str> = list(one, "subjects").filter_map(Value::as_str).collect();
        let _ = writeln!(out, "{} {}: {}", one["count"], text(one, "input"), subjects.join(", "));
    }
    out
}

fn facts(files: &[(String, String)]) -> String {
    let scratch = project(files);
    let report = celador(scratch.path(), &["facts", "--format", "json"]).json();
    let mut out = String::new();
    for subject in list(&report, "deployments").chain(list(&report, "artifacts")) {
        let name = subject["service"].as_str().or(subject["file"].as_str()).unwrap_or_default();
        let platform = subject["platform"].as_str().unwrap_or_default();
        let _ = write!(out, "{name} on {platform}");
        if let Some(environment) = subject["environment"].as_str() {
            let evidence = subject["environment_evidence"].as_str().unwrap_or_default();
            let _ = write!(out, " in {environment} (by {evidence})");
        }
        let _ = writeln!(out, "{} at {}", condition(subject), subject["line"]);
        let written = list(subject, "settings").filter(|one| one["state"] != "platform_default");
        for setting in written {
            let _ = write!(out, "  {} = {}", text(setting, "name"), text(setting, "value"));
            if setting["state"] == "overridden" {
                out.push_str(", overridden");
            }
            if let Some(input) = setting["overridable_by"].as_str() {
                let _ = write!(out, " unless {input}");
            }
            let _ = writeln!(out, "{} at {}", condition(setting), place(setting));
        }
        for variable in list(subject, "env") {
            let (name, kind, state) =
                (text(variable, "name"), text(variable, "kind"), text(variable, "state"));
            let _ =
                writeln!(out, "  env {name} {kind} {state}{} at {}", condition(variable), place(variable));
        }
    }
    for setting in list(&report, "settings") {
        let environment = setting["environment"].as_str().unwrap_or("all");
        let _ = write!(out, "code {} in {environment} = {}", text(setting, "name"), text(setting, "value"));
        let _ = writeln!(out, "{} at {}", condition(setting), place(setting));
    }
    out
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn condition(value: &Value) -> String {
    value["condition"].as_str().map(|condition| format!(" if {condition}")).unwrap_or_default()
}

/// Line, and columns from and to (where it ends on another line, that line too).
fn place(value: &Value) -> String {
    let span = &value["span"];
    let end = match span["line"] == span["end_line"] {
        true => span["end_column"].to_string(),
        false => format!("{}:{}", span["end_line"], span["end_column"]),
    };
    format!("{}:{}-{end}", span["line"], span["column"])
}
