//! From what was read to the model: documents and invocations become deployments, each with its
//! environment, its canonical name and what is known of its image.
//!
//! This room knows no file format, no script language and no platform by name: it asks
//! [`platform`] what a command line or a document deploys. What it adds is what needs
//! more than one of them: worlds of names and environments, Dockerfiles that become images, variable
//! files, duplicates.

mod bypass;
mod duplicates;
mod environment;
mod files;
mod image;
mod name;
#[cfg(test)]
mod tests;
mod worlds;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::model::{Artifact, Bypass, CodeSetting, Deployment, Kind, Model, Unresolved};
use crate::platform::{self, Trace, command::Build};
use crate::provenance::Provenance;
use crate::script::Invocation;
use crate::source::{SourceId, Sources, Span};
use crate::value::{Reason, Value};
use environment::Environments;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What was read.
#[derive(Debug)]
pub struct Inputs<'a> {
    pub sources: &'a Sources,
    /// What documents deploy, in the order of the files: see [`platform::deployments`].
    pub deployments: Vec<Deployment>,
    /// Documents that deployments may name, files of variables, and those that change what others deploy.
    pub documents: &'a [Document],
    /// What the scripts of each file may run.
    pub invocations: &'a [(SourceId, Invocation)],
    /// Dockerfiles and environment files.
    pub artifacts: Vec<Artifact>,
    pub settings: Vec<CodeSetting>,
    pub bypasses: Vec<Bypass>,
    /// What the scripts' commands hang on beyond the settings of deployments.
    pub unresolved: Vec<Unresolved>,
}

/// What a project says about one of its environments.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentRule {
    /// The canonical name.
    pub name: String,
    /// Globs of paths relative to the project's root.
    pub paths: Vec<String>,
    /// Names of projects or namespaces, exactly.
    pub projects: Vec<String>,
    /// Globs of branches, without `refs/heads/`: what a test of a branch tells.
    pub branches: Vec<String>,
    /// Variables of a deployment with the values that tell this environment.
    pub variables: Vec<(String, Vec<String>)>,
}

/// What a project says about its services and environments.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub environments: Vec<EnvironmentRule>,
    /// From a service's canonical name to its other names.
    pub aliases: BTreeMap<String, Vec<String>>,
}

/// Makes the model.
pub fn extract(
    inputs: Inputs<'_>,
    settings: &Settings,
    provenance: &mut Provenance,
) -> (Model, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let environments = Environments::new(&settings.environments, &mut diagnostics);
    let mut trace = Trace { sources: inputs.sources, provenance };
    let mut deployments = inputs.deployments;
    let documents = files::by_path(inputs.documents, inputs.sources);
    let Ran { builds, deployed, deploying } =
        run(inputs.invocations, &environments, &documents, &mut trace, &mut diagnostics, &mut deployments);
    let mut artifacts = inputs.artifacts;
    let objects = platform::Objects::of(inputs.documents);
    let rewrites = platform::Rewrites::of(inputs.documents, inputs.sources);
    for deployment in &mut deployments {
        files::include(deployment, &artifacts, &documents, &objects, &mut trace);
        rewrites.settle(deployment, &mut trace);
        image::settle(deployment, &builds, &artifacts, &mut trace);
        environments.name(deployment, &mut diagnostics, &trace);
        deployment.family = name::family(deployment, &settings.aliases);
    }
    for artifact in &mut artifacts {
        environments.name_artifact(artifact, inputs.sources);
    }
    let mut deployed_by = bypass::DeployedBy::new();
    for (by, range) in deployed {
        let environments = deployments.get(range).unwrap_or_default().iter();
        deployed_by.entry(by).or_default().extend(environments.map(|one| one.environment.clone()));
    }
    for job in deploying {
        deployed_by.entry(job).or_default().insert(None);
    }
    let deployments = duplicates::merged(deployments);
    let mut bypasses = inputs.bypasses;
    bypasses.extend(bypass::bypasses(inputs.invocations, &deployments, &deployed_by, &environments, &trace));
    let mut unresolved: Vec<Unresolved> = deployments.iter().flat_map(unresolved).collect();
    unresolved.extend(inputs.unresolved);
    let model = Model { deployments, artifacts, settings: inputs.settings, bypasses, unresolved };
    (model, diagnostics)
}

/// What command lines do besides deploying.
#[derive(Default)]
struct Ran {
    builds: Vec<Build>,
    /// The deployments of each command, by the command and by the job that runs it.
    deployed: Vec<(Span, Range<usize>)>,
    /// Jobs that deploy what their commands do not say.
    deploying: BTreeSet<Span>,
}

/// Adds what command lines deploy, and returns what else they do.
fn run(
    invocations: &[(SourceId, Invocation)],
    environments: &Environments,
    documents: &files::ByPath<'_>,
    trace: &mut Trace<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    deployments: &mut Vec<Deployment>,
) -> Ran {
    let mut ran = Ran::default();
    for (source, invocation) in invocations {
        let Some(call) = platform::recognise(*source, invocation, trace) else {
            if let Some(run) = invocation.job.as_ref().filter(|_| bypass::deploys(invocation)) {
                ran.deploying.insert(run.job);
            }
            continue;
        };
        let from = trace.sources.get(*source).path();
        let call = platform::include_flags(call, &|path| files::find(documents, path, from), trace);
        ran.builds.extend(call.build());
        if call.deploys() {
            let from = deployments.len();
            for call in call.each() {
                deployments.extend(worlds::deployments(&call, environments, trace, diagnostics));
            }
            let by = invocation.job.iter().map(|run| run.job).chain([invocation.span]);
            ran.deployed.extend(by.map(|by| (by, from..deployments.len())));
        }
    }
    ran
}

/// The settings of a deployment that could not be followed.
fn unresolved(deployment: &Deployment) -> Vec<Unresolved> {
    let name = deployment.display_name();
    let of_containers = deployment.containers.iter().flat_map(|container| container.settings.iter());
    deployment
        .settings
        .iter()
        .chain(of_containers)
        .flat_map(|(setting, value)| {
            let subject = format!("{setting} of {name}");
            value.value.alternatives().into_iter().filter_map(move |(_, value)| match value {
                Value::Unknown(unknown, _) if unknown.reason != Reason::KeptFromRunning => {
                    Some(Unresolved { subject: subject.clone(), unknown: unknown.clone() })
                }
                _ => None,
            })
        })
        .collect()
}

/// The artifacts of a kind whose path is this one, seen from a file: relative to the file's folder or to
/// the project's root. Unknown leading parts are passed over if what remains names one file only.
fn artifact_at<'a>(
    artifacts: &'a [Artifact],
    kind: Kind,
    path: &str,
    from: SourceId,
    sources: &Sources,
) -> Option<&'a Artifact> {
    let all = || artifacts.iter().filter(move |artifact| artifact.kind == kind);
    let at = |path: &str| all().find(|artifact| sources.get(artifact.source).path() == path);
    let candidates = name::candidates(path, sources.get(from).path());
    if let Some(found) = candidates.iter().find_map(|path| at(path)) {
        return Some(found);
    }
    let (_, known) = path.rsplit_once('}')?;
    let known = known.trim_start_matches('/');
    let ends = |artifact: &&Artifact| {
        let path = sources.get(artifact.source).path();
        path == known || path.strip_suffix(known).is_some_and(|before| before.ends_with('/'))
    };
    let mut found = all().filter(ends);
    match (found.next(), found.next()) {
        (Some(only), None) if !known.is_empty() => Some(only),
        _ => None,
    }
}
