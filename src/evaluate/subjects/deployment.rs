//! The object `deployment`, and those inside it.

use super::env::{env, required};
use super::fields::{
    at, bool, either, list, map, object, setting, settings, split, text, text_field, text_value, under,
};
use super::image::image;
use crate::cel::Members;
use crate::cel::object::{Datum, Field};
use crate::evaluate::Required;
use crate::model::catalogue::{self, Level, Type};
use crate::model::{Container, Deployment, Evidence, Probe, Repeated, Settings};
use crate::provenance::Provenance;
use crate::source::{Sources, Span};
use crate::value::{Condition, Duration, NameMap, Reason, Text, Unknown, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

const PROBES: [&str; 3] = ["startup_probe", "liveness_probe", "readiness_probe"];

/// The tree of one deployment, with those of its fields that somebody `reads`. `artifacts` are the
/// Dockerfiles that are known to build its image.
pub(super) fn deployment(
    sources: &Sources,
    provenance: &Provenance,
    from: &Deployment,
    wanted: &Required,
    artifacts: Vec<Field>,
    reads: &Members,
) -> Field {
    let anchor = at(from.anchor);
    let mut fields: NameMap<Field> = NameMap::new();
    // What the command keeps as it is on the running revision is unknown, not absent.
    if let Some(open) = &from.open {
        for row in catalogue::ROWS.iter().filter(|row| reads.contains(row.name)) {
            fields.insert(row.name, Field::Unknown { unknown: open.clone(), place: anchor });
        }
    }
    let containers: Vec<Field> = if reads.contains("containers") {
        let one = |one| container(provenance, one, &from.condition, from.open.as_ref());
        from.containers.iter().map(one).collect()
    } else {
        Vec::new()
    };
    main_container(provenance, from, &containers, reads, &mut fields);
    let rows = plain_rows(Level::Deployment).filter(|row| reads.contains(row.name));
    settings(provenance, rows, &from.settings, (&from.condition, anchor), &mut fields);
    let mut add = |name: &'static str, field: &dyn Fn() -> Field| {
        if reads.contains(name) {
            fields.insert(name, field());
        }
    };
    if from.main().is_none() {
        add("env", &|| map(BTreeMap::new(), from.open.clone(), anchor));
    }
    add("required", &|| match from.main() {
        Some(main) => required(provenance, &main.env, wanted, from.anchor),
        None => list(Vec::new(), anchor),
    });
    add("service", &|| match &from.service {
        Some(name) => text_field(provenance, name, anchor),
        None => text(from.display_name(), anchor),
    });
    if let Some(family) = &from.family {
        add("family", &|| text(Arc::clone(family), anchor));
    }
    if let Some(environment) = &from.environment {
        let place = match &from.evidence {
            Some(Evidence::Condition(span) | Evidence::Variable(span)) => at(*span),
            _ => anchor,
        };
        add("environment", &|| text(environment.as_str(), place));
    }
    add("environment_fixed", &|| bool(environment_is_fixed(from), anchor));
    add("platform", &|| text(from.platform, anchor));
    add("workload", &|| text(from.workload, anchor));
    add("file", &|| text(sources.get(from.source).path(), anchor));
    if !from.condition.is_always() {
        add("condition", &|| text(from.condition.to_string(), anchor));
    }
    add("containers", &|| list(containers.clone(), anchor));
    add("flags", &|| flags(provenance, from));
    add("repeated", &|| list(from.repeated.iter().filter_map(repeated).collect(), anchor));
    add("given", &|| {
        let of_main = from.main().map(|main| explicit(&main.settings)).unwrap_or_default();
        let given = of_main.into_iter().chain(explicit(&from.settings));
        list(given.map(|(name, span)| text(name, at(span))).collect(), anchor)
    });
    if let Some(dockerfile) = &from.dockerfile {
        add("dockerfile", &|| text_value(provenance, dockerfile, from.anchor));
    }
    add("artifacts", &|| list(artifacts.clone(), anchor));
    object("deployment", fields, anchor)
}

