//! One service as deployed to one environment on one platform, and what is judged without being
//! deployed.

use crate::model::{Environment, Evidence, Setting, Settings};
use crate::provenance::Origin;
use crate::source::{SourceId, Span};
use crate::value::{Condition, Text, Unknown, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a container is to its deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    Main,
    Sidecar,
    Init,
}

impl Role {
    /// The word used in policies and in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Main => "main",
            Role::Sidecar => "sidecar",
            Role::Init => "init",
        }
    }
}

/// How a variable of the environment gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EnvKind {
    /// A value in the config itself.
    Plain,
    /// From a secret store, by reference.
    Secret,
    /// From a file or a config object that the deployment names.
    FromFile,
}

impl EnvKind {
    /// The word used in policies and in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            EnvKind::Plain => "plain",
            EnvKind::Secret => "secret",
            EnvKind::FromFile => "from_file",
        }
    }
}

/// Whether a variable has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EnvState {
    Set,
    Empty,
    Unknown,
}

impl EnvState {
    /// The word used in policies and in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            EnvState::Set => "set",
            EnvState::Empty => "empty",
            EnvState::Unknown => "unknown",
        }
    }
}

/// One variable of a container's environment.
#[derive(Clone, Debug)]
pub struct EnvVariable {
    pub name: Arc<str>,
    pub kind: EnvKind,
    /// The value of a plain variable; for a secret the reference (`jwt-secret-staging:latest`). Reports
    /// mask it where the name or the shape is a secret's.
    pub value: Value<Text>,
    /// Under which circumstances the variable is given at all.
    pub condition: Condition,
    /// The characters of the assignment: `NAME=value`, the key in a mapping.
    pub span: Span,
    pub origin: Option<Origin>,
}

impl EnvVariable {
    /// Set, empty or unknown. A secret reference counts as set.
    pub fn state(&self) -> EnvState {
        if self.kind == EnvKind::Secret {
            return EnvState::Set;
        }
        match &self.value {
            Value::Known(known) => match known.value.plain() {
                Some(text) if text.is_empty() => EnvState::Empty,
                Some(_) => EnvState::Set,
                // `prefix-{X}` is set whatever X is; `{X}` alone may be empty.
                None if known.value.is_wholly_unknown() => EnvState::Unknown,
                None => EnvState::Set,
            },
            _ => EnvState::Unknown,
        }
    }
}

/// The variables of one container.
#[derive(Clone, Debug, Default)]
pub struct EnvVariables {
    /// In the order given; of one name and overlapping conditions the last wins.
    pub all: Vec<EnvVariable>,
    /// Why a variable that is not listed may be set all the same: a file that is not there, a merge
    /// with the running revision, an unknown list. Empty: what is not listed is not set.
    pub open: Vec<Unknown>,
    /// Why a secret that is not listed may be set, though no plain variable is: the command replaces
    /// the plain ones and leaves the secrets of the running revision.
    pub open_secrets: Option<Unknown>,
    /// The flags of a command that list variables, by what kind they list. Empty for a document.
    pub lists: Vec<(EnvKind, Span)>,
}

impl EnvVariables {
    /// Why a name that is not listed may be set, whatever its kind.
    pub fn may_be_set(&self) -> Option<&Unknown> {
        self.open.first().or(self.open_secrets.as_ref())
    }

    /// The assignments of a name, in order.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a EnvVariable> {
        self.all.iter().filter(move |variable| &*variable.name == name)
    }
}

/// A probe's fields, each a setting: `path port period timeout failure_threshold initial_delay budget`.
/// `budget` is period times failure threshold, which is what platforms cap. Values that the platform
/// filled in are marked as such.
#[derive(Clone, Debug)]
pub struct Probe {
    pub fields: Settings,
    /// The probe's key or flag.
    pub anchor: Span,
}

/// One container of a deployment.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name; `None` where the platform has no names for containers.
    pub name: Option<Arc<str>>,
    pub role: Role,
    pub settings: Settings,
    /// By the catalogue's name: `startup_probe`, `liveness_probe`, `readiness_probe`. The setting of the
    /// same name holds the probe's path, or `exec`.
    pub probes: BTreeMap<&'static str, Probe>,
    pub env: EnvVariables,
    /// Where an absent setting of this container is reported.
    pub anchor: Span,
}

