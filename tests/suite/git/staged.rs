//! `--staged`: what will be committed is judged, and nothing else.

use super::{PROJECT, Repository, findings, manifest};

const JSON: [&str; 2] = ["--format", "json"];

fn check(repository: &Repository, arguments: &[&str]) -> (Option<i32>, Vec<String>) {
    let all: Vec<&str> = ["check", "--staged"].iter().chain(arguments).chain(&JSON).copied().collect();
    let run = repository.celador(&all);
    (run.code, findings(&run))
}

#[test]
fn the_index_is_read_and_not_the_working_tree() {
    let repository = Repository::project("index");
    repository.write("a.yaml", manifest("a", "a:1.0")).commit("first");
    // Staged wrong, mended on the disk.
    repository.write("a.yaml", manifest("a", "a:latest")).add();
    repository.write("a.yaml", manifest("a", "a:2.0"));
    assert_eq!(check(&repository, &[]), (Some(1), vec!["floating-image-tag a.yaml:9".to_owned()]));
    assert_eq!(repository.celador(&["check"]).code, Some(0));
    // Staged right, wrong on the disk; and a file that git does not know.
    repository.add().write("a.yaml", manifest("a", "a:latest")).write("b.yaml", manifest("b", "b:latest"));
    assert_eq!(check(&repository, &[]), (Some(0), vec![]));
    assert_eq!(repository.celador(&["check"]).code, Some(1));
}

#[test]
fn excerpts_are_those_of_the_index() {
    let repository = Repository::project("excerpt");
    repository.write("a.yaml", manifest("a", "staged:latest")).add();
    repository.write("a.yaml", format!("# a line more\n{}", manifest("a", "other:latest")));
    let run = repository.celador(&["check", "--staged"]);
    assert!(run.stdout.contains("staged:latest") && run.stdout.contains("[a.yaml:9:"), "{}", run.stdout);
    assert!(!run.stdout.contains("other"), "{}", run.stdout);
}

#[test]
fn project_file_policies_and_schemas_are_those_of_the_index() {
    let repository = Repository::new("settings");
    let policy = "apiVersion: celador/v1\nkind: Policy\nmetadata: {name: own, title: Own}\nspec:\n  severity: error\n  \
                  rationale: A test.\n  target: {kind: Deployment}\n  validations:\n    - {expression: deployment.service != \"a\", message: no a}\n";
    repository
        .write("celador.yaml", "version: 1\npolicies: {builtin: none, paths: [policies/]}\n")
        .write("policies/own.yaml", policy)
        .write("a.yaml", manifest("a", "a:1"))
        .add();
    // On the disk there is no project file, and the policy asks for something else.
    repository.write("policies/own.yaml", policy.replace("\"a\"", "\"b\""));
    std::fs::remove_file(repository.path().join("celador.yaml")).unwrap();
    assert_eq!(check(&repository, &["a.yaml"]), (Some(1), vec!["own a.yaml:3".to_owned()]));
}

#[test]
fn a_policy_that_is_not_staged_is_told() {
    let repository = Repository::new("unstaged-policy");
    repository.write("celador.yaml", "version: 1\npolicies: {paths: [own.yaml]}\n").add();
    repository.write("own.yaml", "");
    let run = repository.celador(&["check", "--staged"]);
    assert_eq!(run.code, Some(2), "{}", run.all());
    assert!(run.stdout.contains("own.yaml` is neither a file nor a folder"), "{}", run.all());
}

#[test]
fn what_is_passed_is_reported_and_its_peers_are_read() {
    let repository = Repository::new("peers");
    repository
        .write("celador.yaml", "version: 1\npolicies: {builtin: none, configure: {floating-image-tag: {}}}\n")
        .write("k8s/a.yaml", manifest("a", "a:latest"))
        .write("k8s/b.yaml", manifest("b", "b:latest"))
        .add();
    assert_eq!(check(&repository, &["k8s/a.yaml"]).1, ["floating-image-tag k8s/a.yaml:9"]);
    assert_eq!(check(&repository, &["k8s"]).1.len(), 2);
    // From a folder below, as a person types it.
    let run = crate::run::celador(
        &repository.path().join("k8s"),
        &["check", "--staged", "b.yaml", "--format", "json"],
    );
    assert_eq!(findings(&run), ["floating-image-tag k8s/b.yaml:9"]);
    let run = crate::run::celador(
        &repository.path().join("k8s"),
        &["check", "--staged", "../k8s/b.yaml", "--format", "json"],
    );
    assert_eq!(findings(&run), ["floating-image-tag k8s/b.yaml:9"]);
    assert_eq!(run.json()["summary"]["files"], 2, "the peer was read");
}

#[test]
fn what_a_hook_names_may_be_gone_or_of_no_interest() {
    let repository = Repository::project("gone");
    repository
        .write("a.yaml", manifest("a", "a:latest"))
        .write("d/b.yaml", manifest("b", "b:latest"))
        .commit("first");
    repository.git(&["rm", "--quiet", "a.yaml"]);
    assert_eq!(check(&repository, &["a.yaml"]), (Some(0), vec![]), "deleted");
    std::fs::remove_file(repository.path().join("d/b.yaml")).unwrap();
    assert_eq!(check(&repository, &["d/b.yaml"]).0, Some(1), "deleted on the disk only");
    repository.write("README.md", "# a page").add();
    let run = repository.celador(&["check", "--staged", "--format", "json", "README.md"]);
    assert_eq!((run.code, run.json()["summary"]["files"].as_u64()), (Some(0), Some(0)), "no peer was read");
    // Never there, not staged, outside.
    repository.write("new.yaml", "a: 1\n");
    for (path, reason) in
        [("none.yaml", "not in the index"), ("new.yaml", "not in the index"), ("../x.yaml", "outside")]
    {
        let run = repository.celador(&["check", "--staged", "README.md", path]);
        assert!(run.code == Some(2) && run.stdout.contains(reason), "{path}: {}", run.all());
    }
}

