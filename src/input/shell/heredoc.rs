//! Redirections and here-documents.

use super::characters::{Quoting, marks};
use super::command::{Io, Output};
use super::{Lowerer, children, field_children, named_children, word};
use crate::script::Expression;
use tree_sitter::Node;

/// What the redirections of a statement say.
#[derive(Default)]
pub(super) struct Redirects<'t> {
    pub io: Io<'t>,
    /// Commands that a here-document's line pipes to.
    pub pipeline: Vec<Node<'t>>,
    /// What follows on a here-document's line: `<<EOF && next`.
    pub then: Option<(&'static str, Node<'t>)>,
}

impl<'a> Lowerer<'a> {
    pub(super) fn redirects(&mut self, nodes: &[Node<'a>], io: Io<'a>) -> Redirects<'a> {
        let mut redirects = Redirects { io, ..Redirects::default() };
        for node in nodes {
            match node.kind() {
                "file_redirect" => self.file_redirect(*node, &mut redirects),
                "herestring_redirect" => {
                    let text = named_children(*node).last().map(|text| self.value(*text));
                    redirects.io.input = text.or(redirects.io.input.take());
                }
                "heredoc_redirect" => self.heredoc_redirect(*node, &mut redirects),
                _ => {}
            }
        }
        redirects
    }

    fn file_redirect(&mut self, node: Node<'a>, redirects: &mut Redirects<'a>) {
        let operator = children(node).iter().find(|child| !child.is_named()).map_or("", |child| child.kind());
        let descriptor = node.child_by_field_name("descriptor").map_or("1", |child| self.source(child));
        let destinations = field_children(node, "destination");
        let Some((file, more)) = destinations.split_first() else { return };
        // The grammar takes words behind the file for more files; they are arguments.
        redirects.io.extra.extend(more);
        let to_error = operator == ">&" && self.source(*file) != "1" && descriptor == "1";
        let is_output = matches!(operator, ">" | ">>" | ">|" | "&>" | "&>>") && descriptor == "1";
        redirects.io.discards |= to_error || is_output;
        let writes = matches!(operator, ">" | ">>" | ">|" | "&>" | "&>>") && descriptor == "1";
        if writes && self.source(*file) != "/dev/null" {
            let append = operator.ends_with(">>");
            redirects.io.output = Some(Output { file: self.value(*file), append });
        }
    }

    fn heredoc_redirect(&mut self, node: Node<'a>, redirects: &mut Redirects<'a>) {
        if let Some(text) = self.heredoc_text(node) {
            redirects.io.input = Some(text);
        }
        redirects.io.extra.extend(field_children(node, "argument"));
        for redirect in field_children(node, "redirect") {
            if redirect.kind() == "file_redirect" {
                self.file_redirect(redirect, redirects);
            }
        }
        for child in named_children(node) {
            if child.kind() == "pipeline" {
                redirects.pipeline = match named_children(child).as_slice() {
                    // `| a | b` nests the rest of the pipeline.
                    [only] if only.kind() == "pipeline" => named_children(*only),
                    parts => parts.to_vec(),
                };
            }
        }
        let operator = node.child_by_field_name("operator").map(|operator| operator.kind());
        if let Some(right) = node.child_by_field_name("right") {
            redirects.then = Some((if operator == Some("&&") { "&&" } else { "||" }, right));
        }
    }

    /// The text of a here-document, with its line breaks; `<<-` drops leading tabs.
    pub(super) fn heredoc_text(&mut self, node: Node<'a>) -> Option<Expression> {
        let parts = named_children(node);
        let start = parts.iter().find(|child| child.kind() == "heredoc_start")?;
        let body = parts.iter().find(|child| child.kind() == "heredoc_body")?;
        let raw = self.source(*start).contains(['"', '\'', '\\']);
        let strips = children(node).iter().any(|child| child.kind() == "<<-");
        let quoting = if raw { Quoting::Raw } else { Quoting::Heredoc };
        let mut pieces = Vec::new();
        let mut at = self.start(*body);
        for child in named_children(*body) {
            if raw || child.kind() == "heredoc_content" {
                continue;
            }
            self.heredoc_stretch(at, self.start(child), quoting, strips, &mut pieces);
            pieces.push(self.value(child));
            at = self.end(child);
        }
        self.heredoc_stretch(at, self.end(*body), quoting, strips, &mut pieces);
        Some(word::join(pieces, self.span(*body)))
    }

    /// Characters of a here-document: one literal for each stretch that stands in the file as it is, so
    /// that a document inside maps back to its lines.
    fn heredoc_stretch(
        &self,
        from: usize,
        to: usize,
        quoting: Quoting,
        strips: bool,
        out: &mut Vec<Expression>,
    ) {
        let mut marks = marks(self.text.get(from..to).unwrap_or_default(), from, quoting);
        if strips {
            let mut at_start = self.text.get(..from).is_none_or(|before| before.ends_with('\n'));
            marks.retain(|mark| {
                let drop = at_start && mark.character == '\t';
                at_start = mark.character == '\n' || drop;
                !drop
            });
        }
        let mut stretch: Vec<super::characters::Mark> = Vec::new();
        let mut hidden = 0;
        for mark in marks {
            if mark.start < hidden {
                continue;
            }
            if let Some(placeholder) = self.placeholder_at(mark.start) {
                out.extend(self.stretch(&stretch));
                stretch.clear();
                hidden = placeholder.range.end;
                let span = self.map.span(placeholder.range.start, hidden);
                out.push(super::name(&placeholder.name, span));
                continue;
            }
            if stretch.last().is_some_and(|last| last.end != mark.start) {
                out.extend(self.stretch(&stretch));
                stretch.clear();
            }
            stretch.push(mark);
        }
        out.extend(self.stretch(&stretch));
    }

    fn stretch(&self, marks: &[super::characters::Mark]) -> Option<Expression> {
        let (first, last) = (marks.first()?, marks.last()?);
        let text: String = marks.iter().map(|mark| mark.character).collect();
        Some(super::literal(text, self.map.span(first.start, last.end)))
    }
}
