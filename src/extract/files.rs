//! Variables from files that a deployment names, and which of several of one name counts.

use crate::document::{Document, Ref};
use crate::extract::{artifact_at, name};
use crate::model::{Artifact, Deployment, EnvKind, EnvVariable, Kind};
use crate::platform::{Objects, Trace};
use crate::source::Sources;
use crate::value::{Condition, Reason, Text, Unknown, Value};
use std::collections::HashMap;

/// The first document of each file, by its path.
pub type ByPath<'a> = HashMap<&'a str, &'a Document>;

/// Documents by the paths of their files.
pub fn by_path<'a>(documents: &'a [Document], sources: &'a Sources) -> ByPath<'a> {
    let mut all = ByPath::new();
    for document in documents {
        all.entry(sources.get(document.source).path()).or_insert(document);
    }
    all
}

/// Puts the variables of files in the place of "any variable may come of it". What the deployment says
/// itself stands behind them and wins.
pub fn include(
    deployment: &mut Deployment,
    artifacts: &[Artifact],
    documents: &ByPath<'_>,
    objects: &Objects<'_>,
    trace: &mut Trace<'_>,
) {
    let from = deployment.source;
    for container in &mut deployment.containers {
        for variable in &mut container.env.all {
            let Value::Unknown(unknown, _) = &variable.value else { continue };
            if unknown.reason == Reason::NotFound
                && let Some(value) = objects.value(&unknown.input, from, trace)
            {
                variable.origin = value.as_known().map(|known| known.origin);
                variable.value = value;
            }
        }
        let mut found: Vec<EnvVariable> = Vec::new();
        container.env.open.retain(|unknown| {
            if unknown.reason != Reason::NotFound {
                return true;
            }
            let of_object = objects.variables(&unknown.input, from, trace);
            match of_object.or_else(|| variables(unknown, artifacts, documents, from, trace)) {
                Some(variables) => {
                    found.extend(variables);
                    false
                }
                None => true,
            }
        });
        found.append(&mut container.env.all);
        container.env.all = effective(found);
    }
}

/// The variables without those that a later one of the same name replaces wherever they are given. A
/// name that is both plain and secret stays so: that is a mistake to be told, not to be resolved.
fn effective(all: Vec<EnvVariable>) -> Vec<EnvVariable> {
    let replaced = |index: usize, one: &EnvVariable| {
        all.iter().skip(index + 1).any(|later| {
            let same_way = later.kind == one.kind || one.kind == EnvKind::FromFile;
            later.name == one.name && same_way && one.condition.implies(&later.condition)
        })
    };
    let lost: Vec<bool> = all.iter().enumerate().map(|(index, one)| replaced(index, one)).collect();
    all.into_iter().zip(lost).filter(|(_, lost)| !lost).map(|(variable, _)| variable).collect()
}

fn variables(
    file: &Unknown,
    artifacts: &[Artifact],
    documents: &ByPath<'_>,
    from: crate::source::SourceId,
    trace: &mut Trace<'_>,
) -> Option<Vec<EnvVariable>> {
    if let Some(artifact) = artifact_at(artifacts, Kind::EnvFile, &file.input, from, trace.sources) {
        let of_file = |variable: &EnvVariable| EnvVariable { kind: EnvKind::FromFile, ..variable.clone() };
        return Some(artifact.env.all.iter().map(of_file).collect());
    }
    let root = find(documents, &file.input, trace.sources.get(from).path())?;
    root.is_mapping().then(|| of_mapping(root, trace))
}

/// The tree of the file at a path, as another file gives it. Of two files that the path may mean, the one
/// that was read first.
pub fn find<'a>(documents: &ByPath<'a>, path: &str, from: &str) -> Option<Ref<'a>> {
    let candidates = name::candidates(path, from);
    let found = candidates.iter().filter_map(|path| documents.get(path.as_str()));
    Some(found.min_by_key(|document| document.source)?.root())
}

/// A flat mapping of names and values: what `--env-vars-file` takes.
fn of_mapping(root: Ref<'_>, trace: &mut Trace<'_>) -> Vec<EnvVariable> {
    root.entries()
        .iter()
        .filter_map(|entry| {
            let node = root.document().at(entry.value);
            let text = node.text()?;
            let origin = trace.written(node.span());
            Some(EnvVariable {
                name: entry.key.as_str().into(),
                kind: EnvKind::FromFile,
                value: Value::known(Text::literal(text, Some(origin)), origin),
                condition: Condition::always(),
                span: entry.key_span,
                origin: Some(origin),
            })
        })
        .collect()
}
