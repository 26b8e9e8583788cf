//! TOML: the toml crate's spanned values, built into a [`Document`].
//!
//! The parser recovers, so a broken file keeps what could be read. Tables stand under their keys
//! however they were written (`[a.b]`, `a.b = 1`, `{ b = 1 }`); an array of tables is a sequence. Knows no
//! platform and no schema.

use crate::diagnostic::Diagnostic;
use crate::document::{Builder, Document, Entry, NodeId, NodeKind, ScalarType, Style};
use crate::input::problem::{self, Problems};
use crate::input::{Limits, Read};
use crate::source::{ADDRESSED, Source, SourceId, Span};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::lexer::TokenKind;

/// How deeply a dotted key may nest. The parser bounds brackets by itself, but each dot makes a table in
/// a table, and tables are dropped one inside the other.
const MAX_DOTS: usize = 200;

/// How deeply the parser follows brackets.
const MAX_BRACKETS: usize = 80;

/// Reads the one document of a file.
///
/// Diagnostics: `toml-syntax`, `input-limit`. A key given twice is an error of syntax in TOML.
pub fn read(source: &Source, id: SourceId, limits: &Limits) -> Read {
    if let Some(diagnostic) = problem::too_large(source, id, limits.bytes) {
        return Read { documents: Vec::new(), diagnostics: vec![diagnostic] };
    }
    let (text, mark) = source.text_after_mark();
    let mut reader =
        Reader { id, mark, text, limits: *limits, builder: Builder::new(id), problems: Problems::default() };
    if let Some(line) = too_many_dots(text) {
        let span = reader.span(line);
        return Read { documents: Vec::new(), diagnostics: vec![problem::too_deep(span, MAX_DOTS)] };
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        // What is nested too deeply is told once, not for each of its brackets.
        if error.message().contains("recursion") {
            let span = reader.span(error.span().unwrap_or_default());
            reader.problems.add(problem::too_deep(span, MAX_BRACKETS));
            break;
        }
        reader.syntax(error.message(), error.span());
    }
    if errors.is_empty() && text.contains(ADDRESSED) {
        reader.comments();
    }
    let root = reader.table(table.get_ref(), reader.span(0..text.len()), 0);
    let documents = root.map(|root| reader.finish(root, errors.first().and_then(|error| error.span())));
    Read { documents: documents.into_iter().collect(), diagnostics: reader.problems.finish() }
}

/// The first line whose key may have more parts than are followed. Dots in values count too: a line of
/// so many is no config.
fn too_many_dots(text: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let key = line.split(['=', '#']).next().unwrap_or_default();
        if key.bytes().filter(|byte| *byte == b'.').count() > MAX_DOTS {
            return Some(start..start + key.len().min(40));
        }
        start += line.len();
    }
    None
}

struct Reader<'t> {
    id: SourceId,
    mark: usize,
    text: &'t str,
    limits: Limits,
    builder: Builder,
    problems: Problems,
}

impl Reader<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.id, range.start + self.mark, range.end.max(range.start) + self.mark)
    }

    /// The comments, from the tokens of the parser below the values' one.
    fn comments(&mut self) {
        let comments =
            toml_parser::Source::new(self.text).lex().filter(|token| token.kind() == TokenKind::Comment);
        for token in comments {
            let range = token.span().start()..token.span().end();
            let text = self.text.get(range.clone()).unwrap_or_default();
            let span = self.span(range);
            self.builder.comment(text.trim_start_matches('#').trim(), span);
        }
    }

    fn syntax(&mut self, message: &str, range: Option<Range<usize>>) {
        let span = self.span(range.unwrap_or(0..0));
        let message = message.lines().next().unwrap_or_default();
        self.problems.add(
            Diagnostic::error("toml-syntax", span, format!("not valid TOML: {message}"))
                .with_label("the TOML cannot be read here")
                .with_help("mend the syntax; what could be read around it is used"),
        );
    }

    /// A table with its entries; `None` beyond a limit, which is told.
    fn table(&mut self, table: &DeTable<'_>, own: Span, depth: usize) -> Option<NodeId> {
        let mut entries = Vec::with_capacity(table.len());
        let mut span = None;
        for (key, value) in table {
            let key_span = self.span(key.span());
            let Some(value) = self.value(value, depth + 1) else { continue };
            // A table is written in several places; the first stretch is the one that is shown.
            let child = key_span.cover(self.builder.get(value).span);
            span = Some(span.map_or(child, |span: Span| span.cover(child)));
            entries.push(Entry { key: key.get_ref().to_string(), key_span, value, merged: None });
        }
        self.node(NodeKind::Mapping(entries), span.unwrap_or(own))
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> Option<NodeId> {
        let span = self.span(value.span());
        if depth > self.limits.depth {
            self.problems.add(problem::too_deep(span, self.limits.depth));
            return None;
        }
        let written = self.text.get(value.span()).unwrap_or_default().to_string();
        let (text, style, kind) = match value.get_ref() {
            DeValue::Table(table) => return self.table(table, span, depth),
            DeValue::Array(items) => {
                let items: Vec<NodeId> =
                    items.iter().filter_map(|item| self.value(item, depth + 1)).collect();
                let spans = items.iter().map(|item| self.builder.get(*item).span);
                let span = spans.reduce(Span::cover).map_or(span, |children| match span.is_empty() {
                    true => children,
                    false => span.cover(children),
                });
                return self.node(NodeKind::Sequence(items), span);
            }
            DeValue::String(text) => (text.to_string(), Style::Quoted, ScalarType::Text),
            DeValue::Integer(int) => {
                let number = i64::from_str_radix(int.as_str(), int.radix());
                (written, Style::Plain, number.map_or(ScalarType::Text, ScalarType::Int))
            }
            DeValue::Float(float) => {
                let number = float.as_str().parse();
                (written, Style::Plain, number.map_or(ScalarType::Text, ScalarType::Float))
            }
            DeValue::Boolean(value) => (value.to_string(), Style::Plain, ScalarType::Bool(*value)),
            DeValue::Datetime(_) => (written, Style::Plain, ScalarType::Text),
        };
        self.node(NodeKind::Scalar { text, style, kind, template: None }, span)
    }

    fn node(&mut self, kind: NodeKind, span: Span) -> Option<NodeId> {
        if self.builder.len() >= self.limits.nodes {
            self.problems.add(problem::too_many(span, self.limits.nodes));
            return None;
        }
        Some(self.builder.node(kind, span))
    }

    fn finish(&mut self, root: NodeId, broken: Option<Range<usize>>) -> Document {
        let mut builder = std::mem::replace(&mut self.builder, Builder::new(self.id));
        if let Some(range) = broken {
            builder.incomplete(self.span(range));
        }
        builder.finish(root)
    }
}

#[cfg(test)]
mod tests;
