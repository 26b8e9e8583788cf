//! Functions over texts.

use super::Kind::{Bool, Int, List, Text};
use super::arguments::{Answer, Arguments, bool, count, elements, int, integer, list, string, take, text};
use super::{Row, takes};
use crate::cel::limits;
use crate::cel::values::{Outcome, fault};
use ::cel::common::types::CelString;
use ::cel::common::value::{CowVal, Val};
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "contains",
        member: true,
        signatures: &[takes(&[Text, Text], Bool)],
        doc: "whether a text is part of another",
        example: r#""registry/app".contains("/")"#,
        implementation: contains,
    },
    Row {
        name: "startsWith",
        member: true,
        signatures: &[takes(&[Text, Text], Bool)],
        doc: "whether a text begins with another",
        example: r#""gcr.io/app".startsWith("gcr.io/")"#,
        implementation: starts_with,
    },
    Row {
        name: "endsWith",
        member: true,
        signatures: &[takes(&[Text, Text], Bool)],
        doc: "whether a text ends with another",
        example: r#""app:latest".endsWith(":latest")"#,
        implementation: ends_with,
    },
    Row {
        name: "matches",
        member: true,
        signatures: &[takes(&[Text, Text], Bool)],
        doc: "whether a regular expression is found in a text; `^` and `$` anchor it",
        example: r#""backend-2".matches("^[a-z]+-[0-9]+$")"#,
        implementation: matches,
    },
    Row {
        name: "matches",
        member: false,
        signatures: &[takes(&[Text, Text], Bool)],
        doc: "whether a regular expression is found in a text",
        example: r#"matches("backend", "^back")"#,
        implementation: matches,
    },
    Row {
        name: "lowerAscii",
        member: true,
        signatures: &[takes(&[Text], Text)],
        doc: "the text with ASCII letters in lower case",
        example: r#""PORT".lowerAscii() == "port""#,
        implementation: lower_ascii,
    },
    Row {
        name: "upperAscii",
        member: true,
        signatures: &[takes(&[Text], Text)],
        doc: "the text with ASCII letters in upper case",
        example: r#""port".upperAscii() == "PORT""#,
        implementation: upper_ascii,
    },
    Row {
        name: "trim",
        member: true,
        signatures: &[takes(&[Text], Text)],
        doc: "the text without white space at its ends",
        example: r#""  a b ".trim() == "a b""#,
        implementation: trim,
    },
    Row {
        name: "split",
        member: true,
        signatures: &[takes(&[Text, Text], List(&Text)), takes(&[Text, Text, Int], List(&Text))],
        doc: "the parts of a text between separators, at most so many",
        example: r#""a/b/c".split("/", 2) == ["a", "b/c"]"#,
        implementation: split,
    },
    Row {
        name: "join",
        member: true,
        signatures: &[takes(&[List(&Text)], Text), takes(&[List(&Text), Text], Text)],
        doc: "the texts of a list in one, with a separator between them",
        example: r#"["a", "b"].join(", ") == "a, b""#,
        implementation: join,
    },
    Row {
        name: "replace",
        member: true,
        signatures: &[takes(&[Text, Text, Text], Text), takes(&[Text, Text, Text, Int], Text)],
        doc: "the text with each occurrence of a part replaced, or so many of them",
        example: r#""a-b-c".replace("-", "_") == "a_b_c""#,
        implementation: replace,
    },
    Row {
        name: "indexOf",
        member: true,
        signatures: &[takes(&[Text, Text], Int), takes(&[Text, Text, Int], Int)],
        doc: "where a part begins, in characters from 0; -1 if it is not there",
        example: r#""app:1.2".indexOf(":") == 3"#,
        implementation: index_of,
    },
    Row {
        name: "lastIndexOf",
        member: true,
        signatures: &[takes(&[Text, Text], Int)],
        doc: "where the last occurrence of a part begins; -1 if it is not there",
        example: r#""a/b/c".lastIndexOf("/") == 3"#,
        implementation: last_index_of,
    },
    Row {
        name: "substring",
        member: true,
        signatures: &[takes(&[Text, Int], Text), takes(&[Text, Int, Int], Text)],
        doc: "the characters from a position on, or up to another",
        example: r#""backend".substring(4) == "end" && "backend".substring(0, 4) == "back""#,
        implementation: substring,
    },
    Row {
        name: "charAt",
        member: true,
        signatures: &[takes(&[Text, Int], Text)],
        doc: "the character at a position",
        example: r#""abc".charAt(1) == "b""#,
        implementation: char_at,
    },
];

fn contains<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, part] = take(args)?;
    bool(text(&value)?.contains(text(&part)?))
}

fn starts_with<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, part] = take(args)?;
    bool(text(&value)?.starts_with(text(&part)?))
}

fn ends_with<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, part] = take(args)?;
    bool(text(&value)?.ends_with(text(&part)?))
}

/// Compiled regular expressions, so that one that stands in a loop is compiled once. A process sees few
/// of them; if it sees many, the cache begins anew. A clone of an expression would make its scratch space
/// anew at its first match, so that one is shared.
static PATTERNS: LazyLock<Mutex<HashMap<String, Arc<Regex>>>> = LazyLock::new(Mutex::default);
const CACHED: usize = 256;

