//! What the checker accepts, and what it says where it does not.

use crate::cel::{Declarations, Expected, Target, Type, compile};
use crate::source::{SourceId, TextMap};
use std::fmt::Write as _;

fn declarations() -> Declarations {
    let mut declarations = Declarations::of(Target::Deployment, true);
    for (name, kind) in [
        ("minimum", Type::Quantity),
        ("longest", Type::Duration),
        ("multiplier", Type::Double),
        ("names", Type::list(Type::Text)),
        ("floors", Type::map(Type::Quantity)),
    ] {
        declarations.param(name.into(), kind);
    }
    declarations.assume_present("deployment.concurrency");
    declarations
}

fn judged(text: &str, declarations: &Declarations, expected: Expected) -> String {
    let map = TextMap::identity(SourceId::FIRST, 0, text.len());
    match compile(text, &map, declarations, expected) {
        Ok(expression) => format!("    ok: {}\n", expression.result()),
        Err(diagnostics) => diagnostics.iter().fold(String::new(), |mut out, one| {
            let help = one.help.as_ref().map_or(String::new(), |help| format!("\n        {help}"));
            let at = &text[one.primary.span.range()];
            writeln!(out, "    {} `{at}`: {}{help}", one.code.0, one.message).unwrap();
            out
        }),
    }
}

fn table(expressions: &[&str], expected: &Expected) -> String {
    let declarations = declarations();
    expressions
        .iter()
        .map(|text| format!("{text}\n{}", judged(text, &declarations, expected.clone())))
        .collect()
}

#[test]
fn names_types_and_units_are_checked() {
    insta::assert_snapshot!(table(
        &[
            "deployment.memroy > params.minimum",
            "memory > params.minimum",
            "deploymnet.memory > params.minimum",
            "deployment.image.tga == 'latest'",
            "params.minimun > quantity('1Gi')",
            "deployment.service.length > 1",
            "has(deployment.memory) && deployment.memory > 512",
            "has(deployment.memory) && deployment.memory > '512Mi'",
            "has(deployment.memory) && deployment.memory > params.longest",
            "has(deployment.timeout) && deployment.timeout >= 300",
            "has(deployment.timeout) && deployment.timeout * params.minimum > params.longest",
            "has(deployment.timeout) && deployment.timeout + 1 > params.longest",
            "has(deployment.timeout) && deployment.timeout * params.multiplier > params.longest",
            "has(deployment.timeout) && 2 * deployment.timeout > params.longest",
            "deployment.service",
            "deployment.service && true",
            "!deployment.service",
            "deployment.service ? true : false",
            "deployment.service.startWith('a')",
            "deployment.service.startsWith('a', 'b')",
            "deployment.service.startsWith(1)",
            "startsWith(deployment.service, 'a')",
            "deployment.service.quantity()",
            "quantiy('1Gi') > params.minimum",
            "quantity('1GB') > params.minimum",
            "duration('10') > params.longest",
            "deployment.service.matches('(')",
            "deployment.service == 1",
            "deployment.service == null",
            "deployment.service in params.names",
            "1 in params.names",
            "'a' in deployment.service",
            "deployment.containers.all(c, c.mem > params.minimum)",
            "deployment.containers.all(c, c.name)",
            "deployment.service.all(c, true)",
            "deployment.containers.map(c, c.role).join(', ') == 'main'",
            "deployment.containers.map(c, c.role).sum() == 1",
            "deployment.containers[0].role == 'main'",
            "deployment.containers['a'].role == 'main'",
            "deployment.env.exists(k, k.startsWith('A'))",
            "deployment.env.all(k, v, v.kind == 'secret')",
            "deployment.env.all(k, v, v.knd == 'secret')",
            "deployment.?memory > params.minimum",
            "deployment.?memory.orValue(params.minimum) >= params.minimum",
            "deployment.?memory.orValue(512) >= params.minimum",
            "deployment.?cpu_boost",
            "deployment.?image.?tag.orValue('').endsWith('x')",
            "math.greatest(params.minimum, quantity('1Gi')) > quantity('1Gi')",
            "math.greatest(params.minimum, params.longest) > quantity('1Gi')",
            "math.grates(1, 2) > 1",
            "cel.bind(m, params.minimum, m > quantity('1Gi'))",
            "cel.bind(m, params.minimum, m.x)",
            "object.spec.anything[0] == 1",
            "1 + 1.5 > 2.0",
            "'a' + 1 == 'a1'",
            "type(1) == int",
            "Foo{}",
            "variables.x",
            "size(deployment.containers) > 0 && deployment.containers.size() > 0",
            "deployment.repeated.all(r, r.values.all(v, v == r.values[0]))",
            "service.deployments.exists(d, d.environment == 'x')",
            "deployment.all(x, x)",
            "deployment.containers.all(c)",
            "reference.platform == deployment.platform",
            "bypass.flag",
        ],
        &Expected::Bool
    ));
}

