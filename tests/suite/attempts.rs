//! Attempts to ship what is denied: the pages in `tests/fixtures/attempts`, run on the built program.
//!
//! Each begins with the repository of [`base`], whose commit `main` is clean, on a branch of its own. Its
//! ```` ```change ```` block is what somebody does there, a step a line, and is committed at its end; its
//! ```` ```console check --base main ```` block holds what is then told. A case with a block
//! ```` ```given ```` has its steps in `main` already.
//!
//! Whatever the pages say, an attempt that ends with 0 must be seen: the report names the finding with what
//! sets it aside, what the change has relaxed, or what was not read. A heading that ends in `(open)` is an
//! attempt that succeeds, and is listed in [`OPEN`].

use crate::git::Repository;
use crate::pages::{self, Block};
use crate::run::{Run, celador_with};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A test a page: each has many repositories to make.
macro_rules! pages {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let page = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem == stringify!($name));
                let pages: Vec<PathBuf> = pages::of("attempts").into_iter().filter(page).collect();
                pages::check_pages(pages, |info| info.starts_with("console "), answer);
            }
        )*
        const PAGES: &[&str] = &[$(stringify!($name)),*];
    };
}

pages! { git kept output places scripts settings texts waivers }

/// Attempts that succeed, with the reason.
const OPEN: &[(&str, &str)] = &[(
    "A command later made smaller (open)",
    "a command that updates a service keeps its image, which is not followed from the command that deployed it",
)];

#[test]
fn there_are_many_attempts_and_none_succeeds_that_is_not_listed() {
    let pages = pages::of("attempts");
    assert_eq!(pages.len(), PAGES.len(), "each page has its test");
    let (mut attempts, mut open) = (0, Vec::new());
    for page in pages {
        let page = fs::read_to_string(page).unwrap();
        for case in page.split("\n## ").skip(1) {
            attempts += 1;
            let heading = case.lines().next().unwrap_or_default();
            assert_eq!(case.matches("\n```console ").count(), 1, "{heading}");
            let is_open = case.contains(UNSEEN);
            assert_eq!(heading.ends_with("(open)"), is_open, "{heading}");
            open.extend(is_open.then(|| heading.to_owned()));
        }
    }
    assert!(attempts >= 40, "{attempts}");
    assert_eq!(open, OPEN.iter().map(|(heading, _)| *heading).collect::<Vec<_>>());
}

/// Stands behind the exit code of an attempt that succeeds.
const UNSEEN: &str = ", and nobody has seen it";

/// A project in which everything is as it should be, and denied where it is not.
fn base(repository: &Repository) {
    repository
        .write(
            "celador.yaml",
            "version: 1\n\
             services: {backend: {required: {env: [LOG_LEVEL]}}}\n\
             policies:\n  \
               configure:\n    \
                 alpine-minimum-memory: {action: deny}\n    \
                 floating-image-tag: {action: deny}\n    \
                 required-variables: {action: deny}\n",
        )
        .write(
            "deploy.sh",
            "#!/bin/sh\n\
             set -eu\n\
             gcloud run deploy backend --project acme --region europe-west1 \\\n  \
               --image eu.gcr.io/acme/backend:1.8-alpine \\\n  \
               --memory 2Gi --cpu 2 --min-instances 1 --vpc-connector main \\\n  \
               --set-env-vars LOG_LEVEL=info\n",
        )
        .write(
            "k8s/worker.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: worker}\nspec:\n  \
             selector: {matchLabels: {app: worker}}\n  template:\n    metadata: {labels: {app: worker}}\n    \
             spec:\n      containers:\n        - name: worker\n          image: eu.gcr.io/acme/worker:1.8\n          \
             resources: {limits: {memory: 1Gi}}\n          livenessProbe: {httpGet: {path: /, port: 80}}\n          \
             readinessProbe: {httpGet: {path: /, port: 80}}\n          startupProbe: {httpGet: {path: /, port: 80}}\n",
        );
}

