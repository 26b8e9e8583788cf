//! What counts as a reason: a text that says why.

/// Words by which a text says why, or who decided.
const WORDS: &[&str] = &[
    "because",
    "reason",
    "due",
    "until",
    "ticket",
    "issue",
    "incident",
    "approved",
    "waived",
    "waiver",
    "known",
    "expected",
    "tolerated",
];

/// Whether a text tells a reader why, by one of a few words, a ticket (`OPS-123`, `#123`) or a link. That
/// something failed is no reason.
pub fn says_why(text: &str) -> bool {
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '#' | '_')));
    text.contains("https://")
        || words.any(|word| WORDS.contains(&word.to_lowercase().as_str()) || is_ticket(word))
}

/// `OPS-123`, `#123`.
fn is_ticket(word: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match word.split_once('-') {
        Some((project, number)) => {
            project.len() > 1 && project.bytes().all(|byte| byte.is_ascii_uppercase()) && is_number(number)
        }
        None => word.strip_prefix('#').is_some_and(is_number),
    }
}

#[cfg(test)]
mod tests {
    use super::says_why;

    #[test]
    fn a_reason_says_why_and_a_failure_does_not() {
        for text in ["skipped: OPS-12", "known flake, see #41", "ignored because staging has no mail"] {
            assert!(says_why(text), "{text}");
        }
        for text in ["tests failed", "::warning::lint", "skipping validation", "utf-8 x-1"] {
            assert!(!says_why(text), "{text}");
        }
    }
}
