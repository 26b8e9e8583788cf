//! A first `celador.yaml`, written from what was found in a repository.
//!
//! Everything in it is true of the repository as it is: services under the names they are deployed by,
//! environments with what tells them, the policies that have something to judge. What is a guess, or an
//! invitation, is a comment.

use super::outcome::Outcome;
use super::redact::Redactor;
use super::yaml::scalar;
use crate::model::{Deployment, EnvKind, EnvState};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Places that are named of one thing.
const PLACES: usize = 3;

/// A policy that bound subjects.
#[derive(Clone, Debug)]
pub struct Applying {
    pub policy: String,
    pub title: String,
    /// Subjects that fail today.
    pub failed: usize,
}

/// The file.
pub fn write(outcome: &Outcome, policies: &[Applying]) -> String {
    let redactor = Redactor::of(outcome);
    let writer = Writer { outcome, redactor: &redactor };
    let mut out = String::from(
        "# What this project says about itself to Celador. Every key may be left out.\n\
         # celador check judges by it; celador explain NAME shows why a policy exists.\n\
         version: 1\n\n",
    );
    writer.scripts(&mut out);
    out.push_str("# Paths that are not read, relative to this file:\n# exclude: [\"legacy/**\"]\n\n");
    writer.environments(&mut out);
    writer.services(&mut out);
    writer.policies(policies, &mut out);
    out.push_str(
        "# A finding that is set aside on purpose; without a reason and an owner it stays:\n\
         # waivers:\n\
         #   - {policy: floating-image-tag, service: docs, owner: \"@platform\", reason: rebuilt hourly, expires: 2027-12-31}\n",
    );
    out
}

struct Writer<'a> {
    outcome: &'a Outcome,
    redactor: &'a Redactor<'a>,
}

impl Writer<'_> {
    fn place(&self, deployment: &Deployment) -> String {
        let source = self.outcome.sources.get(deployment.source);
        format!("{}:{}", source.path(), source.position(deployment.anchor.start).line)
    }

    /// A text of the repository as part of a comment: one line, secrets masked.
    fn comment(&self, text: &str) -> String {
        self.redactor.text(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }

    /// Which files deploy, so that a reader sees what was understood.
    fn scripts(&self, out: &mut String) {
        let mut files: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for deployment in &self.outcome.model.deployments {
            let path = self.outcome.sources.get(deployment.source).path();
            files.entry(path).or_default().insert(deployment.platform);
        }
        if files.is_empty() {
            out.push_str("# Nothing that deploys was found here.\n\n");
            return;
        }
        out.push_str("# What deploys, as it was understood (celador facts shows the values):\n");
        for (file, platforms) in files {
            let platforms: Vec<&str> = platforms.into_iter().collect();
            let _ = writeln!(out, "#   {} ({})", self.comment(file), platforms.join(", "));
        }
        out.push('\n');
    }

    fn environments(&self, out: &mut String) {
        let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for deployment in &self.outcome.model.deployments {
            let Some(environment) = &deployment.environment else { continue };
            let by = deployment.evidence.as_ref().map_or("", |evidence| evidence.as_str());
            let told = format!("by {by} in {}", self.place(deployment));
            let all = found.entry(environment.as_str()).or_default();
            if !all.contains(&told) {
                all.push(told);
            }
        }
        out.push_str(
            "# How an environment is told, where names and conditions do not say it. Keys: paths, projects,\n\
             # branches, variables.\n",
        );
        if found.is_empty() {
            out.push_str(
                "# environments:\n#   production: {projects: [acme-prod], paths: [\"**/prod/**\"]}\n\n",
            );
            return;
        }
        out.push_str("environments:\n");
        for (environment, told) in found {
            let shown: Vec<String> = told.iter().take(PLACES).map(|one| self.comment(one)).collect();
            let more = match told.len().saturating_sub(PLACES) {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            let _ = writeln!(out, "  # told {}{more}\n  {}: {{}}", shown.join("; "), scalar(environment));
        }
        out.push('\n');
    }

    fn services(&self, out: &mut String) {
        let mut found: BTreeMap<String, Vec<&Deployment>> = BTreeMap::new();
        for deployment in &self.outcome.model.deployments {
            if let Some(family) = &deployment.family {
                found.entry(family.to_string()).or_default().push(deployment);
            }
        }
        // A name of which a part is not known is no name yet.
        found.retain(|name, _| !name.contains('{') && !name.is_empty());
        out.push_str(
            "# Services by their name without environment, with the names they are deployed under; what a\n\
             # service cannot start without is checked where `required` names it.\n",
        );
        if found.is_empty() {
            out.push_str("# services:\n#   backend: {aliases: [acme-backend-staging, acme-backend]}\n\n");
            return;
        }
        out.push_str("services:\n");
        for (name, deployments) in found {
            let named = deployments.iter().filter_map(|one| one.service.as_ref());
            let aliases: BTreeSet<String> = named.filter_map(|text| text.plain()).collect();
            let aliases: Vec<String> =
                aliases.iter().filter(|alias| **alias != name).map(|alias| scalar(alias)).collect();
            let (env, secrets) = common_variables(&deployments);
            match aliases.as_slice() {
                [] => _ = writeln!(out, "  {}: {{}}", scalar(&name)),
                aliases => _ = writeln!(out, "  {}:\n    aliases: [{}]", scalar(&name), aliases.join(", ")),
            }
            if !env.is_empty() || !secrets.is_empty() {
                let list =
                    |names: &[String]| names.iter().map(|name| scalar(name)).collect::<Vec<_>>().join(", ");
                let (env, secrets) = (list(&env), list(&secrets));
                let _ = writeln!(
                    out,
                    "    # given in every deployment of it:\n    # required: {{env: [{env}], secrets: [{secrets}]}}"
                );
            }
        }
        out.push('\n');
    }

    fn policies(&self, policies: &[Applying], out: &mut String) {
        out.push_str(
            "policies:\n  \
             builtin: recommended  # none, recommended or all\n  \
             # Policies of your own, and folders of them; celador test runs their examples:\n  \
             # paths: [policies/]\n",
        );
        if policies.is_empty() {
            out.push('\n');
            return;
        }
        out.push_str(
            "  # The policies that have something to judge here. Each warns; without its line, a policy of\n  \
             # severity error denies. `params` changes what a policy asks for.\n  configure:\n",
        );
        for Applying { policy, title, failed } in policies {
            let today = match failed {
                0 => "passes today".to_owned(),
                1 => "1 fails today".to_owned(),
                failed => format!("{failed} fail today"),
            };
            let _ = writeln!(out, "    # {}: {today}\n    {policy}: {{action: warn}}", self.comment(title));
        }
        out.push('\n');
    }
}

/// The plain variables and the secrets that every deployment of a service gives, by name.
fn common_variables(deployments: &[&Deployment]) -> (Vec<String>, Vec<String>) {
    let of = |deployment: &Deployment, secret: bool| -> BTreeSet<String> {
        let variables = deployment.main().into_iter().flat_map(|container| &container.env.all);
        let given = variables.filter(|one| (one.kind == EnvKind::Secret) == secret);
        given.filter(|one| one.state() == EnvState::Set).map(|one| one.name.to_string()).collect()
    };
    let common = |secret: bool| {
        let mut sets = deployments.iter().map(|deployment| of(deployment, secret));
        let first = sets.next().unwrap_or_default();
        sets.fold(first, |all, next| all.intersection(&next).cloned().collect()).into_iter().collect()
    };
    (common(false), common(true))
}
