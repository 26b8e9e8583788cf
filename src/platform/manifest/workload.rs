//! Kubernetes-shaped objects: `apiVersion`, `kind`, `metadata`, `spec`, and containers somewhere below.

use crate::document::{Entry, Ref};
use crate::model::catalogue::{self, Level};
use crate::model::{Container, Deployment, EnvKind, EnvVariable, EnvVariables, Role, Setting, Settings};
use crate::platform::convert::Conversion;
use crate::platform::defaults;
use crate::platform::manifest::node::{filled_in, setting_of, text_of};
use crate::platform::manifest::probes;
use crate::platform::probe;
use crate::platform::table::{Base, Platform, Spelling, Workload};
use crate::platform::trace::Trace;
use crate::platform::variable::{is_name, origin_of};
use crate::source::Span;
use crate::value::{Condition, Reason, Text, Unknown, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The deployments that a document describes: itself, or the items of a `List`.
pub fn workloads(platform: &'static Platform, root: Ref<'_>, trace: &mut Trace<'_>) -> Vec<Deployment> {
    let mut found = Vec::new();
    collect(platform, root, trace, &mut found);
    found
}

/// Lists in lists are no deeper than the document, which its reader bounds.
fn collect(platform: &'static Platform, root: Ref<'_>, trace: &mut Trace<'_>, found: &mut Vec<Deployment>) {
    let text = |key| root.get(key).and_then(Ref::text);
    let (Some(api), Some(kind)) = (text("apiVersion"), text("kind")) else { return };
    if kind.ends_with("List") {
        for item in root.get("items").into_iter().flat_map(Ref::items) {
            collect(platform, item, trace, found);
        }
        return;
    }
    let row = platform.workloads.iter().find(|row| {
        row.kind == kind && (row.api == api || (row.api.ends_with('/') && api.starts_with(row.api)))
    });
    if let Some(row) = row {
        found.extend(Reader { platform, row, root, trace }.read());
    }
}

/// Whether the API server has written into an object: its identity and its status. Both are what `kubectl
/// get -o yaml` and `gcloud run services describe` print and nobody writes by hand.
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/#object-spec-and-status>
fn is_record(root: Ref<'_>) -> bool {
    let written = |keys: &[&str]| keys.iter().any(|key| root.path(&["metadata", key]).is_some());
    let status = root.get("status").is_some_and(|status| !status.entries().is_empty());
    status && written(&["uid", "resourceVersion", "creationTimestamp"])
}

struct Reader<'a, 'd, 'b> {
    platform: &'static Platform,
    row: &'static Workload,
    root: Ref<'d>,
    trace: &'a mut Trace<'b>,
}

impl<'d> Reader<'_, 'd, '_> {
    fn read(&mut self) -> Option<Deployment> {
        let pod = self.root.path(self.row.pod);
        let template = self.root.path(self.row.template);
        let mut containers = pod.map(|pod| self.containers(pod)).unwrap_or_default();
        // A kustomize patch names what it changes; the rest stands in its base.
        let partial = !containers.iter().any(|container| container.settings.get("image").is_some());
        let metadata = self.root.get("metadata");
        let service = metadata.and_then(|metadata| metadata.get("name"));
        let service = service.and_then(|name| self.text(name));
        let anchor = self.root.entry("spec").or(self.root.entry("kind")).map(|entry| entry.key_span)?;
        let mut settings = Settings::default();
        for (base, node) in [(Base::Root, Some(self.root)), (Base::Template, template), (Base::Pod, pod)] {
            let Some(node) = node else { continue };
            for (setting, value) in self.fields(base, node) {
                if catalogue::find(setting).is_some_and(|row| row.level == Level::Deployment) {
                    if settings.get(setting).is_none() {
                        settings.insert(setting, value);
                    }
                } else if let Some(main) = containers.first_mut()
                    && main.settings.get(setting).is_none()
                {
                    main.settings.insert(setting, value);
                }
            }
        }
        if containers.is_empty() && settings.is_empty() {
            return None;
        }
        let namespace = metadata.and_then(|metadata| metadata.get("namespace"));
        let flags = namespace
            .and_then(|node| Some((Arc::from("namespace"), self.text(node)?, node.span())))
            .into_iter()
            .collect();
        let open = partial.then(|| Unknown {
            input: "the object that this patch is applied to".into(),
            reason: Reason::NotFound,
            span: anchor,
        });
        let mut deployment = Deployment {
            service: service.map(|value| match value {
                Value::Known(known) => known.value,
                Value::Unknown(unknown, origin) => Text::hole(unknown, origin),
                Value::Either(_) => Text::default(),
            }),
            family: None,
            environment: None,
            evidence: None,
            platform: self.platform.name,
            workload: self.row.workload,
            recorded: is_record(self.root),
            source: self.root.document().source,
            anchor,
            condition: Condition::always(),
            settings,
            containers,
            open,
            flags,
            repeated: Vec::new(),
            dockerfile: None,
        };
        if !partial {
            defaults::fill(self.platform, &mut deployment, self.trace);
        }
        Some(deployment)
    }

