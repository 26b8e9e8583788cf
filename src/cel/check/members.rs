//! Fields, keys and elements.

use super::{Checker, listed};
use crate::cel::{Type, types};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use ::cel::common::ast::{Expr, IdedExpr, LiteralValue, SelectExpr};

impl Checker<'_> {
    /// `operand.field`, or `has(operand.field)`.
    pub(super) fn select(&mut self, expr: &IdedExpr, select: &SelectExpr) -> Type {
        let operand = self.owner(&select.operand);
        let found = self.field(&operand, &select.operand, &select.field, self.anchor(expr));
        if select.test { Type::Bool } else { found }
    }

    /// The type of a field. A field of an optional is optional.
    pub(super) fn field(&mut self, owner: &Type, operand: &IdedExpr, name: &str, span: Span) -> Type {
        match owner {
            Type::Dyn => Type::Dyn,
            Type::Object(owner) => match types::field(owner, name) {
                Some(row) => row.kind,
                None => {
                    let rows = types::fields(owner);
                    let known = rows.iter().map(|row| row.name);
                    let message = format!("{owner} has no field `{name}`");
                    self.unknown("cel-unknown-field", span, message, name, known);
                    Type::Dyn
                }
            },
            Type::Map(value) => (**value).clone(),
            Type::Params => self.declared(name, span, "param"),
            Type::Definitions => self.declared(name, span, "variable"),
            Type::Optional(inner) => match self.field(inner, operand, name, span) {
                found @ Type::Optional(_) => found,
                found => Type::optional(found),
            },
            other => {
                let message =
                    format!("`{}` is {}, which has no fields", self.written(operand), with_article(other));
                self.report(Diagnostic::error("cel-type", span, message));
                Type::Dyn
            }
        }
    }

    fn declared(&mut self, name: &str, span: Span, what: &str) -> Type {
        let declarations = self.declarations;
        let rows: Vec<(&str, &Type)> = match what {
            "param" => declarations.params().iter().map(|(name, kind)| (&**name, kind)).collect(),
            _ => declarations.definitions().iter().map(|one| (&*one.name, &one.kind)).collect(),
        };
        self.used.insert(format!("{what} {name}"));
        match rows.iter().find(|(known, _)| *known == name) {
            Some((_, kind)) => (*kind).clone(),
            None if what == "variable" && declarations.announces(name) => {
                let message = format!("the variable `{name}` is not declared yet");
                let help = "a variable sees those above it, a matchCondition none";
                self.report(Diagnostic::error("cel-unknown-field", span, message).with_help(help));
                Type::Dyn
            }
            None if rows.is_empty() => {
                let message = format!("the policy has no {what} `{name}`");
                let help = format!("it declares no `{what}s`");
                self.report(Diagnostic::error("cel-unknown-field", span, message).with_help(help));
                Type::Dyn
            }
            None => {
                let message = format!("the policy has no {what} `{name}`");
                let known = rows.iter().map(|(name, _)| *name);
                self.unknown("cel-unknown-field", span, message, name, known);
                Type::Dyn
            }
        }
    }

    /// `operand[key]`, or `operand[?key]` and `operand.?key`, which are optional.
    pub(super) fn index(&mut self, operand: &IdedExpr, key: &IdedExpr, optional: bool) -> Type {
        let owner = match key.expr {
            Expr::Literal(_) => self.owner(operand),
            _ => self.infer(operand),
        };
        let key_type = self.infer(key);
        let found = self.member(&owner, operand, key, &key_type);
        match found {
            found if !optional => found,
            found @ Type::Optional(_) => found,
            found => Type::optional(found),
        }
    }

    fn member(&mut self, owner: &Type, operand: &IdedExpr, key: &IdedExpr, key_type: &Type) -> Type {
        match owner {
            Type::Optional(inner) => match self.member(inner, operand, key, key_type) {
                found @ Type::Optional(_) => found,
                found => Type::optional(found),
            },
            Type::List(element) => {
                if !Type::Int.accepts(key_type) {
                    let message = format!("an element is named by an int, not by {}", with_article(key_type));
                    self.report(Diagnostic::error("cel-type", self.span(key), message));
                }
                (**element).clone()
            }
            Type::Map(value) => {
                if !Type::Text.accepts(key_type) {
                    let message = format!("an entry is named by a string, not by {}", with_article(key_type));
                    self.report(Diagnostic::error("cel-type", self.span(key), message));
                }
                (**value).clone()
            }
            Type::Object(_) | Type::Params | Type::Definitions => match &key.expr {
                Expr::Literal(LiteralValue::String(name)) => {
                    let name = name.inner().to_owned();
                    self.field(owner, operand, &name, self.span(key))
                }
                _ if Type::Text.accepts(key_type) => Type::Dyn,
                _ => {
                    let message = format!("a field is named by a string, not by {}", with_article(key_type));
                    self.report(Diagnostic::error("cel-type", self.span(key), message));
                    Type::Dyn
                }
            },
            Type::Dyn => Type::Dyn,
            other => {
                let what = with_article(other);
                let message = format!("`{}` is {what}, which has no members", self.written(operand));
                let help = format!("members have {}", listed(&["list", "map"]));
                self.report(Diagnostic::error("cel-type", self.span(operand), message).with_help(help));
                Type::Dyn
            }
        }
    }
}

/// A type in a sentence: `a quantity`, `an int`.
pub(super) fn with_article(kind: &Type) -> String {
    let name = kind.to_string();
    let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    match kind {
        Type::Null | Type::Dyn | Type::Memory => name,
        Type::Cpu => "CPU".to_owned(),
        _ => format!("{article} {name}"),
    }
}
