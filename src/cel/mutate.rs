//! Small changes of an expression, for tests of tests: an example that notices none of them proves
//! little.

use super::parser::{self, Macro, Tree};
use std::ops::Range;

use ::cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};

/// One change: the bytes of the expression's text that are replaced, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub range: Range<usize>,
    pub replacement: String,
    /// The bytes that a reader should look at: the operand that is left out.
    pub shown: Range<usize>,
    /// In words: `>` for `>=`, negated, left out.
    pub what: String,
}

/// Operators and what stands in for each. The first is the neighbour at the boundary, the second the
/// opposite.
const SWAPS: &[(&str, &str, &[&str])] = &[
    (operators::LOGICAL_AND, "&&", &["||"]),
    (operators::LOGICAL_OR, "||", &["&&"]),
    (operators::EQUALS, "==", &["!="]),
    (operators::NOT_EQUALS, "!=", &["=="]),
    (operators::LESS, "<", &["<=", ">="]),
    (operators::LESS_EQUALS, "<=", &["<", ">"]),
    (operators::GREATER, ">", &[">=", "<="]),
    (operators::GREATER_EQUALS, ">=", &[">", "<"]),
    (operators::ADD, "+", &["-"]),
    (operators::SUBSTRACT, "-", &["+"]),
    (operators::MULTIPLY, "*", &["/"]),
    (operators::DIVIDE, "/", &["*"]),
    (operators::MODULO, "%", &["*"]),
];

/// All changes of an expression, from left to right: operators swapped, operands dropped, conditions
/// negated, loops turned from all to one and back, constants moved. None for a text that does not parse.
pub fn changes(text: &str) -> Vec<Change> {
    let Ok(tree) = parser::parse(text) else { return Vec::new() };
    let mut mutator = Mutator { text, tree: &tree, found: Vec::new() };
    mutator.condition(&tree.root);
    let mut found = mutator.found;
    found.retain(|change| text.get(change.range.clone()).is_some_and(|old| old != change.replacement));
    let key = |change: &Change| (change.range.start, change.range.end, change.replacement.clone());
    found.sort_by_key(key);
    found.dedup_by(|a, b| key(a) == key(b));
    found
}

struct Mutator<'a> {
    text: &'a str,
    tree: &'a Tree,
    found: Vec<Change>,
}

impl<'a> Mutator<'a> {
    fn range(&self, expr: &IdedExpr) -> (usize, usize) {
        let place = self.tree.place(expr.id);
        (place.start as usize, place.end as usize)
    }

    fn anchor(&self, expr: &IdedExpr) -> (usize, usize) {
        let (start, end) = self.tree.place(expr.id).anchor;
        (start as usize, end as usize)
    }

    fn slice(&self, (start, end): (usize, usize)) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Other characters for those of a range, which is told as such.
    fn push(&mut self, range: (usize, usize), replacement: impl Into<String>) {
        let replacement = replacement.into();
        let what = format!("`{replacement}` for `{}`", self.slice(range));
        self.told(range, replacement, range, what);
    }

    fn told(
        &mut self,
        (start, end): (usize, usize),
        replacement: String,
        shown: (usize, usize),
        what: impl Into<String>,
    ) {
        self.found.push(Change {
            range: start..end,
            replacement,
            shown: shown.0..shown.1,
            what: what.into(),
        });
    }

    /// A node that must come to true or false. Comparisons have an opposite of their own.
    fn condition(&mut self, expr: &IdedExpr) {
        let has_opposite = match &expr.expr {
            Expr::Call(call) => call.func_name == operators::LOGICAL_NOT || self.swaps(expr, call).is_some(),
            Expr::Comprehension(_) => self.turned(expr).is_some(),
            Expr::Literal(_) => true,
            _ => false,
        };
        // What a macro adds has no characters of its own.
        if !has_opposite && !self.slice(self.range(expr)).is_empty() {
            let whole = self.range(expr);
            self.told(whole, format!("!({})", self.slice(whole)), whole, "negated");
        }
        self.visit(expr);
    }

    fn visit(&mut self, expr: &IdedExpr) {
        match &expr.expr {
            Expr::Call(call) => self.call(expr, call),
            Expr::Select(select) if !select.test => self.visit(&select.operand),
            Expr::List(list) => list.elements.iter().for_each(|element| self.visit(element)),
            Expr::Comprehension(parts) => self.comprehension(expr, parts),
            Expr::Literal(literal) => self.literal(expr, literal),
            _ => {}
        }
    }

