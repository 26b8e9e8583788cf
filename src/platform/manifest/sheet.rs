//! Documents whose settings stand at fixed paths: a task definition, `fly.toml`, a Terraform resource.

use crate::document::{Entry, Ref};
use crate::model::catalogue::{self, Level};
use crate::model::{Container, Deployment, EnvVariables, Role, Setting, Settings};
use crate::platform::convert::Conversion;
use crate::platform::manifest::expression;
use crate::platform::manifest::node::{filled_in, setting_of, text_of};
use crate::platform::manifest::{probes, variables};
use crate::platform::table::{Base, Field, Objects, Pair, Platform, ProbePlace, Sheet};
use crate::platform::trace::Trace;
use crate::platform::{defaults, probe};
use crate::source::Span;
use crate::value::{Condition, Known, Reason, Scalar, Text, Unknown, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The deployments that a document of a platform's own form describes.
pub fn sheets(
    platform: &'static Platform,
    root: Ref<'_>,
    path: &str,
    trace: &mut Trace<'_>,
) -> Vec<Deployment> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut found = Vec::new();
    for sheet in platform.sheets {
        let named = sheet.files.is_empty() || sheet.files.iter().any(|pattern| fits(pattern, name));
        if !named {
            continue;
        }
        match sheet.objects {
            Objects::At(paths) => {
                let object = paths.iter().find_map(|path| Some((at(root, path)?, entry_at(root, path))));
                if let Some((object, entry)) = object {
                    found.extend(
                        Reader { platform, sheet, object, trace }.read(entry.map(|(_, entry)| entry)),
                    );
                }
            }
            Objects::Each(path) => {
                let Some(objects) = at(root, path) else { continue };
                for entry in objects.entries() {
                    let object = objects.document().at(entry.value);
                    found.extend(Reader { platform, sheet, object, trace }.read(Some(entry)));
                }
            }
        }
    }
    found
}

/// Whether a name has a form with `*` for any characters.
fn fits(pattern: &str, name: &str) -> bool {
    let mut rest = name;
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(behind) = rest.strip_prefix(first) else { return false };
    rest = behind;
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.find(part) {
            Some(found) => rest = rest.get(found + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    last.map_or(rest.is_empty(), |last| rest.is_empty() || name.ends_with(last))
}

/// The first item of a list, or the node itself.
fn first(node: Ref<'_>) -> Ref<'_> {
    node.items().next().unwrap_or(node)
}

/// The node at a path; where it meets a list it goes on with the first item.
pub(super) fn at<'d>(node: Ref<'d>, path: &[&str]) -> Option<Ref<'d>> {
    path.iter().try_fold(node, |node, key| first(node).get(key))
}

/// The entry at a path with the node that holds it.
fn entry_at<'d>(node: Ref<'d>, path: &[&str]) -> Option<(Ref<'d>, &'d Entry)> {
    let (last, parents) = path.split_last()?;
    let parent = first(at(node, parents)?);
    Some((parent, parent.entry(last)?))
}

/// What another tool fills in where a path breaks off: below `resources = var.resources` nothing is known.
fn filled_at(node: Ref<'_>, path: &[&str]) -> Option<Unknown> {
    (0..path.len()).find_map(|length| {
        let parent = first(at(node, path.get(..length)?)?);
        filled_in(parent, path.get(length..length + 1)?).filter(|_| length + 1 < path.len())
    })
}

struct Reader<'a, 'd, 'b> {
    platform: &'static Platform,
    sheet: &'static Sheet,
    object: Ref<'d>,
    trace: &'a mut Trace<'b>,
}

