//! How many elements a collection is taken to have at most, where the cost of an expression is bounded.
//!
//! These are no limits: a larger one is judged all the same, and what an evaluation may take is bounded by
//! itself. They are generous for what people deploy, so that a policy within its bound is quick everywhere.

/// Of a list or a map of a raw document.
pub(in crate::cel) const ELEMENTS_OF_A_DOCUMENT: u64 = 1_000;

/// Of a list or a map that a project gives as a param.
pub(in crate::cel) const ELEMENTS_OF_A_PARAM: u64 = 100;

/// Of a field that is not listed.
const ELEMENTS: u64 = 100;

/// Fields that hold many, or few.
const FIELDS: &[(&str, &str, u64)] = &[
    ("deployment", "containers", 16),
    ("deployment", "artifacts", 8),
    ("deployment", "repeated", 16),
    ("repeated_flag", "values", 8),
    ("artifact", "bound_ports", 8),
    ("artifact", "further_ports", 8),
    ("env_variable", "kinds", 3),
    ("service", "deployments", 32),
    ("service", "environments", 8),
    ("bypass", "environments", 8),
    ("project", "services", 1_000),
    ("project", "deployments", 1_000),
    ("project", "artifacts", 1_000),
    ("project", "settings", 10_000),
    ("project", "bypasses", 1_000),
    ("project", "gates", 8),
    ("project", "bypass_environments", 8),
];

/// The elements of a field of an object type.
pub fn elements(owner: &str, name: &str) -> u64 {
    FIELDS.iter().find(|row| row.0 == owner && row.1 == name).map_or(ELEMENTS, |row| row.2)
}
