//! What expressions come to over a small subject in which every kind of field occurs.

pub(super) mod conformance;
mod robustness;

use super::object::{Datum, Field, List, Map, Object, Place};
use super::*;
use crate::source::{SourceId, Span, TextMap};
use crate::value::{Atom, Condition, Duration, Operand, Operator, Quantity, Reason, Unknown};
use std::fmt::Write as _;
use std::sync::Arc;

/// Places are numbered: the span's start tells which field was read.
fn place(at: usize) -> Place {
    Place { span: Span::new(SourceId::FIRST, at, at + 1), origin: None, platform_default: false }
}

pub(super) fn quantity(text: &str) -> Datum {
    Datum::Quantity { amount: Quantity::parse(text).unwrap(), written: text.into() }
}

pub(super) fn duration(text: &str) -> Datum {
    Datum::Duration { amount: Duration::parse_seconds(text).unwrap(), written: text.into() }
}

fn text(text: &str) -> Datum {
    Datum::Text(text.into())
}

fn known(datum: Datum, at: usize) -> Field {
    Field::known(datum, place(at))
}

fn unknown(input: &str, at: usize) -> Field {
    Field::Unknown { unknown: missing(input, at), place: place(at) }
}

fn missing(input: &str, at: usize) -> Unknown {
    Unknown { input: input.into(), reason: Reason::Environment, span: place(at).span }
}

fn when(input: &str) -> Condition {
    Condition::of(Atom {
        input: input.into(),
        operator: Operator::Holds,
        operand: Operand::None,
        span: place(0).span,
    })
}

fn unless(input: &str) -> Condition {
    Condition::of(when(input).atoms()[0].negated())
}

fn either(input: &str, yes: Field, no: Field) -> Field {
    Field::Either(vec![(when(input), yes), (unless(input), no)])
}

fn object(type_name: &'static str, at: usize, fields: Vec<(&'static str, Field)>) -> Datum {
    Datum::Object(Arc::new(Object { type_name, fields: fields.into_iter().collect(), anchor: place(at) }))
}

fn list(elements: Vec<Field>, open: Option<Unknown>) -> Datum {
    Datum::List(List { elements: Arc::new(elements), open })
}

fn map(entries: Vec<(&str, Field)>, open: Option<Unknown>, at: usize) -> Datum {
    let entries = entries.into_iter().map(|(name, field)| (name.into(), field)).collect();
    Datum::Map(Map { entries: Arc::new(entries), open, anchor: place(at) })
}

fn container(name: &str, memory: &str, at: usize) -> Field {
    known(
        object(
            "container",
            at,
            vec![("name", known(text(name), at + 1)), ("memory", known(quantity(memory), at + 2))],
        ),
        at,
    )
}

fn variable(value: &str, at: usize) -> Datum {
    object("env_variable", at, vec![("value", known(text(value), at)), ("set", known(Datum::Bool(true), at))])
}

