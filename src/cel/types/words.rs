//! Fields that hold one of a few words, so that a comparison with another is seen to be in vain.

const WORDS: &[(&str, &str, &[&str])] = &[
    ("container", "role", &["main", "sidecar", "init"]),
    ("env_variable", "kind", &["plain", "secret", "from_file"]),
    ("required_variable", "kind", &["env", "secret"]),
    ("required_variable", "state", &["SET", "EMPTY", "MISSING", "PLAIN"]),
    ("required_variable", "status", &["SET", "EMPTY", "MISSING", "PLAIN", "UNKNOWN"]),
    ("artifact", "kind", &["dockerfile", "env-file"]),
    ("bypass", "kind", &["condition", "variable", "flag", "ignored"]),
    ("setting", "kind", &["duration", "ratio", "count", "flag", "text", "number"]),
    ("setting", "budget", &["sum", "largest"]),
];

/// All words that a field of an object type can hold, if they are few.
pub fn words(owner: &str, name: &str) -> Option<&'static [&'static str]> {
    WORDS.iter().find(|row| row.0 == owner && row.1 == name).map(|row| row.2)
}
