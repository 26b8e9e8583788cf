//! What holds for every format of `celador check`: schemas, files, pipes, and that nothing depends on threads
//! or on the order of arguments.

use crate::run::{Run, Scratch, celador, celador_with};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The names of all formats, as the command line knows them.
pub fn names() -> Vec<String> {
    let told = celador(Path::new(env!("CARGO_MANIFEST_DIR")), &["check", "--format", "?"]);
    let list = told.stderr.split("[possible values: ").nth(1).and_then(|rest| rest.split(']').next());
    let names: Vec<String> = list.unwrap_or_default().split(", ").map(str::to_owned).collect();
    assert!(names.len() >= 12, "{}", told.all());
    names
}

/// One run that writes every format into a file; each with its text.
pub fn all_reports(folder: &Path, arguments: &[&str]) -> Vec<(String, String)> {
    reports_with(folder, arguments, &[]).1
}

fn reports_with(
    folder: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> (Run, Vec<(String, String)>) {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let out = Scratch::new(&format!("reports-{number}"));
    let names = names();
    let wanted: Vec<String> =
        names.iter().map(|name| format!("--format={name}={}", out.path().join(name).display())).collect();
    let mut all = vec!["check"];
    all.extend(wanted.iter().map(String::as_str));
    all.extend(arguments);
    let run = celador_with(folder, &all, environment);
    assert!(run.code.is_some_and(|code| code <= 3), "{arguments:?}: {}", run.all());
    assert_eq!(run.all().trim(), "", "reports go to files");
    let read = |name: String| {
        let text = fs::read_to_string(out.path().join(&name)).unwrap();
        (name, text)
    };
    (run, names.into_iter().map(read).collect())
}

fn report<'a>(reports: &'a [(String, String)], name: &str) -> &'a str {
    reports.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
}

/// A project with something of everything: what denies, warns and stays open, waivers, a file that cannot be
/// read, a policy that is wrong, and enough files for several threads.
fn project(name: &str) -> Scratch {
    let project = Scratch::new(name);
    for number in 0..40 {
        project.write(
            &format!("services/s{number:02}/deploy-{}.sh", if number % 2 == 0 { "staging" } else { "prod" }),
            format!(
                "#!/bin/bash\ngcloud run deploy s{number:02} --image gcr.io/p/s{number:02}:latest --timeout 60 \\\n  \
                 --timeout {} --set-env-vars \"A=$UNKNOWN,B=é漢{number}\" --memory ${{MEMORY:-512Mi}}\n",
                90 + number
            ),
        );
    }
    project.write("broken/compose.yaml", "services:\n  web: [\n");
    project.write(
        "deploy/docker-compose.yml",
        "services:\n  web:\n    image: acme/web:latest\n  worker:\n    image: acme/worker:latest\n",
    );
    project.write("open/deploy.sh", "gcloud run deploy open --image gcr.io/p/open:1 --memory $MEMORY\n");
    project.write(
        "policies/least.yaml",
        "apiVersion: celador/v1\nkind: Policy\nmetadata: {name: least, title: Enough memory, group: test}\nspec:\n  \
         severity: error\n  rationale: a test\n  target: {kind: Deployment}\n  validations:\n    \
         - {expression: 'has(deployment.memory) && deployment.memory >= quantity(\"256Mi\")', message: too little memory}\n",
    );
    project.write("policies/wrong.yaml", "apiVersion: celador/v1\nkind: Polcy\n");
    project.write(
        "celador.yaml",
        "version: 1\npolicies: {builtin: all, paths: [policies/]}\nservices:\n  web: {required: {env: [PORT], secrets: [TOKEN]}}\n\
         waivers:\n  - {policy: floating-image-tag, service: s00, owner: \"@team\", reason: rebuilt hourly, expires: 2099-12-31}\n",
    );
    project
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Where a value departs from a schema.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator
        .iter_errors(value)
        .take(5)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect()
}

