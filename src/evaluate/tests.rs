//! Policies over small manifests: verdicts, places, messages, conditions.

use super::{Evaluation, Inputs, Required, Settings, evaluate};
use crate::diagnostic::Finding;
use crate::input::{self, Limits};
use crate::model::{Environment, Model};
use crate::platform::{self, Trace};
use crate::policy::{self, Compiled};
use crate::provenance::Provenance;
use crate::source::Sources;
use crate::value::{Alternative, Atom, Condition, Known, Operand, Operator, Quantity, Scalar, Value};
use std::fmt::Write;
use std::sync::Arc;

/// A project of manifests, judged by one policy.
struct Case {
    sources: Sources,
    model: Model,
    provenance: Provenance,
    policies: Vec<Compiled>,
    settings: Settings,
}

impl Case {
    fn new(spec: &str, files: &[(&str, &str)]) -> Case {
        let mut sources = Sources::new();
        let text = format!(
            "apiVersion: celador/v1\nkind: Policy\nmetadata: {{name: tried, title: Tried}}\nspec:\n{}",
            spec.lines().map(|line| format!("  {line}\n")).collect::<String>()
        );
        let id = sources.add("policy.yaml", text);
        let (policies, told) = policy::read(id, sources.get(id));
        assert!(told.is_empty(), "{told:?}");
        let compile =
            |policy| policy::compile(Arc::new(policy)).unwrap_or_else(|errors| panic!("{errors:?}"));
        let policies = policies.into_iter().map(compile).collect();
        let mut model = Model::default();
        let mut provenance = Provenance::new();
        let ids: Vec<_> = files.iter().map(|(path, text)| sources.add(*path, *text)).collect();
        for id in ids {
            let read = input::yaml::read(sources.get(id), id, &Limits::default());
            for document in &read.documents {
                let mut trace = Trace { sources: &sources, provenance: &mut provenance };
                model.deployments.extend(platform::deployments(document, &mut trace));
            }
        }
        for deployment in &mut model.deployments {
            let name = deployment.display_name();
            deployment.environment = Environment::of_tokens(&name);
            let kept: Vec<&str> =
                name.split('-').filter(|token| Environment::known(token).is_none()).collect();
            deployment.family = Some(kept.join("-").into());
        }
        Case { sources, model, provenance, policies, settings: Settings::default() }
    }

    fn evaluate(&self) -> Evaluation {
        let inputs = Inputs {
            model: &self.model,
            documents: &[],
            sources: &self.sources,
            provenance: &self.provenance,
        };
        evaluate(inputs, &self.policies, &self.settings)
    }

    fn told(&self) -> String {
        let evaluation = self.evaluate();
        let mut out = String::new();
        for finding in evaluation.findings.iter().chain(&evaluation.undetermined) {
            self.tell(finding, &mut out);
        }
        for error in &evaluation.diagnostics {
            let _ = writeln!(out, "error: {}", error.message);
        }
        for tally in &evaluation.tallies {
            let _ = write!(
                out,
                "bound {} passed {} failed {} undetermined {} errors {}",
                tally.bound, tally.passed, tally.failed, tally.undetermined, tally.errors
            );
            let _ = match tally.unpaired.as_slice() {
                [] => writeln!(out),
                unpaired => writeln!(out, " unpaired {}", unpaired.join(", ")),
            };
        }
        out.trim_end().to_owned()
    }

    fn tell(&self, finding: &Finding, out: &mut String) {
        let place = |span: crate::source::Span| {
            let source = self.sources.get(span.source);
            let at = source.position(span.start);
            format!("{}:{}:{} `{}`", source.path(), at.line, at.column, source.slice(span))
        };
        let services = finding.services.join(", ");
        let _ = writeln!(out, "{services}: {}", finding.message);
        let _ = writeln!(out, "  at {} ({})", place(finding.primary.span), finding.primary.label);
        if !finding.condition.is_empty() {
            let _ = writeln!(out, "  when {}", finding.condition);
        }
        for related in &finding.related {
            let _ = writeln!(out, "  also {} ({})", place(related.span), related.label);
        }
        if let Some(because) = &finding.because {
            let operands = because.operands.iter().map(|one| format!("{} = {}", one.expression, one.value));
            let operands = operands.collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "  because {} [{operands}]", because.expression);
        }
        if let Some(fix) = &finding.fix {
            let _ = writeln!(out, "  fix {} -> {:?}", fix.message, fix.replacement);
        }
    }
}

