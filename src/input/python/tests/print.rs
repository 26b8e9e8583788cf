//! The script form as text, short enough to be read beside the script.

use crate::script::{
    Argument, Block, Command, Element, Expression, ExpressionKind, Function, Literal, MapEntry,
    ParameterKind, Statement, StatementKind, Target,
};
use std::fmt::Write;

/// A block, two blanks a level.
pub(super) fn block(block: &Block, depth: usize, out: &mut String) {
    for statement in block {
        self::statement(statement, depth, out);
    }
}

fn line(depth: usize, text: &str, out: &mut String) {
    let _ = writeln!(out, "{}{text}", "  ".repeat(depth));
}

fn statement(statement: &Statement, depth: usize, out: &mut String) {
    let nested = |title: String, inner: &Block, out: &mut String| {
        line(depth, &title, out);
        block(inner, depth + 1, out);
    };
    match &statement.kind {
        StatementKind::Expression(value) => line(depth, &expression(value), out),
        StatementKind::Assign { target, value, .. } => {
            line(depth, &format!("{} = {}", self::target(target), expression(value)), out);
        }
        StatementKind::Augment { target, operator, value } => {
            line(depth, &format!("{} {operator:?}= {}", self::target(target), expression(value)), out);
        }
        StatementKind::If { clauses, otherwise } => {
            for clause in clauses {
                nested(format!("if {}", expression(&clause.condition)), &clause.body, out);
            }
            if !otherwise.is_empty() {
                nested("else".to_owned(), otherwise, out);
            }
        }
        StatementKind::For { target, iterable, body, otherwise } => {
            nested(format!("for {} in {}", self::target(target), expression(iterable)), body, out);
            if !otherwise.is_empty() {
                nested("else".to_owned(), otherwise, out);
            }
        }
        StatementKind::While { condition, body, .. } => {
            nested(format!("while {}", expression(condition)), body, out)
        }
        StatementKind::Try { body, handlers, otherwise, finally } => {
            nested("try".to_owned(), body, out);
            for handler in handlers {
                nested("handler".to_owned(), handler, out);
            }
            nested("else".to_owned(), otherwise, out);
            nested("finally".to_owned(), finally, out);
        }
        StatementKind::Return(value) => {
            line(depth, &format!("return {}", value.as_ref().map(expression).unwrap_or_default()), out);
        }
        StatementKind::Function(function) => self::function(function, depth, out),
        StatementKind::Class(class) => {
            let kind = match (class.is_record, class.is_enum) {
                (true, _) => "record",
                (_, true) => "enum",
                _ => "class",
            };
            let bases: Vec<String> = class.bases.iter().map(expression).collect();
            line(depth, &format!("{kind} {}({})", class.name, bases.join(", ")), out);
            for field in &class.fields {
                let default = field.default.as_ref().map(|value| format!(" = {}", expression(value)));
                line(depth + 1, &format!("field {}{}", field.name, default.unwrap_or_default()), out);
            }
            for (name, _, value) in &class.attributes {
                line(depth + 1, &format!("attribute {name} = {}", expression(value)), out);
            }
            for method in &class.methods {
                function(method, depth + 1, out);
            }
        }
        StatementKind::Block(inner) => nested("block".to_owned(), inner, out),
        StatementKind::Subshell(inner) => nested("subshell".to_owned(), inner, out),
        StatementKind::Delete(targets) => {
            let targets: Vec<String> = targets.iter().map(target).collect();
            line(depth, &format!("delete {}", targets.join(", ")), out);
        }
        StatementKind::Global(names) => line(depth, &format!("global {}", names.join(", ")), out),
        StatementKind::Import { module, names, binding } => {
            line(depth, &format!("import {module} {names:?} {binding:?}"), out);
        }
        StatementKind::Break | StatementKind::Continue | StatementKind::Exit => {
            line(depth, &format!("{:?}", statement.kind).to_lowercase(), out);
        }
        other => line(depth, &format!("{other:?}"), out),
    }
}

fn function(function: &Function, depth: usize, out: &mut String) {
    let parameters: Vec<String> = function
        .parameters
        .iter()
        .map(|parameter| {
            let mark = match parameter.kind {
                ParameterKind::Normal => "",
                ParameterKind::Keyword => "keyword ",
                ParameterKind::Rest => "*",
                ParameterKind::Keywords => "**",
            };
            let default = parameter.default.as_ref().map(|value| format!("={}", expression(value)));
            format!("{mark}{}{}", parameter.name, default.unwrap_or_default())
        })
        .collect();
    let mut words = Vec::new();
    for (is, word) in [
        (function.is_static, "static "),
        (function.is_class_method, "class "),
        (function.is_property, "property "),
        (function.is_command, "command "),
    ] {
        words.extend(is.then_some(word));
    }
    line(depth, &format!("{}function {}({})", words.concat(), function.name, parameters.join(", ")), out);
    block(&function.body, depth + 1, out);
}

fn target(target: &Target) -> String {
    match target {
        Target::Name(name, _) => name.clone(),
        Target::Attribute(value, name, _) => format!("{}.{name}", expression(value)),
        Target::Index(value, index, _) => format!("{}[{}]", expression(value), expression(index)),
        Target::Tuple(members, _) => {
            let members: Vec<String> = members
                .iter()
                .map(|(member, rest)| format!("{}{}", if *rest { "*" } else { "" }, self::target(member)))
                .collect();
            format!("({})", members.join(", "))
        }
        Target::Ignored(_) => "_".to_owned(),
    }
}

