//! Whether an image is built on Alpine, and the Dockerfile that tells.

use crate::extract::artifact_at;
use crate::model::{Artifact, Deployment, Kind, Role, Setting};
use crate::platform::command::Build;
use crate::platform::{Trace, names_alpine, origin_of};
use crate::provenance::Step;
use crate::source::SourceId;
use crate::value::{Condition, Reason, Scalar, Text, Unknown, Value};

/// What is known about one image alternative.
type Alternatives = Vec<(Condition, Value)>;

/// Sets `alpine` of each container, and the deployment's Dockerfile where a build of the same file makes
/// its image.
pub fn settle(deployment: &mut Deployment, builds: &[Build], artifacts: &[Artifact], trace: &mut Trace<'_>) {
    let builds: Vec<&Build> = builds
        .iter()
        .filter(|build| {
            build.source == deployment.source && !build.condition.contradicts(&deployment.condition)
        })
        .collect();
    let own = deployment.dockerfile.clone().or_else(|| of_source(deployment, artifacts, trace));
    let main_image = deployment.main().and_then(|main| main.settings.get("image")).cloned();
    if deployment.dockerfile.is_none() {
        deployment.dockerfile = own.clone().or_else(|| {
            let image = main_image.as_ref()?;
            dockerfile_of(&image.value, &builds, &deployment.condition)
        });
    }
    let (condition, from) = (deployment.condition.clone(), deployment.source);
    for container in &mut deployment.containers {
        let own = own.clone().filter(|_| container.role == Role::Main);
        let image = container.settings.get("image").cloned();
        let Some(place) = image.as_ref().map(|image| image.place).or(own.as_ref().map(|_| container.anchor))
        else {
            continue;
        };
        let mut all: Alternatives = Vec::new();
        match &image {
            None => all.extend(own.iter().flat_map(|own| of_dockerfile(own, artifacts, from, trace))),
            Some(image) => {
                for (under, value) in image.value.alternatives() {
                    let Some(world) = condition.and(&under) else { continue };
                    let built = own.clone().or_else(|| dockerfile_of(value, &builds, &world));
                    for (inner, alpine) in of_image(value, built.as_ref(), artifacts, from, place, trace) {
                        all.extend(under.and(&inner).map(|both| (both.without(&condition), alpine)));
                    }
                }
            }
        }
        all.retain(|(under, _)| !under.contradicts(&condition));
        if all.is_empty() {
            continue;
        }
        let written = all
            .iter()
            .filter_map(|(_, value)| value.as_known().map(|known| known.value.to_string()))
            .collect();
        let value = one_or_either(all);
        let setting = Setting { value, written, overridden: Vec::new(), platform_default: false, place };
        container.settings.insert("alpine", setting);
    }
}

/// Alternatives that say the same are one.
fn one_or_either(mut all: Alternatives) -> Value {
    let same = |a: &Value, b: &Value| match (a, b) {
        (Value::Known(a), Value::Known(b)) => a.value == b.value,
        (Value::Unknown(a, _), Value::Unknown(b, _)) => a.input == b.input,
        _ => false,
    };
    let first = all.first().map(|(_, value)| value.clone());
    match first {
        Some(first) if all.iter().all(|(_, value)| same(value, &first)) => first,
        _ if all.len() == 1 => all.remove(0).1,
        _ => Value::either(all),
    }
}

fn of_image(
    image: &Value,
    dockerfile: Option<&Value<Text>>,
    artifacts: &[Artifact],
    from: SourceId,
    place: crate::source::Span,
    trace: &mut Trace<'_>,
) -> Alternatives {
    let always = Condition::always();
    let unknown = match image {
        Value::Known(known) => {
            let Scalar::Text(text) = &known.value else { return Vec::new() };
            if names_alpine(text) {
                return vec![(always, Value::known(Scalar::Bool(true), known.origin))];
            }
            let input = text.to_string().into();
            Unknown { input, reason: Reason::NotFound, span: place }
        }
        Value::Unknown(unknown, _) => unknown.clone(),
        Value::Either(_) => return Vec::new(),
    };
    match dockerfile {
        Some(dockerfile) => of_dockerfile(dockerfile, artifacts, from, trace),
        None => vec![(always, Value::Unknown(unknown, origin_of(image)))],
    }
}

