//! Calls of functions.

use super::members::with_article;
use super::{Checker, join, listed};
use crate::cel::Type;
use crate::cel::functions::{self, Kind, Row, Signature};
use crate::diagnostic::Diagnostic;
use ::cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};

impl Checker<'_> {
    /// An operator's or a function's call.
    pub(super) fn call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Type {
        if call.target.is_none()
            && let Some(found) = self.operator(expr, &call.func_name, &call.args)
        {
            return found;
        }
        if let Some(target) = &call.target {
            // `math.least(..)` is a function with a dot in its name, unless `math` is a variable.
            if let Expr::Ident(namespace) = &target.expr {
                let name = format!("{namespace}.{}", call.func_name);
                let local = self.scope.iter().any(|(known, _)| known == namespace);
                let is_namespace = !local && self.declarations.variable(namespace).is_none();
                if is_namespace && functions::rows().any(|row| row.name.starts_with(&format!("{namespace}.")))
                {
                    return self.apply(expr, &name, None, &call.args);
                }
            }
            return self.apply(expr, &call.func_name, Some(target), &call.args);
        }
        self.apply(expr, call.func_name.trim_start_matches('.'), None, &call.args)
    }

    fn apply(&mut self, expr: &IdedExpr, name: &str, target: Option<&IdedExpr>, args: &[IdedExpr]) -> Type {
        let rows: Vec<&Row> = functions::named(name, target.is_some()).collect();
        if rows.is_empty() {
            self.no_function(expr, name, target, args);
            return Type::Dyn;
        }
        let all: Vec<&IdedExpr> = target.into_iter().chain(args).collect();
        let found: Vec<Type> = all.iter().map(|arg| self.infer(arg)).collect();
        let signatures: Vec<&Signature> = rows.iter().flat_map(|row| row.signatures).collect();
        let mut results = signatures.iter().filter_map(|signature| result(signature, &found));
        if let Some(first) = results.next() {
            // Where arguments are of any type, several signatures may fit.
            let dynamic = found.iter().any(contains_dyn);
            let joined = if dynamic { results.fold(first, join) } else { first };
            self.literal(name, &all);
            return joined;
        }
        self.no_signature(expr, name, &all, &found, &signatures, target.is_some());
        Type::Dyn
    }

    fn no_function(&mut self, expr: &IdedExpr, name: &str, target: Option<&IdedExpr>, args: &[IdedExpr]) {
        let span = self.anchor(expr);
        let other_style = functions::named(name, target.is_none()).next();
        if other_style.is_some() {
            let (message, help) = match (target, args.split_first()) {
                (Some(target), _) => {
                    let list: Vec<&str> =
                        [target].into_iter().chain(args).map(|arg| self.written(arg)).collect();
                    (format!("`{name}` is not called on a value"), format!("`{name}({})`", list.join(", ")))
                }
                (None, Some((first, rest))) => {
                    let list: Vec<&str> = rest.iter().map(|arg| self.written(arg)).collect();
                    let help = format!("`{}.{name}({})`", self.written(first), list.join(", "));
                    (format!("`{name}` is called on a value"), help)
                }
                (None, None) => (format!("`{name}` is called on a value"), format!("`value.{name}()`")),
            };
            self.report(Diagnostic::error("cel-unknown-function", span, message).with_help(help));
            return;
        }
        let macros =
            ["all", "exists", "exists_one", "map", "filter", "transformList", "transformMap", "optMap"];
        if macros.contains(&name) && target.is_some() {
            let message = format!("`{name}` takes a name and what is asked of each element");
            let help = format!("`list.{name}(x, ..)`");
            self.report(Diagnostic::error("cel-unknown-function", span, message).with_help(help));
            return;
        }
        let message = format!("there is no function `{name}`");
        let namespace = name.split_once('.').map(|(namespace, _)| format!("{namespace}."));
        let near = |row: &&Row| {
            let same = namespace.as_ref().is_none_or(|namespace| row.name.starts_with(namespace.as_str()));
            row.member == target.is_some() && same
        };
        let known = functions::rows().filter(near).map(|row| row.name);
        let extra: &[&str] = match (target, &namespace) {
            (Some(_), _) => &macros,
            (None, None) => &["has"],
            (None, Some(_)) => &[],
        };
        let mut known: Vec<&str> = known.chain(extra.iter().copied()).collect();
        known.sort_unstable();
        known.dedup();
        self.unknown("cel-unknown-function", span, message, name, known);
    }

    fn no_signature(
        &mut self,
        expr: &IdedExpr,
        name: &str,
        args: &[&IdedExpr],
        found: &[Type],
        signatures: &[&Signature],
        member: bool,
    ) {
        let own = usize::from(member);
        let target = args.first().copied().filter(|_| member);
        let counts = |signature: &&&Signature| signature.params.len() == found.len();
        let message = if signatures.iter().any(|signature| counts(&signature)) {
            match (target, found.split_first()) {
                (Some(target), Some((kind, []))) => {
                    format!(
                        "`{name}` is not called on {}; `{}` is one",
                        with_article(kind),
                        self.written(target)
                    )
                }
                (Some(_), Some((kind, rest))) => {
                    let given: Vec<String> = rest.iter().map(ToString::to_string).collect();
                    format!("`{name}` on {} does not take ({})", with_article(kind), given.join(", "))
                }
                _ => {
                    let given: Vec<String> = found.iter().map(ToString::to_string).collect();
                    format!("`{name}` does not take ({})", given.join(", "))
                }
            }
        } else {
            let mut wanted: Vec<String> =
                signatures.iter().map(|signature| (signature.params.len() - own).to_string()).collect();
            wanted.dedup();
            let plural = if wanted == ["1"] { "" } else { "s" };
            format!("`{name}` takes {} argument{plural}, {} given", wanted.join(" or "), found.len() - own)
        };
        let shown: Vec<String> =
            signatures.iter().map(|signature| written(name, signature, own == 1)).collect();
        let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        let on_optional = signatures.iter().any(|one| matches!(one.params.first(), Some(Kind::Optional(_))));
        let help = match found.first() {
            Some(Type::Optional(_)) if own == 1 && !on_optional => {
                "`.orValue(..)` gives the value, or another".to_owned()
            }
            Some(Type::Optional(inner)) if name == "orValue" => match (args.get(1), found.get(1)) {
                (Some(other), Some(kind)) => {
                    let unit = super::operators::unit_help(inner, other, self.written(other), kind);
                    unit.unwrap_or_else(|| format!("the other value must be {} too", with_article(inner)))
                }
                _ => format!("there is {}", listed(&shown)),
            },
            _ => format!("there is {}", listed(&shown)),
        };
        self.report(Diagnostic::error("cel-type", self.anchor(expr), message).with_help(help));
    }

    /// Checks texts that have a form of their own, where they stand as they are.
    fn literal(&mut self, name: &str, args: &[&IdedExpr]) {
        let checked = match name {
            "quantity" | "duration" => args.first(),
            "matches" => args.get(1),
            _ => None,
        };
        let Some((arg, text)) = checked.and_then(|arg| match &arg.expr {
            Expr::Literal(LiteralValue::String(text)) => Some((*arg, text.inner())),
            _ => None,
        }) else {
            return;
        };
        let wrong = match name {
            "quantity" => functions::parse_quantity(text).err(),
            "duration" => functions::parse_duration(text).err(),
            _ => functions::pattern(text)
                .err()
                .map(|error| format!("the regular expression is wrong: {error}")),
        };
        if let Some(message) = wrong {
            self.report(Diagnostic::error("cel-type", self.span(arg), message));
        }
    }
}

