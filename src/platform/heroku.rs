//! Heroku.

use crate::model::EnvKind::Plain;
use crate::platform::table::{Action, Command, Effect, Flag, Platform, Positional, Words};

/// <https://devcenter.heroku.com/articles/heroku-cli-commands>
const GLOBAL: &[Flag] = &[
    Flag::new(&["--app", "-a"], Action::Name),
    Flag::new(&["--remote", "-r"], Action::Value),
    Flag::new(&["--json"], Action::Bare),
];

const fn heroku(path: &'static [&'static str], words: Words) -> Command {
    Command {
        programs: &["heroku"],
        path,
        workload: "app",
        effect: Effect::Updates,
        positional: Positional::Plain(words),
        flags: &[GLOBAL],
        ..Command::EMPTY
    }
}

pub const HEROKU: Platform = Platform {
    name: "heroku",
    title: "Heroku",
    pages: &["https://devcenter.heroku.com/"],
    commands: &[
        heroku(&["config:set"], Words::Variables(Plain)),
        heroku(&["config:add"], Words::Variables(Plain)),
        heroku(&["ps:scale"], Words::Counts("replicas")),
        heroku(&["dyno:scale"], Words::Counts("replicas")),
    ],
    ..Platform::EMPTY
};
