//! What the tables say, as plain data for people. Every row is made from the row that the engines read by,
//! so that a page cannot say something else.

use super::ALL;
use super::convert::Conversion;
use super::table::{
    Action, Base, Bound, Command, Effect, Field, Filled, Flag, Objects, Platform, Positional, ProbePlace,
    Sheet, Words, Workload,
};
use crate::model::catalogue;

/// Rows that are no settings of the catalogue, after which they are listed.
const SERVICE: &str = "service";
const VARIABLES: &str = "env";

/// One platform.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The name in policies and in JSON: `cloud-run`.
    pub name: &'static str,
    pub title: &'static str,
    pub pages: &'static [&'static str],
    pub commands: Vec<CommandRow>,
    /// What tells a document that is a deployment: `apiVersion: apps/..., kind: Deployment`.
    pub documents: Vec<String>,
    /// In the order of the catalogue; `service` is the name, `env` are the variables.
    pub settings: Vec<SettingRow>,
    pub defaults: Vec<DefaultRow>,
    pub limits: Vec<LimitRow>,
}

/// A command line that is recognised.
#[derive(Clone, Debug)]
pub struct CommandRow {
    /// The programs' names and the sub-command: `docker/podman run`.
    pub line: String,
    pub workload: &'static str,
    /// What becomes of settings that it does not name.
    pub effect: String,
    /// Flags without any of which it deploys nothing.
    pub serves: &'static [&'static str],
    /// Flags with any of which it deploys nothing.
    pub unless: &'static [&'static str],
}

/// Where a setting is read.
#[derive(Clone, Debug)]
pub struct SettingRow {
    pub setting: &'static str,
    /// Flags and words of command lines.
    pub words: Vec<String>,
    /// Paths in documents.
    pub places: Vec<String>,
}

/// What the platform does when nobody says otherwise.
#[derive(Clone, Debug)]
pub struct DefaultRow {
    pub setting: &'static str,
    pub value: String,
    /// The kinds of deployments that it holds for; empty: all.
    pub workloads: &'static [&'static str],
    pub page: &'static str,
}

/// A bound that the platform enforces.
#[derive(Clone, Debug)]
pub struct LimitRow {
    /// As policies name it: `platform.limits.memory_cap`.
    pub name: &'static str,
    pub value: String,
    pub description: &'static str,
    pub page: &'static str,
}

/// All platforms, as their tables describe them.
pub fn references() -> Vec<Reference> {
    ALL.iter().map(|platform| reference(platform)).collect()
}

fn reference(platform: &'static Platform) -> Reference {
    let mut rows = Rows::default();
    for command in platform.commands {
        rows.command(command);
    }
    for field in platform.fields {
        rows.place(field.setting, field_place(platform, field));
    }
    for sheet in platform.sheets {
        rows.sheet(sheet);
    }
    let workloads = platform.workloads.iter().map(workload);
    let mut documents: Vec<String> = workloads.chain(platform.sheets.iter().map(sheet_title)).collect();
    // The services of a Compose file have a reader of their own, and no row that tells them.
    if documents.is_empty() && !platform.fields.is_empty() {
        documents.push("a file with `services`, by its name or by its shape".to_owned());
    }
    Reference {
        name: platform.name,
        title: platform.title,
        pages: platform.pages,
        commands: platform.commands.iter().map(command).collect(),
        documents,
        settings: rows.sorted(),
        defaults: platform.defaults.iter().map(default).collect(),
        limits: platform.limits.iter().map(limit).collect(),
    }
}

/// Settings while they are collected.
#[derive(Default)]
struct Rows {
    rows: Vec<SettingRow>,
}

impl Rows {
    fn row(&mut self, setting: &'static str) -> Option<&mut SettingRow> {
        if !self.rows.iter().any(|row| row.setting == setting) {
            self.rows.push(SettingRow { setting, words: Vec::new(), places: Vec::new() });
        }
        self.rows.iter_mut().find(|row| row.setting == setting)
    }

    fn word(&mut self, setting: &'static str, word: String) {
        if let Some(row) = self.row(setting).filter(|row| !row.words.contains(&word)) {
            row.words.push(word);
        }
    }

