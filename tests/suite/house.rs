//! The plan of the house, held against the code: who may import whom.
//!
//! The order of the rooms is the order of the `pub mod` lines in `src/lib.rs`. A room may import only
//! rooms that stand above it, and a third-party crate stays in the rooms named here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms (or folders, or files) may name a crate. A crate that is not listed may be named nowhere.
const CRATES: &[(&str, &[&str])] = &[
    ("aho_corasick", &["platform"]),
    ("anstream", &["cli"]),
    ("base64", &["cel"]),
    ("cel", &["cel"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("fluent_uri", &["cel"]),
    ("globset", &["config", "workspace", "extract", "policy", "enforce", "schema", "check", "cli"]),
    ("granit_parser", &["input/yaml"]),
    ("hcl_edit", &["input/hcl"]),
    ("ignore", &["workspace"]),
    ("ipnet", &["cel"]),
    ("jiff", &["cel"]),
    ("jsonc_parser", &["input/json"]),
    ("jsonschema", &["schema"]),
    ("quick_junit", &["report/testing", "report/junit"]),
    ("quick_xml", &["report/checkstyle"]),
    ("rayon", &["workspace", "check", "cli"]),
    ("regex", &["cel", "script"]),
    ("ruff_python_ast", &["input/python"]),
    ("ruff_python_parser", &["input/python"]),
    ("ruff_text_size", &["input/python"]),
    ("semver", &["cel"]),
    ("serde", &["report", "schema"]),
    ("serde_json", &["report", "schema", "cel/tests", "cel/parser/tests"]),
    ("sha2", &["enforce/fingerprint"]),
    ("terminal_size", &["cli"]),
    ("toml", &["input/toml"]),
    ("toml_parser", &["input/toml"]),
    ("tracing", &["workspace", "config", "cli", "check"]),
    ("tracing_subscriber", &["cli"]),
    ("tree_sitter", &["input/shell"]),
    ("tree_sitter_bash", &["input/shell"]),
    ("unicode_width", &["report"]),
];

/// Rooms that may touch files, the clock, the environment and the terminal.
const SHELLS: &[&str] = &["config", "workspace", "cli", "main"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// All Rust files below `src`, as (path relative to `src` with `/`, code without comments and strings).
fn code() -> Vec<(String, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root(), &mut files);
    files.sort();
    let relative = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    files.iter().map(|path| (relative(path), bare(&fs::read_to_string(path).unwrap()))).collect()
}

/// Source text without comments, strings and character literals, so that a word in a sentence is no
/// import.
fn bare(text: &str) -> String {
    let bytes: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut i = 0;
    let at = |i: usize| bytes.get(i).copied().unwrap_or('\0');
    while i < bytes.len() {
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < bytes.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => {
                i += 2;
                while i < bytes.len() && !(at(i) == '*' && at(i + 1) == '/') {
                    i += 1;
                }
                i += 2;
            }
            'r' if (at(i + 1) == '"' || at(i + 1) == '#')
                && !at(i.wrapping_sub(1)).is_alphanumeric()
                && raw_string(&bytes, i).is_some() =>
            {
                i = raw_string(&bytes, i).unwrap_or(i + 1);
            }
            '"' => {
                i += 1;
                while i < bytes.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                i += 1;
            }
            '\'' if at(i + 1) == '\\' => {
                i += 3;
                while i < bytes.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            '\'' if at(i + 2) == '\'' => i += 3,
            c => {
                out.push(c);
                i += 1;
            }
        }
    }
    out
}

/// The end of a raw string that begins at `start`, if one does.
fn raw_string(text: &[char], start: usize) -> Option<usize> {
    let hashes = text[start + 1..].iter().take_while(|&&c| c == '#').count();
    if text.get(start + 1 + hashes) != Some(&'"') {
        return None;
    }
    let mut i = start + 2 + hashes;
    while i < text.len() {
        if text[i] == '"' && text[i + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes {
            return Some(i + 1 + hashes);
        }
        i += 1;
    }
    Some(text.len())
}

fn rooms_in_order() -> Vec<String> {
    let lib = fs::read_to_string(root().join("lib.rs")).unwrap();
    lib.lines()
        .filter_map(|line| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned()))
        .collect()
}

/// `a/b.rs` and `a/mod.rs` are in room `a`; `check.rs` is room `check`.
fn room_of(path: &str) -> String {
    path.split('/').next().unwrap().trim_end_matches(".rs").to_owned()
}

/// The first names of all paths that begin with `prefix`: of `crate::{a::X, b}` both a and b.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || before == '_' || before == ':' {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let word = |text: &str| -> String {
            text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut part = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.push(word(&part));
                        part.clear();
                        continue;
                    }
                    _ => {}
                }
                part.push(c);
            }
            found.push(word(&part));
        } else {
            found.push(word(rest));
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// Room -> rooms it names, with one file as the witness.
fn arrows() -> BTreeMap<(String, String), String> {
    let rooms: BTreeSet<String> = rooms_in_order().into_iter().collect();
    let mut arrows = BTreeMap::new();
    for (path, code) in code() {
        let from = room_of(&path);
        for prefix in ["crate::", "celador::"] {
            for to in names_after(&code, prefix) {
                if rooms.contains(&to) && to != from {
                    arrows.entry((from.clone(), to)).or_insert_with(|| path.clone());
                }
            }
        }
    }
    arrows
}

#[test]
fn every_arrow_points_upwards() {
    let order = rooms_in_order();
    assert!(order.len() > 15, "the list of rooms was not found in src/lib.rs");
    let place = |room: &str| order.iter().position(|name| name == room).unwrap_or(usize::MAX);
    let arrows = arrows();
    assert!(arrows.len() > 30, "only {} arrows found: the test reads the code wrongly", arrows.len());
    let mut wrong: Vec<String> = Vec::new();
    for ((from, to), file) in &arrows {
        let program = from == "main" || from == "lib";
        if !program && place(to) >= place(from) {
            wrong.push(format!("{from} -> {to} in src/{file}: {to} stands below {from} in src/lib.rs"));
        }
    }
    assert!(wrong.is_empty(), "arrows against the order of the house:\n{}", wrong.join("\n"));
}

#[test]
fn the_rooms_form_no_circle() {
    // Follows from the order, and is checked by itself so that a wrong order cannot hide a circle.
    let arrows = arrows();
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        next.entry(from).or_default().insert(to);
    }
    fn reach<'a>(from: &'a str, next: &BTreeMap<&'a str, BTreeSet<&'a str>>, seen: &mut BTreeSet<&'a str>) {
        for to in next.get(from).into_iter().flatten() {
            if seen.insert(to) {
                reach(to, next, seen);
            }
        }
    }
    for room in next.keys() {
        let mut seen = BTreeSet::new();
        reach(room, &next, &mut seen);
        assert!(!seen.contains(room), "room {room} reaches itself");
    }
}

