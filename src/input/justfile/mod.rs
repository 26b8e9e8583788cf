//! Justfiles to [`Program`]s: one for each recipe, and one for each dependency that hands arguments on.
//!
//! Variables of the file are assignments that the command line can override; parameters of a recipe are
//! inputs with their defaults. `{{ expression }}` is filled in before the shell sees a line; each line
//! runs in a shell of its own, unless the recipe begins with `#!`, which makes it one script.
//!
//! Imports, modules and functions other than those that read the environment are not followed. Runs
//! nothing and knows no platform.
//!
//! <https://just.systems/man/en/>

mod comments;
mod expression;
mod recipe;

pub use comments::comments;

use crate::diagnostic::Diagnostic;
use crate::input::{Limits, Told, problem};
use crate::script::{
    Block, Expression, ExpressionKind, InputKind, Job, Program, Scoping, Statement, StatementKind, Target,
};
use crate::source::{Source, SourceId, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// How many lines all programs of a file may hold together: each holds the variables of the file.
const MAX_LINES: usize = 1_000_000;

/// The programs of a file's recipes, in its order.
///
/// Diagnostics: `input-limit`; those of the shell are the programs' own.
pub fn programs(source: &Source, id: SourceId, limits: &Limits) -> (Vec<Program>, Vec<Diagnostic>) {
    if let Some(diagnostic) = problem::too_large(source, id, limits.bytes) {
        return (Vec::new(), vec![diagnostic]);
    }
    let (text, mark) = source.text_after_mark();
    let file = Justfile::read(text, mark, id, limits);
    let mut programs = Vec::new();
    for recipe in &file.recipes {
        if (programs.len() + recipe.dependencies.len()).saturating_mul(file.variables.len().max(1))
            > MAX_LINES
        {
            let message =
                format!("the recipes and variables of this file come to more than {MAX_LINES} lines");
            let told = Diagnostic::error("input-limit", Span::beginning(id), message).with_help(
                "exclude it in celador.yaml, or split it; the recipes behind the limit are not read",
            );
            return (programs, vec![told]);
        }
        programs.extend(file.program(recipe, None));
        for dependency in recipe.dependencies.iter().filter(|dependency| !dependency.arguments.is_empty()) {
            let called = file.recipes.iter().find(|other| other.name == dependency.name);
            programs.extend(
                called.and_then(|called| file.program(called, Some((recipe, &dependency.arguments)))),
            );
        }
    }
    (programs, Vec::new())
}

/// A variable: its name, its value, and whether it is exported.
#[derive(Clone, Debug)]
struct Variable {
    name: Range<usize>,
    value: Range<usize>,
    exported: bool,
}

/// A recipe as written.
#[derive(Clone, Debug)]
struct Recipe {
    name: String,
    parameters: Vec<Parameter>,
    dependencies: Vec<Dependency>,
    /// The lines of the body without the line breaks.
    body: Vec<Range<usize>>,
}

#[derive(Clone, Debug)]
struct Parameter {
    name: Range<usize>,
    default: Option<Range<usize>>,
    /// `*rest` and `+rest`: any number of words.
    rest: bool,
    /// `$name`: it is a variable of the shell, too.
    exported: bool,
}

#[derive(Clone, Debug)]
struct Dependency {
    name: String,
    arguments: Vec<Range<usize>>,
}

struct Justfile<'a> {
    text: &'a str,
    mark: usize,
    id: SourceId,
    limits: &'a Limits,
    variables: Vec<Variable>,
    recipes: Vec<Recipe>,
    /// `set export`: every variable is one of the shell.
    exports_all: bool,
}