    fn text(&mut self, node: Ref<'_>) -> Option<Value<Text>> {
        text_of(node, self.platform.placeholders, self.trace)
    }

    /// The settings that the table finds below a node.
    fn fields(&mut self, base: Base, node: Ref<'_>) -> Vec<(&'static str, Setting)> {
        let mut found: Vec<(&'static str, Setting)> = Vec::new();
        for field in self.platform.fields_of(self.row.workload).filter(|field| field.base == base) {
            if found.iter().any(|(setting, _)| *setting == field.setting) {
                continue;
            }
            let Some((last, parents)) = field.path.split_last() else { continue };
            if let Some(unknown) = filled_in(node, parents) {
                let (place, value) = (unknown.span, Value::Unknown(unknown, None));
                let unknown = probe::setting(field.conversion, &value, place, self.trace);
                found.extend(unknown.map(|value| (field.setting, value)));
                continue;
            }
            let Some(parent) = node.path(parents) else { continue };
            let Some(entry) = parent.entry(last) else { continue };
            let placeholders = self.platform.placeholders;
            found.extend(
                setting_of(entry, parent, field.conversion, placeholders, self.trace)
                    .map(|value| (field.setting, value)),
            );
        }
        found
    }

    /// All containers, the main one first among those that are no init containers.
    fn containers(&mut self, pod: Ref<'_>) -> Vec<Container> {
        let mut containers: Vec<Container> = Vec::new();
        for item in pod.get("containers").into_iter().flat_map(Ref::items) {
            containers.extend(self.container(item, Role::Sidecar));
        }
        let main = containers.iter().position(|one| one.settings.get("port").is_some()).unwrap_or(0);
        if main < containers.len() {
            containers[..=main].rotate_right(1);
            containers[0].role = Role::Main;
        }
        for item in pod.get("initContainers").into_iter().flat_map(Ref::items) {
            let keeps_running = item.get("restartPolicy").and_then(Ref::text) == Some("Always");
            let role = if keeps_running && self.platform.init_sidecars { Role::Sidecar } else { Role::Init };
            containers.extend(self.container(item, role));
        }
        containers
    }

    fn container(&mut self, node: Ref<'_>, role: Role) -> Option<Container> {
        let first = node.entries().first()?;
        let anchor = node.entry("name").unwrap_or(first).key_span;
        let mut settings = Settings::default();
        for (setting, value) in self.fields(Base::Container, node) {
            settings.insert(setting, value);
        }
        if let Some(port) = self.port(node) {
            settings.insert("port", port);
        }
        let name = node.get("name").and_then(|name| self.text(name));
        let name = name.map(|name| match name {
            Value::Known(known) => known.value.to_string().into(),
            Value::Unknown(unknown, _) => format!("{{{}}}", unknown.input).into(),
            Value::Either(_) => Arc::from(""),
        });
        let env = self.variables(node);
        let probes = BTreeMap::new();
        let mut container = Container { name, role, settings, probes, env, anchor };
        for (key, kind) in [
            ("startupProbe", "startup_probe"),
            ("livenessProbe", "liveness_probe"),
            ("readinessProbe", "readiness_probe"),
        ] {
            if let Some(entry) = node.entry(key) {
                self.probe(&mut container, kind, entry, node);
            }
        }
        Some(container)
    }

    /// The port that serves: of several the one named for HTTP, else the first.
    fn port(&mut self, node: Ref<'_>) -> Option<Setting> {
        if let Some(unknown) = filled_in(node, &["ports"]) {
            let (place, value) = (unknown.span, Value::Unknown(unknown, None));
            return probe::setting(Conversion::Int, &value, place, self.trace);
        }
        let ports: Vec<Ref<'_>> = node.get("ports")?.items().collect();
        let http = |port: &&Ref<'_>| {
            port.get("name")
                .and_then(Ref::text)
                .is_some_and(|name| name.starts_with("http") || name == "h2c" || name == "web")
        };
        let port = ports.iter().find(http).or(ports.first())?;
        let entry = port.entry("containerPort")?;
        setting_of(entry, *port, Conversion::Int, self.platform.placeholders, self.trace)
    }

