//! Commands of the shell itself, and those that only print.

use super::command::{Io, Simple};
use super::expansion::{binary, literal_number, opaque};
use super::{Lowerer, Shape, function, literal, shorten, word};
use crate::script::{
    BinaryOperator, Block, Command, Expression, ExpressionKind, Statement, StatementKind, Target,
};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

/// Commands that deploy nothing and set nothing.
const SILENT: &[&str] = &[
    ":", "[", "alias", "clear", "echo", "false", "getopts", "hash", "printf", "shopt", "sleep", "test",
    "tput", "trap", "true", "type", "ulimit", "umask", "unalias", "wait", "which",
];

/// Of these, the ones that print something which is not known here.
const TALKATIVE: &[&str] = &["alias", "shopt", "trap", "type", "ulimit", "umask", "which"];

impl<'a> Lowerer<'a> {
    /// Lowers a command of the shell; gives back what is none.
    pub(super) fn builtin(&mut self, simple: Simple<'a>, out: &mut Block) -> Option<Simple<'a>> {
        let Some(name) = simple.name.as_deref() else { return Some(simple) };
        let span = self.span(simple.node);
        let mut push = |kind| out.push(Statement { kind, span });
        match name {
            "exit" => push(StatementKind::Exit),
            "return" => {
                let status = simple.words.get(1).and_then(|status| self.source(*status).parse::<u8>().ok());
                push(StatementKind::Return(status.map(|status| super::condition::truth(status == 0, span))));
            }
            "break" => push(StatementKind::Break),
            "continue" => push(StatementKind::Continue),
            "shift" => self.shift(&simple, out),
            "set" => self.set_arguments(&simple, out),
            "source" | "." => self.source_file(&simple, out),
            "eval" => {
                let parts = simple.words.iter().skip(1).copied().collect::<Vec<_>>();
                let line = self.joined(&parts, span);
                push_evaluation(line, span, out);
            }
            "bash" | "sh" | "zsh" | "dash" => match self.inline_script(&simple) {
                Some(script) => {
                    let line = self.value(script);
                    self.run_line(line, simple.environment, span, out);
                }
                None => return Some(simple),
            },
            "read" | "mapfile" | "readarray" => {
                let mut simple = simple;
                let known = match simple.io.input.take() {
                    Some(text) => self.read_text(&simple, text, out),
                    None => false,
                };
                if !known {
                    self.read_unknown(&simple, out);
                }
                self.read(&simple, out);
            }
            "let" => self.let_command(&simple, out),
            "cat" => return self.cat(simple, out),
            "command" => {}
            _ if SILENT.contains(&name) => self.silent(simple, out),
            _ => return Some(simple),
        }
        None
    }

    /// `shift`, `shift 2`.
    fn shift(&mut self, simple: &Simple<'a>, out: &mut Block) {
        let span = self.span(simple.node);
        let plain = simple.words.get(1).map(|count| self.source(*count).parse::<usize>().ok());
        if self.option.is_some() {
            self.shift_in_option(plain.unwrap_or(Some(1)).unwrap_or(1));
            return;
        }
        let count = match simple.words.get(1) {
            None => literal_number(1, span),
            Some(count) => function("int", vec![self.value(*count)], span),
        };
        out.push(Statement { kind: StatementKind::Shift(count), span });
    }

    /// `set -- a b`: the positional arguments from here on. Options of the shell change nothing here.
    fn set_arguments(&mut self, simple: &Simple<'a>, out: &mut Block) {
        self.options_of_the_shell(simple);
        let dashes = simple.words.iter().position(|word| self.source(*word) == "--");
        let Some(dashes) = dashes else { return };
        let words: Vec<Node<'a>> = simple.words.iter().skip(dashes + 1).copied().collect();
        let elements = words.into_iter().map(|word| self.element(word)).collect();
        out.push(Statement { kind: StatementKind::Arguments(elements), span: self.span(simple.node) });
    }

    /// `source file`, `. file`.
    fn source_file(&mut self, simple: &Simple<'a>, out: &mut Block) {
        let Some(file) = simple.words.get(1) else { return };
        if file.kind() == "process_substitution" {
            let value = self.value(*file);
            return self.effects_of(value, out);
        }
        let path = self.value(*file);
        out.push(Statement { kind: StatementKind::Source(path), span: self.span(simple.node) });
    }

    /// The script of `bash -c script`, `bash -euo pipefail -c script`.
    fn inline_script(&self, simple: &Simple<'a>) -> Option<Node<'a>> {
        let option = simple.words.iter().skip(1).position(|word| {
            let text = self.source(*word);
            text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
        })?;
        simple.words.get(option + 2).copied()
    }

    fn run_line(
        &mut self,
        line: Expression,
        environment: Vec<(String, Expression)>,
        span: Span,
        out: &mut Block,
    ) {
        let entries = environment
            .into_iter()
            .map(|(name, value)| {
                let key = literal(name, Span { end: value.span.start, ..value.span });
                crate::script::MapEntry::Pair(key, value)
            })
            .collect::<Vec<_>>();
        let environment =
            (!entries.is_empty()).then(|| Box::new(Expression { kind: ExpressionKind::Map(entries), span }));
        let command = Command::Line { line: Box::new(line), directory: None, environment };
        let run = Expression { kind: ExpressionKind::Run(command), span };
        out.push(Statement { kind: StatementKind::Expression(run), span });
    }

    /// `let X=5`, `let "X += 1"`: an assignment of a number, or else X is no longer what it was.
    fn let_command(&mut self, simple: &Simple<'a>, out: &mut Block) {
        for word in simple.words.iter().skip(1) {
            let text = self.source(*word).trim_matches(['"', '\'']);
            let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
            let Some((variable, rest)) = text.split_at_checked(end).filter(|(name, _)| !name.is_empty())
            else {
                continue;
            };
            let span = self.span(*word);
            self.shapes.insert(variable.to_string(), Shape::Text);
            let target = Target::Name(variable.to_string(), span);
            let old = || function("int", vec![super::name(variable, span)], span);
            let number = |text: &str| text.trim().parse().ok().map(|number| literal_number(number, span));
            let rest = rest.trim();
            let value = match (rest, rest.split_once('=')) {
                ("++", _) => Some(binary(BinaryOperator::Add, old(), literal_number(1, span), span)),
                ("--", _) => Some(binary(BinaryOperator::Subtract, old(), literal_number(1, span), span)),
                (_, Some(("", right))) => number(right),
                (_, Some((operator, right))) => super::arithmetic::binary_operator(operator)
                    .zip(number(right))
                    .map(|(operator, right)| binary(operator, old(), right, span)),
                _ => None,
            };
            let value = value.unwrap_or_else(|| opaque(Reason::NotFollowed, &shorten(text), span));
            let kind = StatementKind::Assign { target, value, local: false, export: false };
            out.push(Statement { kind, span });
        }
    }

    /// `cat <<EOF` shows a text to people; `cat > file <<EOF` writes it; `cat file` is of no interest.
    fn cat(&mut self, simple: Simple<'a>, out: &mut Block) -> Option<Simple<'a>> {
        if simple.words.len() > 1 {
            return Some(simple);
        }
        match (simple.io.input.is_some(), simple.io.output.is_some(), simple.io.discards) {
            (true, true, _) => self.write_file(simple, None, out),
            (true, false, false) => {
                if let Some(text) = simple.io.input {
                    self.print_line(text, false, out);
                }
            }
            (false, false, false) => self.print_unknown(simple.node, out),
            _ => {}
        }
        None
    }

    /// `echo text > file` writes; everything else that prints or sleeps leaves only the commands that its
    /// arguments run.
    fn silent(&mut self, simple: Simple<'a>, out: &mut Block) {
        if simple.io.output.is_some()
            && let Some(text) = self.printed_by(&simple)
        {
            return self.write_file(simple, Some(text), out);
        }
        if simple.name.as_deref() == Some("printf") && self.print_to_variable(&simple, out) {
            return;
        }
        if self.prints && !simple.io.discards {
            match simple.name.as_deref() {
                Some(name @ ("echo" | "printf")) => {
                    let breaks = name == "echo" && !self.is_without_break(&simple);
                    return match self.printed_by(&simple) {
                        Some(text) => self.print_line(text, breaks, out),
                        None => self.print_unknown(simple.node, out),
                    };
                }
                Some(name) if TALKATIVE.contains(&name) => self.print_unknown(simple.node, out),
                _ => {}
            }
        }
        for word in simple.words.iter().skip(1) {
            let value = self.value(*word);
            self.effects_of(value, out);
        }
    }

    /// `echo -n`.
    fn is_without_break(&self, simple: &Simple<'a>) -> bool {
        simple.words.get(1).is_some_and(|option| matches!(self.source(*option), "-n" | "-ne" | "-en"))
    }

    /// `printf -v X ...`.
    fn print_to_variable(&mut self, simple: &Simple<'a>, out: &mut Block) -> bool {
        let (Some(option), Some(variable)) = (simple.words.get(1), simple.words.get(2)) else { return false };
        if self.source(*option) != "-v" {
            return false;
        }
        let span = self.span(simple.node);
        let variable_name = self.source(*variable).to_string();
        let arguments = simple.words.get(3..).unwrap_or_default().to_vec();
        let value = self
            .formatted(&arguments)
            .unwrap_or_else(|| opaque(Reason::NotFollowed, &self.detail(simple.node), span));
        self.shapes.insert(variable_name.clone(), Shape::Text);
        let target = Target::Name(variable_name, self.span(*variable));
        out.push(Statement {
            kind: StatementKind::Assign { target, value, local: false, export: false },
            span,
        });
        true
    }

    /// A file that is written with a text is lowered to `tee file` with that text as its input, the one
    /// command that says just this.
    fn write_file(&mut self, simple: Simple<'a>, text: Option<Expression>, out: &mut Block) {
        let span = self.span(simple.node);
        let Io { input, output, .. } = simple.io;
        let (Some(text), Some(output)) = (text.or(input), output) else { return };
        let command_name = simple.words.first().map_or(span, |word| self.span(*word));
        let mut words = vec![literal("tee", command_name)];
        if output.append {
            words.push(literal("-a", command_name));
        }
        words.push(output.file);
        let command = Command::Words { words, environment: simple.environment, input: Some(Box::new(text)) };
        let run = Expression { kind: ExpressionKind::Run(command), span };
        out.push(Statement { kind: StatementKind::Expression(run), span });
    }

    /// Words with blanks between, as one text.
    pub(super) fn joined(&mut self, nodes: &[Node<'a>], span: Span) -> Expression {
        let mut parts = Vec::new();
        for (i, node) in nodes.iter().enumerate() {
            if i > 0 {
                let previous = nodes.get(i - 1).map_or(0, |previous| self.end(*previous));
                parts.push(literal(" ", self.map.span(previous, self.start(*node))));
            }
            parts.push(self.value(*node));
        }
        match parts.len() {
            1 => parts.remove(0),
            _ => word::join(parts, span),
        }
    }
}

fn push_evaluation(line: Expression, span: Span, out: &mut Block) {
    out.push(Statement { kind: StatementKind::Evaluate(line), span });
}
