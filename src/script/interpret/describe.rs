//! Expressions in a few words, for conditions and names of unknown inputs.

use super::Interpreter;
use crate::script::{
    Argument, BinaryOperator, Command, CompareOperator, Element, Expression, ExpressionKind, Literal,
    MapEntry,
};
use std::sync::Arc;

/// Longer names say nothing to a reader.
const LONGEST: usize = 60;

/// How deep a description goes into an expression.
const DEEPEST: usize = 8;

/// The name, cut where it gets too long.
pub(super) fn shorten(name: &str) -> String {
    let name = name.trim();
    if name.chars().count() <= LONGEST && !name.contains('\n') {
        return name.to_string();
    }
    let line = name.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(LONGEST - 1).collect();
    short.push('…');
    short
}

impl Interpreter<'_> {
    /// The expression as a person would write it, shortened.
    pub(super) fn describe(&self, expression: &Expression) -> String {
        let whole = shorten(&text(expression, 0));
        match expression.kind {
            ExpressionKind::And(_) | ExpressionKind::Or(_) => format!("({whole})"),
            _ => whole,
        }
    }

    /// The name by which a test speaks of something that comes into being at run time: another event of
    /// the same description gets another name, so that it is not taken for the first.
    pub(super) fn atom_name(&mut self, description: &str, event: u32) -> Arc<str> {
        let name = shorten(description);
        if event == 0 {
            return name.into();
        }
        let events = self.events.entry(name.clone()).or_default();
        let at = match events.iter().position(|&have| have == event) {
            Some(at) => at,
            None => {
                events.push(event);
                events.len() - 1
            }
        };
        let name: Arc<str> = if at == 0 { name.into() } else { format!("{name} ({})", at + 1).into() };
        self.volatile.insert(name.clone());
        name
    }

    /// A name for a new event.
    pub(super) fn event_name(&mut self, description: &str) -> Arc<str> {
        self.next_event += 1;
        self.atom_name(description, self.next_event)
    }
}

/// A comparison in words: the operator may be another than the source's.
pub(super) fn comparison(operator: CompareOperator, left: &Expression, right: &Expression) -> String {
    shorten(&format!("{} {} {}", text(left, 1), compared(operator), text(right, 1)))
}

fn compared(operator: CompareOperator) -> &'static str {
    match operator {
        CompareOperator::Equal => "==",
        CompareOperator::NotEqual => "!=",
        CompareOperator::Less => "<",
        CompareOperator::LessEqual => "<=",
        CompareOperator::Greater => ">",
        CompareOperator::GreaterEqual => ">=",
        CompareOperator::In => "in",
        CompareOperator::NotIn => "not in",
        CompareOperator::Is => "is",
        CompareOperator::IsNot => "is not",
        CompareOperator::Matches => "matches",
    }
}

