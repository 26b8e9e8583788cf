//! Optional fields that are read where nothing says that they are there.
//!
//! A field is certain where a test of it holds: in the same conjunction, in the branch of a choice, in
//! the loop over a list that was filtered by it, or because an earlier expression of the policy holds.

use super::formula::literal_bool;
use super::loops::written;
use super::{Checker, Macro};
use crate::cel::{Type, types};
use crate::diagnostic::Diagnostic;
use ::cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use std::collections::BTreeSet;

/// Paths that are certainly there.
type Facts = BTreeSet<String>;

/// What is certain where a condition holds, and where it does not.
#[derive(Default)]
struct Certain {
    holds: Facts,
    fails: Facts,
}

impl Certain {
    fn of(&self, truth: bool) -> &Facts {
        if truth { &self.holds } else { &self.fails }
    }

    fn denied(self) -> Certain {
        Certain { holds: self.fails, fails: self.holds }
    }

    fn and(self, other: &Certain) -> Certain {
        Certain {
            holds: self.holds.union(&other.holds).cloned().collect(),
            fails: self.fails.intersection(&other.fails).cloned().collect(),
        }
    }

    /// The same where something else is certain besides.
    fn with(mut self, facts: &Facts) -> Certain {
        self.holds.extend(facts.iter().cloned());
        self.fails.extend(facts.iter().cloned());
        self
    }
}

/// Reports what is not guarded; what the whole expression guarantees where it holds, and where it does
/// not.
pub(super) fn check(checker: &mut Checker<'_>) -> (BTreeSet<String>, BTreeSet<String>) {
    let root = &checker.tree.root;
    let Some(facts) = checker.declarations.certain().cloned() else { return Default::default() };
    let mut guards = Guards { checker, names: Vec::new(), reported: BTreeSet::new() };
    guards.walk(root, &facts);
    (guards.facts(root, true), guards.facts(root, false))
}

struct Guards<'c, 'a> {
    checker: &'c mut Checker<'a>,
    /// Names of loops and bindings, with the path that a binding stands for.
    names: Vec<(String, Option<String>)>,
    /// Each path is reported where it is read first.
    reported: BTreeSet<String>,
}

