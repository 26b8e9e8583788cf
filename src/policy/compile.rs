//! From a validated policy to one that can judge.

use super::configure::{Override, effective};
use super::{Code, Configuration, Kind, NamedCode, Param, ParamType, Policy, lint};
use crate::cel::object::{Datum, Field, Place};
use crate::cel::{self, Declarations, Expected, Expression, Members, Type, types};
use crate::diagnostic::{Action, Diagnostic, nearest};
use crate::model::Environment;
use crate::platform;
use crate::source::Span;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A named expression.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: Arc<str>,
    pub expression: Expression,
}

/// A validation whose expressions are compiled.
#[derive(Clone, Debug)]
pub struct CompiledValidation {
    pub expression: Expression,
    pub message: Option<String>,
    pub message_expression: Option<Expression>,
    pub at: Option<Expression>,
    pub help: Option<String>,
    /// The fix's expression, and the words behind its value.
    pub fix: Option<(Expression, String)>,
}

/// The steps that judging one subject may take at most, where a project sets no limit of its own: some
/// tenths of a second.
pub const COST_LIMIT: u64 = 10_000_000;

/// A number of steps for people.
pub fn steps(cost: u64) -> String {
    const SHOWN: u64 = 1_000_000_000_000;
    if cost > SHOWN { format!("more than {SHOWN}") } else { cost.to_string() }
}

/// A policy that can judge. Immutable; threads share it.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub policy: Arc<Policy>,
    pub conditions: Vec<Named>,
    pub variables: Arc<Vec<(Arc<str>, Expression)>>,
    pub validations: Vec<CompiledValidation>,
    /// What is in order and yet cannot be meant: unused names, constant conditions. Empty if it was not
    /// checked.
    pub warnings: Vec<Diagnostic>,
    /// How many subjects `forEach` makes of one.
    elements: u64,
    overrides: Vec<Override>,
    /// What the project says is done about a failure.
    pub action: Option<Action>,
    /// The words that its expressions use, so that what nobody reads is not built.
    texts: Vec<String>,
}

impl Compiled {
    /// This policy as a project configures it.
    #[must_use]
    pub fn configured(mut self, configuration: Configuration) -> Compiled {
        self.action = configuration.action.or(self.action);
        self.overrides.extend(configuration.overrides);
        self
    }

    /// This policy with conditions and validations that remember what their evaluations meet.
    #[must_use]
    pub fn observed(mut self) -> Compiled {
        for condition in &mut self.conditions {
            condition.expression = condition.expression.observed();
        }
        for validation in &mut self.validations {
            validation.expression = validation.expression.observed();
        }
        self
    }

    /// The parameters in effect for one subject, by name.
    pub fn params(&self, environment: Option<&Environment>, services: &[&str]) -> BTreeMap<Arc<str>, Field> {
        effective(&self.policy, &self.overrides, environment, services)
    }

    /// The steps that judging one subject takes at most, with collections as large as the catalogue takes
    /// them to be. Zero if the policy was not checked.
    pub fn cost(&self) -> u64 {
        let steps = self.expressions().fold(0u64, |sum, one| sum.saturating_add(one.cost()));
        steps.saturating_mul(self.elements)
    }

    /// The expression that costs most.
    pub fn dearest(&self) -> Span {
        self.expressions().max_by_key(|one| one.cost()).map_or(self.policy.span, Expression::span)
    }

    /// Everything that is evaluated, except variables, which are evaluated where they are named.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let validations = self.validations.iter().flat_map(|validation| {
            let fix = validation.fix.as_ref().map(|(expression, _)| expression);
            let parts = [validation.message_expression.as_ref(), validation.at.as_ref(), fix];
            std::iter::once(&validation.expression).chain(parts.into_iter().flatten())
        });
        self.conditions.iter().map(|named| &named.expression).chain(validations)
    }

    /// What the expressions make of the params, checked against the values that a project gives.
    pub fn check_overrides(&self, configuration: &Configuration) -> Vec<Diagnostic> {
        let given = configuration.overrides.iter().map(|one| (&one.param, &one.value));
        lint::values(self, given)
    }

    /// Where the parameters are declared: the place of the map `params`.
    pub fn params_place(&self) -> Place {
        let span = self.policy.params.first().map_or(self.policy.span, |param| param.span);
        Place { span, origin: None, platform_default: false }
    }

    /// The same with the variables.
    fn all_expressions(&self) -> impl Iterator<Item = &Expression> {
        self.expressions().chain(self.variables.iter().map(|(_, expression)| expression))
    }

    /// Whether one of its expressions names this variable.
    pub fn reads(&self, variable: &str) -> bool {
        self.all_expressions().any(|expression| expression.names(variable))
    }

    /// Adds the fields of a variable that its expressions, or its `forEach`, may read.
    pub fn members(&self, variable: &str, into: &mut Members) {
        for expression in self.all_expressions() {
            expression.members(variable, into);
        }
        if let Some(path) = &self.policy.for_each {
            let mut names = path.text.trim().split('.');
            match (names.next(), names.next()) {
                (Some(root), Some(name)) if root == variable => into.add(name),
                _ => {}
            }
        }
    }

    /// Whether the word stands in one of its expressions, as a field's name or otherwise. Never wrong
    /// about a `false`.
    pub fn mentions(&self, variable: &str) -> bool {
        let word =
            |text: &String| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|w| w == variable);
        self.texts.iter().any(word)
    }
}

