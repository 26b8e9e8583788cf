//! What `celador.yaml` may hold, for the JSON Schema that editors read.

use super::gates::SEVERITIES;
use super::read::{ACTIONS, BUILTIN, KEYS};
use super::waivers::REQUIRABLE;
use crate::policy::{self, PACK};
use crate::schema::shape::{Key, Object, Shape};
use crate::source::Sources;

/// The JSON Schema of `celador.yaml`, as text.
pub fn schema() -> String {
    let shape = Shape::object(KEYS.iter().map(|key| of_root(key)));
    crate::schema::shape::print(&shape, "celador.yaml", "What a project says about itself to Celador")
}

fn texts() -> Shape {
    Shape::OrNothing(Box::new(Shape::OneOrMany(Box::new(Shape::Text))))
}

fn many(shape: Shape) -> Shape {
    Shape::OrNothing(Box::new(Shape::OneOrMany(Box::new(shape))))
}

fn map(shape: Shape) -> Shape {
    Shape::OrNothing(Box::new(Shape::Map(Box::new(shape))))
}

fn maybe(shape: Shape) -> Shape {
    Shape::OrNothing(Box::new(shape))
}

fn day() -> Shape {
    Shape::Matching { pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples: vec!["2027-12-31".to_owned()] }
}

fn actions() -> Shape {
    Shape::words(ACTIONS.iter().map(|(word, _)| *word))
}

/// One key of the file. A test holds that every key that is read has its words here.
fn of_root(name: &str) -> Key {
    let (shape, description) = match name {
        "version" => (
            Shape::Either(vec![Shape::words(["1"]), Shape::Int { least: Some(1) }]),
            "The version of this format: 1",
        ),
        "extends" => {
            (texts(), "Files that are read first; this one adds to them. Paths relative to this file")
        }
        "include" => (texts(), "Of the project only what matches one of these patterns is read"),
        "exclude" => (texts(), "Paths that are not read: patterns relative to this file"),
        "environments" => (map(maybe(environment())), "How an environment is told"),
        "services" => (map(maybe(service())), "What is known of services, by the name without environment"),
        "policies" => (maybe(policies()), "Which policies are asked, and with which parameters"),
        "schemas" => (many(schema_rule()), "JSON Schemas that files are held against"),
        "actions" => (many(action_rule()), "What is done about findings; the last row that matches wins"),
        "gates" => (map(maybe(gate())), "How many failures an environment tolerates, and why"),
        "bypass" => (maybe(bypass()), "Where checks may be turned off"),
        "baseline" => (Shape::Text, "The file of known findings: celador-baseline.json if left out"),
        "record" => (
            Shape::Text,
            "The file that records what policies were bound to: celador-record.json if left out",
        ),
        "waivers" => (many(waiver()), "Findings that are set aside on purpose"),
        "waiver_rules" => {
            (many(waiver_rule()), "What is asked of waivers; of each key the last row that applies counts")
        }
        _ => (Shape::Any, ""),
    };
    let key = Key::new(name, shape, description);
    if name == "version" { key.required() } else { key }
}

fn environment() -> Shape {
    Shape::object([
        Key::new("paths", texts(), "Patterns of paths whose files are deployed to it"),
        Key::new("projects", texts(), "Names of cloud projects, accounts or namespaces"),
        Key::new("branches", texts(), "Patterns of branches that are deployed to it"),
        Key::new("variables", map(texts()), "Variables with the values that tell it"),
    ])
}

fn service() -> Shape {
    let required = Shape::object([
        Key::new("env", texts(), "Variables that must be set"),
        Key::new("secrets", texts(), "Variables that must come from a secret store"),
    ]);
    Shape::object([
        Key::new("aliases", texts(), "Other names that it goes by"),
        Key::new("required", maybe(required), "What it cannot start without"),
    ])
}

fn policies() -> Shape {
    let blocks = PACK.iter().map(|builtin| {
        let mut sources = Sources::new();
        let policy = builtin.load(&mut sources, false);
        let params = policy.as_ref().map(|policy| policy::params_shape(&policy.params));
        let title = policy.as_ref().map_or("", |policy| policy.title.as_str());
        let params = Shape::Named(builtin.name.to_owned(), Box::new(params.unwrap_or(Shape::Any)));
        Key::new(builtin.name, maybe(block(&params)), title)
    });
    let configure = Object {
        keys: blocks.collect(),
        // A project's own policies: their parameters are known when they are read.
        others: Some(Box::new(maybe(block(&Shape::Map(Box::new(Shape::Any)))))),
        ..Object::default()
    };
    Shape::object([
        Key::new(
            "builtin",
            Shape::words(BUILTIN.iter().map(|(word, _)| *word)),
            "Which built-in policies are asked: recommended if left out",
        ),
        Key::new(
            "cost",
            Shape::Int { least: Some(0) },
            "The steps that judging one subject by one policy may take at most",
        ),
        Key::new("paths", texts(), "Policy files, and folders of policy files, relative to this file"),
        Key::new("configure", maybe(Shape::Object(configure)), "Parameters and actions by policy"),
    ])
}

