//! Regular expressions: `matches`, Kubernetes' `find` and `findAll`, and the `regex` library.

use super::Kind::{Bool, Int, List, Optional, Text};
use super::arguments::{Answer, Arguments, bool, boxed, int, list, optional, string, take, text};
use super::{Row, takes};
use crate::cel::limits;
use crate::cel::values::{Outcome, fault, work};
use ::cel::common::value::CowVal;
use regex::{Captures, Regex, RegexBuilder};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

pub(super) const ROWS: &[Row] = &[
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
        name: "find",
        member: true,
        signatures: &[takes(&[Text, Text], Text)],
        doc: "the first part of a text that a regular expression matches; empty if there is none",
        example: r#""abc 123".find("[0-9]+") == "123""#,
        implementation: find,
    },
    Row {
        name: "findAll",
        member: true,
        signatures: &[takes(&[Text, Text], List(&Text)), takes(&[Text, Text, Int], List(&Text))],
        doc: "all parts of a text that a regular expression matches, or the first so many",
        example: r#""123 abc 456".findAll("[0-9]+") == ["123", "456"]"#,
        implementation: find_all,
    },
    Row {
        name: "regex.replace",
        member: false,
        signatures: &[takes(&[Text, Text, Text], Text), takes(&[Text, Text, Text, Int], Text)],
        doc: "the text with what a regular expression matches replaced, or so many times; `\\1` is the first group",
        example: r#"regex.replace("foo bar", "(fo)o (ba)r", r"\2 \1") == "ba fo""#,
        implementation: replace,
    },
    Row {
        name: "regex.extract",
        member: false,
        signatures: &[takes(&[Text, Text], Optional(&Text))],
        doc: "what the only group of a regular expression matches first, or all of it if it has no group",
        example: r#"regex.extract("app:1.2", ":(.*)").orValue("") == "1.2""#,
        implementation: extract,
    },
    Row {
        name: "regex.extractAll",
        member: false,
        signatures: &[takes(&[Text, Text], List(&Text))],
        doc: "what the only group of a regular expression matches each time, or all of it if it has no group",
        example: r#"regex.extractAll("id:1, id:2", "id:([0-9])") == ["1", "2"]"#,
        implementation: extract_all,
    },
];

/// Compiled regular expressions, so that one that stands in a loop is compiled once. A process sees few
/// of them; if it sees many, the cache begins anew.
static PATTERNS: LazyLock<Mutex<HashMap<String, Pattern>>> = LazyLock::new(Mutex::default);
const CACHED: usize = 256;

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(in crate::cel) struct Pattern {
    /// Shared: a clone of a regular expression would make its scratch space anew at its first match.
    regex: Arc<Regex>,
    /// The price of [`CHARACTERS`] at worst.
    cost: usize,
}

impl Pattern {
    /// Whether it is found in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// How many characters are matched for the price of an element that is compared.
const CHARACTERS: usize = 16;

/// Sizes of compiled expressions, in bytes, with the price of so many characters: matching takes time that is
/// linear in the text, but the factor grows with the expression.
const SIZES: [(usize, usize); 3] = [(limits::REGEX / 64, 1), (limits::REGEX / 8, 8), (limits::REGEX, 64)];

/// Why a regular expression cannot be used.
enum Unusable {
    /// What is wrong with it, in one line.
    Wrong(String),
    TooLarge,
}

impl Unusable {
    fn message(self) -> String {
        match self {
            Unusable::Wrong(message) => message,
            Unusable::TooLarge => format!("it takes more than {} KiB when compiled", limits::REGEX / 1024),
        }
    }
}

/// Compiles a regular expression; the error is one line.
pub(in crate::cel) fn pattern(text: &str) -> Result<Pattern, String> {
    cached(text).map_err(Unusable::message)
}

fn cached(text: &str) -> Result<Pattern, Unusable> {
    let mut cache = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pattern) = cache.get(text) {
        return Ok(pattern.clone());
    }
    let pattern = compile(text)?;
    if cache.len() >= CACHED {
        cache.clear();
    }
    cache.insert(text.to_owned(), pattern.clone());
    Ok(pattern)
}

fn compile(text: &str) -> Result<Pattern, Unusable> {
    for (size, cost) in SIZES {
        match RegexBuilder::new(text).size_limit(size).dfa_size_limit(limits::REGEX).build() {
            Ok(regex) => return Ok(Pattern { regex: Arc::new(regex), cost }),
            Err(regex::Error::CompiledTooBig(_)) => {}
            Err(error) => {
                let lines = error.to_string();
                let last = lines.lines().last().unwrap_or_default();
                return Err(Unusable::Wrong(last.trim_start_matches("error: ").to_owned()));
            }
        }
    }
    Err(Unusable::TooLarge)
}

