//! `celador functions` and `celador fields`: the language of policies, as Markdown that reads as well on
//! a terminal. The pages in `docs/` are these texts.

use super::style::{Ink, Style};
use crate::cel::reference::{FIELD_EXAMPLES, FieldExample, SYNTAX, SyntaxRow};
use crate::cel::types::{FieldRow, Type, VARIABLES, VariableRow, fields as fields_of};
use crate::cel::{Documentation, Target, documentation};
use crate::diagnostic::nearest;
use std::collections::BTreeSet;

/// The targets of policies, with what each judges.
const TARGETS: &[(Target, &str)] = &[
    (Target::Deployment, "Deployment"),
    (Target::Artifact, "Artifact"),
    (Target::Service, "Service"),
    (Target::Setting, "Setting"),
    (Target::Document, "Document"),
    (Target::Project, "Project"),
    (Target::Bypass, "Bypass"),
];

/// All operators, macros and functions, or those of one name.
///
/// # Errors
/// One sentence for people if nothing has that name, with the nearest one.
pub fn functions(name: Option<&str>, style: Style) -> Result<String, String> {
    let writer = Writer { style };
    let mut all = documentation();
    all.sort_by_key(|one| one.name.to_ascii_lowercase());
    let Some(name) = name else {
        let mut out = writer.heading(1, "Functions and operators");
        out.push_str(
            "\nPolicies are written in [CEL](https://cel.dev). This is what `celador functions` prints; every\n\
             example holds. `celador fields` lists what an expression can name.\n\n",
        );
        out.push_str(&writer.heading(2, "Operators and macros"));
        SYNTAX.iter().for_each(|row| out.push_str(&writer.syntax(row)));
        out.push('\n');
        out.push_str(&writer.heading(2, "Functions"));
        all.iter().for_each(|one| out.push_str(&writer.function(one)));
        return Ok(out);
    };
    let is = |own: &str| own == name || own.rsplit('.').next() == Some(name);
    let mut out = String::new();
    SYNTAX.iter().filter(|row| is(row.name)).for_each(|row| out.push_str(&writer.syntax(row)));
    all.iter().filter(|one| is(one.name)).for_each(|one| out.push_str(&writer.function(one)));
    if out.is_empty() {
        let known = all.iter().map(|one| one.name).chain(SYNTAX.iter().map(|row| row.name));
        return Err(unknown("function", name, known.collect(), "celador functions"));
    }
    Ok(out.trim_start_matches('\n').to_owned())
}

/// All variables and object types, or those that a kind of policy sees, or one object type.
///
/// # Errors
/// One sentence for people if there is no such kind, with the nearest one.
pub fn fields(kind: Option<&str>, style: Style) -> Result<String, String> {
    let writer = Writer { style };
    let Some(kind) = kind else {
        let mut out = writer.heading(1, "Variables and fields");
        out.push_str(
            "\nWhat an expression of a policy can name, by the policy's target. This is what `celador fields`\n\
             prints. A field that may be absent must be guarded: `has(deployment.memory) && ...`,\n\
             `deployment.?memory.orValue(...)`. In a policy with `forEach`, `each` is the element that is judged.\n\n",
        );
        out.push_str(&writer.heading(2, "Variables"));
        out.push('\n');
        VARIABLES.iter().for_each(|row| out.push_str(&writer.variable(row, true)));
        for owner in objects(VARIABLES.iter().map(|row| row.type_name)) {
            out.push_str(&writer.object(owner));
        }
        return Ok(out);
    };
    if let Some((_, word)) = TARGETS.iter().find(|(_, word)| *word == kind) {
        let mut out = writer.heading(2, &format!("What a policy with `target: {{kind: {word}}}` sees"));
        out.push('\n');
        let seen: Vec<&VariableRow> = VARIABLES.iter().filter(|row| targets_of(row).contains(word)).collect();
        seen.iter().for_each(|row| out.push_str(&writer.variable(row, false)));
        // A document has no fields of its own: they are whatever stands in it.
        let subject = word.to_lowercase();
        if !fields_of(&subject).is_empty() {
            out.push_str(&writer.object(&subject));
        }
        return Ok(out);
    }
    let known = objects(VARIABLES.iter().map(|row| row.type_name));
    match known.iter().find(|owner| **owner == kind) {
        Some(owner) => Ok(writer.object(owner).trim_start_matches('\n').to_owned()),
        None => {
            let words = TARGETS.iter().map(|(_, word)| *word).chain(known.iter().copied());
            Err(unknown("kind", kind, words.collect(), "celador fields"))
        }
    }
}

