//! `celador check --base REF`: both trees, each under the settings of both. What the outcomes come to
//! together is said in `check::change`.

use super::commands::Judged;
use super::project::{self, Asked, Opened, Ready, Target};
use crate::check::change::{self, Change, Effects, Relaxed, Side};
use crate::check::{self, Facts, unseen};
use crate::cli::args::Reading;
use crate::config::{self, Files, Project, Seen};
use crate::diagnostic::{By, Diagnostic, Severity};
use crate::enforce::Status;
use crate::policy::{self, Policy};
use crate::report::Outcome;
use crate::source::{SourceId, Sources, Span};
use crate::workspace::git::Commit;
use crate::workspace::{self, Place};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// The two states of a repository.
struct Trees<'a> {
    target: Target<'a>,
    asked: &'a Asked<'a>,
    after: Place,
    before: Place,
    commit: Commit,
}

/// What judging both trees by the settings of one has read.
struct Read {
    settings: check::Settings,
    /// The texts that say how files are judged.
    own: HashSet<SourceId>,
    /// Where schemas are, or may be, from the project's root.
    schemas: Vec<String>,
    root: PathBuf,
    /// Whether folders are searched.
    searches: bool,
}

impl Read {
    fn judged(self, outcome: Outcome, status: Status) -> Judged {
        let Read { settings, root, searches, .. } = self;
        Judged { outcome, status, settings, root, searches }
    }
}

/// Judges the change from the commit where it left `reference` to the files as they are.
///
/// # Errors
/// Where there is no such commit, or git fails.
pub fn judge(reading: &Reading, reference: &str, asked: &Asked<'_>) -> io::Result<Judged> {
    let (after, target) = project::target(reading)?;
    let repository = project::repository(&target.paths, &target.working)?;
    let commit = repository.base(reference)?;
    let after = after.with_held(&repository)?;
    let before = Place::tree(repository.commit(&commit)?);
    let trees = Trees { target, asked, after, before, commit };
    Ok(trees.judge())
}

