//! From the syntax tree to nodes. Its depth is bounded by the parser (64 levels).

use super::comments::comments;
use crate::document::{Builder, Entry, NodeId, NodeKind, ScalarType, Style};
use crate::input::problem::{self, Problems};
use crate::input::{Limits, Read};
use crate::source::{ADDRESSED, SourceId, Span};
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Element, Template};
use std::ops::Range;

/// Functions whose value is their argument's, written in another encoding or type.
const TRANSPARENT: &[&str] = &[
    "jsonencode",
    "yamlencode",
    "tostring",
    "tonumber",
    "tobool",
    "tolist",
    "toset",
    "sensitive",
    "nonsensitive",
];

pub(super) fn read(body: &Body, text: &str, mark: usize, id: SourceId, limits: &Limits) -> Read {
    let builder = Builder::new(id);
    let mut reader =
        Reader { id, mark, text, limits: *limits, builder, problems: Problems::default(), full: false };
    let whole = reader.span(Some(0..text.len()));
    let entries = reader.body(body);
    if text.contains(ADDRESSED) {
        for range in comments(body, text) {
            let words = text.get(range.clone()).unwrap_or_default();
            let words = words.trim_start_matches(['#', '/', '*']).trim_end_matches("*/").trim().to_owned();
            let span = reader.span(Some(range));
            reader.builder.comment(words, span);
        }
    }
    let root = reader.builder.node(NodeKind::Mapping(entries), whole);
    let document = reader.builder.finish(root);
    Read { documents: vec![document], diagnostics: reader.problems.finish() }
}

/// What stands under one key of a body while its blocks are collected.
enum Slot<'b> {
    Value(NodeId),
    Blocks(Labelled<'b>),
}

/// Blocks with the number of labels that were taken off each.
type Labelled<'b> = Vec<(&'b Block, usize)>;

struct Reader<'t> {
    id: SourceId,
    mark: usize,
    text: &'t str,
    limits: Limits,
    builder: Builder,
    problems: Problems,
    full: bool,
}

