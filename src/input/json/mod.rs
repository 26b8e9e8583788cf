//! JSON, with comments as people write them in configs: jsonc-parser's tokens, built into a
//! [`Document`](crate::document::Document).
//!
//! Only the tokens are the crate's. Its tree gives nothing for a broken file and recurses; ours keeps
//! what stands before the break and does neither. Knows no platform and no schema.

mod reader;

use crate::input::{Limits, Read, problem};
use crate::source::{Source, SourceId};

/// Reads the one document of a file; an empty file has none, and is no JSON.
///
/// Diagnostics: `json-syntax` (an error, or a warning for a trailing comma, which strict readers reject),
/// `duplicate-key`, `input-limit`.
pub fn read(source: &Source, id: SourceId, limits: &Limits) -> Read {
    match problem::too_large(source, id, limits.bytes) {
        Some(diagnostic) => Read { documents: Vec::new(), diagnostics: vec![diagnostic] },
        None => reader::read(source, id, limits),
    }
}

#[cfg(test)]
mod tests;
