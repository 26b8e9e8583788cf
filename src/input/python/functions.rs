//! Functions, methods, lambdas and generators.

use crate::input::python::Lowering;
use crate::script::{
    Argument, Expression, ExpressionKind, Function, Parameter, ParameterKind, Statement, StatementKind,
    Target,
};
use crate::source::Span;
use crate::value::Reason;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;
use std::rc::Rc;

/// The list to which a generator's elements are added. No Python variable can have this name.
const YIELDED: &str = "yield";

/// What `yield` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Yields {
    /// Adds to the list that a call of the generator stands for.
    Collected,
    /// Hands the value to a `with` statement: the function ends as far as values go.
    Returned,
    /// The function holds no `yield`.
    None,
}

impl<'a> Lowering<'a> {
    /// Whether a function is an overload, a setter or the like: never the one that a name calls.
    pub(super) fn is_only_declared(&self, function: &ast::StmtFunctionDef) -> bool {
        function.decorator_list.iter().any(|decorator| match &decorator.expression {
            Expr::Name(name) => name.id.as_str() == "overload",
            Expr::Attribute(attribute) => {
                matches!(attribute.attr.as_str(), "overload" | "setter" | "deleter")
            }
            _ => false,
        })
    }

    pub(super) fn function(&mut self, function: &'a ast::StmtFunctionDef) -> Function {
        let decorators: Vec<&'a Expr> =
            function.decorator_list.iter().map(|decorator| &decorator.expression).collect();
        let is = |names: &[&str]| {
            decorators.iter().any(|one| last_name(one).is_some_and(|name| names.contains(&name)))
        };
        let is_command = self.is_command(&decorators);
        let yields = match (
            Yielding::in_body(&function.body),
            is(&["contextmanager", "asynccontextmanager", "fixture"]),
        ) {
            (false, _) => Yields::None,
            (true, true) => Yields::Returned,
            (true, false) => Yields::Collected,
        };
        let outer = std::mem::replace(&mut self.yields, yields);
        let before = std::mem::take(&mut self.before);
        let conditional = std::mem::take(&mut self.conditional);
        let mut parameters = self.parameters(&function.parameters);
        if is_command {
            self.command_parameters(&mut parameters, &function.parameters, &decorators);
        }
        let mut body = self.block(&function.body);
        let name_span = self.span(&function.name);
        if yields == Yields::Collected {
            self.collect_yields(&mut body, name_span);
        }
        self.yields = outer;
        self.before = before;
        self.conditional = conditional;
        Function {
            name: function.name.as_str().to_owned(),
            name_span,
            parameters,
            body,
            is_static: is(&["staticmethod"]),
            is_class_method: is(&["classmethod"]),
            is_property: is(&["property", "cached_property", "computed_field"]),
            is_command,
            prints: false,
            span: self.span(function),
        }
    }

    fn is_command(&self, decorators: &[&Expr]) -> bool {
        let library = self.names.imports_module("click") || self.names.imports_module("typer");
        library
            && decorators.iter().any(|decorator| {
                let callee = match decorator {
                    Expr::Call(call) => &*call.func,
                    other => other,
                };
                matches!(last_name(callee), Some("command" | "callback" | "group"))
            })
    }

    fn command_parameters(
        &mut self,
        parameters: &mut [Parameter],
        written: &'a ast::Parameters,
        decorators: &[&'a Expr],
    ) {
        for parameter in parameters.iter_mut() {
            if !matches!(parameter.kind, ParameterKind::Normal | ParameterKind::Keyword) {
                continue;
            }
            let decorated: Vec<&'a ast::ExprCall> = decorators
                .iter()
                .filter_map(|decorator| match decorator {
                    Expr::Call(call) if fills(call, &parameter.name) => Some(call),
                    _ => None,
                })
                .collect();
            parameter.default = Some(match decorated.as_slice() {
                [] => self.command_parameter(&parameter.name, written.find(&parameter.name), parameter.span),
                [call] => self.decorated_input(call, parameter.span),
                several => self.chosen_input(&parameter.name, several, parameter.span),
            });
        }
    }

    pub(super) fn parameters(&mut self, parameters: &'a ast::Parameters) -> Vec<Parameter> {
        let mut lowered = Vec::with_capacity(parameters.len());
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            lowered.push(self.parameter(parameter, ParameterKind::Normal));
        }
        if let Some(rest) = &parameters.vararg {
            lowered.push(self.rest_parameter(rest, ParameterKind::Rest));
        }
        for parameter in &parameters.kwonlyargs {
            lowered.push(self.parameter(parameter, ParameterKind::Keyword));
        }
        if let Some(rest) = &parameters.kwarg {
            lowered.push(self.rest_parameter(rest, ParameterKind::Keywords));
        }
        lowered
    }