fn service(name: &str, memory: &str, timeout: u32) -> String {
    format!(
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {{name: {name}}}\nspec:\n  template:\n    spec:\n      \
         timeoutSeconds: {timeout}\n      containers:\n        - image: registry.example.com/api:1.4\n          \
         resources: {{limits: {{memory: {memory}}}}}\n"
    )
}

const MINIMUM: &str = "\
target: {kind: Deployment}
params:
  minimum: {type: quantity, default: 2Gi}
validations:
  - expression: has(deployment.memory) && deployment.memory >= params.minimum
    messageExpression: '\"memory \" + string(deployment.memory) + \" is below \" + string(params.minimum)'
    message: no memory is given
    fix: {expression: string(params.minimum), note: or more}";

#[test]
fn a_finding_points_at_the_literal_with_its_operands_and_a_fix() {
    let case = Case::new(MINIMUM, &[("a.yaml", &service("api", "512Mi", 300))]);
    insta::assert_snapshot!(case.told(), @r#"
    api: memory 512Mi is below 2Gi
      at a.yaml:10:40 `512Mi` (512Mi)
      because deployment.memory >= params.minimum [deployment.memory = 512Mi, params.minimum = 2Gi]
      fix 2Gi or more -> Some("2Gi")
    bound 1 passed 0 failed 1 undetermined 0 errors 0
    "#);
}

#[test]
fn services_are_compared_with_their_other_environment_and_the_unpaired_are_named() {
    let spec = "\
target: {kind: Deployment, environment: staging, comparedWith: production}
matchConditions:
  - {name: given, expression: has(deployment.timeout) && has(reference.timeout)}
validations:
  - expression: deployment.timeout >= reference.timeout
    messageExpression: '\"timeout \" + string(deployment.timeout) + \" below \" + string(reference.timeout)'";
    let files = [
        ("a.yaml", service("api-staging", "1Gi", 60)),
        ("b.yaml", service("api-production", "1Gi", 300)),
        ("c.yaml", service("web-staging", "1Gi", 60)),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    insta::assert_snapshot!(Case::new(spec, &files).told(), @r#"
    api-staging: timeout 60s below 300s
      at a.yaml:7:23 `60` (staging: 60s)
      also b.yaml:7:23 `300` (production: 300s)
      because deployment.timeout >= reference.timeout [deployment.timeout = 60s, reference.timeout = 300s]
    bound 1 passed 0 failed 1 undetermined 0 errors 0 unpaired web-staging (staging)
    "#);
}

/// Gives a deployment's memory a second alternative.
fn chosen_by(case: &mut Case, input: &str, otherwise: &str) {
    let deployment = &mut case.model.deployments[0];
    let settings = &mut deployment.containers[0].settings;
    let setting = settings.get_mut("memory").unwrap();
    let Value::Known(known) = setting.value.clone() else { panic!("the memory is known") };
    let atom = |operator| {
        Condition::of(Atom {
            input: input.into(),
            operator,
            operand: Operand::None,
            span: crate::source::Span::beginning(deployment.source),
        })
    };
    let other = Known { value: Scalar::Quantity(Quantity::parse(otherwise).unwrap()), ..known.clone() };
    setting.value = Value::Either(vec![
        Alternative { condition: atom(Operator::Holds), value: Value::Known(known) },
        Alternative { condition: atom(Operator::Fails), value: Value::Known(other) },
    ]);
    setting.written.push(otherwise.to_owned());
}

#[test]
fn a_value_chosen_by_a_branch_fails_in_its_own_world_only() {
    let mut case = Case::new(MINIMUM, &[("a.yaml", &service("api", "512Mi", 300))]);
    chosen_by(&mut case, "use_alpine", "4Gi");
    insta::assert_snapshot!(case.told(), @r#"
    api: memory 512Mi is below 2Gi
      at a.yaml:10:40 `512Mi` (512Mi when use_alpine; 4Gi otherwise)
      when use_alpine
      because deployment.memory >= params.minimum [deployment.memory = 512Mi, params.minimum = 2Gi]
      fix 2Gi or more -> Some("2Gi")
    bound 1 passed 0 failed 1 undetermined 0 errors 0
    "#);
}

#[test]
fn a_literal_that_fails_in_every_world_fails_always() {
    let mut case = Case::new(MINIMUM, &[("a.yaml", &service("api", "512Mi", 300))]);
    chosen_by(&mut case, "use_alpine", "1Gi");
    insta::assert_snapshot!(case.told(), @r#"
    api: memory 512Mi is below 2Gi
      at a.yaml:10:40 `512Mi` (512Mi when use_alpine; 1Gi otherwise)
      because deployment.memory >= params.minimum [deployment.memory = 512Mi, params.minimum = 2Gi]
      fix 2Gi or more -> Some("2Gi")
    bound 1 passed 0 failed 1 undetermined 0 errors 0
    "#);
}

#[test]
fn an_unknown_condition_over_a_validation_that_passes_is_a_pass() {
    let spec = |minimum: &str| {
        format!(
            "target: {{kind: Deployment}}\nmatchConditions:\n  - {{name: whole, expression: has(deployment.image) && has(deployment.memory)}}\n  \
             - {{name: named, expression: has(deployment.image.tag) && deployment.image.tag == \"1\"}}\n\
             validations:\n  - {{expression: 'deployment.memory >= quantity(\"{minimum}\")', message: low}}\n"
        )
    };
    let text = service("api", "512Mi", 300).replace(":1.4", ":${TAG}");
    let judge = |minimum| Case::new(&spec(minimum), &[("a.yaml", &text)]).told();
    insta::assert_snapshot!(format!("{}\n---\n{}", judge("256Mi"), judge("1Gi")), @r#"
    bound 1 passed 1 failed 0 undetermined 0 errors 0
    ---
    api: deployment.image.tag hangs on TAG, which is not known here (a variable of the pipeline or module)
      at a.yaml:9:18 `registry.example.com/api:${TAG}` (a variable of the pipeline or module)
    bound 1 passed 0 failed 0 undetermined 1 errors 0
    "#);
}

#[test]
fn every_element_is_judged_for_itself() {
    let spec = "\
target: {kind: Deployment}
forEach: deployment.env
matchConditions:
  - {name: plain, expression: each.kind == \"plain\" && has(each.value)}
validations:
  - expression: each.value != \"true\"
    messageExpression: each.name + \" is on\"";
    let text = service("api", "1Gi", 300)
        + "          env:\n            - {name: A, value: \"true\"}\n            - {name: B, value: \"false\"}\n            - {name: C, value: \"true\"}\n";
    insta::assert_snapshot!(Case::new(spec, &[("a.yaml", &text)]).told(), @r#"
    api: A is on
      at a.yaml:12:32 `"true"` (A is true)
      because each.value != "true" [each.value = "true"]
    api: C is on
      at a.yaml:14:32 `"true"` (C is true)
      because each.value != "true" [each.value = "true"]
    bound 1 passed 0 failed 1 undetermined 0 errors 0
    "#);
}

#[test]
fn what_is_required_and_missing_is_told_beside_its_like() {
    let spec = "\
target: {kind: Deployment}
validations:
  - expression: deployment.required.all(one, one.state == \"SET\")
    messageExpression: deployment.required.filter(one, one.status != \"SET\").map(one, one.name).join(\", \")";
    let text = service("api", "1Gi", 300) + "          env:\n            - {name: A, value: x}\n";
    let mut case = Case::new(spec, &[("a.yaml", &text)]);
    let required = Required { env: vec!["A".into(), "B".into()], secrets: vec!["KEY".into()] };
    case.settings.required.insert("api".to_owned(), required);
    insta::assert_snapshot!(case.told(), @r#"
    api: B, KEY
      at a.yaml:12:22 `A` (B is MISSING)
      also a.yaml:4:1 `spec` (KEY is MISSING)
      because one.state == "SET" [one.state = "MISSING"]
    bound 1 passed 0 failed 1 undetermined 0 errors 0
    "#);
}

#[test]
fn an_error_is_told_and_is_no_pass() {
    let spec = "target: {kind: Deployment}\nvalidations:\n  - {expression: 1 / (deployment.containers.size() - 1) > 0, message: x}\n";
    insta::assert_snapshot!(Case::new(spec, &[("a.yaml", &service("api", "1Gi", 300))]).told(), @r#"
    error: the policy `tried` raised an error: division by zero
    bound 1 passed 0 failed 0 undetermined 0 errors 1
    "#);
}

#[test]
fn one_message_about_one_literal_is_one_finding_for_all_its_services() {
    // Two services that share an anchored literal.
    let text = "services:\n  api-staging: {image: a, deploy: {resources: {limits: {memory: &m 512M}}}}\n  \
                web-staging: {image: b, deploy: {resources: {limits: {memory: *m}}}}\n";
    insta::assert_snapshot!(Case::new(MINIMUM, &[("compose.yaml", text)]).told(), @r#"
    api-staging, web-staging: memory 512M is below 2Gi
      at compose.yaml:2:68 `512M` (512M)
      because deployment.memory >= params.minimum [deployment.memory = 512M, params.minimum = 2Gi]
      fix 2Gi or more -> Some("2Gi")
    bound 2 passed 0 failed 2 undetermined 0 errors 0
    "#);
}
