//! From a validated policy to one that can judge.

use super::configure::{Override, effective};
use super::{Code, Configuration, Kind, NamedCode, Param, ParamType, Policy};
use crate::cel::object::{Field, Place};
use crate::cel::{self, Declarations, Expected, Expression, Members, Type, types};
use crate::diagnostic::{Action, Diagnostic, nearest};
use crate::model::Environment;
use std::collections::BTreeMap;
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

/// A policy that can judge. Immutable; threads share it.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub policy: Arc<Policy>,
    pub conditions: Vec<Named>,
    pub variables: Arc<Vec<(Arc<str>, Expression)>>,
    pub validations: Vec<CompiledValidation>,
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

    /// Where the parameters are declared: the place of the map `params`.
    pub fn params_place(&self) -> Place {
        let span = self.policy.params.first().map_or(self.policy.span, |param| param.span);
        Place { span, origin: None, platform_default: false }
    }

    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        fn parts(one: &CompiledValidation) -> impl Iterator<Item = &Expression> {
            let fix = one.fix.as_ref().map(|(expression, _)| expression);
            let optional = [one.message_expression.as_ref(), one.at.as_ref(), fix];
            std::iter::once(&one.expression).chain(optional.into_iter().flatten())
        }
        let conditions = self.conditions.iter().map(|named| &named.expression);
        let variables = self.variables.iter().map(|(_, expression)| expression);
        conditions.chain(variables).chain(self.validations.iter().flat_map(parts))
    }

    /// Whether one of its expressions names this variable.
    pub fn reads(&self, variable: &str) -> bool {
        self.expressions().any(|expression| expression.names(variable))
    }

    /// Adds the fields of a variable that its expressions, or its `forEach`, may read.
    pub fn members(&self, variable: &str, into: &mut Members) {
        for expression in self.expressions() {
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
    compile_with(policy, &check)
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
    let mut declarations = declarations(&policy, &mut errors);
    let mut run = |code: &Code, declarations: &Declarations, expected| {
        compiler(code, declarations, expected).map_err(|found| errors.extend(found)).ok()
    };
    let mut conditions = Vec::new();
    for NamedCode { name, code } in &policy.conditions {
        if let Some(expression) = run(code, &declarations, Expected::Bool) {
            // What a matchCondition guards is there for certain in everything that follows.
            declarations.assume(&expression);
            conditions.push(Named { name: Arc::clone(name), expression });
        }
    }
    let mut variables = Vec::new();
    for NamedCode { name, code } in &policy.variables {
        if let Some(expression) = run(code, &declarations, Expected::Any) {
            declarations.define(Arc::clone(name), &expression);
            variables.push((Arc::clone(name), expression));
        }
    }
    let mut validations = Vec::new();
    for validation in &policy.validations {
        let Some(expression) = run(&validation.code, &declarations, Expected::Bool) else { continue };
        // A message may speak of what the validation guards: where that is absent, `message` stands in.
        let mut inside = declarations.clone();
        inside.assume(&expression);
        inside.assume_false(&expression);
        let mut part =
            |code: &Option<Code>, expected| code.as_ref().and_then(|code| run(code, &inside, expected));
        validations.push(CompiledValidation {
            message: validation.message.clone(),
            message_expression: part(&validation.message_code, Expected::Text),
            at: part(&validation.at, Expected::Place),
            help: validation.help.clone(),
            fix: validation.fix.as_ref().and_then(|fix| {
                let expression = part(&Some(fix.code.clone()), Expected::Text)?;
                Some((expression, fix.note.clone()))
            }),
            expression,
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

/// The variables that the policy's expressions may name.
fn declarations(policy: &Policy, errors: &mut Vec<Diagnostic>) -> Declarations {
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
    for Param { name, kind, .. } in &policy.params {
        declarations.param(Arc::clone(name), type_of(kind));
    }
    if let Some(path) = &policy.for_each {
        match element_type(&path.text) {
            Ok(kind) => declarations.declare("each", kind),
            Err(reason) => errors.push(Diagnostic::error("policy-value", path.span, reason)),
        }
    }
    declarations
}

fn type_of(kind: &ParamType) -> Type {
    match kind {
        ParamType::Quantity => Type::Quantity,
        ParamType::Duration => Type::Duration,
        ParamType::Ratio => Type::Double,
        ParamType::Int => Type::Int,
        ParamType::Bool => Type::Bool,
        ParamType::Text => Type::Text,
        ParamType::List(inner) => Type::list(type_of(inner)),
        ParamType::Map(inner) => Type::map(type_of(inner)),
    }
}

/// The type of the elements of the list or map at a path such as `deployment.required`.
fn element_type(path: &str) -> Result<Type, String> {
    let mut names = path.trim().split('.');
    let root = names.next().unwrap_or_default();
    let row =
        types::variable(root).ok_or_else(|| format!("`forEach` names `{root}`, which is no variable"))?;
    let mut kind = Type::Object(row.type_name);
    for name in names {
        let Type::Object(owner) = kind else {
            return Err(format!("`forEach` looks for `{name}` in something without fields"));
        };
        let Some(field) = types::field(owner, name) else {
            let known: Vec<&str> = types::fields(owner).iter().map(|row| row.name).collect();
            let near = nearest(name, known).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return Err(format!("`forEach`: {owner} has no field `{name}`{near}"));
        };
        kind = field.kind;
    }
    match kind {
        Type::List(element) | Type::Map(element) => Ok(*element),
        other => Err(format!("`forEach` needs a list or a map; `{}` is {other}", path.trim())),
    }
}
