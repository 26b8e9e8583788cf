//! What a project file allows that the one before it did not.
//!
//! Only the direction of what is written is told here. Whether other parameters, environments or aliases
//! make a policy laxer hangs on what is judged: that is seen in the findings, and asked for.

use super::project::{PolicyBlock, Project};
use crate::diagnostic::Action;
use crate::enforce::{ActionRule, Waiver};
use crate::policy::{PACK, Policy, Selection};
use crate::source::{SourceId, Span};
use std::collections::BTreeSet;

/// One side of a change: the project and its own policies.
pub struct Settings<'a> {
    pub project: &'a Project,
    pub policies: &'a [Policy],
    /// The text that the project's words are read from, by span.
    pub text: &'a dyn Fn(Span) -> String,
}

/// What other settings did to the findings of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Laxer,
    Stricter,
    /// Nothing that is judged tells.
    Nothing,
}

/// What `new` allows that `old` did not, each at its place in the new files; at the beginning of the project
/// file, or of `place` where there is none, for what was taken away.
pub fn relaxed(
    new: &Settings<'_>,
    old: &Settings<'_>,
    place: SourceId,
    seen: &dyn Fn(&str) -> Seen,
) -> Vec<(Span, String)> {
    let beginning = Span::beginning(new.project.file.unwrap_or(place));
    let mut all = All { new, old, beginning, told: Vec::new() };
    all.patterns();
    all.selection();
    all.actions();
    all.tolerance();
    all.waivers();
    all.requirements();
    all.blocks(seen);
    all.policies(seen);
    all.told
}

/// Whether two waivers are for the same, however long and for whatever reason.
pub fn same_scope(one: &Waiver, other: &Waiver) -> bool {
    let policies = |waiver: &Waiver| -> Vec<String> {
        waiver.policies.iter().map(|policy| policy.text.clone()).collect()
    };
    policies(one) == policies(other)
        && one.services == other.services
        && one.environments == other.environments
        && one.paths == other.paths
        && one.conditions == other.conditions
}

struct All<'a> {
    new: &'a Settings<'a>,
    old: &'a Settings<'a>,
    beginning: Span,
    told: Vec<(Span, String)>,
}