/// Compiles a policy and checks it like code: names, types, units, guards.
///
/// # Errors
/// Everything that is wrong with its expressions, each at the characters in the policy file.
pub fn compile(policy: Arc<Policy>) -> Result<Compiled, Vec<Diagnostic>> {
    let mut compiled = compile_with(Arc::clone(&policy), &check)?;
    let defaults = policy.params.iter().filter_map(|param| Some((&param.name, param.default.as_ref()?)));
    let wrong = lint::values(&compiled, defaults);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    compiled.warnings = lint::warnings(&compiled);
    Ok(compiled)
}

/// Compiles a policy that was checked before: the built-in pack, which a test checks.
///
/// # Errors
/// Expressions that do not parse.
pub fn compile_unchecked(policy: Arc<Policy>) -> Result<Compiled, Vec<Diagnostic>> {
    compile_with(policy, &|code, _, _| cel::compile_unchecked(&code.text, &code.map))
}

fn check(
    code: &Code,
    declarations: &Declarations,
    expected: Expected,
) -> Result<Expression, Vec<Diagnostic>> {
    cel::compile(&code.text, &code.map, declarations, expected)
}

type Compiler<'a> = &'a dyn Fn(&Code, &Declarations, Expected) -> Result<Expression, Vec<Diagnostic>>;