/// The published schema lets later members pass; what is written today has none that it does not describe.
fn closed(mut schema: Value) -> Value {
    fn close(value: &mut Value) {
        if let Value::Object(members) = value {
            if members.contains_key("properties") {
                members.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            members.values_mut().for_each(close);
        } else if let Value::Array(all) = value {
            all.iter_mut().for_each(close);
        }
    }
    close(&mut schema);
    schema
}

#[test]
fn reports_follow_their_schemas() {
    let check = closed(json(&file("schemas/celador/check.schema.json")));
    let mut sarif = json(&file("tests/conformance/sarif/sarif-schema-2.1.0.json"));
    // The standard's own pattern for languages has a bracket that is never opened, which a strict reader of
    // regular expressions refuses. The member is not written.
    for part in ["run", "toolComponent"] {
        sarif["definitions"][part]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    let gitlab = json(&file("tests/conformance/formats/gitlab.schema.json"));
    let rdjson = json(&file("tests/conformance/formats/rdjson.schema.json"));
    let project = project("formats-schemas");
    let empty = Scratch::new("formats-nothing");
    let examples: Vec<_> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"))
        .unwrap()
        .flat_map(|entry| ["before", "after"].map(|side| entry.as_ref().unwrap().path().join(side)))
        .collect();
    let mut folders: Vec<&Path> = vec![project.path(), empty.path()];
    folders.extend(examples.iter().map(|path| path.as_path()));
    let mut seen = [0; 4];
    for folder in folders {
        let reports = all_reports(folder, &["--explain"]);
        for (name, schema) in [("json", &check), ("sarif", &sarif), ("gitlab", &gitlab), ("rdjson", &rdjson)]
        {
            let value = json(report(&reports, name));
            assert_eq!(violations(schema, &value), [""; 0], "{name} of {}", folder.display());
        }
        let whole = json(report(&reports, "json"));
        for (count, list) in seen.iter_mut().zip(["findings", "undetermined", "waived", "errors"]) {
            *count += whole[list].as_array().unwrap().len();
        }
        lines_say_what_the_whole_says(report(&reports, "json-lines"), &whole);
    }
    assert!(seen.iter().all(|count| *count > 0), "samples without everything: {seen:?}");
}

/// Each line is a member of a list of the JSON report, with its type.
fn lines_say_what_the_whole_says(lines: &str, whole: &Value) {
    let lists = [
        ("finding", "findings"),
        ("undetermined", "undetermined"),
        ("waived", "waived"),
        ("set_aside", "set_aside"),
        ("policy", "policies"),
        ("error", "errors"),
        ("explanation", "explanations"),
    ];
    let mut lines = lines.lines().map(json);
    assert_eq!(lines.next().unwrap(), serde_json::json!({"type": "report", "version": 1}));
    for (kind, list) in lists {
        for member in whole[list].as_array().into_iter().flatten() {
            let mut line = lines.next().unwrap();
            assert_eq!(line.as_object_mut().unwrap().shift_remove("type"), Some(Value::from(kind)));
            assert_eq!(&line, member);
        }
    }
    assert_eq!(lines.next().unwrap()["type"], "summary");
    assert_eq!(lines.next(), None);
}

#[test]
fn reports_are_the_same_at_any_number_of_threads_and_order_of_arguments() {
    let project = project("formats-order");
    let orders = [
        ["services/s01", "services/s02", "deploy", "broken", "services"],
        ["services", "broken", "deploy", "services/s02", "services/s01"],
        ["broken", "services/s02", "services", "services/s01", "deploy"],
    ];
    let mut first: Option<(Run, Vec<(String, String)>)> = None;
    for (threads, order) in ["1", "2", "8"].into_iter().zip(orders) {
        let (run, reports) = reports_with(project.path(), &order, &[("RAYON_NUM_THREADS", threads)]);
        match &first {
            None => first = Some((run, reports)),
            Some((before, known)) => {
                assert_eq!(run.code, before.code);
                for ((name, had), (_, has)) in known.iter().zip(&reports) {
                    assert!(had == has, "{name} differs with {threads} threads and {order:?}");
                }
            }
        }
    }
    let one = reports_with(project.path(), &["services"], &[("RAYON_NUM_THREADS", "1")]).1;
    let many = reports_with(project.path(), &["services"], &[("RAYON_NUM_THREADS", "8")]).1;
    assert!(one == many);
}

#[test]
fn every_format_knows_the_same_findings() {
    let project = project("formats-same");
    let (run, reports) = reports_with(project.path(), &[], &[]);
    assert_eq!(run.code, Some(2), "a policy is wrong");
    let whole = json(report(&reports, "json"));
    let count = |list: &str| whole[list].as_array().unwrap().len();
    let findings = count("findings") + count("undetermined") + count("waived") + count("set_aside");
    let all = findings + count("errors");
    assert!(all > 80, "{all}");
    let sarif = &json(report(&reports, "sarif"))["runs"][0];
    assert_eq!(sarif["results"].as_array().unwrap().len(), findings);
    let notifications = sarif["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), count("errors"));
    assert_eq!(json(report(&reports, "gitlab")).as_array().unwrap().len(), all);
    assert_eq!(json(report(&reports, "rdjson"))["diagnostics"].as_array().unwrap().len(), all);
    assert_eq!(report(&reports, "github").lines().count(), all);
    assert_eq!(report(&reports, "azure").lines().count(), all);
    assert_eq!(report(&reports, "checkstyle").matches("<error ").count(), all);
    let told = |status: &str| report(&reports, "tap").lines().filter(|line| line.starts_with(status)).count();
    assert!(told("ok ") + told("not ok ") > all);
    // A waiver is seen everywhere, with its reason.
    for (name, text) in &reports {
        if name != "human" && name != "concise" {
            assert!(text.contains("rebuilt hourly"), "{name} hides what was waived:\n{text}");
        }
    }
    assert!(sarif["results"].as_array().unwrap().iter().any(|result| {
        result["suppressions"][0]["kind"] == "external"
            && result["suppressions"][0]["justification"] == "rebuilt hourly (@team, until 2099-12-31)"
    }));
}

#[test]
fn a_closed_pipe_is_quiet() {
    let project = project("formats-pipe");
    for name in names() {
        let mut child = Command::new(env!("CARGO_BIN_EXE_celador"))
            .args(["check", "--policy", "floating-image-tag", "--format", &name])
            .current_dir(project.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
        assert!(output.status.code().is_some_and(|code| code <= 2), "{name}: {:?}", output.status);
    }
}

#[test]
fn one_run_feeds_several_reports() {
    let project = project("formats-files");
    project.write("out/old.xml", "old");
    let run = celador(
        project.path(),
        &[
            "check",
            "services/s01",
            "--format",
            "sarif=out/new.sarif",
            "--format=junit=out/old.xml",
            "--format",
            "tap",
        ],
    );
    assert_eq!(run.code, Some(2), "a policy is wrong: {}", run.all());
    assert!(run.stdout.starts_with("TAP version 14\n"));
    assert!(fs::read_to_string(project.path().join("out/new.sarif")).unwrap().contains("\"2.1.0\""));
    assert!(fs::read_to_string(project.path().join("out/old.xml")).unwrap().starts_with("<?xml"));
    let left: Vec<_> =
        fs::read_dir(project.path().join("out")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let run = celador(project.path(), &["check", "services/s01", "--format", "json=-"]);
    assert_eq!(run.json()["version"], 1);
}

#[test]
fn reports_that_cannot_be_written_are_told_and_hinder_no_other() {
    let project = project("formats-wrong");
    let wrong = |arguments: &[&str], told: &str| {
        let mut all = vec!["check", "services/s01", "--policy", "floating-image-tag"];
        all.extend(arguments);
        let run = celador(project.path(), &all);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.all());
        assert!(run.stderr.contains(told), "{arguments:?}: {}", run.all());
        run
    };
    wrong(&["--format", "tap", "--format", "json"], "two reports go to standard output");
    wrong(&["--format", "tap=a", "--format", "json=./a"], "two reports go to `./a`");
    wrong(&["--format", "sarif="], "names no file");
    wrong(&["--format", "sarf=x"], "invalid value 'sarf'");
    fs::create_dir_all(project.path().join("folder")).unwrap();
    wrong(&["--format", "tap=folder"], "it is a folder");
    let run = wrong(&["--format", "tap=none/a", "--format", "json=b.json", "--format", "human"], "none/a");
    assert!(run.stdout.contains("floating-image-tag"));
    assert_eq!(json(&fs::read_to_string(project.path().join("b.json")).unwrap())["version"], 1);
}

#[cfg(unix)]
#[test]
fn a_report_is_not_written_through_a_link() {
    use std::os::unix::fs::symlink;
    let outside = Scratch::new("formats-outside");
    outside.write("victim", "untouched");
    let project = project("formats-links");
    symlink(outside.path().join("victim"), project.path().join("report.json")).unwrap();
    symlink(outside.path(), project.path().join("out")).unwrap();
    for target in ["report.json", "out/report.json", "out/victim"] {
        let format = format!("json={target}");
        let run = celador(project.path(), &["check", "services/s01", "--format", &format]);
        assert_eq!(run.code, Some(2), "{target}: {}", run.all());
        assert!(run.stderr.contains("link"), "{target}: {}", run.all());
    }
    assert_eq!(fs::read_to_string(outside.path().join("victim")).unwrap(), "untouched");
    assert!(!outside.path().join("report.json").exists());
    // Whoever names the other folder itself means it, and devices are written to.
    let named = format!("json={}", outside.path().join("victim").display());
    let run = celador(
        project.path(),
        &[
            "check",
            "services/s01",
            "--policy",
            "floating-image-tag",
            "--format",
            &named,
            "--format",
            "tap=/dev/stdout",
        ],
    );
    assert!(run.stdout.starts_with("TAP version 14\n"), "{}", run.all());
    assert_ne!(fs::read_to_string(outside.path().join("victim")).unwrap(), "untouched");
}

/// A fenced block of `docs/formats.md`: with the name of a file behind its language, what the file holds; with a
/// command, what that prints, or the part of it at a pointer.
#[test]
fn the_page_about_formats_shows_what_they_are() {
    const PAGE: &str = "docs/formats.md";
    let page = file(PAGE);
    let project = Scratch::new("formats-page");
    let mut written = String::new();
    let mut lines = page.lines();
    let mut commands = BTreeSet::new();
    while let Some(line) = lines.next() {
        written.push_str(&format!("{line}\n"));
        let info = line.trim_start_matches('`');
        let Some((_, about)) = info.split_once(' ').filter(|_| line.starts_with("```")) else { continue };
        let fence = &line[..line.len() - info.len()];
        let body: String =
            lines.by_ref().take_while(|line| *line != fence).flat_map(|line| [line, "\n"]).collect();
        match about.strip_prefix("celador ") {
            None => {
                project.write(about, &body);
                written.push_str(&body);
            }
            Some(command) => {
                let (command, pointer) = command.split_once(" | ").unwrap_or((command, ""));
                let arguments: Vec<&str> = command.split(' ').collect();
                let run = celador(project.path(), &arguments);
                assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""), "{command}");
                commands.insert(arguments.get(2).unwrap_or(&"human").to_string());
                if pointer.is_empty() {
                    written.push_str(&run.stdout);
                } else {
                    let part = run.json();
                    written.push_str(&serde_json::to_string_pretty(part.pointer(pointer).unwrap()).unwrap());
                    written.push('\n');
                }
            }
        }
        written.push_str(&format!("{fence}\n"));
    }
    crate::generated::same(PAGE, &written);
    let names: BTreeSet<String> = names().into_iter().collect();
    assert_eq!(commands, names, "a format without a section");
}