impl<'d> Reader<'_, 'd, '_> {
    fn read(&mut self, own: Option<&'d Entry>) -> Option<Deployment> {
        let (sheet, object) = (self.sheet, self.object);
        let there = |path: &&[&str]| at(object, path).is_some();
        if !object.is_mapping() || !sheet.requires.iter().all(there) {
            return None;
        }
        let service = sheet.name.iter().find_map(|path| at(object, path)).and_then(|name| self.text(name));
        let anchor = match own {
            Some(entry) => entry.key_span,
            None => object.entries().first()?.key_span,
        };
        let service = service.or_else(|| self.folder().filter(|_| sheet.named_by_folder));
        let mut settings = Settings::default();
        let mut shared = Settings::default();
        let granted = own.and_then(|own| self.granted(own));
        if let Some((setting, value)) = granted {
            settings.insert(setting, value);
        }
        for (setting, value) in self.fields(Base::Root, object) {
            match catalogue::find(setting).map(|row| row.level) {
                Some(Level::Deployment) => settings.insert(setting, value),
                _ => shared.insert(setting, value),
            }
        }
        for pair in sheet.pairs {
            if let Some(value) = self.pair(pair) {
                shared.insert(pair.setting, value);
            }
        }
        let mut containers = self.containers(anchor);
        let main = containers.iter_mut().find(|one| one.role == Role::Main)?;
        // A size of the whole deployment is its main container's, unless the containers have their own.
        for (setting, value) in shared.iter() {
            let nested = sheet.nested.iter().find(|(whole, _)| *whole == setting);
            if let (Some((_, inner)), Some(own)) = (nested, main.settings.remove(setting)) {
                main.settings.insert(inner, own);
            }
            main.settings.insert(setting, value.clone());
        }
        self.environment(Base::Root, object, &mut main.env, &mut main.settings);
        if !sheet.containers.is_empty() {
            self.checks(Base::Root, object, &mut main.settings);
        }
        let condition = sheet.condition.and_then(|key| object.get(key)).map(expression::condition_of);
        let open = sheet.elsewhere.map(|what| Unknown {
            input: what.into(),
            reason: Reason::NotFound,
            span: anchor,
        });
        let flags = sheet.flags.iter().filter_map(|key| {
            let node = object.get(key)?;
            Some((Arc::from(*key), self.text(node)?, node.span()))
        });
        let flags = flags.collect();
        let mut deployment = Deployment {
            service: service.and_then(name_text),
            family: None,
            environment: None,
            evidence: None,
            platform: self.platform.name,
            workload: sheet.workload,
            recorded: false,
            source: object.document().source,
            anchor,
            condition: condition.unwrap_or_else(Condition::always),
            settings,
            containers,
            open,
            flags,
            repeated: Vec::new(),
            dockerfile: None,
        };
        if sheet.elsewhere.is_none() {
            defaults::fill(self.platform, &mut deployment, self.trace);
        }
        Some(deployment)
    }

    fn text(&mut self, node: Ref<'_>) -> Option<Value<Text>> {
        text_of(node, self.platform.placeholders_of(self.sheet), self.trace)
    }

