//! `$X` and `${X...}`.

use super::{Lowerer, Shape, children, function, literal, method, name, word};
use crate::script::{BinaryOperator, Expression, ExpressionKind, Literal, Statement, StatementKind, Target};
use crate::source::Span;
use crate::value::{Number, Reason};
use tree_sitter::Node;

/// The script that is read. That it is the one that is run, rather than sourced, is taken for granted.
const THIS_FILE: &str = "BASH_SOURCE";

/// The pieces of `${...}`.
struct Pieces<'t> {
    /// `#` or `!` before the name.
    prefix: Option<&'static str>,
    /// A name, a subscript or (rarely) a command.
    subject: Node<'t>,
    /// `:-`, `%%`, `//`: what stands directly behind the subject.
    operator: Option<String>,
    /// The byte range between the operator and the closing brace.
    operand: std::ops::Range<usize>,
    operand_nodes: Vec<Node<'t>>,
}

impl<'a> Lowerer<'a> {
    pub(super) fn simple_expansion(&mut self, node: Node<'a>) -> Expression {
        let name = self.source(node).strip_prefix('$').unwrap_or_default();
        self.variable(&name.replace("\\\n", ""), self.span(node))
    }

    /// The value of a variable or a special parameter, by its name without the dollar.
    fn variable(&mut self, variable: &str, span: Span) -> Expression {
        if let Some(argument) = self.option_argument(variable, span) {
            return argument;
        }
        if let Ok(number) = variable.parse::<usize>() {
            return self.positional(number, span);
        }
        match variable {
            "@" | "*" => method(literal(" ", span), "join", vec![self.positionals(span)], span),
            "#" => function("len", vec![self.positionals(span)], span),
            "?" => opaque(Reason::CommandOutput, "$?", span),
            "$" | "!" | "-" | "_" => opaque(Reason::NotFollowed, &format!("${variable}"), span),
            THIS_FILE => self.positional(0, span),
            // An array without an index is its first element.
            _ if self.shapes.get(variable) == Some(&Shape::Array) => index(name(variable, span), 0, span),
            _ => name(variable, span),
        }
    }

    fn positional(&self, number: usize, span: Span) -> Expression {
        Expression { kind: ExpressionKind::Positional(number), span }
    }

    pub(super) fn positionals(&self, span: Span) -> Expression {
        Expression { kind: ExpressionKind::Positionals(1), span }
    }

    pub(super) fn is_array(&self, name: &str) -> bool {
        self.shapes.get(name) == Some(&Shape::Array)
    }

    /// The name of `${A[@]}` or `${A[*]}`, and whether it is the latter; `None` for anything else.
    pub(super) fn whole_array(&self, node: Node<'a>) -> Option<(&'a str, bool)> {
        let inner = self.source(node).strip_prefix("${")?.strip_suffix('}')?;
        let (array, star) = match inner.strip_suffix("[@]") {
            Some(array) => (array, false),
            None => (inner.strip_suffix("[*]")?, true),
        };
        array.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then_some((array, star))
    }

    pub(super) fn expansion(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        if let Some(placeholder) = self.placeholder_at(self.start(node)) {
            return name(&placeholder.name, span);
        }
        let Some(pieces) = self.pieces(node) else { return self.opaque(node, Reason::NotFollowed) };
        if let (Some(argument), Some("#" | "##")) =
            (self.inline_option_argument(self.source(pieces.subject), span), pieces.operator.as_deref())
        {
            return argument;
        }
        if let Some(elements) = self.some_elements(node, span) {
            return method(literal(" ", span), "join", vec![elements], span);
        }
        if let Some((array, _)) = self.whole_array(node) {
            return method(literal(" ", span), "join", vec![name(array, span)], span);
        }
        match pieces.prefix {
            Some("#") => {
                let value = self.subject(pieces.subject);
                return function("len", vec![value], span);
            }
            Some(_) => return self.indirect(node, &pieces, span),
            None => {}
        }
        let Some(operator) = pieces.operator.clone() else {
            let mut value = self.subject(pieces.subject);
            value.span = span;
            return value;
        };
        self.operation(node, &pieces, &operator, span)
    }

