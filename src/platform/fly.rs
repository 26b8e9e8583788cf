//! Fly.io: `fly.toml`, and the commands that deploy and scale.

use crate::model::EnvKind::{Plain, Secret};
use crate::platform::convert::Conversion::{Int, Mebibytes, Preset, Quantity, Text};
use crate::platform::table::{
    Action, Base, Command, Effect, Field, Flag, Platform, Positional, Shape, Sheet, Variables, Words,
};

/// Sizes by name: cores, and the memory that comes with them.
/// <https://fly.io/docs/about/pricing/#started-fly-machines>
const SIZE_CPU: &[(&str, &str)] = &[
    ("shared-cpu-1x", "1"),
    ("shared-cpu-2x", "2"),
    ("shared-cpu-4x", "4"),
    ("shared-cpu-8x", "8"),
    ("performance-1x", "1"),
    ("performance-2x", "2"),
    ("performance-4x", "4"),
    ("performance-8x", "8"),
    ("performance-16x", "16"),
];
const SIZE_MEMORY: &[(&str, &str)] = &[
    ("shared-cpu-1x", "256Mi"),
    ("shared-cpu-2x", "512Mi"),
    ("shared-cpu-4x", "1Gi"),
    ("shared-cpu-8x", "2Gi"),
    ("performance-1x", "2Gi"),
    ("performance-2x", "4Gi"),
    ("performance-4x", "8Gi"),
    ("performance-8x", "16Gi"),
    ("performance-16x", "32Gi"),
];

const fn root(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field::new(Base::Root, path, setting, conversion)
}

/// <https://fly.io/docs/reference/configuration/>
const CONFIGURATION: Sheet = Sheet {
    workload: "app",
    files: &["fly.toml", "fly.*.toml", "fly-*.toml", "*.fly.toml"],
    requires: &[&["app"]],
    name: &[&["app"]],
    fields: &[
        root(&["build", "image"], "image", Text),
        // `memory` takes units and wins over `memory_mb`; either wins over what the size brings.
        root(&["vm", "memory"], "memory", Mebibytes),
        root(&["vm", "memory_mb"], "memory", Mebibytes),
        root(&["vm", "size"], "memory", Preset(SIZE_MEMORY)),
        root(&["vm", "cpus"], "cpu", Quantity),
        root(&["vm", "size"], "cpu", Preset(SIZE_CPU)),
        root(&["http_service", "internal_port"], "port", Int),
        root(&["services", "internal_port"], "port", Int),
        root(&["http_service", "min_machines_running"], "min_instances", Int),
        root(&["services", "min_machines_running"], "min_instances", Int),
        root(&["http_service", "concurrency", "hard_limit"], "concurrency", Int),
        root(&["services", "concurrency", "hard_limit"], "concurrency", Int),
        root(&["restart", "policy"], "restart", Text),
    ],
    variables: &[Variables { base: Base::Root, path: &["env"], kind: Plain, shape: Shape::Map }],
    checks: &[
        (Base::Root, &["http_service", "checks"]),
        (Base::Root, &["services", "http_checks"]),
        (Base::Root, &["services", "tcp_checks"]),
        (Base::Root, &["checks"]),
    ],
    // Without a size a deploy keeps that of the machines that run: <https://fly.io/docs/apps/scale-machine/>
    elsewhere: Some("the running machines"),
    ..Sheet::EMPTY
};

/// <https://fly.io/docs/flyctl/>
const GLOBAL: &[Flag] = &[
    Flag::new(&["--app", "-a"], Action::Name),
    Flag::new(&["--access-token", "-t", "--config", "-c", "--org", "-o", "--region", "-r"], Action::Value),
    Flag::new(&["--debug", "--verbose", "--yes", "-y", "--json", "-j", "--help", "-h"], Action::Bare),
];

/// <https://fly.io/docs/flyctl/deploy/>
const DEPLOY: &[Flag] = &[
    Flag::new(&["--image", "-i"], Action::Setting("image", Text)),
    Flag::new(&["--env", "-e"], Action::Variable),
    Flag::new(&["--vm-memory"], Action::Setting("memory", Mebibytes)),
    Flag::new(&["--vm-cpus"], Action::Setting("cpu", Quantity)),
    Flag::new(&["--name"], Action::Name),
    Flag::new(&["--internal-port"], Action::Setting("port", Int)),
    Flag::new(
        &[
            "--remote-only",
            "--local-only",
            "--build-only",
            "--push",
            "--no-cache",
            "--detach",
            "--now",
            "--ha",
        ],
        Action::Bare,
    ),
    Flag::new(
        &["--no-deploy", "--copy-config", "--generate-name", "--no-db", "--dockerignore-from-gitignore"],
        Action::Bare,
    ),
    Flag::new(
        &[
            "--vm-size",
            "--vm-cpu-kind",
            "--strategy",
            "--dockerfile",
            "--build-arg",
            "--build-secret",
            "--image-label",
        ],
        Action::Value,
    ),
    Flag::new(
        &["--wait-timeout", "--release-command-timeout", "--file-literal", "--file-local"],
        Action::Value,
    ),
];

/// `fly secrets set`: each word is a variable whose value nobody sees again.
const SECRETS: &[Flag] = &[Flag::new(&["--stage", "--detach"], Action::Bare)];

/// <https://fly.io/docs/flyctl/scale-vm/>
const SCALE: &[Flag] = &[
    Flag::new(&["--vm-memory", "--memory"], Action::Setting("memory", Mebibytes)),
    Flag::new(&["--process-group", "-g", "--max-per-region"], Action::Value),
];

const fn fly(
    path: &'static [&'static str],
    positional: Positional,
    flags: &'static [&'static [Flag]],
) -> Command {
    Command {
        programs: &["fly", "flyctl"],
        path,
        workload: "app",
        effect: Effect::Updates,
        positional,
        flags,
        ..Command::EMPTY
    }
}

pub const FLY: Platform = Platform {
    name: "fly",
    title: "Fly.io",
    pages: &["https://fly.io/docs/reference/configuration/", "https://fly.io/docs/flyctl/"],
    commands: &[
        fly(&["deploy"], Positional::Plain(Words::Ignored), &[DEPLOY, GLOBAL]),
        fly(&["launch"], Positional::Plain(Words::Ignored), &[DEPLOY, GLOBAL]),
        fly(&["secrets", "set"], Positional::Plain(Words::Variables(Secret)), &[SECRETS, GLOBAL]),
        fly(&["scale", "memory"], Positional::Plain(Words::Amount("memory", Mebibytes)), &[SCALE, GLOBAL]),
        fly(&["scale", "count"], Positional::Plain(Words::Amount("replicas", Int)), &[SCALE, GLOBAL]),
        fly(&["scale", "vm"], Positional::Plain(Words::Amount("cpu", Preset(SIZE_CPU))), &[SCALE, GLOBAL]),
    ],
    sheets: &[CONFIGURATION],
    ..Platform::EMPTY
};
