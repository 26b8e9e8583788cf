//! The flags of `celador check`.

use super::{Reading, day};
use crate::cli::formats::{FormatParser, Wanted};
use crate::enforce::Date;
use clap::{Args, ValueEnum};

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