    fn probe(&mut self, container: &mut Container, kind: &'static str, entry: &Entry, parent: Ref<'_>) {
        let node = parent.document().at(entry.value);
        let style = probes::Style { spelling: Spelling::Camel, placeholders: self.platform.placeholders };
        probes::read(container, kind, node, entry.key_span, parent, style, self.trace);
    }

    fn variables(&mut self, node: Ref<'_>) -> EnvVariables {
        let mut variables = EnvVariables::default();
        variables.open.extend(["env", "envFrom"].into_iter().filter_map(|key| filled_in(node, &[key])));
        for item in node.get("env").into_iter().flat_map(Ref::items) {
            let Some(name) = item.get("name") else { continue };
            let span = name.span();
            let Some(Value::Known(known)) = self.text(name) else {
                variables.open.push(not_read("a variable whose name is filled in", span));
                continue;
            };
            let Some(plain) = known.value.plain().filter(|name| is_name(name)) else { continue };
            let (kind, value) = self.variable(item, span);
            let origin = origin_of(&value);
            let condition = Condition::always();
            variables.all.push(EnvVariable { name: plain.into(), kind, value, condition, span, origin });
        }
        for item in node.get("envFrom").into_iter().flat_map(Ref::items) {
            for (key, what) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
                let Some(reference) = item.get(key) else { continue };
                let name = reference.get("name").and_then(Ref::text).unwrap_or("without a name");
                // Under a prefix the names are others than the object's own.
                let prefixed =
                    item.get("prefix").and_then(Ref::text).is_some_and(|prefix| !prefix.is_empty());
                let under = if prefixed { " under a prefix" } else { "" };
                variables.open.push(not_read(&format!("{what} {name}{under}"), reference.span()));
            }
        }
        variables
    }

    /// How one variable gets its value. A reference is shown as `object:key`.
    fn variable(&mut self, item: Ref<'_>, span: Span) -> (EnvKind, Value<Text>) {
        let Some(source) = item.get("valueFrom") else {
            let value = item.get("value").and_then(|value| self.text(value));
            return (EnvKind::Plain, value.unwrap_or_else(|| self.written("", span)));
        };
        for (key, kind) in [("secretKeyRef", EnvKind::Secret), ("configMapKeyRef", EnvKind::FromFile)] {
            let Some(reference) = source.get(key) else { continue };
            let part = |key| reference.get(key).and_then(Ref::text).unwrap_or_default();
            let shown = format!("{}:{}", part("name"), part("key"));
            let value = match kind {
                EnvKind::Secret => self.written(&shown, reference.span()),
                _ => Value::Unknown(not_read(&format!("ConfigMap {shown}"), reference.span()), None),
            };
            return (kind, value);
        }
        let field = source.path(&["fieldRef", "fieldPath"]).and_then(Ref::text).unwrap_or("valueFrom");
        let unknown = Unknown { input: field.into(), reason: Reason::Variable, span: source.span() };
        (EnvKind::Plain, Value::Unknown(unknown, None))
    }

    fn written(&mut self, text: &str, span: Span) -> Value<Text> {
        let origin = self.trace.written(span);
        Value::known(Text::literal(text, Some(origin)), origin)
    }
}

fn not_read(what: &str, span: Span) -> Unknown {
    Unknown { input: what.into(), reason: Reason::NotFound, span }
}