impl All<'_> {
    fn tell(&mut self, span: Span, message: impl Into<String>) {
        self.told.push((span, message.into()));
    }

    fn gone(&mut self, message: impl Into<String>) {
        self.tell(self.beginning, message);
    }

    fn patterns(&mut self) {
        let (new, old) = (self.new.project, self.old.project);
        for pattern in &new.exclude {
            if old.exclude.iter().all(|other| other.glob != pattern.glob) {
                self.tell(pattern.span, format!("`{}` is no longer read", pattern.glob));
            }
        }
        match (new.include.first(), old.include.is_empty()) {
            (Some(first), true) => self.tell(first.span, "only what matches `include` is still read"),
            (Some(_), false) => {
                for pattern in &old.include {
                    if new.include.iter().all(|other| other.glob != pattern.glob) {
                        self.gone(format!("`{}` is no longer included", pattern.glob));
                    }
                }
            }
            (None, _) => {}
        }
        let files = |rule: &super::project::SchemaRule| -> BTreeSet<String> {
            rule.files.iter().map(|pattern| pattern.glob.clone()).collect()
        };
        for rule in &old.schemas {
            let stays = |other: &super::project::SchemaRule| {
                other.schema == rule.schema && files(other).is_superset(&files(rule))
            };
            if !new.schemas.iter().any(stays) {
                self.gone("files are no longer held against a JSON Schema");
            }
        }
    }

    fn selection(&mut self) {
        let rank = |selection: Selection| match selection {
            Selection::None => 0,
            Selection::Recommended => 1,
            Selection::All => 2,
        };
        if rank(self.new.project.builtin) < rank(self.old.project.builtin) {
            let nodes = self.new.project.documents.iter().rev();
            let place = nodes.filter_map(|one| one.root().path(&["policies", "builtin"])).next();
            let span = place.map_or(self.beginning, |node| node.span());
            self.tell(span, "fewer built-in policies are asked");
        }
    }

    /// Rows that soften are new; rows that deny are gone.
    fn actions(&mut self) {
        let (new, old) = (self.new.project, self.old.project);
        let same = |one: &ActionRule, other: &ActionRule| {
            (&one.policy, &one.group, one.severity, &one.service, &one.environment, one.action)
                == (
                    &other.policy,
                    &other.group,
                    other.severity,
                    &other.service,
                    &other.environment,
                    other.action,
                )
        };
        let softens = |row: &&ActionRule| row.action != Action::Deny;
        for row in new.actions.iter().filter(softens) {
            // A row that ends earlier or begins later than one that stood softens less.
            let stood = |other: &ActionRule| {
                let ends = other.until.is_none_or(|last| row.until.is_some_and(|own| own <= last));
                let begins = other.from.is_none_or(|first| row.from.is_some_and(|own| own >= first));
                same(row, other) && ends && begins
            };
            if !old.actions.iter().any(stood) {
                let message = format!("findings of `{}` may only {}", row.policy, row.action.as_str());
                self.tell(row.span, message);
            }
        }
        for row in old.actions.iter().filter(|row| row.action == Action::Deny) {
            let stays = |other: &ActionRule| {
                let ends = other.until.is_none_or(|last| row.until.is_some_and(|own| own <= last));
                let begins = other.from.is_none_or(|first| row.from.is_some_and(|own| own >= first));
                same(row, other) && ends && begins
            };
            if !new.actions.iter().any(stays) {
                self.gone(format!("a row that denied findings of `{}` is gone", row.policy));
            }
        }
    }

    fn tolerance(&mut self) {
        let (new, old) = (self.new.project, self.old.project);
        for (environment, gate) in &new.gates {
            let before = old.gates.get(environment).map_or(0, |gate| gate.tolerate);
            if gate.tolerate > before {
                let message = format!("{environment} tolerates {} in place of {before}", gate.tolerate);
                self.tell(gate.span.unwrap_or(self.beginning), message);
            }
        }
        for gate in &new.budgets {
            let of = |other: &&crate::enforce::Gate| other.environment == gate.environment;
            let before = old.budgets.iter().find(of).map_or(0, |gate| gate.tolerate);
            if gate.tolerate > before {
                let message = format!(
                    "a run tolerates {} findings of {} in place of {before}",
                    gate.tolerate, gate.environment
                );
                self.tell(gate.span, message);
            }
        }
        for environment in &new.bypass_environments {
            if !old.bypass_environments.contains(environment) {
                let span = new.bypass_place.unwrap_or(self.beginning);
                self.tell(span, format!("checks may be bypassed in {environment}"));
            }
        }
        for (policy, _) in &old.unbypassable {
            if new.unbypassable.iter().all(|(other, _)| other != policy) {
                self.gone(format!("`{policy}` may be tolerated and bypassed"));
            }
        }
    }

    fn waivers(&mut self) {
        let (new, old) = (self.new.project, self.old.project);
        for waiver in &new.waivers {
            let stood = |other: &&Waiver| same_scope(waiver, other);
            let longer = |other: &Waiver| {
                let (own, last) = (waiver.last_day(), other.last_day());
                last.is_some_and(|last| own.is_none_or(|own| own > last))
            };
            let names: Vec<String> = waiver.policies.iter().map(|one| format!("`{}`", one.text)).collect();
            let names = names.join(", ");
            match old.waivers.iter().find(stood) {
                None => self.tell(waiver.span, format!("a new waiver of {names}")),
                Some(other) if longer(other) => {
                    let span = waiver.expires.as_ref().map_or(waiver.span, |day| day.span);
                    self.tell(span, format!("the waiver of {names} holds longer"));
                }
                Some(_) => {}
            }
        }
    }

    fn requirements(&mut self) {
        for (name, service) in &self.old.project.services {
            let now = self.new.project.services.get(name).map(|service| &service.required);
            let env = service.required.env.iter().filter(|one| !now.is_some_and(|now| now.env.contains(one)));
            let secrets = service
                .required
                .secrets
                .iter()
                .filter(|one| !now.is_some_and(|now| now.secrets.contains(one)));
            let gone: Vec<&str> = env.chain(secrets).map(|one| &**one).collect();
            if !gone.is_empty() {
                self.gone(format!("`{name}` no longer requires {}", gone.join(", ")));
            }
        }
    }

    /// What is said of single policies.
    fn blocks(&mut self, seen: &dyn Fn(&str) -> Seen) {
        let (new, old) = (self.new.project, self.old.project);
        let texts = |side: &Settings<'_>, policy: &str| -> Vec<String> {
            let blocks = side.project.policy_blocks().filter(|(block, _)| block.policy == policy);
            blocks.map(|(_, node)| (side.text)(node.span())).collect()
        };
        let names: BTreeSet<&str> =
            new.blocks.iter().chain(&old.blocks).map(|block| block.policy.as_str()).collect();
        for policy in names {
            let (now, before) = (texts(self.new, policy), texts(self.old, policy));
            if now == before {
                continue;
            }
            let block = |block: &&PolicyBlock| block.policy == policy;
            let span = new.blocks.iter().rfind(block).map_or(self.beginning, |block| block.span);
            match seen(policy) {
                Seen::Laxer => self.tell(span, format!("`{policy}` finds less than it did")),
                Seen::Nothing if now.is_empty() => {
                    self.tell(span, format!("what was said of `{policy}` is gone"));
                }
                Seen::Nothing => {
                    self.tell(
                        span,
                        format!("`{policy}` is configured anew; nothing here shows what that does"),
                    );
                }
                Seen::Stricter => {}
            }
        }
    }

    /// The project's own policies.
    fn policies(&mut self, seen: &dyn Fn(&str) -> Seen) {
        for policy in self.old.policies {
            if self.new.policies.iter().all(|other| other.name != policy.name) {
                self.gone(format!("the policy `{}` is gone", policy.name));
            }
        }
        for policy in self.new.policies {
            let builtin = PACK.iter().any(|builtin| *builtin.name == *policy.name);
            match self.old.policies.iter().find(|other| other.name == policy.name) {
                None if builtin => {
                    self.tell(
                        policy.span,
                        format!("a policy of the project's own replaces the built-in `{}`", policy.name),
                    );
                }
                Some(other) if !policy.judges_like(other) => match seen(&policy.name) {
                    Seen::Laxer => {
                        self.tell(policy.span, format!("`{}` finds less than it did", policy.name));
                    }
                    Seen::Nothing => self.tell(
                        policy.span,
                        format!("`{}` is written anew; nothing here shows what that does", policy.name),
                    ),
                    Seen::Stricter => {}
                },
                _ => {}
            }
        }
    }
}
