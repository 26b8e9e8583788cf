//! `--base`: what is new, and that a change cannot exempt itself.
//!
//! Each hostile case is a repository with a commit that is clean, and a change that adds a violation and
//! something that is meant to hide it. None of them may end with 0.

use super::{PROJECT, Repository, findings, manifest};
use crate::run::Run;

const RELAXED: &str = "check-relaxed-by-change";

/// What the checks of these tests are told with.
fn check(repository: &Repository, arguments: &[&str]) -> Run {
    let all = ["check", "--base", "main", "--format", "json"];
    repository.celador(&[&all[..], arguments].concat())
}

fn lines(run: &Run, policy: &str) -> Vec<String> {
    let of = |line: String| line.strip_prefix(policy).map(|rest| rest.trim().to_owned());
    findings(run).into_iter().filter_map(of).collect()
}

/// What is set aside, one line each: by what, policy, path, line.
fn set_aside(run: &Run) -> Vec<String> {
    let report = run.json();
    let told = |one: &serde_json::Value| {
        let by = one["set_aside"]["by"].as_str().unwrap_or("waiver");
        let (file, line) = (one["primary"]["file"].as_str().unwrap(), &one["primary"]["line"]);
        format!("{by} {file}:{line}")
    };
    let lists = ["waived", "set_aside"].iter().flat_map(|list| report[list].as_array().unwrap());
    lists.map(told).collect()
}

/// A repository on a branch `change` whose `main` holds some files.
fn changed(name: &str, files: &[(&str, &str)]) -> Repository {
    let repository = Repository::new(name);
    for (path, text) in files {
        repository.write(path, text);
    }
    repository.commit("before");
    repository.git(&["checkout", "--quiet", "-b", "change"]);
    repository
}

#[test]
fn what_stood_before_is_set_aside_and_what_is_new_counts() {
    let old = manifest("old", "old:latest");
    let repository = changed(
        "new",
        &[("celador.yaml", PROJECT), ("old.yaml", &old), ("moved.yaml", &manifest("m", "m:latest"))],
    );
    let run = check(&repository, &[]);
    assert_eq!((run.code, findings(&run)), (Some(0), vec![]), "{}", run.all());
    assert_eq!(set_aside(&run), ["base moved.yaml:9", "base old.yaml:9"]);
    // Lines move, a file is renamed, and a second copy is new.
    repository.write("old.yaml", format!("# a line more\n{old}")).write("k8s/copy.yaml", &old);
    repository.git(&["mv", "moved.yaml", "k8s/renamed.yaml"]);
    repository.commit("change");
    for arguments in [&[][..], &["--staged"], &["k8s"], &["--staged", "k8s/copy.yaml"]] {
        let run = check(&repository, arguments);
        assert_eq!(
            (run.code, findings(&run)),
            (Some(1), vec!["floating-image-tag k8s/copy.yaml:9".to_owned()]),
            "{arguments:?}"
        );
    }
    assert_eq!(set_aside(&check(&repository, &[])), ["base k8s/renamed.yaml:9", "base old.yaml:10"]);
}

#[test]
fn the_commit_is_the_one_where_the_change_left() {
    let repository = changed("left", &[("celador.yaml", PROJECT), ("a.yaml", &manifest("a", "a:1"))]);
    repository.write("a.yaml", manifest("a", "a:latest")).commit("wrong");
    // Another change made the same mistake on main since: it is this change's all the same.
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("a.yaml", manifest("a", "a:latest")).commit("wrong there, too");
    repository.git(&["checkout", "--quiet", "change"]);
    assert_eq!(check(&repository, &[]).code, Some(1));
}

