//! Words: quoting, concatenation, splitting.

use super::characters::{Quoting, ansi_c_marks, marks};
use super::{Lowerer, children, named_children};
use crate::script::{Element, Expression, ExpressionKind};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

impl<'a> Lowerer<'a> {
    /// A word of a command line, of a `for` list or of an array: one that may turn into several words.
    pub(super) fn word(&mut self, node: Node<'a>) -> Expression {
        if let Some(list) = self.list(node).or_else(|| self.braces(node)) {
            return list;
        }
        let value = self.value(node);
        if matches!(node.kind(), "simple_expansion" | "expansion" | "command_substitution") {
            let span = value.span;
            return Expression { kind: ExpressionKind::Fields(Box::new(value)), span };
        }
        value
    }

    /// An element of a list of words.
    pub(super) fn element(&mut self, node: Node<'a>) -> Element {
        let is_list = self.list(node).is_some() || self.braces(node).is_some();
        let word = self.word(node);
        match is_list || matches!(word.kind, ExpressionKind::Fields(_)) {
            true => Element::Spread(word),
            false => Element::One(word),
        }
    }

    pub(super) fn list_of(&mut self, node: Node<'a>) -> Option<Expression> {
        self.list(node)
    }

    /// `"$@"` and `"${A[@]}"`, with or without quotes: one word for each element.
    fn list(&mut self, node: Node<'a>) -> Option<Expression> {
        let span = self.span(node);
        let (inner, quoted) = match (node.kind(), named_children(node).as_slice()) {
            ("string", [only]) if self.end(*only) + 1 == self.end(node) => (*only, true),
            ("string", _) => return None,
            _ => (node, false),
        };
        if inner.kind() == "expansion"
            && let Some(elements) = self.some_elements(inner, span)
        {
            return Some(elements);
        }
        match inner.kind() {
            "simple_expansion" => match self.source(inner) {
                "$@" => Some(self.positionals(span)),
                "$*" if !quoted => Some(self.positionals(span)),
                _ => None,
            },
            "expansion" => match self.source(inner) {
                "${@}" => Some(self.positionals(span)),
                text if text.starts_with("${!") && text.ends_with("[@]}") => {
                    Some(self.value(inner)).filter(|keys| matches!(keys.kind, ExpressionKind::Call { .. }))
                }
                _ => {
                    let (array, star) = self.whole_array(inner)?;
                    if star && quoted {
                        return None;
                    }
                    let known = self.is_array(array);
                    let list = super::name(array, span);
                    let fields = || ExpressionKind::Fields(Box::new(super::name(array, span)));
                    Some(if known { list } else { Expression { kind: fields(), span } })
                }
            },
            _ => None,
        }
    }

    /// The value of a word where it is not split: in assignments, tests, quotes.
    pub(super) fn value(&mut self, node: Node<'a>) -> Expression {
        self.deeper(node, |this| this.value_here(node)).unwrap_or_else(|| self.opaque(node, Reason::Limit))
    }

    fn value_here(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        match node.kind() {
            "raw_string" => {
                let text = self.source(node);
                let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
                let marks = marks(inner.unwrap_or(text), self.start(node) + 1, Quoting::Raw);
                self.join_marks(&marks, span)
            }
            "ansi_c_string" => {
                let text = self.source(node);
                let inner = text.strip_prefix("$'").and_then(|text| text.strip_suffix('\''));
                let marks = ansi_c_marks(inner.unwrap_or(text), self.start(node) + 2);
                self.join_marks(&marks, span)
            }
            "string" => self.string(node),
            "translated_string" => match named_children(node).first() {
                Some(&string) => self.value(string),
                None => self.opaque(node, Reason::NotFollowed),
            },
            "concatenation" => self.concatenation(node),
            "simple_expansion" => self.simple_expansion(node),
            "expansion" => self.expansion(node),
            "command_substitution" => self.substitution(node),
            "process_substitution" => self.opaque(node, Reason::ReadAtRunTime),
            "arithmetic_expansion" => self.arithmetic_expansion(node),
            "array" => self.array(node),
            "command_name" => match node.named_child(0) {
                Some(child) => self.value(child),
                None => self.opaque(node, Reason::NotFollowed),
            },
            "ERROR" => self.opaque(node, Reason::NotFollowed),
            _ => {
                let marks = marks(self.source(node), self.start(node), Quoting::None);
                self.join_marks(&marks, span)
            }
        }
    }

