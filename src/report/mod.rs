//! Reports: pure functions from plain data to text.
//!
//! One file or folder a format. A report recomputes nothing, reads no file, asks no terminal and no
//! clock; what it may draw is said by a [`Style`]. Secrets are masked here, at the last moment.

mod azure;
mod checkstyle;
pub mod concise;
mod entries;
pub mod explain;
pub mod facts;
mod github;
mod gitlab;
pub mod human;
pub mod json;
mod junit;
pub mod language;
mod markdown;
pub mod outcome;
pub mod platforms;
pub mod project_file;
mod rdjson;
pub mod recorded;
pub mod redact;
mod rule;
#[cfg(test)]
mod sample;
mod sarif;
mod style;
mod tap;
#[cfg(test)]
mod tests;
pub mod testing;
mod text;
mod visible;
pub mod yaml;

pub use azure::azure;
pub use checkstyle::checkstyle;
pub use entries::Run;
pub use github::github;
pub use gitlab::gitlab;
pub use human::{GroupBy, Verbosity, View};
pub use junit::junit;
pub use markdown::{MOST as MARKDOWN_MOST, markdown};
pub use outcome::{Coverage, Outcome};
pub use rdjson::rdjson;
pub use rule::Rule;
pub use sarif::sarif;
pub use style::Style;
pub use tap::tap;
