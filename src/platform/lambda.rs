//! AWS Lambda.

use crate::platform::convert::Conversion::{Int, Mebibytes, Seconds, Text};
use crate::platform::table::{
    Action, Bound, Command, Default, Effect, Filled, Flag, Limit, Platform, Positional, Words,
};

/// <https://docs.aws.amazon.com/cli/latest/reference/lambda/create-function.html>
const FLAGS: &[Flag] = &[
    Flag::new(&["--function-name"], Action::Name),
    Flag::new(&["--memory-size"], Action::Setting("memory", Mebibytes)),
    Flag::new(&["--timeout"], Action::Setting("timeout", Seconds)),
    Flag::new(&["--runtime"], Action::Setting("runtime", Text)),
    Flag::new(&["--role"], Action::Setting("service_account", Text)),
    Flag::new(&["--image-uri"], Action::Setting("image", Text)),
    Flag::new(&["--code"], Action::Pairs(&[("ImageUri", "image", Text)])),
    Flag::new(&["--environment"], Action::Braced("Variables")),
    Flag::new(&["--reserved-concurrent-executions"], Action::Setting("max_instances", Int)),
    Flag::new(&["--publish", "--no-publish", "--dry-run", "--no-cli-pager", "--debug"], Action::Bare),
];

const fn lambda(path: &'static [&'static str], effect: Effect) -> Command {
    Command {
        programs: &["aws"],
        path,
        workload: "function",
        effect,
        positional: Positional::Plain(Words::Ignored),
        flags: &[FLAGS],
        ..Command::EMPTY
    }
}

const MEMORY: &str = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html";
const TIMEOUT: &str = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html";

pub const LAMBDA: Platform = Platform {
    name: "lambda",
    title: "AWS Lambda",
    pages: &["https://docs.aws.amazon.com/lambda/latest/dg/"],
    commands: &[
        lambda(&["lambda", "create-function"], Effect::Creates),
        lambda(&["lambda", "update-function-configuration"], Effect::Updates),
        lambda(&["lambda", "update-function-code"], Effect::Updates),
        lambda(&["lambda", "put-function-concurrency"], Effect::Updates),
    ],
    defaults: &[
        Default { setting: "memory", workloads: &[], value: Filled::Written("128", Mebibytes), page: MEMORY },
        Default { setting: "timeout", workloads: &[], value: Filled::Written("3", Seconds), page: TIMEOUT },
    ],
    limits: &[
        Limit {
            name: "memory_floor",
            bound: Bound::Quantity("128Mi"),
            description: "least memory of a function",
            page: MEMORY,
        },
        Limit {
            name: "memory_cap",
            bound: Bound::Quantity("10240Mi"),
            description: "most memory of a function",
            page: MEMORY,
        },
        Limit {
            name: "timeout_cap",
            bound: Bound::Duration(900),
            description: "longest run of a function",
            page: TIMEOUT,
        },
    ],
    ..Platform::EMPTY
};
