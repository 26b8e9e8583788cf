//! A fuzzer that fits a test run: files of every format, mutated, through the whole pipeline.
//!
//! The seeds are this repository's own examples, fixtures and policies; the mutations come from a fixed
//! seed, so that a failure names a case that anybody can run again: `CELADOR_MUTATIONS=from..to` runs
//! just those, however long they take.

use celador::check::{self, File, Project, Selected, Settings};
use celador::config;
use celador::diagnostic::{Diagnostic, Finding};
use celador::input::Format;
use celador::policy::Selection;
use celador::report::{self, GroupBy, Outcome, Style, Verbosity, View, concise, human};
use celador::source::{SourceId, Sources, Span};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Cases of a plain test run, if they fit into the time.
const CASES: u64 = 600;
const TIME: Duration = Duration::from_secs(20);

/// What a single case may take in a debug build on a loaded machine: more is a hang or an explosion.
const CASE_TIME: Duration = Duration::from_secs(15);

/// Files longer than this become slow to mutate and teach no more.
const LONGEST: usize = 12 << 10;

/// Pieces that mean something to one reader or another, or to a terminal.
const PIECES: &[&str] = &[
    "\0",
    "\u{1b}[31m",
    "\u{1b}]8;;http://x\u{7}",
    "\u{202e}",
    "\u{feff}",
    "\r\n",
    "\r",
    "\t",
    "\u{a0}",
    "\u{2028}",
    "é",
    "漢",
    "🚀",
    "\u{301}",
    "::error::x",
    "##[error]",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!binary ",
    "- ",
    ": ",
    "? ",
    "|\n",
    ">-\n",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "{{ .Values.x }}",
    "{{- if x }}",
    "${{ x }}",
    "${X:-d}",
    "${X:?no}",
    "$(gcloud run deploy x)",
    "`x`",
    "<<EOF\n",
    "<<-'E'\n",
    "\"",
    "'",
    "\\",
    "\\\n",
    "\"\"\"",
    "f\"{x!r:>{y}}\"",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "#",
    "0x7fffffffffffffff",
    "99999999999999999999",
    "-1",
    "1e309",
    "NaN",
    "1.5Gi",
    "512Mi",
    "0",
    "latest",
    "staging",
    "production",
    "if true; then\n",
    "fi\n",
    "for x in a b c; do\n",
    "done\n",
    "case $x in\n",
    "esac\n",
    "for i in range(10**9):\n",
    "while True:\n",
    "def f(self):\n",
    "class A(A):\n",
    "return\n",
    "lambda: ",
    "x = x + x\n",
    "*args",
    "**kwargs",
    "import deploy\n",
    "yield ",
    "del x\n",
    "match x:\n",
    "FROM alpine AS x\n",
    "FROM ${X}\n",
    "ARG X=1\n",
    "ENV A B=\n",
    "RUN <<EOF\n",
    "--timeout=60",
    "--memory",
    "--set-env-vars=^@^A=1@B=2",
    "--update-env-vars",
    "--container=x",
    "timeoutSeconds: 0\n",
    "env:\n",
    "value: ~\n",
    "null",
    "true",
    "deployment.memory",
    " && ",
    " || ",
    ".all(x, ",
    ".exists(x, ",
    "has(",
    "params.",
    " ? ",
    "quantity(\"1Gi\")",
    "duration(\"10m\")",
    "A=1\n",
    "export ",
];

