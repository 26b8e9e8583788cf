//! Shell scripts (sh, bash) to [`Program`]s.
//!
//! Decides everything that depends on the language: quoting, splitting, expansions, which words run a
//! command. It runs nothing and interprets nothing, and it knows no platform: `gcloud` is a word like any
//! other. Types of the grammar's crate stay in this room.
//!
//! Written for what deploy scripts are: that a command succeeds is assumed, so a check that only ends the
//! script when something fails leaves no condition behind (see `guard`); an option loop becomes inputs
//! named by their options (see `options`).

mod arithmetic;
mod assign;
mod braces;
mod brackets;
mod builtin;
mod characters;
mod command;
mod comments;
mod condition;
mod control;
mod expansion;
mod guard;
mod heredoc;
mod ignoring;
mod list;
mod masked;
mod options;
mod parse;
mod printing;
mod reading;
mod statement;
mod status;
mod substitution;
mod word;
mod xargs;

pub(in crate::input) use characters::plain_literals;

use crate::diagnostic::Diagnostic;
use crate::input::Limits;
use crate::script::{Expression, ExpressionKind, Job, Literal, Program, Scoping, Statement};
use crate::source::{ADDRESSED, Comments, Span, TextMap};
use crate::value::Reason;
use masked::Masked;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use tree_sitter::Node;

/// How deeply the lowered form of a shell script may nest. Far above real scripts, and low enough for
/// the stack of a test thread.
const MAX_DEPTH: usize = 100;

/// Characters of an expression that name it to people; what is longer is cut.
const MAX_DETAIL: usize = 60;

/// Lowers the text of a script. `map` leads from the text to its file, so that a script inside a workflow
/// is lowered like one in a file of its own.
///
/// Never fails: what cannot be read is a diagnostic (`shell-syntax`, `input-limit`), the rest is lowered.
pub fn lower(text: &str, map: &TextMap, limits: &Limits) -> Program {
    lower_template(text, map, limits, &[])
}

/// A stretch of a script that another program fills in before the shell sees it: `${{ inputs.name }}` of
/// a workflow, `$(Build.BuildId)` of a pipeline.
#[derive(Clone, Debug)]
pub struct Placeholder {
    /// Bytes of the script; at least four.
    pub range: Range<usize>,
    /// The variable that stands for it in the program. Its value is the caller's business.
    pub name: String,
}

/// Lowers a script with placeholders, which must be in order and must not overlap. They act in quotes of
/// every kind, as what fills them in knows no quotes.
pub fn lower_template(text: &str, map: &TextMap, limits: &Limits, placeholders: &[Placeholder]) -> Program {
    let mut diagnostics = Vec::new();
    let mut comments = Comments::default();
    let filled = masked::without_placeholders(text, placeholders);
    let masked = Masked::new(&filled);
    let body = match parse::parse(&masked, map, limits, &mut diagnostics) {
        Some(tree) => {
            let mut lowerer = Lowerer::new(text, map, &masked, limits);
            lowerer.placeholders = placeholders;
            lowerer.syntax_errors(tree.root_node());
            lowerer.printing = lowerer.functions_that_are_read(tree.root_node());
            lowerer.asked = lowerer.functions_that_are_asked(tree.root_node());
            let body = lowerer.block(tree.root_node());
            if text.contains(ADDRESSED) {
                comments = lowerer.comments(tree.root_node());
            }
            diagnostics.append(&mut lowerer.diagnostics);
            body
        }
        None => Vec::new(),
    };
    Program {
        source: map.source(),
        scoping: Scoping::Dynamic,
        free_names_are_inputs: true,
        commands_call_functions: true,
        job: Some(Job::alone(map.span(0, text.len()))),
        body,
        diagnostics,
        comments,
    }
}

/// What a variable was given so far, in the order of the text: enough to tell a default from an empty
/// initial value, and an array from a text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    /// The empty text: set, so that `set -u` does not complain.
    Empty,
    Text,
    Array,
    Map,
}

/// The state of one lowering.
struct Lowerer<'a> {
    text: &'a str,
    map: &'a TextMap,
    masked: &'a Masked<'a>,
    placeholders: &'a [Placeholder],
    max_depth: usize,
    depth: usize,
    diagnostics: Vec<Diagnostic>,
    told_of_limit: bool,
    /// Assignments that an expression makes (`${X:=d}`); they stand before the statement it is part of.
    pending: Vec<Statement>,
    shapes: BTreeMap<String, Shape>,
    /// Functions that end the script with a failure: `usage`, `die`.
    failing: BTreeSet<String>,
    /// Functions whose last command is a test: `is_production`.
    predicates: BTreeSet<String>,
    /// Functions that may return a failure, and that something asks whether they did.
    asked: BTreeSet<String>,
    /// The function that is being lowered is one of them.
    is_asked: bool,
    /// A command that fails ends the script: `set -e`.
    ends_on_failure: bool,
    /// Variables that a person fills in while the script runs: `read -p "Continue? " answer`.
    answers: BTreeSet<String>,
    /// Functions whose output is read somewhere: what they print is told.
    printing: BTreeSet<String>,
    /// What the statement prints is read.
    prints: bool,
    in_function: bool,
    /// The option whose arm of an option loop is being lowered.
    option: Option<options::Current>,
}

