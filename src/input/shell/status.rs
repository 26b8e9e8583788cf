//! How functions of the script come out, where something hangs on it.

use super::command::{Io, Simple};
use super::{Lowerer, children, named_children};
use crate::script::{Block, ExpressionKind, Statement, StatementKind};
use std::collections::BTreeSet;
use tree_sitter::Node;

impl<'a> Lowerer<'a> {
    /// The functions that may return a failure and that stand where their status decides: behind `if`,
    /// `while`, `!`, before `&&` and `||`. Under `set -e` it decides wherever they are called.
    pub(super) fn functions_that_are_asked(&self, root: Node<'a>) -> BTreeSet<String> {
        let mut failing: BTreeSet<&str> = BTreeSet::new();
        let mut asked: BTreeSet<&str> = BTreeSet::new();
        let mut called: BTreeSet<&str> = BTreeSet::new();
        let mut everywhere = self.ends_on_failure;
        // (node, the function it stands in, whether its status decides)
        let mut open: Vec<(Node<'a>, Option<&str>, bool)> = vec![(root, None, false)];
        while let Some((node, mut function, decides)) = open.pop() {
            match node.kind() {
                "function_definition" => {
                    function = node.child_by_field_name("name").map(|name| self.source(name));
                }
                "command" => {
                    let name = node.child_by_field_name("name").map_or("", |name| self.source(name));
                    let words: Vec<&str> =
                        named_children(node).into_iter().skip(1).map(|word| self.source(word)).collect();
                    let is_failure = words
                        .first()
                        .is_some_and(|status| status.parse::<u8>().is_ok_and(|status| status != 0));
                    if name == "return" && is_failure {
                        failing.extend(function);
                    }
                    everywhere |= name == "set" && turns_on(&words) == Some(true);
                    called.insert(name);
                    if decides {
                        asked.insert(name);
                    }
                }
                _ => {}
            }
            let mut in_test = matches!(node.kind(), "if_statement" | "elif_clause" | "while_statement");
            let is_list = node.kind() == "list";
            let passes_on = decides
                && matches!(node.kind(), "list" | "redirected_statement" | "compound_statement" | "subshell");
            for (at, child) in children(node).into_iter().enumerate() {
                in_test &= !matches!(child.kind(), "then" | "do_group");
                let decides =
                    in_test || (is_list && at == 0) || node.kind() == "negated_command" || passes_on;
                open.push((child, function, decides));
            }
        }
        if everywhere {
            asked.extend(called);
        }
        failing.into_iter().filter(|name| asked.contains(name)).map(str::to_string).collect()
    }

    /// Whether the last of these statements surely succeeds: it assigns or prints.
    pub(super) fn succeeds(&self, nodes: &[Node<'a>]) -> bool {
        let mut ends: Vec<Node<'a>> = nodes.last().copied().into_iter().collect();
        let is_statement = |node: &Node<'a>| node.kind() != "comment";
        let mut surely = !ends.is_empty();
        // Branches are followed to their last statements, without recursion. A branch that is not taken, and
        // one that is empty, succeeds.
        while let Some(node) = ends.pop().filter(|_| surely) {
            match node.kind() {
                "variable_assignment" | "variable_assignments" | "declaration_command" => {
                    let text = self.source(node);
                    surely &= !text.contains("$(") && !text.contains('`');
                }
                "command" => {
                    let name = node.child_by_field_name("name").map_or("", |name| self.source(name));
                    // What leaves does not come to the end.
                    surely &= matches!(name, "echo" | "printf" | "true" | ":" | "return" | "exit");
                }
                "compound_statement" if self.source(node).starts_with("((") => surely = false,
                "compound_statement" => {
                    ends.extend(named_children(node).into_iter().rfind(is_statement));
                }
                "if_statement" | "elif_clause" => {
                    let mut last = None;
                    let mut in_body = false;
                    for child in children(node) {
                        match child.kind() {
                            "then" => in_body = true,
                            "elif_clause" | "else_clause" => ends.push(child),
                            _ if in_body && child.is_named() && is_statement(&child) => last = Some(child),
                            _ => {}
                        }
                    }
                    ends.extend(last);
                }
                "else_clause" => ends.extend(named_children(node).into_iter().rfind(is_statement)),
                "case_statement" => {
                    for item in named_children(node).into_iter().filter(|child| child.kind() == "case_item") {
                        let patterns = super::field_children(item, "value");
                        let mut body =
                            named_children(item).into_iter().filter(|child| !patterns.contains(child));
                        ends.extend(body.rfind(is_statement));
                    }
                }
                _ => surely = false,
            }
        }
        surely
    }

    /// `set -e` and `set +e`.
    pub(super) fn options_of_the_shell(&mut self, simple: &Simple<'a>) {
        let words: Vec<&str> = simple.words.iter().skip(1).map(|word| self.source(*word)).collect();
        if let Some(on) = turns_on(&words) {
            self.ends_on_failure = on;
        }
    }

    /// A command that stands by itself. Where failures end the script, one of a function does.
    pub(super) fn command_that_may_fail(&mut self, node: Node<'a>, io: Io<'a>, out: &mut Block) {
        let before = out.len();
        self.command(node, io, out);
        // Whoever asks how a function came out has turned `set -e` off in it.
        if !self.ends_on_failure || self.is_asked || out.len() != before + 1 {
            return;
        }
        let Some(Statement { kind: StatementKind::Expression(run), .. }) = out.last() else { return };
        let ExpressionKind::Run(command) = &run.kind else { return };
        if self.is_answer(command)
            && let Some(Statement { kind: StatementKind::Expression(run), span }) = out.pop()
        {
            let end = Statement { kind: StatementKind::Exit, span };
            self.where_it_fails(run, vec![end], out);
        }
    }
}

/// Whether `#!/bin/bash -e` begins a script.
pub(super) fn ends_on_failure(first_line: &str) -> bool {
    let Some(interpreter) = first_line.strip_prefix("#!") else { return false };
    let words: Vec<&str> = interpreter.split_whitespace().skip(1).collect();
    turns_on(&words) == Some(true)
}

/// Whether options of the shell turn `errexit` on or off, if they speak of it.
fn turns_on(words: &[&str]) -> Option<bool> {
    let mut found = None;
    for (at, word) in words.iter().enumerate() {
        let (on, letters) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
            (Some("-"), _) => break,
            (Some(letters), _) => (true, letters),
            (_, Some(letters)) => (false, letters),
            _ => continue,
        };
        let named = letters.ends_with('o') && words.get(at + 1) == Some(&"errexit");
        if named || (letters.contains('e') && letters.chars().all(|letter| letter.is_ascii_alphabetic())) {
            found = Some(on);
        }
    }
    found
}
