//! Objects of a cluster that hold variables for others: ConfigMaps and Secrets.
//!
//! <https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/>

use crate::document::{Document, Ref};
use crate::model::{EnvKind, EnvVariable};
use crate::platform::Trace;
use crate::platform::variable::is_name;
use crate::source::{SourceId, Sources};
use crate::value::{Condition, Text, Value};
use std::collections::HashMap;

/// Kinds with the keys under which they keep their entries, and what the entries are.
const KINDS: [(&str, &[&str], EnvKind); 2] =
    [("ConfigMap", &["data"], EnvKind::FromFile), ("Secret", &["stringData", "data"], EnvKind::Secret)];

/// The objects of a project by how deployments refer to them: `ConfigMap shop`.
#[derive(Debug, Default)]
pub struct Objects<'d> {
    all: HashMap<String, Vec<Ref<'d>>>,
}

impl<'d> Objects<'d> {
    /// Whether a document is an object that deployments may refer to.
    pub fn holds(document: &Document) -> bool {
        let kind = document.root().get("kind").and_then(Ref::text);
        kind.is_some_and(|kind| KINDS.iter().any(|(name, ..)| *name == kind))
    }

    /// Finds the objects among the documents.
    pub fn of(documents: &'d [Document]) -> Objects<'d> {
        let mut all: HashMap<String, Vec<Ref<'d>>> = HashMap::new();
        for document in documents {
            let root = document.root();
            let Some(kind) = root.get("kind").and_then(Ref::text) else { continue };
            if !KINDS.iter().any(|(name, ..)| *name == kind) {
                continue;
            }
            if let Some(name) = root.path(&["metadata", "name"]).and_then(Ref::text) {
                all.entry(format!("{kind} {name}")).or_default().push(root);
            }
        }
        Objects { all }
    }

    /// The object that a file refers to: the one in the same file, else in the same folder, else the only
    /// one of the project. Overlays give the same name to different objects, and which of them is meant,
    /// only the overlay knows.
    fn find(&self, reference: &str, from: SourceId, sources: &Sources) -> Option<Ref<'d>> {
        let all = self.all.get(reference)?;
        let folder = |id: SourceId| {
            let path = sources.get(id).path();
            path.rsplit_once('/').map_or("", |(folder, _)| folder)
        };
        let source = |object: &Ref<'_>| object.document().source;
        let only = |near: &dyn Fn(&&Ref<'d>) -> bool| {
            let mut found = all.iter().filter(near);
            found.next().filter(|_| found.next().is_none()).copied()
        };
        only(&|object| source(object) == from)
            .or_else(|| only(&|object| folder(source(object)) == folder(from)))
            .or_else(|| only(&|_| true))
    }

    /// All entries of an object as variables.
    pub fn variables(
        &self,
        reference: &str,
        from: SourceId,
        trace: &mut Trace<'_>,
    ) -> Option<Vec<EnvVariable>> {
        let object = self.find(reference, from, trace.sources)?;
        let (_, keys, kind) = KINDS.iter().find(|(name, ..)| reference.starts_with(name))?;
        let mut all = Vec::new();
        for entries in keys.iter().filter_map(|key| object.get(key)) {
            for entry in entries.entries().iter().filter(|entry| is_name(&entry.key)) {
                let node = entries.document().at(entry.value);
                let origin = trace.written(node.span());
                // A secret's value is nobody's business here: that it is set is enough.
                let text = if *kind == EnvKind::Secret { reference } else { node.text().unwrap_or_default() };
                all.push(EnvVariable {
                    name: entry.key.as_str().into(),
                    kind: *kind,
                    value: Value::known(Text::literal(text, Some(origin)), origin),
                    condition: Condition::always(),
                    span: entry.key_span,
                    origin: Some(origin),
                });
            }
        }
        Some(all)
    }

    /// The value that `ConfigMap shop:key` refers to.
    pub fn value(&self, reference: &str, from: SourceId, trace: &mut Trace<'_>) -> Option<Value<Text>> {
        let (object, key) = reference.rsplit_once(':')?;
        let variables = self.variables(object, from, trace)?;
        variables.into_iter().find(|variable| *variable.name == *key).map(|variable| variable.value)
    }
}
