//! Conditions that are always true, or always false, and what can never be reached because of them.

use super::logic::{Constant, Formula, Relation, Truth, Universe, both, fixed, without};
use super::loops::written;
use super::{Checker, Macro};
use crate::cel::functions;
use crate::cel::{Type, types};
use crate::diagnostic::{Diagnostic, nearest};
use ::cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};

const BILLION: i128 = 1_000_000_000;

/// What was found out about a whole expression.
#[derive(Debug, Default)]
pub(super) struct Constancy {
    /// What it says, for the expressions that follow; `None` if it is no condition.
    pub(super) formula: Option<Formula>,
    /// What it always is.
    pub(super) always: Option<bool>,
    /// Its parts that are always the same.
    pub(super) warnings: Vec<Diagnostic>,
}

/// Looks for constant conditions in an expression that is sound.
pub(super) fn check(checker: &Checker<'_>) -> Constancy {
    let root = &checker.tree.root;
    let mut search = Search { checker, warnings: Vec::new() };
    if *checker.type_of(root) != Type::Bool {
        search.inside(root);
        return Constancy { warnings: search.warnings, ..Constancy::default() };
    }
    let formula = search.formula(root);
    let always = search.condition(root, true);
    Constancy { formula: Some(formula), always, warnings: search.warnings }
}

struct Search<'c, 'a> {
    checker: &'c Checker<'a>,
    warnings: Vec<Diagnostic>,
}

impl Search<'_, '_> {
    /// Judges a condition by itself, with what earlier expressions have made certain. The whole of an
    /// expression is told by who knows what it is for.
    fn condition(&mut self, expr: &IdedExpr, whole: bool) -> Option<bool> {
        let formula = self.formula(expr);
        let checker = self.checker;
        let words = |name: &str| checker.words.borrow().get(name).cloned();
        let assumed = checker.declarations.assumed();
        let Some((universe, assumed)) = Universe::of(&formula, assumed, &words) else {
            self.inside(expr);
            return None;
        };
        let mut context = universe.everything();
        for one in assumed {
            context = both(&context, &universe.truth(one));
        }
        let always = fixed(&universe.truth(&formula), &context);
        match always {
            Some(_) if whole => {}
            Some(value) => self.tell(expr, value),
            None => self.parts(expr, &universe, &context),
        }
        always
    }

    /// Judges the parts of a condition that is not constant itself, each where the ones before it do not
    /// decide.
    fn parts(&mut self, expr: &IdedExpr, universe: &Universe, context: &Truth) {
        match operator(expr) {
            Some((name @ (operators::LOGICAL_AND | operators::LOGICAL_OR), _)) => {
                let mut context = context.clone();
                for operand in chain(expr, name) {
                    let truth = universe.truth(&self.formula(operand));
                    match fixed(&truth, &context) {
                        Some(value) => self.tell(operand, value),
                        None => self.parts(operand, universe, &context),
                    }
                    let goes_on = name == operators::LOGICAL_AND;
                    context = if goes_on { both(&context, &truth) } else { without(&context, &truth) };
                }
            }
            Some((operators::LOGICAL_NOT, [a])) => self.parts(a, universe, context),
            Some((operators::CONDITIONAL, [condition, a, b])) => {
                let truth = universe.truth(&self.formula(condition));
                match fixed(&truth, context) {
                    Some(value) => self.unreachable(condition, value, if value { b } else { a }),
                    None => self.parts(condition, universe, context),
                }
                self.parts(a, universe, &both(context, &truth));
                self.parts(b, universe, &without(context, &truth));
            }
            _ => self.inside(expr),
        }
    }

