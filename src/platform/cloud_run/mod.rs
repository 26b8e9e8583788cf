//! Cloud Run: services, jobs and worker pools.

mod bounds;
mod commands;
mod terraform;

use crate::platform::convert::Conversion::{Bool, Int, Quantity, Seconds, Text};
use crate::platform::table::{Base, Field, Placeholders, Platform, Workload};

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

pub const CLOUD_RUN: Platform = Platform {
    name: "cloud-run",
    title: "Cloud Run",
    pages: &["https://cloud.google.com/run/docs"],
    commands: commands::COMMANDS,
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
    sheets: &[terraform::SERVICE_V2, terraform::JOB_V2, terraform::SERVICE_V1],
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
    defaults: bounds::DEFAULTS,
    limits: bounds::LIMITS,
    placeholders: Placeholders::Substituted,
    init_sidecars: false,
};
