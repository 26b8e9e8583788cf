//! What is deployed: services, deployments, artifacts, code settings.
//!
//! The model is what policies speak of and what `celador facts` prints. It names no file format, no
//! script language and no platform's syntax; platforms fill it in.

mod bypass;
pub mod catalogue;
mod deployment;
mod environment;
mod setting;

pub use bypass::{Bypass, BypassKind, Recorded};
pub use deployment::{
    Artifact, BoundPort, Container, Deployment, EnvKind, EnvState, EnvVariable, EnvVariables, Kind, Probe,
    Repeated, Role,
};
pub use environment::{Environment, Evidence};
pub use setting::{Budget, CodeSetting, CodeValue, Setting, Settings};

use crate::value::Unknown;

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