    fn join_marks(&self, marks: &[super::characters::Mark], span: Span) -> Expression {
        join(self.literals(marks, Some(span)), span)
    }

    /// `"..."`. What stands between the expansions is read from the text itself, since the grammar's
    /// pieces leave out blanks at line breaks.
    fn string(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        let start = self.start(node) + 1;
        let closed = self.source(node).len() > 1 && self.source(node).ends_with('"');
        let end = self.end(node) - usize::from(closed);
        let expansions: Vec<Node<'a>> =
            children(node).into_iter().filter(|child| is_expansion(child.kind())).collect();
        if let [only] = expansions.as_slice()
            && self.start(*only) == start
            && self.end(*only) == end
        {
            // The quotes only keep the value together.
            let mut value = self.value(*only);
            value.span = span;
            return value;
        }
        let mut parts = Vec::new();
        let mut at = start;
        for child in &expansions {
            self.text_between(at, self.start(*child), Quoting::Double, None, &mut parts);
            let value = self.value(*child);
            parts.push(value);
            at = self.end(*child);
        }
        let whole = expansions.is_empty().then_some(span);
        self.text_between(at, end, Quoting::Double, whole, &mut parts);
        join(parts, span)
    }

    pub(super) fn text_between(
        &self,
        from: usize,
        to: usize,
        quoting: Quoting,
        whole: Option<Span>,
        parts: &mut Vec<Expression>,
    ) {
        let text = self.text.get(from..to).unwrap_or_default();
        parts.extend(self.literals(&marks(text, from, quoting), whole));
    }

    fn concatenation(&mut self, node: Node<'a>) -> Expression {
        let (start, end) = (self.start(node), self.end(node));
        let mut parts = Vec::new();
        self.pieces_between(start, &children(node), end, &mut parts);
        join(parts, self.span(node))
    }

    /// The parts of an unquoted stretch: quoted texts and expansions among `nodes`, and the characters
    /// between them as one literal each, however many nodes the grammar makes of them.
    pub(super) fn pieces_between(
        &mut self,
        start: usize,
        nodes: &[Node<'a>],
        end: usize,
        parts: &mut Vec<Expression>,
    ) {
        let mut at = start;
        for child in nodes {
            let has_value = is_expansion(child.kind())
                || matches!(
                    child.kind(),
                    "string" | "raw_string" | "ansi_c_string" | "translated_string" | "process_substitution"
                );
            if !has_value && child.kind() != "concatenation" {
                continue;
            }
            self.text_between(at, self.start(*child), Quoting::None, None, parts);
            at = self.end(*child);
            let value = self.value(*child);
            match value.kind {
                // Nested parts belong to the same text.
                ExpressionKind::Join(inner) => parts.extend(inner),
                _ => parts.push(value),
            }
        }
        self.text_between(at, end, Quoting::None, None, parts);
    }

    /// `(a "b" $c)`, or `([k]=v ...)`.
    pub(super) fn array(&mut self, node: Node<'a>) -> Expression {
        let mut elements = Vec::new();
        let mut entries = Vec::new();
        for child in named_children(node) {
            match self.keyed_element(child) {
                Some(entry) => entries.push(entry),
                None => elements.push(self.element(child)),
            }
        }
        let kind = match entries.is_empty() {
            true => ExpressionKind::List(elements),
            false => ExpressionKind::Map(entries),
        };
        Expression { kind, span: self.span(node) }
    }
}

fn is_expansion(kind: &str) -> bool {
    matches!(kind, "simple_expansion" | "expansion" | "command_substitution" | "arithmetic_expansion")
}

/// Parts as one text: a single literal stands alone, nothing at all is the empty text.
pub(super) fn join(mut parts: Vec<Expression>, span: Span) -> Expression {
    match parts.len() {
        0 => super::literal("", span),
        1 if matches!(parts.first().map(|part| &part.kind), Some(ExpressionKind::Literal(_))) => {
            parts.remove(0)
        }
        _ => Expression { kind: ExpressionKind::Join(parts), span },
    }
}