    /// The settings that the table finds below a node; of several rows the first that is there counts.
    fn fields(&mut self, base: Base, node: Ref<'_>) -> Vec<(&'static str, Setting)> {
        let mut found: Vec<(&'static str, Setting)> = Vec::new();
        for field in self.sheet.fields.iter().filter(|field| field.base == base) {
            if !found.iter().any(|(setting, _)| *setting == field.setting)
                && let Some(setting) = self.field(field, node)
            {
                found.push((field.setting, setting));
            }
        }
        found
    }

    fn field(&mut self, field: &Field, node: Ref<'_>) -> Option<Setting> {
        if let Some(unknown) = filled_at(node, field.path) {
            let (place, value) = (unknown.span, Value::Unknown(unknown, None));
            return probe::setting(field.conversion, &value, place, self.trace);
        }
        let (parent, entry) = entry_at(node, field.path)?;
        // An empty text says that nothing is said.
        if parent.document().at(entry.value).text() == Some("") {
            return None;
        }
        let placeholders = self.platform.placeholders_of(self.sheet);
        setting_of(entry, parent, field.conversion, placeholders, self.trace)
    }

    /// All containers; the main one is the one with a port, else the first, and stands first.
    fn containers(&mut self, anchor: Span) -> Vec<Container> {
        let (sheet, object) = (self.sheet, self.object);
        if sheet.containers.is_empty() {
            let mut settings = Settings::default();
            self.checks(Base::Root, object, &mut settings);
            let mut only = empty(None, Role::Main, settings, anchor);
            self.probes(&mut only, object);
            return vec![only];
        }
        let mut containers: Vec<Container> = Vec::new();
        let list = at(object, sheet.containers);
        for item in list.into_iter().flat_map(items_of) {
            containers.extend(self.container(item, Role::Sidecar));
        }
        let main = containers.iter().position(|one| one.settings.get("port").is_some()).unwrap_or(0);
        match containers.get_mut(..=main) {
            Some(until) => until.rotate_right(1),
            // The containers are filled in by another tool, or stand elsewhere.
            None => containers.push(empty(None, Role::Main, Settings::default(), anchor)),
        }
        if let Some(first) = containers.first_mut() {
            first.role = Role::Main;
        }
        if !sheet.init_containers.is_empty() {
            for item in at(object, sheet.init_containers).into_iter().flat_map(items_of) {
                containers.extend(self.container(item, Role::Init));
            }
        }
        containers
    }

    fn container(&mut self, node: Ref<'d>, role: Role) -> Option<Container> {
        let anchor = node.entry("name").or(node.entries().first())?.key_span;
        let name = node.get("name").and_then(|name| self.text(name)).and_then(name_text);
        let mut container =
            empty(name.map(|name| name.to_string().into()), role, Settings::default(), anchor);
        for (setting, value) in self.fields(Base::Container, node) {
            container.settings.insert(setting, value);
        }
        self.checks(Base::Container, node, &mut container.settings);
        self.probes(&mut container, node);
        let Container { env, settings, .. } = &mut container;
        self.environment(Base::Container, node, env, settings);
        Some(container)
    }

    fn probes(&mut self, container: &mut Container, node: Ref<'d>) {
        let placeholders = self.platform.placeholders_of(self.sheet);
        for row in self.sheet.probes {
            let style = probes::Style { spelling: self.sheet.spelling, placeholders };
            match row.at {
                ProbePlace::Key(key) => {
                    let Some(entry) = node.entry(key) else { continue };
                    let at = first(node.document().at(entry.value));
                    probes::read(container, row.setting, at, entry.key_span, node, style, self.trace);
                }
                ProbePlace::Item(kind) => {
                    let is_it = |item: &Ref<'_>| {
                        item.get("type")
                            .and_then(Ref::text)
                            .is_some_and(|text| text.eq_ignore_ascii_case(kind))
                    };
                    let Some(item) = node.get("probes").and_then(|all| all.items().find(is_it)) else {
                        continue;
                    };
                    let Some(place) = item.entry("type").map(|entry| entry.key_span) else { continue };
                    probes::read(container, row.setting, item, place, node, style, self.trace);
                }
            }
        }
    }

    /// What the folder is called, for files that say no name themselves.
    fn folder(&mut self) -> Option<Value<Text>> {
        let path = self.trace.sources.get(self.object.document().source).path();
        let folder = path.rsplit('/').nth(1)?.to_owned();
        let origin = self.trace.written(Span::beginning(self.object.document().source));
        Some(Value::known(Text::literal(folder, Some(origin)), origin))
    }

    /// A setting that another object of the document gives to this one.
    fn granted(&mut self, own: &Entry) -> Option<(&'static str, Setting)> {
        let root = self.object.document().root();
        let Objects::Each(path) = self.sheet.objects else { return None };
        let reference = format!("{}.{}.", path.last()?, own.key);
        let name = self.sheet.name.iter().find_map(|path| at(self.object, path)).and_then(Ref::text);
        for grant in self.sheet.grants {
            let Some(objects) = at(root, grant.objects) else { continue };
            for entry in objects.entries() {
                let object = root.document().at(entry.value);
                let text = |key: &str| object.get(key).and_then(Ref::text);
                let named = text(grant.names);
                let meant = named.is_some_and(|text| text.contains(&reference) || Some(text) == name);
                if !meant || !grant.says.iter().all(|(key, value)| text(key) == Some(*value)) {
                    continue;
                }
                let Some((last, _)) = grant.says.last() else { continue };
                let Some(said) = object.entry(last) else { continue };
                let origin = self.trace.written(root.document().at(said.value).span());
                let value = Value::known(Scalar::Bool(true), origin);
                return Some((grant.setting, setting_at(value, "true", said.key_span)));
            }
        }
        None
    }

