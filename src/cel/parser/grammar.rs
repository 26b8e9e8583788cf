//! Tokens to a tree, by recursive descent. An error is reported and the parser goes on behind it.

use super::macros::{self, Expansion};
use super::token::{self, Kind, Token};
use super::tree::{Nodes, Place, Tree};
use super::{SyntaxError, literal};
use crate::cel::limits;
use ::cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, MapExpr, SelectExpr, operators};

/// Parses an expression.
pub(in crate::cel) fn parse(text: &str) -> Result<Tree, Vec<SyntaxError>> {
    if text.len() > limits::SOURCE {
        let message = format!("the expression is longer than {} KiB", limits::SOURCE / 1024);
        let help = Some("split it with `variables`".to_owned());
        return Err(vec![SyntaxError {
            range: 0..text.len().min(1),
            message,
            help,
            limit: Some(limits::code::SOURCE),
        }]);
    }
    let (tokens, unreadable) = token::tokens(text);
    let mut parser = Parser { text, tokens, at: 0, nodes: Nodes::default(), errors: Vec::new(), nesting: 0 };
    for bad in unreadable {
        let help = bad.help.map(str::to_owned);
        let error = SyntaxError { range: bad.start..bad.end, message: bad.message, help, limit: None };
        parser.errors.push(error);
    }
    let root = parser.whole();
    if parser.errors.is_empty() {
        return Ok(parser.nodes.finish(root.expr));
    }
    let mut errors = parser.errors;
    errors.sort_by_key(|error| (error.range.start, error.range.end));
    errors.dedup_by_key(|error| error.range.start);
    errors.truncate(limits::ERRORS);
    Err(errors)
}

/// A parsed part: its node, the bytes it takes with the parentheses around it, and its height.
pub(super) struct Part {
    pub(super) expr: IdedExpr,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) depth: u16,
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    pub(super) nodes: Nodes,
    pub(super) errors: Vec<SyntaxError>,
    nesting: usize,
}

pub(super) fn place(start: usize, end: usize, anchor: Token) -> Place {
    let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Place { start: short(start), end: short(end), anchor: (short(anchor.start), short(anchor.end)) }
}

/// The operators of one level, with the engine's name of each.
type Level = &'static [(&'static str, &'static str)];

const RELATIONS: Level = &[
    ("==", operators::EQUALS),
    ("!=", operators::NOT_EQUALS),
    ("<", operators::LESS),
    ("<=", operators::LESS_EQUALS),
    (">", operators::GREATER),
    (">=", operators::GREATER_EQUALS),
    ("in", operators::IN),
];
const SUMS: Level = &[("+", operators::ADD), ("-", operators::SUBSTRACT)];
const PRODUCTS: Level = &[("*", operators::MULTIPLY), ("/", operators::DIVIDE), ("%", operators::MODULO)];

/// From the loosest level that associates to the left to the tightest.
const LEVELS: [Level; 3] = [RELATIONS, SUMS, PRODUCTS];

