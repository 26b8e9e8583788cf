//! Tests: `[ ]`, `[[ ]]`, `test`, commands whose status decides.

use super::arithmetic::compare_operator;
use super::command::Io;
use super::expansion::{literal_number, opaque};
use super::{Lowerer, function, literal, name, named_children, negate};
use crate::script::{
    Block, CompareOperator, Element, Expression, ExpressionKind, Literal, Statement, StatementKind,
};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

/// Commands that only ask.
const QUERIES: &[&str] =
    &["command", "which", "type", "hash", "grep", "egrep", "fgrep", "pgrep", "diff", "cmp", "read"];

impl<'a> Lowerer<'a> {
    /// Whether a statement decides rather than does: `[ ... ]`, `! cmd`, `grep -q`, a predicate.
    pub(super) fn is_test(&self, node: Node<'a>) -> bool {
        match node.kind() {
            "test_command" | "negated_command" => true,
            "compound_statement" => self.source(node).starts_with("(("),
            "redirected_statement" => node.child_by_field_name("body").is_some_and(|body| self.asks(body)),
            "pipeline" => named_children(node).last().is_some_and(|last| self.asks(*last)),
            _ => self.asks(node),
        }
    }

    fn asks(&self, node: Node<'a>) -> bool {
        match node.kind() {
            "test_command" => true,
            "command" => {
                let Some(command) = node.child_by_field_name("name") else { return false };
                let text = self.source(command);
                let is_flag = text.starts_with('$')
                    && node.child_by_field_name("argument").is_none()
                    && command.named_child(0).is_some_and(|child| child.kind() != "command_substitution");
                is_flag
                    || matches!(text, "test" | "[" | "false")
                    || QUERIES.contains(&text)
                    || self.predicates.contains(text)
            }
            _ => false,
        }
    }

    /// The expression whose truth is the status of a statement, and what has to run before it.
    pub(super) fn condition(&mut self, node: Node<'a>) -> (Block, Expression) {
        let outer = std::mem::take(&mut self.pending);
        let mut pre = Vec::new();
        let condition = self
            .deeper(node, |this| this.condition_here(node, &mut pre))
            .unwrap_or_else(|| self.opaque(node, Reason::Limit));
        let mut block = std::mem::replace(&mut self.pending, outer);
        block.append(&mut pre);
        (block, condition)
    }

    fn condition_here(&mut self, node: Node<'a>, pre: &mut Block) -> Expression {
        let span = self.span(node);
        match node.kind() {
            "test_command" => match named_children(node).as_slice() {
                // In single brackets `-a` and `-o` join whole tests, which the grammar takes for operands.
                [only] if !self.source(node).starts_with("[[") && joins(self.source(node)) => {
                    let mut words = Vec::new();
                    leaves(*only, &mut words);
                    self.flat_test(&words, span)
                }
                [only] => self.test(*only),
                _ => self.opaque(node, Reason::NotFollowed),
            },
            "negated_command" => match named_children(node).as_slice() {
                [only] => negate(self.condition_inside(*only, pre)),
                _ => self.opaque(node, Reason::NotFollowed),
            },
            "compound_statement" if self.source(node).starts_with("((") => {
                match named_children(node).as_slice() {
                    [only] => self.arithmetic(*only),
                    _ => self.opaque(node, Reason::NotFollowed),
                }
            }
            "redirected_statement" => match node.child_by_field_name("body") {
                Some(body) => self.condition_inside(body, pre),
                None => self.opaque(node, Reason::NotFollowed),
            },
            "pipeline" => {
                let parts = named_children(node);
                let Some((_, before)) = parts.split_last() else {
                    return self.opaque(node, Reason::NotFollowed);
                };
                self.pipeline(before, Io::default(), pre);
                opaque(Reason::CommandOutput, &self.detail(node), span)
            }
            "list" => {
                let (first, links) = self.list_links(node);
                let mut whole = self.condition_inside(first, pre);
                for (operator, right) in links {
                    let right = self.condition_inside(right, pre);
                    let span = whole.span.cover(right.span);
                    let both = vec![whole, right];
                    let kind = match operator {
                        "&&" => ExpressionKind::And(both),
                        _ => ExpressionKind::Or(both),
                    };
                    whole = Expression { kind, span };
                }
                whole
            }
            "compound_statement" | "subshell" => {
                let statements = named_children(node);
                let Some((last, before)) = statements.split_last() else {
                    return self.opaque(node, Reason::NotFollowed);
                };
                pre.extend(self.statements(before));
                self.condition_inside(*last, pre)
            }
            "command" => self.command_condition(node, pre),
            _ => {
                self.statement(node, Io::default(), pre);
                opaque(Reason::CommandOutput, &self.detail(node), span)
            }
        }
    }

