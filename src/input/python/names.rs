//! What names stand for, as far as imports and command-line parsers decide it: collected in one walk
//! before the lowering, for the whole file. Python imports inside functions are common enough that
//! scopes are not told apart.

use crate::input::python::arguments::{CommandLine, Parser};
use crate::input::python::settings::EnvironmentNames;
use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{self as ast, Expr, Stmt};
use std::collections::{BTreeMap, BTreeSet};

/// Modules whose names are understood even where their import is missing, as in a snippet.
const ASSUMED: [&str; 6] = ["os", "sys", "subprocess", "shlex", "asyncio", "argparse"];

/// The outcome of the walk.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    /// Bound name to dotted origin: `sp` to `subprocess`, `environ` to `os.environ`.
    imports: BTreeMap<&'a str, String>,
    /// Classes of the file that are records or enumerations, so that their subclasses are too.
    pub(super) records: BTreeSet<&'a str>,
    pub(super) enums: BTreeSet<&'a str>,
    /// Classes of the file whose fields the environment overrides.
    pub(super) settings: BTreeMap<&'a str, EnvironmentNames>,
    /// The options of the script's command line.
    pub(super) command_line: CommandLine<'a>,
    pub(super) functions: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn collect(body: &'a [Stmt]) -> Names<'a> {
        let mut walk = Walk { names: Names::default(), parser: Parser::default() };
        // The parser nests statements only as deeply as the guard allowed.
        for statement in body {
            walk.visit_stmt(statement);
        }
        let Walk { mut names, parser } = walk;
        names.command_line = parser.finish();
        names
    }

    /// The dotted origin of an expression that is made of names and attributes only:
    /// `sp.run` is `subprocess.run` after `import subprocess as sp`.
    pub(super) fn resolve(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Name(name) => {
                let id = name.id.as_str();
                if let Some(origin) = self.imports.get(id) {
                    return Some(origin.clone());
                }
                Some(id.to_owned()).filter(|_| ASSUMED.contains(&id))
            }
            Expr::Attribute(attribute) => {
                let mut value = self.resolve(&attribute.value)?;
                value.push('.');
                value.push_str(attribute.attr.as_str());
                Some(value)
            }
            _ => None,
        }
    }

    /// Like `resolve`, for a name that may also be one of Python's own: `open`, `str`.
    pub(super) fn resolve_or_builtin(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Name(name) if !self.imports.contains_key(name.id.as_str()) => {
                let id = name.id.as_str();
                (!self.functions.contains(id)).then(|| id.to_owned())
            }
            _ => self.resolve(expression),
        }
    }

    /// Whether a module, or something of it, is imported anywhere in the file.
    pub(super) fn imports_module(&self, module: &str) -> bool {
        self.imports.values().any(|origin| origin.split('.').next() == Some(module))
    }
}

struct Walk<'a> {
    names: Names<'a>,
    parser: Parser<'a>,
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let module = alias.name.as_str();
                    let (bound, origin) = match &alias.asname {
                        Some(name) => (name.as_str(), module),
                        // `import a.b` binds `a`.
                        None => {
                            let first = module.split('.').next().unwrap_or(module);
                            (first, first)
                        }
                    };
                    self.names.imports.insert(bound, origin.to_owned());
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                let level = ".".repeat(import.level as usize);
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.names.imports.insert(bound, format!("{level}{module}.{}", alias.name));
                }
            }
            Stmt::FunctionDef(function) => {
                self.names.functions.insert(function.name.as_str());
            }
            Stmt::ClassDef(class) => {
                if self.names.is_enum(class) {
                    self.names.enums.insert(class.name.as_str());
                } else if self.names.is_record(class) {
                    self.names.records.insert(class.name.as_str());
                }
                if let Some(variables) = self.names.environment_names(class) {
                    self.names.settings.insert(class.name.as_str(), variables);
                }
            }
            Stmt::Assign(assign) => self.parser.assignment(assign),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            self.parser.call(call);
        }
        ast::visitor::walk_expr(self, expression);
    }
}