#[test]
fn third_party_crates_stay_in_their_rooms() {
    let allowed: BTreeMap<&str, &[&str]> = CRATES.iter().copied().collect();
    let manifest = fs::read_to_string(root().parent().unwrap().join("Cargo.toml")).unwrap();
    let section = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let names: Vec<String> = section
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0.trim().replace('-', "_")))
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .collect();
    assert!(names.len() > 10);
    let mut wrong = Vec::new();
    for name in &names {
        let Some(homes) = allowed.get(name.as_str()) else {
            wrong.push(format!("crate {name} has no room: name its room in tests/suite/house.rs"));
            continue;
        };
        for (path, code) in code() {
            let used = code.match_indices(&format!("{name}::")).any(|(at, _)| {
                let before = code[..at].chars().next_back().unwrap_or(' ');
                !(before.is_alphanumeric() || before == '_' || before == ':')
            });
            let stem = path.trim_end_matches(".rs").trim_end_matches("/mod");
            let inside = |home: &&str| *stem == **home || stem.starts_with(&format!("{home}/"));
            // Inside its own room `cel`, `cel::` may also be the module; nowhere else.
            if used && !homes.iter().any(inside) && !is_own_module(name, &code) {
                wrong.push(format!("crate {name} is named in src/{path}; it belongs to {homes:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether every `name::` of a file is our own room of the same name, brought in by `use crate::name`.
fn is_own_module(name: &str, code: &str) -> bool {
    code.contains(&format!("use crate::{name};"))
        || names_after(code, "crate::").iter().any(|own| own == name)
}

/// Unit tests may read their own fixtures.
fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

#[test]
fn only_the_shells_touch_the_world() {
    let mut wrong = Vec::new();
    for (path, code) in code() {
        let room = room_of(&path);
        if SHELLS.contains(&room.as_str()) || is_test(&path) {
            continue;
        }
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        for banned in
            ["std::fs", "std::env::", "std::process", "SystemTime", "Instant::now", "println!", "eprintln!"]
        {
            if code.contains(banned) {
                wrong.push(format!("src/{path} names {banned}"));
            }
        }
    }
    assert!(wrong.is_empty(), "I/O outside the shells:\n{}", wrong.join("\n"));
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let long: Vec<String> = code()
        .iter()
        .map(|(path, _)| (path, fs::read_to_string(root().join(path)).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > 700)
        .map(|(path, lines)| format!("src/{path}: {lines} lines"))
        .collect();
    assert!(
        long.is_empty(),
        "files that have grown into rooms of their own, divide them:\n{}",
        long.join("\n")
    );
}
