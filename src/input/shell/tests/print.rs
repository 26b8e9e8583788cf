//! Prints a lowered program compactly, for comparison.

use crate::script::{
    Argument, Block, Command, Element, Expression, ExpressionKind, Literal, MapEntry, Program, Statement,
    StatementKind, Target,
};
use std::fmt::Write;

pub fn program(program: &Program, slice: &dyn Fn(crate::source::Span) -> String) -> String {
    let mut out = String::new();
    block(&program.body, 0, &mut out);
    for diagnostic in &program.diagnostics {
        let _ = writeln!(
            out,
            "!! {}: {} at `{}`",
            diagnostic.code.0,
            diagnostic.message,
            slice(diagnostic.primary.span).replace('\n', "\\n")
        );
    }
    out
}

fn block(block: &Block, depth: usize, out: &mut String) {
    for one in block {
        statement(one, depth, out);
    }
}

fn statement(statement: &Statement, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    let mut line = |text: String| {
        let _ = writeln!(out, "{pad}{text}");
    };
    match &statement.kind {
        StatementKind::Expression(value) => {
            line(expression(value));
            nested(value, depth + 1, out);
        }
        StatementKind::Assign { target: to, value, local, export } => {
            let local = if *local { "local " } else { "" };
            let export = if *export { "export " } else { "" };
            line(format!("{local}{export}{} = {}", target(to), expression(value)));
            nested(value, depth + 1, out);
        }
        StatementKind::Augment { target: to, operator, value } => {
            line(format!("{} {operator:?}= {}", target(to), expression(value)));
        }
        StatementKind::If { clauses, otherwise } => {
            for (i, clause) in clauses.iter().enumerate() {
                let word = if i == 0 { "if" } else { "elif" };
                let _ = writeln!(out, "{pad}{word} {}", expression(&clause.condition));
                block(&clause.body, depth + 1, out);
            }
            if !otherwise.is_empty() {
                let _ = writeln!(out, "{pad}else");
                block(otherwise, depth + 1, out);
            }
        }
        StatementKind::For { target: to, iterable, body, .. } => {
            line(format!("for {} in {}", target(to), expression(iterable)));
            block(body, depth + 1, out);
        }
        StatementKind::While { condition, body, .. } => {
            line(format!("while {}", expression(condition)));
            block(body, depth + 1, out);
        }
        StatementKind::Return(value) => {
            line(
                format!("return {}", value.as_ref().map_or(String::new(), expression)).trim_end().to_string(),
            );
        }
        StatementKind::Break => line("break".into()),
        StatementKind::Continue => line("continue".into()),
        StatementKind::Exit => line("exit".into()),
        StatementKind::Delete(targets) => {
            line(format!("delete {}", targets.iter().map(target).collect::<Vec<_>>().join(" ")));
        }
        StatementKind::Function(function) => {
            line(format!("function {}", function.name));
            block(&function.body, depth + 1, out);
        }
        StatementKind::Import { module, .. } => line(format!("import {module}")),
        StatementKind::Source(path) => line(format!("source {}", expression(path))),
        StatementKind::Evaluate(text) => line(format!("evaluate {}", expression(text))),
        StatementKind::Print(text) => line(format!("print {}", expression(text))),
        StatementKind::Shift(count) => line(format!("shift {}", expression(count))),
        StatementKind::ByArguments { known, otherwise } => {
            let _ = writeln!(out, "{pad}where arguments are known");
            block(known, depth + 1, out);
            let _ = writeln!(out, "{pad}otherwise");
            block(otherwise, depth + 1, out);
        }
        StatementKind::Silent(inner) => {
            line("silent".into());
            block(inner, depth + 1, out);
        }
        StatementKind::Block(inner) => {
            line("block".into());
            block(inner, depth + 1, out);
        }
        StatementKind::Subshell(inner) => {
            line("subshell".into());
            block(inner, depth + 1, out);
        }
        StatementKind::Ignoring(ignoring, inner) => {
            line(format!("ignoring by `{}`", ignoring.name));
            block(inner, depth + 1, out);
        }
        other => line(format!("{other:?}")),
    }
}

/// The commands inside `$(...)`, indented below the statement.
fn nested(value: &Expression, depth: usize, out: &mut String) {
    walk(value, &mut |inner| {
        if let ExpressionKind::Output(body) = &inner.kind {
            block(body, depth, out);
        }
    });
}

