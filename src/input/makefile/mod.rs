//! Makefiles to [`Program`]s: one for each target that has a recipe.
//!
//! Make reads the whole file before it runs anything, so each program begins with all variables of the
//! file. A recipe is a shell script whose lines run one by one, each in a shell of its own; `$(NAME)` is
//! filled in before the shell sees it, and `$$` is the shell's dollar. A variable of a target holds for
//! what the target depends on as well, so that a prerequisite is read once more under it, and so is a
//! target that a recipe makes by `$(MAKE) target NAME=value`. Every variable
//! gives way to the command line of `make`, and those set with `?=` to the environment, too.
//!
//! Functions other than `strip` and `or`, included files and canned recipes (`define`) are not followed.
//! Runs nothing and knows no platform.
//!
//! <https://www.gnu.org/software/make/manual/make.html>

mod again;
mod lines;
mod recipe;
mod value;

pub(in crate::input) use recipe::ignoring_failure;

use crate::diagnostic::Diagnostic;
use crate::input::{Limits, Told, problem};
use crate::script::{
    Block, Clause, CompareOperator, Expression, ExpressionKind, InputKind, Job, Literal, Program, Scoping,
    Statement, StatementKind, Target,
};
use crate::source::{Comments, Source, SourceId, Span};
use lines::{Line, LineKind, Operator};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// How far prerequisites are followed.
const MAX_DEPTH: usize = 8;
/// How many lines all programs of a file may hold together: each holds the variables of the file.
const MAX_LINES: usize = 1_000_000;
/// How many targets are followed that wait for one.
const MAX_WAITING: usize = 64;
/// How deeply conditionals may nest.
const MAX_CONDITIONALS: usize = 32;

/// A recipe's place in the file: the byte ranges of its lines.
#[derive(Clone, Debug, Default)]
struct Rule {
    prerequisites: Vec<String>,
    recipe: Vec<std::ops::Range<usize>>,
    /// The first line that names it as a target.
    head: Option<std::ops::Range<usize>>,
    /// The targets that depend on it.
    needed_by: Vec<String>,
    /// Variables of the target, as lines.
    own: Vec<usize>,
}

/// What is read of one file.
struct Makefile<'a> {
    text: &'a str,
    mark: usize,
    id: SourceId,
    limits: &'a Limits,
    lines: Vec<Line>,
    rules: BTreeMap<String, Rule>,
    /// The targets in the order of the file.
    order: Vec<String>,
    exported: BTreeSet<String>,
    exports_all: bool,
    /// Where something nests more deeply than is followed.
    too_deep: Cell<Option<Span>>,
}

/// The programs of a file's recipes, in its order.
///
/// Diagnostics: `input-limit`; those of the shell are the programs' own.
pub fn programs(source: &Source, id: SourceId, limits: &Limits) -> (Vec<Program>, Vec<Diagnostic>) {
    if let Some(diagnostic) = problem::too_large(source, id, limits.bytes) {
        return (Vec::new(), vec![diagnostic]);
    }
    let (text, mark) = source.text_after_mark();
    let lines = lines::lines(text, &mut Vec::new());
    let mut file = Makefile {
        text,
        mark,
        id,
        limits,
        lines,
        rules: BTreeMap::new(),
        order: Vec::new(),
        exported: BTreeSet::new(),
        exports_all: false,
        too_deep: Cell::new(None),
    };
    file.collect();
    let mut programs = Vec::new();
    for target in &file.order {
        let Some(rule) = file.rules.get(target) else { continue };
        if file.is_full(&programs) {
            let message =
                format!("the recipes and variables of this file come to more than {MAX_LINES} lines");
            let told = Diagnostic::error("input-limit", Span::beginning(id), message).with_help(
                "exclude it in celador.yaml, or split it; the targets behind the limit are not read",
            );
            return (programs, vec![told]);
        }
        if !rule.recipe.is_empty() {
            programs.push(file.program(&[target], None));
            for line in &rule.recipe {
                let Some(again) = again::call(text, line.clone()) else { continue };
                let handed = !again.variables.is_empty();
                for called in again.targets.iter().filter(|called| handed && *called != target) {
                    let there = file.rules.get(called).is_some_and(|rule| !rule.recipe.is_empty());
                    if there && !file.is_full(&programs) {
                        programs.push(file.program(&[called], Some(&again)));
                    }
                    file.below(&mut vec![called], Some(&again), &mut programs);
                }
            }
        }
        if !rule.own.is_empty() {
            let mut path = vec![target.as_str()];
            file.below(&mut path, None, &mut programs);
        }
    }
    let too_deep = file.too_deep.get().map(|span| {
        let message = format!(
            "conditionals nest more than {MAX_CONDITIONALS} deep, or prerequisites more than {MAX_DEPTH}; what lies deeper is not read"
        );
        Diagnostic::error("input-limit", span, message)
            .with_help("exclude it in celador.yaml, or nest less deeply")
    });
    (programs, too_deep.into_iter().collect())
}

