use super::Required;
use super::env::{env, required};
use super::fields::{either, negations, outside};
use super::image::image;
use super::lists::without_environment;
use crate::cel::object::{Datum, Field};
use crate::model::{EnvKind, EnvVariable, EnvVariables, Setting, Settings};
use crate::policy::show;
use crate::provenance::{Arena, Provenance, Step};
use crate::source::{SourceId, Span};
use crate::value::{Atom, Condition, Operand, Operator, Part, Piece, Reason, Scalar, Text, Unknown, Value};

fn at(start: usize, end: usize) -> Span {
    Span::new(SourceId::FIRST, start, end)
}

fn unknown(input: &str) -> Unknown {
    Unknown { input: input.into(), reason: Reason::Environment, span: at(90, 95) }
}

fn when(input: &str, operator: Operator) -> Condition {
    Condition::of(Atom { input: input.into(), operator, operand: Operand::None, span: at(0, 1) })
}

/// A field with its alternatives as one line: `a when x; absent when not x`.
fn told(field: &Field) -> String {
    match field {
        Field::Known { datum: Datum::Object(object), .. } => {
            let fields = object.fields.iter().map(|(name, field)| format!("{name}={}", told(field)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(" "))
        }
        Field::Known { .. } => show(field),
        Field::Absent(_) => "absent".to_owned(),
        Field::Unknown { unknown, .. } => format!("?{}", unknown.input),
        Field::Either(all) => {
            let one = |(condition, field): &(Condition, Field)| format!("{} when {condition}", told(field));
            all.iter().map(one).collect::<Vec<_>>().join("; ")
        }
    }
}

fn parts(pieces: &[&str], arena: &mut Arena) -> Text {
    let part = |(index, piece): (usize, &&str)| {
        let origin = Some(arena.literal(at(10 * index, 10 * index + piece.len())));
        let piece = match piece.strip_prefix('$') {
            Some(name) => Piece::Hole(unknown(name)),
            None => Piece::Literal((*piece).to_owned()),
        };
        Part { condition: Condition::always(), piece, origin }
    };
    Text { parts: pieces.iter().enumerate().map(part).collect() }
}

fn image_of(pieces: &[&str]) -> (Field, Provenance) {
    let mut arena = Arena::new(SourceId::FIRST);
    let reference = parts(pieces, &mut arena);
    let origin = arena.start(at(0, 60), Step::Passed);
    let setting = Setting {
        value: Value::known(Scalar::Text(reference), origin),
        written: Vec::new(),
        overridden: Vec::new(),
        platform_default: false,
        place: at(0, 60),
    };
    let mut settings = Settings::default();
    settings.insert("image", setting);
    let mut provenance = Provenance::new();
    provenance.add(arena);
    let field = image(&provenance, &settings, at(0, 1)).unwrap();
    (field, provenance)
}

#[test]
fn image_references_are_taken_apart_as_far_as_they_are_known() {
    let cases = [
        (&["nginx"][..], "registry=absent repository=nginx tag=absent"),
        (&["gcr.io/acme/api:1.4"], "registry=gcr.io repository=acme/api tag=1.4"),
        (&["localhost:5000/api"], "registry=localhost:5000 repository=api tag=absent"),
        (&["gcr.io/", "$PROJECT", "/api:latest"], "registry=gcr.io repository=?PROJECT tag=latest"),
        (&["$REGISTRY", "/api"], "registry=?REGISTRY repository=?REGISTRY tag=absent"),
        (&["gcr.io/acme/api:", "$TAG"], "registry=gcr.io repository=acme/api tag=?TAG"),
        (&["$IMAGE"], "registry=?IMAGE repository=?IMAGE tag=?IMAGE"),
    ];
    for (pieces, expected) in cases {
        let (field, _) = image_of(pieces);
        let shown = told(&field);
        let shown = shown.split_once("registry").unwrap().1.trim_end_matches('}');
        assert_eq!(format!("registry{shown}"), expected, "{pieces:?}");
    }
    let (digest, _) = image_of(&["gcr.io/acme/api@sha256:4c1d"]);
    assert!(told(&digest).starts_with("{digest=sha256:4c1d reference="), "{}", told(&digest));
}

#[test]
fn a_tag_stands_where_its_own_part_was_written() {
    let (Field::Known { datum: Datum::Object(object), .. }, _) = image_of(&["gcr.io/", "$P", "/api:latest"])
    else {
        panic!("an image is an object")
    };
    let Field::Known { place, .. } = object.fields.get("tag").unwrap() else { panic!("the tag is known") };
    assert_eq!(place.span, at(20, 31));
}

fn variable(name: &str, kind: EnvKind, value: &str, condition: Condition, start: usize) -> EnvVariable {
    let text = match value.strip_prefix('$') {
        Some(name) => Text::hole(unknown(name), None),
        None => Text::literal(value, None),
    };
    let mut arena = Arena::new(SourceId::FIRST);
    let origin = arena.literal(at(start, start + 5));
    let value = Value::known(text, origin);
    EnvVariable { name: name.into(), kind, value, condition, span: at(start, start + 5), origin: None }
}

fn entry(variables: &EnvVariables, name: &str, field: &str) -> String {
    let whole = env(&Provenance::new(), variables, at(0, 1));
    let Field::Known { datum: Datum::Map(map), .. } = whole else { panic!("env is a map") };
    let inside = |one: &Field| match one {
        Field::Known { datum: Datum::Object(object), .. } => object.fields.get(field).unwrap().clone(),
        other => other.clone(),
    };
    match &map.entries[name] {
        Field::Either(all) => {
            told(&either(all.iter().map(|(when, one)| (when.clone(), inside(one))).collect()))
        }
        one => told(&inside(one)),
    }
}

#[test]
fn of_one_name_the_last_assignment_wins_where_it_applies() {
    let fast = when("fast", Operator::Holds);
    let all = vec![
        variable("MODE", EnvKind::Plain, "slow", Condition::always(), 10),
        variable("MODE", EnvKind::Plain, "fast", fast.clone(), 20),
        variable("ONLY", EnvKind::Plain, "x", fast, 30),
    ];
    let variables = EnvVariables { all, ..EnvVariables::default() };
    assert_eq!(entry(&variables, "MODE", "value"), "fast when fast; slow when not fast");
    assert_eq!(entry(&variables, "ONLY", "value"), "x when fast; absent when not fast");
    let open = EnvVariables { open: vec![unknown("EXTRA")], ..variables };
    assert_eq!(entry(&open, "ONLY", "value"), "x when fast; ?EXTRA when not fast");
}

#[test]
fn a_secret_is_named_without_its_version_and_shows_no_value() {
    let all = vec![variable("KEY", EnvKind::Secret, "jwt-staging:latest", Condition::always(), 10)];
    let variables = EnvVariables { all, ..EnvVariables::default() };
    assert_eq!(entry(&variables, "KEY", "secret"), "jwt-staging");
    assert_eq!(entry(&variables, "KEY", "set"), "true");
}

#[test]
fn required_variables_are_set_empty_missing_plain_or_unknown() {
    let all = vec![
        variable("SET", EnvKind::Plain, "x", Condition::always(), 10),
        variable("EMPTY", EnvKind::Plain, "", Condition::always(), 20),
        variable("HANGS", EnvKind::Plain, "$CALLER", Condition::always(), 30),
        variable("BARE", EnvKind::Plain, "x", Condition::always(), 40),
        variable("KEY", EnvKind::Secret, "key:1", Condition::always(), 50),
    ];
    let variables = EnvVariables { all, ..EnvVariables::default() };
    let wanted = Required {
        env: ["SET", "EMPTY", "HANGS", "GONE"].map(Into::into).to_vec(),
        secrets: ["BARE", "KEY", "LOST"].map(Into::into).to_vec(),
    };
    let field = required(&Provenance::new(), &variables, &wanted, at(0, 1));
    let Field::Known { datum: Datum::List(list), .. } = field else { panic!("a list") };
    let shown: Vec<String> = list.elements.iter().map(told).collect();
    assert_eq!(
        shown,
        [
            "{kind=env name=SET state=SET status=SET}",
            "{kind=env name=EMPTY state=EMPTY status=EMPTY}",
            "{kind=env name=HANGS state=?CALLER status=UNKNOWN}",
            "{kind=env name=GONE state=MISSING status=MISSING}",
            "{kind=secret name=BARE state=PLAIN status=PLAIN}",
            "{kind=secret name=KEY state=SET status=SET}",
            "{kind=secret name=LOST state=MISSING status=MISSING}",
        ]
    );
}

#[test]
fn negations_exclude_each_other_and_cover_the_rest() {
    let both = when("a", Operator::Holds).and(&when("b", Operator::Holds)).unwrap();
    let shown: Vec<String> = negations(&both).iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["not a", "a and not b"]);
    assert!(outside(std::slice::from_ref(&both), &both).is_empty());
}

#[test]
fn words_of_an_environment_are_taken_out_of_names() {
    assert_eq!(without_environment("StagingConfig.timeout"), without_environment("ProductionConfig.timeout"));
    assert_eq!(without_environment("config/staging.env"), without_environment("config/production.env"));
    assert_ne!(without_environment("config/staging.env"), without_environment("config/a.env"));
    assert_eq!(without_environment("Validator.__init__"), "Validator.__init__");
}
