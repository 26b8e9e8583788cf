//! `package.json`: scripts, each a command line for the shell.
//!
//! A script that runs another (`npm run build`, `yarn build`) runs its commands; `preX` and `postX` run
//! around `X`. A script that others run is read where it is run.
//!
//! <https://docs.npmjs.com/cli/using-npm/scripts>

use super::At;
use crate::document::{Entry, Ref};
use crate::input::{Told, shell, text_map};
use crate::script::{
    Block, Command, Expression, ExpressionKind, Function, Program, Statement, StatementKind,
};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What runs a script, in front of its name.
const RUNNERS: &[&str] =
    &["npm run-script ", "npm run ", "pnpm run ", "yarn run ", "bun run ", "pnpm ", "yarn ", "npm "];

pub(super) fn is_package(root: Ref<'_>, path: &str) -> bool {
    path.rsplit('/').next() == Some("package.json") && root.get("scripts").is_some_and(Ref::is_mapping)
}

pub(super) fn programs(root: Ref<'_>, at: At<'_>) -> Vec<Program> {
    let Some(scripts) = root.get("scripts") else { return Vec::new() };
    let names: BTreeSet<&str> = scripts.entries().iter().map(|entry| entry.key.as_str()).collect();
    let mut called: BTreeSet<String> = BTreeSet::new();
    for entry in scripts.entries() {
        let text = scripts.document().at(entry.value).text().unwrap_or_default();
        let run = runs(text, &names).into_iter().map(|run| run.name).filter(|name| *name != entry.key);
        called.extend(run.map(str::to_string));
        for prefix in ["pre", "post"] {
            called.extend(
                entry.key.strip_prefix(prefix).filter(|rest| names.contains(rest)).map(|_| entry.key.clone()),
            );
        }
    }
    let mut told = Told::default();
    let functions = functions(scripts, &names, at, &mut told);
    let is_root = |entry: &&Entry| !called.contains(&entry.key);
    let mut roots: Vec<&Entry> = scripts.entries().iter().filter(is_root).collect();
    if roots.is_empty() {
        roots = scripts.entries().iter().collect();
    }
    let mut body: Block = functions
        .into_iter()
        .map(|function| Statement { span: function.span, kind: StatementKind::Function(Rc::new(function)) })
        .collect();
    // Each runs by itself: what one sets, the next does not see.
    for entry in roots {
        let call = call(&entry.key, entry.key_span);
        body.push(Statement { kind: StatementKind::Subshell(vec![call]), span: entry.key_span });
    }
    let mut program = super::program(scripts.span(), body, Vec::new(), Vec::new());
    (program.diagnostics, program.comments) = (told.diagnostics, told.comments);
    vec![program]
}

/// Each script as a function that its runners call, with what runs before and after it.
fn functions(scripts: Ref<'_>, names: &BTreeSet<&str>, at: At<'_>, told: &mut Told) -> Vec<Function> {
    let mut all = Vec::new();
    let mut words = BTreeMap::new();
    for entry in scripts.entries() {
        let node = scripts.document().at(entry.value);
        let Some(text) = node.text() else { continue };
        let map = text_map(at.source, node);
        // A call becomes one word of the same length, so that every character stays where it is.
        let mut script = text.to_string();
        for run in runs(text, names) {
            let called = text.get(run.start..run.end).unwrap_or_default().replace(' ', "_");
            script.replace_range(run.start..run.end, &called);
            words.insert(called, run.name);
        }
        let mut lowered = shell::lower(&script, &map, at.limits);
        told.take(&mut lowered);
        let around = |prefix: &str| {
            let name = format!("{prefix}{}", entry.key);
            names.contains(name.as_str()).then(|| call(&name, entry.key_span))
        };
        let mut body: Block = around("pre").into_iter().collect();
        body.append(&mut lowered.body);
        body.extend(around("post"));
        all.push(function(word(&entry.key), entry.key_span, body, node.span()));
    }
    // The other ways to write a call are functions that call the first.
    for (other, name) in words {
        if other == word(name) {
            continue;
        }
        if let Some(entry) = scripts.entry(name) {
            let body = vec![call(name, entry.key_span)];
            all.push(function(other, entry.key_span, body, entry.key_span));
        }
    }
    all
}

/// The word by which a script's function is called.
fn word(name: &str) -> String {
    format!("npm_run_{name}")
}

fn function(name: String, name_span: Span, body: Block, span: Span) -> Function {
    Function {
        name,
        name_span,
        parameters: Vec::new(),
        body,
        is_static: false,
        is_class_method: false,
        is_property: false,
        is_command: false,
        prints: false,
        span,
    }
}

/// `npm run name` as the word that its function is called by.
fn call(name: &str, span: Span) -> Statement {
    let words = vec![super::literal(&word(name), span)];
    let command = Command::Words { words, environment: Vec::new(), input: None };
    let run = Expression { kind: ExpressionKind::Run(command), span };
    Statement { kind: StatementKind::Expression(run), span }
}

/// One `npm run name` in a script.
struct Runs<'t> {
    start: usize,
    end: usize,
    name: &'t str,
}

/// The scripts that a script runs, in order.
fn runs<'t>(text: &'t str, names: &BTreeSet<&str>) -> Vec<Runs<'t>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let begins =
            at == 0 || text.get(..at).is_some_and(|before| before.ends_with([' ', ';', '&', '|', '(']));
        let runner = RUNNERS.iter().find(|runner| begins && rest.starts_with(**runner));
        if let Some(runner) = runner {
            let behind = rest.get(runner.len()..).unwrap_or_default();
            let length = behind.find([' ', ';', '&', '|', ')', '"', '\'']).unwrap_or(behind.len());
            let name = behind.get(..length).unwrap_or_default();
            if names.contains(name) {
                let end = at + runner.len() + length;
                found.push(Runs { start: at, end, name });
                at = end;
                continue;
            }
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    found
}
