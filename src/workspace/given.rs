//! A project whose files are given as texts: the example of a policy.

use super::{File, Loaded, exclusions, patterns};
use crate::input::Format;
use crate::source::Sources;

/// Takes the files of a project as [`load`](super::load) takes those of a folder: what is excluded by
/// default or by the patterns is left out, and what no reader wants. `taken` are paths that are in
/// `sources` already: the project file.
pub fn load_given(
    files: &[(&str, &str)],
    exclude: &[&str],
    include: &[&str],
    taken: &[String],
    sources: &mut Sources,
    wants: &dyn Fn(Format, &str) -> bool,
) -> Loaded {
    let mut loaded = Loaded::default();
    let exclude = patterns(exclude, sources, &mut loaded.diagnostics);
    let include = patterns(include, sources, &mut loaded.diagnostics);
    let mut sorted: Vec<&(&str, &str)> = files.iter().collect();
    sorted.sort_by_key(|(path, _)| *path);
    for (path, text) in sorted {
        let left_out = exclude.is_match(path) || !(include.is_empty() || include.is_match(path));
        if left_out || is_excluded(path) || taken.iter().any(|taken| taken == path) {
            continue;
        }
        let first_line = || text.lines().next().and_then(Format::of_first_line);
        let Some(format) = Format::of_path(path).or_else(first_line) else { continue };
        let id = sources.add(*path, *text);
        let wanted = wants(format, text);
        loaded.files.push(File { id, format, selected: true, named: false, wanted });
    }
    loaded
}

/// Whether a file is left out by default, by its name or its folders'.
fn is_excluded(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').map_or(("", path), |(folders, name)| (folders, name));
    folders.split('/').any(|folder| exclusions::of_folder(folder).is_some())
        || exclusions::of_file(name).is_some()
}
