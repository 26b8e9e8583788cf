//! What a policy file may hold, for the JSON Schema that editors read.

use super::read::{ARTIFACTS, SPEC_KEYS, VALIDATION_KEYS, VERSION};
use super::{Kind, Param, ParamType};
use crate::platform;
use crate::schema::shape::{Key, Object, Shape};

/// The JSON Schema of a policy file, as text.
pub fn schema() -> String {
    crate::schema::shape::print(&policy(), "A policy of Celador", "What must hold of what is deployed")
}

fn policy() -> Shape {
    let name =
        Shape::Matching { pattern: "^[a-z][a-z0-9-]*$", examples: vec!["alpine-minimum-memory".to_owned()] };
    let metadata = Shape::object([
        Key::new("name", name, "Lower-case words with hyphens; waivers and `--policy` name it").required(),
        Key::new("title", Shape::Text, "What holds where the policy passes, in one line").required(),
        Key::new("group", Shape::Text, "The policy's kind, for lists: custom if left out"),
    ]);
    let mut spec = Object { keys: SPEC_KEYS.iter().map(|key| of_spec(key)).collect(), ..Object::default() };
    spec.one_of = vec!["validations", "judgedBy"];
    Shape::object([
        Key::new("apiVersion", Shape::words([VERSION]), "The version of this format").required(),
        Key::new("kind", Shape::words(["Policy"]), "").required(),
        Key::new("metadata", metadata, "Its name and title").required(),
        Key::new("spec", Shape::Object(spec), "What it judges, and how").required(),
    ])
}

/// One key of `spec`. A test holds that every key that is read has its words here.
fn of_spec(name: &str) -> Key {
    let (shape, description) = match name {
        "severity" => {
            (Shape::words(["error", "warning", "info"]), "How grave a failure is: error if left out")
        }
        "rationale" => (Shape::Text, "Why it exists: shown by `celador explain`"),
        "target" => (target(), "What is judged, before the matchConditions are asked"),
        "params" => (
            Shape::Map(Box::new(param())),
            "Values that projects may change in celador.yaml; read as `params.NAME`",
        ),
        "forEach" => {
            (Shape::Text, "A list or map of the subject whose elements are judged one by one, as `each`")
        }
        "matchConditions" => (named(), "Only subjects for which all of these hold are judged"),
        "variables" => (named(), "Named expressions, read as `variables.NAME`"),
        "validations" => (Shape::List(Box::new(validation())), "What must hold"),
        "judgedBy" => (Shape::Text, "The part of the program that judges instead of validations"),
        "failurePolicy" => (
            Shape::words(["Fail", "Ignore"]),
            "Whether a verdict that stays undetermined acts as a failure: Ignore if left out",
        ),
        "unknowns" => (
            Shape::words(["report", "count"]),
            "Whether undetermined verdicts are listed or only counted: report if left out",
        ),
        "findings" => (
            Shape::words(["each", "together"]),
            "Whether each validation that fails is a finding, or those of one subject are one: each if left out",
        ),
        "action" => {
            (Shape::words(["deny", "warn", "audit"]), "What is done instead of what the severity means")
        }
        "unbypassable" => {
            (Shape::Bool, "`true`: what it denies is tolerated by no budget and let pass by no bypass")
        }
        "examples" => {
            (Shape::List(Box::new(example())), "Files, and what is found in them: run by `celador test`")
        }
        _ => (Shape::Any, ""),
    };
    let key = Key::new(name, shape, description);
    if name == "target" { key.required() } else { key }
}

fn target() -> Shape {
    let platforms = platform::ALL.iter().map(|platform| platform.name).chain(ARTIFACTS);
    let text = || Box::new(Shape::Text);
    Shape::object([
        Key::new("kind", Shape::words(Kind::ALL.map(Kind::as_str)), "The kind of subject").required(),
        Key::new("environment", Shape::OneOrMany(text()), "Only subjects of these environments"),
        Key::new(
            "comparedWith",
            Shape::Text,
            "An environment, `peers` or `siblings`: with what each subject is compared, as `reference`",
        ),
        Key::new(
            "platforms",
            Shape::OneOrMany(Box::new(Shape::words(platforms))),
            "Only subjects on these platforms",
        ),
    ])
}

