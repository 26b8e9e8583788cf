//! AWS App Runner.

use crate::platform::convert::Conversion::{CpuUnits, Int, Mebibytes, Text};
use crate::platform::table::{Action, Command, Effect, Flag, Platform, Positional, Words};

/// <https://docs.aws.amazon.com/cli/latest/reference/apprunner/create-service.html>
const FLAGS: &[Flag] = &[
    Flag::new(&["--service-name", "--service-arn"], Action::Name),
    Flag::new(
        &["--instance-configuration"],
        Action::Pairs(&[("Cpu", "cpu", CpuUnits), ("Memory", "memory", Mebibytes)]),
    ),
    Flag::new(
        &["--auto-scaling-configuration"],
        Action::Pairs(&[("MinSize", "min_instances", Int), ("MaxSize", "max_instances", Int)]),
    ),
    Flag::new(&["--image-identifier"], Action::Setting("image", Text)),
    Flag::new(&["--no-cli-pager", "--debug"], Action::Bare),
];

const fn apprunner(path: &'static [&'static str], effect: Effect) -> Command {
    Command {
        programs: &["aws"],
        path,
        workload: "service",
        effect,
        positional: Positional::Plain(Words::Ignored),
        flags: &[FLAGS],
        ..Command::EMPTY
    }
}

/// The image, its port and its variables stand in `--source-configuration`, as JSON.
pub const APP_RUNNER: Platform = Platform {
    name: "app-runner",
    title: "AWS App Runner",
    pages: &["https://docs.aws.amazon.com/apprunner/latest/api/API_CreateService.html"],
    commands: &[
        apprunner(&["apprunner", "create-service"], Effect::Completes("the source configuration")),
        apprunner(&["apprunner", "update-service"], Effect::Updates),
    ],
    ..Platform::EMPTY
};