/// By the base of the Dockerfile if it was read, by its name as a last resort.
fn of_dockerfile(
    dockerfile: &Value<Text>,
    artifacts: &[Artifact],
    from: SourceId,
    trace: &mut Trace<'_>,
) -> Alternatives {
    let mut all = Vec::new();
    for (condition, value) in dockerfile.alternatives() {
        let known = match value {
            Value::Known(known) => known,
            Value::Unknown(unknown, origin) => {
                all.push((condition, Value::Unknown(unknown.clone(), *origin)));
                continue;
            }
            Value::Either(_) => continue,
        };
        let path = known.value.to_string();
        let span = trace.place(known.origin);
        let base = artifact_at(artifacts, Kind::Dockerfile, &path, from, trace.sources)
            .and_then(|artifact| artifact.settings.get("alpine"));
        if let Some(base) = base {
            let mut base = base.value.clone();
            if let (Value::Known(base), Some(span)) = (&mut base, span) {
                base.origin = trace.step(base.origin, span, Step::BaseImage);
            }
            for (inner, value) in base.alternatives() {
                all.extend(condition.and(&inner).map(|both| (both, value.clone())));
            }
        } else if path.to_ascii_lowercase().contains("alpine") {
            let origin = match span {
                Some(span) => trace.step(known.origin, span, Step::ByName),
                None => known.origin,
            };
            all.push((condition, Value::known(Scalar::Bool(true), origin)));
        } else if let Some(span) = span {
            let unknown = Unknown { input: path.into(), reason: Reason::NotFound, span };
            all.push((condition, Value::Unknown(unknown, Some(known.origin))));
        }
    }
    all
}

/// The Dockerfile that a build of the same file makes into an image: with the same reference, else with
/// the same repository.
fn dockerfile_of(image: &Value, builds: &[&Build], world: &Condition) -> Option<Value<Text>> {
    let Scalar::Text(text) = &image.as_known()?.value else { return None };
    let wanted = text.to_string();
    let find = |cut: fn(&str) -> &str| {
        builds.iter().find_map(|build| {
            let makes = build.images.iter().any(|image| {
                image.alternatives().iter().any(|(condition, image)| {
                    !condition.contradicts(world)
                        && image
                            .as_known()
                            .is_some_and(|known| cut(&known.value.under(world).to_string()) == cut(&wanted))
                })
            });
            if makes { dockerfile(build) } else { None }
        })
    };
    find(|reference| reference).or_else(|| find(repository))
}

/// A reference without its tag or digest.
fn repository(reference: &str) -> &str {
    let bare = reference.split('@').next().unwrap_or(reference);
    match bare.rsplit_once(':') {
        Some((before, tag)) if !tag.contains('/') => before,
        _ => bare,
    }
}

/// The Dockerfile of a build: the one it names, else the usual one of its context.
fn dockerfile(build: &Build) -> Option<Value<Text>> {
    if build.dockerfile.is_some() {
        return build.dockerfile.clone();
    }
    let known = build.context.as_ref()?.as_known()?;
    let context = known.value.plain()?;
    Some(Value::known(Text::literal(in_folder(&context), Some(known.origin)), known.origin))
}

fn in_folder(folder: &str) -> String {
    match folder.trim_end_matches('/') {
        "" | "." => "Dockerfile".to_owned(),
        folder => format!("{folder}/Dockerfile"),
    }
}

/// The Dockerfile of a source folder that the platform builds, if it was read.
fn of_source(deployment: &Deployment, artifacts: &[Artifact], trace: &Trace<'_>) -> Option<Value<Text>> {
    let source = deployment.settings.get("source")?.value.as_known()?;
    let path = in_folder(&source.value.plain()?);
    artifact_at(artifacts, Kind::Dockerfile, &path, deployment.source, trace.sources)?;
    Some(Value::known(Text::literal(path, Some(source.origin)), source.origin))
}