/// All expressions inside one, itself included, but none inside statements.
pub fn walk(value: &Expression, visit: &mut dyn FnMut(&Expression)) {
    visit(value);
    let mut all = |many: &[Expression]| many.iter().for_each(|one| walk(one, visit));
    match &value.kind {
        ExpressionKind::Join(parts) | ExpressionKind::And(parts) | ExpressionKind::Or(parts) => all(parts),
        ExpressionKind::Index(a, b)
        | ExpressionKind::Compare { left: a, right: b, .. }
        | ExpressionKind::Binary { left: a, right: b, .. }
        | ExpressionKind::Default { value: a, fallback: b, .. }
        | ExpressionKind::Alternate { value: a, then: b } => {
            walk(a, visit);
            walk(b, visit);
        }
        ExpressionKind::Not(a)
        | ExpressionKind::Negate(a)
        | ExpressionKind::Fields(a)
        | ExpressionKind::Attribute(a, _) => walk(a, visit),
        ExpressionKind::Choose { condition, then, otherwise } => {
            walk(condition, visit);
            walk(then, visit);
            walk(otherwise, visit);
        }
        ExpressionKind::Input { default: Some(default), .. } => walk(default, visit),
        ExpressionKind::List(elements) => {
            for element in elements {
                let (Element::One(one) | Element::Spread(one)) = element;
                walk(one, visit);
            }
        }
        ExpressionKind::Map(entries) => {
            for entry in entries {
                match entry {
                    MapEntry::Pair(key, value) => {
                        walk(key, visit);
                        walk(value, visit);
                    }
                    MapEntry::Spread(one) => walk(one, visit),
                }
            }
        }
        ExpressionKind::Call { callee, arguments } => {
            walk(callee, visit);
            for argument in arguments {
                if let Argument::Positional(one) = argument {
                    walk(one, visit);
                }
            }
        }
        ExpressionKind::Slice { value, from, to } => {
            walk(value, visit);
            for bound in [from, to].into_iter().flatten() {
                walk(bound, visit);
            }
        }
        ExpressionKind::Run(Command::Words { words, environment, input }) => {
            all(words);
            for (_, value) in environment {
                walk(value, visit);
            }
            if let Some(input) = input {
                walk(input, visit);
            }
        }
        ExpressionKind::Run(Command::Line { line, .. }) => walk(line, visit),
        _ => {}
    }
}

fn target(to: &Target) -> String {
    match to {
        Target::Name(name, _) => name.clone(),
        Target::Index(value, key, _) => format!("{}[{}]", expression(value), expression(key)),
        other => format!("{other:?}"),
    }
}

fn many(all: &[Expression], between: &str) -> String {
    all.iter().map(expression).collect::<Vec<_>>().join(between)
}

pub fn expression(value: &Expression) -> String {
    match &value.kind {
        ExpressionKind::Literal(Literal::Text(text)) => format!("'{}'", text.replace('\n', "\\n")),
        ExpressionKind::Literal(Literal::Number(number, _)) => number.to_string(),
        ExpressionKind::Literal(Literal::Bool(truth)) => truth.to_string(),
        ExpressionKind::Join(parts) => format!("<{}>", many(parts, " ")),
        ExpressionKind::Name(name) => name.clone(),
        ExpressionKind::Positional(n) => format!("${n}"),
        ExpressionKind::Positionals(n) => format!("${n}.."),
        ExpressionKind::Attribute(inner, name) => format!("{}.{name}", expression(inner)),
        ExpressionKind::Index(inner, key) => format!("{}[{}]", expression(inner), expression(key)),
        ExpressionKind::Slice { value, from, to } => {
            let bound =
                |bound: &Option<Box<Expression>>| bound.as_ref().map_or(String::new(), |one| expression(one));
            format!("{}[{}:{}]", expression(value), bound(from), bound(to))
        }
        ExpressionKind::List(elements) => {
            let one = |element: &Element| match element {
                Element::One(one) => expression(one),
                Element::Spread(one) => format!("*{}", expression(one)),
            };
            format!("[{}]", elements.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        ExpressionKind::Map(entries) => {
            let one = |entry: &MapEntry| match entry {
                MapEntry::Pair(key, value) => format!("{}: {}", expression(key), expression(value)),
                MapEntry::Spread(one) => format!("**{}", expression(one)),
            };
            format!("{{{}}}", entries.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        ExpressionKind::Choose { condition, then, otherwise } => {
            format!("({} ? {} : {})", expression(condition), expression(then), expression(otherwise))
        }
        ExpressionKind::Not(inner) => format!("not {}", expression(inner)),
        ExpressionKind::And(all) => format!("({})", many(all, " and ")),
        ExpressionKind::Or(all) => format!("({})", many(all, " or ")),
        ExpressionKind::Compare { operator, left, right } => {
            format!("({} {operator:?} {})", expression(left), expression(right))
        }
        ExpressionKind::Binary { operator, left, right } => {
            format!("({} {operator:?} {})", expression(left), expression(right))
        }
        ExpressionKind::Negate(inner) => format!("-{}", expression(inner)),
        ExpressionKind::Call { callee, arguments } => {
            let one = |argument: &Argument| match argument {
                Argument::Positional(one) => expression(one),
                other => format!("{other:?}"),
            };
            format!("{}({})", expression(callee), arguments.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        ExpressionKind::Input { name, default, is_switch, .. } => {
            let switch = if *is_switch { "?" } else { "" };
            let default = default.as_ref().map_or(String::new(), |one| format!(" = {}", expression(one)));
            format!("input({name}{switch}{default})")
        }
        ExpressionKind::Default { value, fallback, or_empty } => {
            let operator = if *or_empty { ":-" } else { "-" };
            format!("({} {operator} {})", expression(value), expression(fallback))
        }
        ExpressionKind::Alternate { value, then } => {
            format!("({} :+ {})", expression(value), expression(then))
        }
        ExpressionKind::Fields(inner) => format!("~{}", expression(inner)),
        ExpressionKind::Run(Command::Words { words, environment, input }) => {
            let environment: String =
                environment.iter().map(|(name, value)| format!("{name}={} ", expression(value))).collect();
            let input = input.as_ref().map_or(String::new(), |input| format!(" <<< {}", expression(input)));
            format!("run {environment}{}{input}", many(words, " "))
        }
        ExpressionKind::Run(Command::Line { line, .. }) => format!("line {}", expression(line)),
        ExpressionKind::Output(_) => "$(...)".to_string(),
        ExpressionKind::Opaque { reason, detail } => format!("?{reason:?}({detail})"),
        other => format!("{other:?}"),
    }
}
