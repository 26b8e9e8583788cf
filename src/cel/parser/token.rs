//! Text to tokens. Every byte of the text is in a token, in white space or in a comment.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Identifier,
    /// A name between backticks, which may be a field.
    Escaped,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    True,
    False,
    Null,
    In,
    /// An operator or a bracket, as written.
    Symbol(&'static str),
    End,
}

/// A token with its bytes, `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Characters that begin no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
}

/// Longest first, so that `<=` is not `<` and `=`.
const SYMBOLS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!", "?", ":",
    "+", "*", "/", "%",
];

/// Operators of other languages, with the one that was meant. Longest first.
const FOREIGN: [(&str, &str, &str); 8] = [
    ("===", "==", "two values are compared with `==`"),
    ("!==", "!=", "two values are compared with `!=`"),
    ("<>", "!=", "two values are compared with `!=`"),
    ("=>", ">=", "\"at least\" is written `>=`"),
    ("=<", "<=", "\"at most\" is written `<=`"),
    ("=", "==", "two values are compared with `==`"),
    ("&", "&&", "conditions are joined with `&&`"),
    ("|", "||", "conditions are joined with `||`"),
];

/// Cuts a text into tokens, the last of which is `End`. Unreadable characters are left out.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<Unreadable>) {
    let mut lexer =
        Lexer { text, at: 0, tokens: Vec::with_capacity(text.len() / 3 + 2), unreadable: Vec::new() };
    while lexer.skip_blank() {
        lexer.token();
    }
    lexer.push(Kind::End, text.len());
    (lexer.tokens, lexer.unreadable)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    unreadable: Vec<Unreadable>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn byte(&self, offset: usize) -> u8 {
        self.text.as_bytes().get(self.at + offset).copied().unwrap_or(0)
    }

    /// Skips white space and comments; `false` at the end.
    fn skip_blank(&mut self) -> bool {
        loop {
            match self.byte(0) {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0c => self.at += 1,
                b'/' if self.byte(1) == b'/' => {
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                }
                _ => return self.at < self.text.len(),
            }
        }
    }

    fn push(&mut self, kind: Kind, end: usize) {
        self.tokens.push(Token { kind, start: self.at, end });
        self.at = end;
    }

    fn skip_unreadable(&mut self, end: usize, message: String, help: Option<&'static str>) {
        self.unreadable.push(Unreadable { start: self.at, end, message, help });
        self.at = end;
    }

    fn token(&mut self) {
        let first = self.byte(0);
        if let Some(prefix) = self.quote_prefix() {
            return self.quoted(prefix);
        }
        if first.is_ascii_alphabetic() || first == b'_' {
            let len = self.rest().find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let end = self.at + len.unwrap_or(self.rest().len());
            let kind = match self.text.get(self.at..end) {
                Some("true") => Kind::True,
                Some("false") => Kind::False,
                Some("null") => Kind::Null,
                Some("in") => Kind::In,
                _ => Kind::Identifier,
            };
            return self.push(kind, end);
        }
        if first.is_ascii_digit() || (first == b'.' && self.byte(1).is_ascii_digit()) {
            return self.number();
        }
        if first == b'`' {
            return self.escaped();
        }
        let symbol = SYMBOLS.iter().find(|symbol| self.rest().starts_with(**symbol));
        let foreign = FOREIGN.iter().find(|(written, _, _)| self.rest().starts_with(written));
        match (symbol, foreign) {
            // `==` begins `===`, but nothing of this language begins with the longer one.
            (symbol, Some(&(written, meant, help)))
                if symbol.is_none_or(|symbol| symbol.len() < written.len()) =>
            {
                let (start, end) = (self.at, self.at + written.len());
                self.skip_unreadable(end, format!("`{written}` has no meaning here"), Some(help));
                // What follows is judged as if the right one stood here.
                self.tokens.push(Token { kind: Kind::Symbol(meant), start, end });
            }
            (Some(symbol), _) => self.push(Kind::Symbol(symbol), self.at + symbol.len()),
            _ => self.unknown_character(),
        }
    }

    /// How many letters stand before an opening quote here, if a quoted literal begins here.
    fn quote_prefix(&self) -> Option<usize> {
        let letters = match (self.byte(0).to_ascii_lowercase(), self.byte(1).to_ascii_lowercase()) {
            (b'b', b'r') => 2,
            (b'b' | b'r', _) => 1,
            _ => 0,
        };
        matches!(self.byte(letters), b'"' | b'\'').then_some(letters)
    }

    fn quoted(&mut self, prefix: usize) {
        let letters = self.text.get(self.at..self.at + prefix).unwrap_or_default().to_ascii_lowercase();
        let raw = letters.ends_with('r');
        let kind = if letters.starts_with('b') { Kind::Bytes } else { Kind::Text };
        let body = self.text.get(self.at + prefix..).unwrap_or_default();
        let triple = ["\"\"\"", "'''"].into_iter().find(|quotes| body.starts_with(quotes));
        let end = match triple {
            Some(quotes) => closing(body, 3, raw, |rest| rest.starts_with(quotes)).map(|at| at + 3),
            None => {
                let quote = body.get(..1).unwrap_or_default();
                let line = body.find(['\n', '\r']).unwrap_or(body.len());
                let body = body.get(..line).unwrap_or_default();
                closing(body, 1, raw, |rest| rest.starts_with(quote)).map(|at| at + 1)
            }
        };
        match end {
            Some(end) => self.push(kind, self.at + prefix + end),
            None => {
                let line = body.find('\n').unwrap_or(body.len());
                let end = self.at + prefix + if triple.is_some() { body.len() } else { line };
                self.skip_unreadable(end, "the text is not closed".to_owned(), Some("add the closing quote"));
                // A literal was meant: what follows is judged as if it stood here.
                self.tokens.push(Token { kind: Kind::Null, start: end, end });
            }
        }
    }

    fn number(&mut self) {
        let digits = |from: usize| -> usize {
            let rest = self.text.as_bytes().get(from..).unwrap_or_default();
            rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let hexadecimal = |from: usize| -> usize {
            let rest = self.text.as_bytes().get(from..).unwrap_or_default();
            rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count()
        };
        let byte = |at: usize| self.text.as_bytes().get(at).copied().unwrap_or(0);
        let mut end = self.at;
        let mut kind = Kind::Int;
        if byte(end) == b'0' && byte(end + 1) == b'x' && hexadecimal(end + 2) > 0 {
            end += 2 + hexadecimal(end + 2);
        } else {
            end += digits(end);
            if byte(end) == b'.' && digits(end + 1) > 0 {
                end += 1 + digits(end + 1);
                kind = Kind::Double;
            }
            let sign = usize::from(matches!(byte(end + 1), b'+' | b'-'));
            if matches!(byte(end), b'e' | b'E') && digits(end + 1 + sign) > 0 {
                end += 1 + sign + digits(end + 1 + sign);
                kind = Kind::Double;
            }
        }
        if kind == Kind::Int && matches!(byte(end), b'u' | b'U') {
            end += 1;
            kind = Kind::Uint;
        }
        self.push(kind, end);
    }

    fn escaped(&mut self) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-/ ".contains(c);
        let rest = self.rest().get(1..).unwrap_or_default();
        let len = rest.find(|c| !allowed(c)).unwrap_or(rest.len());
        if len > 0 && rest.get(len..).is_some_and(|rest| rest.starts_with('`')) {
            return self.push(Kind::Escaped, self.at + len + 2);
        }
        self.skip_unreadable(self.at + 1 + len, "the name between backticks is not closed".to_owned(), None);
    }

    fn unknown_character(&mut self) {
        let character = self.rest().chars().next().unwrap_or(' ');
        let help = match character {
            '“' | '”' | '‘' | '’' => Some("texts stand between straight quotes"),
            _ => None,
        };
        let shown = character.escape_debug();
        let message = format!("`{shown}` has no meaning here");
        self.skip_unreadable(self.at + character.len_utf8(), message, help);
    }
}

/// Where the closing quotes begin.
fn closing(body: &str, from: usize, raw: bool, closes: impl Fn(&str) -> bool) -> Option<usize> {
    let mut at = from;
    while let Some(rest) = body.get(at..) {
        if closes(rest) {
            return Some(at);
        }
        let mut characters = rest.chars();
        let character = characters.next()?;
        at += character.len_utf8();
        if character == '\\' && !raw {
            at += characters.next().map_or(0, char::len_utf8);
        }
    }
    None
}
