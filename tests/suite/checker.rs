//! What is told of policies that are wrong, or that cannot be meant: runs the cases of
//! `tests/fixtures/checker/*.md`.
//!
//! A case is a heading, a fenced `yaml` with the `spec` of a policy, perhaps a fenced `celador` with what a
//! project says of it (the block below `policies.configure`), and a fenced `text` with what is told, each
//! with its characters between backticks.

use crate::pages;
use crate::run::{Scratch, celador};
use celador::diagnostic::Diagnostic;
use celador::input::{Limits, yaml};
use celador::policy::{COST_LIMIT, PACK, compile, configure, read};
use celador::source::Sources;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What every policy begins with.
const HEAD: &str = "apiVersion: celador/v1\nkind: Policy\nmetadata: {name: case, title: A case}\nspec:\n";

#[test]
fn cases_are_told_as_they_say() {
    pages::check(
        "checker",
        |info| info == "text",
        |_, blocks| {
            let policy = blocks.iter().rposition(|block| block.info == "yaml").unwrap();
            run_case(&blocks[policy].body, blocks.get(policy + 1).map(|project| project.body.as_str()))
        },
    );
}

fn run_case(spec: &str, project: Option<&str>) -> String {
    let mut text = HEAD.to_owned();
    for line in spec.lines() {
        let _ = writeln!(text, "{}{line}", if line.is_empty() { "" } else { "  " });
    }
    let mut sources = Sources::new();
    let id = sources.add("policy.yaml", text);
    let (policies, mut told) = read(id, sources.get(id));
    for policy in policies {
        let policy = Arc::new(policy);
        let compiled = compile(Arc::clone(&policy));
        let mut wrong = Vec::new();
        if let Some(project) = project {
            let id = sources.add("celador.yaml", project);
            let documents = yaml::read(sources.get(id), id, &Limits::default()).documents;
            let (configuration, found) = configure(&policy, documents[0].root());
            wrong = found;
            wrong.extend(compiled.iter().flat_map(|compiled| compiled.check_overrides(&configuration)));
        }
        told.extend(compiled.map_or_else(|errors| errors, |compiled| compiled.warnings));
        told.extend(wrong);
    }
    if told.is_empty() {
        return "nothing\n".to_owned();
    }
    told.iter().map(|one| shown(&sources, one)).collect()
}

fn shown(sources: &Sources, told: &Diagnostic) -> String {
    let place = |span| sources.slice(span).split('\n').map(str::trim).collect::<Vec<_>>().join(" ");
    let Diagnostic { severity, code, message, primary, related, help } = told;
    let mut out = format!("{} {} `{}`: {message}\n", severity.as_str(), code.0, place(primary.span));
    for one in related {
        let _ = writeln!(out, "    `{}`: {}", place(one.span), one.label);
    }
    if let Some(help) = help {
        let _ = writeln!(out, "    help: {help}");
    }
    out
}

/// What the program says of a policy whose only validation is this.
fn told_of(expression: &str) -> String {
    let spec =
        format!("target: {{kind: Deployment}}\nvalidations:\n  - expression: >-\n      {expression}\n");
    run_case(&spec, None).lines().last().unwrap_or_default().to_owned()
        + "\n"
        + run_case(&spec, None).lines().next().unwrap_or_default()
}

#[test]
fn each_limit_of_an_expression_has_an_error_of_its_own() {
    let doubled = (0..30).fold("size(x)".to_owned(), |body, _| format!("cel.bind(x, [x, x], {body})"));
    let sources = [
        (format!("deployment.service == \"{}\"", "a".repeat(17_000)), "longer than 16 KiB"),
        (format!("{}true{}", "(".repeat(200), ")".repeat(200)), "nested more than 160 levels deep"),
        (format!("{} > 0", vec!["1"; 200].join(" + ")), "nested more than 160 levels deep"),
        (format!("cel.bind(x, [1, 2], {doubled}) > 0"), "builds more than 100000 elements"),
        ("deployment.service.matches(\"(a{1000}){1000}\")".to_owned(), "when compiled"),
    ];
    for (expression, message) in sources {
        let told = told_of(&expression);
        assert!(told.contains("error") && told.contains(message), "{message}: {told}");
    }
}

#[test]
fn what_would_double_again_and_again_is_checked_in_no_time() {
    let choices = (0..30).fold("deployment.environment_fixed".to_owned(), |inner, n| {
        format!("({inner} ? has(deployment.port) : deployment.service == \"{n}\")")
    });
    let chain = (0..300).map(|n| format!("deployment.service == \"{n}\"")).collect::<Vec<_>>().join(" || ");
    let mut spec =
        "target: {kind: Deployment}\nvariables:\n  - {name: v0, expression: has(deployment.port)}\n"
            .to_owned();
    for n in 1..60 {
        let last = n - 1;
        let _ = writeln!(spec, "  - {{name: v{n}, expression: 'variables.v{last} && !variables.v{last}'}}");
    }
    let _ = write!(spec, "validations:\n  - expression: '{choices}'\n  - expression: '{chain}'\n");
    spec.push_str("  - expression: variables.v59\n");
    let started = Instant::now();
    let told = run_case(&spec, None);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert!(!told.contains("error"), "{told}");
}

