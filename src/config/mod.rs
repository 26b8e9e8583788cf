//! `celador.yaml`: what a project says about its environments, services, policies and exceptions.
//!
//! The nearest file upward; `extends:` is followed first. Every key is checked, and what is wrong is a
//! diagnostic with its characters and a way out; the rest holds all the same. With no file the defaults
//! do. This room reads files; it must never know what is deployed or how a policy judges, and it leaves
//! the parameters of policies to the room that knows their types.

// A shell: project files are read here.
#![allow(clippy::disallowed_methods)]

mod files;
mod gates;
mod keys;
mod policies;
mod project;
mod read;
mod recorded;
mod relaxed;
mod shape;
mod waivers;

pub use files::{Disk, Files, Kind};
pub use policies::policy_files;
pub use project::{EnvironmentRule, Pattern, PolicyBlock, Project, SchemaPlace, SchemaRule, Service};
pub use recorded::{BASELINE, RECORD, recorded, recorded_path};
pub use relaxed::{Seen, Settings, relaxed, same_scope};
pub use shape::schema;

use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::document::Ref;
use crate::enforce;
use crate::input::{Limits, yaml};
use crate::source::{SourceId, Sources, Span};
use files::Given;
use keys::Keys;
use std::io;
use std::path::{Path, PathBuf};

/// The names under which a project file is found.
pub const NAMES: [&str; 2] = ["celador.yaml", "celador.yml"];

/// How long a chain of files that extend each other may be.
const CHAIN: usize = 8;

/// The project file that is nearest upward from a folder. A link to nowhere counts: that it cannot be read
/// is told, where a run without the project's own word would say something else.
pub fn nearest_file(files: &dyn Files, folder: &Path) -> Option<PathBuf> {
    let mut names = folder.ancestors().flat_map(|folder| NAMES.map(|name| folder.join(name)));
    names.find(|path| files.has_file(path))
}

/// Reads a project. `file` is its project file, `root` the folder that is the project; both absolute.
/// `folder` is what the file's own paths are relative to: its folder, or the root where the file was
/// named on the command line. Problems are told, and the rest holds.
pub fn load(
    files: &dyn Files,
    file: &Path,
    root: &Path,
    folder: &Path,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Project {
    let mut loader = Loader {
        files,
        project: Project::without_file(root.to_owned()),
        keys: Keys::default(),
        sources,
        open: Vec::new(),
    };
    loader.project.file = loader.file(file, folder, None);
    diagnostics.append(&mut loader.keys.diagnostics);
    loader.project
}

/// The same for a project whose files are given as paths from its root, and texts. Without a project
/// file among them the defaults hold.
pub fn load_given(
    files: &[(&str, &str)],
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Project {
    let root = Path::new("/");
    match NAMES.iter().find(|name| files.iter().any(|(path, _)| path == *name)) {
        Some(name) => load(&Given(files), &root.join(name), root, root, sources, diagnostics),
        None => Project::without_file(root.to_owned()),
    }
}

/// The policies that a project names and that are not there: an action on nothing, a misspelt block. Waivers
/// are told by policies of their own.
pub fn unknown_policies<'a>(
    project: &Project,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Vec<Diagnostic> {
    let names: Vec<&str> = known.into_iter().collect();
    let unknown = |pattern: &str| !names.iter().any(|name| enforce::matches(pattern, name));
    let told = |(name, span): (&str, Span)| {
        let help = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`celador check -v` lists the policies".to_owned(),
        };
        Diagnostic::error("unknown-policy", span, format!("there is no policy `{name}`")).with_help(help)
    };
    project.named_policies().filter(|(name, _)| unknown(name)).map(told).collect()
}

/// The groups that a project names and that no policy is of.
pub fn unknown_groups(project: &Project, known: &[&str]) -> Vec<Diagnostic> {
    let unknown = project.named_groups.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    let told = |(name, span): &(String, Span)| {
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`celador explain` lists the policies by group".to_owned(),
        };
        Diagnostic::error("unknown-group", *span, format!("no policy is of the group `{name}`"))
            .with_help(help)
    };
    unknown.map(told).collect()
}

struct Loader<'a> {
    files: &'a dyn Files,
    project: Project,
    keys: Keys,
    sources: &'a mut Sources,
    /// The files that are being read, outermost first: a circle is found by them.
    open: Vec<PathBuf>,
}

impl Loader<'_> {
    /// Reads a file and what it extends. `named` is where it is named, if a file names it.
    fn file(&mut self, path: &Path, folder: &Path, named: Option<Span>) -> Option<SourceId> {
        let text = match self.files.read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                self.unreadable(path, named, &error);
                return None;
            }
        };
        let below = path.strip_prefix(&self.project.root).unwrap_or(path);
        let id = self.sources.add(below.to_string_lossy().replace('\\', "/"), text);
        let read = yaml::read(self.sources.get(id), id, &Limits::default());
        self.keys.diagnostics.extend(read.diagnostics.into_iter().map(|mut told| {
            // A project file that is wrong is an error of the run, also where a reader only warns.
            told.severity = Severity::Error;
            told
        }));
        let mut documents = read.documents.into_iter();
        let document = documents.next()?;
        if let Some(second) = documents.next() {
            let message = "celador.yaml has more than one document".to_owned();
            self.keys.error(
                "project-type",
                second.root().span(),
                message,
                "only the first is read; remove the `---`",
            );
        }
        let root = document.root();
        self.open.push(path.to_owned());
        if let Some(extended) = root.get("extends") {
            self.extended(extended, path);
        }
        self.open.pop();
        let prefix = read::prefix(folder, &self.project.root);
        let mut reader = read::Reader {
            keys: &mut self.keys,
            project: &mut self.project,
            folder: folder.to_owned(),
            prefix,
        };
        if !root.is_null() {
            reader.file(root);
        }
        self.project.documents.push(document);
        Some(id)
    }

    /// Follows `extends`, whose paths are relative to the file that says it.
    fn extended(&mut self, node: Ref<'_>, from: &Path) {
        let own = from.parent().unwrap_or(from).to_owned();
        for (text, span) in self.keys.texts(node, "`extends`") {
            let path = own.join(text);
            let path = self.files.one_path(path);
            let same = |open: &PathBuf| self.files.one_path(open.clone()) == path;
            if self.open.iter().any(same) {
                let message = format!("`{text}` extends this file in turn");
                self.keys.error("project-extends", span, message, "a chain of files must have an end");
            } else if self.open.len() >= CHAIN {
                let message = format!("more than {CHAIN} files extend each other");
                self.keys.error("project-extends", span, message, "put them together into fewer files");
            } else {
                let folder = path.parent().unwrap_or(&path).to_owned();
                self.file(&path, &folder, Some(span));
            }
        }
    }

    fn unreadable(&mut self, path: &Path, named: Option<Span>, error: &io::Error) {
        let span = named.unwrap_or_else(|| {
            let id = self.sources.add(path.to_string_lossy().replace('\\', "/"), "");
            Span::beginning(id)
        });
        let message = format!("{} cannot be read: {error}", path.display());
        self.keys.error("project-unreadable", span, message, "name a file that is there and may be read");
    }
}

#[cfg(test)]
mod tests;
