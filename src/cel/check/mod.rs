//! Static checks: names, fields, functions, operators and units first; then optional fields that nothing
//! guards.

mod blame;
mod calls;
mod constant;
mod cost;
mod formula;
mod guards;
mod logic;
mod loops;
mod members;
mod operators;

pub(super) use constant::Always;
pub(super) use cost::Cost;
pub(super) use logic::Formula;

use super::limits;
use super::parser::{Macro, Tree};
use crate::cel::{Declarations, Expected, Type, types};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::{Span, TextMap};
use ::cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, MapExpr};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What checking found out.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) result: Type,
    /// Paths that are there for certain where the expression holds.
    pub(super) holds: BTreeSet<String>,
    /// The same where it does not hold.
    pub(super) fails: BTreeSet<String>,
    /// What it says, if it is a condition.
    pub(super) formula: Option<Formula>,
    /// What the whole of it always is.
    pub(super) always: Option<Always>,
    pub(super) cost: Cost,
    /// The params and variables that it names: `param minimum`, `variable sum`.
    pub(super) used: BTreeSet<String>,
    /// Params that are used as regular expressions.
    pub(super) patterns: BTreeSet<String>,
    /// Params of quantities that go with memory, or with CPU.
    pub(super) units: BTreeMap<String, Type>,
    /// What is in order and yet cannot be meant.
    pub(super) warnings: Vec<Diagnostic>,
}

impl Checked {
    /// Of an expression that is not checked.
    pub(super) fn unknown() -> Checked {
        Checked {
            result: Type::Dyn,
            holds: BTreeSet::new(),
            fails: BTreeSet::new(),
            formula: None,
            always: None,
            cost: Cost::default(),
            used: BTreeSet::new(),
            patterns: BTreeSet::new(),
            units: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// Whether the expression names a param or a variable of the policy.
    pub(super) fn names(&self, what: &str, name: &str) -> bool {
        let any = format!("any {what}");
        self.used.contains(&any) || self.used.contains(&format!("{what} {name}"))
    }
}

/// Checks a tree.
pub(super) fn check(
    tree: &Tree,
    text: &str,
    map: &TextMap,
    declarations: &Declarations,
    expected: &Expected,
) -> Result<Checked, Vec<Diagnostic>> {
    let types = vec![Type::Dyn; tree.len() + 1];
    let mut checker = Checker {
        tree,
        text,
        map,
        declarations,
        scope: Vec::new(),
        diagnostics: Vec::new(),
        types,
        used: BTreeSet::new(),
        patterns: BTreeSet::new(),
        units: BTreeMap::new(),
        words: RefCell::default(),
    };
    let result = checker.infer(&tree.root);
    checker.expect(&tree.root, &result, expected);
    // Where types are wrong, what is optional is not certain either.
    let (holds, fails) = match checker.diagnostics.is_empty() && *expected != Expected::Place {
        true => guards::check(&mut checker),
        false => Default::default(),
    };
    if checker.diagnostics.is_empty() {
        let (constant, cost) = (constant::check(&checker), cost::check(&checker));
        let constant::Constancy { formula, always, mut warnings } = constant;
        warnings.truncate(limits::ERRORS);
        let Checker { used, patterns, units, .. } = checker;
        return Ok(Checked { result, holds, fails, formula, always, cost, used, patterns, units, warnings });
    }
    let mut diagnostics = checker.diagnostics;
    diagnostics.sort_by_key(|diagnostic| (diagnostic.primary.span.start, diagnostic.primary.span.end));
    diagnostics.truncate(limits::ERRORS);
    Err(diagnostics)
}

/// The state of a check.
struct Checker<'a> {
    tree: &'a Tree,
    text: &'a str,
    map: &'a TextMap,
    declarations: &'a Declarations,
    /// Variables of the loops and bindings around, innermost last.
    scope: Vec<(String, Type)>,
    diagnostics: Vec<Diagnostic>,
    /// The types of the nodes, by id.
    types: Vec<Type>,
    used: BTreeSet<String>,
    patterns: BTreeSet<String>,
    units: BTreeMap<String, Type>,
    /// Values that hold one of a few words, by their canonical text.
    words: RefCell<BTreeMap<String, Vec<String>>>,
}

/// The names of types, which are values too: `type(x) == int`.
const TYPE_NAMES: [&str; 11] =
    ["bool", "bytes", "double", "int", "list", "map", "null_type", "optional_type", "string", "type", "uint"];

impl Checker<'_> {
    /// The characters of a node in the file.
    fn span(&self, expr: &IdedExpr) -> Span {
        let place = self.tree.place(expr.id);
        self.map.span(place.start as usize, place.end as usize)
    }

