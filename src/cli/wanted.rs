//! Which scripts are worth parsing: in a project of thousands of Python files a handful deploys.

use crate::input::Format;
use crate::platform;
use crate::source::{ADDRESSED, Sources};
use crate::workspace::{File, contains_any};
use std::collections::HashSet;

/// Words without which no Python file chooses a setting by environment, or lets a check be bypassed.
const ENVIRONMENTS: &[&str] =
    &["staging", "production", "STAGING", "PRODUCTION", "Staging", "Production", "prod", "PROD"];
const SETTINGS: &[&str] = &[
    "timeout",
    "TIMEOUT",
    "Timeout",
    "multiplier",
    "MULTIPLIER",
    "margin",
    "retr",
    "RETR",
    "interval",
    "INTERVAL",
    "max_",
    "MAX_",
    "min_",
    "MIN_",
    "limit",
    "LIMIT",
    "threshold",
    "seconds",
    "delay",
    "bypass",
    "BYPASS",
    "skip_",
    "SKIP_",
    "critical",
];

/// Whether a file may hold anything that is read from it.
pub fn wants(format: Format, text: &str) -> bool {
    match format {
        Format::Python => {
            platform::may_deploy(text)
                || text.contains(ADDRESSED)
                || contains_any(text, &["bypass", "BYPASS"])
                || (contains_any(text, ENVIRONMENTS) && contains_any(text, SETTINGS))
        }
        // Shell scripts are few and small; the other formats are read to know whether they are sound.
        _ => true,
    }
}

/// Marks the modules that wanted scripts import, and those that these import in turn: a constant may
/// stand in a file that speaks of no command.
pub fn with_imports(files: &mut [File], sources: &Sources) {
    let mut unseen: Vec<usize> = wanted(files, true).collect();
    let mut names: HashSet<&str> = HashSet::new();
    while !unseen.is_empty() {
        for &at in &unseen {
            if let Some(file) = files.get(at) {
                imported(sources.get(file.id).text(), &mut names);
            }
        }
        unseen = wanted(files, false)
            .filter(|&at| {
                let path = files.get(at).map_or("", |file| sources.get(file.id).path());
                module(path).is_some_and(|name| names.contains(name))
            })
            .collect();
        for &at in &unseen {
            if let Some(file) = files.get_mut(at) {
                file.wanted = true;
            }
        }
    }
}

fn wanted(files: &[File], wanted: bool) -> impl Iterator<Item = usize> {
    let of = move |(at, file): (usize, &File)| {
        (file.format == Format::Python && file.wanted == wanted).then_some(at)
    };
    files.iter().enumerate().filter_map(of).collect::<Vec<usize>>().into_iter()
}

/// The name by which a file is imported: `config` of `app/config.py` and of `config/__init__.py`.
fn module(path: &str) -> Option<&str> {
    let stem = path.strip_suffix(".py")?;
    stem.strip_suffix("/__init__").unwrap_or(stem).rsplit('/').next()
}

/// The words of import lines.
fn imported<'a>(text: &'a str, names: &mut HashSet<&'a str>) {
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("import ") || line.starts_with("from ") {
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            names.extend(words.filter(|word| !word.is_empty()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{wants, with_imports};
    use crate::input::Format;
    use crate::source::Sources;
    use crate::workspace::File;

    #[test]
    fn modules_of_a_script_that_deploys_are_wanted_too() {
        let mut sources = Sources::new();
        let texts = [
            ("deploy.py", "from shared.sizes import SMALL\nrun(['gcloud', 'run', 'deploy'])\n"),
            ("shared/sizes.py", "from . import base\nSMALL = '512Mi'\n"),
            ("shared/base/__init__.py", "X = 1\n"),
            ("other.py", "print(1)\n"),
        ];
        let mut files: Vec<File> = texts
            .iter()
            .map(|(path, text)| File {
                id: sources.add(*path, *text),
                format: Format::Python,
                selected: true,
                named: false,
                wanted: wants(Format::Python, text),
            })
            .collect();
        with_imports(&mut files, &sources);
        assert_eq!(files.iter().map(|file| file.wanted).collect::<Vec<_>>(), [true, true, true, false]);
    }
}
