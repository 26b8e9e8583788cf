//! Files that try to speak to whoever reads a report: to a terminal, a CI system, a browser, a parser. Their
//! texts stand in the names of files and services, in values, policies and waivers; no format lets one act.

use crate::formats::all_reports;
use crate::run::Scratch;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Stands in every text, so that it is found again wherever the text came to.
const MARK: &str = "h0stile";

/// What each tries stands before it.
const TEXTS: &[(&str, &str)] = &[
    ("a workflow command", "::error file=x::h0stile"),
    ("one on a line of its own", "x\n::error::h0stile\r\n::stop-commands::t\r::add-mask::o"),
    ("escapes of a command", "%0A::error::h0stile%25%0D%3A"),
    ("properties of a command", "a,line=1,title=x::b:c;]h0stile"),
    ("a command of Azure", "x ##vso[task.setvariable variable=x]h0stile"),
    ("its older form", "##[error]h0stile"),
    ("a command of TeamCity", "##teamcity[buildProblem description='h0stile']"),
    ("colours and links of a terminal", "\u{1b}[31mh0stile\u{1b}]8;;http://evil.example\u{7}x\u{1b}[2J"),
    ("controls of eight bits", "\u{9b}31mh0stile\u{85}\u{90}"),
    ("text that runs backwards", "\u{202e}h0stile\u{202c}\u{2066}x\u{2069}\u{200f}"),
    ("text that is not seen", "h0\u{200b}stile h0stile\u{feff}\u{ad}\u{2060}\u{e0041}"),
    (
        "Markdown",
        "| h0stile | `b` | [click](http://evil.example) ![i](http://evil.example/i.png) **b** ~~s~~ #1",
    ),
    ("mentions and addresses", "@h0stile http://evil.example/h0stile www.evil.example a@evil.example"),
    ("the end of a code block", "h0stile\n```\n# h0stile\n`````\n~~~\n</details>\n\n<img src=x>"),
    ("HTML", "</code></summary></details><script>alert('h0stile')</script><img src=x onerror=alert(1)><!--"),
    ("XML", "]]> <![CDATA[ & \" ' </failure></error><testcase name=\"h0stile\"/> &#0; &h0stile;"),
    ("what XML cannot hold", "\u{0}\u{1}\u{8}\u{b}\u{c}\u{1f}h0stile\u{fffe}\u{ffff}\u{7f}"),
    ("JSON", "\",\"level\":\"none\",\"h0stile\":\"\\\u{2028}\\u0000"),
    ("a directive of TAP", "h0stile # TODO later"),
    ("an escaped one", "h0stile \\# SKIP x\\\\# TODO y"),
    ("test points", "h0stile\nok 99 - fake\nBail out!\n1..0 # SKIP all\n  ...\npragma +strict"),
    ("a link of SARIF", "[h0stile](http://evil.example) [x](1) {0} {{1}}"),
    ("a path of others", "../../h0stile/%2e%2e/C:\\x?y#z"),
];

/// JSON that is YAML as well, whatever is in it: in ASCII.
fn ascii(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        if c.is_ascii() && !c.is_control() {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

fn project() -> Scratch {
    let project = Scratch::new("hostile");
    let mut waivers = Vec::new();
    for (number, (_, text)) in TEXTS.iter().enumerate() {
        let manifest = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": text},
            "spec": {"template": {"spec": {"containers": [{
                "name": "c", "image": "a:1",
                "env": [{"name": "NUMBER", "value": number.to_string()}, {"name": "PAYLOAD", "value": text}],
            }]}}},
        });
        // Everything may stand in a name but a slash and a zero.
        let name: String = text.chars().filter(|c| !matches!(c, '/' | '\0')).collect();
        project.write(&format!("{number:02} {name}.json"), ascii(&manifest));
        let policy = json!({
            "apiVersion": "celador/v1", "kind": "Policy",
            "metadata": {"name": format!("tell-{number}"), "title": text, "group": "test"},
            "spec": {
                "severity": if number % 3 == 0 { "warning" } else { "error" },
                "rationale": format!("{text}\n\n{text}"),
                "target": {"kind": "Deployment"},
                "matchConditions": [
                    {"name": "given", "expression": "\"NUMBER\" in deployment.env && \"PAYLOAD\" in deployment.env"},
                    {"name": "known", "expression": "has(deployment.env[\"NUMBER\"].value) && has(deployment.env[\"PAYLOAD\"].value)"},
                    {"name": "mine", "expression": format!("deployment.env[\"NUMBER\"].value == \"{number}\"")},
                ],
                "validations": [{
                    "expression": "deployment.env[\"PAYLOAD\"].value == \"harmless\"",
                    "messageExpression": "deployment.env[\"PAYLOAD\"].value",
                    "help": text,
                }],
            },
        });
        project.write(&format!("policies/tell-{number}.yaml"), ascii(&policy));
        if number % 4 == 0 {
            waivers.push(json!({
                "policy": format!("tell-{number}"), "owner": "@h0stile", "expires": "2099-12-31",
                "reason": format!("{text} of the waiver"),
            }));
        }
    }
    let settings =
        json!({"version": 1, "policies": {"builtin": "none", "paths": ["policies/"]}, "waivers": waivers});
    project.write("celador.yaml", ascii(&settings));
    project
}

