//! Command lines of Terraform and OpenTofu, for the variables that they give to a module. What the module
//! deploys is said in its files, which are read by themselves.
//!
//! <https://developer.hashicorp.com/terraform/cli/commands/plan>

use crate::diagnostic::Diagnostic;
use crate::input::hcl::module::{Given, Run};
use crate::platform::Trace;
use crate::platform::text::leading;
use crate::script::{Invocation, WordValue};
use crate::source::{SourceId, path};
use crate::value::{Known, Text};

/// Flags that take the next word as their value, with one dash or with two.
const VALUES: [&str; 10] = [
    "backup",
    "chdir",
    "lock-timeout",
    "out",
    "parallelism",
    "replace",
    "state",
    "state-out",
    "target",
    "exclude",
];

/// Whether a text may give a module its variables. Cheap.
pub(super) fn may_run(text: &str) -> bool {
    (text.contains("terraform") || text.contains("tofu")) && text.contains("-var")
}

/// So many folders that a script may be in are told apart.
const MAX_FOLDERS: usize = 16;

/// The runs of Terraform among what scripts may run, in their order.
///
/// Diagnostics: `script-limit`.
pub fn runs(
    invocations: &[(SourceId, Invocation)],
    trace: &mut Trace<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at: Option<SourceId> = None;
    let mut folders: Vec<String> = Vec::new();
    let mut cut = false;
    for (source, invocation) in invocations {
        if at != Some(*source) {
            let own = path::folder(trace.sources.get(*source).path());
            (at, folders, cut) = (Some(*source), vec![String::new()], false);
            folders.extend(Some(own.to_owned()).filter(|own| !own.is_empty()));
        }
        if let Some(directory) = changed_to(invocation) {
            // Where a subshell or a step ends is not seen here, so that it may be in any of them.
            let more = folders.iter().filter_map(|folder| path::within(folder, &directory));
            let more: Vec<String> = more.filter(|one| !folders.contains(one)).collect();
            folders.extend(more);
            if folders.len() > MAX_FOLDERS {
                folders.truncate(MAX_FOLDERS);
                cut = true;
            }
        }
        let run = run(invocation, &folders, trace);
        // Most scripts change folders for something else.
        if cut && run.is_some() {
            diagnostics.push(too_many(invocation));
            cut = false;
        }
        runs.extend(run);
    }
    runs
}

fn too_many(invocation: &Invocation) -> Diagnostic {
    let message = format!(
        "this script may be in more than {MAX_FOLDERS} folders; variables that Terraform gets in others are not seen"
    );
    Diagnostic::warning("script-limit", invocation.span, message)
        .with_help("give the folder with -chdir, or split the script")
}

/// The folder that `cd` goes to.
fn changed_to(invocation: &Invocation) -> Option<String> {
    let mut words = invocation.words.iter().map(|word| match &word.value {
        WordValue::One(value) => value.as_known()?.value.plain(),
        WordValue::Any(_) => None,
    });
    let is_change = words.next()?.is_some_and(|program| program == "cd");
    if is_change { words.next()? } else { None }
}

/// The run that a command line is, if it makes or applies a plan.
fn run(invocation: &Invocation, folders: &[String], trace: &mut Trace<'_>) -> Option<Run> {
    let mut words = invocation.words.iter().map(|word| match &word.value {
        WordValue::One(value) if word.condition.is_always() => value.as_known(),
        _ => None,
    });
    let program = words.next()??.value.plain()?;
    if !matches!(program.rsplit('/').next(), Some("terraform" | "tofu")) {
        return None;
    }
    let mut given = Vec::new();
    let mut folder = None;
    let mut command = None;
    while let Some(word) = words.next() {
        // A word that is not known may be any flag.
        let Some(word) = word else {
            given.push(Given::Anything);
            continue;
        };
        let begins = leading(&word.value);
        let Some(flag) = begins.strip_prefix('-') else {
            let Some(word) = word.value.plain() else {
                given.push(Given::Anything);
                continue;
            };
            match command {
                None => command = Some(word),
                // A plan that was made before holds its variables.
                Some(_) => return None,
            }
            continue;
        };
        let dashes = begins.len() - flag.len() + usize::from(flag.starts_with('-'));
        let flag = flag.trim_start_matches('-');
        let (name, joined) = flag.split_once('=').map_or((flag, false), |(name, _)| (name, true));
        let behind = dashes + name.len() + 1;
        match name {
            "var" if joined => given.push(variable(word, behind, trace)),
            "var" => {
                given.push(words.next().flatten().map_or(Given::Anything, |word| variable(word, 0, trace)))
            }
            "var-file" if joined => given.push(file(word, behind)),
            "var-file" => given.push(words.next().flatten().map_or(Given::Anything, |word| file(word, 0))),
            "chdir" if joined => folder = Some(word.value.plain()?.get(behind..)?.to_owned()),
            name if !joined && VALUES.contains(&name) => drop(words.next()),
            _ => {}
        }
    }
    if !matches!(command.as_deref(), Some("plan" | "apply")) {
        return None;
    }
    let chdir = folder.unwrap_or_default();
    let mut all: Vec<String> = folders.iter().filter_map(|folder| path::within(folder, &chdir)).collect();
    all.sort();
    all.dedup();
    // What is run only sometimes gives its values only sometimes.
    if !invocation.condition.is_always() {
        for one in &mut given {
            if let Given::Variable { value, .. } = one {
                *value = None;
            }
        }
    }
    Some(Run { folders: all, given })
}

/// `name=value` behind the first bytes of a word.
fn variable(word: &Known<Text>, from: usize, trace: &mut Trace<'_>) -> Given {
    let begins = leading(&word.value);
    let Some((name, _)) = begins.get(from..).and_then(|rest| rest.split_once('=')) else {
        return Given::Anything;
    };
    let behind = from + name.len() + 1;
    let value = word.value.plain().filter(|_| word.overridable_by.is_none()).and_then(|text| {
        let rest = trace.behind(&word.value, behind);
        let span = trace.literal(trace.origin_of(&rest, word.origin))?;
        Some((text.get(behind..)?.to_owned(), span))
    });
    Given::Variable { name: name.to_owned(), value }
}

/// A file of variables behind the first bytes of a word.
fn file(word: &Known<Text>, from: usize) -> Given {
    let path = word.value.plain().and_then(|text| Some(text.get(from..)?.to_owned()));
    path.map_or(Given::Anything, Given::File)
}
