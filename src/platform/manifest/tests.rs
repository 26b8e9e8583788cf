use crate::input::{Limits, yaml};
use crate::platform::testing::shown;
use crate::platform::{Trace, deployments};
use crate::provenance::Provenance;
use crate::source::Sources;

/// The deployments of one file, as a few lines each.
fn read(path: &str, text: &str) -> String {
    let mut sources = Sources::new();
    let source = sources.add(path, text);
    let read = yaml::read(sources.get(source), source, &Limits::default());
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    let mut provenance = Provenance::new();
    let mut out = String::new();
    for document in &read.documents {
        let mut trace = Trace { sources: &sources, provenance: &mut provenance };
        for deployment in deployments(document, &mut trace) {
            out.push_str(&shown(&deployment, &sources, &provenance));
        }
    }
    out
}

#[track_caller]
fn check(path: &str, text: &str, expected: &str) {
    let lines = |text: &str| {
        text.trim_matches('\n').lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(lines(&read(path, text)), lines(expected));
}

#[test]
fn a_cloud_run_service() {
    check(
        "service.yaml",
        r#"
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${NAME}
  annotations:
    run.googleapis.com/ingress: internal
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/maxScale: "10"
        run.googleapis.com/cpu-throttling: "false"
    spec:
      timeoutSeconds: 600
      containers:
        - name: proxy
          image: proxy:1
        - name: web
          image: gcr.io/${PROJECT}/web:1
          ports: [{name: grpc, containerPort: 9000}, {name: http1, containerPort: 8000}]
          resources: {limits: {memory: 2Gi, cpu: 1000m}}
          startupProbe:
            httpGet: {path: /ready, port: 8000}
            initialDelaySeconds: 5
            periodSeconds: 10
            failureThreshold: 12
          env:
            - name: MODE
              value: strict
            - name: EMPTY
            - name: KEY
              valueFrom: {secretKeyRef: {name: key-staging, key: latest}}
"#,
        r#"
cloud-run service {NAME} [?]
  concurrency=80 (default)
  cpu_boost=false (default)
  cpu_throttling=false `"false"`
  ingress=internal `internal`
  max_instances=10 `"10"`
  min_instances=0 (default)
  timeout=600 `600`
  main web
    cpu=1000m `1000m`
    image=gcr.io/{PROJECT}/web:1 `gcr.io/${PROJECT}/web:1`
    memory=2Gi `2Gi`
    port=8000 `8000`
    startup_probe=/ready `/ready`
    startup_timeout=125s `12`
    plain MODE set `MODE`
    plain EMPTY empty `EMPTY`
    secret KEY set `KEY`
  sidecar proxy
    image=proxy:1 `proxy:1`
"#,
    );
}

#[test]
fn kubernetes_containers_by_role() {
    check(
        "k8s/app.yaml",
        r#"
apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api, namespace: acme-staging}
    spec:
      replicas: 3
      template:
        spec:
          initContainers:
            - {name: migrate, image: "api:1"}
            - {name: mesh, image: "mesh:1", restartPolicy: Always}
          containers:
            - name: api
              image: api:1
              resources: {limits: {memory: 1Gi}}
              livenessProbe:
                exec: {command: [true]}
              envFrom: [{configMapRef: {name: settings}}]
  - apiVersion: v1
    kind: Service
    metadata: {name: api}
    spec: {ports: [{port: 80}]}
"#,
        "
kubernetes deployment api [?]
  replicas=3 `3`
  main api
    image=api:1 `api:1`
    liveness_probe=exec `exec`
    memory=1Gi `1Gi`
    memory_request=1Gi (default)
    open: ConfigMap settings
  init migrate
    image=api:1 `\"api:1\"`
  sidecar mesh
    image=mesh:1 `\"mesh:1\"`
",
    );
}

#[test]
fn a_patch_without_an_image_is_partial() {
    check(
        "k8s/production/patch.yaml",
        "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  template:
    spec:
      containers:
        - name: api
          livenessProbe:
            initialDelaySeconds: 10
",
        "
kubernetes deployment api [?]
  main api
    liveness_initial_delay=10 `10`
  open: the object that this patch is applied to
",
    );
}

#[test]
fn a_cron_job_and_a_helm_template() {
    let read = read(
        "chart/templates/job.yaml",
        "
apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
spec:
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: job
              image: job:1
              resources: {limits: {memory: 128Mi}}
",
    );
    assert!(read.starts_with("kubernetes cronjob nightly [?]\n  restart=Never"), "{read}");
}

#[test]
fn compose_services() {
    check(
        "docker-compose.prod.yml",
        r#"
x-common: &common
  restart: unless-stopped
services:
  web:
    <<: *common
    image: "acme/web:${TAG:-latest}"
    ports:
      - "127.0.0.1:${PORT:-8080}:8000"
      - "9000:9000"
    environment:
      - MODE=strict
      - TOKEN
      - DB=${DB:-}
    env_file: [.env, {path: more.env, required: false}]
    mem_limit: 512m
    deploy:
      resources:
        limits: {cpus: "0.8"}
        reservations: {memory: 128M}
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8000/"]
  worker:
    build: {context: ./worker, dockerfile: worker.alpine.Dockerfile}
    expose: ["9000"]
    healthcheck: {disable: true}
    environment: {A: "1", B: , C: "$${X}"}
"#,
        r#"
compose service web [?]
  replicas=1 (default)
  restart=unless-stopped `unless-stopped`
  main -
    cpu=0.8 `"0.8"`
    env_file=.env `.env`
    healthcheck=true `healthcheck`
    host_port=8080 `"127.0.0.1:${PORT:-8080}:8000"`
    image=acme/web:latest `"acme/web:${TAG:-latest}"`
    memory=512m `512m`
    memory_request=128M `128M`
    port=8000 `"127.0.0.1:${PORT:-8080}:8000"`
    plain MODE set `MODE=strict`
    plain TOKEN unknown `TOKEN`
    plain DB empty `DB=${DB:-}`
    open: .env
    open: more.env
compose service worker [?]
  replicas=1 (default)
  restart=no (default)
  main -
    healthcheck=false `healthcheck`
    port=9000 `"9000"`
    plain A set `A`
    plain B unknown `B`
    plain C set `C`
"#,
    );
}

#[test]
fn other_files_with_services_are_not_compose() {
    for text in [
        "services: {backend: {required: {env: [A]}}}",
        "services: {db: {image: postgres}}\njobs: {}",
        "services: [docker:dind]",
        "services:\n",
        "apiVersion: v1\nkind: Service\nspec: {}",
        "- 1",
    ] {
        assert_eq!(read("config.yaml", text), "", "{text}");
    }
}
