//! Violations in people's words.
//!
//! No message repeats a value of the document: it may be a secret, and the characters are underlined
//! anyway.

use crate::diagnostic::{Diagnostic, nearest};
use crate::document::Document;
use crate::schema::tree::{Place, follow};
use crate::source::Span;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// The diagnostics of one violation.
pub(super) fn diagnostics(
    error: &ValidationError<'_>,
    document: &Document,
    schema: &Value,
    name: &str,
) -> Vec<Diagnostic> {
    let place = follow(document, error.instance_path());
    let teller = Teller { error, place, schema, name };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().filter_map(|key| teller.unknown_key(key)).collect()
        }
        // What stands after the break, or what a template renders, may well be there.
        Kind::Required { .. } if document.incomplete.is_some() => Vec::new(),
        Kind::Required { property } => teller.missing(property.as_str().unwrap_or_default()),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => teller.none_of(context, document),
        _ if teller.place.is_templated() => Vec::new(),
        _ => vec![teller.plain()],
    }
}

struct Teller<'e, 'd> {
    error: &'e ValidationError<'e>,
    place: Place<'d>,
    schema: &'e Value,
    name: &'e str,
}

impl Teller<'_, '_> {
    fn tell(&self, span: Span, message: String, label: &str, help: Option<String>) -> Diagnostic {
        let told = Diagnostic::error("schema-violation", span, message).with_label(label);
        let told = match self.place.node.node().alias {
            Some(alias) => told.with_related(alias, "used through this alias"),
            None => told,
        };
        let source = self.page().map(|page| format!("see {page}"));
        let by = format!("schema: {}", self.name);
        let parts: Vec<String> = [help, source, Some(by)].into_iter().flatten().collect();
        told.with_help(parts.join("; "))
    }

    /// The page that says so: the first address in the `$comment` nearest to the violated keyword.
    fn page(&self) -> Option<&str> {
        let near = [self.around(), Some(self.schema)].into_iter().flatten();
        let mut comments = near.filter_map(|schema| schema.get("$comment")?.as_str());
        comments.find_map(|comment| comment.split_whitespace().find(|word| word.starts_with("https://")))
    }

    /// The schema around the violated keyword.
    fn around(&self) -> Option<&Value> {
        let path = self.error.schema_path().as_str();
        self.schema.pointer(path.rsplit_once('/')?.0)
    }

    /// The keys that the schema knows at this place, if it lists them.
    fn known_keys(&self) -> Vec<&str> {
        let properties = self.around().and_then(|schema| schema.get("properties")?.as_object());
        properties.map(|all| all.keys().map(String::as_str).collect()).unwrap_or_default()
    }

    /// What the schema says about a key, if it says anything.
    fn description(&self, key: &str) -> Option<String> {
        let text = self.around()?.get("properties")?.get(key)?.get("description")?.as_str()?;
        Some(text.trim_end_matches('.').to_owned())
    }

    fn unknown_key(&self, key: &str) -> Option<Diagnostic> {
        // A key that a template renders is none that could be known.
        if key.contains("{{") {
            return None;
        }
        let entry = self.place.node.entry(key)?;
        let span = entry.merged.unwrap_or(entry.key_span);
        let known = self.known_keys();
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if (1..=12).contains(&known.len()) => format!("known keys are {}", listed(&known)),
            None => "remove it, or correct its name".to_owned(),
        };
        let message = format!("`{key}` is no known key of {}", self.place.name());
        Some(self.tell(span, message, "not known here", Some(help)))
    }

    fn missing(&self, key: &str) -> Vec<Diagnostic> {
        // `labels: {{ include "labels" . }}` may hold anything.
        if self.place.node.entries().is_empty() && self.place.is_templated() {
            return Vec::new();
        }
        let message = format!("{} lacks `{key}`", self.place.name());
        let help = match self.description(key) {
            Some(description) => format!("add `{key}`: {description}"),
            None => format!("add `{key}`"),
        };
        vec![self.tell(self.place.head(), message, &format!("`{key}` is missing here"), Some(help))]
    }

    /// Of several forms none fits. If one of them fits but for something deeper, that is what is wrong.
    fn none_of(&self, context: &[Vec<ValidationError<'static>>], document: &Document) -> Vec<Diagnostic> {
        let depth = |error: &ValidationError<'_>| error.instance_path().iter().count();
        let own = depth(self.error);
        let deepest = |branch: &&Vec<ValidationError<'static>>| {
            let least = branch.iter().map(depth).min().unwrap_or(0);
            (least, usize::MAX - branch.len())
        };
        if let Some(branch) = context.iter().max_by_key(deepest)
            && branch.iter().all(|error| depth(error) > own)
        {
            let told = |error| diagnostics(error, document, self.schema, self.name);
            return branch.iter().flat_map(told).collect();
        }
        if self.place.is_templated() {
            return Vec::new();
        }
        let label = "fits none of the allowed forms";
        if let Some(description) = self.own_description() {
            return vec![self.described(label, description)];
        }
        let mut needs: Vec<String> = Vec::new();
        for error in context.iter().filter_map(|branch| branch.first()) {
            let need = need(error.kind());
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
        let message = format!("{} {}", self.place.name(), needs.join(", or "));
        vec![self.tell(self.place.span(), message, label, None)]
    }

    /// A violation of a form that the schema's own description tells better than its patterns.
    fn described(&self, label: &str, description: String) -> Diagnostic {
        let message = format!("{} is not written as its schema asks", self.place.name());
        self.tell(self.place.span(), message, label, Some(format!("the schema asks for {description}")))
    }

    /// What the schema says about the value itself.
    fn own_description(&self) -> Option<String> {
        let text = self.around()?.get("description")?.as_str()?;
        Some(text.trim_end_matches('.').to_owned())
    }

    fn plain(&self) -> Diagnostic {
        if let (Kind::Pattern { .. }, Some(description)) = (self.error.kind(), self.own_description()) {
            return self.described("", description);
        }
        let message = format!("{} {}", self.place.name(), need(self.error.kind()));
        self.tell(self.place.span(), message, "", self.own_description())
    }
}

