//! Errors of syntax, and where to go on behind them: one mistake is told once, and the next one too.

use super::SyntaxError;
use super::grammar::Parser;
use super::token::{Kind, Token};

impl Parser<'_> {
    pub(super) fn error(&mut self, token: Token, message: String, help: Option<&str>) {
        let range = token.start..token.end;
        self.errors.push(SyntaxError { range, message, help: help.map(str::to_owned), limit: None });
    }

    /// Reports that something else was expected at the current token.
    pub(super) fn expected(&mut self, what: &str) {
        let token = self.token();
        // What stands right behind an error is its consequence more often than an error of its own.
        let behind = |error: &SyntaxError| {
            let between = self.text.get(error.range.end..token.start);
            !error.range.is_empty() && between.is_some_and(|between| between.trim().is_empty())
        };
        if self.errors.iter().any(behind) {
            return;
        }
        let found = match token.kind {
            Kind::End => "the end".to_owned(),
            _ => format!("`{}`", self.slice(token)),
        };
        // The end has no characters of its own: what stands before it asks for more.
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).copied();
        let shown = last.filter(|_| token.kind == Kind::End).unwrap_or(token);
        self.error(shown, format!("expected {what}, found {found}"), None);
    }

    /// Takes an operator, or the word for it in other languages, which is told.
    pub(super) fn eat_connective(&mut self, symbol: &'static str) -> Option<Token> {
        let word = if symbol == "&&" { "and" } else { "or" };
        let token = self.token();
        if token.kind != Kind::Identifier || self.slice(token) != word {
            return self.eat(symbol);
        }
        let help = if symbol == "&&" {
            "conditions are joined with `&&`"
        } else {
            "conditions are joined with `||`"
        };
        self.error(token, format!("`{word}` has no meaning here"), Some(help));
        Some(self.bump())
    }

    /// Takes what closes a bracket. What stands in the way is told and skipped, or it would be told again
    /// by everything around.
    pub(super) fn close(&mut self, symbol: &'static str, open: Token) {
        if self.eat(symbol).is_some() {
            return;
        }
        if self.token().kind == Kind::End {
            self.unclosed(open, symbol);
            return;
        }
        match symbol {
            ")" => self.expected("`)`"),
            _ => self.expected(&format!("`,` or `{symbol}`")),
        }
        self.skip_to(symbol);
    }

    /// Reports a bracket that nothing closes, unless what stands in it is wrong already.
    pub(super) fn unclosed(&mut self, open: Token, symbol: &str) {
        if self.errors.iter().all(|error| error.range.end < open.start) {
            let message = format!("`{}` is not closed", self.slice(open));
            let help = format!("add `{symbol}`");
            self.error(open, message, Some(&help));
        }
    }

    /// Skips what is nested and whatever else stands before a closing bracket, and takes it. Where there is
    /// none, nothing is skipped.
    pub(super) fn skip_to(&mut self, symbol: &str) {
        let mut depth = 0usize;
        for at in self.at..self.tokens.len() {
            match self.tokens.get(at).map(|token| token.kind) {
                Some(Kind::Symbol(found)) if depth == 0 && found == symbol => {
                    self.at = at + 1;
                    return;
                }
                Some(Kind::Symbol("(" | "[" | "{")) => depth += 1,
                Some(Kind::Symbol(")" | "]" | "}")) if depth == 0 => return,
                Some(Kind::Symbol(")" | "]" | "}")) => depth -= 1,
                _ => {}
            }
        }
    }
}
