//! Names of switches: which words turn off, and what.

use super::environments::words;
use super::walk::Place;

/// Whether a name is a switch's that turns a check off. In a script of commands (`is_of_commands`) to skip
/// the authentication is to skip a step; to disable it there turns off that of what is deployed.
pub(super) fn is_switch_name(name: &str, is_of_commands: bool) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name);
    let words = words(name);
    if words.len() > 6 {
        return false;
    }
    let is_there = |all: &[&str]| words.iter().any(|word| all.contains(&word.as_str()));
    let guards = is_there(&["auth", "authentication", "authorization"])
        && (!is_of_commands || is_there(&["bypass", "bypassed", "disable", "disabled", "check"]));
    let check = |word: &String| {
        matches!(
            word.as_str(),
            "validation"
                | "validations"
                | "validate"
                | "validator"
                | "checks"
                | "startup"
                | "verify"
                | "verification"
                | "health"
                | "healthcheck"
                | "readiness"
                | "preflight"
                | "security"
        )
    };
    let filler = |word: &String| matches!(word.as_str(), "should" | "allow" | "can" | "do" | "is" | "bypass");
    let is_bare_bypass =
        words.len() > 1 && words.iter().any(|word| word == "bypass") && words.iter().all(filler);
    // One check among many is often no more than a detail (`skip_version_check`); to bypass one is not.
    let bypasses_check =
        words.iter().any(|word| word == "bypass") && words.iter().any(|word| word == "check");
    is_bare_bypass
        || bypasses_check
        || (words.iter().any(|word| is_verb(word)) && (guards || words.iter().any(check)))
}

/// What a switch turns off by its name: `startup validation` of `BYPASS_STARTUP_VALIDATION`; for one that
/// does not say, the function that it stands in.
pub(super) fn turned_off(name: &str, place: &Place) -> String {
    let name = name.rsplit('.').next().unwrap_or(name);
    let mut words = words(name);
    let filler = |word: &String| matches!(word.as_str(), "should" | "allow" | "can" | "do" | "is");
    words.retain(|word| !filler(word));
    match words.iter().position(|word| is_verb(word)) {
        Some(at) if at + 1 < words.len() => words.split_off(at + 1).join(" "),
        _ => match &place.function {
            Some(function) => format!("the check in {function}"),
            None => "the check".to_owned(),
        },
    }
}

/// Whether a word turns something off.
fn is_verb(word: &str) -> bool {
    matches!(
        word,
        "bypass"
            | "bypassed"
            | "bypassing"
            | "skip"
            | "skipped"
            | "disable"
            | "disabled"
            | "ignore"
            | "force"
    )
}

pub(super) fn names_bypass(name: &str) -> bool {
    words(name).iter().any(|word| matches!(word.as_str(), "bypass" | "bypassed"))
}

/// Whether a text tells that a check is passed over.
pub(super) fn text_says_bypass(text: &str) -> bool {
    let words = words(text);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&["bypass", "bypassing", "bypassed", "skipping", "skipped", "ignoring", "ignored"])
        && has(&["validation", "check", "checks", "readiness", "startup", "auth", "authentication", "bypass"])
}