#[test]
fn messages_must_be_texts() {
    insta::assert_snapshot!(table(
        &[
            "'memory ' + string(params.minimum)",
            "params.minimum",
            "'memory ' + params.minimum",
            "deployment.service + ' of ' + deployment.platform",
        ],
        &Expected::Text
    ));
}

#[test]
fn optional_fields_must_be_guarded() {
    insta::assert_snapshot!(table(
        &[
            "deployment.memory >= params.minimum",
            "has(deployment.memory) && deployment.memory >= params.minimum",
            "deployment.memory >= params.minimum && has(deployment.memory)",
            "!has(deployment.memory) || deployment.memory >= params.minimum",
            "has(deployment.memory) || deployment.memory >= params.minimum",
            "has(deployment.memory) ? deployment.memory >= params.minimum : true",
            "has(deployment.memory) ? true : deployment.memory >= params.minimum",
            "has(deployment.cpu) && deployment.memory >= params.minimum",
            "!(has(deployment.memory) && deployment.memory < params.minimum)",
            "has(deployment.image) && has(deployment.image.alpine) && deployment.image.alpine",
            "has(deployment.image.alpine) && deployment.image.alpine",
            "has(deployment.image) && deployment.image.?alpine.orValue(false)",
            "deployment.image.?alpine.orValue(false)",
            "deployment.concurrency > 10",
            "deployment.containers.all(c, c.memory > params.minimum)",
            "deployment.containers.all(c, has(c.memory) && c.memory > params.minimum)",
            "deployment.containers.filter(c, has(c.memory)).all(d, d.memory > params.minimum)",
            "deployment.containers.filter(c, has(c.memory)).all(d, d.cpu > params.minimum)",
            "deployment.containers.map(c, has(c.memory), c.memory).sum() > params.minimum",
            "deployment.env['PORT'].set",
            "'PORT' in deployment.env && deployment.env['PORT'].set",
            "'PORT' in deployment.env && deployment.env.PORT.set",
            "has(deployment.env.PORT) && deployment.env['PORT'].set",
            "deployment.env.all(k, deployment.env[k].set)",
            "deployment.service in params.floors && params.floors[deployment.service] > quantity('1')",
            "params.floors[deployment.service] > quantity('1')",
            "params.names.all(n, n in deployment.env && deployment.env[n].set)",
            "cel.bind(i, deployment.image, i.alpine)",
            "has(deployment.image) && cel.bind(i, deployment.image, has(i.tag) && i.tag == 'x')",
            "has(deployment.image) && has(deployment.image.tag) && cel.bind(i, deployment.image, i.tag == 'x')",
            "deployment.?memory.hasValue() && deployment.memory > params.minimum",
            "has(deployment.memory) && (deployment.memory > params.minimum || deployment.memory < params.minimum)",
            "(has(deployment.memory) && has(deployment.cpu)) && deployment.memory > deployment.cpu",
            "(has(deployment.memory) || has(deployment.cpu)) && deployment.memory > params.minimum",
            "(has(deployment.memory) ? deployment.memory > params.minimum : false) && deployment.memory > params.minimum",
        ],
        &Expected::Bool
    ));
}

#[test]
fn what_an_earlier_expression_guards_is_certain_later() {
    let mut declarations = declarations();
    let condition = "has(deployment.memory) && !(!has(deployment.cpu))";
    let map = TextMap::identity(SourceId::FIRST, 0, condition.len());
    let condition = compile(condition, &map, &declarations, Expected::Bool).unwrap();
    declarations.assume(&condition);
    assert_eq!(
        judged(
            "deployment.memory > quantity('1Gi') && deployment.cpu > quantity('1')",
            &declarations,
            Expected::Bool
        ),
        "    ok: bool\n"
    );
    declarations.define("half".into(), &{
        let text = "deployment.memory * 0.5";
        let map = TextMap::identity(SourceId::FIRST, 0, text.len());
        compile(text, &map, &declarations, Expected::Any).unwrap()
    });
    assert_eq!(judged("variables.half > params.minimum", &declarations, Expected::Bool), "    ok: bool\n");
    assert!(judged("variables.hlaf > params.minimum", &declarations, Expected::Bool).contains("`half`"));
}

#[test]
fn a_message_may_speak_of_what_a_failed_validation_read() {
    let mut declarations = declarations();
    let validation = "!has(deployment.memory) || deployment.memory >= params.minimum";
    let map = TextMap::identity(SourceId::FIRST, 0, validation.len());
    let validation = compile(validation, &map, &declarations, Expected::Bool).unwrap();
    let message = "string(deployment.memory)";
    assert!(judged(message, &declarations, Expected::Text).contains("cel-unguarded"));
    assert_eq!(judged("deployment.memory", &declarations, Expected::Place), "    ok: memory\n");
    declarations.assume_false(&validation);
    assert_eq!(judged(message, &declarations, Expected::Text), "    ok: string\n");
}
