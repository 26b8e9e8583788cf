//! Option loops: `while getopts ...`, `while [[ $# -gt 0 ]]; do case $1 in ...`, `for arg in "$@"`.
//!
//! What such a loop assigns is an input of the script, named by its option: `--env) ENV="$2"` makes `ENV`
//! the input `--env`, with what `ENV` held before as its default. A switch (`--quick) FAST=true`) chooses
//! between its value and what was there before.

use super::{Lowerer, Shape, children, field_children, name, named_children};
use crate::script::{Block, Clause, Expression, ExpressionKind, InputKind, Statement, StatementKind};
use crate::source::Span;
use tree_sitter::Node;

/// The arm of an option loop that is being lowered.
#[derive(Clone, Debug)]
pub(super) struct Current {
    /// `--env`; `$1` for what is no option.
    option: String,
    /// Where the option loop finds its word: `1`, or the name of a variable.
    subject: String,
    kind: Kind,
    /// How many words were shifted away inside the arm.
    shifted: usize,
}

/// Where an option's argument stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// In the next word: `--env staging`.
    Next,
    /// In the same word: `--env=staging`.
    Inline,
    /// In `OPTARG`.
    Getopts,
    /// The word itself: a positional argument.
    Itself,
}

impl<'a> Lowerer<'a> {
    /// Lowers a `while` that reads options; `false` if it is none.
    pub(super) fn option_while(&mut self, node: Node<'a>, out: &mut Block) -> bool {
        let Some(body) = node.child_by_field_name("body") else { return false };
        let test = field_children(node, "condition").into_iter().find(Node::is_named);
        let words = test.filter(|test| test.kind() == "command").map(named_children).unwrap_or_default();
        let getopts = words.first().is_some_and(|name| self.source(*name) == "getopts");
        let (subject, kind) = match words.get(2) {
            Some(variable) if getopts => (self.source(*variable).to_string(), Kind::Getopts),
            _ => ("1".to_string(), Kind::Next),
        };
        self.option_loop(body, subject, kind, out)
    }

    /// Lowers a `for` over the script's arguments that reads options; `false` if it is none.
    pub(super) fn option_for(&mut self, node: Node<'a>, out: &mut Block) -> bool {
        let (Some(variable), Some(body)) =
            (node.child_by_field_name("variable"), node.child_by_field_name("body"))
        else {
            return false;
        };
        let over_arguments = field_children(node, "value")
            .iter()
            .all(|value| matches!(self.source(*value).trim_matches('"'), "$@" | "$*" | "${@}" | "${*}"));
        over_arguments && self.option_loop(body, self.source(variable).to_string(), Kind::Next, out)
    }