impl<'a> Lowerer<'a> {
    fn new(text: &'a str, map: &'a TextMap, masked: &'a Masked<'a>, limits: &Limits) -> Lowerer<'a> {
        Lowerer {
            text,
            map,
            masked,
            placeholders: &[],
            max_depth: MAX_DEPTH.min(limits.depth).min(Program::MAX_DEPTH),
            depth: 0,
            diagnostics: Vec::new(),
            told_of_limit: false,
            pending: Vec::new(),
            shapes: BTreeMap::new(),
            failing: BTreeSet::new(),
            predicates: BTreeSet::new(),
            asked: BTreeSet::new(),
            is_asked: false,
            ends_on_failure: text.lines().next().is_some_and(status::ends_on_failure),
            answers: BTreeSet::new(),
            printing: BTreeSet::new(),
            prints: false,
            in_function: false,
            option: None,
        }
    }

    /// Where the node begins in the script.
    fn start(&self, node: Node<'_>) -> usize {
        self.masked.original(node.start_byte())
    }

    /// Where the node ends in the script.
    fn end(&self, node: Node<'_>) -> usize {
        self.masked.original(node.end_byte())
    }

    fn span(&self, node: Node<'_>) -> Span {
        self.map.span(self.start(node), self.end(node))
    }

    /// The node's characters.
    fn source(&self, node: Node<'_>) -> &'a str {
        self.text.get(self.start(node)..self.end(node)).unwrap_or_default()
    }

    /// The placeholder that begins at an offset of the script.
    fn placeholder_at(&self, start: usize) -> Option<&'a Placeholder> {
        let index = self.placeholders.partition_point(|one| one.range.start < start);
        self.placeholders.get(index).filter(|one| one.range.start == start)
    }

    /// The node's characters on one line, shortened: how a person would quote them.
    fn detail(&self, node: Node<'_>) -> String {
        shorten(self.source(node))
    }

    fn opaque(&self, node: Node<'_>, reason: Reason) -> Expression {
        Expression {
            kind: ExpressionKind::Opaque { reason, detail: self.detail(node) },
            span: self.span(node),
        }
    }

    /// Goes one level down; at the limit nothing below is lowered and `None` comes back.
    fn deeper<T>(&mut self, node: Node<'_>, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= self.max_depth {
            if !std::mem::replace(&mut self.told_of_limit, true) {
                let first_line = self.source(node).lines().next().unwrap_or_default().len();
                let start = self.start(node);
                let span = self.map.span(start, start + first_line);
                self.diagnostics.push(parse::limit(
                    span,
                    format!(
                        "this nests more than {} levels deep; what is inside is not read",
                        self.max_depth
                    ),
                    "split the script, or leave it out with `exclude`",
                ));
            }
            return None;
        }
        self.depth += 1;
        let outcome = lower(self);
        self.depth -= 1;
        Some(outcome)
    }
}

fn literal(text: impl Into<String>, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Literal(Literal::Text(text.into())), span }
}

fn name(name: impl Into<String>, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Name(name.into()), span }
}

/// A call of a method in the form's vocabulary: `lower`, `replace`, `split`.
fn method(value: Expression, name: &str, arguments: Vec<Expression>, span: Span) -> Expression {
    let callee = Expression { kind: ExpressionKind::Attribute(Box::new(value), name.to_string()), span };
    call(callee, arguments, span)
}

/// A call of a function in the form's vocabulary: `len`, `int`.
fn function(callee: &str, arguments: Vec<Expression>, span: Span) -> Expression {
    call(name(callee, span), arguments, span)
}

fn call(callee: Expression, arguments: Vec<Expression>, span: Span) -> Expression {
    let arguments = arguments.into_iter().map(crate::script::Argument::Positional).collect();
    Expression { kind: ExpressionKind::Call { callee: Box::new(callee), arguments }, span }
}

fn negate(expression: Expression) -> Expression {
    let span = expression.span;
    match expression.kind {
        ExpressionKind::Not(inner) => *inner,
        _ => Expression { kind: ExpressionKind::Not(Box::new(expression)), span },
    }
}

fn shorten(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > MAX_DETAIL {
        line = line.chars().take(MAX_DETAIL - 1).collect();
        line.push('…');
    }
    line
}

/// The node's children, unnamed ones too. Collected, since walking by index is slow on long lists.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.children(&mut node.walk()).collect()
}

/// The node's named children without comments.
fn named_children(node: Node<'_>) -> Vec<Node<'_>> {
    node.named_children(&mut node.walk()).filter(|child| child.kind() != "comment").collect()
}

/// The children in a field of the grammar.
fn field_children<'t>(node: Node<'t>, field: &str) -> Vec<Node<'t>> {
    node.children_by_field_name(field, &mut node.walk()).collect()
}

#[cfg(test)]
pub(in crate::input) mod tests;
