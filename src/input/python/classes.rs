//! Classes: records, enumerations and the rest.

use crate::input::python::Lowering;
use crate::input::python::functions::last_name;
use crate::input::python::names::Names;
use crate::input::python::settings::{EnvironmentNames, alias_of, annotations, is_settings_base};
use crate::script::{Class, Expression, ExpressionKind, Field, InputKind, StatementKind};
use crate::source::Span;
use crate::value::Reason;
use ruff_python_ast::{self as ast, Expr, Stmt};
use std::rc::Rc;

/// Decorators that make a class a record.
const RECORD_DECORATORS: [&str; 6] = ["dataclass", "define", "frozen", "mutable", "attrs", "attributes"];
/// Base classes that make a class a record.
const RECORD_BASES: [&str; 6] =
    ["NamedTuple", "BaseModel", "BaseSettings", "SQLModel", "Struct", "TypedDict"];
/// Base classes that make a class an enumeration.
const ENUM_BASES: [&str; 5] = ["Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"];

impl Names<'_> {
    /// Whether a class is an enumeration, by its bases.
    pub(super) fn is_enum(&self, class: &ast::StmtClassDef) -> bool {
        class
            .bases()
            .iter()
            .filter_map(last_name)
            .any(|base| ENUM_BASES.contains(&base) || self.enums.contains(base))
    }

    /// Whether the arguments of a class's constructor are its fields.
    pub(super) fn is_record(&self, class: &ast::StmtClassDef) -> bool {
        let decorated = class.decorator_list.iter().any(|decorator| {
            let expression = &decorator.expression;
            let of_attr = matches!(expression, Expr::Attribute(attribute)
                if attribute.attr.as_str() == "s" && last_name(&attribute.value) == Some("attr"));
            of_attr || last_name(expression).is_some_and(|name| RECORD_DECORATORS.contains(&name))
        });
        decorated
            || class.bases().iter().filter_map(last_name).any(|base| {
                RECORD_BASES.contains(&base) || is_settings_base(base) || self.records.contains(base)
            })
    }
}

/// The members of a class while they are read.
#[derive(Default)]
struct Members {
    fields: Vec<Field>,
    attributes: Vec<(String, Span, Expression)>,
    methods: Vec<Rc<crate::script::Function>>,
    nested: Vec<StatementKind>,
}

impl<'a> Lowering<'a> {
    /// A class, after the classes nested in it, which get their qualified names.
    pub(super) fn class_statements(&mut self, class: &'a ast::StmtClassDef) -> Vec<StatementKind> {
        self.class_named(class, class.name.as_str().to_owned())
    }

    fn class_named(&mut self, class: &'a ast::StmtClassDef, name: String) -> Vec<StatementKind> {
        let is_enum = self.names.is_enum(class);
        let is_record = !is_enum && self.names.is_record(class);
        let variables = self.names.environment_names(class);
        let is_sequence = class.bases().iter().filter_map(last_name).any(|base| base == "NamedTuple");
        let mut members = Members::default();
        for statement in &class.body {
            self.member(statement, &name, is_record, variables.as_ref(), &mut members);
        }
        let bases = class.bases().iter().map(|base| self.expression(base)).collect();
        let Members { fields, attributes, methods, mut nested } = members;
        nested.push(StatementKind::Class(Rc::new(Class {
            name,
            name_span: self.span(&class.name),
            bases,
            fields,
            attributes,
            methods,
            is_record,
            is_sequence,
            is_enum,
            span: self.span(class),
        })));
        nested
    }

