//! Expressions of GitHub Actions: `${{ ... }}` and `if:`.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions>

use crate::script::{CompareOperator, Expression, ExpressionKind, Literal};
use crate::source::{Span, TextMap};
use crate::value::{Number, Reason};

/// How deeply an expression may nest.
const MAX_DEPTH: usize = 40;

/// What names in an expression stand for: `env.X`, `inputs.name`, `github.ref`.
pub(super) trait Names {
    fn value(&mut self, name: &str, span: Span) -> Expression;
}

/// Lowers an expression that begins at byte `base` of the text that `map` maps. What it cannot follow is
/// opaque, named by its characters.
pub(super) fn lower(text: &str, base: usize, map: &TextMap, names: &mut dyn Names) -> Expression {
    let mut parser = Parser { text, base, map, names, at: 0, depth: 0 };
    let whole = parser.or();
    parser.blanks();
    match whole {
        Some(expression) if parser.at == text.len() => expression,
        _ => {
            let detail = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let kind = ExpressionKind::Opaque { reason: Reason::Variable, detail };
            Expression { kind, span: map.span(base, base + text.len()) }
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    base: usize,
    map: &'a TextMap,
    names: &'a mut dyn Names,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.blanks();
        let there = self.rest().starts_with(token);
        self.at += if there { token.len() } else { 0 };
        there
    }

    fn span(&self, from: usize) -> Span {
        self.map.span(self.base + from, self.base + self.at)
    }

    /// `a || 'd'` is a value with a default; other alternatives are the first that holds.
    fn or(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut all = vec![self.and()?];
        while self.take("||") {
            all.push(self.and()?);
        }
        self.depth -= 1;
        let is_input =
            |one: &Expression| matches!(one.kind, ExpressionKind::Input { .. } | ExpressionKind::Name(_));
        if all.len() > 1 && all.iter().rev().skip(1).all(is_input) {
            let mut rest = all.into_iter().rev();
            let last = rest.next()?;
            return Some(rest.fold(last, |fallback, value| {
                let span = value.span.cover(fallback.span);
                let (value, fallback) = (Box::new(value), Box::new(fallback));
                Expression { kind: ExpressionKind::Default { value, fallback, or_empty: true }, span }
            }));
        }
        several(all, ExpressionKind::Or)
    }

    fn and(&mut self) -> Option<Expression> {
        let mut all = vec![self.comparison()?];
        while self.take("&&") {
            all.push(self.comparison()?);
        }
        // `success() && ...`: what always holds needs no mention.
        let (held, mut rest): (Vec<Expression>, Vec<Expression>) =
            all.into_iter().partition(|one| matches!(one.kind, ExpressionKind::Literal(Literal::Bool(true))));
        if rest.is_empty() {
            rest.extend(held.into_iter().next());
        }
        several(rest, ExpressionKind::And)
    }

    fn comparison(&mut self) -> Option<Expression> {
        let left = self.unary()?;
        let operators = [
            ("==", CompareOperator::Equal),
            ("!=", CompareOperator::NotEqual),
            ("<=", CompareOperator::LessEqual),
            (">=", CompareOperator::GreaterEqual),
            ("<", CompareOperator::Less),
            (">", CompareOperator::Greater),
        ];
        let Some((_, operator)) = operators.into_iter().find(|(token, _)| self.take(token)) else {
            return Some(left);
        };
        let right = self.unary()?;
        Some(compare(operator, left, right))
    }

    fn unary(&mut self) -> Option<Expression> {
        let mut negations = 0usize;
        let from = self.at;
        loop {
            self.blanks();
            if self.rest().starts_with("!=") || !self.take("!") {
                break;
            }
            negations += 1;
        }
        let inner = self.primary()?;
        let span = self.span(from);
        Some(match negations % 2 {
            0 => inner,
            _ => Expression { kind: ExpressionKind::Not(Box::new(inner)), span },
        })
    }

    fn primary(&mut self) -> Option<Expression> {
        self.blanks();
        let from = self.at;
        if self.take("(") {
            let inner = self.or()?;
            return self.take(")").then_some(inner);
        }
        if self.rest().starts_with('\'') {
            return self.quoted(from);
        }
        let is_name = |c: char| c.is_alphanumeric() || "_-.*".contains(c);
        let length = self.rest().find(|c| !is_name(c)).unwrap_or(self.rest().len());
        let mut name = self.rest().get(..length).filter(|name| !name.is_empty())?.to_string();
        self.at += length;
        if self.rest().starts_with('(') {
            return self.call(&name, from);
        }
        // `inputs['name']` is `inputs.name`.
        while self.rest().starts_with('[') {
            let close = self.rest().find(']')?;
            let key = self.rest().get(1..close)?.trim().trim_matches('\'').to_string();
            name = format!("{name}.{key}");
            self.at += close + 1;
            let length = self.rest().find(|c| !is_name(c)).unwrap_or(self.rest().len());
            name.push_str(self.rest().get(..length)?);
            self.at += length;
        }
        let span = self.span(from);
        let value = match name.as_str() {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            "null" => Literal::Null,
            _ => match name.parse::<i64>() {
                Ok(number) => Literal::Number(Number::Int(number), name),
                Err(_) => return Some(self.names.value(&name, span)),
            },
        };
        Some(Expression { kind: ExpressionKind::Literal(value), span })
    }

    /// `'it''s'`
    fn quoted(&mut self, from: usize) -> Option<Expression> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let end = self.rest().find('\'')?;
            text.push_str(self.rest().get(..end)?);
            self.at += end + 1;
            if !self.rest().starts_with('\'') {
                break;
            }
            text.push('\'');
            self.at += 1;
        }
        Some(Expression { kind: ExpressionKind::Literal(Literal::Text(text)), span: self.span(from) })
    }

    fn call(&mut self, function: &str, from: usize) -> Option<Expression> {
        self.at += 1;
        let mut arguments = Vec::new();
        while !self.take(")") {
            arguments.push(self.or()?);
            self.take(",");
        }
        let span = self.span(from);
        let detail = self.text.get(from..self.at)?.to_string();
        let opaque = |reason| Expression { kind: ExpressionKind::Opaque { reason, detail }, span };
        let mut arguments = arguments.into_iter();
        Some(match (function.to_lowercase().as_str(), arguments.next(), arguments.next()) {
            // A step runs because all went well so far.
            ("success" | "always", None, None) => {
                Expression { kind: ExpressionKind::Literal(Literal::Bool(true)), span }
            }
            ("cancelled" | "failure", None, None) => opaque(Reason::CommandOutput),
            ("contains", Some(whole), Some(part)) => compare(CompareOperator::In, part, whole),
            ("startswith", Some(whole), Some(part)) => affix(whole, part, span, false)?,
            ("endswith", Some(whole), Some(part)) => affix(whole, part, span, true)?,
            _ => opaque(Reason::Variable),
        })
    }
}

/// `startsWith(a, 'b')` is `a` matching `b*`.
fn affix(whole: Expression, part: Expression, span: Span, at_end: bool) -> Option<Expression> {
    let ExpressionKind::Literal(Literal::Text(text)) = &part.kind else { return None };
    let pattern = if at_end { format!("*{text}") } else { format!("{text}*") };
    let pattern = Expression { kind: ExpressionKind::Literal(Literal::Text(pattern)), span: part.span };
    let mut test = compare(CompareOperator::Matches, whole, pattern);
    test.span = span;
    Some(test)
}

fn compare(operator: CompareOperator, left: Expression, right: Expression) -> Expression {
    let span = left.span.cover(right.span);
    let kind = ExpressionKind::Compare { operator, left: Box::new(left), right: Box::new(right) };
    Expression { kind, span }
}

/// Several operands as one expression; a single one stands alone.
fn several(mut all: Vec<Expression>, combine: fn(Vec<Expression>) -> ExpressionKind) -> Option<Expression> {
    if all.len() < 2 {
        return all.pop();
    }
    let span = all.first()?.span.cover(all.last()?.span);
    Some(Expression { kind: combine(all), span })
}
