//! Compose.

use crate::platform::convert::Conversion::{DockerBytes, Int, Quantity, Text};
use crate::platform::table::{
    Action, Base, Command, Default, Effect, Field, Filled, Flag, Placeholders, Platform, Positional, Style,
    Words,
};

const fn field(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field { workloads: &[], base: Base::Container, path, setting, conversion }
}

/// <https://docs.docker.com/reference/cli/docker/compose/>,
/// <https://docs.docker.com/reference/cli/docker/compose/up/>
const UP: &[Flag] = &[
    Flag::new(&["--scale"], Action::Scale("replicas", Int)),
    Flag::new(&["--file", "-f", "--project-name", "-p", "--project-directory", "--profile"], Action::Value),
    Flag::new(
        &["--env-file", "--parallel", "--progress", "--ansi", "--context", "-c", "--host", "-H"],
        Action::Value,
    ),
    Flag::new(
        &["--timeout", "-t", "--wait-timeout", "--pull", "--exit-code-from", "--attach"],
        Action::Value,
    ),
    Flag::new(&["--no-attach"], Action::Value),
    Flag::new(
        &["--detach", "-d", "--build", "--no-build", "--quiet-pull", "--wait", "--watch", "-w"],
        Action::Bare,
    ),
    Flag::new(
        &["--no-deps", "--no-start", "--no-recreate", "--force-recreate", "--remove-orphans"],
        Action::Bare,
    ),
    Flag::new(
        &["--always-recreate-deps", "--renew-anon-volumes", "-V", "--no-log-prefix", "--no-color"],
        Action::Bare,
    ),
    Flag::new(&["--abort-on-container-exit", "--compatibility", "--verbose", "--dry-run"], Action::Bare),
];

/// What `up` starts are the services of the files, which are read by themselves; `--scale` has the last
/// word on how many of each.
const fn up(programs: &'static [&'static str], path: &'static [&'static str]) -> Command {
    Command {
        programs,
        path,
        workload: "service",
        effect: Effect::Completes("the Compose file"),
        positional: Positional::Plain(Words::Ignored),
        style: Style::Short,
        serves: &["--scale"],
        unless: &["--dry-run", "--no-start"],
        flags: &[UP],
        ..Command::EMPTY
    }
}

pub const COMPOSE: Platform = Platform {
    name: "compose",
    title: "Compose",
    pages: &[
        "https://github.com/compose-spec/compose-spec/blob/main/05-services.md",
        "https://github.com/compose-spec/compose-spec/blob/main/deploy.md",
    ],
    commands: &[
        up(&["docker", "podman", "nerdctl"], &["compose", "up"]),
        up(&["docker-compose", "podman-compose"], &["up"]),
    ],
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
