//! Names of policies and examples with `*` in them.

/// A name in which `*` stands for any characters. Without one it is looked for anywhere in a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
}

impl Pattern {
    /// A pattern as it is given.
    pub fn new(text: &str) -> Pattern {
        Pattern { text: text.to_owned() }
    }

    /// Whether a name matches.
    pub fn matches(&self, name: &str) -> bool {
        let Some((first, rest)) = self.text.split_once('*') else { return name.contains(&self.text) };
        let Some(mut left) = name.strip_prefix(first) else { return false };
        let mut parts = rest.split('*').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return left.ends_with(part);
            }
            match left.find(part) {
                Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_star_is_any_characters_and_a_bare_word_is_anywhere() {
        let matches = |pattern: &str, name: &str| Pattern::new(pattern).matches(name);
        assert!(matches("alpine-*", "alpine-minimum-cpu"));
        assert!(matches("*-minimum-*", "alpine-minimum-cpu"));
        assert!(matches("a*-cpu", "alpine-minimum-cpu"));
        assert!(!matches("*-memory", "alpine-minimum-cpu"));
        assert!(!matches("minimum*", "alpine-minimum-cpu"));
        assert!(matches("minimum", "alpine-minimum-cpu"));
        assert!(matches("*", ""));
    }
}
