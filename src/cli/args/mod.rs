//! The command line: its help is the program's documentation.

mod check;
mod notes;

pub use check::{Check, CheckFormat, GroupBy};

use crate::cli::install::{COMPLETIONS_EXAMPLES, Completions, MAN_EXAMPLES, Man};
use crate::enforce::Date;
use clap::{Args, Parser, Subcommand, ValueEnum};
use notes::*;
use std::path::PathBuf;

/// Checks what will be deployed, before it is: reads service configs and the scripts that deploy them,
/// without running anything, and judges them by policies.
#[derive(Debug, Parser)]
#[command(name = "celador", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

#[derive(Debug, Args)]
pub struct Global {
    /// Colours in reports for people
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// Say only what denies, what a change makes laxer, and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more: notes, waivers, each policy's counts; twice also what is done (as CELADOR_LOG=debug)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR or TERM=dumb says otherwise
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge what is deployed, and point at every violation
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Show what is deployed, and how each value came to be
    #[command(after_help = FACTS_EXAMPLES)]
    Facts(Facts),
    /// Run the examples of policies, and measure how much of the policies they hold
    #[command(after_help = TEST_EXAMPLES)]
    Test(Test),
    /// Record the findings there are, so that only new ones are reported; later runs take out what is mended
    #[command(after_help = BASELINE_NOTES)]
    Baseline(Baseline),
    /// Record what policies are bound to and which files deploy, so that a fall to nothing is found
    #[command(after_help = RECORD_NOTES)]
    Record(Record),
    /// Set one finding aside on purpose, by a comment beside it or an entry of celador.yaml
    #[command(after_help = WAIVE_EXAMPLES)]
    Waive(Waive),
    /// Write a commented celador.yaml after a look at the repository
    #[command(after_help = INIT_NOTES)]
    Init(Init),
    /// Print the functions and operators of the policy language, with examples
    #[command(after_help = "Example:\n  celador functions matches")]
    Functions(Functions),
    /// Print the variables and fields that policies can name, with their types
    #[command(after_help = "Examples:\n  celador fields Deployment\n  celador fields container")]
    Fields(Fields),
    /// Print what is read of each platform, its defaults and its limits
    #[command(after_help = "Example:\n  celador platforms cloud-run")]
    Platforms(Platforms),
    /// Show why a policy exists, what it judges and how to configure it
    #[command(after_help = "Example:\n  celador explain alpine-minimum-memory")]
    Explain(Explain),
    /// Print a script with which a shell completes commands, flags and values
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
    /// Print a manual page, or write all of them
    #[command(after_help = MAN_EXAMPLES)]
    Man(Man),
}

/// What is read.
#[derive(Debug, Default, Args)]
pub struct Reading {
    /// Files and folders to report on; `-` is standard input [default: the working directory]
    pub paths: Vec<PathBuf>,
    /// Project file [default: the nearest celador.yaml upward]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Leave out paths that match, relative to the project's root (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Read what will be committed: the index of git in place of the working tree
    #[arg(long)]
    pub staged: bool,
    /// The file that standard input stands in for; the rest of its project is read as it is
    #[arg(long, value_name = "PATH", conflicts_with = "staged")]
    pub stdin_filename: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Facts {
    #[command(flatten)]
    pub reading: Reading,
    /// Form of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: FactsFormat,
    /// Show how one value came to be: SERVICE.SETTING, SERVICE.env.NAME or the name of a code setting
    #[arg(long, value_name = "SERVICE.SETTING", conflicts_with_all = ["unresolved", "bypasses", "format"])]
    pub why: Option<String>,
    /// List the switches that turn checks off, by environment
    #[arg(long, conflicts_with_all = ["unresolved", "format"])]
    pub bypasses: bool,
    /// List what could not be followed, and why
    #[arg(long, conflicts_with = "format")]
    pub unresolved: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FactsFormat {
    /// For people
    #[default]
    Table,
    /// For programs: version 1 of the contract
    Json,
}

#[derive(Debug, Args)]
pub struct Test {
    /// Policy files, and folders of policy files [default: those that celador.yaml names]
    pub policies: Vec<PathBuf>,
    /// Test the built-in policies (besides those given)
    #[arg(long)]
    pub builtin: bool,
    /// Only policies whose name contains this, or matches it if it has a `*` (repeatable)
    #[arg(long, value_name = "PATTERN")]
    pub policy: Vec<String>,
    /// Only examples whose name contains this, or matches it if it has a `*` (repeatable)
    #[arg(long, value_name = "PATTERN")]
    pub example: Vec<String>,
    /// Form of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: TestFormat,
    /// Write what is found into the examples; comments and formatting stay
    #[arg(long, conflicts_with_all = ["builtin", "mutate"])]
    pub update: bool,
    /// Fail if less than this share of outcomes is seen: each condition true and false
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub min_coverage: Option<f64>,
    /// Change the policies and the files of their examples, and tell which changes no example notices
    #[arg(long)]
    pub mutate: bool,
    /// Fail if less than this share of the changes is noticed (implies --mutate)
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub min_score: Option<f64>,
    /// Project file [default: the nearest celador.yaml upward]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).map_err(|_| "a day, as in 2026-12-31".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("a number from 0 to 100".to_owned()),
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// For people
    #[default]
    Human,
    /// For programs: version 1 of the contract
    Json,
    /// For CI systems that read JUnit's XML
    Junit,
}

#[derive(Debug, Args)]
pub struct Functions {
    /// A function, operator or macro [default: all]
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub struct Fields {
    /// A kind of policy (Deployment, Setting, ...) or of object (container, probe, ...) [default: all]
    pub kind: Option<String>,
}

#[derive(Debug, Args)]
pub struct Waive {
    /// What is set aside: a finding's fingerprint, or POLICY, POLICY@PATH, POLICY@PATH:LINE for the only one there
    #[arg(value_name = "FINGERPRINT|POLICY[@PATH[:LINE]]")]
    pub target: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Who answers for it, as in @team
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// The last day on which it holds, in UTC, as in 2026-12-31
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub until: Option<Date>,
    /// Write a comment, or nothing
    #[arg(long, conflicts_with = "project")]
    pub inline: bool,
    /// Write an entry of celador.yaml
    #[arg(long)]
    pub project: bool,
    /// Project file [default: the nearest celador.yaml upward]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The day of the run, as in 2026-12-31 [default: today, in UTC]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<Date>,
}

#[derive(Debug, Args)]
pub struct Platforms {
    /// A platform's name, as policies know it: cloud-run [default: all]
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub struct Init {
    /// The project's folder [default: the root of the repository, else the working directory]
    pub folder: Option<PathBuf>,
    /// Replace a celador.yaml that is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct Baseline {
    /// Add findings to a baseline that is there
    #[arg(long, requires = "reason")]
    pub accept_new: bool,
    /// Why; it is written beside each finding that is added, and reported with it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Project file [default: the nearest celador.yaml upward]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Record {
    /// Project file [default: the nearest celador.yaml upward]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// The policy's name [default: list all]
    pub policy: Option<String>,
    /// Project file [default: the nearest celador.yaml upward]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_is_what_a_reader_sees() {
        let mut command = Cli::command();
        let mut help = command.render_help().to_string();
        for name in [
            "check",
            "facts",
            "test",
            "baseline",
            "record",
            "waive",
            "init",
            "functions",
            "fields",
            "platforms",
            "explain",
            "completions",
            "man",
        ] {
            let sub = command.find_subcommand_mut(name).unwrap();
            help.push_str(&format!("\n---- {name}\n{}", sub.render_help()));
        }
        insta::assert_snapshot!(help);
    }
}