    /// The token that makes a node what it is: an operator, the name of a field or a function.
    fn anchor(&self, expr: &IdedExpr) -> Span {
        let (start, end) = self.tree.place(expr.id).anchor;
        self.map.span(start as usize, end as usize)
    }

    /// The characters of a node, as written.
    fn written(&self, expr: &IdedExpr) -> &str {
        let place = self.tree.place(expr.id);
        self.text.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports a name that is not known, with the nearest one that is.
    fn unknown<'n>(
        &mut self,
        code: &'static str,
        span: Span,
        message: String,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if known.is_empty() => None,
            None => Some(format!("known are {}", listed(&known))),
        };
        let diagnostic = Diagnostic::error(code, span, message);
        self.report(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }

    /// The type of a node whose own check is done.
    fn type_of(&self, expr: &IdedExpr) -> &Type {
        let index = usize::try_from(expr.id).unwrap_or(0);
        self.types.get(index).unwrap_or(&Type::Dyn)
    }

    /// The type of what a field is read of. Params and variables are not named as a whole there.
    fn owner(&mut self, operand: &IdedExpr) -> Type {
        let Expr::Ident(name) = &operand.expr else { return self.infer(operand) };
        let local = self.scope.iter().any(|(known, _)| known == name);
        match self.declarations.variable(name).filter(|_| !local) {
            Some(kind @ (Type::Params | Type::Definitions)) => {
                self.remember(operand, &kind);
                kind
            }
            _ => self.infer(operand),
        }
    }

    fn remember(&mut self, expr: &IdedExpr, kind: &Type) {
        if let Some(slot) = usize::try_from(expr.id).ok().and_then(|id| self.types.get_mut(id)) {
            *slot = kind.clone();
        }
    }

    /// Infers the type of an expression and remembers it.
    fn infer(&mut self, expr: &IdedExpr) -> Type {
        let kind = match &expr.expr {
            Expr::Literal(literal) => literal_type(literal),
            Expr::Ident(name) => self.name(expr, name),
            Expr::Select(select) => self.select(expr, select),
            Expr::Call(call) => self.call(expr, call),
            Expr::List(list) => {
                let mut element: Option<Type> = None;
                for (i, part) in list.elements.iter().enumerate() {
                    let found = match (self.infer(part), list.optional_indices.contains(&i)) {
                        (Type::Optional(inner), true) => *inner,
                        (found, _) => found,
                    };
                    element = Some(element.map_or(found.clone(), |so_far| join(so_far, found)));
                }
                Type::list(element.unwrap_or(Type::Dyn))
            }
            Expr::Map(map) => self.map(map),
            Expr::Comprehension(parts) => self.comprehension(expr, parts),
            Expr::Struct(message) => {
                let text = format!("there is no message type `{}`", message.type_name);
                let help = "a map is written `{\"key\": value}`";
                self.report(Diagnostic::error("cel-unknown-name", self.span(expr), text).with_help(help));
                Type::Dyn
            }
            Expr::Unspecified => Type::Dyn,
        };
        self.remember(expr, &kind);
        kind
    }

