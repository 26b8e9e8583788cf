//! `celador test` on policy files: what it says of failing examples, how it writes them anew, and how it
//! ends.

use crate::run::{Run, Scratch, celador};
use std::fs;

const POLICY: &str = "\
apiVersion: celador/v1
kind: Policy
metadata: {name: least, title: Enough memory}
spec:
  rationale: because
  target: {kind: Deployment}
  params: {minimum: {type: quantity, default: 1Gi, description: what it needs}}
  matchConditions:
    - {name: given, expression: has(deployment.memory)}
  validations:
    - expression: deployment.memory >= params.minimum
      messageExpression: '\"only \" + string(deployment.memory)'
  examples:
";

const DEPLOY: &str = "      files: {d.sh: \"gcloud run deploy a --image b/c:1 --memory 512Mi\\n\"}\n";

fn policy(examples: &str) -> String {
    format!("{POLICY}{}", examples.replace("DEPLOY\n", DEPLOY))
}

fn run(name: &str, examples: &str, arguments: &[&str]) -> (Run, String) {
    let folder = Scratch::new(name);
    folder.write("least.yaml", policy(examples));
    let run = celador(folder.path(), &[&["test", "least.yaml"], arguments].concat());
    let left = fs::read_to_string(folder.path().join("least.yaml")).unwrap();
    (run, left.strip_prefix(POLICY).unwrap().replace(DEPLOY, "DEPLOY\n"))
}

const WRONG: &str = "    - name: too little
DEPLOY
      findings:
        # why
        - {line: 2, message: only 512Mi} # moved
        - {line: 7}
    - name: surprise
DEPLOY
      findings: []  # nothing
    - name: other words
DEPLOY
      findings:
        - line: 1
          message: \"far too little: 512Mi\" # words
";

#[test]
fn a_failing_example_shows_the_difference_in_the_policy_file() {
    let (run, _) = run("test-human", WRONG, &[]);
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn update_writes_what_is_found_and_leaves_the_rest_alone() {
    let (first, left) = run("test-update", WRONG, &["--update"]);
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), "updated least.yaml\n"), "{}", first.stdout);
    insta::assert_snapshot!(left);
    let (second, again) = run("test-update-again", &left, &["--update"]);
    assert_eq!((second.code, second.stderr.as_str(), again), (Some(0), "", left));
}

#[test]
fn update_empties_and_fills_lists_of_either_form() {
    let examples = "    - findings: [{line: 9}, {line: 1, message: only 512Mi}]
      name: brackets
DEPLOY
    - name: nothing left
      files: {d.sh: \"gcloud run deploy a --image b/c:1 --memory 2Gi\\n\"}
      findings:
        - {line: 3}
        - {line: 4}
      undetermined: []
    - name: two files
      files:
        a.sh: |
          gcloud run deploy a --image b/c:1 --memory 512Mi
        b.sh: |
          gcloud run deploy b --image b/c:1 --memory 256Mi
      findings:
        - {file: a.sh, line: 4, message: x}
";
    let (run, left) = run("test-lists", examples, &["--update"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    insta::assert_snapshot!(left);
}

const RIGHT: &str = "    - name: too little
DEPLOY
      findings: [{line: 1, message: only 512Mi}]
";

#[test]
fn minimums_decide_and_changes_that_nobody_notices_are_told() {
    let (passes, _) = run("test-min", RIGHT, &["--min-coverage", "50"]);
    assert_eq!(passes.code, Some(0), "{}", passes.stdout);
    let (fails, _) = run("test-min-not", RIGHT, &["--min-coverage", "50.1"]);
    assert_eq!(fails.code, Some(1));
    let (score, _) = run("test-score", RIGHT, &["--min-score", "100", "-v"]);
    assert_eq!(score.code, Some(1));
    insta::assert_snapshot!(score.stdout);
    let (failing, _) = run("test-score-failing", WRONG, &["--min-score", "1"]);
    assert_eq!(failing.code, Some(1), "nothing is noticed by examples that fail");
}

#[test]
fn programs_read_json_and_junit() {
    let (json, _) = run("test-json", WRONG, &["--format", "json", "--example", "surprise"]);
    insta::assert_snapshot!("json", json.stdout);
    let (junit, _) = run("test-junit", WRONG, &["--format", "junit", "--min-coverage", "90"]);
    // The report's identity is random.
    let uuid = junit.stdout.lines().map(|line| line.split(" uuid=").next().unwrap_or(line));
    insta::assert_snapshot!("junit", uuid.collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_cannot_be_tested_is_an_error_of_the_call() {
    let folder = Scratch::new("test-usage");
    folder.write("least.yaml", policy(RIGHT));
    folder.write("wrong.yaml", policy(RIGHT).replace("deployment.memory >=", "deployment.memroy >="));
    folder.write("none.yaml", POLICY.replace("  examples:\n", ""));
    let code = |arguments: &[&str]| celador(folder.path(), &[&["test"], arguments].concat()).code;
    assert_eq!(code(&["least.yaml"]), Some(0));
    assert_eq!(code(&["least.yaml", "--policy", "leas*"]), Some(0));
    assert_eq!(code(&["least.yaml", "--policy", "other"]), Some(2), "no policy has this name");
    assert_eq!(code(&["least.yaml", "--example", "other"]), Some(2));
    assert_eq!(code(&["none.yaml"]), Some(2), "without examples nothing is tested");
    assert_eq!(code(&["missing.yaml"]), Some(2));
    assert_eq!(code(&[]), Some(2), "no celador.yaml names policies");
    let wrong = celador(folder.path(), &["test", "wrong.yaml"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stdout.contains("memroy"), "{}", wrong.stdout);
    folder.write("celador.yaml", "version: 1\npolicies: {paths: [least.yaml]}\n");
    assert_eq!(code(&[]), Some(0));
}
