//! The policies of a run as SARIF's rules.

use super::log::{Configuration, Descriptor, Help, RuleProperties, Text};
use crate::report::Rule;
use crate::report::entries::{Entry, Level, Run, Standing};
use crate::report::text::one_line;

/// The rules that a log lists: every policy that was asked, and whatever else a finding names.
pub struct Rules {
    names: Vec<String>,
    pub descriptors: Vec<Descriptor>,
}

impl Rules {
    pub fn new(run: &Run<'_>, entries: &[Entry<'_>]) -> Rules {
        let asked = run.outcome.tallies.iter().map(|tally| tally.policy.as_str());
        let told = entries.iter().filter(|entry| !matches!(entry.standing, Standing::OfTheRun));
        let mut names: Vec<&str> = asked.chain(told.map(|entry| entry.rule)).collect();
        names.sort_unstable();
        names.dedup();
        let descriptor = |name: &&str| {
            let known = run.rules.iter().find(|rule| rule.name == **name);
            descriptor(&known.cloned().unwrap_or_else(|| Rule::named(name)))
        };
        Rules {
            descriptors: names.iter().map(descriptor).collect(),
            names: names.into_iter().map(str::to_owned).collect(),
        }
    }

    /// The place of a policy among the rules.
    pub fn index(&self, name: &str) -> usize {
        self.names.partition_point(|known| known.as_str() < name)
    }
}

fn descriptor(rule: &Rule) -> Descriptor {
    let paragraphs = |text: &str| -> Vec<String> {
        text.split("\n\n").map(|one| one_line(one, true)).filter(|one| !one.is_empty()).collect()
    };
    let title = match rule.title.as_str() {
        "" => rule.name.replace('-', " "),
        title => one_line(title, true),
    };
    let rationale = paragraphs(&rule.rationale);
    let help: Vec<String> = rule.help.iter().map(|help| one_line(help, true)).collect();
    let origin = match &rule.file {
        Some(file) => format!("`celador explain {}` shows all of it ({}).", rule.name, one_line(file, true)),
        None => format!("`celador explain {}` shows all of it.", rule.name),
    };
    let mut text = rationale.clone();
    text.extend(help.iter().cloned());
    text.push(origin.clone());
    let mut markdown = rationale.iter().map(|one| escaped(one)).collect::<Vec<_>>();
    if !help.is_empty() {
        let ways: Vec<String> = help.iter().map(|help| format!("- {}", escaped(help))).collect();
        markdown.push(format!("**What to do**\n\n{}", ways.join("\n")));
    }
    markdown.push(format!("`celador explain {}` shows all of it.", rule.name.replace('`', "")));
    let tags = std::iter::once(rule.group.as_str()).filter(|group| !group.is_empty());
    Descriptor {
        id: rule.name.clone(),
        // A name that says what the identifier says is none.
        name: Some(camel(&rule.name)).filter(|name| !name.eq_ignore_ascii_case(&rule.name)),
        full_description: Text { text: sentence(rationale.first().unwrap_or(&title)) },
        short_description: Text { text: sentence(&title) },
        help: Help { text: text.join("\n\n"), markdown: markdown.join("\n\n") },
        default_configuration: Configuration { level: Level::of_action(rule.action).as_str() },
        properties: RuleProperties { tags: tags.map(str::to_owned).collect() },
    }
}

/// `AlpineMinimumMemory`: the standard asks for a name in this form beside the identifier.
fn camel(name: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars
            .next()
            .map(|first| first.to_uppercase().collect::<String>() + chars.as_str())
            .unwrap_or_default()
    };
    name.split(|c: char| !c.is_alphanumeric()).map(word).collect()
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// Prose of a policy's file as Markdown that says just that: what stands between backticks is code, as it
/// was meant, and every other character with a meaning is escaped.
fn escaped(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1;
    let mut out = String::with_capacity(text.len());
    for (at, part) in parts.iter().enumerate() {
        match (at % 2 == 1, paired) {
            (true, true) if !part.trim().is_empty() => out.push_str(&format!("`{part}`")),
            (true, true) => out.push_str("&#96;&#96;"),
            (false, true) => prose(part, &mut out),
            (_, false) => {
                out.push_str(if at == 0 { "" } else { "&#96;" });
                prose(part, &mut out);
            }
        }
    }
    out
}

fn prose(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention is looked for in the text as it is shown, but never in code.
            '@' => {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || "-_/@".contains(c)));
                let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
                out.push_str(&format!("`@{name}`"));
                rest = after;
            }
            // A bare address is a link.
            ':' if rest.starts_with("//") => out.push_str("&#58;"),
            '\\' | '*' | '_' | '[' | ']' | '!' | '#' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
}
