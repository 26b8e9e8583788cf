//! Names of a Terraform module: `var.x` with its default, `local.x` with its value.
//!
//! All `.tf` files of a folder are one module. A scalar that is such a name becomes the node that the
//! name stands for, reached through it as through an alias, so that its characters are the default's own;
//! inside a longer text the name is replaced by `${var.x:-default}`, which says that the caller can
//! override it. What has no default, and what is computed, stays a name.
//!
//! `terraform.tfvars` and `*.auto.tfvars` win over defaults. What another file of variables or a call of
//! the module sets is no longer the default's: a single literal that all calls hand on is the value,
//! anything else stays a name. The same holds for what scripts give when they run the module.
//!
//! <https://developer.hashicorp.com/terraform/language/values>

use crate::document::{Document, NodeId, NodeKind, Ref, ScalarType, Style};
use crate::source::{Sources, Span, path};
use std::collections::{BTreeSet, HashMap};

/// How many names may lead from one to the next: `local.a` to `local.b` to `var.c`.
const MAX_HOPS: usize = 8;

/// What a name stands for.
#[derive(Clone, Debug)]
struct Named {
    text: String,
    kind: NodeKind,
    span: Span,
    is_variable: bool,
}

/// What a run of a module is given from outside.
#[derive(Clone, Debug)]
pub enum Given {
    /// One variable; its text with its place if that is one literal.
    Variable { name: String, value: Option<(String, Span)> },
    /// A file of variables, as seen from the module's folder.
    File(String),
    /// Words that are not known: any variable may be among them.
    Anything,
}

/// A run of a module by a script.
#[derive(Clone, Debug)]
pub struct Run {
    /// Where the module may be, as seen from the root. If only one of them has a module, that is it.
    pub folders: Vec<String>,
    /// In the order of the command line: the last one of a variable wins.
    pub given: Vec<Given>,
}

