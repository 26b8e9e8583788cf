use crate::extract::{EnvironmentRule, Inputs, Settings, extract};
use crate::model::{Artifact, EnvVariables, Kind, Setting};
use crate::platform::testing::{Script, condition, shown};
use crate::source::Span;
use crate::value::{Scalar, Value};

/// The deployments of command lines in one file, as a few lines each, and the diagnostics' codes.
fn read_with(path: &str, texts: &[&str], settings: &Settings) -> (String, Vec<&'static str>) {
    let script = Script::new(path, texts[0]);
    let (sources, mut provenance) = (script.sources, script.provenance);
    let invocations: Vec<_> = texts.iter().map(|_| (script.source, script.invocation.clone())).collect();
    let inputs = Inputs {
        sources: &sources,
        documents: &[],
        invocations: &invocations,
        artifacts: Vec::new(),
        settings: Vec::new(),
        bypasses: Vec::new(),
    };
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
    };
    let aliases = [("backend".to_owned(), vec!["acme-api-staging".to_owned()])].into();
    let settings = Settings { environments: vec![rule], aliases };
    let (read, codes) = read_with("ops/deploy.sh", &["gcloud run deploy acme-api-prod"], &settings);
    assert_eq!(heads(&read), ["backend, by configured: cloud-run service acme-api-prod [integration]"]);
    assert!(codes.is_empty());
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
fn an_environments_hole_is_no_part_of_the_family() {
    let head = |text: &str| heads(&read("deploy.sh", text)).join("\n");
    assert!(head("gcloud run deploy api-$ENVIRONMENT").starts_with("api, "));
    assert!(head("gcloud run deploy api-$BRANCH").starts_with("?, "));
}

/// Command lines of one file and the Dockerfiles beside it, with `alpine` of the first deployment.
fn alpine(commands: &[&str], dockerfiles: &[(&str, bool)]) -> String {
    let script = Script::new("deploy.sh", commands[0]);
    let (mut sources, mut provenance) = (script.sources, script.provenance);
    let mut invocations = vec![(script.source, script.invocation)];
    for (index, command) in commands.iter().enumerate().skip(1) {
        // A second text of its own; the commands still count as of one file.
        let other = Script::new(&format!("{index}"), command);
        invocations.push((script.source, other.invocation));
    }
    let mut artifacts = Vec::new();
    for (path, alpine) in dockerfiles {
        let source = sources.add(*path, "FROM base");
        let place = Span::new(source, 0, 4);
        let origin = provenance.arena(source).literal(place);
        let mut settings = crate::model::Settings::default();
        let value = Value::known(Scalar::Bool(*alpine), origin);
        let (written, overridden) = (vec![alpine.to_string()], Vec::new());
        settings.insert("alpine", Setting { value, written, overridden, platform_default: false, place });
        artifacts.push(Artifact {
            kind: Kind::Dockerfile,
            source,
            anchor: place,
            environment: None,
            evidence: None,
            settings,
            env: EnvVariables::default(),
            bound_ports: Vec::new(),
        });
    }
    let inputs = Inputs {
        sources: &sources,
        documents: &[],
        invocations: &invocations,
        artifacts,
        settings: Vec::new(),
        bypasses: Vec::new(),
    };
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
    assert_eq!(alpine(&[deploy, build], &[("api.Dockerfile", true)]), "true (base image)");
    assert_eq!(alpine(&[deploy, build], &[("api.Dockerfile", false)]), "false (base image)");
    assert_eq!(alpine(&[deploy, build], &[]), "?api.Dockerfile");
    let build =
        "docker build -f <use_alpine:api.alpine.Dockerfile|!use_alpine:api.Dockerfile> -t gcr.io/$P/api .";
    assert_eq!(
        alpine(&[deploy, build], &[("api.Dockerfile", false)]),
        "true (by name) if use_alpine; false (base image) if not use_alpine"
    );
    let source = "gcloud run deploy api --source ./app";
    assert_eq!(alpine(&[source], &[("app/Dockerfile", true)]), "true (base image)");
}

#[test]
fn conditions_read_as_they_are_written() {
    let span = Span::beginning(crate::source::SourceId::FIRST);
    assert_eq!(condition("env==staging", span).to_string(), "env == staging");
}
