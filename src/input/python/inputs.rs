//! Reads of the process environment, and of what only exists at run time.

use crate::input::python::Lowering;
use crate::input::python::arguments::{method_name, text_of};
use crate::script::{Argument, CompareOperator, Expression, ExpressionKind, InputKind, MapEntry};
use crate::value::Reason;
use ruff_python_ast::{self as ast, Expr};

/// The mapping of environment variables, by the names under which it is known.
const ENVIRON: [&str; 2] = ["os.environ", "os.environb"];

/// Functions that read one variable: name first, default second.
const READERS: [&str; 4] = ["os.getenv", "os.getenvb", "decouple.config", "environs.env"];

/// Functions and modules whose results only exist at run time. A module stands with its dot.
const RUN_TIME: [&str; 26] = [
    "open",
    "input",
    "requests.",
    "httpx.",
    "aiohttp.",
    "urllib.",
    "socket.",
    "json.load",
    "yaml.safe_load",
    "yaml.load",
    "toml.load",
    "tomllib.load",
    "os.listdir",
    "os.getcwd",
    "os.walk",
    "os.path.exists",
    "os.path.isfile",
    "os.path.isdir",
    "glob.",
    "time.",
    "uuid.",
    "random.",
    "secrets.",
    "getpass.",
    "shutil.which",
    "platform.",
];

impl<'a> Lowering<'a> {
    /// A read of the process environment or of the command line, if the expression is one.
    pub(super) fn environment_read(&mut self, expression: &'a Expr) -> Option<Expression> {
        match expression {
            Expr::Subscript(subscript) => self.subscript_read(subscript),
            Expr::Call(call) => self.call_read(call),
            Expr::Compare(comparison) => self.membership(comparison),
            Expr::Attribute(_) | Expr::Name(_) if self.is_environ(expression) => {
                Some(self.environment(expression))
            }
            _ => None,
        }
    }

    fn is_environ(&self, expression: &Expr) -> bool {
        self.names.resolve(expression).is_some_and(|origin| ENVIRON.contains(&origin.as_str()))
    }

    /// The whole environment of the process.
    fn environment(&self, expression: &Expr) -> Expression {
        let kind = ExpressionKind::Opaque { reason: Reason::Environment, detail: "os.environ".to_owned() };
        Expression { kind, span: self.span(expression) }
    }

    fn subscript_read(&mut self, subscript: &'a ast::ExprSubscript) -> Option<Expression> {
        let origin = self.names.resolve(&subscript.value)?;
        let span = self.span(subscript);
        if ENVIRON.contains(&origin.as_str()) {
            return Some(self.variable(subscript, &subscript.slice, None));
        }
        if origin == "sys.argv" {
            let name = match &*subscript.slice {
                Expr::NumberLiteral(_) => format!("argv[{}]", self.written(&*subscript.slice)),
                _ => return Some(self.opaque(subscript, Reason::Argument)),
            };
            let kind =
                ExpressionKind::Input { name, kind: InputKind::Argument, default: None, is_switch: false };
            return Some(Expression { kind, span });
        }
        None
    }

    /// `sys.argv[1] if len(sys.argv) > 1 else default`: an argument with its default.
    pub(super) fn argument_or_default(&mut self, choice: &'a ast::ExprIf) -> Option<Expression> {
        let Expr::Compare(comparison) = &*choice.test else { return None };
        let ([operator], [bound]) = (&*comparison.ops, &*comparison.comparators) else { return None };
        let Expr::Call(length) = &*comparison.left else { return None };
        let [list] = &*length.arguments.args else { return None };
        let counts_arguments = self.names.resolve_or_builtin(&length.func).as_deref() == Some("len")
            && self.names.resolve(list).as_deref() == Some("sys.argv");
        if !counts_arguments {
            return None;
        }
        let (given, default) = match operator {
            ast::CmpOp::Gt | ast::CmpOp::GtE | ast::CmpOp::Eq => (&choice.body, &choice.orelse),
            ast::CmpOp::Lt | ast::CmpOp::LtE => (&choice.orelse, &choice.body),
            _ => return None,
        };
        if !bound.is_number_literal_expr() {
            return None;
        }
        let Expr::Subscript(given) = &**given else { return None };
        let argument = self.subscript_read(given)?;
        let ExpressionKind::Input { name, kind, is_switch, .. } = argument.kind else { return None };
        let default = match &**default {
            Expr::NoneLiteral(_) => None,
            default => Some(self.boxed(default)),
        };
        let kind = ExpressionKind::Input { name, kind, default, is_switch };
        Some(Expression { kind, span: self.span(choice) })
    }