/// What a value must be, to stand after its name: `must be one of ...`.
fn need(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind } => format!("must be {}", types(kind)),
        Kind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let words: Vec<String> = options.iter().map(bare).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let [only] = words.as_slice() {
                format!("must be `{only}`")
            } else {
                format!("must be one of {}", listed(&words))
            }
        }
        Kind::Constant { expected_value } => format!("must be `{}`", bare(expected_value)),
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("must have at least {}", counted(*limit, "character")),
        Kind::MaxLength { limit } => format!("must have at most {}", counted(*limit, "character")),
        Kind::MinItems { limit } => format!("must have at least {}", counted(*limit, "item")),
        Kind::MaxItems { limit } => format!("must have at most {}", counted(*limit, "item")),
        Kind::MinProperties { limit } => format!("must have at least {}", counted(*limit, "key")),
        Kind::MaxProperties { limit } => format!("must have at most {}", counted(*limit, "key")),
        Kind::AdditionalItems { limit } => format!("must have at most {}", counted(*limit as u64, "item")),
        Kind::UniqueItems => "must not hold the same item twice".to_owned(),
        Kind::Contains => "lacks an item that the schema asks for".to_owned(),
        Kind::Pattern { pattern } => format!("must match the pattern `{pattern}`"),
        Kind::Format { format } => format!("must be a valid {format}"),
        Kind::Required { property } => format!("must have the key `{}`", bare(property)),
        Kind::PropertyNames { .. } => "has a key whose name is not allowed".to_owned(),
        Kind::Not { .. } | Kind::FalseSchema => "is not allowed here".to_owned(),
        Kind::OneOfMultipleValid { .. } => {
            "fits more than one of the forms of which exactly one must fit".to_owned()
        }
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            "could not be compared with the schema's pattern, which costs too much".to_owned()
        }
        other => format!("violates `{}`", other.keyword()),
    }
}

fn types(kind: &TypeKind) -> String {
    let word = |name: &str| match name {
        "null" => "empty",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "a text (quoted, if it looks like a number)",
        "array" => "a list",
        "object" => "a mapping",
        _ => "another type",
    };
    match kind {
        TypeKind::Single(one) => word(one.as_str()).to_owned(),
        TypeKind::Multiple(many) => {
            many.iter().map(|one| word(one.as_str())).collect::<Vec<_>>().join(" or ")
        }
    }
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A value of the schema without the quotes of JSON.
fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// The address that a schema refers to and that could not be found.
pub(super) fn reference_of<'e>(error: &'e ValidationError<'_>) -> Option<&'e str> {
    match error.kind() {
        Kind::Referencing(error) => match error {
            jsonschema::ReferencingError::Unretrievable { uri, .. } => Some(uri),
            jsonschema::ReferencingError::PointerToNowhere { pointer } => Some(pointer),
            _ => None,
        },
        _ => None,
    }
}

/// Why a schema cannot be used, and what to do.
pub(super) fn of_schema(error: &ValidationError<'_>, name: &str) -> (String, String) {
    match (error.kind(), reference_of(error)) {
        (Kind::Referencing(jsonschema::ReferencingError::Unretrievable { .. }), Some(uri)) => {
            let uri = uri.strip_prefix(super::SCHEME).unwrap_or(uri);
            (
                format!("the schema `{name}` refers to `{uri}`, which is not here"),
                "nothing is fetched from the network: add the schema to the project, and refer to it by its path".to_owned(),
            )
        }
        (Kind::Referencing(_), Some(pointer)) => (
            format!("the schema `{name}` refers to `{pointer}`, which it does not have"),
            "correct the `$ref`".to_owned(),
        ),
        (kind, _) => {
            let path = error.instance_path().as_str().trim_start_matches('/').replace('/', ".");
            let at = if path.is_empty() { String::new() } else { format!("`{path}` ") };
            (
                format!("the schema `{name}` is no valid JSON Schema: {at}{}", need(kind)),
                "correct the schema; until then nothing is validated against it".to_owned(),
            )
        }
    }
}
