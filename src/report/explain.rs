//! `celador explain POLICY`: a policy's page.

use crate::diagnostic::Tally;
use crate::report::style::{Ink, Style};
use crate::report::text::{self, one_line, width, wrap};

/// What a policy's page shows. Plain data, so that this room need not know how policies are kept.
#[derive(Clone, Debug, Default)]
pub struct PolicyPage {
    pub name: String,
    pub title: String,
    pub group: String,
    pub severity: String,
    /// What is done where it fails: `deny`.
    pub action: String,
    /// Paragraphs, apart by an empty line.
    pub rationale: String,
    /// `deployments in staging, compared with production, on Cloud Run`.
    pub target: String,
    /// What judging one subject may take: `at most 120 steps for one of them`.
    pub cost: Option<String>,
    pub params: Vec<ParamLine>,
    pub validations: Vec<ValidationLine>,
    /// CEL texts that select the subjects, with their names.
    pub conditions: Vec<(String, String)>,
    pub examples: Vec<ExampleText>,
    /// What it came to in this project.
    pub here: Option<Here>,
    /// The policy file, or `built in`.
    pub source: String,
}

/// One parameter.
#[derive(Clone, Debug, Default)]
pub struct ParamLine {
    pub name: String,
    pub kind: String,
    pub default: Option<String>,
    pub description: String,
    /// What the project says instead, the narrowest last: `4Gi for service auth (celador.yaml:12)`.
    pub overrides: Vec<String>,
}

/// What a policy came to in a project.
#[derive(Clone, Debug, Default)]
pub struct Here {
    /// Subjects that it selected, and what came of them.
    pub tally: Tally,
    /// `deploy.sh:3:12  backend: memory 512Mi is below 2Gi`, secrets masked.
    pub findings: Vec<String>,
}

/// One validation: what must hold, and how it is mended.
#[derive(Clone, Debug, Default)]
pub struct ValidationLine {
    pub expression: String,
    pub help: Option<String>,
}

/// One example: files, and what is found in them (nothing, where it passes).
#[derive(Clone, Debug, Default)]
pub struct ExampleText {
    pub name: String,
    pub files: Vec<(String, String)>,
    pub findings: Vec<String>,
}

/// One line of the list of policies.
#[derive(Clone, Debug, Default)]
pub struct ListedPolicy {
    pub group: String,
    pub name: String,
    pub title: String,
    /// Whether it is asked by default in this project.
    pub asked: bool,
}

