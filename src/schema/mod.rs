//! JSON Schemas of documents: which one a document wants, and where it departs from it.
//!
//! Schemas come from two shelves: the ones that are built in (`schemas/formats/`) and the project's own
//! files, which the caller loads. Nothing is ever fetched. A schema is compiled when the first document
//! wants it, so that a run without one pays nothing. Knows no policy and no platform; the schema library's
//! types stay in here.

mod selection;
pub mod shape;
mod tree;
mod words;

pub use selection::{Wanted, paths, wanted};

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::source::Span;
use jsonschema::{Retrieve, Uri, ValidationError, Validator};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A schema that is built in: the last part of its name, and its text.
const BUILT_IN: &[(&str, &str)] = &[
    ("cloud-run-service.schema.json", include_str!("../../schemas/formats/cloud-run-service.schema.json")),
    ("compose-deploy.schema.json", include_str!("../../schemas/formats/compose-deploy.schema.json")),
];

/// How many violations of one document are told. Who has more has another schema in mind.
const MOST: usize = 200;

/// The scheme under which schemas know each other: `celador:/schemas/service.schema.json` is a file of the
/// project by its path, `celador:/built-in/...` one of ours.
const SCHEME: &str = "celador:/";

/// The names of the built-in schemas, as a `$schema` may end in them.
pub fn built_in() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// All schemas of a run. Shared between threads; each is compiled once, when it is first wanted.
#[derive(Debug)]
pub struct Schemas {
    shelf: Arc<Shelf>,
    compiled: BTreeMap<String, OnceLock<Result<Compiled, Unusable>>>,
}

/// The texts of schemas by the name under which [`Schemas::find`] knows them.
#[derive(Debug, Default)]
struct Shelf {
    /// Files of the project, by path.
    files: BTreeMap<String, Document>,
}

#[derive(Debug)]
struct Compiled {
    value: Value,
    validator: Validator,
}

/// Why a schema cannot be used.
#[derive(Clone, Debug)]
pub struct Unusable {
    pub message: String,
    pub help: String,
    /// The place in the schema's own file, if it is a file of the project.
    pub span: Option<Span>,
}

/// Names one schema of [`Schemas`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The file's path, or the built-in schema's name.
    pub fn as_str(&self) -> &str {
        self.0.strip_prefix("built-in/").unwrap_or(&self.0)
    }
}

impl Default for Schemas {
    fn default() -> Schemas {
        Schemas::new(Vec::new())
    }
}

impl Schemas {
    /// The built-in schemas and these files of the project, each with its path from the project's root.
    pub fn new(files: Vec<(String, Document)>) -> Schemas {
        let shelf = Shelf { files: files.into_iter().collect() };
        let names = shelf.files.keys().cloned().chain(built_in().map(|name| format!("built-in/{name}")));
        let compiled = names.map(|name| (name, OnceLock::new())).collect();
        Schemas { shelf: Arc::new(shelf), compiled }
    }

    /// The schema that a name means: a path, relative to `folder` (of the document that wants it) or to
    /// the project's root, else the `$id` of a project's schema, else a built-in schema by the last part
    /// of a path or address. `None` if no schema here has that name.
    pub fn find(&self, name: &str, folder: &str) -> Option<Name> {
        if let Some(path) = paths(name, folder).find(|path| self.shelf.files.contains_key(path)) {
            return Some(Name(path));
        }
        let name = name.trim_end_matches('#');
        if let Some(path) = self.shelf.with_id(name) {
            return Some(Name(path.to_owned()));
        }
        let last = name.rsplit('/').next().unwrap_or(name);
        let is = |own: &&str| *own == last || own.strip_suffix(".schema.json") == Some(last);
        built_in().find(is).map(|own| Name(format!("built-in/{own}")))
    }