#[test]
fn commits_that_are_not_there_are_told_with_a_way_out() {
    let repository = changed("references", &[("celador.yaml", PROJECT), ("a.yaml", &manifest("a", "a:1"))]);
    repository.write("a.yaml", manifest("a", "a:2")).commit("second");
    for (reference, reason) in [
        ("nowhere", "there is no commit `nowhere`"),
        ("--upload-pack=touch x", "there is no commit"),
        ("main..change", "there is no commit"),
        ("", "there is no commit ``"),
    ] {
        let run = repository.celador(&["check", &format!("--base={reference}")]);
        assert!(run.code == Some(2) && run.stderr.contains(reason), "{reference}: {}", run.all());
    }
    let clone = Repository::new("shallow");
    let from = format!("file://{}", repository.path().display());
    clone.git(&["fetch", "--quiet", "--depth=1", &from, "change"]);
    clone.git(&["checkout", "--quiet", "FETCH_HEAD"]);
    let run = clone.celador(&["check", "--base", "main"]);
    assert!(run.code == Some(2) && run.stderr.contains("fetch-depth: 0"), "{}", run.all());
    clone.git(&["fetch", "--quiet", "--depth=1", &from, "main:main"]);
    let run = clone.celador(&["check", "--base", "main"]);
    assert!(run.code == Some(2) && run.stderr.contains("fetch-depth: 0"), "{}", run.all());
}

#[test]
fn histories_without_a_common_commit_are_compared_as_they_are() {
    let repository = changed("orphan", &[("celador.yaml", PROJECT), ("a.yaml", &manifest("a", "a:latest"))]);
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    assert_eq!(check(&repository, &[]).code, Some(0), "nothing committed yet");
    repository.write("b.yaml", manifest("b", "b:latest")).commit("orphan");
    let run = check(&repository, &[]);
    assert_eq!((run.code, findings(&run)), (Some(1), vec!["floating-image-tag b.yaml:9".to_owned()]));
}

/// A policy of the project's own that wants no service called `bad`.
const OWN: &str = "apiVersion: celador/v1\nkind: Policy\nmetadata: {name: own, title: Own}\nspec:\n  severity: error\n  \
                   rationale: A test.\n  target: {kind: Deployment}\n  params:\n    name: {type: string, default: bad, description: A name.}\n  \
                   validations:\n    - {expression: deployment.service != params.name, message: a bad name}\n";

const WITH_OWN: &str = "version: 1\npolicies: {builtin: none, paths: [policies/], configure: {floating-image-tag: {action: deny}}}\n";

const WAIVER: &str =
    "\nwaivers:\n  - {policy: floating-image-tag, owner: \"@me\", reason: because, expires: 2999-12-31}\n";

/// What a change is called, the project file before it, its files (an empty text deletes), and where what it
/// made laxer is listed.
type Hostile = (&'static str, String, Vec<(&'static str, String)>, &'static str);

