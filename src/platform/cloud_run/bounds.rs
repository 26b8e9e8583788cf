//! What Cloud Run does when nobody says otherwise, and what it does not allow.

use crate::platform::convert::Conversion::{Bool, Int, Quantity, Seconds, Text};
use crate::platform::table::{Bound, Default, Filled, Limit};

const MEMORY: &str = "https://cloud.google.com/run/docs/configuring/services/memory-limits";
const CPU: &str = "https://cloud.google.com/run/docs/configuring/services/cpu";
const PROBES: &str = "https://cloud.google.com/run/docs/configuring/healthchecks";
const TIMEOUT: &str = "https://cloud.google.com/run/docs/configuring/request-timeout";
const TASK_TIMEOUT: &str = "https://cloud.google.com/run/docs/configuring/task-timeout";
const CONCURRENCY: &str = "https://cloud.google.com/run/docs/about-concurrency";
const SCALING: &str = "https://cloud.google.com/run/docs/about-instance-autoscaling";
const SERVICE: &[&str] = &["service"];

const fn default(
    setting: &'static str,
    workloads: &'static [&'static str],
    value: Filled,
    page: &'static str,
) -> Default {
    Default { setting, workloads, value, page }
}

pub const DEFAULTS: &[Default] = &[
    default("memory", &[], Filled::Written("512Mi", Quantity), MEMORY),
    default("cpu", &[], Filled::Written("1", Quantity), CPU),
    default("timeout", SERVICE, Filled::Written("300", Seconds), TIMEOUT),
    default("timeout", &["job"], Filled::Written("600", Seconds), TASK_TIMEOUT),
    default("concurrency", SERVICE, Filled::Written("80", Int), CONCURRENCY),
    default("min_instances", SERVICE, Filled::Written("0", Int), SCALING),
    default("max_instances", SERVICE, Filled::Written("100", Int), SCALING),
    default(
        "port",
        SERVICE,
        Filled::Written("8080", Int),
        "https://cloud.google.com/run/docs/container-contract#port",
    ),
    default(
        "ingress",
        SERVICE,
        Filled::Written("all", Text),
        "https://cloud.google.com/run/docs/securing/ingress",
    ),
    default(
        "cpu_throttling",
        SERVICE,
        Filled::Written("true", Bool),
        "https://cloud.google.com/run/docs/configuring/billing-settings",
    ),
    default("cpu_boost", SERVICE, Filled::Written("false", Bool), CPU),
    default("startup_timeout", SERVICE, Filled::Written("240", Seconds), PROBES),
];

pub const LIMITS: &[Limit] = &[
    Limit {
        name: "memory_floor",
        bound: Bound::Quantity("128Mi"),
        description: "least memory, in the first generation",
        page: MEMORY,
    },
    Limit {
        name: "memory_floor_gen2",
        bound: Bound::Quantity("512Mi"),
        description: "least memory in the second generation",
        page: MEMORY,
    },
    Limit { name: "memory_cap", bound: Bound::Quantity("32Gi"), description: "most memory", page: MEMORY },
    Limit { name: "cpu_floor", bound: Bound::Quantity("0.08"), description: "least CPU", page: CPU },
    Limit { name: "cpu_cap", bound: Bound::Quantity("8"), description: "most CPU", page: CPU },
    Limit {
        name: "cpu_whole_values",
        bound: Bound::Texts(&["1", "2", "4", "6", "8"]),
        description: "CPU from one on; below, any thousandth",
        page: CPU,
    },
    Limit {
        name: "cpu_for_memory",
        bound: Bound::Coupled(&[
            ("512Mi", "0.5"),
            ("1Gi", "1"),
            ("4Gi", "2"),
            ("8Gi", "4"),
            ("16Gi", "6"),
            ("24Gi", "8"),
        ]),
        description: "memory above the first needs at least the second in CPU",
        page: CPU,
    },
    Limit {
        name: "memory_for_cpu",
        bound: Bound::Coupled(&[("4", "2Gi"), ("6", "4Gi"), ("8", "4Gi")]),
        description: "CPU from the first on needs at least the second in memory",
        page: CPU,
    },
    Limit {
        name: "timeout_cap",
        bound: Bound::Duration(3_600),
        description: "longest request",
        page: TIMEOUT,
    },
    Limit {
        name: "task_timeout_cap",
        bound: Bound::Duration(168 * 3_600),
        description: "longest task of a job",
        page: TASK_TIMEOUT,
    },
    Limit {
        name: "startup_budget_cap",
        bound: Bound::Duration(240),
        description: "period times failure threshold of the start-up probe",
        page: PROBES,
    },
    Limit {
        name: "job_startup_budget_cap",
        bound: Bound::Duration(600),
        description: "period times failure threshold of the start-up probe of a job without a GPU",
        page: "https://cloud.google.com/run/docs/configuring/jobs/healthchecks",
    },
    Limit {
        name: "concurrency_cap",
        bound: Bound::Int(1_000),
        description: "most requests that one instance takes at once",
        page: CONCURRENCY,
    },
    Limit {
        name: "concurrency_cap_below_one_cpu",
        bound: Bound::Int(1),
        description: "most requests at once with less than one CPU",
        page: CPU,
    },
];