impl Reader<'_> {
    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or(0..0);
        Span::new(self.id, range.start + self.mark, range.end + self.mark)
    }

    fn written(&self, range: Option<Range<usize>>) -> &str {
        range.and_then(|range| self.text.get(range)).unwrap_or_default()
    }

    fn body(&mut self, body: &Body) -> Vec<Entry> {
        let mut slots: Vec<(String, Span, Slot<'_>)> = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key_span = self.span(attribute.key.span());
                    let Some(value) = self.expression(&attribute.value) else { continue };
                    slots.push((attribute.key.as_str().to_string(), key_span, Slot::Value(value)));
                }
                Structure::Block(block) => {
                    // A dynamic block stands for blocks of the type that its label names.
                    let dynamic = block.ident.as_str() == "dynamic" && block.labels.len() == 1;
                    let (key, range) = match block.labels.first() {
                        Some(label) if dynamic => (label.as_str(), label.span()),
                        _ => (block.ident.as_str(), block.ident.span()),
                    };
                    let labels = if dynamic { 1 } else { 0 };
                    let key_span = self.span(range);
                    let slot = slots.iter_mut().find_map(|(name, _, slot)| match slot {
                        Slot::Blocks(blocks) if *name == key => Some(blocks),
                        _ => None,
                    });
                    match slot {
                        Some(blocks) => blocks.push((block, labels)),
                        None => slots.push((key.to_string(), key_span, Slot::Blocks(vec![(block, labels)]))),
                    }
                }
            }
        }
        let mut entries = Vec::with_capacity(slots.len());
        for (key, key_span, slot) in slots {
            let value = match slot {
                Slot::Value(value) => Some(value),
                Slot::Blocks(blocks) => self.blocks(&blocks),
            };
            entries.extend(value.map(|value| Entry { key, key_span, value, merged: None }));
        }
        self.problems.duplicate_keys(&entries);
        entries
    }

    /// Blocks of one type: a sequence, or below their labels.
    fn blocks(&mut self, blocks: &[(&Block, usize)]) -> Option<NodeId> {
        let labelled = blocks.iter().any(|(block, from)| block.labels.len() > *from);
        if !labelled {
            let items: Vec<NodeId> = blocks.iter().filter_map(|(block, _)| self.block(block)).collect();
            return self.collection(NodeKind::Sequence(items.clone()), &items);
        }
        let mut groups: Vec<(&str, Span, Labelled<'_>)> = Vec::new();
        for (block, from) in blocks {
            let Some(label) = block.labels.get(*from) else { continue };
            let span = self.span(label.span());
            match groups.iter_mut().find(|(name, ..)| *name == label.as_str()) {
                Some((_, _, group)) => group.push((block, from + 1)),
                None => groups.push((label.as_str(), span, vec![(block, from + 1)])),
            }
        }
        let mut entries = Vec::with_capacity(groups.len());
        for (name, key_span, group) in groups {
            // The same labels twice are an error of Terraform's; the last counts here as elsewhere.
            let last = group.last().filter(|(block, from)| block.labels.len() == *from);
            let value = match last {
                Some((block, _)) => self.block(block),
                None => self.blocks(&group),
            };
            entries.extend(value.map(|value| Entry { key: name.to_string(), key_span, value, merged: None }));
        }
        let children: Vec<NodeId> = entries.iter().map(|entry| entry.value).collect();
        self.collection(NodeKind::Mapping(entries), &children)
    }

    fn block(&mut self, block: &Block) -> Option<NodeId> {
        let span = self.span(block.span());
        let dynamic = block.ident.as_str() == "dynamic";
        let content = block.body.get_blocks("content").next().filter(|_| dynamic);
        let Some(content) = content else {
            let entries = self.body(&block.body);
            return self.node(NodeKind::Mapping(entries), span);
        };
        let mut entries = self.body(&content.body);
        for key in ["for_each", "iterator"] {
            let Some(attribute) = block.body.get_attribute(key) else { continue };
            let key_span = self.span(attribute.key.span());
            let value = self.expression(&attribute.value);
            entries.extend(value.map(|value| Entry { key: key.to_string(), key_span, value, merged: None }));
        }
        self.node(NodeKind::Mapping(entries), span)
    }

    fn collection(&mut self, kind: NodeKind, children: &[NodeId]) -> Option<NodeId> {
        let spans = children.iter().map(|child| self.builder.get(*child).span);
        let span = spans.reduce(Span::cover).unwrap_or(Span::beginning(self.id));
        self.node(kind, span)
    }

    fn expression(&mut self, expression: &Expression) -> Option<NodeId> {
        let span = self.span(expression.span());
        match expression {
            Expression::Array(array) => {
                let items = array.iter().filter_map(|item| self.expression(item)).collect();
                self.node(NodeKind::Sequence(items), span)
            }
            Expression::Object(object) => {
                let entries = self.object(object);
                self.node(NodeKind::Mapping(entries), span)
            }
            Expression::Parenthesis(inner) => self.expression(inner.inner()),
            Expression::FuncCall(call)
                if TRANSPARENT.contains(&call.name.name.as_str()) && call.args.len() == 1 =>
            {
                self.expression(call.args.get(0)?)
            }
            Expression::String(text) => {
                self.scalar(escaped(text), Style::Quoted, ScalarType::Text, None, span)
            }
            Expression::StringTemplate(template) => {
                let text = self.elements(template.iter());
                self.scalar(text, Style::Quoted, ScalarType::Text, None, span)
            }
            Expression::HeredocTemplate(heredoc) => {
                let text = self.template(&heredoc.template);
                self.scalar(text, Style::Block, ScalarType::Text, None, span)
            }
            Expression::Number(_) => {
                let text = self.written(expression.span()).to_string();
                let kind = match text.parse() {
                    Ok(int) => ScalarType::Int(int),
                    Err(_) => text.parse().map_or(ScalarType::Text, ScalarType::Float),
                };
                self.scalar(text, Style::Plain, kind, None, span)
            }
            Expression::Bool(value) => {
                let value = **value;
                self.scalar(value.to_string(), Style::Plain, ScalarType::Bool(value), None, span)
            }
            Expression::Null(_) => {
                self.scalar("null".to_string(), Style::Plain, ScalarType::Null, None, span)
            }
            _ => {
                let text = one_line(self.written(expression.span()));
                let whole = format!("${{{text}}}");
                self.scalar(whole, Style::Plain, ScalarType::Text, Some(text), span)
            }
        }
    }

    fn object(&mut self, object: &Object) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(object.len());
        for (key, value) in object.iter() {
            let (name, range) = match key {
                ObjectKey::Ident(name) => (name.as_str().to_string(), name.span()),
                ObjectKey::Expression(Expression::String(name)) => (name.to_string(), name.span()),
                ObjectKey::Expression(other) => {
                    (format!("${{{}}}", one_line(self.written(other.span()))), other.span())
                }
            };
            let key_span = self.span(range);
            let Some(value) = self.expression(value.expr()) else { continue };
            entries.push(Entry { key: name, key_span, value, merged: None });
        }
        self.problems.duplicate_keys(&entries);
        entries
    }

    fn template(&self, template: &Template) -> String {
        self.elements(template.iter())
    }

    /// A template's text with its interpolations as `${expression}`.
    fn elements<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> String {
        let mut text = String::new();
        for element in elements {
            let range = match element {
                Element::Literal(literal) => {
                    text.push_str(&escaped(literal));
                    continue;
                }
                Element::Interpolation(one) => one.expr.span(),
                Element::Directive(directive) => directive.span(),
            };
            text.push_str(&format!("${{{}}}", one_line(self.written(range))));
        }
        text
    }

    fn scalar(
        &mut self,
        text: String,
        style: Style,
        kind: ScalarType,
        template: Option<String>,
        span: Span,
    ) -> Option<NodeId> {
        self.node(NodeKind::Scalar { text, style, kind, template }, span)
    }

    /// Adds a node; `None` once there are too many, which is told once.
    fn node(&mut self, kind: NodeKind, span: Span) -> Option<NodeId> {
        if self.builder.len() >= self.limits.nodes {
            if !std::mem::replace(&mut self.full, true) {
                self.problems.add(problem::too_many(span, self.limits.nodes));
            }
            return None;
        }
        Some(self.builder.node(kind, span))
    }
}

/// A literal in which `${` is no interpolation, as HCL itself escapes it.
fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
