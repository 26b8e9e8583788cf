//! What stands between the brackets of `[ ]` and `[[ ]]`, or behind `test`.

use super::arithmetic::compare_operator;
use super::condition::{combined, compare};
use super::expansion::{literal_number, opaque};
use super::{Lowerer, function, literal, named_children, negate};
use crate::script::{CompareOperator, Element, Expression, ExpressionKind};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

impl<'a> Lowerer<'a> {
    /// The inside of `[ ]` and `[[ ]]`.
    pub(super) fn test(&mut self, node: Node<'a>) -> Expression {
        self.deeper(node, |this| this.test_here(node)).unwrap_or_else(|| self.opaque(node, Reason::Limit))
    }

    fn test_here(&mut self, node: Node<'a>) -> Expression {
        match node.kind() {
            "parenthesized_expression" => match named_children(node).as_slice() {
                [only] => self.test(*only),
                _ => self.opaque(node, Reason::NotFollowed),
            },
            "unary_expression" => {
                let operator = node.child_by_field_name("operator").map_or("", |child| self.source(child));
                match named_children(node).last() {
                    Some(operand) if operator == "!" => negate(self.test(*operand)),
                    Some(operand) => self.unary(node, operator, *operand),
                    None => self.opaque(node, Reason::NotFollowed),
                }
            }
            "binary_expression" => self.binary_test(node),
            "redirected_statement" => self.opaque(node, Reason::NotFollowed),
            // `[ "$X" ]` holds if the text is not empty.
            _ => self.value(node),
        }
    }

    fn unary(&mut self, node: Node<'a>, operator: &str, operand: Node<'a>) -> Expression {
        match operator {
            "-n" => self.value(operand),
            "-z" => negate(self.value(operand)),
            "-v" => {
                let variable = literal(self.source(operand), self.span(operand));
                function("is set", vec![variable], self.span(node))
            }
            _ => self.opaque(node, Reason::ReadAtRunTime),
        }
    }

    fn binary_test(&mut self, node: Node<'a>) -> Expression {
        let (Some(left), Some(operator), Some(right)) = (
            node.child_by_field_name("left"),
            node.child_by_field_name("operator"),
            node.child_by_field_name("right"),
        ) else {
            return self.opaque(node, Reason::NotFollowed);
        };
        let operator = self.source(operator);
        let span = self.span(node);
        match operator {
            "&&" | "-a" => {
                let both = vec![self.test(left), self.test(right)];
                Expression { kind: ExpressionKind::And(both), span }
            }
            "||" | "-o" => {
                let both = vec![self.test(left), self.test(right)];
                Expression { kind: ExpressionKind::Or(both), span }
            }
            // `[[ ! $X == y ]]` denies the comparison, though the grammar binds `!` to its left side.
            _ if left.kind() == "unary_expression" && self.source(left).starts_with('!') => {
                match named_children(left).last() {
                    Some(left) => negate(self.comparison(node, *left, operator, right, span)),
                    None => self.opaque(node, Reason::NotFollowed),
                }
            }
            _ => self.comparison(node, left, operator, right, span),
        }
    }

