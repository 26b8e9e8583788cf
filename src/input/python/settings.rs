//! Settings classes: records whose fields the process environment may override.
//!
//! The rules are pydantic's: <https://docs.pydantic.dev/latest/concepts/pydantic_settings/>.

use crate::input::python::arguments::text_of;
use crate::input::python::functions::last_name;
use crate::input::python::names::Names;
use ruff_python_ast::{self as ast, Expr, Stmt};

/// How a settings class names the variables that override its fields.
#[derive(Clone, Debug)]
pub(super) struct EnvironmentNames {
    /// Stands before each field's name; `None` where the class computes it.
    prefix: Option<String>,
    /// Names count as written. Otherwise case does not matter, and people write them in capitals.
    case_sensitive: bool,
}

impl EnvironmentNames {
    /// The variable that overrides a field of a class. An alias of the field takes no prefix.
    pub(super) fn variable(&self, class: &str, field: &str, alias: Option<&str>) -> String {
        let name = match (alias, &self.prefix) {
            (Some(alias), _) => alias.to_owned(),
            (None, Some(prefix)) => format!("{prefix}{field}"),
            // The variable cannot be named, but that there is one can be told.
            (None, None) => return format!("{class}.{field}"),
        };
        if self.case_sensitive { name } else { name.to_uppercase() }
    }

    fn set(&mut self, option: &str, value: &Expr) {
        match option {
            "env_prefix" => self.prefix = text_of(value).map(str::to_owned),
            "case_sensitive" => {
                self.case_sensitive = matches!(value, Expr::BooleanLiteral(literal) if literal.value);
            }
            _ => {}
        }
    }
}

/// Whether a base class of this name is pydantic's `BaseSettings`, or a project's own one upon it that
/// another file defines.
pub(super) fn is_settings_base(name: &str) -> bool {
    name.ends_with("BaseSettings")
}

impl Names<'_> {
    /// How the environment overrides the fields of a class, if it does. Bases of the same file hand
    /// their configuration on.
    pub(super) fn environment_names(&self, class: &ast::StmtClassDef) -> Option<EnvironmentNames> {
        let mut names = class.bases().iter().filter_map(last_name).find_map(|base| {
            let plain = || EnvironmentNames { prefix: Some(String::new()), case_sensitive: false };
            self.settings.get(base).cloned().or_else(|| is_settings_base(base).then(plain))
        })?;
        let keywords = class.arguments.iter().flat_map(|arguments| &arguments.keywords);
        for keyword in keywords {
            if let Some(option) = &keyword.arg {
                names.set(option.as_str(), &keyword.value);
            }
        }
        for statement in &class.body {
            match statement {
                Stmt::Assign(assign) if assign.targets.iter().any(|one| is_name(one, "model_config")) => {
                    configure(&mut names, &assign.value);
                }
                Stmt::AnnAssign(assign) if is_name(&assign.target, "model_config") => {
                    if let Some(value) = &assign.value {
                        configure(&mut names, value);
                    }
                }
                Stmt::ClassDef(inner) if inner.name.as_str() == "Config" => {
                    for statement in &inner.body {
                        let Stmt::Assign(assign) = statement else { continue };
                        for target in &assign.targets {
                            if let Expr::Name(name) = target {
                                names.set(name.id.as_str(), &assign.value);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Some(names)
    }
}

fn is_name(expression: &Expr, wanted: &str) -> bool {
    matches!(expression, Expr::Name(name) if name.id.as_str() == wanted)
}

/// `model_config = SettingsConfigDict(env_prefix="APP_")`, or a plain dictionary.
fn configure(names: &mut EnvironmentNames, value: &Expr) {
    match value {
        Expr::Call(call) => {
            for keyword in &call.arguments.keywords {
                match &keyword.arg {
                    Some(option) => names.set(option.as_str(), &keyword.value),
                    None => names.prefix = None,
                }
            }
        }
        Expr::Dict(dict) => {
            for item in &dict.items {
                match item.key.as_ref().map(text_of) {
                    Some(Some(option)) => names.set(option, &item.value),
                    Some(None) | None => names.prefix = None,
                }
            }
        }
        // A configuration from elsewhere may set a prefix.
        _ => names.prefix = None,
    }
}

/// The variable that a field names itself: `Field("512Mi", validation_alias="MEMORY")`, of which the first
/// of several is taken, and the older `Field("512Mi", env="MEMORY")`.
pub(super) fn alias_of(field: &Expr) -> Option<&str> {
    let Expr::Call(call) = field else { return None };
    if last_name(&call.func) != Some("Field") {
        return None;
    }
    ["validation_alias", "alias", "env"].iter().find_map(|name| {
        match &call.arguments.find_keyword(name)?.value {
            Expr::List(list) => list.elts.first().and_then(text_of),
            Expr::Call(choices) if last_name(&choices.func) == Some("AliasChoices") => {
                choices.arguments.args.first().and_then(text_of)
            }
            other => text_of(other),
        }
    })
}

/// What `Annotated[type, ...]` says beside the type.
pub(super) fn annotations(annotation: &Expr) -> &[Expr] {
    let Expr::Subscript(subscript) = annotation else { return &[] };
    match (last_name(&subscript.value), &*subscript.slice) {
        (Some("Annotated"), Expr::Tuple(tuple)) => tuple.elts.get(1..).unwrap_or_default(),
        _ => &[],
    }
}