    /// Looks for conditions in the parts of what is no connective.
    fn inside(&mut self, expr: &IdedExpr) {
        match &expr.expr {
            Expr::Call(CallExpr { func_name, target: None, args }) if func_name == operators::CONDITIONAL => {
                if let [condition, a, b] = args.as_slice() {
                    let before = self.warnings.len();
                    if let Some(value) = self.condition(condition, true) {
                        self.warnings.truncate(before);
                        self.unreachable(condition, value, if value { b } else { a });
                    }
                    self.inside(a);
                    self.inside(b);
                }
            }
            Expr::Call(call) => {
                for part in call.target.iter().map(|target| &**target).chain(&call.args) {
                    self.inside(part);
                }
            }
            Expr::Select(select) => self.inside(&select.operand),
            Expr::List(list) => list.elements.iter().for_each(|element| self.inside(element)),
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.inside(&entry.value);
                    }
                }
            }
            Expr::Comprehension(parts) => {
                let name = self.macro_of(expr);
                if name == Macro::Bind {
                    self.inside(&parts.accu_init);
                    self.inside(&parts.result);
                    return;
                }
                self.inside(&parts.iter_range);
                let written = written(name, parts);
                // A name that hides a variable makes the same text mean something else.
                let hides = self.checker.declarations.variable(&parts.iter_var).is_some();
                if let Some(condition) = written.condition.filter(|_| !hides) {
                    self.condition(condition, false);
                }
                if let Some(value) = written.value.filter(|_| !hides) {
                    self.inside(value);
                }
            }
            _ => {}
        }
    }

    fn macro_of(&self, expr: &IdedExpr) -> Macro {
        self.checker.tree.macros.get(&expr.id).copied().unwrap_or(Macro::Bind)
    }

    fn told(&self, expr: &IdedExpr, value: bool) -> Diagnostic {
        let message = format!("`{}` is always {value} here", self.checker.written(expr));
        let told = Diagnostic::warning("cel-constant", self.checker.span(expr), message);
        match self.misspelt_word(expr) {
            Some(help) => told.with_help(help),
            None => told,
        }
    }

    fn tell(&mut self, expr: &IdedExpr, value: bool) {
        let told = self.told(expr, value);
        self.warnings.push(told);
    }

    fn unreachable(&mut self, condition: &IdedExpr, value: bool, never: &IdedExpr) {
        let told = self.told(condition, value);
        self.warnings.push(told.with_related(self.checker.span(never), "this is never reached"));
    }

    /// What a text that a value can never be may stand for.
    fn misspelt_word(&self, expr: &IdedExpr) -> Option<String> {
        let (operators::EQUALS | operators::NOT_EQUALS, [a, b]) = operator(expr)? else { return None };
        let (value, text) = match (&a.expr, &b.expr) {
            (_, Expr::Literal(LiteralValue::String(text))) => (a, text),
            (Expr::Literal(LiteralValue::String(text)), _) => (b, text),
            _ => return None,
        };
        let words = self.words_of(value)?;
        if words.iter().any(|word| word == text.inner()) {
            return None;
        }
        let near = nearest(text.inner(), words.iter().map(String::as_str));
        let all = || words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        Some(near.map_or_else(|| format!("it is one of {}", all()), |near| format!("did you mean `\"{near}\"`?")))
    }

    /// All texts that a field can be, if they are few.
    fn words_of(&self, expr: &IdedExpr) -> Option<Vec<String>> {
        let Expr::Select(select) = &expr.expr else { return None };
        let Type::Object(owner) = self.checker.type_of(&select.operand) else { return None };
        let words = self.checker.declarations.words(owner, &select.field)?;
        Some(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// What a condition says. What cannot be taken apart holds or does not.
    fn formula(&self, expr: &IdedExpr) -> Formula {
        if let Expr::Literal(LiteralValue::Boolean(value)) = &expr.expr {
            return Formula::Fixed(*value.inner());
        }
        if let Expr::Select(select) = &expr.expr
            && select.test
        {
            return match self.is_there(&select.operand, &select.field) {
                true => Formula::Fixed(true),
                false => Formula::Holds(format!("has({}.{})", self.key(&select.operand), select.field)),
            };
        }
        let opaque = || Formula::Holds(self.key(expr));
        let Some((name, args)) = operator(expr) else { return opaque() };
        let parts = |args: &[IdedExpr]| args.iter().map(|arg| self.formula(arg)).collect::<Vec<_>>();
        match (name, args) {
            (operators::LOGICAL_AND, _) => Formula::All(parts(args)),
            (operators::LOGICAL_OR, _) => Formula::Any(parts(args)),
            (operators::LOGICAL_NOT, [a]) => self.formula(a).negated(),
            (operators::CONDITIONAL, [condition, a, b]) if *self.checker.type_of(a) == Type::Bool => {
                let (condition, a, b) = (self.formula(condition), self.formula(a), self.formula(b));
                let otherwise = Formula::All(vec![condition.clone().negated(), b]);
                Formula::Any(vec![Formula::All(vec![condition, a]), otherwise])
            }
            (operators::EQUALS, [a, b]) => self.relation(a, Relation::Equal, b),
            (operators::NOT_EQUALS, [a, b]) => self.relation(a, Relation::Equal, b).negated(),
            (operators::LESS, [a, b]) => self.relation(a, Relation::Less, b),
            (operators::LESS_EQUALS, [a, b]) => self.relation(a, Relation::LessOrEqual, b),
            (operators::GREATER, [a, b]) => self.relation(b, Relation::Less, a),
            (operators::GREATER_EQUALS, [a, b]) => self.relation(b, Relation::LessOrEqual, a),
            (operators::IN, [a, b]) => match &b.expr {
                Expr::List(list) if list.optional_indices.is_empty() => {
                    let equal = |element| self.relation(a, Relation::Equal, element);
                    Formula::Any(list.elements.iter().map(equal).collect())
                }
                _ if matches!(self.checker.type_of(b), Type::Map(_)) => {
                    Formula::Holds(format!("has({}{})", self.key(b), self.member(a)))
                }
                _ => opaque(),
            },
            _ => opaque(),
        }
    }

    fn relation(&self, a: &IdedExpr, relation: Relation, b: &IdedExpr) -> Formula {
        let kinds = [self.checker.type_of(a), self.checker.type_of(b)];
        if kinds.iter().any(|kind| kind.is_dyn()) {
            return self.related(self.key(a), relation, self.key(b));
        }
        // What has a type is never null.
        if kinds.contains(&&Type::Null) {
            return Formula::Fixed(kinds[0] == kinds[1]);
        }
        match (constant(a), constant(b)) {
            (Some(a), Some(b)) => Formula::of_constants(&a, relation, &b),
            (None, Some(constant)) => self.compared(a, relation, constant),
            // `5 < x` is no `x <= 5`, `5 <= x` no `x < 5`.
            (Some(constant), None) => match relation {
                Relation::Equal => self.compared(b, relation, constant),
                Relation::Less => self.compared(b, Relation::LessOrEqual, constant).negated(),
                Relation::LessOrEqual => self.compared(b, Relation::Less, constant).negated(),
            },
            (None, None) => match (literal_bool(a), literal_bool(b)) {
                (Some(value), None) => same(self.formula(b), value),
                (None, Some(value)) => same(self.formula(a), value),
                _ => self.related(self.key(a), relation, self.key(b)),
            },
        }
    }

    fn compared(&self, value: &IdedExpr, relation: Relation, constant: Constant) -> Formula {
        let name = self.key(value);
        if let Some(mut words) = self.words_of(value) {
            words.sort();
            if !matches!(&constant, Constant::Text(text) if words.contains(text)) {
                return Formula::Fixed(false);
            }
            self.checker.words.borrow_mut().insert(name.clone(), words);
        }
        Formula::Compare(name, relation, constant)
    }

    fn related(&self, a: String, relation: Relation, b: String) -> Formula {
        if a == b {
            return Formula::Fixed(relation != Relation::Less);
        }
        if a < b {
            return Formula::Relate(a, relation, b);
        }
        // `a < b` of the other order is `b > a`.
        match relation {
            Relation::Equal => Formula::Relate(b, relation, a),
            Relation::Less => Formula::Relate(b, Relation::LessOrEqual, a).negated(),
            Relation::LessOrEqual => Formula::Relate(b, Relation::Less, a).negated(),
        }
    }

    /// Whether a field is there whenever its owner is.
    fn is_there(&self, operand: &IdedExpr, field: &str) -> bool {
        match self.checker.type_of(operand) {
            Type::Object(owner) => types::field(owner, field).is_some_and(|row| !row.optional),
            _ => false,
        }
    }

    /// The canonical text of a value; what is too long to have one is named by its node.
    fn key(&self, expr: &IdedExpr) -> String {
        match &expr.expr {
            Expr::Ident(name) => name.clone(),
            Expr::Select(select) if !select.test => format!("{}.{}", self.key(&select.operand), select.field),
            Expr::Literal(LiteralValue::String(text)) => format!("{:?}", text.inner()),
            Expr::Literal(_) => self.checker.written(expr).to_owned(),
            Expr::Call(CallExpr { func_name, target: None, args }) if func_name == operators::INDEX => {
                match args.as_slice() {
                    [operand, key] => format!("{}{}", self.key(operand), self.member(key)),
                    _ => format!("#{}", expr.id),
                }
            }
            Expr::Call(call) => {
                let target = call.target.as_ref().map_or(String::new(), |target| self.key(target) + ".");
                let args: Vec<String> = call.args.iter().map(|arg| self.key(arg)).collect();
                format!("{target}{}({})", call.func_name, args.join(", "))
            }
            _ => format!("#{}", expr.id),
        }
    }

    fn member(&self, key: &IdedExpr) -> String {
        match &key.expr {
            Expr::Literal(LiteralValue::String(name)) => format!(".{}", name.inner()),
            _ => format!("[{}]", self.key(key)),
        }
    }
}

fn same(formula: Formula, value: bool) -> Formula {
    if value { formula } else { formula.negated() }
}

/// An operator's or a function's call without a receiver.
fn operator(expr: &IdedExpr) -> Option<(&str, &[IdedExpr])> {
    match &expr.expr {
        Expr::Call(CallExpr { func_name, target: None, args }) => Some((func_name, args)),
        _ => None,
    }
}

/// The operands of a chain, which the parser keeps as a balanced tree.
fn chain<'e>(expr: &'e IdedExpr, name: &str) -> Vec<&'e IdedExpr> {
    match operator(expr) {
        Some((found, args)) if found == name => args.iter().flat_map(|arg| chain(arg, name)).collect(),
        _ => vec![expr],
    }
}

