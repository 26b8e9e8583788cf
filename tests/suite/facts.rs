//! Runs the cases of `tests/fixtures/facts/*.md`: files, and below them the facts of their project.
//!
//! A case is a heading, prose, fenced files (```` ```sh deploy.sh ````: language and path) and a fenced
//! `text` with the expected facts, one a line, a fenced `unresolved` with what could not be followed, or a
//! fenced `bypasses` with what turns checks off.

use crate::pages::{self, Block};
use crate::run::{Scratch, celador};
use serde_json::Value;
use std::fmt::Write as _;

#[test]
fn the_facts_of_a_project_are_what_a_person_reads_in_it() {
    pages::check(
        "facts",
        |info| !info.contains(' '),
        |info, files| match info {
            "unresolved" => unresolved(files),
            "bypasses" => bypasses(files),
            "table" => celador(project(files).path(), &["facts", "--bypasses"]).stdout,
            _ => facts(files),
        },
    );
}

fn project(files: &[Block]) -> Scratch {
    let scratch = Scratch::new("facts");
    for Block { info, body } in files {
        let (_, path) = info.split_once(' ').unwrap();
        scratch.write(path, body);
    }
    scratch
}

/// What `--unresolved` prints, and the inputs that the JSON lists.
fn unresolved(files: &[Block]) -> String {
    let scratch = project(files);
    let mut out = celador(scratch.path(), &["facts", "--unresolved"]).stdout;
    let report = celador(scratch.path(), &["facts", "--format", "json"]).json();
    for one in list(&report, "unresolved") {
        let subjects: Vec<&str> = list(one, "subjects").filter_map(Value::as_str).collect();
        let _ = writeln!(out, "{} {}: {}", one["count"], text(one, "input"), subjects.join(", "));
    }
    out
}

/// What turns checks off, as the JSON lists it.
fn bypasses(files: &[Block]) -> String {
    let scratch = project(files);
    let report = celador(scratch.path(), &["facts", "--format", "json"]).json();
    let mut out = String::new();
    for one in list(&report, "bypasses") {
        let _ = write!(out, "{} {}: {}", text(one, "kind"), text(one, "name"), text(one, "turns_off"));
        if let Some(of) = one["command"].as_str().or(one["service"].as_str()) {
            let _ = write!(out, " of `{of}`");
        }
        let environments: Vec<&str> = list(one, "environments").filter_map(Value::as_str).collect();
        if !environments.is_empty() {
            let _ = write!(out, " in {}", environments.join(", "));
        }
        out.push_str(&condition(one));
        if let Some(threshold) = one["threshold"].as_f64() {
            let _ = write!(out, ", up to {threshold}");
        }
        for (name, words) in [("unconditional", "unconditional"), ("before_deployment", "a deployment waits")]
        {
            if one[name] == true {
                let _ = write!(out, ", {words}");
            }
        }
        match one["recorded"].as_bool() {
            Some(true) => out.push_str(&format!(", reason {}", text(&one["reason"], "text"))),
            Some(false) => {}
            None => out.push_str(", reason not told"),
        }
        let _ = writeln!(out, " at {}", place(one));
    }
    out
}

fn facts(files: &[Block]) -> String {
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