/// What seeds alone would leave out, by the name under which it is read.
const MORE: &[(&str, &str)] = &[
    (
        "service.json",
        "{\"apiVersion\": \"serving.knative.dev/v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"api-staging\"}, \
         \"spec\": {\"template\": {\"spec\": {\"timeoutSeconds\": 300, \"containers\": [{\"image\": \"a:latest\", \
         \"resources\": {\"limits\": {\"memory\": \"512Mi\", \"cpu\": \"1\"}}, \"env\": [{\"name\": \"PORT\", \"value\": \"80\"}]}]}}}}",
    ),
    (
        "stack.yaml",
        "x-base: &base\n  image: \"acme/web:latest\"\n  environment: {A: 1, SECRET_KEY: hunter2hunter2}\nservices:\n  web:\n    \
         <<: *base\n    ports: [\"80:8080\", {target: 1, published: 2}]\n    deploy: {resources: {limits: {memory: 64M}}}\n  \
         job: {<<: [*base, {image: x}], env_file: [.env], command: [\"a\", \"b\"]}\n",
    ),
    (
        ".github/workflows/deploy.yml",
        "on: push\nenv: {SERVICE: api}\njobs:\n  deploy-staging:\n    runs-on: x\n    env: {MEMORY: 1Gi}\n    steps:\n      \
         - run: |\n          if [ \"${{ github.ref }}\" = refs/heads/main ]; then ENVIRONMENT=production; fi\n          \
         gcloud run deploy $SERVICE-$ENVIRONMENT --memory \"$MEMORY\" \\\n            --timeout 60 --timeout=90\n",
    ),
    (
        "cloudbuild.yaml",
        "steps:\n  - name: gcr.io/cloud-builders/gcloud\n    args: [run, deploy, '${_SERVICE}', --memory, 512Mi]\n  \
         - name: x\n    entrypoint: bash\n    args:\n      - -c\n      - |\n        gcloud run deploy b --cpu $_CPU\n\
         substitutions: {_SERVICE: api, _CPU: '2'}\n",
    ),
    (
        "deploy.sh",
        "#!/usr/bin/env bash\nset -euo pipefail\nsource ./lib.sh\nENV=${1:-staging}\ncase \"$ENV\" in\n  staging) MEM=512Mi;;\n  \
         prod*) MEM=4Gi; FLAGS+=(--cpu 4);;\nesac\ndeploy() { local name=$1; shift\n  gcloud run deploy \"$name-$ENV\" \
         --memory \"$MEM\" \"${FLAGS[@]}\" \"$@\"\n}\nfor s in api auth; do deploy \"$s\" --timeout $((60 * 5)); done\n\
         cat <<EOF | kubectl apply -f -\nkind: Pod\nEOF\n",
    ),
    (
        "k8s.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: staging}\nspec:\n  template:\n    spec:\n      \
         containers:\n        - name: web\n          image: nginx\n          envFrom: [{secretRef: {name: s}}]\n          \
         resources: {limits: {memory: 1Gi}, requests: {memory: 2Gi}}\n          livenessProbe: {httpGet: {path: /, port: http}}\n\
         ---\nkind: CronJob\napiVersion: batch/v1\nmetadata: {name: nightly}\nspec: {jobTemplate: {spec: {template: {spec: \
         {containers: [{name: x, image: 'a@sha256:00'}]}}}}}\n",
    ),
];

/// A small generator with a fixed sequence (splitmix64): no crate, no surprise at an upgrade.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { usize::try_from(self.next() % end as u64).unwrap() }
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

struct Seed {
    name: String,
    text: String,
}

/// All files of the repository that some reader reads, in a fixed order.
fn seeds() -> Vec<Seed> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if Format::of_path(&path.to_string_lossy()).is_some() {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["examples", "policies", "src", "tests/fixtures"] {
        walk(&root.join(folder), &mut paths);
    }
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        Some(Seed { name, text: std::fs::read_to_string(path).ok()? })
    };
    let mut seeds: Vec<Seed> =
        paths.iter().filter_map(read).filter(|seed| seed.text.len() <= LONGEST).collect();
    // Most seeds are policies; what is deployed must not drown among them.
    for _ in 0..4 {
        seeds.extend(
            MORE.iter().map(|(name, text)| Seed { name: (*name).to_owned(), text: (*text).to_owned() }),
        );
    }
    seeds
}

/// One change of a text. Works on characters, so that what comes out is text again.
fn mutate(text: &mut String, other: &str, random: &mut Random) {
    let floor = |text: &str, mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = floor(text, random.below(text.len() + 1));
    let reach = 1 + random.below(40);
    let to = floor(text, (from + reach).min(text.len())).max(from);
    let line = |text: &str, at: usize| -> Range<usize> {
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        start..text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
    };
    match random.below(12) {
        0 => text.replace_range(from..to, ""),
        1 | 2 => text.insert_str(from, random.pick(PIECES)),
        3 => text.replace_range(from..to, random.pick(PIECES)),
        4 => {
            let line = text[line(text, from)].to_owned();
            text.insert_str(from, &line);
        }
        5 => text.replace_range(line(text, from), ""),
        6 => {
            // A line of another file, at the beginning of a line.
            let at = floor(other, random.below(other.len() + 1));
            let foreign = other[line(other, at)].to_owned();
            text.insert_str(line(text, from).start, &foreign);
        }
        7 => text.insert_str(line(text, from).start, "    "),
        8 => {
            // Another number.
            let digit = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at);
            if let Some(at) = digit {
                let end = text[at..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |end| at + end);
                let numbers =
                    ["0", "1", "-5", "007", "4294967296", "9223372036854775808", "1e400", "0.1", "٣"];
                text.replace_range(at..end, random.pick(&numbers));
            }
        }
        9 => {
            let part = text[from..to].repeat(2 + random.below(50));
            text.insert_str(from, &part);
        }
        10 => text.truncate(from),
        _ => {
            // One name in the place of another.
            let word = |text: &str, at: usize| {
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                let start = text[at..].find(is_word).map(|start| at + start)?;
                Some(start..text[start..].find(|c| !is_word(c)).map_or(text.len(), |end| start + end))
            };
            let at = floor(text, random.below(text.len() + 1));
            if let (Some(source), Some(target)) = (word(text, from), word(text, at)) {
                let source = text[source].to_owned();
                text.replace_range(target, &source);
            }
        }
    }
}

