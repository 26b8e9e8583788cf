//! The limits that stand in the platforms' tables are those that the pack's policies enforce: each policy
//! is silent at the limit and speaks just beyond it.

use crate::run::{Scratch, celador};
use celador::platform::{Bound, find};
use std::fmt::Write as _;

/// Limits with the policy that enforces them, the flags of a deployment at a value, and which neighbour
/// of the limit is wrong.
const CASES: &[(&str, &str, &str, i64)] = &[
    ("memory_floor", "cloud-run-limits", "--memory {}", -1),
    ("memory_floor_gen2", "cloud-run-limits", "--execution-environment gen2 --memory {}", -1),
    ("memory_cap", "cloud-run-limits", "--cpu 8 --memory {}", 1),
    ("timeout_cap", "cloud-run-limits", "--timeout {}", 1),
    ("concurrency_cap", "cloud-run-limits", "--concurrency {}", 1),
    (
        "startup_budget_cap",
        "startup-probe-above-cap",
        "--startup-probe=httpGet.path=/health,periodSeconds=1,failureThreshold={}",
        1,
    ),
];

fn limit(name: &str) -> Bound {
    find("cloud-run").unwrap().limit(name).unwrap_or_else(|| panic!("no limit {name}")).bound
}

/// A quantity or a number as written, and its neighbour: `128Mi` and `127Mi`.
fn neighbours(written: &str, step: i64) -> (String, String) {
    let digits = written.trim_end_matches(char::is_alphabetic);
    let unit = &written[digits.len()..];
    let number: i64 = digits.parse().unwrap();
    (written.to_owned(), format!("{}{unit}", number + step))
}

/// Which of the numbered services a policy finds fault with.
fn faulty(policy: &str, flags: &[String]) -> Vec<usize> {
    let scratch = Scratch::new(&format!("limits-{policy}"));
    scratch.write("celador.yaml", "version: 1\n");
    let mut script = String::new();
    for (index, flags) in flags.iter().enumerate() {
        writeln!(script, "gcloud run deploy service-{index} --image registry.example.com/a:1 {flags}")
            .unwrap();
    }
    scratch.write("deploy.sh", &script);
    let json = celador(scratch.path(), &["check", ".", "--format", "json", "--policy", policy]).json();
    let mut found: Vec<usize> = (json["findings"].as_array().unwrap().iter())
        .map(|finding| finding["service"].as_str().unwrap().rsplit('-').next().unwrap().parse().unwrap())
        .collect();
    found.dedup();
    found
}

#[test]
fn policies_speak_just_beyond_the_limits_of_the_table() {
    for (name, policy, template, step) in CASES {
        let (at, beyond) = match limit(name) {
            Bound::Quantity(written) => neighbours(written, *step),
            Bound::Duration(seconds) => (seconds.to_string(), (seconds + step).to_string()),
            Bound::Int(number) => (number.to_string(), (number + step).to_string()),
            other => panic!("{name} is {other:?}"),
        };
        let flags = [template.replace("{}", &at), template.replace("{}", &beyond)];
        assert_eq!(faulty(policy, &flags), [1], "{policy} at {at} and at {beyond} ({name})");
    }
}

#[test]
fn couplings_of_memory_and_cpu_are_those_of_the_table() {
    let Bound::Coupled(cpu_for_memory) = limit("cpu_for_memory") else { panic!("a coupling") };
    let Bound::Coupled(memory_for_cpu) = limit("memory_for_cpu") else { panic!("a coupling") };
    let (mut flags, mut wrong) = (Vec::new(), Vec::new());
    let mut below = "0.1";
    for (memory, cpu) in cpu_for_memory {
        let (at, above) = neighbours(memory, 1);
        // At the limit the smaller CPU still does, unless that CPU asks for more memory itself.
        flags.push(format!("--memory {at} --cpu {below}"));
        flags.push(format!("--memory {above} --cpu {cpu}"));
        wrong.push(flags.len());
        flags.push(format!("--memory {above} --cpu {below}"));
        below = cpu;
    }
    for (cpu, memory) in memory_for_cpu {
        flags.push(format!("--memory {memory} --cpu {cpu}"));
        wrong.push(flags.len());
        flags.push(format!("--memory {} --cpu {cpu}", neighbours(memory, -1).1));
    }
    assert_eq!(faulty("cloud-run-cpu-for-memory", &flags), wrong, "{flags:#?}");
}

