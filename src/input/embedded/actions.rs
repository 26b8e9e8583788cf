//! Actions that run one command line, as that command line.
//!
//! One row an action: the words that it runs and what it makes of its inputs, as the action's own
//! description says. An action without a row is no script.

use super::At;
use super::expression::{self, Names};
use super::text::{self, scalar_in};
use crate::document::Ref;
use crate::script::{Command, Expression, ExpressionKind, Statement, StatementKind};
use std::ops::Range;

/// What becomes of an input.
#[derive(Clone, Copy)]
enum How {
    /// A word of its own.
    Word,
    /// The value of a flag.
    Flag(&'static str),
    /// `NAME=value` a line or a comma: each the value of the first flag, or of the second where the named
    /// input says `overwrite`.
    Entries(&'static str, &'static str, &'static str),
    /// Words as a shell splits them, behind a flag if there is one.
    Words(Option<&'static str>),
}

struct Action {
    /// The repository, in small letters, without a version.
    uses: &'static str,
    /// The command; the first whose input is given counts, and an empty one runs nothing.
    commands: &'static [(Option<&'static str>, &'static [&'static str])],
    inputs: &'static [(&'static str, How)],
}

const ACTIONS: &[Action] = &[
    // https://github.com/google-github-actions/deploy-cloudrun
    Action {
        uses: "google-github-actions/deploy-cloudrun",
        commands: &[
            // A file is handed over as it is, and read as a document of its own.
            (Some("metadata"), &[]),
            (Some("job"), &["gcloud", "run", "jobs", "deploy"]),
            (None, &["gcloud", "run", "deploy"]),
        ],
        inputs: &[
            ("service", How::Word),
            ("job", How::Word),
            ("image", How::Flag("--image")),
            ("source", How::Flag("--source")),
            ("region", How::Flag("--region")),
            ("project_id", How::Flag("--project")),
            ("env_vars", How::Entries("--update-env-vars", "--set-env-vars", "env_vars_update_strategy")),
            ("secrets", How::Entries("--update-secrets", "--set-secrets", "secrets_update_strategy")),
            ("timeout", How::Flag("--timeout")),
            ("flags", How::Words(None)),
        ],
    },
    // https://github.com/Azure/container-apps-deploy-action
    Action {
        uses: "azure/container-apps-deploy-action",
        commands: &[(Some("yamlConfigPath"), &[]), (None, &["az", "containerapp", "update"])],
        inputs: &[
            ("containerAppName", How::Flag("--name")),
            ("imageToDeploy", How::Flag("--image")),
            ("targetPort", How::Flag("--target-port")),
            ("ingress", How::Flag("--ingress")),
            ("environmentVariables", How::Words(Some("--set-env-vars"))),
        ],
    },
    // https://github.com/superfly/flyctl-actions
    Action {
        uses: "superfly/flyctl-actions",
        commands: &[(None, &["flyctl"])],
        inputs: &[("args", How::Words(None))],
    },
];

/// Inputs that hold a script for a shell, by action.
const SCRIPTS: &[(&str, &str)] = &[("azure/cli", "inlineScript"), ("appleboy/ssh-action", "script")];

/// The repository of a step's action.
fn used(step: Ref<'_>) -> Option<String> {
    let uses = step.get("uses")?.text()?;
    let path = uses.split('@').next()?.to_ascii_lowercase();
    Some(path)
}

/// The script that a step hands to an action.
pub(super) fn script_of<'a>(step: Ref<'a>) -> Option<Ref<'a>> {
    let used = used(step)?;
    let (_, input) = SCRIPTS.iter().find(|(action, _)| *action == used)?;
    step.path(&["with", input]).filter(|script| script.text().is_some())
}

/// The command line that a step's action runs.
pub(super) fn command_of<'a>(step: Ref<'a>, at: At<'a>, names: &mut dyn Names) -> Option<Statement> {
    let used = used(step)?;
    let action = ACTIONS.iter().find(|action| used == action.uses)?;
    let with = step.get("with")?;
    let given = |input: &str| {
        with.get(input).filter(|value| value.text().is_some_and(|text| !text.trim().is_empty()))
    };
    let (_, command) =
        action.commands.iter().find(|(input, _)| input.is_none_or(|input| given(input).is_some()))?;
    if command.is_empty() {
        return None;
    }
    let span = step.get("uses")?.span();
    let word = |text: &str| super::literal(text, span);
    let mut words: Vec<Expression> = command.iter().map(|text| word(text)).collect();
    for (input, how) in action.inputs {
        let Some(value) = given(input) else { continue };
        let whole = 0..value.text().map_or(0, str::len);
        let mut part = |range: Range<usize>| {
            scalar_in(value, range, at, text::expressions, &mut |inner, _, map, base| {
                expression::lower(inner, base, map, names)
            })
        };
        match how {
            How::Word => words.push(part(trimmed(value, whole))),
            How::Flag(flag) => {
                words.push(word(flag));
                words.push(part(trimmed(value, whole)));
            }
            How::Entries(merge, overwrite, strategy) => {
                let replaces =
                    given(strategy).and_then(Ref::text).is_some_and(|text| text.trim() == "overwrite");
                for range in entries(value.text()?) {
                    words.push(word(if replaces { overwrite } else { merge }));
                    // A delimiter that no value holds: commas belong to the value here.
                    let delimiter = word("^\u{1f}^");
                    let entry = part(range);
                    let span = entry.span;
                    words.push(Expression { kind: ExpressionKind::Join(vec![delimiter, entry]), span });
                }
            }
            How::Words(flag) => {
                words.extend(flag.map(word));
                for pieces in shell_words(value.text()?) {
                    let pieces: Vec<Expression> = pieces.into_iter().map(&mut part).collect();
                    let span = pieces
                        .iter()
                        .map(|piece| piece.span)
                        .reduce(|a, b| a.cover(b))
                        .unwrap_or(value.span());
                    words.push(text::join(pieces, span));
                }
            }
        }
    }
    let command = Command::Words { words, environment: Vec::new(), input: None };
    let span = step.span();
    let run = Expression { kind: ExpressionKind::Run(command), span };
    Some(Statement { kind: StatementKind::Expression(run), span })
}