fn hostile() -> Vec<Hostile> {
    let with = |more: &str| format!("{PROJECT}{more}");
    vec![
        ("a waiver", PROJECT.into(), vec![("celador.yaml", with(WAIVER))], "celador.yaml:5"),
        ("an exclusion", PROJECT.into(), vec![("celador.yaml", with("exclude: [\"bad.yaml\"]\n"))], "celador.yaml:3"),
        ("an exclusion of all", PROJECT.into(), vec![("celador.yaml", with("exclude: [\"**\"]\n"))], "celador.yaml:3"),
        ("an inclusion", PROJECT.into(), vec![("celador.yaml", with("include: [\"good/**\"]\n"))], "celador.yaml:3"),
        (
            "an action",
            PROJECT.into(),
            vec![("celador.yaml", with("actions: [{policy: floating-image-tag, action: warn}]\n"))],
            "celador.yaml:3",
        ),
        (
            "an action for all",
            PROJECT.into(),
            vec![("celador.yaml", with("actions: [{action: audit}]\n"))],
            "celador.yaml:3",
        ),
        (
            "a policy's own action",
            PROJECT.into(),
            vec![("celador.yaml", PROJECT.replace("action: deny", "action: warn"))],
            "celador.yaml:2",
        ),
        (
            "a policy turned off",
            PROJECT.into(),
            vec![("celador.yaml", PROJECT.replace("action: deny", "enabled: false"))],
            "celador.yaml:2",
        ),
        ("no word of the policy", PROJECT.into(), vec![("celador.yaml", "version: 1\npolicies: {builtin: none}\n".into())], "celador.yaml:1"),
        ("no project file", PROJECT.into(), vec![("celador.yaml", String::new())], "celador.yaml:1"),
        (
            "no built-in policies",
            "version: 1\nactions: [{policy: floating-image-tag, action: deny}]\n".into(),
            vec![("celador.yaml", "version: 1\npolicies: {builtin: none}\nactions: [{policy: floating-image-tag, action: deny}]\n".into())],
            "celador.yaml:2",
        ),
        (
            "a row that is gone",
            "version: 1\nactions: [{policy: floating-image-tag, action: deny}]\n".into(),
            vec![("celador.yaml", "version: 1\n".into())],
            "celador.yaml:1",
        ),
        ("a policy deleted", WITH_OWN.into(), vec![("policies/own.yaml", String::new())], "celador.yaml:1"),
        ("a policy emptied", WITH_OWN.into(), vec![("policies/own.yaml", "# nothing\n".into())], "celador.yaml:1"),
        ("a policy renamed", WITH_OWN.into(), vec![("policies/own.yaml", OWN.replace("name: own", "name: owned").replace("default: bad", "default: other"))], "celador.yaml:1"),
        ("a policy's condition", WITH_OWN.into(), vec![("policies/own.yaml", OWN.replace("deployment.service != params.name", "true"))], "policies/own.yaml:3"),
        ("a policy's severity", WITH_OWN.into(), vec![("policies/own.yaml", OWN.replace("severity: error", "severity: info"))], "policies/own.yaml:3"),
        ("a policy's parameter", WITH_OWN.into(), vec![("policies/own.yaml", OWN.replace("default: bad", "default: other"))], "policies/own.yaml:3"),
        (
            "a parameter",
            WITH_OWN.into(),
            vec![("celador.yaml", WITH_OWN.replace("configure: {", "configure: {own: {params: {name: other}}, "))],
            "celador.yaml:2",
        ),
        (
            "a folder of policies that is not named any more",
            WITH_OWN.into(),
            vec![("celador.yaml", PROJECT.into())],
            "celador.yaml:1",
        ),
        (
            "a local policy with the name of a built-in one",
            PROJECT.into(),
            vec![
                ("celador.yaml", PROJECT.replace("builtin: none", "builtin: none, paths: [mine.yaml]")),
                ("mine.yaml", OWN.replace("name: own", "name: floating-image-tag").replace("default: bad", "default: other")),
            ],
            "mine.yaml:3",
        ),
        (
            "a relaxed file that is extended",
            format!("{PROJECT}extends: shared.yaml\n"),
            vec![("shared.yaml", "version: 1\nexclude: [\"bad.yaml\"]\n".into())],
            "shared.yaml:2",
        ),
        (
            "a waiver for longer",
            with(&WAIVER.replace("2999-12-31", "2020-11-01")),
            vec![("celador.yaml", with(WAIVER))],
            "celador.yaml:5",
        ),
    ]
}

#[test]
fn a_change_cannot_exempt_itself() {
    for (number, (what, before, change, place)) in hostile().into_iter().enumerate() {
        let own = if before.contains("policies/") { OWN } else { "# no policy\n" };
        let files = [
            ("celador.yaml", before.as_str()),
            ("policies/own.yaml", own),
            ("shared.yaml", "version: 1\n"),
            ("good/a.yaml", "a: 1\n"),
        ];
        let repository = changed(&format!("hostile-{number}"), &files);
        for (path, text) in change {
            if text.is_empty() {
                repository.git(&["rm", "--quiet", path]);
            } else {
                repository.write(path, text);
            }
        }
        repository.write("bad.yaml", manifest("bad", "bad:latest")).commit("change");
        for arguments in [&[][..], &["bad.yaml"], &["--staged"]] {
            let run = check(&repository, arguments);
            assert!(matches!(run.code, Some(1 | 2)), "{what} {arguments:?}: {}", run.all());
            let counts =
                findings(&run).iter().any(|line| line.contains(" bad.yaml:") && !line.starts_with(RELAXED));
            assert!(counts, "{what} {arguments:?}: {}", run.all());
            assert!(
                lines(&run, RELAXED).contains(&place.to_owned()),
                "{what} {arguments:?}: {:#?}",
                findings(&run)
            );
        }
    }
}

