//! The command line: its help is the program's documentation.

use crate::cli::formats::{FormatParser, Wanted};
use crate::cli::install::{COMPLETIONS_EXAMPLES, Completions, MAN_EXAMPLES, Man};
use crate::enforce::Date;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing denies
  1  a finding denies
  2  wrong usage, celador.yaml, policy or path; output that could not be written
  3  folders were searched and nothing was checked";

const CHECK_EXAMPLES: &str = "\
Examples:
  celador check                              the project around the working directory
  celador check k8s/ scripts/deploy.sh       report on these; the rest is read for comparisons
  celador check --policy floating-image-tag  ask one policy only
  celador check --policy policies/mine.yaml  ask a policy file besides the others
  celador check --format json > report.json
  celador check --format human --format sarif=celador.sarif --format junit=celador.xml
  celador check --explain --policy mine      also why it passes
  celador check --environment production     gate what is deployed to production
  celador check --format concise             one line a finding
  celador check --statistics                 how many findings of each policy

Exit codes:
  0  nothing denies
  1  a finding denies
  2  wrong usage, celador.yaml, policy or path; output that could not be written
  3  folders were searched and nothing was checked";

const TEST_EXAMPLES: &str = "\
Examples:
  celador test                            the policies that celador.yaml names
  celador test policies/                  every policy file below a folder
  celador test --builtin --policy 'alpine-*'
  celador test --update                   write what is found into the examples
  celador test --min-coverage 90          each condition seen true and false
  celador test --mutate --min-score 80    small changes of policy and files must be noticed
  celador test --format junit > junit.xml

Exit codes:
  0  every example passes, and every minimum is met
  1  an example fails, or a minimum is not met
  2  wrong usage, policy or path; nothing to test; output that could not be written";

const BASELINE_NOTES: &str = "\
A baseline that is there only shrinks: what is mended is taken out, and what is new is listed and refused,
unless --accept-new and a reason say otherwise. The file is celador-baseline.json unless celador.yaml says
`baseline: FILE`.

Exit codes:
  0  the baseline holds what is found
  1  there are new findings, which it does not hold
  2  wrong usage, celador.yaml or policy, or a baseline that cannot be read: nothing was written";

const RECORD_NOTES: &str = "\
`celador check` of the whole project then finds a policy that is bound to nothing any more, and a file that
deploys nothing any more. The file is celador-record.json unless celador.yaml says `record: FILE`.

Exit codes:
  0  the record was written, or says already what is checked
  2  wrong usage, celador.yaml or policy: nothing was written";
const WAIVE_EXAMPLES: &str = "\
Examples:
  celador waive floating-image-tag@deploy.sh:3 --reason 'rebuilt hourly' --owner @docs --until 2026-12-31
  celador waive b4498f46dad96085 --project --reason 'moves in May' --owner @web --until 2027-05-31

The comment stands above what it is for, in the file's own syntax; where none can stand, an entry of
celador.yaml is written. Nothing is written unless the finding is set aside by it, and nothing else changes.

Exit codes:
  0  the waiver was written
  2  no finding matches, or several; the waiver lacks what is asked; it could not be written";

const INIT_NOTES: &str = "\
It holds the services and environments that were found, and every policy that has something to judge, each
set to warn: nothing denies before somebody says so.

Exit codes:
  0  the file was written
  2  there is one already, or it could not be written";

const FACTS_EXAMPLES: &str = "\
Examples:
  celador facts                           what is deployed, with which values
  celador facts --why backend.memory      the way of a value from its literal to the command
  celador facts --why backend.env.PORT    the same of a variable
  celador facts --bypasses                what turns checks off, in which environments
  celador facts --unresolved              what could not be followed, and why
  celador facts deploy.py --format json";

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
    /// Say only what denies, and errors
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
pub struct Check {
    #[command(flatten)]
    pub reading: Reading,
    /// Report what is new against the commit where this change left REF, judged by the settings before the
    /// change as well as by its own: it cannot exempt itself
    #[arg(long, value_name = "REF")]
    pub base: Option<String>,
    /// Form of the report, and the file it goes to instead of standard output (repeatable: one run can write
    /// many files, and one report to standard output)
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = FormatParser, default_value = "human")]
    pub format: Vec<Wanted>,
    /// A name: ask only this policy. A file or folder: ask these besides the others (repeatable)
    #[arg(long, value_name = "NAME|FILE")]
    pub policy: Vec<String>,
    /// Deny where it cannot be told whether a policy holds; warnings about policies are errors
    #[arg(long)]
    pub strict: bool,
    /// Show how every verdict came to be, those that pass too: each condition with its operands
    #[arg(long)]
    pub explain: bool,
    #[command(flatten)]
    pub passing: Passing,
    /// Report what waivers set aside as if there were none
    #[arg(long)]
    pub no_waivers: bool,
    /// The day of the run, as in 2026-12-31 [default: today, in UTC]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<Date>,
    #[command(flatten)]
    pub layout: Layout,
}

/// What passes all the same.
#[derive(Debug, Args)]
pub struct Passing {
    /// Gate this environment: findings of others only are shown and do not count
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// In an emergency: let pass what is denied, where celador.yaml allows it; the reason is reported
    #[arg(long, value_name = "REASON")]
    pub bypass: Option<String>,
    /// Show what the baseline holds, too
    #[arg(long)]
    pub no_baseline: bool,
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).map_err(|_| "a day, as in 2026-12-31".to_owned())
}

/// How a report for people is laid out.
#[derive(Debug, Args)]
pub struct Layout {
    /// Count instead of telling: per policy, file or service, the most frequent first (human, concise)
    #[arg(long)]
    pub statistics: bool,
    /// Put findings together, or count them, by this (human, concise)
    #[arg(long, value_enum, value_name = "WHAT")]
    pub group_by: Option<GroupBy>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GroupBy {
    Policy,
    File,
    Service,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    #[default]
    Human,
    /// For people in a hurry: one line a finding, `path:line:column: error[policy] message`
    Concise,
    /// For programs: version 1 of the contract
    Json,
    /// The same, one part a line
    JsonLines,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab Code Quality
    Gitlab,
    /// For CI systems that read JUnit's XML
    Junit,
    /// For CI systems and editors that read Checkstyle's XML
    Checkstyle,
    /// For reviewdog
    Rdjson,
    /// Logging commands of Azure Pipelines
    Azure,
    /// Test Anything Protocol, version 14
    Tap,
    /// A summary for a pull request
    Markdown,
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