    fn comparison(
        &mut self,
        node: Node<'a>,
        left: Node<'a>,
        operator: &str,
        right: Node<'a>,
        span: Span,
    ) -> Expression {
        match operator {
            "=" | "==" => {
                let left = self.value(left);
                self.matches(left, right, span)
            }
            "!=" => {
                let left = self.value(left);
                let equal = self.matches(left, right, span);
                match equal.kind {
                    ExpressionKind::Compare { operator: CompareOperator::Equal, left, right } => {
                        let operator = CompareOperator::NotEqual;
                        Expression { kind: ExpressionKind::Compare { operator, left, right }, span }
                    }
                    _ => negate(equal),
                }
            }
            "=~" => {
                let value = self.value(left);
                match (self.regex(right, value, span), expression_of(self.source(right))) {
                    (Some(test), _) => test,
                    (None, Some(pattern)) => {
                        let value = self.value(left);
                        let pattern = literal(pattern, self.span(right));
                        function("matches expression", vec![value, pattern], span)
                    }
                    (None, None) => self.opaque(node, Reason::NotFollowed),
                }
            }
            "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => match compare_operator(operator) {
                Some(operator) => {
                    let (left, right) = (self.number(left), self.number(right));
                    compare(operator, left, right, span)
                }
                None => self.opaque(node, Reason::NotFollowed),
            },
            "<" | ">" => match compare_operator(operator) {
                Some(operator) => {
                    let (left, right) = (self.value(left), self.value(right));
                    compare(operator, left, right, span)
                }
                None => self.opaque(node, Reason::NotFollowed),
            },
            _ => self.opaque(node, Reason::ReadAtRunTime),
        }
    }

    /// An operand of `-eq` and its like.
    fn number(&mut self, node: Node<'a>) -> Expression {
        let span = self.span(node);
        match self.plain(node).and_then(|text| text.parse::<i64>().ok()) {
            Some(number) => literal_number(number, span),
            None => function("int", vec![self.value(node)], span),
        }
    }

    /// Whether `left` is the word `right`, or matches it where it has unquoted wildcards.
    pub(super) fn matches(&mut self, left: Expression, right: Node<'a>, span: Span) -> Expression {
        if let Some(word) = self.cut_off(right) {
            return match pattern_of(word) {
                Some(pattern) => {
                    let start = self.start(right);
                    let pattern = literal(pattern, self.map.span(start, start + word.len()));
                    compare(CompareOperator::Matches, left, pattern, span)
                }
                None => opaque(Reason::NotFollowed, &super::shorten(word), span),
            };
        }
        match self.pattern(right) {
            Some(pattern) => {
                let pattern = literal(pattern, self.span(right));
                compare(CompareOperator::Matches, left, pattern, span)
            }
            None => {
                let right = self.value(right);
                compare(CompareOperator::Equal, left, right, span)
            }
        }
    }

    /// The whole word where the grammar ends one too early: `*" b "*`, of which it reads the first `*`.
    fn cut_off(&self, node: Node<'a>) -> Option<&'a str> {
        let (start, end) = (self.start(node), self.end(node));
        let rest = self.text.get(end..)?;
        if rest.starts_with(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | ';' | '&' | '|'))
            || rest.is_empty()
        {
            return None;
        }
        let mut quote = None;
        let length = self.text.get(start..)?.find(|c: char| {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                _ => {}
            }
            quote.is_none() && (c.is_whitespace() || matches!(c, ')' | ';'))
        })?;
        self.text.get(start..start + length)
    }

    /// The word as a shell pattern, if wildcards stand in it outside quotes.
    pub(super) fn pattern(&self, node: Node<'a>) -> Option<String> {
        let quoted = |kind: &str| matches!(kind, "string" | "raw_string" | "ansi_c_string");
        if quoted(node.kind()) || self.source(node).contains(['$', '`']) {
            return None;
        }
        let text = self.source(node);
        if !text.contains(['*', '?', '[']) {
            return None;
        }
        // Quoted parts of a concatenation stand for themselves.
        match node.kind() {
            "concatenation" => named_children(node)
                .into_iter()
                .map(|child| match quoted(child.kind()) {
                    true => self.plain(child),
                    false => Some(self.source(child).to_string()),
                })
                .collect(),
            _ => Some(text.replace(['"', '\''], "")),
        }
    }

    /// `^(a|b)$`, `^a`, `a` as a comparison; other regular expressions are not followed.
    fn regex(&mut self, node: Node<'a>, left: Expression, span: Span) -> Option<Expression> {
        let at = self.span(node);
        let text = self.source(node).trim_matches(['"', '\'']);
        let (from_start, rest) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
        let (to_end, rest) = rest.strip_suffix('$').map_or((false, rest), |rest| (true, rest));
        let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "-_/ ".contains(c));
        let grouped = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        if let Some(group) = grouped.filter(|group| from_start && to_end && plain(&group.replace('|', ""))) {
            let elements = group.split('|').map(|one| Element::One(literal(one, at))).collect();
            let list = Expression { kind: ExpressionKind::List(elements), span: at };
            return Some(compare(CompareOperator::In, left, list, span));
        }
        // `^[Yy]$`: a set of characters means the same in a pattern.
        let is_set =
            rest.starts_with('[') && rest.ends_with(']') && rest.matches(['[', ']', '\\']).count() == 2;
        if is_set && from_start && to_end {
            return Some(compare(CompareOperator::Matches, left, literal(rest, at), span));
        }
        if !plain(rest) || rest.is_empty() {
            return None;
        }
        let pattern = match (from_start, to_end) {
            (true, true) => return Some(compare(CompareOperator::Equal, left, literal(rest, at), span)),
            (true, false) => format!("{rest}*"),
            (false, true) => format!("*{rest}"),
            (false, false) => format!("*{rest}*"),
        };
        Some(compare(CompareOperator::Matches, left, literal(pattern, at), span))
    }

    /// `test A = B`, whose words the grammar does not put together.
    pub(super) fn flat_test(&mut self, words: &[Node<'a>], span: Span) -> Expression {
        for (separator, combine) in
            [("-o", ExpressionKind::Or as fn(Vec<Expression>) -> ExpressionKind), ("-a", ExpressionKind::And)]
        {
            if words.iter().any(|word| self.source(*word) == separator) {
                let parts: Vec<&[Node<'a>]> = words.split(|word| self.source(*word) == separator).collect();
                let parts = parts.into_iter().map(|part| self.flat_test(part, span)).collect();
                return combined(parts, combine, span);
            }
        }
        match words {
            [not, rest @ ..] if self.source(*not) == "!" && !rest.is_empty() => {
                negate(self.flat_test(rest, span))
            }
            [only] => self.value(*only),
            [operator, operand] => match self.source(*operator) {
                "-n" => self.value(*operand),
                "-z" => negate(self.value(*operand)),
                operator => {
                    let detail = format!("{operator} {}", self.source(*operand));
                    opaque(Reason::ReadAtRunTime, &super::shorten(&detail), span)
                }
            },
            [left, operator, right] => {
                let operator = self.source(*operator);
                self.comparison(*left, *left, operator, *right, span)
            }
            _ => opaque(Reason::NotFollowed, "test", span),
        }
    }
}

/// A word with quotes as a pattern: what stands in quotes stands for itself.
fn pattern_of(word: &str) -> Option<String> {
    let mut pattern = String::with_capacity(word.len());
    let mut quote = None;
    for c in word.chars() {
        match (quote, c) {
            (_, '$' | '`' | '\\') => return None,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (Some(_), '*' | '?' | '[') => pattern.extend(['\\', c]),
            (_, c) => pattern.push(c),
        }
    }
    Some(pattern)
}

/// A regular expression without expansions and quotes.
fn expression_of(text: &str) -> Option<&str> {
    let inner = text.strip_suffix('$').unwrap_or(text);
    (!inner.contains(['$', '`', '"', '\''])).then_some(text)
}