#[test]
fn odd_names_are_names() {
    let repository = Repository::project("names");
    for name in
        ["with space.yaml", "-dash.yaml", "ümlaut.yaml", "tab\there.yaml", ":(top)magic.yaml", "a*b.yaml"]
    {
        repository.write(name, manifest("a", "a:latest"));
    }
    repository.add();
    assert_eq!(check(&repository, &[]).1.len(), 6);
    assert_eq!(check(&repository, &["./-dash.yaml"]).1, ["floating-image-tag -dash.yaml:9"]);
    assert_eq!(check(&repository, &[":(top)magic.yaml", "with space.yaml"]).1.len(), 2);
    assert_eq!(check(&repository, &["a*b.yaml"]).1, ["floating-image-tag a*b.yaml:9"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_within_the_index() {
    use std::os::unix::fs::symlink;
    let repository = Repository::project("links");
    let at = |name: &str| repository.path().join(name);
    repository.write("a.yaml", manifest("a", "a:latest")).write("plain.txt", manifest("c", "c:latest"));
    symlink("a.yaml", at("twin.yaml")).unwrap();
    symlink("plain.txt", at("hidden.yaml")).unwrap();
    symlink("/etc/hostname", at("outside.yaml")).unwrap();
    symlink("circle.yaml", at("circle.yaml")).unwrap();
    repository.add();
    let told = [
        "unreadable-file circle.yaml:1",
        "floating-image-tag a.yaml:9",
        "floating-image-tag hidden.yaml:9",
        "unreadable-file outside.yaml:1",
    ];
    let (code, mut found) =
        check(&repository, &["--policy", "unreadable-file", "--policy", "floating-image-tag"]);
    found.sort();
    let mut told: Vec<String> = told.iter().map(|line| (*line).to_owned()).collect();
    told.sort();
    assert_eq!((code, found), (Some(1), told));
    assert_eq!(check(&repository, &["twin.yaml"]).1, ["floating-image-tag twin.yaml:9"], "named, it is read");
    // The disk hides nothing behind a link either.
    let run = repository.celador(&["check", "--format", "json"]);
    assert!(findings(&run).contains(&"floating-image-tag hidden.yaml:9".to_owned()), "{}", run.stdout);
}

#[test]
fn limits_hold_for_what_git_holds() {
    let repository = Repository::new("limits");
    repository
        .write("binary.yaml", b"a\0b")
        .write("large.json", vec![b' '; (64 << 20) + 1])
        .write("pointer.yaml", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
        .write("after.yaml", "a: [\n")
        .add();
    let run = repository.celador(&["check", "--staged", "--format", "json", "--policy", "unreadable-file"]);
    let told: Vec<String> =
        run.json()["findings"].as_array().unwrap().iter().map(|one| one["message"].to_string()).collect();
    for reason in ["binary", "at most", "Git LFS"] {
        assert!(told.iter().any(|message| message.contains(reason)), "{reason}: {told:?}");
    }
    assert_eq!(told.len(), 4, "what comes after a file that is too large is read: {told:?}");
}

#[test]
fn merges_that_are_not_decided_and_other_repositories_are_told() {
    let repository = Repository::new("merge");
    repository.write("a.yaml", "a: 1\n").write("celador.yaml", PROJECT).commit("first");
    repository.git(&["checkout", "--quiet", "-b", "other"]);
    repository.write("a.yaml", "a: 2\n").commit("other");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("a.yaml", "a: 3\n").commit("main");
    assert!(!repository.try_git(&["merge", "other"]).0);
    let id = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},sub", id.trim())]);
    let run = repository.celador(&["check", "--staged", "a.yaml", "sub"]);
    assert_eq!(run.code, Some(0), "the policy about files is not asked: {}", run.all());
    let run = repository.celador(&["check", "--staged", "--policy", "unreadable-file"]);
    assert!(run.stdout.contains("its merge is not decided"), "{}", run.all());
    assert!(run.stdout.contains("submodules"), "{}", run.all());
}

#[test]
fn without_git_or_a_repository_there_is_a_way_out() {
    let folder = std::env::temp_dir().join(format!("celador-no-repository-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let run = crate::run::celador(&folder, &["check", "--staged"]);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("lies in no git repository"), "{}", run.all());
    let repository = Repository::project("no-git");
    let output = repository
        .command(env!("CARGO_BIN_EXE_celador"))
        .args(["check", "--staged"])
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be started"));
}

#[test]
fn the_index_that_git_uses_for_a_commit_is_read() {
    let repository = Repository::project("other-index");
    repository
        .write("a.yaml", manifest("a", "a:1.0"))
        .write("b.yaml", manifest("b", "b:1.0"))
        .commit("first");
    repository.write("a.yaml", manifest("a", "a:latest"));
    // What `git commit -a` and `git commit FILE` do before they call the hook.
    std::fs::copy(repository.path().join(".git/index"), repository.path().join(".git/next-index")).unwrap();
    let with_index = |program: &str| {
        let mut command = repository.command(program);
        command.env("GIT_INDEX_FILE", ".git/next-index");
        command
    };
    assert!(with_index("git").args(["add", "a.yaml"]).status().unwrap().success());
    let mut celador = with_index(env!("CARGO_BIN_EXE_celador"));
    assert_eq!(celador.args(["check", "--staged"]).output().unwrap().status.code(), Some(1));
    assert_eq!(repository.celador(&["check", "--staged"]).code, Some(0));
}
