use super::{
    Actual, Difference, Kind, PACK, ParamType, Scope, compare_example, compile, configure, read, show,
};
use crate::diagnostic::Diagnostic;
use crate::input::{self, Limits};
use crate::model::Environment;
use crate::source::{SourceId, Sources};
use std::sync::Arc;

const POLICY: &str = "\
apiVersion: celador/v1
kind: Policy
metadata: {name: minimum, title: Enough memory, group: resources}
spec:
  severity: warning
  rationale: because
  target: {kind: Deployment, environment: stg, platforms: [cloud-run], comparedWith: prod}
  params:
    minimum: {type: quantity, default: 2Gi, description: what it needs}
    names: {type: 'list<string>', default: [a, b]}
    floors: {type: 'map<string, quantity>'}
  matchConditions:
    - {name: given, expression: has(deployment.memory)}
  validations:
    - expression: deployment.memory >= params.minimum
      message: too little
      fix: {expression: string(params.minimum), note: or more}
";

fn sources(text: &str) -> (Sources, SourceId) {
    let mut sources = Sources::new();
    let id = sources.add("policy.yaml", text);
    (sources, id)
}

/// Each diagnostic as `line:column code: message (help)`.
fn told(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<String> {
    let one = |told: &Diagnostic| {
        let at = sources.get(told.primary.span.source).position(told.primary.span.start);
        let help = told.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        format!("{}:{} {}: {}{help}", at.line, at.column, told.code.0, told.message)
    };
    diagnostics.iter().map(one).collect()
}

fn read_text(text: &str) -> (Vec<super::Policy>, Vec<String>) {
    let (sources, id) = sources(text);
    let (policies, diagnostics) = read(id, sources.get(id));
    let told = told(&sources, &diagnostics);
    (policies, told)
}

#[test]
fn a_policy_is_read_with_its_types_and_canonical_names() {
    let (policies, told) = read_text(POLICY);
    assert_eq!(told, [""; 0]);
    let policy = &policies[0];
    assert_eq!(policy.target.kind, Kind::Deployment);
    assert_eq!(policy.target.environments, [Environment::named("staging")]);
    assert_eq!(policy.target.compared_with.as_ref().unwrap().to_string(), "production");
    assert_eq!(policy.params[2].kind.to_string(), "map<string, quantity>");
    assert_eq!(show(policy.params[1].default.as_ref().unwrap()), "[a, b]");
    assert_eq!(policy.validations[0].fix.as_ref().unwrap().note, "or more");
    assert_eq!(policy.default_action().as_str(), "warn");
}

#[test]
fn every_wrong_key_word_and_value_is_told_at_its_place() {
    let broken = POLICY
        .replace("severity: warning", "severity: wraning")
        .replace("rationale:", "rationalle:")
        .replace("platforms:", "platfrms:")
        .replace("default: 2Gi", "default: 2GB")
        .replace("'list<string>'", "'list<text>'")
        .replace("      message: too little\n", "      message: [too, little]\n      mesage: x\n");
    let (_, told) = read_text(&broken);
    insta::assert_snapshot!(told.join("\n"), @r#"
    6:3 unknown-key: `spec` has no key `rationalle` (did you mean `rationale`?)
    5:13 policy-value: `severity` of `spec` cannot be `wraning` (did you mean `warning`?)
    7:48 unknown-key: `target` has no key `platfrms` (did you mean `platforms`?)
    9:40 policy-value: the default of `minimum` must be a quantity such as 512Mi, 2Gi or 500m (suffixes n u m k M G T, Ki Mi Gi Ti), not `2GB`
    10:19 policy-value: `list<text>` is no type of a parameter (one of: quantity, duration, ratio, int, bool, string, list<T>, map<string, T>)
    17:7 unknown-key: a validation has no key `mesage` (did you mean `message`?)
    16:16 policy-type: `message` of a validation must be a text, not a list
    "#);
}

#[test]
fn what_a_policy_cannot_do_without_is_asked_for() {
    let (policies, told) =
        read_text("apiVersion: celador/v1\nkind: Policy\nmetadata: {title: x}\nspec: {target: {}}\n");
    assert!(policies.is_empty());
    insta::assert_snapshot!(told.join("\n"), @r#"
    3:12 policy-missing-key: `metadata` needs the key `name`
    4:16 policy-missing-key: `target` needs the key `kind`
    4:8 policy-missing-key: `spec` needs the key `validations`
    "#);
    let (_, told) = read_text(&format!("{POLICY}---\n{POLICY}"));
    insta::assert_snapshot!(told.join("\n"), @r#"
    21:18 policy-duplicate-name: the policy `minimum` is defined twice
    "#);
}

#[test]
fn types_of_params_nest_and_end() {
    let shown = |text: &str| ParamType::parse(text).map(|kind| kind.to_string());
    assert_eq!(shown("list< map<string,duration> >").as_deref(), Some("list<map<string, duration>>"));
    assert_eq!(shown("map<int, string>"), None);
    assert_eq!(shown(&format!("{}int{}", "list<".repeat(9), ">".repeat(9))), None);
}

#[test]
fn the_narrowest_override_wins_and_wrong_ones_are_told() {
    let (policies, _) = read_text(POLICY);
    let text = "\
params: {minimum: 3Gi, minimun: 1Gi}
environments: {stg: {params: {minimum: 4Gi}}}
services: {auth: {params: {minimum: 512Mi, names: 3}}, api: {parms: {}}}
action: audit
";
    let (sources, id) = sources(text);
    let documents = input::yaml::read(sources.get(id), id, &Limits::default()).documents;
    let (configuration, diagnostics) = configure(&policies[0], documents[0].root());
    assert_eq!(configuration.overrides.len(), 3);
    assert_eq!(configuration.overrides[1].scope, Scope::Environment(Environment::named("staging")));
    insta::assert_snapshot!(told(&sources, &diagnostics).join("\n"), @r#"
    1:24 unknown-key: the policy `minimum` has no parameter `minimun` (did you mean `minimum`?)
    3:51 policy-value: `names` must be a list, not `3`
    3:62 unknown-key: `api` of the configuration of `minimum` has no key `parms` (did you mean `params`?)
    "#);
    let compiled = compile(Arc::new(policies[0].clone())).unwrap().configured(configuration);
    let minimum = |environment: Option<&str>, service: &str| {
        let environment = environment.map(Environment::named);
        show(&compiled.params(environment.as_ref(), &[service])["minimum"])
    };
    assert_eq!(minimum(None, "api"), "3Gi");
    assert_eq!(minimum(Some("staging"), "api"), "4Gi");
    assert_eq!(minimum(Some("staging"), "auth"), "512Mi");
}

#[test]
fn examples_differ_by_line_and_message() {
    let text = format!(
        "{POLICY}  examples:\n    - name: small\n      files: {{a.sh: \"x\\n\"}}\n      findings: [{{line: 2, message: low}}, {{line: 4}}]\n"
    );
    let (policies, told) = read_text(&text);
    assert_eq!(told, [""; 0]);
    let expected = &policies[0].examples[0].findings;
    let actual = |line, message: &str| Actual { file: "a.sh".into(), line, message: message.into() };
    assert!(compare_example(expected, &[actual(4, "any"), actual(2, "low")]).is_empty());
    let found = [actual(2, "high"), actual(9, "more")];
    let differences = compare_example(expected, &found);
    let [Difference::Message(want, have), Difference::Missing(missing), Difference::Surplus(surplus)] =
        differences.as_slice()
    else {
        panic!("{differences:?}")
    };
    assert_eq!((want.line, have.message.as_str()), (2, "high"));
    assert_eq!((missing.line, surplus.line), (4, 9));
}

#[test]
fn the_index_of_the_pack_says_what_the_files_say() {
    let mut names: Vec<&str> = Vec::new();
    for builtin in PACK {
        let mut sources = Sources::new();
        let id = sources.add(builtin.path(), builtin.text());
        let (policies, diagnostics) = read(id, sources.get(id));
        assert_eq!(told(&sources, &diagnostics), [""; 0], "{}", builtin.name);
        let [policy] = policies.as_slice() else { panic!("{} holds one policy", builtin.name) };
        assert_eq!((&*policy.name, policy.group.as_str()), (builtin.name, builtin.group));
        assert_eq!(policy.target.kind, builtin.kind, "{}", builtin.name);
        assert_eq!(policy.target.platforms, builtin.platforms, "{}", builtin.name);
        assert!(
            !policy.title.is_empty() && !policy.rationale.is_empty(),
            "{} gives its reason",
            builtin.name
        );
        assert!(
            policy.examples.iter().any(|one| one.findings.is_empty()),
            "{} has a passing example",
            builtin.name
        );
        // What compares two commits has nothing to find in the one that an example is; `git::base` of the
        // suite holds it.
        let is_of_two = builtin.name == "check-relaxed-by-change";
        assert!(
            is_of_two || policy.examples.iter().any(|one| !one.findings.is_empty()),
            "{} has a failing example",
            builtin.name
        );
        let judged = builtin.load(&mut sources, false).unwrap_or_else(|| panic!("{}", builtin.name));
        assert!(judged.examples.is_empty(), "the examples come last in {}", builtin.name);
        assert_eq!(judged.validations.len(), policy.validations.len());
        assert!(!names.contains(&builtin.name), "{} stands twice", builtin.name);
        names.push(builtin.name);
    }
}

#[test]
fn the_pack_is_checked_like_code() {
    let mut wrong = Vec::new();
    for builtin in PACK {
        let mut sources = Sources::new();
        let policy = builtin.load(&mut sources, true).unwrap_or_else(|| panic!("{}", builtin.name));
        if let Err(errors) = compile(Arc::new(policy)) {
            wrong.push(format!("{}:\n{}", builtin.name, told(&sources, &errors).join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Documents that no policy can read are dropped when their deployments are known, and which policies there are
/// is known only later: the pack must do without.
#[test]
fn the_pack_reads_no_documents() {
    for builtin in PACK.iter().filter(|builtin| builtin.kind != Kind::Document) {
        let mut sources = Sources::new();
        let policy = builtin.load(&mut sources, false).unwrap();
        let compiled = super::compile_unchecked(Arc::new(policy)).unwrap();
        assert!(!compiled.reads("object") && !compiled.mentions("document"), "{}", builtin.name);
    }
}