impl Parser<'_> {
    pub(super) fn token(&self) -> Token {
        let last = Token { kind: Kind::End, start: self.text.len(), end: self.text.len() };
        self.tokens.get(self.at).copied().unwrap_or(last)
    }

    pub(super) fn peek(&self, offset: usize) -> Kind {
        self.tokens.get(self.at + offset).map_or(Kind::End, |token| token.kind)
    }

    pub(super) fn slice(&self, token: Token) -> &str {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    pub(super) fn bump(&mut self) -> Token {
        let token = self.token();
        self.at += usize::from(token.kind != Kind::End);
        token
    }

    pub(super) fn is(&self, symbol: &str) -> bool {
        matches!(self.token().kind, Kind::Symbol(found) if found == symbol)
    }

    pub(super) fn eat(&mut self, symbol: &str) -> Option<Token> {
        self.is(symbol).then(|| self.bump())
    }

    /// The end of the last token that was taken.
    pub(super) fn last_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.end)
    }

    pub(super) fn part(&mut self, expr: Expr, start: usize, end: usize, anchor: Token, depth: u16) -> Part {
        let expr = self.nodes.node(expr, place(start, end, anchor));
        self.bounded(Part { expr, start, end, depth })
    }

    /// Cuts a part off that is too deep to be evaluated safely.
    fn bounded(&mut self, part: Part) -> Part {
        if usize::from(part.depth) <= limits::DEPTH {
            return part;
        }
        let range = part.start..part.end;
        let message = format!("the expression is nested more than {} levels deep", limits::DEPTH);
        let help = Some("split it with `variables`".to_owned());
        if !self.errors.iter().any(|error| error.limit.is_some()) {
            self.errors.push(SyntaxError { range, message, help, limit: Some(limits::code::DEPTH) });
        }
        Part { expr: IdedExpr::default(), depth: 1, ..part }
    }

    /// A part that stands for what could not be read.
    fn missing(&self) -> Part {
        let at = self.token().start;
        Part { expr: IdedExpr::default(), start: at, end: at, depth: 1 }
    }

    fn whole(&mut self) -> Part {
        let root = self.expression();
        while self.token().kind != Kind::End {
            self.expected("an operator or the end");
            // What follows the next connective may be sound, or hold errors of its own.
            let mut depth = 0usize;
            loop {
                match self.token().kind {
                    Kind::End => break,
                    Kind::Symbol("&&" | "||") if depth == 0 => break,
                    Kind::Symbol("(" | "[" | "{") => depth += 1,
                    Kind::Symbol(")" | "]" | "}") => depth = depth.saturating_sub(1),
                    _ => {}
                }
                self.bump();
            }
            if self.token().kind != Kind::End {
                self.bump();
                self.expression();
            }
        }
        root
    }

    /// One level of recursion: everything that nests goes through here.
    pub(super) fn expression(&mut self) -> Part {
        if self.nesting >= limits::DEPTH {
            let token = self.token();
            let message = format!("the expression is nested more than {} levels deep", limits::DEPTH);
            if !self.errors.iter().any(|error| error.limit.is_some()) {
                let help = Some("split it with `variables`".to_owned());
                self.errors.push(SyntaxError {
                    range: token.start..token.end,
                    message,
                    help,
                    limit: Some(limits::code::DEPTH),
                });
            }
            self.at = self.tokens.len();
            return self.missing();
        }
        self.nesting += 1;
        let condition = self.connective("||", operators::LOGICAL_OR);
        let part = match self.eat("?") {
            None => condition,
            Some(question) => {
                let chosen = self.connective("||", operators::LOGICAL_OR);
                if self.eat(":").is_none() {
                    self.expected("`:` and the other value");
                    self.nesting -= 1;
                    return condition;
                }
                let otherwise = self.expression();
                self.call(question, operators::CONDITIONAL, None, vec![condition, chosen, otherwise])
            }
        };
        self.nesting -= 1;
        part
    }

    /// `a && b && c` or `a || b || c`: a balanced tree, so that long chains stay shallow.
    fn connective(&mut self, symbol: &'static str, name: &'static str) -> Part {
        let operand = |parser: &mut Self| {
            if symbol == "||" { parser.connective("&&", operators::LOGICAL_AND) } else { parser.binary(0) }
        };
        let mut parts = vec![Some(operand(self))];
        let mut marks = Vec::new();
        while let Some(mark) = self.eat_connective(symbol) {
            marks.push(mark);
            parts.push(Some(operand(self)));
        }
        if marks.is_empty() {
            return parts.pop().flatten().unwrap_or_else(|| self.missing());
        }
        self.balanced(name, &mut parts, &marks, 0, marks.len() - 1)
    }

    fn balanced(
        &mut self,
        name: &'static str,
        parts: &mut [Option<Part>],
        marks: &[Token],
        low: usize,
        high: usize,
    ) -> Part {
        let middle = (low + high).div_ceil(2);
        let take = |parser: &Self, parts: &mut [Option<Part>], at: usize| {
            parts.get_mut(at).and_then(Option::take).unwrap_or_else(|| parser.missing())
        };
        let left = if middle == low {
            take(self, parts, middle)
        } else {
            self.balanced(name, parts, marks, low, middle - 1)
        };
        let right = if middle == high {
            take(self, parts, middle + 1)
        } else {
            self.balanced(name, parts, marks, middle + 1, high)
        };
        match marks.get(middle) {
            Some(&mark) => self.call(mark, name, None, vec![left, right]),
            None => left,
        }
    }

    fn binary(&mut self, level: usize) -> Part {
        let Some(level_operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1);
        loop {
            let symbol = match self.token().kind {
                Kind::Symbol(symbol) => symbol,
                Kind::In => "in",
                _ => return left,
            };
            let Some((_, name)) = level_operators.iter().find(|(known, _)| *known == symbol) else {
                return left;
            };
            let mark = self.bump();
            let right = self.binary(level + 1);
            left = self.call(mark, name, None, vec![left, right]);
        }
    }

    fn unary(&mut self) -> Part {
        let first = self.token();
        // A sign right before a number belongs to the number.
        let signed = self.is("-") && matches!(self.peek(1), Kind::Int | Kind::Double);
        let symbol = match first.kind {
            Kind::Symbol(symbol @ ("!" | "-")) if !signed => symbol,
            // A name is followed by no other: it is the word of another language.
            Kind::Identifier if self.slice(first) == "not" && self.peek(1) == Kind::Identifier => {
                let help = Some("a condition is negated with `!`");
                self.error(first, "`not` has no meaning here".to_owned(), help);
                self.bump();
                "!"
            }
            _ => return self.member(),
        };
        let mut count = usize::from(first.kind == Kind::Identifier);
        while self.eat(symbol).is_some() {
            count += 1;
        }
        let operand = self.member();
        if count % 2 == 0 {
            return Part { start: first.start, ..operand };
        }
        let name = if symbol == "!" { operators::LOGICAL_NOT } else { operators::NEGATE };
        let part = self.call(first, name, None, vec![operand]);
        Part { start: first.start, ..part }
    }

    fn member(&mut self) -> Part {
        let mut part = self.primary();
        loop {
            if self.eat(".").is_some() {
                part = self.after_dot(part);
            } else if let Some(bracket) = self.eat("[") {
                let name = if self.eat("?").is_some() { operators::OPT_INDEX } else { operators::INDEX };
                let index = self.expression();
                self.close("]", bracket);
                let (start, end) = (part.start, self.last_end());
                part = self.call_at(start, end, bracket, name, None, vec![part, index]);
            } else {
                return part;
            }
        }
    }

    fn after_dot(&mut self, operand: Part) -> Part {
        let optional = self.eat("?");
        let token = self.token();
        let field = match token.kind {
            Kind::Identifier => self.slice(token).to_owned(),
            Kind::Escaped => self.slice(token).trim_matches('`').to_owned(),
            _ => {
                self.expected("a field's name");
                return operand;
            }
        };
        self.bump();
        let (start, depth) = (operand.start, operand.depth + 1);
        if optional.is_some() {
            let literal = Expr::Literal(LiteralValue::String(field.into()));
            let literal = self.part(literal, token.start, token.end, token, 1);
            return self.call_at(
                start,
                token.end,
                token,
                operators::OPT_SELECT,
                None,
                vec![operand, literal],
            );
        }
        if token.kind == Kind::Identifier && self.is("(") {
            let args = self.arguments();
            let end = self.last_end();
            return self.call_at(start, end, token, &field, Some(operand), args);
        }
        let select = SelectExpr { operand: Box::new(operand.expr), field, test: false };
        self.part(Expr::Select(select), start, token.end, token, depth)
    }

    /// `(a, b)`, the parenthesis included.
    fn arguments(&mut self) -> Vec<Part> {
        let open = self.bump();
        let mut args = Vec::new();
        if self.eat(")").is_some() {
            return args;
        }
        loop {
            args.push(self.expression());
            if self.eat(",").is_none() {
                break;
            }
        }
        if !self.is(")") && self.token().kind != Kind::End {
            self.expected("`,` or `)`");
            self.skip_to(")");
        } else {
            self.close(")", open);
        }
        args
    }

    fn primary(&mut self) -> Part {
        let token = self.token();
        match token.kind {
            Kind::Symbol("(") => {
                self.bump();
                let inner = self.expression();
                self.close(")", token);
                Part { start: token.start, end: self.last_end(), ..inner }
            }
            Kind::Symbol("[") => self.list(),
            Kind::Symbol("{") => {
                self.bump();
                let (entries, depth) = self.map_entries(token);
                self.part(Expr::Map(MapExpr { entries }), token.start, self.last_end(), token, depth)
            }
            Kind::Identifier | Kind::Symbol(".") => self.name(),
            Kind::Symbol("-") if matches!(self.peek(1), Kind::Int | Kind::Double) => {
                self.bump();
                self.literal(true, token.start)
            }
            Kind::Int
            | Kind::Uint
            | Kind::Double
            | Kind::Text
            | Kind::Bytes
            | Kind::True
            | Kind::False
            | Kind::Null => self.literal(false, token.start),
            _ => {
                self.expected("an expression");
                // Whoever waits for one of these finds it; anything else would be met again and again.
                let waited_for = [")", "]", "}", ",", "&&", "||", "?", ":"];
                if !waited_for.iter().any(|symbol| self.is(symbol)) {
                    self.bump();
                    // An operator too many: its operand follows.
                    if !matches!(self.token().kind, Kind::Symbol(_) | Kind::End | Kind::In) {
                        return self.member();
                    }
                }
                self.missing()
            }
        }
    }

    fn literal(&mut self, negative: bool, start: usize) -> Part {
        let token = self.bump();
        let written = self.text.get(token.start..token.end).unwrap_or_default();
        let value = match token.kind {
            Kind::Int => literal::int(written, negative).map(|int| LiteralValue::Int(int.into())),
            Kind::Uint => literal::uint(written).map(|uint| LiteralValue::UInt(uint.into())),
            Kind::Double => literal::double(written)
                .map(|double| LiteralValue::Double(if negative { -double } else { double }.into())),
            Kind::Text => literal::text(written).map(|text| LiteralValue::String(text.into())),
            Kind::Bytes => literal::bytes(written).map(|bytes| LiteralValue::Bytes(bytes.into())),
            Kind::True => Ok(LiteralValue::Boolean(true.into())),
            Kind::False => Ok(LiteralValue::Boolean(false.into())),
            _ => Ok(LiteralValue::Null),
        };
        let value = value.unwrap_or_else(|invalid| {
            let (from, to) = invalid.range.unwrap_or((0, token.end - token.start));
            let range = token.start + from..token.start + to;
            let error = SyntaxError { range, message: invalid.message, help: None, limit: None };
            self.errors.push(error);
            LiteralValue::Null
        });
        self.part(Expr::Literal(value), start, token.end, token, 1)
    }

    /// A variable, a call of a function, or a message `a.b.C{...}`.
    fn name(&mut self) -> Part {
        let first = self.token();
        let dot = self.eat(".");
        let token = self.token();
        if token.kind != Kind::Identifier {
            self.expected("a name");
            return self.missing();
        }
        if let Some(length) = self.message_length() {
            return self.message(first, length);
        }
        self.bump();
        let word = self.slice(token);
        if RESERVED.contains(&word) {
            let message = format!("`{word}` is a reserved word");
            self.error(token, message, None);
        }
        let name = format!("{}{}", if dot.is_some() { "." } else { "" }, self.slice(token));
        if self.is("(") {
            let args = self.arguments();
            let end = self.last_end();
            return self.call_at(first.start, end, token, &name, None, args);
        }
        self.part(Expr::Ident(name), first.start, token.end, token, 1)
    }

    /// How many tokens the name of a message takes that begins here: `a.b.C` before a brace.
    fn message_length(&self) -> Option<usize> {
        let mut length = 1;
        while self.peek(length) == Kind::Symbol(".") && self.peek(length + 1) == Kind::Identifier {
            length += 2;
        }
        (self.peek(length) == Kind::Symbol("{")).then_some(length)
    }

    /// An operator's call: it takes the characters of its operands and what is between them.
    fn call(&mut self, mark: Token, name: &str, target: Option<Part>, args: Vec<Part>) -> Part {
        let start = args.first().map_or(mark.start, |part| part.start.min(mark.start));
        let end = args.last().map_or(mark.end, |part| part.end.max(mark.end));
        self.call_at(start, end, mark, name, target, args)
    }

    fn call_at(
        &mut self,
        start: usize,
        end: usize,
        anchor: Token,
        name: &str,
        target: Option<Part>,
        args: Vec<Part>,
    ) -> Part {
        let deepest = args.iter().chain(target.iter()).map(|part| part.depth).max().unwrap_or(0);
        let elements = match args.first().map(|first| &first.expr.expr) {
            Some(Expr::List(list)) => list.elements.len(),
            _ => 0,
        };
        let depth = deepest.saturating_add(macros::added_depth(name, args.len(), elements));
        let at = place(start, end, anchor);
        let args = args.into_iter().map(|part| part.expr).collect();
        let expr = match macros::expand(&mut self.nodes, at, name, target.map(|part| part.expr), args) {
            Expansion::Expanded(expr) => expr,
            Expansion::Call(target, args) => {
                let call = CallExpr { func_name: name.to_owned(), target: target.map(Box::new), args };
                self.nodes.node(Expr::Call(call), at)
            }
            Expansion::Invalid(id, message) => {
                let wrong = self.nodes.place(id);
                let range = wrong.start as usize..wrong.end as usize;
                self.errors.push(SyntaxError { range, message: message.to_owned(), help: None, limit: None });
                IdedExpr::default()
            }
        };
        self.bounded(Part { expr, start, end, depth })
    }
}

const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];
