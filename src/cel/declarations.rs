//! What an expression may name, and what earlier expressions have made certain.

use crate::cel::{Expression, Type, types};
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
    definitions: Vec<(Arc<str>, Type)>,
    certain: BTreeSet<String>,
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

    /// Declares `variables.NAME`, with the type that its expression has.
    pub fn define(&mut self, name: Arc<str>, expression: &Expression) {
        self.definitions.push((name, expression.result().clone()));
    }

    /// Says that a path is there for certain: a setting for which every targeted platform has a default
    /// (`deployment.timeout`).
    pub fn assume_present(&mut self, path: &str) {
        self.certain.insert(path.to_owned());
    }

    /// Says that an earlier expression holds (a matchCondition): what it guards is there for certain.
    pub fn assume(&mut self, expression: &Expression) {
        self.certain.extend(expression.guarantees().iter().cloned());
    }

    /// Says that an earlier expression does not hold: what a message about a failed validation may speak
    /// of.
    pub fn assume_false(&mut self, expression: &Expression) {
        self.certain.extend(expression.guarantees_otherwise().iter().cloned());
    }

    /// The type of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<Type> {
        match name {
            "params" => Some(Type::Params),
            "variables" if !self.definitions.is_empty() => Some(Type::Definitions),
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

    /// The declared definitions.
    pub(super) fn definitions(&self) -> &[(Arc<str>, Type)] {
        &self.definitions
    }

    /// The paths that are there for certain.
    pub(super) fn certain(&self) -> &BTreeSet<String> {
        &self.certain
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
