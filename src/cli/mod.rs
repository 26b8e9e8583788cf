//! The command line: arguments in, report and exit code out.
//!
//! This shell knows the terminal, the clock and the environment; it decides nothing about what is
//! judged. What a run does not need is not done: no log without being asked, no terminal for JSON.

// A shell: this is where the process meets the world.
#![allow(clippy::disallowed_methods)]

mod args;
mod change;
mod commands;
mod examples;
mod formats;
mod gates;
mod init;
mod input;
mod install;
mod language;
mod log;
mod output;
mod page;
mod progress;
mod project;
mod recorded;
mod terminal;
mod waive;
mod wanted;

use crate::enforce::Status;
use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// Scripts and documents nest as deeply as their authors like, within the limits of the readers; a
/// stack of this size holds them all.
const STACK: usize = 64 << 20;

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log::start(cli.global.verbose);
    let run =
        std::thread::Builder::new().name("celador".to_owned()).stack_size(STACK).spawn(move || run(&cli));
    let status = match run.map(std::thread::JoinHandle::join) {
        Ok(Ok(status)) => status,
        Ok(Err(_)) => {
            output::aside("error: celador has failed; this is a bug of celador, not of your files\n");
            Status::Wrong
        }
        Err(error) => {
            output::aside(&format!("error: no thread could be started: {error}\n"));
            Status::Wrong
        }
    };
    ExitCode::from(status.code())
}

fn run(cli: &Cli) -> Status {
    let done = match &cli.command {
        Command::Check(check) => commands::check(check, &cli.global),
        Command::Facts(facts) => commands::facts(facts, &cli.global),
        Command::Test(test) => examples::test(test, &cli.global),
        Command::Baseline(wanted) => recorded::baseline(wanted),
        Command::Record(wanted) => recorded::record(wanted),
        Command::Waive(wanted) => waive::waive(wanted),
        Command::Init(init) => init::init(init),
        Command::Functions(wanted) => language::functions(wanted.name.as_deref(), &cli.global),
        Command::Fields(wanted) => language::fields(wanted.kind.as_deref(), &cli.global),
        Command::Platforms(wanted) => language::platforms(wanted.name.as_deref(), &cli.global),
        Command::Explain(explain) => commands::explain(explain, &cli.global),
        Command::Completions(wanted) => install::completions(wanted),
        Command::Man(wanted) => install::man(wanted),
    };
    done.unwrap_or_else(|error| {
        output::aside(&format!("error: {error}\n"));
        Status::Wrong
    })
}
