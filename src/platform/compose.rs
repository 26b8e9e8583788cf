//! Compose.

use crate::platform::convert::Conversion::{DockerBytes, Int, Quantity, Text};
use crate::platform::table::{Base, Default, Field, Filled, Placeholders, Platform};

const fn field(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field { workloads: &[], base: Base::Container, path, setting, conversion }
}

/// <https://github.com/compose-spec/compose-spec/blob/main/05-services.md>,
/// <https://github.com/compose-spec/compose-spec/blob/main/deploy.md>
pub const COMPOSE: Platform = Platform {
    name: "compose",
    title: "Compose",
    commands: &[],
    workloads: &[],
    sheets: &[],
    fields: &[
        field(&["image"], "image", Text),
        field(&["deploy", "resources", "limits", "memory"], "memory", DockerBytes),
        field(&["mem_limit"], "memory", DockerBytes),
        field(&["deploy", "resources", "limits", "cpus"], "cpu", Quantity),
        field(&["cpus"], "cpu", Quantity),
        field(&["deploy", "resources", "reservations", "memory"], "memory_request", DockerBytes),
        field(&["mem_reservation"], "memory_request", DockerBytes),
        field(&["deploy", "resources", "reservations", "cpus"], "cpu_request", Quantity),
        field(&["deploy", "replicas"], "replicas", Int),
        field(&["scale"], "replicas", Int),
        field(&["restart"], "restart", Text),
        field(&["user"], "user", Text),
    ],
    defaults: &[
        Default {
            setting: "restart",
            workloads: &[],
            value: Filled::Written("no", Text),
            page: "https://github.com/compose-spec/compose-spec/blob/main/05-services.md#restart",
        },
        Default {
            setting: "replicas",
            workloads: &[],
            value: Filled::Written("1", Int),
            page: "https://github.com/compose-spec/compose-spec/blob/main/05-services.md#scale",
        },
    ],
    limits: &[],
    placeholders: Placeholders::Interpolated,
    init_sidecars: false,
};

/// Whether a path is one that Compose takes without being told, or a variation of it:
/// `docker-compose.prod.yml`.
pub fn is_named_so(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let yaml = name.strip_suffix(".yml").or(name.strip_suffix(".yaml"));
    yaml.is_some_and(|stem| {
        stem.split(['.', '-', '_']).any(|word| word == "compose" || word == "dockercompose")
    })
}