/// A range without the blanks around it.
fn trimmed(value: Ref<'_>, range: Range<usize>) -> Range<usize> {
    let text = value.text().unwrap_or_default();
    trim(text, range)
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (part.len() - part.trim_start().len());
    start..(start + part.trim().len())
}

/// Whether a place is inside an expression, where nothing separates.
fn inside(found: &[text::Found], at: usize) -> bool {
    found.iter().any(|one| one.range.contains(&at))
}

/// The entries of `A=1,B=2`, of a line each, or of both; comments are left out.
fn entries(text: &str) -> Vec<Range<usize>> {
    let found = text::expressions(text);
    let mut all = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        if matches!(c, '\n' | ',') && !escaped && !inside(&found, at) {
            all.push(trim(text, start..at));
            start = at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    all.retain(|range| {
        text.get(range.clone()).is_some_and(|entry| !entry.is_empty() && !entry.starts_with('#'))
    });
    all
}

/// Words with quotes taken off; each is the stretches that it is made of.
fn shell_words(text: &str) -> Vec<Vec<Range<usize>>> {
    let found = text::expressions(text);
    let mut words: Vec<Vec<Range<usize>>> = Vec::new();
    let mut word: Vec<Range<usize>> = Vec::new();
    let (mut start, mut quote, mut open) = (0, None, false);
    let end = |word: &mut Vec<Range<usize>>, range: Range<usize>| {
        if !range.is_empty() {
            word.push(range);
        }
    };
    for (at, c) in text.char_indices() {
        if inside(&found, at) {
            open = true;
            continue;
        }
        match (quote, c) {
            (Some(q), c) if c == q => {
                end(&mut word, start..at);
                (quote, start) = (None, at + 1);
            }
            (Some(_), _) => {}
            (None, '"' | '\'') => {
                end(&mut word, start..at);
                (quote, start, open) = (Some(c), at + 1, true);
            }
            // A continued line is one line.
            (None, c)
                if c.is_whitespace()
                    || (c == '\\' && text.get(at + 1..).is_some_and(|rest| rest.starts_with('\n'))) =>
            {
                end(&mut word, start..at);
                if open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                (start, open) = (at + c.len_utf8(), false);
            }
            (None, _) => open = true,
        }
    }
    end(&mut word, start..text.len());
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether a literal is one of the words that an action's row, and nobody else, wrote.
#[cfg(test)]
pub(super) fn is_made_up(expression: &Expression) -> bool {
    let ExpressionKind::Literal(crate::script::Literal::Text(text)) = &expression.kind else { return false };
    text.contains('\u{1f}')
        || ACTIONS.iter().any(|action| {
            let of_commands = action.commands.iter().any(|(_, words)| words.contains(&text.as_str()));
            let of_inputs = action.inputs.iter().any(|(_, how)| match how {
                How::Flag(flag) | How::Words(Some(flag)) => flag == text,
                How::Entries(merge, overwrite, _) => merge == text || overwrite == text,
                How::Word | How::Words(None) => false,
            });
            of_commands || of_inputs
        })
}

#[cfg(test)]
mod tests {
    use super::{entries, shell_words};

    #[test]
    fn inputs_are_taken_apart_outside_of_expressions() {
        let text = "A=1,B=${{ vars.B || 'x,y' }}\n# none\nC=a\\,b";
        let all: Vec<&str> = entries(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(all, ["A=1", "B=${{ vars.B || 'x,y' }}", "C=a\\,b"]);
        let text = "--cpu=1  \"--args=-X 1\"\n--x=${{ a b }} --y='1 2'3";
        let words: Vec<String> = shell_words(text)
            .into_iter()
            .map(|word| word.into_iter().map(|range| &text[range]).collect())
            .collect();
        assert_eq!(words, ["--cpu=1", "--args=-X 1", "--x=${{ a b }}", "--y=1 23"]);
    }
}
