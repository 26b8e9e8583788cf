//! What the language offers beside its functions: operators, macros and examples of fields, for people.
//! Every example is run by a test.

use super::Target;

/// An operator or a macro.
#[derive(Clone, Copy, Debug)]
pub struct SyntaxRow {
    /// As it is looked up: `all`, `&&`.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// One line without a full stop.
    pub doc: &'static str,
    /// An expression that holds.
    pub example: &'static str,
}

/// An expression about an object type.
#[derive(Clone, Copy, Debug)]
pub struct FieldExample {
    /// The object type.
    pub owner: &'static str,
    /// The target of a policy that may say it.
    pub target: Target,
    /// An expression that comes to true or false.
    pub expression: &'static str,
}

const fn row(name: &'static str, form: &'static str, doc: &'static str, example: &'static str) -> SyntaxRow {
    SyntaxRow { name, form, doc, example }
}

/// Operators and macros, by what they are for.
pub const SYNTAX: &[SyntaxRow] = &[
    row(
        "&&",
        "a && b",
        "both hold; an unknown side does not matter where the other is false",
        "1 < 2 && 2 < 3",
    ),
    row(
        "||",
        "a || b",
        "one holds; an unknown side does not matter where the other is true",
        "1 > 2 || 2 < 3",
    ),
    row("!", "!a", "it does not hold", "!(1 > 2)"),
    row("?:", "a ? b : c", "`b` where `a` holds, else `c`", "(1 < 2 ? \"yes\" : \"no\") == \"yes\""),
    row(
        "==",
        "a == b",
        "equal: amounts by their value, whatever their unit",
        "quantity(\"1Gi\") == quantity(\"1024Mi\")",
    ),
    row("!=", "a != b", "not equal", "duration(\"1m\") != duration(\"61s\")"),
    row(
        "<",
        "a < b, a <= b, a > b, a >= b",
        "compares two amounts, durations, numbers or texts of one type",
        "quantity(\"512Mi\") < quantity(\"2Gi\")",
    ),
    row(
        "+",
        "a + b, a - b",
        "sum and difference of amounts, durations and numbers; texts and lists are joined",
        "duration(\"90s\") + duration(\"30s\") == duration(\"2m\")",
    ),
    row(
        "*",
        "a * b, a / b, a % b",
        "of numbers; an amount or a duration times a number keeps its unit",
        "quantity(\"1Gi\") * 2 == quantity(\"2Gi\")",
    ),
    row("in", "a in b", "whether a list has an element, or a map a key", "\"PORT\" in {\"PORT\": \"8080\"}"),
    row("[]", "a[b]", "the element of a list, from 0, or the value of a map", "[\"a\", \"b\"][1] == \"b\""),
    row(
        "?.",
        "a.?b, a[?b]",
        "the field or element, or none where it is absent",
        "{\"a\": 1}[?\"b\"].orValue(2) == 2",
    ),
    row("has", "has(a.b)", "whether a field is there; what it guards may then be read", "has({\"a\": 1}.a)"),
    row(
        "all",
        "list.all(x, p)",
        "whether `p` holds for every element, or for every key of a map",
        "[1, 2].all(x, x > 0)",
    ),
    row("exists", "list.exists(x, p)", "whether `p` holds for an element", "[1, 2].exists(x, x == 2)"),
    row(
        "exists_one",
        "list.exists_one(x, p)",
        "whether `p` holds for exactly one element",
        "[1, 2].exists_one(x, x == 2)",
    ),
    row(
        "filter",
        "list.filter(x, p)",
        "the elements for which `p` holds",
        "[1, 2, 3].filter(x, x > 1) == [2, 3]",
    ),
    row(
        "map",
        "list.map(x, e), list.map(x, p, e)",
        "`e` of each element, or of those for which `p` holds",
        "[1, 2].map(x, x * 2) == [2, 4]",
    ),
    row(
        "transformList",
        "map.transformList(k, v, e)",
        "a list of `e` for each key and value, or index and element",
        "{\"a\": 1}.transformList(k, v, v + 1) == [2]",
    ),
    row(
        "transformMap",
        "map.transformMap(k, v, e)",
        "a map with `e` in place of each value",
        "{\"a\": 1}.transformMap(k, v, v + 1) == {\"a\": 2}",
    ),
    row(
        "transformMapEntry",
        "map.transformMapEntry(k, v, e)",
        "one map of the maps `e`; an error if a key comes twice",
        "{\"a\": \"b\"}.transformMapEntry(k, v, {v: k}) == {\"b\": \"a\"}",
    ),
    row(
        "sortBy",
        "list.sortBy(x, e)",
        "the elements in the order of `e`",
        "[\"ccc\", \"a\", \"bb\"].sortBy(x, x.size()) == [\"a\", \"bb\", \"ccc\"]",
    ),
    row("cel.bind", "cel.bind(x, value, e)", "`e`, in which `x` is the value", "cel.bind(x, 2, x * x) == 4"),
    row(
        "cel.block",
        "cel.block([a, b], e)",
        "`e`, in which `cel.index(0)` is the first of the list; so it is in what stands behind it there",
        "cel.block([2, cel.index(0) + 1], cel.index(0) * cel.index(1)) == 6",
    ),
    row(
        "optFlatMap",
        "optional.optFlatMap(x, e)",
        "the optional `e` where there is a value",
        "{\"a\": {\"b\": 1}}.?a.optFlatMap(x, x.?b).value() == 1",
    ),
    row(
        "optMap",
        "optional.optMap(x, e)",
        "an optional of `e` where there is a value",
        "optional.of(2).optMap(x, x + 1).value() == 3",
    ),
];

