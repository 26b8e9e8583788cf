//! Probes in documents: Kubernetes' keys, in its own spelling or in Terraform's.

use crate::document::Ref;
use crate::model::{Container, Setting, Settings};
use crate::platform::convert::Conversion;
use crate::platform::manifest::node::{filled_in, setting_of};
use crate::platform::manifest::sheet::at;
use crate::platform::probe::{self, HANDLERS, NUMBERS};
use crate::platform::table::{Placeholders, Spelling};
use crate::platform::trace::Trace;
use crate::source::Span;
use crate::value::Value;
use std::borrow::Cow;

/// How a platform's documents write probes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) spelling: Spelling,
    pub(super) placeholders: Placeholders,
}

/// Adds the probe at `node` to its container; `anchor` is its key, `parent` the container's own node,
/// where a port may have a name.
pub(super) fn read(
    container: &mut Container,
    kind: &'static str,
    node: Ref<'_>,
    anchor: Span,
    parent: Ref<'_>,
    style: Style,
    trace: &mut Trace<'_>,
) {
    let Style { spelling, placeholders } = style;
    if let Some(unknown) = filled_in(node, &[]) {
        let value = Value::Unknown(unknown, None);
        let shown = probe::setting(Conversion::Text, &value, anchor, trace);
        probe::add(container, kind, shown, Settings::default(), anchor, true, trace);
        return;
    }
    if !node.is_mapping() {
        return;
    }
    let mut fields = Settings::default();
    for (key, field, conversion, _) in NUMBERS {
        if let Some(number) = node
            .entry(&spelt(key, spelling))
            .and_then(|entry| setting_of(entry, node, conversion, placeholders, trace))
        {
            fields.insert(field, number);
        }
    }
    let mut shown = None;
    for (key, word) in HANDLERS {
        let Some(way) = node.entry(&spelt(key, spelling)) else { continue };
        let below = node.document().at(way.value);
        let handler = below.items().next().unwrap_or(below);
        let path = handler
            .entry("path")
            .and_then(|path| setting_of(path, handler, Conversion::Text, placeholders, trace));
        if word == "path" {
            // Without a path the platform asks for `/`.
            let path = path.unwrap_or_else(|| probe::worded("/", way.key_span, trace));
            fields.insert("path", path.clone());
            shown = Some(path);
        } else {
            shown = Some(probe::worded(word, way.key_span, trace));
        }
        if let Some(port) = handler.entry("port").and_then(|entry| {
            let setting = setting_of(entry, handler, Conversion::Int, placeholders, trace)?;
            // A name stands for the container's port of that name.
            match setting.value.as_known() {
                None => named_port(parent, handler.get("port").and_then(Ref::text)?, placeholders, trace),
                Some(_) => Some(setting),
            }
        }) {
            fields.insert("port", port);
        }
    }
    let partial = shown.is_none();
    probe::add(container, kind, shown, fields, anchor, partial, trace);
}

fn named_port(
    container: Ref<'_>,
    name: &str,
    placeholders: Placeholders,
    trace: &mut Trace<'_>,
) -> Option<Setting> {
    let port = container
        .get("ports")?
        .items()
        .find(|port| at(*port, &["name"]).and_then(Ref::text) == Some(name))?;
    setting_of(port.entry("containerPort")?, port, Conversion::Int, placeholders, trace)
}

/// `initialDelaySeconds`, or `initial_delay_seconds`.
fn spelt(key: &'static str, spelling: Spelling) -> Cow<'static, str> {
    match spelling {
        Spelling::Camel => Cow::Borrowed(key),
        Spelling::Snake => {
            let mut out = String::with_capacity(key.len() + 4);
            for c in key.chars() {
                if c.is_ascii_uppercase() {
                    out.push('_');
                }
                out.push(c.to_ascii_lowercase());
            }
            Cow::Owned(out)
        }
    }
}