fn block(params: &Shape) -> Shape {
    let params = || Key::new("params", params.clone(), "The policy's parameters");
    let inner = || Shape::Map(Box::new(Shape::object([params()])));
    Shape::object([
        params(),
        Key::new("environments", inner(), "Parameters for one environment"),
        Key::new("services", inner(), "Parameters for one service"),
        Key::new("action", actions(), "What is done about a failure"),
        Key::new("enabled", Shape::Bool, "`false` takes the policy out, `true` takes it in"),
        Key::new(
            "unbypassable",
            Shape::Bool,
            "`true`: what it denies is tolerated by no budget and let pass by no bypass",
        ),
    ])
}

fn schema_rule() -> Shape {
    Shape::object([
        Key::new("files", texts(), "Patterns of paths").required(),
        Key::new("schema", Shape::Text, "A path, or `celador:NAME` for one that is built in").required(),
    ])
}

fn action_rule() -> Shape {
    Shape::object([
        Key::new("policy", Shape::Text, "A policy's name, `*` stands for any characters"),
        Key::new("group", Shape::Text, "Only findings of policies of this group"),
        Key::new(
            "severity",
            Shape::words(SEVERITIES.iter().map(|(word, _)| *word)),
            "Only findings of this severity",
        ),
        Key::new("service", Shape::Text, "Only findings about this service, `*` stands for any characters"),
        Key::new("environment", Shape::Text, "Only findings of this environment"),
        Key::new("action", actions(), "What is done").required(),
        Key::new("from", day(), "The first day on which the row holds"),
        Key::new("until", day(), "The last day on which the row holds"),
    ])
}

fn gate() -> Shape {
    Shape::object([
        Key::new(
            "tolerate",
            Shape::Int { least: Some(0) },
            "So many denied findings pass; one more, and all of them deny",
        )
        .required(),
        Key::new("reason", Shape::Text, "Why; needed where any are tolerated, and printed with each of them"),
    ])
}

fn bypass() -> Shape {
    Shape::object([
        Key::new(
            "environments",
            texts(),
            "Environments in which checks may be turned off, and for which `--bypass` works",
        ),
        Key::new("unbypassable", texts(), "Policies that are never tolerated and never bypassed: patterns"),
    ])
}

fn waiver() -> Shape {
    let any =
        |what: &str| format!("Only findings {what}; of several each that concerns a finding must be named");
    Shape::object([
        Key::new("policy", texts(), "The policies that are set aside, `*` stands for any characters")
            .required(),
        Key::new("service", texts(), &any("about these services")),
        Key::new("environment", texts(), &any("of these environments")),
        Key::new("path", texts(), "Only findings in these files, `*` stands for any characters"),
        Key::new("condition", texts(), "Only findings under one of these conditions, as they are printed"),
        Key::new("owner", Shape::Text, "Who answers for it, as in \"@platform\""),
        Key::new("reason", Shape::Text, "Why; shown with every finding that is set aside"),
        Key::new("expires", day(), "The last day on which it holds, in UTC"),
    ])
}

fn waiver_rule() -> Shape {
    let require = Shape::OneOrMany(Box::new(Shape::words(REQUIRABLE)));
    Shape::object([
        Key::new("policy", Shape::Text, "Waivers of this policy, `*` stands for any characters"),
        Key::new("environment", Shape::Text, "Only for findings of this environment"),
        Key::new("require", maybe(require), "What a waiver must say: all of it if no row says less"),
        Key::new("max_days", Shape::Int { least: Some(0) }, "Its last day may be so many days from today"),
        Key::new("patterns", Shape::Bool, "A comment may name policies by a pattern with `*`"),
    ])
}

#[cfg(test)]
mod tests {
    use super::{KEYS, of_root};

    #[test]
    fn every_key_that_is_read_is_described() {
        for key in KEYS {
            assert!(!of_root(key).description.is_empty(), "{key}");
        }
    }
}
