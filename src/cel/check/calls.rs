//! Calls of functions.

use super::blame::{Operand, unit_help};
use super::members::with_article;
use super::{Checker, join, listed};
use crate::cel::Type;
use crate::cel::functions::{self, Kind, Row, Signature};
use crate::cel::{Activation, Outcome, compile_unchecked, types};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::{Span, TextMap};
use crate::value::Condition;
use ::cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};

/// Functions whose second argument is a regular expression.
const PATTERNS: [&str; 6] =
    ["matches", "find", "findAll", "regex.replace", "regex.extract", "regex.extractAll"];

/// Functions of other languages, with ours.
const FOREIGN: [(&str, &str); 18] = [
    ("len", "size"),
    ("length", "size"),
    ("count", "size"),
    ("lower", "lowerAscii"),
    ("toLower", "lowerAscii"),
    ("toLowerCase", "lowerAscii"),
    ("upper", "upperAscii"),
    ("toUpper", "upperAscii"),
    ("toUpperCase", "upperAscii"),
    ("includes", "contains"),
    ("test", "matches"),
    ("any", "exists"),
    ("some", "exists"),
    ("every", "all"),
    ("select", "filter"),
    ("where", "filter"),
    ("str", "string"),
    ("float", "double"),
];

impl Checker<'_> {
    /// An operator's or a function's call.
    pub(super) fn call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Type {
        if call.target.is_none()
            && let Some(found) = self.operator(&call.func_name, &call.args)
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
            // What it is called on may be wrong as well; a bare name may be a misspelt namespace.
            if let Some(target) = target.filter(|target| !matches!(target.expr, Expr::Ident(_))) {
                self.infer(target);
            }
            self.no_function(expr, name, target, args);
            return Type::Dyn;
        }
        let all: Vec<&IdedExpr> = target.into_iter().chain(args).collect();
        let found: Vec<Type> = all.iter().map(|arg| self.infer(arg)).collect();
        let signatures = rows.iter().flat_map(|row| row.signatures);
        let mut results = signatures.filter_map(|signature| result(signature, &found));
        if let Some(first) = results.next() {
            // Where arguments are of any type, several signatures may fit.
            let dynamic = found.iter().any(contains_dyn);
            let joined = if dynamic { results.fold(first, join) } else { first };
            self.literal(expr, name, &all);
            return with_unit(joined, name, &all, &found);
        }
        let operands: Vec<Operand<'_>> =
            all.iter().zip(&found).map(|(expr, kind)| Operand { expr, kind }).collect();
        self.no_signature(expr, name, &operands, &rows);
        Type::Dyn
    }

    /// The function's name with its arguments, without what it is called on.
    fn call_span(&self, expr: &IdedExpr) -> Span {
        let place = self.tree.place(expr.id);
        self.map.span(place.anchor.0 as usize, place.end as usize)
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
            let span = self.call_span(expr);
            self.report(Diagnostic::error("cel-unknown-function", span, message).with_help(help));
            return;
        }
        if name == "has" && target.is_none() {
            let message = "`has` takes one field".to_owned();
            let told = Diagnostic::error("cel-unknown-function", self.call_span(expr), message);
            self.report(told.with_help("`has(deployment.memory)`"));
            return;
        }
        if let Some(Expr::Ident(namespace)) = target.map(|target| &target.expr)
            && self.is_unknown(namespace)
        {
            return self.no_namespace(target, namespace, name);
        }
        let message = format!("there is no function `{name}`");
        if let Some((_, ours)) = FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
            let help = format!("did you mean `{ours}`?");
            self.report(Diagnostic::error("cel-unknown-function", span, message).with_help(help));
            return;
        }
        let namespace = name.split_once('.').map(|(namespace, _)| format!("{namespace}."));
        let near = |row: &&Row| {
            let same = namespace.as_ref().is_none_or(|namespace| row.name.starts_with(namespace.as_str()));
            row.member == target.is_some() && same
        };
        // Of what is called on a value only that is of help which may be called on this one.
        let receiver = target.map(|target| self.type_of(target).clone());
        let fitting = |row: &&Row| {
            let first = |one: &Signature| one.params.first().copied();
            receiver.as_ref().is_none_or(|kind| {
                row.signatures.iter().filter_map(first).any(|wanted| fits(wanted, kind, &mut None))
            })
        };
        let loops =
            receiver.as_ref().is_some_and(|kind| matches!(kind, Type::List(_) | Type::Map(_) | Type::Dyn));
        let known = functions::rows().filter(near).filter(fitting).map(|row| row.name);
        let extra: &[&str] = match (target, &namespace) {
            (Some(_), _) if loops => &macros,
            (Some(_), _) => &[],
            (None, None) => &["has"],
            (None, Some(_)) => &[],
        };
        let mut known: Vec<&str> = known.chain(extra.iter().copied()).collect();
        known.sort_unstable();
        known.dedup();
        self.unknown("cel-unknown-function", span, message, name, known);
    }

    /// Whether a name is neither a variable nor declared by a loop.
    fn is_unknown(&self, name: &str) -> bool {
        let local = self.scope.iter().any(|(known, _)| known == name);
        !local && self.declarations.variable(name).is_none()
    }

    /// Reports what stands before the dot of a function and is neither a value nor a namespace.
    fn no_namespace(&mut self, target: Option<&IdedExpr>, namespace: &str, name: &str) {
        let Some(target) = target else { return };
        let spaces =
            functions::rows().filter_map(|row| row.name.split_once('.')).filter(|(_, one)| *one == name);
        let near = nearest(namespace, spaces.map(|(space, _)| space));
        match near {
            Some(near) => {
                let message = format!("there is no `{namespace}.{name}`");
                let told = Diagnostic::error("cel-unknown-name", self.span(target), message);
                self.report(told.with_help(format!("did you mean `{near}.{name}`?")));
            }
            None => {
                self.infer(target);
            }
        }
    }

    /// Reports arguments that no signature takes: the first of them that does not fit, what is too much,
    /// or the call that lacks something.
    fn no_signature(&mut self, expr: &IdedExpr, name: &str, args: &[Operand<'_>], rows: &[&Row]) {
        let own = usize::from(rows.iter().any(|row| row.member));
        let signatures: Vec<&Signature> = rows.iter().flat_map(|row| row.signatures).collect();
        let shown: Vec<String> = signatures.iter().map(|one| written(name, one, own == 1)).collect();
        let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        let help = format!("there is {}", listed(&shown));
        let alike: Vec<&&Signature> =
            signatures.iter().filter(|one| one.params.len() == args.len()).collect();
        let Some(at) = alike.iter().map(|one| fitting(one, args)).max() else {
            let told = self.wrong_count(expr, name, args, own, &signatures);
            return self.report(told.with_help(help));
        };
        let Some(&wrong) = args.get(at) else { return };
        let found = with_article(wrong.kind);
        let told = if at == 0 && own == 1 {
            let what = self.written(wrong.expr);
            let message = format!("`{name}` is not called on {found}; `{what}` is one");
            Diagnostic::error("cel-type", self.span(wrong.expr), message)
        } else {
            let mut wanted: Vec<Type> = Vec::new();
            for signature in alike.iter().filter(|one| fitting(one, args) == at) {
                wanted.extend(signature.params.get(at).map(|kind| kind.with(&bound(signature, args, at))));
            }
            wanted.dedup();
            let shown: Vec<String> = wanted.iter().map(with_article).collect();
            let message = format!("`{name}` takes {} here, not {found}", shown.join(" or "));
            let told = Diagnostic::error("cel-type", self.span(wrong.expr), message);
            let unit = match wanted.as_slice() {
                [one] => unit_help(one, wrong, self.written(wrong.expr)),
                _ => None,
            };
            if let Some(unit) = unit {
                return self.report(told.with_help(unit));
            }
            told
        };
        let given = matches!(wrong.kind, Type::Optional(_));
        self.report(told.with_help(match given {
            true => "`.orValue(..)` gives the value, or another".to_owned(),
            false => help,
        }));
    }

    /// The wrong number of arguments: those that are too many, or the call without its receiver.
    fn wrong_count(
        &self,
        expr: &IdedExpr,
        name: &str,
        args: &[Operand<'_>],
        own: usize,
        signatures: &[&Signature],
    ) -> Diagnostic {
        let mut counts: Vec<usize> =
            signatures.iter().map(|one| one.params.len().saturating_sub(own)).collect();
        counts.sort_unstable();
        counts.dedup();
        let shown: Vec<String> = counts.iter().map(ToString::to_string).collect();
        let plural = if counts == [1] { "" } else { "s" };
        let given = args.len().saturating_sub(own);
        let message = format!("`{name}` takes {} argument{plural}, {given} given", shown.join(" or "));
        let most = counts.last().map_or(0, |most| most + own);
        match (args.get(most), args.last()) {
            (Some(first), Some(last)) => {
                let span = self.span(first.expr).cover(self.span(last.expr));
                Diagnostic::error("cel-type", span, message).with_label("too much")
            }
            _ => Diagnostic::error("cel-type", self.call_span(expr), message),
        }
    }

    /// Checks texts that have a form of their own, where they stand as they are.
    fn literal(&mut self, expr: &IdedExpr, name: &str, args: &[&IdedExpr]) {
        let checked = match name {
            "quantity" | "duration" => args.first(),
            name if PATTERNS.contains(&name) => args.get(1),
            _ => None,
        };
        if let Some(pattern) =
            checked.filter(|_| PATTERNS.contains(&name)).and_then(|arg| super::operators::param(arg))
        {
            self.patterns.insert(pattern.to_owned());
        }
        let Some((arg, text)) = checked.and_then(|arg| match &arg.expr {
            Expr::Literal(LiteralValue::String(text)) => Some((*arg, text.inner())),
            _ => None,
        }) else {
            return self.constant_call(expr, args);
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

    /// Reports a call of nothing but literals that fails whenever it is evaluated: a version, an address or
    /// a time that is none.
    fn constant_call(&mut self, expr: &IdedExpr, args: &[&IdedExpr]) {
        if args.is_empty() || args.iter().any(|arg| !matches!(arg.expr, Expr::Literal(_))) {
            return;
        }
        let map = TextMap::whole(self.span(expr));
        let Ok(call) = compile_unchecked(self.written(expr), &map) else { return };
        let outcome = call.worlds(&Activation::new(), &Condition::always(), 1).into_iter().next();
        if let Some(Outcome::Error(error)) = outcome.map(|world| world.outcome) {
            let span = match args {
                [arg] => self.span(arg),
                _ => self.span(expr),
            };
            self.report(Diagnostic::error("cel-type", span, error.message));
        }
    }
}

/// How many arguments fit a signature before the first that does not.
fn fitting(signature: &Signature, args: &[Operand<'_>]) -> usize {
    let mut any = None;
    let pairs = signature.params.iter().zip(args);
    pairs.take_while(|(kind, arg)| fits(**kind, arg.kind, &mut any)).count()
}

/// What the arguments before one have made of `Any`.
fn bound(signature: &Signature, args: &[Operand<'_>], before: usize) -> Type {
    let mut any = None;
    for (kind, arg) in signature.params.iter().zip(args).take(before) {
        fits(*kind, arg.kind, &mut any);
    }
    any.unwrap_or(Type::Dyn)
}

/// What a quantity is of, where the call's literal or its arguments tell.
fn with_unit(result: Type, name: &str, args: &[&IdedExpr], found: &[Type]) -> Type {
    if result != Type::Quantity {
        return result;
    }
    if let ("quantity", [IdedExpr { expr: Expr::Literal(LiteralValue::String(text)), .. }]) = (name, args) {
        return types::of_quantity(text.inner());
    }
    let parts = found.iter().map(|kind| match kind {
        Type::List(element) => element,
        other => other,
    });
    let mut units = parts.filter(|kind| kind.is_quantity() && **kind != Type::Quantity);
    match units.next() {
        Some(unit) if units.all(|other| other == unit) => unit.clone(),
        _ => result,
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
