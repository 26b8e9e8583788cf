//! Kubernetes: manifests, and the commands of kubectl and Helm that change what runs.

mod commands;
mod values;

use crate::platform::convert::Conversion::{Int, Quantity, Text};
use crate::platform::table::{Base, Bound, Default, Field, Filled, Limit, Placeholders, Platform, Workload};

const POD_TEMPLATE: &[&str] = &["spec", "template"];
const POD: &[&str] = &["spec", "template", "spec"];

const fn workload(
    api: &'static str,
    kind: &'static str,
    workload: &'static str,
    template: &'static [&'static str],
    pod: &'static [&'static str],
) -> Workload {
    Workload { api, kind, workload, template, pod }
}

const fn container(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field { workloads: &[], base: Base::Container, path, setting, conversion }
}

pub const KUBERNETES: Platform = Platform {
    name: "kubernetes",
    title: "Kubernetes",
    pages: &["https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/"],
    commands: commands::COMMANDS,
    workloads: &[
        workload("apps/", "Deployment", "deployment", POD_TEMPLATE, POD),
        workload("apps/", "StatefulSet", "statefulset", POD_TEMPLATE, POD),
        workload("apps/", "DaemonSet", "daemonset", POD_TEMPLATE, POD),
        workload("apps/", "ReplicaSet", "replicaset", POD_TEMPLATE, POD),
        // Clusters before 1.16; manifests of that time are still about.
        workload("extensions/", "Deployment", "deployment", POD_TEMPLATE, POD),
        workload("extensions/", "DaemonSet", "daemonset", POD_TEMPLATE, POD),
        workload("batch/", "Job", "job", POD_TEMPLATE, POD),
        workload(
            "batch/",
            "CronJob",
            "cronjob",
            &["spec", "jobTemplate", "spec", "template"],
            &["spec", "jobTemplate", "spec", "template", "spec"],
        ),
        workload("v1", "Pod", "pod", &[], &["spec"]),
        workload("v1", "ReplicationController", "replicationcontroller", POD_TEMPLATE, POD),
        // Argo's drop-in for a Deployment.
        workload("argoproj.io/", "Rollout", "rollout", POD_TEMPLATE, POD),
    ],
    sheets: &[values::VALUES],
    fields: &[
        Field {
            workloads: &[],
            base: Base::Root,
            path: &["spec", "replicas"],
            setting: "replicas",
            conversion: Int,
        },
        Field {
            workloads: &[],
            base: Base::Pod,
            path: &["serviceAccountName"],
            setting: "service_account",
            conversion: Text,
        },
        Field {
            // Everywhere else nothing but `Always` is allowed, so that it says nothing.
            workloads: &["job", "cronjob", "pod"],
            base: Base::Pod,
            path: &["restartPolicy"],
            setting: "restart",
            conversion: Text,
        },
        container(&["image"], "image", Text),
        container(&["resources", "limits", "memory"], "memory", Quantity),
        container(&["resources", "limits", "cpu"], "cpu", Quantity),
        container(&["resources", "requests", "memory"], "memory_request", Quantity),
        container(&["resources", "requests", "cpu"], "cpu_request", Quantity),
        container(&["securityContext", "runAsUser"], "user", Text),
        Field {
            workloads: &[],
            base: Base::Pod,
            path: &["securityContext", "runAsUser"],
            setting: "user",
            conversion: Text,
        },
    ],
    defaults: &[
        Default {
            setting: "replicas",
            workloads: &["deployment", "statefulset", "replicaset", "replicationcontroller", "rollout"],
            value: Filled::Written("1", Int),
            page: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#replicas",
        },
        Default {
            setting: "restart",
            workloads: &["pod"],
            value: Filled::Written("Always", Text),
            page: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy",
        },
        Default {
            setting: "memory_request",
            workloads: &[],
            value: Filled::SameAs("memory"),
            page: REQUESTS,
        },
        Default { setting: "cpu_request", workloads: &[], value: Filled::SameAs("cpu"), page: REQUESTS },
    ],
    limits: &[Limit {
        name: "restart_policies",
        bound: Bound::Texts(&["Always", "OnFailure", "Never"]),
        description: "restart policies of a pod",
        page: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy",
    }],
    placeholders: Placeholders::Substituted,
    init_sidecars: true,
};

/// A limit without a request is the request too.
const REQUESTS: &str =
    "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#requests-and-limits";