#[test]
fn a_quiet_run_tells_what_a_change_takes_out_of_sight() {
    let files = [
        ("celador.yaml", PROJECT),
        ("bad.yaml", &manifest("bad", "bad:1")),
        ("good.yaml", &manifest("good", "good:1")),
    ];
    let repository = changed("quiet", &files);
    repository.git(&["mv", "bad.yaml", "bad.txt"]);
    repository.write("bad.txt", manifest("bad", "bad:latest")).commit("change");
    for format in ["human", "concise"] {
        let run = repository.celador(&["check", "--base", "main", "--quiet", "--format", format]);
        assert!(run.stdout.contains(RELAXED) && run.stdout.contains("bad.yaml"), "{format}: {}", run.all());
    }
}

#[test]
fn what_only_makes_checks_stricter_is_not_listed() {
    let lax = "version: 1\nexclude: [\"other/**\"]\npolicies: {builtin: none, configure: {floating-image-tag: {action: warn}}}\n\
               actions: [{policy: x-y, action: warn, until: 2027-01-31}]\ngates: {staging: {tolerate: 2}}\n";
    let strict = "version: 1\npolicies: {builtin: none, paths: [policies/], configure: {floating-image-tag: {action: deny}}}\n\
                  gates: {staging: {tolerate: 0}}\n";
    let lax = lax.replace("actions: [{policy: x-y, action: warn, until: 2027-01-31}]\n", "");
    let repository = changed(
        "stricter",
        &[
            ("celador.yaml", &lax),
            ("old.yaml", &manifest("bad", "bad:latest")),
            ("other/a.yaml", &manifest("o", "o:latest")),
        ],
    );
    repository.write("celador.yaml", strict).write("policies/own.yaml", OWN).commit("change");
    let run = check(&repository, &[]);
    assert_eq!(
        (run.code, findings(&run)),
        (Some(0), vec![]),
        "what stood before does not deny: {}",
        run.all()
    );
    assert_eq!(set_aside(&run).len(), 3, "and is listed: {:?}", set_aside(&run));
    repository.write("new.yaml", manifest("bad", "bad:1")).commit("and a violation");
    let run = check(&repository, &[]);
    assert_eq!(
        (run.code, findings(&run)),
        (Some(1), vec!["own new.yaml:3".to_owned()]),
        "the new policy holds"
    );
}

#[test]
fn waivers_that_stood_hold_and_those_that_are_gone_do_not() {
    let before = format!("{PROJECT}{WAIVER}");
    let repository = changed("waived", &[("celador.yaml", &before), ("a.yaml", &manifest("a", "a:latest"))]);
    repository.write("b.yaml", manifest("b", "b:latest")).commit("another");
    let run = check(&repository, &[]);
    assert_eq!(
        (run.code, set_aside(&run)),
        (Some(0), vec!["waiver a.yaml:9".into(), "waiver b.yaml:9".to_owned()])
    );
    repository.write("celador.yaml", PROJECT).commit("without the waiver");
    let run = check(&repository, &[]);
    assert_eq!(run.code, Some(1), "what the waiver held is new: {}", run.all());
    assert_eq!(lines(&run, "floating-image-tag"), ["a.yaml:9", "b.yaml:9"]);
    assert!(lines(&run, RELAXED).is_empty(), "nothing was made laxer");
}