    fn place(&mut self, setting: &'static str, place: String) {
        if let Some(row) = self.row(setting).filter(|row| !row.places.contains(&place)) {
            row.places.push(place);
        }
    }

    fn command(&mut self, command: &Command) {
        let line = command.name();
        let words = match command.positional {
            Positional::Image => return self.flags(command, Some(("image", format!("{line} IMAGE")))),
            Positional::Name | Positional::Context => return self.flags(command, None),
            Positional::Resource(words) | Positional::Named(words) | Positional::Plain(words) => words,
        };
        let word = match words {
            Words::Ignored => None,
            Words::Variables(_) => Some((VARIABLES, format!("{line} NAME=VALUE"))),
            Words::Images => Some(("image", format!("{line} CONTAINER=IMAGE"))),
            Words::Amount(setting, _) => Some((setting, format!("{line} AMOUNT"))),
            Words::Counts(setting) => Some((setting, format!("{line} PROCESS=COUNT"))),
        };
        self.flags(command, word);
    }

    fn flags(&mut self, command: &Command, word: Option<(&'static str, String)>) {
        if let Some((setting, word)) = word {
            self.word(setting, word);
        }
        for flag in command.flags.iter().flat_map(|table| table.iter()) {
            self.flag(flag);
        }
    }

    fn flag(&mut self, flag: &Flag) {
        let mut add = |setting: &'static str, key: &str| {
            for name in flag.names {
                self.word(
                    setting,
                    if key.is_empty() { (*name).to_owned() } else { format!("{name} {key}=") },
                );
            }
        };
        match flag.action {
            Action::Setting(setting, _)
            | Action::Switch(setting)
            | Action::Off(setting)
            | Action::Probe(setting)
            | Action::Scale(setting, _) => add(setting, ""),
            Action::Variables(..)
            | Action::Unset
            | Action::ClearVariables(_)
            | Action::Variable
            | Action::Assignments(..)
            | Action::VariableFile(_) => add(VARIABLES, ""),
            Action::Braced(key) => add(VARIABLES, key),
            Action::Pairs(pairs) => pairs.iter().for_each(|(key, setting, _)| add(setting, key)),
            Action::Publish => {
                add("port", "");
                add("host_port", "");
            }
            Action::Name => add(SERVICE, ""),
            // Of a build, or of no interest to a deployment.
            Action::FlagsFile
            | Action::Container
            | Action::Dockerfile
            | Action::Tag
            | Action::Value
            | Action::Bare => {}
        }
    }

    fn sheet(&mut self, sheet: &'static Sheet) {
        let object = match sheet.objects {
            // Of several places the last one is the plainest: the root.
            Objects::At(paths) => paths.last().copied().unwrap_or_default().to_vec(),
            Objects::Each(["resource", resource]) => vec![*resource],
            Objects::Each(path) => path.iter().chain(&["*"]).copied().collect(),
        };
        let place = |base: Base, path: &[&str]| match base {
            Base::Container if !sheet.containers.is_empty() => {
                format!("{}[].{}", joined(&[&object, sheet.containers]), joined(&[path]))
            }
            _ => joined(&[&object, path]),
        };
        for path in sheet.name {
            self.place(SERVICE, place(Base::Root, path));
        }
        for field in sheet.fields {
            let at = place(field.base, field.path);
            let nested =
                sheet.nested.iter().filter(|(own, _)| field.base == Base::Container && *own == field.setting);
            for (_, other) in nested {
                self.place(other, at.clone());
            }
            self.place(field.setting, at);
        }
        for pair in sheet.pairs {
            let (first, second) = (place(Base::Container, pair.first), place(Base::Container, pair.second));
            self.place(pair.setting, format!("{first} {} {second}", pair.separator));
        }
        for variables in sheet.variables {
            self.place(VARIABLES, place(variables.base, variables.path));
        }
        for probe in sheet.probes {
            let at = match probe.at {
                ProbePlace::Key(key) => place(Base::Container, &[key]),
                ProbePlace::Item(kind) => format!("{}[type={kind}]", place(Base::Container, &["probes"])),
            };
            self.place(probe.setting, at);
        }
        for (base, path) in sheet.checks {
            self.place("healthcheck", place(*base, path));
        }
        for grant in sheet.grants {
            self.place(grant.setting, joined(&[grant.objects]));
        }
    }

