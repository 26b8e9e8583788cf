//! Cloud Run: services, jobs and worker pools.

use crate::model::EnvKind::{Plain, Secret};
use crate::platform::convert::Conversion::{Bool, Int, Quantity, Seconds, Text};
use crate::platform::table::{
    Action, Base, Bound, Command, Default, Effect, Field, Filled, Flag, Limit, Merge, Placeholders, Platform,
    Positional, Style, Workload,
};

const fn flag(names: &'static [&'static str], action: Action) -> Flag {
    Flag { names, action }
}

/// Flags of every gcloud command. <https://cloud.google.com/sdk/gcloud/reference>
const GCLOUD: &[Flag] = &[
    flag(
        &[
            "--account",
            "--billing-project",
            "--configuration",
            "--flags-file",
            "--flatten",
            "--format",
            "--impersonate-service-account",
            "--access-token-file",
            "--trace-token",
            "--verbosity",
            "--project",
            "--region",
            "--zone",
            "--location",
        ],
        Action::Value,
    ),
    flag(&["--quiet", "-q", "--log-http", "--user-output-enabled", "--help", "-h"], Action::Bare),
];

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
        positional: Positional::Name,
        style: Style::Long,
        serves: &[],
        flags: &[DEPLOY, GCLOUD],
    }
}

const fn annotation(
    base: Base,
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field { workloads: &[], base, path, setting, conversion }
}

const fn container(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field { workloads: &[], base: Base::Container, path, setting, conversion }
}

const fn default(
    setting: &'static str,
    workloads: &'static [&'static str],
    value: Filled,
    page: &'static str,
) -> Default {
    Default { setting, workloads, value, page }
}

const MEMORY: &str = "https://cloud.google.com/run/docs/configuring/services/memory-limits";
const CPU: &str = "https://cloud.google.com/run/docs/configuring/services/cpu";
const PROBES: &str = "https://cloud.google.com/run/docs/configuring/healthchecks";
const TIMEOUT: &str = "https://cloud.google.com/run/docs/configuring/request-timeout";
const TASK_TIMEOUT: &str = "https://cloud.google.com/run/docs/configuring/task-timeout";
const CONCURRENCY: &str = "https://cloud.google.com/run/docs/about-concurrency";
const SCALING: &str = "https://cloud.google.com/run/docs/about-instance-autoscaling";
const SERVICE: &[&str] = &["service"];

