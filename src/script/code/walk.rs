//! One walk over the program, with the environments in which each place acts.

use super::budgets::{Bounded, ClassBudget};
use super::bypasses::{Flags, fails};
use super::environments::{Environments, environment_test, named_by};
use super::siblings::siblings;
use super::visit;
use crate::model::{Bypass, Environment};
use crate::provenance::Step;
use crate::script::{
    Block, Class, Clause, Expression, ExpressionKind, Function, Literal, Program, Statement, StatementKind,
    Target,
};
use crate::source::{Source, Span};
use crate::value::{Atom, Condition, Operand, Operator};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value found in the text, not yet known to be a setting: only what has a counterpart in another
/// environment becomes one.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) name: String,
    /// The dictionary it stands in, where its name is only the path of keys.
    pub(super) table: Option<String>,
    pub(super) scope: Rc<str>,
    pub(super) environments: Environments,
    pub(super) value: Literal,
    pub(super) written: String,
    pub(super) span: Span,
    /// The steps from the literal on.
    pub(super) trail: Vec<(Span, Step)>,
    pub(super) condition: Condition,
    pub(super) derived: bool,
    /// The rest of a sum of which only this part is known.
    pub(super) rest: Option<String>,
}

/// Where the walk is.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// `path::Class.function`.
    pub(super) scope: Rc<str>,
    /// The function's own name.
    pub(super) function: Option<Rc<str>>,
    pub(super) environments: Environments,
    pub(super) condition: Condition,
    /// Off in handlers of errors, whose values stand in for others.
    pub(super) records: bool,
}

/// A number that a target holds in an environment (or, without one, in all), with its steps.
pub(super) type Numbers = BTreeMap<(Rc<str>, Option<Environment>), Computed>;

/// A number with the steps that led to it.
pub(super) type Computed = (f64, Rc<[(Span, Step)]>);

/// The walk and what it found.
pub(super) struct Walk<'p> {
    path: Rc<str>,
    pub(super) source: &'p Source,
    pub(super) found: Vec<Found>,
    pub(super) bypasses: Vec<Bypass>,
    /// The functions that the walk stands in, innermost last; the program's own statements first.
    pub(super) bodies: Vec<&'p Block>,
    pub(super) budgets: Vec<ClassBudget>,
    pub(super) calls: Vec<Bounded>,
    pub(super) waits: Vec<Found>,
    pub(super) flags: Flags,
    /// Environments that exist as far as the file tells; production always does.
    pub(super) known: Vec<Environment>,
    /// By scope: (name, name of what it is computed into), for names that do not say their kind.
    pub(super) flows: BTreeMap<Rc<str>, Vec<(String, String)>>,
    /// Whether the script runs commands in order to deploy.
    pub(super) deploys: bool,
}

