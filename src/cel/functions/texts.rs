//! Functions over texts.

use super::Kind::{Any, Bool, Int, List, Text};
use super::arguments::{
    Answer, Arguments, bool, boxed, count, int, integer, list, string, take, text, texts,
};
use super::{Row, slices, takes};
use crate::cel::limits;
use crate::cel::values::{Outcome, fault};
use ::cel::common::value::CowVal;

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
        signatures: &[
            takes(&[Text, Text], Int),
            takes(&[Text, Text, Int], Int),
            takes(&[List(&Any), Any], Int),
        ],
        doc: "where a part of a text begins, in characters from 0, or an element stands; -1 if it is not there",
        example: r#""app:1.2".indexOf(":") == 3 && [1, 2, 2].indexOf(2) == 1"#,
        implementation: index_of,
    },
    Row {
        name: "lastIndexOf",
        member: true,
        signatures: &[
            takes(&[Text, Text], Int),
            takes(&[Text, Text, Int], Int),
            takes(&[List(&Any), Any], Int),
        ],
        doc: "where a part of a text begins, or an element stands, for the last time; -1 if it is not there",
        example: r#""a/b/c".lastIndexOf("/") == 3 && [1, 2, 2].lastIndexOf(2) == 2"#,
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
    Row {
        name: "strings.quote",
        member: false,
        signatures: &[takes(&[Text], Text)],
        doc: "the text in double quotes, with escapes, so that it can be printed safely",
        example: r#"strings.quote("a\"b") == "\"a\\\"b\"""#,
        implementation: quote,
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
    match limit {
        Some(0) => list(Vec::new()),
        // An empty separator stands between any two characters, and at no end.
        _ if separator.is_empty() => {
            let characters = value.chars().count();
            let pieces = limit.map_or(characters, |limit| limit.min(characters));
            let single = pieces.saturating_sub(usize::from(pieces < characters));
            let rest = value.char_indices().nth(single).map_or(value.len(), |(at, _)| at);
            let (single, rest) = value.split_at_checked(rest).unwrap_or((value, ""));
            let mut parts: Vec<_> = single.chars().map(|c| boxed(c.encode_utf8(&mut [0; 4]))).collect();
            parts.extend((!rest.is_empty()).then(|| boxed(rest)));
            list(parts)
        }
        Some(limit) => list(value.splitn(limit, separator).map(boxed).collect()),
        None => list(value.split(separator).map(boxed).collect()),
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
    string(texts(&parts)?.join(&separator))
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
        return Err(fault::limit(
            limits::code::TEXT,
            format!("a text is longer than {} KiB", limits::TEXT / 1024),
        ));
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
    let outside = || fault::index(format!("position {position} is outside of a text of {size} characters"));
    let position = usize::try_from(position).map_err(|_| outside())?;
    let mut offsets = value.char_indices().map(|(at, _)| at).chain([value.len()]);
    offsets.nth(position).ok_or_else(outside)
}

fn index_of<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    if let [list, _] = args.as_slice()
        && list.as_iterable().is_some()
    {
        return slices::index_of(args);
    }
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
    if let [list, _] = args.as_slice()
        && list.as_iterable().is_some()
    {
        return slices::last_index_of(args);
    }
    let (value, part, until) = if args.len() == 3 {
        let [value, part, until] = take(args)?;
        let until = offset(text(&value)?, int(&until)?)?;
        (value, part, Some(until))
    } else {
        let [value, part] = take(args)?;
        (value, part, None)
    };
    let (value, part) = (text(&value)?, text(&part)?);
    // The last one that begins at the position or before it.
    let end = until.map_or(value.len(), |until| until.saturating_add(part.len()).min(value.len()));
    let end = (0..=end).rev().find(|&at| value.is_char_boundary(at)).unwrap_or(0);
    integer(position(value, value.get(..end).unwrap_or_default().rfind(part)))
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
    let part = value.get(from..to).ok_or_else(|| fault::index("a part of a text ends before it begins"))?;
    string(part.to_owned())
}

fn char_at<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, at] = take(args)?;
    let value = text(&value)?;
    let at = offset(value, int(&at)?)?;
    string(value.get(at..).and_then(|rest| rest.chars().next()).map_or_else(String::new, String::from))
}

fn quote<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    string(quoted(text(&value)?))
}

/// A text in quotes, with the escapes of the language.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        let escape = match character {
            '\u{7}' => "\\a",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{b}' => "\\v",
            '\\' => "\\\\",
            '"' => "\\\"",
            other => {
                out.push(other);
                continue;
            }
        };
        out.push_str(escape);
    }
    out.push('"');
    out
}

/// The number of characters of a text.
pub(super) fn size<'b, 'v>(value: &str) -> Answer<'b, 'v> {
    count(value.chars().count())
}