fn contains_dyn(kind: &Type) -> bool {
    match kind {
        Type::Dyn => true,
        Type::List(inner) | Type::Map(inner) | Type::Optional(inner) => contains_dyn(inner),
        _ => false,
    }
}

/// What a call with arguments of these types comes to, if the signature takes them.
fn result(signature: &Signature, found: &[Type]) -> Option<Type> {
    if signature.params.len() != found.len() {
        return None;
    }
    let mut any: Option<Type> = None;
    let fits = signature.params.iter().zip(found).all(|(&kind, found)| fits(kind, found, &mut any));
    fits.then(|| signature.result.with(&any.unwrap_or(Type::Dyn)))
}

fn fits(kind: Kind, found: &Type, any: &mut Option<Type>) -> bool {
    match (kind, found) {
        (Kind::Any, found) => match any {
            None => {
                *any = Some(found.clone());
                true
            }
            Some(so_far) => {
                let both = super::operators::equatable(so_far, found);
                *any = Some(join(so_far.clone(), found.clone()));
                both
            }
        },
        (_, Type::Dyn) => true,
        (Kind::List(kind), Type::List(found))
        | (Kind::Map(kind), Type::Map(found))
        | (Kind::Optional(kind), Type::Optional(found)) => fits(*kind, found, any),
        (Kind::Map(_), Type::Params) => true,
        (kind, found) => {
            kind.with(&Type::Dyn).accepts(found)
                && !matches!(kind, Kind::List(_) | Kind::Map(_) | Kind::Optional(_))
        }
    }
}

/// A signature as it is called: `string.contains(string)`.
fn written(name: &str, signature: &Signature, member: bool) -> String {
    let params: Vec<String> = signature.params.iter().map(|kind| kind.with(&Type::Dyn).to_string()).collect();
    match params.split_first() {
        Some((target, rest)) if member => format!("{target}.{name}({})", rest.join(", ")),
        _ => format!("{name}({})", params.join(", ")),
    }
}