/// `memory` is 512Mi under `use_alpine`, else 4Gi; `cpu` is absent; `timeout` unknown; `env` closed,
/// `flags` open; `replicas` hangs on another test than `memory`.
fn activation() -> Activation {
    let image = object(
        "image",
        20,
        vec![
            ("reference", known(text("gcr.io/app:latest"), 21)),
            ("tag", known(text("latest"), 22)),
            ("alpine", either("use_alpine", known(Datum::Bool(true), 23), known(Datum::Bool(false), 24))),
        ],
    );
    let deployment = object(
        "deployment",
        1,
        vec![
            ("service", known(text("backend"), 2)),
            ("environment", known(text("staging"), 3)),
            ("memory", either("use_alpine", known(quantity("512Mi"), 4), known(quantity("4Gi"), 5))),
            ("memory_request", known(quantity("256Mi"), 6)),
            ("timeout", unknown("TIMEOUT", 7)),
            ("startup_timeout", known(duration("300"), 8)),
            ("replicas", either("scaled", known(Datum::Int(3), 9), known(Datum::Int(1), 10))),
            ("concurrency", either("scaled", known(Datum::Int(80), 11), Field::Absent(place(12)))),
            ("min_instances", either("scaled", known(Datum::Int(2), 13), known(Datum::Int(2), 14))),
            ("max_instances", either("scaled", known(Datum::Int(5), 15), unknown("MAX", 16))),
            ("image", known(image, 20)),
            (
                "containers",
                known(
                    list(
                        vec![
                            container("app", "512Mi", 30),
                            container("proxy", "64Mi", 40),
                            either("traced", container("agent", "32Mi", 50), Field::Absent(place(59))),
                        ],
                        None,
                    ),
                    29,
                ),
            ),
            (
                "env",
                known(
                    map(
                        vec![
                            ("PORT", known(variable("8000", 61), 61)),
                            (
                                "DEBUG",
                                either("debug", known(variable("1", 62), 62), Field::Absent(place(63))),
                            ),
                        ],
                        None,
                        60,
                    ),
                    60,
                ),
            ),
            ("flags", known(map(vec![("--quiet", known(text(""), 71))], Some(missing("FLAGS", 72)), 70), 70)),
            (
                "repeated",
                known(list(vec![known(text("a"), 81), unknown("B", 82)], Some(missing("REST", 83))), 80),
            ),
        ],
    );
    let reference = object(
        "deployment",
        101,
        vec![("startup_timeout", known(duration("900s"), 102)), ("memory", known(quantity("8Gi"), 103))],
    );
    let params: Vec<(Arc<str>, Field)> = vec![
        ("minimum".into(), known(quantity("2Gi"), 201)),
        ("multiplier".into(), known(Datum::Double(1.5), 202)),
        ("names".into(), known(list(vec![known(text("PORT"), 204), known(text("HOST"), 205)], None), 203)),
    ];
    let half = compile("deployment.memory * 0.5");
    let tag = compile("deployment.image.?tag");
    Activation::new()
        .with("deployment", known(deployment, 1))
        .with("reference", known(reference, 101))
        .with_params(params, place(200))
        .with_definitions(Arc::new(vec![("half".into(), half), ("tag".into(), tag)]))
}

