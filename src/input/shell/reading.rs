//! `read`, `mapfile`, and loops that read lines of a text that is known.

use super::command::Simple;
use super::{Lowerer, Shape, function, literal, name, named_children};
use crate::script::{Block, Expression, Statement, StatementKind, Target};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

/// The variable that holds the line of a loop over lines. No script can name it so.
const LINE: &str = "read line";

/// What `read` says.
#[derive(Default)]
struct Read<'t> {
    variables: Vec<(&'t str, Span)>,
    /// `-a`: all fields into one array.
    array: bool,
    /// `-d ''`: everything, not a line.
    whole: bool,
    /// Something that is not followed: a count of characters, a descriptor.
    other: bool,
}

impl<'a> Lowerer<'a> {
    /// `read -r A B`, `mapfile -t LINES`.
    pub(super) fn read(&mut self, simple: &Simple<'a>, out: &mut Block) {
        let reads_line = simple.name.as_deref() == Some("read");
        let read = self.read_words(simple);
        for (variable, _) in &read.variables {
            if reads_line {
                self.answers.insert((*variable).to_string());
            }
        }
        if read.variables.is_empty() && reads_line {
            self.answers.insert("REPLY".to_string());
            self.assign_read("REPLY", self.span(simple.node), out);
        }
    }

    /// The same where the text that is read is known.
    pub(super) fn read_text(&mut self, simple: &Simple<'a>, text: Expression, out: &mut Block) -> bool {
        let read = self.read_words(simple);
        let span = self.span(simple.node);
        if read.other || read.variables.is_empty() {
            return false;
        }
        if simple.name.as_deref() != Some("read") {
            let &[(variable, at)] = read.variables.as_slice() else { return false };
            self.shapes.insert(variable.to_string(), Shape::Array);
            let value = function("read lines", vec![text], span);
            out.push(assigned(Target::Name(variable.to_string(), at), value, span));
            return true;
        }
        let separators = simple.environment.iter().find(|(name, _)| name == "IFS");
        let separators = separators.map(|(_, value)| self.written(value));
        if let Some(None) = separators {
            return false;
        }
        self.assign_fields(&read, text, separators.flatten(), span, out);
        true
    }

    /// A known text in an expression that was lowered.
    fn written(&self, value: &Expression) -> Option<String> {
        match &value.kind {
            crate::script::ExpressionKind::Literal(crate::script::Literal::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }

    fn assign_fields(
        &mut self,
        read: &Read<'a>,
        text: Expression,
        separators: Option<String>,
        span: Span,
        out: &mut Block,
    ) {
        if let ([(variable, at)], true, false) = (read.variables.as_slice(), read.whole, read.array) {
            self.shapes.insert((*variable).to_string(), Shape::Text);
            let value = super::method(text, "strip", Vec::new(), span);
            out.push(assigned(Target::Name((*variable).to_string(), *at), value, span));
            return;
        }
        let separators = literal(separators.unwrap_or_else(|| " \t\n".to_string()), span);
        let mut arguments = vec![text, separators];
        if read.array {
            if let Some((variable, at)) = read.variables.first() {
                self.shapes.insert((*variable).to_string(), Shape::Array);
                let value = function("read fields", arguments, span);
                out.push(assigned(Target::Name((*variable).to_string(), *at), value, span));
            }
            return;
        }
        let count = i64::try_from(read.variables.len()).unwrap_or(i64::MAX);
        arguments.push(super::expansion::literal_number(count, span));
        let targets =
            read.variables.iter().map(|(variable, at)| (Target::Name((*variable).to_string(), *at), false));
        let target = Target::Tuple(targets.collect(), span);
        for (variable, _) in &read.variables {
            self.shapes.insert((*variable).to_string(), Shape::Text);
        }
        out.push(assigned(target, function("read fields", arguments, span), span));
    }

    fn read_words(&self, simple: &Simple<'a>) -> Read<'a> {
        let mut read = Read::default();
        let is_read = simple.name.as_deref() == Some("read");
        let mut words = simple.words.iter().skip(1).peekable();
        while let Some(option) = words.next_if(|word| self.source(**word).starts_with('-')) {
            let option = self.source(*option);
            // `-p prompt`, `-t 5`, `-d ''`: the option's value is the next word.
            match option {
                "-t" if !is_read => {}
                "-r" | "-s" | "-e" => {}
                "-a" | "-ra" | "-ar" => read.array = true,
                "-d" | "-rd" => {
                    let delimiter = words.next().map_or("", |word| self.source(*word));
                    match delimiter {
                        "''" | "\"\"" | "$'\\0'" => read.whole = true,
                        _ => read.other = true,
                    }
                }
                "-p" | "-rp" | "-sp" | "-rsp" => drop(words.next()),
                _ => {
                    read.other = true;
                    if option.len() == 2 && option.ends_with(['t', 'n', 'N', 'u', 'i']) {
                        words.next();
                    }
                }
            }
        }
        for word in words {
            if matches!(word.kind(), "word" | "variable_name") {
                read.variables.push((self.source(*word), self.span(*word)));
            }
        }
        read
    }

    /// Names that `read` sets where nothing is known of what it reads.
    pub(super) fn read_unknown(&mut self, simple: &Simple<'a>, out: &mut Block) {
        let read = self.read_words(simple);
        for (variable, at) in read.variables {
            self.assign_read(variable, at, out);
        }
    }

    /// `while read -r a b; do ... done <<EOF`: once for each line. Gives the text back if the loop is none.
    pub(super) fn line_loop(
        &mut self,
        node: Node<'a>,
        text: Expression,
        out: &mut Block,
    ) -> Option<Expression> {
        let command = super::field_children(node, "condition").into_iter().find(Node::is_named);
        // `while read -r line || [[ -n $line ]]`: the last line may end without a line break.
        let command = command.map(|test| match (test.kind(), named_children(test).first()) {
            ("list", Some(first)) => *first,
            _ => test,
        });
        let is_until = super::children(node).first().is_some_and(|keyword| keyword.kind() == "until");
        let Some(command) = command.filter(|command| command.kind() == "command" && !is_until) else {
            return Some(text);
        };
        let simple = self.simple(command, Default::default());
        let Some(body) = node.child_by_field_name("body") else { return Some(text) };
        let read = self.read_words(&simple);
        if simple.name.as_deref() != Some("read") || read.other || read.whole || read.variables.is_empty() {
            return Some(text);
        }
        let separators = simple.environment.iter().find(|(name, _)| name == "IFS");
        let separators = separators.map(|(_, value)| self.written(value));
        if let Some(None) = separators {
            return Some(text);
        }
        let span = self.span(command);
        let mut block = Vec::new();
        self.assign_fields(&read, name(LINE, span), separators.flatten(), span, &mut block);
        block.extend(self.branch(&named_children(body)));
        let iterable = function("read lines", vec![text], span);
        let target = Target::Name(LINE.to_string(), span);
        let kind = StatementKind::For { target, iterable, body: block, otherwise: Vec::new() };
        out.push(Statement { kind, span: self.span(node) });
        None
    }

    /// A value that is not known, for what a statement prints.
    pub(super) fn print_unknown(&mut self, node: Node<'a>, out: &mut Block) {
        let unknown = self.opaque(node, Reason::CommandOutput);
        self.print_line(unknown, false, out);
    }
}

fn assigned(target: Target, value: Expression, span: Span) -> Statement {
    Statement { kind: StatementKind::Assign { target, value, local: false, export: false }, span }
}
