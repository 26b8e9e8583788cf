use super::{Schemas, built_in, wanted};
use crate::document::Document;
use crate::input::{Limits, json, yaml};
use crate::source::{Source, SourceId, Sources};
use std::fmt::Write as _;

/// The documents of files, each read by its extension, in the order given.
fn read(files: &[(&str, &str)]) -> (Sources, Vec<(String, Document)>) {
    let mut sources = Sources::new();
    let mut documents = Vec::new();
    for (path, text) in files {
        let id = sources.add(*path, *text);
        let reader: fn(&Source, SourceId, &Limits) -> crate::input::Read =
            if path.ends_with(".json") { json::read } else { yaml::read };
        let read = reader(sources.get(id), id, &Limits::default());
        documents.extend(read.documents.into_iter().map(|document| ((*path).to_owned(), document)));
    }
    (sources, documents)
}

/// The violations of the first file; the others are the project's schemas.
fn violations(schema: &str, files: &[(&str, &str)]) -> String {
    let (sources, mut documents) = read(files);
    let (path, document) = documents.remove(0);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let schemas = Schemas::new(documents);
    let Some(name) = schemas.find(schema, folder) else { return "no such schema".to_owned() };
    let mut out = String::new();
    match schemas.validate(&document, &name) {
        Ok(all) => {
            for one in all {
                let at = one.primary.span;
                let place = sources.get(at.source).position(at.start);
                let _ = writeln!(
                    out,
                    "{}:{} {:?} {} ({})",
                    place.line,
                    place.column,
                    sources.slice(at),
                    one.message,
                    one.primary.label
                );
                let _ = writeln!(out, "    {}", one.help.unwrap_or_default());
            }
        }
        Err(unusable) => {
            let place = unusable
                .span
                .map(|span| format!("{} {:?}", sources.get(span.source).path(), sources.slice(span)));
            let _ = writeln!(out, "unusable: {}; {} at {place:?}", unusable.message, unusable.help);
        }
    }
    out
}

#[test]
fn the_built_in_schemas_are_valid_and_have_their_sources() {
    let schemas = Schemas::default();
    let (_, documents) = read(&[("a.yaml", "a: 1\n")]);
    for name in built_in() {
        let found = schemas.find(&format!("https://example.com/x/{name}"), "").unwrap();
        assert_eq!(found.as_str(), name);
        assert!(schemas.validate(&documents[0].1, &found).is_ok(), "{name}");
        let text = super::BUILT_IN.iter().find(|(own, _)| *own == name).unwrap().1;
        assert!(text.contains("\"$comment\": \"Written from https://"), "{name}");
    }
}