#[test]
fn no_text_of_a_file_acts_in_a_report() {
    let project = project();
    let reports = all_reports(project.path(), &[]);
    let whole: Value =
        serde_json::from_str(reports.iter().find(|(name, _)| name == "json").map_or("", |(_, text)| text))
            .unwrap();
    let told = Told::of(&whole);
    assert!(told.findings >= TEXTS.len(), "{whole:#}");
    assert!(told.waived >= TEXTS.len() / 4, "{whole:#}");
    // The contract says what is there, to the last character.
    let messages: BTreeSet<&str> =
        whole["findings"].as_array().unwrap().iter().map(|one| one["message"].as_str().unwrap()).collect();
    let exact = TEXTS.iter().filter(|(_, text)| messages.contains(text)).count();
    assert!(exact >= TEXTS.len() / 2, "{messages:?}");
    for (name, text) in &reports {
        assert!(text.contains(MARK), "{name} shows nothing of it");
        nothing_acts(name, text);
        match name.as_str() {
            "human" | "concise" => {}
            "json" | "json-lines" => text.lines().filter(|_| name == "json-lines").for_each(|line| {
                assert!(serde_json::from_str::<Value>(line).unwrap()["type"].is_string());
            }),
            "sarif" => sarif(text, &told),
            "github" => github(text, &told),
            "azure" => azure(text, &told),
            "gitlab" => {
                let value: Value = serde_json::from_str(text).unwrap();
                let prints: BTreeSet<&str> = value
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one["fingerprint"].as_str().unwrap())
                    .collect();
                assert_eq!(prints.len(), told.all());
            }
            "rdjson" => {
                let value: Value = serde_json::from_str(text).unwrap();
                assert_eq!(value["diagnostics"].as_array().unwrap().len(), told.all());
            }
            "junit" => junit(text, &told),
            "checkstyle" => checkstyle(text, &told),
            "tap" => tap(text, &told),
            "markdown" => markdown(text, &told),
            other => panic!("the format {other} has no row in this table"),
        }
    }
}

/// How much there is to tell.
struct Told {
    findings: usize,
    open: usize,
    waived: usize,
    errors: usize,
    denied: usize,
}

impl Told {
    fn of(whole: &Value) -> Told {
        let list = |name: &str| whole[name].as_array().unwrap();
        let errors = list("errors").iter().filter(|one| one["severity"] == "error").count();
        Told {
            findings: list("findings").len() + list("undetermined").len() + list("waived").len(),
            open: list("undetermined").len(),
            waived: list("waived").len(),
            errors: list("errors").len(),
            denied: errors + list("findings").iter().filter(|one| one["action"] == "deny").count(),
        }
    }

    fn all(&self) -> usize {
        self.findings + self.errors
    }
}

/// For every format: no character that steers, turns or hides, and no command of a CI system beyond those that
/// the format consists of.
fn nothing_acts(name: &str, text: &str) {
    let acts = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{ad}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
    };
    for (number, line) in text.lines().enumerate() {
        let found: Vec<char> = line.chars().filter(|c| acts(*c)).collect();
        assert!(found.is_empty(), "{name}:{}: {found:?} in {line}", number + 1);
        let own =
            if name == "azure" { line.strip_prefix("##vso[task.logissue ").unwrap_or(line) } else { line };
        for command in ["##vso[", "##[", "##teamcity["] {
            assert!(!own.contains(command), "{name}:{}: {line}", number + 1);
        }
        assert!(name == "github" || !line.trim_start().starts_with("::"), "{name}:{}: {line}", number + 1);
    }
}

/// As the runner reads a line: <https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs>.
fn github(text: &str, told: &Told) {
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), told.all());
    for line in lines {
        let (command, _) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (word, properties) = command.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&word), "{line}");
        for property in properties.split(',') {
            let (key, value) = property.split_once('=').unwrap_or_else(|| panic!("{property} in {line}"));
            match key {
                "line" | "endLine" | "col" | "endColumn" => assert!(value.parse::<u32>().unwrap() > 0),
                "title" => assert!(value.starts_with("tell-") || !value.contains(MARK), "{line}"),
                "file" => {}
                other => panic!("{other} in {line}"),
            }
        }
    }
}

/// As the agent reads a line: the first command anywhere in it, its properties up to the first bracket.
fn azure(text: &str, told: &Told) {
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), told.all());
    for line in lines {
        let Some((_, command)) = line.split_once("##vso[") else { continue };
        let (properties, _) = command.split_once(']').unwrap();
        let properties = properties.strip_prefix("task.logissue ").unwrap();
        for property in properties.split(';').filter(|property| !property.is_empty()) {
            let (key, value) = property.split_once('=').unwrap_or_else(|| panic!("{property} in {line}"));
            match key {
                "type" => assert!(["error", "warning"].contains(&value)),
                "linenumber" | "columnnumber" => assert!(value.parse::<u32>().unwrap() > 0),
                "sourcepath" | "code" => {}
                other => panic!("{other} in {line}"),
            }
        }
    }
}