/// The fields of the main container, which are the deployment's own. What a container lacks is reported at
/// the container. `containers` are the trees of all containers, if they were made.
fn main_container(
    provenance: &Provenance,
    from: &Deployment,
    containers: &[Field],
    reads: &Members,
    fields: &mut NameMap<Field>,
) {
    let Some(main) = from.main() else { return };
    if from.open.is_none() {
        let rows = catalogue::ROWS.iter().filter(|row| row.level == Level::Container);
        for row in rows.filter(|row| reads.contains(row.name)) {
            fields.insert(row.name, Field::Absent(at(main.anchor)));
        }
    }
    let index = from.containers.iter().position(|one| std::ptr::eq(one, main));
    let made = match index.and_then(|index| containers.get(index)) {
        // What is kept from the running revision is told at the command, not at the container.
        Some(Field::Known { datum: Datum::Object(object), .. }) if from.open.is_none() => Some(&**object),
        _ => None,
    };
    if let Some(made) = made {
        for (name, field) in made.fields.iter().filter(|(name, _)| reads.contains(name)) {
            // What is given under a condition is, elsewhere, what the deployment says of it.
            let conditional = matches!(field, Field::Either(_)) && name != "env";
            if !conditional && !matches!(name, "name" | "role") {
                fields.insert(name, field.clone());
            }
        }
        if made.fields.iter().all(|(_, field)| !matches!(field, Field::Either(_))) {
            return;
        }
    }
    container_settings(provenance, main, &from.condition, fields, from.open.as_ref(), reads);
    if made.is_none() && reads.contains("env") {
        fields.insert("env", env(provenance, &main.env, main.anchor));
    }
}

fn plain_rows(level: Level) -> impl Iterator<Item = &'static catalogue::Row> {
    let own = |row: &&catalogue::Row| !matches!(row.kind, Type::Probe | Type::Image);
    catalogue::ROWS.iter().filter(move |row| row.level == level).filter(own)
}

/// The settings that the file itself gives: neither kept from the running revision nor filled in by the
/// platform.
fn explicit(settings: &Settings) -> Vec<(&'static str, Span)> {
    let kept = |value: &Value| matches!(value, Value::Unknown(unknown, _) if unknown.reason == Reason::KeptFromRunning);
    let own = settings.iter().filter(|(_, setting)| !setting.platform_default && !kept(&setting.value));
    own.map(|(name, setting)| (name, setting.place)).collect()
}

fn container_settings(
    provenance: &Provenance,
    from: &Container,
    within: &Condition,
    fields: &mut NameMap<Field>,
    open: Option<&Unknown>,
    reads: &Members,
) {
    let rows = plain_rows(Level::Container).filter(|row| reads.contains(row.name));
    settings(provenance, rows, &from.settings, (within, at(from.anchor)), fields);
    if reads.contains("image")
        && let Some(image) = image(provenance, &from.settings, from.anchor)
    {
        fields.insert("image", image);
    }
    for name in PROBES.into_iter().filter(|name| reads.contains(name)) {
        if let Some(probe) = from.probes.get(name) {
            let known = from.settings.get(name).map(|setting| &setting.value);
            fields.insert(name, probe_object(provenance, probe, known));
        } else if let Some(found) = from.settings.get(name)
            && let Some(field) = bare_probe(provenance, name, found, open)
        {
            fields.insert(name, field);
        }
    }
}

fn container(provenance: &Provenance, from: &Container, within: &Condition, open: Option<&Unknown>) -> Field {
    let anchor = at(from.anchor);
    let mut fields: NameMap<Field> = NameMap::new();
    if let Some(open) = open {
        for row in catalogue::ROWS.iter().filter(|row| row.level == Level::Container) {
            fields.insert(row.name, Field::Unknown { unknown: open.clone(), place: anchor });
        }
    }
    container_settings(provenance, from, within, &mut fields, open, &Members::all());
    if let Some(name) = &from.name {
        fields.insert("name", text(Arc::clone(name), anchor));
    }
    fields.insert("role", text(from.role.as_str(), anchor));
    fields.insert("env", env(provenance, &from.env, from.anchor));
    object("container", fields, anchor)
}

/// A probe with its fields. Where the probe itself depends on a condition, so does the object.
fn probe_object(provenance: &Provenance, probe: &Probe, setting_value: Option<&Value>) -> Field {
    // A probe that a template fills in whole may come out as none at all.
    if let (Some(Value::Unknown(unknown, _)), true) = (setting_value, probe.fields.is_empty()) {
        return Field::Unknown { unknown: unknown.clone(), place: at(probe.anchor) };
    }
    let mut fields: NameMap<Field> = NameMap::new();
    for row in PROBE_ROWS {
        if let Some(found) = probe.fields.get(row.name) {
            fields.insert(row.name, setting(provenance, row, found));
        }
    }
    let whole = object("probe", fields, at(probe.anchor));
    let Some(value @ Value::Either(_)) = setting_value else { return whole };
    let alternatives = value.alternatives().into_iter().flat_map(|(condition, value)| match value {
        Value::Unknown(unknown, _) => {
            vec![(condition, Field::Unknown { unknown: unknown.clone(), place: at(probe.anchor) })]
        }
        _ => under(&condition, whole.clone()),
    });
    either(alternatives.collect())
}

