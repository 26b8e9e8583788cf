//! The grammar of a waiver in a comment:
//!
//! ```text
//! celador: allow(POLICY[, POLICY]) until=2026-12-31 owner=@team reason="..." [service= environment= condition=]
//! celador: allow-file(POLICY[, POLICY]) ...
//! ```
//!
//! Every part has its characters. Whatever does not fit is wrong as a whole: nothing is guessed, and a part
//! that cannot be read never widens the rest.

use super::characters;
use crate::diagnostic::nearest;
use crate::enforce::Date;
use std::ops::Range;

const VERBS: [&str; 2] = ["allow", "allow-file"];
const KEYS: [&str; 6] = ["until", "owner", "reason", "service", "environment", "condition"];

const FORM: &str = "write it as in `celador: allow(POLICY) until=2026-12-31 owner=@team reason=\"why\"`";

/// A part of a waiver with its bytes in the comment's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub text: String,
    pub range: Range<usize>,
}

/// A waiver as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// For the whole file.
    pub file: bool,
    pub policies: Vec<Field>,
    pub until: Option<Field>,
    pub owner: Option<Field>,
    pub reason: Option<Field>,
    pub service: Option<Field>,
    pub environment: Option<Field>,
    pub condition: Option<Field>,
    /// From `celador:` to its last part.
    pub range: Range<usize>,
}

/// Why a waiver cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub message: String,
    pub range: Range<usize>,
    pub help: String,
}