fn text(expression: &Expression, depth: usize) -> String {
    if depth > DEEPEST {
        return "…".to_string();
    }
    let go = |inner: &Expression| text(inner, depth + 1);
    let list = |all: &[Expression], between: &str| all.iter().map(go).collect::<Vec<_>>().join(between);
    let part = |inner: &Expression| match &inner.kind {
        ExpressionKind::And(_) | ExpressionKind::Or(_) => format!("({})", go(inner)),
        _ => go(inner),
    };
    match &expression.kind {
        ExpressionKind::Literal(Literal::Text(text)) => format!("'{text}'"),
        ExpressionKind::Literal(Literal::Number(_, written)) => written.clone(),
        ExpressionKind::Literal(Literal::Bool(value)) => value.to_string(),
        ExpressionKind::Literal(Literal::Null) => "null".to_string(),
        ExpressionKind::Join(parts) => parts.iter().map(|one| word(one, depth)).collect(),
        ExpressionKind::Name(name) => name.clone(),
        ExpressionKind::Positional(at) => format!("${at}"),
        ExpressionKind::Positionals(_) => "$@".to_string(),
        ExpressionKind::Attribute(object, name) => format!("{}.{name}", go(object)),
        ExpressionKind::Index(object, key) => format!("{}[{}]", go(object), go(key)),
        ExpressionKind::Slice { value, .. } => format!("{}[…]", go(value)),
        ExpressionKind::List(items) | ExpressionKind::Tuple(items) => {
            let item = |item: &Element| match item {
                Element::One(one) => go(one),
                Element::Spread(one) => format!("*{}", go(one)),
            };
            format!("[{}]", items.iter().map(item).collect::<Vec<_>>().join(", "))
        }
        ExpressionKind::Map(entries) => {
            let entry = |entry: &MapEntry| match entry {
                MapEntry::Pair(key, value) => format!("{}: {}", go(key), go(value)),
                MapEntry::Spread(one) => format!("**{}", go(one)),
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        ExpressionKind::Choose { condition, then, otherwise } => {
            format!("{} if {} else {}", go(then), go(condition), go(otherwise))
        }
        ExpressionKind::Not(inner) => format!("not {}", part(inner)),
        ExpressionKind::And(all) => all.iter().map(part).collect::<Vec<_>>().join(" and "),
        ExpressionKind::Or(all) => list(all, " or "),
        ExpressionKind::Compare { operator, left, right } => {
            let sign = compared(*operator);
            format!("{} {sign} {}", go(left), go(right))
        }
        ExpressionKind::Binary { operator, left, right } => {
            let sign = match operator {
                BinaryOperator::Add => "+",
                BinaryOperator::Subtract => "-",
                BinaryOperator::Multiply => "*",
                BinaryOperator::Divide => "/",
                BinaryOperator::Quotient => "/",
                BinaryOperator::FloorDivide => "//",
                BinaryOperator::Modulo | BinaryOperator::Remainder => "%",
                BinaryOperator::Power => "**",
                BinaryOperator::Union => "|",
            };
            format!("{} {sign} {}", go(left), go(right))
        }
        ExpressionKind::Negate(inner) => format!("-{}", go(inner)),
        ExpressionKind::Call { callee, arguments } => {
            let argument = |argument: &Argument| match argument {
                Argument::Positional(one) => go(one),
                Argument::Named(name, one) => format!("{name}={}", go(one)),
                Argument::Spread(one) => format!("*{}", go(one)),
                Argument::SpreadNamed(one) => format!("**{}", go(one)),
            };
            let arguments = arguments.iter().map(argument).collect::<Vec<_>>().join(", ");
            if arguments.chars().count() > LONGEST / 2 {
                format!("{}(…)", go(callee))
            } else {
                format!("{}({arguments})", go(callee))
            }
        }
        ExpressionKind::Comprehension { iterable, .. } => format!("… for … in {}", go(iterable)),
        ExpressionKind::Input { name, .. } => name.clone(),
        ExpressionKind::Default { value, .. } | ExpressionKind::Alternate { value, .. } => go(value),
        ExpressionKind::Fields(inner) => go(inner),
        ExpressionKind::Run(command) => match command {
            Command::Words { words, .. } => {
                words.iter().map(|one| word(one, depth)).collect::<Vec<_>>().join(" ")
            }
            Command::List { list, .. } => go(list),
            Command::Line { line, .. } => word(line, depth),
        },
        ExpressionKind::Output(block) => {
            let run = block.iter().find_map(|statement| match &statement.kind {
                crate::script::StatementKind::Expression(inner) => Some(go(inner)),
                _ => None,
            });
            format!("$({})", run.unwrap_or_default())
        }
        ExpressionKind::Lambda(_) => "a function".to_string(),
        ExpressionKind::Opaque { detail, .. } => detail.clone(),
    }
}

/// A part of a word: texts without quotes, everything else as a placeholder.
fn word(expression: &Expression, depth: usize) -> String {
    match &expression.kind {
        ExpressionKind::Literal(Literal::Text(text)) => text.clone(),
        ExpressionKind::Join(parts) => parts.iter().map(|one| word(one, depth + 1)).collect(),
        ExpressionKind::Name(_) | ExpressionKind::Positional(_) => {
            let name = text(expression, depth + 1);
            if name.starts_with('$') { name } else { format!("${name}") }
        }
        ExpressionKind::Fields(inner) if depth < DEEPEST => word(inner, depth + 1),
        _ => format!("<{}>", text(expression, depth + 1)),
    }
}
