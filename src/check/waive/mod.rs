//! Writing a waiver where it belongs: beside what it sets aside, or into `celador.yaml`.
//!
//! Nothing about formats is known here. A place is tried, and the pipeline says whether the finding is then
//! set aside, by this waiver, and everything else is as before: a comment that a here-document swallows, or
//! that cuts a continued command in two, shows at once.

mod comment;
mod entry;

use crate::diagnostic::{By, Finding};
use crate::enforce::Date;
use crate::enforce::waiver::{EXPIRED, EXPIRING, MALFORMED, POLICIES, UNKNOWN, Waiver};
use crate::report::Outcome;
use crate::source::SourceId;
use std::collections::BTreeMap;

/// Which finding is to be set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Fingerprint(String),
    /// The only finding of a policy, or the only one in a file or on a line.
    Policy {
        name: String,
        path: Option<String>,
        line: Option<u32>,
    },
}

impl Target {
    /// Reads `b4498f46dad96085`, `floating-image-tag` and `floating-image-tag@deploy.sh:3`.
    pub fn parse(text: &str) -> Target {
        let is_print = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_print {
            return Target::Fingerprint(text.to_owned());
        }
        let (name, place) = text.split_once('@').map_or((text, None), |(name, place)| (name, Some(place)));
        let split = place.map(|place| match place.rsplit_once(':') {
            Some((path, line)) if line.parse::<u32>().is_ok() => (path, line.parse().ok()),
            _ => (place, None),
        });
        let (path, line) = split.unzip();
        let path = path.map(|path: &str| path.strip_prefix("./").unwrap_or(path).replace('\\', "/"));
        Target::Policy { name: name.to_owned(), path, line: line.flatten() }
    }

    fn is(&self, finding: &Finding, outcome: &Outcome) -> bool {
        match self {
            Target::Fingerprint(print) => finding.fingerprint == *print,
            Target::Policy { name, path, line } => {
                let source = outcome.sources.get(finding.span().source);
                finding.policy == *name
                    && path.as_ref().is_none_or(|path| path == source.path())
                    && line.is_none_or(|line| source.position(finding.span().start).line == line)
            }
        }
    }
}

/// What a waiver says.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub reason: Option<String>,
    pub owner: Option<String>,
    pub until: Option<Date>,
}

/// Where it is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Inline,
    Project,
    /// Beside the finding where a comment can stand, else in the project file.
    Either,
}

/// The project file, or the one that there would be.
#[derive(Clone, Debug)]
pub struct ProjectFile {
    /// As it is reported.
    pub path: String,
    pub text: Option<String>,
}

/// What is tried.
#[derive(Debug)]
pub enum Trial {
    /// Another text in the place of a file's.
    Text(SourceId, String),
    /// A further entry of the project file.
    Entry(Box<Waiver>),
}

/// A change of one file that sets the finding aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As it is reported.
    pub path: String,
    /// The file's new text.
    pub text: String,
    /// The line on which what was written begins.
    pub line: u32,
    pub written: String,
    /// How many other findings of the policy it sets aside as well.
    pub also: usize,
    /// Why it stands in the project file, where nobody asked for that.
    pub because: Option<&'static str>,
}

/// The change that sets one finding aside. `run` judges a project in which something was tried.
///
/// # Errors
/// Why there is none, for people.
pub fn waive(
    outcome: &Outcome,
    target: &Target,
    words: &Words,
    place: Place,
    file: &ProjectFile,
    run: &dyn Fn(Trial) -> Outcome,
) -> Result<Change, String> {
    let finding = the_one(outcome, target)?;
    if POLICIES.contains(&finding.policy.as_str()) {
        return Err(format!("`{}` is about waivers, and cannot be waived", finding.policy));
    }
    // What is wrong with the waiver itself is wrong wherever it stands.
    if let (_, Verdict::Wrong(message)) = entry::try_entry(outcome, finding, words, run) {
        return Err(format!("{message} (--reason, --owner and --until say it)"));
    }
    let because = match place {
        Place::Project => None,
        Place::Inline | Place::Either => match comment::write(outcome, finding, words, run)? {
            Ok(change) => return Ok(change),
            Err(reason) if place == Place::Inline => {
                return Err(format!("{reason}; --project writes an entry of {}", file.path));
            }
            Err(reason) => Some(reason),
        },
    };
    let change = entry::write(outcome, finding, words, file, run)?;
    Ok(Change { because, ..change })
}