impl<'a> Justfile<'a> {
    fn read(text: &'a str, mark: usize, id: SourceId, limits: &'a Limits) -> Justfile<'a> {
        let mut file = Justfile {
            text,
            mark,
            id,
            limits,
            variables: Vec::new(),
            recipes: Vec::new(),
            exports_all: false,
        };
        let mut start = 0;
        let mut in_recipe = false;
        while start < text.len() {
            let length = text.get(start..).and_then(|rest| rest.find('\n'));
            let end = length.map_or(text.len(), |length| start + length);
            let line = text.get(start..end).unwrap_or_default();
            let content = line.trim_end_matches('\r');
            let range = start..start + content.len();
            start = end + 1;
            if content.trim().is_empty() {
                continue;
            }
            if content.starts_with([' ', '\t']) {
                if let Some(recipe) = file.recipes.last_mut().filter(|_| in_recipe) {
                    recipe.body.push(range);
                }
                continue;
            }
            in_recipe = false;
            if content.starts_with(['#', '[']) {
                continue;
            }
            in_recipe = file.line(range);
        }
        file
    }

    /// Reads a line that is not indented; whether it opens a recipe.
    fn line(&mut self, range: Range<usize>) -> bool {
        let text = self.text;
        let line = text.get(range.clone()).unwrap_or_default();
        let word = line.split_whitespace().next().unwrap_or_default();
        if matches!(word, "set" | "alias" | "import" | "import?" | "mod" | "mod?" | "unexport")
            && !line.contains("):")
        {
            let setting = line.split(":=").next().unwrap_or_default();
            let is_true = !line.contains(":=") || line.ends_with("true");
            self.exports_all |= setting.split_whitespace().eq(["set", "export"]) && is_true;
            return false;
        }
        let exported = word == "export";
        let from = if exported { range.start + "export".len() } else { range.start };
        if let Some(at) = text.get(from..range.end).and_then(|rest| rest.find(":=")) {
            let name = expression::trim(text, from..from + at);
            if text.get(name.clone()).is_some_and(is_name) {
                let value = expression::trim(text, from + at + 2..range.end);
                self.variables.push(Variable { name, value, exported });
                return false;
            }
        }
        match recipe::header(text, range) {
            Some(recipe) => {
                self.recipes.push(recipe);
                true
            }
            None => false,
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.id, range.start + self.mark, range.end.max(range.start) + self.mark)
    }

    /// A recipe's script under the file's variables and its parameters; with the arguments that another
    /// recipe hands on, under that recipe's parameters as well. `None` if it is written in a language
    /// that no shell reads.
    fn program(&self, recipe: &Recipe, call: Option<(&Recipe, &[Range<usize>])>) -> Option<Program> {
        if recipe.body.is_empty() {
            return None;
        }
        let mut names = BTreeMap::new();
        let mut body = Vec::new();
        for variable in &self.variables {
            let value = expression::lower(self, variable.value.clone(), &names);
            let exported = variable.exported || self.exports_all;
            self.assign(variable.name.clone(), Some(value), exported, &mut names, &mut body);
        }
        if let Some((caller, _)) = call {
            self.parameters(&caller.parameters, None, &mut names, &mut body);
        }
        self.parameters(&recipe.parameters, call.map(|(_, arguments)| arguments), &mut names, &mut body);
        let mut told = Told::default();
        let mut lowered = recipe::lower(self, recipe, &names, &mut told)?;
        body.append(&mut lowered);
        Some(Program {
            source: self.id,
            scoping: Scoping::Dynamic,
            free_names_are_inputs: true,
            commands_call_functions: true,
            job: recipe.body.first().map(|line| Job::alone(self.span(line.clone()))),
            body,
            diagnostics: told.diagnostics,
            comments: told.comments,
        })
    }

    fn parameters(
        &self,
        parameters: &[Parameter],
        arguments: Option<&[Range<usize>]>,
        names: &mut BTreeMap<String, String>,
        body: &mut Block,
    ) {
        for (index, parameter) in parameters.iter().enumerate() {
            let given = arguments.and_then(|arguments| arguments.get(index)).filter(|_| !parameter.rest);
            let exported = parameter.exported || self.exports_all;
            let lowered = given
                .or(parameter.default.as_ref())
                .map(|range| expression::lower(self, range.clone(), names));
            match (given, lowered) {
                // What a recipe hands on is no choice of the caller.
                (Some(_), Some(value)) => self.bind(parameter.name.clone(), value, exported, names, body),
                (_, value) => self.assign(parameter.name.clone(), value, exported, names, body),
            }
        }
    }

    /// A variable or parameter that the command line may set.
    fn assign(
        &self,
        name: Range<usize>,
        default: Option<Expression>,
        exported: bool,
        names: &mut BTreeMap<String, String>,
        body: &mut Block,
    ) {
        let text = self.text.get(name.clone()).unwrap_or_default().to_string();
        let span = default.as_ref().map_or_else(|| self.span(name.clone()), |value| value.span);
        let default = default.map(Box::new);
        let kind = ExpressionKind::Input { name: text, kind: InputKind::Argument, default, is_switch: false };
        self.bind(name, Expression { kind, span }, exported, names, body);
    }

    fn bind(
        &self,
        name: Range<usize>,
        value: Expression,
        exported: bool,
        names: &mut BTreeMap<String, String>,
        body: &mut Block,
    ) {
        let text = self.text.get(name.clone()).unwrap_or_default().to_string();
        let span = self.span(name);
        let internal = format!("{{{{{text}}}}}");
        let assign = |target: String, value: Expression, export: bool| Statement {
            kind: StatementKind::Assign { target: Target::Name(target, span), value, local: false, export },
            span,
        };
        body.push(assign(internal.clone(), value, false));
        if exported {
            let value = Expression { kind: ExpressionKind::Name(internal.clone()), span };
            body.push(assign(text.clone(), value, true));
        }
        names.insert(text, internal);
    }
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests;
