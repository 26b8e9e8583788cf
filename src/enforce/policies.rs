//! What enforcing asks about policies, beyond their names.

use crate::policy::{Policy, find_builtin};
use std::collections::{HashMap, HashSet};

/// The groups of a project's own policies, and which policies must never be let pass.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    groups: HashMap<String, String>,
    unbypassable: HashSet<String>,
}

impl Policies {
    /// Adds a policy that is asked.
    pub fn add(&mut self, policy: &Policy, unbypassable: bool) {
        let name = policy.name.to_string();
        if unbypassable || policy.unbypassable {
            self.unbypassable.insert(name.clone());
        }
        self.groups.insert(name, policy.group.clone());
    }

    /// The group of a policy that is asked, or of the pack.
    pub fn group(&self, policy: &str) -> Option<&str> {
        let builtin = || find_builtin(policy).map(|builtin| builtin.group);
        self.groups.get(policy).map(String::as_str).or_else(builtin)
    }

    /// Whether the policy's file, or the project's configuration of it, says that it is never let pass.
    pub fn is_unbypassable(&self, policy: &str) -> bool {
        self.unbypassable.contains(policy)
    }
}
