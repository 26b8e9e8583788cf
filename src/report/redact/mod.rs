//! Secrets are never shown: neither in excerpts, nor in messages, values, provenance or logs.
//!
//! A [`Redactor`] knows the characters of files that are secrets (by the name they stand beside, by
//! their looks, by the deployment's variable they end in) and masks them at the last moment, when a
//! report is written: everything before works on the real text, so that spans and verdicts are right.
//! It judges texts only: it must never decide what is a violation.

mod names;
mod scan;
mod shapes;
mod value;

pub use names::is_secret_name;

use crate::input::Format;
use crate::model::{EnvKind, EnvVariable, Model};
use crate::provenance::Provenance;
use crate::source::{SourceId, Sources, Span};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What stands where a secret stood in a text without columns. Its length tells nothing.
pub const MASK: &str = "********";

/// Masks the secrets of one run's files.
pub struct Redactor<'a> {
    sources: &'a Sources,
    ranges: Vec<OnceCell<Vec<Range<usize>>>>,
    /// Literals that end in a variable with a secret's name, though nothing beside them says so.
    traced: BTreeMap<SourceId, Vec<Range<usize>>>,
    /// Secrets so peculiar that they are masked wherever they appear.
    peculiar: BTreeSet<String>,
    /// Secrets that are common words (`postgres`): masked only beside a secret's name.
    common: BTreeSet<String>,
}

impl<'a> Redactor<'a> {
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
            ranges: (0..sources.len()).map(|_| OnceCell::new()).collect(),
            traced: BTreeMap::new(),
            peculiar: BTreeSet::new(),
            common: BTreeSet::new(),
        };
        let mut wanted: BTreeSet<SourceId> = spoken_of.into_iter().collect();
        for variable in model.into_iter().flat_map(variables) {
            redactor.trace(variable, provenance, &mut wanted);
        }
        for id in wanted {
            let text = sources.get(id).text();
            let values: Vec<String> = redactor
                .ranges(id)
                .iter()
                .filter_map(|range| text.get(range.clone()))
                .map(str::to_owned)
                .collect();
            values.into_iter().for_each(|value| redactor.learn(&value));
        }
        redactor
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
            self.learn(&text);
            let Some(span) = provenance.literal(known.origin) else { continue };
            let written = self.sources.slice(span);
            if let Some(at) = written.find(text.as_str()) {
                let start = span.range().start + at;
                self.traced.entry(span.source).or_default().push(start..start + text.len());
            }
            wanted.insert(span.source);
        }
    }

    fn learn(&mut self, value: &str) {
        let value = value.trim();
        let has = |class: fn(char) -> bool| usize::from(value.chars().any(class));
        let kinds = has(char::is_lowercase)
            + has(char::is_uppercase)
            + has(char::is_numeric)
            + has(|c: char| !c.is_alphanumeric());
        if value.len() >= 16 || (value.len() >= 6 && kinds >= 2) {
            // The lines of a key are shown one by one.
            self.peculiar
                .extend(value.lines().map(str::trim).filter(|line| line.len() >= 6).map(str::to_owned));
            self.peculiar.insert(value.to_owned());
        } else if value.len() >= 2 {
            self.common.insert(value.to_owned());
        }
    }

    /// The secret bytes of a file, ascending and apart from each other.
    pub fn ranges(&self, id: SourceId) -> &[Range<usize>] {
        let Some(cell) = self.ranges.get(id.index()) else { return &[] };
        cell.get_or_init(|| {
            let source = self.sources.get(id);
            let mut ranges = scan::secrets(source.text(), Format::of_path(source.path()));
            if let Some(traced) = self.traced.get(&id) {
                ranges.extend(traced.iter().cloned());
                ranges.sort_by_key(|range| (range.start, range.end));
                ranges.dedup();
            }
            ranges
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
        let mut masked = Cow::Borrowed(text);
        // Longer ones first: one secret may be part of another.
        let mut inside: Vec<&String> =
            self.peculiar.iter().filter(|secret| text.contains(secret.as_str())).collect();
        inside.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in inside {
            masked = Cow::Owned(masked.replace(secret.as_str(), MASK));
        }
        let mut ranges = scan::secrets_of_prose(&masked);
        if self.names_a_secret(text) {
            ranges.extend(self.common.iter().flat_map(|word| whole_words(&masked, word)));
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

    fn names_a_secret(&self, text: &str) -> bool {
        let part = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        !self.common.is_empty() && text.split(part).any(is_secret_name)
    }
}

fn variables(model: &Model) -> impl Iterator<Item = &EnvVariable> {
    let deployed = model.deployments.iter().flat_map(|deployment| &deployment.containers);
    let deployed = deployed.flat_map(|container| &container.env.all);
    deployed.chain(model.artifacts.iter().flat_map(|artifact| &artifact.env.all))
}

/// Where a word stands by itself in a text.
fn whole_words(text: &str, word: &str) -> Vec<Range<usize>> {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
    text.match_indices(word)
        .map(|(at, _)| at..at + word.len())
        .filter(|range| {
            !joins(text.get(..range.start).and_then(|before| before.chars().next_back()))
                && !joins(text.get(range.end..).and_then(|after| after.chars().next()))
        })
        .collect()
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
