//! Reports: pure functions from plain data to text.
//!
//! One file or folder a format. A report recomputes nothing, reads no file, asks no terminal and no
//! clock; what it may draw is said by a [`Style`]. Secrets are masked here, at the last moment.

pub mod concise;
pub mod explain;
pub mod facts;
pub mod human;
pub mod json;
pub mod language;
pub mod outcome;
pub mod project_file;
pub mod redact;
#[cfg(test)]
mod sample;
mod style;
pub mod testing;
mod text;
mod visible;
pub mod yaml;

pub use human::{GroupBy, Verbosity, View};
pub use outcome::{Coverage, Outcome};
pub use style::Style;
