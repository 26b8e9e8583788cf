//! The commands: load, run the pipeline, render, write.

use crate::check::{self, Selected};
use crate::cli::args::{Check, CheckFormat, Color, Explain, Facts, FactsFormat, Global, GroupBy, Reading};
use crate::cli::gates::Passing;
use crate::cli::progress::Progress;
use crate::cli::project::{self, Asked, Ready};
use crate::cli::{change, formats, output, page, terminal};
use crate::enforce::Status;
use crate::report::explain::Here;
use crate::report::{self, Style, Verbosity, View, human};
use crate::workspace::Place;
use std::collections::HashSet;
use std::io;
use std::path::PathBuf;

/// `celador check`.
pub fn check(check: &Check, global: &Global) -> io::Result<Status> {
    formats::consistent(&check.format)?;
    let view = view(check, global)?;
    let progress = Progress::start(global.quiet, "looking for files");
    let passing = Passing {
        environment: check.passing.environment.as_deref(),
        bypass: check.passing.bypass.as_deref(),
        without_baseline: check.passing.no_baseline,
    };
    let asked = Asked {
        policies: &check.policy,
        strict: check.strict,
        explain: check.explain,
        passing,
        without_waivers: check.no_waivers,
        today: check.today,
        ..Asked::default()
    };
    let Judged { outcome, status, settings, root, searches } = match &check.base {
        Some(reference) => {
            progress.stage(&format!("comparing with {reference}"));
            change::judge(&check.reading, reference, &asked)?
        }
        None => {
            let (ready, place) = project::ready(&check.reading, &asked)?;
            judge(ready, &place, &progress)
        }
    };
    drop(progress);
    // Files that were named are what they are; only a search that finds nothing is worth an exit code.
    let status = if status == Status::NoSubject && !searches { Status::Passed } else { status };
    let rules = if formats::wants_rules(&check.format) {
        check::rules(&outcome, &settings.policies)
    } else {
        Vec::new()
    };
    let prefix = project::below_repository(&root);
    let run = report::Run { outcome: &outcome, status, rules: &rules, prefix: &prefix };
    Ok(if formats::write(&check.format, &run, global.color, view) { status } else { Status::Wrong })
}

