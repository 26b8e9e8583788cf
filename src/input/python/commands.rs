//! Calls that run a command.

use crate::input::python::Lowering;
use crate::input::python::arguments::{method_name, text_of};
use crate::input::python::texts::literal;
use crate::script::{Command, Element, Expression, ExpressionKind, Statement, StatementKind};
use crate::source::Span;
use ruff_python_ast::{self as ast, Expr};

/// How a function takes the command that it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// A list of words, or with `shell=True` a line: the first argument.
    ListOrLine,
    /// A line for the shell: the first argument.
    Line,
    /// The words one by one, as arguments.
    Words,
    /// A program, then a list of all words including the program's name: `os.execvp`.
    ProgramAndList,
    /// A program, then all words one by one: `os.execlp`.
    ProgramAndWords,
    /// Like the two before, after a mode: `os.spawnvp`.
    ModeProgramAndList,
}

/// What the call's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    /// The command's status, or an object that tells it.
    Status,
    /// What the command prints.
    Output,
}

fn runner(origin: &str) -> Option<(Takes, Gives)> {
    use Gives::{Output, Status};
    use Takes::{Line, ListOrLine, ModeProgramAndList, ProgramAndList, ProgramAndWords, Words};
    Some(match origin {
        "subprocess.run" | "subprocess.call" | "subprocess.check_call" | "subprocess.Popen" => {
            (ListOrLine, Status)
        }
        "subprocess.check_output" => (ListOrLine, Output),
        "subprocess.getoutput" | "subprocess.getstatusoutput" => (Line, Output),
        "os.system" | "asyncio.create_subprocess_shell" | "asyncio.subprocess.create_subprocess_shell" => {
            (Line, Status)
        }
        "os.popen" => (Line, Output),
        "asyncio.create_subprocess_exec"
        | "asyncio.subprocess.create_subprocess_exec"
        | "anyio.open_process_exec" => (Words, Status),
        "anyio.run_process" | "trio.run_process" => (ListOrLine, Status),
        "os.execv" | "os.execvp" | "os.execve" | "os.execvpe" => (ProgramAndList, Status),
        "os.execl" | "os.execlp" => (ProgramAndWords, Status),
        "os.spawnv" | "os.spawnvp" | "os.spawnve" | "os.spawnvpe" => (ModeProgramAndList, Status),
        "pexpect.run" | "pexpect.spawn" => (Line, Output),
        "invoke.run" | "fabric.api.local" | "fabric.api.run" => (Line, Status),
        _ => return None,
    })
}

impl<'a> Lowering<'a> {
    /// The command that a call runs, if it runs one.
    pub(super) fn command(&mut self, call: &'a ast::ExprCall) -> Option<Expression> {
        let span = self.span(call);
        let found = self.names.resolve(&call.func).and_then(|origin| {
            runner(&origin).or_else(|| {
                // `import sh; sh.gcloud(...)` and `from sh import gcloud`.
                let program = origin.strip_prefix("sh.")?;
                (!program.is_empty() && !program.contains('.')).then_some((Takes::Words, Gives::Status))
            })
        });
        let (takes, gives) = found.or_else(|| self.task_runner(call))?;
        let command = match takes {
            Takes::ListOrLine => self.list_or_line(call),
            Takes::Line => {
                let line = argument(call, "cmd", 0).or_else(|| call.arguments.args.first())?;
                Some(self.line(line, call))
            }
            Takes::Words => Some(self.words_of(call, span)),
            Takes::ProgramAndList => call.arguments.args.get(1).map(|list| self.list(list, call)),
            Takes::ModeProgramAndList => call.arguments.args.get(2).map(|list| self.list(list, call)),
            Takes::ProgramAndWords => {
                let words = call.arguments.args.get(1..).unwrap_or_default();
                let elements = self.elements(words);
                let list = Box::new(Expression { kind: ExpressionKind::List(elements), span });
                Some(Command::List { list, directory: None, environment: None })
            }
        }?;
        let run = Expression { kind: ExpressionKind::Run(command), span };
        Some(match gives {
            Gives::Status => run,
            Gives::Output => {
                let block = vec![Statement { kind: StatementKind::Expression(run), span }];
                Expression { kind: ExpressionKind::Output(block), span }
            }
        })
    }

    /// `c.run("...")` in a task of `invoke` or `fabric`.
    fn task_runner(&self, call: &ast::ExprCall) -> Option<(Takes, Gives)> {
        let Expr::Attribute(attribute) = &*call.func else { return None };
        let Expr::Name(context) = &*attribute.value else { return None };
        let is_task = self.names.imports_module("invoke") || self.names.imports_module("fabric");
        let is_context = matches!(context.id.as_str(), "c" | "ctx" | "context" | "conn" | "connection");
        (is_task && is_context && matches!(attribute.attr.as_str(), "run" | "local" | "sudo"))
            .then_some((Takes::Line, Gives::Status))
    }

