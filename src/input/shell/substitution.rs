//! `$(...)`: the text that a command prints.

use super::command::{Io, Simple};
use super::expansion::opaque;
use super::{Lowerer, field_children, literal, method, named_children, word};
use crate::script::{Expression, ExpressionKind, Literal};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

impl<'a> Lowerer<'a> {
    /// Known for `echo` and `printf` of what is known; else the output of a command that may run.
    pub(super) fn substitution(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        if let Some(argument) = self.option_argument_cut_out(node, span) {
            return argument;
        }
        let statements = named_children(node);
        let known = match statements.as_slice() {
            [only] if only.kind() == "file_redirect" => {
                return opaque(Reason::ReadAtRunTime, &self.detail(node), span);
            }
            [only] if self.reads_file(*only) => {
                return opaque(Reason::ReadAtRunTime, &self.detail(node), span);
            }
            [only] if only.kind() == "pipeline" => self.printed_through(*only, span),
            [only] => self.printed(*only).map(without_last_break),
            [separator, print] => self.joined_by(*separator, *print, span),
            _ => None,
        };
        known.unwrap_or_else(|| {
            // Assignments in it are made before it prints, in a shell of its own.
            let outer = std::mem::take(&mut self.pending);
            let block = self.branch(&statements);
            self.pending = outer;
            Expression { kind: ExpressionKind::Output(block), span }
        })
    }

    fn reads_file(&self, node: Node<'a>) -> bool {
        let words = named_children(node);
        node.kind() == "command"
            && words.len() == 2
            && words.first().is_some_and(|name| self.source(*name) == "cat")
            && words.get(1).is_some_and(|file| !self.source(*file).starts_with('-'))
    }

    /// What a statement prints, if that is known: `echo`, `printf`, `cat` of a here-document.
    pub(super) fn printed(&mut self, node: Node<'a>) -> Option<Expression> {
        match node.kind() {
            "command" => {
                let name = node.child_by_field_name("name").map_or("", |name| self.source(name));
                if !matches!(name, "echo" | "printf") {
                    return None;
                }
                let simple = self.simple(node, Io::default());
                if simple.io.output.is_some() {
                    return None;
                }
                self.printed_by(&simple)
            }
            "redirected_statement" => {
                let body = node.child_by_field_name("body").filter(|body| self.is_bare_cat(*body))?;
                let redirects = field_children(node, "redirect");
                match redirects.as_slice() {
                    [here] if here.kind() == "heredoc_redirect" && self.end(body) <= self.start(*here) => {
                        let only_text = here.child_by_field_name("right").is_none()
                            && field_children(*here, "redirect").is_empty()
                            && !named_children(*here).iter().any(|child| child.kind() == "pipeline");
                        if only_text { self.heredoc_text(*here) } else { None }
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What `echo` or `printf` prints, without the last line break.
    pub(super) fn printed_by(&mut self, simple: &Simple<'a>) -> Option<Expression> {
        let arguments = simple.words.get(1..).unwrap_or_default();
        match simple.name.as_deref() {
            Some("echo") => {
                let is_option =
                    |word: &&Node<'a>| matches!(self.source(**word), "-n" | "-e" | "-E" | "-ne" | "-en");
                let options = arguments.iter().take_while(is_option).count();
                let rest = arguments.get(options..).unwrap_or_default().to_vec();
                Some(self.joined(&rest, self.span(simple.node)))
            }
            Some("printf") => self.formatted(arguments),
            _ => None,
        }
    }

    /// `printf` with a format of plain text and `%s`, as many as there are arguments.
    pub(super) fn formatted(&mut self, arguments: &[Node<'a>]) -> Option<Expression> {
        let (format, arguments) = arguments.split_first()?;
        let text = self.plain(*format).filter(|text| !text.contains('\\') || text.ends_with("\\n"))?;
        let text = text.strip_suffix("\\n").unwrap_or(&text);
        let span = self.span(*format);
        let pieces: Vec<&str> = text.split("%s").collect();
        let fits =
            pieces.len() == arguments.len() + 1 && pieces.iter().all(|piece| !piece.contains(['%', '\\']));
        if !fits {
            return None;
        }
        let mut parts = Vec::new();
        for (i, piece) in pieces.iter().enumerate() {
            if !piece.is_empty() {
                parts.push(literal(*piece, span));
            }
            if let Some(argument) = arguments.get(i) {
                parts.push(self.value(*argument));
            }
        }
        match parts.len() {
            1 => Some(parts.remove(0)),
            _ => Some(word::join(parts, span)),
        }
    }

    /// `echo "$X" | tr '[:upper:]' '[:lower:]'`.
    fn printed_through(&mut self, node: Node<'a>, span: Span) -> Option<Expression> {
        let parts = named_children(node);
        let [print, filter] = parts.as_slice() else { return None };
        let words: Vec<String> =
            named_children(*filter).into_iter().map(|word| self.plain(word)).collect::<Option<_>>()?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let operation = match words.as_slice() {
            ["tr", "[:upper:]" | "A-Z" | "[A-Z]", "[:lower:]" | "a-z" | "[a-z]"] => "lower",
            ["tr", "[:lower:]" | "a-z" | "[a-z]", "[:upper:]" | "A-Z" | "[A-Z]"] => "upper",
            ["tr", "-d", "\\n" | "\\r" | "\\r\\n" | "\\n\\r"] | ["xargs"] => "strip",
            _ => return None,
        };
        let printed = self.printed(*print)?;
        Some(method(printed, operation, Vec::new(), span))
    }

    /// `IFS=,; echo "${A[*]}"`: the elements with the separator between them.
    fn joined_by(&mut self, separator: Node<'a>, print: Node<'a>, span: Span) -> Option<Expression> {
        let is_separator = separator.kind() == "variable_assignment"
            && separator.child_by_field_name("name").is_some_and(|name| self.source(name) == "IFS");
        let value = separator.child_by_field_name("value").filter(|_| is_separator)?;
        let text = self.plain(value)?;
        let simple = (print.kind() == "command").then(|| self.simple(print, Io::default()))?;
        if simple.name.as_deref() != Some("echo") {
            return None;
        }
        let [_, list] = simple.words.as_slice() else { return None };
        let inner = match list.kind() {
            "string" => *named_children(*list).first()?,
            _ => *list,
        };
        let (array, star) = self.whole_array(inner)?;
        let array = super::name(array, self.span(*list));
        let separator = literal(text.chars().take(1).collect::<String>(), self.span(value));
        star.then(|| method(separator, "join", vec![array], span))
    }
}

/// A substitution drops the line breaks at the end.
fn without_last_break(mut value: Expression) -> Expression {
    let last = match &mut value.kind {
        ExpressionKind::Join(parts) => parts.last_mut().map(|part| &mut part.kind),
        kind => Some(kind),
    };
    let mut is_empty = false;
    if let Some(ExpressionKind::Literal(Literal::Text(text))) = last {
        text.truncate(text.trim_end_matches('\n').len());
        is_empty = text.is_empty();
    }
    if let (ExpressionKind::Join(parts), true) = (&mut value.kind, is_empty) {
        parts.pop();
    }
    value
}
