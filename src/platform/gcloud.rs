//! Flags of every gcloud command, which several platforms share.

use crate::platform::table::{Action, Flag};

/// <https://cloud.google.com/sdk/gcloud/reference>
pub const GCLOUD: &[Flag] = &[
    Flag::new(&["--flags-file"], Action::FlagsFile),
    Flag::new(
        &[
            "--account",
            "--billing-project",
            "--configuration",
            "--flatten",
            "--format",
            "--impersonate-service-account",
            "--access-token-file",
            "--trace-token",
            "--verbosity",
            "--project",
            "--region",
            "--zone",
            "--location",
        ],
        Action::Value,
    ),
    Flag::new(&["--quiet", "-q", "--log-http", "--user-output-enabled", "--help", "-h"], Action::Bare),
];
