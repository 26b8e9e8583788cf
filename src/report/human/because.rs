//! What stands behind a verdict, in one line: the expression with the values of its operands.

use crate::diagnostic::{Because, OperandValue, Verdict};
use crate::report::human::Page;
use crate::report::redact::MASK;
use crate::report::text::width;

/// A list longer than so many columns is told by its first elements.
const LIST: usize = 40;

/// Elements that are told of such a list.
const TOLD: usize = 3;

/// `deployment.memory (512Mi) >= params.minimum (2Gi) is false, by 1.5Gi`; of what is there or not, in
/// words.
pub fn text(page: &Page<'_>, because: &Because, verdict: Verdict) -> String {
    let told =
        |operand: &OperandValue| shortened(&page.redactor.value_of(&operand.expression, &operand.value));
    if verdict != Verdict::Undetermined {
        let tested = because.expression.strip_prefix("has(").and_then(|rest| rest.strip_suffix(')'));
        match (tested, because.operands.as_slice()) {
            (Some(path), _) if !because.value => return format!("{path} is absent"),
            (Some(path), [value]) if value.expression == path => {
                return format!("{path} is given ({})", told(value));
            }
            (None, [value]) if value.expression == because.expression => {
                return format!("{} is {}", value.expression, told(value));
            }
            _ => {}
        }
    }
    let mut text = because.expression.clone();
    let mut operands: Vec<_> = because.operands.iter().collect();
    // The longest first, and from the right: an operand may be part of another's text.
    operands.sort_by_key(|operand| std::cmp::Reverse(operand.expression.len()));
    let mut inserts: Vec<(usize, usize, String)> = Vec::new();
    for operand in operands {
        let Some(at) = whole(&text, &operand.expression, &inserts) else { continue };
        inserts.push((at, at + operand.expression.len(), format!(" ({})", told(operand))));
    }
    let is_masked = inserts.iter().any(|(.., value)| value.contains(MASK));
    inserts.sort_by_key(|&(_, end, _)| std::cmp::Reverse(end));
    for (_, end, value) in inserts {
        if text.is_char_boundary(end) {
            text.insert_str(end, &value);
        }
    }
    let outcome = match (verdict, because.value) {
        (Verdict::Undetermined, _) => "cannot be told",
        (_, true) => "is true",
        (_, false) => "is false",
    };
    match &because.gap {
        // The way from a masked value to the bound would tell it.
        Some(gap) if !is_masked && verdict != Verdict::Undetermined => format!("{text} {outcome}, by {gap}"),
        _ => format!("{text} {outcome}"),
    }
}

/// Where an operand stands in an expression as a whole, outside those found before.
fn whole(text: &str, operand: &str, taken: &[(usize, usize, String)]) -> Option<usize> {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    text.match_indices(operand).map(|(at, _)| at).find(|&at| {
        let end = at + operand.len();
        !joins(text.get(..at).and_then(|before| before.chars().next_back()))
            && !joins(text.get(end..).and_then(|after| after.chars().next()))
            && !taken.iter().any(|&(start, stop, _)| at < stop && start < end)
    })
}

/// A long list by its first elements: `["latest", "stable", "main", and 5 more]`.
fn shortened(value: &str) -> String {
    let inner = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let Some(inner) = inner.filter(|_| width(value) > LIST) else { return value.to_owned() };
    let ends = ends_of_elements(inner);
    match ends.get(TOLD - 1).and_then(|&end| inner.get(..end)) {
        Some(told) if ends.len() > TOLD => format!("[{told}, and {} more]", ends.len() - TOLD),
        _ => value.to_owned(),
    }
}

/// Where each element ends of what stands between a list's brackets.
fn ends_of_elements(inner: &str) -> Vec<usize> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut ends = Vec::new();
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => ends.push(at),
            _ => {}
        }
    }
    ends.push(inner.len());
    ends
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_lists_are_told_by_their_first_elements() {
        let short = r#"["latest", "main"]"#;
        assert_eq!(shortened(short), short);
        assert_eq!(
            shortened(r#"["latest, \"x\"", ["a", "b"], {"c": 1, "d": 2}, "dev", "develop", "edge"]"#),
            r#"["latest, \"x\"", ["a", "b"], {"c": 1, "d": 2}, and 3 more]"#
        );
        let text = "a text, with commas, that is long enough for a list";
        assert_eq!(shortened(text), text);
    }
}