#[test]
fn a_new_waiver_for_what_stood_is_listed_and_denies_nothing() {
    let repository =
        changed("new-waiver", &[("celador.yaml", PROJECT), ("a.yaml", &manifest("a", "a:latest"))]);
    repository.write("celador.yaml", format!("{PROJECT}{WAIVER}")).commit("a waiver");
    let run = check(&repository, &[]);
    assert_eq!((run.code, set_aside(&run)), (Some(0), vec!["base a.yaml:9".to_owned()]), "{}", run.all());
    assert_eq!(findings(&run), [format!("{RELAXED} celador.yaml:5")]);
    let human = repository.celador(&["check", "--base", "main"]);
    assert!(human.stdout.contains("a new waiver of `floating-image-tag`"), "{}", human.stdout);
}

#[test]
fn a_schema_that_the_change_has_loosened_holds_as_it_was() {
    let schema = "{\"type\": \"object\", \"required\": [\"port\"]}";
    let project = "version: 1\npolicies: {builtin: recommended}\nschemas: [{files: \"services/*.yaml\", schema: schemas/s.json}]\n";
    let repository = changed("schema", &[("celador.yaml", project), ("schemas/s.json", schema)]);
    repository
        .write("schemas/s.json", "{\"type\": \"object\"}")
        .write("services/a.yaml", "name: a\n")
        .commit("change");
    let run = check(&repository, &[]);
    assert_eq!(
        (run.code, lines(&run, "schema-violation")),
        (Some(1), vec!["services/a.yaml:1".to_owned()]),
        "{}",
        run.all()
    );
    assert_eq!(lines(&run, RELAXED).len(), 1, "{}", run.all());
}

/// Deploys a service, with further flags.
fn script(service: &str, flags: &str) -> String {
    format!("#!/bin/sh\ngcloud run deploy {service} --image eu.gcr.io/acme/{service}:1 {flags}\n")
}

#[test]
fn what_a_change_moves_adds_or_mends_is_not_listed() {
    let settled = [
        ("celador.yaml", "version: 1\n"),
        ("a.sh", &script("a", "--memory 2Gi --cpu 1")),
        ("two.sh", &format!("{}{}", script("b", "--memory 2Gi"), script("c", "--memory 2Gi"))),
        ("k8s/w.yaml", &manifest("w", "eu.gcr.io/acme/w:1")),
    ];
    let repository = changed("moves", &settled);
    repository
        .write("b.sh", script("b", "--memory 2Gi"))
        .write("two.sh", script("c", "--memory 4Gi --cpu 2"))
        .write("new.sh", script("new", "--memory $MEMORY $MORE"))
        .write("apps/w/deployment.yaml", manifest("w", "eu.gcr.io/acme/w:2"));
    repository.git(&["mv", "a.sh", "release.sh"]);
    repository.git(&["rm", "--quiet", "k8s/w.yaml"]);
    repository.commit("change");
    for paths in [&[][..], &["--staged"], &["apps"]] {
        assert!(lines(&check(&repository, paths), RELAXED).is_empty(), "{}", check(&repository, paths).all());
    }
    repository.git(&["rm", "--quiet", "new.sh"]);
    repository.git(&["mv", "release.sh", "release.txt"]);
    repository.commit("out of sight");
    assert_eq!(lines(&check(&repository, &[]), RELAXED), ["celador.yaml:1"]);
    assert_eq!(lines(&check(&repository, &["--staged", "."]), RELAXED), ["celador.yaml:1"]);
    assert!(lines(&check(&repository, &["apps"]), RELAXED).is_empty(), "a.sh was not asked about");
}

#[test]
fn a_tag_does_not_pass_for_a_branch() {
    let repository = changed("tag", &[("celador.yaml", PROJECT), ("a.yaml", &manifest("a", "a:1"))]);
    repository.write("a.yaml", manifest("a", "a:latest")).commit("change");
    repository.git(&["tag", "main"]);
    let run = check(&repository, &[]);
    assert!(run.code == Some(2) && run.stderr.contains("refs/heads/main"), "{}", run.all());
    let run = repository.celador(&["check", "--base", "refs/heads/main"]);
    assert_eq!(run.code, Some(1), "{}", run.all());
}

