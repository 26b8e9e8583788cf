//! App Engine: `app.yaml`, of the standard and of the flexible environment.
//!
//! `gcloud app deploy` hands the file over as it is and has no flag that changes a setting, so the
//! file is the deployment.

use crate::model::EnvKind::Plain;
use crate::platform::convert::Conversion::{Gibibytes, Int, Quantity, Text};
use crate::platform::table::{Base, Field, Placeholders, Platform, Shape, Sheet, Variables};

const fn root(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field::new(Base::Root, path, setting, conversion)
}

pub const APP_ENGINE: Platform = Platform {
    name: "app-engine",
    title: "App Engine",
    pages: &[
        "https://cloud.google.com/appengine/docs/standard/reference/app-yaml",
        "https://cloud.google.com/appengine/docs/flexible/reference/app-yaml",
    ],
    sheets: &[Sheet {
        workload: "service",
        files: &["app.yaml", "app.yml", "app.*.yaml", "app-*.yaml", "app_*.yaml", "*-app.yaml", "*.app.yaml"],
        requires: &[&["runtime"]],
        name: &[&["service"], &["module"]],
        fields: &[
            root(&["runtime"], "runtime", Text),
            root(&["resources", "memory_gb"], "memory", Gibibytes),
            root(&["resources", "cpu"], "cpu", Quantity),
            // Manual scaling fixes the count.
            root(&["manual_scaling", "instances"], "min_instances", Int),
            root(&["manual_scaling", "instances"], "max_instances", Int),
            root(&["basic_scaling", "max_instances"], "max_instances", Int),
            root(&["automatic_scaling", "min_instances"], "min_instances", Int),
            root(&["automatic_scaling", "max_instances"], "max_instances", Int),
            root(&["automatic_scaling", "min_num_instances"], "min_instances", Int),
            root(&["automatic_scaling", "max_num_instances"], "max_instances", Int),
            root(&["automatic_scaling", "max_concurrent_requests"], "concurrency", Int),
            root(&["vpc_access_connector", "name"], "vpc_connector", Text),
            root(&["service_account"], "service_account", Text),
        ],
        variables: &[Variables {
            base: Base::Root,
            path: &["env_variables"],
            kind: Plain,
            shape: Shape::Map,
        }],
        checks: &[(Base::Root, &["readiness_check"]), (Base::Root, &["liveness_check"])],
        ..Sheet::EMPTY
    }],
    placeholders: Placeholders::Substituted,
    ..Platform::EMPTY
};