const SERVICE: &str = "\
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: backend
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/maxScale: \"20\"
    spec:
      timeoutSeconds: 300
      containerConcurrency: 80
      containers:
        - image: gcr.io/p/app:1.2
          ports: [{containerPort: 8080}]
          resources: {limits: {cpu: 1000m, memory: 512Mi}}
          env:
            - {name: A, value: \"1\"}
            - {name: B, valueFrom: {secretKeyRef: {name: b, key: latest}}}
          startupProbe:
            tcpSocket: {port: 8080}
            periodSeconds: 10
            failureThreshold: 24
";

#[test]
fn a_good_service_passes() {
    assert_eq!(violations("cloud-run-service.schema.json", &[("a.yaml", SERVICE)]), "");
}

#[test]
fn a_bad_service_is_told_at_its_characters() {
    let bad = SERVICE
        .replace("kind: Service", "kind: Servise")
        .replace("\"20\"", "20")
        .replace("timeoutSeconds: 300", "timeoutSeconds: 7200")
        .replace("memory: 512Mi", "memroy: 512Mi")
        .replace("cpu: 1000m", "cpu: 3")
        .replace("value: \"1\"", "value: 1")
        .replace("key: latest", "version: 1")
        .replace("periodSeconds: 10", "periodSeconds: 500")
        .replace("containerPort: 8080", "containerPort: http");
    insta::assert_snapshot!(violations("cloud-run-service.schema.json", &[("a.yaml", &bad)]), @r###"
2:7 "Servise" `kind` must be `Service` ()
    see https://cloud.google.com/run/docs/reference/yaml/v1; schema: cloud-run-service.schema.json
9:43 "20" `spec.template.metadata.annotations.autoscaling.knative.dev/maxScale` must be a text (quoted, if it looks like a number) ()
    a whole number in quotes; see https://cloud.google.com/run/docs/reference/yaml/v1; schema: cloud-run-service.schema.json
11:23 "7200" `spec.template.spec.timeoutSeconds` must be at most 3600 ()
    how long one request may take, at most 3600 seconds; it gives no time to start; see https://cloud.google.com/run/docs/configuring/request-timeout; schema: cloud-run-service.schema.json
15:35 "http" `spec.template.spec.containers[0].ports[0].containerPort` must be a whole number ()
    see https://cloud.google.com/run/docs/reference/yaml/v1; schema: cloud-run-service.schema.json
16:37 "3" `spec.template.spec.containers[0].resources.limits.cpu` is not written as its schema asks (fits none of the allowed forms)
    the schema asks for 1, 2, 4, 6 or 8 CPUs, or less than 1 in steps of a hundredth; see https://cloud.google.com/run/docs/configuring/services/cpu; schema: cloud-run-service.schema.json
16:40 "memroy" `memroy` is no known key of `spec.template.spec.containers[0].resources.limits` (not known here)
    did you mean `memory`?; see https://cloud.google.com/run/docs/reference/yaml/v1; schema: cloud-run-service.schema.json
18:32 "1" `spec.template.spec.containers[0].env[0].value` must be a text (quoted, if it looks like a number) ()
    a text; quote what looks like a number; see https://cloud.google.com/run/docs/reference/yaml/v1; schema: cloud-run-service.schema.json
19:37 "secretKeyRef" `spec.template.spec.containers[0].env[1].valueFrom.secretKeyRef` lacks `key` (`key` is missing here)
    add `key`: the secret's version: a number in quotes, or latest; see https://cloud.google.com/run/docs/configuring/services/secrets; schema: cloud-run-service.schema.json
19:61 "version" `version` is no known key of `spec.template.spec.containers[0].env[1].valueFrom.secretKeyRef` (not known here)
    known keys are `name`, `key`; see https://cloud.google.com/run/docs/configuring/services/secrets; schema: cloud-run-service.schema.json
22:28 "500" `spec.template.spec.containers[0].startupProbe.periodSeconds` must be at most 240 ()
    at most 240 seconds; see https://cloud.google.com/run/docs/reference/yaml/v1; schema: cloud-run-service.schema.json
"###);
}

#[test]
fn what_is_missing_is_told_at_the_key_above() {
    insta::assert_snapshot!(violations("cloud-run-service.schema.json", &[("a.yaml", "kind: Service\nspec:\n  template:\n    spec:\n      containers:\n        - name: x\n")]), @r###"
1:1 "kind" the document lacks `apiVersion` (`apiVersion` is missing here)
    add `apiVersion`; see https://cloud.google.com/run/docs/reference/yaml/v1; schema: cloud-run-service.schema.json
1:1 "kind" the document lacks `metadata` (`metadata` is missing here)
    add `metadata`; see https://cloud.google.com/run/docs/reference/yaml/v1; schema: cloud-run-service.schema.json
6:11 "name" `spec.template.spec.containers[0]` lacks `image` (`image` is missing here)
    add `image`: the image's reference; see https://cloud.google.com/run/docs/reference/rest/v1/Container; schema: cloud-run-service.schema.json
"###);
}

#[test]
fn templates_and_broken_files_are_not_blamed() {
    let text = SERVICE
        .replace("timeoutSeconds: 300", "timeoutSeconds: {{ .Values.t }}")
        .replace("name: backend", "name: {{ .N }}");
    assert_eq!(violations("cloud-run-service.schema.json", &[("a.yaml", &text)]), "");
    assert_eq!(
        violations(
            "cloud-run-service.schema.json",
            &[(
                "a.yaml",
                "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: x\n  labels: {\n"
            )]
        ),
        ""
    );
}

#[test]
fn compose_deploy_sections() {
    let good = "services:\n  a:\n    image: x\n    deploy:\n      replicas: 2\n      resources:\n        limits: {cpus: '0.50', memory: 50M}\n        reservations: {memory: ${M:-1G}, devices: [{capabilities: [gpu], count: 1}]}\n      restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3}\n      x-own: 1\n  b:\n";
    assert_eq!(violations("compose-deploy.schema.json", &[("compose.yaml", good)]), "");
    let bad = "services:\n  a:\n    deploy:\n      replica: 2\n      mode: many\n      resources:\n        limits: {cpus: lots, memory: 2Gi}\n        reservations: {devices: [{driver: nvidia}]}\n      restart_policy: {condition: always, delay: 5}\n      update_config: {max_failure_ratio: 2, order: first}\n";
    insta::assert_snapshot!(violations("compose-deploy.schema.json", &[("compose.yaml", bad)]), @r###"
4:7 "replica" `replica` is no known key of `services.a.deploy` (not known here)
    did you mean `replicas`?; see https://github.com/compose-spec/compose-spec/blob/main/deploy.md; schema: compose-deploy.schema.json
5:13 "many" `services.a.deploy.mode` must be one of `global`, `replicated`, `replicated-job`, `global-job` ()
    see https://github.com/compose-spec/compose-spec/blob/main/deploy.md; schema: compose-deploy.schema.json
7:24 "lots" `services.a.deploy.resources.limits.cpus` is not written as its schema asks (fits none of the allowed forms)
    the schema asks for a number of CPUs, as a text or a number: '0.50', 2; see https://github.com/compose-spec/compose-spec/blob/main/deploy.md; schema: compose-deploy.schema.json
7:38 "2Gi" `services.a.deploy.resources.limits.memory` is not written as its schema asks (fits none of the allowed forms)
    the schema asks for a number with one of the units b, k, m, g, kb, mb, gb: 50M, 1gb; Kubernetes' Mi and Gi are not among them; see https://github.com/compose-spec/compose-spec/blob/main/11-extension.md#specifying-byte-values; schema: compose-deploy.schema.json
8:35 "driver" `services.a.deploy.resources.reservations.devices[0]` lacks `capabilities` (`capabilities` is missing here)
    add `capabilities`: what the device must be able to do: [gpu]; see https://github.com/compose-spec/compose-spec/blob/main/deploy.md; schema: compose-deploy.schema.json
9:35 "always" `services.a.deploy.restart_policy.condition` is not written as its schema asks (fits none of the allowed forms)
    the schema asks for none, on-failure or any; see https://github.com/compose-spec/compose-spec/blob/main/deploy.md; schema: compose-deploy.schema.json
9:50 "5" `services.a.deploy.restart_policy.delay` must be a text (quoted, if it looks like a number) ()
    a duration with units: 5s, 1m30s, 250ms; see https://github.com/compose-spec/compose-spec/blob/main/11-extension.md#specifying-durations; schema: compose-deploy.schema.json
10:42 "2" `services.a.deploy.update_config.max_failure_ratio` must be at most 1, or must be a text (quoted, if it looks like a number) (fits none of the allowed forms)
    see https://github.com/compose-spec/compose-spec/blob/main/deploy.md; schema: compose-deploy.schema.json
10:52 "first" `services.a.deploy.update_config.order` is not written as its schema asks (fits none of the allowed forms)
    the schema asks for stop-first or start-first; see https://github.com/compose-spec/compose-spec/blob/main/deploy.md; schema: compose-deploy.schema.json
"###);
}

#[test]
fn schemas_of_the_project_refer_to_each_other() {
    let schema = r##"{"type": "object", "properties": {"port": {"$ref": "types/port.schema.json"}, "n": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"enum": [1]}}, "unevaluatedProperties": false}"##;
    // A schema may be written in YAML.
    let port = "type: integer\nmaximum: 65535\n";
    let yaml = schema.replace("port.schema.json", "port.schema.yaml");
    let told = violations(
        "schemas/a.schema.json",
        &[
            ("services/a.yaml", "port: 70000\nn: 2\nprot: 1\n"),
            ("schemas/a.schema.json", &yaml),
            ("schemas/types/port.schema.yaml", port),
        ],
    );
    insta::assert_snapshot!(told, @r###"
1:7 "70000" `port` must be at most 65535 ()
    schema: schemas/a.schema.json
2:4 "2" `n` must be `1` ()
    schema: schemas/a.schema.json
3:1 "prot" `prot` is no known key of the document (not known here)
    did you mean `port`?; schema: schemas/a.schema.json
"###);
}

#[test]
fn unusable_schemas_say_why() {
    let of = |schema: &str| violations("s.json", &[("a.yaml", "a: 1\n"), ("s.json", schema)]);
    let all = [
        of(r#"{"$ref": "https://example.com/other.json"}"#),
        of(r#"{"properties": {"a": {"$ref": "./gone.json"}}}"#),
        of(r##"{"$ref": "#/$defs/gone"}"##),
        of(r#"{"type": "text"}"#),
        of(r#"{"properties": {"a": {"pattern": "("}}}"#),
        of(r#"[]"#),
        of(r##"{"$ref": "#"}"##),
        of(r##"{"$schema": "https://example.com/dialect"}"##),
    ];
    insta::assert_snapshot!(all.concat(), @r###"
unusable: the schema `s.json` refers to `https://example.com/other.json`, which is not here; nothing is fetched from the network: add the schema to the project, and refer to it by its path at Some("s.json \"\\\"https://example.com/other.json\\\"\"")
unusable: the schema `s.json` refers to `gone.json`, which is not here; nothing is fetched from the network: add the schema to the project, and refer to it by its path at Some("s.json \"\\\"./gone.json\\\"\"")
unusable: the schema `s.json` refers to `/$defs/gone`, which it does not have; correct the `$ref` at Some("s.json \"\\\"#/$defs/gone\\\"\"")
unusable: the schema `s.json` is no valid JSON Schema: `type` violates `anyOf`; correct the schema; until then nothing is validated against it at Some("s.json \"\\\"text\\\"\"")
unusable: the schema `s.json` is no valid JSON Schema: `properties.a.pattern` must be a valid regex; correct the schema; until then nothing is validated against it at Some("s.json \"\\\"(\\\"\"")
unusable: the schema `s.json` is no valid JSON Schema: must be true or false or a mapping; correct the schema; until then nothing is validated against it at Some("s.json \"[]\"")
unusable: the schema `s.json` is no valid JSON Schema: violates `$ref`; correct the schema; until then nothing is validated against it at Some("s.json \"\\\"$schema\\\"\"")
"###);
}

#[test]
fn a_document_names_its_schema() {
    let name = |path: &str, text: &str| {
        let (sources, documents) = read(&[(path, text)]);
        wanted(&documents[0].1)
            .map(|wanted| (wanted.name.clone(), sources.slice(wanted.span).to_owned(), wanted.is_dialect()))
    };
    let told = [
        name("a.yaml", "# yaml-language-server: $schema=../s.json\na: 1\n"),
        name("a.yaml", "a: 1 # note\n"),
        name("a.json", "{\"$schema\": \"https://x.y/s.json\"}"),
        name("a.json", "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\"}"),
    ];
    insta::assert_debug_snapshot!(told, @r###"
[
    Some(
        (
            "../s.json",
            "# yaml-language-server: $schema=../s.json",
            false,
        ),
    ),
    None,
    Some(
        (
            "https://x.y/s.json",
            "\"https://x.y/s.json\"",
            false,
        ),
    ),
    Some(
        (
            "https://json-schema.org/draft/2020-12/schema",
            "\"https://json-schema.org/draft/2020-12/schema\"",
            true,
        ),
    ),
]
"###);
}

#[test]
fn names_lead_to_schemas() {
    let (_, documents) =
        read(&[("schemas/a.json", "{\"$id\": \"https://acme.example/a\"}"), ("b.json", "{}")]);
    let schemas = Schemas::new(documents);
    let find = |name: &str, folder: &str| schemas.find(name, folder).map(|name| name.as_str().to_owned());
    assert_eq!(find("../schemas/a.json", "services").as_deref(), Some("schemas/a.json"));
    assert_eq!(find("./a.json", "schemas").as_deref(), Some("schemas/a.json"));
    assert_eq!(find("b.json", "deep/folder").as_deref(), Some("b.json"), "from the root as well");
    assert_eq!(find("https://acme.example/a", "").as_deref(), Some("schemas/a.json"));
    assert_eq!(
        find("https://acme.example/compose-deploy.schema.json#", "").as_deref(),
        Some("compose-deploy.schema.json")
    );
    assert_eq!(find("../../../../etc/passwd", "a"), None);
    assert_eq!(find("https://acme.example/else.json", ""), None);
}
