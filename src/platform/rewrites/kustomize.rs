//! Kustomize: overlays that give the images of manifests other names, tags and digests.
//!
//! <https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/>

use super::{Image, Overlay, Version, is_settled};
use crate::document::{Document, Ref};
use crate::source::{Sources, Span, path};
use std::collections::{BTreeSet, HashMap};

/// How many overlays may stand upon one another.
const MAX_DEPTH: usize = 12;

/// So many ways up from one manifest are followed.
const MAX_WAYS: usize = 256;

/// The lists of a kustomization that name manifests, or folders with a kustomization.
const RESOURCES: [&str; 3] = ["resources", "bases", "components"];

/// Whether a document is a kustomization. Flux calls something else by the same kind.
pub(super) fn is_kustomization(document: &Document, sources: &Sources) -> bool {
    let root = document.root();
    if let Some(version) = root.get("apiVersion").and_then(Ref::text) {
        return version.starts_with("kustomize.config.k8s.io/");
    }
    let path = sources.get(document.source).path();
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "kustomization.yaml" | "kustomization.yml") && root.is_mapping()
}

/// One kustomization.
#[derive(Debug)]
struct Kustomization<'d> {
    /// Its folder, which is what people call it by.
    folder: &'d str,
    span: Span,
    images: Vec<Ref<'d>>,
    components: Vec<usize>,
    /// Those that build upon this one.
    above: Vec<usize>,
}

/// The kustomizations of a project.
#[derive(Debug)]
pub(super) struct Overlays<'d> {
    all: Vec<Kustomization<'d>>,
    /// From a manifest or patch to the kustomizations that name it.
    by_file: HashMap<String, Vec<usize>>,
}

impl<'d> Overlays<'d> {
    pub(super) fn of(documents: &'d [Document], sources: &'d Sources) -> Overlays<'d> {
        let found: Vec<&Document> =
            documents.iter().filter(|document| is_kustomization(document, sources)).collect();
        let mut all: Vec<Kustomization<'d>> = Vec::new();
        let mut by_folder: HashMap<&str, usize> = HashMap::new();
        for document in &found {
            let folder = path::folder(sources.get(document.source).path());
            by_folder.entry(folder).or_insert(all.len());
            let images = document.root().get("images").into_iter().flat_map(Ref::items).collect();
            let (components, above) = (Vec::new(), Vec::new());
            all.push(Kustomization { folder, span: document.root().span(), images, components, above });
        }
        let mut by_file: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, document) in found.iter().enumerate() {
            let root = document.root();
            let folder = path::folder(sources.get(document.source).path());
            for list in RESOURCES {
                for name in root.get(list).into_iter().flat_map(Ref::items).filter_map(Ref::text) {
                    let Some(target) = path::within(folder, name) else { continue };
                    let Some(&below) = by_folder.get(target.as_str()) else {
                        by_file.entry(target).or_default().push(index);
                        continue;
                    };
                    if let Some(below) = all.get_mut(below) {
                        below.above.push(index);
                    }
                    if list == "components"
                        && let Some(own) = all.get_mut(index)
                    {
                        own.components.push(below);
                    }
                }
            }
            for target in patches(root).filter_map(|name| path::within(folder, name)) {
                by_file.entry(target).or_default().push(index);
            }
        }
        Overlays { all, by_file }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The images that the one in a manifest becomes, each with the outermost overlay that makes it so. The
    /// image as it is if no overlay names the manifest.
    pub(super) fn images(&self, file: &str, image: Image<'d>) -> Vec<(Overlay, Image<'d>)> {
        let mut made = Vec::new();
        let mut seen = BTreeSet::new();
        let mut ways: Vec<(usize, Image<'d>, usize)> = Vec::new();
        for &index in self.by_file.get(file).into_iter().flatten() {
            ways.push((index, image.clone(), 0));
        }
        let mut steps = 0;
        while let Some((index, mut image, depth)) = ways.pop() {
            let Some(overlay) = self.all.get(index) else { continue };
            steps += 1;
            if depth > MAX_DEPTH || steps > MAX_WAYS {
                image.version = Version::Unknown("kustomize", overlay.span);
                return vec![(None, image)];
            }
            self.apply(overlay, &mut image, 0);
            if overlay.above.is_empty() && seen.insert(index) {
                let folder = if overlay.folder.is_empty() { "." } else { overlay.folder };
                made.push((Some((folder.into(), overlay.span)), image.clone()));
            }
            ways.extend(overlay.above.iter().rev().map(|above| (*above, image.clone(), depth + 1)));
        }
        if made.is_empty() {
            made.push((None, image));
        }
        made
    }

    /// What one kustomization makes of an image, its components first.
    fn apply(&self, overlay: &Kustomization<'d>, image: &mut Image<'d>, depth: usize) {
        if depth > MAX_DEPTH {
            image.version = Version::Unknown("kustomize", overlay.span);
            return;
        }
        for component in overlay.components.iter().filter_map(|index| self.all.get(*index)) {
            self.apply(component, image, depth + 1);
        }
        for entry in &overlay.images {
            if entry.get("name").and_then(Ref::text) == Some(image.name.as_str()) {
                transform(*entry, image);
            }
        }
    }
}

/// Files of patches: what is patched in gets its image replaced as well.
fn patches(root: Ref<'_>) -> impl Iterator<Item = &str> {
    let named = root.get("patches").into_iter().flat_map(Ref::items).filter_map(|patch| patch.get("path"));
    let listed = root.get("patchesStrategicMerge").into_iter().flat_map(Ref::items);
    named.chain(listed).filter_map(Ref::text).filter(|text| !text.contains('\n'))
}

/// What one entry of `images` makes of an image of its name. A tag or a digest takes the place of both. An
/// entry that gives neither to an image that has neither is there for `kustomize edit set image` to fill in.
fn transform<'d>(entry: Ref<'d>, image: &mut Image<'d>) {
    let given = |key: &str| entry.get(key).filter(|node| node.text().is_some_and(|text| !text.is_empty()));
    let unknown = |node: Ref<'d>| Version::Unknown("kustomize", node.span());
    let all = ["newName", "newTag", "digest", "tagSuffix"];
    if let Some(node) = all.into_iter().filter_map(given).find(|node| !is_settled(*node)) {
        image.version = unknown(node);
        return;
    }
    if let Some(name) = given("newName") {
        image.name = name.text().unwrap_or_default().to_owned();
        image.renamed = Some(name);
    }
    match (given("newTag"), given("digest"), given("tagSuffix")) {
        (Some(tag), Some(digest), _) => image.version = Version::TagAndDigest(tag, digest),
        (Some(tag), None, _) => image.version = Version::Tag(tag),
        (None, Some(digest), _) => image.version = Version::Digest(digest),
        (None, None, Some(suffix)) => image.version = unknown(suffix),
        (None, None, None) if image.is_bare() => {
            image.version = unknown(entry);
        }
        (None, None, None) => {}
    }
}