fn sarif(text: &str, told: &Told) {
    let value: Value = serde_json::from_str(text).unwrap();
    let run = &value["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), told.findings);
    let open = results.iter().filter(|result| result["kind"] == "open").count();
    assert_eq!(open, told.open);
    for result in results {
        assert!(result["kind"] == "fail" || result["level"] == "none", "{result}");
        let message = result["message"]["text"].as_str().unwrap();
        assert!(!message.replace("\\]", "").contains("]("), "a link: {message}");
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/%".contains(c)), "{uri}");
    }
    for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
        let markdown = rule["help"]["markdown"].as_str().unwrap();
        let events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::all()).collect();
        for event in &events {
            let acts = matches!(
                event,
                Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Link { .. } | Tag::Image { .. })
            );
            assert!(!acts, "{event:?} in {markdown}");
            if let Event::Text(text) = event {
                assert!(!text.contains('@') && !text.contains("://"), "{text} in {markdown}");
            }
        }
    }
}

fn junit(text: &str, told: &Told) {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    let known = ["testsuites", "testsuite", "testcase", "failure", "error", "skipped"];
    let elements = || document.descendants().filter(|node| node.is_element());
    assert!(elements().all(|node| known.contains(&node.tag_name().name())));
    let cases = |name: &str| elements().filter(|node| node.tag_name().name() == name).count();
    assert_eq!(cases("failure") + cases("error"), told.denied);
    assert_eq!(cases("testcase"), told.all());
}

fn checkstyle(text: &str, told: &Told) {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    let errors: Vec<_> = document.descendants().filter(|node| node.has_tag_name("error")).collect();
    assert_eq!(errors.len(), told.all());
    for error in errors {
        let names: Vec<&str> = error.attributes().map(|attribute| attribute.name()).collect();
        assert_eq!(names, ["line", "column", "severity", "message", "source"]);
        assert!(error.attribute("message").is_some_and(|message| !message.is_empty()));
    }
}

/// By the grammar of version 14: <https://testanything.org/tap-version-14-specification.html>.
fn tap(text: &str, told: &Told) {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    let plan: usize = lines.next().and_then(|line| line.strip_prefix("1..")).unwrap().parse().unwrap();
    let (mut points, mut failed) = (0, 0);
    while let Some(line) = lines.next() {
        points += 1;
        let (ok, rest) = match line.strip_prefix("not ") {
            Some(rest) => (false, rest),
            None => (true, line),
        };
        let rest = rest.strip_prefix("ok ").unwrap_or_else(|| panic!("no test point: {line}"));
        let (number, description) = rest.split_once(" - ").unwrap();
        assert_eq!(number.parse::<usize>().unwrap(), points, "{line}");
        let directive = directive(description);
        failed += usize::from(!ok && directive.is_none());
        assert!(directive.is_none_or(|word| ["SKIP", "TODO"].contains(&word)), "{line}");
        // What is passed or skipped, and is no finding, has nothing below.
        if lines.clone().next() == Some("  ---") {
            lines.next();
            let below: Vec<&str> = lines.by_ref().take_while(|line| *line != "  ...").collect();
            for line in &below {
                let value = line.trim_start().trim_start_matches("- ");
                let value = if value.starts_with('"') { value } else { value.split_once(':').unwrap().1 };
                assert!(value.is_empty() || serde_json::from_str::<Value>(value).is_ok(), "{line}");
            }
            assert!(below[0].starts_with("  message: \""), "{below:?}");
        }
    }
    assert_eq!((points, failed), (plan, told.denied));
}

/// The word behind the first hash that is not escaped.
fn directive(description: &str) -> Option<&str> {
    let mut escaped = false;
    for (at, c) in description.char_indices() {
        if c == '#' && !escaped {
            return description[at + 1..].split_whitespace().next();
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

fn markdown(text: &str, told: &Told) {
    assert!(text.encode_utf16().count() <= 65_536);
    let (mut in_code, mut details) = (false, 0);
    for event in Parser::new_ext(text, Options::all()) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_code = false,
            Event::Html(html) => {
                details += html.matches("<details>").count();
                plain_html(&html);
            }
            Event::Text(words) if !in_code => {
                assert!(!words.contains(MARK) && !words.contains("evil"), "{words}");
            }
            Event::InlineHtml(_) | Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("{event:?}"),
            _ => {}
        }
    }
    assert_eq!(details, told.all());
}

/// Only the tags that the page is made of, and text of others between those of code.
fn plain_html(html: &str) {
    let mut in_code = false;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        assert!(in_code || !rest[..at].contains(MARK), "{html}");
        let end = rest[at..].find('>').unwrap() + at;
        match &rest[at..=end] {
            "<code>" => in_code = true,
            "</code>" => in_code = false,
            "<details>" | "</details>" | "<summary>" | "</summary>" | "<p>" | "</p>" => {
                assert!(!in_code, "{html}")
            }
            other => panic!("{other} in {html}"),
        }
        rest = &rest[end + 1..];
    }
}
