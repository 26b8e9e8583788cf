//! `docs/policies.md`: the built-in policies, written from their files.

use crate::generated::same;
use celador::policy::{Builtin, ComparedWith, Example, PACK, Policy, show};
use celador::source::Sources;
use std::fmt::Write as _;

const INTRODUCTION: &str = "\
# Built-in policies

These are part of the program. `celador explain NAME` shows one with its expressions, what a project says of
its parameters and what it found there. `builtin: recommended` is what a project has without saying so; `all`
adds those that are marked. [Waivers](waivers.md) and [gates](gates.md) tell how to live with what they find.

The page is written from `policies/*/*.yaml`, whose examples are the tests of the pack.
";

/// A policy with its examples.
fn load(builtin: &Builtin) -> Policy {
    builtin.load(&mut Sources::new(), true).unwrap()
}

/// The page.
fn page() -> String {
    let mut groups: Vec<&str> = PACK.iter().map(|builtin| builtin.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut out = INTRODUCTION.to_owned();
    out.push_str("\n| policy | about | severity |\n|---|---|---|\n");
    let members = |group: &str| PACK.iter().filter(move |builtin| builtin.group == group).collect::<Vec<_>>();
    for builtin in groups.iter().flat_map(|group| members(group)) {
        let policy = load(builtin);
        let _ = writeln!(
            out,
            "| [`{0}`](#{0}) | {1} | {2} |",
            builtin.name,
            policy.title,
            policy.severity.as_str()
        );
    }
    for group in groups {
        let _ = write!(out, "\n## {group}\n");
        for builtin in members(group) {
            section(builtin, &load(builtin), &mut out);
        }
    }
    out
}

fn section(builtin: &Builtin, policy: &Policy, out: &mut String) {
    let _ = write!(out, "\n### {}\n\n**{}.** ", builtin.name, policy.title);
    let _ = write!(out, "Severity {}, action {}", policy.severity.as_str(), policy.default_action().as_str());
    let _ = write!(out, "; judges {}", judges(policy));
    out.push_str(if builtin.recommended { ".\n" } else { "; only with `builtin: all`.\n" });
    let _ = write!(out, "\n{}\n", policy.rationale.trim());
    if !policy.params.is_empty() {
        out.push_str("\n| parameter | type | default | |\n|---|---|---|---|\n");
    }
    for param in &policy.params {
        let default =
            param.default.as_ref().map_or_else(|| "none".to_owned(), |value| format!("`{}`", show(value)));
        let description = param.description.replace('|', "\\|");
        let _ = writeln!(out, "| `{}` | `{}` | {default} | {description} |", param.name, param.kind);
    }
    if let Some(example) = policy.examples.iter().find(|example| !example.findings.is_empty()) {
        found(example, out);
    }
}

/// What it judges, in words.
fn judges(policy: &Policy) -> String {
    let target = &policy.target;
    let mut text = format!("each {}", target.kind.as_str().to_lowercase());
    if !target.environments.is_empty() {
        let names: Vec<&str> = target.environments.iter().map(|one| one.as_str()).collect();
        let _ = write!(text, " in {}", names.join(" or "));
    }
    if !target.platforms.is_empty() {
        let _ = write!(text, " on {}", target.platforms.join(", "));
    }
    text.push_str(&match &target.compared_with {
        Some(ComparedWith::Environment(other)) => format!(", compared with {other}"),
        Some(ComparedWith::Peers) => ", compared with what other files say of it".to_owned(),
        Some(ComparedWith::Siblings) => ", compared with the environment's other services".to_owned(),
        None => String::new(),
    });
    text
}

/// An example that fails, with what is told of it.
fn found(example: &Example, out: &mut String) {
    for file in &example.files {
        let language = match file.path.rsplit('.').next() {
            Some("sh") => "sh",
            Some("py") => "python",
            Some("yaml" | "yml") => "yaml",
            Some("toml") => "toml",
            Some("tf") => "hcl",
            _ => "text",
        };
        let _ = write!(out, "\n`{}`:\n\n```{language}\n{}\n```\n", file.path, file.text.trim_end());
    }
    out.push('\n');
    for finding in &example.findings {
        let file = finding.file.as_deref().or(example.files.first().map(|file| file.path.as_str()));
        let _ = write!(out, "- line {} of `{}`", finding.line, file.unwrap_or_default());
        let _ =
            writeln!(out, "{}", finding.message.as_ref().map_or(String::new(), |text| format!(": {text}")));
    }
}

#[test]
fn the_page_of_policies_is_what_their_files_say() {
    same("docs/policies.md", &page());
}
