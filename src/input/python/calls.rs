//! Calls: commands, what Python's own library does to a call, and all the others.

use crate::input::python::Lowering;
use crate::input::python::arguments::method_name;
use crate::input::python::texts::{call_of, literal};
use crate::script::{Argument, Element, Expression, ExpressionKind};
use crate::value::Reason;
use ruff_python_ast::{self as ast, Expr};

/// Functions that give, or run, the coroutine or future that they get.
const TRANSPARENT: [&str; 11] = [
    "asyncio.run",
    "asyncio.shield",
    "asyncio.create_task",
    "asyncio.ensure_future",
    "anyio.run",
    "trio.run",
    "pathlib.Path",
    "pathlib.PurePath",
    "pathlib.PosixPath",
    "os.fspath",
    "os.path.expanduser",
];

/// Methods of an event loop or an executor that do the same.
const TRANSPARENT_METHODS: [&str; 2] = ["run_until_complete", "create_task"];

impl<'a> Lowering<'a> {
    pub(super) fn call(&mut self, call: &'a ast::ExprCall) -> Expression {
        if let Some(run) = self.command(call) {
            return run;
        }
        let span = self.span(call);
        let arguments = &call.arguments;
        let origin = self.names.resolve_or_builtin(&call.func).unwrap_or_default();
        let is_transparent = TRANSPARENT.contains(&origin.as_str())
            || method_name(call).is_some_and(|method| TRANSPARENT_METHODS.contains(&method));
        if let (true, [first]) = (is_transparent, &*arguments.args)
            && !first.is_starred_expr()
        {
            return self.expression(first);
        }
        match origin.as_str() {
            "asyncio.wait_for" => {
                if let Some(first) = arguments.args.first() {
                    return self.expression(first);
                }
            }
            "asyncio.gather" => {
                let elements = self.elements(&arguments.args);
                return Expression { kind: ExpressionKind::List(elements), span };
            }
            "os.path.join" | "pathlib.Path" | "posixpath.join" => {
                if let Some(path) = self.path(call) {
                    return path;
                }
            }
            "shlex.split" => {
                if let [text] = &*arguments.args {
                    let text = self.expression(text);
                    return self
                        .split_words(text, true)
                        .unwrap_or_else(|text| call_of("shlex.split", vec![text], span));
                }
            }
            "shlex.quote" | "pipes.quote" => {
                // Quoting protects a value from the shell; the shell gives back what was put in.
                if let [text] = &*arguments.args {
                    return self.expression(text);
                }
            }
            "asyncio.to_thread" => return self.handed_on(call, 0),
            "sys.exit" | "exit" | "quit" => return self.opaque(call, Reason::NotFollowed),
            _ => {}
        }
        match method_name(call) {
            Some("submit") => return self.handed_on(call, 0),
            Some("run_in_executor") => return self.handed_on(call, 1),
            Some("split") if arguments.is_empty() => {
                if let Expr::Attribute(attribute) = &*call.func
                    && matches!(&*attribute.value, Expr::StringLiteral(_) | Expr::FString(_))
                {
                    let text = self.expression(&attribute.value);
                    if let Ok(words) = self.split_words(text, false) {
                        return words;
                    }
                }
            }
            _ => {}
        }
        let callee = self.boxed(&call.func);
        let arguments = self.arguments(arguments);
        Expression { kind: ExpressionKind::Call { callee, arguments }, span }
    }

    fn arguments(&mut self, arguments: &'a ast::Arguments) -> Vec<Argument> {
        let mut lowered = Vec::with_capacity(arguments.args.len() + arguments.keywords.len());
        for argument in &arguments.args {
            lowered.push(match argument {
                Expr::Starred(starred) => Argument::Spread(self.expression(&starred.value)),
                value => Argument::Positional(self.expression(value)),
            });
        }
        for keyword in &arguments.keywords {
            let value = self.expression(&keyword.value);
            lowered.push(match &keyword.arg {
                Some(name) => Argument::Named(name.as_str().to_owned(), value),
                None => Argument::SpreadNamed(value),
            });
        }
        lowered
    }

    /// A call that is handed to a thread or an executor: `executor.submit(deploy, service)`.
    fn handed_on(&mut self, call: &'a ast::ExprCall, position: usize) -> Expression {
        let span = self.span(call);
        let Some((callee, rest)) = call.arguments.args.get(position..).and_then(<[Expr]>::split_first) else {
            return self.opaque(call, Reason::NotFollowed);
        };
        let callee = self.boxed(callee);
        let mut arguments: Vec<Argument> = Vec::new();
        for argument in rest {
            arguments.push(match argument {
                Expr::Starred(starred) => Argument::Spread(self.expression(&starred.value)),
                value => Argument::Positional(self.expression(value)),
            });
        }
        for keyword in &call.arguments.keywords {
            let value = self.expression(&keyword.value);
            arguments.push(match &keyword.arg {
                Some(name) => Argument::Named(name.as_str().to_owned(), value),
                None => Argument::SpreadNamed(value),
            });
        }
        Expression { kind: ExpressionKind::Call { callee, arguments }, span }
    }

    /// A path put together from its parts.
    fn path(&mut self, call: &'a ast::ExprCall) -> Option<Expression> {
        let span = self.span(call);
        if call.arguments.args.is_empty() || !call.arguments.keywords.is_empty() {
            return None;
        }
        let mut parts = Vec::new();
        for element in self.elements(&call.arguments.args) {
            let Element::One(part) = element else { return Some(self.opaque(call, Reason::NotFollowed)) };
            if !parts.is_empty() {
                parts.push(literal("/".to_owned(), part.span));
            }
            parts.push(part);
        }
        Some(Expression { kind: ExpressionKind::Join(parts), span })
    }
}
