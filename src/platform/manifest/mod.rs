//! The engine for documents: from a tree to the deployments that it describes.
//!
//! Which documents are a platform's and where they keep their settings stands in the tables; what all
//! of Kubernetes' descendants share (containers, variables, probes) stands here, and so do the
//! reader of Compose files, which share nothing with them, and the reader of sheets: documents whose
//! settings stand at fixed paths.

mod compose;
mod expression;
mod node;
mod probes;
mod sheet;
#[cfg(test)]
mod tests;
mod variables;
mod workload;

pub use compose::{Included, compose};
pub use node::{origin_of_node, text_of};
pub use sheet::sheets;
pub use workload::workloads;
