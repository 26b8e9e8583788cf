//! `{a,b}` and `{1..3}`: words that stand for several.

use super::{Lowerer, literal, named_children};
use crate::script::{Element, Expression, ExpressionKind};
use crate::value::Reason;
use tree_sitter::Node;

/// A word that stands for more than these is not taken apart.
const MOST: usize = 256;

/// How deeply braces may stand in one another.
const DEEPEST: usize = 8;

impl<'a> Lowerer<'a> {
    /// The words that one with braces stands for; `None` if it has none. Where expansions or quotes stand
    /// beside the braces, what they stand for is not followed.
    pub(super) fn braces(&self, node: Node<'a>) -> Option<Expression> {
        if !matches!(node.kind(), "word" | "concatenation" | "brace_expression") {
            return None;
        }
        let text = self.source(node);
        let span = self.span(node);
        if text.contains(['$', '`', '"', '\'', '\\']) {
            let outside: String = named_children(node)
                .into_iter()
                .filter(|child| matches!(child.kind(), "word" | "brace_expression"))
                .map(|child| self.source(child))
                .collect();
            let (open, close) = (outside.find('{')?, outside.rfind('}')?);
            let inside = outside.get(open..close)?;
            return (inside.contains(',') || inside.contains("..")).then(|| {
                let unknown = self.opaque(node, Reason::NotFollowed);
                Expression { kind: ExpressionKind::Fields(Box::new(unknown)), span }
            });
        }
        let words = expanded(text, 0).filter(|words| words.len() > 1)?;
        if words.len() > MOST {
            return Some(self.opaque(node, Reason::Limit));
        }
        let elements = words.into_iter().map(|word| Element::One(literal(word, span))).collect();
        Some(Expression { kind: ExpressionKind::List(elements), span })
    }
}

/// The words that a text stands for; `None` if nothing in it is a brace expansion.
fn expanded(text: &str, depth: usize) -> Option<Vec<String>> {
    if depth > DEEPEST {
        return None;
    }
    for (open, _) in text.match_indices('{') {
        let Some((alternatives, close)) = alternatives(text, open) else { continue };
        let (before, behind) = (text.get(..open)?, text.get(close + 1..)?);
        let behind = expanded(behind, depth + 1).unwrap_or_else(|| vec![behind.to_string()]);
        let mut all = Vec::new();
        for one in alternatives {
            for one in expanded(&one, depth + 1).unwrap_or_else(|| vec![one.clone()]) {
                all.extend(behind.iter().map(|behind| format!("{before}{one}{behind}")));
                if all.len() > MOST {
                    return Some(all);
                }
            }
        }
        return Some(all);
    }
    None
}

/// The alternatives of the braces that open at an offset, and where they close.
fn alternatives(text: &str, open: usize) -> Option<(Vec<String>, usize)> {
    let mut depth = 0;
    let mut start = open + 1;
    let mut all = Vec::new();
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < open) {
        match c {
            '{' => depth += 1,
            ',' if depth == 1 => {
                all.push(text.get(start..at)?.to_string());
                start = at + 1;
            }
            '}' if depth == 1 => {
                let last = text.get(start..at)?;
                if all.is_empty() {
                    return range(last).map(|all| (all, at));
                }
                all.push(last.to_string());
                return Some((all, at));
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `1..3`, `01..10`, `a..e`.
fn range(text: &str) -> Option<Vec<String>> {
    let (from, to) = text.split_once("..")?;
    if let (Ok(first), Ok(last)) = (from.parse::<i64>(), to.parse::<i64>()) {
        let padded = [from, to]
            .iter()
            .any(|one| one.trim_start_matches('-').len() > 1 && one.trim_start_matches('-').starts_with('0'));
        let width = if padded { from.len().max(to.len()) } else { 0 };
        if first.abs_diff(last) > MOST as u64 {
            return None;
        }
        let mut all: Vec<i64> = (first.min(last)..=first.max(last)).collect();
        if first > last {
            all.reverse();
        }
        return Some(all.into_iter().map(|number| format!("{number:0width$}")).collect());
    }
    let one = |text: &str| text.chars().next().filter(|c| text.len() == 1 && c.is_ascii_alphabetic());
    let (first, last) = (one(from)?, one(to)?);
    let mut all: Vec<String> = (first.min(last)..=first.max(last)).map(String::from).collect();
    if first > last {
        all.reverse();
    }
    Some(all)
}
