//! Lines of a makefile: which are recipes, rules, variables, conditionals.

use std::ops::Range;

/// One logical line: continuation lines belong to it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub range: Range<usize>,
    pub kind: LineKind,
    /// Whether it stands in a conditional.
    pub conditional: bool,
}

#[derive(Clone, Debug)]
pub(super) enum LineKind {
    /// A line of a recipe, without the tab.
    Recipe,
    Rule {
        targets: Vec<String>,
        prerequisites: Vec<String>,
        recipe: Option<Range<usize>>,
    },
    Variable {
        name: Range<usize>,
        operator: Operator,
        value: Range<usize>,
        exported: bool,
    },
    TargetVariable {
        targets: Vec<String>,
        name: Range<usize>,
        operator: Operator,
        value: Range<usize>,
    },
    /// `export A B`; no names: everything.
    Export(Vec<String>),
    If {
        test: Test,
    },
    Else(Option<Test>),
    EndIf,
    /// Comments, includes, definitions: nothing that is followed.
    Other,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    Equal { left: Range<usize>, right: Range<usize>, negated: bool },
    Defined { name: Range<usize>, negated: bool },
}

/// How a variable is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=`: computed when it is used.
    Recursive,
    /// `:=`, `::=`.
    Simple,
    /// `?=`
    Default,
    /// `+=`
    Append,
    /// `!=`
    Shell,
}

const OPERATORS: [(&str, Operator); 7] = [
    (":::=", Operator::Simple),
    ("::=", Operator::Simple),
    (":=", Operator::Simple),
    ("?=", Operator::Default),
    ("+=", Operator::Append),
    ("!=", Operator::Shell),
    ("=", Operator::Recursive),
];

/// The logical lines of a text; its comments are added to a list.
pub(super) fn lines(text: &str, comments: &mut Vec<Range<usize>>) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    let mut start = 0;
    let (mut in_rule, mut depth, mut in_define) = (false, 0usize, false);
    while start < text.len() {
        let end = logical_end(text, start);
        let range = start..end;
        let whole = text.get(range.clone()).unwrap_or_default();
        start = end + text.get(end..).map_or(0, |rest| rest.chars().next().map_or(0, char::len_utf8));
        let first = whole.split_whitespace().next().unwrap_or_default();
        if in_define {
            in_define = first != "endef";
            continue;
        }
        if in_rule && whole.starts_with('\t') {
            all.push(Line {
                range: range.start + 1..range.end,
                kind: LineKind::Recipe,
                conditional: depth > 0,
            });
            continue;
        }
        if first == "define" {
            in_define = true;
            continue;
        }
        let code = code(text, range.clone(), comments);
        let kind = kind(text, code.clone());
        match &kind {
            LineKind::If { .. } => depth += 1,
            LineKind::EndIf => depth = depth.saturating_sub(1),
            LineKind::Rule { .. } => in_rule = true,
            LineKind::Variable { .. } => in_rule = false,
            _ => {}
        }
        if !code.is_empty() {
            all.push(Line { range: code, kind, conditional: depth > 0 });
        }
    }
    all
}

/// Where a line ends that may be continued by backslashes.
fn logical_end(text: &str, start: usize) -> usize {
    let mut from = start;
    loop {
        let rest = text.get(from..).unwrap_or_default();
        let Some(length) = rest.find('\n') else { return text.len() };
        let line = rest.get(..length).unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let slashes = line.len() - line.trim_end_matches('\\').len();
        if slashes % 2 == 0 {
            return from + length;
        }
        from += length + 1;
    }
}

/// A line without its comment, which is added to a list, and the blanks around it.
fn code(text: &str, range: Range<usize>, comments: &mut Vec<Range<usize>>) -> Range<usize> {
    let line = text.get(range.clone()).unwrap_or_default();
    let mut end = line.len();
    for (at, _) in line.match_indices('#') {
        let escaped = line.get(..at).is_some_and(|before| before.ends_with('\\'));
        if !escaped {
            end = at;
            comments.push(trim(text, range.start + at..range.end));
            break;
        }
    }
    trim(text, range.start..range.start + end)
}

pub(super) fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

