//! One project file into a [`Project`]: every key, with its place.

use crate::config::keys::Keys;
use crate::config::project::{EnvironmentRule, Pattern, Project, SchemaPlace, SchemaRule};
use crate::diagnostic::Action;
use crate::document::Ref;
use crate::enforce::Date;
use crate::model::Environment;
use crate::policy::Selection;
use crate::source::Span;
use globset::Glob;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &[
    "version",
    "extends",
    "include",
    "exclude",
    "environments",
    "services",
    "policies",
    "schemas",
    "actions",
    "gates",
    "bypass",
    "baseline",
    "record",
    "waivers",
    "waiver_rules",
];

/// Which built-in policies a project may want.
pub(super) const BUILTIN: &[(&str, Selection)] =
    &[("none", Selection::None), ("recommended", Selection::Recommended), ("all", Selection::All)];

pub(super) const ACTIONS: &[(&str, Action)] =
    &[("deny", Action::Deny), ("warn", Action::Warn), ("audit", Action::Audit)];

/// Reads a file into a project. What an extended file has said before is kept: lists grow, single values
/// are replaced.
pub struct Reader<'a> {
    pub keys: &'a mut Keys,
    pub project: &'a mut Project,
    /// The folder that paths of this file are relative to.
    pub folder: PathBuf,
    /// The same relative to the root, with `/` at its end; empty at the root and outside of it.
    pub prefix: String,
}

