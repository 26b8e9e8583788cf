//! Documents against JSON Schemas: by a rule of `celador.yaml`, by a comment, by a `$schema` key.

use crate::run::{Scratch, celador};

const CLOUD_RUN: &str = "\
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: api
spec:
  template:
    spec:
      timeoutSecond: 300
      containers:
        - resources: {limits: {memory: 1Gi}}
";

const COMPOSE: &str = "\
services:
  web:
    image: acme/web:1.2.3
    deploy:
      replica: 2
      resources:
        limits:
          memory: lots
";

/// The violations in a folder: `file:line:column text-at-the-span message`.
fn violations(scratch: &Scratch, arguments: &[&str]) -> Vec<String> {
    let run = celador(scratch.path(), &[&["check", "--format", "json"], arguments].concat());
    let json = run.json();
    assert_eq!(json["errors"], serde_json::json!([]), "{}", run.stdout);
    let findings = json["findings"].as_array().unwrap();
    let of_schemas = findings.iter().filter(|finding| finding["policy"] == "schema-violation");
    let shown = of_schemas.map(|finding| {
        let span = &finding["primary"];
        let file = span["file"].as_str().unwrap();
        let text = std::fs::read_to_string(scratch.path().join(file)).unwrap();
        let offset = |name: &str| usize::try_from(span[name].as_u64().unwrap()).unwrap();
        let at = &text[offset("start")..offset("end")];
        format!("{file}:{}:{} `{at}` {}", span["line"], span["column"], finding["message"].as_str().unwrap())
    });
    shown.collect()
}

#[test]
fn a_rule_holds_files_against_a_built_in_schema() {
    let scratch = Scratch::new("schema-rule");
    scratch.write("run/api.yaml", CLOUD_RUN).write("docker-compose.yml", COMPOSE).write(
        "celador.yaml",
        "version: 1\nschemas:\n  - {files: \"run/*.yaml\", schema: \"celador:cloud-run-service\"}\n  \
         - {files: \"docker-compose*.yml\", schema: \"celador:compose-deploy.schema.json\"}\n",
    );
    insta::assert_snapshot!(violations(&scratch, &[]).join("\n"));
}

#[test]
fn documents_name_schemas_of_the_project_that_refer_to_each_other() {
    let scratch = Scratch::new("schema-own");
    scratch
        .write("schemas/service.json", "{\"type\": \"object\", \"required\": [\"owner\"], \"properties\": {\"port\": {\"$ref\": \"port.json\"}}}")
        .write("schemas/port.json", "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"type\": \"integer\"}")
        .write("a.yaml", "# yaml-language-server: $schema=schemas/service.json\nport: eighty\n")
        .write("b/b.json", "{\"$schema\": \"../schemas/service.json\", \"port\": 80, \"owner\": \"me\"}")
        .write("c.yaml", "# yaml-language-server: $schema=https://example.com/other.json\nport: eighty\n");
    let whole = violations(&scratch, &[]);
    insta::assert_snapshot!(whole.join("\n"));
    // The schema is found although it was not asked for, and although the project leaves its folder out.
    scratch.write("celador.yaml", "version: 1\nexclude: [\"schemas/service.json\"]\n");
    assert_eq!(violations(&scratch, &["a.yaml"]), whole);
}

#[test]
fn a_schema_that_is_not_there_is_an_error_at_the_rule() {
    let scratch = Scratch::new("schema-missing");
    scratch
        .write("a.yaml", "a: 1\n")
        .write("celador.yaml", "version: 1\nschemas: [{files: \"*.yaml\", schema: gone.json}]\n");
    let run = celador(scratch.path(), &["check", "a.yaml"]);
    assert_eq!(run.code, Some(2), "{}", run.all());
    assert!(run.all().contains("celador.yaml:2:") && run.all().contains("`gone.json`"), "{}", run.all());
}
