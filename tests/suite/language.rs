//! The reference pages of the language: what the program prints, and what it prints is true.

use crate::generated::same;
use crate::run::{Scratch, celador};
use celador::cel::Target;
use celador::cel::reference::FIELD_EXAMPLES;
use std::path::Path;

fn printed(arguments: &[&str]) -> String {
    let run = celador(Path::new(env!("CARGO_MANIFEST_DIR")), arguments);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{arguments:?}");
    run.stdout
}

#[test]
fn the_reference_pages_are_what_the_program_prints() {
    same("docs/functions.md", &printed(&["functions"]));
    same("docs/fields.md", &printed(&["fields"]));
    same("docs/platforms.md", &printed(&["platforms"]));
}

#[test]
fn one_name_is_one_part_of_the_page() {
    insta::assert_snapshot!("functions-matches", printed(&["functions", "matches"]));
    insta::assert_snapshot!("fields-probe", printed(&["fields", "probe"]));
    insta::assert_snapshot!("fields-bypass-policy", printed(&["fields", "Bypass"]));
    let wrong = celador(Path::new("."), &["functions", "matchs"]);
    assert_eq!(
        (wrong.code, wrong.stderr.as_str()),
        (Some(2), "error: there is no function `matchs`; did you mean `matches`?\n")
    );
    let wrong = celador(Path::new("."), &["platforms", "cloudrun"]);
    assert_eq!(
        (wrong.code, wrong.stderr.as_str()),
        (Some(2), "error: there is no platform `cloudrun`; did you mean `cloud-run`?\n")
    );
    let wrong = celador(Path::new("."), &["fields", "Deploymnt"]);
    assert_eq!(
        (wrong.code, wrong.stderr.as_str()),
        (Some(2), "error: there is no kind `Deploymnt`; did you mean `Deployment`?\n")
    );
}

/// A project that has something of everything.
fn project() -> Scratch {
    let folder = Scratch::new("language");
    folder.write(
        "deploy/api.sh",
        "\
case $1 in production) ENV=production;; *) ENV=staging;; esac
gcloud run deploy api-$ENV --image gcr.io/acme/api:1.4 --memory 2Gi --timeout 300 --timeout 900 \\
  --set-env-vars PORT=8080,ENVIRONMENT=$ENV
",
    );
    folder.write(
        "k8s/api.yaml",
        "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: production}
spec:
  template:
    spec:
      initContainers: [{name: migrate, image: 'acme/migrate:1'}]
      containers:
        - name: web
          image: acme/web:1
          startupProbe: {httpGet: {path: /, port: 80}, periodSeconds: 10, failureThreshold: 3}
",
    );
    folder.write(
        "Dockerfile",
        "FROM python:3.12-alpine\nEXPOSE 8080\nCMD [\"gunicorn\", \"--bind\", \"0.0.0.0:8080\"]\n",
    );
    folder.write(
        "app/settings.py",
        "\
def limits(environment):
    if environment == 'staging':
        init_timeout = 5.0
    elif environment == 'production':
        init_timeout = 8.0
    return init_timeout

def start(environment, bypass_validation):
    if environment == 'staging' and bypass_validation:
        return True
",
    );
    folder.write(
        "celador.yaml",
        "version: 1\nservices: {api: {aliases: [api-staging], required: {env: [PORT]}}}\n",
    );
    folder
}

#[test]
fn examples_of_fields_are_judged_without_an_error() {
    let folder = project();
    let kind = |target: Target| match target {
        Target::Deployment => "Deployment",
        Target::Artifact => "Artifact",
        Target::Service => "Service",
        Target::Setting => "Setting",
        Target::Document => "Document",
        Target::Project => "Project",
        Target::Bypass => "Bypass",
    };
    let policies: Vec<String> = FIELD_EXAMPLES.iter().enumerate().map(|(index, example)| {
        format!(
            "apiVersion: celador/v1\nkind: Policy\nmetadata: {{name: example-{index}, title: x}}\nspec:\n  \
             severity: info\n  target: {{kind: {}}}\n  validations:\n    - expression: >-\n        {}\n      message: no\n",
            kind(example.target), example.expression
        )
    }).collect();
    folder.write("policies.yaml", policies.join("---\n"));
    let run = celador(folder.path(), &["check", ".", "--policy", "./policies.yaml", "--format", "json"]);
    let json = run.json();
    let errors: Vec<String> = json["errors"].as_array().unwrap().iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    for (index, example) in FIELD_EXAMPLES.iter().enumerate() {
        let name = format!("example-{index}");
        let tallies = json["policies"].as_array().unwrap();
        let tally = tallies.iter().find(|tally| tally["name"] == name.as_str()).unwrap();
        assert_ne!(tally["bound"], 0, "nothing was judged by {}", example.expression);
    }
}
