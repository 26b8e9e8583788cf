//! `celador waive`: a waiver for one finding, written where it belongs.

use crate::check::waive::{self, Place, ProjectFile, Target, Trial, Words};
use crate::check::{self, Project, Selected};
use crate::cli::args::{Reading, Waive};
use crate::cli::output;
use crate::cli::project::{self, Asked, Ready};
use crate::config;
use crate::enforce::Status;
use crate::report::Outcome;
use crate::workspace;
use std::io;
use std::path::Path;

/// `celador waive`.
pub fn waive(wanted: &Waive) -> io::Result<Status> {
    let reading = Reading { config: wanted.config.clone(), ..Reading::default() };
    let asked = Asked { today: wanted.today, ..Asked::default() };
    let (mut ready, disk) = project::ready(&reading, &asked)?;
    // The whole project is looked at, in whichever of its folders somebody stands.
    ready.settings.whole_project = true;
    for file in &mut ready.project.files {
        file.selected = file.selected.max(Selected::Found);
    }
    let root = ready.root.clone();
    let file = project_file(&ready);
    let bench = Bench { ready, place: disk };
    let words = Words { reason: wanted.reason.clone(), owner: wanted.owner.clone(), until: wanted.until };
    let place = match (wanted.inline, wanted.project) {
        (true, _) => Place::Inline,
        (_, true) => Place::Project,
        _ => Place::Either,
    };
    let before = bench.run(None)?;
    let run = |trial| bench.run(Some(trial)).unwrap_or_default();
    let change = match waive::waive(&before, &Target::parse(&wanted.target), &words, place, &file, &run) {
        Ok(change) => change,
        Err(message) => return Ok(refuse(&message)),
    };
    let known = before.sources.find(&change.path).map(|id| before.sources.get(id).text());
    if let Err(message) = write(&root, &change, known) {
        return Ok(refuse(&message));
    }
    let mut said = format!("wrote {}:{}\n", change.path, change.line);
    for line in change.written.lines() {
        said.push_str(&format!("  {line}\n"));
    }
    if let Some(because) = change.because {
        said.push_str(&format!("in {}, since {because}\n", change.path));
    }
    if change.also > 0 {
        let (many, it) = if change.also == 1 { ("finding", "it") } else { ("findings", "them") };
        said.push_str(&format!(
            "{} more {many} of the policy stand there: it sets {it} aside as well\n",
            change.also
        ));
    }
    output::write(&said, false)?;
    Ok(Status::Passed)
}

fn refuse(message: &str) -> Status {
    output::aside(&format!("error: {message}\n"));
    Status::Wrong
}

/// The nearest project file, with the path by which it is reported.
fn project_file(ready: &Ready) -> ProjectFile {
    let sources = &ready.project.sources;
    match ready.settings.evaluate.project.map(|span| sources.get(span.source)) {
        Some(source) => ProjectFile { path: source.path().to_owned(), text: Some(source.text().to_owned()) },
        None => ProjectFile { path: config::NAMES[0].to_owned(), text: None },
    }
}

/// Writes the change into the project, and nowhere else: a file that a link leads out of it stays.
fn write(root: &Path, change: &waive::Change, known: Option<&str>) -> Result<(), String> {
    let path = root.join(&change.path);
    let told = |error: io::Error| format!("{}: {error}", change.path);
    let inside =
        |path: &Path| -> io::Result<bool> { Ok(path.canonicalize()?.starts_with(root.canonicalize()?)) };
    let folder = path.parent().unwrap_or(root);
    if !inside(folder).map_err(told)? || (path.exists() && !inside(&path).map_err(told)?) {
        return Err(format!("{} lies outside of the project, and stays as it is", change.path));
    }
    match known {
        // What was read must be what is there: a file in another encoding is not written anew.
        Some(known) if std::fs::read(&path).map_err(told)? != known.as_bytes() => {
            return Err(format!("{} is no UTF-8, or was changed meanwhile; it stays as it is", change.path));
        }
        None if path.exists() => return Err(format!("{} is there already", change.path)),
        _ => {}
    }
    std::fs::write(&path, &change.text).map_err(told)
}

/// A project that was loaded, to be judged again and again.
struct Bench {
    ready: Ready,
    /// Where its files are.
    place: workspace::Place,
}

impl Bench {
    fn run(&self, trial: Option<Trial>) -> io::Result<Outcome> {
        let loaded = &self.ready.project;
        let mut settings = self.ready.settings.clone();
        let mut replaced = None;
        match trial {
            Some(Trial::Text(id, text)) => replaced = Some((id, text)),
            Some(Trial::Entry(waiver)) => settings.enforce.waivers.push(*waiver),
            None => {}
        }
        let replaced = replaced.as_ref().map(|(id, text)| (*id, text.as_str()));
        let project = Project {
            sources: loaded.sources.again(replaced),
            files: loaded.files.clone(),
            unreadable: loaded.unreadable.clone(),
            diagnostics: loaded.diagnostics.clone(),
            coverage: loaded.coverage.clone(),
        };
        let mut facts = check::read(project, &settings);
        project::add_schemas(&mut facts, &mut settings, &self.place, &self.ready.root);
        Ok(check::judge(facts, &settings).0)
    }
}
