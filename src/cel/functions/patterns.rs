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

/// Regular expressions, compiled or found to be of no use, so that one that stands in a loop is compiled
/// once. A process sees few of them; if it sees many, the cache begins anew.
static PATTERNS: LazyLock<Mutex<HashMap<String, Result<Pattern, Unusable>>>> = LazyLock::new(Mutex::default);
const CACHED: usize = 256;

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(in crate::cel) struct Pattern {
    /// Shared: a clone of a regular expression would make its scratch space anew at its first match.
    regex: Arc<Regex>,
    size: &'static Size,
}

/// A size of compiled regular expressions, and what it costs in steps: matching takes time that is linear
/// in the text, but the factor grows with the expression.
#[derive(Debug)]
struct Size {
    bytes: usize,
    compiling: usize,
    /// Matching so many characters as cost a step with the smallest.
    matching: usize,
}

static SIZES: [Size; 3] = [
    Size { bytes: limits::REGEX / 64, compiling: 2_000, matching: 1 },
    Size { bytes: limits::REGEX / 8, compiling: 20_000, matching: 8 },
    Size { bytes: limits::REGEX, compiling: 100_000, matching: 64 },
];

/// How many characters the smallest regular expressions match in a step.
const CHARACTERS: usize = 16;

/// What it costs to find out that a regular expression is of no use.
const REFUSING: usize = 100_000;

/// Why a regular expression cannot be used.
#[derive(Clone, Debug)]
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

impl Pattern {
    /// Whether it is found in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// Compiles a regular expression; the error is one line.
pub(in crate::cel) fn pattern(text: &str) -> Result<Pattern, String> {
    cached(text).map_err(Unusable::message)
}

fn cached(text: &str) -> Result<Pattern, Unusable> {
    let mut cache = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pattern) = cache.get(text) {
        return pattern.clone();
    }
    let pattern = compile(text);
    if cache.len() >= CACHED {
        cache.clear();
    }
    cache.insert(text.to_owned(), pattern.clone());
    pattern
}

fn compile(text: &str) -> Result<Pattern, Unusable> {
    for size in &SIZES {
        match RegexBuilder::new(text).size_limit(size.bytes).dfa_size_limit(limits::REGEX).build() {
            Ok(regex) => return Ok(Pattern { regex: Arc::new(regex), size }),
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

/// The regular expression of an argument, for matching a text. What it costs is the same whether it was
/// compiled before or not, so that the outcome hangs on nothing else.
fn compiled(value: &CowVal<'_, '_>, matched: &str) -> Outcome<Arc<Regex>> {
    let text = text(value)?;
    let first = work::first(text)?;
    match cached(text) {
        Ok(Pattern { regex, size }) => {
            let compiling = if first { size.compiling } else { 0 };
            let matching = (matched.len() / CHARACTERS).saturating_mul(size.matching);
            work::charge(compiling.saturating_add(matching))?;
            Ok(regex)
        }
        Err(unusable) => {
            work::charge(if first { REFUSING } else { 0 })?;
            let limit = matches!(unusable, Unusable::TooLarge);
            let message = format!("the regular expression is wrong: {}", unusable.message());
            Err(if limit { fault::limit(limits::code::REGEX, message) } else { fault::wrong(message) })
        }
    }
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
