use super::{json, table, unresolved, why};
use crate::model::{
    Artifact, CodeSetting, CodeValue, Container, Deployment, EnvKind, EnvVariable, EnvVariables, Environment,
    Evidence, Kind, Role, Setting, Settings, Unresolved,
};
use crate::provenance::{Arena, Origin, Step};
use crate::report::Style;
use crate::report::outcome::{Coverage, Outcome};
use crate::report::sample::at;
use crate::source::{SourceId, Span};
use crate::value::{
    Atom, Condition, Duration, Known, Number, Operand, Operator, Quantity, Reason, Scalar, Text, Unknown,
    Value,
};
use std::collections::BTreeMap;

const SCRIPT: &str = "\
service = \"acme-backend-staging\"
memory = \"512Mi\" if self.use_alpine else \"4Gi\"
run([\"gcloud\", \"run\", \"deploy\", service, \"--memory\", memory, \"--timeout\", \"1800\", \"--timeout\", \"300\",
     \"--max-instances\", args.most, \"--set-env-vars\", \"PORT=8000,DB_PASSWORD=hunter2!\"])
MULTIPLIER = {\"staging\": 0.7, \"production\": 1.0}
";

fn use_alpine(span: Span, operator: Operator) -> Condition {
    Condition::of(Atom { input: "use_alpine".into(), operator, operand: Operand::None, span })
}

fn setting(value: Value, written: &[&str], place: Span) -> Setting {
    Setting {
        value,
        written: written.iter().map(|&text| text.to_owned()).collect(),
        overridden: Vec::new(),
        platform_default: false,
        place,
    }
}

fn code(
    name: &str,
    environment: &str,
    number: f64,
    written: &str,
    span: Span,
    origin: Origin,
) -> CodeSetting {
    CodeSetting {
        name: name.into(),
        scope: "deploy.py::MULTIPLIER".into(),
        environment: Some(Environment::named(environment)),
        value: CodeValue::Ratio(number),
        written: written.to_owned(),
        span,
        origin,
        condition: Condition::always(),
        derived: false,
        parts: Vec::new(),
        budget: None,
    }
}

/// One deployment with every state a setting can have.
fn outcome() -> Outcome {
    let mut outcome = Outcome::default();
    let file = outcome.sources.add("deploy.py", SCRIPT);
    let docker = outcome.sources.add("Dockerfile", "FROM python:3.12-alpine\nEXPOSE 8000\n");
    let span = |part: &str| at(&outcome, file, part);
    let (use_flag, timeout_flag) = (span("memory, \"--timeout\""), span("\"--timeout\", \"300\""));
    let test = span("self.use_alpine");
    let mut arena = Arena::new(file);
    let small = arena.literal(span("\"512Mi\""));
    let small = arena.step(small, span("memory"), Step::Assigned);
    let small = arena.step(
        small,
        Span::new(file, use_flag.start as usize, use_flag.start as usize + 6),
        Step::Passed,
    );
    let large = arena.literal(span("\"4Gi\""));
    let name = arena.literal(span("\"acme-backend-staging\""));
    let won = arena.literal(span("\"300\""));
    let lost = arena.literal(span("\"1800\""));
    let pair = arena.literal(span("\"PORT=8000,DB_PASSWORD=hunter2!\""));
    let ratio = arena.literal(span("0.7"));
    let other = arena.literal(span("1.0"));
    let cpu = arena.start(span("\"gcloud\""), Step::PlatformDefault);

    let quantity = |text: &str| Scalar::Quantity(Quantity::parse(text).unwrap());
    let most = Unknown { input: "args.most".into(), reason: Reason::Argument, span: span("args.most") };
    let mut main = Settings::default();
    let memory = Value::either(vec![
        (use_alpine(test, Operator::Holds), Value::known(quantity("512Mi"), small)),
        (use_alpine(test, Operator::Fails), Value::known(quantity("4Gi"), large)),
    ]);
    main.insert("memory", setting(memory, &["512Mi", "4Gi"], use_flag));
    let default =
        Setting { platform_default: true, ..setting(Value::known(quantity("1"), cpu), &["1"], use_flag) };
    main.insert("cpu", default);
    let mut whole = Settings::default();
    let seconds = |n| Scalar::Duration(Duration::from_seconds(n));
    let mut timeout = setting(Value::known(seconds(300), won), &["300"], timeout_flag);
    let loser = Known { value: seconds(1800), origin: lost, overridable_by: None };
    timeout.overridden.push((Condition::always(), loser, "1800".to_owned()));
    whole.insert("timeout", timeout);
    whole.insert(
        "max_instances",
        setting(Value::Unknown(most.clone(), None), &[], span("\"--max-instances\"")),
    );
    let kept = Unknown { reason: Reason::KeptFromRunning, ..most.clone() };
    whole.insert("concurrency", setting(Value::Unknown(kept, None), &[], span("\"gcloud\"")));

    let variable = |name: &str, value: &str, part: &str| EnvVariable {
        name: name.into(),
        kind: EnvKind::Plain,
        value: Value::known(Text::literal(value, Some(pair)), pair),
        condition: Condition::always(),
        span: span(part),
        origin: Some(pair),
    };
    let env = EnvVariables {
        all: vec![
            variable("PORT", "8000", "PORT=8000"),
            variable("DB_PASSWORD", "hunter2!", "DB_PASSWORD=hunter2!"),
        ],
        ..EnvVariables::default()
    };
    let deployment = Deployment {
        service: Some(Text::literal("acme-backend-staging", Some(name))),
        family: Some("backend".into()),
        environment: Some(Environment::named("staging")),
        evidence: Some(Evidence::ServiceName),
        platform: "cloud-run",
        workload: "service",
        recorded: false,
        source: file,
        anchor: span("\"gcloud\""),
        condition: Condition::always(),
        settings: whole,
        containers: vec![Container {
            name: None,
            role: Role::Main,
            settings: main,
            probes: BTreeMap::new(),
            env,
            anchor: span("\"gcloud\""),
        }],
        open: None,
        flags: Vec::new(),
        repeated: Vec::new(),
        dockerfile: None,
    };
    let settings = vec![
        code("multiplier", "staging", 0.7, "0.7", span("0.7"), ratio),
        code("multiplier", "production", 1.0, "1.0", span("1.0"), other),
    ];
    outcome.model.deployments.push(deployment);
    outcome.model.settings = settings;
    outcome.model.unresolved.push(Unresolved { subject: "gcloud run deploy".to_owned(), unknown: most });
    outcome.model.artifacts.push(artifact(&outcome, docker, &mut arena));
    outcome.provenance.add(arena);
    outcome.coverage = Coverage { files: 2, excluded: Vec::new() };
    outcome
}

fn artifact(outcome: &Outcome, file: SourceId, arena: &mut Arena) -> Artifact {
    let span = at(outcome, file, "8000");
    let mut settings = Settings::default();
    let port = Value::known(Scalar::Number(Number::Int(8000)), arena.literal(span));
    settings.insert("port", setting(port, &["8000"], span));
    Artifact {
        kind: Kind::Dockerfile,
        source: file,
        anchor: Span::beginning(file),
        environment: None,
        evidence: None,
        settings,
        env: EnvVariables::default(),
        bound_ports: Vec::new(),
        further_ports: Vec::new(),
    }
}

#[test]
fn tables_fit_wide_and_narrow_terminals() {
    let outcome = outcome();
    insta::assert_snapshot!("wide", table(&outcome, Style::plain(120)));
    insta::assert_snapshot!("narrow", table(&outcome, Style::plain(70)));
    insta::assert_snapshot!("unresolved", unresolved(&outcome, Style::plain(100)));
}

#[test]
fn the_contract_of_facts_holds_no_secret() {
    let text = json(&outcome());
    assert!(!text.contains("hunter2!"), "{text}");
    insta::assert_snapshot!("json", text);
}

#[test]
fn a_value_is_traced_to_its_literal_and_a_misspelt_name_gets_a_suggestion() {
    let outcome = outcome();
    let page = Style::plain(100);
    let way = |wanted: &str| why(&outcome, wanted, page);
    insta::assert_snapshot!(
        "why",
        [
            "backend.memory",
            "backend.timeout",
            "acme-backend-staging.max_instances",
            "backend.env.DB_PASSWORD",
            "multiplier"
        ]
        .map(|wanted| way(wanted).unwrap())
        .join("\n")
    );
    assert_eq!(
        way("backnd.memory").unwrap_err(),
        "no service `backnd` is deployed here; did you mean `backend`?"
    );
    assert_eq!(way("backend.memroy").unwrap_err(), "`memroy` is no setting; did you mean `memory`?");
    assert_eq!(
        way("backend.port").unwrap_err(),
        "`backend` has no value for `port`: the files do not give one"
    );
    assert!(way("memory").unwrap_err().contains("SERVICE.SETTING"));
}