/// The finding that is meant.
fn the_one<'a>(outcome: &'a Outcome, target: &Target) -> Result<&'a Finding, String> {
    let open: Vec<&Finding> = outcome
        .findings
        .iter()
        .chain(&outcome.undetermined)
        .filter(|finding| target.is(finding, outcome))
        .collect();
    match open.as_slice() {
        [one] => Ok(one),
        [] => match outcome.set_aside.iter().find(|one| target.is(&one.finding, outcome)) {
            Some(one) => Err(format!(
                "the finding at {} is set aside already, by a {}",
                place_of(&one.finding, outcome),
                one.by.as_str()
            )),
            None => Err("no finding matches; `celador check` shows those that there are".to_owned()),
        },
        several => {
            let mut message =
                format!("{} findings match; name one by its line or fingerprint:", several.len());
            for finding in several.iter().take(20) {
                let place = place_of(finding, outcome);
                message.push_str(&format!("\n  {}@{place}  {}", finding.policy, finding.fingerprint));
            }
            Err(message)
        }
    }
}

/// `deploy.sh:3`.
fn place_of(finding: &Finding, outcome: &Outcome) -> String {
    let source = outcome.sources.get(finding.span().source);
    format!("{}:{}", source.path(), source.position(finding.span().start).line)
}

/// What would be told of the waiver itself wherever it stood.
const AT_FAULT: [&str; 3] = [MALFORMED, EXPIRED, UNKNOWN];

/// What came of trying a change.
enum Verdict {
    /// Only this finding is set aside, and so many others of its policy.
    Waived { also: usize },
    /// The waiver itself is at fault, wherever it stands.
    Wrong(String),
    /// Not set aside, or something else has changed.
    Otherwise,
}

/// Compares two runs. `is_it` tells the finding that is meant in the later one.
fn compare(
    before: &Outcome,
    after: &Outcome,
    policy: &str,
    is_it: impl Fn(&Finding, &By) -> bool,
) -> Verdict {
    let (old, new) = (said(before), said(after));
    for finding in after.findings.iter().filter(|finding| AT_FAULT.contains(&finding.policy.as_str())) {
        if !old.contains_key(&key(finding, after)) {
            return Verdict::Wrong(finding.message.clone());
        }
    }
    let all_of_before = old.len() == new.len();
    let mut closed = 0;
    for (key, old) in &old {
        let Some(new) = new.get(key).filter(|new| new.open + new.aside == old.open + old.aside) else {
            return Verdict::Otherwise;
        };
        let fewer = old.open.checked_sub(new.open);
        match fewer {
            Some(fewer) if fewer == 0 || key.0 == policy => closed += fewer,
            _ => return Verdict::Otherwise,
        }
    }
    let waived = after.set_aside.iter().any(|one| is_it(&one.finding, &one.by));
    match closed.checked_sub(1) {
        Some(also) if waived && all_of_before => Verdict::Waived { also },
        _ => Verdict::Otherwise,
    }
}

/// What a finding says, its line aside, its policy first.
type Key = (String, String);

#[derive(Clone, Copy, Default)]
struct Count {
    open: usize,
    aside: usize,
}

fn key(finding: &Finding, outcome: &Outcome) -> Key {
    let path = outcome.sources.get(finding.span().source).path();
    let words = format!(
        "{path} {:?} {:?} {:?} {:?} {} {}",
        finding.verdict,
        finding.action,
        finding.services,
        finding.environment,
        finding.condition,
        finding.message
    );
    (finding.policy.clone(), words)
}

/// What is said, how often. That the new waiver ends soon is no matter of its place.
fn said(outcome: &Outcome) -> BTreeMap<Key, Count> {
    let mut all: BTreeMap<Key, Count> = BTreeMap::new();
    let lasts = |finding: &&Finding| finding.policy != EXPIRING;
    for finding in outcome.findings.iter().chain(&outcome.undetermined).filter(lasts) {
        all.entry(key(finding, outcome)).or_default().open += 1;
    }
    for one in &outcome.set_aside {
        all.entry(key(&one.finding, outcome)).or_default().aside += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn a_target_is_a_fingerprint_or_a_policy_at_a_place() {
        let policy = |name: &str, path: Option<&str>, line| Target::Policy {
            name: name.to_owned(),
            path: path.map(str::to_owned),
            line,
        };
        assert_eq!(Target::parse("b4498f46dad96085"), Target::Fingerprint("b4498f46dad96085".to_owned()));
        assert_eq!(Target::parse("a-b"), policy("a-b", None, None));
        assert_eq!(Target::parse("a-b@./k8s/a.yaml:12"), policy("a-b", Some("k8s/a.yaml"), Some(12)));
        assert_eq!(Target::parse("a-b@a.yaml"), policy("a-b", Some("a.yaml"), None));
    }
}
