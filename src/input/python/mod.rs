//! Python, lowered to the language-neutral form.
//!
//! What a Python text *is* gets decided here: which call runs a command, which expression reads an
//! input of the script, which class is a record. What it *means* is the interpreter's business; this
//! room never follows a value. No type of the parser leaves it.

mod arguments;
mod calls;
mod classes;
mod commands;
mod comments;
mod expressions;
mod functions;
mod guard;
mod inputs;
mod names;
mod patterns;
mod settings;
mod split;
mod statements;
mod texts;

#[cfg(test)]
mod tests;

use crate::diagnostic::Diagnostic;
use crate::input::Limits;
use crate::script::{Expression, ExpressionKind, Job, Program, Scoping, Statement};
use crate::source::{ADDRESSED, Comments, Source, SourceId, Span};
use crate::value::Reason;
use names::Names;
use ruff_python_ast as ast;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

/// How many errors of syntax one file reports. Past a few they follow from one another.
const MOST_ERRORS: usize = 5;

/// Lowers a Python file. Never fails: what could not be read is a diagnostic (`python-syntax`,
/// `input-limit`), and everything else stands in the program.
pub fn lower(source: &Source, id: SourceId, limits: &Limits) -> Program {
    let (text, offset) = source.text_after_mark();
    let mut diagnostics = Vec::new();
    let mut safe = text.len();
    if text.len() > limits.bytes {
        diagnostics.push(
            Diagnostic::error("input-limit", Span::beginning(id), "the file is too large to be read")
                .with_label(format!("{} bytes; at most {} are read", text.len(), limits.bytes))
                .with_help("exclude the file, or split it"),
        );
        safe = 0;
    } else {
        let length = guard::safe_length(text);
        if length < text.len() {
            diagnostics.push(limit(Span::new(id, offset + length, offset + length)));
            safe = length;
        }
    }
    let text = text.get(..safe).unwrap_or_default();
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    // Where the text was cut off, the parser's complaints are about the cut.
    if diagnostics.is_empty() {
        diagnostics.extend(syntax_errors(parsed.errors(), text, id, offset));
    }
    let comments = match text.contains(ADDRESSED) {
        true => comments::comments(parsed.tokens(), source, id, offset),
        false => Comments::default(),
    };
    let mut body = Vec::new();
    if let ast::Mod::Module(module) = parsed.syntax() {
        let names = Names::collect(&module.body);
        let mut lowering = Lowering::new(text, id, offset, names);
        body = lowering.module(&module.body);
        diagnostics.extend(lowering.limit_met.map(limit));
    }
    Program {
        source: id,
        scoping: Scoping::Lexical,
        free_names_are_inputs: false,
        commands_call_functions: false,
        job: Some(Job::alone(Span::new(id, offset, offset + text.len()))),
        body,
        diagnostics,
        comments,
    }
}

fn limit(span: Span) -> Diagnostic {
    Diagnostic::error("input-limit", span, "the code is nested too deeply to be followed")
        .with_label("deeper than the limit from here on")
        .with_help("give the inner parts names of their own")
}

fn syntax_errors(
    errors: &[ruff_python_parser::ParseError],
    text: &str,
    id: SourceId,
    offset: usize,
) -> Vec<Diagnostic> {
    let told = errors.iter().take(MOST_ERRORS).map(|error| {
        let start = error.location.start().to_usize().min(text.len());
        let end = error.location.end().to_usize().clamp(start, text.len());
        Diagnostic::error(
            "python-syntax",
            Span::new(id, offset + start, offset + end),
            "this is not valid Python, so a part of the file was not understood",
        )
        .with_label(error.error.to_string())
        .with_help("correct the syntax; values that the broken part sets are not known until then")
    });
    told.collect()
}

/// The state of lowering one file.
struct Lowering<'a> {
    text: &'a str,
    id: SourceId,
    /// Bytes before `text` in the file: a byte order mark.
    offset: usize,
    names: Names<'a>,
    depth: usize,
    /// The first place at which the depth limit was met.
    limit_met: Option<Span>,
    /// Statements that must run before the one being lowered: bindings inside its expressions.
    before: Vec<Statement>,
    /// Above zero inside what is evaluated conditionally or repeatedly, where such a binding cannot be
    /// moved in front of the statement.
    conditional: usize,
    /// What `yield` does in the function being lowered.
    yields: functions::Yields,
}

impl<'a> Lowering<'a> {
    fn new(text: &'a str, id: SourceId, offset: usize, names: Names<'a>) -> Lowering<'a> {
        Lowering {
            text,
            id,
            offset,
            names,
            depth: 0,
            limit_met: None,
            before: Vec::new(),
            conditional: 0,
            yields: functions::Yields::Collected,
        }
    }

    fn span(&self, node: &impl Ranged) -> Span {
        self.range(node.range())
    }

    fn range(&self, range: TextRange) -> Span {
        Span::new(self.id, self.offset + range.start().to_usize(), self.offset + range.end().to_usize())
    }

    /// The characters of a node as written.
    fn written(&self, node: &impl Ranged) -> &'a str {
        let range = node.range();
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }

    /// A node's text for people: the first line, shortened.
    fn brief(&self, node: &impl Ranged) -> String {
        const LENGTH: usize = 48;
        let written = self.written(node);
        let line = written.lines().next().unwrap_or_default().trim_end();
        let mut short: String = line.chars().take(LENGTH).collect();
        if short.len() < written.len() {
            short.push_str("...");
        }
        short
    }

    fn opaque(&self, node: &impl Ranged, reason: Reason) -> Expression {
        let kind = ExpressionKind::Opaque { reason, detail: self.brief(node) };
        Expression { kind, span: self.span(node) }
    }

    /// Goes one level down, or tells that the limit is met.
    fn enter(&mut self, node: &impl Ranged) -> bool {
        self.enter_span(self.span(node))
    }

    fn enter_span(&mut self, span: Span) -> bool {
        if self.depth >= Program::MAX_DEPTH {
            self.limit_met.get_or_insert(span);
            return false;
        }
        self.depth += 1;
        true
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }
}