impl Guards<'_, '_> {
    /// A path in its canonical form: `deployment.env.PORT` for `deployment.env["PORT"]`.
    fn path(&self, expr: &IdedExpr) -> Option<String> {
        match &expr.expr {
            Expr::Ident(name) => {
                let local = self.names.iter().rev().find(|(known, _)| known == name);
                Some(local.and_then(|(_, path)| path.clone()).unwrap_or_else(|| name.clone()))
            }
            Expr::Select(select) if !select.test => {
                Some(format!("{}.{}", self.path(&select.operand)?, select.field))
            }
            Expr::Call(CallExpr { func_name, target: None, args }) if func_name == operators::INDEX => {
                match args.as_slice() {
                    [operand, key] => self.member_path(operand, key),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn member_path(&self, operand: &IdedExpr, key: &IdedExpr) -> Option<String> {
        let operand = self.path(operand)?;
        match &key.expr {
            Expr::Literal(LiteralValue::String(name)) => Some(format!("{operand}.{}", name.inner())),
            Expr::Literal(LiteralValue::Int(index)) => Some(format!("{operand}[{}]", index.inner())),
            _ => Some(format!("{operand}[{}]", self.path(key)?)),
        }
    }

    /// What is certain where an expression is true, or where it is false.
    fn facts(&self, expr: &IdedExpr, truth: bool) -> Facts {
        let certain = self.certain(expr);
        if truth { certain.holds } else { certain.fails }
    }

    /// The same for both at once: each asks for both of its parts, and would double what they ask for.
    fn certain(&self, expr: &IdedExpr) -> Certain {
        let holds = |holds: Facts| Certain { holds, fails: Facts::new() };
        match &expr.expr {
            Expr::Select(select) if select.test => {
                let path = self.path(&select.operand).map(|path| format!("{path}.{}", select.field));
                holds(path.into_iter().collect())
            }
            Expr::Select(_) => match self.checker.declarations.definition(expr) {
                Some(one) => Certain { holds: one.holds.clone(), fails: one.fails.clone() },
                None => Certain::default(),
            },
            Expr::Call(CallExpr { func_name, target: None, args }) => {
                match (func_name.as_str(), args.as_slice()) {
                    (operators::LOGICAL_NOT, [a]) => self.certain(a).denied(),
                    // All operands of a true conjunction are true; of a false one, some operand is false.
                    (operators::LOGICAL_AND, [a, b]) => self.certain(a).and(&self.certain(b)),
                    (operators::LOGICAL_OR, [a, b]) => {
                        self.certain(a).denied().and(&self.certain(b).denied()).denied()
                    }
                    (operators::CONDITIONAL, [condition, a, b]) => {
                        let condition = self.certain(condition);
                        let then = self.certain(a).with(&condition.holds);
                        let otherwise = self.certain(b).with(&condition.fails);
                        // `c ? x : false` is true only where `c` is.
                        let chosen = |truth: bool| match (literal_bool(a), literal_bool(b)) {
                            (_, Some(fixed)) if fixed != truth => then.of(truth).clone(),
                            (Some(fixed), _) if fixed != truth => otherwise.of(truth).clone(),
                            _ => then.of(truth).intersection(otherwise.of(truth)).cloned().collect(),
                        };
                        Certain { holds: chosen(true), fails: chosen(false) }
                    }
                    (operators::IN, [key, map]) if self.is_map(map) => {
                        holds(self.member_path(map, key).into_iter().collect())
                    }
                    _ => Certain::default(),
                }
            }
            Expr::Call(call) if call.func_name == "hasValue" => {
                holds(call.target.iter().filter_map(|target| self.optional_path(target)).collect())
            }
            Expr::Comprehension(parts) if self.macro_of(expr) == Macro::Bind => {
                // Facts about the name itself end with it; those about the subject stay.
                let Certain { mut holds, mut fails } = self.certain(&parts.result);
                holds.retain(|path| root(path) != parts.accu_var);
                fails.retain(|path| root(path) != parts.accu_var);
                Certain { holds, fails }
            }
            _ => Certain::default(),
        }
    }

    /// The path that `a.?b` or `a[?b]` asks for.
    fn optional_path(&self, expr: &IdedExpr) -> Option<String> {
        match &expr.expr {
            Expr::Call(CallExpr { func_name, args, .. })
                if func_name == operators::OPT_SELECT || func_name == operators::OPT_INDEX =>
            {
                match args.as_slice() {
                    [operand, key] => self.member_path(operand, key),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn is_map(&self, expr: &IdedExpr) -> bool {
        matches!(self.checker.type_of(expr), Type::Map(_))
    }

    fn macro_of(&self, expr: &IdedExpr) -> Macro {
        self.checker.tree.macros.get(&expr.id).copied().unwrap_or(Macro::Bind)
    }

    /// Walks an expression with what is certain where it is evaluated.
    fn walk(&mut self, expr: &IdedExpr, facts: &Facts) {
        match &expr.expr {
            Expr::Select(select) => {
                self.walk(&select.operand, facts);
                if !select.test {
                    self.require_field(expr, &select.operand, &select.field, facts);
                }
            }
            Expr::Call(call) => self.walk_call(expr, call, facts),
            Expr::List(list) => list.elements.iter().for_each(|element| self.walk(element, facts)),
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.walk(&entry.key, facts);
                        self.walk(&entry.value, facts);
                    }
                }
            }
            Expr::Comprehension(parts) => self.walk_loop(expr, parts, facts),
            _ => {}
        }
    }

    fn walk_call(&mut self, expr: &IdedExpr, call: &CallExpr, facts: &Facts) {
        let name = call.func_name.as_str();
        match (name, call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [a, b]) if call.target.is_none() => {
                // An operand matters only where the other does not decide, on whichever side it stands.
                let truth = name == operators::LOGICAL_AND;
                let with = |other: &Facts| facts.union(other).cloned().collect::<Facts>();
                let (left, right) = (self.facts(a, truth), self.facts(b, truth));
                self.walk(a, &with(&right));
                self.walk(b, &with(&left));
            }
            (operators::CONDITIONAL, [condition, a, b]) if call.target.is_none() => {
                self.walk(condition, facts);
                let then = facts.union(&self.facts(condition, true)).cloned().collect();
                let otherwise = facts.union(&self.facts(condition, false)).cloned().collect();
                self.walk(a, &then);
                self.walk(b, &otherwise);
            }
            (operators::INDEX, [operand, key]) => {
                self.walk(operand, facts);
                self.walk(key, facts);
                if self.is_map(operand) {
                    let path = self.member_path(operand, key);
                    self.require(expr, path, facts);
                } else if let Expr::Literal(LiteralValue::String(name)) = &key.expr {
                    self.require_field(expr, operand, name.inner(), facts);
                }
            }
            _ => {
                for part in call.target.iter().map(|target| &**target).chain(&call.args) {
                    self.walk(part, facts);
                }
            }
        }
    }

    fn walk_loop(&mut self, expr: &IdedExpr, parts: &ComprehensionExpr, facts: &Facts) {
        let outside = self.names.len();
        let name = self.macro_of(expr);
        if name == Macro::Bind {
            self.walk(&parts.accu_init, facts);
            let path = self.path(&parts.accu_init);
            let inside = without(facts, &parts.accu_var);
            self.names.push((parts.accu_var.clone(), path));
            self.walk(&parts.result, &inside);
            self.names.truncate(outside);
            return;
        }
        self.walk(&parts.iter_range, facts);
        let mut inside = without(facts, &parts.iter_var);
        // The keys of a map are there while it is looped over.
        if parts.iter_var2.is_none() {
            let map = self.map_of_keys(&parts.iter_range).and_then(|map| self.path(map));
            inside.extend(map.map(|map| format!("{map}[{}]", parts.iter_var)));
        }
        // What a filter asked of the elements holds for each of them.
        inside.extend(self.element_facts(&parts.iter_range, &parts.iter_var));
        self.names.push((parts.iter_var.clone(), None));
        self.names.extend(parts.iter_var2.clone().map(|name| (name, None)));
        let written = written(name, parts);
        if let Some(condition) = written.condition {
            self.walk(condition, &inside);
        }
        if let Some(value) = written.value {
            if let Some(condition) = written.condition {
                inside.extend(self.facts(condition, true));
            }
            self.walk(value, &inside);
        }
        self.names.truncate(outside);
    }

    /// The map whose keys a loop goes over, some of which a filter may have left out.
    fn map_of_keys<'e>(&self, range: &'e IdedExpr) -> Option<&'e IdedExpr> {
        match &range.expr {
            Expr::Comprehension(parts) if self.macro_of(range) == Macro::Filter => {
                self.map_of_keys(&parts.iter_range)
            }
            _ => self.is_map(range).then_some(range),
        }
    }

    /// What is certain of the elements of a list that was filtered, about the name they have now.
    fn element_facts(&self, range: &IdedExpr, variable: &str) -> Facts {
        let Expr::Comprehension(parts) = &range.expr else {
            return Facts::new();
        };
        if self.macro_of(range) != Macro::Filter {
            return Facts::new();
        }
        let mut facts = self.element_facts(&parts.iter_range, variable);
        if let Some(condition) = written(Macro::Filter, parts).condition {
            let own = self.facts(condition, true);
            let renamed = own.iter().filter_map(|path| path.strip_prefix(&parts.iter_var));
            facts
                .extend(renamed.filter(|rest| rest.starts_with('.')).map(|rest| format!("{variable}{rest}")));
        }
        facts
    }

    fn require_field(&mut self, expr: &IdedExpr, operand: &IdedExpr, name: &str, facts: &Facts) {
        let optional = match self.checker.type_of(operand) {
            Type::Object(owner) => types::field(owner, name).is_some_and(|row| row.optional),
            Type::Map(_) => true,
            Type::Params => self.checker.declarations.may_lack(name),
            _ => false,
        };
        if optional {
            let path = self.path(operand).map(|path| format!("{path}.{name}"));
            self.require(expr, path, facts);
        }
    }

    fn require(&mut self, expr: &IdedExpr, path: Option<String>, facts: &Facts) {
        if path.as_ref().is_some_and(|path| facts.contains(path)) {
            return;
        }
        let written = self.checker.written(expr).to_owned();
        if !self.reported.insert(path.unwrap_or_else(|| written.clone())) {
            return;
        }
        let help = match &expr.expr {
            Expr::Select(select) => {
                let operand = self.checker.written(&select.operand);
                format!(
                    "guard it with `has({written}) && ..`, or write `{operand}.?{}.orValue(..)`",
                    select.field
                )
            }
            Expr::Call(CallExpr { args, .. }) => match args.as_slice() {
                [map, key] => {
                    let (map, key) = (self.checker.written(map), self.checker.written(key));
                    format!("guard it with `{key} in {map} && ..`, or write `{map}[?{key}].orValue(..)`")
                }
                _ => String::new(),
            },
            _ => String::new(),
        };
        // Whoever declares the param can give it a value.
        let (label, help) = match super::operators::param(expr) {
            Some(_) => ("it has no default", format!("give the param a default, or {help}")),
            None => ("nothing says that it is there", help),
        };
        let diagnostic =
            Diagnostic::error("cel-unguarded", self.checker.span(expr), format!("`{written}` may be absent"))
                .with_label(label)
                .with_help(help);
        self.checker.report(diagnostic);
    }
}

fn root(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or_default()
}

/// Facts that do not speak of a name that is about to mean something else.
fn without(facts: &Facts, name: &str) -> Facts {
    facts.iter().filter(|path| root(path) != name).cloned().collect()
}
