//! From the command line to what the pipeline takes: the project, its files, its settings.

use crate::check::{self, Selected};
use crate::cli::args::Reading;
use crate::cli::gates::{self, Keeping, Kept, Passing};
use crate::cli::{input, wanted};
use crate::config::{self, Files, Project};
use crate::diagnostic::{Diagnostic, Severity};
use crate::enforce::{Baseline, Date};
use crate::extract;
use crate::policy::{self, PACK};
use crate::report::Coverage;
use crate::source::{SourceId, Sources, Span};
use crate::workspace::git::{self, Repository};
use crate::workspace::{self, Loaded, Located, Place, Request};
use crate::{enforce, evaluate};
use globset::{Glob, GlobSetBuilder};
use std::path::{Path, PathBuf};

/// What the command line says of policies.
#[derive(Debug, Default)]
pub struct Asked<'a> {
    /// Names, and paths of files or folders.
    pub policies: &'a [String],
    pub strict: bool,
    /// Every verdict is explained.
    pub explain: bool,
    /// As if there were no project file.
    pub without_file: bool,
    pub passing: Passing<'a>,
    pub keeping: Keeping,
    pub without_waivers: bool,
    /// The day of the run, if it is not today.
    pub today: Option<Date>,
}

/// A project with its settings, before its files are read.
pub struct Opened {
    pub sources: Sources,
    pub diagnostics: Vec<Diagnostic>,
    pub settings: check::Settings,
    /// The texts that say how files are judged.
    pub own: Vec<SourceId>,
    pub located: Located,
    include: Vec<String>,
    exclude: Vec<String>,
    kept: Kept,
}

/// Everything that a run needs.
pub struct Ready {
    pub project: check::Project,
    pub settings: check::Settings,
    /// The project's folder.
    pub root: PathBuf,
    /// Whether folders are searched, so that finding nothing is worth a word.
    pub searches: bool,
    /// The files in which the project keeps what is known of it.
    pub kept: Kept,
}

/// What the command line asks about.
pub struct Target<'a> {
    pub paths: Vec<PathBuf>,
    pub working: PathBuf,
    pub config: Option<&'a Path>,
    pub exclude: &'a [String],
}

/// Finds the project, reads its project file and its policies.
///
/// # Errors
/// Where there is no working directory.
pub fn open(reading: &Reading, asked: &Asked<'_>) -> std::io::Result<Opened> {
    let (place, target) = target(reading)?;
    Ok(open_at(&place, &target, Sources::new(), asked))
}

/// Where the files are that the command line asks about, and which.
///
/// # Errors
/// Where there is no working directory, no repository for `--staged`, or no text for `-`.
pub fn target(reading: &Reading) -> std::io::Result<(Place, Target<'_>)> {
    let working = std::env::current_dir()?;
    let (place, paths) = place(reading, &working)?;
    let config = reading.config.as_deref();
    Ok((place, Target { paths, working, config, exclude: &reading.exclude }))
}

/// Where the files are that the command line asks about, and its paths: standard input stands for the
/// file that it is named after.
fn place(reading: &Reading, working: &Path) -> std::io::Result<(Place, Vec<PathBuf>)> {
    let is_input = |path: &PathBuf| path.as_os_str() == "-";
    if let Some(name) = &reading.stdin_filename {
        if reading.paths.iter().any(|path| !is_input(path)) {
            return Err(std::io::Error::other("with --stdin-filename the only path is `-`"));
        }
        let path = workspace::clean(&working.join(name));
        let bytes = input::read(check::Settings::default().input.bytes)?;
        return Ok((Place::disk().with(path, bytes), vec![name.clone()]));
    }
    if reading.paths.iter().any(is_input) {
        let message = "`-` is a text without a name; say which file it is with --stdin-filename PATH";
        return Err(std::io::Error::other(message));
    }
    if !reading.staged {
        return Ok((Place::disk(), reading.paths.clone()));
    }
    let repository = repository(&reading.paths, working)?;
    Ok((Place::index(&repository)?, reading.paths.clone()))
}