fn compile_with(policy: Arc<Policy>, compiler: Compiler<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let (mut declarations, elements) = declarations(&policy, &mut errors);
    let mut run = |code: &Code, declarations: &Declarations, expected| {
        compiler(code, declarations, expected).map_err(|found| errors.extend(found)).ok()
    };
    let mut conditions = Vec::new();
    for NamedCode { name, code, .. } in &policy.conditions {
        let Some(expression) = run(code, &declarations, Expected::Bool) else {
            // One mistake is told once, and not again wherever its guard is missed.
            declarations.assume_anything();
            continue;
        };
        // What a matchCondition guards is there for certain in everything that follows.
        declarations.assume(&expression);
        conditions.push(Named { name: Arc::clone(name), expression });
    }
    let mut variables = Vec::new();
    for NamedCode { name, code, .. } in &policy.variables {
        let Some(expression) = run(code, &declarations, Expected::Any) else {
            declarations.define_unknown(Arc::clone(name));
            continue;
        };
        declarations.define(Arc::clone(name), &expression);
        variables.push((Arc::clone(name), expression));
    }
    let mut validations = Vec::new();
    for validation in &policy.validations {
        let expression = run(&validation.code, &declarations, Expected::Bool);
        // A message may speak of what the validation guards: where that is absent, `message` stands in.
        let mut inside = declarations.clone();
        match &expression {
            Some(expression) => {
                inside.allow(expression);
                inside.assume_false(expression);
            }
            None => inside.assume_anything(),
        }
        let mut part =
            |code: &Option<Code>, expected| code.as_ref().and_then(|code| run(code, &inside, expected));
        let message_expression = part(&validation.message_code, Expected::Text);
        let at = part(&validation.at, Expected::Place);
        let fix = validation.fix.as_ref().and_then(|fix| {
            let expression = part(&Some(fix.code.clone()), Expected::Text)?;
            Some((expression, fix.note.clone()))
        });
        let Some(expression) = expression else { continue };
        validations.push(CompiledValidation {
            expression,
            message: validation.message.clone(),
            message_expression,
            at,
            help: validation.help.clone(),
            fix,
        });
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let texts = texts(&policy);
    Ok(Compiled {
        conditions,
        variables: Arc::new(variables),
        validations,
        warnings: Vec::new(),
        elements,
        overrides: Vec::new(),
        action: None,
        texts,
        policy,
    })
}

fn texts(policy: &Policy) -> Vec<String> {
    let named = policy.conditions.iter().chain(&policy.variables).map(|named| named.code.text.clone());
    let parts = policy.validations.iter().flat_map(|validation| {
        let fix = validation.fix.as_ref().map(|fix| &fix.code);
        let optional = [validation.message_code.as_ref(), validation.at.as_ref(), fix];
        std::iter::once(&validation.code).chain(optional.into_iter().flatten()).map(|code| code.text.clone())
    });
    named.chain(parts).collect()
}

/// The variables that the policy's expressions may name, and how many elements `forEach` goes over.
fn declarations(policy: &Policy, errors: &mut Vec<Diagnostic>) -> (Declarations, u64) {
    let target = match policy.target.kind {
        Kind::Deployment => cel::Target::Deployment,
        Kind::Artifact => cel::Target::Artifact,
        Kind::Service => cel::Target::Service,
        Kind::Setting => cel::Target::Setting,
        Kind::Document => cel::Target::Document,
        Kind::Project => cel::Target::Project,
        Kind::Bypass => cel::Target::Bypass,
    };
    let mut declarations = Declarations::of(target, policy.target.compared_with.is_some());
    declarations.enumerate("deployment", "platform", platform::ALL.iter().map(|one| one.name).collect());
    for Param { name, kind, default, .. } in &policy.params {
        let unit = default.as_ref().map_or(Type::Quantity, unit_of);
        let kind = if unit == Type::Quantity { type_of(kind) } else { unit };
        match default {
            Some(_) => declarations.param(Arc::clone(name), kind),
            None => declarations.param_without_default(Arc::clone(name), kind),
        }
    }
    for NamedCode { name, .. } in &policy.variables {
        declarations.announce(Arc::clone(name));
    }
    let mut elements = 1;
    if let Some(path) = &policy.for_each {
        match element_type(&path.text) {
            Ok((kind, count)) => {
                declarations.declare("each", kind);
                elements = count;
            }
            Err((at, reason)) => {
                errors.push(Diagnostic::error("policy-value", path.map.span(at.start, at.end), reason));
                // One mistake is told once.
                declarations.declare("each", Type::Dyn);
            }
        }
    }
    (declarations, elements)
}

/// Memory or CPU, if a param's value is a quantity that is written as one of them.
pub(super) fn unit_of(value: &Field) -> Type {
    match value {
        Field::Known { datum: Datum::Quantity { written, .. }, .. } => types::of_quantity(written),
        _ => Type::Quantity,
    }
}

fn type_of(kind: &ParamType) -> Type {
    match kind {
        ParamType::Quantity => Type::Quantity,
        ParamType::Duration => Type::Duration,
        ParamType::Ratio => Type::Ratio,
        ParamType::Int => Type::Int,
        ParamType::Bool => Type::Bool,
        ParamType::Text => Type::Text,
        ParamType::List(inner) => Type::list(type_of(inner)),
        ParamType::Map(inner) => Type::map(type_of(inner)),
    }
}

/// The type of the elements of the list or map at a path such as `deployment.required`, and how many it is
/// taken to have; or which bytes of the path are wrong, and why.
fn element_type(path: &str) -> Result<(Type, u64), (Range<usize>, String)> {
    let start = path.len() - path.trim_start().len();
    let mut at = start..start;
    let (mut kind, mut elements): (Option<Type>, u64) = (None, 1);
    for name in path.trim().split('.') {
        at = at.end + usize::from(kind.is_some())..at.end + usize::from(kind.is_some()) + name.len();
        kind = Some(match kind {
            None => match types::variable(name) {
                Some(row) => Type::Object(row.type_name),
                None => return Err((at, format!("`forEach` names `{name}`, which is no variable"))),
            },
            Some(Type::Object(owner)) => match types::field(owner, name) {
                Some(field) => {
                    elements = types::elements(owner, name);
                    field.kind
                }
                None => {
                    let known: Vec<&str> = types::fields(owner).iter().map(|row| row.name).collect();
                    let near = nearest(name, known);
                    let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                    return Err((at, format!("{owner} has no field `{name}`{near}")));
                }
            },
            Some(_) => return Err((at, format!("`forEach` looks for `{name}` in something without fields"))),
        });
    }
    match kind {
        Some(Type::List(element) | Type::Map(element)) => Ok((*element, elements)),
        _ => Err((start..at.end, "`forEach` needs a list or a map".to_owned())),
    }
}