/// <https://cloud.google.com/run/docs>
pub const CLOUD_RUN: Platform = Platform {
    name: "cloud-run",
    title: "Cloud Run",
    commands: &[
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
    ],
    // <https://cloud.google.com/run/docs/reference/yaml/v1>
    workloads: &[
        Workload {
            api: "serving.knative.dev/",
            kind: "Service",
            workload: "service",
            template: &["spec", "template"],
            pod: &["spec", "template", "spec"],
        },
        Workload {
            api: "run.googleapis.com/",
            kind: "Job",
            workload: "job",
            template: &["spec", "template"],
            pod: &["spec", "template", "spec", "template", "spec"],
        },
        Workload {
            api: "run.googleapis.com/",
            kind: "WorkerPool",
            workload: "worker-pool",
            template: &["spec", "template"],
            pod: &["spec", "template", "spec"],
        },
    ],
    fields: &[
        annotation(Base::Root, &["metadata", "annotations", "run.googleapis.com/ingress"], "ingress", Text),
        annotation(
            Base::Root,
            &["metadata", "annotations", "run.googleapis.com/minScale"],
            "min_instances",
            Int,
        ),
        annotation(
            Base::Root,
            &["metadata", "annotations", "run.googleapis.com/maxScale"],
            "max_instances",
            Int,
        ),
        annotation(
            Base::Template,
            &["metadata", "annotations", "autoscaling.knative.dev/minScale"],
            "min_instances",
            Int,
        ),
        annotation(
            Base::Template,
            &["metadata", "annotations", "autoscaling.knative.dev/maxScale"],
            "max_instances",
            Int,
        ),
        annotation(
            Base::Template,
            &["metadata", "annotations", "run.googleapis.com/cpu-throttling"],
            "cpu_throttling",
            Bool,
        ),
        annotation(
            Base::Template,
            &["metadata", "annotations", "run.googleapis.com/startup-cpu-boost"],
            "cpu_boost",
            Bool,
        ),
        annotation(
            Base::Template,
            &["metadata", "annotations", "run.googleapis.com/execution-environment"],
            "execution_environment",
            Text,
        ),
        annotation(
            Base::Template,
            &["metadata", "annotations", "run.googleapis.com/vpc-access-connector"],
            "vpc_connector",
            Text,
        ),
        Field {
            workloads: &[],
            base: Base::Pod,
            path: &["timeoutSeconds"],
            setting: "timeout",
            conversion: Seconds,
        },
        Field {
            workloads: &[],
            base: Base::Pod,
            path: &["containerConcurrency"],
            setting: "concurrency",
            conversion: Int,
        },
        Field {
            workloads: &[],
            base: Base::Pod,
            path: &["serviceAccountName"],
            setting: "service_account",
            conversion: Text,
        },
        container(&["image"], "image", Text),
        container(&["resources", "limits", "memory"], "memory", Quantity),
        container(&["resources", "limits", "cpu"], "cpu", Quantity),
        container(&["resources", "requests", "memory"], "memory_request", Quantity),
        container(&["resources", "requests", "cpu"], "cpu_request", Quantity),
    ],
    defaults: &[
        default("memory", &[], Filled::Written("512Mi", Quantity), MEMORY),
        default("cpu", &[], Filled::Written("1", Quantity), CPU),
        default("timeout", SERVICE, Filled::Written("300", Seconds), TIMEOUT),
        default("timeout", &["job"], Filled::Written("600", Seconds), TASK_TIMEOUT),
        default("concurrency", SERVICE, Filled::Written("80", Int), CONCURRENCY),
        default("min_instances", SERVICE, Filled::Written("0", Int), SCALING),
        default("max_instances", SERVICE, Filled::Written("100", Int), SCALING),
        default(
            "port",
            SERVICE,
            Filled::Written("8080", Int),
            "https://cloud.google.com/run/docs/container-contract#port",
        ),
        default(
            "ingress",
            SERVICE,
            Filled::Written("all", Text),
            "https://cloud.google.com/run/docs/securing/ingress",
        ),
        default(
            "cpu_throttling",
            SERVICE,
            Filled::Written("true", Bool),
            "https://cloud.google.com/run/docs/configuring/billing-settings",
        ),
        default("cpu_boost", SERVICE, Filled::Written("false", Bool), CPU),
        default("startup_timeout", SERVICE, Filled::Written("240", Seconds), PROBES),
    ],
    limits: &[
        Limit {
            name: "memory_floor",
            bound: Bound::Quantity("128Mi"),
            description: "least memory, in the first generation",
            page: MEMORY,
        },
        Limit {
            name: "memory_floor_gen2",
            bound: Bound::Quantity("512Mi"),
            description: "least memory in the second generation",
            page: MEMORY,
        },
        Limit {
            name: "memory_cap",
            bound: Bound::Quantity("32Gi"),
            description: "most memory",
            page: MEMORY,
        },
        Limit { name: "cpu_floor", bound: Bound::Quantity("0.08"), description: "least CPU", page: CPU },
        Limit { name: "cpu_cap", bound: Bound::Quantity("8"), description: "most CPU", page: CPU },
        Limit {
            name: "cpu_whole_values",
            bound: Bound::Texts(&["1", "2", "4", "6", "8"]),
            description: "CPU from one on; below, any thousandth",
            page: CPU,
        },
        Limit {
            name: "cpu_for_memory",
            bound: Bound::Coupled(&[
                ("512Mi", "0.5"),
                ("1Gi", "1"),
                ("4Gi", "2"),
                ("8Gi", "4"),
                ("16Gi", "6"),
                ("24Gi", "8"),
            ]),
            description: "memory above the first needs at least the second in CPU",
            page: MEMORY,
        },
        Limit {
            name: "memory_for_cpu",
            bound: Bound::Coupled(&[("4", "2Gi"), ("6", "4Gi"), ("8", "4Gi")]),
            description: "CPU from the first on needs at least the second in memory",
            page: CPU,
        },
        Limit {
            name: "timeout_cap",
            bound: Bound::Duration(3_600),
            description: "longest request",
            page: TIMEOUT,
        },
        Limit {
            name: "task_timeout_cap",
            bound: Bound::Duration(168 * 3_600),
            description: "longest task of a job",
            page: TASK_TIMEOUT,
        },
        Limit {
            name: "startup_budget_cap",
            bound: Bound::Duration(240),
            description: "period times failure threshold of the start-up probe",
            page: PROBES,
        },
        Limit {
            name: "concurrency_cap",
            bound: Bound::Int(1_000),
            description: "most requests that one instance takes at once",
            page: CONCURRENCY,
        },
    ],
    placeholders: Placeholders::Substituted,
    init_sidecars: false,
};