/// The repository of the first path, which may be gone from the disk.
///
/// # Errors
/// Where there is none, or no git.
pub fn repository(paths: &[PathBuf], working: &Path) -> Result<Repository, git::Error> {
    let first = paths.first().map_or(working.to_owned(), |path| workspace::clean(&working.join(path)));
    let folder = first.ancestors().find(|folder| folder.is_dir()).unwrap_or(working);
    Repository::around(folder, working)
}

/// Reads the settings that a place has, into texts that were read before.
pub fn open_at(place: &Place, target: &Target<'_>, mut sources: Sources, asked: &Asked<'_>) -> Opened {
    let Target { paths, working, config, .. } = target;
    let config = *config;
    let before = sources.len();
    let located = workspace::locate(place, working, paths, config.is_none() && !asked.without_file);
    let mut diagnostics = Vec::new();
    let mut project = project_file(place, target, &located, &mut sources, &mut diagnostics);
    tracing::debug!(root = %located.root.display(), file = ?located.file, "project");
    let mut only = Vec::new();
    for given in asked.policies {
        if is_path(given) {
            let id = sources.add("command line", format!("--policy {given}"));
            let start = "--policy ".len();
            let span = Span::new(id, start, start + given.len());
            project.policy_paths.push((workspace::clean(&working.join(given)), span));
        } else {
            only.push(given.clone());
        }
    }
    let paths = &project.policy_paths;
    let files = config::policy_files(place, paths, &located.root, &mut sources, &mut diagnostics);
    diagnostics.extend(misspelt_policies(&project, &files, &sources));
    let glob = |pattern: &config::Pattern| pattern.glob.clone();
    let include = project.include.iter().map(glob).collect();
    let exclude = project.exclude.iter().map(glob).collect();
    let kept = match asked.without_file {
        true => Kept::default(),
        false => gates::load(place, &project, asked.keeping, &mut sources, &mut diagnostics),
    };
    let (only_of, bypass) = gates::asked(asked.passing, &project, &mut sources, &mut diagnostics);
    let mut settings = settings(project, asked.strict);
    settings.evaluate.explain = asked.explain;
    settings.enforce.without_waivers = asked.without_waivers;
    settings.enforce.today = asked.today.or(settings.enforce.today);
    settings.enforce.only = only_of;
    settings.enforce.bypass = bypass;
    let gone = |path: &str| gates::gone(place, &located.root, path);
    let (baseline, record) = gates::read(&kept, asked.keeping, gone, &sources, &mut diagnostics);
    settings.enforce.baseline = if asked.passing.without_baseline { Baseline::default() } else { baseline };
    settings.record = record;
    settings.policies.only = only;
    settings.policies.files = files;
    let own = sources.iter().map(|(id, _)| id).skip(before).collect();
    Opened { sources, diagnostics, settings, own, located, include, exclude, kept }
}

/// What a place says of the project, by itself: its project file and its policy files.
pub fn settings_at(
    place: &Place,
    target: &Target<'_>,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Project, Vec<SourceId>) {
    let located = workspace::locate(place, &target.working, &target.paths, target.config.is_none());
    let project = project_file(place, target, &located, sources, diagnostics);
    let files = config::policy_files(place, &project.policy_paths, &located.root, sources, diagnostics);
    (project, files)
}

