//! Compose files: services below one key, variables as a map or a list, ports short and long.
//!
//! <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use crate::document::{Entry, Ref};
use crate::model::catalogue::{self, Level};
use crate::model::{Container, Deployment, EnvKind, EnvVariable, EnvVariables, Role, Setting, Settings};
use crate::platform::convert::{Conversion, value_and_written};
use crate::platform::manifest::node::{setting_of, text_of};
use crate::platform::probe;
use crate::platform::table::Platform;
use crate::platform::text::{name_and_value, value_of};
use crate::platform::trace::Trace;
use crate::platform::variable::{is_name, origin_of};
use crate::platform::{defaults, ports};
use crate::source::Span;
use crate::value::{Condition, Reason, Scalar, Text, Unknown, Value};
use std::collections::BTreeMap;

/// The keys that a Compose file may have at its root, besides `x-` extensions.
const ROOT_KEYS: [&str; 9] =
    ["version", "name", "services", "networks", "volumes", "secrets", "configs", "include", "models"];

/// What the file's name says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Included {
    /// It is named as Compose files are.
    ByName,
    /// It must look like one.
    ByShape,
}

/// The deployments of a Compose file: its services.
pub fn compose(
    platform: &'static Platform,
    root: Ref<'_>,
    included: Included,
    trace: &mut Trace<'_>,
) -> Vec<Deployment> {
    let Some(services) = root.get("services").filter(|services| services.is_mapping()) else {
        return Vec::new();
    };
    if included == Included::ByShape && !looks_like_compose(root, services) {
        return Vec::new();
    }
    services
        .entries()
        .iter()
        .filter_map(|entry| {
            Service { platform, node: services.document().at(entry.value), trace }.read(entry)
        })
        .collect()
}

fn looks_like_compose(root: Ref<'_>, services: Ref<'_>) -> bool {
    let own = |key: &str| ROOT_KEYS.contains(&key) || key.starts_with("x-");
    let mut nodes = services.entries().iter().map(|entry| services.document().at(entry.value));
    root.entries().iter().all(|entry| own(&entry.key))
        && nodes.clone().all(Ref::is_mapping)
        && nodes.any(|node| node.get("image").is_some() || node.get("build").is_some())
}

struct Service<'a, 'd, 'b> {
    platform: &'static Platform,
    node: Ref<'d>,
    trace: &'a mut Trace<'b>,
}

