//! What an expression may name, and what earlier expressions have made certain.

use super::check::{Cost, Formula};
use crate::cel::{Expression, Type, types};
use ::cel::common::ast::{Expr, IdedExpr};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a policy is about; decides which variables its expressions see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    Deployment,
    Artifact,
    Service,
    Setting,
    Document,
    Project,
    Bypass,
}

/// The variables of a policy, the types of its params, and the optional fields that are known to be
/// there.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    variables: Vec<(&'static str, Type)>,
    params: Vec<(Arc<str>, Type)>,
    /// Params that nobody need give.
    without_default: Vec<Arc<str>>,
    definitions: Vec<Definition>,
    /// The names of all definitions, those that follow too.
    announced: Vec<Arc<str>>,
    /// Fields that hold one of a few words which only the project knows, by owner and name.
    words: Vec<(&'static str, &'static str, Vec<&'static str>)>,
    certain: BTreeSet<String>,
    /// What earlier expressions say of the subject.
    assumed: Vec<Formula>,
    /// Whether an earlier expression is wrong, so that nobody knows what it would have made certain.
    anything_may_be_certain: bool,
}

/// A named expression of the policy.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) name: Arc<str>,
    pub(super) kind: Type,
    pub(super) cost: Cost,
    /// What it says, if it is a condition, and what is there for certain where it holds or does not.
    pub(super) formula: Option<Formula>,
    pub(super) holds: BTreeSet<String>,
    pub(super) fails: BTreeSet<String>,
}

impl Declarations {
    /// The variables of a target; `compared` adds `reference`.
    pub fn of(target: Target, compared: bool) -> Declarations {
        let names: &[&'static str] = match target {
            Target::Deployment => &["deployment", "service", "object", "file", "project"],
            Target::Artifact => &["artifact", "file", "project"],
            Target::Service => &["service", "project"],
            Target::Setting => &["setting", "file", "project"],
            Target::Document => &["object", "file", "project"],
            Target::Project => &["project"],
            Target::Bypass => &["bypass", "file", "project"],
        };
        let mut declarations = Declarations::default();
        for &name in names {
            declarations.declare(name, root_type(name));
        }
        if compared {
            let kind = if target == Target::Setting {
                Type::Object("setting")
            } else if target == Target::Artifact {
                Type::Object("artifact")
            } else {
                root_type("reference")
            };
            declarations.declare("reference", kind);
        }
        declarations
    }

    /// Declares a variable.
    pub fn declare(&mut self, name: &'static str, kind: Type) {
        self.variables.push((name, kind));
    }

    /// Declares `params.NAME`.
    pub fn param(&mut self, name: Arc<str>, kind: Type) {
        self.params.push((name, kind));
    }

    /// Declares `params.NAME`, which is absent where a project does not give it.
    pub fn param_without_default(&mut self, name: Arc<str>, kind: Type) {
        self.without_default.push(Arc::clone(&name));
        self.param(name, kind);
    }

    /// Says that `variables.NAME` is declared further down, where it is not to be named yet.
    pub fn announce(&mut self, name: Arc<str>) {
        self.announced.push(name);
    }

    /// Declares `variables.NAME`, with the type that its expression has.
    pub fn define(&mut self, name: Arc<str>, expression: &Expression) {
        self.definitions.push(Definition {
            name,
            kind: expression.result().clone(),
            cost: expression.bound(),
            formula: expression.formula().cloned(),
            holds: expression.guarantees().clone(),
            fails: expression.guarantees_otherwise().clone(),
        });
    }

    /// Declares `variables.NAME` of which the expression is wrong: it may be anything.
    pub fn define_unknown(&mut self, name: Arc<str>) {
        self.definitions.push(Definition {
            name,
            kind: Type::Dyn,
            cost: Cost::default(),
            formula: None,
            holds: BTreeSet::new(),
            fails: BTreeSet::new(),
        });
    }

    /// Says which words a field of an object type can hold.
    pub fn enumerate(&mut self, owner: &'static str, name: &'static str, words: Vec<&'static str>) {
        self.words.push((owner, name, words));
    }