/// The regular expression of an argument, for matching a text.
fn compiled(value: &CowVal<'_, '_>, matched: &str) -> Outcome<Arc<Regex>> {
    let Pattern { regex, cost } = cached(text(value)?).map_err(|unusable| {
        let limit = matches!(unusable, Unusable::TooLarge);
        let message = format!("the regular expression is wrong: {}", unusable.message());
        if limit { fault::limit(limits::code::REGEX, message) } else { fault::wrong(message) }
    })?;
    work::charge((matched.len() / CHARACTERS).saturating_mul(cost))?;
    Ok(regex)
}

fn matches<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, wanted] = take(args)?;
    let value = text(&value)?;
    bool(compiled(&wanted, value)?.is_match(value))
}

fn find<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, wanted] = take(args)?;
    let value = text(&value)?;
    let found = compiled(&wanted, value)?.find(value).map_or("", |found| found.as_str());
    string(found.to_owned())
}

fn find_all<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (value, wanted, limit) = if args.len() == 3 {
        let [value, wanted, limit] = take(args)?;
        // A negative limit is none.
        let limit = usize::try_from(int(&limit)?).unwrap_or(usize::MAX);
        (value, wanted, limit)
    } else {
        let [value, wanted] = take(args)?;
        (value, wanted, usize::MAX)
    };
    let value = text(&value)?;
    let regex = compiled(&wanted, value)?;
    // One more than a list may have is enough to tell that it is too long.
    let all = regex.find_iter(value).take(limit.min(limits::STEPS + 1));
    list(all.map(|found| boxed(found.as_str())).collect())
}

/// One part of what a group is replaced with.
enum Part<'r> {
    Text(&'r str),
    Group(usize),
}

/// Takes a replacement apart: `\0` to `\9` are groups, `\\` a backslash, and no other escape is one.
fn parts<'r>(replacement: &'r str, regex: &Regex) -> Outcome<Vec<Part<'r>>> {
    let mut parts = Vec::new();
    let mut rest = replacement;
    while let Some((before, escape)) = rest.split_once('\\') {
        parts.push(Part::Text(before));
        match escape.chars().next() {
            Some('\\') => parts.push(Part::Text(escape.get(..1).unwrap_or_default())),
            Some(digit) if digit.is_ascii_digit() => {
                let group = digit.to_digit(10).map_or(0, |digit| digit as usize);
                if group >= regex.captures_len() {
                    let message = format!("the replacement names the group {group}, which does not exist");
                    return Err(fault::wrong(message));
                }
                parts.push(Part::Group(group));
            }
            _ => return Err(fault::wrong("a `\\` in a replacement stands before a digit or another `\\`")),
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

fn replace<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let (value, wanted, replacement, limit) = if args.len() == 4 {
        let [value, wanted, replacement, limit] = take(args)?;
        let limit = usize::try_from(int(&limit)?).unwrap_or(usize::MAX);
        (value, wanted, replacement, limit)
    } else {
        let [value, wanted, replacement] = take(args)?;
        (value, wanted, replacement, usize::MAX)
    };
    let value = text(&value)?;
    let regex = compiled(&wanted, value)?;
    let parts = parts(text(&replacement)?, &regex)?;
    let (mut out, mut copied) = (String::new(), 0);
    for captures in regex.captures_iter(value).take(limit) {
        let Some(whole) = captures.get(0) else {
            continue;
        };
        out.push_str(value.get(copied..whole.start()).unwrap_or_default());
        copied = whole.end();
        for part in &parts {
            out.push_str(match part {
                Part::Text(text) => text,
                Part::Group(group) => captures.get(*group).map_or("", |found| found.as_str()),
            });
        }
        // The outcome's length is bounded while it is built.
        if out.len() > limits::TEXT {
            return string(out);
        }
    }
    out.push_str(value.get(copied..).unwrap_or_default());
    string(out)
}

/// What counts of a match: the only group, or all of it.
fn only_group<'t>(regex: &Regex, captures: &Captures<'t>) -> Option<&'t str> {
    captures.get(regex.captures_len() - 1).map(|found| found.as_str())
}

fn with_one_group(value: &CowVal<'_, '_>, matched: &str) -> Outcome<Arc<Regex>> {
    let regex = compiled(value, matched)?;
    match regex.captures_len() {
        1 | 2 => Ok(regex),
        more => Err(fault::wrong(format!("the regular expression has {} groups: one at most", more - 1))),
    }
}

fn extract<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, wanted] = take(args)?;
    let value = text(&value)?;
    let regex = with_one_group(&wanted, value)?;
    let found = regex.captures(value).and_then(|captures| only_group(&regex, &captures));
    optional(found.map(boxed))
}

fn extract_all<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value, wanted] = take(args)?;
    let value = text(&value)?;
    let regex = with_one_group(&wanted, value)?;
    let all = regex.captures_iter(value).filter_map(|captures| only_group(&regex, &captures));
    list(all.take(limits::STEPS + 1).map(boxed).collect())
}
