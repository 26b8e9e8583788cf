//! Tools that put images of their own in the place of those that manifests name: what stands in the
//! manifest is then a name to be replaced, and that it has no tag means nothing.

mod kustomize;
mod skaffold;

use crate::document::{Document, Ref};
use crate::model::{Deployment, Setting};
use crate::platform::Trace;
use crate::provenance::{Origin, Step};
use crate::source::{Sources, Span};
use crate::value::{
    Atom, Condition, Known, Operand, Operator, Part, Piece, Reason, Scalar, Text, Unknown, Value,
};
use std::sync::Arc;

/// So many different images of one container are told apart; of more, the tag is not known.
const MAX_IMAGES: usize = 16;

/// What the tools of a project replace.
#[derive(Debug)]
pub struct Rewrites<'d> {
    overlays: kustomize::Overlays<'d>,
    builds: skaffold::Builds<'d>,
}

impl<'d> Rewrites<'d> {
    /// Whether a document tells such a tool what to replace.
    pub fn holds(document: &Document, sources: &Sources) -> bool {
        kustomize::is_kustomization(document, sources) || skaffold::is_config(document)
    }

    /// Finds the tools' files among the documents.
    pub fn of(documents: &'d [Document], sources: &'d Sources) -> Rewrites<'d> {
        Rewrites {
            overlays: kustomize::Overlays::of(documents, sources),
            builds: skaffold::Builds::of(documents, sources),
        }
    }

    /// Sets the images that a deployment from a manifest gets in the end.
    pub fn settle(&self, deployment: &mut Deployment, trace: &mut Trace<'_>) {
        if (self.overlays.is_empty() && self.builds.is_empty()) || !deployment.condition.is_always() {
            return;
        }
        let path = trace.sources.get(deployment.source).path();
        for container in &mut deployment.containers {
            let Some(setting) = container.settings.get_mut("image") else { continue };
            let Value::Known(known) = &setting.value else { continue };
            let Scalar::Text(text) = &known.value else { continue };
            let Some(written) = text.plain() else { continue };
            let mut images = self.overlays.images(path, Image::of(&written));
            for (_, image) in &mut images {
                self.builds.replace(path, image);
            }
            if images.iter().any(|(_, image)| image.is_replaced()) {
                replace(setting, known.clone(), &written, images, trace);
            }
        }
    }
}

/// What stands behind the name of an image.
#[derive(Clone, Debug)]
enum Version<'d> {
    /// As the manifest has it: `:1.2`, `@sha256:...` or nothing.
    Written(String),
    Tag(Ref<'d>),
    Digest(Ref<'d>),
    TagAndDigest(Ref<'d>, Ref<'d>),
    /// The tool of this name says it, because of what stands here.
    Unknown(&'static str, Span),
}

/// An image on its way through the tools.
#[derive(Clone, Debug)]
struct Image<'d> {
    name: String,
    /// Where another name than the manifest's was given.
    renamed: Option<Ref<'d>>,
    version: Version<'d>,
}

impl<'d> Image<'d> {
    fn of(written: &str) -> Image<'d> {
        let (named, _) = written.split_once('@').unwrap_or((written, ""));
        let tail = named.rfind('/').map_or(0, |slash| slash + 1);
        let end = named[tail..].find(':').map_or(named.len(), |colon| tail + colon);
        let version = Version::Written(written[end..].to_owned());
        Image { name: written[..end].to_owned(), renamed: None, version }
    }

    /// Whether nothing at all is said of the version.
    fn is_bare(&self) -> bool {
        matches!(&self.version, Version::Written(version) if version.is_empty())
    }

    fn is_replaced(&self) -> bool {
        self.renamed.is_some() || !matches!(self.version, Version::Written(_))
    }

    /// The reference, to be compared and shown.
    fn shown(&self) -> String {
        let text = |node: &Ref<'d>| node.text().unwrap_or_default().to_owned();
        let version = match &self.version {
            Version::Written(version) => version.clone(),
            Version::Tag(tag) => format!(":{}", text(tag)),
            Version::Digest(digest) => format!("@{}", text(digest)),
            Version::TagAndDigest(tag, digest) => format!(":{}@{}", text(tag), text(digest)),
            Version::Unknown(tool, _) => format!(":{{{tool}}}"),
        };
        format!("{}{version}", self.name)
    }

    /// The value, with every part where it was written.
    fn value(&self, written: &Known<Scalar>, place: Span, trace: &mut Trace<'_>) -> Known<Scalar> {
        let Scalar::Text(text) = &written.value else { return written.clone() };
        let mut parts = match (&self.renamed, &self.version) {
            (None, Version::Written(_)) => return written.clone(),
            (None, _) => match text.parts.as_slice() {
                [part] => vec![trace.cut(part, 0..self.name.len())],
                _ => vec![literal(&self.name, written.origin)],
            },
            (Some(name), _) => vec![literal(&self.name, trace.written(name.span()))],
        };
        let mut origin = parts.first().and_then(|part| part.origin).unwrap_or(written.origin);
        let mut add = |mark: &str, node: &Ref<'d>, trace: &mut Trace<'_>| {
            origin = trace.written(node.span());
            parts.push(literal(mark, origin));
            parts.push(literal(node.text().unwrap_or_default(), origin));
        };
        match &self.version {
            Version::Written(version) if version.is_empty() => {}
            Version::Written(version) => parts.push(literal(version, written.origin)),
            Version::Tag(tag) => add(":", tag, trace),
            Version::Digest(digest) => add("@", digest, trace),
            Version::TagAndDigest(tag, digest) => {
                add(":", tag, trace);
                add("@", digest, trace);
            }
            Version::Unknown(tool, span) => {
                let unknown = Unknown { input: (*tool).into(), reason: Reason::Replaced, span: *span };
                let piece = Piece::Hole(unknown);
                parts.push(literal(":", origin));
                parts.push(Part { condition: Condition::always(), piece, origin: None });
            }
        }
        let origin = trace.step(origin, trace.literal(written.origin).unwrap_or(place), Step::Overridden);
        Known { value: Scalar::Text(Text { parts }), origin, overridable_by: None }
    }
}