impl Trees<'_> {
    fn judge(&self) -> Judged {
        let (own, theirs) = (self.open(&self.after, Sources::new()), self.open(&self.before, Sources::new()));
        let root = own.located.root.clone();
        let same_texts = texts(&own) == texts(&theirs) && root == theirs.located.root;
        drop((own, theirs));
        let gone = |path: &str| self.after.kind(&workspace::clean(&root.join(path))).is_none();

        let (mut new, mut read) = self.side(&self.after, Sources::new(), &gone);
        if same_texts && self.same_schemas(&read.schemas, &root) {
            let change = Change { gone: &gone, stood: &|by, _| !change::is_comment(by) };
            let place = project_file(&mut new.after.sources);
            let unseen = self.unseen(&read, &new, &new.after.sources, place);
            let (mut outcome, status, relaxed) = change::of_one(new, &change);
            change::tell(&mut outcome, relaxed, unseen);
            return read.judged(outcome, status);
        }
        // The texts of both outcomes are in one place, so that findings of both can be told.
        let (mut old, mut old_read) = self.side(&self.before, std::mem::take(&mut new.after.sources), &gone);
        let sources = &mut old.after.sources;
        let mut compared = Compared::of(self, sources);
        // Only now, when everything is judged, is it told of which commit these are.
        let settings: HashSet<SourceId> = old_read.own.union(&compared.old_texts).copied().collect();
        for &id in &settings {
            let path = sources.get(id).path().to_owned();
            sources.relabel(id, format!("{}:{path}", self.commit.short()));
        }
        let broken = self.broken(&old.after, &old_read.own);
        let effects = Effects::of(&new, &old, &old.after.sources, &settings);
        let mut relaxed = compared.relaxed(&effects, &old.after.sources);
        compared.waivers(&old.after.sources);
        let unseen = self.unseen(&old_read, &old, &old.after.sources, compared.place);
        let change = Change { gone: &gone, stood: &|by, sources| compared.stood(by, sources) };
        let (mut outcome, status, revoked) = change::of_two(new, old, &settings, &change);
        relaxed.extend(revoked);
        relaxed.extend(recorded(&read.settings, &old_read.settings, compared.place));
        outcome.diagnostics.extend(broken);
        change::tell(&mut outcome, relaxed, unseen);
        // What a policy says of itself that is no longer there.
        read.settings.policies.files.append(&mut old_read.settings.policies.files);
        read.judged(outcome, status)
    }

    /// What the change hides though no setting says so.
    fn unseen(&self, read: &Read, side: &Side, sources: &Sources, place: SourceId) -> Vec<Relaxed> {
        // Of files that are given by name the rest of the project may not have been read.
        if !read.searches || !self.asked.policies.is_empty() {
            return Vec::new();
        }
        let Target { paths, working, .. } = &self.target;
        let paths: Vec<PathBuf> = paths.iter().map(|path| workspace::clean(&working.join(path))).collect();
        let asks = |path: &str| {
            let path = read.root.join(path);
            paths.is_empty() || paths.iter().any(|asked| path.starts_with(asked))
        };
        let (before, after) = (&side.before, &side.after);
        let mut all = unseen::lost(before, after, sources, place, &asks);
        if read.settings.whole_project {
            all.extend(unseen::left_open(before, after, place));
        }
        all
    }

    fn open(&self, place: &Place, sources: Sources) -> Opened {
        project::open_at(place, &self.target, sources, self.asked)
    }

    /// Judges both trees by the settings of one. `sources` is what was read before; the files after the
    /// change are added to it.
    fn side(&self, settings: &Place, sources: Sources, gone: &dyn Fn(&str) -> bool) -> (Side, Read) {
        let mut opened = self.open(settings, Sources::new());
        // What is waived there is what was waived before the change.
        let held = self.open(&self.before, std::mem::take(&mut opened.sources));
        opened.sources = held.sources;
        opened.settings.enforce.waivers = held.settings.enforce.waivers;
        opened.settings.enforce.waiver_rules = held.settings.enforce.waiver_rules;
        opened.settings.enforce.baseline = held.settings.enforce.baseline;
        // What a run would have let pass was there all the same.
        opened.settings.enforce.gates.clear();
        opened.settings.enforce.bypass = None;
        opened.own.extend(held.own);
        // All of it: what is new here may have stood in another file.
        let root = opened.located.root.clone();
        opened.located.paths.push(root);
        let (before, ..) = self.run(opened, settings, &self.before);
        let known = change::known(&before, gone, self.commit.short());

        let mut opened = self.open(settings, sources);
        opened.settings.enforce.base = known.clone();
        let (after, status, read) = self.run(opened, settings, &self.after);
        (Side { before, after, status, known }, read)
    }

    /// Judges the files of `place` by the settings of `from`.
    fn run(&self, opened: Opened, from: &Place, place: &Place) -> (Outcome, Status, Read) {
        let own = opened.own.iter().copied().collect();
        let Ready { project, mut settings, root, searches, .. } = project::load(opened, place, &self.target);
        let mut facts = check::read(project, &settings);
        let schemas: Vec<String> = check::schema_paths(&facts, &settings.schemas).into_iter().collect();
        schemas_of(from, &mut facts, &mut settings, &schemas, &root);
        project::add_schemas(&mut facts, &mut settings, from, &root);
        let (outcome, status) = check::judge(facts, &settings);
        (outcome, status, Read { settings, own, schemas, root, searches })
    }

    fn same_schemas(&self, paths: &[String], root: &Path) -> bool {
        let limits = check::Settings::default().input;
        let text = |place: &Place, path: &String| workspace::text_of(place, root, path, &limits);
        paths.iter().all(|path| text(&self.after, path) == text(&self.before, path))
    }

    /// That the settings before the change cannot be read as a whole is no fault of the change, but what
    /// they were meant to say does not hold.
    fn broken(&self, outcome: &Outcome, settings: &HashSet<SourceId>) -> Option<Diagnostic> {
        let error = outcome
            .diagnostics
            .iter()
            .find(|told| told.severity == Severity::Error && settings.contains(&told.primary.span.source))?;
        let message = format!("the settings of {} are wrong: {}", self.commit.short(), error.message);
        let told = Diagnostic::warning("base-settings", error.primary.span, message);
        Some(told.with_help("what they were meant to say does not hold for this change: look at it closely"))
    }
}

/// The project file among what was read; where there is none, its name.
fn project_file(sources: &mut Sources) -> SourceId {
    let is_one = |path: &str| config::NAMES.contains(&path);
    let found = sources.iter().find(|(_, source)| is_one(source.path())).map(|(id, _)| id);
    found.unwrap_or_else(|| sources.add(config::NAMES[0], ""))
}

