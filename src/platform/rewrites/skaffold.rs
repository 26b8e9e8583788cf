//! Skaffold: the images that it builds get the tag of the build in every manifest that it deploys.
//!
//! <https://skaffold.dev/docs/references/yaml/>

use super::{Image, Version};
use crate::document::{Document, Ref};
use crate::source::{Sources, Span, path};
use std::collections::HashMap;

/// Where a configuration names the manifests that it deploys.
const MANIFESTS: [&[&str]; 4] = [
    &["manifests", "rawYaml"],
    &["manifests", "kustomize", "paths"],
    &["deploy", "kubectl", "manifests"],
    &["deploy", "kustomize", "paths"],
];

/// Whether a document configures Skaffold.
pub(super) fn is_config(document: &Document) -> bool {
    let version = document.root().get("apiVersion").and_then(Ref::text);
    version.is_some_and(|version| version.starts_with("skaffold/"))
}

/// One image that is built.
#[derive(Debug)]
struct Artifact {
    span: Span,
    /// Folders whose manifests are deployed with it.
    folders: Vec<String>,
}

/// The images that Skaffold builds, by name.
#[derive(Debug)]
pub(super) struct Builds<'d> {
    all: HashMap<&'d str, Vec<Artifact>>,
}

impl<'d> Builds<'d> {
    pub(super) fn of(documents: &'d [Document], sources: &Sources) -> Builds<'d> {
        let mut all: HashMap<&'d str, Vec<Artifact>> = HashMap::new();
        for document in documents.iter().filter(|document| is_config(document)) {
            let root = document.root();
            let own = path::folder(sources.get(document.source).path());
            let profiles = || root.get("profiles").into_iter().flat_map(Ref::items);
            let mut folders = vec![own.to_owned()];
            for part in [root].into_iter().chain(profiles()) {
                let listed = MANIFESTS.iter().filter_map(|keys| part.path(keys)).flat_map(Ref::items);
                folders.extend(listed.filter_map(Ref::text).filter_map(|one| path::within(own, fixed(one))));
            }
            for part in [root].into_iter().chain(profiles()) {
                for artifact in part.path(&["build", "artifacts"]).into_iter().flat_map(Ref::items) {
                    let Some(image) = artifact.get("image") else { continue };
                    let Some(name) = image.text() else { continue };
                    let artifact = Artifact { span: image.span(), folders: folders.clone() };
                    all.entry(name).or_default().push(artifact);
                }
            }
        }
        Builds { all }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Puts the tag of the build in the place of the image's own. An image by digest is left alone.
    pub(super) fn replace(&self, file: &str, image: &mut Image<'d>) {
        let by_digest = match &image.version {
            Version::Written(version) => version.contains('@'),
            Version::Digest(_) | Version::TagAndDigest(..) => true,
            Version::Tag(_) | Version::Unknown(..) => false,
        };
        let artifacts = self.all.get(image.name.as_str()).into_iter().flatten();
        let built = artifacts.filter(|_| !by_digest).find(|artifact| {
            artifact.folders.iter().any(|folder| {
                folder.is_empty()
                    || file
                        .strip_prefix(folder.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        });
        if let Some(artifact) = built {
            image.version = Version::Unknown("skaffold", artifact.span);
        }
    }
}

/// The folders and names of a pattern before its first wildcard: `k8s` of `k8s/*.yaml`.
fn fixed(pattern: &str) -> &str {
    match pattern.find(['*', '?', '[', '{']) {
        Some(wild) => path::folder(&pattern[..wild]),
        None => pattern,
    }
}
