//! Platforms: one table each, and the engines that read command lines and documents by them.
//!
//! A table says which command lines and which documents are deployments, where they keep each setting
//! of the [catalogue](crate::model::catalogue), what the platform does when nobody says otherwise, and
//! which limits it enforces, each with the page that says so. The engines give tables meaning and know
//! no platform. This room knows no policy and no report, and no platform knows another.

mod app_engine;
mod app_runner;
mod azure;
pub mod checks;
mod cloud_functions;
mod cloud_run;
pub mod command;
mod compose;
mod convert;
mod defaults;
mod docker;
pub mod dockerfile;
mod ecs;
pub mod env_file;
mod fly;
mod gcloud;
mod heroku;
mod image;
mod kubernetes;
mod lambda;
pub mod manifest;
mod objects;
mod ports;
mod probe;
mod reference;
mod rewrites;
mod table;
mod terraform;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod trace;
mod variable;

pub use command::include_flags;
pub use convert::Conversion;
pub use image::names_alpine;
pub use objects::Objects;
pub use reference::{CommandRow, DefaultRow, LimitRow, Reference, SettingRow, references};
pub use rewrites::Rewrites;
pub use table::{Bound, Default, Effect, Filled, Limit, Platform};
pub use terraform::runs as terraform_runs;
pub use text::{negations, worlds_of};
pub use trace::Trace;
pub use variable::origin_of;

use crate::document::Document;
use crate::model::Deployment;
use crate::script::Invocation;
use crate::source::SourceId;
use aho_corasick::AhoCorasick;
use std::sync::OnceLock;

/// All platforms that stand in tables.
pub const ALL: &[&Platform] = &[
    &cloud_run::CLOUD_RUN,
    &kubernetes::KUBERNETES,
    &compose::COMPOSE,
    &docker::DOCKER,
    &ecs::ECS,
    &azure::CONTAINER_APPS,
    &fly::FLY,
    &app_engine::APP_ENGINE,
    &app_runner::APP_RUNNER,
    &lambda::LAMBDA,
    &azure::CONTAINER_INSTANCES,
    &azure::WEB_APPS,
    &heroku::HEROKU,
    &cloud_functions::CLOUD_FUNCTIONS,
];

/// The platform of a contract name.
pub fn find(name: &str) -> Option<&'static Platform> {
    ALL.iter().find(|platform| platform.name == name).copied()
}

/// How far behind its program a sub-command of one common word (`docker run`) is looked for, in bytes.
const NEAR: usize = 80;

/// Whether a text may hold a command that deploys or builds. Cheap. A path of several words tells enough
/// by itself, wherever the words stand; a single word such as `run` must stand near its program. Giving
/// variables to a module that deploys counts.
pub fn may_deploy(text: &str) -> bool {
    if terraform::may_run(text) {
        return true;
    }
    let Some(programs) = Programs::known() else { return true };
    let bytes = text.as_bytes();
    let near = |word: &str, at: usize, program: &str| {
        let window = bytes.get(at..bytes.len().min(at + program.len() + NEAR)).unwrap_or_default();
        window.windows(word.len()).any(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    let all = |path: &[&str]| path.iter().all(|word| text.contains(word));
    // Of a program that is named a thousand times, what is asked of the whole text is asked once.
    let mut seen = vec![false; programs.names.len()];
    programs.finder.find_overlapping_iter(text).any(|found| {
        let number = found.pattern().as_usize() / SPELLINGS;
        let Some(&program) = programs.names.get(number) else { return false };
        if !stands_alone(bytes, found.start(), program) {
            return false;
        }
        let is_new = seen.get_mut(number).is_some_and(|seen| !std::mem::replace(seen, true));
        let commands = ALL.iter().flat_map(|platform| platform.commands);
        let mut rows = commands.filter(|command| command.programs.contains(&program));
        rows.any(|command| match command.path {
            [word] => near(word, found.start(), program),
            path => is_new && all(path),
        })
    })
}

/// A program's name in small and in capital letters (`GCLOUD_CMD`).
const SPELLINGS: usize = 2;

/// The programs whose command lines the tables know, looked for all at once: most of the scripts of a
/// project name none of them.
struct Programs {
    names: Vec<&'static str>,
    /// Each name in both spellings, in the order of `names`.
    finder: AhoCorasick,
}

impl Programs {
    fn known() -> Option<&'static Programs> {
        static KNOWN: OnceLock<Option<Programs>> = OnceLock::new();
        let make = || {
            let commands = ALL.iter().flat_map(|platform| platform.commands);
            let mut names: Vec<&'static str> =
                commands.flat_map(|command| command.programs).copied().collect();
            names.sort_unstable();
            names.dedup();
            let spellings: Vec<String> =
                names.iter().flat_map(|name| [(*name).to_owned(), name.to_ascii_uppercase()]).collect();
            Some(Programs { finder: AhoCorasick::new(spellings).ok()?, names })
        };
        KNOWN.get_or_init(make).as_ref()
    }
}

/// Whether a program is named and not only a part of a word: `az` stands in `lazy` too. A long name is
/// no part of another.
fn stands_alone(bytes: &[u8], at: usize, program: &str) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    program.len() > 4 || !(is_letter(before) || is_letter(bytes.get(at + program.len())))
}

/// Recognises a command line as a deployment or a build.
pub fn recognise<'a>(
    source: SourceId,
    invocation: &'a Invocation,
    trace: &mut Trace<'_>,
) -> Option<command::Call<'a>> {
    command::recognise(ALL, source, invocation, trace)
}

/// The deployments that a document describes.
pub fn deployments(document: &Document, trace: &mut Trace<'_>) -> Vec<Deployment> {
    let root = document.root();
    if root.get("apiVersion").is_some() && root.get("kind").is_some() {
        let mut read = ALL.iter().map(|platform| manifest::workloads(platform, root, trace));
        return read.find(|found| !found.is_empty()).unwrap_or_default();
    }
    let path = trace.sources.get(document.source).path();
    let mut own: Vec<Deployment> = Vec::new();
    for platform in ALL {
        own.extend(manifest::sheets(platform, root, path, trace));
    }
    if !own.is_empty() {
        return own;
    }
    let included = match compose::is_named_so(path) {
        true => manifest::Included::ByName,
        false => manifest::Included::ByShape,
    };
    manifest::compose(&compose::COMPOSE, root, included, trace)
}
