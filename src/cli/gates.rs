//! What a run lets pass, and what it knows already: from the flags and `celador.yaml` to settings.

use crate::config::{self, Files, Project};
use crate::diagnostic::Diagnostic;
use crate::enforce::{Baseline, Bypass, Only, Record};
use crate::model::Environment;
use crate::source::{SourceId, Sources, Span};
use std::path::{Path, PathBuf};

/// What the command line says of what passes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passing<'a> {
    pub environment: Option<&'a str>,
    pub bypass: Option<&'a str>,
    pub without_baseline: bool,
}

/// The environment that the run gates, and its bypass. What may not be is told, and then nothing passes.
pub fn asked(
    passing: Passing<'_>,
    project: &Project,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Option<Only>, Option<Bypass>) {
    let only = passing.environment.map(|name| Only {
        environment: Environment::named(name),
        span: flag("--environment", name, sources),
    });
    let bypass = passing.bypass.and_then(|reason| {
        let span = flag("--bypass", reason, sources);
        bypass(reason, span, only.as_ref(), project).map_err(|refused| diagnostics.push(*refused)).ok()
    });
    (only, bypass)
}

/// The place of a flag's value.
fn flag(name: &str, value: &str, sources: &mut Sources) -> Span {
    let id = sources.add("command line", format!("{name} {value}"));
    let start = name.len() + 1;
    Span::new(id, start, start + value.len())
}

/// The bypass, if the project allows it.
fn bypass(reason: &str, at: Span, only: Option<&Only>, project: &Project) -> Result<Bypass, Box<Diagnostic>> {
    let refused = |message: String, help: &str| {
        Box::new(Diagnostic::error("bypass-refused", at, message).with_label("refused").with_help(help))
    };
    if !reason.chars().any(char::is_alphanumeric) {
        return Err(refused(
            "a bypass needs a reason".to_owned(),
            "say why: it stays on record with the run",
        ));
    }
    let allowed = &project.bypass_environments;
    let (Some(span), Some(_)) = (project.bypass_place, allowed.first()) else {
        let help = "celador.yaml says where one may be: `bypass: {environments: [staging]}`";
        return Err(refused("this project allows no bypass".to_owned(), help));
    };
    let environments = match only {
        None => allowed.clone(),
        Some(only) if allowed.contains(&only.environment) => vec![only.environment.clone()],
        Some(only) => {
            let message = format!("this project allows no bypass in {}", only.environment);
            let told = refused(message, "mend what is denied, or agree on a waiver");
            return Err(Box::new(told.with_related(span, "environments in which it may be")));
        }
    };
    Ok(Bypass { reason: reason.trim().to_owned(), environments, span })
}

/// What a run does with the files that the project keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    #[default]
    Reads,
    /// It writes the baseline, which need not be there yet.
    WritesBaseline,
    /// It writes the record anew, whatever it is now.
    WritesRecord,
}

/// The files that the project keeps.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub baseline: Option<SourceId>,
    pub record: Option<SourceId>,
    pub baseline_file: PathBuf,
    pub record_file: PathBuf,
}

/// Loads what the project keeps. A baseline that the run is not to know is loaded all the same: it is a
/// file of ours, and nothing to be judged.
pub fn load(
    files: &dyn Files,
    project: &Project,
    keeping: Keeping,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Kept {
    let root = &project.root;
    let (baseline, record) = (project.baseline.as_ref(), project.record.as_ref());
    let mut load = |usual: &str, named, writes: Keeping| {
        let may_lack = keeping == writes;
        config::recorded(files, usual, named, may_lack, root, sources, diagnostics)
    };
    Kept {
        baseline: load(config::BASELINE, baseline, Keeping::WritesBaseline),
        record: load(config::RECORD, record, Keeping::WritesRecord),
        baseline_file: config::recorded_path(config::BASELINE, baseline, root),
        record_file: config::recorded_path(config::RECORD, record, root),
    }
}

/// Reads what the project keeps. What is no baseline, or no record, is an error of the run.
pub fn read(
    kept: &Kept,
    keeping: Keeping,
    gone: impl Fn(&str) -> bool,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Baseline, Option<Record>) {
    let mut all = (Baseline::default(), None);
    if let Some(id) = kept.baseline {
        match Baseline::read(sources.get(id), id, gone) {
            Ok(baseline) => all.0 = baseline,
            Err(wrong) => diagnostics.extend(wrong),
        }
    }
    if let Some(id) = kept.record {
        match Record::read(sources.get(id), id) {
            Ok(record) => all.1 = Some(record),
            Err(_) if keeping == Keeping::WritesRecord => {}
            Err(wrong) => diagnostics.extend(wrong),
        }
    }
    all
}

/// Whether nothing is at a path below the project's root any more.
pub fn gone(files: &dyn Files, root: &Path, path: &str) -> bool {
    let path = root.join(path);
    files.kind(&path).is_none() && !files.has_file(&path)
}