impl<'p> Walk<'p> {
    pub(super) fn new(program: &'p Program, path: &str, source: &'p Source) -> Walk<'p> {
        let mut known = vec![Environment::named("production")];
        visit::expressions_within(&program.body, &mut |expression| {
            let is_text =
                matches!(&expression.kind, ExpressionKind::Literal(Literal::Text(text)) if text.len() < 40);
            let is_name = matches!(&expression.kind, ExpressionKind::Attribute(..) | ExpressionKind::Name(_));
            if (is_text || is_name)
                && let Some(environment) = named_by(expression)
                && environment.as_str() == "staging"
                && !known.contains(&environment)
            {
                known.push(environment);
            }
        });
        Walk {
            path: path.into(),
            source,
            found: Vec::new(),
            bypasses: Vec::new(),
            bodies: vec![&program.body],
            budgets: Vec::new(),
            calls: Vec::new(),
            waits: Vec::new(),
            flags: Flags::of(program),
            known,
            flows: BTreeMap::new(),
            deploys: super::waits::deploys(program, path),
        }
    }

    pub(super) fn program(&mut self, program: &'p Program) {
        let place = Place {
            scope: self.path.clone(),
            function: None,
            environments: Environments::All,
            condition: Condition::always(),
            records: true,
        };
        self.block(&program.body, &place, &mut Numbers::new());
        if !self.budgets.is_empty() {
            self.calls_in(&program.body, &place);
        }
    }

    /// Calls that bound the work of a class with a budget, in every function.
    fn calls_in(&mut self, block: &'p Block, place: &Place) {
        for statement in block {
            match &statement.kind {
                StatementKind::Function(function) => self.calls_of(function, place),
                StatementKind::Class(class) => {
                    let place = self.inside(&class.name, place, None);
                    for method in &class.methods {
                        self.calls_of(method, &place);
                    }
                }
                _ => {}
            }
        }
    }

    fn calls_of(&mut self, function: &'p Function, place: &Place) {
        let scope = self.inside(&function.name, place, None).scope;
        let calls = self.bounded_calls(&function.body, &scope);
        self.calls.extend(calls);
    }

    /// The environments that a place stands for, one by one.
    pub(super) fn listed(&self, environments: &Environments) -> Vec<Environment> {
        match environments {
            Environments::All => Vec::new(),
            Environments::Only(all) => all.clone(),
            Environments::Except(_) => {
                self.known.iter().filter(|one| environments.holds_in(one)).cloned().collect()
            }
        }
    }

    pub(super) fn block(&mut self, block: &'p Block, place: &Place, numbers: &mut Numbers) {
        let functions = siblings(block.iter().filter_map(|statement| match &statement.kind {
            StatementKind::Function(function) => Some(function.name.as_str()),
            StatementKind::Class(class) => Some(class.name.as_str()),
            _ => None,
        }));
        let mut place = place.clone();
        for statement in block {
            match &statement.kind {
                StatementKind::Function(function) => {
                    self.function(function, &place, functions.get(function.name.as_str()));
                }
                StatementKind::Class(class) => self.class(class, &place, functions.get(class.name.as_str())),
                StatementKind::If { clauses, otherwise } => {
                    place.environments = self.branches(clauses, otherwise, &place, numbers);
                }
                _ => self.statement(statement, &place, numbers),
            }
        }
    }

    fn statement(&mut self, statement: &'p Statement, place: &Place, numbers: &mut Numbers) {
        match &statement.kind {
            StatementKind::Assign { target, value, .. } => match target_name(target) {
                Some(name) => {
                    self.computed_bypass(&name, value, place);
                    self.bind_target(&name, target.span(), value, place, numbers);
                }
                None => self.bind_target("", target.span(), value, place, numbers),
            },
            StatementKind::Augment { target, operator, value } => {
                if let Some(name) = target_name(target) {
                    self.augment(&name, target, *operator, value, place, numbers);
                }
            }
            StatementKind::Return(Some(value)) => self.bind_returned(value, place, numbers),
            StatementKind::Expression(value) => self.bind_effect(value, place, numbers),
            StatementKind::For { body, otherwise, .. } => {
                self.block(body, place, numbers);
                self.block(otherwise, place, numbers);
            }
            StatementKind::While { body, .. }
            | StatementKind::Block(body)
            | StatementKind::Subshell(body)
            | StatementKind::Ignoring(_, body) => {
                self.block(body, place, numbers);
            }
            StatementKind::Try { body, handlers, otherwise, finally } => {
                self.block(body, place, numbers);
                let handling = Place { records: false, ..place.clone() };
                for handler in handlers {
                    self.block(handler, &handling, &mut numbers.clone());
                }
                self.block(otherwise, place, numbers);
                self.block(finally, place, numbers);
            }
            _ => {}
        }
    }

    fn function(&mut self, function: &'p Function, place: &Place, sibling: Option<&(String, Environment)>) {
        let place = self.inside(&function.name, place, sibling);
        self.waits_of(function, &place);
        let inner = Place { function: Some(function.name.as_str().into()), ..place };
        self.bodies.push(&function.body);
        self.block(&function.body, &inner, &mut Numbers::new());
        self.bodies.pop();
    }

    fn class(&mut self, class: &'p Class, place: &Place, sibling: Option<&(String, Environment)>) {
        let place = self.inside(&class.name, place, sibling);
        if !class.is_enum {
            for field in &class.fields {
                if let Some(default) = &field.default {
                    self.bind_target(&field.name, field.span, default, &place, &mut Numbers::new());
                }
            }
            for (name, span, value) in &class.attributes {
                self.bind_target(name, *span, value, &place, &mut Numbers::new());
            }
        }
        let methods = siblings(class.methods.iter().map(|method| method.name.as_str()));
        for method in &class.methods {
            self.function(method, &place, methods.get(method.name.as_str()));
        }
        self.class_budget(class, &place);
    }

    /// The place inside a function or class. One of several that differ by environment acts in its own,
    /// and shares its scope's name with the others.
    fn inside(&self, name: &str, place: &Place, sibling: Option<&(String, Environment)>) -> Place {
        let (name, environments) = match sibling {
            Some((common, environment)) => {
                (common.as_str(), place.environments.and(&Environments::Only(vec![environment.clone()])))
            }
            None => (name, place.environments.clone()),
        };
        let joint = if place.scope.contains("::") { "." } else { "::" };
        let scope = format!("{}{joint}{name}", place.scope).into();
        Place { scope, environments, ..place.clone() }
    }

    /// The branches of one `if`; gives the environments in which the code behind it acts.
    fn branches(
        &mut self,
        clauses: &'p [Clause],
        otherwise: &'p Block,
        place: &Place,
        numbers: &mut Numbers,
    ) -> Environments {
        let before = numbers.clone();
        let mut rest = place.clone();
        let mut after = place.environments.clone();
        let mut only_environments = true;
        // The last branch that ends the script or raises; all before it let pass what it refuses.
        let last_refusal = match fails(otherwise) {
            true => Some(clauses.len()),
            false => clauses.iter().rposition(|clause| fails(&clause.body)),
        };
        for (index, clause) in clauses.iter().enumerate() {
            let asked = self.asked(&clause.condition);
            self.bypasses_of(clause, last_refusal.is_some_and(|last| last > index), &rest);
            let mut inner = rest.clone();
            inner.environments = inner.environments.and(&asked.environments);
            inner.condition = with_atoms(&rest.condition, &asked.others, Operator::Holds);
            let mut inner_numbers = before.clone();
            self.block(&clause.body, &inner, &mut inner_numbers);
            let is_plain = asked.others.is_empty();
            if is_plain {
                for environment in self.listed(&inner.environments) {
                    take(numbers, &inner_numbers, &environment);
                }
                rest.environments = rest.environments.and(&asked.environments.negated());
                if only_environments && visit::always_leaves(&clause.body) {
                    after = after.and(&asked.environments.negated());
                }
            } else if let ([one], Environments::All) = (asked.others.as_slice(), &asked.environments) {
                rest.condition = with_atoms(&rest.condition, std::slice::from_ref(one), Operator::Fails);
            }
            only_environments &= is_plain;
        }
        let mut inner_numbers = before;
        self.block(otherwise, &rest, &mut inner_numbers);
        if only_environments {
            for environment in self.listed(&rest.environments) {
                take(numbers, &inner_numbers, &environment);
            }
        }
        after
    }

    /// What a condition asks: environments, and everything else.
    pub(super) fn asked(&self, condition: &Expression) -> Asked {
        let mut asked = Asked::default();
        let conjuncts = match &condition.kind {
            ExpressionKind::And(all) => all.iter().collect(),
            _ => vec![condition],
        };
        for conjunct in conjuncts {
            match environment_test(conjunct) {
                Some(test) => {
                    asked.environments = asked.environments.and(&test.environments);
                    asked.test.get_or_insert((test.span, test.value));
                }
                None => asked.others.push((self.named(conjunct), conjunct.span)),
            }
        }
        asked
    }

    /// An expression's text for people.
    pub(super) fn named(&self, expression: &Expression) -> String {
        const LENGTH: usize = 60;
        let text = self.source.slice(expression.span);
        let line = text.lines().next().unwrap_or_default().trim_end();
        let mut short: String = line.chars().take(LENGTH).collect();
        if short.len() < text.len() {
            short.push_str("...");
        }
        short
    }
}