const DEPLOY: &str = "gcloud run deploy api --image gcr.io/acme/api:v1 --memory 512Mi --port 8080\n";

fn policy(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: celador/v1\nkind: Policy\nmetadata: {{name: {name}, title: A policy}}\nspec:\n  target: {{kind: Deployment}}\n{spec}"
    )
}

fn project(name: &str, settings: &str, spec: &str) -> Scratch {
    let folder = Scratch::new(name);
    folder.write(
        "celador.yaml",
        format!("version: 1\npolicies:\n  builtin: none\n  paths: [rules]\n{settings}"),
    );
    folder.write("deploy.sh", DEPLOY);
    folder.write("rules/one.yaml", policy("one", spec));
    folder
}

#[test]
fn warnings_about_policies_are_told_and_end_only_a_strict_run() {
    let spec = "  params:\n    least: {type: int, default: 1}\n  validations:\n    - expression: deployment.platform != \"docker\" || deployment.platform != \"compose\"\n";
    let folder = project("checker-warnings", "", spec);
    let run = celador(folder.path(), &["check", "."]);
    assert_eq!(run.code, Some(0), "{}", run.all());
    for message in ["warning", "the validation can never fail", "no expression uses the param `least`"] {
        assert!(run.stdout.contains(message), "{message}:\n{}", run.all());
    }
    let json = celador(folder.path(), &["check", ".", "--format", "json"]).json();
    let told = json["errors"].as_array().unwrap();
    let codes: Vec<&str> = told.iter().map(|told| told["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["policy-unused", "policy-constant"]);
    assert!(told.iter().all(|told| told["severity"] == "warning"), "{told:?}");
    assert_eq!(told[1]["span"]["file"], "rules/one.yaml");
    assert_eq!(told[1]["span"]["line"], 9);
    let strict = celador(folder.path(), &["check", ".", "--strict"]);
    assert_eq!(strict.code, Some(2), "{}", strict.all());
    assert!(celador(folder.path(), &["check", ".", "--quiet"]).stdout.is_empty());
}

#[test]
fn the_cost_of_a_policy_is_shown_and_capped() {
    let loops = "project.deployments.all(a, project.deployments.all(b, a.containers.all(c, b.containers.all(d, c.role != d.role || a.service <= b.service))))";
    let spec = format!("  validations:\n    - expression: >-\n        {loops}\n");
    let folder = project("checker-cost", "", &spec);
    let run = celador(folder.path(), &["check", "."]);
    assert_eq!(run.code, Some(2), "{}", run.all());
    assert!(
        run.stdout.contains("policy-cost") && run.stdout.contains("10000000 are allowed"),
        "{}",
        run.all()
    );
    let page = celador(folder.path(), &["explain", "one"]);
    assert!(page.stdout.contains("steps for one of them"), "{}", page.all());
    let folder = project("checker-cost-raised", "  cost: 100000000000\n", &spec);
    let run = celador(folder.path(), &["check", "."]);
    assert!(!run.stdout.contains("policy-cost"), "{}", run.all());
    // A cap that a project sets holds for the pack as well.
    let folder = Scratch::new("checker-cost-pack");
    folder.write("celador.yaml", "version: 1\npolicies: {cost: 1}\n").write("deploy.sh", DEPLOY);
    let run = celador(folder.path(), &["check", "."]);
    assert!(run.stdout.contains("policy-cost"), "{}", run.all());
    let page = celador(folder.path(), &["explain", "alpine-minimum-memory"]);
    assert!(page.stdout.contains("at most "), "{}", page.all());
}

#[test]
fn the_pack_stays_far_below_the_default_cap() {
    let mut dearest = (0, "");
    for builtin in PACK {
        let mut sources = Sources::new();
        let id = sources.add(builtin.path(), builtin.text());
        let policy = read(id, sources.get(id)).0.remove(0);
        let cost = compile(Arc::new(policy)).unwrap().cost();
        dearest = dearest.max((cost, builtin.name));
    }
    println!("the dearest policy of the pack: {dearest:?}");
    assert!(dearest.0 <= COST_LIMIT / 10, "{dearest:?}");
}

#[test]
fn values_that_a_project_gives_are_checked_where_they_stand() {
    let folder = Scratch::new("checker-overrides");
    let text = "version: 1\npolicies:\n  configure:\n    alpine-minimum-memory:\n      params: {minimum: 500m}\n      environments: {staging: {params: {minimum: soon}}}\n    bypass-set-in-production:\n      services:\n        api: {params: {names: '(a'}}\n";
    folder.write("celador.yaml", text).write("deploy.sh", DEPLOY);
    let json = celador(folder.path(), &["check", ".", "--format", "json"]).json();
    let told = json["errors"].as_array().unwrap();
    let mut places: Vec<(u64, &str)> = Vec::new();
    for one in told {
        let at = |key: &str| usize::try_from(one["span"][key].as_u64().unwrap()).unwrap();
        places.push((one["span"]["line"].as_u64().unwrap(), &text[at("start")..at("end")]));
    }
    places.sort_unstable();
    assert_eq!(places, [(5, "500m"), (6, "soon"), (9, "'(a'")], "{told:?}");
}
