//! Standard input in the place of a file: what an editor holds and has not saved.

use super::{Repository, findings, manifest};
use crate::run::celador_on;

#[test]
fn a_text_stands_in_for_the_file_of_its_name() {
    let repository = Repository::project("stdin");
    repository.write("k8s/a.yaml", manifest("a", "a:1.0")).write("k8s/b.yaml", manifest("b", "b:latest"));
    let check = |folder: &str, name: &str, text: &str| {
        let arguments = ["check", "-", "--stdin-filename", name, "--format", "json"];
        let run = celador_on(&repository.path().join(folder), &arguments, Some(text));
        (run.code, findings(&run), run.json()["summary"]["files"].as_u64())
    };
    let wrong = manifest("a", "a:latest");
    let told = vec!["floating-image-tag k8s/a.yaml:9".to_owned()];
    assert_eq!(check("", "k8s/a.yaml", &wrong), (Some(1), told.clone(), Some(2)), "only it is reported");
    assert_eq!(check("k8s", "a.yaml", &wrong), (Some(1), told, Some(2)));
    assert_eq!(check("", "k8s/new.yaml", &manifest("n", "n:1")), (Some(0), vec![], Some(3)), "not saved yet");
    assert_eq!(check("", "celador.yaml", "version: 1\n").0, Some(0));
    let run = celador_on(
        repository.path(),
        &["check", "-", "--stdin-filename", "celador.yaml"],
        Some("version: 1\nexlude: []\n"),
    );
    assert!(run.code == Some(2) && run.stdout.contains("did you mean `exclude`?"), "{}", run.all());
}

#[test]
fn what_standard_input_is_must_be_said() {
    let repository = Repository::project("stdin-wrong");
    for (arguments, reason) in [
        (&["check", "-"][..], "--stdin-filename PATH"),
        (&["check", "-", "x.yaml", "--stdin-filename", "a.yaml"], "the only path is `-`"),
        (&["check", "-", "--staged", "--stdin-filename", "a.yaml"], "cannot be used with"),
    ] {
        let run = celador_on(repository.path(), arguments, Some("a: 1\n"));
        assert!(run.code == Some(2) && run.stderr.contains(reason), "{arguments:?}: {}", run.all());
    }
}
