//! Parsing, its limits, and errors of syntax.

use super::Lowerer;
use super::masked::Masked;
use crate::diagnostic::Diagnostic;
use crate::input::Limits;
use crate::source::{Span, TextMap};
use std::ops::ControlFlow;
use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

/// How many brackets may be open at once before the parser is not even asked. Real scripts stay below
/// twenty; unbalanced ones in comments and quotes add up to a few.
const MAX_OPEN_BRACKETS: usize = 1_000;

/// How many syntax errors are told one by one.
const MAX_ERRORS: usize = 20;

/// Calls of the parser's progress callback (about one in a hundred operations) that a byte of text may
/// cost, and that are granted in any case. A sound script needs less than a tenth of it.
const PROGRESS_PER_BYTE: usize = 2;
const PROGRESS_GRANTED: usize = 20_000;

/// Parses a text. `None` if a limit was met, which is then told.
pub(super) fn parse(
    masked: &Masked<'_>,
    map: &TextMap,
    limits: &Limits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Tree> {
    let text: &str = &masked.text;
    let mut refuse = |at: usize, message: String| {
        let span = map.span(masked.original(at), masked.original((at + 1).min(text.len())));
        diagnostics.push(limit(span, message, "split the script, or leave it out with `exclude`"));
    };
    if text.len() > limits.bytes {
        refuse(0, format!("the script has {} bytes; the limit is {}", text.len(), limits.bytes));
        return None;
    }
    if let Some(at) = too_many_brackets(text) {
        refuse(
            at,
            format!("brackets are nested more than {MAX_OPEN_BRACKETS} deep here; the script is not read"),
        );
        return None;
    }
    let tree = run(text);
    match tree {
        Some(tree) if tree.root_node().descendant_count() <= limits.nodes => Some(tree),
        Some(_) => {
            refuse(0, format!("the script has more than {} syntax nodes", limits.nodes));
            None
        }
        None => {
            refuse(0, "reading the script takes too many steps".to_string());
            None
        }
    }
}

fn run(text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).ok()?;
    let bytes = text.as_bytes();
    let budget = PROGRESS_GRANTED.saturating_add(text.len().saturating_mul(PROGRESS_PER_BYTE));
    let mut spent = 0usize;
    let mut progress = |_: &ParseState| {
        spent += 1;
        if spent > budget { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let mut read = |at: usize, _| bytes.get(at..).unwrap_or_default();
    parser.parse_with_options(&mut read, None, Some(options))
}

/// The byte at which too many brackets are open. Quotes and comments are not told apart: the count only
/// has to be in the right order of magnitude.
fn too_many_brackets(text: &str) -> Option<usize> {
    let mut open = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'{' | b'[' => open += 1,
            b')' | b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_OPEN_BRACKETS {
            return Some(at);
        }
    }
    None
}

pub(super) fn limit(span: Span, message: String, help: &str) -> Diagnostic {
    Diagnostic::error("input-limit", span, message).with_help(help)
}

impl Lowerer<'_> {
    /// Tells each outermost place that does not parse.
    pub(super) fn syntax_errors(&mut self, root: Node<'_>) {
        if !root.has_error() {
            return;
        }
        let mut cursor = root.walk();
        let mut told = 0usize;
        loop {
            let node = cursor.node();
            let broken = node.is_error() || node.is_missing();
            if broken {
                told += 1;
                if told > MAX_ERRORS {
                    return;
                }
                let error = self.syntax_error(node);
                self.diagnostics.push(error);
            }
            if !broken && node.has_error() && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    fn syntax_error(&self, node: Node<'_>) -> Diagnostic {
        let start = self.start(node);
        // An error can swallow the rest of the file: its first piece is the place to look.
        let same_line = |node: Node<'_>| node.start_position().row == node.end_position().row;
        let first = node.child(0).filter(|first| same_line(*first));
        let end = match first {
            _ if same_line(node) => self.end(node),
            Some(first) => self.end(first),
            None => start,
        };
        let message = match node.is_missing() {
            true => format!("shell syntax: `{}` is missing here", node.kind()),
            false => "shell syntax: this cannot be read".to_string(),
        };
        Diagnostic::error("shell-syntax", self.map.span(start, end.max(start)), message)
            .with_label("what follows may be read wrongly")
            .with_help("`bash -n` says what the shell itself makes of it; the rest of the script is read")
    }
}
