use crate::extract::{EnvironmentRule, Inputs, Settings, extract};
use crate::input::{Limits, dockerfile};
use crate::model::Artifact;
use crate::platform::testing::{Script, condition, shown};
use crate::platform::{self, Trace};
use crate::script::Invocation;
use crate::source::{SourceId, Sources, Span};
use crate::value::{Atom, Condition, Operand, Operator, Value};

fn inputs<'a>(
    sources: &'a Sources,
    invocations: &'a [(SourceId, Invocation)],
    artifacts: Vec<Artifact>,
) -> Inputs<'a> {
    Inputs {
        sources,
        deployments: Vec::new(),
        documents: &[],
        invocations,
        artifacts,
        settings: Vec::new(),
        bypasses: Vec::new(),
        unresolved: Vec::new(),
    }
}

/// The deployments of command lines in one file, as a few lines each, and the diagnostics' codes.
fn read_with(path: &str, texts: &[&str], settings: &Settings) -> (String, Vec<&'static str>) {
    let script = Script::new(path, texts[0]);
    // The others are as if they stood in the same place.
    let invocations: Vec<_> = texts.iter().map(|text| Script::new(path, text).invocation).collect();
    let (sources, mut provenance) = (script.sources, script.provenance);
    let invocations: Vec<_> = invocations.into_iter().map(|one| (script.source, one)).collect();
    let inputs = inputs(&sources, &invocations, Vec::new());
    let (model, diagnostics) = extract(inputs, settings, &mut provenance);
    let shown: String = model
        .deployments
        .iter()
        .map(|deployment| {
            let family = deployment.family.as_deref().unwrap_or("?");
            let evidence = deployment.evidence.as_ref().map_or("none", |evidence| evidence.as_str());
            format!("{family}, by {evidence}: {}", shown(deployment, &sources, &provenance))
        })
        .collect();
    (shown, diagnostics.iter().map(|diagnostic| diagnostic.code.0).collect())
}

fn read(path: &str, text: &str) -> String {
    read_with(path, &[text], &Settings::default()).0
}

/// The first line of each deployment.
fn heads(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with(' ')).collect()
}

#[test]
fn a_name_that_hangs_on_the_environment_is_one_deployment_in_each() {
    let read = read(
        "deploy.sh",
        "gcloud run deploy <env==staging:api-staging|env==production:api> --memory 1Gi \
         --max-instances <env==staging:2|env==production:50>",
    );
    assert_eq!(
        heads(&read),
        [
            "api, by condition: cloud-run service api-staging [staging] env == staging",
            "api, by condition: cloud-run service api [production] env == production",
        ]
    );
    assert!(read.contains("max_instances=2 `2`") && read.contains("max_instances=50 `50`"), "{read}");
    assert!(!read.contains("max_instances=2 if"), "{read}");
}

#[test]
fn values_that_hang_on_the_environment_split_too_and_the_rest_remains() {
    let read = read("deploy.sh", "gcloud run deploy api --memory <env==prod:4Gi|env!=prod:1Gi>");
    assert_eq!(
        heads(&read),
        [
            "api, by condition: cloud-run service api [production] env == prod",
            "api, by none: cloud-run service api [?] env != prod",
        ]
    );
}

#[test]
fn other_conditions_do_not_split() {
    for test in ["use_alpine", "NODE_ENV==production", "target==local", "mode==test"] {
        let text = format!("gcloud run deploy api --memory <{test}:4Gi|other:1Gi>");
        assert_eq!(heads(&read("deploy.sh", &text)).len(), 1, "{test}");
    }
}

