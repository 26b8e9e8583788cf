//! What a policy judges.

use crate::model::Environment;
use std::fmt;

/// The kind of subject. Its name in CEL is [`Kind::variable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// One service as deployed to one environment.
    Deployment,
    /// A Dockerfile or an environment file.
    Artifact,
    /// A service with all its deployments.
    Service,
    /// A setting of application code.
    Setting,
    /// A raw document.
    Document,
    /// Everything that was read.
    Project,
    /// A switch that turns a check off.
    Bypass,
}

impl Kind {
    /// All kinds, in the order of the documentation.
    pub const ALL: [Kind; 7] = [
        Kind::Deployment,
        Kind::Artifact,
        Kind::Service,
        Kind::Setting,
        Kind::Document,
        Kind::Project,
        Kind::Bypass,
    ];

    /// The word in a policy file.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Deployment => "Deployment",
            Kind::Artifact => "Artifact",
            Kind::Service => "Service",
            Kind::Setting => "Setting",
            Kind::Document => "Document",
            Kind::Project => "Project",
            Kind::Bypass => "Bypass",
        }
    }

    /// The variable under which CEL sees the subject.
    pub fn variable(self) -> &'static str {
        match self {
            Kind::Deployment => "deployment",
            Kind::Artifact => "artifact",
            Kind::Service => "service",
            Kind::Setting => "setting",
            Kind::Document => "object",
            Kind::Project => "project",
            Kind::Bypass => "bypass",
        }
    }

    /// The kind of a word.
    pub fn named(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What a subject is compared with, under the name `reference`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ComparedWith {
    /// The same service, or the same code setting, in another environment.
    Environment(Environment),
    /// The same service in the same environment on the same platform, as another file deploys it.
    Peers,
    /// The other services of the same environment.
    Siblings,
}

impl fmt::Display for ComparedWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ComparedWith::Environment(environment) => environment.fmt(f),
            ComparedWith::Peers => f.write_str("peers"),
            ComparedWith::Siblings => f.write_str("siblings"),
        }
    }
}

/// What a policy selects before its matchConditions are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub kind: Kind,
    /// Only subjects of these environments; empty: of all, and of none.
    pub environments: Vec<Environment>,
    /// Only subjects on these platforms (or artifacts of these kinds); empty: on all.
    pub platforms: Vec<String>,
    pub compared_with: Option<ComparedWith>,
}