    /// `${!A[@]}` gives an array's keys; `${!X}` is a variable that another one names.
    fn indirect(&mut self, node: Node<'a>, pieces: &Pieces<'a>, span: Span) -> Expression {
        let is_list = pieces.subject.kind() == "subscript"
            && pieces
                .subject
                .child_by_field_name("index")
                .is_some_and(|index| matches!(self.source(index), "@" | "*"));
        match pieces.subject.child_by_field_name("name") {
            Some(array) if is_list => method(name(self.source(array), span), "keys", Vec::new(), span),
            None if pieces.subject.kind() == "variable_name" && pieces.operator.is_none() => {
                function("variable called", vec![self.subject(pieces.subject)], span)
            }
            _ => self.opaque(node, Reason::NotFollowed),
        }
    }

    fn operation(&mut self, node: Node<'a>, pieces: &Pieces<'a>, operator: &str, span: Span) -> Expression {
        let or_empty = operator.starts_with(':');
        match operator {
            ":-" | "-" | ":=" | "=" => {
                let fallback = Box::new(self.operand(pieces));
                let value = Box::new(self.subject(pieces.subject));
                let whole = Expression { kind: ExpressionKind::Default { value, fallback, or_empty }, span };
                match (operator.ends_with('='), pieces.subject.kind()) {
                    (true, "variable_name") => self.assign_default(pieces.subject, whole),
                    _ => whole,
                }
            }
            ":+" | "+" => {
                let then = Box::new(self.operand(pieces));
                let value = Box::new(self.subject(pieces.subject));
                Expression { kind: ExpressionKind::Alternate { value, then }, span }
            }
            // The script ends if it is not set; behind that it is.
            ":?" | "?" => self.subject(pieces.subject),
            ",," => method(self.subject(pieces.subject), "lower", Vec::new(), span),
            "^" => function("capitalized text", vec![self.subject(pieces.subject)], span),
            "^^" => method(self.subject(pieces.subject), "upper", Vec::new(), span),
            "#" | "##" | "%" | "%%" => self.removal(node, pieces, operator, span),
            "/" | "//" | "/#" | "/%" => self.replacement(node, pieces, operator, span),
            ":" => self.slice(node, pieces, span),
            _ => self.opaque(node, Reason::NotFollowed),
        }
    }

    /// `${X:=d}` assigns before the statement that it is part of.
    fn assign_default(&mut self, subject: Node<'a>, value: Expression) -> Expression {
        let span = value.span;
        let variable = self.source(subject).to_string();
        self.shapes.entry(variable.clone()).or_insert(Shape::Text);
        let target = Target::Name(variable.clone(), self.span(subject));
        let kind = StatementKind::Assign { target, value, local: false, export: false };
        self.pending.push(Statement { kind, span });
        name(variable, span)
    }

    /// `${X#a}`, `${X%%a*}` and their like, where they are a text operation in the form's vocabulary.
    fn removal(&mut self, node: Node<'a>, pieces: &Pieces<'a>, operator: &str, span: Span) -> Expression {
        let pattern = self.text.get(pieces.operand.clone()).unwrap_or_default();
        let one = |text: &str| literal(text, span);
        let number = |number: i64| literal_number(number, span);
        let front = operator.starts_with('#');
        let (plain, starred) = match front {
            true => (pattern.strip_prefix('*'), "removeprefix"),
            false => (pattern.strip_suffix('*'), "removesuffix"),
        };
        let Some(text) = plain_pattern(plain.unwrap_or(pattern)) else {
            return match whole_pattern(pattern) {
                Some(pattern) => {
                    let arguments = vec![self.subject(pieces.subject), one(&pattern), one(operator)];
                    function("without pattern", arguments, span)
                }
                None => self.opaque(node, Reason::NotFollowed),
            };
        };
        let value = self.subject(pieces.subject);
        if plain.is_none() {
            return method(value, starred, vec![one(&text)], span);
        }
        if text.is_empty() {
            return opaque(Reason::NotFollowed, &self.detail(node), span);
        }
        // A separator that is not there leaves the value as it is, which is just what taking the
        // outermost piece of a split does.
        match operator {
            "##" => index(method(value, "split", vec![one(&text)], span), -1, span),
            "#" => index(method(value, "split", vec![one(&text), number(1)], span), -1, span),
            "%%" => index(method(value, "split", vec![one(&text)], span), 0, span),
            _ => index(method(value, "rsplit", vec![one(&text), number(1)], span), 0, span),
        }
    }