/// A heading, which a terminal shows in bold.
pub(super) fn heading(style: Style, level: usize, text: &str) -> String {
    format!("{}\n", style.paint(Ink::Strong, &format!("{} {text}", "#".repeat(level))))
}

/// What is said where nothing has a name, with the nearest that has one.
pub(super) fn unknown(what: &str, name: &str, known: Vec<&str>, command: &str) -> String {
    let help = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`{command}` lists all"),
    };
    format!("there is no {what} `{name}`; {help}")
}

/// The kinds of policies whose expressions see a variable.
fn targets_of(row: &VariableRow) -> Vec<&'static str> {
    let compares = |target: Target| matches!(target, Target::Deployment | Target::Setting | Target::Artifact);
    let sees = |target: Target| {
        crate::cel::Declarations::of(target, compares(target)).names().any(|name| name == row.name)
    };
    TARGETS.iter().filter(|(target, _)| sees(*target)).map(|(_, word)| *word).collect()
}

/// Object types in the order in which they are met, from these on.
fn objects(roots: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut open: std::collections::VecDeque<&'static str> = roots.collect();
    while let Some(owner) = open.pop_front() {
        let rows = fields_of(owner);
        if rows.is_empty() || !seen.insert(owner) {
            continue;
        }
        found.push(owner);
        open.extend(rows.iter().filter_map(|row| object(&row.kind)));
    }
    found
}

fn object(kind: &Type) -> Option<&'static str> {
    match kind {
        Type::Object(name) => Some(name),
        Type::List(inner) | Type::Map(inner) | Type::Optional(inner) => object(inner),
        _ => None,
    }
}

struct Writer {
    style: Style,
}

impl Writer {
    fn heading(&self, level: usize, text: &str) -> String {
        heading(self.style, level, text)
    }

    fn entry(&self, name: &str, forms: &[String], doc: &str, example: &str) -> String {
        let mut out = format!("\n{}\n{}\n\n", self.heading(3, &format!("`{name}`")), sentence(doc));
        out.push_str("```text\n");
        forms.iter().for_each(|form| out.push_str(&format!("{form}\n")));
        out.push_str(&format!("```\n\nExample: `{example}`\n"));
        out
    }

    fn syntax(&self, row: &SyntaxRow) -> String {
        self.entry(row.name, &[row.form.to_owned()], row.doc, row.example)
    }

    fn function(&self, one: &Documentation) -> String {
        self.entry(one.name, &one.signatures, one.doc, one.example)
    }

    fn variable(&self, row: &VariableRow, with_targets: bool) -> String {
        let targets = if with_targets {
            match targets_of(row).as_slice() {
                [] => String::new(),
                all if all.len() == TARGETS.len() => " In all policies.".to_owned(),
                some => format!(" In policies about: {}.", some.join(", ")),
            }
        } else {
            String::new()
        };
        let kind = if row.name == "reference" { "as the subject" } else { row.type_name };
        format!("- `{}` ({kind}): {}{targets}\n", row.name, sentence(row.description))
    }

    fn object(&self, owner: &str) -> String {
        let mut out = format!("\n{}", self.heading(2, &format!("`{owner}`")));
        out.push_str("\n| field | type | |\n|---|---|---|\n");
        for FieldRow { name, kind, optional, description, .. } in fields_of(owner) {
            let maybe = if optional { " (may be absent)" } else { "" };
            // A bar would end the cell.
            let description = description.replace('|', "\\|");
            out.push_str(&format!("| `{name}` | `{kind}` | {description}{maybe} |\n"));
        }
        let examples: Vec<&FieldExample> = FIELD_EXAMPLES.iter().filter(|one| one.owner == owner).collect();
        if !examples.is_empty() {
            out.push_str("\n```cel\n");
            examples.iter().for_each(|one| out.push_str(&format!("{}\n", one.expression)));
            out.push_str("```\n");
        }
        out
    }
}

/// Words as a sentence: a capital and a full stop, unless they begin with code.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
