// Tests write the files that the room reads.
#![allow(clippy::disallowed_methods)]

use super::{Loaded, Place, Request, contains_any, load, locate};
use crate::input::{Format, Limits};
use crate::source::Sources;
use std::path::{Path, PathBuf};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &[u8])]) -> Folder {
        let path = std::env::temp_dir().join(format!("celador-workspace-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        let folder = Folder(path.canonicalize().unwrap());
        for (file, content) in files {
            let path = folder.0.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        folder
    }

    /// Loads paths given in the folder, and tells what was read, one line a file.
    fn load(&self, paths: &[&str], exclude: &[&str]) -> (String, Loaded) {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let place = Place::disk();
        let located = locate(&place, &self.0, &paths, true);
        let mut sources = Sources::new();
        let wants = |format, text: &str| format != Format::Python || contains_any(text, &["gcloud"]);
        let request = Request {
            place: &place,
            root: &located.root,
            paths: &located.paths,
            whole_project: located.is_project,
            exclude,
            include: &[],
            known: &[],
            limits: &Limits { bytes: 10_000, ..Limits::default() },
            wants: &wants,
        };
        let loaded = load(&request, &mut sources);
        let mut told = String::new();
        for file in &loaded.files {
            let marks = [(file.selected, " selected"), (file.named, " named"), (file.wanted, " wanted")];
            let marks: String = marks.iter().filter(|(holds, _)| *holds).map(|&(_, mark)| mark).collect();
            told.push_str(&format!("{} ({}){marks}\n", sources.get(file.id).path(), file.format.as_str()));
        }
        for problem in &loaded.unreadable {
            let path = sources.get(problem.diagnostic.primary.span.source).path();
            told.push_str(&format!("{path}: {} {}\n", problem.diagnostic.code.0, problem.diagnostic.message));
        }
        for problem in &loaded.diagnostics {
            told.push_str(&format!("{} {}\n", problem.code.0, problem.message));
        }
        for (kind, count) in &loaded.excluded {
            told.push_str(&format!("left out: {count} {kind}\n"));
        }
        (told, loaded)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn project() -> Folder {
    Folder::new(
        "project",
        &[
            (".git/config", b"x"),
            (".gitignore", b"ignored.yaml\nlocal/\n"),
            (".github/workflows/deploy.yml", b"on: push\n"),
            (".env", b"A=1\n"),
            ("README.md", b"# no\n"),
            ("bin/deploy", b"#!/usr/bin/env bash\ngcloud run deploy x\n"),
            ("bin/tool", b"\x7fELF\0"),
            ("deploy.py", b"run(['gcloud'])\n"),
            ("app.py", b"print(1)\n"),
            ("ignored.yaml", b"a: 1\n"),
            ("local/a.yaml", b"a: 1\n"),
            ("legacy/a.yaml", b"a: 1\n"),
            ("node_modules/x/a.yaml", b"a: 1\n"),
            ("tests/a.yaml", b"a: 1\n"),
            ("deploy_backup.py", b"gcloud\n"),
            ("latin1.yaml", b"a: 1 # and some text that is long enough caf\xe9\n"),
            ("binary.yaml", b"a\0b"),
            ("large.json", &[b' '; 10_001]),
        ],
    )
}

#[test]
fn a_project_is_read_without_what_is_left_out() {
    insta::assert_snapshot!(project().load(&[], &["legacy/"]).0);
}

#[test]
fn what_is_given_by_name_is_read_and_selected_and_the_rest_of_the_project_is_read() {
    let told = project()
        .load(&["tests", "ignored.yaml", "README.md", "missing.yaml", "local/a.yaml"], &["legacy/**"])
        .0;
    insta::assert_snapshot!(told);
}

#[test]
fn without_a_project_only_what_is_named_is_read() {
    let folder = Folder::new("alone", &[("a.yaml", b"a: 1\n"), ("b.yaml", b"b: 1\n")]);
    assert_eq!(folder.load(&["a.yaml"], &[]).0, "a.yaml (YAML) selected named wanted\n");
    assert_eq!(folder.load(&[], &["["]).1.diagnostics.len(), 1);
}

#[test]
fn the_project_is_the_folder_of_the_nearest_file_else_the_repository_else_the_folder_given() {
    let folder = Folder::new(
        "roots",
        &[
            ("r/.git/config", b""),
            ("r/p/celador.yaml", b"version: 1\n"),
            ("r/p/k/a.yaml", b"a: 1\n"),
            ("n/a.yaml", b""),
        ],
    );
    let root =
        |path: &str, with_file| locate(&Place::disk(), &folder.0, &[PathBuf::from(path)], with_file).root;
    assert_eq!(root("r/p/k", true), folder.0.join("r/p"));
    assert_eq!(root("r/p/k", false), folder.0.join("r"));
    assert_eq!(root("n", true), folder.0.join("n"));
    assert_eq!(root("n/a.yaml", true), folder.0);
    assert_eq!(locate(&Place::disk(), &folder.0.join("n"), &[], true).paths, [folder.0.join("n")]);
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_twice() {
    let folder = Folder::new("links", &[("a/x.yaml", b"a: 1\n"), ("b.yaml", b"b: 1\n")]);
    let outside = Folder::new("outside", &[("o.yaml", b"o: 1\n")]);
    let link = |to: &Path, from: &str| std::os::unix::fs::symlink(to, folder.0.join(from)).unwrap();
    link(&folder.0, "a/back");
    link(&folder.0.join("b.yaml"), "again.yaml");
    link(&outside.0.join("o.yaml"), "o.yaml");
    link(Path::new("/nowhere"), "dangling.yaml");
    let told = folder.load(&[], &[]).0;
    assert!(
        told.starts_with("a/x.yaml (YAML) selected wanted\nb.yaml (YAML) selected wanted\no.yaml (YAML)"),
        "{told}"
    );
    assert!(told.contains("dangling.yaml: file-unreadable"), "{told}");
    assert_eq!(told.lines().count(), 4, "{told}");
}
