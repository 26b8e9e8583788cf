//! Texts that are secrets by their looks, whatever they are called.

use std::ops::Range;

/// A prefix that an issuer gives to its tokens, and how many characters must follow at least.
const PREFIXES: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("sk-", 16),
    ("sk_live_", 12),
    ("sk_test_", 12),
    ("rk_live_", 12),
    ("whsec_", 16),
    ("xoxa-", 10),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("npm_", 30),
    ("pypi-", 40),
    ("hvs.", 20),
    ("SG.", 30),
    ("dop_v1_", 30),
    ("ya29.", 20),
    ("eyJ", 30),
];

/// Words on a line whose long numbers are checksums and names of commits, which are no secrets.
const CHECKSUM_WORDS: &[&str] =
    &["sha", "digest", "checksum", "hash", "commit", "revision", "integrity", "etag", "uuid", "md5"];

/// The ranges of a text that look like secrets, in no particular order.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    private_keys(text, &mut found);
    logins(text, &mut found);
    for word in words(text) {
        let at = word.start;
        let (Some(characters), Some(before)) = (text.get(word.clone()), text.get(..at)) else { continue };
        let telling = has_issuer(characters)
            || (is_random(characters) && !is_checksum(before, characters))
            || (before.ends_with("Bearer ") && characters.len() >= 12);
        if telling {
            found.push(word);
        }
    }
    found
}

/// Stretches of characters that tokens are made of.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+');
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !bytes.get(at).is_some_and(|&byte| part(byte)) {
            at += 1;
        }
        let start = at;
        while bytes.get(at).is_some_and(|&byte| part(byte)) {
            at += 1;
        }
        // The padding of base64 belongs to it.
        while at > start && at < start + 4096 && bytes.get(at) == Some(&b'=') && at - start >= 20 {
            at += 1;
        }
        (at > start).then_some(start..at)
    })
}

fn has_issuer(word: &str) -> bool {
    PREFIXES.iter().any(|&(prefix, least)| {
        word.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= least
                && (rest.bytes().any(|byte| byte.is_ascii_digit()) || prefix.len() > 4)
                && !rest.starts_with('-')
        })
    })
}

/// Whether a word is a long random number: hexadecimal, or base64 with letters of both cases and digits.
fn is_random(word: &str) -> bool {
    let count = |class: fn(&u8) -> bool| word.bytes().filter(class).count();
    let (digits, lower, upper) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
    if word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return digits >= 4 && lower + upper >= 4;
    }
    let others = word.len() - digits - lower - upper;
    word.len() >= 32
        && digits >= 3
        && lower >= 6
        && upper >= 6
        && others * 8 <= word.len()
        && entropy(word) >= 4.2
}

/// Bits per character.
#[allow(clippy::cast_precision_loss)]
fn entropy(word: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in word.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = word.len() as f64;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| f64::from(count) / total)
        .map(|p| -p * p.log2())
        .sum()
}

fn is_checksum(before: &str, word: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().to_ascii_lowercase();
    let word = word.to_ascii_lowercase();
    line.ends_with('@') || CHECKSUM_WORDS.iter().any(|mark| line.contains(mark) || word.starts_with(mark))
}

/// `-----BEGIN RSA PRIVATE KEY-----` to its end, the armour lines left readable.
fn private_keys(text: &str, found: &mut Vec<Range<usize>>) {
    const MARK: &str = "PRIVATE KEY-----";
    let mut from = 0;
    while let Some(begin) = text.get(from..).and_then(|rest| rest.find("-----BEGIN ")).map(|i| from + i) {
        let Some(head) = text.get(begin..).and_then(|rest| rest.find(MARK)).filter(|&i| i < 60) else {
            from = begin + 1;
            continue;
        };
        let start = begin + head + MARK.len();
        let end = text.get(start..).and_then(|rest| rest.find("-----END")).map_or(text.len(), |i| start + i);
        found.push(start..end);
        from = end;
    }
}

/// The password of `scheme://user:password@host`.
fn logins(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, mark) in text.match_indices("://") {
        let start = at + mark.len();
        let rest = text.get(start..).unwrap_or_default();
        let stop = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '/' | '<' | '>' | '\\');
        let authority = rest.get(..rest.find(stop).unwrap_or(rest.len())).unwrap_or_default();
        let Some((login, _)) = authority.rsplit_once('@') else { continue };
        let Some((user, password)) = login.split_once(':') else { continue };
        let from = start + user.len() + 1;
        if !password.is_empty() && !password.contains(['$', '{', '*']) {
            found.push(from..from + password.len());
        } else if let Some(default) = password.find(":-").map(|i| i + 2) {
            // `${DB_PASSWORD:-postgres}`: the default is a password too.
            let literal = password.get(default..).unwrap_or_default().trim_end_matches('}');
            if !literal.contains('$') && !literal.is_empty() {
                found.push(from + default..from + default + literal.len());
            }
        }
    }
}
