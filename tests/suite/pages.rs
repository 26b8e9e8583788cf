//! Literate cases: the one runner of the pages in `tests/fixtures/<folder>/*.md`.
//!
//! A case is a heading, prose, fenced blocks that are given (```` ```sh deploy.sh ````), and a fenced block
//! that holds what is expected of them. With `UPDATE_CASES=1` in the environment what is expected is written
//! anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A fenced block.
pub struct Block {
    /// What stands behind the fence: a language, perhaps with a path or a question behind it.
    pub info: String,
    /// The lines, each with its end.
    pub body: String,
}

/// Runs the pages of a folder. `is_expected` tells a block with what is expected by its info; `answer`
/// yields what it must say, from its info and the blocks given since the last heading.
pub fn check(folder: &str, is_expected: fn(&str) -> bool, answer: fn(&str, &[Block]) -> String) {
    check_pages(of(folder), is_expected, answer);
}

/// The pages of a folder.
pub fn of(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut pages: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    assert!(!pages.is_empty(), "{} holds no page", folder.display());
    pages
}

/// Runs single pages.
pub fn check_pages(
    pages: Vec<PathBuf>,
    is_expected: fn(&str) -> bool,
    answer: fn(&str, &[Block]) -> String,
) {
    let mut failures = String::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let updated = answered(&text, is_expected, answer);
        if updated == text {
            continue;
        }
        if std::env::var_os("UPDATE_CASES").is_some() {
            fs::write(&page, &updated).unwrap();
            continue;
        }
        let name = page.file_name().unwrap().to_string_lossy();
        let (mut old, mut new) = (text.lines(), updated.lines());
        for line in 1.. {
            let (old, new) = (old.next(), new.next());
            if old != new || old.is_none() {
                let shown = |line: Option<&str>| line.unwrap_or("the end of the page").to_owned();
                let _ =
                    write!(failures, "{name}:{line}\n  expected {}\n  got      {}\n", shown(old), shown(new));
                break;
            }
        }
    }
    assert!(failures.is_empty(), "{failures}(UPDATE_CASES=1 writes them anew)");
}

/// The page with what is expected written anew.
fn answered(page: &str, is_expected: fn(&str) -> bool, answer: fn(&str, &[Block]) -> String) -> String {
    let mut out = String::new();
    let mut given: Vec<Block> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(out, "{line}");
        if line.starts_with("# ") || line.starts_with("## ") {
            given.clear();
        }
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let body: String =
            lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        if is_expected(info) {
            out.push_str(&answer(info, &given));
        } else {
            out.push_str(&body);
            given.push(Block { info: info.to_owned(), body });
        }
        out.push_str("```\n");
    }
    out
}
