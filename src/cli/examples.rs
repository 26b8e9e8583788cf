//! `celador test`: policy files in, the report of their examples out.

use crate::cli::args::{Global, Test, TestFormat};
use crate::cli::commands::verbosity;
use crate::cli::project;
use crate::cli::{output, terminal};
use crate::diagnostic::Severity;
use crate::enforce::Status;
use crate::policy::PACK;
use crate::report;
use crate::report::testing::{Tested, TestedFile};
use crate::testing::{self, Pattern, PolicyFile, Request};
use crate::workspace;
use rayon::prelude::*;
use std::io;
use std::path::{Path, PathBuf};

/// A policy file, and where on disk it is; the pack's are nowhere.
struct Found {
    file: PolicyFile,
    path: Option<PathBuf>,
}

/// `celador test`.
pub fn test(wanted: &Test, global: &Global) -> io::Result<Status> {
    let patterns = |words: &[String]| words.iter().map(|word| Pattern::new(word)).collect();
    let request = Request {
        policies: patterns(&wanted.policy),
        examples: patterns(&wanted.example),
        mutate: wanted.mutate || wanted.min_score.is_some(),
    };
    let (mut found, mut tested) = find(wanted)?;
    if found.is_empty() && tested.is_empty() {
        output::aside(
            "error: there is no policy to test; name policy files, or use --builtin for the built-in ones\n",
        );
        return Ok(Status::Wrong);
    }
    workspace::start_threads(found.len());
    if wanted.update {
        update(&mut found, &request)?;
    }
    let test = |found: &Found| testing::test(&found.file, &request, &project::of_example);
    tested.extend(found.par_iter().map(test).collect::<Vec<TestedFile>>());
    let tested = Tested { files: tested, min_coverage: wanted.min_coverage, min_score: wanted.min_score };
    if tested.examples().whole == 0 && !tested.is_wrong() {
        output::aside("error: no policy that was asked for has an example\n");
        return Ok(Status::Wrong);
    }
    match wanted.format {
        TestFormat::Json => output::write(&report::testing::json(&tested), false)?,
        TestFormat::Junit => output::write(&report::testing::junit(&tested), false)?,
        TestFormat::Human => {
            let style = terminal::style(global.color);
            output::write(&report::testing::human(&tested, style, verbosity(global)), style.color)?;
        }
    }
    Ok(match (tested.is_wrong(), tested.passes()) {
        (true, _) => Status::Wrong,
        (false, true) => Status::Passed,
        (false, false) => Status::Denied,
    })
}

/// The policy files that are asked for, and what is wrong with the paths and the project file.
fn find(wanted: &Test) -> io::Result<(Vec<Found>, Vec<TestedFile>)> {
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    // Whoever asks for the pack alone has no business with the project.
    if !wanted.builtin || !wanted.policies.is_empty() {
        let opened = project::policies(&wanted.policies, wanted.config.as_deref())?;
        for (id, path) in opened.files {
            let source = opened.sources.get(id);
            let file = PolicyFile { path: source.path().to_owned(), text: source.text().to_owned() };
            found.push(Found { file, path: Some(path) });
        }
        let diagnostics: Vec<_> =
            opened.diagnostics.into_iter().filter(|told| told.severity == Severity::Error).collect();
        if !diagnostics.is_empty() {
            wrong.push(TestedFile { sources: opened.sources, diagnostics, policies: Vec::new() });
        }
    }
    if wanted.builtin {
        found.extend(PACK.iter().map(|builtin| Found {
            file: PolicyFile { path: builtin.path(), text: builtin.text().to_owned() },
            path: None,
        }));
    }
    Ok((found, wrong))
}

/// Writes what is found into the files, and says which were written.
fn update(found: &mut [Found], request: &Request) -> io::Result<()> {
    for Found { file, path } in found {
        let Some(path) = path else { continue };
        if let Some(text) = testing::update(file, request, &project::of_example) {
            write(path, &text)?;
            output::aside(&format!("updated {}\n", file.path));
            file.text = text;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    std::fs::write(path, text).map_err(named)
}
