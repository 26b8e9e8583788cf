//! Every bound of this room, in one place. Each has a diagnostic or an error with a code of its own.

/// What a diagnostic is called that says that a bound was met.
pub mod code {
    /// [`SOURCE`](super::SOURCE).
    pub const SOURCE: &str = "cel-limit-source";
    /// [`DEPTH`](super::DEPTH).
    pub const DEPTH: &str = "cel-limit-depth";
    /// [`STEPS`](super::STEPS), where it can be told before evaluation.
    pub const ELEMENTS: &str = "cel-limit-elements";
    /// [`STEPS`](super::STEPS), in an evaluation.
    pub const STEPS: &str = "cel-limit-steps";
    /// [`WORK`](super::WORK).
    pub const WORK: &str = "cel-limit-work";
    /// [`TEXT`](super::TEXT).
    pub const TEXT: &str = "cel-limit-text";
    /// [`REGEX`](super::REGEX).
    pub const REGEX: &str = "cel-limit-regex";
    /// [`DEFINITIONS`](super::DEFINITIONS).
    pub const DEFINITIONS: &str = "cel-limit-variables";
}

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

/// Elements that may be compared and copied, and characters that may be matched, in one evaluation: what
/// loops multiply.
pub const WORK: usize = 4_000_000;

/// Bytes of a text that an expression builds.
pub const TEXT: usize = 1 << 20;

/// Bytes that a compiled regular expression may take.
pub const REGEX: usize = 1 << 20;

/// Definitions (`variables.x`) that may stand inside one another.
pub const DEFINITIONS: usize = 16;
