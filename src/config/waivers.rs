//! `waivers` and `waiver_rules`: what is set aside on purpose, and what is asked of it.

use crate::config::read::Reader;
use crate::document::Ref;
use crate::enforce::Waiver;
use crate::enforce::waiver::{Named, Place, Required, Rule};

/// The keys of an entry, and those of a row of rules.
pub(super) const KEYS: &[&str] =
    &["policy", "service", "environment", "path", "condition", "owner", "reason", "expires"];
pub(super) const RULE_KEYS: &[&str] = &["policy", "environment", "require", "max_days", "patterns"];

/// What a waiver can be asked for.
pub(super) const REQUIRABLE: [&str; 3] = ["reason", "owner", "expires"];

impl Reader<'_> {
    /// Reads the entries. One in which anything is wrong is told and left out: without the part that cannot be
    /// read it might be for more than was meant.
    pub(super) fn waivers(&mut self, node: Ref<'_>) {
        for item in self.keys.items(node) {
            let before = self.keys.diagnostics.len();
            let waiver = self.waiver(item);
            if self.keys.diagnostics.len() == before {
                self.project.waivers.extend(waiver);
            }
        }
    }

    fn waiver(&mut self, item: Ref<'_>) -> Option<Waiver> {
        const WHAT: &str = "a waiver";
        let mut waiver = Waiver {
            policies: Vec::new(),
            services: Vec::new(),
            environments: Vec::new(),
            paths: Vec::new(),
            conditions: Vec::new(),
            reason: None,
            owner: None,
            expires: None,
            place: Place::Project,
            span: item.get("policy").map_or(item.span(), Ref::span),
        };
        for (key, _, value) in self.keys.entries(item, WHAT, KEYS) {
            let what = format!("`{key}`");
            match key {
                "owner" => waiver.owner = self.keys.text(value, &what).map(str::to_owned),
                "reason" => waiver.reason = self.keys.text(value, &what).map(str::to_owned),
                "expires" => {
                    let day = self.date(value, &what);
                    waiver.expires = day.map(|day| Named { text: day.to_string(), span: value.span() });
                }
                list => {
                    let texts = self.keys.texts(value, &what);
                    if texts.is_empty() {
                        self.keys.wrong(value, &what, "a text or a list of texts");
                    }
                    let owned = || texts.iter().map(|(text, _)| (*text).to_owned());
                    match list {
                        "policy" => {
                            let named = |&(text, span): &(&str, _)| Named { text: text.to_owned(), span };
                            waiver.policies = texts.iter().map(named).collect();
                        }
                        "service" => waiver.services = owned().collect(),
                        "environment" => {
                            waiver.environments =
                                texts.iter().map(|(text, _)| Waiver::environment_named(text)).collect();
                        }
                        "condition" => waiver.conditions = owned().collect(),
                        _ => {
                            let below =
                                |text: String| format!("{}{}", self.prefix, text.trim_start_matches("./"));
                            waiver.paths = owned().map(below).collect();
                        }
                    }
                }
            }
        }
        if item.is_mapping() && item.get("policy").is_none() {
            self.keys.missing(item, WHAT, "policy", "name the policy that is set aside");
        }
        (!waiver.policies.is_empty()).then_some(waiver)
    }

    /// Reads the rows. One in which anything is wrong asks for no less than the others.
    pub(super) fn waiver_rules(&mut self, node: Ref<'_>) {
        const WHAT: &str = "a row of `waiver_rules`";
        for item in self.keys.items(node) {
            let before = self.keys.diagnostics.len();
            let mut rule = Rule {
                policy: "*".to_owned(),
                environment: None,
                require: None,
                max_days: None,
                patterns: None,
                span: item.span(),
            };
            for (key, _, value) in self.keys.entries(item, WHAT, RULE_KEYS) {
                match key {
                    "policy" => {
                        let policy = self.keys.text(value, "`policy`");
                        rule.policy = policy.map_or(rule.policy, str::to_owned);
                    }
                    "environment" => rule.environment = self.environment(value),
                    "require" => rule.require = Some(self.required(value)),
                    "max_days" => rule.max_days = self.keys.count(value, "`max_days`"),
                    _ => {
                        let words = [("true", true), ("false", false)];
                        rule.patterns = self.keys.word(value, "`patterns`", &words);
                    }
                }
            }
            if self.keys.diagnostics.len() == before && item.is_mapping() {
                self.project.waiver_rules.push(rule);
            }
        }
    }

    fn required(&mut self, node: Ref<'_>) -> Required {
        let mut required = Required { reason: false, owner: false, expires: false };
        if node.is_null() {
            self.keys.wrong(node, "`require`", "a list (`[]` asks for nothing)");
        }
        let words: Vec<(&str, usize)> = REQUIRABLE.iter().copied().zip(0..).collect();
        for item in self.keys.items(node) {
            match self.keys.word(item, "`require`", &words) {
                Some(0) => required.reason = true,
                Some(1) => required.owner = true,
                Some(_) => required.expires = true,
                None => {}
            }
        }
        required
    }
}
