//! The matrix of a job: what `matrix.name` stands for in each of its runs.
//!
//! <https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations>

use crate::document::{Entry, Ref};

/// How many runs of one job are told apart; a larger matrix stays unknown.
const MAX_RUNS: usize = 64;
/// How deeply a step is searched for names of the matrix.
const MAX_DEPTH: usize = 8;

/// One run of a job: values by key.
#[derive(Clone, Debug, Default)]
pub(super) struct Run<'a> {
    values: Vec<(&'a str, Ref<'a>)>,
}

impl<'a> Run<'a> {
    /// What `key` or `key.field` stands for.
    pub(super) fn value(&self, path: &str) -> Option<Ref<'a>> {
        let mut keys = path.split('.');
        let first = keys.next()?;
        let (_, node) = self.values.iter().find(|(key, _)| *key == first)?;
        keys.try_fold(*node, |node, key| node.get(key))
    }

    /// What tells this run from the others: names with their texts.
    pub(super) fn tests(&self) -> Vec<(String, Ref<'a>)> {
        let told = |(key, node): &(&str, Ref<'a>)| {
            if node.text().is_some() {
                return Some((format!("matrix.{key}"), *node));
            }
            let entry: &Entry =
                node.entries().iter().find(|entry| node.document().at(entry.value).text().is_some())?;
            Some((format!("matrix.{key}.{}", entry.key), node.document().at(entry.value)))
        };
        self.values.iter().filter_map(told).collect()
    }

    fn get(&self, key: &str) -> Option<Ref<'a>> {
        self.values.iter().find(|(own, _)| *own == key).map(|(_, node)| *node)
    }
}

/// The runs of a job, told apart by the keys that `speaks` says are spoken of; one run without values if
/// there is no matrix, or none that can be read.
pub(super) fn runs<'a>(job: Ref<'a>, speaks: &dyn Fn(&str) -> bool) -> Vec<Run<'a>> {
    let none = || vec![Run::default()];
    let Some(matrix) = job.path(&["strategy", "matrix"]).filter(|matrix| matrix.is_mapping()) else {
        return none();
    };
    let lists = matrix.entries().iter().filter(|entry| !matches!(entry.key.as_str(), "include" | "exclude"));
    let lists: Vec<(&str, Ref<'a>)> =
        lists.map(|entry| (entry.key.as_str(), matrix.document().at(entry.value))).collect();
    // A list that an expression computes may hold anything.
    if lists.iter().any(|(_, list)| !list.is_sequence()) {
        return none();
    }
    let excludes: Vec<Ref<'a>> = matrix.get("exclude").into_iter().flat_map(Ref::items).collect();
    let includes: Vec<Ref<'a>> = matrix.get("include").into_iter().flat_map(Ref::items).collect();
    let needed = |key: &str| {
        let decides = |items: &[Ref<'a>]| items.iter().any(|item| item.get(key).is_some());
        speaks(key) || decides(&excludes) || decides(&includes)
    };
    let mut runs: Vec<Run<'a>> = vec![Run::default()];
    for (key, list) in lists.iter().filter(|(key, _)| needed(key)) {
        let mut next = Vec::new();
        for run in &runs {
            for item in list.items() {
                let mut run = run.clone();
                run.values.push((key, item));
                next.push(run);
            }
        }
        if next.len() > MAX_RUNS {
            return none();
        }
        runs = next;
    }
    runs.retain(|run| !excludes.iter().any(|exclude| agrees(run, *exclude, true)));
    if lists.is_empty() {
        runs.clear();
    }
    for include in includes {
        include_run(&mut runs, include, &lists);
    }
    if runs.is_empty() || runs.len() > MAX_RUNS {
        return none();
    }
    for run in &mut runs {
        run.values.retain(|(key, _)| speaks(key));
    }
    runs.dedup_by(|one, other| same(one, other));
    runs
}

/// An entry of `include` extends the runs that it agrees with, or is a run of its own.
fn include_run<'a>(runs: &mut Vec<Run<'a>>, include: Ref<'a>, lists: &[(&str, Ref<'a>)]) {
    let is_listed = |key: &str| lists.iter().any(|(own, _)| *own == key);
    let mut extended = false;
    for run in runs.iter_mut() {
        let fits = include.entries().iter().filter(|entry| is_listed(&entry.key)).all(|entry| {
            let value = include.document().at(entry.value).text();
            run.get(&entry.key).is_none_or(|own| own.text() == value)
        });
        if fits && !lists.is_empty() {
            extended = true;
            for entry in include.entries().iter().filter(|entry| !is_listed(&entry.key)) {
                run.values.retain(|(key, _)| *key != entry.key);
                run.values.push((&entry.key, include.document().at(entry.value)));
            }
        }
    }
    if !extended {
        let values = include.entries().iter();
        let values = values.map(|entry| (entry.key.as_str(), include.document().at(entry.value))).collect();
        runs.push(Run { values });
    }
}

/// Whether a run has all values that a mapping names.
fn agrees(run: &Run<'_>, mapping: Ref<'_>, all: bool) -> bool {
    mapping.entries().iter().all(|entry| {
        let value = mapping.document().at(entry.value).text();
        run.get(&entry.key).map_or(!all, |own| own.text() == value)
    })
}

fn same(one: &Run<'_>, other: &Run<'_>) -> bool {
    let ids = |run: &Run<'_>| run.values.iter().map(|(_, node)| node.id()).collect::<Vec<_>>();
    ids(one) == ids(other)
}

/// Whether a node speaks of `matrix.key` in any of its texts, `steps` left out.
pub(super) fn speaks_of(node: Ref<'_>, key: &str, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    if let Some(text) = node.text() {
        let name = format!("matrix.{key}");
        return text.match_indices(&name).any(|(at, _)| {
            let behind = text.get(at + name.len()..).and_then(|rest| rest.chars().next());
            !behind.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        });
    }
    let own = node.entries().iter().filter(|entry| !matches!(entry.key.as_str(), "steps" | "strategy"));
    own.map(|entry| node.document().at(entry.value))
        .chain(node.items())
        .any(|child| speaks_of(child, key, depth + 1))
}
