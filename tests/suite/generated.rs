//! Files that are written from the program itself: `UPDATE_GENERATED=1 cargo test --test suite generated`
//! writes them anew.

use celador::config;
use celador::document::Document;
use celador::input::{Limits, json, yaml};
use celador::policy::{self, PACK};
use celador::schema::Schemas;
use celador::source::Sources;
use std::fs;
use std::path::Path;

/// Compares a file of the repository with what the program makes of it.
pub fn same(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        there == text,
        "{path} is not what the program says: run with UPDATE_GENERATED=1 and read the diff"
    );
}

#[test]
fn the_schemas_are_those_of_the_readers() {
    same("schemas/celador/policy.schema.json", &policy::schema());
    same("schemas/celador/celador.schema.json", &config::schema());
}

/// Where a text departs from a schema.
fn violations(schema: &str, text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let schema_id = sources.add("own.schema.json", schema);
    let read = json::read(sources.get(schema_id), schema_id, &Limits::default());
    let document: Document = read.documents.into_iter().next().unwrap();
    let schemas = Schemas::new(vec![("own.schema.json".to_owned(), document)]);
    let name = schemas.find("own.schema.json", "").unwrap();
    let id = sources.add("file.yaml", text);
    let read = yaml::read(sources.get(id), id, &Limits::default());
    let told = read.documents.iter().flat_map(|document| schemas.validate(document, &name).unwrap());
    told.map(|told| told.message).collect()
}

/// What the program's own reader says of a policy file.
fn reader_of_policies(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let id = sources.add("policy.yaml", text);
    policy::read(id, sources.get(id)).1.into_iter().map(|told| told.message).collect()
}

fn reader_of_projects(text: &str) -> Vec<String> {
    let mut diagnostics = Vec::new();
    config::load_given(&[("celador.yaml", text)], &mut Sources::new(), &mut diagnostics);
    diagnostics.into_iter().map(|told| told.message).collect()
}

const POLICY: &str = "\
apiVersion: celador/v1
kind: Policy
metadata: {name: least, title: Enough memory, group: resources}
spec:
  severity: warning
  action: deny
  failurePolicy: Fail
  unknowns: count
  rationale: because
  target: {kind: Deployment, environment: [staging, dev], platforms: cloud-run, comparedWith: production}
  forEach: deployment.containers
  params:
    minimum: {type: quantity, default: 2Gi, description: what it needs}
    table: {type: 'map<string, list<duration>>'}
  matchConditions: [{name: given, expression: has(deployment.memory)}]
  variables: [{name: least, expression: params.minimum}]
  validations:
    - {expression: true, message: 5, messageExpression: '\"a\"', at: deployment.memory, help: more}
    - expression: deployment.memory >= params.minimum
      fix: {expression: string(params.minimum), note: or more}
  examples:
    - {name: one, files: {a.sh: x}, findings: [{line: 1, message: a, file: a.sh}], undetermined: []}
";

#[test]
fn the_schema_of_policies_takes_what_the_reader_takes() {
    let schema = policy::schema();
    for builtin in PACK {
        assert_eq!(violations(&schema, builtin.text()), [""; 0], "{}", builtin.name);
    }
    assert_eq!(reader_of_policies(POLICY), [""; 0]);
    assert_eq!(violations(&schema, POLICY), [""; 0]);
}

#[test]
fn the_schema_of_policies_refuses_what_the_reader_refuses() {
    let schema = policy::schema();
    let wrong = [
        ("apiVersion: celador/v1", "apiVersion: celador/v2"),
        ("kind: Policy", "kind: Rule"),
        ("name: least", "name: Least Memory"),
        ("title: Enough memory", "titel: Enough memory"),
        ("severity: warning", "severity: wraning"),
        ("severity: warning", "severity: [warning]"),
        ("action: deny", "action: block"),
        ("failurePolicy: Fail", "failurePolicy: fail"),
        ("unknowns: count", "unknowns: hide"),
        ("rationale: because", "rationalle: because"),
        ("rationale: because", "rationale: [because]"),
        ("target: {kind: Deployment", "target: {kind: Service1"),
        ("target: {kind: Deployment, ", "target: {"),
        ("platforms: cloud-run", "platforms: cloudrun"),
        ("platforms: cloud-run", "platform: cloud-run"),
        ("type: quantity, default: 2Gi", "type: memory"),
        ("type: 'map<string, list<duration>>'", "default: 1"),
        ("type: quantity, default: 2Gi", "type: quantity, defualt: 2Gi"),
        ("{name: given, expression: has(deployment.memory)}", "{name: given}"),
        ("[{name: given, expression: has(deployment.memory)}]", "has(deployment.memory)"),
        ("- {expression: true, message: 5", "- {message: 5"),
        ("help: more", "hlep: more"),
        ("note: or more", "notes: or more"),
        ("findings: [{line: 1", "findings: [{line: one"),
        ("findings: [{line: 1, ", "findings: [{"),
        ("files: {a.sh: x}, ", ""),
        ("files: {a.sh: x}", "files: {a.sh: [x]}"),
        ("spec:\n", "spec: 1\nspecs:\n"),
    ];
    for (right, wrong) in wrong {
        let text = POLICY.replacen(right, wrong, 1);
        assert_ne!(text, POLICY, "{right}");
        assert_ne!(reader_of_policies(&text), [""; 0], "the reader takes {wrong}");
        assert_ne!(violations(&schema, &text), [""; 0], "the schema takes {wrong}");
    }
}

