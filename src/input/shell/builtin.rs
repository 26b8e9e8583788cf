//! Commands of the shell itself, and those that only print.

use super::command::{Io, Simple};
use super::expansion::opaque;
use super::{Lowerer, Shape, Shift, literal, shorten, word};
use crate::script::{Block, Command, Expression, ExpressionKind, Statement, StatementKind, Target};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

/// Commands that deploy nothing and set nothing.
const SILENT: &[&str] = &[
    ":", "[", "alias", "clear", "echo", "false", "getopts", "hash", "printf", "set", "shopt", "sleep",
    "test", "tput", "trap", "true", "type", "ulimit", "umask", "unalias", "wait", "which",
];

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
            "shift" => self.shift(&simple),
            "source" | "." => self.source_file(&simple, out),
            "eval" => {
                let parts = simple.words.iter().skip(1).copied().collect::<Vec<_>>();
                let line = self.joined(&parts, span);
                self.run_line(line, simple.environment, span, out);
            }
            "bash" | "sh" | "zsh" | "dash" => match self.inline_script(&simple) {
                Some(script) => {
                    let line = self.value(script);
                    self.run_line(line, simple.environment, span, out);
                }
                None => return Some(simple),
            },
            "read" | "mapfile" | "readarray" => self.read(&simple, out),
            "let" => self.let_command(&simple, out),
            "cat" => return self.cat(simple, out),
            "command" => {}
            _ if SILENT.contains(&name) => self.silent(simple, out),
            _ => return Some(simple),
        }
        None
    }

    /// `shift`, `shift 2`. In a branch nobody knows afterwards.
    fn shift(&mut self, simple: &Simple<'a>) {
        let by = match simple.words.get(1) {
            None => Some(1),
            Some(count) => self.source(*count).parse::<usize>().ok(),
        };
        if self.option.is_some() {
            self.shift_in_option(by.unwrap_or(1));
            return;
        }
        self.shift = match (self.shift, by) {
            (Shift::By(have), Some(by)) if self.branches == 0 => Shift::By(have.saturating_add(by)),
            _ => Shift::Unknown,
        };
    }

    /// `source file`, `. file`.
    fn source_file(&mut self, simple: &Simple<'a>, out: &mut Block) {
        let Some(file) = simple.words.get(1) else { return };
        if file.kind() == "process_substitution" {
            let value = self.value(*file);
            return self.effects_of(value, out);
        }
        let module = self.source(*file).replace(['"', '\''], "");
        let kind = StatementKind::Import { module, names: Vec::new(), binding: None };
        out.push(Statement { kind, span: self.span(simple.node) });
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

    /// `read -r A B`, `mapfile -t LINES`.
    fn read(&mut self, simple: &Simple<'a>, out: &mut Block) {
        let mut words = simple.words.iter().skip(1).peekable();
        while let Some(option) = words.next_if(|word| self.source(**word).starts_with('-')) {
            let option = self.source(*option);
            // `-p prompt`, `-t 5`, `-d ''`: the option's value is the next word.
            let valued = option.len() == 2 && option.ends_with(['p', 't', 'd', 'n', 'N', 'u', 'i']);
            let array = option.ends_with('a') || (option == "-t" && simple.name.as_deref() != Some("read"));
            if valued && !array {
                words.next();
            }
        }
        let reads_line = simple.name.as_deref() == Some("read");
        if words.peek().is_none() && reads_line {
            self.answers.insert("REPLY".to_string());
            self.assign_read("REPLY", self.span(simple.node), out);
        }
        for word in words {
            let variable = self.source(*word);
            if word.kind() == "word" || word.kind() == "variable_name" {
                if reads_line {
                    self.answers.insert(variable.to_string());
                }
                self.assign_read(variable, self.span(*word), out);
            }
        }
    }

    /// `let X=5`: X is no longer what it was.
    fn let_command(&mut self, simple: &Simple<'a>, out: &mut Block) {
        for word in simple.words.iter().skip(1) {
            let text = self.source(*word).trim_matches(['"', '\'']);
            let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
            let Some(variable) = text.get(..end).filter(|name| !name.is_empty()) else { continue };
            let span = self.span(*word);
            self.shapes.insert(variable.to_string(), Shape::Text);
            let target = Target::Name(variable.to_string(), span);
            let value = opaque(Reason::NotFollowed, &shorten(text), span);
            let kind = StatementKind::Assign { target, value, local: false, export: false };
            out.push(Statement { kind, span });
        }
    }

    /// `cat <<EOF` shows a text to people; `cat > file <<EOF` writes it; `cat file` is of no interest.
    fn cat(&mut self, simple: Simple<'a>, out: &mut Block) -> Option<Simple<'a>> {
        if simple.words.len() > 1 {
            return Some(simple);
        }
        if simple.io.input.is_some() && simple.io.output.is_some() {
            self.write_file(simple, None, out);
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
        for word in simple.words.iter().skip(1) {
            let value = self.value(*word);
            self.effects_of(value, out);
        }
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
