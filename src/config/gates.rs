//! What is done about findings: `actions`, `gates`, `bypass`, and the files that record what was found.

use crate::config::read::{ACTIONS, Reader};
use crate::diagnostic::Severity;
use crate::document::Ref;
use crate::enforce::{self, ActionRule};
use crate::evaluate;
use crate::model::Environment;
use crate::source::Span;
use std::path::PathBuf;

pub(super) const SEVERITIES: &[(&str, Severity)] =
    &[("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info)];

impl Reader<'_> {
    pub(super) fn actions(&mut self, node: Ref<'_>) {
        for item in self.keys.items(node) {
            self.action(item);
        }
    }

    fn action(&mut self, item: Ref<'_>) {
        const WHAT: &str = "a row of `actions`";
        const KEYS: &[&str] =
            &["policy", "group", "severity", "service", "environment", "action", "from", "until"];
        let mut rule = ActionRule {
            policy: "*".to_owned(),
            group: None,
            severity: None,
            service: None,
            environment: None,
            action: crate::diagnostic::Action::Deny,
            until: None,
            from: None,
            span: item.span(),
        };
        let (mut action, before) = (None, self.keys.diagnostics.len());
        for (key, span, value) in self.keys.entries(item, WHAT, KEYS) {
            match key {
                "policy" => {
                    if let Some(policy) = self.keys.text(value, "`policy`") {
                        rule.policy = policy.to_owned();
                    }
                }
                "group" => {
                    rule.group = self.keys.text(value, "`group`").map(str::to_owned);
                    let group = rule.group.iter().map(|group| (group.clone(), value.span()));
                    self.project.named_groups.extend(group);
                }
                "severity" => rule.severity = self.keys.word(value, "`severity`", SEVERITIES),
                "service" => rule.service = self.keys.text(value, "`service`").map(str::to_owned),
                "environment" => rule.environment = self.environment(value),
                "action" => action = self.keys.word(value, "`action`", ACTIONS),
                "from" => rule.from = self.date(value, "`from`"),
                _ => {
                    rule.until = self.date(value, "`until`");
                    if rule.from.zip(rule.until).is_some_and(|(first, last)| first > last) {
                        let message = "the row ends before it begins".to_owned();
                        self.keys.error(
                            "project-value",
                            span,
                            message,
                            "let `until` be a later day than `from`",
                        );
                    }
                }
            }
        }
        match action {
            // A row with a key that could not be read would hold for more than it says.
            Some(_) if self.keys.diagnostics.len() > before => {}
            Some(action) => self.project.actions.push(ActionRule { action, ..rule }),
            None if item.is_mapping() && item.get("action").is_none() => {
                self.keys.missing(item, WHAT, "action", "one of: deny, warn, audit");
            }
            None => {}
        }
    }

    pub(super) fn gates(&mut self, node: Ref<'_>) {
        for (name, _, body) in self.keys.named(node, "`gates`") {
            let what = format!("the gate of `{name}`");
            let environment = Environment::named(name);
            let (mut tolerate, mut reason) = (None, None);
            for (key, _, value) in self.keys.entries(body, &what, &["tolerate", "reason"]) {
                if key == "reason" {
                    reason = self.reason(value, &format!("`reason` of {what}"));
                } else {
                    tolerate = self.keys.count(value, "`tolerate`").map(|count| (count, value.span()));
                }
            }
            let Some((count, span)) = tolerate else {
                if body.is_mapping() && body.get("tolerate").is_none() {
                    self.keys.missing(
                        body,
                        &what,
                        "tolerate",
                        "say how many failures it tolerates: 0 is none",
                    );
                }
                continue;
            };
            let gate = evaluate::Gate { tolerate: count, span: Some(span) };
            self.project.gates.insert(environment.clone(), gate);
            self.project.budgets.retain(|budget| budget.environment != environment);
            match (usize::try_from(count), reason) {
                (Ok(tolerate), Some(reason)) => {
                    self.project.budgets.push(enforce::Gate { environment, tolerate, reason, span });
                }
                (Ok(0), None) => {}
                _ if body.get("reason").is_some() => {}
                // What policies read of the gate holds all the same; no finding is tolerated.
                _ => {
                    let message = format!("{what} tolerates findings and says no reason");
                    let help = "say why with `reason`; it is printed with every finding that is tolerated";
                    self.keys.error("project-missing-key", span, message, help);
                }
            }
        }
    }

    pub(super) fn bypass(&mut self, node: Ref<'_>) {
        for (key, _, value) in self.keys.entries(node, "`bypass`", &["environments", "unbypassable"]) {
            let names = self.keys.texts(value, &format!("`{key}` of `bypass`"));
            if key == "unbypassable" {
                let named = names.into_iter().map(|(name, span)| (name.to_owned(), span));
                self.project.unbypassable.extend(named);
            } else {
                self.project.bypass_place = Some(value.span());
                self.project.bypass_environments =
                    names.into_iter().map(|(name, _)| Environment::named(name)).collect();
            }
        }
    }

    /// Words that say something: a reason on record is not a row of spaces.
    fn reason(&mut self, node: Ref<'_>, what: &str) -> Option<String> {
        let text = self.keys.text(node, what)?;
        if text.chars().any(char::is_alphanumeric) {
            return Some(text.trim().to_owned());
        }
        self.keys.wrong(node, what, "a reason in words");
        None
    }

    /// A file that Celador writes and reads.
    pub(super) fn place(&mut self, node: Ref<'_>, what: &str) -> Option<(PathBuf, Span)> {
        let text = self.keys.text(node, what)?;
        Some((self.folder.join(text), node.span()))
    }
}
