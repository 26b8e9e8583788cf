//! `celador completions` and `celador man`: what a package installs beside the program. Both are made from
//! the same description of the command line that parses it, and only when asked for.

use crate::cli::args::Cli;
use crate::cli::{output, project};
use crate::enforce::Status;
use clap::builder::PossibleValuesParser;
use clap::{Args, Command, CommandFactory};
use clap_mangen::roff::{Roff, roman};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell that is to complete
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub struct Man {
    /// The command whose page is printed [default: celador itself]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
    /// Write all pages into this folder instead, one file a command
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub out: Option<PathBuf>,
}

pub const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  celador completions bash > ~/.local/share/bash-completion/completions/celador
  celador completions zsh > ~/.zfunc/_celador       (with ~/.zfunc in $fpath)
  celador completions fish > ~/.config/fish/completions/celador.fish";

pub const MAN_EXAMPLES: &str = "\
Examples:
  celador man check | man -l -
  celador man --out ~/.local/share/man/man1";

/// `celador completions`: a script for a shell.
pub fn completions(wanted: &Completions) -> io::Result<Status> {
    // To the parser a policy's name is any text, for a project has its own; a shell can offer the pack's.
    let pack = || PossibleValuesParser::new(project::pack_names());
    let mut command = Cli::command()
        .mut_subcommand("explain", |explain| explain.mut_arg("policy", |policy| policy.value_parser(pack())));
    let mut script = Vec::new();
    clap_complete::generate(wanted.shell, &mut command, "celador", &mut script);
    output::write(&String::from_utf8_lossy(&script), false)?;
    Ok(Status::Passed)
}

/// `celador man`: pages for `man`.
pub fn man(wanted: &Man) -> io::Result<Status> {
    let mut command = Cli::command().disable_help_subcommand(true);
    // Gives each sub-command its full name and the options that hold for all.
    command.build();
    let mut pages = vec![command.clone()];
    pages.extend(command.get_subcommands().cloned());
    if let Some(folder) = &wanted.out {
        std::fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
        for page in &pages {
            let file = folder.join(format!("{}.1", full_name(page)));
            std::fs::write(&file, render(page)?).map_err(|error| at(&file, &error))?;
        }
        return Ok(Status::Passed);
    }
    let name = wanted.command.as_deref().unwrap_or("celador");
    let Some(page) = pages.iter().find(|page| page.get_name() == name) else {
        let known = pages.iter().map(Command::get_name);
        let help = match crate::diagnostic::nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`celador --help` lists all commands".to_owned(),
        };
        output::aside(&format!("error: there is no command `{name}`; {help}\n"));
        return Ok(Status::Wrong);
    };
    output::write(&String::from_utf8_lossy(&render(page)?), false)?;
    Ok(Status::Passed)
}

/// The name of a command's page: `celador-check`.
fn full_name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// A page in the formatter's language.
fn render(command: &Command) -> io::Result<Vec<u8>> {
    let page = clap_mangen::Man::new(command.clone())
        .source(concat!("celador ", env!("CARGO_PKG_VERSION")))
        .manual("Celador");
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for block in after.split("\n\n").filter(|block| !block.is_empty()) {
        let mut section = Roff::new();
        match block.split_once('\n').filter(|(title, _)| title.ends_with(':')) {
            // Examples and exit codes are tables: a formatter that fills lines makes one paragraph of them.
            Some((title, lines)) => {
                section.control("SH", [title.trim_end_matches(':').to_uppercase().as_str()]);
                section.control("nf", []);
                for line in lines.lines() {
                    section.text([roman(line.trim_start())]);
                }
                section.control("fi", []);
            }
            None => {
                section.control("SH", ["NOTES"]);
                section.text([roman(block)]);
            }
        }
        section.to_writer(&mut text)?;
    }
    Ok(text)
}

/// An error of the disk, with the path that it is about.
fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