    /// Where a document departs from a schema, one diagnostic with the code `schema-violation` each, in the
    /// order of the file. What another tool fills in is never a violation, and of a document that could
    /// not be read to its end nothing is missing.
    ///
    /// # Errors
    /// If the schema itself cannot be used. The same answer comes for every document: tell it once.
    pub fn validate(&self, document: &Document, name: &Name) -> Result<Vec<Diagnostic>, Unusable> {
        let Some(compiled) = self.compiled.get(&name.0) else {
            return Err(Unusable {
                message: format!("no schema is named `{}`", name.as_str()),
                help: format!("built in are {}", built_in().collect::<Vec<_>>().join(", ")),
                span: None,
            });
        };
        let compiled = compiled.get_or_init(|| self.compile(name)).as_ref().map_err(Clone::clone)?;
        let value = tree::value(document.root());
        let mut told: Vec<Diagnostic> = Vec::new();
        for error in compiled.validator.iter_errors(&value) {
            let violations = words::diagnostics(&error, document, &compiled.value, name.as_str());
            for violation in violations {
                // Two keywords may say the same of one value.
                let same = |other: &Diagnostic| {
                    (&other.message, other.primary.span) == (&violation.message, violation.primary.span)
                };
                if !told.iter().any(same) {
                    told.push(violation);
                }
            }
            if told.len() >= MOST {
                break;
            }
        }
        told.sort_by_key(|violation| violation.primary.span);
        Ok(told)
    }

    fn compile(&self, name: &Name) -> Result<Compiled, Unusable> {
        let value = self.shelf.value(&name.0).ok_or_else(|| Unusable {
            message: format!("the schema `{}` is empty", name.as_str()),
            help: "write a JSON Schema into it".to_owned(),
            span: None,
        })?;
        let options = jsonschema::options()
            .with_base_uri(format!("{SCHEME}{}", encoded(&name.0)))
            .with_retriever(Retriever(Arc::clone(&self.shelf)));
        match options.build(&value) {
            Ok(validator) => Ok(Compiled { value, validator }),
            Err(error) => Err(self.unusable(name, &error)),
        }
    }

    /// A fault of a schema, at its place if the schema is a file of the project.
    fn unusable(&self, name: &Name, error: &ValidationError<'_>) -> Unusable {
        let (message, help) = words::of_schema(error, name.as_str());
        let document = self.shelf.files.get(&name.0);
        let span = document.map(|document| {
            let place = words::reference_of(error).and_then(|uri| tree::reference(document, uri));
            place.unwrap_or_else(|| tree::place(document, error.instance_path()))
        });
        Unusable { message, help, span }
    }
}

impl Shelf {
    fn value(&self, name: &str) -> Option<Value> {
        if let Some(own) = name.strip_prefix("built-in/") {
            let (_, text) = BUILT_IN.iter().find(|(name, _)| *name == own)?;
            return serde_json::from_str(text).ok();
        }
        self.files.get(name).map(|document| tree::value(document.root()))
    }

    /// The file whose `$id` this is.
    fn with_id(&self, id: &str) -> Option<&str> {
        let has = |document: &Document| {
            let own = document.root().get("$id").and_then(|node| node.text());
            own.is_some_and(|own| own.trim_end_matches('#') == id)
        };
        self.files.iter().find(|(_, document)| has(document)).map(|(path, _)| path.as_str())
    }
}

/// A path as part of an address.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Looks references up on the shelf, and nowhere else.
struct Retriever(Arc<Shelf>);

impl Retrieve for Retriever {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let address = uri.as_str().trim_end_matches('#');
        let by_path = address.strip_prefix(SCHEME).and_then(|path| {
            let own = |name: &&String| encoded(name) == path;
            let file = self.0.files.keys().find(own).map(String::as_str);
            file.or_else(|| path.strip_prefix("built-in/").map(|_| path)).and_then(|name| self.0.value(name))
        });
        let found = by_path.or_else(|| self.0.with_id(address).and_then(|path| self.0.value(path)));
        found.ok_or_else(|| "it is no schema of this project".into())
    }
}

#[cfg(test)]
mod tests;
