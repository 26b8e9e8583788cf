//! The values of literals: numbers, texts with escapes, bytes.

/// Why a literal has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invalid {
    pub(super) message: String,
    /// The offending bytes within the literal, if fewer than all.
    pub(super) range: Option<(usize, usize)>,
}

fn invalid(message: impl Into<String>) -> Invalid {
    Invalid { message: message.into(), range: None }
}

/// A signed integer, decimal or hexadecimal, without its sign.
pub(super) fn int(digits: &str, negative: bool) -> Result<i64, Invalid> {
    let (radix, digits) = radix(digits);
    let signed = if negative { format!("-{digits}") } else { digits.to_owned() };
    i64::from_str_radix(&signed, radix).map_err(|_| invalid("the number does not fit 64 bits"))
}

/// An unsigned integer with its `u`.
pub(super) fn uint(text: &str) -> Result<u64, Invalid> {
    let (radix, digits) = radix(text.trim_end_matches(['u', 'U']));
    u64::from_str_radix(digits, radix).map_err(|_| invalid("the number does not fit 64 bits"))
}

fn radix(text: &str) -> (u32, &str) {
    text.strip_prefix("0x").map_or((10, text), |digits| (16, digits))
}

/// A float.
pub(super) fn double(text: &str) -> Result<f64, Invalid> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(invalid("the number is too large")),
    }
}

/// The text of a literal with its quotes and prefix.
pub(super) fn text(literal: &str) -> Result<String, Invalid> {
    let bytes = unescape(literal, false)?;
    String::from_utf8(bytes).map_err(|_| invalid("the text is not valid Unicode"))
}

/// The bytes of a literal with its quotes and prefix.
pub(super) fn bytes(literal: &str) -> Result<Vec<u8>, Invalid> {
    unescape(literal, true)
}

fn unescape(literal: &str, bytes: bool) -> Result<Vec<u8>, Invalid> {
    let quote = literal.find(['"', '\'']).unwrap_or(0);
    let raw = literal.get(..quote).is_some_and(|prefix| prefix.contains(['r', 'R']));
    let quotes = if literal.get(quote..).is_some_and(|q| q.starts_with("\"\"\"") || q.starts_with("'''")) {
        3
    } else {
        1
    };
    let from = quote + quotes;
    let body = literal.get(from..literal.len().saturating_sub(quotes)).unwrap_or_default();
    let mut out = Vec::with_capacity(body.len());
    let mut characters = body.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            // Line ends of the policy file are not part of the text.
            '\r' => {
                characters.next_if(|&(_, next)| next == '\n');
                out.push(b'\n');
            }
            '\\' if !raw => {
                let rest = body.get(at + 1..).unwrap_or_default();
                let Some((used, escaped)) = escape(rest, bytes) else {
                    let len = rest.chars().next().map_or(0, char::len_utf8);
                    let shown = rest.get(..len).unwrap_or_default();
                    return Err(Invalid {
                        message: format!("`\\{shown}` is no escape"),
                        range: Some((from + at, from + at + 1 + len)),
                    });
                };
                push(&mut out, escaped);
                while characters.next_if(|&(next, _)| next < at + 1 + used).is_some() {}
            }
            other => push(&mut out, Escaped::Character(other)),
        }
    }
    Ok(out)
}

enum Escaped {
    Byte(u8),
    Character(char),
}

fn push(out: &mut Vec<u8>, escaped: Escaped) {
    match escaped {
        Escaped::Byte(byte) => out.push(byte),
        Escaped::Character(character) => {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// The escape at the beginning of `rest` (after the backslash) and how many bytes it takes.
fn escape(rest: &str, bytes: bool) -> Option<(usize, Escaped)> {
    let first = rest.chars().next()?;
    let simple = |character| Some((1, Escaped::Character(character)));
    match first {
        'a' => simple('\u{7}'),
        'b' => simple('\u{8}'),
        'f' => simple('\u{c}'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'v' => simple('\u{b}'),
        '\\' | '\'' | '"' | '`' | '?' => simple(first),
        'x' | 'X' => numbered(rest, 1, 2, 16, bytes),
        'u' if !bytes => numbered(rest, 1, 4, 16, false),
        'U' if !bytes => numbered(rest, 1, 8, 16, false),
        '0'..='3' => numbered(rest, 0, 3, 8, bytes),
        _ => None,
    }
}

fn numbered(rest: &str, skip: usize, digits: usize, radix: u32, byte: bool) -> Option<(usize, Escaped)> {
    let number = rest.get(skip..skip + digits)?;
    if !number.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = u32::from_str_radix(number, radix).ok()?;
    let escaped = if byte {
        Escaped::Byte(u8::try_from(value).ok()?)
    } else {
        Escaped::Character(char::from_u32(value)?)
    };
    Some((skip + digits, escaped))
}