const fn of(owner: &'static str, target: Target, expression: &'static str) -> FieldExample {
    FieldExample { owner, target, expression }
}

/// Examples, at least one for each object type.
pub const FIELD_EXAMPLES: &[FieldExample] = &[
    of(
        "deployment",
        Target::Deployment,
        "has(deployment.memory) && deployment.memory >= quantity(\"512Mi\")",
    ),
    of(
        "deployment",
        Target::Deployment,
        "!has(deployment.timeout) || deployment.timeout <= duration(\"60m\")",
    ),
    of("deployment", Target::Deployment, "\"memory\" in deployment.given"),
    of(
        "image",
        Target::Deployment,
        "has(deployment.image) && has(deployment.image.tag) && deployment.image.tag != \"latest\"",
    ),
    of(
        "container",
        Target::Deployment,
        "deployment.containers.all(one, one.role != \"init\" || !has(one.port))",
    ),
    of(
        "probe",
        Target::Deployment,
        "!has(deployment.startup_probe) || !has(deployment.startup_probe.budget) || deployment.startup_probe.budget <= duration(\"240s\")",
    ),
    of(
        "env_variable",
        Target::Deployment,
        "\"PORT\" in deployment.env && deployment.env[\"PORT\"].kind == \"plain\"",
    ),
    of("repeated_flag", Target::Deployment, "deployment.repeated.all(one, one.first == one.last)"),
    of("required_variable", Target::Deployment, "deployment.required.all(one, one.state == \"SET\")"),
    of(
        "artifact",
        Target::Artifact,
        "has(artifact.base_image) && !artifact.base_image.contains(\":latest\")",
    ),
    of(
        "bound_port",
        Target::Artifact,
        "artifact.bound_ports.all(one, one.honours_variable || one.port == 8080)",
    ),
    of(
        "service",
        Target::Service,
        "service.deployments.size() > 0 && \"production\" in service.environments",
    ),
    of("setting", Target::Setting, "!has(setting.duration) || setting.duration > duration(\"1s\")"),
    of(
        "part",
        Target::Setting,
        "setting.parts.all(part, !has(part.duration) || !has(setting.duration) || part.duration <= setting.duration)",
    ),
    of("bypass", Target::Bypass, "!has(bypass.environments) || !(\"production\" in bypass.environments)"),
    of("file", Target::Deployment, "file.name.endsWith(\".yaml\") || file.path.startsWith(\"deploy/\")"),
    of("project", Target::Project, "project.deployments.exists(one, one.platform == \"cloud-run\")"),
];

#[cfg(test)]
mod tests {
    use super::{FIELD_EXAMPLES, SYNTAX};
    use crate::cel::types::{Type, VARIABLES, fields};
    use crate::cel::{Activation, Declarations, Expected, compile};
    use crate::source::{SourceId, TextMap};
    use crate::value::Condition;
    use std::collections::BTreeSet;

    #[test]
    fn examples_of_operators_and_macros_hold() {
        for row in SYNTAX {
            let map = TextMap::identity(SourceId::FIRST, 0, row.example.len());
            let expression = compile(row.example, &map, &Declarations::default(), Expected::Bool)
                .unwrap_or_else(|errors| panic!("{}: {errors:?}", row.example));
            let worlds = expression.worlds(&Activation::new(), &Condition::always(), 1);
            assert!(worlds.iter().all(|world| world.outcome.is_true()), "{}: {worlds:?}", row.example);
        }
    }

    #[test]
    fn every_object_type_has_an_example() {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = VARIABLES.iter().map(|row| row.type_name).collect();
        while let Some(owner) = open.pop() {
            let rows = fields(owner);
            if !rows.is_empty() && known.insert(owner) {
                open.extend(rows.iter().filter_map(|row| object(&row.kind)));
            }
        }
        let with: BTreeSet<&str> = FIELD_EXAMPLES.iter().map(|example| example.owner).collect();
        assert_eq!(known, with);
    }

    fn object(kind: &Type) -> Option<&'static str> {
        match kind {
            Type::Object(name) => Some(name),
            Type::List(inner) | Type::Map(inner) | Type::Optional(inner) => object(inner),
            _ => None,
        }
    }
}