    fn parameter(&mut self, parameter: &'a ast::ParameterWithDefault, kind: ParameterKind) -> Parameter {
        let name = parameter.parameter.name.as_str();
        let span = self.span(&parameter.parameter.name);
        let default = match &parameter.default {
            Some(default) => Some(self.expression(default)),
            // A handler that a parser dispatches to is called by nobody in the file; its namespace is
            // the parsed command line all the same.
            None if self.names.command_line.is_namespace(name) && !self.names.command_line.is_empty() => {
                Some(self.namespace(&parameter.parameter.name))
            }
            None => None,
        };
        Parameter { name: name.to_owned(), span, kind, default }
    }

    fn rest_parameter(&self, parameter: &ast::Parameter, kind: ParameterKind) -> Parameter {
        Parameter {
            name: parameter.name.as_str().to_owned(),
            span: self.span(&parameter.name),
            kind,
            default: None,
        }
    }

    pub(super) fn lambda(&mut self, lambda: &'a ast::ExprLambda) -> ExpressionKind {
        let span = self.span(lambda);
        let (parameters, value) = self.conditionally(|lowering| {
            let parameters = match &lambda.parameters {
                Some(parameters) => lowering.parameters(parameters),
                None => Vec::new(),
            };
            (parameters, lowering.expression(&lambda.body))
        });
        let value_span = value.span;
        ExpressionKind::Lambda(Rc::new(Function {
            name: "lambda".to_owned(),
            name_span: span,
            parameters,
            body: vec![Statement { kind: StatementKind::Return(Some(value)), span: value_span }],
            is_static: false,
            is_class_method: false,
            is_property: false,
            is_command: false,
            prints: false,
            span,
        }))
    }

    pub(super) fn return_statement(&mut self, returned: &'a ast::StmtReturn) -> Vec<StatementKind> {
        let value = returned.value.as_deref().map(|value| self.expression(value));
        match self.yields {
            Yields::Collected => vec![StatementKind::Return(Some(yielded(self.span(returned))))],
            _ => vec![StatementKind::Return(value)],
        }
    }

    pub(super) fn yield_statement(
        &mut self,
        value: Option<&'a Expr>,
        all: bool,
        span: Span,
    ) -> Vec<StatementKind> {
        let lowered = value.map(|value| self.expression(value));
        match (self.yields, lowered) {
            (Yields::Returned, lowered) => vec![StatementKind::Return(lowered)],
            (Yields::Collected, Some(value)) => {
                let method = if all { "extend" } else { "append" };
                let callee = ExpressionKind::Attribute(Box::new(yielded(span)), method.to_owned());
                let call = ExpressionKind::Call {
                    callee: Box::new(Expression { kind: callee, span }),
                    arguments: vec![Argument::Positional(value)],
                };
                vec![StatementKind::Expression(Expression { kind: call, span })]
            }
            (_, Some(value)) => vec![StatementKind::Expression(value)],
            (_, None) => Vec::new(),
        }
    }

    /// Makes a generator's body build the list of what it yields.
    fn collect_yields(&self, body: &mut Vec<Statement>, span: Span) {
        let list = Expression { kind: ExpressionKind::List(Vec::new()), span };
        let target = Target::Name(YIELDED.to_owned(), span);
        let kind = StatementKind::Assign { target, value: list, local: false, export: false };
        body.insert(0, Statement { kind, span });
        body.push(Statement { kind: StatementKind::Return(Some(yielded(span))), span });
    }

    /// A `yield` whose value is used: what is sent in is not known.
    pub(super) fn yield_value(&mut self, node: &'a impl Ranged) -> Expression {
        self.opaque(node, Reason::NotFollowed)
    }
}

fn yielded(span: Span) -> Expression {
    Expression { kind: ExpressionKind::Name(YIELDED.to_owned()), span }
}

/// The last name of a decorator: `command` of `@app.command(...)`, `property` of `@property`.
pub(super) fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => Some(name.id.as_str()),
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a `click.option` or `click.argument` call fills the parameter of a name.
fn fills(call: &ast::ExprCall, parameter: &str) -> bool {
    if !matches!(last_name(&call.func), Some("option" | "argument")) {
        return false;
    }
    let names: Vec<&str> = call.arguments.args.iter().filter_map(super::arguments::text_of).collect();
    let plain = |name: &str| name.trim_start_matches('-').split('/').next().unwrap_or(name).replace('-', "_");
    // A name without dashes is the parameter's; else the first long option is.
    match names.iter().find(|name| !name.starts_with('-')) {
        Some(explicit) => plain(explicit).to_lowercase() == parameter.to_lowercase(),
        None => names
            .iter()
            .find(|name| name.starts_with("--"))
            .or(names.first())
            .is_some_and(|name| plain(name).to_lowercase() == parameter.to_lowercase()),
    }
}

/// Looks for `yield` in a function's own body.
struct Yielding(bool);

impl Yielding {
    fn in_body(body: &[Stmt]) -> bool {
        let mut walk = Yielding(false);
        for statement in body {
            walk.visit_stmt(statement);
        }
        walk.0
    }
}

impl<'a> Visitor<'a> for Yielding {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
            Expr::Lambda(_) => {}
            _ => walk_expr(self, expression),
        }
    }
}
