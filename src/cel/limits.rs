//! Every bound of this room, in one place. Each has a diagnostic or an error of its own.

/// Bytes of one expression's text.
pub const SOURCE: usize = 16 * 1024;

/// Depth of the tree after macros were expanded. Both the parser and the engine recurse over it; the
/// engine's frames are large, and this much fits a stack of 8 MiB in a debug build.
pub const DEPTH: usize = 160;

/// Errors reported for one expression; more help nobody.
pub const ERRORS: usize = 8;

/// Worlds that one evaluation may branch into.
pub const WORLDS: usize = 64;

/// Elements that comprehensions may visit, and elements that lists may be built of, in one evaluation.
pub const STEPS: usize = 100_000;

/// Elements that functions may compare and copy, and characters that they may match, in one evaluation.
pub const WORK: usize = 20_000_000;

/// Bytes of a text that an expression builds.
pub const TEXT: usize = 1 << 20;

/// Bytes that a compiled regular expression may take.
pub const REGEX: usize = 1 << 20;

/// Definitions (`variables.x`) that may stand inside one another.
pub const DEFINITIONS: usize = 16;
