//! What a file of ours may hold, as data: from it the published JSON Schemas are written.
//!
//! The rooms that read such a file describe it in these words, with the names and words that their
//! readers know.

use serde_json::{Map, Value, json};

/// What may stand at a place of a file.
#[derive(Clone, Debug)]
pub enum Shape {
    Any,
    /// A text; YAML's numbers and truths are texts as well as any other.
    Text,
    /// A text that matches a regular expression, which is said in words.
    Matching {
        pattern: &'static str,
        examples: Vec<String>,
    },
    Int {
        least: Option<i64>,
    },
    Number,
    Bool,
    Words(Vec<String>),
    List(Box<Shape>),
    /// One, or a list of them.
    OneOrMany(Box<Shape>),
    /// From names of the user's to values.
    Map(Box<Shape>),
    Object(Object),
    /// Any of several.
    Either(Vec<Shape>),
    /// The same, or nothing at all.
    OrNothing(Box<Shape>),
    /// A shape that stands at several places: written once, under its name.
    Named(String, Box<Shape>),
}

/// A mapping whose keys are known.
#[derive(Clone, Debug, Default)]
pub struct Object {
    pub keys: Vec<Key>,
    /// What stands under keys that are not listed; nothing else may stand there if this is `None`.
    pub others: Option<Box<Shape>>,
    /// Keys of which one must be there.
    pub one_of: Vec<&'static str>,
}

/// One key.
#[derive(Clone, Debug)]
pub struct Key {
    pub name: String,
    pub required: bool,
    /// One sentence, shown by editors.
    pub description: String,
    pub shape: Shape,
}

impl Key {
    /// A key that may be left out.
    pub fn new(name: &str, shape: Shape, description: &str) -> Key {
        Key { name: name.to_owned(), required: false, description: description.to_owned(), shape }
    }

    /// The same key, which must be there.
    #[must_use]
    pub fn required(self) -> Key {
        Key { required: true, ..self }
    }
}

impl Shape {
    /// A mapping of these keys and no others.
    pub fn object(keys: impl IntoIterator<Item = Key>) -> Shape {
        Shape::Object(Object { keys: keys.into_iter().collect(), ..Object::default() })
    }

    /// One of some words.
    pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Shape {
        Shape::Words(words.into_iter().map(str::to_owned).collect())
    }

    fn json(&self, definitions: &mut Map<String, Value>) -> Value {
        match self {
            Shape::Any => json!({}),
            Shape::Text => json!({"type": ["string", "number", "boolean"]}),
            Shape::Matching { pattern, examples } if examples.is_empty() => {
                json!({"type": "string", "pattern": pattern})
            }
            Shape::Matching { pattern, examples } => {
                json!({"type": "string", "pattern": pattern, "examples": examples})
            }
            Shape::Int { least: None } => json!({"type": "integer"}),
            Shape::Int { least: Some(least) } => json!({"type": "integer", "minimum": least}),
            Shape::Number => json!({"type": "number"}),
            Shape::Bool => json!({"type": "boolean"}),
            Shape::Words(words) => json!({"enum": words}),
            Shape::List(item) => json!({"type": "array", "items": item.json(definitions)}),
            Shape::OneOrMany(item) => {
                let item = item.json(definitions);
                json!({"anyOf": [item, {"type": "array", "items": item}]})
            }
            Shape::Map(value) => json!({"type": "object", "additionalProperties": value.json(definitions)}),
            Shape::Object(object) => object.json(definitions),
            Shape::Either(shapes) => {
                json!({"anyOf": shapes.iter().map(|shape| shape.json(definitions)).collect::<Vec<_>>()})
            }
            Shape::Named(name, shape) => {
                let written = shape.json(definitions);
                definitions.insert(name.clone(), written);
                json!({"$ref": format!("#/definitions/{name}")})
            }
            Shape::OrNothing(shape) => json!({"anyOf": [shape.json(definitions), {"type": "null"}]}),
        }
    }
}

impl Object {
    fn json(&self, definitions: &mut Map<String, Value>) -> Value {
        let mut properties = Map::new();
        for key in &self.keys {
            let mut value = key.shape.json(definitions);
            // Beside a reference nothing counts in this draft.
            let plain = value.get("$ref").is_none() && !key.description.is_empty();
            if let (Value::Object(value), true) = (&mut value, plain) {
                value.insert("description".to_owned(), json!(key.description));
            }
            properties.insert(key.name.clone(), value);
        }
        let mut object = Map::new();
        object.insert("type".to_owned(), json!("object"));
        object.insert("properties".to_owned(), Value::Object(properties));
        let required: Vec<&str> =
            self.keys.iter().filter(|key| key.required).map(|key| key.name.as_str()).collect();
        if !required.is_empty() {
            object.insert("required".to_owned(), json!(required));
        }
        if !self.one_of.is_empty() {
            let one = |key: &&str| json!({"required": [key]});
            object.insert("anyOf".to_owned(), json!(self.one_of.iter().map(one).collect::<Vec<_>>()));
        }
        let others = self.others.as_ref().map_or(json!(false), |others| others.json(definitions));
        object.insert("additionalProperties".to_owned(), others);
        Value::Object(object)
    }
}

/// A JSON Schema as a file: indented, with a line break at its end. Draft 7 is what editors know best.
pub fn print(shape: &Shape, title: &str, description: &str) -> String {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!(title));
    schema.insert("description".to_owned(), json!(description));
    let mut definitions = Map::new();
    if let Value::Object(rest) = shape.json(&mut definitions) {
        schema.extend(rest);
    }
    if !definitions.is_empty() {
        schema.insert("definitions".to_owned(), Value::Object(definitions));
    }
    // Maps and texts always serialise.
    let mut text = serde_json::to_string_pretty(&Value::Object(schema)).unwrap_or_default();
    text.push('\n');
    text
}