/// Reads one waiver that begins with `celador:` at a byte of a comment's text and ends before another.
///
/// # Errors
/// What is wrong with it, where, and the way out.
pub fn parse(comment: &str, range: Range<usize>) -> Result<Parsed, Wrong> {
    let mut reader = Reader { text: comment, at: range.start, end: range.end };
    let mut parsed = reader.waiver()?;
    parsed.range = range.start..reader.at;
    Ok(parsed)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes characters as long as they are of a kind.
    fn take(&mut self, is: impl Fn(char) -> bool) -> Field {
        let length = self.rest().find(|c| !is(c)).unwrap_or(self.rest().len());
        let range = self.at..self.at + length;
        self.at = range.end;
        Field { text: self.text.get(range.clone()).unwrap_or_default().to_owned(), range }
    }

    fn blanks(&mut self) -> bool {
        !self.take(|c| matches!(c, ' ' | '\t')).range.is_empty()
    }

    fn wrong<T>(&self, message: impl Into<String>, range: Range<usize>, help: &str) -> Result<T, Wrong> {
        Err(Wrong { message: message.into(), range, help: help.to_owned() })
    }

    /// What stands here is not what is wanted. A character that looks like another is named first.
    fn expected<T>(&self, wanted: &str, help: &str) -> Result<T, Wrong> {
        let Some(c) = self.peek() else {
            return self.wrong(format!("{wanted} is missing at its end"), self.at..self.at, help);
        };
        let here = self.at..self.at + c.len_utf8();
        if !c.is_ascii() {
            let (name, kind) = (characters::named(c), characters::kind(c));
            let help = "delete it and type what is meant; nothing is set aside until then";
            return self.wrong(format!("{name} is {kind}"), here, help);
        }
        if c.is_ascii_control() {
            return self.wrong(format!("{wanted} is wanted on the same line"), here, help);
        }
        self.wrong(format!("{wanted} is wanted, not `{c}`"), here, help)
    }

    fn waiver(&mut self) -> Result<Parsed, Wrong> {
        self.at += crate::source::ADDRESSED.len();
        self.blanks();
        let verb = self.take(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if verb.range.is_empty() {
            return self.expected("`allow(POLICY)`", FORM);
        }
        let mut parsed = match verb.text.as_str() {
            "allow" => Parsed::default(),
            "allow-file" => Parsed { file: true, ..Parsed::default() },
            other => {
                // A character that only looks right ends the word before its end.
                if self.peek().is_some_and(|c| !c.is_ascii()) {
                    return self.expected("`allow`", FORM);
                }
                let help = nearest(other, VERBS).map(|near| format!("did you mean `{near}(...)`?"));
                let message = format!("`{other}` is no waiver: `allow(...)` and `allow-file(...)` are");
                return self.wrong(message, verb.range, help.as_deref().unwrap_or(FORM));
            }
        };
        parsed.policies = self.policies()?;
        loop {
            let apart = self.blanks();
            // Another comment may follow: `# celador: ... # noqa`.
            if self.rest().is_empty() || (apart && self.peek() == Some('#')) {
                return Ok(parsed);
            }
            if !apart {
                return self.expected("a blank", FORM);
            }
            self.field(&mut parsed)?;
        }
    }

    fn policies(&mut self) -> Result<Vec<Field>, Wrong> {
        const HELP: &str = "name the policies in brackets, with commas between";
        if self.peek() != Some('(') {
            return self.expected("`(` with the names of policies", HELP);
        }
        self.at += 1;
        let mut names: Vec<Field> = Vec::new();
        loop {
            self.blanks();
            let name = self.take(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '*'));
            if name.range.is_empty() {
                return self.expected("the name of a policy", HELP);
            }
            if !names.iter().any(|known| known.text == name.text) {
                names.push(name);
            }
            self.blanks();
            match self.peek() {
                Some(',') => self.at += 1,
                Some(')') => {
                    self.at += 1;
                    return Ok(names);
                }
                Some('A'..='Z') => {
                    return self.expected("a small letter", "names of policies have small letters");
                }
                _ => return self.expected("`,` or `)`", HELP),
            }
        }
    }

    fn field(&mut self, parsed: &mut Parsed) -> Result<(), Wrong> {
        let key = self.take(|c| c.is_ascii_lowercase() || c == '_');
        let equals = self.peek() == Some('=');
        if key.range.is_empty() || self.peek().is_some_and(|c| !c.is_ascii()) {
            return self.expected("`until=`, `owner=` or `reason=`", FORM);
        }
        let known = KEYS.contains(&key.text.as_str());
        if !equals && !known {
            let help = "put texts of several words in quotes, as in reason=\"rebuilt hourly\"";
            return self.wrong(format!("`{}` is no part of a waiver", key.text), key.range, help);
        }
        if !known {
            let help = match key.text.as_str() {
                "expires" | "expiry" | "expire" => "did you mean `until`?".to_owned(),
                other => match nearest(other, KEYS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", KEYS.join(", ")),
                },
            };
            return self.wrong(format!("a waiver has no `{}`", key.text), key.range, &help);
        }
        if !equals {
            return self.expected(&format!("`=` behind `{}`", key.text), FORM);
        }
        self.at += 1;
        let value = self.value(&key.text)?;
        if key.text == "until" && Date::parse(&value.text).is_err() {
            let message = format!("`until` must be a day, not `{}`", shown(&value.text));
            return self.wrong(
                message,
                value.range,
                "write the last day on which it holds, as in 2026-12-31",
            );
        }
        let slot = match key.text.as_str() {
            "until" => &mut parsed.until,
            "owner" => &mut parsed.owner,
            "reason" => &mut parsed.reason,
            "service" => &mut parsed.service,
            "environment" => &mut parsed.environment,
            _ => &mut parsed.condition,
        };
        if slot.replace(value).is_some() {
            let message = format!("`{}` is given twice", key.text);
            return self.wrong(message, key.range, "keep one of them; until then nothing is set aside");
        }
        Ok(())
    }

    /// A word, or a text in quotes in which `\"` and `\\` are one character.
    fn value(&mut self, key: &str) -> Result<Field, Wrong> {
        let start = self.at;
        let quote = self.peek().filter(|c| matches!(c, '"' | '\''));
        let mut text = String::new();
        let Some(quote) = quote else {
            let word = self.take(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '#'));
            let ends = self.peek().is_none_or(|c| matches!(c, ' ' | '\t'));
            if word.range.is_empty() || !ends {
                let help = format!("put the text in straight quotes, as in {key}=\"...\"");
                return self.expected(&format!("the value of `{key}`"), &help);
            }
            return Ok(word);
        };
        self.at += 1;
        loop {
            let Some(c) = self.peek() else {
                let message = format!("the quote of `{key}` is not closed");
                return self.wrong(message, start..self.at, "close it on the same line");
            };
            if characters::is_hidden(c) {
                let help = "delete it: what a reviewer cannot see has no place in a waiver";
                let range = self.at..self.at + c.len_utf8();
                return self.wrong(
                    format!("{} is {}", characters::named(c), characters::kind(c)),
                    range,
                    help,
                );
            }
            self.at += c.len_utf8();
            if c == quote {
                break;
            }
            let next = self.peek().filter(|next| c == '\\' && (*next == quote || *next == '\\'));
            self.at += next.map_or(0, char::len_utf8);
            text.push(next.unwrap_or(c));
        }
        if text.trim().is_empty() {
            let message = format!("`{key}` is empty");
            return self.wrong(message, start..self.at, "say something that a reviewer can judge");
        }
        Ok(Field { text: text.trim().to_owned(), range: start..self.at })
    }
}

/// A few characters of a text.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
