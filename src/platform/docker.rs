//! Plain `docker run` and its like, and builds.

use crate::platform::convert::Conversion::{DockerBytes, Int, Quantity, Text};
use crate::platform::table::{
    Action, Command, Default, Effect, Filled, Flag, Merge, Placeholders, Platform, Positional, Style,
};

const fn flag(names: &'static [&'static str], action: Action) -> Flag {
    Flag { names, action }
}

const PROGRAMS: &[&str] = &["docker", "podman", "nerdctl"];

/// Flags of the program itself, which may stand before the sub-command.
const GLOBAL: &[Flag] = &[
    flag(&["--config", "--context", "-c", "--host", "-H", "--log-level", "-l"], Action::Value),
    flag(&["--tlscacert", "--tlscert", "--tlskey", "--connection", "--root", "--url"], Action::Value),
    flag(&["--debug", "-D", "--tls", "--tlsverify", "--remote"], Action::Bare),
];

/// <https://docs.docker.com/reference/cli/docker/container/run/>
const RUN: &[Flag] = &[
    flag(&["--memory", "-m"], Action::Setting("memory", DockerBytes)),
    flag(&["--memory-reservation"], Action::Setting("memory_request", DockerBytes)),
    flag(&["--cpus"], Action::Setting("cpu", Quantity)),
    flag(&["--user", "-u"], Action::Setting("user", Text)),
    flag(&["--restart"], Action::Setting("restart", Text)),
    flag(&["--publish", "-p"], Action::Publish),
    flag(&["--name"], Action::Name),
    flag(&["--env", "-e"], Action::Variable),
    flag(&["--env-file"], Action::VariableFile(Merge::Keep)),
    flag(&["--no-healthcheck"], Action::Off("healthcheck")),
    flag(&["--detach", "-d"], Action::Bare),
    flag(&["--interactive", "-i", "--tty", "-t", "--rm", "--init", "--privileged"], Action::Bare),
    flag(&["--publish-all", "-P", "--quiet", "-q", "--read-only", "--sig-proxy"], Action::Bare),
    flag(&["--oom-kill-disable", "--disable-content-trust", "--replace", "--tls-verify"], Action::Bare),
    flag(
        &[
            "--add-host",
            "--annotation",
            "--attach",
            "-a",
            "--blkio-weight",
            "--cap-add",
            "--cap-drop",
            "--cgroup-parent",
            "--cgroupns",
            "--cidfile",
            "--cpu-period",
            "--cpu-quota",
            "--cpu-shares",
            "-c",
            "--cpuset-cpus",
            "--cpuset-mems",
            "--detach-keys",
            "--device",
            "--dns",
            "--dns-option",
            "--dns-search",
            "--domainname",
            "--entrypoint",
            "--expose",
            "--gpus",
            "--group-add",
            "--health-cmd",
            "--health-interval",
            "--health-retries",
            "--health-start-period",
            "--health-timeout",
            "--hostname",
            "-h",
            "--ip",
            "--ip6",
            "--ipc",
            "--isolation",
            "--label",
            "-l",
            "--label-file",
            "--link",
            "--log-driver",
            "--log-opt",
            "--mac-address",
            "--memory-swap",
            "--memory-swappiness",
            "--mount",
            "--net",
            "--network",
            "--network-alias",
            "--oom-score-adj",
            "--pid",
            "--pids-limit",
            "--platform",
            "--pull",
            "--runtime",
            "--secret",
            "--security-opt",
            "--shm-size",
            "--stop-signal",
            "--stop-timeout",
            "--storage-opt",
            "--sysctl",
            "--tmpfs",
            "--ulimit",
            "--userns",
            "--uts",
            "--volume",
            "-v",
            "--volume-driver",
            "--volumes-from",
            "--workdir",
            "-w",
            "--pod",
        ],
        Action::Value,
    ),
];