#[test]
fn evidence_in_the_order_of_its_strength() {
    let head = |path: &str, text: &str| heads(&read(path, text)).join("\n");
    assert_eq!(
        head("a/deploy.sh", "gcloud run deploy api-stg --project acme-prod"),
        "api, by service name: cloud-run service api-stg [staging]"
    );
    assert_eq!(
        head("staging/deploy.sh", "gcloud run deploy api --project acme-prod"),
        "api, by project: cloud-run service api [production]"
    );
    assert_eq!(
        head("staging/deploy.sh", "gcloud run deploy api --set-env-vars ENVIRONMENT=staging"),
        "api, by path: cloud-run service api [staging]"
    );
    assert_eq!(
        head("deploy.sh", "gcloud run deploy api --set-env-vars NODE_ENV=production,APP_ENV=dev"),
        "api, by variable: cloud-run service api [development]"
    );
    assert_eq!(head("deploy.sh", "gcloud run deploy api"), "api, by none: cloud-run service api [?]");
}

#[test]
fn what_the_project_says_wins_and_a_conflict_is_told() {
    let rule = EnvironmentRule {
        name: "integration".to_owned(),
        paths: vec!["ops/**".to_owned()],
        projects: vec!["acme-int".to_owned()],
        branches: vec!["release/*".to_owned()],
        variables: vec![("TIER".to_owned(), vec!["int".to_owned()])],
    };
    let aliases = [("backend".to_owned(), vec!["acme-api-staging".to_owned()])].into();
    let settings = Settings { environments: vec![rule], aliases };
    let (read, codes) = read_with("ops/deploy.sh", &["gcloud run deploy acme-api-prod"], &settings);
    assert_eq!(heads(&read), ["backend, by configured: cloud-run service acme-api-prod [integration]"]);
    assert!(codes.is_empty());
    for text in [
        "gcloud run deploy api-prod --project acme-int",
        "gcloud run deploy api-prod --set-env-vars TIER=int",
        "gcloud run deploy api --memory <github.ref==refs/heads/release/2:1Gi|never==x:2Gi>",
    ] {
        let (read, _) = read_with("deploy.sh", &[text], &settings);
        assert!(read.contains("[integration]"), "{read}");
    }
    let (_, codes) = read_with("staging/deploy.sh", &["gcloud run deploy api-prod"], &settings);
    assert_eq!(codes, ["environment-conflict"]);
}

#[test]
fn the_same_command_reached_twice_is_one_deployment() {
    let text = "gcloud run deploy api --memory 1Gi";
    let (read, _) = read_with("deploy.sh", &[text, text], &Settings::default());
    assert_eq!(heads(&read).len(), 1);
}

#[test]
fn the_same_in_two_regions_is_one_deployment_with_the_flags_of_both() {
    let texts = ["gcloud run deploy api --cpu 2 --region eu", "gcloud run deploy api --cpu 2 --region us"];
    let (read, _) = read_with("deploy.sh", &texts, &Settings::default());
    assert_eq!(heads(&read).len(), 1);
    let texts = ["gcloud run deploy api --cpu 2 --region eu", "gcloud run deploy api --cpu 4 --region us"];
    let (read, _) = read_with("deploy.sh", &texts, &Settings::default());
    assert_eq!(heads(&read).len(), 2);
}

#[test]
fn of_a_variable_given_twice_the_last_counts_but_plain_and_secret_are_two() {
    let read = read("deploy.sh", "gcloud run deploy api --set-env-vars A=1,A=2,K=x --set-secrets K=key:1");
    assert!(!read.contains("`A=1`") && read.contains("`A=2`"), "{read}");
    assert!(read.contains("plain K set") && read.contains("secret K set"), "{read}");
}

#[test]
fn what_is_left_of_several_environments_tells() {
    let read = read("deploy.sh", "gcloud run deploy <env==prod:api|env!=prod:api-staging>");
    assert!(read.contains("cloud-run service api-staging [staging] env != prod"), "{read}");
    let mut script = Script::new("deploy.sh", "gcloud run deploy api-staging");
    let span = script.invocation.span;
    let one_of = Atom {
        input: "env".into(),
        operator: Operator::In,
        operand: Operand::Many(vec!["prod".into(), "uat".into()]),
        span,
    };
    script.invocation.condition = Condition::of(one_of).and(&condition("env!=prod", span)).unwrap();
    let invocations = [(script.source, script.invocation)];
    let inputs = inputs(&script.sources, &invocations, Vec::new());
    let (model, _) = extract(inputs, &Settings::default(), &mut script.provenance);
    assert_eq!(model.deployments[0].environment.as_ref().map(|one| one.as_str()), Some("uat"));
}

