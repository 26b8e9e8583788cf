//! Simple commands.

use super::characters::{Quoting, marks};
use super::{Lowerer, children, named_children};
use crate::script::words::{Lead, prefix};
use crate::script::{Block, Command, Expression, ExpressionKind, Literal, Statement, StatementKind};
use tree_sitter::Node;

/// Where a command's input comes from and its output goes.
#[derive(Default)]
pub(super) struct Io<'t> {
    pub input: Option<Expression>,
    pub output: Option<Output>,
    /// What is printed goes to nobody who reads it: to the error output, or nowhere.
    pub discards: bool,
    /// Arguments that stand behind a redirection.
    pub extra: Vec<Node<'t>>,
}

/// A file that is written.
pub(super) struct Output {
    pub file: Expression,
    pub append: bool,
}

/// A simple command whose wrappers (`sudo`, `env`) are set aside.
pub(super) struct Simple<'t> {
    pub node: Node<'t>,
    /// The name, if it is known here.
    pub name: Option<String>,
    /// The name and the arguments.
    pub words: Vec<Node<'t>>,
    pub environment: Vec<(String, Expression)>,
    pub io: Io<'t>,
}

impl<'a> Lowerer<'a> {
    pub(super) fn command(&mut self, node: Node<'a>, io: Io<'a>, out: &mut Block) {
        let simple = self.simple(node, io);
        if simple.words.is_empty() {
            return;
        }
        if let Some(simple) = self.builtin(simple, out) {
            let run = self.run(simple);
            let span = run.span;
            out.push(Statement { kind: StatementKind::Expression(run), span });
        }
    }

    /// The command as it will run.
    pub(super) fn run(&mut self, simple: Simple<'a>) -> Expression {
        let words = simple.words.iter().map(|word| self.word(*word)).collect();
        let input = simple.io.input.map(Box::new);
        let command = Command::Words { words, environment: simple.environment, input };
        Expression { kind: ExpressionKind::Run(command), span: self.span(simple.node) }
    }

    pub(super) fn simple(&mut self, node: Node<'a>, io: Io<'a>) -> Simple<'a> {
        let mut environment = Vec::new();
        let mut words = Vec::new();
        let mut redirects = Vec::new();
        for child in children(node) {
            match child.kind() {
                "variable_assignment" if words.is_empty() => {
                    environment.extend(self.own_variable(child));
                }
                "file_redirect" | "herestring_redirect" | "heredoc_redirect" => redirects.push(child),
                "comment" | "subshell" => {}
                "command_name" => words.extend(child.named_child(0)),
                _ => words.push(child),
            }
        }
        let io = self.redirects(&redirects, io).io;
        words.extend(&io.extra);
        let beginnings: Vec<(String, bool)> = words.iter().map(|word| self.beginning(*word)).collect();
        let leads: Vec<Lead<'_>> =
            beginnings.iter().map(|(text, complete)| Lead { text, complete: *complete }).collect();
        let found = prefix(&leads);
        for &(word, length) in &found.assignments {
            if let Some(word) = words.get(word) {
                environment.extend(self.assignment_word(*word, length));
            }
        }
        let name = beginnings.get(found.len).and_then(|(text, complete)| complete.then(|| text.clone()));
        words.drain(..found.len);
        Simple { node, name, words, environment, io }
    }

    /// `X=1` before a command.
    fn own_variable(&mut self, node: Node<'a>) -> Option<(String, Expression)> {
        let name = node.child_by_field_name("name")?;
        let end = self.span(node).end;
        let value = match node.child_by_field_name("value") {
            Some(value) => self.value(value),
            None => super::literal("", crate::source::Span { start: end, ..self.span(node) }),
        };
        Some((self.source(name).to_string(), value))
    }

    /// `X=1` behind `env`: the word is cut behind its `=`.
    fn assignment_word(&mut self, node: Node<'a>, length: usize) -> Option<(String, Expression)> {
        let word = self.value(node);
        let span = word.span;
        let ExpressionKind::Join(mut parts) = word.kind else { return None };
        let ExpressionKind::Literal(Literal::Text(first)) = &parts.first()?.kind else { return None };
        let name = first.strip_suffix('=').filter(|name| name.len() == length)?.to_string();
        parts.remove(0);
        let value = match parts.len() {
            1 => parts.remove(0),
            _ => super::word::join(parts, span),
        };
        Some((name, value))
    }

    /// The known characters at a word's beginning, and whether they are all.
    fn beginning(&self, node: Node<'a>) -> (String, bool) {
        if let Some(text) = self.plain(node) {
            return (text, true);
        }
        let first = match node.kind() {
            "concatenation" => node.named_child(0).and_then(|first| self.plain(first)),
            _ => None,
        };
        (first.unwrap_or_default(), false)
    }

    /// A word without expansions, its quotes resolved.
    pub(super) fn plain(&self, node: Node<'a>) -> Option<String> {
        let text = self.source(node);
        let (inner, quoting) = match node.kind() {
            "raw_string" => (text.strip_prefix('\'')?.strip_suffix('\'')?, Quoting::Raw),
            "string" if named_children(node).iter().all(|child| child.kind() == "string_content") => {
                (text.strip_prefix('"')?.strip_suffix('"')?, Quoting::Double)
            }
            "word" | "number" | "variable_name" | "test_operator" => (text, Quoting::None),
            "concatenation" => {
                return named_children(node)
                    .into_iter()
                    .map(|child| match child.kind() {
                        "concatenation" => None,
                        _ => self.plain(child),
                    })
                    .collect();
            }
            "command_name" => return node.named_child(0).and_then(|child| self.plain(child)),
            _ => return None,
        };
        Some(marks(inner, 0, quoting).iter().map(|mark| mark.character).collect())
    }

    /// `cat` without arguments: what comes in goes out.
    pub(super) fn is_bare_cat(&self, node: Node<'a>) -> bool {
        node.kind() == "command" && self.source(node).trim() == "cat"
    }

    /// A statement for expressions that run a command (`echo "$(deploy)"`), nothing for others.
    pub(super) fn effects_of(&mut self, value: Expression, out: &mut Block) {
        if runs(&value) {
            let span = value.span;
            out.push(Statement { kind: StatementKind::Expression(value), span });
        }
    }
}

/// Whether evaluating runs a command.
fn runs(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Output(_) | ExpressionKind::Run(_) => true,
        ExpressionKind::Join(parts) => parts.iter().any(runs),
        ExpressionKind::Fields(inner) => runs(inner),
        ExpressionKind::Default { value, fallback, .. } => runs(value) || runs(fallback),
        ExpressionKind::Alternate { value, then } => runs(value) || runs(then),
        _ => false,
    }
}
