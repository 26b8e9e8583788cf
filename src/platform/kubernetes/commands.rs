//! Command lines of kubectl and Helm. What `kubectl apply` hands over are documents, which are read by
//! themselves.

use crate::model::EnvKind::Plain;
use crate::platform::convert::Conversion::{Int, Quantity, Text};
use crate::platform::table::{Action, Command, Effect, Flag, Positional, Words};

/// <https://kubernetes.io/docs/reference/kubectl/kubectl/>
const GLOBAL: &[Flag] = &[
    Flag::new(
        &[
            "--namespace",
            "-n",
            "--context",
            "--cluster",
            "--kubeconfig",
            "--user",
            "--as",
            "--token",
            "--server",
            "-s",
        ],
        Action::Value,
    ),
    Flag::new(
        &["--output", "-o", "--selector", "-l", "--filename", "-f", "--request-timeout", "--timeout"],
        Action::Value,
    ),
    // `--dry-run` takes its value behind an equals sign only.
    Flag::new(
        &["--dry-run", "--record", "--all", "--local", "--overwrite", "--wait", "--save-config"],
        Action::Bare,
    ),
    Flag::new(&["--insecure-skip-tls-verify", "--recursive", "-R", "--list"], Action::Bare),
];

const LIMITS: Action = Action::Pairs(&[("memory", "memory", Quantity), ("cpu", "cpu", Quantity)]);
const REQUESTS: Action =
    Action::Pairs(&[("memory", "memory_request", Quantity), ("cpu", "cpu_request", Quantity)]);

/// <https://kubernetes.io/docs/reference/kubectl/generated/kubectl_set/>,
/// <https://kubernetes.io/docs/reference/kubectl/generated/kubectl_create/kubectl_create_deployment/>,
/// <https://kubernetes.io/docs/reference/kubectl/generated/kubectl_run/>,
/// <https://kubernetes.io/docs/reference/kubectl/generated/kubectl_autoscale/>
const FLAGS: &[Flag] = &[
    Flag::new(&["--image"], Action::Setting("image", Text)),
    Flag::new(&["--replicas", "-r"], Action::Setting("replicas", Int)),
    Flag::new(&["--min"], Action::Setting("min_instances", Int)),
    Flag::new(&["--max"], Action::Setting("max_instances", Int)),
    Flag::new(&["--port"], Action::Setting("port", Int)),
    Flag::new(&["--limits"], LIMITS),
    Flag::new(&["--requests"], REQUESTS),
    Flag::new(&["--env", "-e"], Action::Variable),
    Flag::new(&["--restart"], Action::Setting("restart", Text)),
    Flag::new(
        &["--containers", "-c", "--cpu-percent", "--current-replicas", "--from", "--keys", "--prefix"],
        Action::Value,
    ),
    Flag::new(
        &["--rm", "--stdin", "-i", "--tty", "-t", "--attach", "--quiet", "-q", "--command", "--expose"],
        Action::Bare,
    ),
];

const fn kubectl(
    path: &'static [&'static str],
    workload: &'static str,
    effect: Effect,
    positional: Positional,
) -> Command {
    Command {
        programs: &["kubectl", "oc"],
        path,
        workload,
        effect,
        positional,
        unless: &["--dry-run", "--local", "--list", "--rm"],
        flags: &[FLAGS, GLOBAL],
        ..Command::EMPTY
    }
}

/// <https://helm.sh/docs/helm/helm_upgrade/>
const HELM: &[Flag] = &[
    // The keys that `helm create` gives a chart; what other charts call their values only they know.
    Flag::new(
        &["--set", "--set-string"],
        Action::Pairs(&[
            ("replicaCount", "replicas", Int),
            ("resources.limits.memory", "memory", Quantity),
            ("resources.limits.cpu", "cpu", Quantity),
            ("resources.requests.memory", "memory_request", Quantity),
            ("resources.requests.cpu", "cpu_request", Quantity),
            ("autoscaling.minReplicas", "min_instances", Int),
            ("autoscaling.maxReplicas", "max_instances", Int),
        ]),
    ),
    Flag::new(
        &[
            "--install",
            "-i",
            "--wait",
            "--atomic",
            "--create-namespace",
            "--debug",
            "--force",
            "--cleanup-on-fail",
        ],
        Action::Bare,
    ),
    Flag::new(
        &["--dry-run", "--reuse-values", "--reset-values", "--dependency-update", "--wait-for-jobs"],
        Action::Bare,
    ),
    Flag::new(
        &["--namespace", "-n", "--values", "-f", "--version", "--timeout", "--repo", "--set-file"],
        Action::Value,
    ),
    Flag::new(
        &["--kube-context", "--kubeconfig", "--history-max", "--description", "--set-json"],
        Action::Value,
    ),
];

const fn helm(path: &'static [&'static str]) -> Command {
    Command {
        programs: &["helm"],
        path,
        workload: "release",
        effect: Effect::Completes("the chart's values"),
        positional: Positional::Named(Words::Ignored),
        unless: &["--dry-run"],
        flags: &[HELM],
        ..Command::EMPTY
    }
}

pub const COMMANDS: &[Command] = &[
    kubectl(&["set", "image"], "deployment", Effect::Updates, Positional::Resource(Words::Images)),
    kubectl(&["set", "env"], "deployment", Effect::Updates, Positional::Resource(Words::Variables(Plain))),
    kubectl(&["set", "resources"], "deployment", Effect::Updates, Positional::Resource(Words::Ignored)),
    kubectl(&["scale"], "deployment", Effect::Updates, Positional::Resource(Words::Ignored)),
    kubectl(&["autoscale"], "deployment", Effect::Updates, Positional::Resource(Words::Ignored)),
    kubectl(&["create", "deployment"], "deployment", Effect::Creates, Positional::Named(Words::Ignored)),
    kubectl(&["run"], "pod", Effect::Creates, Positional::Named(Words::Ignored)),
    helm(&["upgrade"]),
    helm(&["install"]),
];