fn named() -> Shape {
    Shape::List(Box::new(Shape::object([
        Key::new("name", Shape::Text, "").required(),
        Key::new("expression", Shape::Text, "A CEL expression").required(),
    ])))
}

fn param() -> Shape {
    let kinds = Shape::Matching {
        pattern: "^ *((list<|map< *string *, *) *)*(quantity|duration|ratio|int|bool|string)[ >]*$",
        examples: [
            ParamType::Quantity,
            ParamType::Duration,
            ParamType::Ratio,
            ParamType::Int,
            ParamType::Bool,
            ParamType::Text,
            ParamType::List(Box::new(ParamType::Text)),
            ParamType::Map(Box::new(ParamType::Quantity)),
        ]
        .iter()
        .map(ToString::to_string)
        .collect(),
    };
    Shape::object([
        Key::new("type", kinds, "quantity, duration, ratio, int, bool, string, list<T> or map<string, T>")
            .required(),
        Key::new("default", Shape::Any, "The value where no project gives one"),
        Key::new("description", Shape::Text, "What it is for"),
    ])
}

fn validation() -> Shape {
    let fix = Shape::object([
        Key::new("expression", Shape::Text, "Comes to the text that stands in for the literal").required(),
        Key::new("note", Shape::Text, "Words behind the value: `or more`"),
    ]);
    let key = |name: &&str| match *name {
        "expression" => Key::new(name, Shape::Text, "A CEL expression that must hold").required(),
        "message" => Key::new(name, Shape::Text, "What is wrong where it does not hold"),
        "messageExpression" => Key::new(name, Shape::Text, "The same as a CEL expression, with values"),
        "at" => Key::new(name, Shape::Text, "A path that the finding points at"),
        "help" => Key::new(name, Shape::Text, "What to do"),
        "fix" => Key::new(name, fix.clone(), "What mends it where the value is written"),
        _ => Key::new(name, Shape::Any, ""),
    };
    Shape::object(VALIDATION_KEYS.iter().map(key))
}

fn example() -> Shape {
    let finding = Shape::object([
        Key::new("file", Shape::Text, "May be left out where the example has one file"),
        Key::new("line", Shape::Int { least: Some(1) }, "").required(),
        Key::new("message", Shape::Text, "The whole message; left out, any will do"),
    ]);
    let findings = || Shape::List(Box::new(finding.clone()));
    Shape::object([
        Key::new("name", Shape::Text, "").required(),
        Key::new("files", Shape::Map(Box::new(Shape::Text)), "From paths to texts").required(),
        Key::new("findings", findings(), "What is found; an empty list where it passes").required(),
        Key::new("undetermined", findings(), "What stays open, if the example speaks of that"),
    ])
}

/// What a project may write for a parameter of a type.
fn value(kind: &ParamType) -> Shape {
    match kind {
        ParamType::Quantity => Shape::Either(vec![
            Shape::Number,
            Shape::Matching {
                pattern: "^[+-]?[0-9.]+([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$",
                examples: vec!["512Mi".to_owned(), "2Gi".to_owned()],
            },
        ]),
        ParamType::Duration => Shape::Matching {
            pattern: "^-?([0-9.]+ *(ns|us|µs|ms|s|m|h|d) *)+$",
            examples: vec!["30s".to_owned(), "10m".to_owned()],
        },
        ParamType::Ratio => Shape::Number,
        ParamType::Int => Shape::Int { least: None },
        ParamType::Bool => Shape::Bool,
        ParamType::Text => Shape::Text,
        ParamType::List(inner) => Shape::List(Box::new(value(inner))),
        ParamType::Map(inner) => Shape::Map(Box::new(value(inner))),
    }
}

/// What a project may write for the parameters of one policy.
pub fn params(params: &[Param]) -> Shape {
    Shape::object(params.iter().map(|param| Key::new(&param.name, value(&param.kind), &param.description)))
}

#[cfg(test)]
mod tests {
    use super::of_spec;
    use crate::policy::read::SPEC_KEYS;

    #[test]
    fn every_key_that_is_read_is_described() {
        for key in SPEC_KEYS {
            assert!(!of_spec(key).description.is_empty(), "{key}");
        }
    }
}