    /// `Name = namedtuple("Name", ["field", ...])`, or with the names in one text.
    pub(super) fn named_tuple(&mut self, target: &'a Expr, value: &'a Expr) -> Option<StatementKind> {
        let (Expr::Name(name), Expr::Call(call)) = (target, value) else { return None };
        if self.names.resolve(&call.func)? != "collections.namedtuple" {
            return None;
        }
        let text = |expression: &'a Expr| match expression {
            Expr::StringLiteral(text) => Some((text.value.to_str(), self.span(text))),
            _ => None,
        };
        let names: Vec<(&str, Span)> = match call.arguments.args.get(1)? {
            Expr::List(list) => list.elts.iter().map(text).collect::<Option<_>>()?,
            Expr::Tuple(tuple) => tuple.elts.iter().map(text).collect::<Option<_>>()?,
            one => {
                let (names, span) = text(one)?;
                let names = names.split([' ', ',', '\n']).filter(|name| !name.is_empty());
                names.map(|name| (name, span)).collect()
            }
        };
        let defaults: &'a [Expr] = match call.arguments.find_keyword("defaults").map(|given| &given.value) {
            None => &[],
            Some(Expr::List(list)) => &list.elts,
            Some(Expr::Tuple(tuple)) => &tuple.elts,
            Some(_) => return None,
        };
        // Defaults belong to the last fields.
        let first = names.len().checked_sub(defaults.len())?;
        let mut fields = Vec::with_capacity(names.len());
        for (at, (name, span)) in names.into_iter().enumerate() {
            let default = at.checked_sub(first).and_then(|at| defaults.get(at));
            let default = default.map(|default| self.expression(default));
            fields.push(Field { name: name.to_owned(), span, default });
        }
        Some(StatementKind::Class(Rc::new(Class {
            name: name.id.as_str().to_owned(),
            name_span: self.span(name),
            bases: Vec::new(),
            fields,
            attributes: Vec::new(),
            methods: Vec::new(),
            is_record: true,
            is_sequence: true,
            is_enum: false,
            span: self.span(call),
        })))
    }

    fn member(
        &mut self,
        statement: &'a Stmt,
        class: &str,
        is_record: bool,
        variables: Option<&EnvironmentNames>,
        members: &mut Members,
    ) {
        match statement {
            Stmt::FunctionDef(function) if !self.is_only_declared(function) && self.enter(function) => {
                members.methods.push(Rc::new(self.function(function)));
                self.leave();
            }
            Stmt::ClassDef(inner) if self.enter(inner) => {
                let span = self.span(&inner.name);
                let qualified = format!("{class}.{}", inner.name);
                let value = Expression { kind: ExpressionKind::Name(qualified.clone()), span };
                members.attributes.push((inner.name.as_str().to_owned(), span, value));
                members.nested.extend(self.class_named(inner, qualified));
                self.leave();
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    if let Expr::Name(name) = target {
                        let value = self.expression(&assign.value);
                        members.attributes.push((name.id.as_str().to_owned(), self.span(name), value));
                    }
                }
            }
            Stmt::AnnAssign(assign) => {
                let Expr::Name(name) = &*assign.target else { return };
                let (id, span) = (name.id.as_str().to_owned(), self.span(name));
                if is_record && last_name(annotated(&assign.annotation)) != Some("ClassVar") {
                    let described = annotations(&assign.annotation).iter().find(|one| is_field(one));
                    let default = assign.value.as_deref().or(described);
                    let mut default = default.and_then(|value| self.field_default(value));
                    if let Some(variables) = variables {
                        let alias = assign.value.as_deref().and_then(alias_of);
                        let alias = alias.or_else(|| described.and_then(alias_of));
                        let input = ExpressionKind::Input {
                            name: variables.variable(class, &id, alias),
                            kind: InputKind::Environment,
                            default: default.map(Box::new),
                            is_switch: false,
                        };
                        default = Some(Expression { kind: input, span });
                    }
                    members.fields.push(Field { name: id, span, default });
                } else if let Some(value) = &assign.value {
                    let value = self.expression(value);
                    members.attributes.push((id, span, value));
                }
            }
            _ => {}
        }
    }

    /// The default of a record's field: plain, or inside `field(...)`, `Field(...)`, `attr.ib(...)`.
    fn field_default(&mut self, value: &'a Expr) -> Option<Expression> {
        let Expr::Call(call) = value else { return Some(self.expression(value)) };
        if !matches!(last_name(&call.func), Some("field" | "Field" | "ib" | "attrib")) {
            return Some(self.expression(value));
        }
        let arguments = &call.arguments;
        let factory = arguments.find_keyword("default_factory").or(arguments.find_keyword("factory"));
        if let Some(factory) = factory {
            return Some(self.made_by(&factory.value));
        }
        // pydantic's `Field("512Mi", env="X")` has its default first; dataclasses have it by name only.
        let given = match arguments.find_keyword("default") {
            Some(keyword) => Some(&keyword.value),
            None => arguments.args.first(),
        };
        match given {
            Some(Expr::EllipsisLiteral(_)) | None => None,
            Some(given) => Some(self.expression(given)),
        }
    }

    /// What calling a factory without arguments gives.
    pub(super) fn made_by(&mut self, factory: &'a Expr) -> Expression {
        let span = self.span(factory);
        let kind = match factory {
            Expr::Lambda(lambda) => return self.expression(&lambda.body),
            Expr::Name(name) if matches!(name.id.as_str(), "list" | "set" | "tuple") => {
                ExpressionKind::List(Vec::new())
            }
            Expr::Name(name) if name.id.as_str() == "dict" => ExpressionKind::Map(Vec::new()),
            Expr::Name(_) | Expr::Attribute(_) => {
                let callee = Box::new(self.expression(factory));
                ExpressionKind::Call { callee, arguments: Vec::new() }
            }
            _ => return self.opaque(factory, Reason::NotFollowed),
        };
        Expression { kind, span }
    }
}

/// A call of pydantic's `Field`.
fn is_field(expression: &Expr) -> bool {
    matches!(expression, Expr::Call(call) if last_name(&call.func) == Some("Field"))
}

/// The outer name of an annotation: `ClassVar` of `ClassVar[int]`.
fn annotated(annotation: &Expr) -> &Expr {
    match annotation {
        Expr::Subscript(subscript) => &subscript.value,
        other => other,
    }
}
