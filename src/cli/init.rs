//! `celador init`: a first `celador.yaml`.

use crate::check;
use crate::cli::args::{Init, Reading};
use crate::cli::output;
use crate::cli::project::{self, Asked, Ready};
use crate::config;
use crate::enforce::Status;
use crate::policy;
use crate::report::project_file::{self, Applying};
use crate::source::Sources;
use std::io;

/// `celador init`.
pub fn init(wanted: &Init) -> io::Result<Status> {
    let reading = Reading { paths: wanted.folder.iter().cloned().collect(), ..Reading::default() };
    // What an earlier file says must not decide what is found.
    let asked = Asked { without_file: true, ..Asked::default() };
    let (Ready { project, settings, root, .. }, _) = project::ready(&reading, &asked)?;
    let root = wanted.folder.clone().unwrap_or(root);
    let there = config::NAMES.iter().map(|name| root.join(name)).find(|path| path.exists());
    if let (Some(there), false) = (&there, wanted.force) {
        output::aside(&format!("error: {} is there already; --force replaces it\n", there.display()));
        return Ok(Status::Wrong);
    }
    let facts = check::read(project, &settings);
    let (outcome, _) = check::judge(facts, &settings);
    let bound = outcome.tallies.iter().filter(|tally| tally.bound > 0);
    let applying = bound.map(|tally| Applying {
        policy: tally.policy.clone(),
        title: title(&tally.policy),
        failed: tally.failed,
    });
    let text = project_file::write(&outcome, &applying.collect::<Vec<_>>());
    let path = there.unwrap_or_else(|| root.join(config::NAMES[0]));
    std::fs::write(&path, text)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    let (services, files) = (outcome.services(), outcome.coverage.files);
    output::write(
        &format!(
            "wrote {}: {services} {} found in {files} {}\ncelador check shows what its policies say\n",
            path.display(),
            if services == 1 { "service" } else { "services" },
            if files == 1 { "file" } else { "files" },
        ),
        false,
    )?;
    Ok(Status::Passed)
}

fn title(name: &str) -> String {
    let builtin = policy::find_builtin(name);
    let policy = builtin.and_then(|builtin| builtin.load(&mut Sources::new(), false));
    policy.map_or(String::new(), |policy| policy.title)
}
