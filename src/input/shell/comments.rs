//! Comments, from the tokens of the grammar.

use super::Lowerer;
use crate::source::{Comment, Comments};
use tree_sitter::Node;

/// Nodes in which a `#` begins no comment, over however many lines they reach.
const CLOSED: &[&str] = &[
    "string",
    "raw_string",
    "ansi_c_string",
    "translated_string",
    "heredoc_redirect",
    "heredoc_body",
    "expansion",
    "arithmetic_expansion",
];

impl Lowerer<'_> {
    /// The script's comments, and where none can stand. What stands in a part that could not be read is no
    /// comment: a quote that nobody closes may have made it look like one.
    pub(super) fn comments(&self, root: Node<'_>) -> Comments {
        let mut found = Comments::default();
        if !self.map.is_exact() {
            return found;
        }
        let mut cursor = root.walk();
        'all: loop {
            let node = cursor.node();
            match node.kind() {
                "comment" => self.comment(node, &mut found),
                kind if CLOSED.contains(&kind) && node.start_position().row < node.end_position().row => {
                    found.closed.push(self.span(node));
                }
                _ => {}
            }
            if !node.is_error() && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    break 'all;
                }
            }
        }
        self.continued_lines(&mut found);
        found
    }

    fn comment(&self, node: Node<'_>, found: &mut Comments) {
        let (start, end) = (self.start(node), self.end(node));
        let before = self.text.get(..start).and_then(|before| before.chars().next_back());
        // In the middle of a word it begins nothing: `a#b`.
        if before.is_some_and(|c| !c.is_whitespace() && !matches!(c, ';' | '&' | '|' | '(' | ')' | '`')) {
            return;
        }
        let text = self.text.get(start..end).unwrap_or_default().trim_end();
        let map = self.map.part(start, start + text.len());
        found.all.push(Comment { text: text.to_owned(), map });
    }

    /// Lines that end with a backslash go on; one at the end of a comment does not.
    fn continued_lines(&self, found: &mut Comments) {
        let ends: Vec<usize> = found.all.iter().map(|comment| comment.span().end as usize).collect();
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let end = start + content.len();
            let slashes = content.len() - content.trim_end_matches('\\').len();
            let next = start + line.len();
            start = next;
            if slashes % 2 == 1 && next > end {
                let span = self.map.span(end - 1, (next + 1).min(self.text.len()));
                if !ends.contains(&(span.start as usize + 1)) {
                    found.closed.push(span);
                }
            }
        }
    }
}
