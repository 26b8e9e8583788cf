//! What the interpreter says of a program, held against what the program did.

use super::sandbox::Case;
use celador::script::{Interpretation, Invocation, WordValue};
use celador::value::{Atom, Condition, Known, Operand, Operator, Piece, Text, Value};
use std::collections::BTreeMap;

/// How a program came out.
#[derive(Default)]
pub struct Outcome {
    /// What the interpreter claims and the run refutes.
    pub wrong: Vec<String>,
    pub arguments: usize,
    pub known: usize,
    /// Arguments that were recorded and are not known.
    pub unknown: Vec<String>,
}

/// One word as it must have been in this run.
#[derive(Clone, Debug)]
enum Told {
    /// Exactly this.
    Exactly(String),
    /// One of these, or anything.
    OneOf(Vec<Told>),
    /// These pieces with anything between them.
    Around(Vec<Option<String>>),
    Anything,
    /// Any number of words.
    Several,
}

struct Line {
    /// Each word, and whether it is surely there.
    words: Vec<(Told, bool)>,
    certain: bool,
    shown: String,
}

pub fn compare(case: &Case, found: &Interpretation, recorded: &[Vec<String>]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut lines = Vec::new();
    for invocation in &found.invocations {
        if let Some(line) = line_of(case, invocation)
            && matches!(line.words.first(), Some((Told::Exactly(program), true)) if program == "gcloud")
        {
            lines.push(line);
        }
    }
    let mut seen: Vec<&Vec<String>> = Vec::new();
    for words in recorded {
        if seen.contains(&words) {
            continue;
        }
        seen.push(words);
        outcome.arguments += words.len();
        let best =
            lines.iter().filter_map(|line| matched(&line.words[1..], words)).map(|known| known.len()).max();
        let best = best.map(|_| {
            let all = lines.iter().filter_map(|line| matched(&line.words[1..], words));
            all.max_by_key(Vec::len).unwrap_or_default()
        });
        match best {
            Some(known) => {
                outcome.known += known.len();
                let missing = (0..words.len()).filter(|at| !known.contains(at));
                outcome.unknown.extend(missing.map(|at| words[at].clone()));
            }
            None if found.unresolved.is_empty() && found.diagnostics.is_empty() => {
                outcome.wrong.push(format!("ran and is not told: {}", words.join(" ")));
            }
            None => outcome.unknown.push(format!("all of: {}", words.join(" "))),
        }
    }
    for line in lines.iter().filter(|line| line.certain) {
        if !recorded.iter().any(|words| matched(&line.words[1..], words).is_some()) {
            outcome.wrong.push(format!("told and did not run: {}", line.shown));
        }
    }
    outcome
}

/// The command line as it is in this run; `None` if it is surely not run.
fn line_of(case: &Case, invocation: &Invocation) -> Option<Line> {
    let certain = told(&invocation.condition, &case.inputs)?;
    let mut words = Vec::new();
    let mut shown = String::new();
    for word in &invocation.words {
        let Some(there) = told(&word.condition, &case.inputs) else { continue };
        let value = match &word.value {
            WordValue::One(value) => value_in(value, case),
            WordValue::Any(_) => Told::Several,
        };
        shown.push_str(&format!(" {value:?}"));
        words.push((value, there));
    }
    if !invocation.condition.is_always() {
        shown.push_str(&format!(" when {}", invocation.condition));
    }
    Some(Line { words, certain, shown })
}

/// Whether a condition holds in this run: `Some(true)` yes, `Some(false)` maybe, `None` no.
fn told(condition: &Condition, inputs: &BTreeMap<String, String>) -> Option<bool> {
    let mut certain = true;
    for atom in condition.atoms() {
        // Programs may ask for inputs that no run has, and that have no default.
        let none = atom.input.starts_with("UNSET").then(String::new);
        match inputs.get(&*atom.input).or(none.as_ref()) {
            Some(value) if !holds(atom, value) => return None,
            Some(_) => {}
            None => certain = false,
        }
    }
    Some(certain)
}

