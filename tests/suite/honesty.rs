//! Verdicts against brute force: scripts whose values hang on conditions and on unknown inputs are
//! judged once as they stand, and once for every way in which the inputs may turn out.
//!
//! A pass must be a pass in every completion; a failure must be one in some completion; and where
//! nothing is unknown but which branch is taken, the verdict must be exact.

use celador::check::{self, File, Project, Selected, Settings};
use celador::diagnostic::Finding;
use celador::input::Format;
use celador::policy::Selection;
use celador::report::Outcome;
use std::fmt::Write;

/// Scripts that are generated.
const CASES: u64 = 60;

/// What every input may turn out to be. All inputs share the words, so that an input that is tested
/// may be a value too.
const WORDS: [&str; 3] = ["x", "y", "z"];
const INPUTS: [&str; 2] = ["A", "B"];

const POLICIES: &[(&str, &str, &str)] = &[
    ("enough", "", "has(deployment.memory) && deployment.memory >= quantity(\"1Gi\")"),
    (
        "coupled",
        "",
        "!has(deployment.memory) || !has(deployment.cpu) || deployment.memory >= quantity(\"2Gi\") || deployment.cpu < quantity(\"2\")",
    ),
    (
        "chosen",
        "",
        "has(deployment.cpu) && deployment.cpu > quantity(\"1\") ? has(deployment.memory) : \"DEBUG\" in deployment.env",
    ),
    (
        "mode",
        "",
        "!(\"MODE\" in deployment.env && has(deployment.env[\"MODE\"].value) && deployment.env[\"MODE\"].value == \"x\")",
    ),
    (
        "matched",
        "has(deployment.memory) && deployment.memory < quantity(\"2Gi\")",
        "\"DEBUG\" in deployment.env || (has(deployment.cpu) && deployment.cpu >= quantity(\"2\"))",
    ),
    (
        "every",
        "",
        "deployment.env.all(name, name != \"DEBUG\" || (has(deployment.memory) && deployment.memory > quantity(\"1Gi\")))",
    ),
    ("some", "", "deployment.env.exists(name, name == \"DEBUG\" || name == \"MODE\")"),
    ("counted", "has(deployment.cpu) && deployment.cpu <= quantity(\"2\")", "size(deployment.env) >= 1"),
    ("neither", "", "!(has(deployment.memory) && \"DEBUG\" in deployment.env)"),
];

/// How a variable of the script gets its value.
enum Expression {
    /// One of the words of its kind; `None` leaves the flag out.
    Fixed(Option<&'static str>),
    /// An input of the script as it comes.
    Input(&'static str),
    /// By a test of an input.
    If { input: &'static str, word: &'static str, then: Box<Expression>, other: Box<Expression> },
}

/// What a command is given: the flag, and what may stand for it where the script says so.
struct Kind {
    variable: &'static str,
    flag: &'static str,
    words: &'static [&'static str],
    /// Whether an input may be its value.
    open: bool,
}

const KINDS: &[Kind] = &[
    Kind { variable: "MEM", flag: "--memory ", words: &["512m", "1g", "4g"], open: false },
    Kind { variable: "CPU", flag: "--cpus ", words: &["1", "2", "3"], open: false },
    Kind { variable: "MODE", flag: "-e MODE=", words: &["x", "y"], open: true },
    Kind { variable: "DBG", flag: "-e DEBUG=", words: &["1"], open: true },
];

/// A generator with a fixed sequence (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn expression(&mut self, kind: &Kind, depth: usize) -> Expression {
        match self.below(10) {
            0..=4 if depth > 0 => Expression::If {
                input: self.pick(&INPUTS),
                word: self.pick(&WORDS[..2]),
                then: Box::new(self.expression(kind, depth - 1)),
                other: Box::new(self.expression(kind, depth - 1)),
            },
            5 | 6 if kind.open => Expression::Input(self.pick(&INPUTS)),
            7 => Expression::Fixed(None),
            _ => Expression::Fixed(Some(self.pick(kind.words))),
        }
    }
}

