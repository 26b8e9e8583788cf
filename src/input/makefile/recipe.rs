//! Recipes: lines that a shell runs, each in a shell of its own.

use super::Makefile;
use super::value::{self, Kind, Names};
use crate::input::Told;
use crate::input::shell::{Placeholder, lower_template};
use crate::script::{Block, Expression, ExpressionKind, Ignoring, Statement, StatementKind, Target};
use crate::source::{Span, TextMap};
use crate::value::Reason;
use std::ops::Range;

/// A target's recipe.
pub(super) struct Recipe<'r> {
    pub target: &'r str,
    pub prerequisites: &'r [String],
    pub lines: &'r [Range<usize>],
}

/// The recipe's statements: each line is a subshell.
pub(super) fn lower(file: &Makefile<'_>, recipe: &Recipe<'_>, names: &mut Names, told: &mut Told) -> Block {
    let mut body = Vec::new();
    for line in recipe.lines {
        let mut before = Vec::new();
        let script = script(file, recipe, line.clone(), names, &mut before);
        if script.text.trim().is_empty() {
            continue;
        }
        let span = file.span(line.clone());
        let map = TextMap::stretches(file.id, script.anchors, span);
        let mut lowered = lower_template(&script.text, &map, file.limits, &script.placeholders);
        told.take(&mut lowered);
        body.append(&mut before);
        let run = Statement { kind: StatementKind::Subshell(lowered.body), span };
        body.push(ignoring_failure(file.text, line.clone(), |at| file.span(at), run));
    }
    body
}

/// A line as it runs: one with `-` in front may fail.
///
/// <https://www.gnu.org/software/make/manual/make.html#Errors>
pub(in crate::input) fn ignoring_failure(
    text: &str,
    line: Range<usize>,
    span: impl Fn(Range<usize>) -> Span,
    run: Statement,
) -> Statement {
    let written = text.get(line.clone()).unwrap_or_default();
    let marks = written.bytes().take_while(|byte| matches!(byte, b'@' | b'-' | b'+' | b' ' | b'\t'));
    let Some(at) = marks.enumerate().find_map(|(at, byte)| (byte == b'-').then_some(line.start + at)) else {
        return run;
    };
    let (name, place) = ("-".to_string(), span(at..at + 1));
    let ignoring = Ignoring { name, span: place, when: None, is_whole: true, reason: None };
    Statement { span: run.span, kind: StatementKind::Ignoring(Box::new(ignoring), vec![run]) }
}

/// What the shell is handed, before references are filled in.
struct Script {
    text: String,
    anchors: Vec<(u32, u32)>,
    placeholders: Vec<Placeholder>,
}

fn script(
    file: &Makefile<'_>,
    recipe: &Recipe<'_>,
    line: Range<usize>,
    names: &mut Names,
    before: &mut Block,
) -> Script {
    let number = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let mut script = Script { text: String::new(), anchors: Vec::new(), placeholders: Vec::new() };
    let written = file.text.get(line.clone()).unwrap_or_default();
    // `@`, `-` and `+` tell make how to run the line.
    let mut at = line.start + (written.len() - written.trim_start_matches(['@', '-', '+', ' ', '\t']).len());
    let anchor = |script: &mut Script, at: usize| {
        script.anchors.push((number(script.text.len()), number(at + file.mark)));
    };
    anchor(&mut script, at);
    while at < line.end {
        let Some(found) = value::reference(file.text, at, line.end) else {
            let Some(c) = file.text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            script.text.push(c);
            at += c.len_utf8();
            // The tab before a continued line is make's.
            if c == '\n' && file.text.get(at..line.end).is_some_and(|rest| rest.starts_with('\t')) {
                at += 1;
                anchor(&mut script, at);
            }
            continue;
        };
        match found.kind {
            Kind::Dollar => {
                anchor(&mut script, at);
                script.text.push('$');
            }
            Kind::Inner(inner) => {
                let span = file.span(at..found.end);
                let value = automatic(file, recipe, inner.clone(), at)
                    .unwrap_or_else(|| value::filled(file, inner, span, names, 0));
                let name = match &value.kind {
                    ExpressionKind::Name(name) => name.clone(),
                    _ => {
                        let name = file.text.get(at..found.end).unwrap_or_default().to_string();
                        let kind = StatementKind::Assign {
                            target: Target::Name(name.clone(), span),
                            value,
                            local: false,
                            export: false,
                        };
                        before.push(Statement { kind, span });
                        name
                    }
                };
                let start = script.text.len();
                // A placeholder has four bytes at least; all of it stands for the reference.
                for offset in 0..(found.end - at).max(4) {
                    let from = at + offset.min(found.end - at - 1);
                    script.anchors.push((number(start + offset), number(from + file.mark)));
                    script.text.push('_');
                }
                script.placeholders.push(Placeholder { range: start..script.text.len(), name });
            }
        }
        at = found.end;
        anchor(&mut script, at);
    }
    script
}

/// `$@`, `$<`, `$^`: what the rule itself says.
fn automatic(file: &Makefile<'_>, recipe: &Recipe<'_>, inner: Range<usize>, at: usize) -> Option<Expression> {
    let span = file.span(at..inner.end);
    let opaque = |detail: &str| {
        let kind = ExpressionKind::Opaque { reason: Reason::NotFollowed, detail: detail.to_string() };
        Some(Expression { kind, span })
    };
    let plain = |text: &str| match text.contains(['%', '$']) {
        true => opaque(text),
        false => Some(value::literal(text, span)),
    };
    match file.text.get(inner)? {
        "@" => plain(recipe.target),
        "<" => recipe.prerequisites.first().map_or_else(|| opaque("$<"), |first| plain(first)),
        "^" | "+" => plain(&recipe.prerequisites.join(" ")),
        "*" | "?" | "%" | "|" => opaque("an automatic variable"),
        _ => None,
    }
}