/// Resolves the names of every module among the documents.
pub fn resolve(documents: &mut [Document], sources: &Sources, runs: &[Run]) {
    let path = |document: &Document| sources.get(document.source).path().to_owned();
    let mut modules: HashMap<String, Vec<usize>> = HashMap::new();
    let mut given: Vec<(String, usize)> = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let path = path(document);
        if path.ends_with(".tf") {
            modules.entry(folder(&path).to_owned()).or_default().push(index);
        } else if path.ends_with(".tfvars") {
            given.push((path, index));
        }
    }
    if modules.is_empty() {
        return;
    }
    let calls = calls(documents, &modules);
    let only = |run: &Run| {
        let mut all = run.folders.iter().filter_map(|folder| modules.get_key_value(folder));
        all.next().filter(|_| all.next().is_none()).map(|(folder, _)| folder.clone())
    };
    let found: Vec<Option<String>> = runs.iter().map(only).collect();
    for (module, members) in &modules {
        let mut names = HashMap::new();
        for document in members.iter().filter_map(|index| documents.get(*index)) {
            declared(document, &mut names);
        }
        let within = |path: &str| {
            folder(path) == module || path.starts_with(&format!("{module}/")) || module.is_empty()
        };
        for (path, index) in given.iter().filter(|(path, _)| within(path)) {
            if let Some(document) = documents.get(*index) {
                assigned(document, folder(path) == module && is_automatic(path), &mut names);
            }
        }
        if let Some(calls) = calls.get(module) {
            handed(calls, &mut names);
        }
        let mut own: Vec<&Run> = Vec::new();
        for (run, found) in runs.iter().zip(&found) {
            match found {
                Some(found) if found == module => own.push(run),
                Some(_) => {}
                // It may be this module that gets these.
                None => run.given.iter().for_each(|given| {
                    if let Given::Variable { name, .. } = given {
                        names.remove(&format!("var.{name}"));
                    }
                }),
            }
        }
        if !own.is_empty() {
            let opened = |path: &str| given.iter().find(|(have, _)| have == path);
            let file = |path: &str| opened(path).and_then(|(_, index)| documents.get(*index));
            run_with(&own, module, &file, &mut names);
        }
        if names.is_empty() {
            continue;
        }
        for index in members {
            if let Some(document) = documents.get_mut(*index) {
                replace(document, &names);
            }
        }
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether Terraform reads a file of variables without being told.
/// <https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files>
fn is_automatic(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "terraform.tfvars" || name.ends_with(".auto.tfvars")
}

/// What a file of variables sets: instead of the default, or, where the file must be asked for, in a way
/// that nobody here knows.
fn assigned(document: &Document, automatic: bool, names: &mut HashMap<String, Named>) {
    for entry in document.root().entries() {
        let name = format!("var.{}", entry.key);
        match named(document.at(entry.value), true).filter(|_| automatic) {
            Some(value) => names.insert(name, value),
            None => names.remove(&name),
        };
    }
}

/// The values that calls of a module hand on, by variable; `None` for what is no literal.
type Calls = Vec<HashMap<String, Option<Named>>>;

/// The calls of the modules of the project, by the module's folder.
fn calls(documents: &[Document], modules: &HashMap<String, Vec<usize>>) -> HashMap<String, Calls> {
    let mut all: HashMap<String, Calls> = HashMap::new();
    for (caller, members) in modules {
        for document in members.iter().filter_map(|index| documents.get(*index)) {
            for entry in document.root().get("module").map(Ref::entries).unwrap_or_default() {
                let call = document.at(entry.value);
                let Some(source) =
                    call.get("source").and_then(Ref::text).filter(|text| text.starts_with('.'))
                else {
                    continue;
                };
                let values = call.entries().iter().map(|entry| {
                    let value =
                        named(document.at(entry.value), false).filter(|named| is_literal(&named.text));
                    (entry.key.clone(), value)
                });
                all.entry(joined(caller, source)).or_default().push(values.collect());
            }
        }
    }
    all
}

/// A path relative to a folder.
fn joined(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Replaces the defaults of a module by what its runs give.
fn run_with<'d>(
    runs: &[&Run],
    module: &str,
    file: &dyn Fn(&str) -> Option<&'d Document>,
    names: &mut HashMap<String, Named>,
) {
    let mut all = Calls::new();
    for run in runs {
        let mut values = HashMap::new();
        for given in &run.given {
            match given {
                Given::Variable { name, value } => {
                    values.insert(
                        name.clone(),
                        value.as_ref().map(|(text, span)| on_command_line(text, *span)),
                    );
                }
                Given::File(named_as) => {
                    let Some(document) = path::within(module, named_as).and_then(|path| file(&path)) else {
                        return names.retain(|name, _| !name.starts_with("var."));
                    };
                    for entry in document.root().entries() {
                        let value = named(document.at(entry.value), false);
                        values.insert(entry.key.clone(), value.filter(|named| is_literal(&named.text)));
                    }
                }
                Given::Anything => return names.retain(|name, _| !name.starts_with("var.")),
            }
        }
        all.push(values);
    }
    handed(&all, names);
}

/// A value as a command line gives it: text, whatever the variable's type makes of it.
fn on_command_line(text: &str, span: Span) -> Named {
    let kind = match (text.parse(), text) {
        (Ok(int), _) => ScalarType::Int(int),
        (_, "true") => ScalarType::Bool(true),
        (_, "false") => ScalarType::Bool(false),
        _ => ScalarType::Text,
    };
    let kind = NodeKind::Scalar { text: text.to_owned(), style: Style::Plain, kind, template: None };
    Named { text: text.to_owned(), kind, span, is_variable: false }
}

/// Replaces the defaults of a module by what its calls hand on.
fn handed(calls: &Calls, names: &mut HashMap<String, Named>) {
    let set: BTreeSet<&String> = calls.iter().flat_map(HashMap::keys).collect();
    for variable in set {
        let mut values = calls.iter().map(|call| call.get(variable).cloned().flatten());
        let first = values.next().flatten();
        let agreed = first.filter(|first| {
            calls.iter().all(|call| {
                call.get(variable).is_some_and(|one| one.as_ref().is_some_and(|one| one.text == first.text))
            })
        });
        let name = format!("var.{variable}");
        match agreed {
            Some(value) => names.insert(name, value),
            None => names.remove(&name),
        };
    }
}

fn declared(document: &Document, names: &mut HashMap<String, Named>) {
    let root = document.root();
    for entry in root.get("variable").map(Ref::entries).unwrap_or_default() {
        if let Some(named) = document.at(entry.value).get("default").and_then(|node| named(node, true)) {
            names.insert(format!("var.{}", entry.key), named);
        }
    }
    for block in root.get("locals").into_iter().flat_map(Ref::items) {
        for entry in block.entries() {
            if let Some(named) = named(document.at(entry.value), false) {
                names.insert(format!("local.{}", entry.key), named);
            }
        }
    }
}

/// Scalars only: a name that stands for a collection keeps its name.
fn named(node: Ref<'_>, is_variable: bool) -> Option<Named> {
    let NodeKind::Scalar { text, kind, .. } = &node.node().kind else { return None };
    if *kind == ScalarType::Null {
        return None;
    }
    Some(Named { text: text.clone(), kind: node.node().kind.clone(), span: node.span(), is_variable })
}

fn replace(document: &mut Document, names: &HashMap<String, Named>) {
    for id in document.ids() {
        let node = document.at(id).node();
        let NodeKind::Scalar { text, template, .. } = &node.kind else { continue };
        if !text.contains("${") {
            continue;
        }
        match template.as_deref() {
            Some(name) if is_name(name) => {
                let name = name.to_string();
                whole(document, id, &name, names);
            }
            Some(_) => {}
            None => {
                let filled = filled(text, names, 0);
                document.change(id, |node| {
                    if let NodeKind::Scalar { text, .. } = &mut node.kind {
                        *text = filled;
                    }
                });
            }
        }
    }
}

/// A node that is nothing but a name.
fn whole(document: &mut Document, id: NodeId, name: &str, names: &HashMap<String, Named>) {
    let Some(first) = names.get(name) else { return };
    let mut last = first;
    let mut by = if first.is_variable { Some(name.to_string()) } else { None };
    for _ in 0..MAX_HOPS {
        let NodeKind::Scalar { template: Some(next), .. } = &last.kind else { break };
        let Some(named) = names.get(next) else { break };
        if named.is_variable {
            by = Some(next.clone());
        }
        last = named;
    }
    let text = filled(&last.text, names, 0);
    // A default is in effect unless the caller gives another value.
    let text = match by {
        Some(by) if is_literal(&text) => format!("${{{by}:-{text}}}"),
        _ => text,
    };
    let (kind, span) = (last.kind.clone(), last.span);
    document.change(id, |node| {
        node.alias = Some(node.span);
        node.span = span;
        node.kind = kind;
        if let NodeKind::Scalar { text: own, .. } = &mut node.kind {
            *own = text;
        }
    });
}

fn is_name(text: &str) -> bool {
    let rest = text.strip_prefix("var.").or_else(|| text.strip_prefix("local."));
    rest.is_some_and(|rest| rest.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')))
}

/// Whether a text can stand behind `:-` as it is.
fn is_literal(text: &str) -> bool {
    !text.contains(['$', '{', '}'])
}

/// A text with its names replaced by what they stand for.
fn filled(text: &str, names: &HashMap<String, Named>, hops: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let escaped = rest.get(..at).is_some_and(|before| before.ends_with('$'));
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inner = from.get(2..).unwrap_or_default();
        let name = inner.find('}').and_then(|end| inner.get(..end)).unwrap_or_default();
        let found = names.get(name).filter(|_| is_name(name) && !escaped && hops < MAX_HOPS);
        match found {
            Some(named) => {
                let text = filled(&named.text, names, hops + 1);
                match named.is_variable && is_literal(&text) {
                    true => out.push_str(&format!("${{{name}:-{text}}}")),
                    false => out.push_str(&text),
                }
                rest = inner.get(name.len() + 1..).unwrap_or_default();
            }
            None => {
                out.push_str("${");
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}
