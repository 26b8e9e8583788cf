//! Which schema a document asks for.

use crate::document::Document;
use crate::source::Span;

/// The schema that a document asks for, as it was written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// A path or an address.
    pub name: String,
    pub span: Span,
}

/// The schema that a document names: in a comment `# yaml-language-server: $schema=...` (as the YAML
/// language server reads it), else in a `$schema` key of its root. The key of a file that is itself a
/// JSON Schema names its dialect, which is no schema of ours: see [`Wanted::is_dialect`].
pub fn wanted(document: &Document) -> Option<Wanted> {
    let comment = document.comments.iter().find_map(|comment| {
        let rest = comment.text.trim_start().strip_prefix("yaml-language-server:")?;
        let name = rest.split_whitespace().find_map(|word| word.strip_prefix("$schema="))?;
        (!name.is_empty()).then(|| Wanted { name: name.to_owned(), span: comment.span })
    });
    comment.or_else(|| {
        let node = document.root().get("$schema")?;
        let name = node.text().filter(|name| !name.is_empty())?;
        Some(Wanted { name: name.to_owned(), span: node.span() })
    })
}

impl Wanted {
    /// Whether the name is a dialect of JSON Schema itself.
    pub fn is_dialect(&self) -> bool {
        ["http://json-schema.org/", "https://json-schema.org/"].iter().any(|home| self.name.starts_with(home))
    }
}

/// The paths from the project's root that a schema's name may mean: relative to the folder of the document
/// that wants it, then to the root. None for an address.
pub fn paths(name: &str, folder: &str) -> impl Iterator<Item = String> + use<> {
    let name = name.trim_end_matches('#');
    let path = name.strip_prefix("file://").unwrap_or(name);
    [joined(folder, path), joined("", path)].into_iter().flatten()
}

/// A path relative to a folder, both from the project's root, without `.` and `..`. `None` for addresses
/// and for paths that lead out of the project.
fn joined(folder: &str, path: &str) -> Option<String> {
    if path.contains("://") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    // A path that begins with `/` counts from the project's root.
    let folder = if path.starts_with('/') { "" } else { folder };
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