const PROJECT: &str = r#"version: 1
extends: base.yaml
include: ["**/*.yaml"]
exclude: legacy/**
environments:
  production: {paths: ["**/prod/**"], projects: [acme-prod]}
  stg: {projects: acme-staging, branches: ["release/*", main], variables: {APP_ENV: [stg, staging]}}
services:
  backend:
    aliases: [acme-backend-staging, acme-backend]
    required: {env: [ENVIRONMENT, PORT], secrets: [JWT_SECRET_KEY, SECRET_KEY]}
policies:
  builtin: all
  paths: [policies/]
  configure:
    alpine-minimum-memory:
      params: {minimum: 4Gi}
      environments: {staging: {params: {minimum: 512Mi}}}
      services: {auth: {params: {minimum: 512Mi}}}
    own-policy: {params: {whatever: 1}, action: warn, enabled: false}
schemas: [{files: "services/*.yaml", schema: schemas/service.schema.json}]
actions: [{policy: "*", environment: staging, action: warn, until: 2027-01-31, from: 2026-01-31}]
gates: {staging: {tolerate: 2, reason: the vault is moved}, production: {tolerate: 0}}
bypass: {environments: [staging]}
waivers:
  - {policy: floating-image-tag, service: docs, owner: "@platform", reason: "rebuilt hourly", expires: 2026-12-31}
  - {policy: [one, two], service: [a, b], path: "k8s/*", condition: x, owner: me, reason: so}
waiver_rules: [{policy: "*", environment: staging, require: [reason], max_days: 90, patterns: true}]
"#;

#[test]
fn the_schema_of_projects_takes_what_the_reader_takes() {
    let schema = config::schema();
    let project = PROJECT.replace("extends: base.yaml\n", "");
    assert_eq!(reader_of_projects(&project), [""; 0]);
    assert_eq!(violations(&schema, PROJECT), [""; 0]);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut seen = 0;
    for example in fs::read_dir(examples).unwrap() {
        for side in ["before", "after"] {
            let Ok(text) =
                fs::read_to_string(example.as_ref().unwrap().path().join(side).join("celador.yaml"))
            else {
                continue;
            };
            assert_eq!(violations(&schema, &text), [""; 0], "{text}");
            seen += 1;
        }
    }
    assert!(seen >= 6, "the examples have lost their project files");
    for empty in ["version: 1\n", "version: 1\nwaivers:\npolicies:\nexclude:\n"] {
        assert_eq!((reader_of_projects(empty), violations(&schema, empty)), (vec![], vec![]), "{empty}");
    }
}

#[test]
fn the_schema_of_projects_refuses_what_the_reader_refuses() {
    let schema = config::schema();
    let project = PROJECT.replace("extends: base.yaml\n", "");
    let wrong = [
        ("version: 1\n", ""),
        ("version: 1\n", "version: one\n"),
        ("exclude: legacy/**", "excludes: legacy/**"),
        ("exclude: legacy/**", "exclude: {a: b}"),
        ("paths: [\"**/prod/**\"]", "path: [\"**/prod/**\"]"),
        ("projects: acme-staging", "projects: {a: b}"),
        ("aliases: [acme-backend-staging, acme-backend]", "alias: acme-backend"),
        ("required: {env: [ENVIRONMENT, PORT]", "required: {environment: [PORT]"),
        ("builtin: all", "builtin: everything"),
        ("configure:", "config:"),
        ("schema: schemas/service.schema.json", "shema: schemas/service.schema.json"),
        (", schema: schemas/service.schema.json", ""),
        ("{policy: \"*\", environment: staging, action: warn", "{policy: \"*\", environment: staging"),
        ("until: 2027-01-31", "until: soon"),
        ("tolerate: 2", "tolerate: -1"),
        ("tolerate: 2", "tolerates: 2"),
        ("bypass: {environments: [staging]}", "bypass: {environment: [staging]}"),
        ("policy: floating-image-tag, ", ""),
        ("service: docs", "service: {docs: 1}"),
        ("reason: \"rebuilt hourly\"", "reason: {a: b}"),
        ("require: [reason]", "require: [raeson]"),
        ("max_days: 90", "max_days: soon"),
        ("patterns: true", "pattern: true"),
        ("expires: 2026-12-31", "expires: never"),
        ("services:\n", "service:\n"),
    ];
    for (right, wrong) in wrong {
        let text = project.replacen(right, wrong, 1);
        assert_ne!(text, project, "{right}");
        assert_ne!(reader_of_projects(&text), [""; 0], "the reader takes {wrong}");
        assert_ne!(violations(&schema, &text), [""; 0], "the schema takes {wrong}");
    }
    // The parameters of the pack are known to the schema.
    for wrong in
        ["params: {minimun: 4Gi}", "params: {minimum: 4GB}", "parms: {minimum: 4Gi}", "action: block"]
    {
        let text = project.replacen("params: {minimum: 4Gi}", wrong, 1);
        assert_ne!(violations(&schema, &text), [""; 0], "the schema takes {wrong}");
    }
}