/// All policies by group; those that are not asked are marked.
pub fn list(policies: &[ListedPolicy], style: Style) -> String {
    let mut groups: Vec<&str> = policies.iter().map(|policy| policy.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let longest = policies.iter().map(|policy| width(&policy.name)).max().unwrap_or(0);
    let writer = Writer { style };
    let mut out = String::new();
    for group in groups {
        writer.heading(&writer.line(group), &mut out);
        for policy in policies.iter().filter(|policy| policy.group == group) {
            let name = writer.line(&policy.name);
            let pad = " ".repeat(longest.saturating_sub(width(&name)));
            let mark = if policy.asked { "" } else { " (off)" };
            let title = format!("{}{mark}", writer.line(&policy.title));
            let room = style.width.saturating_sub(longest + 4).max(30);
            let indent = " ".repeat(longest + 4);
            for (i, line) in wrap(&title, room, room).iter().enumerate() {
                let lead = if i == 0 { format!("  {name}{pad}  ") } else { indent.clone() };
                out.push_str(format!("{lead}{line}").trim_end());
                out.push('\n');
            }
        }
        out.push('\n');
    }
    out.push_str("celador explain POLICY shows why one exists, and how to configure it\n");
    out
}

/// The page.
pub fn explain(page: &PolicyPage, style: Style) -> String {
    let writer = Writer { style };
    let mut out =
        format!("{}   {}\n", style.paint(Ink::Strong, &writer.line(&page.name)), writer.line(&page.title));
    let facts = [page.group.as_str(), page.severity.as_str(), page.action.as_str(), page.source.as_str()];
    let facts: Vec<String> =
        facts.iter().filter(|fact| !fact.is_empty()).map(|fact| writer.line(fact)).collect();
    out.push_str(&format!("{}\n\n", style.paint(Ink::Faint, &facts.join(", "))));
    for paragraph in page.rationale.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        writer.paragraph(paragraph, 0, &mut out);
        out.push('\n');
    }
    writer.heading("judges", &mut out);
    writer.paragraph(&page.target, 2, &mut out);
    if let Some(cost) = &page.cost {
        writer.paragraph(cost, 2, &mut out);
    }
    for (name, expression) in &page.conditions {
        writer.paragraph(&format!("only where {name}: {expression}"), 2, &mut out);
    }
    out.push('\n');
    writer.heading("must hold", &mut out);
    for validation in &page.validations {
        writer.block(&validation.expression, 2, &mut out);
        if let Some(help) = &validation.help {
            writer.paragraph(help, 4, &mut out);
        }
    }
    out.push('\n');
    if !page.params.is_empty() {
        writer.heading("parameters", &mut out);
        for param in &page.params {
            let default =
                param.default.as_ref().map_or("no default".to_owned(), |value| format!("default {value}"));
            let text = format!("{} ({}, {default}): {}", param.name, param.kind, param.description);
            writer.paragraph(&text, 2, &mut out);
            for given in &param.overrides {
                writer.paragraph(&format!("here: {given}"), 4, &mut out);
            }
        }
        out.push_str(&configure(page, &writer));
        out.push('\n');
    }
    if let Some(here) = &page.here {
        writer.here(here, &mut out);
    }
    for example in &page.examples {
        writer.example(example, &mut out);
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// How the first parameter is changed: an example to copy.
fn configure(page: &PolicyPage, writer: &Writer) -> String {
    let Some(param) = page.params.first() else { return String::new() };
    let [policy, param, value] =
        [&page.name, &param.name, param.default.as_deref().unwrap_or("...")].map(|text| writer.line(text));
    format!(
        "\n  # celador.yaml\n  policies:\n    configure:\n      {policy}:\n        params: {{{param}: {value}}}\n"
    )
}

/// Findings of this project that a page shows.
const FINDINGS: usize = 10;

struct Writer {
    style: Style,
}

impl Writer {
    fn line(&self, text: &str) -> String {
        one_line(text, self.style.unicode)
    }

    fn heading(&self, text: &str, out: &mut String) {
        out.push_str(&format!("{}\n", self.style.paint(Ink::Info, text)));
    }

    fn paragraph(&self, text: &str, indent: usize, out: &mut String) {
        let room = self.style.width.min(100).saturating_sub(indent).max(30);
        for line in wrap(&self.line(text), room, room) {
            out.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }

    /// Text whose line breaks are its author's.
    fn block(&self, text: &str, indent: usize, out: &mut String) {
        for line in text.trim_end().lines() {
            let shown = text::line(line, self.style.unicode);
            out.push_str(format!("{:indent$}{shown}", "").trim_end());
            out.push('\n');
        }
    }

    fn here(&self, here: &Here, out: &mut String) {
        let Tally { bound, passed, failed, undetermined, unpaired, .. } = &here.tally;
        self.heading("in this project", out);
        let mut told = match bound {
            0 => "nothing to judge".to_owned(),
            bound => format!("{bound} judged: {passed} pass, {failed} fail"),
        };
        if *undetermined > 0 {
            told.push_str(&format!(", {undetermined} cannot be told"));
        }
        if !unpaired.is_empty() {
            told.push_str(&format!("; without a counterpart: {}", unpaired.join(", ")));
        }
        self.paragraph(&told, 2, out);
        for finding in here.findings.iter().take(FINDINGS) {
            self.paragraph(finding, 2, out);
        }
        if here.findings.len() > FINDINGS {
            self.paragraph(&format!("and {} more", here.findings.len() - FINDINGS), 2, out);
        }
        out.push('\n');
    }

    fn example(&self, example: &ExampleText, out: &mut String) {
        let verdict = if example.findings.is_empty() { "passes" } else { "fails" };
        self.heading(&format!("example: {} ({verdict})", self.line(&example.name)), out);
        for (path, text) in &example.files {
            out.push_str(&format!("  {}\n", self.style.paint(Ink::Path, &self.line(path))));
            self.block(text, 4, out);
        }
        for finding in &example.findings {
            self.paragraph(&format!("=> {finding}"), 2, out);
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::{ExampleText, Here, ParamLine, PolicyPage, ValidationLine, explain};
    use crate::diagnostic::Tally;
    use crate::report::Style;

    #[test]
    fn a_page_says_what_why_and_how_to_change_it() {
        let page = PolicyPage {
            name: "alpine-minimum-memory".to_owned(),
            title: "Alpine services get the memory their start-up needs".to_owned(),
            group: "resources".to_owned(),
            severity: "error".to_owned(),
            action: "deny".to_owned(),
            source: "built in".to_owned(),
            rationale: "A service that starts in seven phases needs memory for all of them at once.\n\nA smaller limit saves money until the first start.".to_owned(),
            target: "deployments on any platform".to_owned(),
            cost: Some("at most 7 steps for one of them".to_owned()),
            conditions: vec![("alpine".to_owned(), "has(deployment.image) && deployment.image.alpine".to_owned())],
            validations: vec![ValidationLine { expression: "deployment.memory >= params.minimum".to_owned(), help: None }],
            params: vec![ParamLine {
                name: "minimum".to_owned(),
                kind: "quantity".to_owned(),
                default: Some("2Gi".to_owned()),
                description: "what a start-up needs".to_owned(),
                overrides: vec!["4Gi for the service auth (celador.yaml:7)".to_owned()],
            }],
            here: Some(Here {
                tally: Tally { bound: 3, passed: 1, failed: 1, undetermined: 1, ..Tally::default() },
                findings: vec!["deploy.sh:2:12: web: memory 512Mi is below 2Gi".to_owned()],
            }),
            examples: vec![ExampleText {
                name: "half a gigabyte".to_owned(),
                files: vec![("deploy.sh".to_owned(), "gcloud run deploy web \\\n\t--memory 512Mi\n".to_owned())],
                findings: vec!["deploy.sh:2: memory 512Mi is below 2Gi".to_owned()],
            }],
        };
        insta::assert_snapshot!(explain(&page, Style::plain(80)));
    }
}