/// A probe of which only the path, or that it is unknown, was told.
fn bare_probe(
    provenance: &Provenance,
    name: &'static str,
    found: &crate::model::Setting,
    open: Option<&Unknown>,
) -> Option<Field> {
    let place = at(found.place);
    if let Value::Unknown(unknown, _) = &found.value {
        return Some(Field::Unknown { unknown: unknown.clone(), place });
    }
    let row = catalogue::find(name)?;
    let mut fields: NameMap<Field> = NameMap::new();
    if let Some(open) = open {
        for row in PROBE_ROWS {
            fields.insert(row.name, Field::Unknown { unknown: open.clone(), place });
        }
    }
    fields.insert("path", setting(provenance, row, found));
    Some(object("probe", fields, place))
}

const fn probe_row(name: &'static str, kind: Type) -> catalogue::Row {
    catalogue::Row { name, kind, level: Level::Container, description: "" }
}

/// How the fields of a probe are typed.
const PROBE_ROWS: &[catalogue::Row] = &[
    probe_row("path", Type::Text),
    probe_row("port", Type::Int),
    probe_row("period", Type::Duration),
    probe_row("timeout", Type::Duration),
    probe_row("failure_threshold", Type::Int),
    probe_row("initial_delay", Type::Duration),
    probe_row("budget", Type::Duration),
];

/// Other flags by name, without their leading hyphens; of one name the last wins. Words that are not
/// known may be further flags. What the running revision keeps was not passed here, and that is a fact.
fn flags(provenance: &Provenance, from: &Deployment) -> Field {
    let mut entries = BTreeMap::new();
    for (name, value, span) in &from.flags {
        let name: Arc<str> = name.trim_start_matches('-').into();
        entries.insert(name, text_value(provenance, value, *span));
    }
    let open = from.open.clone().filter(|open| open.reason != Reason::KeptFromRunning);
    map(entries, open, at(from.anchor))
}

/// Whether nothing that only the caller knows decides to which environment this goes. A name or a
/// variable that says staging is no obstacle to a command whose project, namespace or context is given
/// from outside, or not at all: then it is the caller's.
fn environment_is_fixed(from: &Deployment) -> bool {
    const AIMS: [&str; 5] = ["project", "namespace", "n", "context", "kube-context"];
    if let Some(Evidence::Configured | Evidence::Condition(_) | Evidence::Project | Evidence::Path) =
        from.evidence
    {
        return true;
    }
    let known = |value: &Value<Text>| match value {
        Value::Known(known) => known.overridable_by.is_none() && known.value.plain().is_some(),
        _ => false,
    };
    let mut aims =
        from.flags.iter().filter(|(name, ..)| AIMS.contains(&name.trim_start_matches('-'))).peekable();
    match aims.peek() {
        // Only commands leave something as it is; a document is applied as it stands.
        None => from.open.is_none(),
        Some(_) => aims.all(|(_, value, _)| known(value)),
    }
}

/// A flag that was given more than once. Values of conditions that exclude the winner's are no rivals.
fn repeated(from: &Repeated) -> Option<Field> {
    let (last, winner, condition) = from.values.last()?;
    let rivals: Vec<&(String, Span, Condition)> =
        from.values.iter().filter(|(_, _, other)| !other.contradicts(condition)).collect();
    let (first, first_span, _) = *rivals.first()?;
    let place = at(*winner);
    let conflicts = rivals.iter().any(|(value, ..)| differ(value, last));
    let mut fields: NameMap<Field> = NameMap::new();
    fields.insert("flag", text(from.flag.as_ref(), place));
    let values = rivals.iter().map(|(value, span, _)| text(value.as_str(), at(*span)));
    fields.insert("values", list(values.collect(), place));
    fields.insert("first", text(first.as_str(), at(*first_span)));
    fields.insert("last", text(last.as_str(), place));
    fields.insert("conflict", bool(conflicts, place));
    Some(object("repeated_flag", fields, place))
}

/// Whether two values as written are known to differ: `600` and `10m` of a timeout are the same.
fn differ(one: &str, other: &str) -> bool {
    let known = |text: &str| !text.contains('{');
    if one == other || !known(one) || !known(other) {
        return false;
    }
    match (Duration::parse_seconds(one), Duration::parse_seconds(other)) {
        (Ok(one), Ok(other)) => one != other,
        _ => true,
    }
}

/// Whether a deployment's image is built from a Dockerfile of this path, as far as is known.
pub(super) fn builds_from(from: &Deployment, directory: &str, path: &str) -> bool {
    let Some(dockerfile) = &from.dockerfile else { return false };
    dockerfile.alternatives().into_iter().any(|(_, value)| {
        let Value::Known(known) = value else { return false };
        let each = split(&known.value).unwrap_or_default();
        each.iter().any(|(_, text)| {
            let Some(told) = text.plain() else { return false };
            let told = told.trim_start_matches("./");
            told == path || format!("{directory}/{told}") == path
        })
    })
}