#[test]
fn every_limit_and_every_default_names_its_page() {
    for platform in celador::platform::ALL {
        for limit in platform.limits {
            assert!(limit.page.starts_with("https://"), "{} {}", platform.name, limit.name);
            assert!(!limit.description.is_empty(), "{} {}", platform.name, limit.name);
        }
        for default in platform.defaults {
            assert!(default.page.starts_with("https://"), "{} {}", platform.name, default.setting);
            assert!(
                celador::model::catalogue::find(default.setting).is_some(),
                "{} fills {}, which the catalogue does not know",
                platform.name,
                default.setting
            );
        }
    }
}

/// The codes of what is told of a project's files, each with the file.
fn told(name: &str, files: &[(&str, String)]) -> Vec<(String, String)> {
    let scratch = Scratch::new(&format!("told-{name}"));
    scratch.write("celador.yaml", "version: 1\n");
    for (path, text) in files {
        scratch.write(path, text);
    }
    let json = celador(scratch.path(), &["check", ".", "--format", "json"]).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let errors = json["errors"].as_array().unwrap().iter();
    let told = errors.map(|error| (text(&error["code"]), text(&error["span"]["file"])));
    let findings = json["findings"].as_array().unwrap().iter();
    let unreadable = findings.filter(|finding| finding["policy"] == "unreadable-file");
    let unreadable = unreadable.map(|finding| (text(&finding["policy"]), text(&finding["primary"]["file"])));
    told.chain(unreadable).collect()
}

#[test]
fn a_script_that_is_called_in_too_many_ways_is_told() {
    let deploy = "gcloud run deploy \"shop-$1\" --image a:1 --memory 1Gi\n".to_owned();
    let calls = |count: usize| (0..count).map(|n| format!("bash deploy.sh s{n}\n")).collect::<String>();
    let few = told("calls-few", &[("deploy.sh", deploy.clone()), ("all.sh", calls(64))]);
    assert!(!few.iter().any(|(code, _)| code == "script-limit"), "{few:?}");
    let many = told("calls-many", &[("deploy.sh", deploy), ("all.sh", calls(65))]);
    assert!(many.contains(&("script-limit".to_owned(), "all.sh".to_owned())), "{many:?}");
}

#[test]
fn a_script_that_may_be_in_too_many_folders_is_told() {
    let go = |count: usize| (0..count).map(|n| format!("cd stacks/s{n}\n")).collect::<String>();
    let script = |count| format!("{}terraform apply -var memory=1Gi\n", go(count));
    assert!(told("folders-few", &[("apply.sh", script(3))]).is_empty());
    let many = told("folders-many", &[("apply.sh", script(20))]);
    assert!(many.contains(&("script-limit".to_owned(), "apply.sh".to_owned())), "{many:?}");
}

#[test]
fn recipes_and_tasks_that_nest_too_deeply_are_told() {
    let mut make = String::from("t0: MEMORY = 1Gi\n");
    let mut tasks = String::from("version: '3'\ntasks:\n");
    for n in 0..12 {
        writeln!(make, "t{n}: t{}\n\tgcloud run deploy s{n} --image a:1 --memory $(MEMORY)\n", n + 1)
            .unwrap();
        writeln!(
            tasks,
            "  t{n}:\n    cmds:\n      - gcloud run deploy s{n} --image a:1\n      - task: t{}",
            n + 1
        )
        .unwrap();
    }
    make.push_str("t12:\n\tgcloud run deploy last --image a:1\n");
    tasks.push_str("  t12:\n    cmds: [gcloud run deploy last --image a:1]\n");
    for (path, text) in [("Makefile", make), ("Taskfile.yml", tasks)] {
        let found = told(path, &[(path, text)]);
        assert!(found.iter().any(|(_, file)| file == path), "{path}: {found:?}");
    }
}