fn holds(atom: &Atom, value: &str) -> bool {
    let one = |operand: &Operand| match operand {
        Operand::One(one) => one.to_string(),
        _ => String::new(),
    };
    let among = match &atom.operand {
        Operand::Many(many) => many.iter().any(|one| **one == *value),
        Operand::One(one) => **one == *value,
        Operand::None => false,
    };
    let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
    let matches = || {
        let pattern = one(&atom.operand).replace('.', "\\.").replace('*', ".*").replace('?', ".");
        regex_lite(&pattern, value)
    };
    let truthy = !value.is_empty() && value != "False";
    match atom.operator {
        Operator::Holds => truthy,
        Operator::Fails => !truthy,
        Operator::Equal | Operator::In => among,
        Operator::NotEqual | Operator::NotIn => !among,
        Operator::Matches => matches(),
        Operator::NotMatches => !matches(),
        Operator::Less => number(value) < number(&one(&atom.operand)),
        Operator::LessEqual => number(value) <= number(&one(&atom.operand)),
        Operator::Greater => number(value) > number(&one(&atom.operand)),
        Operator::GreaterEqual => number(value) >= number(&one(&atom.operand)),
    }
}

fn regex_lite(pattern: &str, text: &str) -> bool {
    regex::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(text))
}

fn value_in(value: &Value<Text>, case: &Case) -> Told {
    match value {
        Value::Unknown(..) => Told::Anything,
        Value::Known(Known { value, overridable_by, .. }) => {
            let given = overridable_by.as_deref().and_then(|input| case.inputs.get(input));
            let is_given = given.is_some()
                && overridable_by.as_deref().is_some_and(|input| {
                    case.environment.contains_key(input)
                        || input.starts_with('$')
                        || !case.arguments.is_empty()
                });
            if is_given { Told::Anything } else { text_in(value, case) }
        }
        Value::Either(all) => {
            let mut possible = Vec::new();
            for one in all {
                match told(&one.condition, &case.inputs) {
                    Some(true) => return value_in(&one.value, case),
                    Some(false) => possible.push(value_in(&one.value, case)),
                    None => {}
                }
            }
            Told::OneOf(possible)
        }
    }
}

fn text_in(text: &Text, case: &Case) -> Told {
    let mut pieces: Vec<Option<String>> = vec![Some(String::new())];
    for part in &text.parts {
        let there = told(&part.condition, &case.inputs);
        match (&part.piece, there) {
            (_, None) => {}
            (Piece::Literal(text), Some(true)) => match pieces.last_mut() {
                Some(Some(last)) => last.push_str(text),
                _ => pieces.push(Some(text.clone())),
            },
            (Piece::Literal(_), Some(false)) | (Piece::Hole(_), _) => pieces.push(None),
        }
    }
    match pieces.as_slice() {
        [Some(all)] => Told::Exactly(all.clone()),
        _ => Told::Around(pieces),
    }
}

/// The places of the arguments that are known, if the words may have been these.
fn matched(told: &[(Told, bool)], words: &[String]) -> Option<Vec<usize>> {
    let mut budget = 20_000;
    matched_from(told, words, 0, &mut budget)
}

fn matched_from(
    told: &[(Told, bool)],
    words: &[String],
    at: usize,
    budget: &mut usize,
) -> Option<Vec<usize>> {
    *budget = budget.checked_sub(1)?;
    let Some(((first, certain), rest)) = told.split_first() else {
        return (at == words.len()).then(Vec::new);
    };
    let mut best: Option<Vec<usize>> = None;
    let mut consider = |found: Option<Vec<usize>>| {
        if let Some(found) = found
            && best.as_ref().is_none_or(|best| best.len() < found.len())
        {
            best = Some(found);
        }
    };
    match first {
        Told::Several => {
            for next in at..=words.len() {
                consider(matched_from(rest, words, next, budget));
            }
        }
        one => {
            if let Some(known) = words.get(at).and_then(|word| allows(one, word))
                && let Some(mut found) = matched_from(rest, words, at + 1, budget)
            {
                if known && *certain {
                    found.push(at);
                }
                consider(Some(found));
            }
            if !certain {
                consider(matched_from(rest, words, at, budget));
            }
        }
    }
    best
}

/// Whether a word may have been this one, and if so whether it was known to be.
fn allows(told: &Told, word: &str) -> Option<bool> {
    match told {
        Told::Exactly(text) => (text == word).then_some(true),
        Told::OneOf(all) => all.iter().any(|one| allows(one, word).is_some()).then_some(false),
        Told::Anything => Some(false),
        Told::Several => None,
        Told::Around(pieces) => {
            let pattern: Vec<String> = pieces
                .iter()
                .map(|piece| piece.as_ref().map_or_else(|| "(?s:.*)".to_string(), |text| regex::escape(text)))
                .collect();
            regex_lite(&pattern.concat(), word).then_some(false)
        }
    }
}