    /// Says that a path is there for certain: a setting for which every targeted platform has a default
    /// (`deployment.timeout`).
    pub fn assume_present(&mut self, path: &str) {
        self.certain.insert(path.to_owned());
    }

    /// Says that an earlier expression holds (a matchCondition): what it guards is there for certain.
    pub fn assume(&mut self, expression: &Expression) {
        self.allow(expression);
        self.assumed.extend(expression.formula().cloned());
    }

    /// Says that an earlier expression does not hold: what a message about a failed validation may speak
    /// of.
    pub fn assume_false(&mut self, expression: &Expression) {
        self.certain.extend(expression.guarantees_otherwise().iter().cloned());
        self.assumed.extend(expression.formula().cloned().map(Formula::negated));
    }

    /// Says that what another expression guards may be read.
    pub fn allow(&mut self, expression: &Expression) {
        self.certain.extend(expression.guarantees().iter().cloned());
    }

    /// Says that an earlier expression is wrong: what it would have guarded is not asked for again.
    pub fn assume_anything(&mut self) {
        self.anything_may_be_certain = true;
    }

    /// The type of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<Type> {
        match name {
            "params" => Some(Type::Params),
            "variables" if !self.definitions.is_empty() || !self.announced.is_empty() => {
                Some(Type::Definitions)
            }
            _ => self.variables.iter().find(|(known, _)| *known == name).map(|(_, kind)| kind.clone()),
        }
    }

    /// The names that an expression may begin with.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|(name, _)| *name).chain(["params", "variables"])
    }

    /// The names of all variables, for suggestions.
    pub(super) fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|(name, _)| *name).chain(["params"])
    }

    /// The variable that has a field of this name: what somebody meant who wrote `memory` alone.
    pub(super) fn owner_of(&self, field: &str) -> Option<&'static str> {
        let owns = |kind: &Type| match kind {
            Type::Object(owner) => types::field(owner, field).is_some(),
            _ => false,
        };
        self.variables.iter().find(|(_, kind)| owns(kind)).map(|(name, _)| *name)
    }

    /// The declared params.
    pub(super) fn params(&self) -> &[(Arc<str>, Type)] {
        &self.params
    }

    /// Whether a param may be absent.
    pub(super) fn may_lack(&self, param: &str) -> bool {
        self.without_default.iter().any(|name| **name == *param)
    }

    /// Whether a definition of this name follows.
    pub(super) fn announces(&self, name: &str) -> bool {
        self.announced.iter().any(|one| **one == *name)
    }

    /// The declared definitions.
    pub(super) fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// The definition that an expression names, if it is `variables.NAME`.
    pub(super) fn definition(&self, expr: &IdedExpr) -> Option<&Definition> {
        let Expr::Select(select) = &expr.expr else { return None };
        let is_root = matches!(&select.operand.expr, Expr::Ident(root) if root == "variables");
        self.definitions.iter().find(|one| is_root && !select.test && *one.name == *select.field)
    }

    /// The paths that are there for certain; `None` if nobody knows.
    pub(super) fn certain(&self) -> Option<&BTreeSet<String>> {
        (!self.anything_may_be_certain).then_some(&self.certain)
    }

    /// What earlier expressions say.
    pub(super) fn assumed(&self) -> &[Formula] {
        &self.assumed
    }

    /// The words that a field can hold, if they are few.
    pub(super) fn words(&self, owner: &str, name: &str) -> Option<&[&'static str]> {
        let own = self.words.iter().find(|row| row.0 == owner && row.1 == name);
        own.map(|row| row.2.as_slice()).or_else(|| types::words(owner, name))
    }
}

fn root_type(name: &str) -> Type {
    match types::variable(name).map(|row| row.type_name) {
        None | Some("dyn") => Type::Dyn,
        Some("params") => Type::Params,
        Some("variables") => Type::Definitions,
        Some(object) => Type::Object(object),
    }
}