impl Expression {
    /// The whole flag that the expression comes to.
    fn come_to(&self, kind: &Kind, inputs: &[(&str, &str)]) -> String {
        let of = |name: &str| inputs.iter().find(|(input, _)| *input == name).unwrap().1;
        match self {
            Expression::Fixed(word) => word.map_or(String::new(), |word| format!("{}{word}", kind.flag)),
            Expression::Input(input) => format!("{}{}", kind.flag, of(input)),
            Expression::If { input, word, then, other } => {
                if of(input) == *word {
                    then.come_to(kind, inputs)
                } else {
                    other.come_to(kind, inputs)
                }
            }
        }
    }

    fn write(&self, kind: &Kind, indent: usize, script: &mut String) {
        let variable = kind.variable;
        let pad = " ".repeat(indent);
        match self {
            Expression::Fixed(None) => writeln!(script, "{pad}{variable}=\"\"").unwrap(),
            Expression::Fixed(Some(word)) => {
                writeln!(script, "{pad}{variable}=\"{}{word}\"", kind.flag).unwrap()
            }
            Expression::Input(input) => {
                writeln!(script, "{pad}{variable}=\"{}${input}\"", kind.flag).unwrap()
            }
            Expression::If { input, word, then, other } => {
                writeln!(script, "{pad}if [ \"${input}\" = {word} ]; then").unwrap();
                then.write(kind, indent + 2, script);
                writeln!(script, "{pad}else").unwrap();
                other.write(kind, indent + 2, script);
                writeln!(script, "{pad}fi").unwrap();
            }
        }
    }

    fn is_unknown(&self) -> bool {
        match self {
            Expression::Fixed(_) => false,
            Expression::Input(_) => true,
            Expression::If { then, other, .. } => then.is_unknown() || other.is_unknown(),
        }
    }
}

/// A script that deploys `asked` as it stands and, as literals, every completion.
fn script(expressions: &[Expression]) -> (String, usize) {
    let mut script = String::from("#!/bin/bash\n");
    for (kind, expression) in KINDS.iter().zip(expressions) {
        expression.write(kind, 0, &mut script);
    }
    script.push_str("docker run --name asked");
    for kind in KINDS {
        write!(script, " ${}", kind.variable).unwrap();
    }
    script.push_str(" acme/web:1\n");
    let mut number = 0;
    for a in WORDS {
        for b in WORDS {
            write!(script, "docker run --name completion-{number}").unwrap();
            for (kind, expression) in KINDS.iter().zip(expressions) {
                write!(script, " {}", expression.come_to(kind, &[("A", a), ("B", b)])).unwrap();
            }
            script.push_str(" acme/web:1\n");
            number += 1;
        }
    }
    (script, number)
}

fn policies() -> String {
    let mut text = String::new();
    for (name, condition, expression) in POLICIES {
        write!(
            text,
            "---\napiVersion: celador/v1\nkind: Policy\nmetadata: {{name: {name}, title: A test, group: test}}\n\
             spec:\n  severity: error\n  rationale: a test\n  target: {{kind: Deployment}}\n"
        )
        .unwrap();
        if !condition.is_empty() {
            writeln!(text, "  matchConditions: [{{name: those, expression: '{condition}'}}]").unwrap();
        }
        writeln!(text, "  validations: [{{expression: '{expression}', message: no}}]").unwrap();
    }
    text
}

fn judge(script: &str) -> Outcome {
    let mut project = Project::default();
    let mut settings = Settings::default();
    settings.policies.pack = Selection::None;
    settings.policies.files.push(project.sources.add("policies.yaml", policies()));
    let source = project.sources.add("deploy.sh", script);
    project.files.push(File { source, format: Format::Shell, selected: Selected::Named });
    check::judge(check::read(project, &settings), &settings).0
}

fn names(findings: &[Finding], policy: &str, service: &str) -> bool {
    findings.iter().any(|one| one.policy == policy && one.services.iter().any(|name| name == service))
}

