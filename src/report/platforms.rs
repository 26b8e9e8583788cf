//! `celador platforms`: what is read of each platform, as Markdown that reads as well on a terminal. The page
//! in `docs/` is this text.

use super::language::{heading, unknown};
use super::style::Style;
use crate::platform::{Reference, references};

const INTRODUCTION: &str = "
What is read of each platform, in command lines and in documents, what the platform does when nobody says
otherwise, and what it enforces. This is what `celador platforms` prints.

A setting is one of `celador fields deployment`; `service` is the name, `env` are the variables. A path is
that of the first kind of document that has it: other kinds keep it below their own template. `[]` are all
items of a list, `*` all entries of a mapping, and Terraform's resources stand by their type. Wherever documents
have the form of Kubernetes, the containers' `ports`, `env`, `envFrom` and probes are read too. Defaults hold in
documents and for commands that create; what an update does not name stays as it runs, and is unknown.
";

/// All platforms, or one by its name.
///
/// # Errors
/// One sentence for people if there is no such platform, with the nearest one.
pub fn platforms(name: Option<&str>, style: Style) -> Result<String, String> {
    let all = references();
    let Some(name) = name else {
        let mut out = heading(style, 1, "Platforms");
        out.push_str(INTRODUCTION);
        all.iter().for_each(|one| out.push_str(&platform(one, style)));
        return Ok(out);
    };
    match all.iter().find(|one| one.name == name) {
        Some(one) => Ok(platform(one, style).trim_start_matches('\n').to_owned()),
        None => Err(unknown("platform", name, all.iter().map(|one| one.name).collect(), "celador platforms")),
    }
}

fn platform(one: &Reference, style: Style) -> String {
    let mut out = format!("\n{}\n`{}`, documented at", heading(style, 2, one.title), one.name);
    one.pages.iter().for_each(|page| out.push_str(&format!(" <{page}>")));
    out.push('\n');
    if !one.commands.is_empty() {
        out.push_str("\n| command | deploys | |\n|---|---|---|\n");
    }
    for row in &one.commands {
        let mut effect = row.effect.clone();
        if !row.serves.is_empty() {
            effect.push_str(&format!("; only with {}", code(row.serves, " or ")));
        }
        if !row.unless.is_empty() {
            effect.push_str(&format!("; not with {}", code(row.unless, " or ")));
        }
        out.push_str(&format!("| `{}` | {} | {effect} |\n", cell(&row.line), row.workload));
    }
    if !one.documents.is_empty() {
        out.push_str("\nDocuments:\n\n");
        one.documents.iter().for_each(|document| out.push_str(&format!("- {document}\n")));
    }
    if !one.settings.is_empty() {
        out.push_str("\n| setting | in commands | in documents |\n|---|---|---|\n");
    }
    for row in &one.settings {
        let (words, places) = (code(&row.words, ", "), code(&row.places, ", "));
        out.push_str(&format!("| `{}` | {words} | {places} |\n", row.setting));
    }
    if !one.defaults.is_empty() {
        out.push_str("\n| default of | is | |\n|---|---|---|\n");
    }
    for row in &one.defaults {
        let of =
            if row.workloads.is_empty() { String::new() } else { format!(" ({})", row.workloads.join(", ")) };
        out.push_str(&format!("| `{}`{of} | {} | <{}> |\n", row.setting, row.value, row.page));
    }
    if !one.limits.is_empty() {
        out.push_str("\n| limit | is | | |\n|---|---|---|---|\n");
    }
    for row in &one.limits {
        out.push_str(&format!("| `{}` | {} | {} | <{}> |\n", row.name, row.value, row.description, row.page));
    }
    out
}

/// Words as code, one behind the other.
fn code(words: &[impl AsRef<str>], between: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{}`", cell(word.as_ref()))).collect();
    words.join(between)
}

/// A bar would end the cell, in code as well.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
