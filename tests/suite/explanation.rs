//! Why a verdict is what it is: `celador check --explain`, further elements of a loop, `celador explain`.

use crate::run::{Scratch, celador};

const POLICIES: &str = "\
apiVersion: celador/v1
kind: Policy
metadata: {name: least, title: Enough memory}
spec:
  target: {kind: Deployment}
  params: {minimum: {type: quantity, default: 1Gi, description: what it needs}}
  validations:
    - expression: >-
        deployment.platform != \"cloud-run\" || (has(deployment.memory) && deployment.memory >= params.minimum)
      message: too little memory
---
apiVersion: celador/v1
kind: Policy
metadata: {name: ports, title: No privileged ports}
spec:
  target: {kind: Deployment, platforms: [kubernetes]}
  validations:
    - expression: deployment.containers.all(one, !has(one.port) || one.port >= 1024)
      message: a privileged port
";

fn project(name: &str) -> Scratch {
    let folder = Scratch::new(name);
    folder.write("policies/all.yaml", POLICIES);
    folder.write(
        "celador.yaml",
        "\
version: 1
policies:
  builtin: none
  paths: [policies/]
  configure:
    least: {params: {minimum: 512Mi}, services: {big: {params: {minimum: 4Gi}}}}
",
    );
    folder.write(
        "deploy.sh",
        "\
gcloud run deploy small --image a/b:1 --memory 512Mi
gcloud run deploy big --image a/b:1 --memory 2Gi
gcloud run deploy open --image a/b:1 --memory $MEMORY --set-env-vars API_KEY=hunter2xyz
",
    );
    folder.write(
        "web.yaml",
        "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - {name: a, image: 'a/b:1', ports: [{containerPort: 80}]}
        - {name: b, image: 'a/b:1', ports: [{containerPort: 8080}]}
        - {name: c, image: 'a/b:1', ports: [{containerPort: 81}]}
",
    );
    folder
}

#[test]
fn every_verdict_is_explained_if_asked_for() {
    let folder = project("explain-all");
    let run = celador(folder.path(), &["check", "--explain"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
    let json = celador(folder.path(), &["check", "--explain", "--format", "json"]).json();
    let verdicts: Vec<&str> =
        json["explanations"].as_array().unwrap().iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["pass", "pass", "fail", "undetermined", "fail"]);
    assert_eq!(json["findings"][0]["further"], serde_json::Value::Null);
    assert_eq!(json["findings"][1]["further"][0]["operands"][0]["value"], "81");
    let plain = celador(folder.path(), &["check", "--format", "json"]).json();
    assert_eq!(plain["explanations"], serde_json::Value::Null, "only where it is asked for");
}

#[test]
fn the_page_of_a_policy_says_what_it_found_here() {
    let folder = project("explain-page");
    let run = celador(folder.path(), &["explain", "least"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(run.stdout);
}
