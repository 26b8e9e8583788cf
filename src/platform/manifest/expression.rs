//! Expressions in documents, as Terraform writes them: conditions, and values that a condition chooses.

use crate::document::Ref;
use crate::platform::manifest::sheet::at;
use crate::source::Span;
use crate::value::{Atom, Condition, Operand, Operator};

/// The condition under which an object or an item is there, from what counts it:
/// `var.on ? 1 : 0`, `var.name != "" ? [var.name] : []`. What always makes one is no condition.
pub(super) fn condition_of(count: Ref<'_>) -> Condition {
    let Some(text) = at(count, &[]).and_then(Ref::text) else { return Condition::always() };
    let expression = text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let Some((test, then, otherwise)) = chosen(expression) else { return Condition::always() };
    let none = |text: &str| matches!(text, "0" | "[]" | "{}" | "toset([])" | "null");
    match (none(then), none(otherwise)) {
        (false, true) => parse(test, count.span()),
        (true, false) => match parse(test, count.span()).atoms() {
            [atom] => Condition::of(atom.negated()),
            _ => Condition::of(atom(test, Operator::Fails, Operand::None, count.span())),
        },
        _ => Condition::always(),
    }
}

/// `test ? then : otherwise`, taken apart outside of quotes and brackets.
pub(super) fn chosen(expression: &str) -> Option<(&str, &str, &str)> {
    let question = top_level(expression, "?")?;
    let rest = expression.get(question + 1..)?;
    let colon = top_level(rest, ":")?;
    let (then, otherwise) = (rest.get(..colon)?, rest.get(colon + 1..)?);
    Some((expression.get(..question)?.trim(), then.trim(), otherwise.trim()))
}

/// A test as a conjunction. What is neither a comparison with a literal nor a bare name is one test of
/// its own, named by its characters.
pub(super) fn parse(test: &str, span: Span) -> Condition {
    let mut whole = Condition::always();
    let mut rest = test.trim();
    loop {
        let (part, behind) = match top_level(rest, "&&") {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 2..)),
            None => (rest, None),
        };
        let one = Condition::of(single(part.trim(), span));
        match whole.and(&one) {
            Some(both) => whole = both,
            None => return Condition::of(atom(test, Operator::Holds, Operand::None, span)),
        }
        match behind {
            Some(behind) => rest = behind,
            None => return whole,
        }
    }
}

fn single(test: &str, span: Span) -> Atom {
    let operators = [
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        (">=", Operator::GreaterEqual),
        ("<=", Operator::LessEqual),
        (">", Operator::Greater),
        ("<", Operator::Less),
    ];
    for (written, operator) in operators {
        let Some(at) = top_level(test, written) else { continue };
        let (left, right) = (test.get(..at).unwrap_or_default().trim(), test.get(at + written.len()..));
        let Some(literal) = right.and_then(|right| literal(right.trim())) else { break };
        return match (operator, literal) {
            (Operator::Equal, "true") | (Operator::NotEqual, "false") => {
                atom(left, Operator::Holds, Operand::None, span)
            }
            (Operator::Equal, "false") | (Operator::NotEqual, "true") => {
                atom(left, Operator::Fails, Operand::None, span)
            }
            (operator, literal) => atom(left, operator, Operand::One(literal.into()), span),
        };
    }
    match test.strip_prefix('!') {
        Some(inner) => atom(inner.trim(), Operator::Fails, Operand::None, span),
        None => atom(test, Operator::Holds, Operand::None, span),
    }
}

fn atom(input: &str, operator: Operator, operand: Operand, span: Span) -> Atom {
    Atom { input: input.into(), operator, operand, span }
}

/// A literal's text: a quoted text without expressions, a number, a truth value.
pub(super) fn literal(text: &str) -> Option<&str> {
    if let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return (!inner.contains(['"', '\\', '$', '%'])).then_some(inner);
    }
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    (is_number || matches!(text, "true" | "false")).then_some(text)
}

/// Where an operator stands outside of quotes and brackets.
fn top_level(text: &str, operator: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0usize, false);
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        match c {
            '"' if at == 0 || bytes.get(at - 1) != Some(&b'\\') => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && text.get(at..).is_some_and(|rest| rest.starts_with(operator)) => {
                return Some(at);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{chosen, parse};
    use crate::source::{Sources, Span};

    #[test]
    fn tests_become_conditions() {
        let span = Span::beginning(Sources::new().add("main.tf", ""));
        let shown = |test: &str| parse(test, span).to_string();
        assert_eq!(shown("var.on"), "var.on");
        assert_eq!(shown("!var.on"), "not var.on");
        assert_eq!(shown("var.env == \"prod\" && var.n > 0"), "var.env == prod and var.n > 0");
        assert_eq!(shown("var.on == false"), "not var.on");
        assert_eq!(shown("length(var.a) > 0"), "length(var.a) > 0");
        assert_eq!(chosen("a == \"?\" ? \"x:y\" : b[\":\"]"), Some(("a == \"?\"", "\"x:y\"", "b[\":\"]")));
    }
}
