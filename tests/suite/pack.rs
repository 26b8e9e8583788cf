//! The built-in pack: the examples of every policy run as tests, on the built program.

use crate::run::{Scratch, celador};
use celador::policy::{Actual, PACK, compare_example, read};
use celador::source::Sources;

/// The findings of one policy in a run's JSON.
fn findings(json: &serde_json::Value, list: &str, policy: &str) -> Vec<Actual> {
    let all = json[list].as_array().unwrap_or_else(|| panic!("the JSON has a list `{list}`"));
    let told = |finding: &serde_json::Value| Actual {
        file: finding["primary"]["file"].as_str().unwrap_or_default().to_owned(),
        line: finding["primary"]["line"]
            .as_u64()
            .and_then(|line| u32::try_from(line).ok())
            .unwrap_or_default(),
        message: finding["message"].as_str().unwrap_or_default().to_owned(),
    };
    all.iter().filter(|finding| finding["policy"] == policy).map(told).collect()
}

/// What `celador test` says of the pack: the examples pass, and hold more of the policies than ever before.
/// Raise these with the pack; a policy that is added with weak examples pulls them down.
const LEAST_COVERAGE: f64 = 84.0;
const LEAST_SCORE: f64 = 86.0;

#[test]
fn the_examples_of_the_pack_hold_it() {
    let folder = Scratch::new("pack-test");
    let run = celador(folder.path(), &["test", "--builtin", "--mutate", "--format", "json"]);
    let json = run.json();
    let failed = json["policies"].as_array().unwrap().iter().flat_map(|policy| {
        let examples = policy["examples"].as_array().unwrap();
        examples.iter().filter(|example| example["status"] != "passed")
    });
    let failed: Vec<String> = failed.map(ToString::to_string).collect();
    assert_eq!(run.code, Some(0), "{}", failed.join("\n"));
    let percent = |key: &str| json["summary"][key]["percent"].as_f64().unwrap();
    assert!(percent("coverage") >= LEAST_COVERAGE, "coverage {}", percent("coverage"));
    assert!(percent("mutation") >= LEAST_SCORE, "changes noticed {}", percent("mutation"));
}

#[test]
fn the_examples_of_the_pack_say_what_is_found() {
    let mut wrong = Vec::new();
    for builtin in PACK {
        let mut sources = Sources::new();
        let id = sources.add(builtin.path(), builtin.text());
        let (policies, _) = read(id, sources.get(id));
        let Some(policy) = policies.first() else { panic!("{} cannot be read", builtin.name) };
        for (index, example) in policy.examples.iter().enumerate() {
            let folder = Scratch::new(&format!("pack-{}-{index}", builtin.name));
            // A project file makes the folder a project of its own, and not a part of this one.
            folder.write("celador.yaml", "version: 1\n");
            for file in &example.files {
                folder.write(&file.path, &file.text);
            }
            let run = celador(folder.path(), &["check", ".", "--format", "json", "--policy", builtin.name]);
            let json = run.json();
            let found = findings(&json, "findings", builtin.name);
            let open = findings(&json, "undetermined", builtin.name);
            let mut differing = compare_example(&example.findings, &found);
            if let Some(expected) = &example.undetermined {
                differing.extend(compare_example(expected, &open));
            }
            let mut differences: Vec<String> = differing.iter().map(|one| format!("{one:?}")).collect();
            let errors = json["errors"].as_array().into_iter().flatten();
            differences.extend(errors.map(|error| format!("error: {}", error["message"])));
            if !differences.is_empty() {
                wrong.push(format!("{}, {}:\n  {}", builtin.name, example.name, differences.join("\n  ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples differ:\n{}", wrong.len(), wrong.join("\n"));
}