#[test]
fn an_environments_hole_is_no_part_of_the_family() {
    let head = |text: &str| heads(&read("deploy.sh", text)).join("\n");
    assert!(head("gcloud run deploy api-$ENVIRONMENT").starts_with("api, "));
    assert!(head("gcloud run deploy api-$BRANCH").starts_with("?, "));
}

/// Command lines of one file and the bases of the Dockerfiles beside it, with `alpine` of the deployment.
fn alpine(commands: &[&str], dockerfiles: &[(&str, &str)]) -> String {
    let script = Script::new("deploy.sh", commands[0]);
    let (mut sources, mut provenance) = (script.sources, script.provenance);
    let mut invocations = vec![script.invocation];
    for command in &commands[1..] {
        // A text of its own; the commands still count as of one file.
        invocations.push(Script::new("deploy.sh", command).invocation);
    }
    let ids: Vec<SourceId> =
        dockerfiles.iter().map(|(path, base)| sources.add(*path, format!("FROM {base}\n"))).collect();
    let limits = Limits::default();
    let mut artifacts = Vec::new();
    for &id in &ids {
        let file = dockerfile::read(sources.get(id), id, &limits);
        let mut trace = Trace { sources: &sources, provenance: &mut provenance };
        artifacts.extend(platform::dockerfile::artifact(&file, &mut trace));
    }
    let invocations: Vec<_> = invocations.into_iter().map(|one| (script.source, one)).collect();
    let inputs = inputs(&sources, &invocations, artifacts);
    let (model, _) = extract(inputs, &Settings::default(), &mut provenance);
    let alpine = model.deployments[0].main().and_then(|main| main.settings.get("alpine"));
    let Some(alpine) = alpine else { return "absent".to_owned() };
    let shown = alpine.value.alternatives().into_iter().map(|(condition, value)| {
        let value = match value {
            Value::Known(known) => {
                let trail = provenance.trail(known.origin);
                format!("{} ({})", known.value, trail.last().unwrap().step.as_str())
            }
            Value::Unknown(unknown, _) => format!("?{}", unknown.input),
            Value::Either(_) => unreachable!(),
        };
        if condition.is_always() { value } else { format!("{value} if {condition}") }
    });
    shown.collect::<Vec<_>>().join("; ")
}

#[test]
fn alpine_by_the_image_by_its_dockerfile_or_by_a_name() {
    assert_eq!(alpine(&["gcloud run deploy api --image redis:7-alpine"], &[]), "true (passed)");
    assert_eq!(alpine(&["gcloud run deploy api --image redis:7"], &[]), "?redis:7");
    let deploy = "gcloud run deploy api --image gcr.io/$P/api:1";
    let build = "docker build -f api.Dockerfile -t gcr.io/$P/api:1 .";
    assert_eq!(alpine(&[deploy, build], &[("api.Dockerfile", "node:22-alpine")]), "true (base image)");
    assert_eq!(alpine(&[deploy, build], &[("api.Dockerfile", "python:3.12")]), "false (base image)");
    assert_eq!(alpine(&[deploy, build], &[]), "?api.Dockerfile");
    let build =
        "docker build -f <use_alpine:api.alpine.Dockerfile|!use_alpine:api.Dockerfile> -t gcr.io/$P/api .";
    assert_eq!(
        alpine(&[deploy, build], &[("api.Dockerfile", "python:3.12")]),
        "true (by name) if use_alpine; false (base image) if not use_alpine"
    );
    let source = "gcloud run deploy api --source ./app";
    assert_eq!(alpine(&[source], &[("app/Dockerfile", "alpine")]), "true (base image)");
}

#[test]
fn conditions_read_as_they_are_written() {
    let span = Span::beginning(SourceId::FIRST);
    assert_eq!(condition("env==staging", span).to_string(), "env == staging");
}
