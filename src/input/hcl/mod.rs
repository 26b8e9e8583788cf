//! HCL as Terraform writes it: hcl-edit's syntax tree, built into a [`Document`](crate::document::Document).
//!
//! Attributes are entries. Blocks nest under their type and their labels
//! (`resource "a" "b" {}` is `resource.a.b`); blocks without labels are the items of a sequence, since
//! any of them may stand several times. A `dynamic` block is such an item too: what its `content` says,
//! with its `for_each` beside it. Expressions that are no literals are scalars like `${var.x}`, whose
//! template is the expression. Functions that only change the encoding (`jsonencode`, `tostring`) are
//! read as their argument.
//!
//! Names of the module (`var.x`, `local.x`) are resolved by [`module`], over all files of a folder. Knows
//! no provider and no platform.
//!
//! <https://developer.hashicorp.com/terraform/language/syntax/configuration>

mod comments;
pub mod module;
mod reader;

use crate::diagnostic::Diagnostic;
use crate::input::{Limits, Read, problem};
use crate::source::{Source, SourceId, Span};
use hcl_edit::parser;

/// Reads the one document of a file.
///
/// Diagnostics: `hcl-syntax`, `duplicate-key`, `input-limit`. Of a broken file the blocks before the
/// break are read.
pub fn read(source: &Source, id: SourceId, limits: &Limits) -> Read {
    if let Some(diagnostic) = problem::too_large(source, id, limits.bytes) {
        return Read { documents: Vec::new(), diagnostics: vec![diagnostic] };
    }
    let (text, mark) = source.text_after_mark();
    let (body, broken) = match parser::parse_body(text) {
        Ok(body) => (body, None),
        Err(error) => {
            let at = error.location().offset().min(text.len());
            let whole = whole_blocks(text, at);
            let body = text.get(..whole).and_then(|before| parser::parse_body(before).ok());
            (body.unwrap_or_default(), Some((at, error.message().to_string())))
        }
    };
    let mut read = reader::read(&body, text, mark, id, limits);
    if let Some((at, message)) = broken {
        let span = Span::new(id, at + mark, at + mark);
        let message = message.lines().next().unwrap_or_default().to_string();
        read.diagnostics.push(
            Diagnostic::error("hcl-syntax", span, format!("not valid HCL: {message}"))
                .with_label("the HCL cannot be read from here on")
                .with_help("mend the syntax; of what follows nothing is read"),
        );
        for document in &mut read.documents {
            document.incomplete = Some(span);
        }
    }
    read
}

/// How much of a broken text ends with a block: up to the last closing brace at the beginning of a line.
fn whole_blocks(text: &str, broken: usize) -> usize {
    let before = text.get(..broken).unwrap_or_default();
    before.rfind("\n}").map_or(0, |at| at + 2)
}

#[cfg(test)]
mod tests;