    /// A text put together from two places; its first part's characters are its own.
    fn pair(&mut self, pair: &Pair) -> Option<Setting> {
        let (_, entry) = entry_at(self.object, pair.first)?;
        let place = entry.key_span;
        let Value::Known(first) = self.text(at(self.object, pair.first)?)? else { return None };
        let node = at(self.object, pair.second);
        let second = node.and_then(|node| self.text(node)).and_then(name_text);
        let second =
            second.filter(|text| text.plain().is_none_or(|plain| !plain.is_empty())).unwrap_or_else(|| {
                let input = pair.otherwise.into();
                Text::hole(Unknown { input, reason: Reason::NotFound, span: first_span(place, node) }, None)
            });
        let mut text = first.value.clone();
        text.append(Text::literal(pair.separator, Some(first.origin)));
        text.append(second);
        let value = Value::Known(Known { value: text, ..first });
        probe::setting(Conversion::Text, &value, place, self.trace)
    }

    fn environment(&mut self, base: Base, node: Ref<'d>, env: &mut EnvVariables, settings: &mut Settings) {
        let placeholders = self.platform.placeholders_of(self.sheet);
        for row in self.sheet.variables.iter().filter(|row| row.base == base) {
            if let Some(unknown) =
                filled_at(node, row.path).or_else(|| filled_in(first(node), row.path.get(..1)?))
            {
                env.open.push(unknown);
                continue;
            }
            let Some(place) = at(node, row.path) else { continue };
            let entry = entry_at(node, row.path).map_or(place.span(), |(_, entry)| entry.key_span);
            variables::read(row, place, entry, placeholders, env, settings, self.trace);
        }
    }

    /// Whether a health check is there; its key is where it is said.
    fn checks(&mut self, base: Base, node: Ref<'_>, settings: &mut Settings) {
        let found = self.sheet.checks.iter().filter(|(own, _)| *own == base);
        let Some((_, entry)) = found.filter_map(|(_, path)| entry_at(node, path)).next() else { return };
        let place = entry.key_span;
        let origin = self.trace.written(place);
        settings.insert("healthcheck", setting_at(Value::known(Scalar::Bool(true), origin), "true", place));
    }
}

fn setting_at(value: Value, written: &str, place: Span) -> Setting {
    let (written, overridden) = (vec![written.to_owned()], Vec::new());
    Setting { value, written, overridden, platform_default: false, place }
}

/// Where what is missing would stand: at the node if there is one.
fn first_span(place: Span, node: Option<Ref<'_>>) -> Span {
    node.map_or(place, |node| node.span())
}

/// The items of a list, or a single object in its place.
fn items_of(node: Ref<'_>) -> Vec<Ref<'_>> {
    match node.is_mapping() {
        true => vec![node],
        false => node.items().filter(|item| item.is_mapping()).collect(),
    }
}

fn empty(name: Option<Arc<str>>, role: Role, settings: Settings, anchor: Span) -> Container {
    Container { name, role, settings, probes: BTreeMap::new(), env: EnvVariables::default(), anchor }
}

fn name_text(value: Value<Text>) -> Option<Text> {
    match value {
        Value::Known(known) => Some(known.value),
        Value::Unknown(unknown, origin) => Some(Text::hole(unknown, origin)),
        Value::Either(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn names_of_files_fit_their_forms() {
        for (pattern, name, expected) in [
            ("fly.toml", "fly.toml", true),
            ("fly.*.toml", "fly.kb.staging.toml", true),
            ("fly.*.toml", "fly.toml", false),
            ("*app.yaml", "my-app.yaml", true),
            ("app.yaml", "app.yaml.bak", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
