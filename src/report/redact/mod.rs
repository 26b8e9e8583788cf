//! Secrets are never shown: neither in excerpts, nor in messages, values, provenance or logs.
//!
//! A [`Redactor`] knows the characters of files that are secrets (by the name they stand beside, by
//! their looks, by the deployment's variable they end in) and masks them at the last moment, when a
//! report is written: everything before works on the real text, so that spans and verdicts are right.
//! It judges texts only: it must never decide what is a violation.

mod learnt;
mod names;
mod scan;
mod shapes;
mod value;

pub use names::is_secret_name;

use crate::input::Format;
use crate::model::{Container, EnvKind, EnvVariable, Model, Settings};
use crate::provenance::Provenance;
use crate::report::outcome::Outcome;
use crate::source::{SourceId, Sources, Span};
use crate::value::{Condition, Operand, Text, Value};
use learnt::{Learnt, Met};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What stands where a secret stood in a text without columns. Its length tells nothing.
pub const MASK: &str = "********";

/// Masks the secrets of one run's files.
pub struct Redactor<'a> {
    sources: &'a Sources,
    /// What a file's own text betrays, by file.
    scanned: Vec<OnceCell<Vec<Range<usize>>>>,
    /// All that is masked, by file.
    ranges: Vec<OnceCell<Vec<Range<usize>>>>,
    /// Literals that end in a variable with a secret's name, though nothing beside them says so.
    traced: BTreeMap<SourceId, Vec<Range<usize>>>,
    learnt: Learnt,
}

impl<'a> Redactor<'a> {
    /// Knows the secrets of the files that the report of a run speaks of.
    pub fn of(outcome: &'a Outcome) -> Redactor<'a> {
        Redactor::new(&outcome.sources, &outcome.provenance, Some(&outcome.model), outcome.spoken_of())
    }

    /// Knows the secrets of the files that a report is going to speak of; those of other files are
    /// found when an excerpt of them is asked for.
    pub fn new(
        sources: &'a Sources,
        provenance: &Provenance,
        model: Option<&Model>,
        spoken_of: impl IntoIterator<Item = SourceId>,
    ) -> Redactor<'a> {
        let mut redactor = Redactor {
            sources,
            scanned: (0..sources.len()).map(|_| OnceCell::new()).collect(),
            ranges: (0..sources.len()).map(|_| OnceCell::new()).collect(),
            traced: BTreeMap::new(),
            learnt: Learnt::default(),
        };
        for deployment in model.into_iter().flat_map(|model| &model.deployments) {
            let service = deployment.service.as_ref().and_then(Text::plain);
            let family = deployment.family.as_deref().map(str::to_owned);
            let containers =
                deployment.containers.iter().filter_map(|one| one.name.as_deref().map(str::to_owned));
            service.into_iter().chain(family).chain(containers).for_each(|name| redactor.learnt.named(name));
        }
        let mapped =
            model.into_iter().flat_map(variables).filter(|variable| variable.kind == EnvKind::Secret);
        for (_, value) in mapped.flat_map(|variable| variable.value.alternatives()) {
            if let Some(name) = value.as_known().and_then(|known| known.value.plain()) {
                redactor.learnt.reference(&name);
            }
        }
        let mut wanted: BTreeSet<SourceId> = spoken_of.into_iter().collect();
        for variable in model.into_iter().flat_map(variables) {
            redactor.trace(variable, provenance, &mut wanted);
        }
        for condition in model.into_iter().flat_map(conditions) {
            redactor.tested(&condition);
        }
        // A Secret is no deployment, and what it holds may stand in one under an innocent name.
        let secrets = sources.iter().filter(|(_, source)| source.text().contains("kind: Secret"));
        wanted.extend(secrets.map(|(id, _)| id));
        for id in wanted {
            let text = sources.get(id).text();
            let values: Vec<&str> =
                redactor.scanned(id).iter().filter_map(|range| text.get(range.clone())).collect();
            values.into_iter().for_each(|value| redactor.learnt.learn(value, Met::Beside));
        }
        redactor
    }

    /// Learns what an input with a secret's name is compared with: `API_KEY == abc`.
    fn tested(&mut self, condition: &Condition) {
        for atom in condition.atoms().iter().filter(|atom| is_secret_name(&atom.input)) {
            let constants = match &atom.operand {
                Operand::One(one) => std::slice::from_ref(one),
                Operand::Many(many) => many.as_slice(),
                Operand::None => &[],
            };
            for constant in constants.iter().filter(|constant| !value::is_reference(constant)) {
                self.learnt.learn(constant, Met::Beside);
            }
        }
    }

    /// Learns the value of a plain variable with a secret's name, and where it was written.
    fn trace(&mut self, variable: &EnvVariable, provenance: &Provenance, wanted: &mut BTreeSet<SourceId>) {
        if variable.kind != EnvKind::Plain || !is_secret_name(&variable.name) {
            return;
        }
        wanted.insert(variable.span.source);
        for (_, value) in variable.value.alternatives() {
            let Some(known) = value.as_known() else { continue };
            let Some(text) = known.value.plain().filter(|text| !value::is_reference(text)) else { continue };
            self.learnt.learn(&text, Met::Deployed);
            let Some(span) = provenance.literal(known.origin) else { continue };
            let written = self.sources.slice(span);
            if let Some(at) = written.find(text.as_str()) {
                let start = span.range().start + at;
                self.traced.entry(span.source).or_default().push(start..start + text.len());
            }
            wanted.insert(span.source);
        }
    }

