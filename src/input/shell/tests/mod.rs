//! Each file in `cases` is a script; its snapshot is the script with what it is lowered to.

// The cases are files.
#![allow(clippy::disallowed_methods)]

mod limits;
pub mod print;
pub mod spans;

use crate::input::Limits;
use crate::script::Program;
use crate::source::{SourceId, TextMap};

fn lower(text: &str) -> Program {
    super::lower(text, &TextMap::identity(SourceId::FIRST, 0, text.len()), &Limits::default())
}

fn print(text: &str) -> String {
    print::program(&lower(text), &|span| text.get(span.range()).unwrap_or_default().to_string())
}

#[test]
fn scripts_are_lowered() {
    insta::glob!("cases/*.sh", |path| {
        let script = std::fs::read_to_string(path).unwrap();
        insta::assert_snapshot!(format!("{script}\n-----\n\n{}", print(&script)));
    });
}
