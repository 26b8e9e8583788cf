//! What application code says about environments: settings that it chooses by environment, budgets that
//! bound one another, switches that turn checks off.
//!
//! Works on the lowered [`Program`], names no language, and never runs anything. Everything it claims is
//! written down in one place of the file; what would need to be concluded from far away is left out.

mod arithmetic;
mod budgets;
mod bypasses;
mod environments;
mod finish;
mod kinds;
mod siblings;
mod switches;
mod values;
mod visit;
mod waits;
mod walk;

use crate::model::{Bypass, CodeSetting};
use crate::provenance::Arena;
use crate::script::Program;
use crate::source::Source;

/// What one file says.
#[derive(Debug, Default)]
pub struct CodeFacts {
    /// Values chosen by environment, members of budgets, and waits of scripts that deploy. In the order
    /// of the file.
    pub settings: Vec<CodeSetting>,
    /// Switches that let a failed check pass. In the order of the file.
    pub bypasses: Vec<Bypass>,
}

/// Reads the code settings and bypass switches of a program. Scopes begin with `path`, the reported path
/// of the file; provenance goes to `arena`, which must be the arena of the program's file.
pub fn code_facts(program: &Program, path: &str, source: &Source, arena: &mut Arena) -> CodeFacts {
    let mut walk = walk::Walk::new(program, path, source);
    walk.program(program);
    let mut facts = finish::finish(walk, arena);
    facts.settings.sort_by_key(|setting| (setting.span.start, setting.span.end));
    facts.bypasses.sort_by_key(|bypass| bypass.span.start);
    facts
}
