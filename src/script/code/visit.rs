//! Walking the form without caring what it means.

use crate::script::{
    Argument, Block, Command, Element, Expression, ExpressionKind, MapEntry, Statement, StatementKind,
};

/// Calls `seen` for each expression directly inside another one.
pub(super) fn children<'p>(expression: &'p Expression, seen: &mut dyn FnMut(&'p Expression)) {
    match &expression.kind {
        ExpressionKind::Literal(_)
        | ExpressionKind::Name(_)
        | ExpressionKind::Positional(_)
        | ExpressionKind::Positionals(_)
        | ExpressionKind::Lambda(_)
        | ExpressionKind::Opaque { .. } => {}
        ExpressionKind::Join(all) | ExpressionKind::And(all) | ExpressionKind::Or(all) => {
            all.iter().for_each(seen);
        }
        ExpressionKind::Attribute(value, _)
        | ExpressionKind::Not(value)
        | ExpressionKind::Negate(value)
        | ExpressionKind::Fields(value) => seen(value),
        ExpressionKind::Index(value, index) => {
            seen(value);
            seen(index);
        }
        ExpressionKind::Slice { value, from, to } => {
            seen(value);
            from.iter().chain(to).for_each(|bound| seen(bound));
        }
        ExpressionKind::List(all) | ExpressionKind::Tuple(all) => {
            for Element::One(value) | Element::Spread(value) in all {
                seen(value);
            }
        }
        ExpressionKind::Map(entries) => {
            for entry in entries {
                match entry {
                    MapEntry::Pair(key, value) => {
                        seen(key);
                        seen(value);
                    }
                    MapEntry::Spread(value) => seen(value),
                }
            }
        }
        ExpressionKind::Choose { condition, then, otherwise } => {
            seen(condition);
            seen(then);
            seen(otherwise);
        }
        ExpressionKind::Compare { left, right, .. } | ExpressionKind::Binary { left, right, .. } => {
            seen(left);
            seen(right);
        }
        ExpressionKind::Call { callee, arguments } => {
            seen(callee);
            arguments.iter().for_each(|argument| seen(value_of(argument)));
        }
        ExpressionKind::Comprehension { key, value, iterable, conditions, .. } => {
            key.iter().for_each(|key| seen(key));
            seen(value);
            seen(iterable);
            conditions.iter().for_each(seen);
        }
        ExpressionKind::Input { default, .. } => default.iter().for_each(|default| seen(default)),
        ExpressionKind::Default { value, fallback, .. } => {
            seen(value);
            seen(fallback);
        }
        ExpressionKind::Alternate { value, then } => {
            seen(value);
            seen(then);
        }
        ExpressionKind::Run(command) => in_command(command, seen),
        ExpressionKind::Output(block) => {
            for statement in block {
                expressions_of(statement, seen);
            }
        }
    }
}

fn in_command<'p>(command: &'p Command, seen: &mut dyn FnMut(&'p Expression)) {
    match command {
        Command::Words { words, environment, input } => {
            words.iter().for_each(&mut *seen);
            environment.iter().for_each(|(_, value)| seen(value));
            input.iter().for_each(|input| seen(input));
        }
        Command::List { list: words, directory, environment }
        | Command::Line { line: words, directory, environment } => {
            seen(words);
            directory.iter().chain(environment).for_each(|other| seen(other));
        }
    }
}

/// The value of an argument, however it is passed.
pub(super) fn value_of(argument: &Argument) -> &Expression {
    match argument {
        Argument::Positional(value)
        | Argument::Named(_, value)
        | Argument::Spread(value)
        | Argument::SpreadNamed(value) => value,
    }
}

/// Calls `seen` for an expression and all inside it.
pub(super) fn all_within<'p>(expression: &'p Expression, seen: &mut dyn FnMut(&'p Expression)) {
    seen(expression);
    children(expression, &mut |child| all_within(child, seen));
}

/// Calls `seen` for each expression that stands directly in a statement, not in its blocks.
pub(super) fn expressions_of<'p>(statement: &'p Statement, seen: &mut dyn FnMut(&'p Expression)) {
    match &statement.kind {
        StatementKind::Expression(value) | StatementKind::Return(Some(value)) => seen(value),
        StatementKind::Assign { value, .. } | StatementKind::Augment { value, .. } => seen(value),
        StatementKind::If { clauses, .. } => clauses.iter().for_each(|clause| seen(&clause.condition)),
        StatementKind::For { iterable, .. } => seen(iterable),
        StatementKind::While { condition, .. } => seen(condition),
        StatementKind::Class(class) => {
            class.fields.iter().filter_map(|field| field.default.as_ref()).for_each(&mut *seen);
            class.attributes.iter().for_each(|(_, _, value)| seen(value));
        }
        _ => {}
    }
}

/// Calls `seen` for each block directly inside a statement, the bodies of functions among them.
pub(super) fn blocks_of<'p>(statement: &'p Statement, seen: &mut dyn FnMut(&'p Block)) {
    match &statement.kind {
        StatementKind::If { clauses, otherwise } => {
            clauses.iter().for_each(|clause| seen(&clause.body));
            seen(otherwise);
        }
        StatementKind::For { body, otherwise, .. } => {
            seen(body);
            seen(otherwise);
        }
        StatementKind::While { body, .. }
        | StatementKind::Block(body)
        | StatementKind::Subshell(body)
        | StatementKind::Ignoring(_, body) => seen(body),
        StatementKind::Try { body, handlers, otherwise, finally } => {
            seen(body);
            handlers.iter().for_each(&mut *seen);
            seen(otherwise);
            seen(finally);
        }
        StatementKind::Function(function) => seen(&function.body),
        StatementKind::Class(class) => class.methods.iter().for_each(|method| seen(&method.body)),
        _ => {}
    }
}

/// Calls `seen` for each statement of a block and of all blocks inside it.
pub(super) fn statements_within<'p>(block: &'p Block, seen: &mut dyn FnMut(&'p Statement)) {
    for statement in block {
        seen(statement);
        blocks_of(statement, &mut |inner| statements_within(inner, seen));
    }
}

/// Calls `seen` for each expression of a block, however deep.
pub(super) fn expressions_within<'p>(block: &'p Block, seen: &mut dyn FnMut(&'p Expression)) {
    statements_within(block, &mut |statement| {
        expressions_of(statement, &mut |expression| all_within(expression, seen));
    });
}

/// The last name of an expression made of names: `x` of `self.x`, `run` of `app.run`.
pub(super) fn last_name(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        ExpressionKind::Name(name) | ExpressionKind::Attribute(_, name) => Some(name),
        _ => None,
    }
}

/// Whether a block never runs to its end.
pub(super) fn always_leaves(block: &Block) -> bool {
    block.iter().any(|statement| match &statement.kind {
        StatementKind::Return(_) | StatementKind::Exit | StatementKind::Break | StatementKind::Continue => {
            true
        }
        StatementKind::Block(inner) | StatementKind::Ignoring(_, inner) => always_leaves(inner),
        StatementKind::If { clauses, otherwise } => {
            !otherwise.is_empty()
                && always_leaves(otherwise)
                && clauses.iter().all(|clause| always_leaves(&clause.body))
        }
        _ => false,
    })
}