    fn condition_inside(&mut self, node: Node<'a>, pre: &mut Block) -> Expression {
        let (mut block, condition) = self.condition(node);
        pre.append(&mut block);
        condition
    }

    fn command_condition(&mut self, node: Node<'a>, pre: &mut Block) -> Expression {
        let span = self.span(node);
        let command = node.child_by_field_name("name").map_or("", |command| self.source(command));
        if matches!(command, "true" | ":") {
            return truth(true, span);
        }
        if command == "false" {
            return truth(false, span);
        }
        // `if $USE_ALPINE; then`: the variable holds `true` or `false`.
        let words = named_children(node);
        if let [only] = words.as_slice()
            && let Some(variable) = only.named_child(0)
            && matches!(variable.kind(), "simple_expansion" | "expansion" | "string")
        {
            let left = self.value(variable);
            return compare(CompareOperator::Equal, left, literal("true", span), span);
        }
        if matches!(command, "test" | "[") {
            let arguments: Vec<Node<'a>> = words.into_iter().skip(1).collect();
            return self.flat_test(&arguments, span);
        }
        let mut block = Vec::new();
        self.command(node, Io::default(), &mut block);
        match block.pop() {
            Some(Statement { kind: StatementKind::Expression(run), .. })
                if matches!(run.kind, ExpressionKind::Run(_)) && !QUERIES.contains(&command) =>
            {
                pre.append(&mut block);
                run
            }
            last => {
                pre.append(&mut block);
                let asks = QUERIES.contains(&command) && command != "read";
                pre.extend(last.filter(|_| !asks));
                opaque(Reason::CommandOutput, &self.detail(node), span)
            }
        }
    }

    /// The inside of `[ ]` and `[[ ]]`.
    fn test(&mut self, node: Node<'a>) -> Expression {
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
            "-v" => name(self.source(operand), self.span(operand)),
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
                let left = self.value(left);
                match self.regex(right, left, span) {
                    Some(test) => test,
                    None => self.opaque(node, Reason::NotFollowed),
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
    fn flat_test(&mut self, words: &[Node<'a>], span: Span) -> Expression {
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

pub(super) fn compare(
    operator: CompareOperator,
    left: Expression,
    right: Expression,
    span: Span,
) -> Expression {
    let kind = ExpressionKind::Compare { operator, left: Box::new(left), right: Box::new(right) };
    Expression { kind, span }
}

/// Several conditions as one; a single one stands alone.
pub(super) fn combined(
    mut all: Vec<Expression>,
    combine: fn(Vec<Expression>) -> ExpressionKind,
    fallback: Span,
) -> Expression {
    if all.len() == 1 {
        return all.remove(0);
    }
    let span = match (all.first(), all.last()) {
        (Some(first), Some(last)) => first.span.cover(last.span),
        _ => fallback,
    };
    Expression { kind: combine(all), span }
}

fn joins(test: &str) -> bool {
    test.contains(" -o ") || test.contains(" -a ")
}

/// The words and operators of a test in order.
fn leaves<'t>(node: Node<'t>, out: &mut Vec<Node<'t>>) {
    let mut todo = vec![node];
    while let Some(node) = todo.pop() {
        match node.kind() {
            "unary_expression" | "binary_expression" | "parenthesized_expression" => {
                todo.extend(super::children(node).into_iter().rev());
            }
            _ => out.push(node),
        }
    }
}

pub(super) fn truth(value: bool, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Literal(Literal::Bool(value)), span }
}