    fn option_loop(&mut self, body: Node<'a>, subject: String, kind: Kind, out: &mut Block) -> bool {
        let statements = named_children(body);
        let Some(case) = statements.iter().find(|statement| statement.kind() == "case_statement") else {
            return false;
        };
        let Some(value) = case.child_by_field_name("value") else { return false };
        let mut subject = subject;
        if let Some(alias) = self.alias(&statements, &subject) {
            subject = alias;
        }
        if !self.reads(value, &subject) {
            return false;
        }
        let items: Vec<Node<'a>> =
            named_children(*case).into_iter().filter(|child| child.kind() == "case_item").collect();
        let arms: Vec<(Node<'a>, Current)> =
            items.iter().filter_map(|item| Some((*item, self.option_of(*item, &subject, kind)?))).collect();
        if !arms.iter().any(|(_, current)| current.kind != Kind::Itself) {
            return false;
        }
        let outer = self.option.take();
        for (item, current) in arms {
            self.option = Some(current);
            self.arm(item, out);
        }
        self.option = outer;
        true
    }

    /// The variable that the loop copies its word to: `key="$1"`.
    fn alias(&self, statements: &[Node<'a>], subject: &str) -> Option<String> {
        statements.iter().find_map(|statement| {
            let assignment = match statement.kind() {
                "variable_assignment" => *statement,
                "declaration_command" => named_children(*statement)
                    .into_iter()
                    .find(|child| child.kind() == "variable_assignment")?,
                _ => return None,
            };
            let value = assignment.child_by_field_name("value")?;
            let variable = assignment.child_by_field_name("name")?;
            self.reads(value, subject).then(|| self.source(variable).to_string())
        })
    }

    /// Whether a word is just `$subject`.
    fn reads(&self, node: Node<'a>, subject: &str) -> bool {
        let text = self.source(node).trim_matches('"');
        let inner = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
        let variable = inner.or(text.strip_prefix('$')).unwrap_or_default();
        variable.trim_end_matches(":-") == subject
    }

    /// The option that an arm is about; `None` for arms that show help or refuse.
    fn option_of(&self, item: Node<'a>, subject: &str, kind: Kind) -> Option<Current> {
        let patterns: Vec<String> = field_children(item, "value")
            .into_iter()
            .map(|pattern| self.source(pattern).replace(['"', '\'', '\\'], ""))
            .collect();
        let body = arm_body(item);
        if body.is_empty() || self.fails(&body) {
            return None;
        }
        let current =
            |option: String, kind| Current { option, subject: subject.to_string(), kind, shifted: 0 };
        if kind == Kind::Getopts {
            let letter = patterns.iter().find(|one| one.chars().all(|c| c.is_ascii_alphanumeric()))?;
            return (letter != "h").then(|| current(format!("-{letter}"), Kind::Getopts));
        }
        if patterns.iter().any(|one| one == "*") {
            return Some(current("$1".to_string(), Kind::Itself));
        }
        let named = |one: &&String| one.starts_with('-') && one.chars().any(char::is_alphanumeric);
        let option = patterns.iter().filter(named).max_by_key(|one| one.len())?;
        let kind = if option.contains('=') { Kind::Inline } else { Kind::Next };
        let option = option.split('=').next().unwrap_or(option).trim_end_matches('*').to_string();
        (option != "--help" && option != "-h").then(|| current(option, kind))
    }

    fn arm(&mut self, item: Node<'a>, out: &mut Block) {
        let mut statements: Vec<Node<'a>> = arm_body(item);
        statements.reverse();
        while let Some(statement) = statements.pop() {
            match statement.kind() {
                "if_statement" if self.speaks_of_argument(statement) => {
                    // `if [[ -n "$2" ]]; then ENV="$2"; else usage; fi` is about whether the argument was
                    // forgotten.
                    let parts = named_children(statement);
                    let kept = parts.into_iter().skip(1).filter(|part| part.kind() != "else_clause");
                    let kept: Vec<Node<'a>> = kept.collect();
                    if !self.fails(&kept) {
                        statements.extend(kept.into_iter().rev());
                    }
                }
                "list" | "test_command" if self.speaks_of_argument(statement) => {}
                "variable_assignment" | "declaration_command" | "variable_assignments"
                    if !children(statement).iter().any(|child| child.kind() == "+=") =>
                {
                    self.statement(statement, super::command::Io::default(), out);
                }
                _ => self.other_in_arm(statement, out),
            }
        }
    }

    /// Something else in an arm runs where the option was given. A check of what was just assigned says
    /// something about every run, if there is no default.
    fn other_in_arm(&mut self, statement: Node<'a>, out: &mut Block) {
        let block = self.statements(&[statement]);
        let Some(current) = self.option.clone() else { return };
        let checks = statement.kind() == "if_statement" || statement.kind() == "case_statement";
        if block.is_empty() {
            return;
        }
        if checks && current.kind != Kind::Itself {
            out.extend(block);
            return;
        }
        let span = self.span(statement);
        let clause = Clause { condition: switch(&current.option, span), body: block };
        out.push(Statement {
            kind: StatementKind::If { clauses: vec![clause], otherwise: Vec::new() },
            span,
        });
    }

    fn speaks_of_argument(&self, node: Node<'a>) -> bool {
        let test = match node.kind() {
            "if_statement" => field_children(node, "condition").into_iter().find(Node::is_named),
            _ => Some(node),
        };
        let text = test.map_or("", |test| self.source(test));
        ["$2", "${2", "$#", "$OPTARG", "${OPTARG"].iter().any(|argument| text.contains(argument))
    }

    pub(super) fn shift_in_option(&mut self, by: usize) {
        if let Some(current) = &mut self.option {
            current.shifted = current.shifted.saturating_add(by);
        }
    }

    /// The input that `$2`, `$OPTARG` or the loop's own word stands for in an arm.
    pub(super) fn option_argument(&self, variable: &str, span: Span) -> Option<Expression> {
        let current = self.option.as_ref()?;
        let is_argument = match current.kind {
            Kind::Getopts => variable == "OPTARG",
            Kind::Next => match current.shifted {
                0 => variable == "2",
                _ => variable == "1",
            },
            Kind::Inline => false,
            Kind::Itself => variable == current.subject || variable == "1",
        };
        is_argument.then(|| input(&current.option, None, span))
    }

    /// The input that `${1#*=}` stands for in an arm of `--env=*`.
    pub(super) fn inline_option_argument(&self, variable: &str, span: Span) -> Option<Expression> {
        let current = self.option.as_ref()?;
        let fits = current.kind == Kind::Inline && (variable == current.subject || variable == "1");
        fits.then(|| input(&current.option, None, span))
    }

    /// The same for `$(echo "$1" | cut -d= -f2)`.
    pub(super) fn option_argument_cut_out(&self, node: Node<'a>, span: Span) -> Option<Expression> {
        let current = self.option.as_ref().filter(|current| current.kind == Kind::Inline)?;
        let text = self.source(node);
        let reads = [format!("${}", current.subject), format!("${{{}}}", current.subject)];
        reads.iter().any(|read| text.contains(read.as_str())).then(|| input(&current.option, None, span))
    }

    /// What an assignment in an arm gives a variable; outside an arm, the value itself.
    pub(super) fn option_value(&mut self, variable: &str, at: Span, given: Expression) -> Expression {
        let Some(current) = &self.option else { return given };
        let before = self.shapes.get(variable).is_some_and(|shape| *shape != Shape::Empty);
        let is_argument = matches!(
            &given.kind,
            ExpressionKind::Input { name, kind: InputKind::Argument, .. } if *name == current.option
        );
        let span = given.span;
        if is_argument {
            return input(&current.option, before.then(|| name(variable, at)), span);
        }
        let condition = Box::new(switch(&current.option, span));
        let otherwise = Box::new(name(variable, at));
        Expression { kind: ExpressionKind::Choose { condition, then: Box::new(given), otherwise }, span }
    }
}

fn arm_body(item: Node<'_>) -> Vec<Node<'_>> {
    let patterns = field_children(item, "value");
    named_children(item).into_iter().filter(|child| !patterns.contains(child)).collect()
}

fn input(option: &str, default: Option<Expression>, span: Span) -> Expression {
    let kind = ExpressionKind::Input {
        name: option.to_string(),
        kind: InputKind::Argument,
        default: default.map(Box::new),
        is_switch: false,
    };
    Expression { kind, span }
}

fn switch(option: &str, span: Span) -> Expression {
    let kind = ExpressionKind::Input {
        name: option.to_string(),
        kind: InputKind::Argument,
        default: None,
        is_switch: true,
    };
    Expression { kind, span }
}
