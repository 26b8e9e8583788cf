//! Changes of what examples say that some example should notice: every value that the policy reads
//! raised, lowered, replaced and left out.

use super::bench::Bench;
use super::{Load, PolicyFile};
use crate::cel::{Read, ReadState};
use crate::model::{CodeSetting, EnvVariable, Model, Setting, catalogue};
use crate::policy::{Compiled, Example, Kind};
use crate::report::testing::Change;
use crate::source::{SourceId, Span};
use std::collections::BTreeMap;

/// So many times more, or less: beyond any threshold that an example comes near.
const FACTOR: u32 = 64;

/// How a value is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Raise,
    Lower,
    Replace,
    Leave,
}

impl Way {
    fn describe(self, path: &str) -> String {
        match self {
            Way::Raise => format!("{path} {FACTOR} times as large"),
            Way::Lower => format!("{path} {FACTOR} times as small"),
            Way::Replace => format!("another value of {path}"),
            Way::Leave => format!("{path} left out"),
        }
    }
}

/// What came of changing one path in one way, over all examples.
struct Tried {
    span: Span,
    noticed: bool,
}

/// Tries the changes. One is noticed if any example that can show it does.
pub(super) fn try_all(
    compiled: &Compiled,
    benches: &mut [Bench<'_>],
    file: &PolicyFile,
    load: Load<'_>,
) -> Vec<Change> {
    let mut tried: BTreeMap<(String, Way), Tried> = BTreeMap::new();
    for bench in benches.iter_mut() {
        for read in values(compiled, bench) {
            let written = bench.facts.sources.slice(read.place.span).to_owned();
            for (way, replacement) in replacements(&written) {
                let span = bench.span(read.place.span);
                note(&mut tried, &read.path, way, span, || {
                    let edited = edited(bench, read.place.span, &replacement)?;
                    let changed = Bench::new(file, &compiled.policy.name, &edited, load);
                    Some(changed.notices(&changed.judge(compiled)))
                });
            }
            let span = bench.span(read.place.span);
            note(&mut tried, &read.path, Way::Leave, span, || left_out(compiled, bench, &read));
        }
    }
    let change = |((path, way), one): ((String, Way), Tried)| Change {
        what: way.describe(&path),
        span: one.span,
        noticed: one.noticed,
    };
    tried.into_iter().map(change).collect()
}

/// Tries a change unless an earlier example has noticed it. What cannot be changed is not counted.
fn note(
    tried: &mut BTreeMap<(String, Way), Tried>,
    path: &str,
    way: Way,
    span: Span,
    notices: impl FnOnce() -> Option<bool>,
) {
    let key = (path.to_owned(), way);
    if tried.get(&key).is_some_and(|one| one.noticed) {
        return;
    }
    if let Some(noticed) = notices() {
        tried.entry(key).or_insert(Tried { span, noticed }).noticed = noticed;
    }
}

/// The values of the example's files that the policy reads: literals that are the value as a whole. What
/// a platform filled in, and what was put together from several places, is nobody's to change.
fn values(compiled: &Compiled, bench: &Bench<'_>) -> Vec<Read> {
    let observed = compiled.clone().observed();
    bench.judge(&observed);
    let conditions = observed.conditions.iter().map(|condition| &condition.expression);
    let expressions = conditions.chain(observed.validations.iter().map(|validation| &validation.expression));
    let mut reads: Vec<Read> = Vec::new();
    for read in expressions.flat_map(crate::cel::Expression::reads) {
        let span = read.place.span;
        let literal = bench.facts.sources.slice(span).trim_matches(['"', '\'']);
        let whole = !literal.is_empty() && literal == read.written.trim_matches(['"', '\'']);
        let own = span.source != SourceId::FIRST && !read.place.platform_default && !read.passed_through;
        // The names in `given` are read at what gives the settings; they are no values of theirs.
        let is_name = read.path.contains(".given");
        let new = !reads.iter().any(|have| have.path == read.path && have.place.span == span);
        if read.state == ReadState::Known && whole && own && new && !is_name {
            reads.push(read);
        }
    }
    reads
}

/// What may stand in for a literal.
fn replacements(written: &str) -> Vec<(Way, String)> {
    let inner = written.trim_matches(['"', '\'']);
    let quoted = |value: &str| written.replacen(inner, value, 1);
    if inner == "true" || inner == "false" {
        return vec![(Way::Replace, quoted(if inner == "true" { "false" } else { "true" }))];
    }
    let end = inner.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(inner.len());
    let (number, unit) = inner.split_at(end);
    let is_amount = unit.chars().all(|c| c.is_ascii_alphabetic()) && unit.len() <= 3;
    match number.parse::<f64>() {
        Ok(value) if is_amount => {
            let factor = f64::from(FACTOR);
            let whole = !number.contains('.');
            let shown = |value: f64| if whole { format!("{:.0}", value.floor()) } else { value.to_string() };
            [(Way::Raise, value * factor), (Way::Lower, value / factor)]
                .into_iter()
                .map(|(way, value)| (way, quoted(&format!("{}{unit}", shown(value)))))
                .filter(|(_, text)| text != written)
                .collect()
        }
        _ => vec![(Way::Replace, quoted("another"))],
    }
}

/// The example with other characters at a span of one of its files.
fn edited(bench: &Bench<'_>, span: Span, replacement: &str) -> Option<Example> {
    let path = bench.facts.sources.get(span.source).path();
    let mut edited = bench.example.clone();
    let file = edited.files.iter_mut().find(|file| file.path == path)?;
    let range = span.range();
    if file.text.get(range.clone())? != bench.facts.sources.slice(span) {
        return None;
    }
    file.text.replace_range(range, replacement);
    Some(edited)
}

/// Whether the example notices that a value is not given; `None` for what is no setting. The model is
/// put together again afterwards.
fn left_out(compiled: &Compiled, bench: &mut Bench<'_>, read: &Read) -> Option<bool> {
    let mut names = read.path.split(['.', '[', ']', '"']).filter(|name| !name.is_empty());
    let (root, name) = (names.next()?, names.next()?);
    let span = read.place.span;
    if root == Kind::Setting.variable()
        || (root == "reference" && compiled.policy.target.kind == Kind::Setting)
    {
        let settings = &mut bench.facts.model.settings;
        let at = settings.iter().position(|setting| setting.span == span)?;
        let taken: CodeSetting = settings.remove(at);
        let notices = bench.notices(&bench.judge(compiled));
        bench.facts.model.settings.insert(at, taken);
        return Some(notices);
    }
    let taken = take(&mut bench.facts.model, name, names.next());
    let notices = (!taken.is_empty()).then(|| bench.notices(&bench.judge(compiled)));
    put_back(&mut bench.facts.model, taken);
    notices
}

/// A part of the model that was taken out, and whence.
enum Taken {
    OfDeployment(usize, &'static str, Setting),
    OfContainer(usize, usize, &'static str, Setting),
    OfArtifact(usize, &'static str, Setting),
    Variable(usize, usize, usize, EnvVariable),
}

/// Takes a setting, or a variable of the environment, out of everything that has it.
fn take(model: &mut Model, name: &str, inner: Option<&str>) -> Vec<Taken> {
    let mut all = Vec::new();
    let row = catalogue::find(name).map(|row| row.name);
    let given = |setting: Option<&Setting>| setting.is_some_and(|setting| !setting.platform_default);
    for (at, deployment) in model.deployments.iter_mut().enumerate() {
        if let Some(row) = row {
            if given(deployment.settings.get(row)) {
                let setting = deployment.settings.remove(row);
                all.extend(setting.map(|setting| Taken::OfDeployment(at, row, setting)));
            }
            for (inside, container) in deployment.containers.iter_mut().enumerate() {
                if given(container.settings.get(row)) {
                    let setting = container.settings.remove(row);
                    all.extend(setting.map(|setting| Taken::OfContainer(at, inside, row, setting)));
                }
            }
        }
        let Some(variable) = inner.filter(|_| name == "env") else { continue };
        for (inside, container) in deployment.containers.iter_mut().enumerate() {
            // From the last on, so that the places of those before stay what they are.
            for index in (0..container.env.all.len()).rev() {
                if container.env.all.get(index).is_some_and(|one| &*one.name == variable) {
                    all.push(Taken::Variable(at, inside, index, container.env.all.remove(index)));
                }
            }
        }
    }
    for (at, artifact) in model.artifacts.iter_mut().enumerate() {
        if let Some(row) = row.filter(|row| given(artifact.settings.get(row))) {
            all.extend(artifact.settings.remove(row).map(|setting| Taken::OfArtifact(at, row, setting)));
        }
    }
    all
}

fn put_back(model: &mut Model, taken: Vec<Taken>) {
    for one in taken.into_iter().rev() {
        match one {
            Taken::OfDeployment(at, row, setting) => {
                if let Some(deployment) = model.deployments.get_mut(at) {
                    deployment.settings.insert(row, setting);
                }
            }
            Taken::OfArtifact(at, row, setting) => {
                if let Some(artifact) = model.artifacts.get_mut(at) {
                    artifact.settings.insert(row, setting);
                }
            }
            Taken::OfContainer(at, inside, row, setting) => {
                let deployment = model.deployments.get_mut(at);
                if let Some(container) = deployment.and_then(|one| one.containers.get_mut(inside)) {
                    container.settings.insert(row, setting);
                }
            }
            Taken::Variable(at, inside, index, variable) => {
                let deployment = model.deployments.get_mut(at);
                if let Some(container) = deployment.and_then(|one| one.containers.get_mut(inside)) {
                    container.env.all.insert(index.min(container.env.all.len()), variable);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Way, replacements};

    #[test]
    fn amounts_are_scaled_truths_turned_and_texts_replaced() {
        let texts = |written: &str| {
            replacements(written).into_iter().map(|(way, text)| format!("{way:?} {text}")).collect::<Vec<_>>()
        };
        assert_eq!(texts("512Mi"), ["Raise 32768Mi", "Lower 8Mi"]);
        assert_eq!(texts("\"2\""), ["Raise \"128\"", "Lower \"0\""]);
        assert_eq!(texts("0.5"), ["Raise 32", "Lower 0.0078125"]);
        assert_eq!(texts("true"), ["Replace false"]);
        assert_eq!(texts("'api:1.4'"), ["Replace 'another'"]);
        assert_eq!(texts("0"), [""; 0]);
        assert_eq!(Way::Leave.describe("deployment.memory"), "deployment.memory left out");
    }
}