fn kind(text: &str, range: Range<usize>) -> LineKind {
    let line = text.get(range.clone()).unwrap_or_default();
    let (word, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
    let after = trim(text, range.start + word.len()..range.end);
    match word {
        "ifeq" | "ifneq" => {
            return test(text, after, word == "ifneq").map_or(LineKind::Other, |test| LineKind::If { test });
        }
        "ifdef" | "ifndef" => {
            return LineKind::If { test: Test::Defined { name: after, negated: word == "ifndef" } };
        }
        "else" => {
            return match kind(text, after) {
                LineKind::If { test } => LineKind::Else(Some(test)),
                _ => LineKind::Else(None),
            };
        }
        "endif" => return LineKind::EndIf,
        "include" | "-include" | "sinclude" | "unexport" | "vpath" | "undefine" => return LineKind::Other,
        "export" | "override" => {
            let exported = word == "export";
            return match variable(text, after.clone()) {
                Some((name, operator, value)) => LineKind::Variable { name, operator, value, exported },
                None if exported => LineKind::Export(rest.split_whitespace().map(str::to_string).collect()),
                None => LineKind::Other,
            };
        }
        _ => {}
    }
    if let Some((name, operator, value)) = variable(text, range.clone()) {
        return LineKind::Variable { name, operator, value, exported: false };
    }
    rule(text, range).unwrap_or(LineKind::Other)
}

/// `NAME op value`, if the line is that: the name is one word without a colon.
fn variable(text: &str, range: Range<usize>) -> Option<(Range<usize>, Operator, Range<usize>)> {
    let line = text.get(range.clone())?;
    let name_end = line.find(|c: char| c.is_whitespace() || matches!(c, ':' | '?' | '+' | '!' | '='))?;
    if name_end == 0 || line.get(..name_end)?.contains(['$', '(']) {
        return None;
    }
    let behind = line.get(name_end..)?;
    let gap = behind.len() - behind.trim_start().len();
    let (written, operator) =
        OPERATORS.iter().find(|(written, _)| behind.trim_start().starts_with(written))?;
    let name = range.start..range.start + name_end;
    let value = trim(text, range.start + name_end + gap + written.len()..range.end);
    Some((name, *operator, value))
}

/// `targets: prerequisites`, `targets: NAME = value`, `target: prerequisites ; recipe`.
fn rule(text: &str, range: Range<usize>) -> Option<LineKind> {
    let line = text.get(range.clone())?;
    let colon = outside_references(line, ':')?;
    let targets: Vec<String> = line.get(..colon)?.split_whitespace().map(str::to_string).collect();
    if targets.is_empty() {
        return None;
    }
    let after = range.start + colon + 1;
    let after = if text.get(after..)?.starts_with(':') { after + 1 } else { after };
    let mut rest = trim(text, after..range.end);
    for word in ["export ", "override ", "private "] {
        if text.get(rest.clone())?.starts_with(word) {
            rest = trim(text, rest.start + word.len()..rest.end);
        }
    }
    if let Some((name, operator, value)) = variable(text, rest.clone()) {
        return Some(LineKind::TargetVariable { targets, name, operator, value });
    }
    let behind = text.get(rest.clone())?;
    let (list, recipe) = match outside_references(behind, ';') {
        Some(at) => (behind.get(..at)?, Some(trim(text, rest.start + at + 1..rest.end))),
        None => (behind, None),
    };
    let prerequisites = list.split_whitespace().filter(|word| *word != "|").map(str::to_string).collect();
    Some(LineKind::Rule { targets, prerequisites, recipe })
}

/// Where a character stands outside of `$(...)`.
fn outside_references(line: &str, wanted: char) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in line.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            c if c == wanted && depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// `(a,b)`, `"a" "b"`, `'a' 'b'`.
fn test(text: &str, range: Range<usize>, negated: bool) -> Option<Test> {
    let line = text.get(range.clone())?;
    if let Some(inner) = line.strip_prefix('(').and_then(|line| line.strip_suffix(')')) {
        let comma = outside_references(inner, ',')?;
        let start = range.start + 1;
        let left = trim(text, start..start + comma);
        let right = trim(text, start + comma + 1..range.end - 1);
        return Some(Test::Equal { left, right, negated });
    }
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(offset) = line.get(at..)?.find(['"', '\'']) {
        let quote = line.get(at + offset..)?.chars().next()?;
        let from = at + offset + 1;
        let length = line.get(from..)?.find(quote)?;
        parts.push(range.start + from..range.start + from + length);
        at = from + length + 1;
    }
    match parts.as_slice() {
        [left, right] => Some(Test::Equal { left: left.clone(), right: right.clone(), negated }),
        _ => None,
    }
}