    /// `${X/a/b}`, `${X//a/b}` with texts instead of patterns.
    fn replacement(&mut self, node: Node<'a>, pieces: &Pieces<'a>, operator: &str, span: Span) -> Expression {
        let operand = self.text.get(pieces.operand.clone()).unwrap_or_default();
        let (pattern, with) = operand.split_once('/').unwrap_or((operand, ""));
        let pattern = match operator {
            // The anchor belongs to the operator.
            "/" | "//" => pattern,
            _ => pattern.trim_start_matches(['#', '%']),
        };
        match (operator, plain_pattern(pattern), plain_pattern(with)) {
            ("/" | "//", Some(pattern), Some(with)) if !pattern.is_empty() => {
                let mut arguments = vec![literal(pattern, span), literal(with, span)];
                if operator == "/" {
                    arguments.push(literal_number(1, span));
                }
                method(self.subject(pieces.subject), "replace", arguments, span)
            }
            (_, _, Some(with)) => match whole_pattern(pattern) {
                Some(pattern) => {
                    let texts = [pattern, with, operator.to_string()].map(|text| literal(text, span));
                    let value = self.subject(pieces.subject);
                    function("with pattern replaced", std::iter::once(value).chain(texts).collect(), span)
                }
                None => self.opaque(node, Reason::NotFollowed),
            },
            _ => self.opaque(node, Reason::NotFollowed),
        }
    }

    /// `${X:0:7}`, `${X: -2}`, `${X:$n}`.
    fn slice(&mut self, node: Node<'a>, pieces: &Pieces<'a>, span: Span) -> Expression {
        match self.bounds(pieces, span) {
            Some(bounds) => {
                let value = self.subject(pieces.subject);
                function("stretch of text", std::iter::once(value).chain(bounds).collect(), span)
            }
            None => self.opaque(node, Reason::NotFollowed),
        }
    }

    fn bounds(&mut self, pieces: &Pieces<'a>, span: Span) -> Option<Vec<Expression>> {
        let operand = self.text.get(pieces.operand.clone()).unwrap_or_default();
        let bounds: Vec<Expression> =
            operand.split(':').map(|bound| self.bound(bound, span)).collect::<Option<_>>()?;
        matches!(bounds.len(), 1 | 2).then_some(bounds)
    }