#[test]
fn settings_that_were_broken_can_be_mended() {
    let repository =
        changed("broken", &[("celador.yaml", "version: 1\nexlude: [x]\n"), ("a.yaml", "a: 1\n")]);
    repository.write("celador.yaml", PROJECT).write("a.yaml", manifest("a", "a:1")).commit("mended");
    let run = check(&repository, &[]);
    assert_eq!(run.code, Some(0), "{}", run.all());
    assert!(run.stdout.contains("base-settings"), "{}", run.stdout);
}

/// The comment of a waiver.
const COMMENT: &str = "# celador: allow(floating-image-tag) until=2999-12-31 owner=@me reason=\"because\"";

/// A manifest with a waiver behind its image.
fn waived(name: &str, image: &str) -> String {
    format!("{}  {COMMENT}\n", manifest(name, image).trim_end())
}

#[test]
fn a_comment_of_the_same_change_sets_nothing_aside() {
    let repository =
        changed("comment", &[("celador.yaml", PROJECT), ("old.yaml", &manifest("old", "old:latest"))]);
    repository.write("bad.yaml", waived("bad", "bad:latest"));
    repository.write(
        "all.yaml",
        format!("{}\n{}", COMMENT.replace("allow(", "allow-file("), manifest("all", "all:latest")),
    );
    repository.write("old.yaml", waived("old", "old:latest")).commit("change");
    let run = check(&repository, &[]);
    assert_eq!(
        (run.code, lines(&run, "floating-image-tag")),
        (Some(1), vec!["all.yaml:10".into(), "bad.yaml:9".to_owned()]),
        "{}",
        run.all()
    );
    assert_eq!(set_aside(&run), ["base old.yaml:9"], "what stood stands, with the comment and without");
    let line = "      containers: [";
    repository
        .write("old.yaml", manifest("old", "old:latest").replace(line, &format!("      {COMMENT}\n{line}")));
    let run = check(&repository, &[]);
    assert!(set_aside(&run).contains(&"base old.yaml:10".to_owned()), "{:?}", set_aside(&run));
    assert_eq!(lines(&run, RELAXED), ["all.yaml:1", "bad.yaml:9", "old.yaml:9"]);
}

#[test]
fn a_comment_that_stood_holds_for_what_it_held() {
    let two = |first: &str, second: &str| format!("{}---\n{}", first, second);
    let before = two(&waived("a", "a:latest"), &manifest("b", "b:1"));
    let file = format!("{}\n{}", COMMENT.replace("allow(", "allow-file("), manifest("f", "f:latest"));
    let repository = changed(
        "comment-stood",
        &[
            ("celador.yaml", PROJECT),
            ("two.yaml", &before),
            ("file.yaml", &file),
            ("moved.yaml", &waived("m", "m:latest")),
        ],
    );
    // Its line is touched, its file renamed, and a second violation stands in a file that is waived whole.
    repository.write("two.yaml", two(&waived("a", "other:latest"), &manifest("b", "b:1")));
    repository.write("file.yaml", format!("{file}---\n{}", manifest("g", "g:latest")));
    repository.git(&["mv", "moved.yaml", "renamed.yaml"]);
    repository.commit("change");
    let run = check(&repository, &[]);
    assert_eq!((run.code, findings(&run)), (Some(0), vec![]), "{}", run.all());
    assert_eq!(set_aside(&run).len(), 4, "{:?}", set_aside(&run));
    // The waiver wanders to another service: what it held before counts, and what it hides now.
    repository.write("two.yaml", two(&manifest("a", "a:1"), &waived("b", "b:latest"))).commit("wandered");
    let run = check(&repository, &[]);
    assert_eq!(
        (run.code, lines(&run, "floating-image-tag")),
        (Some(1), vec!["two.yaml:19".to_owned()]),
        "{}",
        run.all()
    );
    // Without it, what it held is new.
    repository.write("two.yaml", two(&manifest("a", "a:latest"), &manifest("b", "b:1"))).commit("without");
    assert_eq!(check(&repository, &[]).code, Some(1));
}

