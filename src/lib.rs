//! Celador: a policy-as-code validation engine for deployment configs.
//!
//! The rooms stand in the order of the pipeline; each may import only rooms that stand above it (a
//! test holds this). ARCHITECTURE.md has the map.

pub mod source;
pub mod provenance;
pub mod value;
pub mod diagnostic;
pub mod document;
pub mod model;
pub mod script;
pub mod input;
pub mod platform;
pub mod extract;
pub mod schema;
pub mod cel;
pub mod policy;
pub mod evaluate;
pub mod enforce;
pub mod report;
pub mod check;
pub mod testing;
pub mod config;
pub mod workspace;
pub mod cli;