/// Compiles a regular expression; the error is one line.
pub(in crate::cel) fn pattern(text: &str) -> Result<Arc<Regex>, String> {
    let mut cache = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = cache.get(text) {
        return Ok(Arc::clone(regex));
    }
    let compiled = RegexBuilder::new(text).size_limit(limits::REGEX).dfa_size_limit(limits::REGEX).build();
    let regex = compiled.map(Arc::new).map_err(|error| {
        let lines = error.to_string();
        let last = lines.lines().last().unwrap_or_default();
        last.trim_start_matches("error: ").to_owned()
    })?;
    if cache.len() >= CACHED {
        cache.clear();
    }
    cache.insert(text.to_owned(), Arc::clone(&regex));
    Ok(regex)
}

fn matches<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, wanted] = take(args)?;
    let regex = pattern(text(&wanted)?)
        .map_err(|error| fault::wrong(format!("the regular expression is wrong: {error}")))?;
    bool(regex.is_match(text(&value)?))
}

fn lower_ascii<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    string(text(&value)?.to_ascii_lowercase())
}

fn upper_ascii<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    string(text(&value)?.to_ascii_uppercase())
}

fn trim<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    string(text(&value)?.trim().to_owned())
}

/// A limit on how often: a negative one is none.
fn times(value: &CowVal<'_, '_>) -> Outcome<Option<usize>> {
    Ok(usize::try_from(int(value)?).ok())
}

fn split<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (value, separator, limit) = if args.len() == 3 {
        let [value, separator, limit] = take(args)?;
        (value, separator, times(&limit)?)
    } else {
        let [value, separator] = take(args)?;
        (value, separator, None)
    };
    let (value, separator) = (text(&value)?, text(&separator)?);
    let part = |part: &str| -> Box<dyn Val + 'v> { Box::new(CelString::from(part.to_owned())) };
    let characters = |value: &str| value.chars().map(|c| part(c.encode_utf8(&mut [0; 4]))).collect();
    match limit {
        Some(0) => list(Vec::new()),
        Some(limit) if !separator.is_empty() => list(value.splitn(limit, separator).map(part).collect()),
        // An empty separator stands between any two characters.
        _ if separator.is_empty() => list(characters(value)),
        _ => list(value.split(separator).map(part).collect()),
    }
}

fn join<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (parts, separator) = if args.len() == 2 {
        let [parts, separator] = take(args)?;
        let separator = text(&separator)?.to_owned();
        (parts, separator)
    } else {
        let [parts] = take(args)?;
        (parts, String::new())
    };
    let mut joined = String::new();
    for (i, part) in elements(parts.as_ref())?.into_iter().enumerate() {
        if i > 0 {
            joined.push_str(&separator);
        }
        joined.push_str(
            crate::cel::values::text(part).ok_or_else(|| super::arguments::mismatch("string", part))?,
        );
    }
    string(joined)
}

fn replace<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (value, old, new, limit) = if args.len() == 4 {
        let [value, old, new, limit] = take(args)?;
        (value, old, new, times(&limit)?)
    } else {
        let [value, old, new] = take(args)?;
        (value, old, new, None)
    };
    let (value, old, new) = (text(&value)?, text(&old)?, text(&new)?);
    // The outcome's length is bounded before it is built.
    let count = value.matches(old).count().min(limit.unwrap_or(usize::MAX));
    if count.saturating_mul(new.len()).saturating_add(value.len()) > limits::TEXT {
        return Err(fault::wrong(format!("a text is longer than {} KiB", limits::TEXT / 1024)));
    }
    string(value.replacen(old, new, count))
}

/// The position in characters of a byte offset.
fn position(value: &str, offset: Option<usize>) -> i64 {
    let before = offset.and_then(|offset| value.get(..offset));
    before.map_or(-1, |before| i64::try_from(before.chars().count()).unwrap_or(i64::MAX))
}

/// The byte offset of a position in characters; the end counts as one.
fn offset(value: &str, position: i64) -> Outcome<usize> {
    let size = value.chars().count();
    let outside = || fault::wrong(format!("position {position} is outside of a text of {size} characters"));
    let position = usize::try_from(position).map_err(|_| outside())?;
    let mut offsets = value.char_indices().map(|(at, _)| at).chain([value.len()]);
    offsets.nth(position).ok_or_else(outside)
}

fn index_of<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (value, part, from) = if args.len() == 3 {
        let [value, part, from] = take(args)?;
        let from = offset(text(&value)?, int(&from)?)?;
        (value, part, from)
    } else {
        let [value, part] = take(args)?;
        (value, part, 0)
    };
    let value = text(&value)?;
    let found = value.get(from..).unwrap_or_default().find(text(&part)?);
    integer(position(value, found.map(|at| at + from)))
}

fn last_index_of<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, part] = take(args)?;
    let value = text(&value)?;
    integer(position(value, value.rfind(text(&part)?)))
}

fn substring<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (value, from, to) = if args.len() == 3 {
        let [value, from, to] = take(args)?;
        let to = Some(int(&to)?);
        (value, from, to)
    } else {
        let [value, from] = take(args)?;
        (value, from, None)
    };
    let value = text(&value)?;
    let from = offset(value, int(&from)?)?;
    let to = to.map_or(Ok(value.len()), |to| offset(value, to))?;
    let part = value.get(from..to).ok_or_else(|| fault::wrong("a part of a text ends before it begins"))?;
    string(part.to_owned())
}

fn char_at<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, at] = take(args)?;
    let value = text(&value)?;
    let at = offset(value, int(&at)?)?;
    string(value.get(at..).and_then(|rest| rest.chars().next()).map_or_else(String::new, String::from))
}

/// The number of characters of a text.
pub(super) fn size<'b, 'v>(value: &str) -> Answer<'b, 'v> {
    count(value.chars().count())
}
