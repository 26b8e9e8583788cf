//! What is left out by default: copies and stand-ins of what is deployed, which would be judged twice
//! or for nothing. It is counted and said, and a path given by name is always read.

/// A kind of files that is left out by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Tests,
    Backups,
    /// Others' code and what builds made.
    Vendored,
    /// Other repositories, of which a commit holds the name only.
    Submodules,
}

impl Kind {
    /// The word for people, after a count.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Tests => "tests",
            Kind::Backups => "backups",
            Kind::Vendored => "vendored or built",
            Kind::Submodules => "submodules",
        }
    }
}

const TESTS: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "testdata",
    "test-data",
    "test_data",
    "fixtures",
    "__fixtures__",
    "test-fixtures",
    "test_fixtures",
    "test-framework",
    "test_framework",
    "test-utils",
    "test_utils",
    "e2e",
    "__mocks__",
    "__snapshots__",
];

const BACKUPS: &[&str] = &["backups", ".backup", ".backups"];

const VENDORED: &[&str] = &[
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "dist",
    "build",
    "site-packages",
    "venv",
    ".venv",
    "virtualenv",
    ".tox",
    ".nox",
    "__pycache__",
    ".terraform",
    ".next",
    ".nuxt",
    ".cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".yarn",
    ".gradle",
    ".eggs",
];

/// Files that only pin what others deploy; large, and never a config.
const LOCK_FILES: &[&str] =
    &["package-lock.json", "pnpm-lock.yaml", "composer.lock", "pipfile.lock", "npm-shrinkwrap.json"];

/// The kind of a folder by its name.
pub fn of_folder(name: &str) -> Option<Kind> {
    let lower = name.to_ascii_lowercase();
    if TESTS.contains(&lower.as_str()) {
        Some(Kind::Tests)
    } else if BACKUPS.contains(&lower.as_str()) || is_copy(&lower) {
        Some(Kind::Backups)
    } else if VENDORED.contains(&lower.as_str()) || lower.ends_with(".egg-info") {
        Some(Kind::Vendored)
    } else {
        None
    }
}

/// The kind of a file by its name.
pub fn of_file(name: &str) -> Option<Kind> {
    let lower = name.to_ascii_lowercase();
    let stem = lower.split_once('.').map_or(lower.as_str(), |(stem, _)| stem);
    let python = lower.ends_with(".py")
        && (stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest");
    if python || [".test.", ".spec."].iter().any(|mark| lower.contains(mark)) {
        Some(Kind::Tests)
    } else if is_copy(stem) || is_old(&lower) {
        Some(Kind::Backups)
    } else if LOCK_FILES.contains(&lower.as_str()) {
        Some(Kind::Vendored)
    } else {
        None
    }
}

/// `deploy_backup`, `deploy_backup_20250907`, `deploy copy`. Not `backup` or `db-backup`: those may be
/// the name of a job that makes backups.
fn is_copy(stem: &str) -> bool {
    let undated = stem.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-'));
    let marked =
        |text: &str| ["_backup", "_bak", "_old", "_orig", " copy"].iter().any(|end| text.ends_with(end));
    marked(stem) || marked(undated)
}

/// `a.yaml.bak`, `a.yaml~`, `a.backup.yaml`, `a.py.backup_20250907`.
fn is_old(name: &str) -> bool {
    name.ends_with('~')
        || name.split('.').skip(1).any(|part| {
            let part = part.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-'));
            matches!(part, "bak" | "backup" | "orig" | "old" | "swp" | "save" | "rej")
        })
}

#[cfg(test)]
mod tests {
    use super::{Kind, of_file, of_folder};

    #[test]
    fn copies_are_told_from_what_makes_backups() {
        for name in [
            "deploy_backup.py",
            "deploy.py.bak",
            "a.yaml~",
            "deploy_to_gcp_backup_20250907.py",
            "a.backup.yaml",
        ] {
            assert_eq!(of_file(name), Some(Kind::Backups), "{name}");
        }
        for name in
            ["backup.yaml", "db-backup.yaml", "deploy.py", "latest.env", ".env.old-api", "protest.py", ".env"]
        {
            assert_eq!(of_file(name), None, "{name}");
        }
        assert_eq!(of_file("test_deploy.py"), Some(Kind::Tests));
        assert_eq!(of_file(".env.test"), None, "the environment called test");
        assert_eq!(of_folder("node_modules"), Some(Kind::Vendored));
        assert_eq!(of_folder("backups"), Some(Kind::Backups));
        assert_eq!(of_folder("k8s"), None);
    }
}