/// How the report for people is laid out.
///
/// # Errors
/// Where a layout is asked for and no report for people is written.
fn view(check: &Check, global: &Global) -> io::Result<View> {
    let layout = &check.layout;
    let for_people = |format| matches!(format, CheckFormat::Human | CheckFormat::Concise);
    let is_told = check.format.iter().any(|wanted| for_people(wanted.format));
    for (flag, given) in [("--statistics", layout.statistics), ("--group-by", layout.group_by.is_some())] {
        if given && !is_told {
            let message = format!(
                "{flag} lays out a report for people, and none is written; add --format human or \
                 --format concise, or leave {flag} out"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
    }
    let group_by = layout.group_by.map(|group_by| match group_by {
        GroupBy::Policy => report::GroupBy::Policy,
        GroupBy::File => report::GroupBy::File,
        GroupBy::Service => report::GroupBy::Service,
    });
    Ok(View { verbosity: verbosity(global), statistics: layout.statistics, group_by })
}

/// What a check came to.
pub struct Judged {
    pub outcome: report::Outcome,
    pub status: Status,
    pub settings: check::Settings,
    /// The project's folder.
    pub root: PathBuf,
    /// Whether folders are searched.
    pub searches: bool,
}

/// Runs the pipeline over what was loaded.
pub fn judge(ready: Ready, place: &Place, progress: &Progress) -> Judged {
    let Ready { project, mut settings, root, searches, .. } = ready;
    progress.stage(&format!("reading {} files", project.files.len()));
    let mut facts = check::read(project, &settings);
    project::add_schemas(&mut facts, &mut settings, place, &root);
    progress.stage("judging");
    let (outcome, status) = check::judge(facts, &settings);
    Judged { outcome, status, settings, root, searches }
}

/// `celador facts`.
pub fn facts(wanted: &Facts, global: &Global) -> io::Result<Status> {
    let progress = Progress::start(global.quiet, "looking for files");
    let (Ready { project, settings, .. }, _) = project::ready(&wanted.reading, &Asked::default())?;
    progress.stage(&format!("reading {} files", project.files.len()));
    let mut facts = check::read(project, &settings);
    drop(progress);
    only_selected(&mut facts);
    let mut status =
        if facts.diagnostics.iter().any(project::is_error) { Status::Wrong } else { Status::Passed };
    let outcome = check::facts_only(facts);
    // Facts go to standard output; what could not be read is said beside them.
    if !global.quiet && !outcome.diagnostics.is_empty() {
        let style = Style { color: false, ..terminal::style(Color::Never) };
        output::aside(&human::diagnostics(&outcome.sources, &outcome.diagnostics, style));
    }
    if wanted.format == FactsFormat::Json {
        output::write(&report::facts::json(&outcome), false)?;
        return Ok(status);
    }
    let style = terminal::style(global.color);
    let text = match &wanted.why {
        Some(why) => match report::facts::why(&outcome, why, style) {
            Ok(text) => text,
            Err(message) => {
                output::aside(&format!("error: {message}\n"));
                status = Status::Wrong;
                String::new()
            }
        },
        None if wanted.bypasses => report::facts::bypasses(&outcome, style),
        None if wanted.unresolved => report::facts::unresolved(&outcome, style),
        None => report::facts::table(&outcome, style),
    };
    output::write(&text, style.color)?;
    Ok(status)
}

/// Keeps what stands in the files that were asked for.
fn only_selected(facts: &mut check::Facts) {
    let peers: HashSet<_> =
        facts.files.iter().filter(|file| file.selected == Selected::Peer).map(|file| file.source).collect();
    if peers.is_empty() {
        return;
    }
    let model = &mut facts.model;
    model.deployments.retain(|one| !peers.contains(&one.source));
    model.artifacts.retain(|one| !peers.contains(&one.source));
    model.settings.retain(|one| !peers.contains(&one.span.source));
    model.bypasses.retain(|one| !peers.contains(&one.span.source));
    model.unresolved.retain(|one| !peers.contains(&one.unknown.span.source));
    facts.unreadable.retain(|one| !peers.contains(&one.diagnostic.primary.span.source));
}

/// `celador explain`.
pub fn explain(wanted: &Explain, global: &Global) -> io::Result<Status> {
    let style = terminal::style(global.color);
    let reading = Reading { config: wanted.config.clone(), ..Reading::default() };
    let Some(name) = &wanted.policy else {
        let opened = project::open(&reading, &Asked::default())?;
        output::write(&page::list(&opened.sources, &opened.settings, style), style.color)?;
        return Ok(Status::Passed);
    };
    let mut opened = project::open(&reading, &Asked::default())?;
    if let Some(policy) = check::explain(name, &mut opened.sources, &opened.settings.policies) {
        let overrides = check::overrides(&policy, &opened.settings.policies);
        let here = found_here(name, &reading)?;
        let page = page::of(&policy, &overrides, &opened.sources, here);
        output::write(&report::explain::explain(&page, style), style.color)?;
        return Ok(Status::Passed);
    }
    let own = page::own_names(&opened.sources, &opened.settings);
    let mut known: Vec<&str> = project::pack_names().collect();
    known.extend(own.iter().map(String::as_str));
    let help = match crate::diagnostic::nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`celador explain` lists all policies".to_owned(),
    };
    output::aside(&format!("error: there is no policy `{name}`; {help}\n"));
    Ok(Status::Wrong)
}

/// What a policy comes to in the project around the working directory. A folder that is none is not
/// searched.
fn found_here(name: &str, reading: &Reading) -> io::Result<Option<Here>> {
    let only = [name.to_owned()];
    let asked = Asked { policies: &only, ..Asked::default() };
    let Some((Ready { project, mut settings, root, .. }, place)) =
        project::ready_if_project(reading, &asked)?
    else {
        return Ok(None);
    };
    let mut facts = check::read(project, &settings);
    project::add_schemas(&mut facts, &mut settings, &place, &root);
    let (outcome, _) = check::judge(facts, &settings);
    Ok(page::here(&outcome, name))
}

/// How much a report for people tells.
pub fn verbosity(global: &Global) -> Verbosity {
    match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => Verbosity::Normal,
        (false, _) => Verbosity::Verbose,
    }
}
