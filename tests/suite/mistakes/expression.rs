//! The expressions of a policy as tokens and paths, with the types of what the table of fields knows: as
//! much of the language as making a mistake needs. The program's own parser has no part in it.

use celador::cel::{Type, types};
use celador::policy::{Code, ParamType, Policy};
use celador::source::TextMap;
use std::ops::Range;

/// One token.
#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Text,
    Number,
    Symbol,
}

/// A root and the fields behind it: `deployment.image.tag`. The last name may be a function's.
#[derive(Clone, Debug)]
pub struct Path {
    /// The token of its root.
    pub at: usize,
    pub names: Vec<Range<usize>>,
    /// Whether the last name is called.
    pub called: bool,
}

impl Path {
    /// The names up to a count.
    pub fn upto(&self, count: usize) -> Range<usize> {
        self.names[0].start..self.names[count - 1].end
    }

    /// What is named, without the function that is called on it.
    pub fn value(&self) -> Option<Range<usize>> {
        let count = self.names.len() - usize::from(self.called);
        (count > 0).then(|| self.upto(count))
    }

    /// The token behind the whole path.
    pub fn behind(&self) -> usize {
        self.at + 2 * self.names.len() - 1
    }
}

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Condition,
    Variable,
    Validation,
    Message,
    At,
    Fix,
}

/// One expression of a policy.
pub struct Site {
    pub role: Role,
    pub text: String,
    pub map: TextMap,
    pub tokens: Vec<Token>,
    pub paths: Vec<Path>,
}

impl Site {
    pub fn new(role: Role, code: &Code) -> Site {
        let tokens = tokens(&code.text);
        let paths = paths(&code.text, &tokens);
        Site { role, text: code.text.clone(), map: code.map.clone(), tokens, paths }
    }

    pub fn word(&self, range: &Range<usize>) -> &str {
        &self.text[range.clone()]
    }

    /// A token's characters; nothing beyond the ends.
    pub fn token(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| self.word(&token.range))
    }

    pub fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |at| self.token(at))
    }

    /// The token that closes the parenthesis at a token.
    pub fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in open..self.tokens.len() {
            match self.token(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }

    /// The characters of the arguments of the call whose parenthesis stands at a token.
    pub fn arguments(&self, open: usize) -> Vec<Range<usize>> {
        let Some(close) = self.closing(open) else { return Vec::new() };
        let (mut depth, mut start, mut all) = (0usize, open + 1, Vec::new());
        for at in open + 1..=close {
            let ends = at == close || (depth == 0 && self.token(at) == ",");
            match self.token(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if at < close => depth -= 1,
                _ => {}
            }
            if ends {
                if start < at {
                    all.push(self.tokens[start].range.start..self.tokens[at - 1].range.end);
                }
                start = at + 1;
            }
        }
        all
    }

    /// The names that loops declare, by their tokens.
    pub fn declared(&self) -> Vec<usize> {
        let is_loop = |at: &usize| {
            MACROS.contains(&self.token(*at)) && self.before(*at) == "." && self.token(at + 1) == "("
        };
        (0..self.tokens.len()).filter(is_loop).map(|at| at + 2).collect()
    }
}

pub const MACROS: [&str; 4] = ["all", "exists", "map", "filter"];

/// All expressions of a policy, in a fixed order.
pub fn codes(policy: &Policy) -> Vec<(Role, &Code)> {
    let mut all = Vec::new();
    all.extend(policy.conditions.iter().map(|one| (Role::Condition, &one.code)));
    all.extend(policy.variables.iter().map(|one| (Role::Variable, &one.code)));
    for validation in &policy.validations {
        all.push((Role::Validation, &validation.code));
        all.extend(validation.message_code.iter().map(|code| (Role::Message, code)));
        all.extend(validation.at.iter().map(|code| (Role::At, code)));
        all.extend(validation.fix.iter().map(|fix| (Role::Fix, &fix.code)));
    }
    all
}

fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let (mut at, mut all) = (0, Vec::new());
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    while at < bytes.len() {
        let start = at;
        let kind = match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            quote @ (b'"' | b'\'') => {
                at += 1;
                while bytes[at] != quote {
                    at += 1 + usize::from(bytes[at] == b'\\');
                }
                at += 1;
                Kind::Text
            }
            byte if word(byte) => {
                while at < bytes.len() && word(bytes[at]) {
                    at += 1;
                }
                if byte.is_ascii_digit() { Kind::Number } else { Kind::Name }
            }
            _ => {
                let two = text.get(at..at + 2).unwrap_or_default();
                at += if ["==", "!=", "<=", ">=", "&&", "||"].contains(&two) { 2 } else { 1 };
                Kind::Symbol
            }
        };
        all.push(Token { kind, range: start..at });
    }
    all
}

fn paths(text: &str, tokens: &[Token]) -> Vec<Path> {
    let symbol = |at: usize| tokens.get(at).map_or("", |token| &text[token.range.clone()]);
    let is_name = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Name);
    let mut all = Vec::new();
    for at in 0..tokens.len() {
        let word = symbol(at);
        if !is_name(at)
            || (at > 0 && symbol(at - 1) == ".")
            || ["true", "false", "in", "null"].contains(&word)
        {
            continue;
        }
        let mut names = vec![tokens[at].range.clone()];
        let mut next = at + 1;
        while symbol(next) == "." && is_name(next + 1) {
            names.push(tokens[next + 1].range.clone());
            next += 2;
        }
        all.push(Path { at, names, called: symbol(next) == "(" });
    }
    all
}

/// What names of a policy stand for.
pub struct Names<'p> {
    policy: &'p Policy,
}

impl<'p> Names<'p> {
    pub fn of(policy: &'p Policy) -> Names<'p> {
        Names { policy }
    }

    /// The type of a path, and whether anything of it may be absent.
    pub fn resolve(&self, words: &[&str]) -> Option<(Type, bool)> {
        let (root, rest) = words.split_first()?;
        if *root == "params" {
            let param = self.policy.param(rest.first()?)?;
            return (rest.len() == 1).then(|| (param_type(&param.kind), false));
        }
        let own = self.policy.target.kind.variable();
        let mut found = match *root {
            "each" => self.each()?,
            "reference" if own == "deployment" => Type::Object("deployment"),
            "reference" if own == "setting" => Type::Object("setting"),
            "reference" if own == "artifact" => Type::Object("artifact"),
            name if name == own && own != "object" => Type::Object(types::variable(name)?.type_name),
            "project" => Type::Object("project"),
            _ => return None,
        };
        let mut optional = false;
        for name in rest {
            let Type::Object(owner) = found else { return None };
            let row = types::field(owner, name)?;
            optional |= row.optional;
            found = row.kind;
        }
        Some((found, optional))
    }

    /// Whether the policy asks anywhere whether a field is there.
    pub fn guards(&self, prefix: &str, name: &str) -> bool {
        let tested = format!("has({prefix}.{name}");
        codes(self.policy).iter().any(|(_, code)| code.text.contains(&tested))
    }

    fn each(&self) -> Option<Type> {
        let path = self.policy.for_each.as_ref()?;
        let words: Vec<&str> = path.text.split('.').collect();
        match self.resolve(&words)?.0 {
            Type::List(element) | Type::Map(element) => Some(*element),
            _ => None,
        }
    }
}

fn param_type(kind: &ParamType) -> Type {
    match kind {
        ParamType::Quantity => Type::Quantity,
        ParamType::Duration => Type::Duration,
        ParamType::Ratio => Type::Double,
        ParamType::Int => Type::Int,
        ParamType::Bool => Type::Bool,
        ParamType::Text => Type::Text,
        ParamType::List(inner) => Type::list(param_type(inner)),
        ParamType::Map(inner) => Type::map(param_type(inner)),
    }
}
