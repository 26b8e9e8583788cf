//! Conditions that are always true, or always false, and what can never be reached because of them.

use super::formula::{literal_bool, operator};
use super::logic::{Formula, Truth, Universe, both, fixed, without};
use super::loops::written;
use super::{Checker, Macro};
use crate::cel::Type;
use crate::diagnostic::{Diagnostic, nearest};
use ::cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};

/// What was found out about a whole expression.
#[derive(Debug, Default)]
pub(super) struct Constancy {
    /// What it says, for the expressions that follow; `None` if it is no condition.
    pub(super) formula: Option<Formula>,
    /// What it always is.
    pub(super) always: Option<Always>,
    /// Its parts that are always the same.
    pub(super) warnings: Vec<Diagnostic>,
}

/// A condition that is always the same.
#[derive(Clone, Debug)]
pub(in crate::cel) struct Always {
    pub(in crate::cel) value: bool,
    /// Whether earlier expressions make it so, which need not be a mistake.
    pub(in crate::cel) assumed: bool,
    /// The part that makes it so, with what may be meant.
    pub(in crate::cel) because: Option<Diagnostic>,
}

/// Looks for constant conditions in an expression that is sound.
pub(super) fn check(checker: &Checker<'_>) -> Constancy {
    let root = &checker.tree.root;
    let mut search = Search { checker, warnings: Vec::new(), work: WORK };
    if *checker.type_of(root) != Type::Bool {
        search.inside(root);
        return Constancy { warnings: search.warnings, ..Constancy::default() };
    }
    let formula = checker.formula(root);
    let always = search.whole(root, &formula);
    Constancy { formula: Some(formula), always, warnings: search.warnings }
}

/// Truth values that are looked at for one expression. What people write needs some thousands.
const WORK: usize = 4_000_000;

struct Search<'c, 'a> {
    checker: &'c Checker<'a>,
    warnings: Vec<Diagnostic>,
    /// What is left of [`WORK`]. Where nothing is left, nothing more is found.
    work: usize,
}

impl Search<'_, '_> {
    /// Where a formula is true; `None` if that was looked at often enough.
    fn truth(&mut self, universe: &Universe, formula: &Formula) -> Option<Truth> {
        self.work = self.work.checked_sub(universe.work(formula))?;
        Some(universe.truth(formula))
    }

    /// Judges the whole of an expression, which is told by who knows what it is for.
    fn whole(&mut self, root: &IdedExpr, formula: &Formula) -> Option<Always> {
        let value = self.condition(root, true)?;
        let words = |name: &str| self.checker.words.borrow().get(name).cloned();
        let alone = Universe::of(formula, [], &words)
            .and_then(|(universe, _)| fixed(&universe.truth(formula), &universe.everything()));
        let because = self.fixed_part(root);
        Some(Always { value, assumed: alone.is_none(), because })
    }

    /// The first comparison or test that is the same whatever the subject.
    fn fixed_part(&self, expr: &IdedExpr) -> Option<Diagnostic> {
        if let Some((operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, args)) =
            operator(expr)
        {
            return args.iter().find_map(|arg| self.fixed_part(arg));
        }
        match self.checker.formula(expr) {
            Formula::Fixed(value) if literal_bool(expr).is_none() => Some(self.told(expr, value)),
            _ => None,
        }
    }

    /// Judges a condition by itself, with what earlier expressions have made certain.
    fn condition(&mut self, expr: &IdedExpr, whole: bool) -> Option<bool> {
        let formula = self.checker.formula(expr);
        let checker = self.checker;
        let words = |name: &str| checker.words.borrow().get(name).cloned();
        let assumed = checker.declarations.assumed();
        let Some((universe, assumed)) = Universe::of(&formula, assumed, &words) else {
            self.inside(expr);
            return None;
        };
        let mut context = universe.everything();
        for one in assumed {
            context = both(&context, &self.truth(&universe, one)?);
        }
        let always = fixed(&self.truth(&universe, &formula)?, &context);
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
                    let Some(truth) = self.truth(universe, &self.checker.formula(operand)) else { return };
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
                let Some(truth) = self.truth(universe, &self.checker.formula(condition)) else { return };
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
        let null = |args: &[IdedExpr]| args.iter().any(|arg| *self.checker.type_of(arg) == Type::Null);
        match self.misspelt_word(expr) {
            Some(help) => told.with_help(help),
            None if operator(expr).is_some_and(|(_, args)| null(args)) => {
                told.with_help("nothing is null: `has(..)` asks whether a field is there")
            }
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
        let words = self.checker.words_of(value)?;
        if words.iter().any(|word| word == text.inner()) {
            return None;
        }
        let near = nearest(text.inner(), words.iter().map(String::as_str));
        let all = || words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        Some(
            near.map_or_else(
                || format!("it is one of {}", all()),
                |near| format!("did you mean `\"{near}\"`?"),
            ),
        )
    }
}

/// The operands of a chain, which the parser keeps as a balanced tree.
fn chain<'e>(expr: &'e IdedExpr, name: &str) -> Vec<&'e IdedExpr> {
    match operator(expr) {
        Some((found, args)) if found == name => args.iter().flat_map(|arg| chain(arg, name)).collect(),
        _ => vec![expr],
    }
}
