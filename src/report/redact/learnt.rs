//! Secrets that were met once and are masked wherever else they stand.

use crate::report::redact::names::is_secret_name;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The values of secrets, by how sure it is that the same characters elsewhere are the same secret.
#[derive(Default)]
pub struct Learnt {
    /// So peculiar that they are masked in every sentence.
    peculiar: BTreeSet<String>,
    /// Those of them that are masked in excerpts too, by their first run of letters and digits: an
    /// excerpt shows names and keywords of code, which a weak password may resemble.
    anywhere: BTreeMap<String, Vec<String>>,
    /// Common words (`postgres`): masked only where a secret is spoken of.
    common: BTreeSet<String>,
    /// Names of services and containers, which are no secrets wherever else they stand.
    names: BTreeSet<String>,
    /// Names of secrets in a store, which say where a secret is.
    references: BTreeSet<String>,
}

/// Where a secret was met.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// Beside a secret's name, in whatever text.
    Beside,
    /// As the value of a deployment's variable with a secret's name.
    Deployed,
}

impl Learnt {
    /// Takes note of what services and containers are called: a secret that is spelt alike, as many a
    /// database's password is, counts as a common word, or no report could say which service it means.
    pub fn named(&mut self, name: String) {
        self.names.insert(name);
    }

    /// Takes note of what a secret is called in its store: `jwt-secret-staging:latest`.
    pub fn reference(&mut self, written: &str) {
        let name = written.rsplit_once(':').map_or(written, |(name, _)| name);
        self.references.extend([written.to_owned(), name.to_owned()]);
    }

    /// Learns a value.
    pub fn learn(&mut self, value: &str, met: Met) {
        let value = value.trim();
        // `"API_KEY": "API_KEY"` says which variable holds the secret; to mask the name elsewhere would
        // hide from the reader what is missing.
        if met == Met::Beside && is_variable_name(value) && is_secret_name(value) {
            return;
        }
        if self.references.contains(value) {
            return;
        }
        let has = |class: fn(char) -> bool| value.chars().any(class);
        let digits = has(char::is_numeric);
        let kinds = [has(char::is_lowercase), has(char::is_uppercase), digits, has(|c| !c.is_alphanumeric())]
            .into_iter()
            .filter(|&has| has)
            .count();
        let is_common = value.starts_with("--") || self.names.contains(value);
        if !is_common && (value.len() >= 16 || (value.len() >= 6 && kinds >= 2)) {
            let strong = kinds >= 3 || (digits && value.len() >= 8);
            // The lines of a key are shown one by one.
            let lines = value.lines().map(str::trim).filter(|line| line.len() >= 6);
            for part in lines.chain([value]).map(str::to_owned) {
                if met == Met::Deployed || strong {
                    let first = runs(&part).next().map(|run| part.get(run).unwrap_or_default().to_owned());
                    let all = self.anywhere.entry(first.unwrap_or_default()).or_default();
                    if !all.contains(&part) {
                        all.push(part.clone());
                    }
                }
                self.peculiar.insert(part);
            }
        } else if value.len() >= 2 {
            self.common.insert(value.to_owned());
        }
    }

    /// Whether a common word is a secret somewhere.
    pub fn has_common(&self) -> bool {
        !self.common.is_empty()
    }

    /// The peculiar secrets in a sentence, longer ones first: one secret may be part of another.
    pub fn in_sentence<'a>(&'a self, text: &str) -> Vec<&'a str> {
        let inside = self.peculiar.iter().map(String::as_str).filter(|secret| text.contains(secret));
        let mut inside: Vec<&str> = inside.collect();
        inside.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        inside
    }

    /// Where common words that are secrets stand by themselves in a sentence.
    pub fn common_in(&self, text: &str) -> Vec<Range<usize>> {
        self.common.iter().flat_map(|word| whole_words(text, word)).collect()
    }

    /// Where secrets stand in a file's text, in one pass over it.
    pub fn in_file(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.anywhere.is_empty() {
            return found;
        }
        for run in runs(text) {
            let Some(secrets) = text.get(run.clone()).and_then(|word| self.anywhere.get(word)) else {
                continue;
            };
            for secret in secrets {
                let lead = runs(secret).next().map_or(0, |run| run.start);
                let start = run.start.saturating_sub(lead);
                let end = start + secret.len();
                let next = text.get(end..).and_then(|after| after.chars().next());
                let whole =
                    !(secret.ends_with(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric));
                if whole && text.get(start..end) == Some(secret) {
                    found.push(start..end);
                }
            }
        }
        found
    }
}

/// `SERVICE_SECRET`: as variables of an environment are named.
fn is_variable_name(text: &str) -> bool {
    text.contains('_') && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Runs of letters and digits.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = chars.by_ref().find(|(_, c)| c.is_alphanumeric())?;
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = chars.next_if(|(_, c)| c.is_alphanumeric()) {
            end = at + c.len_utf8();
        }
        Some(start..end)
    })
}

/// Where a word stands by itself in a text.
fn whole_words(text: &str, word: &str) -> Vec<Range<usize>> {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
    text.match_indices(word)
        .map(|(at, _)| at..at + word.len())
        .filter(|range| {
            !joins(text.get(..range.start).and_then(|before| before.chars().next_back()))
                && !joins(text.get(range.end..).and_then(|after| after.chars().next()))
        })
        .collect()
}
