//! Failures that count for nothing: `|| true`, commands between `set +e` and `set -e`.
//!
//! What is read later is not ignored: a status that the next command asks for, an output that goes to a
//! file, to another program or into a variable.

use super::{Lowerer, children, field_children, named_children};
use crate::script::{Block, Ignoring, Statement, StatementKind, says_why};
use crate::source::Span;
use std::collections::BTreeMap;
use tree_sitter::Node;

/// Programs that hand on what they read, and judge nothing.
const PASSING: &[&str] = &["cat", "head", "less", "more", "sed", "tail", "tee", "ts"];

/// A block whose failure counts for nothing.
pub(super) fn ignoring(ignoring: Ignoring, block: Block) -> Statement {
    let span = block.iter().map(|statement| statement.span).reduce(Span::cover).unwrap_or(ignoring.span);
    Statement { kind: StatementKind::Ignoring(Box::new(ignoring), block), span }
}

impl<'a> Lowerer<'a> {
    /// What makes the failure of `ands` count for nothing, if all that stands behind their `||` does
    /// nothing, or only speaks.
    pub(super) fn shrug(&self, ands: &[Node<'a>], operator: Node<'a>, ors: &[Node<'a>]) -> Option<Ignoring> {
        let ignores = !self.prints
            && ands.iter().all(|node| self.is_test(*node) || self.is_done_with(*node))
            && ors.iter().all(|node| self.does_nothing(*node));
        let last = ors.last().filter(|_| ignores)?;
        let words = ors.iter().map(|node| self.first_words(*node));
        let name = words.fold(String::new(), |name, word| format!("{name}|| {word} "));
        let span = self.map.span(self.start(operator), self.end(*last));
        let reason = ors.iter().find_map(|node| {
            let said = named_children(*node).into_iter().skip(1).find(|word| says_why(self.source(*word)))?;
            Some((self.plain(said)?, self.span(said)))
        });
        Some(Ignoring { name: name.trim_end().to_string(), span, when: None, is_whole: false, reason })
    }

    /// `true`, `echo`, `exit 0`: how the alternative is named to people.
    fn first_words(&self, node: Node<'a>) -> &'a str {
        let command = match node.kind() {
            "redirected_statement" => node.child_by_field_name("body").unwrap_or(node),
            _ => node,
        };
        let whole = self.source(command);
        if whole == "exit 0" {
            return whole;
        }
        command.child_by_field_name("name").map_or(whole, |name| self.source(name))
    }

    /// Whether a command does nothing, or only speaks to whoever watches.
    fn does_nothing(&self, node: Node<'a>) -> bool {
        if node.kind() == "redirected_statement" {
            let body = node.child_by_field_name("body").filter(|body| body.kind() == "command");
            return !self.keeps_output(node) && body.is_some_and(|body| self.does_nothing(body));
        }
        let name = node.child_by_field_name("name").map_or("", |name| self.source(name));
        node.kind() == "command"
            && (matches!(name, "true" | ":" | "/bin/true" | "echo" | "printf")
                || self.source(node) == "exit 0")
    }

    /// Whether a statement is one of which nothing is left but its status.
    fn is_done_with(&self, node: Node<'a>) -> bool {
        match node.kind() {
            "command" | "subshell" => true,
            "redirected_statement" => {
                !self.keeps_output(node)
                    && node.child_by_field_name("body").is_some_and(|body| self.is_done_with(body))
            }
            "pipeline" => named_children(node).iter().skip(1).all(|part| {
                let name = part.child_by_field_name("name").map_or("", |name| self.source(name));
                PASSING.contains(&name)
            }),
            _ => false,
        }
    }

    /// Whether what a statement prints goes to a file that may be read later.
    fn keeps_output(&self, node: Node<'a>) -> bool {
        field_children(node, "redirect").into_iter().any(|redirect| {
            let errors =
                redirect.child_by_field_name("descriptor").is_some_and(|one| self.source(one) == "2");
            let file = redirect.child_by_field_name("destination").map_or("", |file| self.source(file));
            redirect.kind() != "file_redirect"
                || !(errors
                    || children(redirect).iter().any(|child| matches!(child.kind(), ">&" | "<"))
                    || matches!(file, "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty"))
        })
    }

    /// The statements between `set +e` and the next `set -e` whose status nobody asks for, by their place
    /// in the list, with the characters of the `set +e`.
    pub(super) fn tolerated(&self, nodes: &[Node<'a>]) -> BTreeMap<usize, Span> {
        let mut all = BTreeMap::new();
        let mut open: Option<(usize, Span)> = None;
        for (index, node) in nodes.iter().enumerate() {
            match (self.sets_errexit(*node), open) {
                (Some(false), _) => open = Some((index, self.span(*node))),
                (Some(true), Some((from, span))) => {
                    open = None;
                    let between = nodes.iter().enumerate().take(index).skip(from + 1);
                    all.extend(between.filter_map(|(at, one)| {
                        let next = nodes.get(at + 1).map_or("", |next| self.source(*next));
                        let is_asked = ["$?", "${?", "PIPESTATUS"].iter().any(|read| next.contains(read));
                        (!self.prints && !is_asked && self.is_done_with(*one)).then_some((at, span))
                    }));
                }
                _ => {}
            }
        }
        all
    }

    /// Whether a statement makes the shell end at the first failure (`set -e`), or no longer (`set +e`).
    fn sets_errexit(&self, node: Node<'a>) -> Option<bool> {
        let name = node.child_by_field_name("name").filter(|_| node.kind() == "command")?;
        if self.source(name) != "set" {
            return None;
        }
        let words: Vec<&str> =
            field_children(node, "argument").into_iter().map(|word| self.source(word)).collect();
        words.iter().enumerate().find_map(|(at, word)| {
            let is_long = matches!(*word, "-o" | "+o") && words.get(at + 1) == Some(&"errexit");
            let letters =
                word.strip_prefix(['-', '+']).filter(|rest| rest.chars().all(char::is_alphabetic))?;
            (is_long || letters.contains('e')).then(|| word.starts_with('-'))
        })
    }
}
