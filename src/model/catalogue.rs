//! The catalogue of settings: one row a setting.
//!
//! With its row a setting has a CEL type, a completion, a column of `celador facts`, a place in the
//! JSON contract and a line of documentation. Nothing else needs to be touched.

/// The type of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Bytes.
    Memory,
    /// Cores.
    Cpu,
    Duration,
    Int,
    Bool,
    Text,
    /// An image reference: in CEL an object with `reference registry repository tag digest base alpine`.
    Image,
    /// A probe: its path or `exec` as value; in CEL an object with `path port period timeout
    /// failure_threshold initial_delay budget`.
    Probe,
}

/// Whose setting it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Of the whole deployment.
    Deployment,
    /// Of each container; the deployment's is its main container's.
    Container,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub name: &'static str,
    pub kind: Type,
    pub level: Level,
    /// One line for people, with the unit.
    pub description: &'static str,
}

const fn row(name: &'static str, kind: Type, level: Level, description: &'static str) -> Row {
    Row { name, kind, level, description }
}

use Level::{Container, Deployment};
use Type::{Bool, Cpu, Duration, Image, Int, Memory, Probe, Text};

/// All settings. Contract names never change their meaning.
pub const ROWS: &[Row] = &[
    row("memory", Memory, Container, "memory limit in bytes"),
    row("cpu", Cpu, Container, "CPU limit in cores"),
    row("memory_request", Memory, Container, "memory request in bytes"),
    row("cpu_request", Cpu, Container, "CPU request in cores"),
    row("timeout", Duration, Deployment, "how long one request (or one task of a job) may take"),
    row(
        "startup_timeout",
        Duration,
        Container,
        "initial delay + period * failure threshold of the start-up probe",
    ),
    row("port", Int, Container, "port on which the container listens"),
    row("host_port", Int, Container, "port of the host that is mapped to the container's"),
    row("min_instances", Int, Deployment, "instances kept running"),
    row("max_instances", Int, Deployment, "most instances"),
    row("replicas", Int, Deployment, "replicas asked for"),
    row("concurrency", Int, Deployment, "requests that one instance takes at once"),
    row("image", Image, Container, "image reference"),
    row("base_image", Text, Container, "base image of the last stage of a Dockerfile"),
    row("alpine", Bool, Container, "whether the image is built on Alpine"),
    row("allow_unauthenticated", Bool, Deployment, "whether anyone may call the service"),
    row("ingress", Text, Deployment, "from where requests may come"),
    row("cpu_boost", Bool, Deployment, "more CPU while starting"),
    row("cpu_throttling", Bool, Deployment, "whether CPU is given only during requests"),
    row("execution_environment", Text, Deployment, "sandbox generation: gen1 or gen2"),
    row("startup_probe", Probe, Container, "start-up probe"),
    row("liveness_probe", Probe, Container, "liveness probe"),
    row("readiness_probe", Probe, Container, "readiness probe"),
    row("healthcheck", Bool, Container, "whether a health check is configured"),
    row("liveness_initial_delay", Duration, Container, "delay before the first liveness probe"),
    row("service_account", Text, Deployment, "identity the service runs as"),
    row("vpc_connector", Text, Deployment, "connector into the private network"),
    row("restart", Text, Deployment, "restart policy"),
    row("env_file", Text, Container, "file that variables are read from"),
    row("user", Text, Container, "user the container runs as"),
    row("source", Text, Deployment, "source folder that the platform builds"),
    row("runtime", Text, Deployment, "language runtime"),
    row("container_memory", Memory, Container, "memory of one container where the task has its own"),
    row("container_cpu", Cpu, Container, "CPU of one container where the task has its own"),
];

/// The row of a name.
pub fn find(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}
