//! The engine for documents: from a tree to the deployments that it describes.
//!
//! Which documents are a platform's and where they keep their settings stands in the tables; what all
//! of Kubernetes' descendants share (containers, variables, probes) stands here, and so does the reader
//! of Compose files, which share nothing with them.

mod compose;
mod node;
#[cfg(test)]
mod tests;
mod workload;

pub use compose::{Included, compose};
pub use node::{origin_of_node, text_of};
pub use workload::workloads;
