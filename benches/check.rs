//! The pieces that every run is made of, timed one by one: `cargo bench`.

use celador::check::{self, File, Project, Selected, Settings};
use celador::input::{Format, Limits, python, yaml};
use celador::policy::{self, PACK, Selection};
use celador::provenance::Arena;
use celador::script::{self, NoModules};
use celador::source::Sources;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

/// A manifest as people write them: two containers' worth of everything that policies look at.
fn manifest(name: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app: {name}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata:
      labels: {{app: {name}}}
    spec:
      containers:
        - name: main
          image: registry.example.com/{name}:1.4.2
          ports: [{{containerPort: 8080}}]
          env:
            - {{name: PORT, value: \"8080\"}}
            - name: DATABASE_PASSWORD
              valueFrom: {{secretKeyRef: {{name: database, key: password}}}}
          resources:
            requests: {{cpu: 250m, memory: 256Mi}}
            limits: {{cpu: \"1\", memory: 1Gi}}
          readinessProbe:
            httpGet: {{path: /ready, port: 8080}}
            periodSeconds: 10
          livenessProbe:
            httpGet: {{path: /live, port: 8080}}
            initialDelaySeconds: 15
"
    )
}

/// A script that deploys services from a list, by a flag.
fn deploy_script(services: usize) -> String {
    let mut text = "import subprocess\n\n\nclass Deployer:\n    def __init__(self, small=True):\n        self.small = small\n        memory = '512Mi' if self.small else '4Gi'\n        self.services = [\n".to_owned();
    for number in 0..services {
        let _ = writeln!(
            text,
            "            {{'name': 'svc-{number}-staging', 'memory': memory, 'timeout': {number}00}},"
        );
    }
    text.push_str(
        "        ]

    def deploy(self, service):
        command = ['gcloud', 'run', 'deploy', service['name'], '--memory', service['memory']]
        command.extend(['--timeout', str(service['timeout'])])
        if service['name'] == 'svc-1-staging':
            command.append('--cpu-boost')
        subprocess.run(command, check=True)


deployer = Deployer()
for service in deployer.services:
    deployer.deploy(service)
",
    );
    text
}

fn project(count: usize) -> Project {
    let mut sources = Sources::new();
    let file = |number: usize| {
        let name = format!("service-{number}");
        let source = sources.add(format!("k8s/{name}.yaml"), manifest(&name));
        File { source, format: Format::Yaml, selected: Selected::Found }
    };
    let files = (0..count).map(file).collect();
    Project { sources, files, ..Project::default() }
}

fn pieces(criterion: &mut Criterion) {
    let mut sources = Sources::new();
    let id = sources.add("deployment.yaml", manifest("backend"));
    let limits = Limits::default();
    criterion.bench_function("read a manifest", |bench| {
        bench.iter(|| yaml::read(black_box(sources.get(id)), id, &limits));
    });

    let builtin = PACK.iter().find(|one| one.name == "alpine-minimum-memory");
    let text = builtin.map_or("", policy::Builtin::text_to_judge);
    let mut policies = Sources::new();
    let id = policies.add("policy.yaml", text);
    criterion.bench_function("read a policy", |bench| {
        bench.iter(|| policy::read(id, black_box(policies.get(id))));
    });
    let read: Vec<Arc<policy::Policy>> =
        policy::read(id, policies.get(id)).0.into_iter().map(Arc::new).collect();
    criterion.bench_function("compile a policy, unchecked", |bench| {
        bench.iter(|| {
            read.iter().map(|one| policy::compile_unchecked(Arc::clone(one)).is_ok()).filter(|ok| *ok).count()
        });
    });
    criterion.bench_function("compile a policy, checked", |bench| {
        bench.iter(|| {
            read.iter().map(|one| policy::compile(Arc::clone(one)).is_ok()).filter(|ok| *ok).count()
        });
    });

    let mut scripts = Sources::new();
    let id = scripts.add("deploy.py", deploy_script(20));
    criterion.bench_function("lower a script", |bench| {
        bench.iter(|| python::lower(black_box(scripts.get(id)), id, &limits));
    });
    let program = python::lower(scripts.get(id), id, &limits);
    let bounds = script::Limits::default();
    criterion.bench_function("interpret a script of 20 services", |bench| {
        bench.iter(|| {
            let arena = Arena::new(id);
            script::interpret(black_box(&program), "deploy.py", &NoModules, &bounds, arena)
        });
    });
}

/// A project's own policies: as many as asked, each a little different.
fn policies(count: usize) -> String {
    let policy = |number: usize| {
        format!(
            "apiVersion: celador/v1
kind: Policy
metadata: {{name: minimum-{number}, title: Enough memory}}
spec:
  target: {{kind: Deployment}}
  params:
    minimum: {{type: quantity, default: {number}Ki}}
  matchConditions:
    - {{name: limited, expression: has(deployment.memory)}}
  validations:
    - expression: deployment.memory >= params.minimum
"
        )
    };
    (0..count).map(policy).collect::<Vec<_>>().join("---\n")
}

/// A thousand deployments with so many policies of their own, and nothing of the pack.
fn with_policies(count: usize) -> (check::Facts, Settings) {
    let mut settings = Settings::default();
    settings.policies.pack = Selection::None;
    let mut project = project(1_000);
    settings.policies.files.push(project.sources.add("policies.yaml", policies(count)));
    (check::read(project, &settings), settings)
}

fn runs(criterion: &mut Criterion) {
    let settings = Settings::default();
    let mut group = criterion.benchmark_group("runs");
    group.sample_size(10);
    group.bench_function("read 1,000 deployments", |bench| {
        bench.iter_batched(
            || project(1_000),
            |project| check::read(project, &settings),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("judge 1,000 deployments by the pack", |bench| {
        bench.iter_batched(
            || check::read(project(1_000), &settings),
            |facts| check::judge(facts, &settings),
            BatchSize::PerIteration,
        );
    });
    for services in [100, 1_000] {
        let mut scripts = Sources::new();
        let id = scripts.add("deploy.py", deploy_script(services));
        let program = python::lower(scripts.get(id), id, &settings.input);
        group.bench_function(format!("interpret a script of {services} services"), |bench| {
            bench.iter(|| {
                let arena = Arena::new(id);
                script::interpret(black_box(&program), "deploy.py", &NoModules, &settings.script, arena)
            });
        });
    }
    group.finish();

    // Time must grow with the number of policies no faster than the number itself.
    let mut group = criterion.benchmark_group("judge 1,000 deployments");
    group.sample_size(10);
    for count in [1, 10, 100, 1_000] {
        group.throughput(Throughput::Elements(count as u64 * 1_000));
        group.bench_function(format!("{count} policies"), |bench| {
            bench.iter_batched(
                || with_policies(count),
                |(facts, settings)| check::judge(facts, &settings),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, pieces, runs);
criterion_main!(benches);