/// <https://docs.docker.com/reference/cli/docker/buildx/build/>
const BUILD: &[Flag] = &[
    flag(&["--tag", "-t"], Action::Tag),
    flag(&["--file", "-f"], Action::Dockerfile),
    flag(&["--no-cache", "--pull", "--push", "--load", "--quiet", "-q", "--rm", "--squash"], Action::Bare),
    flag(&["--force-rm", "--compress", "--check", "-D", "--debug", "--layers"], Action::Bare),
    flag(
        &[
            "--build-arg",
            "--build-context",
            "--cache-from",
            "--cache-to",
            "--label",
            "--target",
            "--platform",
            "--output",
            "-o",
            "--progress",
            "--secret",
            "--ssh",
            "--network",
            "--iidfile",
            "--builder",
            "--memory",
            "-m",
            "--shm-size",
            "--ulimit",
            "--add-host",
            "--allow",
            "--annotation",
            "--attest",
            "--provenance",
            "--sbom",
            "--metadata-file",
            "--format",
        ],
        Action::Value,
    ),
];

/// <https://docs.docker.com/reference/cli/docker/service/create/>,
/// <https://docs.docker.com/reference/cli/docker/service/update/>
const SERVICE: &[Flag] = &[
    flag(&["--image"], Action::Setting("image", Text)),
    flag(&["--limit-memory"], Action::Setting("memory", DockerBytes)),
    flag(&["--reserve-memory"], Action::Setting("memory_request", DockerBytes)),
    flag(&["--limit-cpu"], Action::Setting("cpu", Quantity)),
    flag(&["--reserve-cpu"], Action::Setting("cpu_request", Quantity)),
    flag(&["--replicas"], Action::Setting("replicas", Int)),
    flag(&["--user", "-u"], Action::Setting("user", Text)),
    flag(&["--restart-condition"], Action::Setting("restart", Text)),
    flag(&["--publish", "-p", "--publish-add"], Action::Publish),
    flag(&["--name"], Action::Name),
    flag(&["--env", "-e", "--env-add"], Action::Variable),
    flag(&["--env-rm"], Action::Unset),
    flag(&["--env-file"], Action::VariableFile(Merge::Keep)),
    flag(&["--no-healthcheck"], Action::Off("healthcheck")),
    flag(
        &[
            "--detach",
            "-d",
            "--quiet",
            "-q",
            "--force",
            "--rollback",
            "--with-registry-auth",
            "--init",
            "--tty",
            "-t",
        ],
        Action::Bare,
    ),
    flag(&["--read-only", "--no-resolve-image"], Action::Bare),
];

/// A run that is neither detached, named, published nor restarted is a tool used once, no deployment.
const SERVES: &[&str] = &["-d", "--detach", "--name", "--restart", "-p", "--publish", "-P", "--publish-all"];

const fn run(path: &'static [&'static str]) -> Command {
    Command {
        programs: PROGRAMS,
        path,
        workload: "container",
        effect: Effect::Creates,
        positional: Positional::Image,
        style: Style::Short,
        serves: SERVES,
        flags: &[RUN, GLOBAL],
        ..Command::EMPTY
    }
}

const fn service(path: &'static [&'static str], effect: Effect, positional: Positional) -> Command {
    Command {
        programs: &["docker"],
        path,
        workload: "service",
        effect,
        positional,
        style: Style::Short,
        flags: &[SERVICE, GLOBAL],
        ..Command::EMPTY
    }
}

const fn build(path: &'static [&'static str]) -> Command {
    Command {
        programs: PROGRAMS,
        path,
        workload: "image",
        effect: Effect::Builds,
        positional: Positional::Context,
        style: Style::Short,
        flags: &[BUILD, GLOBAL],
        ..Command::EMPTY
    }
}

pub const DOCKER: Platform = Platform {
    name: "docker",
    title: "Docker",
    pages: &["https://docs.docker.com/reference/cli/docker/"],
    commands: &[
        run(&["run"]),
        run(&["container", "run"]),
        run(&["create"]),
        run(&["container", "create"]),
        service(&["service", "create"], Effect::Creates, Positional::Image),
        service(&["service", "update"], Effect::Updates, Positional::Name),
        build(&["build"]),
        build(&["buildx", "build"]),
        build(&["image", "build"]),
    ],
    workloads: &[],
    sheets: &[],
    fields: &[],
    defaults: &[
        Default {
            setting: "restart",
            workloads: &["container"],
            value: Filled::Written("no", Text),
            page: "https://docs.docker.com/engine/containers/start-containers-automatically/",
        },
        Default {
            setting: "replicas",
            workloads: &["service"],
            value: Filled::Written("1", Int),
            page: "https://docs.docker.com/reference/cli/docker/service/create/#replicas",
        },
    ],
    limits: &[],
    placeholders: Placeholders::Substituted,
    init_sidecars: false,
};
