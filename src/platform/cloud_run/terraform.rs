//! Cloud Run as Terraform resources.

use crate::model::EnvKind::Plain;
use crate::platform::convert::Conversion::{Bool, Int, Quantity, Seconds, Text};
use crate::platform::table::{
    Base, Field, Grant, Objects, ProbePlace, Shape, Sheet, SheetProbe, Spelling, Variables,
};

const fn root(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field::new(Base::Root, path, setting, conversion)
}

const fn container(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field::new(Base::Container, path, setting, conversion)
}

const PROBES: &[SheetProbe] = &[
    SheetProbe { setting: "startup_probe", at: ProbePlace::Key("startup_probe") },
    SheetProbe { setting: "liveness_probe", at: ProbePlace::Key("liveness_probe") },
    SheetProbe { setting: "readiness_probe", at: ProbePlace::Key("readiness_probe") },
];

const INVOKER: &[(&str, &str)] = &[("role", "roles/run.invoker"), ("member", "allUsers")];

/// Bindings that let everybody call a service.
/// <https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_service_iam>
const GRANTS: &[Grant] = &[
    Grant {
        objects: &["resource", "google_cloud_run_v2_service_iam_member"],
        names: "name",
        says: INVOKER,
        setting: "allow_unauthenticated",
    },
    Grant {
        objects: &["resource", "google_cloud_run_service_iam_member"],
        names: "service",
        says: INVOKER,
        setting: "allow_unauthenticated",
    },
];

const CONTAINER: [Field; 4] = [
    container(&["image"], "image", Text),
    container(&["ports", "container_port"], "port", Int),
    container(&["resources", "limits", "memory"], "memory", Quantity),
    container(&["resources", "limits", "cpu"], "cpu", Quantity),
];

/// <https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service>
pub const SERVICE_V2: Sheet = Sheet {
    workload: "service",
    objects: Objects::Each(&["resource", "google_cloud_run_v2_service"]),
    requires: &[&["template"]],
    name: &[&["name"]],
    containers: &["template", "containers"],
    fields: &{
        let [image, port, memory, cpu] = CONTAINER;
        [
            image,
            port,
            memory,
            cpu,
            root(&["ingress"], "ingress", Text),
            root(&["invoker_iam_disabled"], "allow_unauthenticated", Bool),
            root(&["scaling", "min_instance_count"], "min_instances", Int),
            root(&["template", "scaling", "min_instance_count"], "min_instances", Int),
            root(&["template", "scaling", "max_instance_count"], "max_instances", Int),
            root(&["template", "max_instance_request_concurrency"], "concurrency", Int),
            root(&["template", "timeout"], "timeout", Seconds),
            root(&["template", "service_account"], "service_account", Text),
            root(&["template", "execution_environment"], "execution_environment", Text),
            root(&["template", "vpc_access", "connector"], "vpc_connector", Text),
            // Idle CPU is what the flag calls throttling.
            root(&["template", "containers", "resources", "cpu_idle"], "cpu_throttling", Bool),
            root(&["template", "containers", "resources", "startup_cpu_boost"], "cpu_boost", Bool),
        ]
    },
    variables: &[Variables {
        base: Base::Container,
        path: &["env"],
        kind: Plain,
        shape: Shape::List("value", &["value_source", "secret_key_ref"]),
    }],
    probes: PROBES,
    grants: GRANTS,
    spelling: Spelling::Snake,
    condition: Some("count"),
    flags: &["project"],
    ..Sheet::EMPTY
};

/// <https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_job>
pub const JOB_V2: Sheet = Sheet {
    workload: "job",
    grants: &[],
    objects: Objects::Each(&["resource", "google_cloud_run_v2_job"]),
    containers: &["template", "template", "containers"],
    fields: &{
        let [image, port, memory, cpu] = CONTAINER;
        [
            image,
            port,
            memory,
            cpu,
            root(&["template", "template", "timeout"], "timeout", Seconds),
            root(&["template", "template", "service_account"], "service_account", Text),
            root(&["template", "template", "execution_environment"], "execution_environment", Text),
            root(&["template", "template", "vpc_access", "connector"], "vpc_connector", Text),
        ]
    },
    ..SERVICE_V2
};

/// Annotations keep what the first version of the interface has no field for.
/// <https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_service>
pub const SERVICE_V1: Sheet = Sheet {
    objects: Objects::Each(&["resource", "google_cloud_run_service"]),
    containers: &["template", "spec", "containers"],
    fields: &{
        let [image, port, memory, cpu] = CONTAINER;
        [
            image,
            port,
            memory,
            cpu,
            root(&["metadata", "annotations", "run.googleapis.com/ingress"], "ingress", Text),
            root(
                &["template", "metadata", "annotations", "autoscaling.knative.dev/minScale"],
                "min_instances",
                Int,
            ),
            root(
                &["template", "metadata", "annotations", "autoscaling.knative.dev/maxScale"],
                "max_instances",
                Int,
            ),
            root(
                &["template", "metadata", "annotations", "run.googleapis.com/cpu-throttling"],
                "cpu_throttling",
                Bool,
            ),
            root(
                &["template", "metadata", "annotations", "run.googleapis.com/startup-cpu-boost"],
                "cpu_boost",
                Bool,
            ),
            root(
                &["template", "metadata", "annotations", "run.googleapis.com/vpc-access-connector"],
                "vpc_connector",
                Text,
            ),
            root(
                &["template", "metadata", "annotations", "run.googleapis.com/execution-environment"],
                "execution_environment",
                Text,
            ),
            root(&["template", "spec", "container_concurrency"], "concurrency", Int),
            root(&["template", "spec", "timeout_seconds"], "timeout", Seconds),
            root(&["template", "spec", "service_account_name"], "service_account", Text),
        ]
    },
    variables: &[Variables {
        base: Base::Container,
        path: &["env"],
        kind: Plain,
        shape: Shape::List("value", &["value_from", "secret_key_ref"]),
    }],
    ..SERVICE_V2
};