fn check_case(number: u64) {
    let mut random = Random(number);
    let expressions: Vec<Expression> = KINDS.iter().map(|kind| random.expression(kind, 3)).collect();
    let (script, completions) = script(&expressions);
    let outcome = judge(&script);
    assert!(outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics);
    assert_eq!(outcome.model.deployments.len(), completions + 1, "{script}");
    let unknown = expressions.iter().any(Expression::is_unknown);
    for (policy, ..) in POLICIES {
        let fails = |service: &str| names(&outcome.findings, policy, service);
        let open = names(&outcome.undetermined, policy, "asked");
        let of = |i: usize| format!("completion-{i}");
        let failing: Vec<usize> = (0..completions).filter(|&i| fails(&of(i))).collect();
        for i in 0..completions {
            assert!(!names(&outcome.undetermined, policy, &of(i)), "{policy}: a literal is open\n{script}");
        }
        let verdict = match (fails("asked"), open) {
            (true, _) => "fail",
            (_, true) => "undetermined",
            _ => "pass",
        };
        let told = || format!("{policy}: {verdict}, completions fail: {failing:?}\n{script}");
        match verdict {
            "pass" => assert!(failing.is_empty(), "a wrong pass: {}", told()),
            "fail" => assert!(!failing.is_empty(), "a wrong failure: {}", told()),
            _ => assert!(unknown, "undetermined without an unknown: {}", told()),
        }
        assert!(unknown || (verdict == "fail") != failing.is_empty(), "not exact: {}", told());
    }
}

#[test]
fn verdicts_agree_with_all_completions() {
    let count = std::env::var("CELADOR_HONESTY").ok().and_then(|count| count.parse().ok()).unwrap_or(CASES);
    let failed: Vec<String> = (0..count)
        .filter_map(|number| {
            let panic = std::panic::catch_unwind(|| check_case(number)).err()?;
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            Some(format!("case {number}: {text}"))
        })
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {count} fail:\n{}",
        failed.len(),
        failed[..failed.len().min(3)].join("\n")
    );
}

/// The verdict on the one deployment of a manifest: how many policies pass, fail and are open.
fn of_manifest(manifest: &str, expression: &str) -> &'static str {
    let mut project = Project::default();
    let mut settings = Settings::default();
    settings.policies.pack = Selection::None;
    let policy = format!(
        "apiVersion: celador/v1\nkind: Policy\nmetadata: {{name: asked, title: A test, group: test}}\nspec:\n  severity: error\n  \
         rationale: a test\n  target: {{kind: Deployment}}\n  validations: [{{expression: '{expression}', message: no}}]\n"
    );
    settings.policies.files.push(project.sources.add("policy.yaml", policy));
    let source = project.sources.add("pod.yaml", manifest);
    project.files.push(File { source, format: Format::Yaml, selected: Selected::Named });
    let outcome = check::judge(check::read(project, &settings), &settings).0;
    let tally = outcome.tallies.iter().find(|tally| tally.policy == "asked").unwrap();
    assert_eq!(tally.bound, 1, "{manifest}");
    match (tally.passed, tally.failed, tally.undetermined) {
        (1, 0, 0) => "pass",
        (0, 1, 0) => "fail",
        (0, 0, 1) => "undetermined",
        other => panic!("{other:?}\n{manifest}"),
    }
}

#[test]
fn what_a_template_fills_in_is_not_absent() {
    let pod = |fields: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: api}}\nspec:\n  containers:\n  - name: api\n    image: a:1\n{fields}"
        )
    };
    let absent = [
        "!has(deployment.memory)",
        "!has(deployment.liveness_probe)",
        "!(\"DEBUG\" in deployment.env)",
        "!has(deployment.port)",
    ];
    for (key, expression) in ["resources", "livenessProbe", "env", "ports"].into_iter().zip(absent) {
        assert_eq!(of_manifest(&pod(""), expression), "pass", "without {key}");
        for value in
            [" {{ toYaml .Values.x | nindent 6 }}\n", "\n      {{- toYaml .Values.x | nindent 6 }}\n"]
        {
            let manifest = pod(&format!("    {key}:{value}"));
            assert_eq!(of_manifest(&manifest, expression), "undetermined", "{manifest}");
        }
    }
}
