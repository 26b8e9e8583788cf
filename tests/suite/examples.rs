//! The example projects: every `before` is refused with the findings of its snapshot, every `after`
//! passes.

use crate::run::celador;
use std::fs;
use std::path::{Path, PathBuf};

fn projects() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.is_dir());
    all.sort();
    assert!(all.len() >= 3, "examples/ has lost its projects");
    all
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn before_the_fix_every_example_is_refused_at_its_cause() {
    for project in projects() {
        let run = celador(&project.join("before"), &["check"]);
        assert_eq!(run.code, Some(1), "{}:\n{}", project.display(), run.all());
        assert_eq!(run.stderr, "");
        insta::assert_snapshot!(format!("{}-before", name(&project)), run.stdout);
    }
}

#[test]
fn after_the_fix_every_example_passes() {
    for project in projects() {
        let run = celador(&project.join("after"), &["check"]);
        assert_eq!(run.code, Some(0), "{}:\n{}", project.display(), run.all());
        insta::assert_snapshot!(format!("{}-after", name(&project)), run.stdout);
    }
}

#[test]
fn the_facts_of_every_example_are_what_a_person_reads_in_it() {
    for project in projects() {
        let run = celador(&project.join("before"), &["facts"]);
        assert_eq!(run.code, Some(0), "{}", run.all());
        insta::assert_snapshot!(format!("{}-facts", name(&project)), run.stdout);
    }
}
