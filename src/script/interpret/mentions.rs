//! What the functions of a script mention: the functions that they call, and whether they run a command.

use crate::script::{
    Argument, Element, Expression, ExpressionKind, Function, MapEntry, Program, Statement, StatementKind,
};
use std::collections::BTreeSet;
use std::rc::Rc;

/// A function that runs commands, itself or through others.
pub(super) struct Candidate {
    pub function: Rc<Function>,
    pub class: Option<Rc<crate::script::Class>>,
    pub calls: BTreeSet<String>,
    pub runs: bool,
}

/// Functions and methods of a block, with what they call and whether they run a command.
pub(super) fn collect(
    block: &[Statement],
    class: Option<&Rc<crate::script::Class>>,
    all: &mut Vec<Candidate>,
    depth: usize,
) {
    if depth > Program::MAX_DEPTH {
        return;
    }
    for statement in block {
        match &statement.kind {
            StatementKind::Function(function) => all.push(candidate(function, class)),
            StatementKind::Class(class) => {
                for method in &class.methods {
                    all.push(candidate(method, Some(class)));
                }
            }
            StatementKind::If { clauses, otherwise } => {
                for clause in clauses {
                    collect(&clause.body, class, all, depth + 1);
                }
                collect(otherwise, class, all, depth + 1);
            }
            StatementKind::Try { body, handlers, otherwise, finally } => {
                for block in handlers.iter().chain([body, otherwise, finally]) {
                    collect(block, class, all, depth + 1);
                }
            }
            StatementKind::Block(block) => collect(block, class, all, depth),
            _ => {}
        }
    }
}

fn candidate(function: &Rc<Function>, class: Option<&Rc<crate::script::Class>>) -> Candidate {
    let mut found = Found::default();
    found.block(&function.body, 0);
    Candidate { function: function.clone(), class: class.cloned(), calls: found.calls, runs: found.runs }
}

/// What a function's body mentions.
#[derive(Default)]
struct Found {
    calls: BTreeSet<String>,
    runs: bool,
}

impl Found {
    fn block(&mut self, block: &[Statement], depth: usize) {
        if depth > 2 * Program::MAX_DEPTH {
            return;
        }
        for statement in block {
            self.statement(&statement.kind, depth);
        }
    }

    fn statement(&mut self, kind: &StatementKind, depth: usize) {
        let deeper = depth + 1;
        match kind {
            StatementKind::Expression(one)
            | StatementKind::Assign { value: one, .. }
            | StatementKind::Augment { value: one, .. }
            | StatementKind::Return(Some(one)) => self.expression(one, deeper),
            StatementKind::If { clauses, otherwise } => {
                for clause in clauses {
                    self.expression(&clause.condition, deeper);
                    self.block(&clause.body, deeper);
                }
                self.block(otherwise, deeper);
            }
            StatementKind::For { iterable, body, otherwise, .. } => {
                self.expression(iterable, deeper);
                self.block(body, deeper);
                self.block(otherwise, deeper);
            }
            StatementKind::While { before, condition, body, after } => {
                self.expression(condition, deeper);
                for block in [before, body, after] {
                    self.block(block, deeper);
                }
            }
            StatementKind::ByArguments { known, otherwise } => {
                self.block(known, deeper);
                self.block(otherwise, deeper);
            }
            StatementKind::Try { body, handlers, otherwise, finally } => {
                for block in handlers.iter().chain([body, otherwise, finally]) {
                    self.block(block, deeper);
                }
            }
            StatementKind::Block(block)
            | StatementKind::Subshell(block)
            | StatementKind::Silent(block)
            | StatementKind::Ignoring(_, block) => self.block(block, deeper),
            StatementKind::Function(function) => self.block(&function.body, deeper),
            _ => {}
        }
    }

    fn expressions<'e>(&mut self, all: impl IntoIterator<Item = &'e Expression>, depth: usize) {
        for one in all {
            self.expression(one, depth);
        }
    }

    fn expression(&mut self, expression: &Expression, depth: usize) {
        if depth > 2 * Program::MAX_DEPTH {
            return;
        }
        let deeper = depth + 1;
        match &expression.kind {
            ExpressionKind::Run(command) => {
                self.runs = true;
                if let crate::script::Command::Words { words, .. } = command {
                    if let Some(first) = words.first()
                        && let ExpressionKind::Literal(crate::script::Literal::Text(name)) = &first.kind
                    {
                        self.calls.insert(name.clone());
                    }
                    self.expressions(words, deeper);
                }
            }
            ExpressionKind::Call { callee, arguments } => {
                match &callee.kind {
                    ExpressionKind::Name(name) | ExpressionKind::Attribute(_, name) => {
                        self.calls.insert(name.clone());
                    }
                    _ => {}
                }
                self.expression(callee, deeper);
                for argument in arguments {
                    match argument {
                        Argument::Positional(one)
                        | Argument::Named(_, one)
                        | Argument::Spread(one)
                        | Argument::SpreadNamed(one) => {
                            // A function may be handed over to be called.
                            if let ExpressionKind::Name(name) | ExpressionKind::Attribute(_, name) = &one.kind
                            {
                                self.calls.insert(name.clone());
                            }
                            self.expression(one, deeper);
                        }
                    }
                }
            }
            ExpressionKind::Output(block) => self.block(block, deeper),
            ExpressionKind::Join(all) | ExpressionKind::And(all) | ExpressionKind::Or(all) => {
                self.expressions(all, deeper);
            }
            ExpressionKind::List(all) | ExpressionKind::Tuple(all) => {
                for element in all {
                    let (Element::One(one) | Element::Spread(one)) = element;
                    self.expression(one, deeper);
                }
            }
            ExpressionKind::Map(all) => {
                for entry in all {
                    match entry {
                        MapEntry::Pair(key, value) => self.expressions([key, value], deeper),
                        MapEntry::Spread(one) => self.expression(one, deeper),
                    }
                }
            }
            ExpressionKind::Attribute(one, _)
            | ExpressionKind::Not(one)
            | ExpressionKind::Negate(one)
            | ExpressionKind::Fields(one) => self.expression(one, deeper),
            ExpressionKind::Index(one, other)
            | ExpressionKind::Compare { left: one, right: other, .. }
            | ExpressionKind::Binary { left: one, right: other, .. }
            | ExpressionKind::Default { value: one, fallback: other, .. }
            | ExpressionKind::Alternate { value: one, then: other } => {
                self.expressions([&**one, &**other], deeper);
            }
            ExpressionKind::Choose { condition, then, otherwise } => {
                self.expressions([&**condition, &**then, &**otherwise], deeper);
            }
            ExpressionKind::Comprehension { value, iterable, conditions, .. } => {
                self.expressions([&**value, &**iterable], deeper);
                self.expressions(conditions, deeper);
            }
            ExpressionKind::Lambda(function) => self.block(&function.body, deeper),
            ExpressionKind::Slice { value, .. } => self.expression(value, deeper),
            _ => {}
        }
    }
}