impl Reader<'_> {
    /// Reads the root of the document.
    pub fn file(&mut self, root: Ref<'_>) {
        const WHAT: &str = "celador.yaml";
        if root.is_mapping() && root.get("version").is_none() {
            self.keys.missing(root, WHAT, "version", "begin the file with `version: 1`");
        }
        for (key, _, value) in self.keys.entries(root, WHAT, KEYS) {
            match key {
                "version" => self.version(value),
                "include" => {
                    let patterns = self.patterns(value, "`include`");
                    self.project.include.extend(patterns);
                }
                "exclude" => {
                    let patterns = self.patterns(value, "`exclude`");
                    self.project.exclude.extend(patterns);
                }
                "environments" => self.environments(value),
                "services" => self.services(value),
                "policies" => self.policies(value),
                "schemas" => self.schemas(value),
                "actions" => self.actions(value),
                "gates" => self.gates(value),
                "bypass" => self.bypass(value),
                "baseline" => self.project.baseline = self.place(value, "`baseline`"),
                "record" => self.project.record = self.place(value, "`record`"),
                "waivers" => self.waivers(value),
                "waiver_rules" => self.waiver_rules(value),
                // `extends` was followed before this file was read.
                _ => {}
            }
        }
    }

    fn version(&mut self, node: Ref<'_>) {
        if node.text() != Some("1") {
            let found = node.text().unwrap_or("this");
            let message = format!("version {found} of celador.yaml is not known");
            self.keys.error("project-version", node.span(), message, "write `version: 1`, or update celador");
        }
    }

    fn patterns(&mut self, node: Ref<'_>, what: &str) -> Vec<Pattern> {
        let texts = self.keys.texts(node, what);
        texts.into_iter().filter_map(|(text, span)| self.pattern(text, span)).collect()
    }

    /// A pattern relative to the root.
    fn pattern(&mut self, text: &str, span: Span) -> Option<Pattern> {
        if !self.is_pattern(text, span) {
            return None;
        }
        let text = text.strip_prefix("./").unwrap_or(text);
        // `**/x` means any depth wherever the file stands that says it.
        let glob = if text.starts_with("**/") { text.to_owned() } else { format!("{}{text}", self.prefix) };
        Some(Pattern { glob, span })
    }

    /// Whether a text is a pattern; if not, it is told.
    fn is_pattern(&mut self, text: &str, span: Span) -> bool {
        let Err(error) = Glob::new(text) else { return true };
        let message = format!("`{text}` is no pattern: {}", error.kind());
        self.keys.error(
            "project-pattern",
            span,
            message,
            "`*`, `**`, `?`, `[ab]` and `{a,b}` have a meaning",
        );
        false
    }

    fn environments(&mut self, node: Ref<'_>) {
        for (name, span, body) in self.keys.named(node, "`environments`") {
            let what = format!("the environment `{name}`");
            let mut rule = EnvironmentRule {
                environment: Environment::named(name),
                paths: Vec::new(),
                projects: Vec::new(),
                branches: Vec::new(),
                variables: Vec::new(),
                span,
            };
            const KEYS: &[&str] = &["paths", "projects", "branches", "variables"];
            for (key, _, value) in self.keys.entries(body, &what, KEYS) {
                let what = format!("`{key}` of {what}");
                match key {
                    "paths" => rule.paths = self.patterns(value, &what),
                    "branches" => rule.branches = self.branches(value, &what),
                    "variables" => rule.variables = self.variables(value, &what),
                    _ => rule.projects = owned(self.keys.texts(value, &what)),
                }
            }
            self.project.environments.push(rule);
        }
    }

    fn branches(&mut self, node: Ref<'_>, what: &str) -> Vec<Pattern> {
        let texts = self.keys.texts(node, what);
        let pattern =
            |(text, span)| self.is_pattern(text, span).then(|| Pattern { glob: text.to_owned(), span });
        texts.into_iter().filter_map(pattern).collect()
    }

    fn variables(&mut self, node: Ref<'_>, what: &str) -> Vec<(String, Vec<String>)> {
        let named = self.keys.named(node, what);
        let variable = |(name, _, value): (&str, Span, Ref<'_>)| {
            (name.to_owned(), owned(self.keys.texts(value, &format!("`{name}` in {what}"))))
        };
        named.into_iter().map(variable).collect()
    }

    fn services(&mut self, node: Ref<'_>) {
        for (name, _, body) in self.keys.named(node, "`services`") {
            let what = format!("the service `{name}`");
            let mut service = self.project.services.remove(name).unwrap_or_default();
            for (key, _, value) in self.keys.entries(body, &what, &["aliases", "required"]) {
                if key == "aliases" {
                    service.aliases.extend(owned(self.keys.texts(value, &format!("`aliases` of {what}"))));
                    continue;
                }
                let what = format!("`required` of {what}");
                for (key, _, names) in self.keys.entries(value, &what, &["env", "secrets"]) {
                    let names = self.keys.texts(names, &format!("`{key}` in {what}"));
                    let names: Vec<Arc<str>> = names.into_iter().map(|(name, _)| name.into()).collect();
                    if key == "env" { service.required.env = names } else { service.required.secrets = names }
                }
            }
            self.project.services.insert(name.to_owned(), service);
        }
        self.claims(node);
    }

    /// A name that two services claim would make one deployment two services'.
    fn claims(&mut self, node: Ref<'_>) {
        let mut claimed: Vec<(&str, &str, Span)> = Vec::new();
        for entry in node.entries() {
            let body = node.document().at(entry.value);
            let aliases = body.get("aliases").map(|aliases| self.keys.items(aliases)).unwrap_or_default();
            for alias in aliases {
                let Some(text) = alias.text() else { continue };
                match claimed.iter().find(|(have, owner, _)| *have == text && *owner != entry.key) {
                    Some((_, owner, span)) => {
                        let message = format!("`{text}` is an alias of `{owner}` already");
                        let told =
                            crate::diagnostic::Diagnostic::error("project-alias", alias.span(), message);
                        self.keys.diagnostics.push(
                            told.with_related(*span, "first claimed here")
                                .with_help("a name belongs to one service; remove one of the two"),
                        );
                    }
                    None => claimed.push((text, &entry.key, alias.span())),
                }
            }
        }
    }

    fn policies(&mut self, node: Ref<'_>) {
        for (key, _, value) in
            self.keys.entries(node, "`policies`", &["builtin", "cost", "paths", "configure"])
        {
            match key {
                "builtin" => {
                    if let Some(selection) = self.keys.word(value, "`builtin`", BUILTIN) {
                        self.project.builtin = selection;
                    }
                }
                "cost" => {
                    let cost = self.keys.count(value, "`cost` of `policies`");
                    self.project.cost = cost.and_then(|cost| u64::try_from(cost).ok()).or(self.project.cost);
                }
                "paths" => {
                    for (text, span) in self.keys.texts(value, "`paths` of `policies`") {
                        self.project.policy_paths.push((self.folder.join(text), span));
                    }
                }
                _ => {
                    for (name, span, body) in self.keys.named(value, "`configure`") {
                        self.project.add_block(name, span, body);
                    }
                }
            }
        }
    }

    fn schemas(&mut self, node: Ref<'_>) {
        for item in self.keys.items(node) {
            let (mut files, mut schema) = (Vec::new(), None);
            for (key, _, value) in self.keys.entries(item, "a row of `schemas`", &["files", "schema"]) {
                if key == "files" {
                    files = self.patterns(value, "`files`");
                } else if let Some(text) = self.keys.text(value, "`schema`") {
                    schema = Some(match text.strip_prefix("celador:") {
                        Some(name) => SchemaPlace::Builtin(name.to_owned()),
                        None => SchemaPlace::File(self.folder.join(text)),
                    });
                }
            }
            match schema {
                Some(schema) if !files.is_empty() => {
                    self.project.schemas.push(SchemaRule { files, schema, span: item.span() });
                }
                _ if !item.is_mapping() => {}
                _ => {
                    let key = if schema.is_none() { "schema" } else { "files" };
                    let help = "write `{files: \"services/*.yaml\", schema: schemas/service.schema.json}`";
                    self.keys.missing(item, "a row of `schemas`", key, help);
                }
            }
        }
    }

    pub(super) fn environment(&mut self, node: Ref<'_>) -> Option<Environment> {
        self.keys.text(node, "`environment`").map(Environment::named)
    }

    pub(super) fn date(&mut self, node: Ref<'_>, what: &str) -> Option<Date> {
        let text = self.keys.text(node, what)?;
        if let Ok(date) = Date::parse(text) {
            return Some(date);
        }
        let message = format!("{what} must be a day, not `{text}`");
        self.keys.error("project-value", node.span(), message, "write it as in 2026-12-31");
        None
    }
}

fn owned(texts: Vec<(&str, Span)>) -> Vec<String> {
    texts.into_iter().map(|(text, _)| text.to_owned()).collect()
}

/// The folder of a project file relative to the root, with `/` at its end.
pub fn prefix(folder: &Path, root: &Path) -> String {
    match folder.strip_prefix(root) {
        Ok(below) if !below.as_os_str().is_empty() => {
            format!("{}/", below.to_string_lossy().replace('\\', "/"))
        }
        _ => String::new(),
    }
}