fn compile(text: &str) -> Expression {
    let map = TextMap::identity(SourceId::FIRST, 0, text.len());
    compile_unchecked(text, &map).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// An outcome on one line, with the numbers of the places that were read.
pub(super) fn shown(world: &World, source: &str) -> String {
    let mut line = String::new();
    if !world.condition.is_always() {
        write!(line, "[{}] ", world.condition).unwrap();
    }
    match &world.outcome {
        Outcome::Value(datum) => line.push_str(&values::written(datum)),
        Outcome::Unknown(inputs) => {
            let inputs: Vec<String> =
                inputs.iter().map(|input| format!("{} ({})", input.name, input.unknown.input)).collect();
            write!(line, "unknown: {}", inputs.join(", ")).unwrap();
        }
        Outcome::Error(error) => {
            write!(line, "error: {} at `{}`", error.message, &source[error.span.range()]).unwrap();
        }
        Outcome::Limit => line.push_str("limit"),
    }
    let reads: Vec<String> = world
        .reads()
        .iter()
        .filter(|read| !read.passed_through)
        .map(|read| format!("{}={}@{}", read.path, read.written, read.place.span.start))
        .collect();
    write!(line, "  <- {}", reads.join(" ")).unwrap();
    line
}

fn in_worlds(expressions: &[&str]) -> String {
    let activation = activation();
    let mut out = String::new();
    for source in expressions {
        writeln!(out, "{source}").unwrap();
        for world in compile(source).worlds(&activation, &Condition::always(), 64) {
            writeln!(out, "    {}", shown(&world, source)).unwrap();
        }
    }
    out
}

#[test]
fn fields_are_read_and_worlds_are_told_apart_where_the_outcome_hangs_on_them() {
    insta::assert_snapshot!(in_worlds(&[
        "deployment.service == 'backend'",
        "deployment.memory_request < quantity('1Gi')",
        "deployment.memory >= params.minimum",
        "deployment.memory >= params.minimum || deployment.image.alpine",
        "deployment.memory >= params.minimum && deployment.replicas > 1",
        "deployment.service == 'other' && deployment.memory >= params.minimum",
        "deployment.service == 'backend' || deployment.memory >= params.minimum",
        "has(deployment.memory)",
        "has(deployment.cpu)",
        "has(deployment.timeout)",
        "has(deployment.concurrency)",
        "has(deployment.max_instances)",
        "has(deployment.concurrency) && deployment.concurrency > 50",
        "has(deployment.image.tag)",
        "has(deployment.image.digest)",
        "deployment.min_instances >= 2",
        "deployment.max_instances >= 2",
        "deployment.cpu >= quantity('1')",
        "deployment.cpu.x",
        "deployment.timeout > duration('1m')",
        "deployment.timeout > duration('1m') || true",
        "deployment.timeout > duration('1m') && false",
        "deployment.timeout > duration('1m') && deployment.cpu > quantity('1')",
        "deployment.timeout > duration('1m') ? true : true",
        "deployment.timeout > duration('1m') ? true : false",
        "!(deployment.timeout > duration('1m'))",
        "deployment.timeout == deployment.timeout",
        "[deployment.timeout].size() == 1",
        "deployment.?cpu.orValue(quantity('1')) == quantity('1')",
        "deployment.?timeout.orValue(duration('1s')) > duration('0s')",
        "deployment.?timeout.hasValue()",
        "deployment.?image.?tag.orValue('none')",
        "deployment.?image.?digest.orValue('none')",
        "deployment.?image.digest.orValue('none')",
        "deployment.image.tag == 'latest'",
        "variables.half >= quantity('1Gi')",
        "variables.tag.orValue('x') == 'latest'",
        "variables.nothing",
    ]));
}

#[test]
fn lists_and_maps_may_be_open_and_their_members_conditional() {
    insta::assert_snapshot!(in_worlds(&[
        "deployment.containers.all(c, c.memory >= quantity('64Mi'))",
        "deployment.containers.all(c, c.memory >= quantity('128Mi'))",
        "deployment.containers.exists(c, c.name == 'agent')",
        "size(deployment.containers) == 2",
        "deployment.containers[0].name",
        "deployment.containers[5].name",
        "deployment.containers.map(c, c.memory).sum() > quantity('600Mi')",
        "deployment.containers.filter(c, c.memory < quantity('100Mi')).map(c, c.name).join(', ')",
        "deployment.containers.exists_one(c, c.name == 'app')",
        "deployment.containers.all(i, c, i < 2 || c.memory < quantity('64Mi'))",
        "'PORT' in deployment.env",
        "'HOST' in deployment.env",
        "'DEBUG' in deployment.env",
        "params.names.all(n, n in deployment.env)",
        "deployment.env.PORT.value == '8000'",
        "deployment.env['PORT'].value == '8000'",
        "deployment.env['HOST'].value",
        "deployment.env[?'HOST'].?value.orValue('0.0.0.0')",
        "deployment.env.exists(k, k == 'PORT')",
        "deployment.env.all(k, v, v.set)",
        "deployment.env.transformList(k, v, k + '=' + v.value)",
        "deployment.env.transformMap(k, v, k == 'PORT', v.value)",
        "'--quiet' in deployment.flags",
        "'--verbose' in deployment.flags",
        "has(deployment.flags.verbose)",
        "deployment.flags.all(f, f.startsWith('--'))",
        "deployment.flags.exists(f, f == '--quiet')",
        "size(deployment.flags)",
        "'a' in deployment.repeated",
        "'z' in deployment.repeated",
        "deployment.repeated.exists(r, r == 'a')",
        "deployment.repeated.all(r, r == 'b')",
        "deployment.repeated.all(r, r == 'a')",
        "deployment.repeated == ['x']",
        "deployment.repeated[1]",
        "deployment.repeated.map(r, r)",
        "params.names == ['PORT', 'HOST']",
        "['PORT', 'HOST'] == params.names",
        "params.names + ['X']",
    ]));
}

#[test]
fn amounts_keep_their_units_and_errors_name_the_sub_expression() {
    insta::assert_snapshot!(in_worlds(&[
        "deployment.startup_timeout >= reference.startup_timeout * params.multiplier",
        "params.multiplier * reference.startup_timeout",
        "2 * quantity('1Gi') == quantity('2Gi')",
        "quantity('1Gi') + quantity('512Mi')",
        "quantity('1Gi') - quantity('512Mi')",
        "quantity('1Gi') / 2",
        "quantity('1Gi') / quantity('512Mi')",
        "-duration('1m') < duration('0s')",
        "string(deployment.memory_request) + ' of ' + string(reference.memory)",
        "string(deployment.startup_timeout)",
        "deployment.memory_request > 512",
        "deployment.memory_request == 512",
        "quantity('1Gi') + duration('1m')",
        "quantity('lots')",
        "duration('10')",
        "1 / 0",
        "9223372036854775807 + 1",
        "1 + 1.5",
        "1 * 1.5",
        "7 / 2 + 7 % 2",
        "'a' + 1",
        "[1, 2][7]",
        "{'a': 1}.b",
        "nothing.there",
        "nothing(1)",
        "'a'.nothing()",
        "1 && true",
        "'x'.matches('(')",
        "[] == [] && {} == {} && [1] != [2]",
        "[].sum() <= duration('1s') && duration('1s') > [].sum() && [].sum() == 0",
        "1u + 1",
        "cel.bind(x, 2, x * x)",
        "b'ab'.size() == 2",
        "null == null",
        "true ? 'a' : 'b'",
        "deployment.image.tag == 'latest' && 1 / (deployment.replicas - 1) > 0",
    ]));
}

/// The leaves that made expressions false, in every world.
fn leaves(expressions: &[&str]) -> String {
    let activation = activation();
    let mut out = String::new();
    for source in expressions {
        writeln!(out, "{source}").unwrap();
        let expression = compile(source);
        for world in expression.worlds(&activation, &Condition::always(), 64) {
            for leaf in expression.failing_leaves(&activation, &world.condition) {
                assert_eq!(&source[leaf.span.range()], leaf.expression);
                let operands: Vec<String> =
                    leaf.operands.iter().map(|one| format!("{} = {}", one.expression, one.value)).collect();
                let reads: Vec<String> = leaf
                    .reads
                    .iter()
                    .map(|read| format!("{}@{}", read.path, read.place.span.start))
                    .collect();
                let condition = &world.condition;
                writeln!(
                    out,
                    "    [{condition}] {}  because {}  at {}",
                    leaf.expression,
                    operands.join(", "),
                    reads.join(" ")
                )
                .unwrap();
            }
        }
    }
    out
}

#[test]
fn a_false_expression_is_explained_by_the_leaf_that_decided() {
    insta::assert_snapshot!(leaves(&[
        "has(deployment.memory) && deployment.memory >= params.minimum",
        "has(deployment.cpu) && deployment.cpu >= quantity('1')",
        "params.minimum <= deployment.memory",
        "deployment.startup_timeout >= reference.startup_timeout * params.multiplier",
        "!has(deployment.memory) || deployment.memory >= params.minimum",
        "!(deployment.environment == 'staging' && deployment.memory_request < quantity('1Gi'))",
        "deployment.environment != 'staging' || deployment.memory_request >= quantity('1Gi')",
        "deployment.memory_request >= quantity('1Gi') || deployment.startup_timeout > duration('10m')",
        "deployment.environment == 'staging' ? deployment.memory_request >= quantity('1Gi') : true",
        "deployment.environment == 'staging' ? false : true",
        "deployment.containers.all(c, c.memory >= quantity('1Gi'))",
        "deployment.containers.all(c, has(c.memory) && c.memory >= quantity('1Gi'))",
        "!deployment.containers.exists(c, c.memory < quantity('1Gi'))",
        "deployment.containers.exists(c, c.name == 'sidecar')",
        "!deployment.containers.all(c, c.memory < quantity('1Gi'))",
        "params.names.all(n, n in deployment.env)",
        "params.names.all(n, n.startsWith('P'))",
        "deployment.env.all(k, v, v.value == '1')",
        "!deployment.image.reference.endsWith(':latest')",
        "deployment.image.?digest.hasValue()",
        "deployment.image.alpine",
        "cel.bind(m, deployment.memory_request, m > quantity('1Gi') && m < quantity('2Gi'))",
        "variables.half >= quantity('3Gi')",
        "'HOST' in deployment.env",
        "deployment.containers.map(c, c.memory).sum() >= quantity('1Gi')",
        "math.least(deployment.memory_request, params.minimum) > quantity('1Gi')",
        "size(deployment.containers) == 0",
        "false",
    ]));
}

fn outcome(text: &str, activation: &Activation) -> Outcome {
    compile(text).worlds(activation, &Condition::always(), WORLD_LIMIT).remove(0).outcome
}

#[test]
fn whatever_loops_or_grows_is_bounded() {
    let activation = activation();
    let numbers = format!("[{}]", (0..100).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    // A million visits, of which the bound allows a tenth.
    let nested = format!("{numbers}.all(a, {numbers}.all(b, {numbers}.all(c, a + b + c >= 0)))");
    assert!(
        matches!(outcome(&nested, &activation), Outcome::Error(error) if error.message.contains("100000"))
    );
    let long = "0123456789".repeat(1_200);
    let joined = format!("{numbers}.map(n, '{long}').join()");
    assert!(matches!(outcome(&joined, &activation), Outcome::Error(error) if error.message.contains("KiB")));
    // What doubles is not even compiled.
    for (start, step) in [("'a'", "x + x"), ("[1, 2]", "[x, x]")] {
        let steps = (0..30).fold("size(x)".to_owned(), |body, _| format!("cel.bind(x, {step}, {body})"));
        let text = format!("cel.bind(x, {start}, {steps})");
        assert_eq!(compile_unchecked(&text, &identity(&text)).unwrap_err()[0].code.0, limits::code::ELEMENTS);
    }
    let code = |text: &str| match outcome(text, &activation) {
        Outcome::Error(error) => error.code,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(code(&nested), limits::code::STEPS);
    assert_eq!(code(&joined), limits::code::TEXT);
    assert_eq!(code("'a'.matches('(a{1000}){1000}')"), limits::code::REGEX);
    assert_eq!(code("lists.range(1000000).size() == 0"), limits::code::STEPS);
    // Each of these does in a few loops what no count of visits sees.
    for text in [
        "lists.range(4000).all(x, x in lists.range(4000))",
        "sets.contains(lists.range(9000), lists.range(9000).reverse())",
        "lists.range(50000).distinct().size() == 0",
        "cel.bind(x, lists.range(60000), lists.range(1000).map(y, [x, x])).size() == 0",
        "cel.bind(x, lists.range(60000), lists.range(1000).all(y, [x].all(z, z.size() > 0)))",
        "lists.range(1000).transformMap(i, v, lists.range(20000)).size() < 0",
        "lists.range(9000).all(x, !'a'.matches('a{' + string(x + 2) + '}'))",
    ] {
        assert_eq!(code(text), limits::code::WORK, "{text}");
    }
    assert_eq!(code("1 / 0 == 1"), POLICY_ERROR);
}

fn identity(text: &str) -> TextMap {
    TextMap::identity(SourceId::FIRST, 0, text.len())
}

#[test]
fn the_deepest_expression_fits_a_small_stack() {
    let sum = vec!["1"; limits::DEPTH].join(" + ");
    let nested = format!("{}1{}", "(1 + ".repeat(limits::DEPTH - 5), ")".repeat(limits::DEPTH - 5));
    let loops = limits::DEPTH / 3 - 2;
    let loops = format!("{}true{}", "[1].all(x, ".repeat(loops), ")".repeat(loops));
    let negations = limits::DEPTH - 5;
    let negations = format!("{}true{}", "!(true && ".repeat(negations / 2), ")".repeat(negations / 2));
    let bindings = limits::DEPTH - 5;
    let bindings = format!("{}x{}", "cel.bind(x, 1, ".repeat(bindings), ")".repeat(bindings));
    for text in [sum, nested, loops, negations, bindings] {
        let worker = std::thread::Builder::new().stack_size(8 << 20).spawn(move || {
            let declarations = Declarations::default();
            let expression = super::compile(&text, &identity(&text), &declarations, Expected::Any)
                .unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
            let worlds = expression.worlds(&Activation::new(), &Condition::always(), 1);
            let value = matches!(worlds[0].outcome, Outcome::Value(_));
            expression.failing_leaves(&Activation::new(), &Condition::always());
            value
        });
        assert!(worker.unwrap().join().unwrap());
    }
}

#[test]
fn worlds_are_limited_and_the_rest_is_said_to_be_unjudged() {
    let fields: Vec<(Arc<str>, Field)> = (0..10)
        .map(|n| {
            let name = format!("f{n}");
            let field = either(&name, known(Datum::Int(1), n), known(Datum::Int(2), n));
            (name.into(), field)
        })
        .collect();
    let activation = Activation::new().with_params(fields, place(0));
    let all =
        compile("params.f0 + params.f1 + params.f2 + params.f3 + params.f4 + params.f5 + params.f6 > 3");
    let worlds = all.worlds(&activation, &Condition::always(), WORLD_LIMIT);
    assert_eq!(worlds.len(), WORLD_LIMIT);
    assert!(worlds.iter().any(|world| world.outcome == Outcome::Limit));
    let six = compile("params.f0 + params.f1 + params.f2 + params.f3 + params.f4 + params.f5 > 3");
    let worlds = six.worlds(&activation, &Condition::always(), WORLD_LIMIT);
    assert_eq!(worlds.len(), WORLD_LIMIT);
    assert!(worlds.iter().all(|world| world.outcome.is_true()));
    let start = when("f0");
    assert_eq!(compile("params.f0 == 1").worlds(&activation, &start, 64).len(), 1);
}

#[test]
fn expressions_are_shared_by_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let expression = compile("deployment.memory_request > quantity('1Mi')");
    shared(&expression);
    let activation = activation();
    shared(&activation);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert!(expression.worlds(&activation, &Condition::always(), 64)[0].outcome.is_true());
            });
        }
    });
}
