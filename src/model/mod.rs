//! What is deployed: services, deployments, artifacts, code settings.
//!
//! The model is what policies speak of and what `celador facts` prints. It names no file format, no
//! script language and no platform's syntax; platforms fill it in.

pub mod catalogue;
mod deployment;
mod environment;
mod setting;

pub use deployment::{
    Artifact, BoundPort, Container, Deployment, EnvKind, EnvState, EnvVariable, EnvVariables, Kind, Probe,
    Repeated, Role,
};
pub use environment::{Environment, Evidence};
pub use setting::{Budget, CodeSetting, CodeValue, Setting, Settings};

use crate::source::Span;
use crate::value::{Condition, Unknown};
use std::sync::Arc;

/// A switch in code or in a script that turns a check off: where, and under which tests it acts.
#[derive(Clone, Debug)]
pub struct Bypass {
    /// The switch's name: `BYPASS_STARTUP_VALIDATION`, `bypass_validation`.
    pub name: Arc<str>,
    /// The characters at which the switch decides, or is set.
    pub span: Span,
    /// What the check is that it turns off, as far as the text says: the function it stands in.
    pub scope: String,
    /// The environments in which the switch can act; `None` where no environment is tested, so that it
    /// can act in all.
    pub environments: Option<Vec<Environment>>,
    /// The environment test's characters.
    pub environment_span: Option<Span>,
    /// Whether a number of failures bounds it (`critical_failures <= 2`), and at which span.
    pub threshold: Option<(f64, Span)>,
    /// Whether a flag (variable, option) must be set for it; without one the environment alone decides.
    pub flag: bool,
    pub condition: Condition,
}

/// Something that could not be followed, for `facts --unresolved` and the JSON.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// What was being read: `memory of backend`, `gcloud run deploy`.
    pub subject: String,
    pub unknown: Unknown,
}

/// Everything that was read, ready to be judged.
#[derive(Debug, Default)]
pub struct Model {
    pub deployments: Vec<Deployment>,
    pub artifacts: Vec<Artifact>,
    pub settings: Vec<CodeSetting>,
    pub bypasses: Vec<Bypass>,
    pub unresolved: Vec<Unresolved>,
}
