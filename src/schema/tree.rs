//! Between our documents and the values that the schema library reads.

use crate::document::{Document, Entry, NodeKind, Ref, ScalarType};
use crate::source::Span;
use jsonschema::paths::{Location, LocationSegment};
use serde_json::{Map, Number, Value};

/// A node as a JSON value. Readers bound the depth and the number of nodes, so that neither the stack nor
/// the memory is at risk.
pub(super) fn value(node: Ref<'_>) -> Value {
    match &node.node().kind {
        NodeKind::Mapping(entries) => {
            let of = |entry: &Entry| (entry.key.clone(), value(node.document().at(entry.value)));
            Value::Object(entries.iter().map(of).collect::<Map<_, _>>())
        }
        NodeKind::Sequence(_) => Value::Array(node.items().map(value).collect()),
        NodeKind::Scalar { text, kind, .. } => match kind {
            ScalarType::Null => Value::Null,
            ScalarType::Bool(bool) => Value::Bool(*bool),
            ScalarType::Int(int) => Value::Number((*int).into()),
            ScalarType::Float(float) => {
                Number::from_f64(*float).map_or_else(|| Value::String(text.clone()), Value::Number)
            }
            ScalarType::Text => Value::String(text.clone()),
        },
    }
}

/// Where a JSON pointer leads in a document.
pub(super) struct Place<'d> {
    pub node: Ref<'d>,
    /// The entry through which the node was reached, if its parent is a mapping.
    pub entry: Option<&'d Entry>,
    /// The path for people: `spec.containers[0].image`; empty for the root.
    pub path: String,
}

/// Follows a pointer. One that leads nowhere (which a violation's never does) ends at the last node.
pub(super) fn follow<'d>(document: &'d Document, pointer: &Location) -> Place<'d> {
    let mut place = Place { node: document.root(), entry: None, path: String::new() };
    for segment in pointer.iter() {
        match segment {
            LocationSegment::Property(key) => {
                let Some(entry) = place.node.entry(&key) else { break };
                if !place.path.is_empty() {
                    place.path.push('.');
                }
                place.path.push_str(&key);
                place.node = document.at(entry.value);
                place.entry = Some(entry);
            }
            LocationSegment::Index(index) => {
                let Some(item) = place.node.items().nth(index) else { break };
                place.path.push_str(&format!("[{index}]"));
                place.node = item;
                place.entry = None;
            }
        }
    }
    place
}

impl Place<'_> {
    /// The characters to point at: a scalar itself; of a collection, which may be a whole file, its key,
    /// or else its first key.
    pub fn span(&self) -> Span {
        let node = self.node;
        let scalar = matches!(node.node().kind, NodeKind::Scalar { .. }) && !node.span().is_empty();
        if scalar { node.span() } else { self.head() }
    }

    /// Where the absence of a key is reported: at the key of the mapping that lacks it, or else at its
    /// first key.
    pub fn head(&self) -> Span {
        if let Some(entry) = self.entry {
            return entry.key_span;
        }
        let first = self.node.entries().first().map(|entry| entry.key_span);
        let first = first.or_else(|| self.node.items().next().map(Ref::span));
        first.unwrap_or(self.node.span())
    }

    /// The path in words.
    pub fn name(&self) -> String {
        if self.path.is_empty() { "the document".to_owned() } else { format!("`{}`", self.path) }
    }

    /// Whether another tool fills the node in, or something below it.
    pub fn is_templated(&self) -> bool {
        let mut todo = vec![self.node];
        while let Some(node) = todo.pop() {
            if matches!(&node.node().kind, NodeKind::Scalar { template: Some(_), .. }) {
                return true;
            }
            todo.extend(node.entries().iter().map(|entry| node.document().at(entry.value)));
            todo.extend(node.items());
        }
        false
    }
}

/// The span to point at for a pointer into a document.
pub(super) fn place(document: &Document, pointer: &Location) -> Span {
    follow(document, pointer).span()
}

/// The `$ref` of a schema's file that leads to an address: the library does not say where it stands, and
/// the nodes do.
pub(super) fn reference(document: &Document, address: &str) -> Option<Span> {
    let last = address.rsplit('/').next()?;
    let mut todo = vec![document.root()];
    while let Some(node) = todo.pop() {
        let leads_there = |text: &str| text == address || (!last.is_empty() && text.ends_with(last));
        if let Some(reference) = node.get("$ref").filter(|node| node.text().is_some_and(leads_there)) {
            return Some(reference.span());
        }
        todo.extend(node.entries().iter().map(|entry| document.at(entry.value)));
        todo.extend(node.items());
    }
    None
}