    /// A number, or a variable that holds one.
    fn bound(&mut self, text: &str, span: Span) -> Option<Expression> {
        let text = text.trim();
        let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text).trim();
        if let Ok(number) = inner.parse::<i64>() {
            return Some(literal_number(number, span));
        }
        let braced = inner.strip_prefix("${").and_then(|inner| inner.strip_suffix('}'));
        let variable = braced.or(inner.strip_prefix('$')).unwrap_or(inner);
        let is_name = variable.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_name.then(|| function("int", vec![self.variable(variable, span)], span))
    }

    /// `${@:2}`, `${A[@]:1:2}`: some of the elements.
    pub(super) fn some_elements(&mut self, node: Node<'a>, span: Span) -> Option<Expression> {
        let pieces = self.pieces(node).filter(|pieces| pieces.prefix.is_none())?;
        if pieces.operator.as_deref() != Some(":") {
            return None;
        }
        let subject = self.source(pieces.subject);
        let operand = self.text.get(pieces.operand.clone()).unwrap_or_default();
        let numbers: Vec<i64> =
            operand.split(':').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
        let (from, count) = match numbers.as_slice() {
            [from] => (*from, None),
            [from, count] if *count >= 0 => (*from, Some(*count)),
            _ => return None,
        };
        let (list, from) = match subject {
            "@" | "*" if from >= 1 => (self.positionals(span), from - 1),
            "@" | "*" => return None,
            _ => (name(subject.strip_suffix("[@]").or_else(|| subject.strip_suffix("[*]"))?, span), from),
        };
        let to = match count {
            Some(_) if from < 0 => return None,
            count => count.map(|count| from.saturating_add(count)),
        };
        let bound = |number: i64| Box::new(literal_number(number, span));
        let kind =
            ExpressionKind::Slice { value: Box::new(list), from: Some(bound(from)), to: to.map(bound) };
        Some(Expression { kind, span })
    }

    /// The word behind the operator.
    fn operand(&mut self, pieces: &Pieces<'a>) -> Expression {
        let mut parts = Vec::new();
        let (start, end) = (pieces.operand.start, pieces.operand.end);
        self.pieces_between(start, &pieces.operand_nodes, end, &mut parts);
        if parts.len() == 1 {
            return parts.remove(0);
        }
        word::join(parts, self.map.span(pieces.operand.start, pieces.operand.end))
    }

    fn subject(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        match node.kind() {
            "subscript" => self.subscript(node),
            "command_substitution" => self.value(node),
            _ => self.variable(self.source(node), span),
        }
    }

    /// `A[2]`, `A[$i]`, `M[key]`.
    pub(super) fn subscript(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        let (Some(array), Some(at)) = (node.child_by_field_name("name"), node.child_by_field_name("index"))
        else {
            return self.opaque(node, Reason::NotFollowed);
        };
        let array_name = self.source(array);
        if array_name == THIS_FILE && self.source(at) == "0" {
            return Expression { kind: ExpressionKind::Positional(0), span };
        }
        if matches!(self.source(at), "@" | "*") {
            return name(array_name, span);
        }
        let key = self.key(array_name, at);
        let array = Box::new(name(array_name, self.span(array)));
        Expression { kind: ExpressionKind::Index(array, Box::new(key)), span }
    }

    /// An index: a text for maps, a number for arrays.
    pub(super) fn key(&mut self, array: &str, at: Node<'a>) -> Expression {
        let span = self.span(at);
        match self.source(at).parse::<i64>() {
            _ if self.shapes.get(array) == Some(&Shape::Map) => self.value(at),
            Ok(number) => literal_number(number, span),
            Err(_) if self.shapes.get(array) == Some(&Shape::Array) => {
                function("int", vec![self.value(at)], span)
            }
            Err(_) => self.value(at),
        }
    }

    fn pieces(&self, node: Node<'a>) -> Option<Pieces<'a>> {
        let all = children(node);
        let close = all.last().filter(|last| last.kind() == "}")?;
        let mut inner = all.iter().filter(|child| !matches!(child.kind(), "${" | "}")).copied().peekable();
        let prefix = match inner.peek()?.kind() {
            "#" => Some("#"),
            "!" => Some("!"),
            _ => None,
        };
        if prefix.is_some() {
            inner.next();
        }
        let subject = inner.next()?;
        let is_subject = matches!(
            subject.kind(),
            "variable_name" | "special_variable_name" | "subscript" | "command_substitution"
        );
        if !is_subject {
            return None;
        }
        let operator = inner.next_if(|child| !child.is_named());
        let from = operator.map_or(self.end(subject), |operator| self.end(operator));
        Some(Pieces {
            prefix,
            subject,
            operator: operator.map(|operator| self.source(operator).trim().to_string()),
            operand: from..self.start(*close),
            operand_nodes: inner.filter(|child| child.is_named()).collect(),
        })
    }
}

/// A pattern without wildcards or expansions, its quotes removed.
pub(super) fn plain_pattern(pattern: &str) -> Option<String> {
    let quoted = ['"', '\''].iter().find_map(|&quote| {
        pattern.strip_prefix(quote)?.strip_suffix(quote).filter(|inner| !inner.contains(quote))
    });
    let text = quoted.unwrap_or(pattern);
    let special: &[char] =
        if quoted.is_some() { &['$', '`', '\\'] } else { &['$', '`', '*', '?', '[', '"', '\'', '('] };
    match text.strip_prefix('\\') {
        Some(one) if one.chars().count() == 1 => Some(one.to_string()),
        _ if text.contains(special) || text.contains('\\') => None,
        _ => Some(text.to_string()),
    }
}

/// A pattern without expansions whose quotes, if it has any, are around all of it.
fn whole_pattern(pattern: &str) -> Option<String> {
    if let Some(text) = plain_pattern(pattern) {
        return Some(text);
    }
    (!pattern.contains(['$', '`', '"', '\'', '(']) && !pattern.is_empty()).then(|| pattern.to_string())
}

pub(super) fn literal_number(number: i64, span: Span) -> Expression {
    let kind = ExpressionKind::Literal(Literal::Number(Number::Int(number), number.to_string()));
    Expression { kind, span }
}

pub(super) fn index(value: Expression, at: i64, span: Span) -> Expression {
    let kind = ExpressionKind::Index(Box::new(value), Box::new(literal_number(at, span)));
    Expression { kind, span }
}

pub(super) fn opaque(reason: Reason, detail: &str, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Opaque { reason, detail: detail.to_string() }, span }
}

/// `left op right`.
pub(super) fn binary(
    operator: BinaryOperator,
    left: Expression,
    right: Expression,
    span: Span,
) -> Expression {
    let kind = ExpressionKind::Binary { operator, left: Box::new(left), right: Box::new(right) };
    Expression { kind, span }
}