    /// The secret bytes of a file, ascending and apart from each other.
    pub fn ranges(&self, id: SourceId) -> &[Range<usize>] {
        let Some(cell) = self.ranges.get(id.index()) else { return &[] };
        cell.get_or_init(|| {
            let mut ranges = self.scanned(id).to_vec();
            ranges.extend(self.traced.get(&id).into_iter().flatten().cloned());
            ranges.extend(self.learnt.in_file(self.sources.get(id).text()));
            scan::joined(ranges)
        })
    }

    /// The secret bytes that a file's own text betrays.
    fn scanned(&self, id: SourceId) -> &[Range<usize>] {
        let Some(cell) = self.scanned.get(id.index()) else { return &[] };
        cell.get_or_init(|| {
            let source = self.sources.get(id);
            scan::secrets(source.text(), Format::of_path(source.path()))
        })
    }

    /// Whether a byte of a file belongs to a secret.
    pub fn is_secret(&self, id: SourceId, offset: usize) -> bool {
        let ranges = self.ranges(id);
        let at = ranges.partition_point(|range| range.end <= offset);
        ranges.get(at).is_some_and(|range| range.contains(&offset))
    }

    /// The characters at a span, those of secrets masked.
    pub fn slice(&self, span: Span) -> String {
        let text = self.sources.slice(span);
        let start = span.start as usize;
        let inside = |range: &Range<usize>| {
            let clipped = range.start.max(start)..range.end.min(start + text.len());
            (clipped.start < clipped.end).then(|| clipped.start - start..clipped.end - start)
        };
        let ranges: Vec<Range<usize>> = self.ranges(span.source).iter().filter_map(inside).collect();
        if ranges.is_empty() { text.to_owned() } else { replace(text, &ranges) }
    }

    /// A text for people or programs with its secrets masked.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.sentence(text, self.learnt.has_common() && names_a_secret(text))
    }

    /// A text that is told about a place: where that is a secret's, common words are masked too that are
    /// secrets somewhere.
    pub fn text_at<'t>(&self, span: Span, text: &'t str) -> Cow<'t, str> {
        let touches = |range: &Range<usize>| range.start < span.range().end && span.range().start < range.end;
        let about = || self.ranges(span.source).iter().any(touches) || names_a_secret(text);
        self.sentence(text, self.learnt.has_common() && about())
    }

    fn sentence<'t>(&self, text: &'t str, about_a_secret: bool) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for secret in self.learnt.in_sentence(text) {
            masked = Cow::Owned(masked.replace(secret, MASK));
        }
        let mut ranges = scan::secrets_of_prose(&masked);
        if about_a_secret {
            ranges.extend(self.learnt.common_in(&masked));
            ranges.sort_by_key(|range| (range.start, range.end));
        }
        if ranges.is_empty() { masked } else { Cow::Owned(replace(&masked, &ranges)) }
    }

    /// The value of a thing with a name: all of it is masked if the name is a secret's.
    pub fn value_of<'t>(&self, name: &str, value: &'t str) -> Cow<'t, str> {
        let by_name = name.split(['.', '[', ']', '"', '\'']).any(is_secret_name);
        if by_name && !value::is_reference(value) && !matches!(value, "absent" | "unknown") {
            return Cow::Borrowed(MASK);
        }
        self.text(value)
    }
}

fn names_a_secret(text: &str) -> bool {
    let part = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    text.split(part).any(is_secret_name)
}

fn variables(model: &Model) -> impl Iterator<Item = &EnvVariable> {
    let deployed = model.deployments.iter().flat_map(|deployment| &deployment.containers);
    let deployed = deployed.flat_map(|container| &container.env.all);
    deployed.chain(model.artifacts.iter().flat_map(|artifact| &artifact.env.all))
}

/// All conditions under which something is deployed or has a value.
fn conditions(model: &Model) -> Vec<Condition> {
    fn of_value<T>(value: &Value<T>) -> impl Iterator<Item = Condition> {
        value.alternatives().into_iter().map(|(condition, _)| condition)
    }
    fn of_settings(settings: &Settings) -> impl Iterator<Item = Condition> {
        settings.iter().flat_map(|(_, setting)| of_value(&setting.value))
    }
    let of_container = |container: &Container| {
        let probes = container.probes.values().flat_map(|probe| of_settings(&probe.fields));
        probes.chain(of_settings(&container.settings)).collect::<Vec<_>>()
    };
    let mut all: Vec<Condition> = Vec::new();
    for deployment in &model.deployments {
        all.push(deployment.condition.clone());
        all.extend(of_settings(&deployment.settings));
        all.extend(deployment.containers.iter().flat_map(of_container));
    }
    all.extend(model.artifacts.iter().flat_map(|artifact| of_settings(&artifact.settings)));
    all.extend(model.settings.iter().map(|setting| setting.condition.clone()));
    for variable in variables(model) {
        all.push(variable.condition.clone());
        all.extend(of_value(&variable.value));
    }
    all.retain(|condition| !condition.is_always());
    all
}

/// Puts the mask in place of each range; ranges are ascending and may overlap.
fn replace(text: &str, ranges: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        if range.start >= at {
            out.push_str(text.get(at..range.start).unwrap_or_default());
            if !out.ends_with(MASK) {
                out.push_str(MASK);
            }
        }
        at = at.max(range.end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
