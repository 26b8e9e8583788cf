//! Raw documents as dynamic values.

use super::fields::{at, list, map};
use crate::cel::object::{Datum, Field};
use crate::document::{NodeKind, Ref, ScalarType, Style};
use crate::value::{Reason, Unknown};
use std::collections::BTreeMap;

/// How deeply a document is followed; readers bound it lower.
const MAX_DEPTH: usize = 256;

/// The tree of a node: mappings, lists and scalars, each at its place; what a template fills in is
/// unknown.
pub(super) fn document(node: Ref<'_>) -> Field {
    convert(node, MAX_DEPTH)
}

fn convert(node: Ref<'_>, depth: usize) -> Field {
    let place = at(node.span());
    let Some(depth) = depth.checked_sub(1) else {
        let unknown = Unknown { input: "this node".into(), reason: Reason::Limit, span: place.span };
        return Field::Unknown { unknown, place };
    };
    match &node.node().kind {
        NodeKind::Mapping(entries) => {
            let convert_entry = |entry: &crate::document::Entry| {
                (entry.key.as_str().into(), convert(node.document().at(entry.value), depth))
            };
            // Of duplicate keys the last wins, as everywhere.
            let entries: BTreeMap<_, _> = entries.iter().map(convert_entry).collect();
            map(entries, None, at(node.entries().first().map_or(place.span, |entry| entry.key_span)))
        }
        NodeKind::Sequence(_) => list(node.items().map(|item| convert(item, depth)).collect(), place),
        NodeKind::Scalar { template: Some(name), .. } => {
            let unknown = Unknown { input: name.as_str().into(), reason: Reason::Template, span: place.span };
            Field::Unknown { unknown, place }
        }
        NodeKind::Scalar { text, style, kind, .. } => {
            let datum = match (style, kind) {
                (Style::Plain, ScalarType::Null) => Datum::Null,
                (Style::Plain, ScalarType::Bool(bool)) => Datum::Bool(*bool),
                (Style::Plain, ScalarType::Int(int)) => Datum::Int(*int),
                (Style::Plain, ScalarType::Float(float)) => Datum::Double(*float),
                _ => Datum::Text(text.as_str().into()),
            };
            Field::known(datum, place)
        }
    }
}