    fn name(&mut self, expr: &IdedExpr, name: &str) -> Type {
        let plain = name.trim_start_matches('.');
        let local = self.scope.iter().rev().find(|(known, _)| known == name).map(|(_, kind)| kind.clone());
        if let Some(kind) = local.or_else(|| self.declarations.variable(plain)) {
            // Named as a whole, each of them may be meant.
            match kind {
                Type::Params => self.used.insert("any param".to_owned()),
                Type::Definitions => self.used.insert("any variable".to_owned()),
                _ => false,
            };
            return kind;
        }
        if TYPE_NAMES.contains(&plain) {
            return Type::Type;
        }
        let message = format!("there is no variable `{plain}`");
        let help = match (self.declarations.owner_of(plain), types::variable(plain)) {
            (Some(variable), _) => Some(format!("did you mean `{variable}.{plain}`?")),
            (None, Some(row)) if plain == "reference" => {
                Some(format!("it is {}: declared by `comparedWith` of the target", row.description))
            }
            (None, Some(_)) if plain == "variables" => Some("the policy has no `variables`".to_owned()),
            (None, Some(row)) => {
                Some(format!("it is {}: policies with another target see it", row.description))
            }
            (None, None) => None,
        };
        match help {
            Some(help) => {
                self.report(Diagnostic::error("cel-unknown-name", self.span(expr), message).with_help(help));
            }
            None => {
                let declarations = self.declarations;
                let names: Vec<String> = self.scope.iter().map(|(name, _)| name.clone()).collect();
                let known = declarations.variable_names().chain(names.iter().map(String::as_str));
                self.unknown("cel-unknown-name", self.span(expr), message, plain, known);
            }
        }
        Type::Dyn
    }

    fn map(&mut self, map: &MapExpr) -> Type {
        let mut value: Option<Type> = None;
        let mut texts = true;
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                continue;
            };
            texts &= Type::Text.accepts(&self.infer(&entry.key));
            let found = self.infer(&entry.value);
            value = Some(value.map_or(found.clone(), |so_far| join(so_far, found)));
        }
        if texts { Type::map(value.unwrap_or(Type::Dyn)) } else { Type::Dyn }
    }

    /// Reports an operand that is no condition.
    fn expect_bool(&mut self, expr: &IdedExpr, found: &Type) {
        if !Type::Bool.accepts(found) {
            let message = format!("expected bool, found {found}");
            let diagnostic = Diagnostic::error("cel-type", self.span(expr), message);
            let written = self.written(expr);
            let help = match found {
                Type::Optional(inner) if **inner == Type::Bool => Some(format!("`{written}.orValue(false)`")),
                Type::Optional(_) => Some(format!("`{written}.hasValue()` tells whether it is there")),
                _ => None,
            };
            self.report(match help {
                Some(help) => diagnostic.with_help(help),
                None => diagnostic,
            });
        }
    }

    /// Checks what the whole expression comes to.
    fn expect(&mut self, root: &IdedExpr, found: &Type, expected: &Expected) {
        match expected {
            Expected::Bool => self.expect_bool(root, found),
            Expected::Text if !Type::Text.accepts(found) => {
                let message = format!("expected string, found {found}");
                let help = "`string(..)` turns numbers and amounts into texts";
                self.report(Diagnostic::error("cel-type", self.span(root), message).with_help(help));
            }
            Expected::Text | Expected::Any | Expected::Place => {}
        }
    }
}

fn literal_type(literal: &LiteralValue) -> Type {
    match literal {
        LiteralValue::Boolean(_) => Type::Bool,
        LiteralValue::Bytes(_) => Type::Bytes,
        LiteralValue::Double(_) => Type::Double,
        LiteralValue::Int(_) => Type::Int,
        LiteralValue::UInt(_) => Type::Uint,
        LiteralValue::Null => Type::Null,
        LiteralValue::String(_) => Type::Text,
    }
}

/// The type of a value that has one of two types.
fn join(a: Type, b: Type) -> Type {
    match (a, b) {
        (a, b) if a == b => a,
        // What is known of one quantity holds for the other, or they would not go together.
        (a, b) if a.is_quantity() && a.accepts(&b) => {
            if a == Type::Quantity {
                b
            } else {
                a
            }
        }
        (Type::Double, Type::Ratio) | (Type::Ratio, Type::Double) => Type::Double,
        (Type::List(a), Type::List(b)) => Type::list(join(*a, *b)),
        (Type::Map(a), Type::Map(b)) => Type::map(join(*a, *b)),
        (Type::Optional(a), Type::Optional(b)) => Type::optional(join(*a, *b)),
        _ => Type::Dyn,
    }
}

/// Names for people: `a, b and c`, or the first of many.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() && names.len() <= SHOWN => {
            format!("{} and {last}", rest.join(", "))
        }
        _ if names.len() > SHOWN => format!("{} and {} more", shown.join(", "), names.len() - SHOWN),
        _ => shown.join(", "),
    }
}

#[cfg(test)]
mod tests;
