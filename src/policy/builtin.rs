//! The built-in pack: embedded, listed one by one, read only when it can bind.
//!
//! The index says of each policy what its file says (a test compares them), so that a run reads no
//! policy whose target has no subject.

use super::{Kind, Policy, read};
use crate::source::{SourceId, Sources};

/// One policy of the pack.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    pub name: &'static str,
    pub group: &'static str,
    pub kind: Kind,
    /// Empty: on all platforms.
    pub platforms: &'static [&'static str],
    /// Whether it belongs to `recommended`. The others need a project's parameters to say anything, or
    /// are a matter of taste.
    pub recommended: bool,
    text: &'static str,
}

/// Which policies of the pack a project wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    None,
    #[default]
    Recommended,
    All,
}

impl Selection {
    /// Whether a policy belongs to the selection.
    pub fn takes(self, builtin: &Builtin) -> bool {
        match self {
            Selection::None => false,
            Selection::Recommended => builtin.recommended,
            Selection::All => true,
        }
    }
}

/// Where the examples begin. They are the last key of every file of the pack (a test holds this), and
/// the larger part of it.
const EXAMPLES: &str = "\n  examples:\n";

impl Builtin {
    /// The whole file.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// The file without its examples: all that judging needs.
    pub fn text_to_judge(&self) -> &'static str {
        self.text.find(EXAMPLES).and_then(|end| self.text.get(..end + 1)).unwrap_or(self.text)
    }

    /// The path under which the policy is reported.
    pub fn path(&self) -> String {
        format!("celador:policies/{}/{}.yaml", self.group, self.name)
    }

    /// Whether a subject of this kind on this platform (or of this kind of artifact) can be bound.
    pub fn may_bind(&self, kind: Kind, platform: &str) -> bool {
        self.kind == kind && (self.platforms.is_empty() || self.platforms.contains(&platform))
    }

    /// Adds the file to the sources and reads it: `whole` with its examples. The pack is tested, so that
    /// it reads without diagnostics; a policy that does not is left out.
    pub fn load(&self, sources: &mut Sources, whole: bool) -> Option<Policy> {
        let id: SourceId = sources.add(self.path(), if whole { self.text } else { self.text_to_judge() });
        let (policies, _) = read(id, sources.get(id));
        policies.into_iter().next()
    }
}

/// A policy of the pack by name.
pub fn find(name: &str) -> Option<&'static Builtin> {
    PACK.iter().find(|builtin| builtin.name == name)
}

const ANY: &[&str] = &[];
const CLOUD_RUN: &[&str] = &["cloud-run"];
const KUBERNETES: &[&str] = &["kubernetes"];
/// Platforms whose deployments say themselves how their health is asked for.
const PROBED: &[&str] = &["kubernetes", "compose"];
const ENV_FILE: &[&str] = &["env-file"];

macro_rules! pack {
    ($($group:literal / $name:literal: $kind:ident, $platforms:expr, $recommended:expr;)*) => {
        /// Every policy of the pack, by group.
        pub const PACK: &[Builtin] = &[$(Builtin {
            name: $name,
            group: $group,
            kind: Kind::$kind,
            platforms: $platforms,
            recommended: $recommended,
            text: include_str!(concat!("../../policies/", $group, "/", $name, ".yaml")),
        }),*];
    };
}

pack! {
    "change" / "check-relaxed-by-change": Document, ANY, true;
    "files" / "schema-violation": Document, ANY, true;
    "files" / "unreadable-file": Document, ANY, true;
    "baseline" / "stale-baseline-entry": Document, ANY, true;
    "bypass" / "bypass-in-production": Bypass, ANY, true;
    "bypass" / "bypass-not-limited-to-environment": Bypass, ANY, true;
    "bypass" / "bypass-set-in-production": Deployment, ANY, true;
    "bypass" / "bypass-set-unconditionally": Deployment, ANY, true;
    "bypass" / "bypass-without-reason": Bypass, ANY, false;
    "bypass" / "bypass-without-threshold": Bypass, ANY, true;
    "bypass" / "celador-result-ignored": Bypass, ANY, true;
    "bypass" / "check-skipped-by-flag": Bypass, ANY, false;
    "bypass" / "ignored-check-before-deployment": Bypass, ANY, true;
    "consistency" / "repeated-flag-conflict": Deployment, ANY, true;
    "consistency" / "source-of-truth-conflict": Deployment, ANY, true;
    "environments" / "staging-not-below-production": Setting, ANY, true;
    "environments" / "staging-timeout-not-below-production": Deployment, ANY, true;
    "images" / "floating-image-tag": Deployment, ANY, true;
    "network" / "missing-vpc-connector": Deployment, CLOUD_RUN, true;
    "ports" / "port-agreement": Deployment, ANY, true;
    "ports" / "port-of-environments": Artifact, ENV_FILE, true;
    "ports" / "port-variable-ignored": Deployment, CLOUD_RUN, true;
    "ports" / "reserved-port-variable": Deployment, CLOUD_RUN, true;
    "resources" / "alpine-minimum-cpu": Deployment, ANY, true;
    "resources" / "alpine-minimum-memory": Deployment, ANY, true;
    "resources" / "cloud-run-cpu-for-memory": Deployment, CLOUD_RUN, true;
    "resources" / "cloud-run-limits": Deployment, CLOUD_RUN, true;
    "resources" / "request-above-limit": Deployment, KUBERNETES, true;
    "resources" / "service-minimum-cpu": Deployment, ANY, false;
    "resources" / "service-minimum-instances": Deployment, ANY, false;
    "resources" / "service-minimum-memory": Deployment, ANY, false;
    "startup" / "budget-below-sum-of-parts": Setting, ANY, true;
    "startup" / "connection-timeout-exceeds-request-timeout": Deployment, CLOUD_RUN, true;
    "startup" / "deploy-wait-below-startup-budget": Setting, ANY, true;
    "startup" / "group-budget-below-member": Setting, ANY, true;
    "startup" / "missing-health-check": Deployment, PROBED, true;
    "startup" / "request-timeout-as-startup-timeout": Deployment, CLOUD_RUN, true;
    "startup" / "startup-probe-above-cap": Deployment, CLOUD_RUN, true;
    "variables" / "env-and-secret-same-name": Deployment, ANY, true;
    "variables" / "required-variables": Deployment, ANY, true;
    "variables" / "secret-name-conflict": Deployment, ANY, true;
    "vacuity" / "file-lost-its-deployments": Project, ANY, true;
    "vacuity" / "policy-bound-nothing": Project, ANY, true;
    "waivers" / "expired-waiver": Document, ANY, true;
    "waivers" / "expiring-waiver": Document, ANY, true;
    "waivers" / "malformed-waiver": Document, ANY, true;
    "waivers" / "unused-waiver": Document, ANY, true;
    "waivers" / "waiver-of-unknown-policy": Document, ANY, true;
    "waivers" / "wide-waiver": Document, ANY, true;
}