impl Service<'_, '_, '_> {
    fn read(&mut self, service: &Entry) -> Option<Deployment> {
        if !self.node.is_mapping() {
            return None;
        }
        let anchor = service.key_span;
        let (mut settings, mut own) = (Settings::default(), Settings::default());
        for field in self.platform.fields {
            let Some((last, parents)) = field.path.split_last() else { continue };
            let Some(parent) = self.node.path(parents) else { continue };
            let Some(entry) = parent.entry(last) else { continue };
            let Some(value) = self.setting(entry, parent, field.conversion) else { continue };
            let level = catalogue::find(field.setting).map(|row| row.level);
            let into = if level == Some(Level::Deployment) { &mut settings } else { &mut own };
            if into.get(field.setting).is_none() {
                into.insert(field.setting, value);
            }
        }
        self.ports(&mut own);
        if let Some(healthcheck) = self.healthcheck() {
            own.insert("healthcheck", healthcheck);
        }
        let mut env = self.variables();
        self.env_files(&mut own, &mut env);
        let name = self.trace.written(service.key_span);
        let partial = self.node.get("image").is_none() && self.node.get("build").is_none();
        let mut deployment = Deployment {
            service: Some(Text::literal(service.key.as_str(), Some(name))),
            family: None,
            environment: None,
            evidence: None,
            platform: self.platform.name,
            workload: "service",
            recorded: false,
            source: self.node.document().source,
            anchor,
            condition: Condition::always(),
            settings,
            containers: vec![Container {
                name: None,
                role: Role::Main,
                settings: own,
                probes: BTreeMap::new(),
                env,
                anchor,
            }],
            open: partial.then(|| Unknown {
                input: "the file that this one is merged with".into(),
                reason: Reason::NotFound,
                span: anchor,
            }),
            flags: Vec::new(),
            repeated: Vec::new(),
            dockerfile: self.dockerfile(),
        };
        if !partial {
            defaults::fill(self.platform, &mut deployment, self.trace);
        }
        Some(deployment)
    }

    fn setting(&mut self, entry: &Entry, parent: Ref<'_>, conversion: Conversion) -> Option<Setting> {
        setting_of(entry, parent, conversion, self.platform.placeholders, self.trace)
    }

    fn text(&mut self, node: Ref<'_>) -> Option<Value<Text>> {
        text_of(node, self.platform.placeholders, self.trace)
    }

    /// The first published port; without one the first exposed.
    fn ports(&mut self, own: &mut Settings) {
        let Some(ports) = self.node.entry("ports") else { return self.exposed(own) };
        for item in self.node.document().at(ports.value).items() {
            if item.is_mapping() {
                for (key, setting) in [("target", "port"), ("published", "host_port")] {
                    if let Some(value) =
                        item.entry(key).and_then(|entry| self.setting(entry, item, Conversion::Int))
                    {
                        own.insert(setting, value);
                    }
                }
            } else if let Some(value) = self.text(item) {
                for (setting, choices) in ports::published(&value, self.trace) {
                    let Some((value, written)) = value_and_written(choices) else { continue };
                    let place = item.span();
                    let overridden = Vec::new();
                    own.insert(
                        setting,
                        Setting { value, written, overridden, platform_default: false, place },
                    );
                }
            }
            if own.get("port").is_some() {
                return;
            }
        }
        self.exposed(own);
    }

    fn exposed(&mut self, own: &mut Settings) {
        let first = self.node.get("expose").and_then(|expose| expose.items().next());
        let Some(value) = first.and_then(|port| Some((port.span(), self.text(port)?))) else { return };
        if let Some(port) = probe::setting(Conversion::Int, &value.1, value.0, self.trace)
            && port.value.as_known().is_some()
        {
            own.insert("port", port);
        }
    }

    /// Whether health is checked; the key itself is where it is said.
    fn healthcheck(&mut self) -> Option<Setting> {
        let entry = self.node.entry("healthcheck")?;
        let check = self.node.document().at(entry.value);
        let disabled = check.get("disable").and_then(Ref::text) == Some("true");
        let test = check.get("test");
        let none = test
            .and_then(|test| test.text().or_else(|| test.items().next().and_then(Ref::text)))
            .is_some_and(|word| word == "NONE");
        let on = !disabled && !none;
        let origin = self.trace.written(entry.key_span);
        Some(Setting {
            value: Value::known(Scalar::Bool(on), origin),
            written: vec![on.to_string()],
            overridden: Vec::new(),
            platform_default: false,
            place: entry.key_span,
        })
    }

    fn variables(&mut self) -> EnvVariables {
        let mut variables = EnvVariables::default();
        let Some(environment) = self.node.get("environment") else { return variables };
        for entry in environment.entries() {
            let node = environment.document().at(entry.value);
            let value = self.text(node);
            self.variable(&entry.key, entry.key_span, value, &mut variables);
        }
        for item in environment.items() {
            let Some(value) = self.text(item) else { continue };
            let Value::Known(known) = value else {
                variables.open.extend(value_unknown(&value));
                continue;
            };
            let Some((name, value)) = name_and_value(&known.value, '=', self.trace) else {
                variables.open.extend(known.value.first_hole().cloned());
                continue;
            };
            let span = item.span();
            let value = value.map(|text| {
                let text = if text.parts.is_empty() { Text::literal("", Some(known.origin)) } else { text };
                value_of(text, &known, self.trace)
            });
            self.variable(&name, span, value, &mut variables);
        }
        variables
    }

    /// A variable without a value is handed on from whoever runs Compose.
    fn variable(&mut self, name: &str, span: Span, value: Option<Value<Text>>, into: &mut EnvVariables) {
        if !is_name(name) {
            return;
        }
        let value = value.unwrap_or_else(|| {
            Value::Unknown(Unknown { input: name.into(), reason: Reason::Environment, span }, None)
        });
        let origin = origin_of(&value);
        let (kind, condition) = (EnvKind::Plain, Condition::always());
        into.all.push(EnvVariable { name: name.into(), kind, value, condition, span, origin });
    }

    /// `env_file`: a path, a list of paths, or a list of `path` and `required`.
    fn env_files(&mut self, own: &mut Settings, env: &mut EnvVariables) {
        let Some(entry) = self.node.entry("env_file") else { return };
        let node = self.node.document().at(entry.value);
        let mut paths: Vec<Ref<'_>> = node.items().map(|item| item.get("path").unwrap_or(item)).collect();
        if paths.is_empty() {
            paths.push(node);
        }
        for path in paths {
            let Some(value) = self.text(path) else { continue };
            let input = match &value {
                Value::Known(known) => known.value.to_string(),
                Value::Unknown(unknown, _) => unknown.input.to_string(),
                Value::Either(_) => continue,
            };
            let span = path.span();
            env.open.push(Unknown { input: input.into(), reason: Reason::NotFound, span });
            if own.get("env_file").is_none()
                && let Some(setting) = probe::setting(Conversion::Text, &value, entry.key_span, self.trace)
            {
                own.insert("env_file", setting);
            }
        }
    }

    /// The Dockerfile that Compose builds, relative to the Compose file.
    fn dockerfile(&mut self) -> Option<Value<Text>> {
        let build = self.node.get("build")?;
        let (context, file) = if build.is_mapping() {
            (build.get("context"), build.get("dockerfile"))
        } else {
            (Some(build), None)
        };
        let context = context.and_then(Ref::text).unwrap_or(".").trim_end_matches('/').to_owned();
        let file_name = file.and_then(Ref::text).unwrap_or("Dockerfile");
        let path = if context == "." { file_name.to_owned() } else { format!("{context}/{file_name}") };
        let origin = self.trace.written(file.unwrap_or(build).span());
        Some(Value::known(Text::literal(path, Some(origin)), origin))
    }
}

fn value_unknown(value: &Value<Text>) -> Option<Unknown> {
    match value {
        Value::Unknown(unknown, _) => Some(unknown.clone()),
        _ => None,
    }
}