    fn call_read(&mut self, call: &'a ast::ExprCall) -> Option<Expression> {
        if let Expr::Attribute(attribute) = &*call.func {
            let is_environ = self.is_environ(&attribute.value);
            match attribute.attr.as_str() {
                "get" | "pop" | "setdefault" if is_environ => {
                    let name = call.arguments.args.first()?;
                    let default = call.arguments.find_argument_value("default", 1);
                    return Some(self.variable(call, name, default));
                }
                "copy" if is_environ => return Some(self.environment_copy(call, &attribute.value)),
                "parse_args" if self.is_parser_call(call) => return Some(self.namespace(call)),
                _ => {}
            }
        }
        let origin = self.names.resolve_or_builtin(&call.func)?;
        if READERS.contains(&origin.as_str()) {
            let name = call.arguments.args.first()?;
            let default = call.arguments.find_argument_value("default", 1);
            return Some(self.variable(call, name, default));
        }
        if origin == "dict"
            && let [only] = &*call.arguments.args
            && call.arguments.keywords.is_empty()
            && self.is_environ(only)
        {
            return Some(self.environment_copy(call, only));
        }
        let is_run_time = RUN_TIME.iter().any(|name| match name.strip_suffix('.') {
            Some(module) => origin.strip_prefix(module).is_some_and(|rest| rest.starts_with('.')),
            None => origin == *name,
        });
        if origin == "input"
            && let Some(prompt) = call.arguments.args.first().and_then(text_of)
        {
            let kind = ExpressionKind::Opaque { reason: Reason::ReadAtRunTime, detail: answer_to(prompt) };
            return Some(Expression { kind, span: self.span(call) });
        }
        // Arguments that run something are still evaluated, so such a call stays a call.
        (is_run_time && !call.arguments.args.iter().any(holds_call))
            .then(|| self.opaque(call, Reason::ReadAtRunTime))
    }

    /// `parse_args()` of a parser whose options were found, rather than of anything else.
    fn is_parser_call(&self, call: &ast::ExprCall) -> bool {
        !self.names.command_line.is_empty() && call.arguments.args.len() <= 1
    }

    /// `parser.parse_known_args()` gives the options and what is left over.
    pub(super) fn known_arguments(&mut self, call: &'a ast::ExprCall) -> Option<Expression> {
        if method_name(call) != Some("parse_known_args") || !self.is_parser_call(call) {
            return None;
        }
        let rest = self.opaque(call, Reason::Argument);
        let elements =
            vec![crate::script::Element::One(self.namespace(call)), crate::script::Element::One(rest)];
        Some(Expression { kind: ExpressionKind::Tuple(elements), span: self.span(call) })
    }

    fn environment_copy(&self, call: &ast::ExprCall, environ: &Expr) -> Expression {
        let entries = vec![MapEntry::Spread(self.environment(environ))];
        Expression { kind: ExpressionKind::Map(entries), span: self.span(call) }
    }

    /// One variable of the process environment.
    fn variable(
        &mut self,
        node: &'a impl ruff_text_size::Ranged,
        name: &'a Expr,
        default: Option<&'a Expr>,
    ) -> Expression {
        let default = match default {
            None | Some(Expr::NoneLiteral(_)) => None,
            Some(default) => Some(self.boxed(default)),
        };
        let Some(text) = text_of(name) else {
            let span = self.span(node);
            let callee = ExpressionKind::Name("environment variable called".to_owned());
            let callee = Box::new(Expression { kind: callee, span });
            let name = Argument::Positional(self.expression(name));
            let default = default.map(|default| Argument::Positional(*default));
            let arguments = std::iter::once(name).chain(default).collect();
            return Expression { kind: ExpressionKind::Call { callee, arguments }, span };
        };
        let kind = ExpressionKind::Input {
            name: text.to_owned(),
            kind: InputKind::Environment,
            default,
            is_switch: false,
        };
        Expression { kind, span: self.span(node) }
    }

    /// `"X" in os.environ`: whether the variable is set.
    fn membership(&mut self, comparison: &'a ast::ExprCompare) -> Option<Expression> {
        let ([operator], [container]) = (&*comparison.ops, &*comparison.comparators) else { return None };
        let operator = match operator {
            ast::CmpOp::In => CompareOperator::IsNot,
            ast::CmpOp::NotIn => CompareOperator::Is,
            _ => return None,
        };
        if !self.is_environ(container) || text_of(&comparison.left).is_none() {
            return None;
        }
        let left = Box::new(self.variable(comparison, &comparison.left, None));
        let right = Box::new(self.null(comparison));
        let kind = ExpressionKind::Compare { operator, left, right };
        Some(Expression { kind, span: self.span(comparison) })
    }

    /// Whether a call ends the script.
    pub(super) fn is_exit(&self, call: &ast::ExprCall) -> bool {
        if method_name(call) == Some("error")
            && let Expr::Attribute(attribute) = &*call.func
            && let Expr::Name(parser) = &*attribute.value
        {
            // `parser.error("...")` of argparse prints the usage and exits.
            return !self.names.command_line.is_empty() && parser.id.as_str().contains("parser");
        }
        self.names.resolve_or_builtin(&call.func).is_some_and(|origin| {
            matches!(origin.as_str(), "sys.exit" | "exit" | "quit" | "os._exit" | "os.abort")
        })
    }
}

/// The name of what a person types: the question without its choices and its colon.
fn answer_to(prompt: &str) -> String {
    let question = prompt.trim().lines().last().unwrap_or_default();
    let end = question.find(['[', '(', ':', '{']).filter(|end| *end > 0).unwrap_or(question.len());
    format!("input(\"{}\")", question.get(..end).unwrap_or_default().trim())
}

fn holds_call(expression: &Expr) -> bool {
    match expression {
        Expr::Call(_) => true,
        Expr::Attribute(attribute) => holds_call(&attribute.value),
        Expr::Await(awaited) => holds_call(&awaited.value),
        _ => false,
    }
}
