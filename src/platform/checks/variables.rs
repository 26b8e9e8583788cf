//! Variables that turn checks off.

use super::lower_words;

/// Variables whose names do not say it, with the value that turns the check off.
const KNOWN: &[(&str, &str, &str)] = &[
    // https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue
    ("NODE_TLS_REJECT_UNAUTHORIZED", "0", "certificate verification"),
    // https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslVerify
    ("GIT_SSL_NO_VERIFY", "true", "certificate verification"),
    ("GIT_SSL_NO_VERIFY", "1", "certificate verification"),
    // https://typicode.github.io/husky/how-to.html#skipping-git-hooks
    ("HUSKY", "0", "commit hooks"),
    // https://pre-commit.com/#temporarily-disabling-hooks
    ("PRE_COMMIT_ALLOW_NO_CONFIG", "1", "commit hooks"),
];

const VERBS: &[&str] = &["bypass", "skip", "disable", "ignore"];

/// What is turned off, wherever it stands behind the verb.
const CHECKS: &[&str] = &[
    "validation",
    "validations",
    "validate",
    "check",
    "checks",
    "auth",
    "authentication",
    "authorization",
    "verify",
    "verification",
    "readiness",
    "healthcheck",
    "healthchecks",
    "preflight",
];

/// What is turned off if it ends the name: `SKIP_TESTS`, but not `SKIP_TEST_DATA`.
const LAST: &[&str] = &["test", "tests", "lint", "scan", "audit", "gate", "gates"];

/// Of these something else is turned off: `PIP_DISABLE_PIP_VERSION_CHECK`, `DISABLE_HEALTHCHECK_LOGS`.
const HARMLESS: &[&str] =
    &["version", "update", "updates", "upgrade", "log", "logs", "logging", "notice", "prompt"];

/// Whether a variable of this name may turn a check off. Cheap.
pub fn is_switch(name: &str) -> bool {
    let holds = |verb: &str| {
        let mut windows = name.as_bytes().windows(verb.len());
        windows.any(|part| part.eq_ignore_ascii_case(verb.as_bytes()))
    };
    VERBS.iter().any(|verb| holds(verb)) || KNOWN.iter().any(|row| row.0 == name)
}

/// What a variable turns off by its name and its value, in words; `None` for every other variable.
/// `for_commands`: it is set for commands, where to skip authentication is to skip a login.
pub fn turns_off(name: &str, value: &str, for_commands: bool) -> Option<String> {
    let value = value.trim().to_ascii_lowercase();
    if let Some((_, _, what)) = KNOWN.iter().find(|row| row.0 == name && row.1 == value) {
        return Some((*what).to_owned());
    }
    if !matches!(value.as_str(), "true" | "1" | "yes" | "on") {
        return None;
    }
    let words = lower_words(name);
    let verb = words.iter().position(|word| VERBS.contains(&word.as_str()))?;
    let behind = words.get(verb + 1..)?;
    let is_check = |word: &String| CHECKS.contains(&word.as_str());
    let last = behind.last().is_some_and(|word| LAST.contains(&word.as_str()));
    let is_harmless = words.iter().any(|word| HARMLESS.contains(&word.as_str()));
    let is_login = for_commands
        && words.get(verb).is_some_and(|verb| verb == "skip" || verb == "ignore")
        && behind.last().is_some_and(|word| word.starts_with("auth"));
    let turns_off = (behind.iter().any(is_check) || last) && !is_harmless && !is_login;
    turns_off.then(|| behind.join(" "))
}
