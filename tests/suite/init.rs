//! `celador init`: what it writes is read, says what was found, and denies nothing.

use crate::run::{Scratch, celador};
use std::fs;
use std::path::Path;

fn copy(from: &Path, to: &Scratch, below: &str) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            copy(&entry.path(), to, &format!("{name}/"));
        } else {
            to.write(&name, fs::read(entry.path()).unwrap());
        }
    }
}

fn example(name: &str) -> Scratch {
    let folder = Scratch::new(&format!("init-{name}"));
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name).join("before"), &folder, "");
    fs::remove_file(folder.path().join("celador.yaml")).unwrap();
    folder
}

#[test]
fn what_it_writes_is_read_and_denies_nothing() {
    for name in ["alpine-outage", "missing-variables", "timeout-cut"] {
        let folder = example(name);
        assert_eq!(
            celador(folder.path(), &["check"]).code,
            Some(1),
            "{name} is denied without a project file"
        );
        let init = celador(folder.path(), &["init"]);
        assert_eq!(init.code, Some(0), "{}", init.all());
        let text = fs::read_to_string(folder.path().join("celador.yaml")).unwrap();
        let check = celador(folder.path(), &["check", "--format", "json"]);
        assert_eq!(check.code, Some(0), "{text}\n{}", check.all());
        let json = check.json();
        assert_eq!(json["errors"], serde_json::json!([]), "{text}");
        assert_ne!(json["findings"], serde_json::json!([]), "what was wrong is still told");
        insta::assert_snapshot!(format!("init-{name}"), text);
    }
}

#[test]
fn a_file_that_is_there_is_replaced_only_if_that_is_asked_for() {
    let folder = Scratch::new("init-there");
    folder.write("celador.yml", "version: 1\nexclude: [all]\n");
    folder.write(
        "d.sh",
        "gcloud run deploy 'we ird: #x' --image a/b:1 --memory 512Mi --set-env-vars API_TOKEN=hunter2xyz\n",
    );
    let refused = celador(folder.path(), &["init"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(
        fs::read_to_string(folder.path().join("celador.yml")).unwrap(),
        "version: 1\nexclude: [all]\n"
    );
    let forced = celador(folder.path(), &["init", "--force"]);
    assert_eq!(forced.code, Some(0), "{}", forced.all());
    assert!(!folder.path().join("celador.yaml").exists(), "the file that is there is the one replaced");
    let text = fs::read_to_string(folder.path().join("celador.yml")).unwrap();
    assert!(!text.contains("hunter2xyz"), "{text}");
    let check = celador(folder.path(), &["check"]);
    assert_ne!(check.code, Some(2), "{text}\n{}", check.all());
}

#[test]
fn an_empty_folder_gets_a_file_too() {
    let folder = Scratch::new("init-empty");
    let init = celador(folder.path(), &["init"]);
    assert_eq!(init.code, Some(0), "{}", init.all());
    let check = celador(folder.path(), &["check"]);
    assert_eq!(check.code, Some(3), "nothing to check is not wrong usage: {}", check.all());
}