fn project_file(
    place: &Place,
    target: &Target<'_>,
    located: &Located,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Project {
    let named = target.config.map(|file| workspace::clean(&target.working.join(file)));
    let root = &located.root;
    match (named, &located.file) {
        // A file that is named holds for the project that is checked, wherever the file lies.
        (Some(file), _) => config::load(place, &file, root, root, sources, diagnostics),
        (None, Some(file)) => {
            let folder = file.parent().unwrap_or(file);
            config::load(place, file, root, folder, sources, diagnostics)
        }
        (None, None) => Project::without_file(root.clone()),
    }
}

/// Blocks and actions of policies that are not there.
fn misspelt_policies(project: &Project, files: &[SourceId], sources: &Sources) -> Vec<Diagnostic> {
    if project.named_policies().next().is_none() && project.named_groups.is_empty() {
        return Vec::new();
    }
    let own: Vec<_> = files.iter().flat_map(|&id| policy::read(id, sources.get(id)).0).collect();
    let mut known: Vec<&str> = pack_names().collect();
    known.extend(own.iter().map(|policy| &*policy.name));
    let mut groups: Vec<&str> = PACK.iter().map(|builtin| builtin.group).collect();
    groups.extend(own.iter().map(|policy| policy.group.as_str()));
    let mut told = config::unknown_policies(project, known);
    told.extend(config::unknown_groups(project, &groups));
    told
}

/// Reads the project's files.
///
/// # Errors
/// Where there is no working directory.
pub fn ready(reading: &Reading, asked: &Asked<'_>) -> std::io::Result<(Ready, Place)> {
    let (place, target) = target(reading)?;
    Ok((load(open_at(&place, &target, Sources::new(), asked), &place, &target), place))
}

/// The same for the whole project around the working directory.
///
/// # Errors
/// Where there is no working directory.
pub fn ready_whole(config: Option<&Path>, asked: &Asked<'_>) -> std::io::Result<(Ready, Place)> {
    let reading = Reading { config: config.map(Path::to_owned), ..Reading::default() };
    let (place, target) = target(&reading)?;
    let mut opened = open_at(&place, &target, Sources::new(), asked);
    opened.located.paths = vec![opened.located.root.clone()];
    Ok((load(opened, &place, &target), place))
}

/// The same where a project file or a repository says that this is a project; `None` elsewhere, so that
/// nobody's home is searched who asks for a page.
///
/// # Errors
/// Where there is no working directory.
pub fn ready_if_project(reading: &Reading, asked: &Asked<'_>) -> std::io::Result<Option<(Ready, Place)>> {
    let (place, target) = target(reading)?;
    let opened = open_at(&place, &target, Sources::new(), asked);
    let is_project = opened.located.is_marked || reading.config.is_some();
    Ok(is_project.then(|| (load(opened, &place, &target), place)))
}

/// Reads the files of a place as the settings want them.
pub fn load(opened: Opened, place: &Place, target: &Target<'_>) -> Ready {
    let Opened { mut sources, mut diagnostics, mut settings, own, located, include, exclude, kept } = opened;
    settings.whole_project =
        located.is_project && located.paths.contains(&located.root) && target.exclude.is_empty();
    let exclude: Vec<&str> = exclude.iter().chain(target.exclude).map(String::as_str).collect();
    let include: Vec<&str> = include.iter().map(String::as_str).collect();
    let request = Request {
        place,
        root: &located.root,
        paths: &located.paths,
        whole_project: located.is_project,
        exclude: &exclude,
        include: &include,
        known: &own,
        limits: &settings.input,
        wants: &wanted::wants,
    };
    let mut loaded = workspace::load(&request, &mut sources);
    workspace::start_threads(loaded.files.len());
    wanted::with_imports(&mut loaded.files, &sources);
    diagnostics.append(&mut loaded.diagnostics);
    let is_searched =
        |path: &PathBuf| path == &located.root || place.kind(path) == Some(config::Kind::Folder);
    let searches = located.paths.iter().any(is_searched);
    tracing::debug!(files = loaded.files.len(), unreadable = loaded.unreadable.len(), "read");
    let project = project(sources, diagnostics, loaded);
    Ready { project, settings, root: located.root, searches, kept }
}

/// Policy files by themselves.
pub struct Policies {
    pub sources: Sources,
    /// Each with its path on disk.
    pub files: Vec<(SourceId, PathBuf)>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The policy files at the given paths; without paths, those that the project file names.
///
/// # Errors
/// Where there is no working directory.
pub fn policies(paths: &[PathBuf], config: Option<&Path>) -> std::io::Result<Policies> {
    let working = std::env::current_dir()?;
    let mut sources = Sources::new();
    let mut diagnostics = Vec::new();
    let place = Place::disk();
    let located = workspace::locate(&place, &working, &[], config.is_none());
    let named: Vec<(PathBuf, Span)> = if paths.is_empty() {
        let file = config.map(|file| workspace::clean(&working.join(file))).or(located.file);
        let folder = |file: &Path| match config {
            Some(_) => located.root.clone(),
            None => file.parent().unwrap_or(file).to_owned(),
        };
        let load = |file: PathBuf| {
            config::load(&place, &file, &located.root, &folder(&file), &mut sources, &mut diagnostics)
        };
        file.map(load).map(|project| project.policy_paths).unwrap_or_default()
    } else {
        let mut named = Vec::new();
        for path in paths {
            let word = path.to_string_lossy();
            let id = sources.add("command line", word.as_ref());
            named.push((workspace::clean(&working.join(path)), Span::new(id, 0, word.len())));
        }
        named
    };
    let files = config::policy_files(&place, &named, &located.root, &mut sources, &mut diagnostics);
    let files = files.into_iter().map(|id| (id, located.root.join(sources.get(id).path()))).collect();
    Ok(Policies { sources, files, diagnostics })
}

/// The project that the files of a policy's example are, and how one policy judges it. The project file
/// is the example's own; without one, the defaults hold.
pub fn of_example(
    files: &[policy::File],
    mut sources: Sources,
    only: &str,
) -> (check::Project, check::Settings) {
    let mut given: Vec<(&str, &str)> =
        files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    if given.iter().all(|(path, _)| !config::NAMES.contains(path)) {
        given.push(("celador.yaml", "version: 1\n"));
    }
    let mut diagnostics = Vec::new();
    let project = config::load_given(&given, &mut sources, &mut diagnostics);
    let globs = |patterns: &[config::Pattern]| {
        patterns.iter().map(|pattern| pattern.glob.clone()).collect::<Vec<_>>()
    };
    let (exclude, include) = (globs(&project.exclude), globs(&project.include));
    let exclude: Vec<&str> = exclude.iter().map(String::as_str).collect();
    let include: Vec<&str> = include.iter().map(String::as_str).collect();
    let mut kept = Kept::default();
    for (path, text) in &given {
        match *path {
            config::BASELINE => kept.baseline = Some(sources.add(*path, *text)),
            config::RECORD => kept.record = Some(sources.add(*path, *text)),
            _ => {}
        }
    }
    let mut settings = settings(project, false);
    let gone = |path: &str| given.iter().all(|(given, _)| *given != path);
    let (baseline, record) = gates::read(&kept, Keeping::Reads, gone, &sources, &mut diagnostics);
    settings.enforce.baseline = baseline;
    settings.record = record;
    settings.policies.only = vec![only.to_owned()];
    settings.whole_project = true;
    let taken: Vec<String> = sources.iter().map(|(_, source)| source.path().to_owned()).collect();
    let mut loaded = workspace::load_given(&given, &exclude, &include, &taken, &mut sources, &wanted::wants);
    wanted::with_imports(&mut loaded.files, &sources);
    diagnostics.append(&mut loaded.diagnostics);
    (self::project(sources, diagnostics, loaded), settings)
}

/// Whether a word of `--policy` is a path and not a policy's name.
fn is_path(word: &str) -> bool {
    word.contains(['/', '\\']) || word.ends_with(".yaml") || word.ends_with(".yml")
}

fn project(sources: Sources, diagnostics: Vec<Diagnostic>, loaded: Loaded) -> check::Project {
    let coverage = Coverage { files: loaded.files.len(), excluded: loaded.excluded };
    let selected = |named: bool, selected: bool| match (named, selected) {
        (true, _) => Selected::Named,
        (_, true) => Selected::Found,
        _ => Selected::Peer,
    };
    let files = loaded.files.iter().filter(|file| file.wanted).map(|file| check::File {
        source: file.id,
        format: file.format,
        selected: selected(file.named, file.selected),
    });
    let files = files.collect();
    let unreadable = loaded.unreadable.into_iter().filter(|problem| problem.selected);
    let unreadable = unreadable
        .map(|problem| check::Unreadable { diagnostic: problem.diagnostic, named: problem.named })
        .collect();
    check::Project { sources, files, unreadable, diagnostics, coverage }
}

/// A project's words as the settings of the stages.
fn settings(project: Project, strict: bool) -> check::Settings {
    let place = project.place();
    let rule = |rule: &config::EnvironmentRule| extract::EnvironmentRule {
        name: rule.environment.to_string(),
        paths: rule.paths.iter().map(|pattern| pattern.glob.clone()).collect(),
        projects: rule.projects.clone(),
        branches: rule.branches.iter().map(|pattern| pattern.glob.clone()).collect(),
        variables: rule.variables.clone(),
    };
    let environments = project.environments.iter().map(rule).collect();
    let services = || project.services.iter();
    let aliases = services().map(|(name, service)| (name.clone(), service.aliases.clone())).collect();
    let required = services().map(|(name, service)| (name.clone(), service.required.clone())).collect();
    let block = |block: &config::PolicyBlock| check::Block {
        policy: block.policy.clone(),
        document: block.document,
        node: block.node,
    };
    let rules = project.schemas.iter().filter_map(|rule| schema_rule(rule, &project.root)).collect();
    check::Settings {
        schemas: check::SchemaSettings { rules, files: Vec::new() },
        extract: extract::Settings { environments, aliases },
        evaluate: evaluate::Settings {
            required,
            gates: project.gates,
            bypass_environments: project.bypass_environments,
            strict,
            explain: false,
            project: place,
        },
        enforce: enforce::Settings {
            actions: project.actions,
            waivers: project.waivers,
            gates: project.budgets,
            unbypassable: project.unbypassable.into_iter().map(|(pattern, _)| pattern).collect(),
            waiver_rules: project.waiver_rules,
            strict,
            today: today(),
            ..enforce::Settings::default()
        },
        policies: check::PolicySettings {
            pack: project.builtin,
            cost_limit: project.cost,
            blocks: project.blocks.iter().map(block).collect(),
            documents: project.documents,
            ..check::PolicySettings::default()
        },
        ..check::Settings::default()
    }
}

/// A rule with its patterns compiled; a pattern that is none was told where it was read.
fn schema_rule(rule: &config::SchemaRule, root: &Path) -> Option<check::SchemaRule> {
    let mut files = GlobSetBuilder::new();
    for pattern in &rule.files {
        files.add(Glob::new(&pattern.glob).ok()?);
    }
    let schema = match &rule.schema {
        config::SchemaPlace::File(path) => workspace::reported(&workspace::clean(path), root),
        config::SchemaPlace::Builtin(name) => name.clone(),
    };
    Some(check::SchemaRule { files: files.build().ok()?, schema, span: rule.span })
}

/// Loads the schemas that documents or `celador.yaml` name and that were not read with the project.
pub fn add_schemas(facts: &mut check::Facts, settings: &mut check::Settings, place: &Place, root: &Path) {
    for name in check::missing_schemas(facts, &settings.schemas) {
        if let Some(text) = workspace::text_of(place, root, &name, &settings.input) {
            settings.schemas.files.push(facts.sources.add(name, text));
        }
    }
}

/// The way from the root of the repository to a folder in it, with `/` at its end; empty at the root and
/// outside of a repository.
pub fn below_repository(folder: &Path) -> String {
    match folder.ancestors().find(|above| above.join(".git").exists()) {
        Some(repository) if repository != folder => format!("{}/", workspace::reported(folder, repository)),
        _ => String::new(),
    }
}

/// The day of the run, in UTC, so that a waiver ends everywhere at the same moment.
fn today() -> Option<Date> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    Date::of_unix_seconds(i64::try_from(since.as_secs()).ok()?)
}

/// Whether a diagnostic makes the run end with an error.
pub fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

/// The names of the pack's policies.
pub fn pack_names() -> impl Iterator<Item = &'static str> + Clone {
    PACK.iter().map(|builtin| builtin.name)
}