/// Entries that the baseline has gained, and what the record has lost.
fn recorded(new: &check::Settings, old: &check::Settings, place: SourceId) -> Vec<Relaxed> {
    let entries = &old.enforce.baseline.entries;
    let stood =
        |entry: &crate::enforce::Entry| entries.iter().any(|other| other.fingerprint == entry.fingerprint);
    let added = new.enforce.baseline.entries.iter().filter(|entry| !stood(entry));
    let mut all: Vec<Relaxed> = added
        .map(|entry| Relaxed { span: entry.span, message: format!("the baseline gains `{}`", entry.policy) })
        .collect();
    let Some(record) = &old.record else { return all };
    let beginning = Span::beginning(place);
    let now = new.record.as_ref();
    for policy in &record.policies {
        let bound = now.and_then(|now| now.policies.iter().find(|other| other.name == policy.name));
        if policy.bound > 0 && bound.is_none_or(|other| other.bound == 0) {
            let span = bound.map_or(beginning, |other| other.span);
            let message = format!("the record no longer says that `{}` judged something", policy.name);
            all.push(Relaxed { span, message });
        }
    }
    for file in &record.files {
        if !now.is_some_and(|now| now.files.iter().any(|other| other.path == file.path)) {
            let message = format!("the record no longer says that {} held deployments", file.path);
            all.push(Relaxed { span: beginning, message });
        }
    }
    all
}

/// Puts the schemas of a place in the place of those that were read.
fn schemas_of(
    place: &Place,
    facts: &mut Facts,
    settings: &mut check::Settings,
    paths: &[String],
    root: &Path,
) {
    for path in paths {
        let Some(text) = workspace::text_of(place, root, path, &settings.input) else { continue };
        let sources = &facts.sources;
        let is_other = |document: &crate::document::Document| {
            let source = sources.get(document.source);
            source.path() == path && source.text() != text
        };
        let count = facts.documents.len();
        facts.documents.retain(|document| !is_other(document));
        if facts.documents.len() < count {
            settings.schemas.files.push(facts.sources.add(path.clone(), text));
        }
    }
}

/// What says how files are judged, by path.
fn texts(opened: &Opened) -> Vec<(String, String)> {
    let text = |&id: &SourceId| {
        let source = opened.sources.get(id);
        (source.path().to_owned(), source.text().to_owned())
    };
    opened.own.iter().map(text).collect()
}

/// The settings of both trees, side by side.
struct Compared {
    new: Project,
    old: Project,
    new_policies: Vec<Policy>,
    old_policies: Vec<Policy>,
    old_texts: HashSet<SourceId>,
    /// Where the waivers of the new project file stand that stood in the old one as well.
    standing: HashSet<(String, u32)>,
    /// Where there is nothing to point at.
    place: SourceId,
}

impl Compared {
    fn of(trees: &Trees<'_>, sources: &mut Sources) -> Compared {
        let mut told = Vec::new();
        let mut read = |place: &Place, sources: &mut Sources| {
            let (project, files) = project::settings_at(place, &trees.target, sources, &mut told);
            let policies = files.iter().flat_map(|&id| policy::read(id, sources.get(id)).0).collect();
            (project, policies)
        };
        let (new, new_policies) = read(&trees.after, sources);
        let before = sources.len();
        let (old, old_policies) = read(&trees.before, sources);
        let old_texts = sources.iter().map(|(id, _)| id).skip(before).collect();
        let place = new.file.unwrap_or_else(|| sources.add(config::NAMES[0], ""));
        Compared { new, old, new_policies, old_policies, old_texts, standing: HashSet::new(), place }
    }

    fn waivers(&mut self, sources: &Sources) {
        let stood = |waiver: &&crate::enforce::Waiver| {
            self.old.waivers.iter().any(|other| config::same_scope(waiver, other))
        };
        let place = |span: Span| (sources.get(span.source).path().to_owned(), span.start);
        self.standing = self.new.waivers.iter().filter(stood).map(|waiver| place(waiver.span)).collect();
    }

    fn stood(&self, by: &By, sources: &Sources) -> bool {
        let place = |span: Span| (sources.get(span.source).path().to_owned(), span.start);
        !change::is_comment(by) && by.span().is_some_and(|span| self.standing.contains(&place(span)))
    }

    fn relaxed(&self, effects: &Effects, sources: &Sources) -> Vec<Relaxed> {
        let text = |span: Span| sources.slice(span).to_owned();
        let new = config::Settings { project: &self.new, policies: &self.new_policies, text: &text };
        let old = config::Settings { project: &self.old, policies: &self.old_policies, text: &text };
        let seen = |policy: &str| {
            let effect = effects.on(policy);
            match (effect.laxer, effect.stricter) {
                (true, _) => Seen::Laxer,
                (false, true) => Seen::Stricter,
                (false, false) => Seen::Nothing,
            }
        };
        let told = config::relaxed(&new, &old, self.place, &seen);
        let mut all: Vec<Relaxed> =
            told.into_iter().map(|(span, message)| Relaxed { span, message }).collect();
        // Whatever did it: that less is found is said.
        let laxer = effects.laxer();
        if all.is_empty() && !laxer.is_empty() {
            let span = Span::beginning(self.place);
            let message = format!("with these settings less is found by {}", laxer.join(", "));
            all.push(Relaxed { span, message });
        }
        all
    }
}