/// A scalar flag that was given more than once.
#[derive(Clone, Debug)]
pub struct Repeated {
    /// The flag as written: `--timeout`.
    pub flag: Arc<str>,
    /// Each value as written, with the literal's span and its condition; the last wins.
    pub values: Vec<(String, Span, Condition)>,
}

/// One service as deployed.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The name given on the platform, parts unknown as `{X}`; `None` if the file does not say.
    pub service: Option<Text>,
    /// The canonical name: environment tokens and declared aliases resolved. What pairs are made by.
    pub family: Option<Arc<str>>,
    pub environment: Option<Environment>,
    pub evidence: Option<Evidence>,
    /// The platform's name in the contract: `cloud-run`, `kubernetes`.
    pub platform: &'static str,
    /// What is deployed: `service`, `job`, `deployment`, `cronjob`...: the platform's own word.
    pub workload: &'static str,
    /// Whether the document is the platform's record of what ran, with the status that it wrote, rather
    /// than what somebody is going to deploy.
    pub recorded: bool,
    /// The file that holds the command or the document.
    pub source: SourceId,
    /// The invocation's first word, or the key at the document's root: where absence is reported.
    pub anchor: Span,
    /// Under which circumstances this deployment happens.
    pub condition: Condition,
    /// Settings of the whole deployment: `timeout`, `min_instances`. Those of containers are with them.
    pub settings: Settings,
    /// At least one; the main one is named by [`Deployment::main`].
    pub containers: Vec<Container>,
    /// Why a setting that is not given may have a value all the same: the command keeps what runs.
    pub open: Option<Unknown>,
    /// What else was passed, by flag name, for policies about flags nobody has a row for.
    pub flags: Vec<(Arc<str>, Value<Text>, Span)>,
    pub repeated: Vec<Repeated>,
    /// The Dockerfile that the same script, workflow or compose file builds into the image, if told.
    pub dockerfile: Option<Value<Text>>,
}

impl Deployment {
    /// The main container: the only one of role `Main`, which platforms set to the one that serves the
    /// port, else the first.
    pub fn main(&self) -> Option<&Container> {
        self.containers.iter().find(|container| container.role == Role::Main).or(self.containers.first())
    }

    /// The main container, to be changed.
    pub fn main_mut(&mut self) -> Option<&mut Container> {
        let index = self.containers.iter().position(|container| container.role == Role::Main).unwrap_or(0);
        self.containers.get_mut(index)
    }

    /// What its service is called in every environment: its family, else its own name.
    pub fn family_name(&self) -> String {
        self.family.as_ref().map_or_else(|| self.display_name(), ToString::to_string)
    }

    /// The service's name for people: the platform's name, else `unnamed`.
    pub fn display_name(&self) -> String {
        self.service.as_ref().map_or_else(|| "unnamed".to_owned(), ToString::to_string)
    }
}

/// What kind of artifact a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Dockerfile,
    EnvFile,
}

impl Kind {
    /// The name in the contract, where it stands for the platform.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Dockerfile => "dockerfile",
            Kind::EnvFile => "env-file",
        }
    }
}

/// A Dockerfile or an environment file: read and judged, but not a deployment.
#[derive(Clone, Debug)]
pub struct Artifact {
    pub kind: Kind,
    pub source: SourceId,
    pub anchor: Span,
    pub environment: Option<Environment>,
    pub evidence: Option<Evidence>,
    pub settings: Settings,
    /// The ports that are exposed after the first, which is the setting `port`.
    pub further_ports: Vec<Setting>,
    pub env: EnvVariables,
    /// Port numbers that the artifact's commands and health checks fix.
    pub bound_ports: Vec<BoundPort>,
}

/// A port number in a command of an image: `--bind 0.0.0.0:8000` of a Dockerfile's CMD.
#[derive(Clone, Debug)]
pub struct BoundPort {
    pub value: Value,
    /// The characters that fix it.
    pub span: Span,
    /// Whether the text honours `$PORT`.
    pub honours_variable: bool,
    /// Whether the command asks the port, as a health check does, rather than listening on it.
    pub asked: bool,
}
