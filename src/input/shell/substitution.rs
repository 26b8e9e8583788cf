//! `$(...)`: the text that a command prints.

use super::command::{Io, Simple};
use super::expansion::opaque;
use super::{Lowerer, field_children, literal, method, named_children, word};
use crate::script::{Expression, ExpressionKind, Literal};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

/// `seq` that counts further is not written out.
const MOST_NUMBERS: i64 = 256;

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
            [only] => match self.computed(*only, span) {
                Some(value) => Some(value),
                None => self.printed(*only).map(|printed| self.without_breaks(printed)),
            },
            [separator, print] => self.joined_by(*separator, *print, span),
            _ => None,
        };
        known.unwrap_or_else(|| {
            // Assignments in it are made before it prints, in a shell of its own.
            let outer = std::mem::take(&mut self.pending);
            let prints = std::mem::replace(&mut self.prints, true);
            let block = self.branch(&statements);
            self.prints = prints;
            self.pending = outer;
            Expression { kind: ExpressionKind::Output(block), span }
        })
    }

    /// `basename "$X"`, `seq 1 3`, `envsubst <<< "$X"`: commands that only compute.
    fn computed(&mut self, node: Node<'a>, span: Span) -> Option<Expression> {
        let (command, input) = match node.kind() {
            "command" => (node, None),
            "redirected_statement" => {
                let redirects = self.redirects(&field_children(node, "redirect"), Io::default());
                let body = node.child_by_field_name("body").filter(|body| body.kind() == "command")?;
                (body, redirects.io.input)
            }
            _ => return None,
        };
        let name = command.child_by_field_name("name").map_or("", |name| self.source(name));
        if !matches!(name, "basename" | "dirname" | "seq" | "envsubst") {
            return None;
        }
        let simple = self.simple(command, Io::default());
        let input = input.or(simple.io.input);
        match (name, simple.words.as_slice(), input) {
            ("basename" | "dirname", [_, path], None) if !self.source(*path).starts_with('-') => {
                let function = if name == "basename" { "base name" } else { "directory name" };
                Some(super::function(function, vec![self.value(*path)], span))
            }
            ("basename", [_, path, suffix], None) if !self.source(*path).starts_with('-') => {
                let base = super::function("base name", vec![self.value(*path)], span);
                let suffix = self.value(*suffix);
                Some(method(base, "removesuffix", vec![suffix], span))
            }
            ("seq", [_, bounds @ ..], None) => {
                let bounds: Vec<i64> =
                    bounds.iter().map(|bound| self.source(*bound).parse().ok()).collect::<Option<_>>()?;
                let (from, by, to) = match bounds.as_slice() {
                    [to] => (1, 1, *to),
                    [from, to] => (*from, 1, *to),
                    [from, by, to] if *by > 0 => (*from, *by, *to),
                    _ => return None,
                };
                let count = to.saturating_sub(from) / by;
                let numbers =
                    (count < MOST_NUMBERS).then(|| (from..=to).step_by(usize::try_from(by).unwrap_or(1)))?;
                let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
                Some(literal(numbers.join("\n"), span))
            }
            ("envsubst", [_], Some(text)) => Some(super::function("with variables", vec![text], span)),
            _ => None,
        }
    }

    /// A substitution drops the line breaks at the end.
    fn without_breaks(&self, value: Expression) -> Expression {
        match &value.kind {
            ExpressionKind::Call { .. } => {
                let span = value.span;
                let breaks = vec![literal("\n", span)];
                method(value, "rstrip", breaks, span)
            }
            _ => without_last_break(value),
        }
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
                let (options, rest) = arguments.split_at(options);
                let escapes = options.iter().any(|option| self.source(*option).contains('e'));
                if escapes && rest.iter().any(|word| self.source(*word).contains('\\')) {
                    return None;
                }
                Some(self.echoed(rest, self.span(simple.node)))
            }
            Some("printf") => self.formatted(arguments),
            _ => None,
        }
    }

    /// `echo` puts its words, each of which may be several, behind one another.
    fn echoed(&mut self, words: &[Node<'a>], span: Span) -> Expression {
        let is_one = |word: &Node<'a>| {
            !matches!(
                word.kind(),
                "simple_expansion" | "expansion" | "command_substitution" | "concatenation"
            )
        };
        if words.iter().all(is_one) {
            return self.joined(words, span);
        }
        let elements = words.iter().map(|word| self.element(*word)).collect();
        let list = Expression { kind: ExpressionKind::List(elements), span };
        method(literal(" ", span), "join", vec![list], span)
    }

    /// `printf` with a format that is a plain text.
    pub(super) fn formatted(&mut self, arguments: &[Node<'a>]) -> Option<Expression> {
        let (format, arguments) = arguments.split_first()?;
        let text = self.plain(*format)?;
        let span = self.span(*format);
        let pieces: Vec<&str> = text.split("%s").collect();
        let is_word = |word: &Node<'a>| {
            matches!(word.kind(), "string" | "raw_string" | "word" | "number")
                && self.list_of(*word).is_none()
        };
        let is_plain = pieces.len() == arguments.len() + 1
            && pieces.iter().all(|piece| !piece.contains(['%', '\\']))
            && arguments.iter().all(is_word);
        if !is_plain {
            let mut all = vec![crate::script::Argument::Positional(literal(text, span))];
            for argument in arguments {
                all.push(match self.element(*argument) {
                    crate::script::Element::One(one) => crate::script::Argument::Positional(one),
                    crate::script::Element::Spread(one) => crate::script::Argument::Spread(one),
                });
            }
            let callee = Box::new(super::name("format text", span));
            return Some(Expression { kind: ExpressionKind::Call { callee, arguments: all }, span });
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
        if words.as_slice() == ["envsubst"] {
            let printed = self.printed(*print)?;
            return Some(super::function("with variables", vec![without_last_break(printed)], span));
        }
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