/// The comments of the file itself; those of its recipes are the programs'.
pub fn comments(source: &Source, id: SourceId) -> Comments {
    let (text, mark) = source.text_after_mark();
    let mut spans = Vec::new();
    let lines = lines::lines(text, &mut spans);
    let mut found = Comments::default();
    let span = |range: std::ops::Range<usize>| Span::new(id, range.start + mark, range.end + mark);
    for range in spans {
        found.add(source, span(range));
    }
    // A continued line is one line to make, and has room for one comment, at its end.
    let continued =
        lines.into_iter().filter(|line| text.get(line.range.clone()).is_some_and(|line| line.contains('\n')));
    found.closed.extend(continued.map(|line| span(line.range)));
    found
}

impl<'a> Makefile<'a> {
    fn is_full(&self, programs: &[Program]) -> bool {
        programs.len().saturating_mul(self.lines.len()) > MAX_LINES
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.id, range.start + self.mark, range.end.max(range.start) + self.mark)
    }

    /// Takes rules and exports together.
    fn collect(&mut self) {
        let mut current: Vec<String> = Vec::new();
        for index in 0..self.lines.len() {
            let Some(line) = self.lines.get(index).cloned() else { continue };
            match line.kind {
                LineKind::Recipe => {
                    for target in &current {
                        if let Some(rule) = self.rules.get_mut(target) {
                            rule.recipe.push(line.range.clone());
                        }
                    }
                }
                LineKind::Rule { targets, prerequisites, recipe } => {
                    current = targets;
                    for target in &current {
                        if !self.rules.contains_key(target) {
                            self.order.push(target.clone());
                        }
                        let rule = self.rules.entry(target.clone()).or_default();
                        rule.prerequisites.extend(prerequisites.iter().cloned());
                        rule.recipe.extend(recipe.clone());
                        rule.head.get_or_insert_with(|| line.range.clone());
                    }
                }
                LineKind::TargetVariable { targets, .. } => {
                    for target in targets {
                        if !self.rules.contains_key(&target) {
                            self.order.push(target.clone());
                        }
                        self.rules.entry(target).or_default().own.push(index);
                    }
                }
                LineKind::Export(names) if names.is_empty() => self.exports_all = true,
                LineKind::Export(names) => self.exported.extend(names),
                LineKind::Variable { exported: true, name, .. } => {
                    self.exported.insert(self.text.get(name).unwrap_or_default().to_string());
                }
                // A conditional between recipe lines leaves the rule open.
                LineKind::If { .. } | LineKind::Else(_) | LineKind::EndIf => {}
                LineKind::Variable { .. } | LineKind::Other => {}
            }
        }
        for target in &self.order {
            let needed = self.rules.get(target).map(|rule| rule.prerequisites.clone()).unwrap_or_default();
            for prerequisite in needed {
                if let Some(rule) = self.rules.get_mut(&prerequisite) {
                    rule.needed_by.push(target.clone());
                }
            }
        }
    }

    /// The recipe of a target as a job, with the targets that are made only once it is.
    fn job(&self, target: &str) -> Option<Job> {
        let span = |target: &str| Some(self.span(self.rules.get(target)?.head.clone()?));
        let mut seen = BTreeSet::from([target]);
        let mut waiting = vec![target];
        while let Some(next) = waiting.pop().filter(|_| seen.len() < MAX_WAITING) {
            let needed_by = self.rules.get(next).map(|rule| rule.needed_by.as_slice()).unwrap_or_default();
            waiting.extend(needed_by.iter().map(String::as_str).filter(|one| seen.insert(one)));
        }
        let waited_for_by = seen.into_iter().filter(|one| *one != target).filter_map(span).collect();
        Some(Job { span: span(target)?, waited_for_by })
    }

    /// Programs for the recipes of everything that the last target of the path depends on, under the
    /// variables of all targets of the path.
    fn below<'t>(
        &'t self,
        path: &mut Vec<&'t str>,
        again: Option<&again::Again>,
        programs: &mut Vec<Program>,
    ) {
        let Some(rule) = path.last().and_then(|target| self.rules.get(*target)) else { return };
        if path.len() > MAX_DEPTH {
            if !rule.prerequisites.is_empty() {
                let head = rule.head.clone().map(|range| self.span(range));
                self.too_deep.set(head.or(Some(Span::beginning(self.id))));
            }
            return;
        }
        for prerequisite in &rule.prerequisites {
            if path.contains(&prerequisite.as_str()) || self.is_full(programs) {
                continue;
            }
            let Some(next) = self.rules.get(prerequisite) else { continue };
            path.push(prerequisite);
            if !next.recipe.is_empty() {
                programs.push(self.program(path, again));
            }
            self.below(path, again, programs);
            path.pop();
        }
    }

    /// The recipe of the last target, under the variables of the file and of all targets of the path, and
    /// under those that a recipe hands to `$(MAKE)`, which win.
    fn program(&self, path: &[&str], again: Option<&again::Again>) -> Program {
        let mut names = value::Names::default();
        let mut body = self.variables(&mut names);
        let own = path.iter().filter_map(|target| self.rules.get(*target)).flat_map(|rule| &rule.own);
        for line in own.filter_map(|index| self.lines.get(*index)) {
            if let LineKind::TargetVariable { name, operator, value, .. } = &line.kind {
                self.assign(name.clone(), *operator, value.clone(), false, &mut names, &mut body);
            }
        }
        if let Some(again) = again {
            for (name, value) in &again.variables {
                let again = true;
                self.assign(name.clone(), Operator::Simple, value.clone(), again, &mut names, &mut body);
            }
            let given: BTreeSet<&str> =
                again.variables.iter().filter_map(|(name, _)| self.text.get(name.clone())).collect();
            self.recompute(&given, &mut names, &mut body);
        }
        let target = path.last().copied().unwrap_or_default();
        let mut told = Told::default();
        if let Some(rule) = self.rules.get(target) {
            let recipe = recipe::Recipe { target, prerequisites: &rule.prerequisites, lines: &rule.recipe };
            let mut lowered = recipe::lower(self, &recipe, &mut names, &mut told);
            body.append(&mut lowered);
        }
        let mut whole = names.inputs();
        whole.append(&mut body);
        Program {
            source: self.id,
            scoping: Scoping::Dynamic,
            free_names_are_inputs: true,
            commands_call_functions: true,
            job: self.job(target),
            body: whole,
            diagnostics: told.diagnostics,
            comments: told.comments,
        }
    }

    /// All variables in the order of the file, and those that are computed when they are used once more
    /// behind it, since they may speak of what is defined below them.
    fn variables(&self, names: &mut value::Names) -> Block {
        let mut index = 0;
        let mut body = self.block(&mut index, 0, names);
        self.recompute(&BTreeSet::new(), names, &mut body);
        body
    }

    /// Computes once more, except what is given: the variables that are computed when they are used, and
    /// under given ones all others, too.
    fn recompute(&self, given: &BTreeSet<&str>, names: &mut value::Names, body: &mut Block) {
        let mut added_to = BTreeSet::new();
        let mut late = Vec::new();
        for line in &self.lines {
            let LineKind::Variable { name, operator, value, .. } = &line.kind else { continue };
            let text = self.text.get(name.clone()).unwrap_or_default();
            match operator {
                Operator::Recursive if !line.conditional => late.push((text, name.clone(), value.clone())),
                // What the command line gives is there before the first line of the file is read.
                Operator::Simple if !line.conditional && !given.is_empty() => {
                    late.push((text, name.clone(), value.clone()));
                }
                _ => {
                    added_to.insert(text);
                }
            }
        }
        for (text, name, value) in late {
            let refers = self.text.get(value.clone()).is_some_and(|value| value.contains('$'));
            if refers && !added_to.contains(text) && !given.contains(text) {
                self.assign(name, Operator::Recursive, value, true, names, body);
            }
        }
    }

    /// Assignments up to the end of the file, or of the branch of a conditional.
    fn block(&self, index: &mut usize, depth: usize, names: &mut value::Names) -> Block {
        let mut body = Vec::new();
        while let Some(line) = self.lines.get(*index) {
            match &line.kind {
                LineKind::Variable { name, operator, value, .. } => {
                    *index += 1;
                    let again = false;
                    self.assign(name.clone(), *operator, value.clone(), again, names, &mut body);
                }
                LineKind::If { .. } => {
                    if depth >= MAX_CONDITIONALS {
                        self.too_deep.set(Some(Span::beginning(self.id)));
                        *index = self.lines.len();
                        return body;
                    }
                    body.extend(self.conditional(index, depth, names));
                }
                LineKind::Else(_) | LineKind::EndIf if depth > 0 => return body,
                _ => *index += 1,
            }
        }
        body
    }

    /// `ifeq ... else ifeq ... else ... endif`.
    fn conditional(&self, index: &mut usize, depth: usize, names: &mut value::Names) -> Option<Statement> {
        let start = self.lines.get(*index)?;
        let mut test = self.test(start, names);
        let mut clauses = Vec::new();
        let mut otherwise = Vec::new();
        *index += 1;
        loop {
            let body = self.block(index, depth + 1, names);
            match test.take() {
                Some(condition) => clauses.push(Clause { condition, body }),
                None => otherwise = body,
            }
            let Some(line) = self.lines.get(*index) else { break };
            *index += 1;
            match &line.kind {
                LineKind::Else(_) => test = self.test(line, names),
                _ => break,
            }
        }
        let kind = StatementKind::If { clauses, otherwise };
        Some(Statement { kind, span: self.span(start.range.clone()) })
    }

    /// The test of a conditional's line; `None` for a bare `else`.
    fn test(&self, line: &Line, names: &mut value::Names) -> Option<Expression> {
        let span = self.span(line.range.clone());
        let (LineKind::If { test } | LineKind::Else(Some(test))) = &line.kind else { return None };
        let kind = match test {
            lines::Test::Equal { left, right, negated } => ExpressionKind::Compare {
                operator: if *negated { CompareOperator::NotEqual } else { CompareOperator::Equal },
                left: Box::new(value::lower(self, left.clone(), names)),
                right: Box::new(value::lower(self, right.clone(), names)),
            },
            lines::Test::Defined { name, negated } => {
                let value = value::variable(
                    self.text.get(name.clone()).unwrap_or_default(),
                    self.span(name.clone()),
                    names,
                );
                match negated {
                    true => ExpressionKind::Not(Box::new(value)),
                    false => value.kind,
                }
            }
        };
        Some(Expression { kind, span })
    }

    /// One assignment. `again`: the variable was assigned before, and is computed once more.
    fn assign(
        &self,
        name: std::ops::Range<usize>,
        operator: Operator,
        value: std::ops::Range<usize>,
        again: bool,
        names: &mut value::Names,
        body: &mut Block,
    ) {
        let text = self.text.get(name.clone()).unwrap_or_default().to_string();
        let span = self.span(name);
        let whole = self.span(value.clone());
        let mut lowered = match operator {
            Operator::Shell => value::output(self, value),
            _ => value::lower(self, value, names),
        };
        match operator {
            Operator::Append if names.is_defined(&text) => {
                let before = value::variable(&text, span, names);
                let blank =
                    Expression { kind: ExpressionKind::Literal(Literal::Text(" ".to_string())), span: whole };
                lowered =
                    Expression { kind: ExpressionKind::Join(vec![before, blank, lowered]), span: whole };
            }
            // A default of the environment's variable: the second such assignment changes nothing.
            Operator::Default if names.is_defined(&text) => return,
            _ if again => {}
            _ => {
                let kind = match operator {
                    Operator::Default => InputKind::Environment,
                    _ => InputKind::Argument,
                };
                let span = lowered.span;
                let default = Some(Box::new(lowered));
                lowered = Expression {
                    kind: ExpressionKind::Input { name: text.clone(), kind, default, is_switch: false },
                    span,
                };
            }
        }
        names.define(&text);
        let target = Target::Name(value::internal(&text), span);
        let kind = StatementKind::Assign { target, value: lowered, local: false, export: false };
        body.push(Statement { kind, span: whole });
        if self.exports_all || self.exported.contains(&text) {
            let value = value::variable(&text, span, names);
            let target = Target::Name(text, span);
            body.push(Statement {
                kind: StatementKind::Assign { target, value, local: false, export: true },
                span,
            });
        }
    }
}

#[cfg(test)]
mod tests;