fn all(expressions: &[Expression], joint: &str) -> String {
    expressions.iter().map(expression).collect::<Vec<_>>().join(joint)
}

fn elements(elements: &[Element]) -> String {
    let one = |element: &Element| match element {
        Element::One(value) => expression(value),
        Element::Spread(value) => format!("*{}", expression(value)),
    };
    elements.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn optional(value: Option<&Expression>) -> String {
    value.map(expression).unwrap_or_default()
}

pub(super) fn expression(value: &Expression) -> String {
    match &value.kind {
        ExpressionKind::Literal(Literal::Text(text)) => format!("{text:?}"),
        ExpressionKind::Literal(Literal::Number(_, written)) => written.clone(),
        ExpressionKind::Literal(Literal::Bool(bool)) => bool.to_string(),
        ExpressionKind::Literal(Literal::Null) => "null".to_owned(),
        ExpressionKind::Join(parts) => format!("<{}>", all(parts, " ")),
        ExpressionKind::Name(name) => name.clone(),
        ExpressionKind::Positional(n) => format!("${n}"),
        ExpressionKind::Positionals(n) => format!("$@{n}"),
        ExpressionKind::Attribute(value, name) => format!("{}.{name}", expression(value)),
        ExpressionKind::Index(value, index) => format!("{}[{}]", expression(value), expression(index)),
        ExpressionKind::Slice { value, from, to } => {
            format!("{}[{}:{}]", expression(value), optional(from.as_deref()), optional(to.as_deref()))
        }
        ExpressionKind::List(list) => format!("[{}]", elements(list)),
        ExpressionKind::Tuple(list) => format!("({})", elements(list)),
        ExpressionKind::Map(entries) => {
            let one = |entry: &MapEntry| match entry {
                MapEntry::Pair(key, value) => format!("{}: {}", expression(key), expression(value)),
                MapEntry::Spread(value) => format!("**{}", expression(value)),
            };
            format!("{{{}}}", entries.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        ExpressionKind::Choose { condition, then, otherwise } => {
            format!("({} ? {} : {})", expression(condition), expression(then), expression(otherwise))
        }
        ExpressionKind::Not(value) => format!("not {}", expression(value)),
        ExpressionKind::And(operands) => format!("({})", all(operands, " and ")),
        ExpressionKind::Or(operands) => format!("({})", all(operands, " or ")),
        ExpressionKind::Compare { operator, left, right } => {
            format!("({} {operator:?} {})", expression(left), expression(right))
        }
        ExpressionKind::Binary { operator, left, right } => {
            format!("({} {operator:?} {})", expression(left), expression(right))
        }
        ExpressionKind::Negate(value) => format!("-{}", expression(value)),
        ExpressionKind::Call { callee, arguments } => {
            let one = |argument: &Argument| match argument {
                Argument::Positional(value) => expression(value),
                Argument::Named(name, value) => format!("{name}={}", expression(value)),
                Argument::Spread(value) => format!("*{}", expression(value)),
                Argument::SpreadNamed(value) => format!("**{}", expression(value)),
            };
            format!("{}({})", expression(callee), arguments.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        ExpressionKind::Comprehension { key, value, target, iterable, conditions, .. } => {
            let key = key.as_ref().map(|key| format!("{}: ", expression(key))).unwrap_or_default();
            let tests: String = conditions.iter().map(|test| format!(" if {}", expression(test))).collect();
            format!(
                "[{key}{} for {} in {}{tests}]",
                expression(value),
                self::target(target),
                expression(iterable)
            )
        }
        ExpressionKind::Input { name, kind, default, is_switch } => {
            let default = default.as_ref().map(|value| format!(" default {}", expression(value)));
            let switch = if *is_switch { " switch" } else { "" };
            format!("input({kind:?} {name}{switch}{})", default.unwrap_or_default())
        }
        ExpressionKind::Default { value, fallback, .. } => {
            format!("({} else {})", expression(value), expression(fallback))
        }
        ExpressionKind::Alternate { value, then } => {
            format!("({} ?+ {})", expression(value), expression(then))
        }
        ExpressionKind::Fields(value) => format!("fields({})", expression(value)),
        ExpressionKind::Run(command) => format!("run {}", self::command(command)),
        ExpressionKind::Output(inner) => {
            let mut text = String::new();
            block(inner, 0, &mut text);
            format!("output({})", text.trim_end())
        }
        ExpressionKind::Lambda(function) => {
            let mut text = String::new();
            block(&function.body, 0, &mut text);
            let names: Vec<&str> = function.parameters.iter().map(|one| one.name.as_str()).collect();
            format!("lambda({}: {})", names.join(", "), text.trim_end())
        }
        ExpressionKind::Opaque { reason, detail } => format!("opaque({reason:?} {detail})"),
    }
}

fn command(command: &Command) -> String {
    let (kind, words, directory, environment) = match command {
        Command::Words { words, .. } => return format!("words {}", all(words, " ")),
        Command::List { list, directory, environment } => ("list", list, directory, environment),
        Command::Line { line, directory, environment } => ("line", line, directory, environment),
    };
    let mut text = format!("{kind} {}", expression(words));
    for (name, value) in [("in", directory), ("with", environment)] {
        if let Some(value) = value {
            let _ = write!(text, " {name} {}", expression(value));
        }
    }
    text
}
