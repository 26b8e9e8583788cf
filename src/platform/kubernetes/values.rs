//! Values of a Helm chart, by the keys that `helm create` gives them.
//!
//! What a chart makes of its values only the chart knows; these keys mean the same in nearly all, and a
//! value under another key is left alone.

use crate::model::EnvKind::Plain;
use crate::platform::convert::Conversion::{Int, Quantity, Text};
use crate::platform::table::{Base, Field, Pair, ProbePlace, Shape, Sheet, SheetProbe, Spelling, Variables};

const fn root(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field::new(Base::Root, path, setting, conversion)
}

/// <https://helm.sh/docs/helm/helm_create/>, <https://helm.sh/docs/chart_template_guide/values_files/>
pub const VALUES: Sheet = Sheet {
    workload: "release",
    files: &["values.yaml", "values.yml", "values-*.yaml", "values.*.yaml", "values_*.yaml", "*-values.yaml"],
    requires: &[&["image", "repository"]],
    fields: &[
        root(&["replicaCount"], "replicas", Int),
        root(&["resources", "limits", "memory"], "memory", Quantity),
        root(&["resources", "limits", "cpu"], "cpu", Quantity),
        root(&["resources", "requests", "memory"], "memory_request", Quantity),
        root(&["resources", "requests", "cpu"], "cpu_request", Quantity),
        root(&["containerPort"], "port", Int),
        root(&["service", "targetPort"], "port", Int),
        root(&["serviceAccount", "name"], "service_account", Text),
    ],
    pairs: &[Pair {
        setting: "image",
        first: &["image", "repository"],
        separator: ":",
        second: &["image", "tag"],
        otherwise: "the chart's appVersion",
    }],
    variables: &[
        Variables { base: Base::Root, path: &["env"], kind: Plain, shape: Shape::Map },
        Variables {
            base: Base::Root,
            path: &["env"],
            kind: Plain,
            shape: Shape::List("value", &["valueFrom", "secretKeyRef"]),
        },
    ],
    probes: &[
        SheetProbe { setting: "startup_probe", at: ProbePlace::Key("startupProbe") },
        SheetProbe { setting: "liveness_probe", at: ProbePlace::Key("livenessProbe") },
        SheetProbe { setting: "readiness_probe", at: ProbePlace::Key("readinessProbe") },
    ],
    spelling: Spelling::Camel,
    named_by_folder: true,
    elsewhere: Some("the chart and its other values"),
    ..Sheet::EMPTY
};
