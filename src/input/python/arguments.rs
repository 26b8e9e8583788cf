//! The script's command line: `argparse` parsers, and the parameters that `click` and `typer` fill.
//!
//! All options of a file become the fields of one record, whose constructor call stands for
//! `parser.parse_args()`. So a namespace that is handed from function to function is an ordinary value
//! to the interpreter.

use crate::input::python::Lowering;
use crate::input::python::functions::last_name;
use crate::input::python::settings::annotations;
use crate::script::{Class, Expression, ExpressionKind, Field, InputKind, Literal, Statement, StatementKind};
use crate::source::Span;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The name of the record. No Python class can have it.
pub(super) const NAMESPACE: &str = "parser.parse_args()";

/// One `add_argument` call.
#[derive(Debug)]
pub(super) struct CommandOption<'a> {
    /// The attribute under which the value is found.
    destination: String,
    /// As the user writes it: `--project-id`, `service`.
    name: &'a str,
    call: &'a ast::ExprCall,
    /// Another call defines the same attribute with another default.
    is_ambiguous: bool,
}

/// The options of a file, in order, and the variables that hold the parsed ones.
#[derive(Debug, Default)]
pub(super) struct CommandLine<'a> {
    options: Vec<CommandOption<'a>>,
    namespaces: BTreeSet<&'a str>,
}

impl CommandLine<'_> {
    /// Whether a parameter of this name is most likely the parsed command line.
    pub(super) fn is_namespace(&self, name: &str) -> bool {
        self.namespaces.contains(name)
    }

    /// Whether any option is defined.
    pub(super) fn is_empty(&self) -> bool {
        self.options.is_empty()
    }
}

/// Collects [`CommandLine`] during the walk over the file.
#[derive(Debug, Default)]
pub(super) struct Parser<'a> {
    found: CommandLine<'a>,
}