#[test]
fn a_new_policy_with_a_waiver_in_the_same_change_does_not_hide_what_is_new() {
    let repository = changed("new-policy", &[("celador.yaml", PROJECT), ("a.yaml", &manifest("a", "a:1"))]);
    let waiver = WAIVER.replace("floating-image-tag", "own");
    repository.write(
        "celador.yaml",
        format!("{}{waiver}", PROJECT.replace("builtin: none", "builtin: none, paths: [policies/]")),
    );
    repository.write("policies/own.yaml", OWN).write("bad.yaml", manifest("bad", "bad:1")).commit("change");
    let run = check(&repository, &[]);
    assert_eq!((run.code, lines(&run, "own")), (Some(1), vec!["bad.yaml:3".to_owned()]), "{}", run.all());
}

#[test]
fn every_format_tells_of_a_change() {
    let repository = changed(
        "formats",
        &[
            ("celador.yaml", PROJECT),
            ("policies/own.yaml", OWN),
            ("old.yaml", &manifest("old", "old:latest")),
        ],
    );
    repository
        .write("celador.yaml", format!("{PROJECT}{WAIVER}"))
        .write("bad.yaml", manifest("bad", "bad:latest"))
        .commit("change");
    for format in ["human", "json", "sarif", "github", "junit", "markdown"] {
        let run = repository.celador(&["check", "--base", "main", "--format", format]);
        assert_eq!(run.code, Some(1), "{format}: {}", run.all());
        assert!(run.stdout.contains(RELAXED), "{format}: {}", run.stdout);
    }
}

#[test]
fn what_a_change_records_of_itself_does_not_hold_for_it() {
    let repository =
        changed("recorded", &[("celador.yaml", PROJECT), ("old.yaml", &manifest("old", "old:latest"))]);
    repository.write("bad.yaml", manifest("bad", "bad:latest"));
    let run = repository.celador(&["baseline"]);
    assert_eq!(run.code, Some(0), "{}", run.all());
    repository.commit("change");
    assert_eq!(repository.celador(&["check"]).code, Some(0), "without a base the baseline holds");
    let run = check(&repository, &[]);
    assert_eq!(
        (run.code, lines(&run, "floating-image-tag")),
        (Some(1), vec!["bad.yaml:9".to_owned()]),
        "{}",
        run.all()
    );
    assert_eq!(lines(&run, RELAXED).len(), 2, "both entries are listed: {:?}", findings(&run));
}

#[test]
fn what_a_change_tolerates_does_not_hold_for_it() {
    let bad = manifest("bad", "bad:latest");
    for (number, (more, flags)) in [
        ("gates: {staging: {tolerate: 5, reason: because}}\n", &[][..]),
        ("bypass: {environments: [staging]}\n", &["--bypass", "because"][..]),
    ]
    .into_iter()
    .enumerate()
    {
        let repository =
            changed(&format!("tolerates-{number}"), &[("celador.yaml", PROJECT), ("a.yaml", "a: 1\n")]);
        repository.write("celador.yaml", format!("{PROJECT}{more}")).write("k8s/staging/bad.yaml", &bad);
        repository.commit("change");
        let alone = repository.celador(&[&["check"], flags].concat());
        assert_eq!(alone.code, Some(0), "{more}: it does hide something: {}", alone.all());
        let run = check(&repository, flags);
        assert!(matches!(run.code, Some(1 | 2)), "{more}: {}", run.all());
        assert_eq!(lines(&run, "floating-image-tag"), ["k8s/staging/bad.yaml:9"], "{more}");
        assert_eq!(lines(&run, RELAXED), ["celador.yaml:3"], "{more}: {}", run.all());
    }
}