fn answer(info: &str, given: &[Block]) -> String {
    static CASES: AtomicUsize = AtomicUsize::new(0);
    let name = format!("attempt-{}", CASES.fetch_add(1, Ordering::Relaxed));
    let repository = Repository::new(&name);
    base(&repository);
    let steps = |kind: &str| -> Vec<String> {
        let blocks = given.iter().filter(|block| block.info == kind);
        blocks.flat_map(|block| block.body.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    steps("given").iter().for_each(|one| step(&repository, one));
    repository.commit("before");
    repository.git(&["checkout", "--quiet", "-b", "change"]);
    let change = steps("change");
    change.iter().for_each(|one| step(&repository, one));
    if !change.iter().any(|one| one == "uncommitted") {
        repository.commit("change");
    }
    let command = info.trim_start_matches("console ");
    let run = judged(&repository, command);
    let own = repository.path().to_string_lossy().into_owned();
    let commit = repository.git(&["rev-parse", "refs/heads/main"]);
    let named = |text: &str| text.replace(&own, "$PWD").replace(&commit[..12], "main");
    let mut told = named(&run.stdout);
    if run.stdout.starts_with('{') {
        // Paths of the commit come where its name sorts them, which is another one each time.
        let told_by_json = named(&lines(&run.json()));
        let mut sorted: Vec<&str> = told_by_json.split_inclusive('\n').collect();
        sorted.sort_unstable();
        told = sorted.concat();
    }
    told.push_str(&named(&run.stderr));
    let is_seen = run.code != Some(0) || SEEN.iter().any(|word| told.contains(word));
    format!("{told}exit {}{}\n", run.code.unwrap_or(-1), if is_seen { "" } else { UNSEEN })
}

/// What must stand in a report that ends with 0.
const SEEN: &[&str] = &[
    "check-relaxed-by-change",
    "file-lost-its-deployments",
    "unreadable-file",
    "waiver alpine-minimum-memory",
    "baseline alpine-minimum-memory",
    "undetermined alpine-minimum-memory",
    // What stood in the commit that whoever runs it has named.
    "base alpine-minimum-memory",
    // A policy of the project's own that cannot fail.
    "policy-constant",
];

fn judged(repository: &Repository, command: &str) -> Run {
    let command = command.replace("$PWD", &repository.path().to_string_lossy());
    let words = || command.split(' ').filter(|word| !word.is_empty());
    let variables: Vec<(&str, &str)> = words().map_while(|word| word.split_once('=')).collect();
    let mut arguments: Vec<&str> = words().skip(variables.len()).collect();
    if !["--format", "--quiet"].iter().any(|flag| arguments.contains(flag)) {
        arguments.extend(["--format", "json"]);
    }
    // Nothing that the pages say may end with time.
    if !arguments.contains(&"--today") {
        arguments.extend(["--today", "2026-06-01"]);
    }
    celador_with(repository.path(), &arguments, &variables)
}

/// One step: its first word says what is done, the rest with what, apart by ` :: `.
fn step(repository: &Repository, line: &str) {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let parts: Vec<Vec<u8>> = rest.split(" :: ").map(unescaped).collect();
    let text = |at: usize| String::from_utf8(parts[at].clone()).unwrap();
    let path = |at: usize| repository.path().join(text(at));
    match word {
        "" | "uncommitted" => {}
        // The violation that is to be shipped.
        "break" => change(repository, "deploy.sh", b"--memory 2Gi", b"--memory 512Mi"),
        "put" => drop(repository.write(&text(0), &parts[1])),
        "append" => {
            let whole = [fs::read(path(0)).unwrap(), parts[1].clone()].concat();
            repository.write(&text(0), whole);
        }
        "change" => change(repository, &text(0), &parts[1], &parts[2]),
        "repeat" => {
            let count: usize = text(1).parse().unwrap();
            let whole = [fs::read(path(0)).unwrap(), parts[2].repeat(count)].concat();
            repository.write(&text(0), whole);
        }
        "move" => {
            fs::create_dir_all(path(1).parent().unwrap()).unwrap();
            fs::rename(path(0), path(1)).unwrap();
        }
        "copy" => drop(repository.write(&text(1), fs::read(path(0)).unwrap())),
        "remove" => fs::remove_file(path(0)).unwrap(),
        "link" => std::os::unix::fs::symlink(text(1), path(0)).unwrap(),
        "utf16" => {
            let text = fs::read_to_string(path(0)).unwrap();
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            repository.write(&self::path(&parts[0]), units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        }
        "git" => drop(repository.git(&rest.split(' ').collect::<Vec<_>>())),
        "celador" => {
            let run = repository.celador(&rest.split(' ').collect::<Vec<_>>());
            assert_eq!(run.code, Some(0), "{}", run.all());
        }
        other => panic!("{other} is no step"),
    }
}

fn path(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn change(repository: &Repository, name: &str, from: &[u8], to: &[u8]) {
    let whole = fs::read(repository.path().join(name)).unwrap();
    let at = whole.windows(from.len()).position(|window| window == from);
    let at = at.unwrap_or_else(|| panic!("{name} does not hold {}", path(from)));
    repository.write(name, [&whole[..at], to, &whole[at + from.len()..]].concat());
}

/// `\n`, `\t`, `\r`, `\\`, `\xff` and `\u{200b}`.
fn unescaped(text: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend(before.bytes());
        let number = |digits: &str| u32::from_str_radix(digits, 16).unwrap();
        let used = match after.as_bytes()[0] {
            b'n' => push(&mut out, '\n', 1),
            b't' => push(&mut out, '\t', 1),
            b'r' => push(&mut out, '\r', 1),
            b'\\' => push(&mut out, '\\', 1),
            b'x' => {
                out.push(u8::try_from(number(&after[1..3])).unwrap());
                3
            }
            b'u' => {
                let end = after.find('}').unwrap();
                push(&mut out, char::from_u32(number(&after[2..end])).unwrap(), end + 1)
            }
            other => panic!("\\{} is no escape in {text}", char::from(other)),
        };
        rest = &after[used..];
    }
    out.extend(rest.bytes());
    out
}

fn push(out: &mut Vec<u8>, c: char, used: usize) -> usize {
    out.extend(c.to_string().bytes());
    used
}

/// A report in short: what counts, what cannot be told, what is set aside, what went wrong.
fn lines(json: &Value) -> String {
    let mut out = String::new();
    let all = |key: &str| json[key].as_array().cloned().unwrap_or_default();
    for finding in all("findings") {
        let _ = writeln!(out, "{} {}", text(&finding["action"]), told(&finding));
    }
    for finding in all("undetermined") {
        let _ = writeln!(out, "undetermined {}", told(&finding));
    }
    for finding in all("set_aside") {
        let _ = writeln!(out, "{} {}", text(&finding["set_aside"]["by"]), told(&finding));
    }
    for finding in all("waived") {
        let _ = writeln!(out, "waiver {}", told(&finding));
    }
    for error in all("errors") {
        let place = format!("{}:{}", text(&error["span"]["file"]), error["span"]["line"]);
        let (severity, code) = (text(&error["severity"]), text(&error["code"]));
        let _ = writeln!(out, "{severity} {code} {place}: {}", text(&error["message"]));
    }
    out
}

fn told(finding: &Value) -> String {
    let primary = &finding["primary"];
    let (policy, message) = (text(&finding["policy"]), text(&finding["message"]));
    format!("{policy} {}:{}: {message}", text(&primary["file"]), primary["line"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}