impl<'a> Parser<'a> {
    pub(super) fn assignment(&mut self, assign: &'a ast::StmtAssign) {
        let Expr::Call(call) = &*assign.value else { return };
        let method = method_name(call);
        if !matches!(method, Some("parse_args" | "parse_known_args")) {
            return;
        }
        for target in &assign.targets {
            match target {
                Expr::Name(name) => {
                    self.found.namespaces.insert(name.id.as_str());
                }
                Expr::Tuple(tuple) => {
                    if let Some(Expr::Name(name)) = tuple.elts.first() {
                        self.found.namespaces.insert(name.id.as_str());
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn call(&mut self, call: &'a ast::ExprCall) {
        if method_name(call) != Some("add_argument") {
            return;
        }
        let names: Vec<&str> = call.arguments.args.iter().filter_map(text_of).collect();
        // The long option is the one people use; a positional argument has one name without dashes.
        let Some(&name) = names.iter().find(|name| name.starts_with("--")).or(names.first()) else {
            return;
        };
        let given = call.arguments.find_keyword("dest").and_then(|keyword| text_of(&keyword.value));
        let destination = given.unwrap_or_else(|| name.trim_start_matches('-')).replace('-', "_");
        match self.found.options.iter_mut().find(|option| option.destination == destination) {
            Some(earlier) => {
                let same = default_of(earlier.call).map(comparable) == default_of(call).map(comparable);
                earlier.is_ambiguous |= !same;
            }
            None => {
                let option = CommandOption { destination, name, call, is_ambiguous: false };
                self.found.options.push(option);
            }
        }
    }

    pub(super) fn finish(self) -> CommandLine<'a> {
        self.found
    }
}

fn comparable(expression: &Expr) -> ast::comparable::ComparableExpr<'_> {
    expression.into()
}

fn default_of(call: &ast::ExprCall) -> Option<&Expr> {
    call.arguments.find_keyword("default").map(|keyword| &keyword.value)
}

/// The attribute that a call calls: `add_argument` of `parser.add_argument(...)`.
pub(super) fn method_name(call: &ast::ExprCall) -> Option<&str> {
    match &*call.func {
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// The characters of a plain string literal.
pub(super) fn text_of(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// Whether an expression is the literal `None`, or `...`, which `click` and `typer` use for "no default".
fn is_nothing(expression: &Expr) -> bool {
    matches!(expression, Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_))
}

impl<'a> Lowering<'a> {
    /// The class statement that declares the record of parsed options, if the file has any.
    pub(super) fn namespace_class(&mut self) -> Option<Statement> {
        let options = std::mem::take(&mut self.names.command_line.options);
        let first = options.first()?;
        let whole = self.span(first.call);
        let fields = options.iter().map(|option| self.option_field(option)).collect();
        self.names.command_line.options = options;
        let class = Class {
            name: NAMESPACE.to_owned(),
            name_span: whole,
            bases: Vec::new(),
            fields,
            attributes: Vec::new(),
            methods: Vec::new(),
            is_record: true,
            is_sequence: false,
            is_enum: false,
            span: whole,
        };
        Some(Statement { kind: StatementKind::Class(Rc::new(class)), span: whole })
    }

    fn option_field(&mut self, option: &CommandOption<'a>) -> Field {
        let span = self.span(option.call);
        let keyword = |name: &str| option.call.arguments.find_keyword(name).map(|keyword| &keyword.value);
        let action = keyword("action").and_then(text_of).unwrap_or("store");
        let name_span = option.call.arguments.args.first().map_or(span, |name| self.span(name));
        let given = default_of(option.call).filter(|given| !is_nothing(given) && !option.is_ambiguous);
        let is_boolean = keyword("action").is_some_and(is_boolean_action);
        let value = match (action, given) {
            // A switch that sets what is the default anyway changes nothing.
            ("store_true", Some(Expr::BooleanLiteral(literal))) if literal.value => {
                self.truth(true, name_span)
            }
            ("store_false", Some(Expr::BooleanLiteral(literal))) if !literal.value => {
                self.truth(false, name_span)
            }
            ("store_true", _) => {
                self.option_input(option.name, Some(self.truth(false, name_span)), true, name_span)
            }
            // The switch turns the value off: the value is that the switch is not given.
            ("store_false", _) => {
                let off = self.truth(false, name_span);
                let input = self.option_input(option.name, Some(off), true, name_span);
                Expression { kind: ExpressionKind::Not(Box::new(input)), span: name_span }
            }
            _ => {
                let default = given.map(|given| self.expression(given));
                self.option_input(option.name, default, is_boolean, name_span)
            }
        };
        Field { name: option.destination.clone(), span: name_span, default: Some(value) }
    }

    fn option_input(
        &self,
        name: &str,
        default: Option<Expression>,
        is_switch: bool,
        span: Span,
    ) -> Expression {
        let kind = ExpressionKind::Input {
            name: name.to_owned(),
            kind: InputKind::Argument,
            default: default.map(Box::new),
            is_switch,
        };
        Expression { kind, span }
    }
    fn truth(&self, value: bool, span: Span) -> Expression {
        Expression { kind: ExpressionKind::Literal(Literal::Bool(value)), span }
    }

    /// The parsed command line.
    pub(super) fn namespace(&self, node: &impl Ranged) -> Expression {
        let span = self.span(node);
        let callee = Box::new(Expression { kind: ExpressionKind::Name(NAMESPACE.to_owned()), span });
        Expression { kind: ExpressionKind::Call { callee, arguments: Vec::new() }, span }
    }

    /// The input that a `click` option or argument is: from its decorator call and its parameter.
    pub(super) fn decorated_input(&mut self, call: &'a ast::ExprCall, span: Span) -> Expression {
        let names: Vec<&str> = call.arguments.args.iter().filter_map(text_of).collect();
        let name = names.iter().find(|name| name.starts_with("--")).or(names.first());
        let name = name.map_or("", |name| name.split('/').next().unwrap_or(name)).to_owned();
        let is_flag = call
            .arguments
            .find_keyword("is_flag")
            .is_some_and(|flag| matches!(&flag.value, Expr::BooleanLiteral(literal) if literal.value));
        let value = call.arguments.find_keyword("flag_value");
        let is_switch = value.is_none() && (is_flag || names.iter().any(|name| name.contains('/')));
        let default = match default_of(call) {
            Some(given) if value.is_some() => self.flag_default(call, given),
            Some(given) if !is_nothing(given) => self.command_default(call, given),
            None if is_switch && is_flag => Some(Box::new(self.truth(false, span))),
            _ => None,
        };
        let kind = ExpressionKind::Input { name, kind: InputKind::Argument, default, is_switch };
        Expression { kind, span }
    }

    /// The default of an option. A callback may make anything of it; a callable makes it.
    fn command_default(&mut self, call: &ast::ExprCall, given: &'a Expr) -> Option<Box<Expression>> {
        if call.arguments.find_keyword("callback").is_some() {
            return None;
        }
        let is_callable = match given {
            Expr::Lambda(_) => true,
            Expr::Name(name) => self.names.functions.contains(name.id.as_str()),
            _ => false,
        };
        Some(Box::new(if is_callable { self.made_by(given) } else { self.expression(given) }))
    }

    /// The default of a flag that stands for a value: the value itself where the flag is on by default.
    fn flag_default(&mut self, call: &'a ast::ExprCall, given: &'a Expr) -> Option<Box<Expression>> {
        let value = &call.arguments.find_keyword("flag_value")?.value;
        match given {
            Expr::BooleanLiteral(literal) if literal.value => self.command_default(call, value),
            Expr::BooleanLiteral(_) => None,
            given if is_nothing(given) => None,
            given => self.command_default(call, given),
        }
    }

    /// The input that several `click` flags of one parameter choose the value of. It is told by the
    /// parameter's name, since none of the flags alone decides.
    pub(super) fn chosen_input(&mut self, name: &str, calls: &[&'a ast::ExprCall], span: Span) -> Expression {
        let default = calls.iter().find_map(|call| self.flag_default(call, default_of(call)?));
        let kind = ExpressionKind::Input {
            name: name.to_owned(),
            kind: InputKind::Argument,
            default,
            is_switch: false,
        };
        Expression { kind, span }
    }

    /// A call of `typer.Option` or `typer.Argument`.
    fn typer_call(&self, expression: &'a Expr) -> Option<&'a ast::ExprCall> {
        let Expr::Call(call) = expression else { return None };
        let origin = self.names.resolve(&call.func)?;
        matches!(origin.as_str(), "typer.Option" | "typer.Argument").then_some(call)
    }

    /// The input that a `typer` parameter is: `memory: str = typer.Option("512Mi", "--memory")`, or a
    /// plain default.
    pub(super) fn command_parameter(
        &mut self,
        name: &str,
        written: Option<&'a ast::ParameterWithDefault>,
        span: Span,
    ) -> Expression {
        let given = written.and_then(|written| written.default());
        let annotation = written.and_then(|written| written.parameter.annotation.as_deref());
        // `memory: Annotated[str, typer.Option("--memory")] = "512Mi"` has its default outside the call.
        let described = annotation.map_or(&[][..], annotations);
        let described = described.iter().find_map(|one| self.typer_call(one));
        let inside = given.and_then(|given| self.typer_call(given));
        let mut value = match inside {
            Some(call) => call.arguments.find_argument_value("default", 0),
            None => given,
        };
        let is_positional = match described.or(inside) {
            Some(call) => last_name(&call.func) == Some("Argument"),
            None => given.is_none(),
        };
        let mut option =
            if is_positional { name.to_owned() } else { format!("--{}", name.replace('_', "-")) };
        if let Some(call) = described.or(inside) {
            let named = call.arguments.args.iter().skip(usize::from(described.is_none()));
            if let Some(long) = named.filter_map(text_of).rfind(|name| name.starts_with("--")) {
                option = long.split('/').next().unwrap_or(long).to_owned();
            }
            if call.arguments.find_keyword("callback").is_some() {
                value = None;
            }
        }
        let is_switch = matches!(value, Some(Expr::BooleanLiteral(_)))
            || annotation.is_some_and(|annotation| is_named(annotation, "bool"))
            || described.is_some()
                && annotation.and_then(annotated_type).is_some_and(|of| is_named(of, "bool"));
        let default = match value {
            Some(given) if !is_nothing(given) => Some(Box::new(self.expression(given))),
            _ => None,
        };
        let kind = ExpressionKind::Input { name: option, kind: InputKind::Argument, default, is_switch };
        Expression { kind, span }
    }
}

fn is_named(expression: &Expr, wanted: &str) -> bool {
    matches!(expression, Expr::Name(name) if name.id.as_str() == wanted)
}

/// The type in `Annotated[type, ...]`.
fn annotated_type(annotation: &Expr) -> Option<&Expr> {
    match annotation {
        Expr::Subscript(subscript) => match &*subscript.slice {
            Expr::Tuple(tuple) => tuple.elts.first(),
            _ => None,
        },
        _ => None,
    }
}

fn is_boolean_action(expression: &Expr) -> bool {
    matches!(expression, Expr::Attribute(attribute) if attribute.attr.as_str() == "BooleanOptionalAction")
}