fn literal(text: &str, origin: Origin) -> Part {
    Part { condition: Condition::always(), piece: Piece::Literal(text.to_owned()), origin: Some(origin) }
}

/// The name under which an overlay is told, and where it begins.
type Overlay = Option<(Arc<str>, Span)>;

/// The overlays that have one image.
type Overlays = Vec<(Arc<str>, Span)>;

/// Puts the images in the place of the one that was written; those of several overlays under the overlays
/// that have them.
fn replace(
    setting: &mut Setting,
    written: Known<Scalar>,
    shown: &str,
    images: Vec<(Overlay, Image<'_>)>,
    trace: &mut Trace<'_>,
) {
    let mut groups: Vec<(Overlays, Image<'_>)> = Vec::new();
    for (overlay, image) in images {
        match groups.iter_mut().find(|(_, other)| other.shown() == image.shown()) {
            Some((overlays, _)) => overlays.extend(overlay),
            None => groups.push((overlay.into_iter().collect(), image)),
        }
    }
    let is_lost = groups.iter().all(|(_, image)| image.is_replaced());
    if groups.len() > MAX_IMAGES {
        let unknown = Unknown { input: shown.into(), reason: Reason::Limit, span: setting.place };
        setting.value = Value::Unknown(unknown, Some(written.origin));
        setting.written.clear();
        return;
    }
    let always = groups.len() == 1;
    let (mut alternatives, mut texts) = (Vec::new(), Vec::new());
    for (overlays, image) in groups {
        let condition = if always { Condition::always() } else { chosen(overlays) };
        alternatives.push((condition, Value::Known(image.value(&written, setting.place, trace))));
        texts.push(image.shown());
    }
    setting.value = Value::either(alternatives);
    setting.written = texts;
    if is_lost {
        setting.overridden.push((Condition::always(), written, shown.to_owned()));
    }
}

/// That one of these overlays is what is deployed.
fn chosen(overlays: Vec<(Arc<str>, Span)>) -> Condition {
    let Some((_, span)) = overlays.first().cloned() else { return Condition::always() };
    let mut names: Vec<Arc<str>> = overlays.into_iter().map(|(name, _)| name).collect();
    let (operator, operand) = match names.len() {
        1 => (Operator::Equal, Operand::One(names.remove(0))),
        _ => (Operator::In, Operand::Many(names)),
    };
    Condition::of(Atom { input: "overlay".into(), operator, operand, span })
}

/// Whether a scalar says its value itself, rather than naming what another tool fills in.
fn is_settled(node: Ref<'_>) -> bool {
    let filled_in = matches!(&node.node().kind, crate::document::NodeKind::Scalar { template: Some(_), .. });
    !filled_in && node.text().is_some_and(|text| !text.contains(['$', '{']))
}
