//! `celador facts`: what is deployed, as tables.

use crate::model::{CodeSetting, Deployment, Settings};
use crate::provenance::Provenance;
use crate::report::facts::entries::{self, Entry, State};
use crate::report::facts::grid::{Grid, JOINT};
use crate::report::facts::unresolved;
use crate::report::human::Page;
use crate::report::outcome::Outcome;
use crate::report::text::{one_line, wrap};
use crate::value::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// All tables that have rows, and a line of counts.
pub fn facts(page: &Page<'_>, outcome: &Outcome) -> String {
    let mut parts = Vec::new();
    let model = &outcome.model;
    if !model.deployments.is_empty() {
        parts.push(deployments(page, outcome));
    }
    if !model.artifacts.is_empty() {
        parts.push(artifacts(page, outcome));
    }
    if !model.settings.is_empty() {
        parts.push(code_settings(page, &model.settings));
    }
    let width = page.style.width;
    let counts = wrap(&counts(outcome), width, width);
    parts.push(counts.iter().map(|line| format!("{line}\n")).collect());
    parts.join("\n")
}

fn deployments(page: &Page<'_>, outcome: &Outcome) -> String {
    let heads = ["SERVICE", "ENV", "PLATFORM", "MEMORY", "CPU", "TIMEOUT", "INSTANCES", "FROM"];
    let mut grid = Grid::new(&heads, page.style);
    for deployment in &outcome.model.deployments {
        let row = Row { page, provenance: &outcome.provenance, deployment };
        let mut said = BTreeSet::new();
        let whole = deployment.condition.to_string();
        let mut service = row.text(&entries::service_name(deployment).unwrap_or_else(|| "?".to_owned()));
        if !whole.is_empty() {
            service = format!("{service} (when {})", row.text(&whole));
        }
        grid.row(vec![
            service,
            deployment.environment.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
            tied(platform_name(deployment.platform)),
            row.cell("memory", &mut said),
            row.cell("cpu", &mut said),
            row.cell("timeout", &mut said),
            row.instances(&mut said),
            row.from(),
        ]);
    }
    grid.print()
}

/// A name that is not broken.
fn tied(name: &str) -> String {
    name.replace(' ', &JOINT.to_string())
}

/// The platform's name for people.
pub fn platform_name(platform: &str) -> &str {
    match platform {
        "dockerfile" => "Dockerfile",
        "env-file" => "env file",
        other => crate::platform::find(other).map_or(other, |platform| platform.title),
    }
}

struct Row<'a> {
    page: &'a Page<'a>,
    provenance: &'a Provenance,
    deployment: &'a Deployment,
}

impl Row<'_> {
    fn text(&self, text: &str) -> String {
        one_line(&self.page.redactor.text(text), self.page.style.unicode)
    }

    fn from(&self) -> String {
        let source = self.page.sources.get(self.deployment.source);
        let path = one_line(source.path(), self.page.style.unicode);
        format!("{path}:{}", source.position(self.deployment.anchor.start).line)
    }

    fn entries(&self, name: &str) -> Vec<Entry<'_>> {
        let find = |settings: &'_ Settings| settings.iter().any(|(have, _)| have == name);
        let deployment = self.deployment;
        let all = if find(&deployment.settings) {
            entries::of_deployment(deployment, self.provenance)
                .into_iter()
                .filter(|entry| entry.container.is_none())
                .collect()
        } else {
            deployment
                .main()
                .map(|container| entries::of_container(container, self.provenance))
                .unwrap_or_default()
        };
        all.into_iter().filter(|entry: &Entry<'_>| entry.name == name).collect()
    }

    /// `512Mi | 4Gi (use_alpine)`, `300s (was 1800s)`, `(300s)` for a platform's default. A condition is
    /// said once a row.
    fn cell(&self, name: &str, said: &mut BTreeSet<String>) -> String {
        let entries = self.entries(name);
        let (lost, held): (Vec<&Entry<'_>>, Vec<&Entry<'_>>) =
            entries.iter().partition(|entry| entry.state == State::Overridden);
        if held.is_empty() {
            let open = self.deployment.open.as_ref();
            return if open.is_some_and(|open| open.reason == Reason::KeptFromRunning) {
                "kept"
            } else {
                "-"
            }
            .to_owned();
        }
        let values: Vec<String> = held.iter().map(|entry| self.value(entry)).collect();
        let conditions: Vec<String> =
            held.iter().map(|entry| self.text(&entry.condition.to_string())).collect();
        let mut cell = match (held.len(), conditions.first()) {
            // Of two that exclude each other one condition is enough.
            (1 | 2, Some(condition)) => {
                let mut cell = values.join(&format!("{JOINT}| "));
                if !condition.is_empty() && said.insert(condition.clone()) {
                    cell.push_str(&format!(" ({condition})"));
                }
                cell
            }
            _ => {
                let both = values.iter().zip(&conditions);
                let shown = both.map(|(value, condition)| format!("{value} ({condition})"));
                shown.collect::<Vec<String>>().join(" | ")
            }
        };
        if let Some(lost) = lost.last() {
            cell.push_str(&format!(" (was{JOINT}{})", self.value(lost)));
        }
        cell
    }

    fn value(&self, entry: &Entry<'_>) -> String {
        let text = match (entry.state, entry.value) {
            (State::Unknown, _) => return "?".to_owned(),
            // A bare number of seconds gets its unit.
            (_, Some(crate::value::Scalar::Duration(duration)))
                if entry.written.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                duration.to_string()
            }
            _ => entry.written.clone(),
        };
        let text = self.text(&text);
        if entry.state == State::PlatformDefault { format!("({text})") } else { text }
    }

    /// `1..20`, `3` replicas, `..20`.
    fn instances(&self, said: &mut BTreeSet<String>) -> String {
        let replicas = self.cell("replicas", said);
        if !matches!(replicas.as_str(), "-" | "kept") {
            return replicas;
        }
        let bound = |said: &mut BTreeSet<String>, name| self.cell(name, said);
        let (least, most) = (bound(said, "min_instances"), bound(said, "max_instances"));
        let given = |text: &str| !matches!(text, "-" | "kept");
        match (given(&least), given(&most)) {
            (true, true) => format!("{least}..{most}"),
            (true, false) => format!("{least}.."),
            (false, true) => format!("..{most}"),
            (false, false) => least,
        }
    }
}