fn literal_bool(expr: &IdedExpr) -> Option<bool> {
    match &expr.expr {
        Expr::Literal(LiteralValue::Boolean(value)) => Some(*value.inner()),
        _ => None,
    }
}

/// The value of a literal, or of a literal amount.
fn constant(expr: &IdedExpr) -> Option<Constant> {
    match &expr.expr {
        Expr::Literal(LiteralValue::Int(int)) => Some(Constant::Number(i128::from(*int.inner()) * BILLION)),
        Expr::Literal(LiteralValue::Double(double)) => billionths(*double.inner()).map(Constant::Number),
        Expr::Literal(LiteralValue::String(text)) => Some(Constant::Text(text.inner().to_owned())),
        Expr::Call(CallExpr { func_name, target: None, args }) => match (func_name.as_str(), args.as_slice()) {
            ("quantity", [arg]) => match constant(arg)? {
                Constant::Text(text) => {
                    functions::parse_quantity(&text).ok().map(|amount| Constant::Number(amount.nanos()))
                }
                number => Some(number),
            },
            ("duration", [arg]) => match constant(arg)? {
                Constant::Text(text) => {
                    let amount = functions::parse_duration(&text).ok()?;
                    Some(Constant::Number(i128::from(amount.nanos())))
                }
                Constant::Number(_) => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// A float in billionths, if that is exactly what it is.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::float_cmp)]
fn billionths(double: f64) -> Option<i128> {
    let scaled = (double * 1e9).round();
    (scaled.abs() < 1e18 && scaled / 1e9 == double).then_some(scaled as i128)
}