    /// What may stand in for a call's operator, if it is one that was written as such.
    fn swaps(&self, expr: &IdedExpr, call: &CallExpr) -> Option<&'static [&'static str]> {
        let (_, symbol, swaps) = SWAPS.iter().find(|(name, ..)| *name == call.func_name)?;
        (self.slice(self.anchor(expr)) == *symbol).then_some(swaps)
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr) {
        let (whole, anchor) = (self.range(expr), self.anchor(expr));
        for swap in self.swaps(expr, call).unwrap_or_default() {
            self.push(anchor, *swap);
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [a, b]) => {
                if self.swaps(expr, call).is_some() {
                    for (kept, dropped) in [(a, b), (b, a)] {
                        let kept = self.slice(self.range(kept)).to_owned();
                        self.told(whole, kept, self.range(dropped), "left out");
                    }
                    [a, b].iter().for_each(|operand| self.condition(operand));
                } else {
                    // A macro's own connective: only what was written in it is changed.
                    self.condition(b);
                }
            }
            (operators::LOGICAL_NOT, [operand]) if self.slice(anchor) == "!" => {
                let kept = self.slice(self.range(operand)).to_owned();
                self.told(whole, kept, anchor, "left out");
                self.visit(operand);
            }
            (operators::CONDITIONAL, [condition, a, b]) if self.slice(anchor) == "?" => {
                let [condition_text, a_text, b_text] =
                    [condition, a, b].map(|part| self.slice(self.range(part)));
                let exchanged = format!("{condition_text} ? {b_text} : {a_text}");
                self.told(whole, exchanged, anchor, "branches exchanged");
                self.condition(condition);
                self.visit(a);
                self.visit(b);
            }
            ("quantity" | "duration", [amount]) if self.literal_text(amount).is_some() => {
                let range = self.range(amount);
                if let Some(doubled) = scaled(self.slice(range)) {
                    self.push(range, doubled);
                }
            }
            _ => {
                let target = call.target.as_deref();
                target.into_iter().chain(&call.args).for_each(|operand| self.visit(operand));
            }
        }
    }

    fn literal_text(&self, expr: &IdedExpr) -> Option<()> {
        matches!(&expr.expr, Expr::Literal(LiteralValue::String(_))).then_some(())
    }

    /// `exists` for `all`, and the other way round.
    fn turned(&self, expr: &IdedExpr) -> Option<&'static str> {
        match (self.tree.macros.get(&expr.id)?, self.slice(self.anchor(expr))) {
            (Macro::All, "all") => Some("exists"),
            (Macro::Exists, "exists") => Some("all"),
            _ => None,
        }
    }

    fn comprehension(&mut self, expr: &IdedExpr, parts: &ComprehensionExpr) {
        if let Some(turned) = self.turned(expr) {
            self.push(self.anchor(expr), turned);
        }
        self.visit(&parts.iter_range);
        self.visit(&parts.loop_step);
        // What a binding is for stands in its result; a loop's result is the accumulator.
        if matches!(self.tree.macros.get(&expr.id), Some(Macro::Bind)) {
            self.visit(&parts.accu_init);
            self.condition(&parts.result);
        }
    }

    fn literal(&mut self, expr: &IdedExpr, literal: &LiteralValue) {
        let range = self.range(expr);
        let written = self.slice(range);
        match literal {
            LiteralValue::Int(number) if !written.is_empty() => {
                let moved = number.inner().saturating_add(1);
                if written.parse::<i64>().is_ok() {
                    self.push(range, moved.to_string());
                }
            }
            LiteralValue::Double(number) if written.parse::<f64>().is_ok() => {
                self.push(range, format!("{:?}", number.inner() * 2.0));
            }
            LiteralValue::Boolean(_) => match written {
                "true" => self.push(range, "false"),
                "false" => self.push(range, "true"),
                _ => {}
            },
            LiteralValue::String(_) => {
                // Before the closing quote, of which there are one or three.
                let close = written.len() - written.trim_end_matches(['"', '\'']).len();
                let quote = written.chars().next_back().filter(|c| matches!(c, '"' | '\''));
                if let (Some(_), Some(inner)) = (quote, written.get(..written.len() - close)) {
                    let rest = written.get(inner.len()..).unwrap_or_default();
                    // An empty text is nothing but quotes.
                    if !inner.is_empty() {
                        self.push(range, format!("{inner}_{rest}"));
                    }
                }
            }
            _ => {}
        }
    }
}

/// An amount in quotes, doubled: `"2Gi"` is `"4Gi"`.
fn scaled(written: &str) -> Option<String> {
    let start = written.find(|c: char| c.is_ascii_digit())?;
    let rest = written.get(start..)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number: u64 = rest.get(..end)?.parse().ok()?;
    Some(format!("{}{}{}", written.get(..start)?, number.checked_mul(2)?, rest.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::changes;

    fn changed(text: &str) -> Vec<String> {
        let apply = |change: super::Change| {
            format!("{}{}{}", &text[..change.range.start], change.replacement, &text[change.range.end..])
        };
        changes(text).into_iter().map(apply).collect()
    }

    #[test]
    fn each_operator_condition_and_constant_is_changed_by_itself() {
        assert_eq!(
            changed("has(a.b) && a.b >= 2"),
            [
                "!(has(a.b)) && a.b >= 2",
                "a.b >= 2",
                "has(a.b)",
                "has(a.b) || a.b >= 2",
                "has(a.b) && a.b < 2",
                "has(a.b) && a.b > 2",
                "has(a.b) && a.b >= 3",
            ]
        );
        assert_eq!(changed("!x"), ["x"]);
        assert_eq!(changed("x == quantity(\"2Gi\")"), ["x != quantity(\"2Gi\")", "x == quantity(\"4Gi\")"]);
        assert_eq!(changed("x.startsWith('a')"), ["!(x.startsWith('a'))", "x.startsWith('a_')"]);
        assert_eq!(changed("x ? true : y").len(), 4);
        assert_eq!(changed("(("), [""; 0]);
    }

    #[test]
    fn loops_are_turned_and_what_they_ask_is_changed() {
        assert_eq!(
            changed("x.all(e, e > 1)"),
            ["x.exists(e, e > 1)", "x.all(e, e <= 1)", "x.all(e, e >= 1)", "x.all(e, e > 2)"]
        );
    }
}