/// The files of one case, the mutated one first.
fn case(number: u64, seeds: &[Seed]) -> Vec<(String, String)> {
    let mut random = Random(number.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let seed = &seeds[random.below(seeds.len())];
    let other = &seeds[random.below(seeds.len())];
    let mut text = seed.text.clone();
    for _ in 0..=random.below(6) {
        mutate(&mut text, &other.text, &mut random);
        if text.len() > 4 * LONGEST {
            break;
        }
    }
    vec![(seed.name.clone(), text), (other.name.clone(), other.text.clone())]
}

fn is_project_file(name: &str) -> bool {
    name.ends_with("celador.yaml")
}

/// Runs the pipeline on files; `folder` is where a project file is put to be read.
fn run(files: &[(String, String)], folder: &Path, threads: usize) -> (Outcome, Outcome) {
    let once = || {
        let mut project = Project::default();
        let mut settings = Settings::default();
        settings.policies.pack = Selection::All;
        for (name, text) in files {
            if is_project_file(name) {
                let path = folder.join("celador.yaml");
                std::fs::write(&path, text).unwrap();
                let (sources, told) = (&mut project.sources, &mut project.diagnostics);
                let loaded = config::load(&config::Disk, &path, folder, folder, sources, told);
                settings.policies.documents = loaded.documents;
                settings.enforce.waivers = loaded.waivers;
                settings.enforce.waiver_rules = loaded.waiver_rules;
                settings.enforce.actions = loaded.actions;
                continue;
            }
            let source = project.sources.add(name.clone(), text.clone());
            if name.starts_with("policies/") {
                settings.policies.files.push(source);
            }
            let format = Format::of_path(name).unwrap();
            project.files.push(File { source, format, selected: Selected::Named });
        }
        (project, settings)
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(64 << 20).build().unwrap();
    pool.install(|| {
        let (project, settings) = once();
        let judged = check::judge(check::read(project, &settings), &settings).0;
        let (project, settings) = once();
        (judged, check::facts_only(check::read(project, &settings)))
    })
}

/// Every report there is of a run, for people first.
fn reports(judged: &Outcome, facts: &Outcome) -> (Vec<String>, Vec<String>) {
    let plain = Style::plain(80);
    let ascii = Style { unicode: false, ..plain };
    let verbose = View { verbosity: Verbosity::Verbose, ..View::default() };
    let mut people = vec![
        human::check(judged, plain, verbose),
        human::check(judged, ascii, View { group_by: Some(GroupBy::Service), ..View::default() }),
        human::check(judged, plain, View { statistics: true, ..verbose }),
        concise::check(judged, plain, verbose),
        human::diagnostics(&facts.sources, &facts.diagnostics, plain),
        report::facts::table(facts, plain),
        report::facts::unresolved(facts, ascii),
    ];
    let first = facts.model.deployments.iter().map(|deployment| deployment.display_name()).next();
    for setting in ["memory", "image", "env.PORT"] {
        let name = first.as_deref().unwrap_or("nobody");
        people
            .push(report::facts::why(facts, &format!("{name}.{setting}"), plain).unwrap_or_else(|told| told));
    }
    (people, vec![report::json::check(judged), report::facts::json(facts)])
}

/// Whether a span lies in its text, on characters.
fn sound(span: Span, sources: &Sources) -> bool {
    span.source.index() < sources.len() && sources.get(span.source).text().get(span.range()).is_some()
}

fn spans_of_findings(findings: &[Finding]) -> impl Iterator<Item = Span> {
    findings.iter().flat_map(|finding| {
        let unknowns = finding.unknowns.iter().map(|one| one.unknown.span);
        let related = finding.related.iter().map(|one| one.span);
        related.chain(unknowns).chain(finding.fix.as_ref().map(|fix| fix.span)).chain([finding.primary.span])
    })
}

fn spans_of_diagnostics(diagnostics: &[Diagnostic]) -> impl Iterator<Item = Span> {
    diagnostics.iter().flat_map(|told| told.related.iter().map(|one| one.span).chain([told.primary.span]))
}

/// Every object of a JSON report that is a span: its file, lines and offsets fit together.
fn check_json(value: &serde_json::Value, sources: &Sources) {
    if let Some(list) = value.as_array() {
        list.iter().for_each(|item| check_json(item, sources));
    }
    let Some(object) = value.as_object() else { return };
    object.values().for_each(|item| check_json(item, sources));
    let number = |key: &str| object.get(key).and_then(|value| usize::try_from(value.as_u64()?).ok());
    let (Some(file), Some(start), Some(end)) =
        (object.get("file").and_then(|file| file.as_str()), number("start"), number("end"))
    else {
        return;
    };
    let of_path = |id: &SourceId| sources.get(*id).path() == file;
    let texts: Vec<&str> =
        sources.iter().map(|(id, _)| id).filter(of_path).map(|id| sources.get(id).text()).collect();
    assert!(
        texts.is_empty() || texts.iter().any(|text| text.get(start..end).is_some()),
        "no such range: {value}"
    );
    let place = |line, column| (number(line).unwrap(), number(column).unwrap());
    let (begin, stop) = (place("line", "column"), place("end_line", "end_column"));
    assert!(begin >= (1, 1) && begin <= stop, "a span that ends before it begins: {value}");
}

fn check_case(files: &[(String, String)], folder: &Path) {
    let started = Instant::now();
    let (judged, facts) = run(files, folder, 1);
    for outcome in [&judged, &facts] {
        let findings = spans_of_findings(&outcome.findings);
        let all = findings.chain(spans_of_findings(&outcome.undetermined));
        for span in all.chain(spans_of_diagnostics(&outcome.diagnostics)) {
            assert!(sound(span, &outcome.sources), "a span outside its text: {span:?}");
        }
        for told in &outcome.diagnostics {
            assert!(!told.code.0.contains("panic"), "a panic inside: {told:?}");
        }
    }
    let (people, programs) = reports(&judged, &facts);
    for text in &people {
        let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        let line = text.lines().find(|line| line.contains(acts));
        assert!(line.is_none(), "a character that acts: {line:?}");
    }
    for (text, outcome) in programs.iter().zip([&judged, &facts]) {
        let value = serde_json::from_str(text).unwrap();
        check_json(&value, &outcome.sources);
    }
    let (judged, facts) = run(files, folder, 3);
    assert!(reports(&judged, &facts) == (people, programs), "two runs over the same files differ");
    assert!(started.elapsed() < 2 * CASE_TIME, "takes {:?}", started.elapsed());
}

/// The cases asked for, and whether the time is bounded.
fn asked() -> (Range<u64>, bool) {
    let asked = std::env::var("CELADOR_MUTATIONS").ok();
    let range = asked.as_deref().and_then(|asked| asked.split_once(".."));
    match range {
        Some((from, to)) => (from.parse().unwrap()..to.parse().unwrap(), false),
        None => (0..CASES, true),
    }
}

#[test]
fn no_mutation_of_any_file_breaks_the_pipeline() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutations-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let seeds = seeds();
    let (cases, bounded) = asked();
    let started = Instant::now();
    let mut failed = Vec::new();
    let work = || {
        for number in cases {
            if bounded && started.elapsed() > TIME {
                break;
            }
            let files = case(number, &seeds);
            let result = catch_unwind(AssertUnwindSafe(|| check_case(&files, &folder)));
            if let Err(panic) = result {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                failed.push(format!("case {number} ({}): {}", files[0].0, text.unwrap_or_default()));
            }
        }
        failed
    };
    // As the program does: files nest as deeply as the readers' limits allow.
    let failed = std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work).unwrap().join().unwrap()
    });
    let _ = std::fs::remove_dir_all(&folder);
    assert!(failed.is_empty(), "{} cases fail:\n{}", failed.len(), failed.join("\n"));
}

#[test]
#[ignore = "prints the files of the first case of CELADOR_MUTATIONS, to look at a failure"]
fn print_a_case() {
    let (cases, _) = asked();
    for (name, text) in case(cases.start, &seeds()) {
        eprintln!("---- {name}\n{text}");
    }
}
