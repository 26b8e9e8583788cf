//! Celador: a policy-as-code validation engine for deployment configs.
//!
//! The rooms stand in the order of the pipeline; each may import only rooms that stand above it (a
//! test holds this). ARCHITECTURE.md has the map.

pub mod source;
pub mod diagnostic;
pub mod provenance;
pub mod value;
pub mod document;
pub mod model;
pub mod script;