fn artifacts(page: &Page<'_>, outcome: &Outcome) -> String {
    let heads = ["ARTIFACT", "ENV", "BASE", "PORT", "VARIABLES", "FROM"];
    let mut grid = Grid::new(&heads, page.style);
    for artifact in &outcome.model.artifacts {
        let entries = entries::of_artifact(artifact, &outcome.provenance);
        let cell = |name: &str| {
            let values = entries.iter().filter(|entry| entry.name == name);
            let values: Vec<String> = values.map(|entry| entry.written.clone()).collect();
            let cell = if values.is_empty() { "-".to_owned() } else { values.join(" | ") };
            one_line(&page.redactor.text(&cell), page.style.unicode)
        };
        grid.row(vec![
            tied(platform_name(artifact.kind.as_str())),
            artifact.environment.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
            cell("base_image"),
            cell("port"),
            artifact.env.all.len().to_string(),
            one_line(page.sources.get(artifact.source).path(), page.style.unicode),
        ]);
    }
    grid.print()
}

/// One row a setting, one column an environment: what is compared stands side by side.
fn code_settings(page: &Page<'_>, settings: &[CodeSetting]) -> String {
    let label = |setting: &CodeSetting| {
        setting.environment.as_ref().map_or_else(|| "any".to_owned(), ToString::to_string)
    };
    let environments: BTreeSet<String> = settings.iter().map(label).collect();
    let mut rows: BTreeMap<(&str, &str), Vec<&CodeSetting>> = BTreeMap::new();
    for setting in settings {
        rows.entry((&setting.scope, &setting.name)).or_default().push(setting);
    }
    let upper: Vec<String> = environments.iter().map(|name| name.to_uppercase()).collect();
    let mut heads = vec!["CODE SETTING"];
    heads.extend(upper.iter().map(String::as_str));
    heads.push("FROM");
    let mut grid = Grid::new(&heads, page.style);
    for ((_, name), row) in rows {
        let mut cells = vec![one_line(name, page.style.unicode)];
        for environment in &environments {
            let mut values: Vec<String> = Vec::new();
            for setting in row.iter().filter(|setting| label(setting) == *environment) {
                let mut value = page.redactor.value_of(name, &setting.written).into_owned();
                if !setting.condition.is_always() {
                    value.push_str(&format!(" ({})", page.redactor.text(&setting.condition.to_string())));
                }
                let value = one_line(&value, page.style.unicode);
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            cells.push(if values.is_empty() { "-".to_owned() } else { values.join(" | ") });
        }
        let first = row.first().map(|setting| {
            let source = page.sources.get(setting.span.source);
            let path = one_line(source.path(), page.style.unicode);
            format!("{path}:{}", source.position(setting.span.start).line)
        });
        cells.push(first.unwrap_or_default());
        grid.row(cells);
    }
    grid.print()
}

fn counts(outcome: &Outcome) -> String {
    let count = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let model = &outcome.model;
    let mut parts = vec![
        format!("{} read", count(outcome.coverage.files, "file")),
        format!(
            "{} of {}",
            count(model.deployments.len(), "deployment"),
            count(outcome.services(), "service")
        ),
    ];
    for (number, name) in [(model.artifacts.len(), "artifact"), (model.settings.len(), "code setting")] {
        if number > 0 {
            parts.push(count(number, name));
        }
    }
    let unresolved = unresolved::groups(outcome).len();
    if unresolved > 0 {
        parts.push(format!("{unresolved} unresolved (--unresolved lists them)"));
    }
    parts.join(", ")
}
