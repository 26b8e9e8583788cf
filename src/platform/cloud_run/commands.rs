//! Cloud Run's command lines.

use crate::model::EnvKind::{Plain, Secret};
use crate::platform::convert::Conversion::{Int, Quantity, Seconds, Text};
use crate::platform::gcloud::GCLOUD;
use crate::platform::table::{Action, Command, Effect, Flag, Merge, Positional};

const fn flag(names: &'static [&'static str], action: Action) -> Flag {
    Flag { names, action }
}

/// <https://cloud.google.com/sdk/gcloud/reference/run/deploy>
const DEPLOY: &[Flag] = &[
    flag(&["--image"], Action::Setting("image", Text)),
    flag(&["--source"], Action::Setting("source", Text)),
    flag(&["--memory"], Action::Setting("memory", Quantity)),
    flag(&["--cpu"], Action::Setting("cpu", Quantity)),
    flag(&["--timeout", "--task-timeout"], Action::Setting("timeout", Seconds)),
    flag(&["--port"], Action::Setting("port", Int)),
    flag(&["--concurrency"], Action::Setting("concurrency", Int)),
    flag(&["--min-instances", "--min"], Action::Setting("min_instances", Int)),
    flag(&["--max-instances", "--max"], Action::Setting("max_instances", Int)),
    flag(&["--allow-unauthenticated"], Action::Switch("allow_unauthenticated")),
    flag(&["--ingress"], Action::Setting("ingress", Text)),
    flag(&["--cpu-boost"], Action::Switch("cpu_boost")),
    flag(&["--cpu-throttling"], Action::Switch("cpu_throttling")),
    flag(&["--execution-environment"], Action::Setting("execution_environment", Text)),
    flag(&["--service-account"], Action::Setting("service_account", Text)),
    flag(&["--vpc-connector"], Action::Setting("vpc_connector", Text)),
    flag(&["--startup-probe"], Action::Probe("startup_probe")),
    flag(&["--liveness-probe"], Action::Probe("liveness_probe")),
    flag(&["--readiness-probe"], Action::Probe("readiness_probe")),
    flag(&["--set-env-vars"], Action::Variables(Plain, Merge::Replace)),
    flag(&["--update-env-vars"], Action::Variables(Plain, Merge::Keep)),
    flag(&["--set-secrets"], Action::Variables(Secret, Merge::Replace)),
    flag(&["--update-secrets"], Action::Variables(Secret, Merge::Keep)),
    flag(&["--env-vars-file"], Action::VariableFile(Merge::Replace)),
    flag(&["--remove-env-vars", "--remove-secrets"], Action::Unset),
    flag(&["--clear-env-vars"], Action::ClearVariables(Plain)),
    flag(&["--clear-secrets"], Action::ClearVariables(Secret)),
    flag(&["--container"], Action::Container),
    flag(
        &[
            "--async",
            "--traffic",
            "--use-http2",
            "--session-affinity",
            "--deploy-health-check",
            "--default-url",
            "--invoker-iam-check",
            "--gpu-zonal-redundancy",
            "--execute-now",
            "--wait",
            "--no-build",
            "--automatic-updates",
            "--iap",
            "--clear-vpc-connector",
            "--clear-labels",
            "--clear-cloudsql-instances",
            "--clear-volumes",
            "--clear-network",
            "--reset-network",
            "--clear-command",
            "--clear-args",
        ],
        Action::Bare,
    ),
    flag(
        &[
            "--platform",
            "--labels",
            "--update-labels",
            "--set-cloudsql-instances",
            "--add-cloudsql-instances",
            "--remove-cloudsql-instances",
            "--vpc-egress",
            "--network",
            "--subnet",
            "--network-tags",
            "--tag",
            "--args",
            "--command",
            "--revision-suffix",
            "--description",
            "--function",
            "--base-image",
            "--gpu",
            "--gpu-type",
            "--add-volume",
            "--add-volume-mount",
            "--depends-on",
            "--binary-authorization",
            "--key",
            "--mesh",
            "--service-min-instances",
            "--scaling",
            "--max-retries",
            "--tasks",
            "--parallelism",
            "--build-env-vars",
            "--build-service-account",
            "--build-worker-pool",
            "--cluster",
            "--cluster-location",
            "--connectivity",
            "--namespace",
            "--domain",
            "--encryption-key-shutdown-hours",
            "--post-key-revocation-action-type",
            "--instances",
        ],
        Action::Value,
    ),
];

/// <https://cloud.google.com/sdk/gcloud/reference/builds/submit>
const SUBMIT: &[Flag] = &[
    flag(&["--tag", "-t"], Action::Tag),
    flag(&["--async", "--no-cache", "--no-source", "--suppress-logs"], Action::Bare),
    flag(
        &[
            "--config",
            "--pack",
            "--substitutions",
            "--timeout",
            "--machine-type",
            "--disk-size",
            "--ignore-file",
            "--gcs-log-dir",
            "--gcs-source-staging-dir",
            "--worker-pool",
            "--service-account",
            "--git-source-dir",
            "--default-buckets-behavior",
            "--dir",
            "--revision",
        ],
        Action::Value,
    ),
];

const fn gcloud(path: &'static [&'static str], workload: &'static str, effect: Effect) -> Command {
    Command {
        programs: &["gcloud"],
        tracks: &["alpha", "beta"],
        path,
        workload,
        effect,
        flags: &[DEPLOY, GCLOUD],
        ..Command::EMPTY
    }
}

pub const COMMANDS: &[Command] = &[
    gcloud(&["run", "deploy"], "service", Effect::Updates),
    gcloud(&["run", "services", "update"], "service", Effect::Updates),
    gcloud(&["run", "jobs", "create"], "job", Effect::Creates),
    gcloud(&["run", "jobs", "deploy"], "job", Effect::Updates),
    gcloud(&["run", "jobs", "update"], "job", Effect::Updates),
    gcloud(&["run", "worker-pools", "deploy"], "worker-pool", Effect::Updates),
    gcloud(&["run", "worker-pools", "update"], "worker-pool", Effect::Updates),
    Command {
        positional: Positional::Context,
        flags: &[SUBMIT, GCLOUD],
        ..gcloud(&["builds", "submit"], "image", Effect::Builds)
    },
];
