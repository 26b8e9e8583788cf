//! Cloud Functions, of both generations.

use crate::model::EnvKind::{Plain, Secret};
use crate::platform::convert::Conversion::{Bytes, Int, Quantity, Seconds, Text};
use crate::platform::gcloud::GCLOUD;
use crate::platform::table::{
    Action, Bound, Command, Effect, Flag, Limit, Merge, Platform, Positional, Words,
};

/// <https://cloud.google.com/sdk/gcloud/reference/functions/deploy>
const DEPLOY: &[Flag] = &[
    Flag::new(&["--memory"], Action::Setting("memory", Bytes)),
    Flag::new(&["--cpu"], Action::Setting("cpu", Quantity)),
    Flag::new(&["--timeout"], Action::Setting("timeout", Seconds)),
    Flag::new(&["--concurrency"], Action::Setting("concurrency", Int)),
    Flag::new(&["--min-instances"], Action::Setting("min_instances", Int)),
    Flag::new(&["--max-instances"], Action::Setting("max_instances", Int)),
    Flag::new(&["--runtime"], Action::Setting("runtime", Text)),
    Flag::new(&["--source"], Action::Setting("source", Text)),
    Flag::new(&["--service-account", "--run-service-account"], Action::Setting("service_account", Text)),
    Flag::new(&["--vpc-connector"], Action::Setting("vpc_connector", Text)),
    Flag::new(&["--ingress-settings"], Action::Setting("ingress", Text)),
    Flag::new(&["--allow-unauthenticated"], Action::Switch("allow_unauthenticated")),
    Flag::new(&["--set-env-vars"], Action::Variables(Plain, Merge::Replace)),
    Flag::new(&["--update-env-vars"], Action::Variables(Plain, Merge::Keep)),
    Flag::new(&["--set-secrets"], Action::Variables(Secret, Merge::Replace)),
    Flag::new(&["--update-secrets"], Action::Variables(Secret, Merge::Keep)),
    Flag::new(&["--env-vars-file"], Action::VariableFile(Merge::Replace)),
    Flag::new(&["--remove-env-vars", "--remove-secrets"], Action::Unset),
    Flag::new(&["--clear-env-vars"], Action::ClearVariables(Plain)),
    Flag::new(&["--clear-secrets"], Action::ClearVariables(Secret)),
    Flag::new(
        &["--gen2", "--no-gen2", "--retry", "--trigger-http", "--serve-all-traffic-latest-revision"],
        Action::Bare,
    ),
];

pub const CLOUD_FUNCTIONS: Platform = Platform {
    name: "cloud-functions",
    title: "Cloud Functions",
    pages: &["https://cloud.google.com/functions/docs"],
    commands: &[Command {
        programs: &["gcloud"],
        tracks: &["alpha", "beta"],
        path: &["functions", "deploy"],
        workload: "function",
        effect: Effect::Updates,
        positional: Positional::Named(Words::Ignored),
        flags: &[DEPLOY, GCLOUD],
        ..Command::EMPTY
    }],
    limits: &[Limit {
        name: "timeout_cap",
        bound: Bound::Duration(3_600),
        description: "longest request of a function of the second generation",
        page: "https://cloud.google.com/functions/docs/configuring/timeout",
    }],
    ..Platform::EMPTY
};