    /// The rows in the catalogue's order; the name first, the variables last.
    fn sorted(mut self) -> Vec<SettingRow> {
        self.rows.sort_by_key(|row| match row.setting {
            SERVICE => 0,
            VARIABLES => usize::MAX,
            name => {
                catalogue::ROWS.iter().position(|row| row.name == name).map_or(usize::MAX - 1, |at| at + 1)
            }
        });
        self.rows
    }
}

fn command(command: &'static Command) -> CommandRow {
    let path = command.path.join(" ");
    CommandRow {
        line: format!("{} {path}", command.programs.join("/")),
        workload: command.workload,
        effect: match command.effect {
            Effect::Creates => "creates: defaults fill what is not given".to_owned(),
            Effect::Updates => "creates or changes: what is not given stays as it is".to_owned(),
            Effect::Completes(other) => format!("what is not given is said by {other}"),
            Effect::Builds => "builds an image, and deploys nothing".to_owned(),
        },
        serves: command.serves,
        unless: command.unless,
    }
}

fn workload(one: &'static Workload) -> String {
    let group = if one.api.ends_with('/') { "..." } else { "" };
    format!("`apiVersion: {}{group}`, `kind: {}` ({})", one.api, one.kind, one.workload)
}

fn sheet_title(sheet: &'static Sheet) -> String {
    let what = match sheet.objects {
        Objects::Each(["resource", resource]) => format!("Terraform's `{resource}`"),
        Objects::Each(path) => format!("each entry of `{}`", joined(&[path])),
        Objects::At(_) if !sheet.files.is_empty() => {
            let names: Vec<String> = sheet.files.iter().map(|name| format!("`{name}`")).collect();
            format!("a file named {}", names.join(", "))
        }
        Objects::At(_) => {
            let keys: Vec<String> =
                sheet.requires.iter().map(|path| format!("`{}`", joined(&[path]))).collect();
            format!("a document with {}", keys.join(" and "))
        }
    };
    format!("{what} ({})", sheet.workload)
}

/// A field's path from the root of the first kind of document that has it.
fn field_place(platform: &'static Platform, field: &Field) -> String {
    let holds = |one: &&Workload| field.workloads.is_empty() || field.workloads.contains(&one.workload);
    let Some(one) = platform.workloads.iter().find(holds) else {
        return joined(&[&["services", "*"], field.path]);
    };
    match field.base {
        Base::Root => joined(&[field.path]),
        Base::Template => joined(&[one.template, field.path]),
        Base::Pod => joined(&[one.pod, field.path]),
        Base::Container => format!("{}[].{}", joined(&[one.pod, &["containers"]]), joined(&[field.path])),
    }
}

/// Keys as one path; a key that holds a dot stands in brackets.
fn joined(parts: &[&[&str]]) -> String {
    let mut path = String::new();
    for key in parts.iter().flat_map(|part| part.iter()) {
        if key.contains(['.', '/']) {
            path.push_str(&format!("[\"{key}\"]"));
        } else {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(key);
        }
    }
    path
}

fn default(row: &'static super::Default) -> DefaultRow {
    let value = match row.value {
        Filled::Written(text, Conversion::Seconds) => format!("{text}s"),
        Filled::Written(text, _) => text.to_owned(),
        Filled::SameAs(other) => format!("that of {other}"),
    };
    DefaultRow { setting: row.setting, value, workloads: row.workloads, page: row.page }
}

fn limit(row: &'static super::Limit) -> LimitRow {
    let value = match row.bound {
        Bound::Quantity(text) => text.to_owned(),
        Bound::Duration(seconds) => format!("{seconds}s"),
        Bound::Int(number) => number.to_string(),
        Bound::Texts(texts) => texts.join(", "),
        Bound::Coupled(pairs) => {
            let pairs: Vec<String> = pairs.iter().map(|(from, bound)| format!("{from}: {bound}")).collect();
            pairs.join(", ")
        }
    };
    LimitRow { name: row.name, value, description: row.description, page: row.page }
}
