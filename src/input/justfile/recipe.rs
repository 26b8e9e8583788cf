//! Recipes: their headers, and their bodies as scripts.

use super::{Dependency, Justfile, Parameter, Recipe, expression, is_name};
use crate::input::makefile::ignoring_failure;
use crate::input::shell::{Placeholder, lower_template};
use crate::input::{Format, Told};
use crate::script::{Block, ExpressionKind, Statement, StatementKind, Target};
use crate::source::TextMap;
use std::collections::BTreeMap;
use std::ops::Range;

/// `name a b='x' *rest: other (third "y") && later`
pub(super) fn header(text: &str, range: Range<usize>) -> Option<Recipe> {
    let mut at = range.start;
    let line = |from: usize| text.get(from..range.end).unwrap_or_default();
    if line(at).starts_with('@') {
        at += 1;
    }
    let length = line(at).find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))?;
    let name = line(at).get(..length).filter(|name| is_name(name))?.to_string();
    at += length;
    let mut parameters = Vec::new();
    loop {
        at += line(at).len() - line(at).trim_start().len();
        if line(at).starts_with(':') {
            at += 1;
            break;
        }
        let rest = line(at).starts_with(['*', '+']);
        at += usize::from(rest);
        let exported = line(at).starts_with('$');
        at += usize::from(exported);
        let length = line(at).find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))?;
        let own = at..at + length;
        if !text.get(own.clone()).is_some_and(is_name) {
            return None;
        }
        at += length;
        let behind = line(at).trim_start();
        let default = match behind.strip_prefix('=') {
            Some(value) => {
                let from = range.end - value.trim_start().len();
                let value = expression::one_value(text, from..range.end)?;
                at = value.end;
                Some(value)
            }
            None => None,
        };
        parameters.push(Parameter { name: own, default, rest, exported });
    }
    Some(Recipe { name, parameters, dependencies: dependencies(text, at..range.end), body: Vec::new() })
}

fn dependencies(text: &str, range: Range<usize>) -> Vec<Dependency> {
    let mut all = Vec::new();
    let mut at = range.start;
    while let Some(rest) = text.get(at..range.end) {
        let trimmed = rest.trim_start();
        let from = range.end - trimmed.len();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            break;
        }
        if trimmed.starts_with('&') {
            at = from + 1;
            continue;
        }
        let Some(word) = expression::one_value(text, from..range.end) else { break };
        at = word.end;
        if !trimmed.starts_with('(') {
            let name = text.get(word).unwrap_or_default().to_string();
            all.push(Dependency { name, arguments: Vec::new() });
            continue;
        }
        let inner = expression::trim(text, word.start + 1..word.end - 1);
        let mut values = Vec::new();
        let mut inside = inner.start;
        while let Some(value) = expression::one_value(text, expression::trim(text, inside..inner.end)) {
            inside = value.end;
            values.push(value);
        }
        if values.is_empty() {
            continue;
        }
        let name = text.get(values.remove(0)).unwrap_or_default().to_string();
        all.push(Dependency { name, arguments: values });
    }
    all
}

/// The body's statements; `None` for a script in another language.
pub(super) fn lower(
    file: &Justfile<'_>,
    recipe: &Recipe,
    names: &BTreeMap<String, String>,
    told: &mut Told,
) -> Option<Block> {
    let first = recipe.body.first().and_then(|line| file.text.get(line.clone())).unwrap_or_default().trim();
    if first.starts_with("#!") {
        if Format::of_first_line(first) != Some(Format::Shell) {
            return None;
        }
        let mut body = Vec::new();
        script(file, &recipe.body, names, &mut body, told);
        return Some(body);
    }
    let mut body = Vec::new();
    let mut lines = recipe.body.iter().cloned().peekable();
    while let Some(line) = lines.next() {
        let mut together = vec![line];
        while together
            .last()
            .and_then(|line| file.text.get(line.clone()))
            .is_some_and(|line| line.ends_with('\\'))
        {
            let Some(next) = lines.next() else { break };
            together.push(next);
        }
        let first = together.first()?.clone();
        let span = file.span(first.start..together.last()?.end);
        let mut inner = Vec::new();
        script(file, &together, names, &mut inner, told);
        // `-` is make's: https://just.systems/man/en/sigils.html
        let run = Statement { kind: StatementKind::Subshell(inner), span };
        body.push(ignoring_failure(file.text, first, |at| file.span(at), run));
    }
    Some(body)
}

/// Lines that one shell runs. The values of `{{ }}` are assigned before them.
fn script(
    file: &Justfile<'_>,
    lines: &[Range<usize>],
    names: &BTreeMap<String, String>,
    body: &mut Block,
    told: &mut Told,
) {
    let number = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let (mut text, mut anchors, mut placeholders) = (String::new(), Vec::new(), Vec::new());
    for (index, line) in lines.iter().enumerate() {
        let written = file.text.get(line.clone()).unwrap_or_default();
        let mut content = written.trim_start();
        // `@` and `-` tell just how to run the line.
        if index == 0 {
            content = content.trim_start_matches(['@', '-']);
        }
        let base = line.end - content.len();
        let start = text.len();
        anchors.push((number(start), number(base + file.mark)));
        text.push_str(content);
        text.push('\n');
        let mut from = 0;
        while let Some(open) = content.get(from..).and_then(|rest| rest.find("{{")).map(|at| from + at) {
            if content.get(open..).is_some_and(|rest| rest.starts_with("{{{{")) {
                from = open + 4;
                continue;
            }
            let Some(length) = content.get(open + 2..).and_then(|rest| rest.find("}}")) else { break };
            let inner = expression::trim(file.text, base + open + 2..base + open + 2 + length);
            let value = expression::lower(file, inner, names);
            let range = open..open + 2 + length + 2;
            let span = file.span(base + range.start..base + range.end);
            let name = match &value.kind {
                ExpressionKind::Name(name) => name.clone(),
                _ => {
                    let name = content.get(range.clone()).unwrap_or_default().to_string();
                    let target = Target::Name(name.clone(), span);
                    let kind = StatementKind::Assign { target, value, local: false, export: false };
                    body.push(Statement { kind, span });
                    name
                }
            };
            placeholders.push(Placeholder { range: start + range.start..start + range.end, name });
            from = range.end;
        }
    }
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
    let whole = file.span(first.start..last.end);
    let map = TextMap::stretches(file.id, anchors, whole);
    let mut lowered = lower_template(&text, &map, file.limits, &placeholders);
    told.take(&mut lowered);
    body.append(&mut lowered.body);
}