/// What a condition asks for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) environments: Environments,
    /// The first environment test: its characters and those of the value it names.
    pub(super) test: Option<(Span, Span)>,
    /// The other conjuncts, by their text.
    pub(super) others: Vec<(String, Span)>,
}

fn with_atoms(condition: &Condition, tests: &[(String, Span)], operator: Operator) -> Condition {
    let mut all = condition.clone();
    for (input, span) in tests {
        let atom = Atom { input: input.as_str().into(), operator, operand: Operand::None, span: *span };
        all = all.and(&Condition::of(atom)).unwrap_or(all);
    }
    all
}

/// Takes over what a branch assigned in an environment.
fn take(numbers: &mut Numbers, inner: &Numbers, environment: &Environment) {
    for ((target, one), value) in inner {
        if one.as_ref() == Some(environment) {
            numbers.insert((target.clone(), one.clone()), value.clone());
        }
    }
}

/// The name under which a target's value is known in its scope. A method's own instance is left out.
pub(super) fn target_name(target: &Target) -> Option<String> {
    match target {
        Target::Name(name, _) => Some(name.clone()),
        Target::Attribute(owner, name, _) => Some(match path_of(owner)?.as_str() {
            "self" | "cls" => name.clone(),
            owner => format!("{}.{name}", owner.trim_start_matches("self.")),
        }),
        Target::Index(owner, index, _) => {
            let ExpressionKind::Literal(Literal::Text(key)) = &index.kind else { return None };
            Some(format!("{}.{key}", path_of(owner)?.trim_start_matches("self.")))
        }
        Target::Tuple(..) | Target::Ignored(_) => None,
    }
}

/// The dotted path of an expression made of names.
pub(super) fn path_of(expression: &Expression) -> Option<String> {
    match &expression.kind {
        ExpressionKind::Name(name) => Some(name.clone()),
        ExpressionKind::Attribute(owner, name) => Some(format!("{}.{name}", path_of(owner)?)),
        _ => None,
    }
}
