//! What is printed, for those who read it: `$(name)` of a function of the script.

use super::{Lowerer, literal, named_children, word};
use crate::script::{Block, Expression, Statement, StatementKind};
use std::collections::{BTreeMap, BTreeSet};
use tree_sitter::Node;

impl<'a> Lowerer<'a> {
    /// The functions that a command substitution calls, directly or through others.
    pub(super) fn functions_that_are_read(&self, root: Node<'a>) -> BTreeSet<String> {
        let mut calls: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut read: Vec<&str> = Vec::new();
        // (node, the function it stands in, whether it stands in a substitution)
        let mut open: Vec<(Node<'a>, Option<&str>, bool)> = vec![(root, None, false)];
        while let Some((node, mut function, mut inside)) = open.pop() {
            match node.kind() {
                "function_definition" => {
                    function = node.child_by_field_name("name").map(|name| self.source(name));
                    inside = false;
                    calls.entry(function.unwrap_or_default()).or_default();
                }
                "command_substitution" => inside = true,
                "command_name" => {
                    let name = self.source(node);
                    if inside {
                        read.push(name);
                    }
                    if let Some(function) = function {
                        calls.entry(function).or_default().insert(name);
                    }
                }
                _ => {}
            }
            open.extend(named_children(node).into_iter().map(|child| (child, function, inside)));
        }
        let mut found = BTreeSet::new();
        while let Some(name) = read.pop() {
            if let Some(called) = calls.get(name)
                && found.insert(name.to_string())
            {
                read.extend(called);
            }
        }
        found
    }

    /// A line that is printed, if anybody reads it.
    pub(super) fn print_line(&mut self, text: Expression, breaks: bool, out: &mut Block) {
        if !self.prints {
            return;
        }
        let span = text.span;
        let text = match breaks {
            true => {
                word::join(vec![text, literal("\n", crate::source::Span { start: span.end, ..span })], span)
            }
            false => text,
        };
        out.push(Statement { kind: StatementKind::Print(text), span });
    }
}
