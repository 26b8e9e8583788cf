//! A grammar of programs, read from a file, and programs made of it.
//!
//! `== name` opens a nonterminal, `--` separates its productions (`-- 3` gives the next one that weight).
//! In a production stand between guillemets:
//!
//! | written | becomes |
//! |---|---|
//! | `‹word›` | one production of `word` |
//! | `‹statement*›` | one to three of them, each on a line of its own |
//! | `‹word:x›` and then `‹=x›` | one production, and the same characters again |
//! | `‹+scalar:x›` | a new name of kind `scalar`, which later statements of the block may use |
//! | `‹!scalar:x›` | a new name that only the following lines of this production may use |
//! | `‹?scalar›` | a name of that kind; a production that asks for one where there is none is not taken |
//! | `‹&›` | a number that stands nowhere else |
//!
//! The first production of a nonterminal must end by itself: it is taken where programs nest deeply.

use std::collections::BTreeMap;

/// Numbers that look random and are the same in every run.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// A number below `limit`: SplitMix64.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

struct Production {
    weight: usize,
    text: String,
    /// Kinds of names that must be there.
    wants: Vec<String>,
}

pub struct Grammar(BTreeMap<String, Vec<Production>>);

/// Deeper than this the first production of each nonterminal is taken.
const DEEPEST: usize = 7;

impl Grammar {
    pub fn read(text: &str) -> Grammar {
        let mut rules: BTreeMap<String, Vec<Production>> = BTreeMap::new();
        let (mut name, mut weight, mut lines) = (String::new(), 1, Vec::new());
        let mut close = |name: &str, weight: usize, lines: &mut Vec<&str>| {
            let text = std::mem::take(lines).join("\n");
            if name.is_empty() || text.is_empty() {
                return;
            }
            let wants = text.split("‹?").skip(1).filter_map(|rest| rest.split(['›', ':']).next());
            let wants = wants.map(str::to_string).collect();
            rules.entry(name.to_string()).or_default().push(Production { weight, text, wants });
        };
        for line in text.lines() {
            if let Some(next) = line.strip_prefix("== ") {
                close(&name, weight, &mut lines);
                (name, weight) = (next.trim().to_string(), 1);
            } else if let Some(next) = line
                .strip_prefix("--")
                .filter(|next| next.is_empty() || next.trim().chars().all(|c| c.is_ascii_digit()))
            {
                close(&name, weight, &mut lines);
                weight = next.trim().parse().unwrap_or(1);
            } else if !line.starts_with("%%") {
                lines.push(line);
            }
        }
        close(&name, weight, &mut lines);
        Grammar(rules)
    }

    /// A program: one production of `program`.
    pub fn program(&self, seed: u64) -> String {
        let mut writer = Writer { grammar: self, random: Random::new(seed), names: Vec::new(), unique: 0 };
        writer.expand("program", 0)
    }
}

struct Writer<'g> {
    grammar: &'g Grammar,
    random: Random,
    /// Names that may be used here, each with its kind.
    names: Vec<(String, String)>,
    unique: usize,
}

impl Writer<'_> {
    fn expand(&mut self, nonterminal: &str, depth: usize) -> String {
        let rules = self.grammar.0.get(nonterminal).unwrap_or_else(|| panic!("no rule for {nonterminal}"));
        let has = |kind: &String| self.names.iter().any(|(have, _)| have == kind);
        let usable: Vec<&Production> = rules.iter().filter(|one| one.wants.iter().all(has)).collect();
        let first = usable.first().unwrap_or_else(|| panic!("no way to write {nonterminal}"));
        let mut production = *first;
        if depth < DEEPEST {
            let mut at = self.random.below(usable.iter().map(|one| one.weight).sum());
            for one in &usable {
                if at < one.weight {
                    production = one;
                    break;
                }
                at -= one.weight;
            }
        }
        let before = self.names.len();
        let mut kept: Vec<(String, String)> = Vec::new();
        let mut remembered: BTreeMap<String, String> = BTreeMap::new();
        let mut out = String::new();
        let mut rest = production.text.as_str();
        let mut pending: Vec<(String, String)> = Vec::new();
        while let Some((text, behind)) = rest.split_once('‹') {
            out.push_str(text);
            if text.contains('\n') {
                self.names.append(&mut pending);
            }
            let (hole, behind) = behind.split_once('›').expect("a closed guillemet");
            rest = behind;
            let written = self.hole(hole, depth, &mut kept, &remembered);
            if let Some(kind) = hole.strip_prefix('!') {
                let kind = kind.split(':').next().unwrap_or_default();
                pending.push((kind.to_string(), written.clone()));
            }
            if let Some((_, label)) = hole.split_once(':') {
                remembered.insert(label.to_string(), written.clone());
            }
            // Further lines stand as deep as the first.
            let indent: String =
                out.rsplit('\n').next().unwrap_or_default().chars().take_while(|&c| c == ' ').collect();
            out.push_str(&written.replace('\n', &format!("\n{indent}")));
        }
        out.push_str(rest);
        self.names.truncate(before);
        self.names.extend(kept);
        out
    }

    fn hole(
        &mut self,
        hole: &str,
        depth: usize,
        kept: &mut Vec<(String, String)>,
        remembered: &BTreeMap<String, String>,
    ) -> String {
        let name = hole.split(':').next().unwrap_or_default();
        if let Some(label) = name.strip_prefix('=') {
            return remembered.get(label).unwrap_or_else(|| panic!("nothing is called {label}")).clone();
        }
        if name == "&" {
            self.unique += 1;
            return self.unique.to_string();
        }
        if let Some(kind) = name.strip_prefix(['+', '!']) {
            self.unique += 1;
            let new = format!("{kind}{}", self.unique);
            if name.starts_with('+') {
                kept.push((kind.to_string(), new.clone()));
            }
            return new;
        }
        if let Some(kind) = name.strip_prefix('?') {
            let all: Vec<String> =
                self.names.iter().filter(|(have, _)| have == kind).map(|(_, name)| name.clone()).collect();
            return all[self.random.below(all.len())].clone();
        }
        if let Some(repeated) = name.strip_suffix('*') {
            let before = self.names.len();
            let count = 1 + self.random.below(3);
            let all: Vec<String> = (0..count).map(|_| self.expand(repeated, depth + 1)).collect();
            self.names.truncate(before);
            return all.join("\n");
        }
        // What a production declares stands to its own block, not to the one inside it.
        let before = self.names.len();
        let written = self.expand(name, depth + 1);
        let new = self.names.split_off(before);
        match name {
            "statement" => self.names.extend(new),
            _ => kept.extend(new),
        }
        written
    }
}