    fn list_or_line(&mut self, call: &'a ast::ExprCall) -> Option<Command> {
        let command = argument(call, "args", 0)?;
        let shell = call.arguments.find_keyword("shell").map(|keyword| &keyword.value);
        let through_shell = matches!(shell, Some(Expr::BooleanLiteral(literal)) if literal.value);
        let is_text = matches!(command, Expr::StringLiteral(_) | Expr::FString(_))
            || matches!(command, Expr::BinOp(operation) if matches!(*operation.left, Expr::StringLiteral(_) | Expr::FString(_)));
        // A list given together with `shell=True` is written for Windows, where its words are joined.
        let is_list = matches!(command, Expr::List(_) | Expr::Tuple(_));
        Some(if is_text || (through_shell && !is_list) {
            self.line(command, call)
        } else {
            self.list(command, call)
        })
    }

    fn line(&mut self, line: &'a Expr, call: &'a ast::ExprCall) -> Command {
        // `" ".join(words)` read by a shell is the words again.
        if let Expr::Call(join) = line
            && let Some(words) = self.joined_words(join)
        {
            return self.list(words, call);
        }
        let line = self.boxed(line);
        let (directory, environment) = self.surroundings(call);
        Command::Line { line, directory, environment }
    }

    fn list(&mut self, list: &'a Expr, call: &'a ast::ExprCall) -> Command {
        let list = self.boxed(list);
        let (directory, environment) = self.surroundings(call);
        Command::List { list, directory, environment }
    }

    /// The words as arguments of the call, after the program's name where the callee is the program.
    fn words_of(&mut self, call: &'a ast::ExprCall, span: Span) -> Command {
        let mut elements = Vec::new();
        let origin = self.names.resolve(&call.func).unwrap_or_default();
        if let Some(program) = origin.strip_prefix("sh.") {
            let text = program.replace('_', "-");
            elements.push(Element::One(literal(text, self.span(&*call.func))));
        }
        elements.extend(self.elements(&call.arguments.args));
        if origin.starts_with("sh.") {
            for keyword in &call.arguments.keywords {
                elements.extend(self.flag_of(keyword));
            }
        }
        let list = Box::new(Expression { kind: ExpressionKind::List(elements), span });
        let (directory, environment) = self.surroundings(call);
        Command::List { list, directory, environment }
    }

    /// `sh.gcloud(memory="1Gi")` runs `gcloud --memory=1Gi`. What begins with `_` is for `sh` itself.
    fn flag_of(&mut self, keyword: &'a ast::Keyword) -> Option<Element> {
        let name = keyword.arg.as_ref()?;
        if name.as_str().starts_with('_') {
            return None;
        }
        let span = self.span(keyword);
        let dashes = if name.as_str().len() == 1 { "-" } else { "--" };
        let flag = format!("{dashes}{}", name.as_str().replace('_', "-"));
        if matches!(&keyword.value, Expr::BooleanLiteral(literal) if literal.value) {
            return Some(Element::One(literal(flag, span)));
        }
        let flag = literal(format!("{flag}="), self.span(name));
        let value = self.expression(&keyword.value);
        Some(Element::One(Expression { kind: ExpressionKind::Join(vec![flag, value]), span }))
    }

    fn surroundings(
        &mut self,
        call: &'a ast::ExprCall,
    ) -> (Option<Box<Expression>>, Option<Box<Expression>>) {
        let directory = call.arguments.find_keyword("cwd").map(|keyword| &keyword.value);
        let environment = call.arguments.find_keyword("env").map(|keyword| &keyword.value);
        let given = |value: Option<&'a Expr>| value.filter(|value| !value.is_none_literal_expr());
        let directory = given(directory).map(|value| self.boxed(value));
        let environment = given(environment).map(|value| self.boxed(value));
        (directory, environment)
    }

    /// The words of `" ".join(words)` or `shlex.join(words)`.
    fn joined_words(&self, call: &'a ast::ExprCall) -> Option<&'a Expr> {
        let [words] = &*call.arguments.args else { return None };
        let by_blank = method_name(call) == Some("join")
            && matches!(&*call.func, Expr::Attribute(attribute) if text_of(&attribute.value) == Some(" "));
        let by_quoting = self.names.resolve(&call.func).as_deref() == Some("shlex.join");
        (by_blank || by_quoting).then_some(words)
    }
}

/// An argument by name or by position.
fn argument<'a>(call: &'a ast::ExprCall, name: &str, position: usize) -> Option<&'a Expr> {
    call.arguments.find_argument_value(name, position)
}
