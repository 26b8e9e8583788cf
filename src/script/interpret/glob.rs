//! Shell patterns.

/// Whether a text matches a shell pattern: `*`, `?`, `[abc]`, `[!a-z]`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match one(&pattern, p, text[t]) {
            Some(next) => (p, t) = (next, t + 1),
            None if pattern.get(p) == Some(&'*') => {
                retry = Some((p, t));
                p += 1;
            }
            None => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    (p, t) = (star + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|&c| c == '*')
}

/// Where the pattern goes on if its next element matches this character.
fn one(pattern: &[char], at: usize, c: char) -> Option<usize> {
    match *pattern.get(at)? {
        '*' => None,
        '?' => Some(at + 1),
        '[' => {
            let close = pattern.iter().skip(at + 2).position(|&end| end == ']').map(|end| at + 2 + end)?;
            let mut set = pattern.get(at + 1..close)?;
            let negated = matches!(set.first(), Some('!' | '^'));
            if negated {
                set = set.get(1..)?;
            }
            let mut found = false;
            let mut i = 0;
            while let Some(&low) = set.get(i) {
                if let (Some('-'), Some(&high)) = (set.get(i + 1), set.get(i + 2)) {
                    found |= low <= c && c <= high;
                    i += 3;
                } else {
                    found |= low == c;
                    i += 1;
                }
            }
            (found != negated).then_some(close + 1)
        }
        '\\' => (pattern.get(at + 1) == Some(&c)).then_some(at + 2),
        own => (own == c).then_some(at + 1),
    }
}
